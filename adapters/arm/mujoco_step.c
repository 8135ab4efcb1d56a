/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A millisecond of a scene: servos, physics, what the jaws hold, what they feel. */
#include <stdio.h>
#include <string.h>

#include "arm/mujoco_guard.h"
#include "arm/mujoco_world.h"

#define GRASP_MOST_N 10.0 /* more than this, smoothed, tears a thing from the jaws */
#define CLOSES_RAD 0.02   /* jaws are closing: asked this much less than they are */
#define OPENS_RAD 0.05    /* they open: asked this much more than when they grasped */
#define GRIP_RAD 0.004    /* beyond what they hold, the jaws close no further: some 0.6 N */
#define FORCE_SHARE 0.1   /* of a step's force in what is told: 10 ms to settle */

static double jaw_rad(const struct world *world, unsigned index)
{
    double joints[INSTRUMENT_AXES];
    world_joints(world, index, joints);
    return joints[AXIS_JAW];
}

static void servo(struct world *world, const struct world_orders *orders)
{
    for (unsigned index = 0; index < world->count; index++) {
        const struct world_arm *arm = &world->arms[index];
        double jaw = orders->joints[index][AXIS_JAW];
        if (arm->held_body) /* the constraint holds it: harder jaws would squeeze it out */
            jaw = fmax(jaw, arm->held_jaw_rad - GRIP_RAD);
        for (int i = 0; i < WORLD_MOTORS; i++)
            world->data->ctrl[arm->control[i]] = i < AXIS_JAW ? orders->joints[index][i] : jaw / 2;
    }
}

/* From now on the palm and `body` keep as they are to one another. */
static void grasp(struct world *world, unsigned index, int body)
{
    mjModel *model = world->model;
    const mjData *data = world->data;
    struct world_arm *arm = &world->arms[index];
    int palm = model->eq_obj1id[arm->grasp];
    mjtNum *relative = model->eq_data + mjNEQDATA * arm->grasp; /* anchor in body, in palm; turn */
    mjtNum away[3], palm_back[4];
    mju_zero3(relative);
    mju_sub3(away, data->xpos + 3 * body, data->xpos + 3 * palm);
    mju_rotVecMatT(relative + 3, away, data->xmat + 9 * palm);
    mju_negQuat(palm_back, data->xquat + 4 * palm);
    mju_mulQuat(relative + 6, palm_back, data->xquat + 4 * body);
    /* What cannot turn, a point of soft tissue, is not to hold the arm's turn. */
    relative[10] = model->body_dofnum[body] == 6;
    model->eq_obj2id[arm->grasp] = body;
    model->eq_active[arm->grasp] = 1;
    arm->held_body = body;
    arm->pull_n = 0;
    arm->held_jaw_rad = jaw_rad(world, index);
}

static void let_go(struct world *world, unsigned index)
{
    struct world_arm *arm = &world->arms[index];
    world->model->eq_active[arm->grasp] = 0;
    arm->held_body = 0;
}

/* How hard the constraint of a grasp pulls, N: its first three rows. */
static double grasp_force(const struct world *world, unsigned index)
{
    const mjData *data = world->data;
    for (int row = 0; row + 2 < data->ne; row++)
        if (data->efc_type[row] == mjCNSTR_EQUALITY &&
            data->efc_id[row] == world->arms[index].grasp)
            return mju_norm3(data->efc_force + row);
    return 0;
}

/* What the contacts of this step say: which thing each finger touches, and what is not to be touched. */
struct touches {
    int fingers[ARMS_MAX][2]; /* bodies that can be held; 0: none */
    const char *avoided[ARMS_MAX];
};

/* Whose a geom is: an arm's, or that which holds its body; -1: nobody's. */
static int owner(const struct world *world, int geom)
{
    int body = world->model->geom_bodyid[geom];
    for (unsigned i = 0; i < world->count; i++)
        if (world->arms[i].held_body && world->arms[i].held_body == body)
            return (int)i;
    return world->geom_arm[geom];
}

static void note_touch(const struct world *world, int geom, int other, struct touches *touches)
{
    int arm = world->geom_arm[geom], whose = owner(world, geom);
    int body = world->model->geom_bodyid[other];
    if (whose >= 0 && world->geom_avoid[other])
        touches->avoided[whose] = world->geom_avoid[other];
    if (arm < 0)
        return;
    if (world->geom_arm[other] >= 0)
        touches->avoided[arm] = "other arm";
    for (int i = 0; i < 2; i++)
        if (geom == world->arms[arm].fingers[i] && world->body_object[body])
            touches->fingers[arm][i] = body;
}

static struct touches look_at_contacts(const struct world *world)
{
    struct touches touches = {0};
    for (int i = 0; i < world->data->ncon; i++) {
        const mjContact *contact = &world->data->contact[i];
        if (contact->exclude || contact->dist > 0)
            continue;
        note_touch(world, contact->geom1, contact->geom2, &touches);
        note_touch(world, contact->geom2, contact->geom1, &touches);
    }
    return touches;
}

static void judge_grasp(struct world *world, unsigned index, double asked_rad,
                        const struct touches *touches)
{
    struct world_arm *arm = &world->arms[index];
    world->facts.is_torn[index] = false;
    if (arm->held_body) {
        arm->pull_n += FORCE_SHARE * (grasp_force(world, index) - arm->pull_n);
        bool is_torn = arm->pull_n > GRASP_MOST_N;
        world->facts.is_torn[index] = is_torn;
        if (is_torn || asked_rad > arm->held_jaw_rad + OPENS_RAD)
            let_go(world, index);
        return;
    }
    const int *body = touches->fingers[index];
    if (body[0] && body[0] == body[1] && asked_rad < jaw_rad(world, index) - CLOSES_RAD)
        grasp(world, index, body[0]);
}

/* The sum of what acts on wrist, palm and fingers from outside: contacts and the grasp. */
static void feel(struct world *world, unsigned index)
{
    struct world_arm *arm = &world->arms[index];
    struct vec3 sum = {0, 0, 0};
    for (int i = 0; i < 4; i++) {
        const mjtNum *outside = world->data->cfrc_ext + 6 * arm->bodies[i] + 3;
        sum = vec3_add(sum, (struct vec3){outside[0], outside[1], outside[2]});
    }
    sum = quat_rotate(quat_conjugate(world->layout->arms[index].orientation), sum);
    arm->force_n =
        vec3_add(arm->force_n, vec3_scale(vec3_subtract(sum, arm->force_n), FORCE_SHARE));
}

static uint8_t holders(const struct world *world, int body)
{
    uint8_t count = 0;
    for (unsigned i = 0; i < world->count; i++)
        if (world->arms[i].held_body && world->arms[i].held_body == body)
            count++;
    return count;
}

static void gather_facts(struct world *world, const struct touches *touches,
                         const struct world_orders *orders)
{
    struct task_facts *facts = &world->facts;
    for (unsigned i = 0; i < world->task.place_count; i++) {
        int site = world->place_sites[i], body = world->place_bodies[i];
        const mjtNum *at =
            site >= 0 ? world->data->site_xpos + 3 * site : world->data->xpos + 3 * body;
        facts->at_m[i] = (struct vec3){at[0], at[1], at[2]};
        facts->holders[i] = holders(world, body);
    }
    for (unsigned i = 0; i < world->count; i++) {
        int body = world->arms[i].held_body;
        facts->held[i] = body ? world->body_object[body] : NULL;
        facts->touched[i] = touches->avoided[i];
        facts->force_n[i] = vec3_length(world->arms[i].force_n);
        facts->moves |= memcmp(orders->joints[i], world->start[i], sizeof world->start[i]) != 0;
    }
}

static void step(void *argument)
{
    struct world *world = argument;
    servo(world, world->orders);
    mj_step(world->model, world->data);
    mj_rnePostConstraint(world->model, world->data);
}

static bool is_broken(const mjData *data)
{
    return data->warning[mjWARN_BADQPOS].number || data->warning[mjWARN_BADQVEL].number ||
           data->warning[mjWARN_BADQACC].number || data->warning[mjWARN_BADCTRL].number;
}

/* The body whose motion MuJoCo found to be no number, NULL: none, or one without a name. */
static const char *broken_body(const struct world *world)
{
    const mjWarningStat *warnings = world->data->warning;
    const mjModel *model = world->model;
    int body = 0;
    if (warnings[mjWARN_BADQVEL].number)
        body = model->dof_bodyid[warnings[mjWARN_BADQVEL].lastinfo];
    if (warnings[mjWARN_BADQACC].number)
        body = model->dof_bodyid[warnings[mjWARN_BADQACC].lastinfo];
    return body > 0 ? mj_id2name(model, mjOBJ_BODY, body) : NULL;
}

static void try(void *argument)
{
    struct world *world = argument;
    mj_step(world->model, world->data);
}

bool world_try(struct world *world, struct arm_reason *reason)
{
    if (!mujoco_guarded(try, world, reason->words, sizeof reason->words))
        return false;
    if (!is_broken(world->data)) /* what else it warns of: memory too small for what touches */
        return !*reason->words;
    const char *name = broken_body(world);
    snprintf(reason->words, sizeof reason->words,
             "the scene does not stand: with the arms at rest the motion of %s%.80s%s is no "
             "number, or too large",
             name ? "body '" : "something", name ? name : "", name ? "'" : "");
    return false;
}

bool world_step(struct world *world, const struct world_orders *orders, uint64_t at_ns,
                task_tell *tell, void *context, struct arm_reason *reason)
{
    world->orders = orders;
    if (!mujoco_guarded(step, world, reason->words, sizeof reason->words))
        return false;
    if (is_broken(world->data)) {
        strcpy(reason->words, "values that are no numbers, or too large");
        return false;
    }
    struct touches touches = look_at_contacts(world);
    for (unsigned i = 0; i < world->count; i++) {
        judge_grasp(world, i, orders->joints[i][AXIS_JAW], &touches);
        feel(world, i);
    }
    gather_facts(world, &touches, orders);
    task_update(&world->task, &world->facts, at_ns, tell, context);
    return true;
}
