/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window says, in the three languages of screen/words.h, beside the words there. */
#ifndef SCREEN_HUD_WORDS_H
#define SCREEN_HUD_WORDS_H

#include "screen/view.h"

enum hud_word {
    HUD_LED_BY,
    HUD_NOBODY,
    HUD_LEASE,
    HUD_YOU,
    HUD_LINKED_TO,
    HUD_ASKS,
    HUD_TALKING,
    HUD_MUTED,
    HUD_RECORDING,
    HUD_NOT_RECORDING,
    HUD_RECORDING_HERE, /* the robot does not */
    HUD_RECORDING_UNKNOWN,
    HUD_PICTURE_AGE,
    HUD_SHOWN,
    HUD_SINCE,
    HUD_LEFT_ARM,
    HUD_RIGHT_ARM,
    HUD_FORCE,
    HUD_SCALE,
    HUD_ADVISED,
    HUD_CAMERA_MOVES,
    HUD_TURN_LOCKED,
    HUD_PLACE_LOCKED,
    HUD_DRAWS,
    HUD_GHOST,
    HUD_ENGAGED,
    HUD_RELEASED,
    HUD_DELAY,
    HUD_MORE, /* alarms, after their number */
    HUD_HELP_TITLE,
    HUD_HELP,
    HUD_KEYS_TITLE,
    HUD_MOVES_ACROSS, /* an arrow or the mouse, on both axes */
    HUD_JOGS,         /* what the pedal's key does at the bedside */
    HUD_UNDOCKS,
    HUD_DOCKS,
    HUD_DOCK_WHEN, /* why docking was refused */
    HUD_BUTTON_UP,
    HUD_ANY_KEY,
    HUD_NEWTON,
    HUD_FROZEN,
    HUD_FROZEN_HERE,
    HUD_FROZEN_PICTURE, /* why: in the order of enum frozen_by */
    HUD_FROZEN_WINDOW,
    HUD_FROZEN_DEVICE,
    HUD_FROZEN_INPUT,
    HUD_LIMIT_JOINT, /* what keeps a tip from where the hand is */
    HUD_LIMIT_FIXTURE,
    HUD_LIMIT_APART,
    HUD_BARRED_BY,      /* before a fixture's name */
    HUD_CAMERA_LIMITED, /* and the camera from there */
    HUD_CAMERA_APART,
    HUD_ENDOSCOPE,
    HUD_SLOWED,  /* before the parts that lag */
    HUD_PROFILE, /* before its name */
    HUD_UNKNOWN, /* and so many ... */
    HUD_SECONDS,
    HUD_GRANT, /* what the key does for who asks */
    HUD_WORDS
};

/* UTF-8, constants; none is missing. */
const char *hud_word(enum hud_word word, enum words_language language);
const char *hud_role(enum view_role role, enum words_language language);
const char *hud_show(enum view_show show, enum words_language language);
const char *hud_part(enum view_part part, enum words_language language);
const char *hud_alarm(enum view_alarm alarm, enum words_language language);
const char *hud_arm_state(enum view_arm_state state, enum words_language language);

/* Why the arm holds. Hands that are frozen are told as that, to who leads as theirs: the cart does not know why. */
const char *hud_hold(enum hold_cause cause, enum view_role role, enum words_language language);

/* The same of what is shown, with which parts of the robot it is; at most `bytes`, ended. */
void hud_hold_of(const struct view *view, char *text, size_t bytes);

/* A set of enum standing_part: "Left, Endoscope"; at most `bytes`, ended. */
void hud_parts(unsigned parts, enum words_language language, char *text, size_t bytes);

/* What keeps `part` from where the hand is, the one that a person can do something about first: a set of enum
 * follow_limit, and the fixture by its name where it is the one told; at most `bytes`, ended. */
void hud_limit(const struct view *view, enum standing_part part, unsigned limits, char *text,
               size_t bytes);

/* Who ends that, and how: "" for CLEARING_NONE. */
const char *hud_clears(enum clearing clearing, enum words_language language);

/* An order, as who gave it would name it, and why it came to nothing, "" where there is no more to tell. */
const char *hud_order(enum order order, enum words_language language);
const char *hud_answer(enum lease_answer answer, enum words_language language);

/* What an action is for: "held: the instruments follow"; and at the bedside, where keys jog. */
const char *hud_action(enum desk_action action, enum words_language language);
const char *hud_action_at(enum desk_action action, enum view_layout layout,
                          enum words_language language);

/* What a key, button or axis is called: "left button", "F1". At most `bytes`, ended. */
void hud_control(enum desk_control control, enum words_language language, char *text, size_t bytes);

#endif
