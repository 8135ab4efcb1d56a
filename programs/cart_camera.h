/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cart's camera: its thread, and what is told of it in the log, the status line and the report.
 *
 * One thread, the loop's. */
#ifndef CART_CAMERA_H
#define CART_CAMERA_H

#include <stdint.h>

#include "media/camera_thread.h"
#include "report.h"
#include "station.h"
#include "station/camera_watch.h"

struct cart_camera {
    const char *name; /* as `--camera` gave it; lent */
    struct camera_thread *thread;
    struct camera_watch watch;
};

/* As camera_thread_start; camera_thread_stop ends it. */
MUST_USE enum media_err cart_camera_start(struct cart_camera *camera,
                                          const struct camera_thread_settings *settings,
                                          uint64_t now_ns, struct media_reason *reason);

/* A few times a second: each fault is logged once when it begins, once when it is over. */
void cart_camera_look(struct cart_camera *camera, uint64_t now_ns);

void cart_camera_put(const struct cart_camera *camera, struct status *status);

struct report_camera cart_camera_report(const struct cart_camera *camera);

#endif
