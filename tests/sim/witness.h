/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold in every operation, judged by what the simulator itself knows: what was sent, when by
 * true time, and what came out of it. The first breach is kept; nothing here influences the run.
 *
 *   gestures   applied in order, once, unaltered, none older than the gate, none from a stranger
 *   arm        within its limits; without gestures it stops; after a hold only a clutch-in moves it
 *   hands      none moving on an old picture
 *   pictures   unaltered, in order, once; none missing for a second while a line is well
 *   messages   all, unaltered, in order, once
 *   memory     as it was when both ends first were up, but while hands are shaken
 *   ages       the true one is within the bound, but while the news of a clock's step travel */
#ifndef SIM_WITNESS_H
#define SIM_WITNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "motion/follow.h"
#include "sim/pair.h"

enum {
    WITNESS_SAMPLES = 65536, /* of one run and one way */
    WITNESS_SESSIONS = 32,
    WITNESS_SAMPLE_BYTES = ARM_STATE_BYTES_MAX,
    WITNESS_WHY_BYTES = 200
};

/* Clutches that only an intruder's gestures have, this one and the next. */
#define WITNESS_STRANGE_CLUTCH UINT32_C(0x53545200)

struct witness_sample {
    uint64_t connection;
    uint64_t true_ns;
    uint64_t stamp_ns; /* by the sender's clock */
    uint32_t sequence;
    uint8_t len;
    uint8_t bytes[WITNESS_SAMPLE_BYTES];
};

struct witness_log { /* the samples of one way, as sent */
    size_t count;
    struct witness_sample samples[WITNESS_SAMPLES];
    size_t session_count;
    size_t session_first[WITNESS_SESSIONS]; /* index of a session's first sample */
};

/* Numbered things of one session on their way: pictures, messages. */
struct witness_order {
    uint64_t sent_in; /* connection */
    uint32_t sent;    /* in it */
    uint64_t got_in;
    uint32_t next;
};

struct witness_figures {
    uint64_t gestures, applied, pictures, messages, holds, clutches, bounds, sessions;
    uint64_t strange,
        spoofed;          /* an intruder's gestures: under its own keys, under others' numbers */
    uint64_t seconds_met; /* consoles that came while another was at work */
    uint64_t recoveries;  /* asked of the camera, since a picture was damaged */
    uint64_t moved_ns;    /* time in which the arm moved */
    uint64_t longest_without_ns; /* a usable line and yet no session */
    uint64_t longest_dark_ns;    /* a line well for long and yet no picture */
    uint64_t longest_idle_ns;    /* from when a line was well, after all, until the arm followed */
    uint64_t heap_left_bytes;    /* more in use at the end than when the sessions began */
};

struct witness {
    struct pair *pair;
    uint64_t seed;
    int64_t heap_bytes; /* the least in use since both ends first were up; 0: they were not */
    uint64_t doubtful_until_ns; /* a clock has stepped: ages are not judged before */
    bool failed;
    uint64_t failed_ns;
    char why[WITNESS_WHY_BYTES];
    struct witness_figures figures;

    struct witness_log logs[PAIR_ENDS]; /* by the end that sent */
    struct {
        uint64_t connection;
        uint32_t sequence;
        bool any;
    } arrived[PAIR_ENDS], applied;

    bool rested;       /* since the hold began the foot was lifted in a gesture that was applied */
    bool rest_unasked; /* by no person, from an arm that followed */
    uint32_t rest_clutch; /* its clutch */
    uint64_t engaged_ns;  /* when a gesture with the pedal down was last applied */
    bool was_holding;
    uint64_t held_since_ns;
    uint64_t ticked_local_ns;
    struct track before[ARM_STATE_ARMS_MAX];

    struct witness_order pictures, messages[PAIR_ENDS]; /* messages: by the end that sent */
    uint64_t pictures_true_ns[256]; /* capture of the newest, by number modulo */
    uint64_t shown_captured_ns;     /* the newest shown */
    bool any_shown;
};

void witness_init(struct witness *witness, struct pair *pair, uint64_t seed);

/* Notes a breach, unless there was one before. */
void witness_fail(struct witness *witness, const char *text, ...) PRINTF_LIKE(2, 3);

void witness_sent(struct witness *witness, enum pair_end from, uint64_t connection,
                  uint32_t sequence, const uint8_t *bytes, size_t len);
/* A sample came out of the link at `to`, from the session that it operates in. */
void witness_arrived(struct witness *witness, enum pair_end to, uint64_t connection,
                     const struct link_event *event);
/* The cart took a gesture: FOLLOW_APPLIED. `follow` is as it was before. */
void witness_applied(struct witness *witness, uint64_t connection, const struct link_event *event,
                     const struct follow *before);
/* After each follow_tick. */
void witness_tick(struct witness *witness, const struct follow *follow);
/* The cart was started again: its arm stopped by the brakes. */
void witness_cart_restarted(struct witness *witness);

/* Now and then: memory is fixed once both ends `are_up`, only handshakes take more and give it back. */
void witness_heap(struct witness *witness, bool are_up);
/* At the end: no session, however many there were and whoever began them, has left anything behind. */
void witness_heap_left(struct witness *witness);

/* The console sends an engaged gesture. */
void witness_hands(struct witness *witness, uint64_t picture_gate_ns);

/* Bytes of picture or message `number` of session `connection`; returns their length. */
size_t witness_picture_make(struct witness *witness, uint64_t connection, size_t most, uint8_t *out,
                            uint32_t *number);
void witness_picture_came(struct witness *witness, uint64_t connection,
                          const struct link_event *event);
size_t witness_message_make(struct witness *witness, enum pair_end from, uint64_t connection,
                            uint8_t *out);
/* The link took the message. */
void witness_message_sent(struct witness *witness, enum pair_end from);
void witness_message_came(struct witness *witness, enum pair_end to, uint64_t connection,
                          const struct link_event *event);
/* Whether all messages of the session have come. */
bool witness_messages_done(const struct witness *witness, uint64_t connection);

#endif
