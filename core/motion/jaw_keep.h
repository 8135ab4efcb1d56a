/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What jaws do when other hands take over: they stay as they are until these hands ask something of them (hazard H-25).
 *
 * A hand tells the angle that it wants, always; one that has just come to the robot has never been where the jaws are,
 * and by obeying it what they hold would be dropped, or what they touch bitten. So nothing is asked until the hand's
 * angle is where the jaws are: between what they were told and where they stand, which is apart when they press on
 * something. Then it leads them as soon as it goes on, to either side. A hand that cannot get there, for it opens or
 * shuts less far than the jaws, leads them, too, once it has shut, and jaws that are shut once it has then opened.
 * dVRK closes such a gap slowly by itself (mtsTeleOperationPSM, "jaw ghost"); that is for the hands that led before,
 * after a clutch (motion/track.h).
 *
 * Pure values; any thread. */
#ifndef MOTION_JAW_KEEP_H
#define MOTION_JAW_KEEP_H

#include <stdbool.h>

/* So near is at it: dVRK's tolerance for a jaw that is met, 2 degrees. */
#define JAW_KEEP_NEAR_RAD 0.03490658503988659

/* So far shut, 10 degrees, is all that some handles can, and shutting or opening by so much, 20 degrees, is more than a
 * hand at rest does: who shuts asks jaws that stand further open to shut, who then opens asks others to open. */
#define JAW_KEEP_SHUT_RAD 0.17453292519943295
#define JAW_KEEP_ASKS_RAD 0.3490658503988659

struct jaw_keep { /* zero: the hand leads */
    bool is_kept;
    bool has_hand; /* since then a hand told, at most `most_rad`, last `hand_rad`, */
    bool is_met;   /* and was where the jaws are, at `met_rad`, */
    bool has_shut; /* or shut, at least to `least_rad` */
    double most_rad, least_rad, hand_rad, met_rad;
};

/* Other hands have come. */
void jaw_keep_begin(struct jaw_keep *keep);

/* What the jaws are to go to for a hand at `hand_rad`, where they were told to be at `told_rad` and are measured at
 * `at_rad`; all finite. */
double jaw_keep_goal(struct jaw_keep *keep, double hand_rad, double told_rad, double at_rad);

#endif
