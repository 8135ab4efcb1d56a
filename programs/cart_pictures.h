/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cart's pictures on their way from the encoder into the link: each says which gesture had moved the
 * arm when it was captured, how long it took, and how many come a second.
 *
 * One that does not go, because it is larger than the lines' datagrams carry, breaks the chain of those
 * that refer to one another, and the console could not know: the link gives it no number. So none goes
 * after it but one that stands alone, which the encoder is asked for (hazard H-08), and from then on
 * pictures of the session are kept smaller.
 *
 * Where the lines have no room for any (station/picture_line.h), none goes to the surgeon, for whom and for the others
 * it is said why (hazard H-74).
 *
 * Who only watches gets the same pictures, those that its lines carry in time: one that they do not is left out for
 * it alone, and then all up to the next that stands alone. So it sees fewer, and whole ones, and its lines change
 * nothing in the bit rate that the surgeon's pictures have.
 *
 * One thread, the loop's. */
#ifndef CART_PICTURES_H
#define CART_PICTURES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/spread.h"
#include "link/link.h"
#include "media/camera_thread.h"
#include "motion/delay.h"
#include "motion/moved.h"
#include "motion/picture_head.h"
#include "station/picture_line.h"

struct cart_viewer {
    const struct link_peer *peer;
    bool awaits_alone; /* it was not given a picture: only one that stands alone goes now */
};

struct cart_pictures {
    struct camera_thread *camera;
    struct picture_line *line; /* to the surgeon */
    uint32_t rate;             /* pictures a second, as the camera gives them */
    struct moved moved;
    struct delay_cart delay;
    struct spread raw; /* of encoding: to the raw picture */
    uint64_t sent, sent_bytes;
    uint64_t refused; /* to the surgeon: too large for the link, or resting on one that was */
    uint64_t no_room; /* not sent to the surgeon: the lines are too poor for pictures */
    bool told_poor;   /* that is in the log */
    uint64_t
        left_out; /* of who only watches: their lines would not have carried it in time, or it rests on one */
    struct cart_viewer
        viewers[LINK_PEERS_MAX]; /* as they were given the last picture, the surgeon first */
    bool
        watchers_ask; /* one of them awaits a picture that stands alone: to be asked for when that is fair to the
                          surgeon, and cleared */
    uint32_t bytes_most; /* of one, on average, in this session; UINT32_MAX: any */
    uint64_t told_ns;    /* when it was logged, */
    uint64_t told;       /* and how many then */
    uint8_t bytes[PICTURE_HEAD_BYTES + ENCODED_BYTES_MAX]; /* on its way into the link */
};

/* `camera` and `line` are lent. */
void cart_pictures_init(struct cart_pictures *pictures, struct camera_thread *camera,
                        struct picture_line *line);

/* Another leads the robot, or a session of who does begins: what was measured of the one before is forgotten. */
void cart_pictures_meet(struct cart_pictures *pictures);

/* Gives `frame` to the link, or not: above. `count` is at least 1. */
void cart_pictures_give(struct cart_pictures *pictures, const struct camera_frame *frame,
                        struct link_peer *const *peers, size_t count, uint64_t now_ns);

/* All that wait at the camera, to the `count` peers that are there: by the lines of the first of them it is
 * judged what goes, and the others get the same. */
void cart_pictures_send(struct cart_pictures *pictures, struct link_peer *const *peers,
                        size_t count, uint64_t now_ns);

/* At every turn of the loop: while pictures that were given still wait for the lines of `peer`, no more are encoded;
 * NULL: nobody is there. Asks the encoder for the picture that is to be tried on poor lines. */
void cart_pictures_heed_lines(struct cart_pictures *pictures, const struct link_peer *peer,
                              uint64_t now_ns);

/* The bit rate that the encoder should keep to where the lines allow `bps`: on poor ones what is tried stays small,
 * since how fast they are is least known there. */
uint32_t cart_pictures_rate_bps(const struct cart_pictures *pictures, uint64_t bps);

/* A few times a second: logs that the lines are too poor, or not any more, and what was refused, once a second at
 * most. */
void cart_pictures_tell(struct cart_pictures *pictures, uint64_t now_ns);

#endif
