/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <math.h>

#include "motion/tremor.h"

#define PI 3.14159265358979323846
#define STEP_S 1e-3
#define WIDE_M 1e-3

struct answer {
    double gain, delay_s;
};

/* What is left of a sine of that frequency along x, and how much later it comes: by correlation with
 * sine and cosine over whole periods, once the filter has settled. */
static struct answer answer_at(double hz)
{
    struct tremor tremor;
    struct pose pose = POSE_IDENTITY;
    double with_sine = 0, with_cosine = 0;
    tremor_begin(&tremor, &pose);
    int settle = 2000, all = settle + (int)(ceil(fmax(20, 4 * hz)) / hz / STEP_S);
    for (int i = 0; i < all; i++) {
        double at = 2 * PI * hz * i * STEP_S;
        pose.position_m.x = WIDE_M * sin(at);
        double out = tremor_step(&tremor, &pose).position_m.x;
        if (i < settle)
            continue;
        with_sine += out * sin(at) * 2 / (all - settle);
        with_cosine += out * cos(at) * 2 / (all - settle);
    }
    return (struct answer){hypot(with_sine, with_cosine) / WIDE_M,
                           atan2(-with_cosine, with_sine) / (2 * PI * hz)};
}

static void at_most_a_quarter_of_8_to_12_hz_is_left(void **state)
{
    (void)state;
    double worst = 0;
    for (double hz = 8; hz <= 12; hz += 0.1)
        worst = fmax(worst, answer_at(hz).gain);
    print_message("# most that is left of 8 to 12 Hz: %.3f\n", worst);
    assert_true(worst < 0.25);
}

static void the_delay_below_2_hz_is_what_the_header_says(void **state)
{
    (void)state;
    for (double hz = 0.1; hz <= 2; hz += 0.1) {
        struct answer answer = answer_at(hz);
        double off_s = answer.delay_s - (double)TREMOR_DELAY_NS * 1e-9;
        if (!(fabs(off_s) < 1e-3 && answer.gain > 0.98))
            fail_msg("%g Hz: %.2f ms, gain %.3f", hz, answer.delay_s * 1e3, answer.gain);
    }
}

static void nothing_is_amplified(void **state)
{
    (void)state;
    for (double hz = 0.5; hz < 400; hz *= 1.1)
        assert_true(answer_at(hz).gain < 1.001);
}

static void it_begins_without_a_jerk_and_keeps_what_is_still(void **state)
{
    (void)state;
    struct tremor tremor;
    struct pose pose = {{0.1, -0.2, 0.3}, {0.5, 0.5, -0.5, 0.5}};
    tremor_begin(&tremor, &pose);
    for (int i = 0; i < 1000; i++) {
        struct pose out = tremor_step(&tremor, &pose);
        assert_true(vec3_length(vec3_subtract(out.position_m, pose.position_m)) < 1e-12);
        assert_true(quat_angle_between_rad(out.orientation, pose.orientation) < 1e-9);
        if (i == 500) /* the same turn, written the other way round */
            pose.orientation = (struct quat){-0.5, -0.5, 0.5, -0.5};
    }
}

static void a_turning_hand_s_tremor_is_taken_out_wherever_it_points(void **state)
{
    (void)state;
    struct tremor tremor;
    struct pose pose = POSE_IDENTITY;
    double most_rad = 0, wide_rad = 0.02;
    tremor_begin(&tremor, &pose);
    for (int i = 0; i < 8000; i++) { /* 5 turns in 8 s */
        double at_s = i * STEP_S, slow = 2 * PI * 5 / 8 * at_s;
        double shake = wide_rad * sin(2 * PI * 10 * at_s);
        pose.orientation = quat_from_rotation_vector((struct vec3){0, 0, slow + shake});
        struct quat out = tremor_step(&tremor, &pose).orientation;
        double late = slow - 2 * PI * 5 / 8 * (double)TREMOR_DELAY_NS * 1e-9;
        struct quat wanted = quat_from_rotation_vector((struct vec3){0, 0, late});
        if (i > 1000)
            most_rad = fmax(most_rad, quat_angle_between_rad(out, wanted));
    }
    assert_true(most_rad < 0.35 * wide_rad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_most_a_quarter_of_8_to_12_hz_is_left),
        cmocka_unit_test(the_delay_below_2_hz_is_what_the_header_says),
        cmocka_unit_test(nothing_is_amplified),
        cmocka_unit_test(it_begins_without_a_jerk_and_keeps_what_is_still),
        cmocka_unit_test(a_turning_hand_s_tremor_is_taken_out_wherever_it_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
