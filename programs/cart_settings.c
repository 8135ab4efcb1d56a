/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cart_settings.h"

#include <string.h>

#include "arm/mujoco.h"
#include "arm/sheet_file.h"
#include "cart_arms.h"
#include "igtl_out.h"
#include "media/camera.h"

#define OPTION_AT(field) offsetof(struct cart_settings, field)

static const char *const sizes[] = {"640x480", "1280x720", NULL};

void cart_settings_complete(struct cart_settings *settings)
{
    bool has_physics = !strcmp(settings->arm, "mujoco");
    if (!settings->camera)
        settings->camera = has_physics ? "scene" : "pattern";
    const char *scene = settings->scene || !has_physics ? settings->scene : mujoco_scenes[0];
    if (!settings->motion.fixtures && scene && fixtures_are_of_scene(scene))
        settings->motion.fixtures = scene;
}

void cart_size(const struct cart_settings *settings, uint32_t *width, uint32_t *height)
{
    bool is_scene = !strncmp(settings->camera, "scene", 5);
    const char *size = settings->size ? settings->size : sizes[is_scene ? 0 : 1];
    bool is_small = !strcmp(size, sizes[0]);
    uint32_t eyes = !strcmp(settings->camera, "scene:stereo") ? 2 : 1;
    *width = (is_small ? 640 : 1280) * eyes;
    *height = is_small ? 480 : 720;
}

const struct option CART_OPTIONS[] = {
    STATION_OPTIONS,
    VOICE_OPTIONS(OPTION_AT(voice)),
    IGTL_OPTION(OPTION_AT(igtl)),
    {.name = "listen",
     .kind = OPTION_LIST,
     .offset = OPTION_AT(listen),
     .unit = "ADDR:PORT",
     .required = true,
     .help = "where consoles dial, once for each line"},
    {.name = "camera",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(camera),
     .unit = "SOURCE",
     .choices = camera_forms,
     .help = "what the surgeon sees; otherwise scene with --arm mujoco, else pattern"},
    {.name = "size",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(size),
     .unit = "WIDTHxHEIGHT",
     .choices = sizes,
     .help = "of a picture, for each eye; otherwise 640x480 of a scene, else 1280x720"},
    {.name = "rate",
     .kind = OPTION_COUNT,
     .offset = OPTION_AT(picture_rate),
     .unit = "PICTURES/S",
     .least = 1,
     .most = 60,
     .help = "pictures a second; otherwise as many as a file has, else 25; consoles are told"},
    {.name = "arm",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(arm),
     .unit = "DRIVER",
     .standard = "kinematic",
     .choices = cart_arms_words,
     .help = "the robot"},
    {.name = "scene",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(scene),
     .unit = "NAME|FILE",
     .help = "what the robot with physics works on: one that is built in, or a MuJoCo file"},
    {.name = "renderer",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(renderer),
     .unit = "NAME",
     .choices = gl_renderer_words,
     .help = "what draws --camera scene: egl, a graphics card; osmesa, the processor; otherwise "
             "auto, a card if there is one"},
    {.name = "arms",
     .kind = OPTION_COUNT,
     .offset = OPTION_AT(arms),
     .unit = "N",
     .standard = "2",
     .least = 1,
     .most = 2,
     .help = "instruments"},
    {.name = "core",
     .kind = OPTION_COUNT,
     .offset = OPTION_AT(core),
     .unit = "N",
     .least = 1,
     .most = 1023,
     .help = "the loop that commands the arm has this processor to itself, and stays awake on it"},
    CART_GATES_OPTIONS(OPTION_AT(gates)),
    {.name = "scale",
     .kind = OPTION_NUMBER,
     .offset = OPTION_AT(scale),
     .unit = "FACTOR",
     .standard = "0.2",
     .least = 0.01,
     .most = 1,
     .help = "how far the tip moves for each metre of the hand"},
    CART_MOTION_OPTIONS(offsetof(struct cart_settings, motion)),
    {.name = "bitrate-max",
     .kind = OPTION_COUNT,
     .offset = OPTION_AT(bitrate_kbit_max),
     .unit = "KBIT/S",
     .standard = "8000",
     .least = 100,
     .most = 50000,
     .help = "of the pictures, where the lines allow it"},
    {0},
};

const struct options_usage CART_USAGE = {
    .command = "jisr cart",
    .summary = "the patient's side: an arm that follows a distant surgeon, or holds",
};
