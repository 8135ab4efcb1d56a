/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A console that speaks the Interoperable Teleoperation Protocol, live: who of those that send is heard,
 * whose foot it is, and what it is answered. motion/itp.h says what a packet means.
 *
 *     itp_live_take(&live, sender, sender_len, packet, len, now)     a datagram came
 *     itp_live_answer(&live, level, force_n, answer)                          send that back to its sender
 *     itp_live_look(&live, now)                                      a thousand times a second
 *     itp_live_hands(&live, &hands)                                  where the hands are
 *
 * ITP has neither session nor time nor secret, so this end decides: one sender is heard, the first, until
 * it has been silent for ITP_LIVE_SENDER_NS (hazard H-66). Packets carry increments: of one that never
 * came, or that was refused, nobody knows how far the hand went. So from then on, and once no good one has
 * come for ITP_LIVE_SILENCE_NS, and when another console or the same one begins anew, and at the start, the
 * hands are frozen until a packet shows the foot up: then the next clutch-in is a fresh one (hazards H-64,
 * H-65; the protocol's own receivers keep the pedal down for five seconds). One whose checksum is wrong
 * shows as a gap with the next.
 *
 * Pure: no clock, heap or thread; one owner per struct. `now_ns` never runs backwards. */
#ifndef MOTION_ITP_LIVE_H
#define MOTION_ITP_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "motion/itp.h"

/* 50 packets of a 500 Hz stream; the recorded stream's own pauses reach 169 ms, and are holds here. */
#define ITP_LIVE_SILENCE_NS UINT64_C(100000000)

/* Ten times as long, so that a pause gives nobody else the place. */
#define ITP_LIVE_SENDER_NS UINT64_C(1000000000)

enum { ITP_ANSWER_BYTES = 52, ITP_SENDER_BYTES_MAX = 32 };

struct itp_live_counts {
    uint64_t strangers; /* datagrams of others than the sender */
    uint64_t gaps;      /* times that packets never came */
    uint64_t lost;      /* packets whose increments are missing: never came, or refused */
    uint64_t silences;
};

struct itp_live {
    struct itp itp;
    uint8_t sender[ITP_SENDER_BYTES_MAX];
    size_t sender_len; /* 0: nobody */
    uint64_t heard_ns; /* its last packet whose frame was good, ... */
    uint64_t good_ns;  /* ... that was not refused */
    bool frozen;       /* until the foot is seen up */
    bool is_silent;    /* none has come that was not refused */
    uint32_t answered; /* so many answers so far */
    struct itp_live_counts counts;
};

void itp_live_init(struct itp_live *live);

/* Takes a datagram of whoever `sender` (1 to ITP_SENDER_BYTES_MAX bytes that the caller understands) is.
 * MOTION_OK, or why it moves nothing: what itp_take says; MOTION_ERR_STRANGER: another is heard. Answer
 * what gives MOTION_OK or MOTION_ERR_REFLECT, and nothing else: who is not heard gets no word. */
MUST_USE enum motion_err itp_live_take(struct itp_live *live, const void *sender, size_t sender_len,
                                       const uint8_t *in, size_t len, uint64_t now_ns);

/* Lets time pass. True: the hands have just fallen silent. */
bool itp_live_look(struct itp_live *live, uint64_t now_ns);

/* The hands, the pedal up while they are frozen; returns whether they are. */
bool itp_live_hands(const struct itp_live *live, struct clutch_hands *hands);

enum itp_run_level { ITP_STOPPED = 0, ITP_PEDAL_UP = 2, ITP_PEDAL_DOWN = 3 }; /* raven2's */

/* Writes the answer: run level, forces in millinewtons, the last sequence number; its checksum is the sum of all other
 * fields. */
void itp_live_answer(struct itp_live *live, enum itp_run_level run_level,
                     const struct vec3 force_n[static ITP_ARMS],
                     uint8_t out[static ITP_ANSWER_BYTES]);

#endif
