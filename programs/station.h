/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the programs of the two ends share: identity, link, sockets, the loop's clock and signals, the
 * log, the status line, and the common part of the report. What an end decides is core/station.
 *
 * One thread, the program's loop. `peer` below is whom we operate with, or NULL. */
#ifndef STATION_H
#define STATION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/spread.h"
#include "keep.h"
#include "link/link.h"
#include "log/log.h"
#include "motion/err.h"
#include "motion/hold_log.h"
#include "net/carrier.h"
#include "options.h"
#include "report.h"
#include "supervisor/lease.h"
#include "tls/identity_files.h"

/* Options that both programs have; the first member of their own settings. */
struct station_settings {
    const char *identity;
    const char *trace;
    const char *report;
    uint64_t for_ns;  /* 0: until told to stop */
    double status_fd; /* -1: none */
};

/* The rows of an option table for these, to stand at the head of a program's own. */
#define STATION_OPTIONS                                                                            \
    {.name = "identity",                                                                           \
     .kind = OPTION_TEXT,                                                                          \
     .offset = offsetof(struct station_settings, identity),                                        \
     .unit = "DIR",                                                                                \
     .required = true,                                                                             \
     .help = "who we are: a folder that `jisr identity issue` wrote"},                             \
        {.name = "trace",                                                                          \
         .kind = OPTION_TEXT,                                                                      \
         .offset = offsetof(struct station_settings, trace),                                       \
         .unit = "FILE.csv",                                                                       \
         .help = "write a row for each gesture or picture (docs/trace.md)"},                       \
        {.name = "report",                                                                         \
         .kind = OPTION_TEXT,                                                                      \
         .offset = offsetof(struct station_settings, report),                                      \
         .unit = "FILE.json",                                                                      \
         .help = "write what happened, in figures (docs/report.schema.json)"},                     \
        {.name = "for",                                                                            \
         .kind = OPTION_DURATION,                                                                  \
         .offset = offsetof(struct station_settings, for_ns),                                      \
         .unit = "TIME",                                                                           \
         .help = "stop after so long; else at an interrupt"},                                      \
    {                                                                                              \
        .name = "status-fd", .kind = OPTION_NUMBER,                                                \
        .offset = offsetof(struct station_settings, status_fd), .unit = "N", .standard = "-1",     \
        .least = -1, .most = 1023, .help = "write a status line there ten times a second"          \
    }

/* Counts of the sessions before the present one. */
struct station_past {
    struct station_past_line {
        uint64_t sent, received, lost, late, duplicate, outage_longest_ns;
        uint64_t loss_episodes, loss_longest;
    } lines[LINK_LINES_MAX];
    uint64_t samples_missed;
};

/* As people count: the first line is 1 in the log, the status line, the trace and on the page; the link
 * and the wire count from 0. */
unsigned line_number(unsigned index);

enum { STATION_LINE_NAME_BYTES = 384 }; /* a host's name, a port and a source */

struct station {
    const struct station_settings *settings;
    const char *side; /* "cart", "console" */
    struct link_identity *identity;
    struct identity_stamp identity_stamp; /* its files, as they were read */
    uint64_t identity_ns;                 /* look at them again then */
    int identity_watch;                   /* readable when the folder changed; -1: none */
    struct link *link;
    struct carrier carrier;
    char peer_name[LINK_NAME_BYTES]; /* of the session that is told of, or was last; "": none was */
    uint64_t sessions;
    const struct link_peer *told; /* whose session it is; NULL: it ended */
    struct link_stats whole,
        before; /* of it: all, and what was counted of it before we turned to it again */
    struct station_kept {
        const struct link_peer
            *peer; /* a session that goes on while another is told of; NULL: none */
        struct link_stats counted;
    } kept[LINK_PEERS_MAX];
    enum link_line_state lines_told[LINK_LINES_MAX];          /* in the log */
    struct log_quota refused, second_refused;                 /* lines that strangers cause */
    const struct option_list *addresses;                      /* of the command line */
    char line_names[LINK_LINES_MAX][STATION_LINE_NAME_BYTES]; /* "": not used so far */
    uint64_t unsent_told;                                     /* in the log */
    uint64_t tell_unsent_ns;                                  /* not again before then */
    int signals;                      /* readable when we are asked to stop: stops.h */
    unsigned number;                  /* of this run's trace and report: keep.h */
    struct keep_whole report;         /* tried at the start, written at the end */
    char trace_file[KEEP_NAME_BYTES]; /* once named */
    uint64_t start_ns;
    uint64_t status_ns;           /* the next status line is due */
    struct spread lateness;       /* of the loop's ticks */
    bool is_realtime;             /* the system let the loop go ahead of ordinary threads */
    struct link_stats last_stats; /* of this session, or of the one that ended last */
    struct station_past past;
    struct link_clock_reading last_clock;
};

/* Before any descriptor of ours is open: looks at `--status-fd`, reads the identity. `addresses`: where
 * a console dials, or a cart listens, which opens them in this order. False: told on standard error why
 * and what to do. */
MUST_USE bool station_open(struct station *station, const struct station_settings *settings,
                           const char *side, const struct option_list *addresses);

/* Makes the link, for so many pictures a second. False: told on standard error. */
MUST_USE bool station_make_link(struct station *station, uint32_t picture_rate);
void station_close(struct station *station);

/* After the sockets are open: signals wake the loop. Watched descriptor 0 is theirs. */
void station_begin(struct station *station);

/* Whether each item of `--option` begins as ADDR:PORT. False: told on standard error. */
MUST_USE bool station_addresses_are_written(const struct option_list *list, const char *side,
                                            const char *option);

/* Whether trace and report are two files. False: told on standard error, before anything is opened. */
MUST_USE bool station_files_differ(const struct station_settings *settings, const char *side);

/* When all else is there: names trace and report so that those of an earlier run stay (keep.h), and tries
 * the report's name, so that a wrong one is told now and not after the operation. False: told on standard
 * error. */
MUST_USE bool station_name_files(struct station *station);

/* A line of the session goes by this name in the report; the one it had before is kept beside it. */
void station_name_line(struct station *station, unsigned line, const char *name);

/* Before the loop, when all threads have been made: ahead of ordinary threads where we may, memory locked. */
void station_claim(struct station *station);

/* True when a signal, or the time, says that it is over. */
bool station_is_over(struct station *station, uint64_t now_ns);

/* The time that `--for` gave is over. */
bool station_is_out_of_time(const struct station *station, uint64_t now_ns);

/* A session with `peer` is up: logged, and counted. */
void station_meet(struct station *station, const struct link_peer *peer);

/* Its session is told of from now on, in the status line and in the report's lines; where it was before, what was
 * counted then is not counted again. */
void station_turn_to(struct station *station, const struct link_peer *peer);

/* It ended: `peer` is no more. */
void station_part(struct station *station, const struct link_peer *peer);

/* Keeps the session's figures for the report, as it may end at any moment. */
void station_remember(struct station *station, const struct link_peer *peer, uint64_t now_ns);

/* Every two seconds: has the identity's folder changed, as when a new list of revoked certificates was
 * put there? Then the next handshakes go by it. */
void station_follow_identity(struct station *station, uint64_t now_ns);

/* Before datagrams are received, in every turn: the same at once when the system says that the folder
 * changed, so that a new list holds for a handshake that comes after it. Where the system cannot tell, as
 * over a network's file system, the two seconds remain. */
void station_heed_identity(struct station *station, uint64_t now_ns);

/* Logs what an event says of a session or a line, unless it is UP. Refusals: one line a second. */
void station_log(struct station *station, const struct link_event *event);

/* Logs that a console was refused because another operates: one line a second. */
void station_log_second(struct station *station, const struct link_peer *peer);

/* Samples from the other end that never came, in all sessions. */
uint64_t station_samples_missed(const struct station *station);

/* Closes the session with `reason` and lets the link say so: up to 200 ms. */
void station_farewell(struct station *station, struct link_peer *peer, const char *reason);

/* A status line in the making (see `--status-fd` in jisr-operate(1)). */
struct status {
    char text[3072];
    size_t len;
};

void status_put(struct status *status, const char *text, ...) PRINTF_LIKE(2, 3);
/* `key=12.3` in milliseconds, or `key=-` when not measured. */
void status_put_ms(struct status *status, const char *key, bool measured, double ns);
/* `KEY=NAME`, blanks as underscores. */
static inline void status_put_name(struct status *status, const char *key, const char *name)
{
    char word[LINK_NAME_BYTES];
    snprintf(word, sizeof word, "%s", name);
    for (char *at = word; *at; at++)
        if (*at == ' ')
            *at = '_'; /* a value is one word */
    status_put(status, "%s=%s ", key, word);
}
/* `peer=NAME`, of whose session is told; `-` before the first. */
void status_put_peer(struct status *status, const struct station *station);
/* `owner=Shanghai asking=nobody lease=3`, as the cart keeps it. */
void status_put_lease(struct status *status, const struct lease *lease);
/* `refused_not_unit=3`, for each cause that there was. */
void status_put_refused(struct status *status, const uint64_t refused[static MOTION_ERRS]);
/* The lines' part, then out it goes: never waits. */
void station_status(struct station *station, struct status *status, const struct link_peer *peer,
                    uint64_t now_ns);

/* Puts the holds that are kept into the report, oldest first; they stand in `holds`, their causes in
 * the words of `text`. */
void station_list_holds(const struct station *station, struct report *report,
                        const struct hold_log *log, const char *(*text)(unsigned cause),
                        struct report_hold holds[static HOLD_LOG_KEPT]);

/* False: the time of `--for` was over before a session was up, told on standard error. Whoever stops us
 * before knows why; who gave a time wanted an operation in it. */
MUST_USE bool station_has_met(const struct station *station);

/* Fills the report's common part, and writes it if one was asked for. `lines` has room for
 * LINK_LINES_MAX. False: not written, said in the log. */
MUST_USE bool station_report(struct station *station, struct report *report,
                             struct report_line lines[static LINK_LINES_MAX], uint64_t now_ns);

#endif
