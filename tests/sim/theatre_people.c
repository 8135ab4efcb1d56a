/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two surgeons who want to work, and the team at the bedside that looks after the robot. */
#include <math.h>
#include <string.h>

#include "sim/theatre_world.h"
#include "station/channels.h"

#define MS THEATRE_MS
#define PICTURE_GATE_NS (500 * MS)
#define LIFT_NS (120 * MS)
#define DOCK_LEAST_M                                                                               \
    0.03 /* of insertion: less, and the panel sees an instrument outside, as where it is told so */

void theatre_site_start(struct theatre *theatre, enum star_site number)
{
    struct theatre_site *site = &theatre->sites[number];
    struct link_path path = star_path();
    uint64_t now_ns = star_clock_ns(&theatre->star, number);
    memset(site, 0, sizeof *site);
    bool is_broken = random_chance(&theatre->random, 0.25); /* the cart must not rely on its gate */
    console_station_init(&site->station, theatre->star.sites[number].link, &path, 1,
                         is_broken ? UINT64_MAX : PICTURE_GATE_NS, now_ns);
    console_station_role(&site->station, number == STAR_PANEL, number == STAR_SECOND);
    clutch_init(&site->clutch);
    site->wants = number == STAR_FIRST;
    site->think_ns = theatre->star.now_ns + (100 + random_below(&theatre->random, 300)) * MS;
}

static void look(struct theatre *theatre, struct theatre_site *site, enum star_site number,
                 const struct link_event *event)
{
    const struct console_picture picture = {.captured_ns = event->stamp_ns, .is_shown = true};
    if (event->frame_state == LINK_FRAME_LOST || site->is_blind)
        return;
    console_station_look(&site->station, &picture, star_clock_ns(&theatre->star, number));
    site->seen_ns = event->stamp_ns - theatre->star.sites[STAR_CART].offset_ns;
}

void theatre_site_event(struct theatre *theatre, enum star_site number,
                        const struct link_event *event)
{
    struct theatre_site *site = &theatre->sites[number];
    enum console_news news =
        console_station_event(&site->station, event, star_clock_ns(&theatre->star, number));
    if (news == CONSOLE_PICTURE)
        look(theatre, site, number, event);
    if (news == CONSOLE_MET)
        memset(site->sent, 0, sizeof site->sent);
}

/* The foot is lifted now and then while the arm does not follow; how long it takes is not judged. */
static bool foot_is_down(struct theatre *theatre, struct theatre_site *site)
{
    uint64_t now_ns = theatre->star.now_ns;
    bool follows = site->station.has_state && site->station.state.hold_cause == HOLD_NONE;
    if (!follows && now_ns >= site->lift_ns + 900 * MS)
        site->lift_ns = now_ns + LIFT_NS;
    return now_ns >= site->lift_ns;
}

static void move_hands(struct theatre *theatre, enum star_site number, uint64_t now_ns)
{
    struct theatre_site *site = &theatre->sites[number];
    struct clutch_hands hands = {
        .hand_count = 2, .pedal = foot_is_down(theatre, site), .is_absent = site->is_absent};
    struct gesture gesture;
    uint8_t bytes[GESTURE_BYTES_MAX];
    uint32_t sequence;

    hands.hands[0].pose = hands.hands[1].pose = POSE_IDENTITY;
    hands.hands[0].jaw_rad = hands.hands[1].jaw_rad = theatre_jaw_rad(number);
    hands.hands[0].pose.position_m.x = 0.03 * sin((double)theatre->star.now_ns * 4e-9);
    clutch_gesture(&site->clutch, &hands, now_ns, &gesture);
    if (console_station_send(&site->station, &gesture, now_ns, now_ns, bytes, &sequence))
        site->sent[sequence % THEATRE_SENT_KEPT] =
            (struct theatre_sent){theatre->star.now_ns, sequence, gesture.flags & GESTURE_ENGAGED};
}

void theatre_order(struct theatre *theatre, enum star_site number, enum order what, uint8_t seat)
{
    static const char *const names[STAR_SITES] = {"cart", "first", "second", "panel"};
    struct theatre_asked *asked = &theatre->asked[number];
    uint64_t now_ns = star_clock_ns(&theatre->star, number);
    if (what == ORDER_REQUEST)
        asked->at_ns[asked->count++ % THEATRE_ASKED_KEPT] = now_ns;
    if (console_station_order(&theatre->sites[number].station, what, seat, now_ns))
        theatre_say(theatre, "%s orders: %s", names[number], order_word(what));
}

/* Somebody asks for what is ours: usually they get it. */
static void answer(struct theatre *theatre, enum star_site number)
{
    const struct standing *standing = &theatre->sites[number].station.standing;
    if (standing->asking == LEASE_NOBODY)
        return;
    if (random_chance(&theatre->random, 0.6))
        theatre_order(theatre, number, ORDER_GRANT, standing->asking);
    else if (random_chance(&theatre->random, 0.5))
        theatre_order(theatre, number, ORDER_REFUSE, LEASE_NOBODY);
}

static void think_surgeon(struct theatre *theatre, enum star_site number)
{
    struct theatre_site *site = &theatre->sites[number];
    bool is_calm = theatre->star.now_ns >= theatre->calm_ns;
    bool has_lease = console_station_has_lease(&site->station);
    if (!site->station.has_standing)
        return;
    if (is_calm)
        site->wants = number == STAR_FIRST;
    else if (random_chance(&theatre->random, 0.1))
        site->wants = !site->wants;
    if (has_lease && (!site->wants || site->station.standing.asking != LEASE_NOBODY)) {
        answer(theatre, number);
        if (!site->wants && random_chance(&theatre->random, 0.3))
            theatre_order(theatre, number, ORDER_RELEASE, LEASE_NOBODY);
    }
    if (!has_lease && site->wants)
        theatre_order(theatre, number, ORDER_REQUEST, LEASE_NOBODY);
    if (!is_calm && random_chance(&theatre->random, 0.01))
        theatre_order(theatre, number, ORDER_STOP, LEASE_NOBODY);
}

/* The seat of the first console, as the roster has it. */
static uint8_t seat_of_first(const struct console_station *panel)
{
    for (uint8_t i = 0; i < LEASE_SEATS; i++)
        if (panel->roster.seats[i].is_known && !strcmp(panel->roster.seats[i].name, "first"))
            return i;
    return LEASE_NOBODY;
}

static void press_button(struct theatre *theatre, struct theatre_site *panel)
{
    uint64_t now_ns = star_clock_ns(&theatre->star, STAR_PANEL);
    bool is_down = panel->station.pulse.flags & PULSE_ESTOP && !panel->station.estop_ends;
    bool is_calm = theatre->star.now_ns >= theatre->calm_ns;
    bool is_left = panel->station.standing.flags & STANDING_ESTOP; /* perhaps of before */
    if (is_down && (is_calm || theatre->star.now_ns >= panel->press_ns)) {
        console_station_estop(&panel->station, false, now_ns);
        theatre->button_is_out = true;
        theatre_say(theatre, "panel: button out");
    } else if (!is_down && ((is_left && random_chance(&theatre->random, is_calm ? 1 : 0.3)) ||
                            (!is_calm && random_chance(&theatre->random, 0.03)))) {
        console_station_estop(&panel->station, true, now_ns);
        panel->press_ns = theatre->star.now_ns + random_below(&theatre->random, 800) * MS;
        theatre->was_out = theatre->button_is_out;
        theatre->button_is_out = false;
        theatre->pressed_ns = now_ns;
        theatre->figures.estops++;
        theatre_say(theatre, "panel: button down");
    }
}

/* Looks after the robot, and now and then takes it. */
static void think_panel(struct theatre *theatre)
{
    struct theatre_site *panel = &theatre->sites[STAR_PANEL];
    struct console_station *station = &panel->station;
    const struct standing *standing = &station->standing;
    bool is_calm = theatre->star.now_ns >= theatre->calm_ns;
    if (!station->has_standing)
        return;
    press_button(theatre, panel);
    if (standing->state == SUPERVISOR_OFF || standing->state == SUPERVISOR_DISABLED)
        theatre_order(theatre, STAR_PANEL, ORDER_ENABLE, LEASE_NOBODY);
    if (standing->state == SUPERVISOR_STOPPED)
        theatre_order(theatre, STAR_PANEL, ORDER_RESET, LEASE_NOBODY);
    if (console_station_has_lease(station) && (is_calm || random_chance(&theatre->random, 0.4)))
        theatre_order(theatre, STAR_PANEL, ORDER_GRANT, seat_of_first(station));
    if (is_calm && standing->owner != LEASE_NOBODY && standing->owner != seat_of_first(station) &&
        standing->asking != LEASE_NOBODY)
        theatre_order(theatre, STAR_PANEL, ORDER_GRANT, standing->asking);
    double in_m = theatre->cart.follow.arms[0].joints[AXIS_INSERTION];
    if ((in_m < DOCK_LEAST_M || standing->cause == HOLD_UNDOCKED) &&
        standing->state != SUPERVISOR_UNDOCKING &&
        (is_calm || random_chance(&theatre->random, 0.3)))
        theatre_order(theatre, STAR_PANEL, ORDER_DOCK, LEASE_NOBODY);
    if (standing->state == SUPERVISOR_DOCKING && !is_calm && random_chance(&theatre->random, 0.1))
        theatre_order(theatre, STAR_PANEL, ORDER_UNDOCK_STOP, LEASE_NOBODY);
    if (is_calm)
        return;
    if (random_chance(&theatre->random, 0.06))
        theatre_order(theatre, STAR_PANEL, ORDER_REQUEST, LEASE_NOBODY);
    if (random_chance(&theatre->random, 0.02))
        theatre_order(theatre, STAR_PANEL, ORDER_DISABLE, LEASE_NOBODY);
    if (random_chance(&theatre->random, 0.01))
        theatre_order(theatre, STAR_PANEL, ORDER_UNDOCK, LEASE_NOBODY);
}

void theatre_site_turn(struct theatre *theatre, enum star_site number)
{
    struct theatre_site *site = &theatre->sites[number];
    uint64_t now_ns = star_clock_ns(&theatre->star, number);
    move_hands(theatre, number, now_ns);
    if (theatre->star.now_ns >= site->think_ns) {
        site->think_ns = theatre->star.now_ns + (100 + random_below(&theatre->random, 200)) * MS;
        if (number == STAR_PANEL)
            think_panel(theatre);
        else
            think_surgeon(theatre, number);
    }
    (void)console_station_turn(&site->station, now_ns);
}
