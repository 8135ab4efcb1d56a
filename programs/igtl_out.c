/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "igtl_out.h"

#include <inttypes.h>
#include <string.h>

#include "log/log.h"

bool igtl_out_open(struct igtl_out *out, const char *address, const char *side)
{
    char why[IGTL_WHY_BYTES];
    out->server = NULL;
    atomic_store(&out->ahead_ns, IGTL_OUT_NO_CLOCK);
    if (!address)
        return true;
    out->server = igtl_server_start(address, why);
    if (!out->server) {
        fprintf(stderr, "jisr %s: --igtl %s: %s\n", side, address, why);
        return false;
    }
    bool is_ours = !strncmp(address, "127.", 4) || !strncmp(address, "[::1]", 5);
    log_event(is_ours ? LOG_INFO : LOG_WARN, "igtl_open", "address=\"%s\" to=\"%s\"", address,
              is_ours ? "this machine" : "whoever reaches it");
    return true;
}

void igtl_out_close(struct igtl_out *out)
{
    igtl_server_stop(out->server);
    out->server = NULL;
}

/* First `b`, in the frame that `a` is of the world. */
static struct pose in_world(const struct pose *a, const struct pose *b)
{
    return (struct pose){vec3_add(a->position_m, quat_rotate(a->orientation, b->position_m)),
                         quat_multiply(a->orientation, b->orientation)};
}

void igtl_out_tell(struct igtl_out *out, const struct igtl_robot *robot)
{
    const struct layout *layout = robot->layout;
    if (!out->server)
        return;
    struct igtl_told told = {.measured_ns = robot->measured_ns,
                             .tool_count = robot->arm_count,
                             .has_camera = robot->camera_jp,
                             .is_ready = robot->hold == HOLD_NONE,
                             .why = hold_cause_text(robot->hold)};
    for (unsigned i = 0; i < robot->arm_count; i++)
        told.tools[i] = in_world(&layout->arms[i], &robot->arms[i].measured_cp);
    if (robot->camera_jp)
        told.camera = layout_camera(layout, robot->camera_jp);
    igtl_server_tell(out->server, &told);
}

void igtl_out_picture(void *context, const struct picture *picture)
{
    struct igtl_out *out = context;
    if (out->server)
        igtl_server_picture(out->server, picture, picture->captured_ns);
}

/* In the decoder's thread. */
static void show(void *context, const struct picture *picture, uint32_t number, uint64_t ready_ns)
{
    struct igtl_out *out = context;
    int64_t ahead_ns = atomic_load(&out->ahead_ns);
    if (out->screen)
        out->screen(out->screen_context, picture, number, ready_ns);
    if (ahead_ns != IGTL_OUT_NO_CLOCK)
        igtl_server_picture(out->server, picture, picture->captured_ns - (uint64_t)ahead_ns);
}

void igtl_out_watch(struct igtl_out *out, struct eyes *eyes)
{
    if (!out->server)
        return;
    out->screen = eyes->screen;
    out->screen_context = eyes->screen_context;
    eyes->screen = show;
    eyes->screen_context = out;
}

void igtl_out_clock(struct igtl_out *out, const struct link_clock_reading *clock)
{
    atomic_store(&out->ahead_ns, clock->measured ? clock->offset_ns : IGTL_OUT_NO_CLOCK);
}

void igtl_out_put(const struct igtl_out *out, struct status *status)
{
    if (!out->server)
        return;
    struct igtl_figures figures = igtl_server_figures(out->server);
    status_put(status,
               "igtl_clients=%u igtl_poses=%" PRIu64 " igtl_pictures=%" PRIu64
               " igtl_skipped=%" PRIu64 " ",
               figures.clients, figures.poses, figures.pictures, figures.skipped);
}
