/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The endoscope of a scene, drawn off screen by MuJoCo in a context without a window (gl_context.h). Light and
 * lens are one: the only light shines from the camera and fades towards the edge. Shadows and reflections
 * are off, which would double the time. */
#include "arm/mujoco_eye.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm/gl_context.h"
#include "arm/mujoco_guard.h"
#include "arm/mujoco_snapshot.h"
#include "log/log.h"

#define NEAR_M 0.004
#define FAR_M 0.6
#define GEOMS_MAX 2000

struct eye {
    struct arm *arm;
    const struct world *world;
    mjModel *model; /* a copy: drawing sets what the physics reads */
    mjData *data;
    mjvScene scene;
    mjvOption option;
    mjvCamera nowhere; /* MuJoCo's own; place_camera puts the scene's */
    mjrContext context;
    struct gl_context *canvas;
    uint32_t width, height;
    bool is_stereo, has_scene, has_context;
    uint8_t *samples, *rows; /* as drawn, bottom row first; as told */
    uint64_t at_ns;          /* of what was drawn */
    char words[ARM_REASON_BYTES];
};

static void close_eye(void *argument)
{
    struct eye *eye = argument;
    if (!eye)
        return;
    if (eye->canvas && gl_make_current(eye->canvas)) {
        if (eye->has_context)
            mjr_freeContext(&eye->context);
        gl_let_go(eye->canvas);
    }
    if (eye->has_scene)
        mjv_freeScene(&eye->scene);
    gl_close(eye->canvas);
    mj_deleteData(eye->data);
    mj_deleteModel(eye->model);
    free(eye->samples);
    free(eye->rows);
    free(eye);
}

static void make(void *argument)
{
    struct eye *eye = argument;
    eye->model = mj_copyModel(NULL, eye->world->drawn);
    eye->data = eye->model ? mj_makeData(eye->model) : NULL;
    if (!eye->data)
        return;
    eye->model->vis.global.offwidth = (int)(eye->is_stereo ? eye->width / 2 : eye->width);
    eye->model->vis.global.offheight = (int)eye->height;
    eye->model->vis.quality.offsamples = 0;
    mjv_defaultScene(&eye->scene);
    mjv_makeScene(eye->model, &eye->scene, GEOMS_MAX);
    eye->has_scene = true;
    eye->scene.flags[mjRND_SHADOW] = eye->scene.flags[mjRND_REFLECTION] = 0;
    eye->scene.flags[mjRND_SKYBOX] = eye->scene.flags[mjRND_FOG] = eye->scene.flags[mjRND_HAZE] = 0;
    mjv_defaultOption(&eye->option);
    mjv_defaultCamera(&eye->nowhere);
    mjr_defaultContext(&eye->context);
    mjr_makeContext(eye->model, &eye->context, mjFONTSCALE_50);
    eye->has_context = true;
    mjr_setBuffer(mjFB_OFFSCREEN, &eye->context);
}

static void *open_eye(void *robot, uint32_t width, uint32_t height, bool is_stereo,
                      struct media_reason *reason)
{
    struct eye *eye = calloc(1, sizeof *eye);
    if (!eye) {
        snprintf(reason->words, sizeof reason->words, "memory is short");
        return NULL;
    }
    *eye = (struct eye){.arm = robot,
                        .world = mujoco_world(robot),
                        .width = width,
                        .height = height,
                        .is_stereo = is_stereo};
    setenv("LP_NUM_THREADS", "0",
           0); /* draw in the camera's thread alone: the other core is the loop's */
    eye->samples = malloc((size_t)width * height * 3);
    eye->rows = malloc((size_t)width * height * 3);
    eye->canvas = gl_open(mujoco_renderer(robot), eye->words, sizeof eye->words);
    bool is_made = eye->samples && eye->rows && eye->canvas && gl_make_current(eye->canvas) &&
                   mujoco_guarded(make, eye, eye->words, sizeof eye->words);
    /* A canvas may be held by one thread only, and the camera's is opened in another. */
    if (is_made)
        gl_let_go(eye->canvas);
    if (is_made && eye->has_context && eye->context.currentBuffer == mjFB_OFFSCREEN) {
        log_event(LOG_INFO, "eye_open", "renderer=%s device=\"%s\"",
                  gl_renderer_words[eye->canvas->renderer], eye->canvas->device);
        return eye;
    }
    snprintf(reason->words, sizeof reason->words, "the scene cannot be drawn: %.200s",
             *eye->words ? eye->words : "no off-screen buffer of that size");
    close_eye(eye);
    return NULL;
}

static void set(float to[static 3], struct vec3 from)
{
    to[0] = (float)from.x;
    to[1] = (float)from.y;
    to[2] = (float)from.z;
}

/* An eye `aside_m` to the right of the lens' middle; both of MuJoCo's cameras are it. */
static void place_camera(struct eye *eye, const struct pose *lens, double aside_m)
{
    double half_m = NEAR_M * tan(eye->world->layout->lens.field_rad / 2);
    struct vec3 aside = quat_rotate(lens->orientation, (struct vec3){aside_m, 0, 0});
    for (int i = 0; i < 2; i++) {
        mjvGLCamera *camera = &eye->scene.camera[i];
        set(camera->pos, vec3_add(lens->position_m, aside));
        set(camera->forward, quat_rotate(lens->orientation, (struct vec3){0, 0, -1}));
        set(camera->up, quat_rotate(lens->orientation, (struct vec3){0, 1, 0}));
        camera->frustum_center = 0;
        camera->frustum_bottom = (float)-half_m;
        camera->frustum_top = (float)half_m;
        camera->frustum_near = (float)NEAR_M;
        camera->frustum_far = (float)FAR_M;
    }
}

/* The one light, beside the lens. */
static void place_light(struct eye *eye, const struct pose *lens)
{
    mjvLight *light = &eye->scene.lights[0];
    *light = (mjvLight){.attenuation = {1, 0, 25},
                        .cutoff = 60,
                        .exponent = 3,
                        .ambient = {0.18F, 0.16F, 0.15F},
                        .diffuse = {1.05F, 1.0F, 0.95F},
                        .specular = {0.6F, 0.6F, 0.6F}};
    set(light->pos, lens->position_m);
    set(light->dir, quat_rotate(lens->orientation, (struct vec3){0, 0, -1}));
    eye->scene.nlight = 1;
}

static void draw(void *argument)
{
    struct eye *eye = argument;
    const struct snapshot *snapshot = mujoco_snapshot(eye->arm);
    const struct pose lens = layout_camera(eye->world->layout, snapshot->camera);
    unsigned eyes = eye->is_stereo ? 2 : 1;
    double half_baseline_m = eye->is_stereo ? eye->world->layout->lens.baseline_m / 2 : 0;
    mjrRect view = {0, 0, (int)(eye->width / eyes), (int)eye->height};

    eye->at_ns = snapshot->at_ns;
    memcpy(eye->data->qpos, snapshot->qpos, (size_t)eye->model->nq * sizeof *snapshot->qpos);
    mj_kinematics(eye->model, eye->data);
    mj_comPos(eye->model, eye->data);
    mj_tendon(eye->model, eye->data);
    mjv_updateScene(eye->model, eye->data, &eye->option, NULL, &eye->nowhere, mjCAT_ALL,
                    &eye->scene);
    place_light(eye, &lens);
    for (unsigned i = 0; i < eyes; i++) {
        uint8_t *samples = eye->samples + (size_t)i * (size_t)view.width * eye->height * 3;
        place_camera(eye, &lens, i ? half_baseline_m : -half_baseline_m);
        mjr_render(view, &eye->scene, &eye->context);
        mjr_readPixels(samples, NULL, view, &eye->context);
    }
}

/* Both halves' rows side by side, the top one first. */
static void order_rows(struct eye *eye)
{
    unsigned eyes = eye->is_stereo ? 2 : 1;
    size_t row_bytes = (size_t)(eye->width / eyes) * 3;
    for (unsigned i = 0; i < eyes; i++)
        for (uint32_t row = 0; row < eye->height; row++)
            memcpy(eye->rows + ((size_t)row * eyes + i) * row_bytes,
                   eye->samples + ((size_t)i * eye->height + (eye->height - 1 - row)) * row_bytes,
                   row_bytes);
}

/* A sensor's noise, one step of brightness here and there, of the robot's time: a scene that stands still
 * is not taken for a frozen camera, and a frozen one is. */
static void add_noise(struct eye *eye)
{
    enum { EVERY = 97 };
    size_t bytes = (size_t)eye->width * eye->height * 3;
    for (size_t at = eye->at_ns / WORLD_STEP_NS % EVERY; at < bytes; at += EVERY)
        eye->rows[at] ^= 1;
}

static const uint8_t *look(void *argument, uint64_t *at_ns)
{
    struct eye *eye = argument;
    if (!gl_make_current(eye->canvas) || !mujoco_guarded(draw, eye, eye->words, sizeof eye->words))
        return NULL;
    gl_let_go(eye->canvas);
    order_rows(eye);
    add_noise(eye);
    *at_ns = eye->at_ns;
    return eye->rows;
}

struct scene_eye mujoco_eye(struct arm *arm)
{
    return (struct scene_eye){.robot = arm, .open = open_eye, .look = look, .close = close_eye};
}
