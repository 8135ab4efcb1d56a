/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Teleoperation at the cart: gestures in, joint set-points out, a thousand times a second.
 *
 * At clutch-in each arm remembers where its tip is; from then on
 *     goal position    = base + scale * hand position since clutch-in
 *     goal orientation = hand's turn since clutch-in * base orientation
 * (after dVRK's mtsTeleOperationPSM, research B.2; motion/hand_map.h), without tremor (motion/goal_path.h),
 * approached as motion/track.h says and guarded as motion/guard.h does.
 *
 * Whether it follows at all is the supervisor's to say (supervisor/supervisor.h), to whom this tells what
 * gestures and time bring: a gesture too old, an age that is not measured, a leap, silence, a foot. Where
 * it says no, the arm decelerates within its limit and stands. A hold is latched: it ends only when a fresh
 * gesture shows that a person lifted the foot and a later fresh one shows it down under a newer clutch
 * number. A foot that lifts by itself (GESTURE_UNASKED) rests an arm that follows, and lets it go on; it
 * ends no other hold. Hazards H-01 to H-07, docs/hazards.md.
 *
 * The camera's pedal (GESTURE_CAMERA) takes the hands to the camera arm (motion/camera_drive.h) while the
 * instruments stand, under the same gates; after it they follow by a fresh clutch-in alone (hazard H-57).
 *
 * The gates that others measure are theirs to read into `gates` (supervisor/gates.h) before the tick: POWER,
 * ARM, TRACKING, TRACKING_NEAR, FORCE, FORCE_NEAR of the robot; BEDSIDE, LEASE, SESSION, PICTURE and DELAY of
 * those at the other ends. Until they are read they fail, and nothing moves.
 *
 * Pure: no clock, heap or thread; one owner per struct. `now_ns` never runs backwards. */
#ifndef MOTION_FOLLOW_H
#define MOTION_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "motion/arm_state.h"
#include "motion/camera_drive.h"
#include "motion/gesture.h"
#include "motion/goal_path.h"
#include "motion/guard.h"
#include "motion/hold_log.h"
#include "motion/jaw_keep.h"
#include "motion/track.h"
#include "motion/undock.h"
#include "supervisor/gates.h"

struct follow_settings {
    unsigned arm_count; /* 1 or 2: arm i follows hand i */
    double scale;       /* tip metres for each hand metre, 0.01 to 1 */
    struct track_limits limits;
    struct goal_path_settings path;
    const struct guard *
        guard; /* what keeps the instruments out and apart, copied at the start; NULL: nothing does */
    const struct profile
        *profile; /* the gates' limits, copied at the start; NULL: the standard ones */
};

/* How fast the tips may go, as a share of their limit, while the supervisor scales down. */
#define FOLLOW_SLOW_SHARE 0.25

/* How fast a set-point goes to where something has pressed the robot, as a share of its joints' speeds: 40 mm/s
 * along the shaft, some 60 mm/s across. Ours: a robot of 90 N/mm that holds lets go of 30 N within 10 ms. */
#define FOLLOW_RELIEF_SHARE 0.1

/* And how far at the most, until it follows again: a force that stays is no hold's, or no true one. */
#define FOLLOW_RELIEF_MOST_M 0.01

/* Scale 0.2 and the jaw's speeds are dVRK's. */
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
    bool measured;          /* the link's clock says an age, */
    uint64_t bound_ns;      /* which may be wrong by this */
    struct gesture gesture; /* passed gesture_check, as gesture_decode's do */
};

/* What keeps a tip from where the hand is. */
enum follow_limit {
    FOLLOW_LIMIT_JOINT = 0x01,
    FOLLOW_LIMIT_FIXTURE = 0x02, /* a forbidden region, a workspace's edge */
    FOLLOW_LIMIT_APART = 0x04    /* the other instrument */
};

enum { FOLLOW_LIMITS = FOLLOW_LIMIT_JOINT | FOLLOW_LIMIT_FIXTURE | FOLLOW_LIMIT_APART };

struct follow {
    const struct instrument *instrument;
    struct follow_settings settings;
    double scale; /* tip metres for each hand metre, as the hands that lead have chosen it */
    struct track arms[ARM_STATE_ARMS_MAX];
    struct undock undocks[ARM_STATE_ARMS_MAX];
    struct camera_drive camera;
    struct guard guard; /* where there is one; with the endoscope as it stands */
    struct goal_path paths[ARM_STATE_ARMS_MAX];
    struct follow_robot {
        bool is_measured; /* since the tick before */
        double joints[INSTRUMENT_AXES], pressed_n;
        bool gives_way; /* since it last followed, from: */
        struct vec3 from_m;
        struct jaw_keep jaw; /* for hands that have taken over */
    } robot[ARM_STATE_ARMS_MAX];
    struct quat pictures[ARM_STATE_ARMS_MAX]; /* from the picture's axes to the arm's */
    struct supervisor supervisor;
    struct gates gates;
    enum reaction reaction; /* of the last step */
    bool has_sequence;      /* a gesture was taken in this session */
    bool has_heard;         /* one was young, under this lease */
    bool has_applied;
    bool has_ticked;
    uint8_t limits
        [ARM_STATE_ARMS_MAX]; /* sets of enum follow_limit, by the last tick; none while it rests */
    double room_m
        [ARM_STATE_ARMS_MAX]; /* by the last tick: least way until a joint's limit or what guards is in the way;
                                          INFINITY while it rests */
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

/* Sets `follow` off (HOLD_DISABLED), every gate failing, with all arms at INSTRUMENT_READY_JP. `instrument` is
 * lent for as long as `follow` lives. */
void follow_init(struct follow *follow, const struct instrument *instrument,
                 const struct follow_settings *settings);

/* Puts the set-point of arm `index` there; only while it does not follow. */
void follow_place(struct follow *follow, unsigned index,
                  const double joints[static INSTRUMENT_AXES]);

/* Where the robot's arm `index` is, finite, and how hard it is pressed, N (NAN: not measured); before each tick. A
 * set-point that the robot does not heed, for its motors have no power or are braked, goes along with it, so that power
 * moves nothing when it comes back (hazard H-22); and one that holds while something presses goes there slowly, so that
 * holding does not press (hazard H-43). */
void follow_measured(struct follow *follow, unsigned index,
                     const double joints[static INSTRUMENT_AXES], double pressed_n);

/* Likewise the camera arm. */
void follow_camera_measured(struct follow *follow, const double joints[static CAMERA_AXES]);

/* Where the camera arm stands, and what its limits are; before that nothing moves it. */
void follow_place_camera(struct follow *follow, const struct layout *layout,
                         const double joints[static CAMERA_AXES]);

/* Takes a gesture. FOLLOW_APPLIED: it is what the arms now follow; or its pedal is up, and they rest or
 * go on holding.
 * FOLLOW_LATE: older than the age gate. FOLLOW_DUPLICATE: not newer than the last one taken.
 * FOLLOW_REFUSED: without a measured age, leaping, running back in time, with another number of
 * hands than its clutch, or engaged while a hold asks for a fresh clutch-in. */
enum follow_outcome follow_gesture(struct follow *follow, const struct follow_sample *sample,
                                   uint64_t now_ns);

/* Counts a gesture whose bytes gesture_decode refused. It stops nothing by itself. */
void follow_refuse(struct follow *follow, enum motion_err err);

/* What the bedside orders, or says of the emergency stop. */
void follow_order(struct follow *follow, enum supervisor_event event, uint64_t now_ns);

/* From now on the tip goes `scale` metres for each metre of the hand; an arm that follows does not move by
 * it (dVRK re-bases likewise). */
void follow_set_scale(struct follow *follow, double scale);

/* From the next clutch-in on the picture's axes are turned into those of arm `index` by this: where the camera
 * stands (motion/layout.h). Identity at first. */
void follow_set_picture(struct follow *follow, unsigned index, struct quat picture);

/* The session with the lease's owner ended: hold; sequence and clutch numbers start anew. */
void follow_session_lost(struct follow *follow, uint64_t now_ns);

/* The lease has changed hands: likewise, at the scale of the settings. Jaws that somebody has led stay as they are
 * until the next hands ask for something else (motion/jaw_keep.h). */
void follow_lease_changed(struct follow *follow, uint64_t now_ns);

/* Advances the set-points to `now_ns`; call every millisecond. A tick that comes late moves no
 * further than 2 ms' worth. */
void follow_tick(struct follow *follow, uint64_t now_ns);

/* What bars the first part that a fixture does, of the arms and then the camera, by the last tick; NULL: nothing. */
const struct fixture *follow_barring(const struct follow *follow);

/* Whether every set-point stands still, the camera's as well. */
bool follow_is_still(const struct follow *follow);

/* Fills what the console is told, except the arms' measured values. */
void follow_report(const struct follow *follow, struct arm_state *state);

#endif
