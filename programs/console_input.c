/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console_input.h"

#include <inttypes.h>

#include "log/log.h"
#include "motion/layout.h"

#define TELL_NS UINT64_C(10000000000)

/* What is told in the picture's axes, as the camera stands: what presses, and how the instruments are turned. */
static void tell_by_picture(struct hands_told *told, const struct console_station *operation,
                            const struct layout *layout, const struct tip_force *force)
{
    const struct pose camera = layout_camera(layout, operation->standing.camera_jp);
    told->has_turns = operation->has_state;
    for (unsigned i = 0; force && i < force->arm_count; i++)
        told->force_n[i] =
            quat_rotate(quat_conjugate(layout_camera_turn(layout, &camera, i)), force->forces_n[i]);
    for (unsigned i = 0; operation->has_state && i < operation->state.arm_count; i++)
        told->turns[i] =
            layout_to_camera(layout, &camera, i, &operation->state.arms[i].measured_cp).orientation;
}

void console_input_answer(struct hands *hands, const struct console_station *operation,
                          uint64_t now_ns)
{
    const struct layout *layout = console_station_layout(operation);
    struct hands_told told = {.is_up = operation->peer,
                              .follows = operation->has_state &&
                                         operation->state.hold_cause == HOLD_NONE &&
                                         console_station_is_heard(operation, now_ns),
                              .state = operation->has_state ? &operation->state : NULL};
    for (unsigned i = 0; i < GESTURE_HANDS_MAX; i++)
        told.turns[i] = QUAT_IDENTITY; /* a hand without an arm */
    if (layout && operation->peer && operation->has_standing)
        tell_by_picture(&told, operation, layout, console_station_force(operation, now_ns));
    hands_tell(hands, &told);
}

enum frozen_by console_input_frozen_by(const struct desk *desk)
{
    if (!desk || !desk->away)
        return FROZEN_BY_INPUT;
    return desk->unplugged ? FROZEN_BY_DEVICE : FROZEN_BY_WINDOW;
}

uint64_t console_input_refused(const struct hands *hands)
{
    uint64_t refused = 0;
    for (size_t i = 0; i < MOTION_ERRS; i++)
        refused += hands_counts(hands)->refused[i];
    return refused;
}

void console_input_tell(struct console_input *input, const struct hands *hands, uint64_t now_ns)
{
    const struct hands_counts *counts = hands_counts(hands), *told = &input->told;
    if (now_ns < input->tell_ns)
        return;
    input->tell_ns = now_ns + TELL_NS;
    for (size_t i = 0; i < MOTION_ERRS; i++)
        if (counts->refused[i] > told->refused[i])
            log_event(LOG_WARN, "input_refused", "cause=\"%s\" count=%" PRIu64,
                      motion_err_text((enum motion_err)i), counts->refused[i]);
    if (counts->gaps > told->gaps)
        log_event(LOG_WARN, "input_gaps", "count=%" PRIu64 " lost=%" PRIu64, counts->gaps,
                  counts->lost);
    if (counts->silences > told->silences)
        log_event(LOG_WARN, "input_silent", "count=%" PRIu64, counts->silences);
    input->told = *counts;
}

void console_input_put(const struct hands *hands, struct status *status)
{
    const struct hands_counts *counts = hands_counts(hands);
    if (counts->lost || counts->gaps || counts->silences)
        status_put(status,
                   "input_lost=%" PRIu64 " input_gaps=%" PRIu64 " input_silences=%" PRIu64 " ",
                   counts->lost, counts->gaps, counts->silences);
}
