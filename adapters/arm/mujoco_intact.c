/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arm/mujoco_intact.h"

#include <mujoco/mjxmacro.h>
#include <stdio.h>
#include <string.h>

#include "arm/mujoco_guard.h"

enum { ERROR_BYTES = 1000 };

struct models {
    const mjModel *scene, *alone;
};

/* A field of a model: rows of figures. */
struct field {
    const char *type, *name;
    const void *scene, *alone;
    size_t columns;
};

/* What the arms consist of; the fields that tell of it begin with its opening. */
static const struct kind {
    const char *opening, *word;
    mjtObj object;
} kinds[] = {
    {"jnt_", "joint", mjOBJ_JOINT},       {"dof_", "joint", mjOBJ_JOINT},
    {"qpos", "joint", mjOBJ_JOINT},       {"actuator_", "actuator", mjOBJ_ACTUATOR},
    {"body_", "body", mjOBJ_BODY},        {"geom_", "geom", mjOBJ_GEOM},
    {"site_", "site", mjOBJ_SITE},        {"eq_", "equality", mjOBJ_EQUALITY},
    {"mat_", "material", mjOBJ_MATERIAL},
};

/* Of what the names end in: numbers of other things, which are others in every scene, and what MuJoCo makes of the
 * rest. */
static const char *const left_out[] = {"id",       "adr",   "_user", "_simplenum",  "invweight0",
                                       "_length0", "_acc0", "_M0",   "subtreemass", "rbound"};

static bool is_held(const struct field *field, const struct kind *kind)
{
    size_t len = strlen(field->name);
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++) {
        size_t end = strlen(left_out[i]);
        if (len > end && !strcmp(field->name + len - end, left_out[i]))
            return false;
    }
    return !strncmp(field->name, kind->opening, strlen(kind->opening));
}

static double figure(const struct field *field, const void *values, size_t at)
{
    if (!strcmp(field->type, "mjtNum"))
        return ((const mjtNum *)values)[at];
    if (!strcmp(field->type, "float"))
        return (double)((const float *)values)[at];
    return !strcmp(field->type, "int") ? ((const int *)values)[at] : ((const mjtByte *)values)[at];
}

/* The number in the scene of what has number `i` of its kind among the arms alone; -1: the scene has none. What has
 * no name is the one of that place in its body. */
static int in_scene(const struct models *models, mjtObj object, int i)
{
    const mjModel *scene = models->scene, *alone = models->alone;
    const char *name = mj_id2name(alone, (int)object, i);
    if (name)
        return mj_name2id(scene, (int)object, name);
    bool is_joint = object == mjOBJ_JOINT;
    int body = is_joint ? alone->jnt_bodyid[i] : alone->geom_bodyid[i];
    int other = in_scene(models, mjOBJ_BODY, body);
    int place = i - (is_joint ? alone->body_jntadr[body] : alone->body_geomadr[body]);
    if (other < 0 || place >= (is_joint ? scene->body_jntnum[other] : scene->body_geomnum[other]))
        return -1;
    return place + (is_joint ? scene->body_jntadr[other] : scene->body_geomadr[other]);
}

/* What is called so, or else the body that it is in. */
static const char *name_of(const mjModel *alone, const struct kind *kind, int i)
{
    const char *name = mj_id2name(alone, (int)kind->object, i);
    int body = kind->object == mjOBJ_JOINT ? alone->jnt_bodyid[i] : alone->geom_bodyid[i];
    return name ? name : mj_id2name(alone, mjOBJ_BODY, body);
}

/* Where the field's row of that thing is in the scene: a joint has one angle, and one speed, in other arrays. */
static int row_of(const mjModel *scene, const struct kind *kind, int number)
{
    return *kind->opening == 'd'   ? scene->jnt_dofadr[number]
           : *kind->opening == 'q' ? scene->jnt_qposadr[number]
                                   : number;
}

/* Thing `i` of the arms alone, by the fields of its kind. */
static bool is_intact(const struct models *models, const struct kind *kind, int i,
                      const struct field *fields, size_t count, struct arm_reason *reason)
{
    const char *name = name_of(models->alone, kind, i);
    int number = in_scene(models, kind->object, i);
    if (number < 0)
        return arm_fail(reason, "the scene left out the arms' %s '%s'", kind->word, name);
    size_t row = (size_t)row_of(models->scene, kind, number);
    for (const struct field *field = fields; field < fields + count; field++)
        for (size_t c = 0; is_held(field, kind) && c < field->columns; c++) {
            double is = figure(field, field->scene, row * field->columns + c);
            double ours = figure(field, field->alone, (size_t)i * field->columns + c);
            if (!(fabs(is - ours) <= 1e-12 * fabs(ours)))
                return arm_fail(
                    reason,
                    "the scene changes the arms: %s of %s '%s' is %g, not %g: look for a "
                    "<compiler>, and for a <default> that has no class",
                    strchr(field->name, '_') ? strchr(field->name, '_') + 1 : field->name,
                    kind->word, name, is, ours);
        }
    return true;
}

static int count_of(const mjModel *model, mjtObj object)
{
    switch ((int)object) {
    case mjOBJ_JOINT:
        return model->njnt;
    case mjOBJ_ACTUATOR:
        return model->nu;
    case mjOBJ_BODY:
        return model->nbody;
    case mjOBJ_GEOM:
        return model->ngeom;
    case mjOBJ_SITE:
        return model->nsite;
    case mjOBJ_EQUALITY:
        return model->neq;
    default:
        return model->nmat;
    }
}

static bool figures_are_intact(const struct models *models, struct arm_reason *reason)
{
    const struct field fields[] = {
#undef MJ_M
#define MJ_M(n) models->alone->n
#define X(type, name, rows, columns)                                                               \
    {#type, #name, models->scene->name, models->alone->name, (size_t)(columns)},
        MJMODEL_POINTERS
#undef X
    };
    size_t count = sizeof fields / sizeof *fields;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int i = kinds[k].object == mjOBJ_BODY; i < count_of(models->alone, kinds[k].object);
             i++) /* body 0 is the world */
            if (!is_intact(models, &kinds[k], i, fields, count, reason))
                return false;
    return true;
}

static bool options_are_intact(const struct models *models, struct arm_reason *reason)
{
    const mjOption *is = &models->scene->opt, *ours = &models->alone->opt;
    if (is->integrator != ours->integrator)
        return arm_fail(reason,
                        "the scene changes the arms: the option integrator must stay implicit");
    return (is->disableflags == ours->disableflags && is->enableflags == ours->enableflags) ||
           arm_fail(reason, "the scene changes the arms: an option's <flag> must stay as it is");
}

static bool is_of_arms(const struct models *models, int body)
{
    if (body <= 0)
        return false;
    const char *root = mj_id2name(models->scene, mjOBJ_BODY, models->scene->body_rootid[body]);
    return root && mj_name2id(models->alone, mjOBJ_BODY, root) >= 0;
}

/* The body that a thing of the scene is in; 0: none's. */
static int body_of(const mjModel *scene, mjtObj object, int number)
{
    return number < 0              ? 0
           : object == mjOBJ_BODY  ? number
           : object == mjOBJ_JOINT ? scene->jnt_bodyid[number]
           : object == mjOBJ_GEOM  ? scene->geom_bodyid[number]
           : object == mjOBJ_SITE  ? scene->site_bodyid[number]
                                   : 0;
}

static bool equality_reaches(const struct models *models, int i)
{
    int type = models->scene->eq_type[i];
    mjtObj object = type == mjEQ_CONNECT || type == mjEQ_WELD ? mjOBJ_BODY
                    : type == mjEQ_JOINT                      ? mjOBJ_JOINT
                                                              : mjOBJ_UNKNOWN;
    return is_of_arms(models, body_of(models->scene, object, models->scene->eq_obj1id[i])) ||
           is_of_arms(models, body_of(models->scene, object, models->scene->eq_obj2id[i]));
}

static bool actuator_reaches(const struct models *models, int i)
{
    int type = models->scene->actuator_trntype[i];
    mjtObj object = type == mjTRN_JOINT || type == mjTRN_JOINTINPARENT ? mjOBJ_JOINT
                    : type == mjTRN_SITE || type == mjTRN_SLIDERCRANK  ? mjOBJ_SITE
                    : type == mjTRN_BODY                               ? mjOBJ_BODY
                                                                       : mjOBJ_UNKNOWN;
    const int *at = models->scene->actuator_trnid + 2 * (size_t)i;
    return is_of_arms(models, body_of(models->scene, object, at[0])) ||
           (object == mjOBJ_SITE && is_of_arms(models, body_of(models->scene, object, at[1])));
}

static bool wrap_reaches(const struct models *models, int i)
{
    int type = models->scene->wrap_type[i];
    mjtObj object = type == mjWRAP_JOINT                               ? mjOBJ_JOINT
                    : type == mjWRAP_SITE                              ? mjOBJ_SITE
                    : type == mjWRAP_SPHERE || type == mjWRAP_CYLINDER ? mjOBJ_GEOM
                                                                       : mjOBJ_UNKNOWN;
    return is_of_arms(models, body_of(models->scene, object, models->scene->wrap_objid[i]));
}

/* Nothing of the scene's own is fast to an arm or drives it. */
static bool are_free(const struct models *models, struct arm_reason *reason)
{
    const mjModel *scene = models->scene;
    const char *what = NULL;
    for (int i = 0; i < scene->neq; i++) {
        const char *name = mj_id2name(scene, mjOBJ_EQUALITY, i);
        bool is_ours = name && mj_name2id(models->alone, mjOBJ_EQUALITY, name) >= 0;
        what = !is_ours && equality_reaches(models, i) ? "an <equality>" : what;
    }
    for (int i = 0; i < scene->nu; i++) {
        const char *name = mj_id2name(scene, mjOBJ_ACTUATOR, i);
        bool is_ours = name && mj_name2id(models->alone, mjOBJ_ACTUATOR, name) >= 0;
        what = !is_ours && actuator_reaches(models, i) ? "an <actuator>" : what;
    }
    for (int i = 0; i < scene->nwrap; i++)
        what = wrap_reaches(models, i) ? "a <tendon>" : what;
    return !what ||
           arm_fail(reason, "the scene has %s on an arm: only the jaws may hold what it moves",
                    what);
}

struct reading {
    const mjVFS *files;
    mjModel *alone;
    char error[ERROR_BYTES];
};

static void read_alone(void *argument)
{
    struct reading *reading = argument;
    reading->alone = mj_loadXML("alone.xml", reading->files, reading->error, ERROR_BYTES);
}

bool arms_are_intact(const mjModel *scene, mjVFS *files, struct arm_reason *reason)
{
    static const char text[] = "<mujoco><include file='arms.xml'/></mujoco>";
    char warning[ERROR_BYTES];
    struct reading reading = {.files = files};
    if (mj_makeEmptyFileVFS(files, "alone.xml", sizeof text - 1) != 0)
        return arm_fail(reason, "memory is short");
    memcpy(files->filedata[mj_findFileVFS(files, "alone.xml")], text, sizeof text - 1);
    if (!mujoco_guarded(read_alone, &reading, warning, sizeof warning) || !reading.alone)
        return arm_fail(reason, "the arms alone: %.200s", *reading.error ? reading.error : warning);
    const struct models models = {scene, reading.alone};
    bool is_intact_all = options_are_intact(&models, reason) &&
                         figures_are_intact(&models, reason) && are_free(&models, reason);
    mj_deleteModel(reading.alone);
    return is_intact_all;
}
