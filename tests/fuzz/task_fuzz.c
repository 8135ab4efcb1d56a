/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a task's text says, what is taken has its numbers inside their limits, and judging it tells no
 * more steps than there are. */
#include <stdlib.h>

#include "task/task.h"

static void count(void *context, const struct arm_event *event)
{
    unsigned *steps = context;
    *steps += event->kind == ARM_EVENT_STEP;
}

static bool is_wrong(const struct task *task, const struct task_span *span)
{
    return span->what >= task->place_count || span->where >= task->place_count ||
           !(span->limit_m >= 0 && span->limit_m <= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char reason[TASK_REASON_BYTES];
    struct task task;
    struct task_facts facts = {.moves = true};
    unsigned steps = 0, stage = 1;

    if (!task_read(&task, (const char *)data, size, reason))
        return 0;
    if (task.step_count > TASK_STEPS_MAX || task.place_count > TASK_PLACES_MAX ||
        !(task.force_most_n >= 0 && task.force_most_n <= 1000))
        abort();
    for (unsigned i = 0; i < task.step_count; i++) {
        const struct task_step *step = &task.steps[i];
        if (step->stage < stage || is_wrong(&task, &step->span) ||
            (step->has_also && is_wrong(&task, &step->also)))
            abort();
        stage = step->stage;
    }
    for (uint64_t ms = 1; ms < 50; ms++) {
        facts.at_m[ms % TASK_PLACES_MAX].x = (double)ms;
        facts.holders[ms % TASK_PLACES_MAX] = (uint8_t)(ms % 3);
        task_update(&task, &facts, ms * 1000000, count, &steps);
    }
    if (steps != task.done_count || steps > task.step_count)
        abort();
    return 0;
}
