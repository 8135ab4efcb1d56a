/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where gestures come from at the console: the surgeon's hands, recorded or scripted.
 *
 * A source is named by a short text:
 *     itp:FILE     a recorded Interoperable Teleoperation Protocol stream (LZ4), at its own timing
 *     taurus:FILE  a DESK Taurus II recording, plain or .gz; the file of the other hand is found by
 *                  exchanging "left" and "right" in its name
 *     itp-udp:ADDR:PORT[,from=ADDRESS][,turns=off]
 *                  a console that speaks that protocol to this address, live (motion/itp_live.h). It is on
 *                  this machine, or at the address that `from` names: nobody else is heard (hazard H-66)
 *     script       built-in suturing-like motion of both hands, 1 kHz
 *     script:SCENE built-in hands that do the task of that scene (task/surgeon.h): they look where the
 *                  instruments are, by hands_tell
 *     still        both hands at rest on the pedal, 1 kHz
 *     none         nobody is at the hands: who only watches
 *     desk         mouse, keys and devices at the console's window: hands_of and input/desk_source.h
 * A recording of less than 500 samples a second gets more between its own (input/source.h).
 * Recordings start again at their end, after a release of the pedal. Their foot, there and within, is
 * no person's: what was under way goes on, a hold stays until hands_reclutch (hazard H-03). What a
 * recording holds that has no meaning is refused, counted by cause and never passed on.
 *
 * Memory is taken at open only. One thread per source. */
#ifndef INPUT_HANDS_H
#define INPUT_HANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "motion/arm_state.h"
#include "motion/engage.h"
#include "motion/gesture.h"

struct hands;

/* While the input has been refused for longer, the last good hands are too old to hold an arm by: the
 * pedal counts as up, and the hands as frozen until it was up or hands_reclutch is called. */
#define HANDS_REFUSED_NS_MAX UINT64_C(100000000)

struct hands_counts {
    uint64_t gestures;             /* given out */
    uint64_t samples;              /* read from the source, refused ones among them, and none
                                      that were put between */
    uint64_t refused[MOTION_ERRS]; /* samples by cause; motion_err_text names them */
    uint64_t loops;                /* times a recording began again */
    uint64_t lost, gaps, silences; /* of live hands: motion/itp_live.h */
};

/* Opens the source that `spec` names; the first sample is due at `now_ns`. Nobody has clutched in yet: a foot
 * that the source has on the pedal is down from the first sample on, and moves no arm before
 * hands_reclutch (hazard H-03: a console that is started again may not lift it by itself). Returns NULL
 * and writes what is wrong and what to do to `why` (at most `why_bytes`, ended) when it cannot. */
MUST_USE struct hands *hands_open(const char *spec, uint64_t now_ns, char *why, size_t why_bytes);

struct source; /* input/source.h */

/* The same for hands that are not named by a text; `source` is the hands' from now on, closed when this
 * fails, too. `name` as hands_name gives it. NULL: memory is short. */
MUST_USE struct hands *hands_of(struct source *source, const char *name, uint64_t now_ns);

void hands_close(struct hands *hands);

/* When the next sample is due; of live hands: when to look again. Of others it is also when the hands are
 * there, however late hands_next is called: a recorded sample is of its own time, and the built-in hands are where they
 * were at the due time, not at the call. Its stamp is this, never later, else a caller that was stopped would send old
 * positions as new (hazard H-01). */
uint64_t hands_due_ns(const struct hands *hands);

/* What live hands that can feel or see it are told, and scripted ones that look; others are told nothing.
 * Whenever it has changed. */
struct hands_told {
    bool is_up;   /* there is a session with the cart */
    bool follows; /* the arm follows the hands */
    struct vec3 force_n[GESTURE_HANDS_MAX];
    const struct arm_state *state; /* the newest; NULL: none yet */
    bool has_turns;                /* known: how the instruments are turned in the picture's axes */
    struct quat turns[GESTURE_HANDS_MAX];
};

void hands_tell(struct hands *hands, const struct hands_told *told);

/* True: a sample was due by `now_ns`; `*gesture` is it (passes gesture_check) and the next is due
 * later. Call until false. A caller that is late gets every sample that was due, in order. */
bool hands_next(struct hands *hands, uint64_t now_ns, struct gesture *gesture);

/* When the hands were where the gesture given out last says. */
uint64_t hands_sampled_ns(const struct hands *hands);

/* Whether a person holds handles with a gripper: those of an ITP console, which tell how they are turned unless it is
 * `turns=off`. Mouse, keys, recordings and scripts have none. */
bool hands_have_handles(const struct hands *hands);

/* From now on a foot that is down counts only once each hand has been felt, by so much (copied): motion/engage.h. */
void hands_ask_presence(struct hands *hands, const struct engage_feel *felt_by);

/* And that it points as the instrument does: motion/clutch.h. False: hands without a handle that tells how it is
 * turned, which would be waited for without end (hazard H-34); nothing has changed. */
MUST_USE bool hands_ask_alignment(struct hands *hands, const struct engage_feel *felt_by);

/* What is waited for at hand `index` before it counts; ENGAGE_READY where nothing is asked. */
enum engage_state hands_engage(const struct hands *hands, unsigned index);

/* A person asks for a fresh clutch-in, at the start and after a hold: the foot lifts for 300 ms and
 * comes down again. Live hands have a person's foot, and nobody else lifts it. */
void hands_reclutch(struct hands *hands, uint64_t now_ns);

const struct hands_counts *hands_counts(const struct hands *hands);

/* "recorded console stream FILE", for people. */
const char *hands_name(const struct hands *hands);

/* How many gestures a second there are, over the source's whole length. */
double hands_rate_hz(const struct hands *hands);

/* The forms of a spec, NULL-ended: base/nearest.h. */
extern const char *const hands_forms[];

#endif
