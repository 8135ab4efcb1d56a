/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The load, and what became of each of its messages.
 *
 * A load is a number of pictures sent at a steady pace, each cut into the same number of messages; a
 * gesture is a picture of one message. A message says which it is and when its picture was sampled
 * (CLOCK_MONOTONIC: both ends are on one machine, so ages need no clock to be agreed on).
 *
 * The board is memory shared by the processes of one run: sender and receiver write, the parent
 * reads when both have ended. It keeps every age, so that percentiles are exact. */
#ifndef BENCH_BOARD_H
#define BENCH_BOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BOARD_MESSAGE_BYTES_MIN = 24 };

struct board_load {
    double per_second;    /* pictures, or gestures */
    uint64_t count;       /* of pictures to be measured */
    size_t parts;         /* messages a picture */
    size_t message_bytes; /* of each message */
};

struct board {
    struct board_load load;
    atomic_bool listening, finished; /* the receiver's word to the sender, and back */
    atomic_uint_fast64_t start_ns;   /* when the first measured picture was sampled; 0: not yet */
    atomic_uint_fast64_t copies;     /* that came after the first of their message */
    atomic_uint_fast64_t strange;    /* arrivals that are no message of this run */
    atomic_int_fast64_t age_ns[];    /* of each message's first copy; 0: never arrived */
};

/* A board for `load`, mapped shared; aborts the process when there is no memory. */
struct board *board_new(const struct board_load *load);
void board_free(struct board *board);

/* Writes message `part` of picture `index` to `out`, load.message_bytes long. `index` below 0 is
 * warming up: carried like any other, never counted. */
void board_write_message(const struct board *board, int64_t index, size_t part, uint64_t sampled_ns,
                         uint8_t *out);

/* Takes note of an arrival. Any thread. */
void board_take_message(struct board *board, const uint8_t *bytes, size_t len, uint64_t now_ns);

/* The age at which picture `index` was whole; 0: never. */
int64_t board_picture_age(const struct board *board, uint64_t index);

#endif
