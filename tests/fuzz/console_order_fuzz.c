/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever line a person or a program writes as an order: it is one that there is, with its words inside the
 * line, or it is refused with a reason; the same line is read the same way again. */
#include <stdlib.h>
#include <string.h>

#include "console_orders.h"

enum { LINE_BYTES = 512 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_inside(const char *word, const char *line, size_t size)
{
    return word >= line && word + strlen(word) <= line + size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char line[LINE_BYTES], again[LINE_BYTES];
    struct console_order order, twin;
    if (size >= LINE_BYTES)
        return 0;
    memcpy(line, data, size);
    line[size] = '\0';
    memcpy(again, line, size + 1);
    console_order_read(&order, line);
    console_order_read(&twin, again);
    if (order.kind != twin.kind)
        abort();
    switch (order.kind) {
    case CONSOLE_ORDER_WRONG:
        if (!order.wrong[0] || !memchr(order.wrong, '\0', sizeof order.wrong))
            abort();
        break;
    case CONSOLE_ORDER_LINE_ADD:
        if (!is_inside(order.line, line, size) || !order.line[0])
            abort();
        break;
    case CONSOLE_ORDER_LINE_PULL:
        if (order.index > 8)
            abort();
        break;
    case CONSOLE_ORDER_GIVE:
        if (!is_inside(order.name, line, size) || !order.name[0])
            abort();
        break;
    case CONSOLE_ORDER_CART:
        if ((unsigned)order.cart >= ORDERS)
            abort();
        break;
    default:
        break;
    }
    return 0;
}
