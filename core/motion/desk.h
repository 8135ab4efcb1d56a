/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A surgeon's hands from a desk's devices: from keys, mouse, game pad and SpaceMouse to where two hands are.
 *
 *     desk_take(&desk, &event)                        for each event of a device, in order
 *     desk_advance(&desk, now, &hands, &is_frozen)    a thousand times a second
 *     while (desk_order(&desk, &action)) ...          what a press asked of the program
 *
 * Whoever engages holds a control for it: let go, and the arm rests. A device that goes away, a window
 * that loses the keyboard, a program that gives no sign for DESK_SILENCE_NS: then nobody knows what
 * the hands do; all controls count as let go, the hands are frozen (GESTURE_FROZEN), and only a fresh
 * press of a control that engages takes them again (hazard H-50). A value without meaning is refused and
 * counted (H-51).
 *
 * Pure: no clock, heap or thread; one owner. `now_ns` and the events' times never run backwards. */
#ifndef MOTION_DESK_H
#define MOTION_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "motion/clutch.h"
#include "motion/desk_map.h"
#include "motion/err.h"

/* No sign of life for so long, and nothing that is held counts any more. Longer than a slow screen needs
 * for a picture, and of the order of the cart's own gate for silence (follow.h). */
#define DESK_SILENCE_NS UINT64_C(250000000)

/* Within that, so long and nothing moves any more by what is held. */
#define DESK_STALL_NS UINT64_C(100000000)

/* The pedal counts as up for at least so long, before a press that takes frozen hands again and between two presses,
 * both of which one look at the devices may tell: the cart must see that, and the link repeats the last few samples
 * only. */
#define DESK_RETAKE_NS UINT64_C(20000000)

/* What the jaws do: a grip's two ends, 60 degrees and 10 past closed, which presses. */
#define DESK_JAW_OPEN_RAD 1.0471975511965976
#define DESK_JAW_CLOSED_RAD (-0.17453292519943295)
#define DESK_JAW_RATE_RAD_S 3.0

/* What a pointer goes in one leap the hand goes over some time, this much to within a third, and no hand goes
 * faster than half of what the cart takes for a leap (follow.h: 2 m/s, 20 rad/s). */
#define DESK_SPREAD_NS UINT64_C(8000000)
#define DESK_SPEED_MOST_M_S 1.0
#define DESK_TURN_MOST_RAD_S 6.3

/* More counts than this at once are no hand's: a screen's width. */
#define DESK_COUNTS_MOST 4096.0

/* An axis of a device that has come leads a hand once it was seen in its middle, this close or within its map's `dead`:
 * a spare pad may lie on its stick (hazard H-50). About what a worn stick rests off its middle. */
#define DESK_MIDDLE 0.15

enum desk_device { DESK_KEYBOARD, DESK_MOUSE, DESK_PAD, DESK_CAP, DESK_DEVICES };

/* Which a control belongs to. */
enum desk_device desk_device_of(enum desk_control control);

enum desk_event_kind {
    DESK_MOVED,     /* `control` is now at, or has gone by, `value`: 0 or 1, -1 to 1, counts */
    DESK_PLUGGED,   /* `device` is there */
    DESK_UNPLUGGED, /* it is gone */
    DESK_AWAY,      /* the keyboard is somebody else's, or events were lost */
    DESK_ALIVE      /* nothing new */
};

struct desk_event {
    uint64_t at_ns;
    enum desk_event_kind kind;
    enum desk_control control;
    enum desk_device device;
    double value;
    bool was_down; /* a press: of what was down before it could be told, see desk_take */
};

enum { DESK_ORDERS_KEPT = 16 };

struct desk {
    const struct desk_map *map;
    double values[DESK_CONTROLS]; /* of buttons and axes; counts since desk_advance */
    bool plugged[DESK_DEVICES];
    bool centred[DESK_CONTROLS]; /* axes that were in their middle since their device came */
    unsigned active;             /* the hand of bindings without one */
    bool away;                   /* frozen until a fresh press */
    bool unplugged;   /* by a device that went, since the last press that took the hands */
    bool interrupted; /* and the instruments followed then */
    bool turn_locked,
        place_locked;     /* as the keys have it; whoever sends the gestures tells the cart
                                       (GESTURE_LOCKS), which keeps the instruments so */
    bool after_camera;    /* the camera was led: the pedal counts as up until it was */
    uint64_t up_until_ns; /* the pedal is up before this */
    uint64_t lifted_ns;   /* when the last pedal that was down was let go */
    uint64_t alive_ns, advanced_ns;
    struct hand hands[GESTURE_HANDS_MAX];
    double owed[GESTURE_HANDS_MAX][DESK_RATES]; /* by counts, and not gone yet */
    double grip_goal_rad[GESTURE_HANDS_MAX];
    bool trigger_met[GESTURE_HANDS_MAX]; /* the trigger has been where the jaw is, and leads it */
    struct pose camera;                  /* what the hands asked of the camera, since the start */
    enum desk_action orders[DESK_ORDERS_KEPT];
    unsigned order_count;
    unsigned presses; /* of any key or button, whatever it is for; wraps */
    uint64_t refused[MOTION_ERRS];
};

/* `map` is lent for as long as `desk` lives. Keyboard and mouse are there, others once they are plugged. */
void desk_init(struct desk *desk, const struct desk_map *map, uint64_t now_ns);

/* Takes an event. MOTION_ERR_NOT_FINITE, _TOO_FAR (an axis beyond its ends, more counts than a hand makes) or
 * _STATE (a device that is not there, a control there is not): refused, counted, nothing else changed. What was down
 * when its device came is not held, nor pressed, but for a control that stops (DESK_STOP): that very press may have
 * woken the device up (hazard H-12). */
enum motion_err desk_take(struct desk *desk, const struct desk_event *event);

/* Where the hands are at `now_ns`. `*is_frozen`: nobody knows, see above. */
void desk_advance(struct desk *desk, uint64_t now_ns, struct clutch_hands *hands, bool *is_frozen);

/* Where the jaws are, of `count` hands, while others lead them or have just done so: from there on a key opens or
 * closes them, and a trigger leads them once it has been there. */
void desk_see_jaws(struct desk *desk, const double *jaws_rad, unsigned count);

/* Whether a control of this action is held: DESK_CAMERA, DESK_DRAW, DESK_TALK, DESK_ENGAGE. */
bool desk_is_held(const struct desk *desk, enum desk_action action);

/* The oldest press that is not the desk's own business, once. */
bool desk_order(struct desk *desk, enum desk_action *action);

#endif
