/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arm/mujoco_arms.h"

#include <stdio.h>
#include <stdlib.h>

#include "motion/apart.h"

#define QUARTER (3.14159265358979323846 / 2)
#define SERVO_RAD_S 300.0
#define FLEX_FROM_WRIST_M 0.1 /* where the shaft bends, above the wrist's pitch axis */
#define FLEX_NM_RAD 12.0      /* 1 N across at 0.1 m: 8 mrad, 0.8 mm */
#define FLEX_DAMPING 0.03     /* a third of critical for the mass below it */
#define SHAFT_RADIUS_M 0.0042
#define FINGER_M APART_JAWS_M /* from the yaw axis to the jaws' end */

static const char *const names[LAYOUT_ARMS] = {"left", "right"};

static void write_frame(FILE *out, struct vec3 at, struct quat turn)
{
    fprintf(out, " pos='%.17g %.17g %.17g' quat='%.17g %.17g %.17g %.17g'", at.x, at.y, at.z,
            turn.w, turn.x, turn.y, turn.z);
}

/* Opens a body whose frame is one row of the modified DH table away (motion/instrument.c, dh_step). */
static void open_row(FILE *out, const char *arm, const char *body, int alpha_quarters, double a_m,
                     double theta_rad, double d_m)
{
    struct quat tilt = quat_from_rotation_vector((struct vec3){alpha_quarters * QUARTER, 0, 0});
    struct quat spin = quat_from_rotation_vector((struct vec3){0, 0, theta_rad});
    double ca = alpha_quarters == 0, sa = alpha_quarters;
    fprintf(out, "<body name='%s_%s'", arm, body);
    write_frame(out, (struct vec3){a_m, -sa * d_m, ca * d_m}, quat_multiply(tilt, spin));
    fputs(">", out);
}

struct motor {
    const char *joint;
    double armature; /* kg m2, kg: the motor's own, larger than what it carries */
    double most;     /* N m, N */
    double friction; /* of the joint without power: N m, N */
};

static const struct motor motors[] = {
    {"yaw", 0.05, 5, 0.2},
    {"pitch", 0.05, 5, 0.2},
    {"insertion", 1, 30, 2},
    {"roll", 1e-4, 0.33, 0.01},
    {"wrist_pitch", 1e-4, 0.25, 0.01},
    {"wrist_yaw", 1e-4, 0.25, 0.01},
    {"finger1", 3e-5, 0.08, 0.005},
    {"finger2", 3e-5, 0.08, 0.005},
};
enum { MOTORS = sizeof motors / sizeof *motors };

static void write_joint(FILE *out, const struct instrument *instrument, const char *arm, int axis)
{
    const struct motor *motor = &motors[axis];
    bool slides = axis == AXIS_INSERTION, is_finger = axis >= AXIS_JAW;
    double least = is_finger ? 0 : instrument->least[axis];
    double most = is_finger ? instrument->most[AXIS_JAW] / 2 : instrument->most[axis];
    fprintf(out,
            "<joint name='%s_%s' type='%s' axis='0 0 %d' range='%.17g %.17g' limited='true' "
            "armature='%g'/>",
            arm, motor->joint, slides ? "slide" : "hinge", axis == AXIS_JAW + 1 ? -1 : 1, least,
            most, motor->armature);
}

static void write_mass(FILE *out, double at_z_m, double mass_kg, double across, double along)
{
    fprintf(out, "<inertial pos='0 0 %g' mass='%g' diaginertia='%g %g %g'/>", at_z_m, mass_kg,
            across, across, along);
}

static void write_rod(FILE *out, const char *arm, struct vec3 from, struct vec3 to, double radius_m)
{
    fprintf(out,
            "<geom class='%s_arm' type='capsule' size='%g' fromto='%.17g %.17g %.17g %.17g %.17g "
            "%.17g' material='instrument_shaft'/>",
            arm, radius_m, from.x, from.y, from.z, to.x, to.y, to.z);
}

/* A finger lies along the frame's y, its inner face on the yz plane. */
static void write_finger(FILE *out, const struct instrument *instrument, const char *arm, int which)
{
    double side = which == 1 ? -1 : 1;
    fprintf(out, "<body name='%s_finger%d'>", arm, which);
    fprintf(out, "<inertial pos='0 %g 0' mass='0.001' diaginertia='5e-8 5e-8 5e-8'/>",
            FINGER_M / 2);
    write_joint(out, instrument, arm, AXIS_JAW + which - 1);
    fprintf(out,
            "<geom name='%s_finger%d' class='%s_arm' type='box' size='0.0006 %g 0.0014' "
            "pos='%g %g 0' material='instrument_jaw'/></body>",
            arm, which, arm, (FINGER_M - 0.001) / 2, side * 0.0006, 0.001 + (FINGER_M - 0.001) / 2);
}

/* From the wrist's pitch axis on; the tip's axes in frame 6: motion/instrument.c, TIP_IN_WRIST. */
static void write_wrist(FILE *out, const struct instrument *instrument, const char *arm)
{
    static const struct mat3 tip = {{{0, -1, 0}, {0, 0, 1}, {-1, 0, 0}}};
    open_row(out, arm, "wrist", -1, 0, -QUARTER, 0);
    fputs("<inertial pos='0 0 0' mass='0.003' diaginertia='2e-7 2e-7 2e-7'/>", out);
    write_joint(out, instrument, arm, AXIS_WRIST_PITCH);
    write_rod(out, arm, (struct vec3){0, 0, 0}, (struct vec3){instrument->wrist_m, 0, 0}, 0.003);
    open_row(out, arm, "palm", -1, instrument->wrist_m, -QUARTER, 0);
    fputs("<inertial pos='0 0 0' mass='0.002' diaginertia='1e-7 1e-7 1e-7'/>", out);
    write_joint(out, instrument, arm, AXIS_WRIST_YAW);
    fprintf(out, "<site name='%s_tip' size='0.0005' rgba='0 0 0 0'", arm);
    write_frame(out, (struct vec3){0, 0, 0}, quat_from_mat3(&tip));
    fputs("/>", out);
    write_finger(out, instrument, arm, 1);
    write_finger(out, instrument, arm, 2);
    fputs("</body></body>", out);
}

static void write_arm(FILE *out, const struct instrument *instrument, const struct pose *base,
                      const char *arm)
{
    const struct vec3 start = {0, 0, 0};
    fprintf(out, "<body name='%s_remote_centre'", arm);
    write_frame(out, base->position_m, base->orientation);
    fputs(">", out);
    open_row(out, arm, "yaw", 1, 0, QUARTER, 0);
    write_mass(out, 0, 0.05, 1e-3, 1e-3);
    write_joint(out, instrument, arm, AXIS_YAW);
    open_row(out, arm, "pitch", -1, 0, -QUARTER, 0);
    write_mass(out, 0, 0.05, 1e-3, 1e-3);
    write_joint(out, instrument, arm, AXIS_PITCH);
    open_row(out, arm, "insertion", 1, 0, 0, instrument->insertion_offset_m);
    write_mass(out, instrument->shaft_m / 2, 0.15, 1e-3, 1e-4);
    write_joint(out, instrument, arm, AXIS_INSERTION);
    write_rod(out, arm, start, (struct vec3){0, 0, instrument->shaft_m - FLEX_FROM_WRIST_M},
              SHAFT_RADIUS_M);
    fprintf(out, "<body name='%s_flex' pos='0 0 %.17g'>", arm,
            instrument->shaft_m - FLEX_FROM_WRIST_M);
    write_mass(out, FLEX_FROM_WRIST_M / 2, 0.02, 1.7e-5, 1e-6);
    for (int i = 0; i < 2; i++)
        fprintf(out, "<joint type='hinge' axis='%d %d 0' stiffness='%g' damping='%g'/>", i == 0,
                i == 1, FLEX_NM_RAD, FLEX_DAMPING);
    fprintf(out, "<body name='%s_roll' pos='0 0 %.17g'>", arm, FLEX_FROM_WRIST_M);
    write_mass(out, 0, 0.005, 1e-6, 1e-6);
    write_joint(out, instrument, arm, AXIS_ROLL);
    write_rod(out, arm, (struct vec3){0, 0, -FLEX_FROM_WRIST_M}, (struct vec3){0, 0, -0.005},
              SHAFT_RADIUS_M);
    write_wrist(out, instrument, arm);
    fputs("</body></body></body></body></body></body>\n", out);
}

/* What both arms and all scenes share. Bits of contact: 1 the scene, 2 and 4 the arms, so that an arm
 * touches the scene and the other arm, not itself. */
static void write_head(FILE *out, unsigned count)
{
    fputs(
        "<mujocoinclude>\n"
        "<compiler angle='radian'/>\n"
        "<option timestep='0.001' gravity='0 0 -9.81' integrator='implicit' cone='elliptic' "
        "impratio='10' solver='Newton' iterations='20' tolerance='1e-10'/>\n"
        "<size njmax='2000' nconmax='400'/>\n"
        "<default>\n"
        "<geom solref='0.004 1' solimp='0.95 0.99 0.0005' friction='1 0.005 0.0001' condim='4'/>\n"
        "<equality solref='0.004 1' solimp='0.95 0.99 0.0005'/>\n",
        out);
    for (unsigned i = 0; i < count; i++)
        fprintf(out,
                "<default class='%s_arm'><geom contype='%u' conaffinity='%u' "
                "friction='1.5 0.01 0.0001'/></default>\n",
                names[i], 2U << i, 1U | (6U & ~(2U << i)));
    fputs("</default>\n"
          "<asset>\n"
          "<material name='instrument_shaft' rgba='0.32 0.33 0.36 1' specular='0.6' "
          "shininess='0.5'/>\n"
          "<material name='instrument_jaw' rgba='0.78 0.79 0.82 1' specular='0.9' "
          "shininess='0.8'/>\n"
          "</asset>\n",
          out);
}

static double stiffness(int axis)
{
    return SERVO_RAD_S * SERVO_RAD_S * motors[axis].armature;
}

double mujoco_arms_slack(int axis)
{
    double slack = motors[axis].friction / stiffness(axis);
    return axis == AXIS_JAW ? 2 * slack : slack; /* of both fingers */
}

char *mujoco_arms_xml(const struct instrument *instrument, const struct layout *layout,
                      unsigned count)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (!out)
        return NULL;
    write_head(out, count);
    fputs("<worldbody>\n", out);
    for (unsigned i = 0; i < count; i++)
        write_arm(out, instrument, &layout->arms[i], names[i]);
    fputs("</worldbody>\n<equality>\n", out);
    for (unsigned i = 0; i < count; i++)
        fprintf(
            out,
            "<weld name='%s_grasp' body1='%s_palm' active='false' solimp='0.99 0.999 0.0005'/>\n",
            names[i], names[i]);
    fputs("</equality>\n<actuator>\n", out);
    for (unsigned i = 0; i < count; i++)
        for (int axis = 0; axis < MOTORS; axis++)
            fprintf(out,
                    "<general name='%s_%s' joint='%s_%s' gainprm='%g' biastype='affine' "
                    "biasprm='0 %g %g' forcelimited='true' forcerange='%g %g'/>\n",
                    names[i], motors[axis].joint, names[i], motors[axis].joint, stiffness(axis),
                    -stiffness(axis), -2 * SERVO_RAD_S * motors[axis].armature, -motors[axis].most,
                    motors[axis].most);
    fputs("</actuator>\n</mujocoinclude>\n", out);
    bool failed = ferror(out);
    if (fclose(out) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}
