/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console_orders.h"

#include <stdio.h>
#include <string.h>

static const char *const order_words[] = {"reclutch", "line", "talk", "quit", NULL};
static const char *const line_words[] = {"add", "pull", NULL};
static const char *const talk_words[] = {"on", "off", NULL};

static void say(struct console_order *order, const char *why)
{
    order->kind = CONSOLE_ORDER_WRONG;
    snprintf(order->wrong, sizeof order->wrong, "%s", why);
}

/* A line's number is one digit: there are eight at most. */
static void read_number(struct console_order *order, const char *word)
{
    if (word[0] < '1' || word[0] > '9' || word[1]) {
        say(order, "lines are numbered from 1, as on the page: line pull 2");
        return;
    }
    order->kind = CONSOLE_ORDER_LINE_PULL;
    order->index = (unsigned)(word[0] - '1');
}

static void read_line(struct console_order *order, char **rest)
{
    const char *what = orders_word(rest), *which = orders_word(rest);

    if (!what) {
        say(order, "what of the line? line add ADDR:PORT, or line pull N");
    } else if (!strcmp(what, "add")) {
        order->kind = CONSOLE_ORDER_LINE_ADD;
        order->line = which;
        if (!which)
            say(order, "which line? line add ADDR:PORT");
    } else if (!strcmp(what, "pull")) {
        read_number(order, which ? which : "");
    } else {
        order->kind = CONSOLE_ORDER_WRONG;
        orders_unknown(order->wrong, "order 'line' with", what, line_words);
    }
}

static void read_talk(struct console_order *order, char **rest)
{
    const char *what = orders_word(rest);

    order->kind = CONSOLE_ORDER_TALK;
    order->talk = what && !strcmp(what, "on");
    if (order->talk || (what && !strcmp(what, "off")))
        return;
    order->kind = CONSOLE_ORDER_WRONG;
    orders_unknown(order->wrong, "order 'talk' with", what ? what : "", talk_words);
}

void console_order_read(struct console_order *order, char *text)
{
    char *rest = text;
    const char *word = orders_word(&rest);

    *order = (struct console_order){.kind = CONSOLE_ORDER_NONE};
    if (!text) {
        say(order, "too long");
    } else if (!word) {
        return;
    } else if (!strcmp(word, "reclutch")) {
        order->kind = CONSOLE_ORDER_RECLUTCH;
    } else if (!strcmp(word, "quit")) {
        order->kind = CONSOLE_ORDER_QUIT;
    } else if (!strcmp(word, "line")) {
        read_line(order, &rest);
    } else if (!strcmp(word, "talk")) {
        read_talk(order, &rest);
    } else {
        order->kind = CONSOLE_ORDER_WRONG;
        orders_unknown(order->wrong, "order", word, order_words);
    }
    if (order->kind != CONSOLE_ORDER_WRONG && orders_word(&rest))
        say(order, "more words than the order has");
}
