/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <unistd.h>

#include "cart_pictures.h"
#include "clock/clock.h"
#include "station/channels.h"
#include "unit/station/ends.h"

/* A line that comes to have the smallest datagrams: 255 shards of 494 bytes are what a picture can have there. */
#define NARROW "delay=20ms,mtu=1400,mtu@2s=600"

enum { RATE = 5, FIRST = 1000, SMALL = 20000, TOO_LARGE = 130000 };

static struct cart_pictures pictures;
static struct picture_line line; /* the tests judge it themselves */
static struct camera_frame frame;

static uint64_t now_ns(void)
{
    return pair_local_ns(ends.pair, PAIR_CART);
}

/* The link learns it from what does not arrive. */
static void wait_until_narrow(void)
{
    static const uint8_t bytes[SMALL];
    struct link_peer *peer = ends.cart.station.peer;
    struct link_stats stats;
    for (int i = 0; i < 250; i++) {
        const struct link_frame wide = {
            .bytes = bytes, .len = sizeof bytes, .captured_ns = now_ns()};
        assert_int_equal(link_send_frame(peer, STATION_PICTURES, &wide, now_ns()), LINK_OK);
        ends_run(40);
        link_peer_stats(peer, now_ns(), &stats);
        if (stats.lines[0].datagram_bytes_max == 548)
            break;
    }
    assert_int_equal(stats.lines[0].datagram_bytes_max, 548);
    ends_run(500);
    ends.console.pictures = 0;
}

static void start(const char *weather)
{
    struct camera_thread *camera;
    struct media_reason reason;
    const struct camera_thread_settings settings = {
        .camera = {.spec = "pattern", .width = 320, .height = 192, .rate = RATE},
        .bit_rate_bps = 1000000};
    assert_int_equal(camera_thread_start(&camera, &settings, &reason), MEDIA_OK);
    line = (struct picture_line){.is_poor = false};
    cart_pictures_init(&pictures, camera, &line);
    ends_start(weather);
    ends.camera = false; /* pictures come from here */
}

static int begin(void **state)
{
    (void)state;
    start(NARROW);
    ends_run(3000);
    assert_non_null(ends.cart.station.peer);
    wait_until_narrow();
    cart_pictures_meet(&pictures);
    return 0;
}

static int end(void **state)
{
    (void)state;
    ends_stop();
    camera_thread_stop(pictures.camera);
    return 0;
}

/* A picture captured so long ago, now in the cart's hands. */
static void give(size_t len, bool stands_alone, uint64_t ago_ns)
{
    frame.captured_ns = now_ns() - ago_ns;
    frame.len = len;
    frame.stands_alone = stands_alone;
    cart_pictures_give(&pictures, &frame, &ends.cart.station.peer, 1, now_ns());
    ends_run(200);
}

static void a_picture_tells_the_gesture_of_its_capture_and_none_made_since(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 300; i++) {
        ends_run(1);
        delay_cart_gesture(&pictures.delay, FIRST + i, 0, now_ns());
        moved_note(&pictures.moved, FIRST + i, now_ns());
    }
    give(SMALL, true, 100 * MS - MS / 2); /* so long did driver, decoding and encoding take */
    assert_int_equal(ends.console.pictures, 1);
    assert_int_equal(ends.console.captured_ns, frame.captured_ns);
    assert_int_equal(ends.console.tag, FIRST + 199);
    assert_int_equal(pictures.delay.robot.count, 1);
    assert_in_range(pictures.delay.robot.least, 0, MS);

    cart_pictures_meet(&pictures); /* a new session: none of its gestures is that old */
    moved_note(&pictures.moved, 1, now_ns());
    give(SMALL, false, 100 * MS);
    assert_int_equal(ends.console.pictures, 2);
    assert_int_equal(ends.console.tag, 0);
}

static void the_console_is_told_the_rate_of_the_camera(void **state)
{
    (void)state;
    struct picture_head head;
    give(SMALL, true, 0);
    assert_int_equal(picture_head_decode(&head, pictures.bytes, PICTURE_HEAD_BYTES + SMALL),
                     MOTION_OK);
    assert_int_equal(head.rate, RATE);
}

static void h08_nothing_is_sent_that_refers_to_a_picture_which_the_link_refused(void **state)
{
    (void)state;
    give(SMALL, true, 0);
    give(SMALL, false, 0);
    assert_int_equal(ends.console.pictures, 2);
    give(TOO_LARGE, false, 0);
    give(SMALL, false, 0); /* of the encoder's ring, made before it knew */
    give(SMALL, false, 0);
    assert_int_equal(ends.console.pictures, 2);
    assert_int_equal(pictures.refused, 3);
    assert_int_equal(pictures.sent, 2);
    give(TOO_LARGE, true, 0); /* stands alone, and is too large as well */
    give(SMALL, false, 0);
    assert_int_equal(ends.console.pictures, 2);
    assert_int_equal(pictures.refused, 5);
    give(SMALL, true, 0);
    give(SMALL, false, 0);
    assert_int_equal(ends.console.pictures, 4);
    assert_int_equal(pictures.refused, 5);
    assert_int_equal(pictures.sent, 4);
}

/* Whether one of the camera's next pictures, after its first, stands alone. */
static bool one_stands_alone(void)
{
    const struct camera_frame *next;
    bool came = false;
    for (int i = 0; i < 8; i++) { /* up to four wait already, the camera's first among them */
        while (!(next = camera_thread_oldest(pictures.camera)))
            usleep(1000);
        came = came || (next->number > 0 && next->stands_alone);
        camera_thread_release(pictures.camera);
    }
    return came;
}

static void h08_the_encoder_is_asked_for_a_picture_that_stands_alone(void **state)
{
    (void)state;
    frame = (struct camera_frame){.captured_ns = clock_monotonic_ns(), .len = TOO_LARGE};
    cart_pictures_give(&pictures, &frame, &ends.cart.station.peer, 1, now_ns());
    assert_true(one_stands_alone());
}

static void pictures_are_smaller_once_one_was_refused_until_the_session_ends(void **state)
{
    (void)state;
    const uint64_t bps = 8000000;
    assert_int_equal(cart_pictures_rate_bps(&pictures, bps), bps);
    assert_int_equal(cart_pictures_rate_bps(&pictures, UINT64_C(1) << 40), UINT32_MAX);
    give(TOO_LARGE, false, 0);
    assert_int_equal(cart_pictures_rate_bps(&pictures, bps), TOO_LARGE / 2 * 8 * RATE);
    assert_int_equal(cart_pictures_rate_bps(&pictures, 1000000), 1000000);
    give(2 * TOO_LARGE - 100, true, 0); /* encoded before */
    assert_int_equal(cart_pictures_rate_bps(&pictures, bps), TOO_LARGE / 2 * 8 * RATE);
    cart_pictures_meet(&pictures);
    assert_int_equal(cart_pictures_rate_bps(&pictures, bps), bps);
}

/* One that is not encoded is one that none refers to. */
static void h08_no_picture_is_encoded_while_those_before_wait_for_the_lines(void **state)
{
    (void)state;
    enum { LARGE = 100000 };
    for (int i = 0; i < 4; i++) { /* at once, so that they wait */
        frame = (struct camera_frame){.captured_ns = now_ns(), .len = LARGE, .stands_alone = true};
        cart_pictures_give(&pictures, &frame, &ends.cart.station.peer, 1, now_ns());
    }
    cart_pictures_heed_lines(&pictures, ends.cart.station.peer, now_ns());
    while (camera_thread_stats(pictures.camera).left_out < 2)
        usleep(10000);
    ends_run(2000);
    cart_pictures_heed_lines(&pictures, ends.cart.station.peer, now_ns());
    while (camera_thread_oldest(pictures.camera)) /* of before */
        camera_thread_release(pictures.camera);
    while (!camera_thread_oldest(pictures.camera))
        usleep(10000);
    cart_pictures_heed_lines(&pictures, NULL, now_ns()); /* nobody is there: none waits */
}

static void h74_over_a_poor_line_none_goes_but_the_one_that_is_tried(void **state)
{
    (void)state;
    give(SMALL, true, 0);
    line =
        (struct picture_line){.state = PICTURE_LINE_RESTS, .is_poor = true, .until_ns = UINT64_MAX};
    give(SMALL, false, 0);
    give(SMALL, true, 0);
    assert_int_equal(ends.console.pictures, 1);
    assert_int_equal(pictures.no_room, 2);
    assert_int_equal(cart_pictures_rate_bps(&pictures, 8000000), PICTURE_LINE_BPS);

    line.state = PICTURE_LINE_TRIES;
    give(SMALL, false, 0);
    give(SMALL, true, 0);
    give(SMALL, true, 0);
    assert_int_equal(ends.console.pictures, 2);
    assert_int_equal(pictures.no_room, 4);

    line.state = PICTURE_LINE_GOES;
    give(SMALL, false, 0); /* refers to what was not sent */
    give(SMALL, true, 0);
    give(SMALL, false, 0);
    assert_int_equal(ends.console.pictures, 4);
    assert_int_equal(pictures.no_room, 5);
    assert_int_equal(pictures.refused, 0);
}

static void h74_the_encoder_is_asked_for_the_picture_that_is_tried(void **state)
{
    (void)state;
    line.wants_alone = true;
    cart_pictures_heed_lines(&pictures, NULL, clock_monotonic_ns());
    assert_true(one_stands_alone());
}

/* Another site has the lease and a good line; the console of `ends` watches over 1 Mbit/s. Pictures of so many bytes,
 * 25 a second, go to both for ten seconds; the encoder hears the asking every two. */
struct shared {
    uint64_t sent;        /* to the surgeon */
    unsigned whole, lost; /* at the watcher's */
};

static int begin_poor(void **state)
{
    (void)state;
    start("delay=20ms,rate=1mbit,queue=200ms");
    ends_bedside();
    ends_run(8000); /* the line's rate is known */
    return 0;
}

static struct shared share(size_t bytes)
{
    struct link_peer *watcher = ends.cart.station.peer, *surgeon = NULL;
    struct link_stats stats;
    uint64_t alone_ns = 0;
    for (size_t i = 0; i < LINK_PEERS_MAX; i++)
        if (ends.cart.station.members[i].peer && ends.cart.station.members[i].peer != watcher)
            surgeon = ends.cart.station.members[i].peer;
    assert_non_null(surgeon);
    struct link_peer *const peers[] = {surgeon, watcher};
    ends.console.pictures = 0;
    for (unsigned i = 0; i < 250; i++) {
        bool alone = i == 0 || (pictures.watchers_ask && now_ns() >= alone_ns + 2000 * MS);
        if (alone)
            alone_ns = now_ns();
        pictures.watchers_ask = pictures.watchers_ask && !alone;
        frame = (struct camera_frame){.captured_ns = now_ns(), .len = bytes, .stands_alone = alone};
        cart_pictures_give(&pictures, &frame, peers, 2, now_ns());
        ends_run(40);
    }
    ends_run(1000);
    link_peer_stats(watcher, now_ns(), &stats);
    return (struct shared){.sent = pictures.sent,
                           .whole = ends.console.pictures,
                           .lost = (unsigned)stats.frames_sent - ends.console.pictures};
}

/* Given all of them, its line carried parts of each, and not one came whole. */
static void h08_who_watches_over_a_poor_line_gets_fewer_pictures_and_whole_ones(void **state)
{
    (void)state;
    struct shared seen = share(6000);
    print_message("# watcher: %u whole, %u lost\n", seen.whole, seen.lost);
    assert_int_equal(seen.sent, 250); /* the surgeon gets all */
    assert_int_equal(pictures.refused, 0);
    assert_true(seen.whole >=
                5); /* those that stand alone; the line has a fourth of what all need */
    assert_true(seen.lost <= 1);
}

static void what_cannot_come_in_time_does_not_take_a_watchers_line(void **state)
{
    (void)state;
    struct shared seen = share(60000); /* half a second by itself */
    assert_int_equal(seen.sent, 250);
    assert_in_range(seen.lost, 1, 5); /* those that stand alone are tried: every two seconds */
    assert_int_equal(pictures.left_out + seen.whole + seen.lost, 250);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_picture_tells_the_gesture_of_its_capture_and_none_made_since, begin, end),
        cmocka_unit_test_setup_teardown(the_console_is_told_the_rate_of_the_camera, begin, end),
        cmocka_unit_test_setup_teardown(
            h08_nothing_is_sent_that_refers_to_a_picture_which_the_link_refused, begin, end),
        cmocka_unit_test_setup_teardown(
            h08_no_picture_is_encoded_while_those_before_wait_for_the_lines, begin, end),
        cmocka_unit_test_setup_teardown(
            h08_who_watches_over_a_poor_line_gets_fewer_pictures_and_whole_ones, begin_poor, end),
        cmocka_unit_test_setup_teardown(what_cannot_come_in_time_does_not_take_a_watchers_line,
                                        begin_poor, end),
        cmocka_unit_test_setup_teardown(h08_the_encoder_is_asked_for_a_picture_that_stands_alone,
                                        begin, end),
        cmocka_unit_test_setup_teardown(h74_over_a_poor_line_none_goes_but_the_one_that_is_tried,
                                        begin, end),
        cmocka_unit_test_setup_teardown(h74_the_encoder_is_asked_for_the_picture_that_is_tried,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            pictures_are_smaller_once_one_was_refused_until_the_session_ends, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
