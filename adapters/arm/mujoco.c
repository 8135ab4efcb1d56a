/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arm/mujoco.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm/joints.h"
#include "arm/mujoco_arms.h"
#include "arm/mujoco_snapshot.h"
#include "base/ring.h"
#include "clock/clock.h"
#include "clock/realtime.h"
#include "log/log.h"

#define LIVENESS_NS UINT64_C(100000000)
#define BEHIND_MOST_NS UINT64_C(20000000) /* more than this is lost, not caught up */
#define CAMERA_LAG_S 0.02

enum { EVENTS = 64 };

#define PAUSE_LEAST_NS UINT64_C(200000)
#define POWER_TAKES_NS UINT64_C(100000000) /* arm.h: to come or go */

struct orders { /* from the loop to the physics */
    struct world_orders world;
    enum supervisor_power power;
    uint64_t told_ns[ARMS_MAX];
    double camera[CAMERA_AXES];
};

struct measured { /* and back */
    double joints[ARMS_MAX][INSTRUMENT_AXES];
    struct vec3 force_n[ARMS_MAX];
    enum supervisor_power power;
    uint64_t at_ns;
};

struct mujoco {
    struct arm arm;
    struct world *world;
    enum gl_renderer renderer;
    struct orders orders; /* the loop's */
    double camera_goal[CAMERA_AXES];
    uint64_t updated_ns, switched_ns; /* the motors were told otherwise then */
    const struct measured *measured;  /* lent by its slot */

    struct latest orders_slot, measured_slot, snapshot_slot;
    struct orders orders_memory[LATEST_SLOTS];
    struct measured measured_memory[LATEST_SLOTS];
    void *snapshot_memory;
    struct ring events;
    struct arm_event event_memory[EVENTS];

    struct world_orders heeded;  /* the physics': what it moves to, */
    enum supervisor_power power; /* and with what */
    uint64_t stepped_ns;         /* its time */
    bool is_broken;
    struct arm_reason reason;

    bool is_stepped, is_started;
    _Atomic bool stop;
    pthread_t thread;
};

static const struct arm_card card = {
    .name = "mujoco",
    .frame = "remote centre of motion, z away from the patient",
    .axes = {"outer_yaw", "outer_pitch", "insertion", "roll", "wrist_pitch", "wrist_yaw", "jaw"},
    .units = {"rad", "rad", "m", "rad", "rad", "rad", "rad"},
    .rate_hz = 1000,
    .liveness_ns = LIVENESS_NS,
    .after_liveness = "stops and keeps its place",
    .delay_s = MUJOCO_LAG_S,
};

static void keep_event(void *context, const struct arm_event *event)
{
    struct mujoco *mujoco = context;
    struct arm_event *slot = ring_reserve(&mujoco->events);
    if (!slot)
        return; /* nobody takes them: the loop stands, which has alarms of its own */
    *slot = *event;
    ring_publish(&mujoco->events);
}

/* Without power a joint stays where it is while its friction holds it. */
static void go_limp(struct mujoco *mujoco, unsigned index)
{
    double at[INSTRUMENT_AXES], *stays = mujoco->heeded.joints[index];
    world_joints(mujoco->world, index, at);
    for (int i = 0; i < INSTRUMENT_AXES; i++)
        stays[i] = fmin(fmax(stays[i], at[i] - mujoco_arms_slack(i)), at[i] + mujoco_arms_slack(i));
}

/* Braked, or without power: what it was told is not heeded. */
static void stay(struct mujoco *mujoco, enum supervisor_power power)
{
    for (unsigned i = 0; i < mujoco->arm.count; i++)
        if (power == SUPERVISOR_NO_POWER)
            go_limp(mujoco, i);
        else if (mujoco->power != SUPERVISOR_BRAKED)
            world_joints(mujoco->world, i, mujoco->heeded.joints[i]);
}

/* What the physics moves to: what it was told last, or, untold for too long, where it is. */
static void heed(struct mujoco *mujoco, const struct orders *orders)
{
    if (orders->power != SUPERVISOR_POWERED)
        stay(mujoco, orders->power);
    mujoco->power = orders->power;
    for (unsigned i = 0; mujoco->power == SUPERVISOR_POWERED && i < mujoco->arm.count; i++) {
        bool is_alive = mujoco->stepped_ns < orders->told_ns[i] + LIVENESS_NS;
        if (is_alive)
            memcpy(mujoco->heeded.joints[i], orders->world.joints[i],
                   sizeof mujoco->heeded.joints[i]);
        else if (memcmp(mujoco->heeded.joints[i], orders->world.joints[i],
                        sizeof mujoco->heeded.joints[i]) == 0)
            world_joints(mujoco->world, i, mujoco->heeded.joints[i]);
    }
}

static void publish(struct mujoco *mujoco, const struct orders *orders)
{
    const struct world *world = mujoco->world;
    struct measured *measured = latest_slot(&mujoco->measured_slot);
    for (unsigned i = 0; i < world->count; i++) {
        world_joints(world, i, measured->joints[i]);
        measured->force_n[i] = world->arms[i].force_n;
    }
    measured->power = mujoco->power;
    measured->at_ns = mujoco->stepped_ns;
    latest_publish(&mujoco->measured_slot);
    struct snapshot *snapshot = latest_slot(&mujoco->snapshot_slot);
    snapshot->at_ns = mujoco->stepped_ns;
    memcpy(snapshot->camera, orders->camera, sizeof snapshot->camera);
    memcpy(snapshot->qpos, world->data->qpos, (size_t)world->model->nq * sizeof *snapshot->qpos);
    latest_publish(&mujoco->snapshot_slot);
}

/* The physics' time reaches `now_ns`, in whole steps. */
static void step_until(struct mujoco *mujoco, uint64_t now_ns)
{
    if (mujoco->is_broken || now_ns < mujoco->stepped_ns + WORLD_STEP_NS)
        return;
    if (now_ns - mujoco->stepped_ns > BEHIND_MOST_NS)
        mujoco->stepped_ns = now_ns - BEHIND_MOST_NS;
    const struct orders *orders = latest_value(&mujoco->orders_slot, NULL);
    while (mujoco->stepped_ns + WORLD_STEP_NS <= now_ns) {
        mujoco->stepped_ns += WORLD_STEP_NS;
        heed(mujoco, orders);
        mujoco->is_broken = !world_step(mujoco->world, &mujoco->heeded, mujoco->stepped_ns,
                                        keep_event, mujoco, &mujoco->reason);
        if (mujoco->is_broken) { /* what was measured stays, and grows old */
            log_event(LOG_ERROR, "physics_broke_down",
                      "what=\"%s\" help=\"end the cart; look at the scene's file\"",
                      mujoco->reason.words);
            return;
        }
    }
    publish(mujoco, orders);
}

static void *run(void *argument)
{
    struct mujoco *mujoco = argument;
    uint64_t now_ns = clock_monotonic_ns();
    (void)realtime_claim(
        REALTIME_SIMULATED); /* where it is not granted the robot lags, and says so */
    while (!atomic_load_explicit(&mujoco->stop, memory_order_relaxed)) {
        step_until(mujoco, now_ns);
        /* Others must have their turn also where a step takes longer than it lasts. */
        uint64_t next_ns = now_ns + WORLD_STEP_NS, after_ns = clock_monotonic_ns() + PAUSE_LEAST_NS;
        now_ns = clock_sleep_until(next_ns > after_ns ? next_ns : after_ns);
    }
    return NULL;
}

/* A thread that takes no signals: the loop handles those. */
static bool start_thread(struct mujoco *mujoco)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    mujoco->is_started = pthread_create(&mujoco->thread, NULL, run, mujoco) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (mujoco->is_started)
        pthread_setname_np(mujoco->thread, "physics");
    return mujoco->is_started;
}

static enum motion_err servo_jp(struct arm *arm, unsigned index,
                                const double joints[static INSTRUMENT_AXES], uint64_t now_ns)
{
    struct mujoco *mujoco = (struct mujoco *)arm;
    memcpy(mujoco->orders.world.joints[index], joints, sizeof mujoco->orders.world.joints[index]);
    mujoco->orders.told_ns[index] = now_ns;
    return MOTION_OK;
}

static enum motion_err servo_camera_jp(struct arm *arm, const double joints[static CAMERA_AXES],
                                       uint64_t now_ns)
{
    struct mujoco *mujoco = (struct mujoco *)arm;
    (void)now_ns;
    memcpy(mujoco->camera_goal, joints, sizeof mujoco->camera_goal);
    return MOTION_OK;
}

static void power(struct arm *arm, enum supervisor_power power)
{
    struct mujoco *mujoco = (struct mujoco *)arm;
    if (power != mujoco->orders.power)
        mujoco->switched_ns = mujoco->updated_ns;
    mujoco->orders.power = power;
}

static bool has_power(const struct arm *arm)
{
    const struct mujoco *mujoco = (const struct mujoco *)arm;
    return mujoco->measured->power == mujoco->orders.power ||
           mujoco->updated_ns - mujoco->switched_ns <= POWER_TAKES_NS;
}

/* The camera arm touches nothing: it goes to its goal within its speeds. */
static void move_camera(struct mujoco *mujoco, uint64_t now_ns)
{
    double dt_s = (double)(now_ns - mujoco->updated_ns) * 1e-9;
    mujoco->updated_ns = now_ns;
    if (mujoco->orders.power != SUPERVISOR_POWERED)
        memcpy(mujoco->camera_goal, mujoco->orders.camera, sizeof mujoco->camera_goal);
    for (int i = 0; i < CAMERA_AXES; i++)
        joints_go(&mujoco->orders.camera[i], mujoco->camera_goal[i], -expm1(-dt_s / CAMERA_LAG_S),
                  mujoco->arm.layout->camera_speed_max[i] * fmin(dt_s, 0.01));
}

static void update(struct arm *arm, uint64_t now_ns)
{
    struct mujoco *mujoco = (struct mujoco *)arm;
    move_camera(mujoco, now_ns);
    *(struct orders *)latest_slot(&mujoco->orders_slot) = mujoco->orders;
    latest_publish(&mujoco->orders_slot);
    if (mujoco->is_stepped)
        step_until(mujoco, now_ns);
    mujoco->measured = latest_value(&mujoco->measured_slot, NULL);
}

static void measured_jp(const struct arm *arm, unsigned index,
                        double joints[static INSTRUMENT_AXES])
{
    const struct mujoco *mujoco = (const struct mujoco *)arm;
    memcpy(joints, mujoco->measured->joints[index], sizeof mujoco->measured->joints[index]);
}

static struct pose measured_cp(const struct arm *arm, unsigned index)
{
    const struct mujoco *mujoco = (const struct mujoco *)arm;
    return instrument_forward(arm->instrument, mujoco->measured->joints[index]);
}

static struct vec3 measured_cf(const struct arm *arm, unsigned index)
{
    return ((const struct mujoco *)arm)->measured->force_n[index];
}

static void measured_camera_jp(const struct arm *arm, double joints[static CAMERA_AXES])
{
    const struct mujoco *mujoco = (const struct mujoco *)arm;
    memcpy(joints, mujoco->orders.camera, sizeof mujoco->orders.camera);
}

static uint64_t measured_ns(const struct arm *arm)
{
    return ((const struct mujoco *)arm)->measured->at_ns;
}

static bool event(struct arm *arm, struct arm_event *out)
{
    struct mujoco *mujoco = (struct mujoco *)arm;
    const struct arm_event *oldest = ring_oldest(&mujoco->events);
    if (!oldest)
        return false;
    *out = *oldest;
    ring_release(&mujoco->events);
    return true;
}

static void close_mujoco(struct arm *arm)
{
    struct mujoco *mujoco = (struct mujoco *)arm;
    atomic_store(&mujoco->stop, true);
    if (mujoco->is_started)
        pthread_join(mujoco->thread, NULL);
    world_close(mujoco->world);
    free(mujoco->snapshot_memory);
    free(mujoco);
}

const struct world *mujoco_world(const struct arm *arm)
{
    return ((const struct mujoco *)arm)->world;
}

enum gl_renderer mujoco_renderer(const struct arm *arm)
{
    return ((const struct mujoco *)arm)->renderer;
}

const struct snapshot *mujoco_snapshot(struct arm *arm)
{
    return latest_value(&((struct mujoco *)arm)->snapshot_slot, NULL);
}

/* Everything stands at the start, and the slots say so. */
static bool begin(struct mujoco *mujoco, uint64_t now_ns)
{
    const struct world *world = mujoco->world;
    struct orders *orders = &mujoco->orders;
    size_t snapshot_bytes = sizeof(struct snapshot) + (size_t)world->model->nq * sizeof(double);
    mujoco->snapshot_memory = calloc(LATEST_SLOTS, snapshot_bytes);
    if (!mujoco->snapshot_memory)
        return false;
    memcpy(orders->world.joints, world->start, sizeof orders->world.joints);
    memcpy(orders->camera, mujoco->arm.layout->camera_ready_jp, sizeof orders->camera);
    memcpy(mujoco->camera_goal, orders->camera, sizeof mujoco->camera_goal);
    for (unsigned i = 0; i < ARMS_MAX; i++)
        orders->told_ns[i] = now_ns;
    mujoco->heeded = orders->world;
    mujoco->power = orders->power = SUPERVISOR_POWERED;
    mujoco->switched_ns = now_ns;
    mujoco->updated_ns = mujoco->stepped_ns = now_ns;
    for (unsigned i = 0; i < LATEST_SLOTS; i++)
        mujoco->orders_memory[i] = *orders;
    latest_init(&mujoco->orders_slot, mujoco->orders_memory, sizeof *orders);
    latest_init(&mujoco->measured_slot, mujoco->measured_memory, sizeof(struct measured));
    latest_init(&mujoco->snapshot_slot, mujoco->snapshot_memory, snapshot_bytes);
    ring_init(&mujoco->events, mujoco->event_memory, EVENTS, sizeof *mujoco->event_memory);
    publish(mujoco, orders);
    mujoco->measured = latest_value(&mujoco->measured_slot, NULL);
    return true;
}

struct arm *arm_open_mujoco(const struct mujoco_settings *settings, struct arm_reason *reason)
{
    static const struct arm_driver driver = {.card = &card,
                                             .servo_jp = servo_jp,
                                             .servo_camera_jp = servo_camera_jp,
                                             .power = power,
                                             .has_power = has_power,
                                             .update = update,
                                             .measured_jp = measured_jp,
                                             .measured_cp = measured_cp,
                                             .measured_cf = measured_cf,
                                             .measured_camera_jp = measured_camera_jp,
                                             .measured_ns = measured_ns,
                                             .event = event,
                                             .close = close_mujoco};
    struct mujoco *mujoco = calloc(1, sizeof *mujoco);
    snprintf(reason->words, sizeof reason->words, "memory is short");
    if (!mujoco)
        return NULL;
    mujoco->arm = (struct arm){&driver, settings->instrument, &LAYOUT_STANDARD, settings->count};
    mujoco->is_stepped = settings->is_stepped;
    mujoco->renderer = settings->renderer;
    mujoco->world = world_open(settings, reason);
    if (!mujoco->world)
        goto failed;
    snprintf(reason->words, sizeof reason->words, "memory is short");
    if (!begin(mujoco, settings->now_ns))
        goto failed;
    if (!settings->is_stepped && !start_thread(mujoco))
        goto failed;
    return &mujoco->arm;
failed:
    close_mujoco(&mujoco->arm);
    return NULL;
}
