/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stations.h"

#include <string.h>

#include "link/peer.h" /* a session's number, which link.h does not tell */
#include "motion/script.h"
#include "sim/intruder.h"
#include "sim/robot.h"

#define MS UINT64_C(1000000)

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
                   const struct track *arms)
{
    struct track stood[ARM_STATE_ARMS_MAX];
    if (arms)
        memcpy(stood, arms, sizeof stood);
    *cart = (struct sim_cart){.pair = pair, .witness = witness, .picture_ns = pair_true_ns(pair)};
    cart_station_init(&cart->station, &INSTRUMENT_LARGE_NEEDLE_DRIVER, &FOLLOW_STANDARD, true);
    for (unsigned i = 0; arms && i < FOLLOW_STANDARD.arm_count; i++)
        follow_place(&cart->station.follow, i, stood[i].joints);
}

static bool is_stranger(const struct link_peer *peer)
{
    return strcmp(link_peer_name(peer), INTRUDER_NAME) == 0;
}

bool sim_cart_is_at_work(const struct sim_cart *cart)
{
    return cart->station.peer && !is_stranger(cart->station.peer);
}

/* A second console may watch: the one at work notices nothing of it (hazard H-10). */
static void h10_judge_second(struct sim_cart *cart, const struct link_peer *at_work,
                             const struct follow *before)
{
    if (at_work && (cart->station.peer != at_work ||
                    memcmp(&cart->station.follow, before, sizeof *before) != 0))
        witness_fail(cart->witness, "a second console came, and the first is not as before");
    if (at_work)
        cart->witness->figures.seconds_met++;
}

/* Whoever does not have the lease moves nothing. */
static void h10_judge_sample(struct sim_cart *cart, const struct link_event *event,
                             const struct follow *before)
{
    struct follow after = cart->station.follow;
    memcpy(after.refused, before->refused, sizeof after.refused);
    memcpy(after.outcomes, before->outcomes, sizeof after.outcomes);
    if (is_stranger(event->peer) && memcmp(&after, before, sizeof after) != 0)
        witness_fail(cart->witness, "the arm heard one who does not have the lease");
}

static void cart_meets(struct sim_cart *cart, const struct link_event *event,
                       const struct link_peer *at_work, const struct follow *before)
{
    if (is_stranger(event->peer)) {
        h10_judge_second(cart, at_work, before);
        return;
    }
    cart->connection = event->peer->connection;
    cart->witness->figures.sessions++;
}

void sim_cart_event(struct sim_cart *cart, const struct link_event *event)
{
    struct follow before = cart->station.follow;
    const struct link_peer *at_work = sim_cart_is_at_work(cart) ? cart->station.peer : NULL;
    struct cart_news news =
        cart_station_event(&cart->station, event, pair_local_ns(cart->pair, PAIR_CART));
    if (event->kind == LINK_EVENT_SAMPLE)
        h10_judge_sample(cart, event, &before);
    switch (news.kind) {
    case CART_MET:
        cart_meets(cart, event, at_work, &before);
        break;
    case CART_GESTURE:
        if (event->kind == LINK_EVENT_SAMPLE && !is_stranger(event->peer))
            witness_arrived(cart->witness, PAIR_CART, cart->connection, event);
        if (news.outcome == FOLLOW_APPLIED)
            witness_applied(cart->witness, cart->connection, event, &before);
        break;
    case CART_NOTHING:
        if (event->kind == LINK_EVENT_MESSAGE && news.recover)
            cart->witness->figures.recoveries++;
        else if (event->kind == LINK_EVENT_MESSAGE && event->peer == cart->station.peer)
            witness_message_came(cart->witness, PAIR_CART, cart->connection, event);
        break;
    case CART_ANOTHER_REFUSED:
        witness_fail(cart->witness, "a console was refused though there was a place");
        break;
    case CART_PARTED:
    case CART_ORDER:
        break;
    }
}

static void send_state(struct sim_cart *cart, uint64_t now_ns)
{
    struct arm_report measured[ARM_STATE_ARMS_MAX];
    uint8_t bytes[ARM_STATE_BYTES_MAX];
    uint32_t sequence;

    for (unsigned i = 0; i < FOLLOW_STANDARD.arm_count; i++) {
        const struct track *arm = &cart->station.follow.arms[i];
        memcpy(measured[i].measured_jp, arm->joints, sizeof measured[i].measured_jp);
        measured[i].measured_cp = arm->tip;
    }
    size_t len = cart_station_tell(&cart->station, measured, now_ns, bytes, &sequence);
    if (len && sim_cart_is_at_work(cart))
        witness_sent(cart->witness, PAIR_CART, cart->connection, sequence, bytes, len);
}

static void send_picture(struct sim_cart *cart, uint64_t now_ns)
{
    static uint8_t bytes[PICTURE_BYTES_MOST];
    struct link_peer *peer = cart->station.peer;
    uint64_t most = link_frame_rate_bps(peer, STATION_PICTURES) / 8 * SIM_PICTURE_NS / (1000 * MS);
    struct link_frame picture = {.bytes = bytes, .captured_ns = now_ns};
    if (link_frames_wait(peer, STATION_PICTURES, now_ns) ||
        !picture_line_gives(&cart->station.picture_line, now_ns, true))
        return; /* as the cart has its camera leave it out */
    picture.len =
        witness_picture_make(cart->witness, cart->connection,
                             most < sizeof bytes ? most : sizeof bytes, bytes, &picture.tag);
    (void)link_send_frame(peer, STATION_PICTURES, &picture, now_ns);
}

bool sim_cart_turn(struct sim_cart *cart)
{
    uint64_t now_ns = pair_local_ns(cart->pair, PAIR_CART), true_ns = pair_true_ns(cart->pair);
    const struct cart_robot robot =
        robot_at_its_set_points(&CART_ROBOT_PERFECT, &cart->station.follow);
    cart_station_robot(&cart->station, &robot);
    bool changed = cart_station_tick(&cart->station, now_ns);
    witness_tick(cart->witness, &cart->station.follow);
    send_state(cart, now_ns);
    if (!sim_cart_is_at_work(cart))
        return changed;
    if (!cart->quiet)
        send_message(cart->witness, PAIR_CART, cart->station.peer, cart->connection, true_ns);
    if (true_ns >= cart->picture_ns) {
        cart->picture_ns = true_ns + SIM_PICTURE_NS;
        send_picture(cart, now_ns);
    }
    return changed;
}

/* The console. */

void sim_console_init(struct sim_console *console, struct pair *pair, struct witness *witness,
                      size_t lines, uint64_t hands_at_ns)
{
    uint64_t now_ns = pair_local_ns(pair, PAIR_CONSOLE);
    struct link_path paths[LINK_LINES_MAX];
    for (unsigned i = 0; i < lines; i++)
        paths[i] = pair_path(pair, i);
    *console = (struct sim_console){.pair = pair, .witness = witness, .hands_from_ns = hands_at_ns};
    console_station_init(&console->station, pair_link(pair, PAIR_CONSOLE), paths, lines,
                         SIM_PICTURE_GATE_NS, now_ns);
    clutch_init(&console->clutch);
    clutch_again(&console->clutch, now_ns); /* the cart must see the foot up first */
}

/* Decoded and shown as soon as it comes. */
static void console_picture(struct sim_console *console, const struct link_event *event)
{
    witness_picture_came(console->witness, console->connection, event);
    if (event->frame_state == LINK_FRAME_LOST) {
        console->missing = true;
        return;
    }
    const struct console_picture picture = {
        .captured_ns = event->stamp_ns, .is_shown = true, .is_damaged = console->missing};
    console->missing = false;
    console_station_look(&console->station, &picture, pair_local_ns(console->pair, PAIR_CONSOLE));
}

/* What the cart itself says begins with its kind, which is never 0; the witness's with a number below 2^24. */
static bool is_stations(const struct link_event *event)
{
    return event->len > 0 && event->bytes[0] != 0;
}

void sim_console_event(struct sim_console *console, const struct link_event *event)
{
    enum console_news news =
        console_station_event(&console->station, event, pair_local_ns(console->pair, PAIR_CONSOLE));
    if (news == CONSOLE_MET)
        console->connection = event->peer->connection;
    if (news == CONSOLE_PICTURE)
        console_picture(console, event);
    if (event->peer != console->station.peer)
        return;
    if (event->kind == LINK_EVENT_SAMPLE && event->channel == STATION_STATE) {
        struct arm_state state;
        witness_arrived(console->witness, PAIR_CONSOLE, console->connection, event);
        if (arm_state_decode(&state, event->bytes, event->len) != MOTION_OK)
            witness_fail(console->witness, "a state that cannot be read");
    }
    if (event->kind == LINK_EVENT_MESSAGE && !is_stations(event))
        witness_message_came(console->witness, PAIR_CONSOLE, console->connection, event);
}

static void send_gesture(struct sim_console *console, uint64_t now_ns)
{
    struct clutch_hands hands;
    struct gesture gesture;
    uint8_t bytes[GESTURE_BYTES_MAX];
    uint32_t sequence;

    script_hands(pair_true_ns(console->pair) + console->hands_from_ns, &hands);
    hands.is_played = true;
    clutch_gesture(&console->clutch, &hands, now_ns, &gesture);
    size_t len =
        console_station_send(&console->station, &gesture, now_ns, now_ns, bytes, &sequence);
    if (!len)
        return;
    witness_sent(console->witness, PAIR_CONSOLE, console->connection, sequence, bytes, len);
    if (gesture.flags & GESTURE_ENGAGED)
        witness_hands(console->witness, SIM_PICTURE_GATE_NS);
}

void sim_console_turn(struct sim_console *console)
{
    uint64_t now_ns = pair_local_ns(console->pair, PAIR_CONSOLE);
    send_gesture(console, now_ns);
    if (console_station_turn(&console->station, now_ns))
        clutch_again(&console->clutch, now_ns);
    if (console->station.peer && !console->quiet)
        send_message(console->witness, PAIR_CONSOLE, console->station.peer, console->connection,
                     pair_true_ns(console->pair));
}

bool sim_line_is_good(const struct sim_cart *cart, const struct sim_console *console, unsigned line)
{
    for (size_t i = 0; i < LINK_LINES_MAX; i++) {
        const struct peer_line *at = &console->station.peer->lines[i];
        if (at->used && at->path.socket == line)
            return at->state == LINK_LINE_GOOD &&
                   cart->station.peer->lines[i].state == LINK_LINE_GOOD;
    }
    return false;
}
