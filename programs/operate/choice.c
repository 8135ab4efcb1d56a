/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/choice.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "arm/mujoco.h"
#include "arm/sheet_file.h"
#include "cart_arms.h"
#include "operate/place.h"
#include "task/surgeon.h"
#include "weather/settings.h"

const char *const choice_languages[] = {"fr", "ar", "en", NULL};

static bool has_physics(const struct choice *asked)
{
    return !strcmp(asked->arm, "mujoco");
}

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

double choice_task_s(const struct theatre_plan *plan)
{
    static const char script[] = "script:";
    bool is_script = strncmp(plan->hands, script, sizeof script - 1) == 0;
    const char *of = is_script ? plan->hands + sizeof script - 1 : "";
    bool is_of_scene = plan->scene && !strcmp(of, plan->scene) && surgeon_plan(of);
    return is_of_scene ? surgeon_plan(of)->takes_s : (double)NAN;
}

static const char *choose_camera(const struct choice *asked)
{
    static char camera[PLACE_SOURCE_BYTES];
    if (!asked->camera && has_physics(asked))
        return "scene";
    return place_source(asked->camera, "file", "video/laparoscopic-cholecystectomy-720p25-10s.mp4",
                        "pattern", camera);
}

uint64_t choice_make(struct theatre_plan *plan, const struct choice *asked)
{
    plan->arm = asked->arm;
    plan->scene = !asked->scene && has_physics(asked) ? mujoco_scenes[0] : asked->scene;
    plan->hands = choose_hands(asked, plan);
    plan->camera = choose_camera(asked);
    if (asked->for_ns > 0)
        return asked->for_ns;
    return strncmp(plan->hands, "script:", 7) == 0 ? CHOICE_TASK_NS : CHOICE_LENGTH_NS;
}

static bool weather_is_good(const struct option_list *list, const char *command)
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

/* Read whole, and thrown away: else the cart would tell what is wrong with it after the greeting. */
static bool can_be_opened(const char *scene, struct arm_reason *reason)
{
    const struct mujoco_settings settings = {.instrument = &INSTRUMENT_LARGE_NEEDLE_DRIVER,
                                             .count = ARMS_MAX,
                                             .scene = scene,
                                             .is_stepped = true};
    struct arm *arm = arm_open_mujoco(&settings, reason);
    if (arm)
        arm_close(arm);
    return arm;
}

static bool scene_is_good(const char *arm, const char *scene, const char *command)
{
    struct arm_reason reason = {""};
    if (!scene)
        return true;
    if (strcmp(arm, "mujoco") != 0)
        snprintf(reason.words, sizeof reason.words, "--arm %s has no scenes; give --arm mujoco",
                 arm);
    else if (can_be_opened(scene, &reason))
        return true;
    fprintf(stderr, "jisr %s: --scene %s: %s\n", command, scene, reason.words);
    return false;
}

static bool fixtures_are_good(const char *path, const char *command)
{
    struct fixtures fixtures;
    struct sheet_reason reason;
    if (!path || fixtures_open(&fixtures, path, &reason))
        return true;
    fprintf(stderr, "jisr %s: --fixtures: %s\n", command, reason.words);
    return false;
}

bool choice_is_good(const struct choice_settings *settings, const struct choice *asked,
                    const char *command)
{
    return weather_is_good(&settings->weather, command) &&
           scene_is_good(asked->arm, asked->scene, command) &&
           fixtures_are_good(settings->fixtures, command) &&
           cart_arms_renderer_is_good(settings->renderer, choose_camera(asked), command);
}

void choice_motion(struct theatre_plan *plan, const struct choice_settings *asked)
{
    plan->fixtures = asked->fixtures;
    plan->coast_ns = asked->coast_ns;
    plan->presence = asked->presence;
}

void choice_weather(struct theatre_plan *plan, const struct option_list *list)
{
    /* A twentieth of a second of trouble is nothing special. */
    static const char standard[] = "casablanca-shanghai,loss=2%,burst=4,jitter=3ms";
    for (unsigned i = 0; i < plan->line_count; i++)
        plan->weather[i] =
            list->count == 0 ? standard : list->items[i < list->count ? i : list->count - 1];
}
