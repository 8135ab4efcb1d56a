/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Carries a link's datagrams over UDP sockets: the loop that link.h leaves to its caller.
 *
 * One thread. Buffers are in the struct; nothing is allocated after carrier_open_*. Datagrams go out
 * and come in by the handful (sendmmsg, recvmmsg). A datagram that cannot be sent (no route, full
 * buffer, too long for the interface) is dropped and counted: the link treats it as lost. */
#ifndef NET_CARRIER_H
#define NET_CARRIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <poll.h>

#include "base/attr.h"
#include "link/link.h"
#include "net/address.h"

enum { CARRIER_SOCKETS_MAX = LINK_LINES_MAX, CARRIER_WATCHED_MAX = 4, CARRIER_REASON_BYTES = 256 };

struct carrier {
    struct link *link;
    struct pollfd polled[CARRIER_SOCKETS_MAX + CARRIER_WATCHED_MAX]; /* sockets, then the watched */
    size_t watched;
    uint64_t
        awake_ns; /* carrier_wait stays awake for so long before `until_ns`; 0, or the owner sets it */
    uint64_t turn_ns; /* when carrier_wait last returned */
    uint64_t
        arrived_ns; /* when the datagram whose events are told came to this machine: the kernel's stamp */
    uint64_t sent, received;
    uint64_t unsent;  /* the system would not send them; */
    int unsent_errno; /* why the last of them */
    struct carrier_buffers *buffers;
};

/* Memory for the carrier; `link` is the caller's and outlives it. */
MUST_USE bool carrier_create(struct carrier *carrier, struct link *link);
void carrier_destroy(struct carrier *carrier);

/* Opens a socket on `text` ("0.0.0.0:4433", port 0: any), for strangers to dial. `*socket` is its
 * number in paths. On failure `reason` says why and what to do. */
MUST_USE bool carrier_listen(struct carrier *carrier, const char *text, unsigned *socket,
                             char reason[static CARRIER_REASON_BYTES]);

/* Opens a socket of its own towards `text`, `ADDR:PORT` or `ADDR:PORT,from=ADDRESS`, and writes the path
 * for link_dial or link_line_add. With `from` it is bound to that address of this machine, so that
 * routing by source takes that uplink. A name is looked up, which may take seconds. */
MUST_USE bool carrier_line(struct carrier *carrier, const char *text, struct link_path *path,
                           char reason[static CARRIER_REASON_BYTES]);

/* The same while the loop runs, for which addresses are in numbers. */
MUST_USE bool carrier_line_at_once(struct carrier *carrier, const char *text,
                                   struct link_path *path,
                                   char reason[static CARRIER_REASON_BYTES]);

/* Closes a line's socket; its number goes to the next that is opened. */
void carrier_close(struct carrier *carrier, unsigned socket);

/* The address that socket `socket` is bound to, as text. */
void carrier_address(const struct carrier *carrier, unsigned socket,
                     char out[static NET_ADDRESS_TEXT]);

/* The far address of `path`, as text. */
void carrier_path_text(const struct link_path *path, char out[static NET_ADDRESS_TEXT]);

/* Wakes carrier_wait when `fd` is readable, its end included; whether it was is told by carrier_watched. */
void carrier_watch(struct carrier *carrier, int fd);
/* Watches `fd` in place of the descriptor with that index. */
void carrier_rewatch(struct carrier *carrier, size_t index, int fd);
bool carrier_watched(const struct carrier *carrier, size_t index);

/* Reads what carrier_wait has seen come, hands it to the link, and calls `on_event` for each event
 * that makes. */
void carrier_receive(struct carrier *carrier,
                     void (*on_event)(void *context, const struct link_event *event),
                     void *context);

/* Sends all that is due now. */
void carrier_send(struct carrier *carrier, uint64_t now_ns);

/* Waking up costs a processor more than carrying a datagram, so what comes within this time of the turn
 * before shares a turn. A gesture that waits for it is a tenth of what counts as late. */
#define CARRIER_REST_NS UINT64_C(500000)

/* Sleeps until a datagram, a watched descriptor, the link's deadline or `until_ns`; but turns are at least
 * CARRIER_REST_NS apart, unless `until_ns` or the next copy of a sample comes first. A thread that must not be late
 * does not sleep for the last `awake_ns`, which is what a machine may wake it late by: it uses a processor so long. */
void carrier_wait(struct carrier *carrier, uint64_t until_ns, uint64_t now_ns);

#endif
