/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One speaker's packets on their way to the loudspeaker: gathers as few as the lines' jitter asks for.
 *
 *     jitter_put(jitter, &packet, captured_ns)    a packet came
 *     jitter_take(jitter, &play)                  each 20 ms of the loudspeaker: what it is to play
 *
 * Time is counted in takes, which are the loudspeaker's own clock. When there is nothing to play in the
 * midst of a talk, 20 ms are put in (concealed) and all that follows is that much later: it waits as long
 * as the lines' jitter. When for a while more was there than was needed, what is spare is left out and all
 * is earlier again: 5 s, or 1 s where it is much. So two clocks that drift apart are handled as jitter
 * is: at 100 ppm a frame is put in or left out every 200 s. A new talk waits as long as the last one had
 * come to. The delay it adds is at most JITTER_DEPTH_MAX frames, 200 ms (ITU-T G.114: conversation
 * suffers above 150 ms one way, and is not to be planned above 400).
 *
 * A lost packet is played from the copy that the one after carries (Opus in-band FEC, RFC 6716 2.1.7), or
 * else concealed. Pure: no clock, heap or thread; one owner per struct. */
#ifndef VOICE_JITTER_H
#define VOICE_JITTER_H

#include "voice/packet.h"

enum {
    JITTER_SLOTS = 16,      /* packets kept; a power of two */
    JITTER_DEPTH_MAX = 10,  /* frames that wait; more, and the oldest are left out at once */
    JITTER_CONCEAL_MAX = 5, /* in a row; after 100 ms Opus has faded to silence */
    JITTER_WAIT_MAX = 8,    /* frames that a new talk gathers before it begins */
    JITTER_RESERVE = 1, /* frames that wait though they were not needed lately: against swinging */
    JITTER_SPARE_TAKES = 250,     /* 5 s: so long more than those, and the rest is left out; */
    JITTER_SPARE_TAKES_MUCH = 50, /* 1 s where it is at least ... */
    JITTER_SPARE_MUCH = 4         /* ... so many frames */
};

enum jitter_what {
    JITTER_SILENCE, /* nobody talks */
    JITTER_FRAME,   /* decode `opus` */
    JITTER_REPAIR,  /* decode the copy of what is missing that `opus`, the next packet, carries */
    JITTER_CONCEAL  /* make it up from what was before */
};

struct jitter_play {
    enum jitter_what what;
    const uint8_t *opus; /* FRAME, REPAIR: valid until the next call */
    size_t opus_len;
    uint64_t captured_ns; /* FRAME: as given to jitter_put */
};

struct jitter_counts {
    uint64_t played, repaired, concealed; /* frames, by what was to be done */
    uint64_t left_out;                    /* to make up for delay or drift */
    uint64_t late;                        /* came after their turn */
};

struct jitter {
    enum { JITTER_IDLE, JITTER_GATHERS, JITTER_PLAYS } state;
    uint32_t next, newest; /* sequence numbers: to be played next, and known of */
    unsigned wait;         /* frames that a talk gathers before it begins */
    unsigned gather;       /* takes until it begins */
    unsigned put_in;       /* concealed since the last packet, with nothing newer there */
    unsigned spare, takes; /* least depth after so many takes */
    struct jitter_counts counts;
    struct jitter_slot {
        bool is_full, is_last;
        uint64_t captured_ns;
        size_t len;
        uint8_t opus[VOICE_OPUS_BYTES_MAX];
    } slots[JITTER_SLOTS];
};

void jitter_init(struct jitter *jitter);

/* Takes a packet that voice_packet_decode gave; its bytes are copied. `captured_ns` is handed back. */
void jitter_put(struct jitter *jitter, const struct voice_packet *packet, uint64_t captured_ns);

/* What the loudspeaker is to play for the next 20 ms. */
void jitter_take(struct jitter *jitter, struct jitter_play *play);

#endif
