/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/choice.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "arm/mujoco.h"
#include "operate/place.h"
#include "task/surgeon.h"

static const char *choose_hands(const struct choice *asked, const struct theatre_plan *plan)
{
    static char hands[PLACE_SOURCE_BYTES];
    bool is_script = asked->hands ? !strcmp(asked->hands, "script") : plan->scene != NULL;
    if (is_script && plan->scene && surgeon_plan(plan->scene)) {
        snprintf(hands, sizeof hands, "script:%s", plan->scene);
        return hands;
    }
    return place_source(asked->hands, "itp",
                        "kinematics/telesurgery-500hz/console_data_complete_7.bin", "script",
                        hands);
}

uint64_t choice_make(struct theatre_plan *plan, const struct choice *asked)
{
    static char camera[PLACE_SOURCE_BYTES];
    bool has_physics = asked->arm && !strcmp(asked->arm, "mujoco");
    plan->arm = asked->arm;
    plan->scene = !asked->scene && has_physics ? mujoco_scenes[0] : asked->scene;
    plan->hands = choose_hands(asked, plan);
    plan->camera =
        !asked->camera && has_physics
            ? "scene"
            : place_source(asked->camera, "file",
                           "video/laparoscopic-cholecystectomy-720p25-10s.mp4", "pattern", camera);
    if (asked->for_ns > 0)
        return asked->for_ns;
    return strncmp(plan->hands, "script:", 7) == 0 ? CHOICE_TASK_NS : CHOICE_LENGTH_NS;
}
