/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part in an operation of a console, and of the panel at the bedside: when to dial, hands that freeze on
 * an old picture, when a fresh clutch-in is due, what the cart says of its arm, and who has the lease.
 *
 *     console_station_event(&console, &event, now)    for each event of the link: what came of it
 *     console_station_look(&console, &picture, now)   for each picture when it is decoded
 *     console_station_see(&console, captured, now)    for one of these when it is on a screen
 *     console_station_send(&console, &gesture, ...)   for each gesture of the hands
 *     console_station_turn(&console, now)             each turn of the loop
 *
 * It dials when there is nobody, and anew when the cart has been silent for two seconds: that may have
 * been started again, and then knows nothing of the session. Whichever speaks first wins. Refused by
 * the cart, it waits twice as long each time. When another with the same identity has taken its place
 * it dials no more: two would take the arm from each other for ever (hazard H-10).
 *
 * A console that meets the cart asks for the lease when nobody has it, unless it only watches; from whoever has it,
 * heard or not, only a person asks for it (station/order.h, hazard H-15). Gestures leave only while it has
 * it, under its number. A bedside panel is the same with other rights, and its hands
 * do not freeze: who jogs there has the patient before their eyes.
 *
 * Pure, as the link is that it dials with: no clock, heap or thread; one owner. `now_ns` is the link's
 * own and never runs backwards. */
#ifndef STATION_CONSOLE_H
#define STATION_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/link.h"
#include "motion/arm_state.h"
#include "motion/gate.h"
#include "motion/hold_log.h"
#include "motion/tip_force.h"
#include "station/about.h"
#include "station/fixture_names.h"
#include "station/order.h"
#include "station/pulse.h"
#include "station/reclutch.h"
#include "station/standing.h"
#include "station/strokes.h"

/* So long without a word of its arm, and the cart is silent. */
#define CONSOLE_SILENCE_NS UINT64_C(200000000)

/* Why the hands move nothing, as seen here: what the cart says of its arm (a hold_code), or else
 * HOLD_FROZEN for a picture too old, HOLD_LINE for one that is because the lines have no room for any, HOLD_SESSION
 * for a session lost, and */
enum { CONSOLE_HOLD_SILENT = HOLD_CODES }; /* the cart is silent */

/* In words: hold_code_text's, and "the cart is silent". */
const char *console_hold_text(unsigned cause);

struct console_station {
    struct link *link;
    struct link_path paths[LINK_LINES_MAX]; /* to the cart, by line; LINK_PATH_NONE: no such line */
    struct link_peer *peer;                 /* the cart we operate with; NULL: nobody */
    struct link_peer *dialled;              /* not up yet, or NULL */
    uint64_t dial_ns;         /* dial (again) then; UINT64_MAX: never, our place is taken */
    uint64_t refused_wait_ns; /* after the last refusal by the cart; 0: none since we met */
    struct gate gate;
    struct reclutch reclutch;
    struct arm_state state; /* as the cart last told in this session, with ... */
    bool has_state;
    uint64_t heard_ns; /* when it did; when they met, before */
    enum hold_cause hold_told;
    bool is_bedside, watches; /* settings */
    enum frozen_by
        hands_by; /* the owner's, before each console_station_send: why gestures that come frozen do */
    struct pulse
        pulse; /* what is told of ourselves; the owner sets `scale`, `delay_ms`, and in `flags`
                                 PULSE_TALKS; PULSE_ESTOP by console_station_estop */
    uint64_t pulse_ns;   /* the next one is due */
    unsigned estop_told; /* pulses that left with PULSE_ESTOP since it was pressed */
    bool estop_ends;     /* it was let go, and comes up when it was told often enough and heard */
    uint64_t estop_ns;   /* when it was last pressed */
    bool estop_heard;    /* the cart has said in this session that it heard that press */
    bool has_standing;   /* the cart has said how things stand in this session: */
    struct standing standing;
    uint64_t state_refused, standing_refused; /* for making no sense here, in all sessions */
    uint8_t
        unreadable; /* of these, 1 << channel: the last came from another version, and could not be read */
    bool has_asked;       /* for a lease that nobody had; or need not, in this session */
    struct roster roster; /* and who is there */
    bool has_about;       /* and what its robot is, in this session */
    struct about about;
    struct fixture_names fixtures; /* what its fixtures are called, in this session */
    uint64_t about_refused;      /* of what it told of that, for making no sense, in all sessions */
    struct strokes strokes;      /* on the picture: ours and the others' */
    struct order_answer refusal; /* the last order that came to nothing, and ... */
    uint64_t refused_ns;         /* ... when we learnt of it; 0: none */
    uint64_t unsent_ns
        [ORDERS]; /* when each last had nobody to go to, or its session ended before it was there; 0: never */
    struct console_ordered {
        bool is_away;   /* it left, and is not known to have arrived, ... */
        uint64_t at_ns; /* ... since then; */
        uint64_t given; /* it has, once the cart acknowledges so far (link_messages_of) */
    } ordered[ORDERS];
    bool has_force;
    struct tip_force force; /* as the cart last told, */
    uint64_t force_ns;      /* when it came */
    uint64_t meetings;
    struct hold_log holds;
};

enum console_news {
    CONSOLE_NOTHING, /* nothing to tell */
    CONSOLE_MET,     /* we operate with the event's peer now */
    CONSOLE_PARTED,  /* the session ended */
    CONSOLE_SPARED,  /* a dialling of ours ended as not needed any more: nobody refused it */
    CONSOLE_HOLD,    /* why the arm holds, or that it follows, has changed: state.hold_cause */
    CONSOLE_REFUSAL, /* an order of ours came to nothing: refusal */
    CONSOLE_LEASE,   /* the lease has changed hands, or somebody asks for it: standing */
    CONSOLE_OF_ANOTHER_VERSION, /* the arm's state, or how things stand, cannot be read: once in a session, until both can */
    CONSOLE_PICTURE /* the event is a picture of our session, or that one is lost */
};

/* `paths`: the `line_count` (1 to LINK_LINES_MAX) ways to the cart. A picture older than
 * `picture_gate_ns` freezes the hands. `link` is lent for as long as `console` lives. */
void console_station_init(struct console_station *console, struct link *link,
                          const struct link_path *paths, size_t line_count,
                          uint64_t picture_gate_ns, uint64_t now_ns);

/* After init and before the first event: what it is. A panel at the bedside never asks for the lease by
 * itself; a console that `watches` neither. */
void console_station_role(struct console_station *console, bool is_bedside, bool watches);

enum console_news console_station_event(struct console_station *console,
                                        const struct link_event *event, uint64_t now_ns);

/* A picture that the decoder has finished. */
struct console_picture {
    uint64_t captured_ns; /* by the cart's clock, as it came */
    bool is_shown;        /* else nothing of it could be read */
    bool is_damaged;      /* shown, but something before it was missing */
    bool awaits_screen;   /* a window has yet to present it: console_station_see */
};

struct console_look {
    struct link_age age; /* from capture to now */
    bool is_late;        /* older than hands may act on, or not measured */
};

/* Takes it as seen unless it awaits a screen, and asks the cart for a picture that stands alone when this one
 * does not do: one that is damaged or not shown lets the hands act on nothing (H-08). Only while there is a
 * `peer`. */
struct console_look console_station_look(struct console_station *console,
                                         const struct console_picture *picture, uint64_t now_ns);

/* A whole picture, captured at `captured_ns` by the cart's clock, is before the surgeon's eyes: tells the gate,
 * and with the next pulse the cart. Only while there is a `peer`. */
void console_station_see(struct console_station *console, uint64_t captured_ns, uint64_t now_ns);

/* Whether the lease is ours, by what the cart last said. */
bool console_station_has_lease(const struct console_station *console);

/* Whether the cart has spoken within CONSOLE_SILENCE_NS: what it said longer ago is not how things are (hazard H-53).
 * False: nobody is there either. */
bool console_station_is_heard(const struct console_station *console, uint64_t now_ns);

/* Whether the cart has said in this session how things stand, and all that it says can be read here; what it said in
 * one before is no ground to act on. */
bool console_station_is_told(const struct console_station *console);

/* Whether the cart says that the lines to who leads have no room for pictures: the cause of an old one, and not the
 * camera (hazard H-74). */
bool console_station_line_is_poor(const struct console_station *console);

/* Orders the cart; `seat` for ORDER_GRANT, else LEASE_NOBODY. False, and noted in `unsent_ns`: nobody to send to,
 * too much waits, or it would begin something before it is known how things stand (hazard H-20). */
MUST_USE bool console_station_order(struct console_station *console, enum order order, uint8_t seat,
                                    uint64_t now_ns);

/* As CONSOLE_ESTOP_HEARD_NS. */
#define CONSOLE_ORDER_HEARD_NS UINT64_C(1000000000)

/* Whether such an order left and the cart is not known to have received it: the cart is silent, or has not acknowledged
 * it for CONSOLE_ORDER_HEARD_NS. It goes on being sent until it is, or until the session ends: `unsent_ns` then
 * (H-12). */
bool console_station_order_is_unheard(const struct console_station *console, enum order order,
                                      uint64_t now_ns);

/* Ours: 0.1 s. Pulses are not resent, and four in a row may be lost. */
#define CONSOLE_ESTOP_PULSES 5

/* The emergency stop's button at this end: down is told at the next turn; up, once CONSOLE_ESTOP_PULSES have told
 * that it was down and the cart has said that it heard this press, not another's or the one before, so that no press is
 * too short to be heard (hazard H-12). */
void console_station_estop(struct console_station *console, bool is_down, uint64_t now_ns);

/* Ours: three round trips over two satellites. */
#define CONSOLE_ESTOP_HEARD_NS UINT64_C(1000000000)

/* Whether the button is down here and the cart is not known to have heard of it: there is no session, the cart is
 * silent, or has not answered for CONSOLE_ESTOP_HEARD_NS. It is kept, and told when there is a session again (H-12). */
bool console_station_estop_is_unheard(const struct console_station *console, uint64_t now_ns);

/* Puts what was drawn here on the picture, for everybody. False: nobody to send to, or too much waits. */
MUST_USE bool console_station_draw(struct console_station *console, struct stroke *stroke,
                                   uint64_t now_ns);

/* Wipes what was drawn here, for everybody. False: likewise. */
MUST_USE bool console_station_wipe(struct console_station *console);

/* Passes `gesture`, or freezes it (motion/gate.h), and sends it under our lease. `sampled_ns` is when the hands were
 * there, not when it is sent: the cart judges its age by that (hazard H-01). Returns the bytes in `out`
 * that went, as sample `*sequence`; 0: nobody to send to, or the lease is not ours. */
size_t console_station_send(struct console_station *console, struct gesture *gesture,
                            uint64_t sampled_ns, uint64_t now_ns,
                            uint8_t out[static GESTURE_BYTES_MAX], uint32_t *sequence);

enum console_line_err {
    CONSOLE_LINE_OK = 0,
    CONSOLE_LINE_ERR_NUMBER, /* no line has this number */
    CONSOLE_LINE_ERR_LAST,   /* there is no other */
    CONSOLE_LINE_ERR_NEEDED, /* no other is good: without this one the arm would stop */
    CONSOLE_LINE_ERR_FULL,   /* LINK_LINES_MAX of them are there; one that was just pulled counts */
    CONSOLE_LINE_ERR_STATE   /* the session is ending this instant: again in a moment */
};

/* In words. Static text. */
const char *console_line_err_text(enum console_line_err err);

/* A new way to the cart, at once and in every session from now on; `*line` is its number. */
MUST_USE enum console_line_err console_station_line_add(struct console_station *console,
                                                        const struct link_path *path,
                                                        uint64_t now_ns, uint8_t *line);

/* Stops using a line; `*socket` is that of its path, which nothing is sent to any more. */
MUST_USE enum console_line_err console_station_line_pull(struct console_station *console,
                                                         uint8_t line, uint64_t now_ns,
                                                         uint8_t *socket);

/* What presses on the instruments; NULL: not measured, or no news of it for TIP_FORCE_FORGOTTEN_NS. */
const struct tip_force *console_station_force(const struct console_station *console,
                                              uint64_t now_ns);

/* Where the cart's arms and its camera stand; NULL: it has not told in this session. */
static inline const struct layout *console_station_layout(const struct console_station *console)
{
    return console->has_about && console->about.has_layout ? &console->about.layout : NULL;
}

/* The name of the fixture that how things stand says bars; "": none, or not told. */
static inline const char *console_station_fixture(const struct console_station *console)
{
    unsigned fixture = console->standing.fixture;
    return console->has_standing && fixture < console->fixtures.count
               ? console->fixtures.at[fixture]
               : "";
}

/* Dials where that is due, asks for a lease that nobody has, sends a pulse, and takes note of holds. True once when
 * recorded hands should clutch in anew (station/reclutch.h). */
bool console_station_turn(struct console_station *console, uint64_t now_ns);

#endif
