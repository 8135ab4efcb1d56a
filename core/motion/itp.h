/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Interoperable Teleoperation Protocol's surgeon packets, alone or in a recorded stream.
 *
 * Source: uw-biorobotics/raven2 d2307c5, include/itp_teleoperation.h and network_layer.cpp
 * (research, B.1). A packet is 124 bytes, little-endian, and carries INCREMENTS: micrometres and a
 * quaternion for each arm since the packet before. What is valid is summed up to where each hand is;
 * a packet that is not valid as a whole is refused as a whole and moves nothing.
 *
 * A recorded stream is a row of 135-byte records: the time (u64 big-endian, nanoseconds since 1970),
 * a zero byte, the packet's length (u16 little-endian, 124), the packet. Found by examination of
 * UVA-DSA's console recording: the stamps are of 2025-07-30, rise in all 41,508 records and span
 * 80.3 s, as 500 Hz should.
 *
 * Pure: no clock, heap or thread; one owner per struct. */
#ifndef MOTION_ITP_H
#define MOTION_ITP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "motion/clutch.h"

enum { ITP_ARMS = 2, ITP_PACKET_BYTES = 124, ITP_RECORD_BYTES = 135 };

/* No hand goes further between two packets of a 500 Hz stream: 10 mm is 5 m/s, 0.2 rad 100 rad/s;
 * the recording's largest honest increment is 0.06 mm. */
#define ITP_STEP_MAX_M 0.01
#define ITP_TURN_MAX_RAD 0.2

/* Closing effort (0 to 32767 by the protocol) at which the jaw counts as shut; the recorded
 * console never exceeds 2597, and its robot took 2100 for a grasp. At 0 the jaw is 60 degrees open. */
#define ITP_GRASP_SHUT 2600
#define ITP_JAW_OPEN_RAD 1.0471975511965976

struct itp_packet {
    uint32_t sequence; /* never 0, which asks for an echo */
    bool engaged;      /* surgeon mode 1: the pedal is down */
    int32_t delta_um[ITP_ARMS][3];
    struct quat turn[ITP_ARMS]; /* as received: unit within QUAT_UNIT_TOLERANCE */
    int32_t buttons[ITP_ARMS], grasp[ITP_ARMS];
};

/* Reads one packet; `*packet` is set only on MOTION_OK. MOTION_ERR_LENGTH, _VERSION (type or version
 * not 0), _CHECKSUM, _REFLECT, _STATE (mode neither 0 nor 1), _NOT_FINITE, _NOT_UNIT, _STEP. */
MUST_USE enum motion_err itp_decode(struct itp_packet *packet, const uint8_t *in, size_t len);

/* Both hands' turns of a packet become none, whatever they were; its checksum does not cover them. */
void itp_clear_turns(uint8_t packet[static ITP_PACKET_BYTES]);

/* Writes a packet with its checksum. */
void itp_encode(const struct itp_packet *packet, uint8_t out[static ITP_PACKET_BYTES]);

struct itp {
    struct clutch_hands hands; /* where the hands are: sums since itp_init */
    bool has_sequence;
    uint32_t sequence; /* of the last packet whose checksum agreed */
};

void itp_init(struct itp *itp);

/* Takes the next packet and moves `hands` by it, or says why not; that the pedal is up is taken from
 * every packet whose checksum agrees, refused ones too. Besides itp_decode's:
 * MOTION_ERR_DUPLICATE, or MOTION_ERR_SEQUENCE: packets are missing before this one, or it is older
 * than the last (raven2's rules: a step back by more than 1000 is a console started anew). The
 * packet after is welcome again. */
MUST_USE enum motion_err itp_take(struct itp *itp, const uint8_t *in, size_t len);

/* The next packet may have any sequence number: a recording begins again. */
void itp_restart(struct itp *itp);

struct itp_record {
    uint64_t stamp_ns;     /* since 1970 */
    const uint8_t *packet; /* ITP_PACKET_BYTES inside the caller's bytes */
};

/* Reads the record at the start of the `len` bytes at `in`. MOTION_ERR_LENGTH: fewer than
 * ITP_RECORD_BYTES, or a packet of another length. MOTION_ERR_RESERVED: the ninth byte is not zero. */
MUST_USE enum motion_err itp_record_read(struct itp_record *record, const uint8_t *in, size_t len);

#endif
