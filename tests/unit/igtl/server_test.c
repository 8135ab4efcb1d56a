/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server's own thread, and clients on this machine's loopback. */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "clock/clock.h"
#include "igtl/crc.h"
#include "igtl/message.h"
#include "igtl/server.h"
#include "net/address.h"

#define MS UINT64_C(1000000)

enum { SIDE = 640, BODY_MAX = 2 << 20 };

static struct {
    struct igtl_server *server;
    struct net_address address;
    struct picture picture;
} bench;

static int begin(void **state)
{
    (void)state;
    char text[NET_ADDRESS_TEXT], why[IGTL_WHY_BYTES];
    struct net_address any;
    assert_true(net_address_read_numbers(&any, "127.0.0.1:0", 11));
    int taken = socket(AF_INET, SOCK_STREAM, 0); /* a port that nobody else has */
    assert_int_equal(bind(taken, &any.any, any.len), 0);
    bench.address.len = sizeof bench.address.v6;
    assert_int_equal(getsockname(taken, &bench.address.any, &bench.address.len), 0);
    close(taken);
    net_address_write(&bench.address, text);
    bench.server = igtl_server_start(text, why);
    if (!bench.server)
        fail_msg("%s", why);
    assert_int_equal(picture_alloc(&bench.picture, SIDE, SIDE), MEDIA_OK);
    return 0;
}

static int end(void **state)
{
    (void)state;
    igtl_server_stop(bench.server);
    picture_free(&bench.picture);
    return 0;
}

static int client(void)
{
    const struct timeval patience = {.tv_sec = 10};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, &bench.address.any, bench.address.len), 0);
    return fd;
}

static void until_clients(unsigned count)
{
    for (int i = 0; igtl_server_figures(bench.server).clients != count; i++) {
        assert_true(i < 5000);
        usleep(1000);
    }
}

static struct message {
    char type[13], device[21];
    uint64_t wall_ns;
    size_t len;
    uint8_t body[BODY_MAX];
} message;

static void read_all(int fd, uint8_t *out, size_t len)
{
    for (size_t got = 0; got < len;) {
        ssize_t more = recv(fd, out + got, len - got, 0);
        assert_true(more > 0);
        got += (size_t)more;
    }
}

/* The next message, whose check must agree. */
static const struct message *next(int fd)
{
    uint8_t head[IGTL_HEAD_BYTES];
    read_all(fd, head, sizeof head);
    memcpy(message.type, head + 2, 12);
    memcpy(message.device, head + 14, 20);
    message.wall_ns = get_be32(head + 34) * UINT64_C(1000000000) +
                      ((uint64_t)get_be32(head + 38) * 1000000000 >> 32);
    message.len = get_be64(head + 42);
    assert_true(message.len <= BODY_MAX);
    read_all(fd, message.body, message.len);
    assert_true(igtl_crc(message.body, message.len) == get_be64(head + 50));
    return &message;
}

static const struct message *next_of(int fd, const char *type)
{
    for (int i = 0; i < 1000; i++)
        if (!strcmp(next(fd)->type, type))
            return &message;
    fail_msg("no %s", type);
    return NULL;
}

static void tell(uint64_t measured_ns, double x_m)
{
    const struct igtl_told told = {
        .measured_ns = measured_ns,
        .tool_count = 2,
        .tools = {{{x_m, 0, 0}, {1, 0, 0, 0}}, {{0, x_m, 0}, {1, 0, 0, 0}}},
        .has_camera = true,
        .camera = {{0, 0, x_m}, {1, 0, 0, 0}},
        .why = "no gestures"};
    igtl_server_tell(bench.server, &told);
}

static void a_client_gets_poses_status_and_picture_with_their_own_times(void **state)
{
    (void)state;
    int fd = client();
    until_clients(1);
    uint64_t now_ns = clock_monotonic_ns(), ahead_ns = clock_wall_ns() - now_ns;
    picture_fill(&bench.picture, 235, 128, 128);
    igtl_server_picture(bench.server, &bench.picture, now_ns - 90 * MS);
    tell(now_ns - 50 * MS, 0.001);
    bool has_status = false, has_left = false, has_camera = false;
    for (int i = 0; i < 5; i++) {
        next(fd);
        if (!strcmp(message.type, "STATUS")) {
            has_status = true;
            assert_int_equal(get_be16(message.body), IGTL_NOT_READY);
            assert_string_equal((const char *)message.body + 30, "no gestures");
        } else if (!strcmp(message.type, "TRANSFORM")) {
            has_left |= !strcmp(message.device, "Jisr-Left") &&
                        fabs((double)get_be_f32(message.body + 36) - 1) < 1e-6;
            has_camera |= !strcmp(message.device, "Jisr-Camera") &&
                          fabs((double)get_be_f32(message.body + 44) - 1) < 1e-6;
            assert_true(llabs((int64_t)(message.wall_ns - (now_ns - 50 * MS + ahead_ns))) <
                        (int64_t)MS);
        } else {
            assert_string_equal(message.device, "Jisr-Endoscope");
            assert_int_equal(get_be16(message.body + 6), SIDE);
            assert_int_equal(message.len, 72 + 3 * SIDE * SIDE);
            assert_int_equal(message.body[message.len - 1], 255);
            assert_true(llabs((int64_t)(message.wall_ns - (now_ns - 90 * MS + ahead_ns))) <
                        (int64_t)MS);
        }
    }
    assert_true(has_status && has_left && has_camera);
    close(fd);
    until_clients(0);
}

static void poses_are_thirty_a_second_and_pictures_ten(void **state)
{
    (void)state;
    enum { RUN_MS = 1000 };
    int fd = client();
    until_clients(1);
    uint64_t begun_ns = clock_monotonic_ns(), now_ns = begun_ns;
    for (unsigned i = 0; now_ns < begun_ns + RUN_MS * MS; i++) {
        tell(now_ns, 0.001);
        if (i % 15 == 0)
            igtl_server_picture(bench.server, &bench.picture, begun_ns + i / 15 * 15 * MS);
        now_ns = clock_sleep_until(begun_ns + (i + 1) * MS);
        while (recv(fd, message.body, BODY_MAX, MSG_DONTWAIT) > 0)
            ;
    }
    struct igtl_figures figures = igtl_server_figures(bench.server);
    assert_in_range(figures.poses, 3 * 15, 3 * 32);
    assert_in_range(figures.pictures, 5, 11);
    close(fd);
}

static void h67_who_reads_slowly_gets_the_newest_and_holds_nobody_up(void **state)
{
    (void)state;
    int slow = client();
    until_clients(1);
    int quick = client();
    until_clients(2);
    uint64_t most_ns = 0, begun_ns = clock_monotonic_ns();
    for (uint64_t i = 1; i <= 1500; i++) {
        uint64_t before_ns = clock_monotonic_ns();
        tell(before_ns, (double)i * 1e-3);
        uint64_t took_ns = clock_monotonic_ns() - before_ns;
        most_ns = took_ns > most_ns ? took_ns : most_ns;
        if (i % 100 == 0)
            igtl_server_picture(bench.server, &bench.picture, begun_ns + i * MS);
        while (recv(quick, message.body, BODY_MAX, MSG_DONTWAIT) > 0)
            ;
        clock_sleep_until(begun_ns + i * MS);
    }
    assert_true(most_ns < 20 * MS);
    assert_true(igtl_server_figures(bench.server).skipped > 5);
    /* What was on its way is whole; behind it comes the newest, and nothing of between. */
    double x_mm = 0, step_mm = 0;
    for (int i = 0; i < 200 && x_mm < 1400; i++) {
        tell(clock_monotonic_ns(), 1.5);
        next_of(slow, "TRANSFORM");
        if (strcmp(message.device, "Jisr-Left"))
            continue;
        double now_mm = (double)get_be_f32(message.body + 36);
        step_mm = now_mm - x_mm > step_mm ? now_mm - x_mm : step_mm;
        x_mm = now_mm;
    }
    assert_true(x_mm >= 1400);
    assert_true(step_mm > 200);
    close(slow);
    close(quick);
}

static void what_a_client_says_and_one_too_many_are_ignored(void **state)
{
    (void)state;
    int fds[IGTL_CLIENTS_MAX + 1];
    static uint8_t noise[100000];
    for (unsigned i = 0; i < IGTL_CLIENTS_MAX; i++) {
        fds[i] = client();
        until_clients(i + 1);
    }
    fds[IGTL_CLIENTS_MAX] = client();
    assert_int_equal(recv(fds[IGTL_CLIENTS_MAX], noise, 1, 0), 0); /* closed at once */
    for (int i = 0; i < 20; i++)
        (void)!send(fds[0], noise, sizeof noise, MSG_DONTWAIT);
    tell(clock_monotonic_ns(), 0.002);
    next_of(fds[0], "TRANSFORM");
    for (unsigned i = 0; i <= IGTL_CLIENTS_MAX; i++)
        close(fds[i]);
    until_clients(0);
}

static void h68_an_address_that_cannot_be_used_says_why(void **state)
{
    (void)state;
    char why[IGTL_WHY_BYTES];
    assert_null(igtl_server_start("localhost:18944", why));
    assert_non_null(strstr(why, "in numbers"));
    assert_null(igtl_server_start("192.0.2.7:18944", why));
    assert_non_null(strstr(why, "Cannot assign"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_client_gets_poses_status_and_picture_with_their_own_times,
                                        begin, end),
        cmocka_unit_test_setup_teardown(poses_are_thirty_a_second_and_pictures_ten, begin, end),
        cmocka_unit_test_setup_teardown(h67_who_reads_slowly_gets_the_newest_and_holds_nobody_up,
                                        begin, end),
        cmocka_unit_test_setup_teardown(what_a_client_says_and_one_too_many_are_ignored, begin,
                                        end),
        cmocka_unit_test(h68_an_address_that_cannot_be_used_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
