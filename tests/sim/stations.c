/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stations.h"

#include <string.h>

#include "link/peer.h" /* a session's number, which link.h does not tell */
#include "motion/script.h"

#define MS UINT64_C(1000000)

/* As in programs/console.c. */
#define REDIAL_SILENCE_NS (2000 * MS)
#define REDIAL_AGAIN_NS (1000 * MS)

enum { PICTURE_BYTES_MOST = 20000, ONE_MESSAGE_IN_MS = 40 };

/* Now and then a message, at a moment that differs from session to session. */
static void send_message(struct witness *witness, enum pair_end from, struct link_peer *peer,
                         uint64_t connection, uint64_t true_ns)
{
    uint8_t bytes[LINK_MESSAGE_BYTES_MAX];
    if ((true_ns / MS + connection) % ONE_MESSAGE_IN_MS != 0)
        return;
    size_t len = witness_message_make(witness, from, connection, bytes);
    if (link_send_message(peer, bytes, len) == LINK_OK)
        witness_message_sent(witness, from);
}

void sim_cart_init(struct sim_cart *cart, struct pair *pair, struct witness *witness,
                   const struct follow_arm *arms)
{
    struct follow_arm stood[ARM_STATE_ARMS_MAX];
    if (arms)
        memcpy(stood, arms, sizeof stood);
    *cart = (struct sim_cart){.pair = pair, .witness = witness, .picture_ns = pair_true_ns(pair)};
    follow_init(&cart->follow, &INSTRUMENT_LARGE_NEEDLE_DRIVER, &FOLLOW_STANDARD,
                pair_local_ns(pair, PAIR_CART));
    for (unsigned i = 0; arms && i < FOLLOW_STANDARD.arm_count; i++)
        follow_place(&cart->follow, i, stood[i].joints);
}

static void cart_meet(struct sim_cart *cart, struct link_peer *peer, uint64_t now_ns)
{
    if (cart->peer && strcmp(link_peer_fingerprint(cart->peer), link_peer_fingerprint(peer)) != 0) {
        link_close(peer, "another console operates this cart", now_ns);
        return;
    }
    if (cart->peer)
        follow_session_lost(&cart->follow, now_ns);
    cart->peer = peer;
    cart->connection = peer->connection;
    cart->witness->figures.sessions++;
}

static void cart_gesture(struct sim_cart *cart, const struct link_event *event)
{
    uint64_t now_ns = pair_local_ns(cart->pair, PAIR_CART);
    struct link_age age = link_age_of(event->peer, event->stamp_ns, now_ns);
    struct follow_sample sample = {
        .sequence = event->sequence,
        .sampled_ns = event->stamp_ns,
        .measured = age.measured,
        .age_ns = age.ns > 0 ? (uint64_t)age.ns + age.bound_ns : age.bound_ns,
    };
    enum motion_err err = gesture_decode(&sample.gesture, event->bytes, event->len);
    struct follow before = cart->follow;

    witness_arrived(cart->witness, PAIR_CART, cart->connection, event);
    if (err != MOTION_OK)
        follow_refuse(&cart->follow, err);
    else if (follow_gesture(&cart->follow, &sample, now_ns) == FOLLOW_APPLIED)
        witness_applied(cart->witness, cart->connection, event, &before);
}

void sim_cart_event(struct sim_cart *cart, const struct link_event *event)
{
    uint64_t now_ns = pair_local_ns(cart->pair, PAIR_CART);
    switch (event->kind) {
    case LINK_EVENT_UP:
        cart_meet(cart, event->peer, now_ns);
        break;
    case LINK_EVENT_CLOSED:
        if (event->peer != cart->peer)
            break;
        cart->peer = NULL;
        follow_session_lost(&cart->follow, now_ns);
        break;
    case LINK_EVENT_SAMPLE:
        if (event->peer == cart->peer && event->channel == STATION_GESTURES)
            cart_gesture(cart, event);
        break;
    case LINK_EVENT_MESSAGE:
        if (event->peer == cart->peer)
            witness_message_came(cart->witness, PAIR_CART, cart->connection, event);
        break;
    case LINK_EVENT_REFUSED:
    case LINK_EVENT_SAMPLE_AGAIN:
    case LINK_EVENT_FRAME:
    case LINK_EVENT_LINE:
    case LINK_EVENT_LINE_MOVED:
    case LINK_EVENT_CLOCK_STEP:
    case LINK_EVENT_KEYS:
        break;
    }
}

static void send_state(struct sim_cart *cart, uint64_t now_ns)
{
    struct arm_state state;
    uint8_t bytes[ARM_STATE_BYTES_MAX];
    uint32_t sequence;

    follow_report(&cart->follow, &state);
    for (unsigned i = 0; i < state.arm_count; i++) {
        memcpy(state.arms[i].measured_jp, cart->follow.arms[i].joints,
               sizeof state.arms[i].measured_jp);
        state.arms[i].measured_cp = cart->follow.arms[i].tip;
    }
    size_t len = arm_state_encode(&state, bytes);
    if (link_send_sample(cart->peer, STATION_STATE, bytes, len, now_ns, now_ns, &sequence) ==
        LINK_OK)
        witness_sent(cart->witness, PAIR_CART, cart->connection, sequence, bytes, len);
}

static void send_picture(struct sim_cart *cart, uint64_t now_ns)
{
    static uint8_t bytes[PICTURE_BYTES_MOST];
    uint64_t most =
        link_frame_rate_bps(cart->peer, STATION_PICTURES) / 8 * STATION_PICTURE_NS / (1000 * MS);
    struct link_frame picture = {.bytes = bytes, .captured_ns = now_ns};
    picture.len =
        witness_picture_make(cart->witness, cart->connection,
                             most < sizeof bytes ? most : sizeof bytes, bytes, &picture.tag);
    (void)link_send_frame(cart->peer, STATION_PICTURES, &picture, now_ns);
}

void sim_cart_turn(struct sim_cart *cart)
{
    uint64_t now_ns = pair_local_ns(cart->pair, PAIR_CART), true_ns = pair_true_ns(cart->pair);
    follow_tick(&cart->follow, now_ns);
    witness_tick(cart->witness, &cart->follow);
    if (!cart->peer)
        return;
    send_state(cart, now_ns);
    if (!cart->quiet)
        send_message(cart->witness, PAIR_CART, cart->peer, cart->connection, true_ns);
    if (true_ns >= cart->picture_ns) {
        cart->picture_ns = true_ns + STATION_PICTURE_NS;
        send_picture(cart, now_ns);
    }
}

/* The console. */

void sim_console_init(struct sim_console *console, struct pair *pair, struct witness *witness,
                      size_t lines, uint64_t hands_at_ns)
{
    uint64_t now_ns = pair_local_ns(pair, PAIR_CONSOLE);
    *console = (struct sim_console){.pair = pair,
                                    .witness = witness,
                                    .lines = lines,
                                    .dial_ns = now_ns,
                                    .hands_from_ns = hands_at_ns};
    clutch_init(&console->clutch);
    clutch_again(&console->clutch, now_ns); /* the cart must see the foot up first */
    gate_init(&console->gate, STATION_PICTURE_GATE_NS, now_ns);
}

static void console_meet(struct sim_console *console, struct link_peer *peer, uint64_t now_ns)
{
    if (console->peer)
        link_close(console->peer, "dialled anew", now_ns);
    if (peer == console->dialled)
        console->dialled = NULL;
    console->peer = peer;
    console->connection = peer->connection;
    console->heard_ns = now_ns;
    console->has_state = false;
    gate_forget(&console->gate);
    reclutch_session(&console->reclutch);
}

static void console_part(struct sim_console *console, const struct link_event *event,
                         uint64_t now_ns)
{
    if (event->peer == console->dialled) {
        console->dialled = NULL;
        console->dial_ns = now_ns + REDIAL_AGAIN_NS;
    }
    if (event->peer == console->peer) {
        console->peer = NULL;
        gate_forget(&console->gate);
        console->dial_ns = now_ns + REDIAL_AGAIN_NS / 2;
    }
}

static void console_state(struct sim_console *console, const struct link_event *event)
{
    witness_arrived(console->witness, PAIR_CONSOLE, console->connection, event);
    if (arm_state_decode(&console->state, event->bytes, event->len) != MOTION_OK) {
        witness_fail(console->witness, "a state that cannot be read");
        return;
    }
    console->has_state = true;
    console->heard_ns = event->received_ns;
}

static void console_picture(struct sim_console *console, const struct link_event *event)
{
    uint64_t now_ns = pair_local_ns(console->pair, PAIR_CONSOLE);
    witness_picture_came(console->witness, console->connection, event);
    if (event->frame_state == LINK_FRAME_LOST)
        return;
    struct link_age age = link_age_of(event->peer, event->stamp_ns, now_ns);
    gate_picture(&console->gate, age.ns > 0 ? (uint64_t)age.ns + age.bound_ns : age.bound_ns,
                 age.measured, now_ns);
}

void sim_console_event(struct sim_console *console, const struct link_event *event)
{
    uint64_t now_ns = pair_local_ns(console->pair, PAIR_CONSOLE);
    switch (event->kind) {
    case LINK_EVENT_UP:
        console_meet(console, event->peer, now_ns);
        break;
    case LINK_EVENT_REFUSED:
    case LINK_EVENT_CLOSED:
        console_part(console, event, now_ns);
        break;
    case LINK_EVENT_SAMPLE:
        if (event->peer == console->peer && event->channel == STATION_STATE)
            console_state(console, event);
        break;
    case LINK_EVENT_FRAME:
        if (event->peer == console->peer)
            console_picture(console, event);
        break;
    case LINK_EVENT_MESSAGE:
        if (event->peer == console->peer)
            witness_message_came(console->witness, PAIR_CONSOLE, console->connection, event);
        break;
    case LINK_EVENT_SAMPLE_AGAIN:
    case LINK_EVENT_LINE:
    case LINK_EVENT_LINE_MOVED:
    case LINK_EVENT_CLOCK_STEP:
    case LINK_EVENT_KEYS:
        break;
    }
}

static void keep_in_touch(struct sim_console *console, uint64_t now_ns)
{
    bool silent = console->peer && now_ns - console->heard_ns > REDIAL_SILENCE_NS;
    if ((!console->peer || silent) && now_ns >= console->dial_ns) {
        console->dial_ns = now_ns + REDIAL_AGAIN_NS;
        if (!console->dialled)
            console->dialled = pair_dial(console->pair, console->lines);
    }
    if (console->peer && !silent && console->dialled) {
        link_close(console->dialled, "the former session goes on", now_ns);
        console->dialled = NULL;
    }
}

static void keep_clutched(struct sim_console *console, uint64_t now_ns)
{
    const struct reclutch_facts facts = {
        .hold = console->has_state ? console->state.hold_cause : HOLD_NONE,
        .heard = console->has_state && now_ns - console->heard_ns < 100 * MS,
        .clock_measured = console->peer && link_peer_clock(console->peer, now_ns).measured,
        .gate = console->gate.state,
    };
    if (reclutch_is_due(&console->reclutch, &facts, now_ns))
        clutch_again(&console->clutch, now_ns);
}

static void send_gesture(struct sim_console *console, uint64_t now_ns)
{
    struct clutch_hands hands;
    struct gesture gesture;
    uint8_t bytes[GESTURE_BYTES_MAX];
    uint32_t sequence;

    script_hands(pair_true_ns(console->pair) + console->hands_from_ns, &hands);
    clutch_gesture(&console->clutch, &hands, now_ns, &gesture);
    gate_hands(&console->gate, &gesture, now_ns);
    if (!console->peer)
        return;
    size_t len = gesture_encode(&gesture, bytes);
    if (link_send_sample(console->peer, STATION_GESTURES, bytes, len, now_ns, now_ns, &sequence) !=
        LINK_OK)
        return;
    witness_sent(console->witness, PAIR_CONSOLE, console->connection, sequence, bytes, len);
    if (gesture.flags & GESTURE_ENGAGED)
        witness_hands(console->witness, STATION_PICTURE_GATE_NS);
}

void sim_console_turn(struct sim_console *console)
{
    uint64_t now_ns = pair_local_ns(console->pair, PAIR_CONSOLE);
    send_gesture(console, now_ns);
    keep_in_touch(console, now_ns);
    keep_clutched(console, now_ns);
    if (console->peer && !console->quiet)
        send_message(console->witness, PAIR_CONSOLE, console->peer, console->connection,
                     pair_true_ns(console->pair));
}
