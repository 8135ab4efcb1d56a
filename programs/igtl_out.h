/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `--igtl ADDR:PORT` of both ends: tool poses and the picture for 3D Slicer (igtl/server.h), in the world of
 * the robot's layout.
 *
 * One thread, the program's loop, but for igtl_out_picture. */
#ifndef IGTL_OUT_H
#define IGTL_OUT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "eyes.h"
#include "igtl/server.h"
#include "motion/arm_state.h"
#include "motion/layout.h"
#include "station.h"

#define IGTL_OPTION(at)                                                                            \
    {                                                                                              \
        .name = "igtl", .kind = OPTION_TEXT, .offset = (at), .unit = "ADDR:PORT",                  \
        .help = "show tool poses and picture there, to whoever connects (OpenIGTLink)"             \
    }

struct igtl_out {
    struct igtl_server *server; /* NULL: none was asked for */
    /* Of a console: who else sees its pictures, and how far the cart's clock is ahead of ours. */
    void (*screen)(void *context, const struct picture *picture, uint32_t number,
                   uint64_t ready_ns);
    void *screen_context;
    _Atomic int64_t ahead_ns; /* IGTL_OUT_NO_CLOCK: not known, and no picture is shown */
};

#define IGTL_OUT_NO_CLOCK INT64_MIN

/* What is known of the robot. */
struct igtl_robot {
    uint64_t measured_ns;        /* monotonic, ours */
    const struct layout *layout; /* where its arms stand */
    unsigned arm_count;
    const struct arm_report *arms;
    const double *camera_jp; /* CAMERA_AXES of them; NULL: not known */
    enum hold_cause hold;    /* HOLD_NONE: it follows */
};

/* Opens the server, if `address` is not NULL. False: told on standard error. */
MUST_USE bool igtl_out_open(struct igtl_out *out, const char *address, const char *side);
void igtl_out_close(struct igtl_out *out);

void igtl_out_tell(struct igtl_out *out, const struct igtl_robot *robot);

/* A picture in the camera's thread, its time monotonic and ours; `context` is the struct igtl_out. */
void igtl_out_picture(void *context, const struct picture *picture);

/* From now on the pictures of a console's `eyes` are shown, too; after whoever else shows them, and before
 * the first eyes_restart. */
void igtl_out_watch(struct igtl_out *out, struct eyes *eyes);

/* The cart's clock, by which those are captured. */
void igtl_out_clock(struct igtl_out *out, const struct link_clock_reading *clock);

/* `igtl_clients=1 igtl_poses=... `; nothing where there is no server. */
void igtl_out_put(const struct igtl_out *out, struct status *status);

#endif
