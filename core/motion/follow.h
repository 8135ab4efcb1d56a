/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Teleoperation at the cart: gestures in, joint set-points out, a thousand times a second.
 *
 * At clutch-in each arm remembers where its tip is; from then on
 *     goal position    = base + scale * hand position since clutch-in
 *     goal orientation = hand's turn since clutch-in * base orientation
 * (after dVRK's mtsTeleOperationPSM, research B.2), approached as motion/track.h says.
 *
 * What stops it: a gesture older than the age gate, silence, an age that is not measured, a leap of
 * the hands, a lost session, a pedal released. The arm then decelerates within its limit and HOLDS.
 * A hold is latched: it ends only when a fresh gesture shows that a person lifted the foot and a
 * later fresh one shows it down under a newer clutch number. A foot that lifts by itself
 * (GESTURE_UNASKED) rests an arm that follows, and lets it go on; it ends no other hold. Hazards
 * H-01 to H-07, docs/hazards.md.
 *
 * Pure: no clock, heap or thread; one owner per struct. `now_ns` never runs backwards. */
#ifndef MOTION_FOLLOW_H
#define MOTION_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "motion/arm_state.h"
#include "motion/gesture.h"
#include "motion/hold_log.h"
#include "motion/track.h"

struct follow_settings {
    unsigned arm_count;        /* 1 or 2: arm i follows hand i */
    double scale;              /* tip metres for each hand metre, 0.01 to 1 */
    uint64_t age_gate_ns;      /* a gesture older than this, on our clock, is never applied */
    uint64_t silence_gate_ns;  /* longer than this without an applicable gesture is a hold */
    double hand_speed_max_m_s; /* a gesture further from the last than this allows is a leap */
    double hand_turn_max_rad_s;
    double hand_slack_m, hand_slack_rad; /* allowed on top; also at clutch-in, from zero */
    struct track_limits limits;
};

/* Scale 0.2 and the jaw's speeds are dVRK's; the age gate is the 300 ms above which every source
 * of research A.3 says stop; silence 200 ms (the recorded 500 Hz console stream has gaps of 169 ms);
 * the rest is well above what hands do: 2 m/s and 20 rad/s. */
extern const struct follow_settings FOLLOW_STANDARD;

enum follow_outcome {
    FOLLOW_APPLIED,
    FOLLOW_LATE,
    FOLLOW_DUPLICATE,
    FOLLOW_REFUSED,
    FOLLOW_OUTCOMES
};

/* "applied", "late", "duplicate", "refused": the words of the cart's trace. */
const char *follow_outcome_text(enum follow_outcome outcome);

/* What the link says about a gesture. */
struct follow_sample {
    uint32_t sequence;      /* of the session; wraps */
    uint64_t sampled_ns;    /* on the console's clock */
    uint64_t age_ns;        /* upper bound on our clock; without meaning unless measured */
    bool measured;          /* the link's clock is good enough to say an age */
    struct gesture gesture; /* passed gesture_check, as gesture_decode's do */
};

struct follow {
    const struct instrument *instrument;
    struct follow_settings settings;
    struct track arms[ARM_STATE_ARMS_MAX];
    struct pose bases[ARM_STATE_ARMS_MAX]; /* where the tips were at clutch-in */
    enum hold_cause hold;                  /* HOLD_NONE while following */
    bool
        armed; /* holding, and a clutch-in may end it: the foot was lifted, by a person or, where the
                   arm followed until then, by itself */
    bool has_sequence; /* a gesture was taken in this session */
    bool has_measured; /* a gesture's age was, in this session */
    bool has_applied;
    bool has_ticked;
    uint8_t hand_count; /* of this clutch */
    uint32_t sequence, clutch_id, applied_sequence;
    uint64_t sampled_ns; /* of the newest gesture taken */
    uint64_t applied_sampled_ns;
    uint64_t heard_ns; /* when the newest was taken, on our clock */
    uint64_t ticked_ns;
    struct hand hands[GESTURE_HANDS_MAX]; /* as last applied in this clutch */
    uint64_t outcomes[FOLLOW_OUTCOMES];
    uint64_t refused[MOTION_ERRS]; /* refused gestures by cause */
    uint64_t hold_counts[HOLD_CAUSES];
    struct hold_log holds;
};

/* Sets `follow` holding (HOLD_START) with all arms at INSTRUMENT_READY_JP. `instrument` is lent for
 * as long as `follow` lives. */
void follow_init(struct follow *follow, const struct instrument *instrument,
                 const struct follow_settings *settings, uint64_t now_ns);

/* Puts arm `index` where the robot measured it; only while it holds and before the first clutch-in. */
void follow_place(struct follow *follow, unsigned index,
                  const double joints[static INSTRUMENT_AXES]);

/* Takes a gesture. FOLLOW_APPLIED: it is what the arms now follow; or its pedal is up, and they rest or
 * go on holding.
 * FOLLOW_LATE: older than the age gate. FOLLOW_DUPLICATE: not newer than the last one taken.
 * FOLLOW_REFUSED: without a measured age, leaping, running back in time, with another number of
 * hands than its clutch, or engaged while a hold asks for a fresh clutch-in. */
enum follow_outcome follow_gesture(struct follow *follow, const struct follow_sample *sample,
                                   uint64_t now_ns);

/* Counts a gesture whose bytes gesture_decode refused. It stops nothing by itself. */
void follow_refuse(struct follow *follow, enum motion_err err);

/* The session with the console ended: hold; sequence and clutch numbers start anew. */
void follow_session_lost(struct follow *follow, uint64_t now_ns);

/* Advances the set-points to `now_ns`; call every millisecond. A tick that comes late moves no
 * further than 2 ms' worth. */
void follow_tick(struct follow *follow, uint64_t now_ns);

/* Whether every set-point stands still. */
bool follow_is_still(const struct follow *follow);

/* Fills what the console is told, except the arms' measured values. */
void follow_report(const struct follow *follow, struct arm_state *state);

#endif
