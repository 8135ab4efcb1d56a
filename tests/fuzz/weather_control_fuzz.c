/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever comes as orders, each line that is not blank gets one answer, `ok` or `error` and why; and an order
 * is the same however it is cut into reads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "weather_control.h"

enum { INPUT_BYTES = 16384, PIECE_BYTES = 7 };

static struct relay *relay;

static void open_relay(void)
{
    static struct relay_line_settings lines[2]; /* without weather */
    char error[RELAY_ERROR_BYTES];
    for (int i = 0; i < 2; i++)
        if (!net_address_read(&lines[i].listen, "127.0.0.1:0", 11) ||
            !net_address_read(&lines[i].target, "127.0.0.1:9", 11))
            abort();
    relay = relay_open(lines, 2, error);
    if (!relay)
        abort();
}

/* The answers to `size` bytes of orders that come in pieces of `piece`; the caller frees them. */
static char *answers_to(const uint8_t *data, size_t size, size_t piece)
{
    static struct orders orders;
    char *said = NULL;
    size_t len;
    int ends[2];
    FILE *terminal = stdout;

    memset(&orders, 0, sizeof orders);
    stdout = open_memstream(&said, &len);
    if (!stdout || pipe(ends) < 0)
        abort();
    for (size_t at = 0; at < size; at += piece) {
        size_t now = size - at < piece ? size - at : piece;
        if (write(ends[1], data + at, now) != (ssize_t)now)
            abort();
        for (size_t taken = 0; taken < now; taken += 512) /* as much as it reads at once */
            if (!weather_control_read(&orders, relay, ends[0]))
                abort();
    }
    close(ends[1]);
    if (weather_control_read(&orders, relay, ends[0])) /* the end of the input */
        abort();
    close(ends[0]);
    fclose(stdout);
    stdout = terminal;
    return said;
}

static size_t count_orders(const uint8_t *data, size_t size)
{
    size_t orders = 0;
    for (const uint8_t *end; (end = memchr(data, '\n', size)); data = end + 1) {
        const uint8_t *at = data;
        size -= (size_t)(end + 1 - data);
        while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
            at++;
        orders += at < end || end - data >= ORDERS_BYTES;
    }
    return orders;
}

static size_t count_answers(const char *said)
{
    size_t answers = 0;
    for (const char *line = said; *line; line = strchr(line, '\n') + 1) {
        if (!strchr(line, '\n'))
            abort();
        if (!strncmp(line, "ok\n", 3) || (!strncmp(line, "error ", 6) && line[6] != '\n'))
            answers++;
        else if (strncmp(line, "line=", 5) != 0) /* of stats */
            abort();
    }
    return answers;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_BYTES)
        return 0;
    if (!relay)
        open_relay();
    char *whole = answers_to(data, size, INPUT_BYTES);
    char *pieces = answers_to(data, size, PIECE_BYTES);
    if (strcmp(whole, pieces) != 0 || count_answers(whole) != count_orders(data, size))
        abort();
    free(whole);
    free(pieces);
    return 0;
}
