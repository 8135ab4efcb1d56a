/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/cart.h"

#include <string.h>

#include "station/age.h"
#include "station/cart_inside.h"
#include "station/channels.h"
#include "station/fixture_names.h"
#include "station/strokes.h"

#define MS UINT64_C(1000000)

/* A pulse that came so lately says that the lines are up; ten in a row are missing then. */
#define HEARD_NS (200 * MS)

const struct cart_robot CART_ROBOT_PERFECT = {.motors_good = true, .force = {.arm_count = 2}};

void cart_station_init(struct cart_station *cart, const struct instrument *instrument,
                       const struct follow_settings *settings, bool is_alone)
{
    *cart = (struct cart_station){.is_alone = is_alone, .hold_told = HOLD_NONE};
    lease_init(&cart->lease);
    follow_init(&cart->follow, instrument, settings);
    about_make(&cart->about, "", &cart->follow.gates.profile, NULL);
}

/* Who is there. */

static struct cart_member *member_of(struct cart_station *cart, const struct link_peer *peer)
{
    for (size_t i = 0; i < LINK_PEERS_MAX; i++)
        if (cart->members[i].peer && cart->members[i].peer == peer)
            return &cart->members[i];
    return NULL;
}

static struct cart_member *member_in(struct cart_station *cart, uint8_t seat)
{
    for (size_t i = 0; seat != LEASE_NOBODY && i < LINK_PEERS_MAX; i++)
        if (cart->members[i].peer && cart->members[i].seat == seat)
            return &cart->members[i];
    return NULL;
}

bool cart_is_bedside(const struct cart_station *cart, const struct cart_member *member)
{
    return member->peer && cart->lease.seats[member->seat].role == LEASE_BEDSIDE;
}

/* Whose line the pictures' rate follows, and whom the status line tells of. */
static struct link_peer *chosen_peer(struct cart_station *cart)
{
    struct cart_member *owner = member_in(cart, cart->lease.owner);
    if (owner && !cart_is_bedside(cart, owner))
        return owner->peer;
    if (cart->peer && member_of(cart, cart->peer))
        return cart->peer;
    for (size_t i = 0; i < LINK_PEERS_MAX; i++)
        if (cart->members[i].peer && !cart_is_bedside(cart, &cart->members[i]))
            return cart->members[i].peer;
    return NULL;
}

static void choose_peer(struct cart_station *cart)
{
    struct link_peer *peer = chosen_peer(cart);
    if (peer != cart->peer)
        cart->picture_line = (struct picture_line){.is_poor = false};
    cart->peer = peer;
}

/* What follows from a lease that may have changed. */
void cart_heed_lease(struct cart_station *cart, uint64_t now_ns)
{
    if (cart->lease.number != cart->lease_known) {
        cart->lease_known = cart->lease.number;
        follow_lease_changed(&cart->follow, now_ns);
    }
    choose_peer(cart);
    cart->tell_ns = 0;
}

static void tell_roster(struct cart_station *cart)
{
    uint8_t bytes[ROSTER_BYTES_MAX];
    size_t len = roster_encode(&cart->lease, bytes);
    for (size_t i = 0; i < LINK_PEERS_MAX; i++)
        if (cart->members[i].peer) {
            enum link_err err = link_send_message(cart->members[i].peer, bytes, len);
            (void)err; /* full or closing: it is told at the next change, or is gone */
        }
}

static void tell_about(const struct cart_station *cart, struct link_peer *peer)
{
    uint8_t bytes[ABOUT_BYTES_MAX];
    enum link_err err = link_send_message(peer, bytes, about_encode(&cart->about, bytes));
    (void)err; /* it ended this instant: its event follows */
}

static void tell_fixtures(const struct cart_station *cart, struct link_peer *peer)
{
    const struct fixtures *fixtures = &cart->follow.guard.fixtures;
    uint8_t bytes[FIXTURE_NAMES_BYTES_MAX];
    if (!fixtures->count)
        return;
    enum link_err err = link_send_message(peer, bytes, fixture_names_encode(fixtures, bytes));
    (void)err; /* it ended this instant: its event follows */
}

/* A free place; NULL: there is none for this one, and `*why`. */
static struct cart_member *find_place(struct cart_station *cart, const struct link_peer *peer,
                                      const char **why)
{
    struct cart_member *free_place = NULL;
    size_t consoles = 0;
    for (size_t i = 0; i < LINK_PEERS_MAX; i++) {
        struct cart_member *member = &cart->members[i];
        if (!member->peer)
            free_place = free_place ? free_place : member;
        else
            consoles += !cart_is_bedside(cart, member);
    }
    bool is_console = link_peer_kind(peer) != LINK_KIND_BEDSIDE;
    bool is_kept = is_console && consoles >= CART_CONSOLES_MAX;
    *why = is_kept ? CART_REASON_KEPT : LINK_REASON_TAKEN;
    return is_kept ? NULL : free_place;
}

static struct cart_news refuse_another(struct link_peer *peer, const char *why, uint64_t now_ns)
{
    link_close(peer, why, now_ns);
    return (struct cart_news){.kind = CART_ANOTHER_REFUSED};
}

static struct cart_news meet(struct cart_station *cart, struct link_peer *peer, uint64_t now_ns)
{
    const char *why;
    struct cart_member *member = find_place(cart, peer, &why);
    if (!member)
        return refuse_another(peer, why, now_ns);
    uint8_t seat = lease_join(
        &cart->lease, link_peer_fingerprint(peer), link_peer_name(peer),
        link_peer_kind(peer) == LINK_KIND_BEDSIDE ? LEASE_BEDSIDE : LEASE_CONSOLE, now_ns);
    if (seat == LEASE_NOBODY)
        return refuse_another(peer, LINK_REASON_TAKEN, now_ns);
    *member = (struct cart_member){.peer = peer, .seat = seat};
    cart_heed_lease(cart, now_ns);
    tell_about(cart, peer);
    tell_fixtures(cart, peer);
    tell_roster(cart);
    return (struct cart_news){.kind = CART_MET, .recover = true, .damaged_ns = now_ns};
}

static struct cart_news part(struct cart_station *cart, struct cart_member *member, uint64_t now_ns)
{
    uint8_t seat = member->seat;
    lease_part(&cart->lease, seat, now_ns);
    *member = (struct cart_member){.peer = NULL};
    if (seat == cart->lease.owner)
        follow_session_lost(&cart->follow, now_ns);
    choose_peer(cart);
    tell_roster(cart);
    return (struct cart_news){.kind = CART_PARTED};
}

/* What they say. */

static struct cart_news take_gesture(struct cart_station *cart, const struct cart_member *member,
                                     const struct link_event *event, uint64_t now_ns)
{
    struct cart_news news = {.kind = CART_GESTURE, .outcome = FOLLOW_REFUSED};
    news.age = link_age_of(event->peer, event->stamp_ns, now_ns);
    struct follow_sample sample = {
        .sequence = event->sequence,
        .sampled_ns = event->stamp_ns,
        .measured = news.age.measured,
        .age_ns = age_most_ns(&news.age),
        .bound_ns = news.age.bound_ns,
    };
    enum motion_err err = gesture_decode(&sample.gesture, event->bytes, event->len);

    cart->received++;
    if (err == MOTION_OK && !lease_allows(&cart->lease, member->seat, sample.gesture.lease)) {
        cart->without_lease++;
        err = MOTION_ERR_LEASE;
    }
    if (err == MOTION_OK)
        news.outcome = follow_gesture(&cart->follow, &sample, now_ns);
    else
        follow_refuse(&cart->follow, err);
    return news;
}

static struct cart_news take_again(struct cart_station *cart)
{
    cart->again++;
    return (struct cart_news){.kind = CART_GESTURE, .outcome = FOLLOW_DUPLICATE};
}

/* The emergency stop is told as it stands, so that no message of it can be lost (hazard H-12). Of two panels either
 * button takes the power, and both must be out. It is kept here: a panel that crashed, and says "out" when it is
 * started again, has not been pulled out by anybody. Only who said "down" in the same session can take it back. */
static void heed_estop(struct cart_station *cart, struct cart_member *from, bool was_down,
                       uint64_t now_ns)
{
    bool is_down = false;
    bool is_press =
        from->pulse.flags & PULSE_ESTOP && (!was_down || from->pulse.press != from->heard_press);
    if (is_press) { /* also where another's, or a former one, is down already */
        cart_overtake(cart, ORDER_STOP);
        from->heard_press = from->pulse.press;
        cart->tell_ns = 0;
    }
    for (size_t i = 0; i < LINK_PEERS_MAX; i++) {
        const struct cart_member *member = &cart->members[i];
        is_down = is_down || (cart_is_bedside(cart, member) && member->pulse.flags & PULSE_ESTOP);
    }
    if (is_down == cart->bedside_estop || (!is_down && !was_down))
        return;
    cart->bedside_estop = is_down;
    follow_order(&cart->follow, is_down ? SUPERVISOR_ESTOP : SUPERVISOR_ESTOP_RELEASE, now_ns);
    cart->tell_ns = 0;
}

static struct cart_news take_pulse(struct cart_station *cart, struct cart_member *member,
                                   const struct link_event *event, uint64_t now_ns)
{
    bool was_down = member->pulse.flags & PULSE_ESTOP; /* in this session */
    if (pulse_decode(&member->pulse, event->bytes, event->len) == MOTION_OK) {
        member->has_pulse = true;
        member->heard_ns = now_ns;
        if (cart_is_bedside(cart, member))
            heed_estop(cart, member, was_down, now_ns);
    }
    return (struct cart_news){.kind = CART_NOTHING};
}

static struct cart_news take_sample(struct cart_station *cart, struct cart_member *member,
                                    const struct link_event *event, uint64_t now_ns)
{
    lease_hear(&cart->lease, member->seat, now_ns);
    if (event->channel == STATION_GESTURES)
        return take_gesture(cart, member, event, now_ns);
    if (event->channel == STATION_PULSE)
        return take_pulse(cart, member, event, now_ns);
    return (struct cart_news){.kind = CART_NOTHING};
}

/* To all but who said it. */
static void hand_on(struct cart_station *cart, const struct cart_member *member,
                    const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < LINK_PEERS_MAX; i++)
        if (cart->members[i].peer && &cart->members[i] != member) {
            enum link_err err = link_send_message(cart->members[i].peer, bytes, len);
            (void)err; /* full or closing: a stroke comes whole when it grows, and all fade */
        }
}

/* What one draws or wipes the others see, under the name of who did, whatever the message says. */
static void hand_on_stroke(struct cart_station *cart, const struct cart_member *member,
                           const struct link_event *event)
{
    struct stroke stroke;
    uint8_t bytes[STROKE_MESSAGE_BYTES_MAX];
    uint8_t author;
    if (wipe_message_decode(&author, event->bytes, event->len)) {
        wipe_message_encode(member->seat, bytes);
        hand_on(cart, member, bytes, WIPE_MESSAGE_BYTES);
    }
    if (!stroke_message_decode(&stroke, event->bytes, event->len))
        return;
    stroke.author = member->seat;
    hand_on(cart, member, bytes, stroke_message_encode(&stroke, bytes));
}

static struct cart_news take_message(struct cart_station *cart, struct cart_member *member,
                                     const struct link_event *event, uint64_t now_ns)
{
    struct cart_news news = {.kind = CART_NOTHING};
    struct order_message message;
    lease_hear(&cart->lease, member->seat, now_ns);
    hand_on_stroke(cart, member, event);
    news.recover = channels_recover_decode(&news.damaged_ns, event->bytes, event->len);
    if (!order_decode(&message, event->bytes, event->len))
        return news;
    return cart_order(cart, member, &message, now_ns);
}

/* After a silence of every line the console needs a picture that stands alone; to say so takes it a
 * round trip. */
static struct cart_news take_line(struct cart_member *member, const struct link_event *event,
                                  uint64_t now_ns)
{
    uint8_t line = (uint8_t)(1U << event->line);
    bool was_dark = !member->lines_good, is_good = event->line_state == LINK_LINE_GOOD;
    if (is_good)
        member->lines_good |= line;
    else if (event->line_state != LINK_LINE_SUSPECT) /* a moment's doubt darkens nothing */
        member->lines_good &= (uint8_t)~line;
    return (struct cart_news){.recover = is_good && was_dark, .damaged_ns = now_ns};
}

void cart_station_look(struct cart_station *cart, const struct layout *layout,
                       const double camera_jp[static CAMERA_AXES])
{
    const struct pose camera = layout_camera(layout, camera_jp);
    if (cart->follow.camera.layout != layout)
        follow_place_camera(&cart->follow, layout, camera_jp);
    for (unsigned i = 0; i < cart->follow.settings.arm_count; i++)
        follow_set_picture(&cart->follow, i, layout_camera_turn(layout, &camera, i));
}

struct cart_news cart_station_event(struct cart_station *cart, const struct link_event *event,
                                    uint64_t now_ns)
{
    const struct cart_news nothing = {.kind = CART_NOTHING};
    if (event->kind == LINK_EVENT_UP)
        return meet(cart, event->peer, now_ns);
    struct cart_member *member = member_of(cart, event->peer);
    if (!member)
        return nothing;
    switch (event->kind) {
    case LINK_EVENT_CLOSED:
        return part(cart, member, now_ns);
    case LINK_EVENT_SAMPLE:
        return take_sample(cart, member, event, now_ns);
    case LINK_EVENT_SAMPLE_AGAIN:
        return event->channel == STATION_GESTURES ? take_again(cart) : nothing;
    case LINK_EVENT_MESSAGE:
        return take_message(cart, member, event, now_ns);
    case LINK_EVENT_LINE:
        return take_line(member, event, now_ns);
    case LINK_EVENT_LINE_SIZE: /* it has swallowed whole pictures, which the console is yet to find out */
        return (struct cart_news){.recover = event->shrank, .damaged_ns = now_ns};
    case LINK_EVENT_UP:
    case LINK_EVENT_REFUSED:
    case LINK_EVENT_FRAME:
    case LINK_EVENT_LINE_MOVED:
    case LINK_EVENT_CLOCK_STEP:
    case LINK_EVENT_KEYS:
        break;
    }
    return nothing;
}

/* Time passes. */

/* Those parts that are further from where they were sent than the gate's limit, as a set. */
static uint8_t parts_beyond(const struct cart_robot *robot, const struct gates *gates,
                            enum supervisor_gate gate)
{
    uint8_t parts = 0;
    for (unsigned i = 0; i < STANDING_PARTS; i++)
        if (!(robot->error_mm[i] <= gates->profile.limits[gate].most))
            parts |= (uint8_t)(1U << i);
    return parts;
}

/* The greatest error counts; one that is not measured is no small one. Which part it was is kept while that is why the
 * robot has stopped: by then it is where its set-point went to meet it. */
static void read_tracking(struct cart_station *cart, const struct cart_robot *robot)
{
    struct gates *gates = &cart->follow.gates;
    bool follows = supervisor_follows(&cart->follow.supervisor);
    double most_mm = 0;
    for (unsigned i = 0; i < STANDING_PARTS && !isnan(most_mm); i++)
        if (!(robot->error_mm[i] <= most_mm))
            most_mm = robot->error_mm[i];
    gates_read(gates, GATE_TRACKING, most_mm, follows);
    gates_read(gates, GATE_TRACKING_NEAR, most_mm, follows);
    uint8_t stop = parts_beyond(robot, gates, GATE_TRACKING);
    if (cart->follow.supervisor.cause == HOLD_TRACKING)
        cart->astray |= stop;
    else
        cart->astray = stop ? stop : parts_beyond(robot, gates, GATE_TRACKING_NEAR);
}

void cart_station_robot(struct cart_station *cart, const struct cart_robot *robot)
{
    struct gates *gates = &cart->follow.gates;
    bool follows = supervisor_follows(&cart->follow.supervisor);
    gates_set(gates, GATE_POWER, robot->motors_good);
    gates_read(gates, GATE_ARM, robot->silent_ms, follows);
    read_tracking(cart, robot);
    bool has_force = tip_force_check(&robot->force) == MOTION_OK;
    double force_n = has_force ? tip_force_most_n(&robot->force) : GATE_UNMEASURED;
    gates_read(gates, GATE_FORCE, force_n, follows);
    gates_read(gates, GATE_FORCE_NEAR, force_n, follows);
    cart->force = has_force ? robot->force : (struct tip_force){.arm_count = 0};
    memcpy(cart->camera_jp, robot->camera_jp, sizeof cart->camera_jp);
    for (unsigned i = 0; i < robot->arm_count; i++)
        follow_measured(&cart->follow, i, robot->measured_jp[i],
                        has_force ? vec3_length(robot->force.forces_n[i]) : GATE_UNMEASURED);
    follow_camera_measured(&cart->follow, robot->camera_jp);
}

/* Of the newest pulse from a bedside, or its order to undock. */
static double bedside_silent_ms(const struct cart_station *cart, uint64_t now_ns)
{
    double least_ms = GATE_UNMEASURED;
    for (size_t i = 0; i < LINK_PEERS_MAX; i++) {
        const struct cart_member *member = &cart->members[i];
        if (cart_is_bedside(cart, member) && member->heard_ns)
            least_ms = fmin(least_ms, (double)(now_ns - member->heard_ns) * 1e-6);
    }
    return cart->is_alone ? 0 : least_ms;
}

/* Whether the lines carry pictures to who leads, or would. */
static void judge_lines(struct cart_station *cart, uint64_t now_ns)
{
    const struct cart_member *member = member_of(cart, cart->peer);
    if (!member)
        return;
    const struct pulse *pulse = &member->pulse;
    const struct picture_line_facts facts = {
        .room_bps = link_frame_rate_bps(member->peer, STATION_PICTURES),
        .late_ns = gates_limit_ns(&cart->follow.gates, GATE_PICTURE),
        .is_well = !cart->is_blind && member->has_pulse && now_ns - member->heard_ns < HEARD_NS,
        .sees = pulse->flags & PULSE_SEES && pulse->seen_captured_ns <= now_ns,
        .seen_captured_ns = pulse->seen_captured_ns,
    };
    picture_line_judge(&cart->picture_line, &facts, now_ns);
}

/* Of the picture that the owner of the lease acts on. The bedside has the patient before its eyes. */
static double picture_ms(const struct cart_station *cart, const struct cart_member *owner,
                         uint64_t now_ns)
{
    if (cart_is_bedside(cart, owner))
        return 0;
    const struct pulse *pulse = &owner->pulse;
    if (!owner->has_pulse || !(pulse->flags & PULSE_SEES) || pulse->seen_captured_ns > now_ns)
        return GATE_UNMEASURED;
    return (double)(now_ns - pulse->seen_captured_ns) * 1e-6;
}

static void read_gates(struct cart_station *cart, uint64_t now_ns)
{
    struct gates *gates = &cart->follow.gates;
    const struct cart_member *owner = member_in(cart, cart->lease.owner);
    bool follows = supervisor_follows(&cart->follow.supervisor);
    gates_set(gates, GATE_LEASE, cart->lease.owner != LEASE_NOBODY);
    gates_set(gates, GATE_SESSION, owner);
    gates_read(gates, GATE_BEDSIDE, bedside_silent_ms(cart, now_ns), follows);
    gates_set(gates, GATE_LINE,
              !cart->picture_line.is_poor || (owner && cart_is_bedside(cart, owner)));
    gates_read(gates, GATE_PICTURE, owner ? picture_ms(cart, owner, now_ns) : GATE_UNMEASURED,
               follows);
    bool has_delay = owner && owner->has_pulse && owner->pulse.delay_ms >= 0;
    gates_read(gates, GATE_DELAY, has_delay ? owner->pulse.delay_ms : GATE_UNMEASURED, follows);
    if (owner && owner->has_pulse && owner->pulse.scale > 0)
        follow_set_scale(&cart->follow, owner->pulse.scale);
}

bool cart_station_tick(struct cart_station *cart, uint64_t now_ns)
{
    struct follow *follow = &cart->follow;
    lease_tick(&cart->lease, now_ns);
    judge_lines(cart, now_ns);
    read_gates(cart, now_ns);
    if (cart->is_alone &&
        !follow->hold_counts[HOLD_START]) /* the one time that nobody has to ask */
        follow_order(follow, SUPERVISOR_ENABLE, now_ns);
    follow_tick(follow, now_ns);
    bool changed = follow->supervisor.cause != cart->hold_told;
    changed = cart_note_frozen(cart, now_ns) || changed;
    cart->hold_told = follow->supervisor.cause;
    if (changed)
        cart->tell_ns = 0;
    return changed;
}

struct cart_counts cart_station_counts(const struct cart_station *cart)
{
    const uint64_t *outcomes = cart->follow.outcomes;
    return (struct cart_counts){.received = cart->received,
                                .applied = outcomes[FOLLOW_APPLIED],
                                .late = outcomes[FOLLOW_LATE],
                                .duplicate = outcomes[FOLLOW_DUPLICATE] + cart->again,
                                .refused = outcomes[FOLLOW_REFUSED]};
}
