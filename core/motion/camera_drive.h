/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The camera arm on its way after the hands, a thousand times a second.
 *
 * While its pedal is down the camera goes where the hands go, from where both were when it went down: right and
 * left, up and down turn it through its remote centre, in and out bring it nearer and back, a roll rolls it; the
 * directions are the picture's, the hands' way is the mean of theirs. Each joint goes no faster than the layout's
 * speed and gains and loses it no faster than CAMERA_DRIVE_STOP_S says, stays inside the layout's limits, and stops
 * before them. Without the hands it comes to a stand by the same deceleration (hazard H-57).
 *
 * As an instrument's (motion/track.h) it is led in two stages: what is `ahead`, and the set-point, the mean of where
 * that was at the last TRACK_SMOOTH_TICKS ticks. So no joint's jerk is more than 2 * its acceleration / 8 ms, however
 * the camera comes to a stand: 500 rad/s3 and 50 m/s3 with LAYOUT_STANDARD (hazard H-38).
 *
 * Whether it may go at all is not judged here (motion/follow.h).
 * Pure: no clock, heap or thread; one owner per struct. */
#ifndef MOTION_CAMERA_DRIVE_H
#define MOTION_CAMERA_DRIVE_H

#include "motion/gesture.h"
#include "motion/layout.h"
#include "motion/track.h"

/* What a metre of the hand is: a tenth of one turns the picture by a sixth of its width, or brings it 30 mm
 * nearer. */
#define CAMERA_DRIVE_TURN_RAD_M 2.0
#define CAMERA_DRIVE_NEARER_M_M 0.3

/* From full speed to a stand, and back, of each joint: 2 rad/s2 and 0.2 m/s2 with LAYOUT_STANDARD, so it goes on
 * for 63 mrad and 6 mm at most. */
#define CAMERA_DRIVE_STOP_S 0.25

struct camera_drive {
    const struct layout *layout; /* NULL: there is no camera arm, and nothing moves */
    double joints[CAMERA_AXES];  /* the set-point: servo_camera_jp */
    double ahead[CAMERA_AXES], speeds[CAMERA_AXES];
    double base[CAMERA_AXES], goal[CAMERA_AXES];
    double before[CAMERA_AXES][TRACK_SMOOTH_TICKS]; /* ahead, at the last ticks */
    unsigned ticks;                                 /* wraps; the newest at ticks - 1 */
    uint32_t
        limited; /* 1 << axis: its limit keeps it from the hands' goal; and CAMERA_BARRED_ bits */
};

/* What besides a limit of its own keeps it from there, in `limited`. */
enum camera_bar {
    CAMERA_BARRED_INSTRUMENT = 1 << CAMERA_AXES, /* it would come too near to one */
    CAMERA_BARRED_FIXTURE = 2 << CAMERA_AXES     /* or into a forbidden region */
};

/* Stands at `joints`, brought inside the limits. `layout` is lent for as long as `drive` lives. */
void camera_drive_place(struct camera_drive *drive, const struct layout *layout,
                        const double joints[static CAMERA_AXES]);

/* The pedal went down: from here the hands lead. */
void camera_drive_begin(struct camera_drive *drive);

/* The hands are there since then: 1 to GESTURE_HANDS_MAX of them, each passing pose_check. */
void camera_drive_take(struct camera_drive *drive, const struct hand *hands, unsigned count);

/* What is ahead goes on by `dt_ns`, no more than 2 ms' worth: where it `follows` to its goal, else to a stand. */
void camera_drive_go_ahead(struct camera_drive *drive, bool follows, uint64_t dt_ns);

/* Then the set-point comes after. */
void camera_drive_come_after(struct camera_drive *drive);

/* Where what is ahead would come to a stand if the hands let go of it now: never less far than it goes. */
void camera_drive_stop(const struct camera_drive *drive, double joints[static CAMERA_AXES]);

/* Whether the set-point moves no more, nor is to. */
bool camera_drive_stands(const struct camera_drive *drive);

#endif
