/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arm/mujoco_world.h"

#include <mujoco/mjxmacro.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm/mujoco_arms.h"
#include "arm/mujoco_guard.h"
#include "arm/mujoco_intact.h"
#include "arm/scene_file.h"
#include "arm/scenes.h"

enum { ERROR_BYTES = 1000, STAND_STEPS = 100 };
#define AGREE_M 1e-6 /* our forward kinematics and MuJoCo's */

static const char *const arm_names[ARMS_MAX] = {"left", "right"};
static const char *const motor_names[WORLD_MOTORS] = {
    "yaw", "pitch", "insertion", "roll", "wrist_pitch", "wrist_yaw", "finger1", "finger2",
};
static const char *const feeling[] = {"wrist", "palm", "finger1", "finger2"};

/* What is being read, for the guard. */
struct reading {
    struct world *world;
    const mjVFS *files;
    const char *name;                              /* of the file, in `files` or the disk */
    char error[ERROR_BYTES], warning[ERROR_BYTES]; /* mj_loadXML writes an error, the guard both */
};

static void read_model(void *argument)
{
    struct reading *reading = argument;
    struct world *world = reading->world;
    world->model = mj_loadXML(reading->name, reading->files, reading->error, ERROR_BYTES);
    if (world->model)
        world->data = mj_makeData(world->model);
}

/* What MuJoCo left out, or put in its stead, is not what the writer meant. */
static bool has_read(struct reading *reading)
{
    bool went = mujoco_guarded(read_model, reading, reading->warning, ERROR_BYTES);
    if (!*reading->error)
        memcpy(reading->error, reading->warning, ERROR_BYTES);
    return went && reading->world->data && !*reading->error;
}

/* MuJoCo's message in one line, without its own opening. */
static void clean(char *words)
{
    static const char opening[] = "XML Error: ";
    if (!strncmp(words, opening, sizeof opening - 1))
        memmove(words, words + sizeof opening - 1, strlen(words) - (sizeof opening - 1) + 1);
    size_t len = strlen(words);
    while (len > 0 && words[len - 1] == '\n')
        words[--len] = 0;
    for (char *c = words; *c; c++)
        if (*c == '\n' || *c == '\r')
            *c = ' ';
}

static bool add_file(mjVFS *files, const char *name, const char *text, size_t len)
{
    if (mj_makeEmptyFileVFS(files, name, (int)len) != 0)
        return false;
    memcpy(files->filedata[mj_findFileVFS(files, name)], text, len);
    return true;
}

static bool is_path(const char *scene)
{
    return strpbrk(scene, "/.");
}

static bool no_such_scene(const char *scene, struct arm_reason *reason)
{
    arm_fail(reason, "no scene '%.60s': give a file's path or", scene);
    for (unsigned i = 0; mujoco_scenes[i]; i++) {
        size_t len = strlen(reason->words);
        snprintf(reason->words + len, sizeof reason->words - len, "%s %s", i ? "," : "",
                 mujoco_scenes[i]);
    }
    return false;
}

/* The number of the built-in one, or that of the NULL behind the last. */
static unsigned number_of(const char *scene)
{
    unsigned number = 0;
    while (mujoco_scenes[number] && strcmp(mujoco_scenes[number], scene) != 0)
        number++;
    return number;
}

static bool check_file(const char *path, struct arm_reason *reason)
{
    struct scene_file file;
    if (!scene_file_open(&file, path, reason))
        return false;
    bool is_good = scene_file_check(&file, reason);
    scene_file_close(&file);
    return is_good;
}

static bool find_scene(const char *scene, mjVFS *files, const char **name,
                       struct arm_reason *reason)
{
    *name = scene;
    if (is_path(scene))
        return check_file(scene, reason);
    unsigned number = number_of(scene);
    if (!mujoco_scenes[number])
        return no_such_scene(scene, reason);
    *name = "scene.xml";
    return add_file(files, *name, SCENE_TEXTS[number], SCENE_LENGTHS[number]) ||
           arm_fail(reason, "memory is short");
}

/* The number of what is called ARM_PART; false: the scene lacks it. */
static bool find(const struct world *world, int kind, const char *what, unsigned arm,
                 const char *part, int *number, struct arm_reason *reason)
{
    char name[64];
    snprintf(name, sizeof name, "%s_%s", arm_names[arm], part);
    *number = mj_name2id(world->model, (int)kind, name);
    return *number >= 0 ||
           arm_fail(reason,
                    "the scene has no %s '%s': write <include file=\"arms.xml\"/> in it, "
                    "and nothing of that name beside",
                    what, name);
}

static bool find_arm(struct world *world, unsigned index, struct arm_reason *reason)
{
    struct world_arm *arm = &world->arms[index];
    for (int i = 0; i < WORLD_MOTORS; i++) {
        int joint;
        if (!find(world, mjOBJ_JOINT, "joint", index, motor_names[i], &joint, reason) ||
            !find(world, mjOBJ_ACTUATOR, "actuator", index, motor_names[i], &arm->control[i],
                  reason))
            return false;
        arm->qpos[i] = world->model->jnt_qposadr[joint];
    }
    for (int i = 0; i < 4; i++)
        if (!find(world, mjOBJ_BODY, "body", index, feeling[i], &arm->bodies[i], reason))
            return false;
    return find(world, mjOBJ_GEOM, "geom", index, "finger1", &arm->fingers[0], reason) &&
           find(world, mjOBJ_GEOM, "geom", index, "finger2", &arm->fingers[1], reason) &&
           find(world, mjOBJ_SITE, "site", index, "tip", &arm->tip_site, reason) &&
           find(world, mjOBJ_EQUALITY, "equality", index, "grasp", &arm->grasp, reason);
}

/* Puts arm `index` at `joints`, as if it had always been there. */
static void place(struct world *world, unsigned index, const double joints[static INSTRUMENT_AXES])
{
    const struct world_arm *arm = &world->arms[index];
    for (int i = 0; i < WORLD_MOTORS; i++) {
        double value = i < AXIS_JAW ? joints[i] : fmax(joints[AXIS_JAW], 0) / 2;
        world->data->qpos[arm->qpos[i]] = value;
        world->data->ctrl[arm->control[i]] = value;
    }
}

/* Whether MuJoCo's tips are where our kinematics say, in some postures. */
static bool arms_agree(struct world *world, struct arm_reason *reason)
{
    static const double postures[][INSTRUMENT_AXES] = {{0.3, -0.2, 0.15, 0.5, -0.4, 0.25, 0.3},
                                                       {-1.0, 0.6, 0.2, -2.0, 1.0, -1.0, 0}};
    for (unsigned p = 0; p < sizeof postures / sizeof *postures; p++)
        for (unsigned index = 0; index < world->count; index++) {
            double joints[INSTRUMENT_AXES];
            memcpy(joints, postures[p], sizeof joints);
            instrument_clamp(world->instrument, joints);
            place(world, index, joints);
            mj_kinematics(world->model, world->data);
            struct pose is = world_tip(world, index),
                        ours = instrument_forward(world->instrument, joints);
            if (!(vec3_length(vec3_subtract(is.position_m, ours.position_m)) < AGREE_M &&
                  quat_angle_between_rad(is.orientation, ours.orientation) < AGREE_M))
                return arm_fail(reason,
                                "the scene's %s arm is not our instrument: something moves it",
                                arm_names[index]);
        }
    return true;
}

static const char *name_after(const struct world *world, const int *addresses, int number,
                              const char *opening)
{
    const char *name = world->model->names + addresses[number];
    size_t len = strlen(opening);
    return !strncmp(name, opening, len) && name[len] ? name + len : NULL;
}

static bool name_parts(struct world *world, struct arm_reason *reason)
{
    const mjModel *model = world->model;
    world->geom_arm = calloc((size_t)model->ngeom, sizeof *world->geom_arm);
    world->geom_avoid = calloc((size_t)model->ngeom, sizeof *world->geom_avoid);
    world->body_object = calloc((size_t)model->nbody, sizeof *world->body_object);
    if (!world->geom_arm || !world->geom_avoid || !world->body_object)
        return arm_fail(reason, "memory is short");
    for (int body = 0; body < model->nbody; body++)
        world->body_object[body] = name_after(world, model->name_bodyadr, body, "grab_");
    for (int geom = 0; geom < model->ngeom; geom++) {
        int root = model->body_rootid[model->geom_bodyid[geom]];
        world->geom_arm[geom] = -1;
        for (unsigned i = 0; i < world->count; i++)
            if (root == model->body_rootid[world->arms[i].bodies[0]])
                world->geom_arm[geom] = (int)i;
        world->geom_avoid[geom] = name_after(world, model->name_geomadr, geom, "avoid_");
    }
    return true;
}

/* What is wrong with a sentence of the task, by its line where that is in the scene's own file. */
PRINTF_LIKE(4, 5)
static bool fail_task(struct arm_reason *reason, const char *scene, unsigned sentence,
                      const char *format, ...)
{
    struct scene_file file;
    struct arm_reason absent;
    char words[ARM_REASON_BYTES];
    unsigned line = 0;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    if (is_path(scene) && scene_file_open(&file, scene, &absent)) {
        line = scene_task_line(file.text, file.len, sentence);
        scene_file_close(&file);
    }
    return line ? arm_fail(reason, "line %u: the scene's text 'task': %.200s", line, words)
                : arm_fail(reason, "the scene's text 'task': %.200s", words);
}

static bool read_task(struct world *world, const char *scene, struct arm_reason *reason)
{
    const mjModel *model = world->model;
    char words[TASK_REASON_BYTES];
    int text = mj_name2id(model, mjOBJ_TEXT, "task");
    const char *at = text < 0 ? "" : model->text_data + model->text_adr[text];
    if (!task_read(&world->task, at, strlen(at), words))
        return fail_task(reason, scene, world->task.sentence_count, "%s", words);
    for (unsigned i = 0; i < world->task.place_count; i++) {
        const char *name = world->task.places[i];
        int site = mj_name2id(model, mjOBJ_SITE, name);
        int body = site >= 0 ? model->site_bodyid[site] : mj_name2id(model, mjOBJ_BODY, name);
        if (body < 0)
            return fail_task(reason, scene, world->task.place_sentences[i],
                             "'%s': no site or body is called so", name);
        world->place_sites[i] = site;
        world->place_bodies[i] = body;
    }
    return true;
}

static bool are_numbers(const mjtNum *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (mju_isBad(values[i]))
            return false;
    return true;
}

/* What no text showed: a figure that MuJoCo made of the file's, or of a file of another form. */
static bool check_values(const struct world *world, struct arm_reason *reason)
{
    const mjModel *model = world->model;
    const struct {
        const char *type, *name;
        const void *values;
        size_t count;
    } arrays[] = {
#undef MJ_M
#define MJ_M(n) model->n
#define X(type, name, rows, columns)                                                               \
    {#type, #name, model->name, (size_t)model->rows * (size_t)(columns)},
        MJMODEL_POINTERS
#undef X
    };
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        if (!strcmp(arrays[i].type, "mjtNum") && !are_numbers(arrays[i].values, arrays[i].count))
            return arm_fail(reason, "the scene's %s has values that are no numbers, or too large",
                            arrays[i].name);
    return true;
}

/* Likewise of the options, which are in no array. */
static bool check_options(const struct world *world, struct arm_reason *reason)
{
    const mjOption *option = &world->model->opt;
    const struct {
        const char *name;
        const mjtNum *values;
        size_t count;
    } options[] = {
#define X(type, name) {#name, &option->name, 1},
        MJOPTION_FLOATS
#undef X
#define X(name, count) {#name, option->name, count},
            MJOPTION_VECTORS
#undef X
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (!are_numbers(options[i].values, options[i].count))
            return arm_fail(reason, "the scene's option %s is no number, or too large",
                            options[i].name);
    return true;
}

static bool check_step(const struct world *world, struct arm_reason *reason)
{
    double step_s = (double)WORLD_STEP_NS * 1e-9;
    return fabs(world->model->opt.timestep - step_s) < 1e-12 ||
           arm_fail(reason, "the scene's timestep must stay %g s", step_s);
}

/* Reads the scene, with `files` to include; what MuJoCo made of the arms is held against themselves. */
static bool load_scene(struct world *world, const char *scene, mjVFS *files,
                       struct arm_reason *reason)
{
    struct reading reading = {.world = world, .files = files};
    if (!find_scene(scene, files, &reading.name, reason))
        return false;
    bool is_read = has_read(&reading);
    clean(reading.error);
    if (!is_read)
        return arm_fail(reason, "%s", *reading.error ? reading.error : "memory is short");
    for (unsigned i = 0; i < world->count; i++)
        if (!find_arm(world, i, reason))
            return false;
    return check_values(world, reason) && check_options(world, reason) &&
           check_step(world, reason) && arms_are_intact(world->model, files, reason);
}

static bool load(struct world *world, const struct mujoco_settings *settings,
                 struct arm_reason *reason)
{
    mjVFS *files = malloc(sizeof *files);
    char *arms = mujoco_arms_xml(world->instrument, world->layout, world->count);
    bool is_loaded = false;
    if (files)
        mj_defaultVFS(files);
    if (!files || !arms || !add_file(files, "arms.xml", arms, strlen(arms)))
        arm_fail(reason, "memory is short");
    else
        is_loaded = load_scene(world, settings->scene, files, reason);
    if (files)
        mj_deleteVFS(files);
    free(files);
    free(arms);
    return is_loaded;
}

static void place_at_start(struct world *world)
{
    mj_resetData(world->model, world->data);
    for (unsigned i = 0; i < world->count; i++) {
        memcpy(world->start[i], INSTRUMENT_READY_JP, sizeof world->start[i]);
        instrument_clamp(world->instrument, world->start[i]);
        place(world, i, world->start[i]);
    }
}

/* Whether the scene lasts for a moment with arms that stand; it is at its start again then. What is wrong with one
 * that was read shows in its first steps, as a rule. */
static bool stands(struct world *world, struct arm_reason *reason)
{
    place_at_start(world);
    for (int step = 0; step < STAND_STEPS; step++)
        if (!world_try(world, reason))
            return false;
    place_at_start(world);
    return true;
}

struct world *world_open(const struct mujoco_settings *settings, struct arm_reason *reason)
{
    struct world *world = calloc(1, sizeof *world);
    if (!world) {
        arm_fail(reason, "memory is short");
        return NULL;
    }
    world->instrument = settings->instrument;
    world->layout = &LAYOUT_STANDARD;
    world->count = settings->count;
    bool is_ready = load(world, settings, reason) && name_parts(world, reason) &&
                    read_task(world, settings->scene, reason) && arms_agree(world, reason) &&
                    stands(world, reason);
    if (is_ready) {
        world->drawn = mj_copyModel(NULL, world->model);
        is_ready = world->drawn || arm_fail(reason, "memory is short");
    }
    if (!is_ready) {
        world_close(world);
        return NULL;
    }
    return world;
}

void world_close(struct world *world)
{
    if (!world)
        return;
    free(world->geom_arm);
    free(world->geom_avoid);
    free(world->body_object);
    mj_deleteData(world->data);
    mj_deleteModel(world->model);
    mj_deleteModel(world->drawn);
    free(world);
}

void world_joints(const struct world *world, unsigned index, double joints[static INSTRUMENT_AXES])
{
    const struct world_arm *arm = &world->arms[index];
    for (int i = 0; i < AXIS_JAW; i++)
        joints[i] = world->data->qpos[arm->qpos[i]];
    joints[AXIS_JAW] =
        world->data->qpos[arm->qpos[AXIS_JAW]] + world->data->qpos[arm->qpos[AXIS_JAW + 1]];
}

struct pose world_tip(const struct world *world, unsigned index)
{
    int site = world->arms[index].tip_site;
    const mjtNum *at = world->data->site_xpos + 3 * site, *axes = world->data->site_xmat + 9 * site;
    struct mat3 turn = {
        {{axes[0], axes[1], axes[2]}, {axes[3], axes[4], axes[5]}, {axes[6], axes[7], axes[8]}}};
    const struct pose in_world = {{at[0], at[1], at[2]}, quat_from_mat3(&turn)};
    return pose_into_frame(&world->layout->arms[index], &in_world);
}
