/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A UDP relay that puts weather (weather/line.h) between clients and a target.
 *
 *     clients  <->  listen address | line, up and down | a socket for each client  <->  target
 *
 * Memory and sockets of the lines are taken by relay_open; a new client costs one socket. A datagram's
 * arrival is the kernel's time stamp, so that a late wake-up of ours adds nothing to a line's delay unless it
 * outlasts it. One thread owns a relay: it opens it and calls relay_run_turn again and again. */
#ifndef NET_RELAY_H
#define NET_RELAY_H

#include <stdint.h>

#include "net/address.h"
#include "weather/line.h"

enum {
    RELAY_LINES_MAX = 16,
    RELAY_CLIENTS_MAX = 64, /* of one line */
    RELAY_PARCELS = 4096,   /* under way in one direction of one line */
    RELAY_ERROR_BYTES = 256
};

#define RELAY_CLIENT_SILENT_NS UINT64_C(30000000000) /* its place may then be given to another */

struct relay_line_settings {
    struct net_address listen; /* port 0: any free one, see relay_listen */
    struct net_address target;
    struct weather_line_settings weather;
    uint64_t seed;
};

struct relay_counts { /* one way of one line */
    struct weather_counts weather;
    uint64_t forwarded; /* copies that came out */
    uint64_t crowded;   /* copies lost because RELAY_PARCELS were under way */
    uint64_t refused;   /* datagrams of new clients when RELAY_CLIENTS_MAX are talking */
    uint64_t unsent;    /* copies the system would not take */
};

struct relay;

/* Opens every line and starts its weather now; NULL, and why in `error`, when one cannot be. */
struct relay *relay_open(const struct relay_line_settings *lines, size_t count,
                         char error[static RELAY_ERROR_BYTES]);
void relay_close(struct relay *relay);

/* Also wake up when `fd` (a pipe, terminal, signalfd or eventfd) can be read; false when it cannot be
 * watched. */
MUST_USE bool relay_watch_fd(struct relay *relay, int fd);

/* Waits for traffic, a delivery that is due, or `until_ns`, and does what there is to do. Answers with a
 * watched fd that can be read now, or -1. */
int relay_run_turn(struct relay *relay, uint64_t until_ns);

size_t relay_line_count(const struct relay *relay);
void relay_listen(const struct relay *relay, size_t line, struct net_address *address);
void relay_counts(const struct relay *relay, size_t line, enum weather_way way,
                  struct relay_counts *counts);

/* Pulls or restores one way of a line. */
void relay_cut(struct relay *relay, size_t line, enum weather_way way, bool cut);

/* Gives a line other weather from now on; timetables go on counting from the start. On an error
 * nothing has changed. */
MUST_USE enum weather_err relay_change(struct relay *relay, size_t line,
                                       const struct weather_line_settings *weather,
                                       struct weather_error *error);

/* Calls `observe` for each datagram handed to a line, with its fate: for tests and benchmarks. NULL
 * ends it. */
typedef void relay_observer(void *context, size_t line, enum weather_way way, const uint8_t *bytes,
                            size_t len, uint64_t now_ns, const struct weather_verdict *verdict);
void relay_observe(struct relay *relay, relay_observer *observe, void *context);

#endif
