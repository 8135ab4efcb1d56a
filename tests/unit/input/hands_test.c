/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"
#include "unit/motion/bedside.h"

#include <lz4frame.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input/hands.h"
#include "motion/follow.h"
#include "motion/itp.h"

#define MS UINT64_C(1000000)
#define START_NS (5000 * MS)

enum { PATH_BYTES = 512, RECORDS = 1000 };

static char folder[] = "/tmp/jisr-hands-XXXXXX";
static uint8_t records[RECORDS * ITP_RECORD_BYTES];
static uint8_t packed[LZ4F_HEADER_SIZE_MAX + 2 * sizeof records];

static void in_folder(char path[static PATH_BYTES], const char *name)
{
    snprintf(path, PATH_BYTES, "%s/%s", folder, name);
}

static void write_file(const char *name, const void *bytes, size_t len)
{
    char path[PATH_BYTES];
    in_folder(path, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

/* A second and more of a stream at 500 Hz; each tenth packet has a turn that is no rotation. */
/* Each tenth packet is refused, and all those from `from` up to `to`. */
static size_t make_itp_refused(uint32_t from, uint32_t to)
{
    for (uint32_t i = 0; i < RECORDS; i++) {
        uint8_t *record = records + (size_t)i * ITP_RECORD_BYTES;
        uint64_t stamp_ns = UINT64_C(1753882054257367047) + i * 2 * MS;
        struct itp_packet packet = {
            .sequence = 77 + i,
            .engaged = true,
            .delta_um = {{10, 0, 0}, {0, 0, -10}},
            .turn = {{1, 0, 0, 0}, {1, i % 10 == 3 || (i >= from && i < to), 0, 0}},
        };
        for (int byte = 0; byte < 8; byte++)
            record[byte] = (uint8_t)(stamp_ns >> (56 - 8 * byte));
        record[8] = record[10] = 0;
        record[9] = ITP_PACKET_BYTES;
        itp_encode(&packet, record + 11);
    }
    size_t len = LZ4F_compressFrame(packed, sizeof packed, records, sizeof records, NULL);
    assert_false(LZ4F_isError(len));
    return len;
}

static size_t make_itp(void)
{
    return make_itp_refused(0, 0);
}

/* With a first clutch-in under way. */
static struct hands *open_file(const char *kind, const char *name, char *why, size_t why_bytes)
{
    char spec[PATH_BYTES + 16], path[PATH_BYTES];
    in_folder(path, name);
    snprintf(spec, sizeof spec, "%s:%s", kind, path);
    why[0] = 0;
    struct hands *hands = hands_open(spec, START_NS, why, why_bytes);
    if (hands)
        hands_reclutch(hands, START_NS);
    return hands;
}

static void assert_refused(const char *kind, const char *name, const char *expected)
{
    char why[PATH_BYTES + 200];
    assert_null(open_file(kind, name, why, sizeof why));
    if (!strstr(why, expected))
        fail_msg("'%s' does not say '%s'", why, expected);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"good.bin",    "cut.bin",   "plain.bin",
                                        "tail.bin",    "empty.bin", "left_1.txt",
                                        "right_1.txt", "words.txt", "left_2.txt"};
    char path[PATH_BYTES];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        in_folder(path, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

static void a_recorded_stream_keeps_its_timing_counts_refusals_and_loops(void **state)
{
    (void)state;
    char why[700];
    struct gesture gesture;
    write_file("good.bin", packed, make_itp());
    struct hands *hands = open_file("itp", "good.bin", why, sizeof why);
    assert_non_null(hands);
    assert_true(fabs(hands_rate_hz(hands) - 500) < 1e-6);

    uint64_t now = START_NS;
    assert_true(hands_due_ns(hands) == START_NS);
    for (int i = 0; i < RECORDS; i++, now += 2 * MS) {
        assert_true(hands_next(hands, now, &gesture));
        assert_int_equal(gesture_check(&gesture), MOTION_OK);
        assert_int_equal(gesture.flags, i < 150 ? 0 : GESTURE_ENGAGED);
        assert_false(hands_next(hands, now + MS, &gesture));
    }
    assert_int_equal(hands_counts(hands)->samples, RECORDS);
    assert_int_equal(hands_counts(hands)->refused[MOTION_ERR_NOT_UNIT], RECORDS / 10);
    assert_int_equal(gesture.clutch_id, 1);
    /* 850 packets since clutch-in at the 150th, less the refused ones; 10 um each. */
    assert_true(fabs(gesture.hands[0].pose.position_m.x - 764 * 10e-6) < 1e-9);

    assert_int_equal(hands_counts(hands)->loops, 1);
    assert_true(hands_next(hands, now, &gesture));
    assert_int_equal(gesture.flags, GESTURE_UNASKED);
    now += 300 * MS;
    while (hands_next(hands, now, &gesture))
        continue;
    assert_int_equal(gesture.flags, GESTURE_ENGAGED);
    assert_int_equal(gesture.clutch_id, 2);
    hands_close(hands);
}

static void a_wrong_stream_is_answered_with_what_to_do(void **state)
{
    (void)state;
    size_t len = make_itp();
    write_file("cut.bin", packed, len / 2);
    write_file("plain.bin", records, sizeof records);
    write_file("empty.bin", records, 0);
    assert_refused("itp", "absent.bin", "No such file");
    assert_refused("itp", "cut.bin", "middle of its LZ4 frame: copy it again");
    assert_refused("itp", "plain.bin", "not an LZ4 frame");
    assert_refused("itp", "empty.bin", "is empty");
    len = LZ4F_compressFrame(packed, sizeof packed, records, sizeof records - 7, NULL);
    write_file("tail.bin", packed, len);
    assert_refused("itp", "tail.bin", "middle of a record");
    memset(records, 'x', sizeof records);
    len = LZ4F_compressFrame(packed, sizeof packed, records, sizeof records, NULL);
    write_file("tail.bin", packed, len);
    assert_refused("itp", "tail.bin", "does not hold records");

    char why[200];
    assert_null(hands_open("mouse", 0, why, sizeof why));
    assert_non_null(strstr(why, "no hands 'mouse': write itp:FILE, "));
    for (size_t i = 0; hands_forms[i]; i++)
        assert_non_null(strstr(why, hands_forms[i]));
}

static void write_taurus(const char *name, double x_um, int pedal_gap_at)
{
    char path[PATH_BYTES];
    in_folder(path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 500; i++) {
        double time_s = 1546230496 + i * 0.004 + (i >= pedal_gap_at ? 60 : 0);
        fprintf(file, "%.6f 1000000 0 0 0 1000000 0 0 0 1000000 0 0 0 %g 0 0 0 0 0 %d\n", time_s,
                x_um + 100 * i, i == 7 ? 20 : 100);
    }
    assert_int_equal(fclose(file), 0);
}

static void a_robot_recording_plays_both_hands_and_lifts_the_foot_in_its_gaps(void **state)
{
    (void)state;
    char why[700];
    struct gesture gesture;
    write_taurus("left_1.txt", 1000, 300);
    write_taurus("right_1.txt", -1000, 300);
    struct hands *hands = open_file("taurus", "right_1.txt", why, sizeof why);
    assert_non_null(hands);
    uint64_t last_ns = START_NS;
    uint32_t up = 0;
    while (hands_counts(hands)->loops == 0) {
        uint64_t due_ns = hands_due_ns(hands);
        assert_true(due_ns - last_ns <= 2 * MS);
        last_ns = due_ns;
        assert_true(hands_next(hands, due_ns, &gesture));
        assert_int_equal(gesture.hand_count, 2);
        up += !(gesture.flags & GESTURE_ENGAGED);
    }
    assert_int_equal(up, 151 + 75 + 74); /* with the row refused; in the gap; between those */
    assert_int_equal(hands_counts(hands)->samples, 575);
    assert_int_equal(gesture.clutch_id, 2);
    assert_int_equal(hands_counts(hands)->refused[MOTION_ERR_JAW], 1);
    assert_true(fabs(gesture.hands[1].pose.position_m.x - 199 * 1e-4) < 1e-9);
    hands_close(hands);

    write_taurus("left_2.txt", 0, 500);
    assert_refused("taurus", "left_2.txt", "right_2.txt': No such file");
    write_file("words.txt", "this is\nno recording\n", 21);
    assert_refused("taurus", "words.txt", "not a Taurus recording");
}

/* 250 rows a second, 100 um further each; `gap_ms` between the 100th and the next. */
static void write_gap(const char *name, double gap_ms)
{
    char path[PATH_BYTES];
    in_folder(path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 200; i++)
        fprintf(file, "%.6f 1000000 0 0 0 1000000 0 0 0 1000000 0 0 0 %d 0 0 0 0 0 100\n",
                1546230496 + i * 0.004 + (i >= 100 ? gap_ms / 1e3 - 0.004 : 0), 100 * i);
    assert_int_equal(fclose(file), 0);
}

static struct hands *open_gap(double gap_ms)
{
    char why[700];
    write_gap("left_1.txt", gap_ms);
    write_gap("right_1.txt", gap_ms);
    struct hands *hands = open_file("taurus", "left_1.txt", why, sizeof why);
    assert_non_null(hands);
    return hands;
}

static void a_slow_recording_is_played_at_500_hz(void **state)
{
    (void)state;
    enum { STEPS = 398 }; /* between 200 rows */
    struct gesture gesture = {0};
    struct hands *hands = open_gap(4);
    assert_true(fabs(hands_rate_hz(hands) - 500) < 1e-6);
    double was_m = 0;
    for (int i = 0; i <= STEPS; i++) {
        assert_int_equal(hands_due_ns(hands), START_NS + (uint64_t)i * 2 * MS);
        assert_true(hands_next(hands, hands_due_ns(hands), &gesture));
        if (i > 150) /* clutched in */
            assert_true(fabs(gesture.hands[0].pose.position_m.x - was_m - 50e-6) < 1e-9);
        was_m = gesture.hands[0].pose.position_m.x;
    }
    assert_int_equal(hands_counts(hands)->loops, 1);
    assert_int_equal(hands_counts(hands)->gestures, STEPS + 1);
    assert_int_equal(hands_counts(hands)->samples, 200);
    hands_close(hands);
}

static uint64_t longest_step_ns(double gap_ms)
{
    struct gesture gesture;
    uint64_t longest_ns = 0;
    struct hands *hands = open_gap(gap_ms);
    while (hands_counts(hands)->loops == 0) {
        uint64_t was_ns = hands_due_ns(hands);
        assert_true(hands_next(hands, was_ns, &gesture));
        uint64_t step_ns = hands_due_ns(hands) - was_ns;
        longest_ns = step_ns > longest_ns ? step_ns : longest_ns;
    }
    hands_close(hands);
    return longest_ns;
}

static void what_hands_did_in_a_long_gap_is_not_made_up(void **state)
{
    (void)state;
    assert_int_equal(longest_step_ns(3), 2 * MS);
    assert_int_equal(longest_step_ns(50), 2 * MS);
    assert_int_equal(longest_step_ns(51), 51 * MS);
}

static void h05_hands_refused_for_too_long_are_frozen_until_a_person_takes_them(void **state)
{
    (void)state;
    enum { FROM = 400, TO = 480 }; /* 160 ms */
    char why[700];
    struct gesture gesture;
    write_file("good.bin", packed, make_itp_refused(FROM, TO));
    struct hands *hands = open_file("itp", "good.bin", why, sizeof why);
    assert_non_null(hands);
    for (int i = 0; i < TO + 100; i++) {
        uint64_t quiet_ns = i < FROM ? 0 : (uint64_t)(i - FROM + 1) * 2 * MS;
        assert_true(hands_next(hands, hands_due_ns(hands), &gesture));
        if (i >= 150)
            assert_int_equal(gesture.flags,
                             quiet_ns > HANDS_REFUSED_NS_MAX ? GESTURE_FROZEN : GESTURE_ENGAGED);
    }
    uint64_t asked_ns = hands_due_ns(hands);
    hands_reclutch(hands, asked_ns);
    while (hands_due_ns(hands) < asked_ns + 300 * MS) {
        assert_true(hands_next(hands, hands_due_ns(hands), &gesture));
        assert_int_equal(gesture.flags, 0);
    }
    assert_true(hands_next(hands, hands_due_ns(hands), &gesture));
    assert_int_equal(gesture.flags, GESTURE_ENGAGED);
    hands_close(hands);
}

/* The scripted motion is a function of time: what a late caller gets is of the due time, like a
 * recording's samples. */
static void h01_a_late_caller_gets_each_sample_as_of_when_it_was_due(void **state)
{
    (void)state;
    enum { LATE_MS = 1000 };
    char why[200];
    struct gesture late, prompt;
    struct hands *stalled = hands_open("script", START_NS, why, sizeof why);
    struct hands *running = hands_open("script", START_NS, why, sizeof why);
    assert_non_null(stalled);
    assert_non_null(running);
    for (uint64_t i = 0; i <= LATE_MS; i++) {
        uint64_t due_ns = hands_due_ns(stalled);
        assert_int_equal(due_ns, START_NS + i * MS);
        assert_true(hands_next(stalled, START_NS + LATE_MS * MS, &late));
        assert_true(hands_next(running, due_ns, &prompt));
        assert_memory_equal(&late, &prompt, sizeof late);
    }
    assert_false(hands_next(stalled, START_NS + LATE_MS * MS, &late));
    hands_close(stalled);
    hands_close(running);
}

/* A console that is started again finds an arm held, and must leave it so. */
static void h03_only_a_person_lifts_the_foot_at_the_start_and_after_a_hold(void **state)
{
    (void)state;
    char why[200];
    struct gesture gesture;
    struct hands *hands = hands_open("still", START_NS, why, sizeof why);
    assert_non_null(hands);
    uint64_t now = START_NS + 1000 * MS;
    int count = 0;
    for (; hands_next(hands, now, &gesture); count++)
        assert_int_equal(gesture.flags, GESTURE_ENGAGED);
    assert_int_equal(count, 1001);
    assert_int_equal(gesture.clutch_id, 1);
    hands_reclutch(hands, now);
    now += 299 * MS;
    while (hands_next(hands, now, &gesture))
        assert_int_equal(gesture.flags, 0);
    now += 10 * MS;
    while (hands_next(hands, now, &gesture))
        continue;
    assert_int_equal(gesture.flags, GESTURE_ENGAGED);
    assert_int_equal(gesture.clutch_id, 2);
    hands_close(hands);
}

/* Plays until then; the instrument takes what it will. */
static void play(struct hands *hands, struct follow *follow, uint32_t *sequence, uint64_t until_ns)
{
    for (uint64_t due_ns; (due_ns = hands_due_ns(hands)) < until_ns;) {
        struct follow_sample sample = {
            .sequence = ++*sequence, .sampled_ns = due_ns, .age_ns = 100 * MS, .measured = true};
        assert_true(hands_next(hands, due_ns, &sample.gesture));
        follow_tick(follow, due_ns);
        (void)follow_gesture(follow, &sample, due_ns);
    }
}

/* The script's foot is up for half a second in ten, a recording's at its end. */
static void h03_the_foot_of_recorded_hands_ends_no_hold(void **state)
{
    (void)state;
    static struct follow follow;
    char why[200];
    uint32_t sequence = 0;
    struct hands *hands = hands_open("script", START_NS, why, sizeof why);
    assert_non_null(hands);
    follow_init(&follow, &INSTRUMENT_LARGE_NEEDLE_DRIVER, &FOLLOW_STANDARD);
    bedside_enable(&follow, START_NS);
    play(hands, &follow, &sequence, START_NS + 21000 * MS);
    assert_int_equal(follow.supervisor.cause, HOLD_START);
    hands_reclutch(hands, START_NS + 21000 * MS);
    play(hands, &follow, &sequence, START_NS + 32000 * MS);
    assert_int_equal(follow.supervisor.cause,
                     HOLD_NONE); /* and its own foot went on with that, at 29.5 s */
    assert_int_equal(follow.hold_counts[HOLD_RELEASED], 2);

    follow_session_lost(&follow, START_NS + 32000 * MS);
    sequence = 0;
    play(hands, &follow, &sequence, START_NS + 53000 * MS);
    assert_int_equal(follow.supervisor.cause, HOLD_SESSION);
    hands_reclutch(hands, START_NS + 53000 * MS);
    play(hands, &follow, &sequence, START_NS + 54000 * MS);
    assert_int_equal(follow.supervisor.cause, HOLD_NONE);
    hands_close(hands);
}

/* The instrument follows each gesture as it falls due: nothing but the foot makes it hold. */
static void follow_along(struct follow *follow, const struct gesture *gesture, uint64_t due_ns)
{
    static uint32_t sequence;
    struct follow_sample sample = {.sequence = ++sequence,
                                   .sampled_ns = due_ns,
                                   .age_ns = 100 * MS,
                                   .measured = true,
                                   .gesture = *gesture};
    while (follow->ticked_ns + MS <= due_ns)
        follow_tick(follow, follow->ticked_ns + MS);
    assert_int_equal(follow_gesture(follow, &sample, due_ns), FOLLOW_APPLIED);
}

/* Plays a recording of somebody else's twice through. */
static void play_recording(const char *kind, const char *file, uint64_t samples_least,
                           uint64_t refused_not_unit, double rate_least_hz)
{
    static struct follow follow;
    char spec[PATH_BYTES], why[700];
    const char *data = getenv("JISR_DATA");
    snprintf(spec, sizeof spec, "%s:%s/kinematics/%s", kind, data ? data : "../shared/data", file);
    if (access(strchr(spec, ':') + 1, R_OK) != 0)
        skip();
    struct gesture gesture;
    struct hands *hands = hands_open(spec, START_NS, why, sizeof why);
    if (!hands)
        fail_msg("%s", why);
    assert_true(hands_rate_hz(hands) >= rate_least_hz);
    hands_reclutch(hands, START_NS);
    follow_init(&follow, &INSTRUMENT_LARGE_NEEDLE_DRIVER, &FOLLOW_STANDARD);
    bedside_enable(&follow, START_NS);
    follow_tick(&follow, START_NS);
    double furthest_m = 0;
    uint64_t longest_ns = 0, last_ns = START_NS;
    while (hands_counts(hands)->loops < 2) {
        uint64_t due_ns = hands_due_ns(hands);
        longest_ns = due_ns - last_ns > longest_ns ? due_ns - last_ns : longest_ns;
        last_ns = due_ns;
        assert_true(hands_next(hands, due_ns, &gesture));
        assert_int_equal(gesture_check(&gesture), MOTION_OK);
        furthest_m = fmax(furthest_m, vec3_length(gesture.hands[0].pose.position_m));
        follow_along(&follow, &gesture, due_ns);
    }
    assert_int_equal(follow.holds.count, 1 + follow.hold_counts[HOLD_RELEASED]);
    const struct hands_counts *counts = hands_counts(hands);
    print_message("# %s: %.1f Hz, longest gap %.1f ms, furthest %.1f mm, clutch-ins %u\n",
                  hands_name(hands), hands_rate_hz(hands), (double)longest_ns * 1e-6,
                  furthest_m * 1e3, gesture.clutch_id);
    for (int err = 1; err < MOTION_ERRS; err++)
        if (counts->refused[err])
            print_message("# refused %llu: %s\n", (unsigned long long)counts->refused[err],
                          motion_err_text((enum motion_err)err));
    assert_true(counts->samples >= 2 * samples_least);
    assert_int_equal(counts->refused[MOTION_ERR_NOT_UNIT], 2 * refused_not_unit);
    hands_close(hands);
}

static void the_recorded_console_stream_plays_without_its_impossible_quaternions(void **state)
{
    (void)state;
    play_recording("itp", "telesurgery-500hz/console_data_complete_7.bin", 41508, 5565, 500);
}

static void the_recorded_robot_plays(void **state)
{
    (void)state;
    play_recording("taurus", "desk-taurus/S5_T2_left_kinematics.txt.gz", 19937, 0, 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recorded_stream_keeps_its_timing_counts_refusals_and_loops),
        cmocka_unit_test(a_wrong_stream_is_answered_with_what_to_do),
        cmocka_unit_test(a_robot_recording_plays_both_hands_and_lifts_the_foot_in_its_gaps),
        cmocka_unit_test(a_slow_recording_is_played_at_500_hz),
        cmocka_unit_test(what_hands_did_in_a_long_gap_is_not_made_up),
        cmocka_unit_test(h05_hands_refused_for_too_long_are_frozen_until_a_person_takes_them),
        cmocka_unit_test(h01_a_late_caller_gets_each_sample_as_of_when_it_was_due),
        cmocka_unit_test(h03_only_a_person_lifts_the_foot_at_the_start_and_after_a_hold),
        cmocka_unit_test(h03_the_foot_of_recorded_hands_ends_no_hold),
        cmocka_unit_test(the_recorded_console_stream_plays_without_its_impossible_quaternions),
        cmocka_unit_test(the_recorded_robot_plays),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
