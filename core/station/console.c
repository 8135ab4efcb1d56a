/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/console.h"

#include <assert.h>
#include <string.h>

#include "station/age.h"
#include "station/channels.h"
#include "station/console_inside.h"

#define MS UINT64_C(1000000)

/* An arm that says nothing for so long: dial anew beside waiting, in case it was started again. */
#define REDIAL_SILENCE_NS (2000 * MS)
#define REDIAL_AGAIN_NS (1000 * MS)
#define REDIAL_REFUSED_NS_MAX (30000 * MS)

/* What the cart said of the arm is of now. */
#define STATE_FRESH_NS (100 * MS)

void console_station_init(struct console_station *console, struct link *link,
                          const struct link_path *paths, size_t line_count,
                          uint64_t picture_gate_ns, uint64_t now_ns)
{
    assert(line_count >= 1 && line_count <= LINK_LINES_MAX);
    *console = (struct console_station){.link = link, .dial_ns = now_ns, .hold_told = HOLD_NONE};
    for (size_t i = line_count; i < LINK_LINES_MAX; i++)
        console->paths[i].address_bytes = LINK_PATH_NONE;
    memcpy(console->paths, paths, line_count * sizeof *paths);
    gate_init(&console->gate, picture_gate_ns);
    console->pulse.delay_ms = -1;
}

void console_station_role(struct console_station *console, bool is_bedside, bool watches)
{
    console->is_bedside = is_bedside;
    console->watches = watches;
}

bool console_station_has_lease(const struct console_station *console)
{
    return console_station_is_told(console) && console->standing.yours != LEASE_NOBODY &&
           console->standing.owner == console->standing.yours;
}

bool console_station_line_is_poor(const struct console_station *console)
{
    return console_station_is_told(console) && console->standing.failing & GATE_BIT(GATE_LINE);
}

bool console_station_is_heard(const struct console_station *console, uint64_t now_ns)
{
    return console->peer && now_ns <= console->heard_ns + CONSOLE_SILENCE_NS;
}

bool console_station_is_told(const struct console_station *console)
{
    return console->peer && console->has_standing && !console->unreadable;
}

bool console_station_draw(struct console_station *console, struct stroke *stroke, uint64_t now_ns)
{
    uint8_t message[STROKE_MESSAGE_BYTES_MAX];
    stroke->author = console->has_standing ? console->standing.yours : LEASE_NOBODY;
    strokes_put(&console->strokes, stroke, now_ns);
    size_t len = stroke_message_encode(stroke, message);
    return console->peer && link_send_message(console->peer, message, len) == LINK_OK;
}

bool console_station_wipe(struct console_station *console)
{
    uint8_t message[WIPE_MESSAGE_BYTES];
    uint8_t ours = console->has_standing ? console->standing.yours : LEASE_NOBODY;
    strokes_wipe(&console->strokes, ours);
    wipe_message_encode(ours, message);
    return console->peer && link_send_message(console->peer, message, sizeof message) == LINK_OK;
}

static enum console_news meet(struct console_station *console, struct link_peer *peer,
                              uint64_t now_ns)
{
    console_orders_end(console, now_ns);
    if (console->peer)
        link_close(console->peer, "dialled anew", now_ns);
    if (peer == console->dialled)
        console->dialled = NULL;
    console->peer = peer;
    console->refused_wait_ns = 0;
    console->meetings++;
    console->has_state = console->has_standing = console->has_force = console->has_about = false;
    console->unreadable = 0;
    console->refused_ns = 0;
    console->fixtures.count = 0;
    console->strokes.count = 0;
    console->heard_ns = now_ns;
    console_estop_meets(console, now_ns);
    console->pulse.flags &= (uint8_t)~PULSE_SEES;
    console->pulse_ns = now_ns;
    gate_forget(&console->gate);
    console->has_asked = console->is_bedside || console->watches;
    reclutch_session(&console->reclutch);
    return CONSOLE_MET;
}

/* How long to wait after a dial that came to nothing. */
static uint64_t next_wait_ns(struct console_station *console, bool by_cart)
{
    uint64_t wait_ns = 2 * console->refused_wait_ns;
    if (!by_cart)
        return REDIAL_AGAIN_NS;
    if (wait_ns < REDIAL_AGAIN_NS)
        wait_ns = REDIAL_AGAIN_NS;
    if (wait_ns > REDIAL_REFUSED_NS_MAX)
        wait_ns = REDIAL_REFUSED_NS_MAX;
    console->refused_wait_ns = wait_ns;
    return wait_ns;
}

static enum console_news part(struct console_station *console, const struct link_event *event,
                              uint64_t now_ns)
{
    if (event->kind == LINK_EVENT_REFUSED && event->peer != console->dialled)
        return CONSOLE_SPARED; /* by keep_in_touch or dial_with_these */
    if (event->peer == console->dialled) {
        console->dialled = NULL;
        console->dial_ns = now_ns + next_wait_ns(console, event->by_peer);
    }
    if (event->peer != console->peer)
        return CONSOLE_NOTHING;
    bool is_replaced = event->by_peer && !strcmp(event->reason, LINK_REASON_SUPERSEDED);
    console->peer = NULL;
    console_orders_end(console, now_ns);
    gate_forget(&console->gate);
    if (is_replaced && !console->dialled) /* else it is our own dialling that took the place */
        console->dial_ns = UINT64_MAX;
    else
        console->dial_ns = now_ns + REDIAL_AGAIN_NS / 2;
    return CONSOLE_PARTED;
}

/* The link has proved that it is whole: the two ends are of different versions. */
static enum console_news refuse(struct console_station *console, unsigned channel, uint64_t *count)
{
    bool is_news = !console->unreadable;
    (*count)++;
    console->unreadable |= (uint8_t)(1U << channel);
    return is_news ? CONSOLE_OF_ANOTHER_VERSION : CONSOLE_NOTHING;
}

/* A cart that speaks is not silent, whether it can be read or not. */
static enum console_news take_state(struct console_station *console, const struct link_event *event)
{
    console->heard_ns = event->received_ns;
    console->has_state = arm_state_decode(&console->state, event->bytes, event->len) == MOTION_OK;
    if (!console->has_state)
        return refuse(console, STATION_STATE, &console->state_refused);
    console->unreadable &= (uint8_t) ~(1U << STATION_STATE);
    if (console->state.hold_cause == console->hold_told)
        return CONSOLE_NOTHING;
    console->hold_told = console->state.hold_cause;
    return CONSOLE_HOLD;
}

static enum console_news take_standing(struct console_station *console,
                                       const struct link_event *event)
{
    struct standing before = console->standing;
    bool is_first = !console->has_standing;
    if (standing_decode(&console->standing, event->bytes, event->len) != MOTION_OK)
        return refuse(console, STATION_PULSE, &console->standing_refused);
    const struct standing *now = &console->standing;
    console->has_standing = true;
    console->unreadable &= (uint8_t) ~(1U << STATION_PULSE);
    console->pulse.lease = now->lease;
    console_estop_heard(console, now->heard_press);
    bool is_news = is_first || now->lease != before.lease || now->owner != before.owner ||
                   now->asking != before.asking;
    return is_news ? CONSOLE_LEASE : CONSOLE_NOTHING;
}

static void take_force(struct console_station *console, const struct link_event *event)
{
    if (tip_force_decode(&console->force, event->bytes, event->len) != MOTION_OK)
        return;
    console->has_force = true;
    console->force_ns = event->received_ns;
}

const struct tip_force *console_station_force(const struct console_station *console,
                                              uint64_t now_ns)
{
    bool is_known = console->peer && console->has_force && console->force_ns <= now_ns &&
                    now_ns - console->force_ns <= TIP_FORCE_FORGOTTEN_NS;
    return is_known ? &console->force : NULL;
}

static enum console_news take_sample(struct console_station *console,
                                     const struct link_event *event)
{
    if (event->channel == STATION_STATE)
        return take_state(console, event);
    if (event->channel == STATION_FORCE)
        take_force(console, event);
    return event->channel == STATION_PULSE ? take_standing(console, event) : CONSOLE_NOTHING;
}

static enum console_news take_message(struct console_station *console,
                                      const struct link_event *event, uint64_t now_ns)
{
    struct stroke stroke;
    uint8_t author;
    if (wipe_message_decode(&author, event->bytes, event->len))
        strokes_wipe(&console->strokes, author);
    if (about_decode(&console->about, event->bytes, event->len))
        console->has_about = true;
    else if (event->len && event->bytes[0] == STATION_ABOUT)
        console->about_refused++;
    if (!fixture_names_decode(&console->fixtures, event->bytes, event->len) && event->len &&
        event->bytes[0] == STATION_FIXTURES)
        console->about_refused++;
    if (stroke_message_decode(&stroke, event->bytes, event->len)) {
        strokes_put(&console->strokes, &stroke, now_ns);
        return CONSOLE_NOTHING;
    }
    if (order_answer_decode(&console->refusal, event->bytes, event->len)) {
        console->refused_ns = now_ns;
        return CONSOLE_REFUSAL;
    }
    return roster_decode(&console->roster, event->bytes, event->len) ? CONSOLE_LEASE
                                                                     : CONSOLE_NOTHING;
}

enum console_news console_station_event(struct console_station *console,
                                        const struct link_event *event, uint64_t now_ns)
{
    bool is_ours = console->peer && event->peer == console->peer;
    switch (event->kind) {
    case LINK_EVENT_UP:
        return meet(console, event->peer, now_ns);
    case LINK_EVENT_REFUSED:
    case LINK_EVENT_CLOSED:
        return part(console, event, now_ns);
    case LINK_EVENT_SAMPLE:
        return is_ours ? take_sample(console, event) : CONSOLE_NOTHING;
    case LINK_EVENT_FRAME:
        return is_ours && event->channel == STATION_PICTURES ? CONSOLE_PICTURE : CONSOLE_NOTHING;
    case LINK_EVENT_MESSAGE:
        return is_ours ? take_message(console, event, now_ns) : CONSOLE_NOTHING;
    case LINK_EVENT_SAMPLE_AGAIN:
    case LINK_EVENT_LINE:
    case LINK_EVENT_LINE_MOVED:
    case LINK_EVENT_LINE_SIZE:
    case LINK_EVENT_CLOCK_STEP:
    case LINK_EVENT_KEYS:
        break;
    }
    return CONSOLE_NOTHING;
}

static void ask_recovery(struct link_peer *peer, uint64_t captured_ns)
{
    uint8_t message[STATION_RECOVER_BYTES];
    channels_recover_encode(captured_ns, message);
    enum link_err err = link_send_message(peer, message, sizeof message);
    (void)err; /* full or closing: the next damaged picture asks again */
}

struct console_look console_station_look(struct console_station *console,
                                         const struct console_picture *picture, uint64_t now_ns)
{
    assert(console->peer);
    struct console_look look = {.age = link_age_of(console->peer, picture->captured_ns, now_ns)};
    uint64_t oldest_ns = age_most_ns(&look.age);
    if (picture->is_damaged || !picture->is_shown)
        ask_recovery(console->peer, picture->captured_ns);
    if (picture->is_shown && !picture->awaits_screen &&
        !picture->is_damaged) /* concealed places are old, however young the rest */
        console_station_see(console, picture->captured_ns, now_ns);
    look.is_late = !look.age.measured || oldest_ns > console->gate.limit_ns;
    return look;
}

void console_station_see(struct console_station *console, uint64_t captured_ns, uint64_t now_ns)
{
    assert(console->peer);
    struct link_age age = link_age_of(console->peer, captured_ns, now_ns);
    gate_picture(&console->gate, age_most_ns(&age), age.measured, now_ns);
    console->pulse.seen_captured_ns = captured_ns;
    console->pulse.flags |= PULSE_SEES;
}

/* Why the hands are frozen, for the pulse; by the gate's foot: for what it was before. */
static void note_frozen(struct console_station *console, const struct gesture *gesture,
                        bool is_by_hands, uint64_t now_ns)
{
    enum frozen_by before = console->pulse.frozen_by, by = before;
    bool is_gate_shut = !console->is_bedside && console->gate.state != GATE_OPEN;
    if (!(gesture->flags & GESTURE_FROZEN))
        by = FROZEN_BY_UNKNOWN;
    else if (is_gate_shut && (console->gate.state != GATE_AWAITS_FOOT || !before))
        by = FROZEN_BY_PICTURE;
    else if (is_by_hands)
        by = console->hands_by;
    if (by != before)
        console->pulse_ns = now_ns; /* at once, beside the gesture */
    console->pulse.frozen_by = by;
}

size_t console_station_send(struct console_station *console, struct gesture *gesture,
                            uint64_t sampled_ns, uint64_t now_ns,
                            uint8_t out[static GESTURE_BYTES_MAX], uint32_t *sequence)
{
    assert(sampled_ns <= now_ns);
    bool is_by_hands = gesture->flags & GESTURE_FROZEN;
    if (!console->is_bedside)
        gate_hands(&console->gate, gesture, now_ns);
    note_frozen(console, gesture, is_by_hands, now_ns);
    if (!console_station_has_lease(console))
        return 0;
    gesture->lease = (uint8_t)console->standing.lease;
    size_t len = gesture_encode(gesture, out);
    enum link_err err =
        link_send_sample(console->peer, STATION_GESTURES, out, len, sampled_ns, now_ns, sequence);
    return err == LINK_OK ? len : 0; /* else the session ended this instant: its event follows */
}

static void dial(struct console_station *console, uint64_t now_ns)
{
    console->dial_ns = now_ns + REDIAL_AGAIN_NS;
    if (console->dialled)
        return;
    enum link_err err =
        link_dial(console->link, console->paths, LINK_LINES_MAX, now_ns, &console->dialled);
    if (err != LINK_OK) /* no place: the former sessions are still saying goodbye */
        console->dialled = NULL;
}

static void keep_in_touch(struct console_station *console, uint64_t now_ns)
{
    bool silent = console->peer && now_ns - console->heard_ns > REDIAL_SILENCE_NS;
    if ((!console->peer || silent) && now_ns >= console->dial_ns)
        dial(console, now_ns);
    if (console->peer && !silent && console->dialled) {
        link_close(console->dialled, "the former session goes on", now_ns);
        console->dialled = NULL;
    }
}

/* Once in a session, and for nobody's lease: that the bedside's, or another surgeon's, was not heard for a moment
 * is no reason for a program to take it from them. */
static void ask_for_free_lease(struct console_station *console, uint64_t now_ns)
{
    if (!console_station_is_told(console) || console->has_asked)
        return;
    console->has_asked =
        console->standing.owner != LEASE_NOBODY ||
        console_station_order(console, ORDER_REQUEST, console->standing.yours, now_ns);
}

static bool wants_clutch(struct console_station *console, uint64_t now_ns)
{
    const struct reclutch_facts facts = {
        .hold = console->has_state ? console->state.hold_cause : HOLD_NONE,
        .heard = console->has_state && now_ns - console->heard_ns < STATE_FRESH_NS,
        .clock_measured = console->peer && link_peer_clock(console->peer, now_ns).measured,
        .gate = console->gate.state,
    };
    return reclutch_is_due(&console->reclutch, &facts, now_ns);
}

const char *console_hold_text(unsigned cause)
{
    return cause == CONSOLE_HOLD_SILENT ? "the cart is silent" : hold_code_text(cause);
}

/* What lies behind the rest first: who is silent sends no pictures either. */
static unsigned hold_seen(const struct console_station *console, uint64_t now_ns)
{
    enum hold_cause apart = console->meetings > (console->peer ? 1 : 0) ? HOLD_SESSION : HOLD_START;
    if (!console->peer)
        return apart;
    if (!console_station_is_heard(console, now_ns))
        return CONSOLE_HOLD_SILENT;
    if (console->gate.state == GATE_OLD_PICTURE || console->gate.state == GATE_AWAITS_FOOT)
        return console_station_has_lease(console) && console_station_line_is_poor(console)
                   ? HOLD_LINE /* it is the line to who leads */
                   : hold_code(HOLD_FROZEN, console->pulse.frozen_by);
    return console->has_state ? hold_code(console->state.hold_cause, console->standing.frozen_by)
                              : (unsigned)apart;
}

static void note_hold(struct console_station *console, uint64_t now_ns)
{
    unsigned cause = hold_seen(console, now_ns);
    if (cause >= HOLD_CAUSES && cause < HOLD_CODES) /* told a moment after the arm's state */
        hold_log_rename(&console->holds, HOLD_FROZEN, cause);
    if (cause == HOLD_NONE)
        hold_log_end(&console->holds, now_ns);
    else
        hold_log_begin(&console->holds, cause, now_ns);
}

static void send_pulse(struct console_station *console, uint64_t now_ns)
{
    uint8_t bytes[PULSE_BYTES];
    if (!console->peer || now_ns < console->pulse_ns)
        return;
    console->pulse_ns = now_ns + STATION_PULSE_NS;
    console->pulse.flags &= (uint8_t)~PULSE_WATCHES;
    console->pulse.flags |= console->watches ? PULSE_WATCHES : 0;
    pulse_encode(&console->pulse, bytes);
    enum link_err err =
        link_send_sample(console->peer, STATION_PULSE, bytes, sizeof bytes, now_ns, now_ns, NULL);
    if (err == LINK_OK) /* else it ended this instant */
        console_estop_told(console);
}

bool console_station_turn(struct console_station *console, uint64_t now_ns)
{
    keep_in_touch(console, now_ns);
    ask_for_free_lease(console, now_ns);
    send_pulse(console, now_ns);
    console_orders_heard(console);
    note_hold(console, now_ns);
    return wants_clutch(console, now_ns);
}
