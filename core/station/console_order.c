/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders of people at this end: what leaves, and whether it has arrived. station/console.h. */
#include "station/console_inside.h"

bool console_station_order(struct console_station *console, enum order order, uint8_t seat,
                           uint64_t now_ns)
{
    uint8_t message[ORDER_BYTES];
    const struct order_message asked = {order, seat, now_ns};
    order_encode(&asked, message);
    bool is_blind = order_begins(&asked) && !console_station_is_told(console);
    bool is_sent = console->peer && !is_blind &&
                   link_send_message(console->peer, message, sizeof message) == LINK_OK;
    if (!is_sent) {
        console->unsent_ns[order] = now_ns;
        return false;
    }
    struct console_ordered *ordered = &console->ordered[order];
    if (!ordered->is_away) /* who presses again and again waits since the first */
        ordered->at_ns = now_ns;
    ordered->is_away = true;
    ordered->given = link_messages_of(console->peer).given;
    return true;
}

void console_orders_heard(struct console_station *console)
{
    if (!console->peer)
        return;
    uint64_t acknowledged = link_messages_of(console->peer).acknowledged;
    for (unsigned order = 0; order < ORDERS; order++)
        if (console->ordered[order].given <= acknowledged)
            console->ordered[order].is_away = false;
}

void console_orders_end(struct console_station *console, uint64_t now_ns)
{
    for (unsigned order = 0; order < ORDERS; order++) {
        if (console->ordered[order].is_away)
            console->unsent_ns[order] = now_ns;
        console->ordered[order].is_away = false;
    }
}

bool console_station_order_is_unheard(const struct console_station *console, enum order order,
                                      uint64_t now_ns)
{
    const struct console_ordered *ordered = &console->ordered[order];
    bool may_come = console_station_is_heard(console, now_ns) &&
                    now_ns <= ordered->at_ns + CONSOLE_ORDER_HEARD_NS;
    return ordered->is_away && !may_come;
}
