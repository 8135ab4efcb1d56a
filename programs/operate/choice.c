/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/choice.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "arm/mujoco.h"
#include "operate/place.h"
#include "task/surgeon.h"
#include "weather/settings.h"

const char *const choice_languages[] = {"fr", "ar", "en", NULL};

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

bool choice_weather_is_good(const struct option_list *list, const char *command)
{
    for (size_t i = 0; i < list->count; i++) {
        struct weather_line_settings line;
        struct weather_error error;
        if (weather_settings_read(&line, list->items[i], &error)) {
            fprintf(stderr, "jisr %s: --weather '%.200s': %s\n", command, list->items[i],
                    error.text);
            return false;
        }
    }
    return true;
}

bool choice_scene_is_good(const char *arm, const char *scene, const char *command)
{
    struct arm_reason reason = {""};
    if (!scene)
        return true;
    if (strcmp(arm, "mujoco") != 0)
        snprintf(reason.words, sizeof reason.words, "--arm %s has no scenes; give --arm mujoco",
                 arm);
    else if (mujoco_has_scene(scene, &reason))
        return true;
    fprintf(stderr, "jisr %s: --scene %s: %s\n", command, scene, reason.words);
    return false;
}

void choice_weather(struct theatre_plan *plan, const struct option_list *list)
{
    /* A twentieth of a second of trouble is nothing special. */
    static const char standard[] = "casablanca-shanghai,loss=2%,burst=4,jitter=3ms";
    for (unsigned i = 0; i < plan->line_count; i++)
        plan->weather[i] =
            list->count == 0 ? standard : list->items[i < list->count ? i : list->count - 1];
}
