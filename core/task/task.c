/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "task/task.h"

#include <string.h>

static void tell_of(task_tell *tell, void *context, enum arm_event_kind kind, unsigned arm,
                    const char *object, double value, uint64_t now_ns)
{
    struct arm_event event = {.kind = kind, .arm = arm, .value = value, .at_ns = now_ns};
    strncpy(event.object, object, sizeof event.object - 1);
    tell(context, &event);
}

/* Whether what `alarm` watches begins now. */
static bool begins(struct task_alarm *alarm, bool is_so, uint64_t now_ns)
{
    bool was_on = alarm->is_on && now_ns - alarm->seen_ns <= TASK_QUIET_NS;
    if (is_so)
        alarm->seen_ns = now_ns;
    alarm->is_on = is_so || was_on;
    return is_so && !was_on;
}

static void judge_arm(struct task *task, unsigned arm, const struct task_facts *facts,
                      uint64_t now_ns, task_tell *tell, void *context)
{
    const char *was = task->held[arm], *is = facts->held[arm];
    if (was && was != is)
        tell_of(tell, context, ARM_EVENT_DROP, arm, was, facts->is_torn[arm], now_ns);
    if (is && was != is)
        tell_of(tell, context, ARM_EVENT_GRASP, arm, is, 0, now_ns);
    task->held[arm] = is;
    const char *touched = facts->touched[arm];
    if (begins(&task->touches[arm], touched, now_ns))
        tell_of(tell, context, ARM_EVENT_COLLISION, arm, touched, 0, now_ns);
    double force_n = facts->force_n[arm];
    if (begins(&task->forces[arm], force_n > task->force_most_n, now_ns))
        tell_of(tell, context, ARM_EVENT_FORCE, arm, "", force_n, now_ns);
}

static bool spans(const struct task_span *span, const struct task_facts *facts)
{
    double far_m = vec3_length(vec3_subtract(facts->at_m[span->what], facts->at_m[span->where]));
    return span->is_far ? far_m > span->limit_m : far_m < span->limit_m;
}

static bool is_as_asked(const struct task_step *step, const struct task_facts *facts)
{
    unsigned holders = facts->holders[step->span.what];
    bool is_gripped = step->grip == TASK_FREE   ? holders == 0
                      : step->grip == TASK_HELD ? holders >= 1
                      : step->grip == TASK_BOTH ? holders >= 2
                                                : true;
    return is_gripped && spans(&step->span, facts) &&
           (!step->has_also || spans(&step->also, facts));
}

/* Whether the step is done now. */
static bool judge_step(struct task_step *step, const struct task_facts *facts, uint64_t now_ns)
{
    if (!is_as_asked(step, facts)) {
        step->is_so = false;
        return false;
    }
    if (!step->is_so)
        step->since_ns = now_ns;
    step->is_so = true;
    return now_ns - step->since_ns >= step->for_ns;
}

void task_update(struct task *task, const struct task_facts *facts, uint64_t now_ns,
                 task_tell *tell, void *context)
{
    if (!task->has_begun && facts->moves) {
        task->has_begun = true;
        task->began_ns = now_ns;
    }
    for (unsigned arm = 0; arm < TASK_ARMS_MAX; arm++)
        judge_arm(task, arm, facts, now_ns, tell, context);
    if (!task->has_begun || task->is_done || task->step_count == 0)
        return;
    unsigned stage = 0; /* of the first step that was not done before this */
    for (unsigned i = 0; i < task->step_count; i++) {
        struct task_step *step = &task->steps[i];
        if (step->is_done)
            continue;
        if (stage == 0)
            stage = step->stage;
        if (step->stage != stage || !judge_step(step, facts, now_ns))
            continue;
        step->is_done = true;
        tell_of(tell, context, ARM_EVENT_STEP, ARM_EVENT_NO_ARM, task->places[step->span.what],
                ++task->done_count, now_ns);
    }
    task->is_done = task->done_count == task->step_count;
    if (task->is_done)
        tell_of(tell, context, ARM_EVENT_DONE, ARM_EVENT_NO_ARM, "",
                (double)(now_ns - task->began_ns) * 1e-9, now_ns);
}
