/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/order.h"

#include <string.h>

#include "base/bytes.h"
#include "link/site.h"
#include "station/channels.h"

const char *order_word(enum order order)
{
    static const char *const words[ORDERS] = {"request",     "grant",   "refuse", "release",
                                              "enable",      "disable", "reset",  "undock",
                                              "undock-stop", "stop",    "mark",   "dock"};
    return (unsigned)order < ORDERS ? words[order] : "unknown";
}

bool order_begins(const struct order_message *message)
{
    enum order order = message->order;
    if (order == ORDER_REQUEST)
        return message->seat == LEASE_NOBODY;
    return order == ORDER_ENABLE || order == ORDER_RESET || order == ORDER_UNDOCK ||
           order == ORDER_GRANT || order == ORDER_DOCK;
}

bool order_is_bedsides(enum order order, enum supervisor_event *event)
{
    switch (order) {
    case ORDER_ENABLE:
        *event = SUPERVISOR_ENABLE;
        return true;
    case ORDER_DISABLE:
        *event = SUPERVISOR_DISABLE;
        return true;
    case ORDER_RESET:
        *event = SUPERVISOR_RESET;
        return true;
    case ORDER_UNDOCK:
        *event = SUPERVISOR_UNDOCK;
        return true;
    case ORDER_DOCK:
        *event = SUPERVISOR_DOCK;
        return true;
    case ORDER_UNDOCK_STOP:
        *event = SUPERVISOR_STOP;
        return true;
    case ORDER_REQUEST:
    case ORDER_GRANT:
    case ORDER_REFUSE:
    case ORDER_RELEASE:
    case ORDER_STOP:
    case ORDER_MARK:
    case ORDERS:
        break;
    }
    return false;
}

void order_encode(const struct order_message *message, uint8_t out[static ORDER_BYTES])
{
    out[0] = STATION_ORDER;
    out[1] = (uint8_t)message->order;
    out[2] = message->seat;
    out[3] = 0;
    put_be64(out + 4, message->ordered_ns);
}

bool order_decode(struct order_message *message, const uint8_t *in, size_t len)
{
    if (len != ORDER_BYTES || in[0] != STATION_ORDER || in[1] >= ORDERS || in[3])
        return false;
    *message = (struct order_message){
        .order = (enum order)in[1], .seat = in[2], .ordered_ns = get_be64(in + 4)};
    return true;
}

void order_answer_encode(const struct order_answer *answer, uint8_t out[static ORDER_ANSWER_BYTES])
{
    out[0] = STATION_ANSWER;
    out[1] = (uint8_t)answer->order;
    out[2] = (uint8_t)answer->answer;
    out[3] = 0;
}

bool order_answer_decode(struct order_answer *answer, const uint8_t *in, size_t len)
{
    if (len != ORDER_ANSWER_BYTES || in[0] != STATION_ANSWER || in[1] >= ORDERS ||
        in[2] >= LEASE_ANSWERS || in[3])
        return false;
    *answer = (struct order_answer){(enum order)in[1], (enum lease_answer)in[2]};
    return true;
}

size_t roster_encode(const struct lease *lease, uint8_t out[static ROSTER_BYTES_MAX])
{
    size_t at = 2;
    out[0] = STATION_ROSTER;
    out[1] = 0;
    for (uint8_t i = 0; i < LEASE_SEATS; i++) {
        const struct lease_seat *seat = &lease->seats[i];
        size_t len = strlen(seat->name);
        if (!seat->here && i != lease->owner)
            continue;
        out[1]++;
        out[at++] = i;
        out[at++] = (uint8_t)seat->role;
        out[at++] = (uint8_t)len;
        memcpy(out + at, seat->name, len);
        at += len;
    }
    return at;
}

static bool take_seat(struct roster *roster, const uint8_t *in, size_t len, size_t *used)
{
    if (len < 3 || in[0] >= LEASE_SEATS || in[1] > LEASE_BEDSIDE || in[2] >= LEASE_NAME_BYTES ||
        len - 3 < in[2])
        return false;
    struct roster_seat *seat = &roster->seats[in[0]];
    *seat = (struct roster_seat){.is_known = true, .role = (enum lease_role)in[1]};
    link_text_clean(seat->name, sizeof seat->name, in + 3, in[2]);
    *used = 3 + (size_t)in[2];
    return true;
}

bool roster_decode(struct roster *roster, const uint8_t *in, size_t len)
{
    struct roster read = {0};
    size_t at = 2, used = 0;
    if (len < 2 || in[0] != STATION_ROSTER)
        return false;
    for (unsigned i = 0; i < in[1]; i++, at += used)
        if (!take_seat(&read, in + at, len - at, &used))
            return false;
    if (at != len)
        return false;
    *roster = read;
    return true;
}
