/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cart_arms.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "arm/mujoco.h"
#include "arm/mujoco_eye.h"
#include "log/log.h"

const char *const cart_arms_words[] = {"kinematic", "mujoco", NULL};

static bool open_physics(struct cart_arms *arms, const struct cart_arms_settings *settings,
                         uint64_t now_ns)
{
    struct arm_reason reason = {""};
    const struct mujoco_settings physics = {
        .instrument = &settings->tool->instrument,
        .count = settings->arms,
        .scene = settings->scene ? settings->scene : mujoco_scenes[0],
        .renderer = settings->renderer,
        .now_ns = now_ns,
    };
    arms->arm = arm_open_mujoco(&physics, &reason);
    if (!arms->arm) {
        fprintf(stderr, "jisr cart: --scene %s: %s\n", physics.scene, reason.words);
        return false;
    }
    arms->scene = physics.scene;
    arms->eye = mujoco_eye(arms->arm);
    return true;
}

static bool open_driver(struct cart_arms *arms, const struct cart_arms_settings *settings,
                        uint64_t now_ns)
{
    if (!strcmp(settings->driver, "mujoco"))
        return open_physics(arms, settings, now_ns);
    if (settings->scene) {
        fprintf(stderr, "jisr cart: --scene %s: --arm %s has no scenes; give --arm mujoco\n",
                settings->scene, settings->driver);
        return false;
    }
    arms->arm = arm_open_kinematic(&settings->tool->instrument, settings->arms, now_ns);
    if (!arms->arm)
        fputs("jisr cart: memory is short\n", stderr);
    return arms->arm;
}

bool cart_arms_open(struct cart_arms *arms, const struct cart_arms_settings *settings,
                    uint64_t now_ns)
{
    if (!open_driver(arms, settings, now_ns))
        return false;
    cart_drive_begin(&arms->drive, arms->arm);
    return true;
}

void cart_arms_close(struct cart_arms *arms)
{
    arm_close(arms->arm);
    arms->arm = NULL;
}

bool cart_arms_renderer_is_good(const char *renderer, const char *camera, const char *command)
{
    if (!renderer || !strcmp(camera, "scene") || !strncmp(camera, "scene:", 6))
        return true;
    fprintf(
        stderr,
        "jisr %s: --renderer %s: it draws a scene (--arm mujoco --camera scene), and the camera "
        "is %s\n",
        command, renderer, camera);
    return false;
}

const struct scene_eye *cart_arms_eye(const struct cart_arms *arms)
{
    return arms->scene ? &arms->eye : NULL;
}

/* One line of the log: "task_grasp arm=1 object=ring1". */
static void log_of(const struct arm_event *event)
{
    char name[32], arm[16] = "";
    snprintf(name, sizeof name, "task_%s", arm_event_word(event->kind));
    if (event->arm != ARM_EVENT_NO_ARM)
        snprintf(arm, sizeof arm, "arm=%u ", event->arm + 1);
    switch (event->kind) {
    case ARM_EVENT_FORCE:
        log_event(LOG_WARN, "task_force", "%snewtons=%.1f at_ns=%" PRIu64, arm, event->value,
                  event->at_ns);
        break;
    case ARM_EVENT_COLLISION:
        log_event(LOG_WARN, "task_collision", "%sobject=\"%s\" at_ns=%" PRIu64, arm, event->object,
                  event->at_ns);
        break;
    case ARM_EVENT_DROP:
        log_event(LOG_INFO, name, "%sobject=\"%s\" torn=%d at_ns=%" PRIu64, arm, event->object,
                  event->value > 0, event->at_ns);
        break;
    case ARM_EVENT_GRASP:
        log_event(LOG_INFO, name, "%sobject=\"%s\" at_ns=%" PRIu64, arm, event->object,
                  event->at_ns);
        break;
    case ARM_EVENT_STEP:
        log_event(LOG_INFO, name, "object=\"%s\" count=%.0f at_ns=%" PRIu64, event->object,
                  event->value, event->at_ns);
        break;
    case ARM_EVENT_DONE:
        log_event(LOG_INFO, name, "seconds=%.3f at_ns=%" PRIu64, event->value, event->at_ns);
        break;
    case ARM_EVENT_KINDS:
        break;
    }
}

void cart_arms_look(struct cart_arms *arms, const struct follow *follow, uint64_t now_ns)
{
    cart_drive_measure(&arms->drive, follow, now_ns);
    struct arm_event event;
    while (arm_event(arms->arm, &event)) {
        arms->counts[event.kind]++;
        arms->torn += event.kind == ARM_EVENT_DROP && event.value > 0;
        if (event.kind == ARM_EVENT_DONE)
            arms->done_s = event.value;
        log_of(&event);
    }
}

void cart_arms_measure(struct cart_arms *arms, struct arm_report *measured)
{
    for (unsigned i = 0; i < arms->arm->count; i++) {
        measured[i] = arms->drive.last[i];
        travel_note(&arms->travels[i], measured[i].measured_cp.position_m);
    }
}

static void put_tips(const struct cart_arms *arms, struct status *status)
{
    for (unsigned i = 0; i < arms->arm->count; i++) {
        const struct travel *travel = &arms->travels[i];
        if (travel->has_place)
            status_put(status,
                       "arm%u_x_mm=%.2f arm%u_y_mm=%.2f arm%u_z_mm=%.2f arm%u_travelled_mm=%.2f ",
                       i + 1, travel->place_m.x * 1e3, i + 1, travel->place_m.y * 1e3, i + 1,
                       travel->place_m.z * 1e3, i + 1, travel->length_m * 1e3);
    }
}

static void put_camera(const struct cart_arms *arms, struct status *status)
{
    const double *jp = arms->drive.facts.camera_jp;
    status_put(status,
               "camera_yaw_mrad=%.1f camera_pitch_mrad=%.1f camera_in_mm=%.2f "
               "camera_roll_mrad=%.1f ",
               jp[CAMERA_YAW] * 1e3, jp[CAMERA_PITCH] * 1e3, jp[CAMERA_INSERTION] * 1e3,
               jp[CAMERA_ROLL] * 1e3);
}

void cart_arms_put(const struct cart_arms *arms, struct status *status)
{
    put_tips(arms, status);
    put_camera(arms, status);
    if (!arms->scene)
        return;
    status_put(status, "task=%s ", arms->counts[ARM_EVENT_DONE] ? "done" : "open");
    for (int kind = 0; kind < ARM_EVENT_DONE; kind++)
        status_put(status, "task_%s=%" PRIu64 " ", arm_event_word((enum arm_event_kind)kind),
                   arms->counts[kind]);
}

bool cart_arms_report(const struct cart_arms *arms, struct report_task *task)
{
    *task = (struct report_task){
        .scene = arms->scene,
        .grasps = (int64_t)arms->counts[ARM_EVENT_GRASP],
        .drops = (int64_t)arms->counts[ARM_EVENT_DROP],
        .torn = (int64_t)arms->torn,
        .collisions = (int64_t)arms->counts[ARM_EVENT_COLLISION],
        .forces = (int64_t)arms->counts[ARM_EVENT_FORCE],
        .steps = (int64_t)arms->counts[ARM_EVENT_STEP],
        .done_s = arms->counts[ARM_EVENT_DONE] ? arms->done_s : (double)NAN,
    };
    return arms->scene;
}
