/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console_orders.h"

#include <stdio.h>
#include <string.h>

static const char *const order_words[] = {"reclutch", "line", "talk", "take",   "release", "refuse",
                                          "give",     "stop", "mark", "enable", "disable", "reset",
                                          "undock",   "halt", "dock", "estop",  "quit",    NULL};
static const char *const line_words[] = {"add", "pull", NULL};
static const char *const switch_words[] = {"on", "off", NULL};

/* Orders of one word that are passed on to the cart. */
static const struct {
    const char *word;
    enum order order;
} cart_words[] = {
    {"take", ORDER_REQUEST},     {"release", ORDER_RELEASE}, {"refuse", ORDER_REFUSE},
    {"stop", ORDER_STOP},        {"mark", ORDER_MARK},       {"enable", ORDER_ENABLE},
    {"disable", ORDER_DISABLE},  {"reset", ORDER_RESET},     {"undock", ORDER_UNDOCK},
    {"halt", ORDER_UNDOCK_STOP}, {"dock", ORDER_DOCK},
};

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

/* "on" or "off" after `word`, into `is_on`. */
static void read_switch(struct console_order *order, enum console_order_kind kind, const char *word,
                        bool *is_on, char **rest)
{
    const char *what = orders_word(rest);
    char said[32];

    order->kind = kind;
    *is_on = what && !strcmp(what, "on");
    if (*is_on || (what && !strcmp(what, "off")))
        return;
    order->kind = CONSOLE_ORDER_WRONG;
    snprintf(said, sizeof said, "order '%s' with", word);
    orders_unknown(order->wrong, said, what ? what : "", switch_words);
}

/* A name may have blanks in it: all the rest is it. */
static void read_give(struct console_order *order, char **rest)
{
    static char nobody[] = "";
    char *name = *rest ? *rest + strspn(*rest, " ") : nobody;
    order->kind = CONSOLE_ORDER_GIVE;
    order->name = name;
    *rest = name + strlen(name);
    if (!*name)
        say(order, "to whom? give NAME, as the roster has it");
}

/* False: none of them. */
static bool read_cart(struct console_order *order, const char *word)
{
    for (size_t i = 0; i < sizeof cart_words / sizeof *cart_words; i++)
        if (!strcmp(word, cart_words[i].word)) {
            order->kind = CONSOLE_ORDER_CART;
            order->cart = cart_words[i].order;
            return true;
        }
    return false;
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
        read_switch(order, CONSOLE_ORDER_TALK, word, &order->talk, &rest);
    } else if (!strcmp(word, "estop")) {
        read_switch(order, CONSOLE_ORDER_ESTOP, word, &order->estop, &rest);
    } else if (!strcmp(word, "give")) {
        read_give(order, &rest);
    } else if (!read_cart(order, word)) {
        order->kind = CONSOLE_ORDER_WRONG;
        orders_unknown(order->wrong, "order", word, order_words);
    }
    if (order->kind != CONSOLE_ORDER_WRONG && orders_word(&rest))
        say(order, "more words than the order has");
}
