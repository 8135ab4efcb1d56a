/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The places of a link: who is in which, and who makes room for whom.
 *
 * An answerer has one place more than it has sessions. When all of these are up, somebody can shake
 * hands there all the same, and when it has proved to be a site that has a session, silent by now, it
 * takes that one's part: a panel that crashed comes back to a full house without waiting for the
 * silence of its former self to run out. Who proves to be another is told that all are taken.
 * Pure; one owner. */
#ifndef LINK_PLACES_H
#define LINK_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link_peer;

struct places {
    struct link_peer *peers; /* `count`; the owner's */
    size_t count;
    size_t sessions; /* at most so many are up at once */
};

/* The peer of this connection's number, in any state but free; NULL: none. */
struct link_peer *places_find(const struct places *places, uint64_t connection);

/* A free place, when fewer than `most` are taken; else NULL. */
struct link_peer *places_free(const struct places *places, size_t most);

/* Whether any session is up. */
bool places_are_busy(const struct places *places);

/* Whether every session's place is taken by others than the site of `peer`. */
bool places_are_taken(const struct places *places, const struct link_peer *peer);

/* Whether another session that the site of `peer` dialled is up and was heard of within LINK_ALIVE_NS. */
bool places_have_site(const struct places *places, const struct link_peer *peer, uint64_t now_ns);

/* The same place answers to one session only: a console that was killed and started again takes the
 * part of its former self, which ends. */
void places_supersede(struct places *places, const struct link_peer *by, uint64_t now_ns);

/* The oldest handshake that gives its place to another, a regular's (link/door.h) or not; NULL: none. */
struct link_peer *places_giving_way(const struct places *places, bool to_regular, uint64_t now_ns);

#endif
