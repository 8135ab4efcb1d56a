/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which key, button or axis at a console does what: a text file, read here.
 *
 * A line is `ACTION CONTROL [rate=R] [dead=D] [with=CONTROL] [hand=left|right]`; what follows `#` is for
 * people. Words are those of desk_action_name and desk_control_name.
 *
 *     engage  mouse-left                       # held: the instruments follow
 *     x       mouse-x     rate=0.0002          # metres of the hand for each count
 *     z       mouse-y     rate=0.0002 with=shift
 *     x       pad-left-x  rate=0.08 dead=0.12 hand=left      # m/s at full deflection
 *
 * rate: metres or radians for each count of what only tells how far it went (mouse-x, mouse-y,
 * mouse-wheel); m/s or rad/s at full deflection of an axis, or while a button is held. dead: the share of
 * an axis around its middle that counts as the middle. with: only while this button is held too; the
 * lines of the same control without it are then off. hand: for this hand; else for the one that is
 * active (action swap).
 *
 * Directions are the picture's: x right, y up, z toward the surgeon; roll, pitch and yaw turn about z, x
 * and y. A map is refused that engages nothing, where a control that stops, or Esc, does something else or is
 * the `with` of another, and where a stop has a `with`: one key stops (hazard H-12).
 * Pure values; no memory kept, any thread. */
#ifndef MOTION_DESK_MAP_H
#define MOTION_DESK_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum desk_action {
    DESK_X, /* rates, in this order: three of places, three of turns, the jaw's */
    DESK_Y,
    DESK_Z,
    DESK_ROLL,
    DESK_PITCH,
    DESK_YAW,
    DESK_JAW,    /* positive opens */
    DESK_GRIP,   /* a press closes or opens; of an axis: full is closed */
    DESK_ENGAGE, /* held: the pedal */
    DESK_CAMERA, /* held: the hands move the camera */
    DESK_DRAW,   /* held: the pointer draws on the picture */
    DESK_TALK,   /* held */
    DESK_SWAP,   /* presses from here on */
    DESK_SCALE_UP,
    DESK_SCALE_DOWN,
    DESK_LOCK_TURN,  /* the hands' turns count, or do not */
    DESK_LOCK_PLACE, /* the hands' moves do */
    DESK_RECLUTCH,
    DESK_HELP,
    DESK_SHOW, /* the next way of showing the picture */
    DESK_GHOST,
    DESK_WIPE,
    DESK_MUTE,
    DESK_MARK,
    DESK_TAKE,
    DESK_RELEASE,
    DESK_REFUSE, /* who asks for the lease does not get it */
    DESK_LANGUAGE,
    DESK_FULL,
    DESK_ENABLE, /* at the bedside, from here on */
    DESK_TAKE_OVER,
    DESK_STOP, /* the emergency stop; at a console a safe stop */
    DESK_UNDOCK,
    DESK_DOCK,
    DESK_ACTIONS
};

enum { DESK_RATES = DESK_JAW + 1 }; /* how many there are */

/* Kinds of controls lie together, in this order; within them by name. */
enum desk_control {
    DESK_NO_CONTROL,
    DESK_KEY_A,
    DESK_KEY_0 = DESK_KEY_A + 26,
    DESK_KEY_SPACE = DESK_KEY_0 + 10,
    DESK_KEY_ENTER,
    DESK_KEY_ESCAPE,
    DESK_KEY_TAB,
    DESK_KEY_BACKSPACE,
    DESK_KEY_LEFT,
    DESK_KEY_RIGHT,
    DESK_KEY_UP,
    DESK_KEY_DOWN,
    DESK_KEY_PAGE_UP,
    DESK_KEY_PAGE_DOWN,
    DESK_KEY_PLUS,
    DESK_KEY_MINUS,
    DESK_KEY_SHIFT,
    DESK_KEY_CONTROL,
    DESK_KEY_ALT,
    DESK_KEY_F1,
    DESK_MOUSE_LEFT = DESK_KEY_F1 + 12,
    DESK_MOUSE_MIDDLE,
    DESK_MOUSE_RIGHT,
    DESK_PAD_A,
    DESK_PAD_B,
    DESK_PAD_X,
    DESK_PAD_Y,
    DESK_PAD_BACK,
    DESK_PAD_START,
    DESK_PAD_LEFT_SHOULDER,
    DESK_PAD_RIGHT_SHOULDER,
    DESK_PAD_UP,
    DESK_PAD_DOWN,
    DESK_PAD_LEFT,
    DESK_PAD_RIGHT,
    DESK_CAP_BUTTON_1,
    DESK_CAP_BUTTON_2,
    DESK_PAD_LEFT_X, /* axes from here on: -1 to 1, right and up positive */
    DESK_PAD_LEFT_Y,
    DESK_PAD_RIGHT_X,
    DESK_PAD_RIGHT_Y,
    DESK_PAD_LEFT_TRIGGER,
    DESK_PAD_RIGHT_TRIGGER,
    DESK_CAP_X, /* a SpaceMouse's cap, in the picture's directions */
    DESK_CAP_Y,
    DESK_CAP_Z,
    DESK_CAP_ROLL,
    DESK_CAP_PITCH,
    DESK_CAP_YAW,
    DESK_MOUSE_X, /* counts from here on */
    DESK_MOUSE_Y, /* up positive */
    DESK_MOUSE_WHEEL,
    DESK_CONTROLS
};

enum desk_control_kind { DESK_IS_BUTTON, DESK_IS_AXIS, DESK_IS_COUNTS };

/* Of any but DESK_NO_CONTROL. */
enum desk_control_kind desk_control_kind(enum desk_control control);

/* The words of a map. Static text. */
const char *desk_action_name(enum desk_action action);
const char *desk_control_name(enum desk_control control);

enum { DESK_HAND_ACTIVE = -1, DESK_BINDINGS_MAX = 96, DESK_WHY_BYTES = 160 };

struct desk_binding {
    enum desk_action action;
    enum desk_control control;
    enum desk_control with; /* or DESK_NO_CONTROL */
    int hand;               /* 0 left, 1 right, or DESK_HAND_ACTIVE */
    double rate;            /* of the first seven actions; else 0 */
    double dead;            /* 0 to 0.9 */
};

struct desk_map {
    unsigned count;
    struct desk_binding bindings[DESK_BINDINGS_MAX];
};

/* Reads the `len` bytes of a map. 0: all is well, and `*map` is it; else the number of the line that is
 * wrong, and `why` says what and what would be right. */
MUST_USE unsigned desk_map_read(struct desk_map *map, const char *text, size_t len,
                                char why[static DESK_WHY_BYTES]);

/* Writes a binding as a line of a map, without its end; at most `bytes`, ended. */
void desk_binding_print(const struct desk_binding *binding, char *text, size_t bytes);

/* The first binding of an action, or NULL: what help shows. */
const struct desk_binding *desk_map_find(const struct desk_map *map, enum desk_action action);

/* The first action that nothing in the map asks for and without which nobody should sit down (hazard H-12): stop, and
 * at the bedside enable and undock as well. DESK_ACTIONS: none. */
enum desk_action desk_map_lacks(const struct desk_map *map, bool is_bedside);

/* The maps that are built in: a surgeon's console, and the bedside's panel, which jogs slowly. What is a
 * stop at one of them engages nothing at the other. */
extern const char DESK_MAP_CONSOLE[], DESK_MAP_BEDSIDE[];

#endif
