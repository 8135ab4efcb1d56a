/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of sim/theatre.h. */
#include <math.h>
#include <string.h>

#include "sim/theatre_world.h"
#include "station/channels.h"

#define MS THEATRE_MS

/* Braking from full speed takes 25 ms, and the set-point is the mean of the last ticks. */
#define STOPPED_AFTER_NS (150 * MS)
#define TICK_NS MS

#define MOTION_LEAST 1e-12 /* rad or m in a tick: less is how a mean of equal numbers is rounded */

void theatre_judge_restart(struct theatre *theatre)
{
    theatre->judge = (struct theatre_judge){.moved_by = STAR_CART,
                                            .jaws_by = STAR_CART,
                                            .granted_ns = theatre->star.now_ns,
                                            .moves_ns = theatre->star.now_ns};
    lease_init(&theatre->judge.lease);
}

/* The site of a seat; STAR_CART: nobody's. */
static enum star_site site_in(const struct lease *lease, uint8_t seat)
{
    const char *name = seat < LEASE_SEATS ? lease->seats[seat].name : "";
    return !strcmp(name, "first")    ? STAR_FIRST
           : !strcmp(name, "second") ? STAR_SECOND
           : !strcmp(name, "panel")  ? STAR_PANEL
                                     : STAR_CART;
}

static bool is_gone(const struct theatre *theatre, uint8_t seat)
{
    const struct lease *before = &theatre->judge.lease;
    uint64_t heard_ns = theatre->judge.sample_ns[site_in(before, seat)];
    return !before->seats[seat].here || theatre->star.now_ns - heard_ns + TICK_NS > LEASE_SILENT_NS;
}

/* Whether a person gave the order, at once or when it had waited, and no program by itself. */
static bool is_asked(const struct theatre *theatre, const struct cart_news *news)
{
    const struct theatre_asked *asked = &theatre->asked[site_in(&theatre->cart.lease, news->by)];
    bool is_known = false;
    for (unsigned i = 0; i < THEATRE_ASKED_KEPT; i++)
        is_known |= asked->at_ns[i] == news->ordered_ns;
    return is_known;
}

/* H-10, 14, 15: who may bring about that the lease changes hands. */
static bool may_change(const struct theatre *theatre, const struct cart_news *news)
{
    const struct lease *before = &theatre->judge.lease, *now = &theatre->cart.lease;
    bool by_bedside = news->by < LEASE_SEATS && now->seats[news->by].role == LEASE_BEDSIDE;
    if (news->kind == CART_MET)
        return now->owner == before->owner; /* it came back */
    if (news->kind != CART_ORDER)
        return false;
    if (news->order == ORDER_REQUEST)
        return now->owner == news->by &&
               (before->owner == LEASE_NOBODY ||
                (is_asked(theatre, news) && (by_bedside || is_gone(theatre, before->owner))));
    if (news->order == ORDER_GRANT)
        return news->by == before->owner || by_bedside;
    return news->order == ORDER_RELEASE && news->by == before->owner && now->owner == LEASE_NOBODY;
}

static void h14_h15_judge_lease(struct theatre *theatre, const struct cart_news *news)
{
    struct theatre_judge *judge = &theatre->judge;
    const struct lease *now = &theatre->cart.lease;
    if (now->number == judge->lease.number && now->owner == judge->lease.owner) {
        judge->lease = *now;
        return;
    }
    if (now->number <= judge->lease.number)
        theatre_fail(theatre, "the lease's number went from %u to %u", judge->lease.number,
                     now->number);
    if (!may_change(theatre, news))
        theatre_fail(theatre, "the lease went from seat %u to %u without a reason",
                     judge->lease.owner, now->owner);
    theatre->figures.leases++;
    theatre->figures.takeovers += site_in(now, now->owner) == STAR_PANEL;
    judge->granted_ns = theatre->star.now_ns;
    judge->lease = *now;
    theatre_say(theatre, "lease %u: seat %u", now->number, now->owner);
}

/* An engaged gesture was applied. */
static void h10_judge_gesture(struct theatre *theatre, const struct link_event *event)
{
    struct theatre_judge *judge = &theatre->judge;
    enum star_site site = theatre_site_of(event->peer);
    const struct theatre_sent *sent =
        &theatre->sites[site].sent[event->sequence % THEATRE_SENT_KEPT];
    uint64_t now_ns = theatre->star.now_ns;

    if (site != site_in(&theatre->cart.lease, theatre->cart.lease.owner))
        theatre_fail(theatre, "a gesture of a site without the lease was applied");
    if (judge->moved_by != STAR_CART && judge->moved_by != site && !judge->has_held)
        theatre_fail(theatre, "the arm went from one site's hands to another's without a hold");
    judge->moved_by = site;
    judge->jaws_by = judge->jaws_by == STAR_CART ? site : judge->jaws_by;
    judge->has_held = false;
    theatre->figures.applied++;
    if (sent->sequence != event->sequence || !sent->true_ns)
        return; /* of a console that was killed since */
    if (sent->true_ns < judge->granted_ns)
        theatre_fail(theatre, "a gesture from before the lease was given was applied");
    if (now_ns - sent->true_ns > gates_limit_ns(&theatre->cart.follow.gates, GATE_AGE) + TICK_NS)
        theatre_fail(theatre, "a gesture %.1f ms old was applied",
                     (double)(now_ns - sent->true_ns) / 1e6);
}

/* H-12: down from the first pulse that says so, and until a person has pulled it out: a panel that was started
 * again says "out" without anybody. One that left before it was pressed again is still of the time before. */
static void h12_note_button(struct theatre *theatre, const struct link_event *event)
{
    struct pulse pulse;
    if (event->channel != STATION_PULSE || theatre_site_of(event->peer) != STAR_PANEL ||
        pulse_decode(&pulse, event->bytes, event->len) != MOTION_OK)
        return;
    bool was_before = event->stamp_ns < theatre->pressed_ns;
    if (pulse.flags & PULSE_ESTOP)
        theatre->judge.button_is_down = true;
    else if (was_before ? theatre->was_out : theatre->button_is_out)
        theatre->judge.button_is_down = false;
}

void theatre_judge_event(struct theatre *theatre, const struct link_event *event,
                         const struct cart_news *news, const struct follow *before)
{
    struct gesture gesture;
    if (event->kind == LINK_EVENT_SAMPLE || event->kind == LINK_EVENT_MESSAGE)
        theatre->judge.sample_ns[theatre_site_of(event->peer)] = theatre->star.now_ns;
    if (event->kind == LINK_EVENT_SAMPLE)
        h12_note_button(theatre, event);
    h14_h15_judge_lease(theatre, news);
    theatre->figures.stale +=
        theatre->cart.follow.refused[MOTION_ERR_LEASE] - before->refused[MOTION_ERR_LEASE];
    if (event->kind == LINK_EVENT_SAMPLE && news->kind == CART_GESTURE &&
        news->outcome == FOLLOW_APPLIED &&
        gesture_decode(&gesture, event->bytes, event->len) == MOTION_OK &&
        gesture.flags & GESTURE_ENGAGED)
        h10_judge_gesture(theatre, event);
}

/* Why it must not follow now; NULL: nothing that we know of. */
static const char *must_not_follow(const struct theatre *theatre)
{
    const struct cart_robot *robot = &theatre->robot;
    const struct gates *gates = &theatre->cart.follow.gates;
    uint64_t now_ns = theatre->star.now_ns;
    enum star_site owner = site_in(&theatre->cart.lease, theatre->cart.lease.owner);
    if (owner == STAR_CART)
        return "nobody has the lease";
    if (theatre->robot_ill_ns && memcmp(robot, &CART_ROBOT_PERFECT, sizeof *robot) != 0)
        return "the robot has a fault";
    if (now_ns - theatre->judge.sample_ns[STAR_PANEL] >
        gates_limit_ns(gates, GATE_BEDSIDE) + TICK_NS)
        return "the panel is silent";
    uint64_t seen_ns = theatre->sites[owner].seen_ns;
    if (owner != STAR_PANEL && seen_ns &&
        now_ns - seen_ns > gates_limit_ns(gates, GATE_PICTURE) + TICK_NS)
        return "its surgeon sees an old picture";
    return theatre->judge.button_is_down ? "the button is down" : NULL;
}

/* H-25: hands that are never where the jaws are lead no jaws but those that nobody had led. */
static void h25_judge_jaws(struct theatre *theatre)
{
    const struct follow *follow = &theatre->cart.follow;
    const struct theatre_judge *judge = &theatre->judge;
    double to_rad = theatre_jaw_rad(judge->jaws_by);
    for (unsigned i = 0; i < follow->settings.arm_count && judge->has_before; i++) {
        double was_rad = judge->before[i][AXIS_JAW], is_rad = follow->arms[i].joints[AXIS_JAW];
        if (fabs(is_rad - to_rad) > fabs(was_rad - to_rad) + MOTION_LEAST)
            theatre_fail(theatre, "jaws go where hands are that had never been where they were");
    }
}

static bool has_moved(struct theatre *theatre)
{
    const struct follow *follow = &theatre->cart.follow;
    bool moved = false;
    for (unsigned i = 0; i < follow->settings.arm_count; i++) {
        double *before = theatre->judge.before[i];
        const double *joints = follow->arms[i].joints;
        for (int axis = 0; axis < INSTRUMENT_AXES; axis++)
            moved |= theatre->judge.has_before && fabs(joints[axis] - before[axis]) > MOTION_LEAST;
        memcpy(before, joints, sizeof follow->arms[i].joints);
    }
    theatre->judge.has_before = true;
    return moved;
}

void theatre_judge_tick(struct theatre *theatre)
{
    const struct supervisor *supervisor = &theatre->cart.follow.supervisor;
    struct theatre_judge *judge = &theatre->judge;
    uint64_t now_ns = theatre->star.now_ns;
    bool follows = supervisor_follows(supervisor);
    if (follows)
        h25_judge_jaws(theatre);
    bool moved = has_moved(theatre);
    const char *why_not = must_not_follow(theatre);

    if (follows && why_not)
        theatre_fail(theatre, "it follows though %s", why_not);
    if (follows && supervisor->is_out)
        theatre_fail(theatre, "it follows though the instruments are out");
    if (judge->button_is_down && supervisor->state != SUPERVISOR_OFF)
        theatre_fail(theatre, "it has power though the button is down");
    if (judge->button_is_down && !supervisor->estop)
        theatre_fail(theatre, "the emergency stop is over though nobody pulled the button out");
    judge->has_held |= !follows;
    theatre->figures.undockings += supervisor->state == SUPERVISOR_UNDOCKING;
    theatre->figures.dockings += supervisor->state == SUPERVISOR_DOCKING;
    if (follows || supervisor->state == SUPERVISOR_UNDOCKING ||
        supervisor->state == SUPERVISOR_DOCKING)
        judge->moves_ns = now_ns;
    if (moved && now_ns - judge->moves_ns > STOPPED_AFTER_NS)
        theatre_fail(theatre, "the arm moves though it must stand (%s, %s)",
                     supervisor_state_word(supervisor->state), hold_cause_text(supervisor->cause));
    theatre->figures.moved_ms += moved;
}
