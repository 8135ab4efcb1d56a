/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one line does to datagrams, seen from both of its ends.
 *
 *   path_rx   the receiving end: told of every authentic datagram, it counts losses, jitter,
 *             silence, and fills the report that goes back about every 10 ms
 *   path_tx   the sending end: remembers what was sent, and reads from the reports what arrived,
 *             how long it took beyond the line's own floor, and how fast it comes out
 *
 * Packet numbers are per line and direction, from 0, one more each time. Words after RFC 2330
 * (IPPM): jitter RFC 3550 6.4.1, loss episodes RFC 6534, reordering RFC 4737.
 *
 * Reports may be lost, late, or come over another line. A packet is called lost only when younger
 * ones are known to have arrived; what no report tells of is settled by the cumulative counts.
 *
 * Pure: fixed memory (path_tx about 70 KiB, path_rx about 1), no heap, O(1) a datagram, at most
 * PATH_REPORT_PACKETS steps a report. One owner per struct; nothing here locks. Nanoseconds; times
 * marked "peer's" are by the other end's clock, and only differences of them are used. */
#ifndef LINK_PATH_H
#define LINK_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/link.h" /* enum link_line_state, LINK_DATAGRAM_MAX */
#include "link/window.h"
#include "link/wire.h" /* struct line_report */

enum {
    PATH_REPORT_PACKETS =
        8 *
        REPORT_BITMAP_BYTES,  /* a report's bitmap: 50 ms of 5,000 datagrams a second, 5 reports */
    PATH_SENT_PACKETS = 4096, /* 0.8 s at that rate: longer than any round trip we bear */
    PATH_RATE_MARKS = 16      /* reports that the delivered rate looks back on */
};

/* A hole is a loss when three younger packets have arrived (RFC 9002 6.1.1), and the youngest was
 * sent this much later: a line with jitter reorders. Jitter spread evenly over j has an RFC 3550
 * figure of j / 3, so three of these are added. */
#define PATH_REORDER_NS UINT64_C(5000000)
enum { PATH_REORDER_JITTERS = 3 };
/* What arrives after all lengthens the allowance, as RFC 8985 6.2 does: to at most half of a report's
 * reach at 5,000 datagrams a second; and a 64th is forgotten each second. */
#define PATH_REORDER_MOST_NS UINT64_C(25000000)
enum { PATH_REORDER_FORGET = 64 };
/* The floor of the forward delay is the least of so long: longer than a Starlink reallocation
 * (15 s), shorter than two clocks drift apart by a queue's worth (100 ppm x 30 s = 3 ms). */
enum { PATH_FLOOR_SECONDS = 30 };
enum { PATH_LATELY_SECONDS = 4, PATH_WORST_SECONDS = 60 };
/* Packets a second needs before its share of losses may be called the worst. */
enum { PATH_WORST_PACKETS = 50 };
/* The delivered rate is over at least so much of the receiver's time: ten packets of 1,232 bytes
 * at 1 Mbit/s, so it is right to a tenth. */
#define PATH_RATE_SPAN_NS UINT64_C(100000000)
/* Without a report for so long there was an outage (as rate.h has it): the rate across it says nothing of
 * what the line carries. */
#define PATH_RATE_GAP_NS UINT64_C(500000000)
#define PATH_REPORT_NS UINT64_C(10000000) /* usual time between two reports */

/* Silence: docs/protocol.md "Lines". 30 ms is three reports. */
#define PATH_SUSPECT_NS UINT64_C(30000000)
enum { PATH_SUSPECT_GAPS = 4 };
/* Until its pace is known a line is taken for one that carries little but reports. */
#define PATH_GAP_UNKNOWN_NS INT64_C(50000000)
#define PATH_LOST_NS UINT64_C(1000000000)
/* Nothing has come over it yet for so long: that, and a satellite's round trip (handshake.c). */
#define PATH_FRESH_NS (PATH_LOST_NS + UINT64_C(600000000))

/* Reports later than this, beyond the least round trip and jitter, leave the sender blind: four of
 * them in a row. */
#define PATH_BLIND_NS UINT64_C(40000000)

/* Sizes to try, largest first: IPv6's least MTU 1280 less 48 of headers, then steps for tunnels
 * within tunnels, down to IPv4's 576 less 28 (RFC 1122 3.3.2). */
enum { PATH_SIZES = 4 };
extern const uint16_t path_sizes[PATH_SIZES];
/* The line swallows large datagrams when chance would lose those that it lost, and none as large came
 * meanwhile, only so seldom. A loss counts when the packet before it arrived: no burst explains it. How
 * often chance begins a loss there, small datagrams tell, the last 128 or so; it is never taken for
 * less than a twentieth, so seven losses are the least. */
#define PATH_HOLE_CHANCE 1e-9
#define PATH_HOLE_BEGINS_LEAST 0.05
enum { PATH_HOLE_MEMORY = 128 };
/* The line's own limit lies between two of the sizes: sizes are told apart by so many bytes. */
enum { PATH_SIZE_STEP = 25, PATH_SIZE_STEPS = 12 };
/* ... and no queue as long as this: a full one has room for small ones when it has none for large. */
#define PATH_HOLE_QUEUE_NS INT64_C(20000000)
/* Larger ones are tried again this often (RFC 8899 5.1.1 allows less: a line heals in handovers, so
 * we ask more often; one datagram each), up to MAX_PROBES (5.1.2) times, a second apart. */
#define PATH_PROBE_NS UINT64_C(10000000000)
#define PATH_PROBE_AGAIN_NS UINT64_C(1000000000)
enum { PATH_PROBES = 3 };

/* Runs of lost packets, each counted once a packet after it has left the bitmap. */
struct path_episodes {
    uint64_t count;
    uint64_t longest_packets;
};

struct path_rx { /* all zero at first: path_rx_init */
    bool any;
    bool anew;      /* the line was not used lately: its next datagram ends no silence */
    uint64_t first; /* the first packet number seen: what was sent before is not ours to count */
    uint64_t highest, highest_sent_ns, highest_received_ns;
    uint64_t bits[PATH_REPORT_PACKETS / 64]; /* bit i of word w: highest - (64 w + i) has come */
    uint64_t received, received_bytes;
    uint64_t lost; /* holes that fell out of the bitmap, 256 packets later */
    uint64_t reordered, duplicate;
    uint64_t run; /* packets in the episode that is falling out now */
    struct path_episodes episodes;
    uint64_t
        heard_ns;   /* when the last datagram came; before the first: when the line began (again) */
    int64_t gap_ns; /* usual time between two */
    int64_t jitter_ns;
    struct window gaps; /* negated */
};

void path_rx_init(struct path_rx *rx);

/* The line is in use from now on. */
void path_rx_begin(struct path_rx *rx, uint64_t now_ns);

/* An authentic datagram came that the replay window had not seen. `sent_ns`: the peer's. */
void path_rx_accept(struct path_rx *rx, uint64_t packet, uint64_t sent_ns, size_t bytes,
                    uint64_t now_ns);

/* The line is out of use from now on, until its next datagram: that it says nothing is no outage. */
void path_rx_rest(struct path_rx *rx);

/* A datagram came that the replay window had seen: the line duplicated it, or a stranger repeated it; it
 * was not opened. */
void path_rx_duplicate(struct path_rx *rx);

/* Fills all of `*report` but its line. False: nothing has been received yet, nothing to report. */
MUST_USE bool path_rx_report(const struct path_rx *rx, struct line_report *report);

/* The longest silence of the last minute, the present one included; 0 before the first datagram. */
uint64_t path_rx_longest_gap_ns(const struct path_rx *rx, uint64_t now_ns);

struct path_sent {
    uint64_t sent_ns;
    uint32_t bytes_before; /* sent on this line before it, modulo 2^32 */
    uint16_t bytes;
    uint8_t fate; /* enum path_fate, of path_tx.c */
};

struct path_second { /* what was settled in one second */
    uint64_t second;
    uint32_t arrived, lost, runs, longest_run;
};

struct path_mark {                 /* a report's view of the line, to measure rates between two */
    uint64_t sent_ns, received_ns; /* of its highest packet; the second the peer's */
    uint64_t sent_bytes, received_bytes;
};

struct path_tx { /* all zero at first but `size`: path_tx_init */
    struct path_sent ring[PATH_SENT_PACKETS];
    uint64_t next;    /* packet number */
    uint64_t settled; /* all below have met their fate */
    uint64_t sent_bytes;

    bool reported;
    uint64_t highest; /* packet reported so far */
    uint32_t received_seen;
    uint64_t received, received_bytes; /* by the reports' cumulative counts */
    uint64_t
        began_ns; /* when the line came into use, last: no report is owed for what went before */
    uint64_t progress_ns; /* when a report last told of a new packet, or the first was sent */
    uint64_t marked;      /* arrivals that bitmaps told of */
    uint64_t unknown, unknown_lost; /* what no bitmap told of, and how many of these were lost */
    uint64_t lost;                  /* in all; what turns up after all is taken off again */
    uint64_t run;                   /* lost packets in a row, now */
    uint64_t reorder_ns;            /* learnt from losses that were none */
    struct path_second seconds[PATH_WORST_SECONDS];

    bool rtt_measured;
    int64_t rtt_ns;  /* smoothed, RFC 6298 2.3 */
    int64_t loop_ns; /* smoothed: sending to learning of it, over whichever line */
    struct window rtts, delays;
    uint64_t stepped_ns; /* the peer's clock has, last, before it read so; 0: never */
    int64_t queue_ns;    /* forward delay above its floor, at the last report that moved */
    int64_t way_ns;    /* forward delay by two clocks that have nothing in common, smoothed: it only
                          compares lines of one session */
    int64_t jitter_ns; /* of that delay, from report to report, RFC 3550 6.4.1 */
    struct path_mark marks[PATH_RATE_MARKS];
    unsigned marks_count, marks_next;
    uint64_t delivered_bps, carried_bps;

    unsigned size;                  /* index into path_sizes */
    double doubts[PATH_SIZE_STEPS]; /* -log of chance, by steps above the next lower size */
    bool after_arrival;             /* the packet settled last had arrived */
    double begins;                  /* share of small ones lost after an arrival */
    unsigned probes;
    uint64_t probe_due_ns;
};

void path_tx_init(struct path_tx *tx);

/* The line is in use from now on. */
void path_tx_begin(struct path_tx *tx, uint64_t now_ns);

/* Takes note that packet `path_tx_next` leaves now; `bytes` is the datagram's, at most
 * LINK_DATAGRAM_MAX. */
static inline uint64_t path_tx_next(const struct path_tx *tx)
{
    return tx->next;
}
void path_tx_sent(struct path_tx *tx, size_t bytes, uint64_t now_ns);

/* What a report taught. */
struct path_feedback {
    bool moved; /* it told of a younger packet than any before: queue_ns is new */
    uint64_t acked_packets, acked_bytes;
    uint64_t lost_packets;
    int64_t queue_ns;       /* forward delay above its floor; with `moved` */
    int64_t jitter_ns;      /* of it */
    int64_t loop_ns;        /* smoothed time from sending to learning of it */
    uint64_t delivered_bps; /* came out at the far end, over the last reports; 0: not measured */
    uint64_t sent_bps;      /* what had been put in, over the same packets */
};

/* Whether a report can be of what we sent. */
MUST_USE bool path_tx_bears_out(const struct path_tx *tx, const struct line_report *report,
                                uint64_t now_ns);

/* `hold_ns`: how long the peer held the report after its highest packet (the carrying datagram's
 * sent time less received_ns) if it came back over this very line; -1 if over another.
 * False: contradicts what we sent; nothing was learnt. An old report teaches nothing, but is true. */
MUST_USE bool path_tx_report(struct path_tx *tx, const struct line_report *report, int64_t hold_ns,
                             uint64_t now_ns, struct path_feedback *feedback);

struct path_loss {
    double share;         /* of the last PATH_LATELY_SECONDS, 0 to 1; -1: nothing settled */
    double burst;         /* mean run of losses then, packets; 0: none */
    double worst_share;   /* worst second of the last minute; -1 */
    uint32_t worst_burst; /* longest run of the last minute, packets */
};

struct path_loss path_tx_loss(const struct path_tx *tx, uint64_t now_ns);

/* The least round trip of the last PATH_FLOOR_SECONDS; -1: not measured. */
int64_t path_tx_rtt_least_ns(const struct path_tx *tx, uint64_t now_ns);

/* The peer's clock has stepped, and reads `peer_ns` or later since: what was learnt from its times is forgotten,
 * and what it received before, of which reports still tell, teaches nothing of delays. */
void path_tx_clock_stepped(struct path_tx *tx, uint64_t peer_ns);

/* For how long an acknowledgement has been overdue; 0: none is. */
uint64_t path_tx_overdue_ns(const struct path_tx *tx, uint64_t now_ns);

/* Whether reports are so late, against the least round trip, that a queue or worse must be taken to
 * have formed somewhere that they cannot tell of yet. */
bool path_tx_is_blind(const struct path_tx *tx, uint64_t now_ns);

/* The largest datagram this line is known to carry. */
static inline size_t path_tx_datagram_max(const struct path_tx *tx)
{
    return path_sizes[tx->size];
}

/* A larger size is to be tried now: pad one otherwise unimportant datagram (a report alone) to so
 * many bytes, and note it by path_tx_sent at once. 0: none. If it arrives, datagram_max grows. */
size_t path_tx_probe(struct path_tx *tx, uint64_t now_ns);

/* The line's state from both its directions: either one silent is enough. */
enum link_line_state path_state(const struct path_rx *rx, const struct path_tx *tx,
                                uint64_t now_ns);

#endif
