/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who stands where at the patient: two instruments and the endoscope between them, each through a remote
 * centre of its own; and the way from an instrument's frame to the picture's.
 *
 * Frames, right-handed, metres:
 *   world   z up; the middle of the operating field is the origin.
 *   arm     in the arm's remote centre, as motion/instrument.h has it: with all joints at zero the shaft
 *           points along -z.
 *   camera  in the lens, after the surgeon's picture: x right, y up, z toward the surgeon, so it looks
 *           along -z. Gestures are in its axes.
 * In stereo the lens is the middle of the two eyes.
 *
 * The camera arm's joints are yaw, pitch (rad), insertion (m), roll (rad), of the same chain as an
 * instrument's first four. Limits and offsets: dVRK's share/kinematic/ECM.json (sawIntuitiveResearchKit
 * 0fcfe53). Pure values: no memory kept, any thread. */
#ifndef MOTION_LAYOUT_H
#define MOTION_LAYOUT_H

#include "motion/instrument.h"

enum {
    LAYOUT_ARMS = 2
}; /* 0 is at the left of the picture, 1 at the right, as the surgeon's hands */

enum camera_axis { CAMERA_YAW, CAMERA_PITCH, CAMERA_INSERTION, CAMERA_ROLL, CAMERA_AXES };

struct layout_lens {
    double field_rad;  /* of view, from the picture's lower to its upper edge */
    double baseline_m; /* from the left eye to the right one */
    double tilt_rad;   /* how far it looks down from the shaft's own direction: 0 or 30 degrees */
};

struct layout {
    struct pose arms[LAYOUT_ARMS]; /* remote centres in the world */
    struct pose camera_arm;        /* the endoscope's */
    double camera_depth_m;         /* how far past its remote centre the lens is at insertion 0 */
    double camera_least[CAMERA_AXES], camera_most[CAMERA_AXES];
    double camera_speed_max[CAMERA_AXES]; /* rad/s, insertion m/s */
    double camera_ready_jp[CAMERA_AXES];  /* where it starts */
    struct layout_lens lens;
};

/* The layout of all scenes here: remote centres 0.13 m (endoscope to instrument) and 0.16 m apart, 0.14 to
 * 0.19 m from the field's middle. With INSTRUMENT_READY_JP and camera_ready_jp both tips stand in the
 * picture, 34 mm apart and 26 mm above the field. Field of view 50 degrees by 64 at 4:3 (da Vinci's is 60
 * or more across), baseline 5 mm (da Vinci: 5 to 5.5). The camera's speeds are a tenth of what would
 * make a surgeon lose the picture: 0.5 rad/s and 0.05 m/s. */
extern const struct layout LAYOUT_STANDARD;

/* No remote centre is further from the field's middle, nor a lens from its own: m. Ours, several times what an
 * operating table leaves room for. And no two eyes are further apart. */
#define LAYOUT_MOST_M 2.0
#define LAYOUT_BASELINE_MOST_M 0.05

/* Whether what says where everything stands, arms, camera_arm, camera_depth_m and lens, makes sense:
 * MOTION_ERR_NOT_FINITE, _NOT_UNIT, _TOO_FAR (for a lens also: angles or a baseline that none has). */
MUST_USE enum motion_err layout_check(const struct layout *layout);

/* Brings the camera arm's joints inside its limits; returns a bit, 1 << axis, for each that was not;
 * one that is not a number goes to its least. */
uint32_t layout_camera_clamp(const struct layout *layout, double joints[static CAMERA_AXES]);

/* The camera's frame in the world. */
struct pose layout_camera(const struct layout *layout, const double joints[static CAMERA_AXES]);

/* How far from the lens things are that are worked on: LAYOUT_STANDARD's is 0.105 m from the field's middle when it
 * is ready. */
#define LAYOUT_WORKING_M 0.1

/* How far what is in the picture LAYOUT_WORKING_M before the lens, at its middle, its upper edge and as far to its
 * right, or the lens itself, is with joints at `measured` from where it would be with joints at `commanded`: the
 * greatest of these, in metres. Turning by an angle, about whatever axis, counts as it counts for the hands that work
 * by the picture. */
double layout_camera_error_m(const struct layout *layout,
                             const double commanded[static CAMERA_AXES],
                             const double measured[static CAMERA_AXES]);

/* A pose in the frame of arm `index` in the picture's, and back. `camera` is layout_camera's. */
struct pose layout_to_camera(const struct layout *layout, const struct pose *camera, unsigned index,
                             const struct pose *in_arm);
struct pose layout_to_arm(const struct layout *layout, const struct pose *camera, unsigned index,
                          const struct pose *in_camera);

/* The turn that takes directions of the picture into the frame of arm `index`: a hand's step d is
 * quat_rotate(turn, d) there, its turn q is turn * q * conjugate(turn). */
struct quat layout_camera_turn(const struct layout *layout, const struct pose *camera,
                               unsigned index);

/* Where a place in the camera's frame is in the picture: `*right` and `*up` from the middle, in halves of
 * the picture's HEIGHT (its upper edge is up = 1). False: it is not in front of the lens. */
bool layout_project(const struct layout_lens *lens, struct vec3 in_camera_m, double *right,
                    double *up);

#endif
