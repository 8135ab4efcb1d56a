/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A console that speaks ITP over this machine's loopback, in virtual time: a datagram there has come when
 * sendto returns. */
#include "unit/cmocka_base.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "input/hands.h"
#include "motion/itp_live.h"

#define MS UINT64_C(1000000)
#define START_NS (5000 * MS)

static const struct engage_feel FELT_BY = {0.7, 0.07};

static struct {
    struct hands *hands;
    struct sockaddr_in at; /* where the hands listen */
    int socket;            /* the surgeon's */
    struct itp_packet packet;
    uint64_t now_ns;
} bench;

static int client(void)
{
    struct timeval soon = {.tv_sec = 1};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&bench.at, sizeof bench.at), 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
    return fd;
}

/* On a port of its own that nobody else has. */
static int begin_with(const char *options)
{
    char spec[64], why[256] = "";
    socklen_t len = sizeof bench.at;
    bench.at =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int taken = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(taken, (const struct sockaddr *)&bench.at, len), 0);
    assert_int_equal(getsockname(taken, (struct sockaddr *)&bench.at, &len), 0);
    close(taken);
    snprintf(spec, sizeof spec, "itp-udp:127.0.0.1:%u%s", ntohs(bench.at.sin_port), options);
    bench.now_ns = START_NS;
    bench.hands = hands_open(spec, START_NS, why, sizeof why);
    if (!bench.hands)
        fail_msg("%s", why);
    bench.socket = client();
    bench.packet = (struct itp_packet){
        .sequence = 100, .delta_um = {{10, 0, 0}, {0, 0, 0}}, .turn = {{1, 0, 0, 0}, {1, 0, 0, 0}}};
    return 0;
}

static int begin(void **state)
{
    (void)state;
    return begin_with("");
}

static int begin_without_turns(void **state)
{
    (void)state;
    return begin_with(",turns=off");
}

static int end(void **state)
{
    (void)state;
    close(bench.socket);
    hands_close(bench.hands);
    return 0;
}

static void send_packet(bool engaged)
{
    uint8_t bytes[ITP_PACKET_BYTES];
    bench.packet.engaged = engaged;
    itp_encode(&bench.packet, bytes);
    bench.packet.sequence++;
    assert_int_equal(send(bench.socket, bytes, sizeof bytes, 0), sizeof bytes);
}

/* The one gesture of the next look. */
static struct gesture next(void)
{
    struct gesture gesture, more;
    bench.now_ns += 2 * MS;
    assert_true(hands_next(bench.hands, bench.now_ns, &gesture));
    assert_int_equal(gesture_check(&gesture), MOTION_OK);
    assert_false(hands_next(bench.hands, bench.now_ns, &more));
    assert_int_equal(hands_due_ns(bench.hands), bench.now_ns + MS);
    return gesture;
}

static struct gesture after(bool engaged)
{
    send_packet(engaged);
    return next();
}

static void a_console_moves_the_hands_once_its_foot_was_up(void **state)
{
    (void)state;
    assert_int_equal(after(true).flags, GESTURE_FROZEN);
    assert_int_equal(after(false).flags, 0);
    struct gesture first = after(true), second = after(true);
    assert_int_equal(first.flags, GESTURE_ENGAGED);
    double moved_m = second.hands[0].pose.position_m.x - first.hands[0].pose.position_m.x;
    assert_true(fabs(moved_m - 10e-6) < 1e-9);
    assert_int_equal(hands_counts(bench.hands)->samples, 4);
    hands_reclutch(bench.hands, bench.now_ns); /* not ours to lift */
    assert_int_equal(after(true).flags, GESTURE_ENGAGED);
}

static void h64_a_turn_that_is_none_freezes_unless_turns_are_not_looked_at(void **state)
{
    (void)state;
    (void)after(false);
    assert_int_equal(after(true).flags, GESTURE_ENGAGED);
    bench.packet.turn[0] = (struct quat){0, 0, -1, 1};
    assert_int_equal(after(true).flags, GESTURE_FROZEN);
    end(NULL);
    begin_with(",turns=off");
    (void)after(false);
    bench.packet.turn[0] = (struct quat){0, 0, -1, 1};
    bench.packet.turn[1] = (struct quat){NAN, 0, 0, 0};
    struct gesture gesture = after(true);
    assert_int_equal(gesture.flags, GESTURE_ENGAGED);
    assert_true(gesture.hands[0].pose.orientation.w == 1);
    bench.packet.delta_um[0][0] = 20000;
    assert_int_equal(after(true).flags, GESTURE_FROZEN);
}

static void h34_handles_that_tell_no_turns_are_not_waited_for(void **state)
{
    (void)state;
    assert_true(hands_have_handles(bench.hands));
    assert_false(hands_ask_alignment(bench.hands, &FELT_BY));
    (void)after(false);
    assert_int_equal(after(true).flags, GESTURE_ENGAGED); /* nothing has changed */
    end(NULL);
    begin_with("");
    assert_true(hands_ask_alignment(bench.hands, &FELT_BY));
    (void)after(false);
    assert_int_equal(after(true).flags & GESTURE_ENGAGED, 0);
}

static void each_packet_is_answered_to_who_sent_it(void **state)
{
    (void)state;
    uint8_t answer[64];
    hands_tell(bench.hands,
               &(struct hands_told){.is_up = true, .follows = true, .force_n = {{1, 2, 1}}});
    (void)after(false);
    assert_int_equal(recv(bench.socket, answer, sizeof answer, 0), ITP_ANSWER_BYTES);
    assert_int_equal(get_le32(answer + 4), 100);
    assert_int_equal(get_le32(answer + 16), 0); /* how often this console asks is not known yet */
    (void)after(false);
    assert_int_equal(recv(bench.socket, answer, sizeof answer, 0), ITP_ANSWER_BYTES);
    assert_int_equal(get_le32(answer + 16), 1000);
    assert_int_equal(get_le32(answer + 40), ITP_PEDAL_DOWN);
    hands_tell(bench.hands, &(struct hands_told){.is_up = true});
    (void)after(false);
    assert_int_equal(recv(bench.socket, answer, sizeof answer, 0), ITP_ANSWER_BYTES);
    assert_int_equal(get_le32(answer + 40), ITP_PEDAL_UP);
}

static void h44_a_force_that_only_gives_energy_to_the_hand_dies_away(void **state)
{
    (void)state;
    uint8_t answer[64];
    int32_t felt_mn = 0;
    hands_tell(bench.hands,
               &(struct hands_told){.is_up = true, .follows = true, .force_n = {{3, 0, 0}}});
    for (int i = 0; i < 3000; i++) { /* 10 um along with it each time: 90 mJ in all */
        (void)after(true);
        assert_int_equal(recv(bench.socket, answer, sizeof answer, 0), ITP_ANSWER_BYTES);
        felt_mn = (int32_t)get_le32(answer + 16);
        assert_true(i == 0 || i > 10 || felt_mn == 3000);
    }
    assert_true(felt_mn < 100);
}

static void h65_silent_hands_are_frozen_and_say_so(void **state)
{
    (void)state;
    struct gesture gesture;
    (void)after(false);
    assert_int_equal(after(true).flags, GESTURE_ENGAGED);
    uint64_t last_ns = bench.now_ns;
    for (uint64_t now_ns = last_ns; now_ns <= last_ns + 100 * MS; now_ns += MS)
        assert_false(hands_next(bench.hands, now_ns, &gesture));
    unsigned told = 0;
    for (uint64_t now_ns = last_ns + 101 * MS; now_ns <= last_ns + 201 * MS; now_ns += MS)
        if (hands_next(bench.hands, now_ns, &gesture)) {
            assert_int_equal(gesture.flags, GESTURE_FROZEN);
            assert_int_equal(hands_sampled_ns(bench.hands), now_ns);
            told++;
        }
    assert_in_range(told, 10, 11);
    assert_int_equal(hands_counts(bench.hands)->silences, 1);
    assert_int_equal(hands_counts(bench.hands)->samples, 2);
}

static void h01_what_waited_while_the_loop_stood_still_is_of_that_time(void **state)
{
    (void)state;
    struct gesture gesture;
    (void)after(false);
    uint64_t looked_ns = bench.now_ns, sampled_ns = looked_ns;
    for (int i = 0; i < 20; i++)
        send_packet(true);
    unsigned count = 0;
    for (; hands_next(bench.hands, looked_ns + 80 * MS, &gesture); count++) {
        assert_true(hands_sampled_ns(bench.hands) > sampled_ns);
        sampled_ns = hands_sampled_ns(bench.hands);
        assert_true(sampled_ns < looked_ns + MS);
    }
    assert_int_equal(count, 20);
}

static void h66_another_on_this_machine_moves_nothing_and_gets_no_answer(void **state)
{
    (void)state;
    struct gesture gesture;
    uint8_t bytes[ITP_PACKET_BYTES];
    (void)after(false);
    (void)after(true);
    int other = client();
    struct itp_packet packet = bench.packet;
    packet.engaged = true;
    itp_encode(&packet, bytes);
    for (int i = 0; i < 500; i++)
        assert_int_equal(send(other, bytes, sizeof bytes, 0), sizeof bytes);
    for (int i = 0; i < 20; i++, bench.now_ns += MS)
        assert_false(hands_next(bench.hands, bench.now_ns, &gesture));
    assert_true(hands_counts(bench.hands)->refused[MOTION_ERR_STRANGER] > 100);
    assert_true(recv(other, bytes, sizeof bytes, MSG_DONTWAIT) < 0);
    close(other);
    assert_int_equal(after(true).flags, GESTURE_ENGAGED);
    assert_int_equal(hands_counts(bench.hands)->gaps, 0);
}

static void h66_who_may_send_from_elsewhere_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *spec, *says;
    } cases[] = {{"itp-udp:0.0.0.0:0", "name who may send"},
                 {"itp-udp:127.0.0.1", "is not an address"},
                 {"itp-udp:console:36000", "is not an address"},
                 {"itp-udp:0.0.0.0:0,from=console", "in numbers"},
                 {"itp-udp:0.0.0.0:0,form=192.0.2.1", "write ADDR:PORT,from="},
                 {"itp-udp:127.0.0.1:0,turns=on", "turns=off last"},
                 {"itp-udp:0.0.0.0:0,turns=off", "name who may send"},
                 {"itp-udp:192.0.2.77:36000,from=192.0.2.1", "Cannot assign"}};
    char why[256];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_null(hands_open(cases[i].spec, START_NS, why, sizeof why));
        if (!strstr(why, cases[i].says))
            fail_msg("%s: %s", cases[i].spec, why);
    }
    struct hands *hands = hands_open("itp-udp:0.0.0.0:0,from=192.0.2.1", START_NS, why, sizeof why);
    assert_non_null(hands);
    hands_close(hands);
}

/* The recorded console, from where its foot comes up on, at 500 packets a second. */
static void a_recorded_console_drives_live(void **state)
{
    (void)state;
    enum { RECORDS = 14000, FROM = 15900 };
    const char *data = getenv("JISR_DATA");
    char command[512];
    static uint8_t records[RECORDS * ITP_RECORD_BYTES];
    snprintf(command, sizeof command, "%s/kinematics/telesurgery-500hz/console_data_complete_7.bin",
             data ? data : "../shared/data");
    if (access(command, R_OK) != 0)
        skip();
    snprintf(command, sizeof command,
             "lz4 -dc %s/kinematics/telesurgery-500hz/console_data_complete_7.bin 2>/dev/null | "
             "tail -c +%d",
             data ? data : "../shared/data", FROM * ITP_RECORD_BYTES + 1);
    FILE *pipe = popen(command, "r");
    size_t count = fread(records, ITP_RECORD_BYTES, RECORDS, pipe);
    pclose(pipe);
    if (count < RECORDS)
        skip(); /* there is no lz4 */
    unsigned engaged = 0;
    struct gesture before = {0};
    for (uint32_t i = 0; i < RECORDS; i++) {
        const uint8_t *packet =
            records + i * ITP_RECORD_BYTES + ITP_RECORD_BYTES - ITP_PACKET_BYTES;
        assert_int_equal(send(bench.socket, packet, ITP_PACKET_BYTES, 0), ITP_PACKET_BYTES);
        struct gesture gesture = next();
        struct vec3 step =
            vec3_subtract(gesture.hands[0].pose.position_m, before.hands[0].pose.position_m);
        if (gesture.flags == GESTURE_ENGAGED && gesture.clutch_id == before.clutch_id)
            assert_true(vec3_length(step) < 0.001); /* the largest honest one is 0.06 mm */
        engaged += gesture.flags == GESTURE_ENGAGED;
        before = gesture;
    }
    const struct hands_counts *counts = hands_counts(bench.hands);
    print_message("# engaged in %u of %u\n", engaged, RECORDS);
    assert_int_equal(counts->lost, 0);
    assert_int_equal(counts->gaps, 0);
    assert_true(engaged > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_console_moves_the_hands_once_its_foot_was_up, begin, end),
        cmocka_unit_test_setup_teardown(
            h64_a_turn_that_is_none_freezes_unless_turns_are_not_looked_at, begin, end),
        cmocka_unit_test_setup_teardown(h34_handles_that_tell_no_turns_are_not_waited_for,
                                        begin_without_turns, end),
        cmocka_unit_test_setup_teardown(each_packet_is_answered_to_who_sent_it, begin, end),
        cmocka_unit_test_setup_teardown(h44_a_force_that_only_gives_energy_to_the_hand_dies_away,
                                        begin, end),
        cmocka_unit_test_setup_teardown(h65_silent_hands_are_frozen_and_say_so, begin, end),
        cmocka_unit_test_setup_teardown(h01_what_waited_while_the_loop_stood_still_is_of_that_time,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            h66_another_on_this_machine_moves_nothing_and_gets_no_answer, begin, end),
        cmocka_unit_test(h66_who_may_send_from_elsewhere_is_named),
        cmocka_unit_test_setup_teardown(a_recorded_console_drives_live, begin_without_turns, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
