/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened to the things that an arm works on. A robot that knows of none tells none. */
#ifndef MOTION_ARM_EVENT_H
#define MOTION_ARM_EVENT_H

#include <stdint.h>

enum { ARM_OBJECT_BYTES = 24, ARM_EVENT_NO_ARM = 255 };

enum arm_event_kind {
    ARM_EVENT_GRASP,     /* arm `arm` holds `object` */
    ARM_EVENT_DROP,      /* it holds it no more; value: 0 it let go, 1 it was torn from the jaws */
    ARM_EVENT_COLLISION, /* the arm touches `object`, which is not to be touched, or the other arm */
    ARM_EVENT_FORCE,     /* the force at the arm's tip is over the task's limit; value: N */
    ARM_EVENT_STEP,      /* a part of the task is done, `object`'s; value: how many are */
    ARM_EVENT_DONE,      /* the task is done; value: how long it took since it began, s */
    ARM_EVENT_KINDS
};

struct arm_event {
    enum arm_event_kind kind;
    unsigned arm; /* ARM_EVENT_NO_ARM: none in particular */
    char object[ARM_OBJECT_BYTES];
    double value;
    uint64_t at_ns; /* on the clock of arm_update */
};

/* "grasp", "drop", "collision", "force", "step", "done". */
const char *arm_event_word(enum arm_event_kind kind);

#endif
