/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answerer's door: strangers are asked for a cookie, and let in a few at a time.
 *
 * Nothing is kept for a stranger but the answer that is about to leave, in a ring that drops when
 * it is full: a flood costs its own bandwidth. Handshakes are the dear part (a few ms of a core), so
 * they are rationed, more strictly while an operation is under way. Regulars, who come from a machine of
 * a session that was up, have a ration of their own: strangers who ask without end do not keep out a console
 * that was started again. Each are admitted in the order in which they came (link/waiting.h).
 * Pure; one owner. */
#ifndef LINK_DOOR_H
#define LINK_DOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/cookie.h"
#include "link/link.h"
#include "link/waiting.h"
#include "link/wire.h"

enum {
    DOOR_ANSWERS_KEPT = 16,
    DOOR_ANSWER_BYTES = WIRE_HEADER_BYTES + WIRE_COOKIE_BYTES,
    DOOR_REGULARS_KEPT = 16
};

struct door_answer {
    struct link_path path;
    uint8_t len;
    uint8_t bytes[DOOR_ANSWER_BYTES];
};

struct door {
    struct cookie_jar jar;
    uint64_t admit_ns[2]; /* the next handshake may begin then: a stranger's, a regular's */
    struct link_path regulars[DOOR_REGULARS_KEPT];
    size_t regulars_next;
    struct waiting waiting[2]; /* likewise */
    struct door_answer answers[DOOR_ANSWERS_KEPT];
    size_t first, count;
};

MUST_USE bool door_create(struct door *door, const uint8_t key[static 32]);
void door_destroy(struct door *door);

/* Queues the cookie that answers a hello. */
void door_hello(struct door *door, const struct link_path *path, const struct wire_header *hello,
                uint64_t now_ns);

/* True when the cookie is ours, for this path and connection. */
MUST_USE bool door_knows(const struct door *door, const struct link_path *path, uint64_t connection,
                         uint64_t now_ns, const uint8_t cookie[static WIRE_COOKIE_BYTES]);

/* A session that was up has had a line to `path`. The last few machines are kept. */
void door_remember(struct door *door, const struct link_path *path);
bool door_is_regular(const struct door *door, const struct link_path *path);

/* Whether it is this one's turn among those who ask. It waits from now on, also where there is no place. */
MUST_USE bool door_is_turn(struct door *door, const struct link_path *path, uint64_t connection,
                           uint64_t now_ns);

/* Whether the handshake of the one whose turn it is may begin now; counts it when so. `busy`: a session is up. */
MUST_USE bool door_admits(struct door *door, const struct link_path *path, uint64_t connection,
                          bool busy, uint64_t now_ns);

/* How long a handshake may go on, and whether one that will be given up at `give_up_ns` has had time
 * enough for its place to be given to another. */
uint64_t door_patience_ns(void);
bool door_has_waited(uint64_t give_up_ns, uint64_t now_ns);

/* Queues the word that there is no place now. */
void door_turn_away(struct door *door, const struct link_path *path,
                    const struct wire_header *header);

size_t door_transmit(struct door *door, struct link_path *path,
                     uint8_t out[static LINK_DATAGRAM_MAX]);
bool door_is_waiting(const struct door *door);

#endif
