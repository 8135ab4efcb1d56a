/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What scripted hands do in each scene. Places are the scenes' own (scenes/NAME.xml), in the world. */
#include <assert.h>
#include <string.h>

#include "task/surgeon.h"

#define MS UINT64_C(1000000)
#define OPEN_RAD 0.5
#define SHUT_RAD (-0.3)
#define QUARTER (3.14159265358979323846 / 2)
#define JAWS_NS (600 * MS) /* from the order to the picture of it: a line's delay, the jaws' way */

/* The jaws point straight down, and open along the world's x, the ring's radius where it is grasped. */
static struct pose downwards(double x_m, double y_m, double z_m)
{
    static const struct mat3 axes = {{{0, 1, 0}, {1, 0, 0}, {0, 0, -1}}};
    return (struct pose){{x_m, y_m, z_m}, quat_from_mat3(&axes)};
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

enum { PEG_RINGS = 6, PEG_PARK = 2, PEG_MOVES_A_RING = 13 };

#define PEG_RING_M 0.0055  /* from its middle to the middle of its wire: where it is grasped */
#define PEG_HIGH_M 0.029   /* of the tip, with a ring above the pegs */
#define PEG_OVER_M 0.049   /* above the other hand's ring */
#define PEG_GRASP_M 0.0102 /* of the tip, the jaws' ends around the wire */
#define PEG_PLACE_M 0.0115

static struct vec3 peg_m(unsigned peg)
{
    static const double x_m[] = {-0.035, -0.014, 0.035, 0.014}, y_m[] = {-0.019, 0, 0.019};
    return (struct vec3){x_m[peg / 3], y_m[peg % 3], 0};
}

/* What is done with a ring: by the hand that gives it, on its own side, or the one that takes it; at the peg that it
 * comes from, in the middle, or at the peg that it goes to. */
static const struct peg_move {
    bool by_taker;
    enum { PEG_FROM, PEG_MIDDLE, PEG_TO } where;
    double height_m;
    bool is_shut;
    uint64_t wait_ns;
    int held_since;
} peg_moves[PEG_MOVES_A_RING] = {
    {false, PEG_FROM, PEG_HIGH_M, false, 0, -1},
    {false, PEG_FROM, PEG_GRASP_M, false, 0, -1},
    {false, PEG_FROM, PEG_GRASP_M, true, JAWS_NS, 0},
    {false, PEG_FROM, PEG_HIGH_M, true, 0, 0},
    {false, PEG_MIDDLE, PEG_HIGH_M, true, 0, 0},
    {true, PEG_MIDDLE, PEG_OVER_M, false, 0, -1},
    {true, PEG_MIDDLE, PEG_HIGH_M, false, 0, -1},
    {true, PEG_MIDDLE, PEG_HIGH_M, true, JAWS_NS, 5},
    {false, PEG_MIDDLE, PEG_HIGH_M, false, JAWS_NS, -1},
    {false, PEG_MIDDLE, PEG_OVER_M, false, 0, -1},
    {true, PEG_TO, PEG_HIGH_M, true, 0, -1},
    {true, PEG_TO, PEG_PLACE_M, false, JAWS_NS, -1},
    {true, PEG_TO, PEG_HIGH_M, false, 0, -1},
};

/* The left hand takes six rings from its pegs and hands each to the right one, which puts it on one of its own; and
 * back. */
static struct surgeon_move peg_transfer(unsigned number)
{
    const unsigned half = PEG_PARK + PEG_RINGS * PEG_MOVES_A_RING;
    unsigned giver = number < half ? 0 : 1, in_half = number % half;
    if (in_half < PEG_PARK) {
        unsigned arm = in_half == 0 ? !giver : giver;
        double aside_m = (arm ? 1 : -1) * (in_half == 0 ? 0.045 : 0.02);
        return (struct surgeon_move){
            .arm = arm, .tip = downwards(aside_m, 0.01, 0.045), .jaw_rad = 0.3};
    }
    unsigned ring = (in_half - PEG_PARK) / PEG_MOVES_A_RING;
    unsigned step = (in_half - PEG_PARK) % PEG_MOVES_A_RING;
    const struct peg_move *move = &peg_moves[step];
    unsigned arm = move->by_taker ? !giver : giver;
    struct vec3 places_m[] = {
        peg_m(ring + (giver ? PEG_RINGS : 0)), {0, 0, 0}, peg_m(ring + (giver ? 0 : PEG_RINGS))};
    struct vec3 at_m = places_m[move->where];
    return (struct surgeon_move){
        .arm = arm,
        .tip = downwards(at_m.x + (arm ? PEG_RING_M : -PEG_RING_M), at_m.y, move->height_m),
        .jaw_rad = move->is_shut ? SHUT_RAD : OPEN_RAD,
        .wait_ns = move->wait_ns,
        .must_hold = move->held_since >= 0,
        .back_to = move->held_since >= 0 ? number - step + (unsigned)move->held_since : 0,
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

/* Where the middle of a held ring is to be, and how it stands: turned about the vertical by `yaw` from the x
 * axis, its own axis leaning by `lean` from the vertical towards there. */
struct ring_place {
    struct vec3 at_m;
    double yaw_rad, lean_rad;
};

/* Of the jaws against a ring that lies flat, so that the wrist reaches both posts. */
#define RING_TOOL_LEAN_RAD (-0.35)
#define RING_TIP_M 0.009 /* of the tip, from the ring's wire back along the jaws */

/* The tip, with the jaws on the ring's right side and across its wire. */
static struct pose around_ring(const struct ring_place *ring)
{
    struct quat turn =
        quat_multiply(quat_from_rotation_vector((struct vec3){0, 0, ring->yaw_rad}),
                      quat_from_rotation_vector((struct vec3){0, ring->lean_rad, 0}));
    struct pose place = {ring->at_m, turn};
    struct pose jaws = {
        {0, -PEG_RING_M, 0},
        quat_multiply(quat_from_rotation_vector((struct vec3){0, RING_TOOL_LEAN_RAD, 0}),
                      quat_from_rotation_vector((struct vec3){0, 0, -QUARTER}))};
    struct pose tool = downwards(0, 0, RING_TIP_M);
    tool = pose_from_frame(&jaws, &tool);
    return pose_from_frame(&place, &tool);
}

/* The wire of scenes/ring-on-wire.xml between its bends, at -0.03 to 0.03 m. */
static struct ring_place on_wire(double x_m, double lean_rad)
{
    const double span_m = 0.06, share = (x_m + span_m / 2) / span_m;
    return (struct ring_place){
        {x_m, 0.009 * sin(4 * QUARTER * share), 0.022 + 0.005 * sin(2 * QUARTER * share)},
        atan(0.009 * 4 * QUARTER / span_m * cos(4 * QUARTER * share)),
        lean_rad,
    };
}

enum { WIRE_ASIDES = 4, WIRE_LIFTS = 8, WIRE_STEPS = 16, WIRE_BENDS = 2 };

/* Up the post and around its bend: */
static const struct ring_place wire_lifts[WIRE_LIFTS] = {
    {{-0.034, 0, 0.02}, 0, 0},   /* above, open */
    {{-0.034, 0, 0.0014}, 0, 0}, /* around the ring, open, and */
    {{-0.034, 0, 0.0014}, 0, 0}, /* shut */
    {{-0.034, 0, 0.009}, 0, 0},   {{-0.034, 0, 0.0155}, 0, 0.25},   {{-0.0335, 0, 0.0185}, 0, 0.5},
    {{-0.032, 0, 0.020}, 0, 0.8}, {{-0.0305, 0, 0.0215}, 0.3, 1.0},
};

/* Around the other one. */
static const struct ring_place wire_bends[WIRE_BENDS] = {
    {{0.0305, 0, 0.0215}, 0.3, 1.6},
    {{0.032, 0, 0.020}, 0, 1.9},
};

/* The right hand, leaning over the ring: the left one waits. Let go behind the far bend the ring falls along its
 * post. */
static struct surgeon_move ring_on_wire(unsigned number)
{
    static const struct row asides[WIRE_ASIDES] = {
        {0, -0.03, -0.03, 0.05, 0, 0, -1},
        {0, -0.055, 0.01, 0.06, 0, 0, -1},
        {1, 0.03, 0.02, 0.05, 0, 0, -1},
        {1, -0.02, -0.03, 0.05, OPEN_RAD, 0, -1},
    };
    if (number < WIRE_ASIDES)
        return from_row(&asides[number]);
    unsigned step = number - WIRE_ASIDES;
    struct surgeon_move move = {.arm = 1, .jaw_rad = SHUT_RAD};
    if (step < WIRE_LIFTS) {
        move.tip = around_ring(&wire_lifts[step]);
        move.jaw_rad = step < 2 ? OPEN_RAD : SHUT_RAD;
        move.wait_ns = step == 2 ? JAWS_NS : 0;
        move.must_hold = step == 2 || step == 3;
        move.back_to = WIRE_ASIDES;
        return move;
    }
    step -= WIRE_LIFTS;
    if (step <= WIRE_STEPS) {
        double share = (double)step / WIRE_STEPS;
        struct ring_place place =
            on_wire(-0.03 + 0.06 * share, 1.05 + 0.5 * fmax(0, share - 0.5) * 2);
        move.tip = around_ring(&place);
        return move;
    }
    step -= WIRE_STEPS + 1;
    bool is_over = step >= WIRE_BENDS;
    move.tip = around_ring(&wire_bends[is_over ? WIRE_BENDS - 1 : step]);
    move.jaw_rad = is_over ? OPEN_RAD : SHUT_RAD;
    move.wait_ns = is_over ? 2 * JAWS_NS : 0;
    if (step > WIRE_BENDS) /* out, along the jaws */
        move.tip.position_m = vec3_add(
            move.tip.position_m, quat_rotate(move.tip.orientation, (struct vec3){0, 0, -0.015}));
    return move;
}

enum { NEEDLE_LOOPS = 4, NEEDLE_MOVES_A_LOOP = 5, NEEDLE_TAKES = 5, NEEDLE_GIVES = 3 };

#define NEEDLE_M 0.008 /* its radius: the point is so far ahead of the jaws, and to their left */
#define NEEDLE_GRASP_M 0.0102
#define NEEDLE_UNDER_M 0.0094 /* of the tip in the jaws */
#define NEEDLE_HIGH_M 0.036
#define NEEDLE_BEFORE_M 0.006

/* The jaws that hold the needle in its middle, its point `ahead_m` from a place and heading by `yaw_rad` from
 * the x axis. */
static struct pose needle_jaws(struct vec3 point_m, double yaw_rad, double ahead_m, double height_m)
{
    struct quat turn = quat_from_rotation_vector((struct vec3){0, 0, yaw_rad});
    struct vec3 from_m =
        vec3_add(point_m, quat_rotate(turn, (struct vec3){ahead_m - NEEDLE_M, -NEEDLE_M, 0}));
    struct pose jaws = downwards(from_m.x, from_m.y, height_m);
    jaws.orientation = quat_normalise(quat_multiply(turn, jaws.orientation));
    return jaws;
}

/* The left hand takes the needle and brings its point into one loop after another. */
static struct surgeon_move needle_targets(unsigned number)
{
    static const struct {
        struct vec3 at_m;
        double yaw_rad;
    } loops[NEEDLE_LOOPS] = {{{-0.022, 0.004, 0.013}, 0.3},
                             {{-0.006, -0.006, 0.013}, -0.2},
                             {{0.01, 0.005, 0.013}, 0.4},
                             {{0.026, -0.004, 0.013}, 0}};
    static const double heights_m[NEEDLE_TAKES] = {0, 0.03, NEEDLE_GRASP_M, NEEDLE_GRASP_M, 0.03};
    struct surgeon_move move = {.arm = 0, .jaw_rad = SHUT_RAD};
    if (number == 0)
        return (struct surgeon_move){.arm = 1, .tip = downwards(0.06, 0.02, 0.06)};
    if (number < NEEDLE_TAKES) {
        move.tip = needle_jaws((struct vec3){-0.024, -0.014, 0}, -QUARTER, 0, heights_m[number]);
        move.jaw_rad = number < 3 ? OPEN_RAD : SHUT_RAD;
        move.wait_ns = number == 3 ? JAWS_NS : 0;
        move.must_hold = number >= 3;
        move.back_to = 1;
        return move;
    }
    unsigned loop = (number - NEEDLE_TAKES) / NEEDLE_MOVES_A_LOOP;
    unsigned step = (number - NEEDLE_TAKES) % NEEDLE_MOVES_A_LOOP;
    if (loop < NEEDLE_LOOPS) { /* over it, before it, into it, back, up */
        double height_m = step % 4 == 0 ? NEEDLE_HIGH_M : loops[loop].at_m.z + NEEDLE_UNDER_M;
        move.tip = needle_jaws(loops[loop].at_m, loops[loop].yaw_rad,
                               step == 2 ? 0 : -NEEDLE_BEFORE_M, height_m);
        return move;
    }
    static const double tray_m[NEEDLE_GIVES + 1] = {NEEDLE_HIGH_M, 0.012, 0.012, NEEDLE_HIGH_M};
    move.tip = downwards(0.036, -0.018, tray_m[step]);
    move.jaw_rad = step < 2 ? SHUT_RAD : OPEN_RAD;
    move.wait_ns = step == 2 ? JAWS_NS : 0;
    return move;
}

static const struct surgeon_plan plans[] = {
    {"ring-on-wire", WIRE_ASIDES + WIRE_LIFTS + WIRE_STEPS + 1 + WIRE_BENDS + 2, 35, ring_on_wire},
    {"needle-targets", NEEDLE_TAKES + NEEDLE_LOOPS *NEEDLE_MOVES_A_LOOP + NEEDLE_GIVES + 1, 30,
     needle_targets},
    {"tissue-retraction", sizeof tissue_rows / sizeof *tissue_rows, 20, tissue_retraction},
    {"undocking", LAYOUT_ARMS, 8, undocking},
    {"peg-transfer", 2 * (PEG_PARK + PEG_RINGS * PEG_MOVES_A_RING), 166, peg_transfer},
};

const struct surgeon_plan *surgeon_plan(const char *name)
{
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++)
        if (!strcmp(plans[i].name, name))
            return &plans[i];
    return NULL;
}
