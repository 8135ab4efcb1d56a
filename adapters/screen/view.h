/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that a window shows around and over the picture, as plain values: whoever knows fills it
 * (programs/console_window.c), the hud draws it (screen/hud.h). Zeroed, then filled, so that two of
 * them are the same when their bytes are.
 *
 * What is not measured is NAN; the screen then says so, and never a number. Text is UTF-8, ended. */
#ifndef SCREEN_VIEW_H
#define SCREEN_VIEW_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "link/link.h" /* LINK_LINES_MAX, enum link_line_state */
#include "motion/arm_state.h"
#include "motion/desk_map.h"
#include "motion/follow.h"
#include "screen/words.h"
#include "station/order.h"
#include "station/standing.h"
#include "station/strokes.h"

enum view_layout { VIEW_CONSOLE, VIEW_BEDSIDE };

/* What we are to the robot now. */
enum view_role {
    VIEW_NOBODY,  /* not linked */
    VIEW_LEADS,   /* the lease is ours */
    VIEW_WATCHES, /* another's: we see, talk and draw */
    VIEW_ROLES
};

/* How the picture stands in the window. */
enum view_show { VIEW_MONO, VIEW_SIDE_BY_SIDE, VIEW_TOP_BOTTOM, VIEW_ANAGLYPH, VIEW_SHOWS };

/* What the delay from hand to eye is made of, in the order of its way (motion/delay.h). */
enum view_part {
    VIEW_NETWORK, /* there and back */
    VIEW_ROBOT,
    VIEW_ENCODE,
    VIEW_DECODE,
    VIEW_DISPLAY,
    VIEW_PARTS
};

/* What is wrong, a bit (1 << alarm) each in `struct view`; the later, the worse. The three priorities are
 * those of IEC 60601-1-8: see view_priority. */
enum view_alarm {
    VIEW_ALARM_MARKED,        /* no trouble: the mark was sent */
    VIEW_ALARM_INPUT_REFUSED, /* low: values of a device without meaning */
    VIEW_ALARM_UNHEARD,       /* talk is pressed, and there is no microphone */
    VIEW_ALARM_GHOST_OFF,     /* the ghost is too far from the instrument to be shown */
    VIEW_ALARM_LEASE_ASKED,   /* another wants what is ours */
    VIEW_ALARM_LINE_LOST,     /* one of several */
    VIEW_ALARM_NOT_RECORDED,
    VIEW_ALARM_ONCE_MORE,  /* `once_more` was pressed, and does nothing unless it is again */
    VIEW_ALARM_DELAY_LONG, /* medium: beyond the profile's amber band */
    VIEW_ALARM_ONE_LINE,   /* only one is good: the next cut stops the arm */
    VIEW_ALARM_FORCE_HIGH,
    VIEW_ALARM_CAMERA_FROZEN, /* or silent, says the cart */
    VIEW_ALARM_PICTURE_PAST,  /* the panel's picture is old; nothing is frozen */
    VIEW_ALARM_NOT_ENABLED,   /* the bedside has not enabled the robot */
    VIEW_ALARM_ORDER_REFUSED, /* by the cart: `refused`, `answer` */
    VIEW_ALARM_ORDER_UNSENT,  /* `unsent` had nobody to go to */
    VIEW_ALARM_ORDER_UNHEARD, /* `away` left, and the robot is not known to have received it */
    VIEW_ALARM_DEVICE_GONE,   /* unplugged while it held the hands */
    VIEW_ALARM_HANDS_AWAY,    /* the window has lost the keyboard, or stalled */
    VIEW_ALARM_HOLDS,         /* the arm holds, hold_cause says why */
    VIEW_ALARM_LEASE_TAKEN,   /* another leads the robot that was ours */
    VIEW_ALARM_DELAY_STOP,    /* high: beyond the profile's last band */
    VIEW_ALARM_FORCE_LIMIT,
    VIEW_ALARM_PICTURE_OLD, /* the hands are frozen */
    VIEW_ALARM_LINE_POOR,   /* likewise, since the lines have no room for pictures */
    VIEW_ALARM_HALTED,      /* a fault or a person stopped the robot, hold_cause says which */
    VIEW_ALARM_SILENT,      /* the other end says nothing */
    VIEW_ALARM_SESSION_LOST,
    VIEW_ALARM_STOP_UNSENT,   /* a stop had nobody to go to */
    VIEW_ALARM_STOP_UNHEARD,  /* a stop left, and the robot is not known to have received it */
    VIEW_ALARM_STOPPED,       /* emergency stop */
    VIEW_ALARM_ESTOP_UNHEARD, /* its button is down here, and the robot is not known to have heard */
    VIEW_ALARMS
};
static_assert(VIEW_ALARMS <= 32, "each is a bit of `alarms`");

enum view_priority { VIEW_LOW, VIEW_MEDIUM, VIEW_HIGH };

/* Of an alarm below VIEW_ALARMS. */
static inline enum view_priority view_priority(enum view_alarm alarm)
{
    return alarm < VIEW_ALARM_DELAY_LONG   ? VIEW_LOW
           : alarm < VIEW_ALARM_DELAY_STOP ? VIEW_MEDIUM
                                           : VIEW_HIGH;
}

enum view_arm_state {
    VIEW_ARM_ABSENT,
    VIEW_ARM_UNKNOWN, /* the robot is not heard */
    VIEW_ARM_RESTS,   /* nobody engages it */
    VIEW_ARM_FOLLOWS,
    VIEW_ARM_HOLDS,   /* until a fresh clutch-in */
    VIEW_ARM_ALIGNS,  /* waits until hand and instrument are turned alike */
    VIEW_ARM_STOPPED, /* braked or without power */
    VIEW_ARM_FEELS,   /* waits until the hand is felt */
    VIEW_ARM_MOVES,   /* by itself, as people at the bedside have ordered: out, or in again */
    VIEW_ARM_STATES
};

/* Who records the operation. */
enum view_record {
    VIEW_RECORD_NONE,
    VIEW_RECORD_HERE,    /* this end only: what the robot did is lost */
    VIEW_RECORD_ROBOT,   /* the robot's end, whatever this one does */
    VIEW_RECORD_UNKNOWN, /* it is not heard */
    VIEW_RECORDS
};

/* What the key that enables does next, at the bedside: step by step. */
enum view_enable {
    VIEW_ENABLE_NOTHING,
    VIEW_ENABLE_BUTTON,
    VIEW_ENABLE_RESET,
    VIEW_ENABLE_ENABLES
};

enum { VIEW_ARMS = 2, VIEW_NAME_BYTES = 48, VIEW_KEYS_MAX = 14, VIEW_BANDS = 3 };

struct view_arm {
    char name[VIEW_NAME_BYTES]; /* of the tool; "": none known */
    enum view_arm_state state;
    double force_n;
    bool is_active; /* the hand that mouse and keys move */
    uint8_t limits; /* what keeps it from where the hand is: a set of enum follow_limit */
};

struct view_line {
    enum link_line_state state; /* LINK_LINE_UNUSED: no such line */
    double delay_ms;            /* round trip */
    double loss;                /* 0 to 1 */
};

struct view_key { /* a row of help */
    enum desk_action action;
    enum desk_control control, with;
    bool both; /* DESK_X, and DESK_Y by the same device */
};

struct view {
    enum words_language language;
    enum view_layout layout;
    enum view_role role;
    char owner[VIEW_NAME_BYTES];  /* of the lease; "": nobody */
    char asking[VIEW_NAME_BYTES]; /* for it; "": nobody */
    uint32_t lease;               /* its number; 0: none was ever given */
    char peer[VIEW_NAME_BYTES];   /* whom we are linked to */
    struct view_arm arms[VIEW_ARMS];
    double force_high_n, force_most_n; /* of an alarm, medium and high */
    bool engaged;                      /* the pedal is down here */
    bool unheard;       /* linked, and the robot does not speak: what it said last is no news */
    uint32_t unheard_s; /* for so long, then */
    bool follows;       /* the arm does, says the cart */
    enum hold_cause hold_cause; /* why not, then */
    enum frozen_by frozen_by;   /* of HOLD_FROZEN */
    enum clearing clears;       /* and who ends that, and how */
    bool undocks, docks;        /* the instruments go out, or come in, by themselves */
    enum view_enable enable_does;
    uint8_t astray; /* parts that are not where they were sent: struct standing */
    enum standing_part
        barred; /* the part that `fixture` keeps from where the hand is; STANDING_PARTS: none */
    char fixture[VIEW_NAME_BYTES];
    char profile[VIEW_NAME_BYTES]; /* the limits' name; "": not told */
    unsigned camera_limits;        /* while it moves, what keeps it: a set of enum follow_limit */
    enum order refused, unsent, away; /* of these alarms; `away` of ORDER_UNHEARD */
    enum lease_answer answer;         /* to the one refused */
    bool camera_moves, turn_locked, place_locked, draws, talks, muted;
    double scale;         /* tip metres for each of the hand; NAN: not known */
    double scale_advised; /* for this delay; NAN: the same */
    struct view_line lines[LINK_LINES_MAX];
    double delay_ms[VIEW_PARTS];
    double hand_to_eye_ms;      /* the whole, as measured with the gestures */
    double band_ms[VIEW_BANDS]; /* up to here green, amber, red; beyond: stop */
    double picture_age_ms, picture_gate_ms;
    uint32_t seconds; /* since we met */
    uint32_t alarms;
    bool flashes; /* of an alarm that flashes: its bright half */
    enum view_record record;
    enum view_show show;
    bool ghost;                            /* is switched on */
    unsigned help, help_pages;             /* page shown, from 1; 0: none; of so many */
    struct view_key engage, grant, refuse; /* which do that, for hints; no control: none does */
    struct view_key enable, undock, more_help;
    struct view_key once_more; /* of this alarm: undocks or docks */
    unsigned key_count;
    struct view_key keys[VIEW_KEYS_MAX]; /* of that page */
};

/* While the hands here move something the pointer is theirs: it does not stop at the screen's edge. */
static inline bool view_grabs_pointer(const struct view *view)
{
    return view->role == VIEW_LEADS && view->engaged && !view->draws;
}

/* Where an arm's ghost is, in shares of the picture (0,0 its upper left corner; beyond it where the tool
 * is): the shaft, then the two jaws' ends from the tip. */
struct view_ghost {
    bool is_shown;
    struct view_point {
        double x, y;
    } shaft[2], jaws[2];
};

/* What is drawn over the picture itself. */
struct view_marks {
    struct view_ghost ghosts[VIEW_ARMS];
    struct strokes strokes;
};

#endif
