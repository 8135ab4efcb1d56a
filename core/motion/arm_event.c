/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/arm_event.h"

const char *arm_event_word(enum arm_event_kind kind)
{
    static const char *const words[ARM_EVENT_KINDS] = {
        [ARM_EVENT_GRASP] = "grasp", [ARM_EVENT_DROP] = "drop", [ARM_EVENT_COLLISION] = "collision",
        [ARM_EVENT_FORCE] = "force", [ARM_EVENT_STEP] = "step", [ARM_EVENT_DONE] = "done",
    };
    return (unsigned)kind < ARM_EVENT_KINDS ? words[kind] : "unknown event";
}
