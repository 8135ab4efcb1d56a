/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two ends of a link in virtual time: a console that dials and a cart that answers, over up to
 * eight lines in their weather. The same seed gives the same run.
 *
 * Each end has a clock of its own: cart_ns = true_ns + offset, running fast or slow by a drift. The
 * caller's hooks get events and turns; everything happens in pair_run. */
#ifndef SIM_PAIR_H
#define SIM_PAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "link/link.h"
#include "weather/line.h"

enum pair_end { PAIR_CONSOLE, PAIR_CART, PAIR_ENDS };

struct pair;

struct pair_hooks {
    void *context;
    void (*event)(void *context, struct pair *pair, enum pair_end end,
                  const struct link_event *event);
    /* Called when `next_turn_ns` (true time) has come; returns the next one. NULL: none. */
    uint64_t (*turn)(void *context, struct pair *pair, enum pair_end end, uint64_t true_ns);
    /* Sees every datagram that leaves, before the weather; may be NULL. */
    void (*datagram)(void *context, enum pair_end from, unsigned line, const uint8_t *bytes,
                     size_t len, uint64_t true_ns, const struct weather_verdict *verdict);
    /* Gets what an end sends to an address that is not the other end's; may be NULL. */
    void (*elsewhere)(void *context, enum pair_end from, const struct link_path *path,
                      const uint8_t *bytes, size_t len, uint64_t true_ns);
};

struct pair_settings {
    uint64_t seed;
    size_t lines;
    const char *weather[LINK_LINES_MAX];  /* weather/settings.h */
    struct link_settings link[PAIR_ENDS]; /* identity and randomness are filled in, kinds where 0 */
    int64_t clock_offset_ns[PAIR_ENDS];
    int64_t clock_drift_ppb[PAIR_ENDS];
    struct pair_hooks hooks;
};

/* NULL with a message on standard error when a weather cannot be read. */
struct pair *pair_create(const struct pair_settings *settings);
void pair_destroy(struct pair *pair);

/* The console dials over the first `lines` lines. */
struct link_peer *pair_dial(struct pair *pair, size_t lines);

/* Runs until `until_ns` of true time. */
void pair_run(struct pair *pair, uint64_t until_ns);

uint64_t pair_true_ns(const struct pair *pair);
uint64_t pair_local_ns(const struct pair *pair, enum pair_end end);
/* The true time at which `end`'s clock reads `local_ns`. */
uint64_t pair_true_of(const struct pair *pair, enum pair_end end, uint64_t local_ns);
struct link *pair_link(struct pair *pair, enum pair_end end);
struct line *pair_line(struct pair *pair, unsigned line, enum pair_end from);

/* Cuts or restores both ways of a line. */
void pair_cut(struct pair *pair, unsigned line, bool cut);
/* The `nth` datagram, from 0, that `end` sends from now on is lost, on whichever line. */
void pair_lose(struct pair *pair, enum pair_end end, uint64_t nth);
/* From now on the console's datagrams on `line` seem to come from another address. */
void pair_move(struct pair *pair, unsigned line);
/* The end's clock jumps. */
void pair_step_clock(struct pair *pair, enum pair_end end, int64_t by_ns);
/* The end is killed and started again: a fresh link, no memory of sessions. */
void pair_restart(struct pair *pair, enum pair_end end);
/* Hands bytes to an end as if they had come along `path`: a stranger's, with an address of its own. */
void pair_inject_along(struct pair *pair, enum pair_end to, const struct link_path *path,
                       const uint8_t *bytes, size_t len);
/* The same over `line`, from the peer's address or from a stranger's. */
void pair_inject(struct pair *pair, enum pair_end to, unsigned line, const uint8_t *bytes,
                 size_t len, bool from_peer);
/* Another site's identity, by the authority of both ends; the caller frees it. */
struct link_identity *pair_identity(enum pair_end end); /* an end's own once more; likewise freed */
struct link_identity *pair_issue(const char *name, enum link_kind kind);
/* The wall clock of certificates, at the start. */
int64_t pair_wall_s(void);
/* The path the console dials `line` by. */
struct link_path pair_path(const struct pair *pair, unsigned line);

#endif
