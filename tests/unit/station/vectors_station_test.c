/* SPDX-License-Identifier: GPL-3.0-or-later */
/* docs/protocol-vectors.txt: gestures, and messages of an operation. */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "motion/gesture.h"
#include "station/about.h"
#include "station/pulse.h"
#include "station/standing.h"
#include "station/strokes.h"
#include "unit/link/vectors.h"

enum { POSE_FIGURES = 7, HAND_FIGURES = 8 };

/* So many figures of one line. */
static void figures(const char *block, const char *name, double *out, int count)
{
    const char *text = vectors_words(block, name);
    for (int i = 0; i < count; i++) {
        char *end;
        out[i] = strtod(text, &end);
        assert_ptr_not_equal(end, text);
        text = end;
    }
    assert_int_equal(*text, '\0');
}

static struct pose pose_of(const double f[static POSE_FIGURES])
{
    return (struct pose){{f[0], f[1], f[2]}, {f[3], f[4], f[5], f[6]}};
}

/* They are read back, and say the same again. */
static void check_gesture(const char *block)
{
    static const char *const names[] = {"left", "right"};
    struct gesture gesture = {.clutch_id = (uint32_t)vectors_number(block, "clutch"),
                              .flags = (uint8_t)vectors_number(block, "flags"),
                              .lease = (uint8_t)vectors_number(block, "lease"),
                              .hand_count = (uint8_t)vectors_number(block, "hands")};
    uint8_t bytes[GESTURE_BYTES_MAX], again[GESTURE_BYTES_MAX], known[VECTORS_VALUE_BYTES];
    for (unsigned i = 0; i < gesture.hand_count; i++) {
        double of[HAND_FIGURES];
        figures(block, names[i], of, HAND_FIGURES);
        gesture.hands[i] = (struct hand){pose_of(of), of[POSE_FIGURES]};
    }
    size_t len = gesture_encode(&gesture, bytes);
    vectors_made(block, "gesture", bytes, len);
    struct gesture read;
    size_t known_len = vectors_bytes(block, "gesture", known);
    assert_int_equal(gesture_decode(&read, known, known_len), MOTION_OK);
    assert_int_equal(read.flags, gesture.flags);
    assert_int_equal(gesture_encode(&read, again), len);
    assert_memory_equal(again, bytes, len);
}

static void gestures_of_version_4(void **state)
{
    (void)state;
    check_gesture("gesture");
    check_gesture("gesture camera");
    check_gesture("gesture frozen");
}

static struct layout layout_of(const char *block)
{
    struct layout layout = {.camera_depth_m = 0};
    double of[POSE_FIGURES];
    figures(block, "left", of, POSE_FIGURES);
    layout.arms[0] = pose_of(of);
    figures(block, "right", of, POSE_FIGURES);
    layout.arms[1] = pose_of(of);
    figures(block, "endoscope", of, POSE_FIGURES);
    layout.camera_arm = pose_of(of);
    figures(block, "lens", of, 4);
    layout.camera_depth_m = of[0];
    layout.lens = (struct layout_lens){of[1], of[2], of[3]};
    return layout;
}

static void check_about(const char *block, const struct layout *layout)
{
    struct profile profile;
    double of[2 + ABOUT_BANDS];
    struct about about, read;
    uint8_t bytes[ABOUT_BYTES_MAX], again[ABOUT_BYTES_MAX], known[VECTORS_VALUE_BYTES];
    profile_standard(&profile);
    snprintf(profile.name, sizeof profile.name, "%s", vectors_words(block, "profile"));
    figures(block, "limits", of, 2 + ABOUT_BANDS);
    profile.limits[GATE_FORCE_NEAR].most = of[0];
    profile.limits[GATE_FORCE].most = of[1];
    for (int i = 0; i < ABOUT_BANDS; i++)
        profile.limits[PROFILE_GREEN + i].most = of[2 + i];
    about_make(&about, vectors_words(block, "tool"), &profile, layout);
    size_t len = about_encode(&about, bytes);
    vectors_made(block, "message", bytes, len);
    assert_true(about_decode(&read, known, vectors_bytes(block, "message", known)));
    assert_string_equal(read.profile, profile.name);
    assert_int_equal(read.has_layout, layout != NULL);
    assert_int_equal(about_encode(&read, again), len);
    assert_memory_equal(again, bytes, len);
}

static void what_the_robot_is(void **state)
{
    (void)state;
    const struct layout layout = layout_of("about");
    check_about("about", &layout);
    check_about("about without layout", NULL);
}

static void strokes_that_are_wiped(void **state)
{
    (void)state;
    uint8_t bytes[WIPE_MESSAGE_BYTES], known[VECTORS_VALUE_BYTES], author = 99;
    wipe_message_encode((uint8_t)vectors_number("wipe", "author"), bytes);
    vectors_made("wipe", "message", bytes, sizeof bytes);
    assert_true(wipe_message_decode(&author, known, vectors_bytes("wipe", "message", known)));
    assert_int_equal(author, vectors_number("wipe", "author"));
}

static void a_pulse_of_version_3(void **state)
{
    (void)state;
    double of[2];
    figures("pulse", "scale", of, 1);
    figures("pulse", "delay_ms", of + 1, 1);
    const struct pulse pulse = {.flags = (uint8_t)vectors_number("pulse", "flags"),
                                .press = (uint8_t)vectors_number("pulse", "press"),
                                .frozen_by = (enum frozen_by)vectors_number("pulse", "frozen_by"),
                                .lease = (uint32_t)vectors_number("pulse", "lease"),
                                .scale = of[0],
                                .delay_ms = of[1],
                                .seen_captured_ns = vectors_number("pulse", "seen_captured_ns")};
    uint8_t bytes[PULSE_BYTES], known[VECTORS_VALUE_BYTES];
    struct pulse read;
    pulse_encode(&pulse, bytes);
    vectors_made("pulse", "sample", bytes, sizeof bytes);
    assert_int_equal(pulse_decode(&read, known, vectors_bytes("pulse", "sample", known)),
                     MOTION_OK);
    assert_int_equal(read.press, pulse.press);
}

static void how_things_stand_of_version_6(void **state)
{
    (void)state;
    double camera_jp[STANDING_CAMERA_AXES], scale;
    figures("standing", "scale", &scale, 1);
    figures("standing", "camera", camera_jp, STANDING_CAMERA_AXES);
    struct standing standing = {
        .flags = (uint8_t)vectors_number("standing", "flags"),
        .frozen_by = (enum frozen_by)vectors_number("standing", "frozen_by"),
        .state = (enum supervisor_state)vectors_number("standing", "state"),
        .cause = (enum hold_cause)vectors_number("standing", "cause"),
        .reaction = (enum reaction)vectors_number("standing", "reaction"),
        .owner = (uint8_t)vectors_number("standing", "owner"),
        .asking = (uint8_t)vectors_number("standing", "asking"),
        .yours = (uint8_t)vectors_number("standing", "yours"),
        .here = (uint8_t)vectors_number("standing", "here"),
        .arm_limits = {(uint8_t)vectors_number("standing", "left_limits"),
                       (uint8_t)vectors_number("standing", "right_limits")},
        .camera_limits = (uint8_t)vectors_number("standing", "camera_limits"),
        .lease = (uint32_t)vectors_number("standing", "lease"),
        .failing = (uint32_t)vectors_number("standing", "failing"),
        .scale = scale,
        .astray = (uint8_t)vectors_number("standing", "astray"),
        .fixture = (uint8_t)vectors_number("standing", "fixture"),
        .heard_press = (uint8_t)vectors_number("standing", "heard_press")};
    memcpy(standing.camera_jp, camera_jp, sizeof camera_jp);
    uint8_t bytes[STANDING_BYTES], known[VECTORS_VALUE_BYTES];
    struct standing read;
    standing_encode(&standing, bytes);
    vectors_made("standing", "sample", bytes, sizeof bytes);
    assert_int_equal(standing_decode(&read, known, vectors_bytes("standing", "sample", known)),
                     MOTION_OK);
    assert_int_equal(read.heard_press, standing.heard_press);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gestures_of_version_4),         cmocka_unit_test(a_pulse_of_version_3),
        cmocka_unit_test(how_things_stand_of_version_6), cmocka_unit_test(what_the_robot_is),
        cmocka_unit_test(strokes_that_are_wiped),
    };
    vectors_begin(argc, argv);
    return vectors_end(cmocka_run_group_tests_name("vectors of an operation", tests, NULL, NULL));
}
