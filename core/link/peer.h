/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One session with one peer, inside the link: its state, its lines, its channels.
 *
 * peer.c       life: from handshake to close; plans; what link.h's link_peer_* functions tell
 * peer_in.c    a datagram of this session came
 * peer_out.c   the next datagram of this session; peer_deadline.c: when that may be
 * link.c       the link around its peers: strangers, events, link.h's other functions
 *
 * Internal to core/link; link.h is the way in. Fixed memory; one owner. */
#ifndef LINK_PEER_H
#define LINK_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "link/clock.h"
#include "link/frame_rx.h"
#include "link/frame_tx.h"
#include "link/handshake.h"
#include "link/link.h"
#include "link/path.h"
#include "link/rate.h"
#include "link/replay.h"
#include "link/samples.h"
#include "link/seal.h"
#include "link/stream.h"

enum peer_state {
    PEER_FREE,
    PEER_SHAKING, /* hello, cookie, TLS */
    PEER_PROVING, /* dialler: TLS is done; the answerer has not shown that it accepts us */
    PEER_UP,
    PEER_CLOSING, /* saying goodbye, or why not; the caller knows already */
};

enum { CHALLENGE_BYTES = 8, STREAM_MESSAGES = 1 };

/* When the samples of one channel go out on one line. */
struct sample_turn {
    struct samples_plan plan;
    uint8_t waiting; /* new samples since the last datagram */
    uint8_t crowded; /* of those, more than the plan's group: a late wake-up gave several at once */
    uint8_t copies_left;
    uint64_t due_ns; /* UINT64_MAX: nothing to send */
};

/* A report that is due and finds nothing to go with goes alone so much later. */
#define REPORT_ALONE_NS UINT64_C(2000000)

struct peer_line {
    bool used;
    struct link_path path;
    bool moving; /* `candidate` is being asked to prove itself */
    struct link_path candidate;
    uint8_t challenge[CHALLENGE_BYTES];
    uint64_t challenge_ns;    /* ask (again) then */
    uint8_t challenges;       /* asked so often */
    uint64_t candidate_bytes; /* authentic ones that came from there */
    uint64_t asked_bytes;     /* that went there, unproved */
    bool response_due;
    struct link_path response_path;
    uint8_t response[CHALLENGE_BYTES];

    bool pull_heard;        /* the peer has pulled it, once at least: ... */
    uint64_t revived_from;  /* ... it comes back with this number or a later one */
    uint64_t deaf_until_ns; /* pulled by us: what the peer sends on it brings it back only then */
    struct replay replay;
    struct path_rx rx;
    struct path_tx tx;
    struct rate rate;
    enum link_line_state state;
    uint64_t report_ns;       /* a report of this line is due on itself */
    uint64_t reported_count;  /* datagrams received when it last went */
    bool loses;               /* so much that a report alone may be one of several lost */
    uint64_t elsewhere_ns;    /* and on another line */
    bool reports_crowded;     /* one was due and found no room: they have the next datagram here */
    bool ack_due;             /* of the message stream */
    uint64_t message_ns;      /* a segment of it may go then, where there is credit; ... */
    uint64_t message_late_ns; /* ... and then, credit or not */
    struct sample_turn turns[LINK_SAMPLE_CHANNELS_MAX];
    uint64_t
        spared_ns[LINK_FRAME_CHANNELS_MAX]; /* frames of it may go without credit from then on */
    double credit_bytes;                    /* for frames and messages */
    uint64_t credit_ns;                     /* when it was last reckoned */
    uint64_t samples_bps;                   /* what the sample plans cost on this line */
    double samples_per_s;                   /* in how many datagrams */
};

struct frame_out {
    uint64_t given_ns; /* when the last frame was; 0: none so far */
    struct frame_tx tx;
    uint64_t wire_bytes; /* of all it took, datagrams' own bytes included */
};

struct link_peer {
    struct link *link;
    enum peer_state state;
    bool dials;
    bool regular; /* answerer: it came from a machine of a session that was up */
    uint64_t connection;
    struct handshake handshake;
    struct link_site site;
    bool site_known;
    char fingerprint[2 * LINK_FINGERPRINT_BYTES + 1];

    struct seal seal_out, seal_in;
    uint64_t renew_ns;                       /* renew our keys then */
    uint64_t renewed_packet[LINK_LINES_MAX]; /* first packet of the present generation */
    bool renewed_heard;                      /* the peer has seen the present generation */

    struct link_clock clock;
    struct peer_line lines[LINK_LINES_MAX];
    uint8_t turn;      /* the line that link_transmit asks first */
    uint64_t heard_ns; /* last authentic datagram */
    uint64_t plan_ns;  /* reckon plans and states then */

    struct samples_tx samples_out[LINK_SAMPLE_CHANNELS_MAX];
    struct samples_rx samples_in[LINK_SAMPLE_CHANNELS_MAX];
    uint64_t sample_bytes[LINK_SAMPLE_CHANNELS_MAX]; /* of the last one sent */
    uint64_t samples_sent;

    struct frame_out *frames_out[LINK_FRAME_CHANNELS_MAX]; /* NULL where not in the settings */
    struct frame_rx *frames_in[LINK_FRAME_CHANNELS_MAX];

    struct stream_tx messages_out;
    struct stream_rx messages_in;
    uint8_t message[LINK_MESSAGE_BYTES_MAX];
    uint64_t messages_sent, messages_received;

    uint8_t pulled;   /* set of lines whose pull is to be told */
    uint8_t pull_due; /* set of lines on which that is to be told now */
    uint8_t pulls_left;
    uint64_t pull_ns;

    char reason[LINK_REASON_BYTES]; /* of closing or refusing */
    bool by_peer;
    uint8_t goodbyes_left;
    uint64_t goodbye_ns;
    uint64_t gone_ns; /* PEER_CLOSING: free the place then */
    uint64_t refused;
};

/* peer.c */
MUST_USE bool peer_create(struct link_peer *peer, struct link *link);
void peer_destroy(struct link_peer *peer);
/* Frees the place, keeping its memory. */
void peer_reset(struct link_peer *peer);
void peer_dial(struct link_peer *peer, const struct link_path *paths, size_t count,
               uint64_t now_ns);
void peer_answer(struct link_peer *peer, uint64_t connection, uint64_t now_ns);
bool peer_begin_tls(struct link_peer *peer, uint64_t now_ns);
/* After bytes went to TLS: did it finish, or fail? */
void peer_follow_tls(struct link_peer *peer, uint64_t now_ns);
void peer_up(struct link_peer *peer, uint64_t now_ns);
/* Ends it: REFUSED or CLOSED is told to our caller, and `reason` to the peer unless it did it. */
void peer_end(struct link_peer *peer, const char *reason, bool by_peer, uint64_t now_ns);
/* What only time brings: plans, line states, key renewal, time-outs. */
void peer_tick(struct link_peer *peer, uint64_t now_ns);
/* Pushes the next event that stands ready besides those pushed already: a frame, a message. */
bool peer_next_event(struct link_peer *peer, uint64_t now_ns);
void peer_frame_stats(const struct link_peer *peer, struct link_stats *stats);
void peer_use_line(struct link_peer *peer, uint8_t line, const struct link_path *path,
                   uint64_t now_ns);
void peer_drop_line(struct link_peer *peer, uint8_t line);
uint8_t peer_used_lines(const struct link_peer *peer); /* a set */
bool peer_can_send(const struct link_peer *peer);
/* Whether any line is heard of as it should be; when none is, silent ones have to do. */
bool peer_any_line_lives(const struct link_peer *peer);

/* Whether frames go by line `index`. Those of the lines that leave something for frames whose pieces come while
 * the other end still waits: not later than the quickest one's by more than three quarters of the budget, what
 * is left being for jitter. One that is not measured carries none, unless none of them is. */
bool peer_line_carries(const struct link_peer *peer, size_t index, uint64_t budget_ns);

/* peer_in.c: a sealed datagram named this session. */
void peer_receive(struct link_peer *peer, const struct wire_header *header,
                  const struct link_path *path, uint8_t *bytes, size_t len, uint64_t now_ns);

/* peer_out.c */
size_t peer_transmit(struct link_peer *peer, struct link_path *path,
                     uint8_t out[static LINK_DATAGRAM_MAX], uint64_t now_ns);
/* Of the quickest line; a satellite's before any is measured. */
uint64_t peer_round_trip_ns(const struct link_peer *peer);

/* peer_deadline.c */
uint64_t peer_deadline(const struct link_peer *peer, uint64_t now_ns);
uint64_t peer_sample_deadline(const struct link_peer *peer);
/* Frames of `channel` go on `line` credit or not, from `spared_ns` on: what they need is little of it. */
bool peer_spares(const struct link_peer *peer, const struct peer_line *line, size_t channel);
/* `bytes` of them have gone without credit. */
void peer_spared(const struct link_peer *peer, struct peer_line *line, size_t channel, size_t bytes,
                 uint64_t now_ns);

/* link.c */
struct link_event *link_push(struct link *link, enum link_event_kind kind, struct link_peer *peer);
const struct link_settings *link_settings_of(const struct link *link);
uint64_t link_budget_ns(uint64_t interval_ns); /* of frames: the standard */
struct link_stranger_stats *link_strangers(struct link *link);
void link_random(struct link *link, uint8_t *out, size_t len);
int64_t link_wall_s(const struct link *link, uint64_t now_ns);
/* The session of `peer` had keys and has ended: what still comes for it is no stranger's. */
void link_note_end(struct link *link, const struct link_peer *peer);
struct places *link_places(struct link *link);

#endif
