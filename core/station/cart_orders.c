/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people order the cart: who may, whether it is young enough, and what comes of it. station/cart.h. */
#include "station/age.h"
#include "station/cart_inside.h"

/* Whether the supervisor has done what was ordered; what ends something it always does. */
static bool has_come_about(enum order order, enum supervisor_state state)
{
    switch (order) {
    case ORDER_ENABLE:
        return state == SUPERVISOR_READY || state == SUPERVISOR_FOLLOWING ||
               state == SUPERVISOR_HELD;
    case ORDER_RESET:
        return state != SUPERVISOR_STOPPED && state != SUPERVISOR_OFF;
    case ORDER_UNDOCK:
        return state == SUPERVISOR_UNDOCKING;
    case ORDER_DOCK:
        return state == SUPERVISOR_DOCKING;
    default:
        return true;
    }
}

/* Who ordered was there `ago_ns` ago, and that may be news here: no pulse of it has come since an outage. Gone by now,
 * it is not (H-70). */
static void hear_from_order(struct cart_station *cart, struct cart_member *member, uint64_t ago_ns,
                            uint64_t now_ns)
{
    struct gates *gates = &cart->follow.gates;
    if (ago_ns < now_ns - member->heard_ns)
        member->heard_ns = now_ns - ago_ns;
    if (gates->failing & GATE_BIT(GATE_BEDSIDE)) /* else another panel is there */
        gates_read(gates, GATE_BEDSIDE, (double)(now_ns - member->heard_ns) * 1e-6, false);
}

/* `ago_ns`: since when its sender is not known to be there, as far as the order shows. */
static enum lease_answer obey(struct cart_station *cart, struct cart_member *member,
                              const struct order_message *message, uint64_t ago_ns, uint64_t now_ns)
{
    enum supervisor_event event;
    if (order_is_bedsides(message->order, &event)) {
        if (!cart_is_bedside(cart, member))
            return LEASE_DENIED;
        if (event == SUPERVISOR_UNDOCK || event == SUPERVISOR_DOCK)
            hear_from_order(cart, member, ago_ns, now_ns);
        follow_order(&cart->follow, event, now_ns);
        return has_come_about(message->order, cart->follow.supervisor.state) ? LEASE_DONE
                                                                             : LEASE_NOT_NOW;
    }
    switch (message->order) {
    case ORDER_REQUEST: /* a program's own, which may be old, takes it from nobody (H-15) */
        if (message->seat != LEASE_NOBODY && cart->lease.owner != LEASE_NOBODY)
            return LEASE_DONE;
        return lease_request(&cart->lease, member->seat, now_ns);
    case ORDER_GRANT:
        return lease_grant(&cart->lease, member->seat, message->seat);
    case ORDER_REFUSE:
        return lease_refuse(&cart->lease, member->seat);
    case ORDER_RELEASE:
        return lease_release(&cart->lease, member->seat);
    case ORDER_STOP:
        follow_order(&cart->follow, SUPERVISOR_STOP, now_ns);
        return LEASE_DONE;
    case ORDER_MARK: /* for the record: the news say it */
        return LEASE_DONE;
    case ORDER_ENABLE:
    case ORDER_DISABLE:
    case ORDER_RESET:
    case ORDER_UNDOCK:
    case ORDER_UNDOCK_STOP:
    case ORDER_DOCK:
    case ORDERS:
        break;
    }
    return LEASE_DENIED;
}

static void tell_refused(const struct cart_member *member, const struct cart_news *news)
{
    uint8_t bytes[ORDER_ANSWER_BYTES];
    if (news->answer != LEASE_DENIED && news->answer != LEASE_BUSY &&
        news->answer != LEASE_TOO_LATE && news->answer != LEASE_NOT_NOW &&
        news->answer != LEASE_UNMEASURED && news->answer != LEASE_AHEAD)
        return;
    order_answer_encode(&(struct order_answer){news->order, news->answer}, bytes);
    enum link_err err = link_send_message(member->peer, bytes, sizeof bytes);
    (void)err; /* full or closing: how things stand tells that nothing has come of it */
}

static struct cart_news answer(struct cart_station *cart, const struct cart_member *member,
                               const struct order_message *message, enum lease_answer answer,
                               uint64_t now_ns)
{
    const struct cart_news news = {.kind = CART_ORDER,
                                   .order = message->order,
                                   .by = member->seat,
                                   .answer = answer,
                                   .ordered_ns = message->ordered_ns};
    tell_refused(member, &news);
    cart_heed_lease(cart, now_ns);
    return news;
}

/* Whether an order that begins something may, by its age: LEASE_DONE, or why not. */
static enum lease_answer weigh_age(struct cart_station *cart, const struct link_age *age)
{
    if (!age->measured)
        return LEASE_UNMEASURED;
    bool is_ahead = age->ns < 0 && (uint64_t)-age->ns > age->bound_ns;
    if (is_ahead) { /* not even the clock's error explains it */
        cart->orders_ahead++;
        return LEASE_AHEAD;
    }
    return age_most_ns(age) > ORDER_YOUNG_NS ? LEASE_TOO_LATE : LEASE_DONE;
}

/* What has come of an order of which the age is known, or does not matter. One to undock that has just come is a word
 * of who sends it, so that no pulse is waited for (H-19); one that `has_waited` here is as old as it says. */
static struct cart_news carry_out(struct cart_station *cart, struct cart_member *member,
                                  const struct order_message *message, bool has_waited,
                                  uint64_t now_ns)
{
    const struct link_age age = link_age_of(member->peer, message->ordered_ns, now_ns);
    enum lease_answer weighed = order_begins(message) ? weigh_age(cart, &age) : LEASE_DONE;
    if (weighed != LEASE_DONE)
        return answer(cart, member, message, weighed, now_ns);
    bool is_word = message->order == ORDER_UNDOCK && !has_waited;
    uint64_t ago_ns = is_word ? 0 : age_most_ns(&age);
    return answer(cart, member, message, obey(cart, member, message, ago_ns, now_ns), now_ns);
}

void cart_overtake(struct cart_station *cart, enum order by)
{
    for (size_t i = 0; i < LINK_PEERS_MAX; i++)
        order_waits_overtake(&cart->members[i].waits, by);
}

struct cart_news cart_order(struct cart_station *cart, struct cart_member *member,
                            const struct order_message *message, uint64_t now_ns)
{
    bool begins = order_begins(message);
    bool waits = member->waits.count > 0 || /* behind what came before it */
                 !link_age_of(member->peer, message->ordered_ns, now_ns).measured;
    if (begins && waits && order_waits_keep(&member->waits, message, now_ns))
        return (struct cart_news){.kind = CART_NOTHING};
    if (message->order == ORDER_RELEASE)
        order_waits_withdraw(&member->waits);
    const struct cart_news news = carry_out(cart, member, message, false, now_ns);
    bool has_weight = message->order == ORDER_REQUEST ? news.answer == LEASE_GRANTED
                                                      : !begins && news.answer != LEASE_DENIED;
    if (has_weight)
        cart_overtake(cart, message->order);
    return news;
}

/* What stopped the robot, whoever or whatever did, came after the orders that wait: they did not know of it. */
static void heed_stop(struct cart_station *cart)
{
    const struct supervisor *now = &cart->follow.supervisor, *seen = &cart->waits_saw;
    bool is_stopped = now->state == SUPERVISOR_OFF || now->state == SUPERVISOR_STOPPED;
    if (is_stopped && (now->state != seen->state || now->cause != seen->cause))
        cart_overtake(cart, ORDER_STOP);
    cart->waits_saw = *now;
}

struct cart_news cart_station_waited(struct cart_station *cart, uint64_t now_ns)
{
    struct order_wait wait;
    heed_stop(cart);
    for (size_t i = 0; i < LINK_PEERS_MAX; i++) {
        struct cart_member *member = &cart->members[i];
        bool is_measured = member->peer && link_peer_clock(member->peer, now_ns).measured;
        if (!order_waits_take(&member->waits, is_measured, now_ns, &wait))
            continue;
        if (wait.is_overtaken)
            return answer(cart, member, &wait.message, LEASE_NOT_NOW, now_ns);
        return carry_out(cart, member, &wait.message, true, now_ns);
    }
    return (struct cart_news){.kind = CART_NOTHING};
}
