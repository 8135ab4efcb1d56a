/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What scripted hands do in each scene. Places are the scenes' own (scenes/NAME.xml), in the world. */
#include <assert.h>
#include <string.h>

#include "task/surgeon.h"

#define MS UINT64_C(1000000)
#define OPEN_RAD 0.5
#define SHUT_RAD (-0.3)
#define JAWS_NS (600 * MS) /* from the order to the picture of it: a line's delay, the jaws' way */

/* The jaws point straight down, and open along the world's x, the ring's radius where it is grasped. */
static struct pose downwards(double x_m, double y_m, double z_m)
{
    static const struct mat3 axes = {{{0, 1, 0}, {1, 0, 0}, {0, 0, -1}}};
    return (struct pose){{x_m, y_m, z_m}, quat_from_mat3(&axes)};
}

enum { PEG_RINGS = 6, PEG_PARK = 2, PEG_MOVES_A_RING = 7 };

#define PEG_RING_M 0.0055  /* from its middle to the middle of its wire: where it is grasped */
#define PEG_HIGH_M 0.029   /* of the tip, with a ring above the pegs */
#define PEG_GRASP_M 0.0102 /* of the tip, the jaws' ends around the wire */
#define PEG_PLACE_M 0.0115

static struct vec3 peg_m(unsigned peg)
{
    static const double x_m[] = {-0.035, -0.014, 0.035, 0.014}, y_m[] = {-0.019, 0, 0.019};
    return (struct vec3){x_m[peg / 3], y_m[peg % 3], 0};
}

/* The right hand takes the six rings over, the left one takes them back; the other waits aside. */
static struct surgeon_move peg_transfer(unsigned number)
{
    const unsigned half = PEG_PARK + PEG_RINGS * PEG_MOVES_A_RING;
    unsigned arm = number < half ? 1 : 0, in_half = number % half;
    double side = arm ? 1 : -1;
    if (in_half < PEG_PARK) {
        unsigned other = in_half == 0 ? !arm : arm;
        double aside_m = (other ? 1 : -1) * (in_half == 0 ? 0.045 : 0.02);
        return (struct surgeon_move){
            .arm = other, .tip = downwards(aside_m, 0.01, 0.045), .jaw_rad = 0.3};
    }
    unsigned ring = (in_half - PEG_PARK) / PEG_MOVES_A_RING;
    unsigned step = (in_half - PEG_PARK) % PEG_MOVES_A_RING;
    unsigned first = number - step;
    struct vec3 left_m = peg_m(ring), right_m = peg_m(ring + PEG_RINGS);
    struct vec3 take_m = arm ? left_m : right_m, put_m = arm ? right_m : left_m;
    struct vec3 at_m = step < 4 ? take_m : put_m;
    static const double height_m[PEG_MOVES_A_RING] = {
        PEG_HIGH_M, PEG_GRASP_M, PEG_GRASP_M, PEG_HIGH_M, PEG_HIGH_M, PEG_PLACE_M, PEG_HIGH_M};
    bool is_open = step < 2 || step >= 5;
    return (struct surgeon_move){
        .arm = arm,
        .tip = downwards(at_m.x + side * PEG_RING_M, at_m.y, height_m[step]),
        .jaw_rad = is_open ? OPEN_RAD : SHUT_RAD,
        .wait_ns = step == 2 || step == 5 ? JAWS_NS : 0,
        .must_hold = step == 2 || step == 3,
        .back_to = first,
    };
}

/* A move as the tables below have it: jaws downwards. */
struct row {
    unsigned arm;
    double x_m, y_m, z_m;
    double jaw_rad;
    uint64_t wait_ns;
    int held_since; /* the row to go back to when the jaws hold nothing; -1: they need not */
};

static struct surgeon_move from_row(const struct row *row)
{
    return (struct surgeon_move){
        .arm = row->arm,
        .tip = downwards(row->x_m, row->y_m, row->z_m),
        .jaw_rad = row->jaw_rad,
        .wait_ns = row->wait_ns,
        .must_hold = row->held_since >= 0,
        .back_to = row->held_since >= 0 ? (unsigned)row->held_since : 0,
    };
}

/* The left hand takes the flap's free edge, folds it back over where it is fast and holds it, the right one
 * touches the target, and the flap is laid down again. */
static const struct row tissue_rows[] = {
    {1, 0.04, 0, 0.045, 0, 0, -1},
    {0, 0, -0.0145, 0.025, OPEN_RAD, 0, -1},
    {0, 0, -0.0145, 0.0098, OPEN_RAD, 0, -1},
    {0, 0, -0.0145, 0.0098, SHUT_RAD, JAWS_NS, 1},
    {0, 0, -0.005, 0.03, SHUT_RAD, 0, 1},
    {0, 0, 0.012, 0.036, SHUT_RAD, 0, 1},
    {0, 0, 0.032, 0.028, SHUT_RAD, 2 * JAWS_NS, 1},
    {1, 0.008, -0.004, 0.03, 0, 0, -1},
    {1, 0.002, 0.001, 0.0135, 0, JAWS_NS, -1},
    {1, 0.03, -0.01, 0.04, 0, 0, -1},
    {0, 0, 0.012, 0.036, SHUT_RAD, 0, -1},
    {0, 0, -0.012, 0.02, SHUT_RAD, 0, -1},
    {0, 0, -0.0150, 0.0105, OPEN_RAD, JAWS_NS, -1},
    {0, 0, -0.0150, 0.03, OPEN_RAD, 2 * JAWS_NS, -1},
};

static struct surgeon_move tissue_retraction(unsigned number)
{
    return from_row(&tissue_rows[number]);
}

/* Both instruments straight out, the shafts along the way they came. */
static struct surgeon_move undocking(unsigned number)
{
    static const double out_jp[INSTRUMENT_AXES] = {0, 0, 0.025, 0, 0, 0, 0};
    struct pose tip = instrument_forward(&INSTRUMENT_LARGE_NEEDLE_DRIVER, out_jp);
    return (struct surgeon_move){.arm = number,
                                 .tip = pose_from_frame(&LAYOUT_STANDARD.arms[number], &tip)};
}

static const struct surgeon_plan plans[] = {
    {"tissue-retraction", sizeof tissue_rows / sizeof *tissue_rows, tissue_retraction},
    {"undocking", LAYOUT_ARMS, undocking},
    {"peg-transfer", 2 * (PEG_PARK + PEG_RINGS * PEG_MOVES_A_RING), peg_transfer},
};

const struct surgeon_plan *surgeon_plan(const char *name)
{
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++)
        if (!strcmp(plans[i].name, name))
            return &plans[i];
    return NULL;
}
