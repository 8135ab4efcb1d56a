/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "base/bytes.h"
#include "motion/itp_live.h"

#define MS UINT64_C(1000000)

static const char surgeon[] = "surgeon", other[] = "another";

static struct {
    struct itp_live live;
    struct itp_packet packet; /* the next one */
    uint64_t now_ns;
} bench;

static enum motion_err send_as(const char *who)
{
    uint8_t bytes[ITP_PACKET_BYTES];
    itp_encode(&bench.packet, bytes);
    bench.packet.sequence++;
    bench.now_ns += 2 * MS;
    itp_live_look(&bench.live, bench.now_ns);
    return itp_live_take(&bench.live, who, strlen(who), bytes, sizeof bytes, bench.now_ns);
}

static enum motion_err send(bool engaged)
{
    bench.packet.engaged = engaged;
    return send_as(surgeon);
}

static bool is_frozen(void)
{
    struct clutch_hands hands;
    return itp_live_hands(&bench.live, &hands);
}

static bool pedal(void)
{
    struct clutch_hands hands;
    (void)itp_live_hands(&bench.live, &hands);
    return hands.pedal;
}

static double x_um(void)
{
    struct clutch_hands hands;
    (void)itp_live_hands(&bench.live, &hands);
    return hands.hands[0].pose.position_m.x * 1e6;
}

static int begin(void **state)
{
    (void)state;
    bench.now_ns = 1000 * MS;
    bench.packet = (struct itp_packet){
        .sequence = 100, .delta_um = {{10, 0, 0}, {0, 0, 0}}, .turn = {{1, 0, 0, 0}, {1, 0, 0, 0}}};
    itp_live_init(&bench.live);
    return 0;
}

/* The foot was up and is down; five increments. */
static int follow(void **state)
{
    begin(state);
    assert_int_equal(send(false), MOTION_OK);
    for (int i = 0; i < 5; i++)
        assert_int_equal(send(true), MOTION_OK);
    assert_true(pedal() && !is_frozen());
    assert_int_equal((int)(x_um() + 0.5), 50);
    return 0;
}

static void h65_nobody_holds_the_foot_down_at_the_start(void **state)
{
    (void)state;
    assert_true(is_frozen() && !pedal());
    assert_int_equal(send(true), MOTION_OK); /* a console that goes on through our start */
    assert_true(is_frozen() && !pedal());
    assert_int_equal(send(false), MOTION_OK);
    assert_false(is_frozen());
    assert_int_equal(send(true), MOTION_OK);
    assert_true(pedal() && !is_frozen());
}

static void h64_a_gap_freezes_the_hands_until_the_foot_was_up(void **state)
{
    (void)state;
    bench.packet.sequence += 3;
    assert_int_equal(send(true), MOTION_ERR_SEQUENCE);
    assert_true(is_frozen() && !pedal());
    assert_int_equal(bench.live.counts.gaps, 1);
    assert_int_equal(bench.live.counts.lost,
                     4); /* the one that tells of them moves nothing either */
    for (int i = 0; i < 10; i++)
        assert_int_equal(send(true), MOTION_OK);
    assert_true(is_frozen() && !pedal());
    assert_int_equal(send(false), MOTION_OK);
    assert_false(is_frozen());
    assert_int_equal(send(true), MOTION_OK);
    assert_true(pedal());
    assert_int_equal(bench.live.counts.lost, 4);
}

static void h64_what_is_refused_freezes_the_hands_until_the_foot_was_up(void **state)
{
    (void)state;
    const struct itp_packet good = bench.packet;
    struct itp_packet wrong[] = {good, good, good};
    static const enum motion_err why[] = {MOTION_ERR_NOT_UNIT, MOTION_ERR_NOT_FINITE,
                                          MOTION_ERR_STEP};
    wrong[0].turn[0] = (struct quat){2, 0, 0, 0};
    wrong[1].turn[1] = (struct quat){NAN, 0, 0, 0};
    wrong[2].delta_um[0][0] = INT32_MAX;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        double before_um = x_um();
        wrong[i].sequence = bench.packet.sequence;
        bench.packet = wrong[i];
        assert_int_equal(send(true), why[i]);
        assert_true(is_frozen() && !pedal());
        assert_true(x_um() == before_um);
        bench.packet.turn[0] = bench.packet.turn[1] = (struct quat){1, 0, 0, 0};
        bench.packet.delta_um[0][0] = 10;
        for (int k = 0; k < 10; k++)
            assert_int_equal(send(true), MOTION_OK);
        assert_true(is_frozen() && !pedal());
        assert_int_equal(send(false), MOTION_OK);
        assert_int_equal(send(true), MOTION_OK);
        assert_true(pedal() && !is_frozen());
        assert_int_equal(bench.live.counts.lost, i + 1);
    }
    assert_int_equal(bench.live.counts.gaps, 0);
}

static void h65_a_silence_of_more_than_100_ms_lifts_the_foot_and_it_stays(void **state)
{
    (void)state;
    uint64_t last_ns = bench.now_ns;
    assert_false(itp_live_look(&bench.live, last_ns + 100 * MS));
    assert_true(pedal());
    assert_true(itp_live_look(&bench.live, last_ns + 100 * MS + 1));
    assert_false(itp_live_look(&bench.live, last_ns + 200 * MS));
    assert_true(is_frozen() && !pedal());
    assert_int_equal(bench.live.counts.silences, 1);
    bench.now_ns += 300 * MS;
    assert_int_equal(send(true), MOTION_OK);
    assert_true(is_frozen() && !pedal());
    assert_int_equal(send(false), MOTION_OK);
    assert_int_equal(send(true), MOTION_OK);
    assert_true(pedal());
}

static void h65_a_silence_that_nobody_looked_at_counts_too(void **state)
{
    (void)state;
    uint8_t bytes[ITP_PACKET_BYTES];
    bench.packet.engaged = true;
    itp_encode(&bench.packet, bytes);
    assert_int_equal(itp_live_take(&bench.live, surgeon, strlen(surgeon), bytes, sizeof bytes,
                                   bench.now_ns + 150 * MS),
                     MOTION_OK);
    assert_true(is_frozen());
}

static void h65_a_stranger_breaks_no_silence(void **state)
{
    (void)state;
    bench.packet.engaged = true;
    uint8_t bytes[ITP_PACKET_BYTES];
    itp_encode(&bench.packet, bytes);
    assert_int_equal(itp_live_take(&bench.live, other, strlen(other), bytes, sizeof bytes,
                                   bench.now_ns + 150 * MS),
                     MOTION_ERR_STRANGER);
    assert_true(is_frozen() && !pedal());
}

static void h65_nothing_but_rubbish_is_silence(void **state)
{
    (void)state;
    bench.packet.turn[1] = (struct quat){0, 0, 0, 0};
    for (int i = 0; i < 60; i++) /* 120 ms */
        assert_int_equal(send(true), MOTION_ERR_NOT_UNIT);
    assert_true(is_frozen() && !pedal());
    assert_int_equal(bench.live.counts.silences, 1);
    assert_int_equal(send(false), MOTION_ERR_NOT_UNIT); /* the foot counts even so */
    assert_false(is_frozen());
}

static void h64_an_older_packet_shows_no_foot(void **state)
{
    (void)state;
    bench.packet.sequence += 2;
    assert_int_equal(send(true), MOTION_ERR_SEQUENCE);
    bench.packet.sequence -= 2; /* one of those that were missing comes after all */
    assert_int_equal(send(false), MOTION_ERR_SEQUENCE);
    assert_true(is_frozen());
    assert_int_equal(bench.live.counts.lost, 3);
    assert_int_equal(bench.live.counts.gaps, 1);
}

static void h64_a_console_that_begins_anew_clutches_in_anew(void **state)
{
    (void)state;
    bench.packet.sequence = 5000;
    assert_int_equal(send(false), MOTION_ERR_SEQUENCE);
    assert_int_equal(send(true), MOTION_OK);
    uint64_t lost = bench.live.counts.lost;
    bench.packet.sequence = 1;
    assert_int_equal(send(true), MOTION_ERR_SEQUENCE);
    assert_true(is_frozen());
    assert_int_equal(bench.live.counts.lost, lost + 1);
}

static void h66_the_first_sender_is_heard_until_it_is_silent(void **state)
{
    (void)state;
    double before_um = x_um();
    uint32_t mine = bench.packet.sequence;
    assert_int_equal(send_as(other), MOTION_ERR_STRANGER);
    assert_true(pedal() && x_um() == before_um);
    assert_int_equal(bench.live.counts.strangers, 1);
    bench.packet.sequence = mine;
    assert_int_equal(send(true), MOTION_OK);
    bench.now_ns += 990 * MS;
    assert_int_equal(send_as(other), MOTION_ERR_STRANGER);
    bench.now_ns += 10 * MS;
    assert_int_equal(send_as(other), MOTION_OK); /* its foot is down: not before it was up */
    assert_true(is_frozen() && !pedal());
    assert_int_equal(send(true), MOTION_ERR_STRANGER);
    bench.packet.engaged = false;
    assert_int_equal(send_as(other), MOTION_ERR_SEQUENCE); /* one was the surgeon's */
    assert_false(is_frozen());
}

static void h66_rubbish_takes_nobodys_place(void **state)
{
    (void)state;
    uint8_t bytes[ITP_PACKET_BYTES] = {1};
    assert_int_not_equal(itp_live_take(&bench.live, other, strlen(other), bytes, sizeof bytes, MS),
                         MOTION_OK);
    assert_int_not_equal(itp_live_take(&bench.live, other, strlen(other), bytes, 3, MS), MOTION_OK);
    bench.packet.sequence = 0; /* asks for an echo: it is told nothing */
    assert_int_equal(send_as(other), MOTION_ERR_STRANGER);
    assert_int_equal(bench.live.sender_len, 0);
    bench.packet.sequence = 7;
    assert_int_equal(send(false), MOTION_OK);
    bench.packet.sequence = 0;
    assert_int_equal(send(false), MOTION_ERR_REFLECT); /* it is not one of the row */
    bench.packet.sequence = 8;
    assert_int_equal(send(true), MOTION_OK);
    assert_true(pedal());
}

static void what_is_answered_is_52_bytes_with_forces_and_run_level(void **state)
{
    (void)state;
    uint8_t answer[ITP_ANSWER_BYTES];
    static const struct vec3 force_n[ITP_ARMS] = {{1.5, -0.25, 0}, {0, 0, 1e12}};
    static const struct vec3 none[ITP_ARMS] = {{NAN, 0, 0}};
    itp_live_answer(&bench.live, ITP_PEDAL_DOWN, force_n, answer);
    assert_int_equal(get_le32(answer), 1);
    assert_int_equal(get_le32(answer + 4), bench.packet.sequence - 1);
    assert_int_equal(get_le32(answer + 8) | get_le32(answer + 12), 0);
    assert_int_equal((int32_t)get_le32(answer + 16), 1500);
    assert_int_equal((int32_t)get_le32(answer + 24), -250);
    assert_int_equal((int32_t)get_le32(answer + 36), INT32_MAX);
    assert_int_equal(get_le32(answer + 40), 3);
    uint32_t sum = 0;
    for (size_t at = 0; at < 48; at += 4)
        sum += get_le32(answer + at);
    assert_int_equal(get_le32(answer + 48), sum);

    itp_live_answer(&bench.live, ITP_STOPPED, none, answer);
    assert_int_equal(get_le32(answer), 2);
    assert_int_equal(get_le32(answer + 40), 0);
    assert_int_equal(get_le32(answer + 16), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(h65_nobody_holds_the_foot_down_at_the_start, begin),
        cmocka_unit_test_setup(h64_a_gap_freezes_the_hands_until_the_foot_was_up, follow),
        cmocka_unit_test_setup(h64_what_is_refused_freezes_the_hands_until_the_foot_was_up, follow),
        cmocka_unit_test_setup(h64_an_older_packet_shows_no_foot, follow),
        cmocka_unit_test_setup(h64_a_console_that_begins_anew_clutches_in_anew, follow),
        cmocka_unit_test_setup(h65_a_silence_of_more_than_100_ms_lifts_the_foot_and_it_stays,
                               follow),
        cmocka_unit_test_setup(h65_a_silence_that_nobody_looked_at_counts_too, follow),
        cmocka_unit_test_setup(h65_a_stranger_breaks_no_silence, follow),
        cmocka_unit_test_setup(h65_nothing_but_rubbish_is_silence, follow),
        cmocka_unit_test_setup(h66_the_first_sender_is_heard_until_it_is_silent, follow),
        cmocka_unit_test_setup(h66_rubbish_takes_nobodys_place, begin),
        cmocka_unit_test_setup(what_is_answered_is_52_bytes_with_forces_and_run_level, follow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
