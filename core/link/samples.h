/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sample channels: the newest value matters, and each datagram repeats some of those before.
 *
 * A sample goes out on every line at once, and on a bad line again a fraction of the period later:
 * a burst of losses is a number of datagrams, so more datagrams end it sooner. Each datagram reaches
 * back as far as bursts do, so that the first to come through brings what was lost: nothing
 * waits for a round trip, or for anything. The receiver takes each sample once, in order; one
 * that is overtaken is gone.
 *
 *     SAMPLES    channel u8 | count u8 | sequence u32 | stamp_ns u64 | count x entry
 *     entry      back u8 | len u8 | older_ns u32 | body
 *
 * `sequence` and `stamp_ns` are the newest one's; an entry's sample is number `sequence - back`,
 * stamped `stamp_ns - older_ns`. The first entry has back = 0; backs only grow. The first body is
 * the sample's `len` bytes; so is that of a sample of another length than the entry before it.
 * Otherwise the body is what differs from the entry before: ceil(len / 8) bytes of mask, bit i of byte
 * j standing for byte 8 j + i, then the bytes whose bit is set. Neighbours resemble each other:
 * a hand moves by micrometres in a millisecond.
 * Source: docs/protocol.md "Samples". Pure; one owner per struct. */
#ifndef LINK_SAMPLES_H
#define LINK_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/wire.h"

enum {
    SAMPLES_KEPT = 64, /* newest ones a sender can repeat; a power of two */
    SAMPLES_BYTES_MAX = 255,
    SAMPLES_HEADER_BYTES = 14,
    SAMPLES_ENTRY_BYTES = 6,
    SAMPLES_ENTRIES_MAX = 12 /* in one chunk: 12 ms of gestures at 1 kHz */
};

struct sample {
    uint32_t sequence;
    uint64_t stamp_ns;
    uint8_t len;
    uint8_t bytes[SAMPLES_BYTES_MAX];
};

/* How a channel is sent over one line just now. */
struct samples_plan {
    uint8_t copies;   /* datagrams for each group of samples, spread over its time */
    uint8_t group;    /* new samples a datagram waits for: 1 unless capacity is short */
    uint8_t dense;    /* samples in each datagram counted back from the newest, itself included */
    bool newest_only; /* skip the samples between: state under the order of mercy */
};

/* What is known of the line, and of the company it is in. */
struct samples_need {
    double loss;         /* share of datagrams lost, 0 to 1 */
    double burst;        /* mean run of losses, datagrams, at least 1 */
    double company_miss; /* chance that every other line loses a datagram too; 1 when alone */
    bool every;          /* each sample matters */
    size_t sample_bytes;
    double older_bytes; /* of an entry that repeats an older one, its 6 bytes included */
    uint64_t period_ns;
    uint64_t budget_bps; /* of this line, for this channel */
};

/* The leanest plan that keeps late and missed samples rare, within the budget; when the budget is
 * too small even for one datagram a period, samples are grouped; the gestures are never
 * silenced. */
struct samples_plan samples_plan(const struct samples_need *need);

/* Makes a plan as lean as it can be without hurting a surgeon: for as long as nobody knows whether
 * the line still has its capacity. */
void samples_plan_spare(struct samples_plan *plan, bool every);

/* Bits a second the plan costs, UDP and IP headers included. */
uint64_t samples_plan_bps(const struct samples_plan *plan, const struct samples_need *need);

struct samples_tx {
    uint32_t next;      /* the next sample's sequence */
    uint32_t count;     /* samples held, at most SAMPLES_KEPT */
    double older_bytes; /* mean of the entries that repeated an older one; 0: none yet */
    struct sample ring[SAMPLES_KEPT];
};

/* Takes a sample; its sequence. `len` is 1 to SAMPLES_BYTES_MAX. */
uint32_t samples_push(struct samples_tx *tx, const uint8_t *bytes, size_t len, uint64_t stamp_ns);

/* Writes one SAMPLES chunk with what `plan` asks for, as far as there is room. False: nothing to
 * send or no room for even the newest; nothing written. */
bool samples_write(struct samples_tx *tx, uint8_t channel, const struct samples_plan *plan,
                   struct wire_writer *writer);

struct samples_rx {
    bool any;
    uint32_t last; /* sequence of the last one delivered */
    uint64_t delivered, missed, again;
    uint8_t decoded[SAMPLES_ENTRIES_MAX][SAMPLES_BYTES_MAX]; /* of the last body read */
};

struct sample_entry {
    uint32_t sequence;
    uint64_t stamp_ns;
    const uint8_t *bytes; /* in the receiver's `decoded` */
    uint8_t len;
};

struct samples_read {
    uint8_t channel;
    size_t count; /* entries to deliver, in order of sequence */
    bool again;   /* even the newest was known: `newest` and `newest_stamp_ns` say which */
    uint32_t newest;
    uint64_t newest_stamp_ns;
    struct sample_entry entries[SAMPLES_ENTRIES_MAX];
};

/* The channel a SAMPLES body names, before it is read: false when it is empty. */
MUST_USE bool samples_channel(const struct wire_reader *body, uint8_t *channel);

/* Reads a body, and takes what is newer than all delivered before. False: malformed, nothing
 * changed. */
MUST_USE bool samples_receive(struct samples_rx *rx, struct wire_reader *body,
                              struct samples_read *read);

#endif
