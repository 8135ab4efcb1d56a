/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A training task and its judge: where things are comes in, what happened goes out.
 *
 * A task is a text, in a scene's file (docs/scenes.md): sentences of words ended by `;`
 *
 *     force N                                     newtons at a tip that are too many
 *     step STAGE near|far WHAT WHERE MM [free|held|both] [for SECONDS] [while near|far WHAT WHERE MM]
 *
 * A step is done once WHAT is nearer to WHERE than MM millimetres (or further from it), while no jaws hold
 * it (`free`), some do (`held`) or two (`both`: it is handed over), and while that of other places is so, for so long
 * without a break; then it stays done. Steps of a stage are done in any order; those of the next count only once all of
 * the stage are. WHAT and WHERE are names of places that the scene knows. STAGE is 1 to 99, not smaller than the step's
 * before.
 *
 * Pure: no clock, heap or thread; one owner per struct. `now_ns` never runs backwards. */
#ifndef TASK_TASK_H
#define TASK_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "motion/arm_event.h"
#include "motion/pose.h"

enum { TASK_STEPS_MAX = 32, TASK_PLACES_MAX = 48, TASK_ARMS_MAX = 2, TASK_REASON_BYTES = 128 };

#define TASK_FORCE_STANDARD_N 5.0 /* where the text has no limit */

/* A touch or a force that comes back within this is the same one. */
#define TASK_QUIET_NS UINT64_C(300000000)

enum task_grip { TASK_ANY, TASK_FREE, TASK_HELD, TASK_BOTH };

struct task_span { /* how far two of `places` are to be from one another */
    unsigned what, where;
    bool is_far;
    double limit_m;
};

struct task_step {
    unsigned stage;
    struct task_span span, also; /* the latter with: */
    bool has_also;
    enum task_grip grip;
    uint64_t for_ns;
    uint64_t since_ns; /* how long it has been so, with: */
    bool is_so, is_done;
};

struct task_alarm { /* something that is told once when it begins */
    bool is_on;
    uint64_t seen_ns;
};

struct task {
    char places[TASK_PLACES_MAX][ARM_OBJECT_BYTES];
    unsigned place_count, place_sentences[TASK_PLACES_MAX]; /* from 1: which names it first */
    unsigned sentence_count; /* read; of a text that is wrong, the last is */
    struct task_step steps[TASK_STEPS_MAX];
    unsigned step_count, done_count;
    double force_most_n;
    uint64_t began_ns; /* with: */
    bool has_begun, is_done;
    const char *held[TASK_ARMS_MAX];
    struct task_alarm touches[TASK_ARMS_MAX], forces[TASK_ARMS_MAX];
};

/* How things are. Names are lent until the next call, and the same thing has the same pointer. */
struct task_facts {
    struct vec3 at_m[TASK_PLACES_MAX];  /* as `places` has them */
    uint8_t holders[TASK_PLACES_MAX];   /* how many jaws hold it */
    const char *held[TASK_ARMS_MAX];    /* what each arm's jaws hold, NULL: nothing */
    bool is_torn[TASK_ARMS_MAX];        /* what they held was pulled out of them */
    const char *touched[TASK_ARMS_MAX]; /* what an arm is not to touch and does */
    double force_n[TASK_ARMS_MAX];
    bool moves; /* an arm is led: the task's time begins */
};

typedef void task_tell(void *context, const struct arm_event *event);

/* Reads the `len` bytes at `text`. False: `reason` says which sentence is wrong and why. No steps at all
 * is a task that is never done. */
MUST_USE bool task_read(struct task *task, const char *text, size_t len,
                        char reason[static TASK_REASON_BYTES]);

/* Judges how things are at `now_ns`, tells each event as it happens. */
void task_update(struct task *task, const struct task_facts *facts, uint64_t now_ns,
                 task_tell *tell, void *context);

#endif
