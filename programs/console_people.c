/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console_people.h"

#include <string.h>

#include "log/log.h"

#define NS_PER_MS UINT64_C(1000000)
#define ENABLE_AGAIN_NS UINT64_C(500000000)

const char *lease_seat_name(const struct roster *roster, uint8_t seat)
{
    if (seat >= LEASE_SEATS)
        return "nobody";
    return roster->seats[seat].is_known ? roster->seats[seat].name : "not yet known";
}

void lease_log(const struct console_station *console)
{
    const struct standing *standing = &console->standing;
    if (!console->has_standing)
        return;
    log_event(LOG_INFO, "lease", "owner=\"%s\" number=%u ours=%s asking=\"%s\"",
              lease_seat_name(&console->roster, standing->owner), standing->lease,
              console_station_has_lease(console) ? "yes" : "no",
              lease_seat_name(&console->roster, standing->asking));
}

/* What of the robot is not where it was sent, and what a fixture bars: `astray=left,camera barred=left:liver`. */
static void put_parts(const struct console_station *console, struct status *status)
{
    const struct standing *standing = &console->standing;
    enum standing_part barred = standing_barred(standing);
    for (unsigned i = 0, told = 0; i < STANDING_PARTS; i++)
        if (standing->astray & 1U << i)
            status_put(status, "%s%s",
                       told++ ? "," : "astray=", standing_part_word((enum standing_part)i));
    status_put(status, standing->astray ? " " : "");
    if (barred != STANDING_PARTS)
        status_put(status, "barred=%s:%s ", standing_part_word(barred),
                   console_station_fixture(console));
}

static void put_refused(struct status *status, const char *what, uint64_t count)
{
    if (count)
        status_put(status, "%s_refused=%llu ", what, (unsigned long long)count);
}

static const char *button_word(const struct console_station *console, uint64_t now_ns)
{
    if (console_station_estop_is_unheard(console, now_ns))
        return "unheard";
    return console->pulse.flags & PULSE_ESTOP ? "down" : "up";
}

/* `silent_ms=2140` of a cart that is not heard, and `unanswered=stop,request` of orders that it has not received. */
static void put_unheard(const struct console_station *console, struct status *status,
                        uint64_t now_ns)
{
    bool is_any = false;
    if (console->peer && !console_station_is_heard(console, now_ns))
        status_put(status, "silent_ms=%llu ",
                   (unsigned long long)((now_ns - console->heard_ns) / NS_PER_MS));
    for (unsigned order = 0; order < ORDERS; order++)
        if (console_station_order_is_unheard(console, (enum order)order, now_ns)) {
            status_put(status, "%s%s", is_any ? "," : "unanswered=", order_word((enum order)order));
            is_any = true;
        }
    status_put(status, "%s", is_any ? " " : "");
}

/* What the supervisor says, while it is heard: what it said last is not how things are (H-59). */
static void put_supervisor(const struct standing *standing, bool is_heard, struct status *status)
{
    if (!is_heard) {
        status_put(status, "supervisor=- clears=- reaction=- recorded=- ");
        return;
    }
    status_put(status, "supervisor=%s clears=%s reaction=%s recorded=%s ",
               supervisor_state_word(standing->state), clearing_word(standing_clears(standing)),
               reaction_word(standing->reaction),
               standing->flags & STANDING_RECORDS ? "yes" : "no");
    if (standing->frozen_by)
        status_put(status, "frozen=%s ", frozen_by_word(standing->frozen_by));
}

void people_put(const struct console_station *console, struct status *status, uint64_t now_ns)
{
    const struct standing *standing = &console->standing;
    put_refused(status, "state", console->state_refused);
    put_refused(status, "standing", console->standing_refused);
    put_refused(status, "about", console->about_refused);
    if (console->is_bedside)
        status_put(status, "estop=%s ", button_word(console, now_ns));
    put_unheard(console, status, now_ns);
    if (!console->peer || !console->has_standing) {
        status_put(status,
                   "owner=- lease=- ours=- asking=- supervisor=- clears=- reaction=- recorded=- ");
        return;
    }
    status_put_name(status, "owner", lease_seat_name(&console->roster, standing->owner));
    status_put_name(status, "asking", lease_seat_name(&console->roster, standing->asking));
    status_put(status, "lease=%u ours=%s ", standing->lease,
               console_station_has_lease(console) ? "yes" : "no");
    put_supervisor(standing, console_station_is_heard(console, now_ns), status);
    put_parts(console, status);
}

void people_hold(enum hold_cause hold)
{
    log_event(hold == HOLD_NONE ? LOG_INFO : LOG_WARN,
              hold == HOLD_NONE ? "arm_follows" : "arm_holds", "cause=\"%s\"",
              hold_cause_text(hold));
}

static uint8_t find_seat(const struct roster *roster, const char *name)
{
    for (uint8_t seat = 0; seat < LEASE_SEATS; seat++)
        if (roster->seats[seat].is_known && !strcmp(roster->seats[seat].name, name))
            return seat;
    return LEASE_NOBODY;
}

static const char *why_unsent(const struct console_station *console,
                              const struct order_message *order)
{
    if (!console->peer || console_station_is_told(console) || !order_begins(order))
        return "there is no session with the cart";
    return console->unreadable
               ? "the cart is of another version: update the older of the two"
               : "the cart has not said yet how things stand: once more in a moment";
}

const char *people_order(struct console_station *console, enum order order, const char *name,
                         uint64_t now_ns)
{
    uint8_t seat = name ? find_seat(&console->roster, name) : LEASE_NOBODY;
    if (name && seat == LEASE_NOBODY)
        return "nobody of that name is there";
    if (!console_station_order(console, order, seat, now_ns))
        return why_unsent(console, &(struct order_message){order, seat, now_ns});
    log_event(LOG_INFO, "ordered", "order=%s", order_word(order));
    return NULL;
}

const char *people_estop(struct console_station *console, bool is_down, uint64_t now_ns)
{
    if (!console->is_bedside)
        return "the emergency stop is at the bedside; here: stop";
    bool is_anothers = console->has_standing && console->standing.flags & STANDING_ESTOP &&
                       !(console->pulse.flags & PULSE_ESTOP);
    if (!is_down && is_anothers)
        return "this panel was started again, or it is another's button: estop on, then estop off";
    console_station_estop(console, is_down, now_ns);
    if (!console_station_estop_is_unheard(console, now_ns)) /* else people_watch_estop warns */
        log_event(LOG_INFO, "ordered", "order=estop button=%s", is_down ? "down" : "up");
    return NULL;
}

void people_watch_estop(struct people_estop *told, const struct console_station *console,
                        uint64_t now_ns)
{
    const struct people_estop seen = {console_station_estop_is_unheard(console, now_ns),
                                      console->estop_ends, console->estop_ns};
    bool is_news =
        !told->is_unheard || told->ends != seen.ends || told->pressed_ns != seen.pressed_ns;
    if (seen.is_unheard && is_news)
        log_event(LOG_WARN, "estop_unheard", "button=%s hint=\"%s\"", seen.ends ? "up" : "down",
                  seen.ends ? "the emergency stop did NOT reach the cart; that it was pressed and "
                              "let go is told when the session is back"
                            : "the emergency stop did NOT reach the cart: use the robot's own "
                              "button; this one stays down, and is told when the session is back");
    if (!seen.is_unheard && told->is_unheard && !console->estop_heard)
        return; /* told in a new session, and not yet answered */
    if (!seen.is_unheard && told->is_unheard)
        log_event(LOG_INFO, "estop_heard", "button=%s",
                  console->pulse.flags & PULSE_ESTOP ? "down" : "up");
    *told = seen;
}

void people_watch_orders(bool told[static ORDERS], const struct console_station *console,
                         uint64_t now_ns)
{
    for (unsigned i = 0; i < ORDERS; i++) {
        enum order order = (enum order)i;
        bool is_unheard = console_station_order_is_unheard(console, order, now_ns);
        bool is_lost = !console->ordered[i].is_away && console->unsent_ns[i] &&
                       console->unsent_ns[i] >= console->ordered[i].at_ns;
        if (is_unheard && !told[i])
            log_event(LOG_WARN, "order_unheard",
                      "order=%s hint=\"the cart is not known to have received it; it is sent on "
                      "until it does, or the session ends\"",
                      order_word(order));
        else if (told[i] && !is_unheard)
            log_event(is_lost ? LOG_WARN : LOG_INFO, is_lost ? "order_lost" : "order_heard",
                      "order=%s", order_word(order));
        told[i] = is_unheard;
    }
}

/* Of a cart that asks for no bedside: whoever reads this may start one. */
static const char *refusal_hint(const struct console_station *console)
{
    enum supervisor_event event;
    bool is_alone = console->has_standing && console->standing.flags & STANDING_ALONE;
    return is_alone && console->refusal.answer == LEASE_DENIED &&
                   order_is_bedsides(console->refusal.order, &event)
               ? " hint=\"only the bedside orders that, and the cart was started without: start a "
                 "panel, `jisr bedside`, or the cart again\""
               : "";
}

void people_refused(const struct console_station *console)
{
    const struct order_answer *refusal = &console->refusal;
    log_event(LOG_WARN, "order_refused", "order=%s answer=%s%s", order_word(refusal->order),
              lease_answer_word(refusal->answer), refusal_hint(console));
}

void people_warn_version(void)
{
    log_event(
        LOG_WARN, "versions_differ",
        "hint=\"what the cart says of its arm, or of how things stand, cannot be read here, and so "
        "nothing is led or begun from here: update the older of the two ends\"");
}

void people_enable_once(struct people_enable *enable, struct console_station *console,
                        uint64_t now_ns)
{
    const struct standing *standing = &console->standing;
    if (!console->has_standing || standing->failing & GATE_BIT(GATE_BEDSIDE))
        return;
    bool sleeps = standing->state == SUPERVISOR_OFF || standing->state == SUPERVISOR_DISABLED;
    enable->is_done |= !sleeps || standing->flags & STANDING_ESTOP;
    if (enable->is_done || now_ns < enable->next_ns)
        return;
    enable->next_ns = now_ns + ENABLE_AGAIN_NS;
    (void)people_order(console, ORDER_ENABLE, NULL, now_ns);
}
