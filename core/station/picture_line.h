/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of pictures on their way to who leads the robot: whether the lines carry them at all (hazard H-74), and
 * which of them should have been seen by now.
 *
 * Pictures that an encoder makes no smaller, over a line that has no room for them, come late, each of them, and take
 * the line from gestures, state and voice. So where what the surgeon sees stays late although pictures go, and the
 * lines leave hardly what the least pictures need, they are sent no more, and everybody is told why: the line is too
 * poor. A line that carries nothing teaches nothing, so now and then one picture that stands alone is tried: when it
 * is seen in time all of them go again, and once they have stayed young, or the lines have had room for them, the line
 * is poor no more.
 *
 * A picture that is not seen when pictures usually are is lost, or rests on a lost one. The console asks for one that
 * stands alone once the link has given the lost one up and the next is decoded; that is late where pictures are few,
 * and on a line that drops bursts it makes the hands freeze. So it is asked for here by then (H-08).
 *
 *     picture_line_judge(&line, &facts, now)           at every tick of the arm
 *     picture_line_asks(&line)                         then: whether the encoder is to give a picture that stands alone
 *     picture_line_gives(&line, captured, alone)       for each picture of the camera: whether it goes
 *
 * Pure: no clock, heap or thread; one owner. `now_ns` never runs backwards. */
#ifndef STATION_PICTURE_LINE_H
#define STATION_PICTURE_LINE_H

#include <stdbool.h>
#include <stdint.h>

/* Lines that leave less are poor when pictures come late: twice the least that an encoder is set to
 * (ENCODER_BIT_RATE_MIN_BPS), since a small picture costs more than its bits. With more it is something else that is
 * late. */
#define PICTURE_LINE_BPS UINT64_C(128000)
/* Late for so long: longer than the first picture after an outage takes on a slow line (rural-lte: 0.5 s). */
#define PICTURE_LINE_LATE_NS UINT64_C(1000000000)
/* What is tried: after so long, then twice as long each time, up to the most, as long as there is no room. With room a
 * trial was lost, or is larger than what follows it: it has twice the time to be seen, and the next comes soon. */
#define PICTURE_LINE_TRY_NS UINT64_C(1000000000)
#define PICTURE_LINE_TRY_MOST_NS UINT64_C(4000000000)
/* So much later than usual, and by four times what its lateness differs by (RFC 6298 2.2), and a picture is missed: a
 * pulse's period and a picture's. */
#define PICTURE_LINE_MISS_NS UINT64_C(60000000)
/* One that stands alone and brings nothing newer, as where a window is out of sight, is asked for again after twice as
 * long each time (RFC 6298 5.5), up to this: as seldom as a poor line is tried, since they come to everybody. */
#define PICTURE_LINE_ASK_MOST_NS PICTURE_LINE_TRY_MOST_NS
enum { PICTURE_LINE_SENT = 16 }; /* remembered: half a second of pictures and more */
/* Young for so long, or room for so long, and the line is poor no more. */
#define PICTURE_LINE_WELL_NS UINT64_C(2000000000)

enum picture_line_state {
    PICTURE_LINE_GOES, /* all pictures */
    PICTURE_LINE_RESTS,
    PICTURE_LINE_TRIES /* one that stands alone */
};

struct picture_line { /* zeroed: a line of which nothing is known, pictures go */
    enum picture_line_state state;
    bool is_poor;      /* what people are told */
    uint64_t bad_ns;   /* late by the line's doing since; 0: not */
    uint64_t well_ns;  /* young, or with room, since; 0: not */
    uint64_t until_ns; /* of a rest, or until when a trial must have been seen */
    uint64_t rest_ns;  /* the last one's length; 0: none since the line was last good */
    uint64_t tried_ns; /* when the picture that is tried was captured; 0: none went yet */
    uint64_t sent_ns[PICTURE_LINE_SENT]; /* capture times of the last that went; 0: none */
    unsigned sent_next;
    uint64_t seen_ns; /* capture of the newest that was seen; 0: none */
    double usual_ns,
        differs_ns;    /* from capture until it is known as seen, and by how much that differs */
    uint64_t asked_ns; /* for a picture that was missed; those captured before are no news */
    uint64_t again_ns; /* from then until it is asked for again; 0: a newer was seen since */
    bool wants_alone;  /* an encoder is to be asked */
    bool is_broken;    /* the last picture was not sent: none goes that refers to it */
};

struct picture_line_facts {
    uint64_t room_bps; /* link_frame_rate_bps */
    uint64_t late_ns;  /* an older picture than this holds */
    bool
        is_well; /* camera and lines are: it gives pictures, and who sees them was heard just now */
    bool sees;
    uint64_t seen_captured_ns; /* of the newest they have seen, on our clock, where `sees` */
};

void picture_line_judge(struct picture_line *line, const struct picture_line_facts *facts,
                        uint64_t now_ns);

/* True once each time: the next picture should need none before it. */
bool picture_line_asks(struct picture_line *line);

/* Whether the picture captured at `captured_ns` is to be sent; after one that was not, only one that stands alone. */
bool picture_line_gives(struct picture_line *line, uint64_t captured_ns, bool stands_alone);

#endif
