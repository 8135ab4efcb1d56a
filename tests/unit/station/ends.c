/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ends.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/robot.h"
#include "station/channels.h"
#include "unit/cmocka_base.h"

enum { VISITOR_ADDRESS = 77, MAIL_KEPT = 64 };

struct ends ends;

static struct link_identity *visitor_identity;
static struct link_peer *visitor_peer;
static struct { /* from the cart to the visitor */
    uint8_t bytes[LINK_DATAGRAM_MAX];
    size_t len;
} mail[MAIL_KEPT];
static size_t mail_count;

static uint64_t now_of(enum pair_end end)
{
    return pair_local_ns(ends.pair, end);
}

/* The cart. */

/* Against when the hands were there. */
static void judge_age(uint32_t sequence, const struct link_age *age)
{
    struct ends_cart *cart = &ends.cart;
    int64_t true_ns =
        (int64_t)(pair_true_ns(ends.pair) - ends.console.sampled_ns[sequence % ENDS_SENT_KEPT]);
    if (age->ns > cart->age_most_ns)
        cart->age_most_ns = age->ns;
    if (true_ns - age->ns > cart->age_short_ns)
        cart->age_short_ns = true_ns - age->ns;
}

static void cart_event(const struct link_event *event)
{
    struct ends_cart *cart = &ends.cart;
    struct cart_news news = cart_station_event(&cart->station, event, now_of(PAIR_CART));
    cart->met += news.kind == CART_MET;
    cart->parted += news.kind == CART_PARTED;
    cart->second_refused += news.kind == CART_ANOTHER_REFUSED;
    if (news.kind == CART_GESTURE)
        cart->outcomes[news.outcome]++;
    if (news.kind == CART_GESTURE && news.age.measured)
        judge_age(event->sequence, &news.age);
    if (news.recover) {
        cart->recoveries++;
        cart->damaged_ns = news.damaged_ns;
    }
}

/* As large as an encoder's least where the lines leave little; all stand alone. */
static void send_picture(uint64_t now_ns)
{
    enum { PICTURE_LEAST = 1000, PICTURE_MOST = 2000 };
    static const uint8_t bytes[PICTURE_MOST];
    struct link_peer *peer = ends.cart.station.peer;
    size_t len = link_frame_rate_bps(peer, STATION_PICTURES) / 8 * PICTURE_NS / (1000 * MS);
    len = len < PICTURE_LEAST ? PICTURE_LEAST : len > PICTURE_MOST ? PICTURE_MOST : len;
    const struct link_frame picture = {.bytes = bytes, .len = len, .captured_ns = now_ns};
    if (link_frames_wait(peer, STATION_PICTURES, now_ns))
        return; /* as the cart has its camera leave it out */
    if (!picture_line_gives(&ends.cart.station.picture_line, now_ns, true)) {
        ends.cart.no_room++;
        return;
    }
    assert_int_equal(link_send_frame(peer, STATION_PICTURES, &picture, now_ns), LINK_OK);
    ends.cart.pictures++;
}

static void cart_turn(uint64_t true_ns)
{
    struct ends_cart *cart = &ends.cart;
    uint64_t now_ns = now_of(PAIR_CART);
    struct arm_report measured[ARM_STATE_ARMS_MAX];
    uint8_t bytes[ARM_STATE_BYTES_MAX];

    while (cart_station_waited(&cart->station, now_ns).kind == CART_ORDER)
        cart->waited++;
    struct cart_robot robot = robot_at_its_set_points(&CART_ROBOT_PERFECT, &cart->station.follow);
    robot.force.forces_n[0].z = ends.pressed_n;
    robot.silent_ms = ends.robot_silent_ms;
    cart_station_robot(&cart->station, &robot);
    cart->hold_changes += cart_station_tick(&cart->station, now_ns);
    for (unsigned i = 0; i < FOLLOW_STANDARD.arm_count; i++) {
        memcpy(measured[i].measured_jp, cart->station.follow.arms[i].joints,
               sizeof measured[i].measured_jp);
        measured[i].measured_cp = cart->station.follow.arms[i].tip;
    }
    cart_station_tell(&cart->station, measured, now_ns, bytes, NULL);
    if (!cart->station.peer || !ends.camera || true_ns < cart->picture_ns)
        return;
    cart->picture_ns = true_ns + PICTURE_NS;
    send_picture(now_ns);
}

static void cart_init(void)
{
    ends.cart = (struct ends_cart){.met = 0};
    cart_station_init(&ends.cart.station, &INSTRUMENT_LARGE_NEEDLE_DRIVER, &FOLLOW_STANDARD,
                      !ends.asks_bedside);
}

/* The console. */

static void look(const struct link_event *event)
{
    struct ends_console *console = &ends.console;
    const struct console_picture picture = {
        .captured_ns = event->stamp_ns, .is_shown = !ends.blinds, .is_damaged = ends.damages};
    if (event->frame_state == LINK_FRAME_LOST)
        return;
    console->pictures++;
    console->captured_ns = event->stamp_ns;
    console->tag = event->tag;
    console->late +=
        console_station_look(&console->station, &picture, now_of(PAIR_CONSOLE)).is_late;
}

static void console_event(const struct link_event *event)
{
    struct ends_console *console = &ends.console;
    enum console_news news = console_station_event(&console->station, event, now_of(PAIR_CONSOLE));
    console->met += news == CONSOLE_MET;
    console->parted += news == CONSOLE_PARTED;
    console->spared += news == CONSOLE_SPARED;
    console->holds_told += news == CONSOLE_HOLD;
    if (news == CONSOLE_PICTURE)
        look(event);
}

/* A gesture of the hands as they were at `due_ns`, true time. */
static void send_hands(uint64_t due_ns, uint64_t true_ns)
{
    struct ends_console *console = &ends.console;
    uint64_t now_ns = now_of(PAIR_CONSOLE), sampled_ns = now_ns - (true_ns - due_ns);
    struct clutch_hands hands = {.hand_count = 2, .pedal = ends.foot, .camera = ends.camera_foot};
    struct gesture gesture;
    uint8_t bytes[GESTURE_BYTES_MAX];
    uint32_t sequence;

    hands.hands[0].pose = hands.hands[1].pose = POSE_IDENTITY;
    hands.hands[0].pose.position_m.x = 0.05 * sin((double)due_ns * 3e-9); /* 0.15 m/s at most */
    hands.hands[0].pose.position_m.y = ends.away_m;
    clutch_gesture(&console->clutch, &hands, sampled_ns, &gesture);
    if (console_station_send(&console->station, &gesture, sampled_ns, now_ns, bytes, &sequence))
        console->sampled_ns[sequence % ENDS_SENT_KEPT] = due_ns;
}

static void console_turn(uint64_t true_ns)
{
    struct ends_console *console = &ends.console;
    uint64_t now_ns = now_of(PAIR_CONSOLE);
    if (true_ns < ends.stalled_until_ns)
        return;
    if (!console->due_ns)
        console->due_ns = true_ns;
    for (; console->due_ns <= true_ns; console->due_ns += MS)
        send_hands(console->due_ns, true_ns);
    if (console_station_turn(&console->station, now_ns) && ends.reclutches)
        clutch_again(&console->clutch, now_ns);
}

static void console_init(void)
{
    struct link_path path = pair_path(ends.pair, 0);
    ends.console = (struct ends_console){.met = 0};
    clutch_init(&ends.console.clutch);
    console_station_init(&ends.console.station, pair_link(ends.pair, PAIR_CONSOLE), &path, 1,
                         PICTURE_GATE_NS, now_of(PAIR_CONSOLE));
}

/* The visitor: its line has no delay. */

static struct link_path visitor_path(void)
{
    struct link_path path = pair_path(ends.pair, 0);
    path.address[0] = VISITOR_ADDRESS;
    return path;
}

static void visitor_turn(void)
{
    struct link_path path = visitor_path();
    uint8_t bytes[LINK_DATAGRAM_MAX];
    uint64_t now_ns = pair_true_ns(ends.pair);
    struct link_event event;
    size_t len;

    for (size_t i = 0; i < mail_count && !ends.visitor_is_cut; i++)
        link_receive(ends.visitor, &path, mail[i].bytes, mail[i].len, now_ns);
    mail_count = 0;
    while (link_event(ends.visitor, &event)) {
        if (event.kind == LINK_EVENT_REFUSED || event.kind == LINK_EVENT_CLOSED) {
            snprintf(ends.said, sizeof ends.said, "%s", event.reason);
            ends.turned_away++;
        }
        if (ends.twin.link)
            console_station_event(&ends.twin, &event, now_ns);
    }
    if (ends.twin.link)
        console_station_turn(&ends.twin, now_ns);
    while ((len = link_transmit(ends.visitor, &path, bytes, now_ns)))
        if (!ends.visitor_is_cut)
            pair_inject_along(ends.pair, PAIR_CART, &path, bytes, len);
}

static void visitor_create(struct link_identity *identity)
{
    struct link_settings settings = {.wall_s = pair_wall_s(), .identity = identity};
    visitor_identity = identity;
    channels_set(&settings, false, PICTURE_NS);
    ends.visitor = link_create(&settings, pair_true_ns(ends.pair), NULL);
    assert_non_null(ends.visitor);
}

void ends_twin(void)
{
    struct link_path path = visitor_path();
    visitor_create(pair_identity(PAIR_CONSOLE));
    console_station_init(&ends.twin, ends.visitor, &path, 1, PICTURE_GATE_NS,
                         pair_true_ns(ends.pair));
}

void ends_bedside(void)
{
    struct link_path path = visitor_path();
    visitor_create(pair_issue("bedside-casablanca", LINK_KIND_BEDSIDE));
    console_station_init(&ends.twin, ends.visitor, &path, 1, PICTURE_GATE_NS,
                         pair_true_ns(ends.pair));
    console_station_role(&ends.twin, true, false);
}

void ends_order(enum order order, uint8_t seat)
{
    assert_true(console_station_order(&ends.twin, order, seat, pair_true_ns(ends.pair)));
    ends_run(50);
}

void ends_order_late(enum order order, uint64_t late_ns)
{
    uint64_t ordered_ns = pair_true_ns(ends.pair) - late_ns;
    ends.twin.refused_ns = 0;
    assert_true(console_station_order(&ends.twin, order, LEASE_NOBODY, ordered_ns));
    ends_run(50);
}

void ends_clutch_again(void)
{
    ends.foot = false;
    ends_run(300);
    ends.foot = true;
    ends_run(300);
}

void ends_follow_with_bedside(void)
{
    ends_start("delay=40ms");
    ends.asks_bedside = true;
    ends.reclutches = false;
    cart_init();
    ends_bedside();
    ends_run(1500);
    assert_int_equal(ends.cart.station.follow.supervisor.state, SUPERVISOR_OFF);
    assert_true(
        console_station_order(&ends.twin, ORDER_ENABLE, LEASE_NOBODY, pair_true_ns(ends.pair)));
    ends_run(100);
    ends_clutch_again();
    assert_true(supervisor_follows(&ends.cart.station.follow.supervisor));
}

void ends_visit(void)
{
    struct link_path path = visitor_path();
    visitor_create(pair_issue("console-osaka", LINK_KIND_CONSOLE));
    assert_int_equal(link_dial(ends.visitor, &path, 1, pair_true_ns(ends.pair), &visitor_peer),
                     LINK_OK);
}

void ends_visitor_sends(const struct gesture *gesture)
{
    uint8_t bytes[GESTURE_BYTES_MAX];
    uint64_t now_ns = pair_true_ns(ends.pair);
    assert_int_equal(link_send_sample(visitor_peer, STATION_GESTURES, bytes,
                                      gesture_encode(gesture, bytes), now_ns, now_ns, NULL),
                     LINK_OK);
}

/* Both. */

static void on_event(void *context, struct pair *pair, enum pair_end end,
                     const struct link_event *event)
{
    (void)context;
    (void)pair;
    if (end == PAIR_CART)
        cart_event(event);
    else
        console_event(event);
}

static uint64_t on_turn(void *context, struct pair *pair, enum pair_end end, uint64_t true_ns)
{
    (void)context;
    (void)pair;
    if (end == PAIR_CART)
        cart_turn(true_ns);
    else
        console_turn(true_ns);
    if (end == PAIR_CART && ends.visitor)
        visitor_turn();
    return true_ns + MS;
}

static void on_elsewhere(void *context, enum pair_end from, const struct link_path *path,
                         const uint8_t *bytes, size_t len, uint64_t true_ns)
{
    (void)context;
    (void)true_ns;
    if (from != PAIR_CART || path->address[0] != VISITOR_ADDRESS || mail_count == MAIL_KEPT)
        return;
    mail[mail_count].len = len;
    memcpy(mail[mail_count++].bytes, bytes, len);
}

void ends_start(const char *weather)
{
    ends_start_at(weather, 86400 * 1000 * MS);
}

void ends_start_at(const char *weather, uint64_t console_ns)
{
    struct pair_settings settings = {
        .seed = 7,
        .lines = 2,
        .weather = {weather, weather},
        .clock_offset_ns = {(int64_t)console_ns, 5000 * (int64_t)MS},
        .clock_drift_ppb = {20000, -20000},
        .hooks = {.event = on_event, .turn = on_turn, .elsewhere = on_elsewhere}};
    channels_set(&settings.link[PAIR_CART], true, PICTURE_NS);
    channels_set(&settings.link[PAIR_CONSOLE], false, PICTURE_NS);
    memset(&ends, 0, sizeof ends);
    mail_count = 0;
    ends.foot = ends.camera = ends.reclutches = true;
    ends.pair = pair_create(&settings);
    assert_non_null(ends.pair);
    cart_init();
    console_init();
}

void ends_run(unsigned ms)
{
    pair_run(ends.pair, pair_true_ns(ends.pair) + ms * MS);
}

void ends_stop(void)
{
    link_destroy(ends.visitor);
    link_identity_free(visitor_identity);
    visitor_identity = NULL;
    pair_destroy(ends.pair);
}

void ends_follow(const char *weather)
{
    ends_start(weather);
    for (int i = 0; i < 500 && ends.cart.station.follow.supervisor.cause != HOLD_NONE; i++)
        ends_run(10);
    assert_int_equal(ends.cart.station.follow.supervisor.cause, HOLD_NONE);
    ends_run(500);
    assert_int_equal(ends.cart.station.follow.supervisor.cause, HOLD_NONE);
}

int ends_begin(void **state)
{
    (void)state;
    ends_follow("delay=40ms");
    return 0;
}

int ends_end(void **state)
{
    (void)state;
    ends_stop();
    return 0;
}

void ends_restart(enum pair_end end)
{
    pair_restart(ends.pair, end);
    if (end == PAIR_CART)
        cart_init();
    else
        console_init();
}

int ends_bedside_begins(void **state)
{
    (void)state;
    ends_follow_with_bedside();
    return 0;
}
