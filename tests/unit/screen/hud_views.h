/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Views for the tests of the hud: an ordinary one, and one with everything to tell. */
#ifndef UNIT_SCREEN_HUD_VIEWS_H
#define UNIT_SCREEN_HUD_VIEWS_H

#include <stdio.h>
#include <string.h>

#include "screen/view.h"

static inline void ordinary_view(struct view *view)
{
    memset(view, 0, sizeof *view);
    view->role = VIEW_LEADS;
    view->lease = 12;
    snprintf(view->owner, sizeof view->owner, "Shanghai console");
    snprintf(view->peer, sizeof view->peer, "Casablanca theatre 2");
    for (unsigned i = 0; i < VIEW_ARMS; i++) {
        snprintf(view->arms[i].name, VIEW_NAME_BYTES, "Large needle driver");
        view->arms[i].state = VIEW_ARM_FOLLOWS;
        view->arms[i].force_n = 0.8 + i;
    }
    view->arms[1].is_active = true;
    view->force_high_n = 2;
    view->force_most_n = 4;
    view->engaged = view->follows = true;
    view->scale = 0.2;
    view->scale_advised = 0.1;
    view->lines[0] = (struct view_line){LINK_LINE_GOOD, 204.3, 0.004};
    view->lines[1] = (struct view_line){LINK_LINE_SUSPECT, 310.2, 0.031};
    view->lines[2] = (struct view_line){LINK_LINE_LOST, 0, 0};
    const double delay_ms[VIEW_PARTS] = {139, 4, 12, 9, 11};
    memcpy(view->delay_ms, delay_ms, sizeof delay_ms);
    view->hand_to_eye_ms = 182;
    const double band_ms[VIEW_BANDS] = {100, 200, 300};
    memcpy(view->band_ms, band_ms, sizeof band_ms);
    view->picture_age_ms = 131;
    view->picture_gate_ms = 500;
    view->seconds = 754;
    view->record = VIEW_RECORD_ROBOT;
    view->ghost = true;
}

static inline void full_view(struct view *view)
{
    static const enum desk_action actions[] = {
        DESK_ENGAGE, DESK_X,    DESK_Z,    DESK_YAW,  DESK_GRIP,      DESK_SWAP,   DESK_CAMERA,
        DESK_DRAW,   DESK_TALK, DESK_TAKE, DESK_STOP, DESK_TAKE_OVER, DESK_UNDOCK, DESK_MARK};
    ordinary_view(view);
    view->alarms = (uint32_t)((UINT64_C(1) << VIEW_ALARMS) - 1);
    view->flashes = true;
    view->turn_locked = view->place_locked = view->draws = view->talks = true;
    view->follows = false;
    view->hold_cause = HOLD_FROZEN;
    for (unsigned i = 0; i < LINK_LINES_MAX; i++)
        view->lines[i] = (struct view_line){LINK_LINE_GOOD, 204.3, 0.4};
    view->help = 1;
    view->key_count = sizeof actions / sizeof *actions;
    for (unsigned i = 0; i < view->key_count; i++)
        view->keys[i] =
            (struct view_key){actions[i], (enum desk_control)(DESK_MOUSE_LEFT + i % 3),
                              i % 4 ? DESK_NO_CONTROL : DESK_KEY_SHIFT, actions[i] == DESK_X};
    memset(view->owner, 'W', VIEW_NAME_BYTES - 1);
    memset(view->peer, 'W', VIEW_NAME_BYTES - 1);
    memset(view->arms[0].name, 'W', VIEW_NAME_BYTES - 1);
}

#endif
