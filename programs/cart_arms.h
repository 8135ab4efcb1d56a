/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cart's robot: opened by name, and what happened to the things it works on, in the log, the status
 * line and the report.
 *
 * One thread, the loop's. */
#ifndef CART_ARMS_H
#define CART_ARMS_H

#include <stdint.h>

#include "arm/arm.h"
#include "arm/gl_context.h"
#include "cart_drive.h"
#include "media/scene_eye.h"
#include "motion/tool.h"
#include "motion/travel.h"
#include "report.h"
#include "station.h"

struct cart_arms {
    struct arm *arm;
    const char *scene; /* lent; NULL: it has none */
    struct scene_eye eye;
    uint64_t counts[ARM_EVENT_KINDS];
    uint64_t torn; /* of the drops: pulled out of the jaws */
    struct cart_drive drive;
    struct travel travels[ARMS_MAX]; /* of the tips */
    double done_s;                   /* how long the task took, once it is done */
};

struct cart_arms_settings {
    const char *driver; /* "kinematic" or "mujoco" */
    const char
        *scene; /* a name or a path; NULL: the first built-in one, where the driver has any */
    enum gl_renderer renderer; /* of its eye */
    const struct tool *tool;
    unsigned arms;
};

/* The words of --arm, NULL-ended. */
extern const char *const cart_arms_words[];

/* False, and said on standard error why: a scene that is wrong, a scene for a robot without physics, memory. All
 * zero before; cart_arms_close after, also when false. */
MUST_USE bool cart_arms_open(struct cart_arms *arms, const struct cart_arms_settings *settings,
                             uint64_t now_ns);
void cart_arms_close(struct cart_arms *arms);

/* Whether there is something to draw for a `renderer` that is asked for (NULL: none is): what `camera`, a word of
 * --camera, sees is a scene. False: told on standard error, by `command`. */
MUST_USE bool cart_arms_renderer_is_good(const char *renderer, const char *camera,
                                         const char *command);

/* The eye for the camera `scene`; NULL: this robot has none. */
const struct scene_eye *cart_arms_eye(const struct cart_arms *arms);

/* Once a tick, after cart_drive_command: logs and counts what happened, and measures `facts` against the set-points. */
void cart_arms_look(struct cart_arms *arms, const struct follow *follow, uint64_t now_ns);

/* What the arms measure now, an entry for each; what makes no sense is as it was before. */
void cart_arms_measure(struct cart_arms *arms, struct arm_report *measured);

/* Where the tips are and how far they went, and what happened to the things. */
void cart_arms_put(const struct cart_arms *arms, struct status *status);

/* Whether there is a task to report on; `*task` is it. */
bool cart_arms_report(const struct cart_arms *arms, struct report_task *task);

#endif
