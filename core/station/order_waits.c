/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/order_waits.h"

#include <string.h>

bool order_waits_keep(struct order_waits *waits, const struct order_message *message,
                      uint64_t now_ns)
{
    if (waits->count == ORDER_WAITS_MAX)
        return false;
    waits->kept[waits->count++] = (struct order_wait){.message = *message, .came_ns = now_ns};
    return true;
}

static bool overtakes(enum order by, enum order waiting)
{
    switch (by) {
    case ORDER_STOP:
    case ORDER_DISABLE:
    case ORDER_UNDOCK_STOP:
        return waiting != ORDER_REQUEST;
    case ORDER_REQUEST:
    case ORDER_REFUSE:
    case ORDER_RELEASE:
        return waiting == ORDER_GRANT;
    case ORDER_GRANT:
    case ORDER_ENABLE:
    case ORDER_RESET:
    case ORDER_UNDOCK:
    case ORDER_DOCK:
    case ORDER_MARK:
    case ORDERS:
        break;
    }
    return false;
}

void order_waits_overtake(struct order_waits *waits, enum order by)
{
    for (size_t i = 0; i < waits->count; i++)
        if (overtakes(by, waits->kept[i].message.order))
            waits->kept[i].is_overtaken = true;
}

void order_waits_withdraw(struct order_waits *waits)
{
    for (size_t i = 0; i < waits->count; i++)
        if (waits->kept[i].message.order == ORDER_REQUEST)
            waits->kept[i].is_overtaken = true;
}

bool order_waits_take(struct order_waits *waits, bool is_measured, uint64_t now_ns,
                      struct order_wait *taken)
{
    const struct order_wait *first = waits->kept;
    if (!waits->count)
        return false;
    if (!is_measured && !first->is_overtaken && now_ns - first->came_ns <= ORDER_YOUNG_NS)
        return false;
    *taken = *first;
    waits->count--;
    memmove(waits->kept, waits->kept + 1, waits->count * sizeof *first);
    return true;
}
