/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-scene [auto|osmesa|egl]: what a robot with physics costs a processor. For each built-in scene a thousand steps
 * of a millisecond while both arms move a little, and its endoscope's pictures: mono at 640x480 and 1280x720, and two
 * eyes of 640x480. Processor time of this thread counts, in which all of it runs; medians and the 99th in a
 * hundred. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arm/mujoco.h"
#include "arm/mujoco_eye.h"

#define MS UINT64_C(1000000)

enum { STEPS = 1000, PICTURES = 40 };

static double spent_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void step(struct arm *arm, double *spent)
{
    double joints[INSTRUMENT_AXES];
    memcpy(joints, INSTRUMENT_READY_JP, sizeof joints);
    for (uint64_t ms = 1; ms <= STEPS; ms++) {
        joints[AXIS_YAW] = 0.1 * sin((double)ms * 0.005);
        for (unsigned i = 0; i < arm->count; i++)
            if (arm_servo_jp(arm, i, joints, ms * MS) != MOTION_OK)
                errx(1, "a set-point was refused");
        double before_ms = spent_ms();
        arm_update(arm, ms * MS);
        spent[ms - 1] = spent_ms() - before_ms;
    }
    qsort(spent, STEPS, sizeof *spent, by_size);
}

/* The median picture, ms. */
static double look(struct arm *arm, uint32_t width, uint32_t height, bool is_stereo)
{
    static double spent[PICTURES];
    struct scene_eye robot = mujoco_eye(arm);
    struct media_reason reason;
    uint64_t at_ns;
    void *eye = robot.open(robot.robot, width, height, is_stereo, &reason);
    if (!eye)
        errx(1, "%s", reason.words);
    for (int i = 0; i < PICTURES; i++) {
        double before_ms = spent_ms();
        if (!robot.look(eye, &at_ns))
            errx(1, "nothing is drawn");
        spent[i] = spent_ms() - before_ms;
    }
    robot.close(eye);
    qsort(spent, PICTURES, sizeof *spent, by_size);
    return spent[PICTURES / 2];
}

int main(int argc, char **argv)
{
    static double spent[STEPS];
    puts("| scene | step, us | 99 % < | 640x480, ms | 1280x720 | two of 640x480 |\n"
         "| --- | --- | --- | --- | --- | --- |");
    for (unsigned i = 0; mujoco_scenes[i]; i++) {
        struct arm_reason reason = {""};
        const struct mujoco_settings settings = {.instrument = &INSTRUMENT_LARGE_NEEDLE_DRIVER,
                                                 .count = ARMS_MAX,
                                                 .scene = mujoco_scenes[i],
                                                 .is_stepped = true,
                                                 .renderer =
                                                     gl_renderer_of(argc > 1 ? argv[1] : "auto")};
        struct arm *arm = arm_open_mujoco(&settings, &reason);
        if (!arm)
            errx(1, "%s", reason.words);
        step(arm, spent);
        printf("| %s | %.0f | %.0f | %.1f | %.1f | %.1f |\n", mujoco_scenes[i],
               spent[STEPS / 2] * 1e3, spent[STEPS * 99 / 100] * 1e3, look(arm, 640, 480, false),
               look(arm, 1280, 720, false), look(arm, 1280, 480, true));
        fflush(stdout);
        arm_close(arm);
    }
    return 0;
}
