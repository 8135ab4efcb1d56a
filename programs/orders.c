/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "orders.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/nearest.h"

enum { DELETE = 0x7f };

static char shown(char byte)
{
    bool is_control = ((unsigned char)byte < ' ' && byte != '\t' && byte != '\r') || byte == DELETE;
    return is_control ? '?' : byte;
}

static void take_byte(struct orders *orders, char byte, void (*obey)(void *context, char *order),
                      void *context)
{
    if (byte != '\n') {
        if (orders->len < sizeof orders->text - 1)
            orders->text[orders->len++] = shown(byte);
        else
            orders->too_long = true;
        return;
    }
    orders->text[orders->len] = '\0';
    obey(context, orders->too_long ? NULL : orders->text);
    orders->len = 0;
    orders->too_long = false;
}

bool orders_read(struct orders *orders, int fd, void (*obey)(void *context, char *order),
                 void *context)
{
    char bytes[512];
    ssize_t got = read(fd, bytes, sizeof bytes);

    if (got < 0)
        return errno == EINTR || errno == EAGAIN;
    for (ssize_t i = 0; i < got; i++)
        take_byte(orders, bytes[i], obey, context);
    return got > 0;
}

char *orders_word(char **rest)
{
    char *word;
    do
        word = strsep(rest, " \t\r");
    while (word && !*word);
    return word;
}

void orders_unknown(char answer[static ORDERS_ANSWER_BYTES], const char *what, const char *word,
                    const char *const *words)
{
    const char *nearest = nearest_word(word, words);
    int len = snprintf(answer, ORDERS_ANSWER_BYTES, "no %s '%.40s'; ", what, word);
    size_t at = (size_t)len;

    if (nearest) {
        snprintf(answer + at, ORDERS_ANSWER_BYTES - at, "did you mean '%s'?", nearest);
        return;
    }
    for (size_t i = 0; words[i] && at < ORDERS_ANSWER_BYTES; i++) {
        len = snprintf(answer + at, ORDERS_ANSWER_BYTES - at, "%s'%s'", i ? ", " : "there is ",
                       words[i]);
        at += (size_t)len;
    }
}
