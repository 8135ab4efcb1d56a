/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock/clock.h"
#include "eyes.h"
#include "media/camera.h"
#include "media/encoder.h"
#include "unit/station/ends.h"

/* The session has its virtual time, the decoder's thread the machine's: the console's clock is set so that the first
 * comes out a little before the second. However busy the machine, no picture is late but those that shall be. */
enum { WIDTH = 320, HEIGHT = 192, RATE = 25, PATIENCE_MS = 10000 };

#define AHEAD_NS (3000 * MS)
#define GATE_NS (600000 * MS)
#define LONG_AGO_NS (900000 * MS)

static struct console_station *console = &ends.console.station;
static struct eyes eyes;
static struct camera *camera;
static struct encoder *encoder;
static struct picture picture;
static uint32_t number;       /* of the next frame */
static int64_t cart_ahead_ns; /* of our clock */

static int begin(void **state)
{
    (void)state;
    struct media_reason reason;
    const struct camera_settings view = {
        .spec = "pattern", .width = WIDTH, .height = HEIGHT, .rate = RATE, .unpaced = true};
    const struct encoder_settings coded = {
        .width = WIDTH, .height = HEIGHT, .rate = RATE, .bit_rate_bps = 2000000};

    ends_start_at("delay=20ms", clock_monotonic_ns() - AHEAD_NS);
    ends.camera = false; /* pictures come from here */
    ends_run(2000);
    console->gate.limit_ns = GATE_NS;
    struct link_clock_reading clock =
        link_peer_clock(console->peer, pair_local_ns(ends.pair, PAIR_CONSOLE));
    assert_true(clock.measured);
    cart_ahead_ns = clock.offset_ns;
    number = 0;
    memset(&eyes, 0, sizeof eyes);
    assert_true(eyes_restart(&eyes));
    assert_int_equal(camera_open(&camera, &view, &reason), MEDIA_OK);
    assert_int_equal(encoder_open(&encoder, &coded, &reason), MEDIA_OK);
    assert_int_equal(picture_alloc(&picture, WIDTH, HEIGHT), MEDIA_OK);
    return 0;
}

static int end(void **state)
{
    (void)state;
    eyes_close(&eyes);
    camera_close(camera);
    encoder_close(encoder);
    picture_free(&picture);
    ends_stop();
    return 0;
}

static const struct picture_head head = {.encode_ns = 1000000, .rate = RATE};

/* The camera's next picture, coded, behind its head. Returns its length. */
static size_t code(uint8_t out[static PICTURE_HEAD_BYTES + ENCODED_BYTES_MAX])
{
    struct encoded coded;
    assert_int_equal(camera_next(camera, &picture), MEDIA_OK);
    assert_int_equal(encoder_encode(encoder, &picture, &coded), MEDIA_OK);
    picture_head_encode(&head, out);
    memcpy(out + PICTURE_HEAD_BYTES, coded.bytes, coded.len);
    return PICTURE_HEAD_BYTES + coded.len;
}

static uint64_t captured_ns(uint64_t ago_ns)
{
    return clock_monotonic_ns() - ago_ns + (uint64_t)cart_ahead_ns;
}

/* A frame comes and is decoded. */
static void decode(struct link_event event)
{
    event.kind = LINK_EVENT_FRAME;
    event.peer = console->peer;
    event.sequence = number++;
    eyes_take(&eyes, &event);
    struct pollfd ready = {.fd = view_thread_fd(eyes.view), .events = POLLIN};
    assert_int_equal(poll(&ready, 1, PATIENCE_MS), 1);
}

/* And is looked at. */
static void take(struct link_event event)
{
    decode(event);
    eyes_look(&eyes, console);
}

static void decode_picture(struct link_event event)
{
    static uint8_t bytes[PICTURE_HEAD_BYTES + ENCODED_BYTES_MAX];
    event.len = code(bytes);
    event.bytes = bytes;
    if (!event.stamp_ns)
        event.stamp_ns = captured_ns(0);
    decode(event);
}

static void take_picture(struct link_event event)
{
    decode_picture(event);
    eyes_look(&eyes, console);
}

static void take_bytes(const void *bytes, size_t len)
{
    uint8_t frame[PICTURE_HEAD_BYTES + 64];
    assert_true(len <= 64);
    picture_head_encode(&head, frame);
    memcpy(frame + PICTURE_HEAD_BYTES, bytes, len);
    take((struct link_event){
        .bytes = frame, .len = PICTURE_HEAD_BYTES + len, .stamp_ns = captured_ns(0)});
}

/* The link gave the next frame up: nothing goes to the decoder. */
static void lose(void)
{
    static uint8_t bytes[PICTURE_HEAD_BYTES + ENCODED_BYTES_MAX];
    (void)code(bytes);
    eyes_take(&eyes, &(struct link_event){.kind = LINK_EVENT_FRAME,
                                          .frame_state = LINK_FRAME_LOST,
                                          .sequence = number++});
}

static void assert_counted(int64_t whole, int64_t repaired, int64_t late, int64_t lost,
                           int64_t damaged)
{
    assert_int_equal(eyes.pictures.whole, whole);
    assert_int_equal(eyes.pictures.repaired, repaired);
    assert_int_equal(eyes.pictures.late, late);
    assert_int_equal(eyes.pictures.lost, lost);
    assert_int_equal(eyes.pictures.damaged, damaged);
}

static void pictures_are_counted_by_how_they_came(void **state)
{
    (void)state;
    take_picture((struct link_event){.frame_state = LINK_FRAME_WHOLE});
    take_picture((struct link_event){.frame_state = LINK_FRAME_REPAIRED});
    take_picture((struct link_event){.stamp_ns = captured_ns(LONG_AGO_NS)});
    assert_counted(1, 1, 1, 0, 0);
    assert_int_equal(eyes.picture_age.count, 3);
    assert_true(eyes.picture_age.most > (int64_t)LONG_AGO_NS);
}

static void h08_undamaged_pictures_alone_make_the_gates_younger(void **state)
{
    (void)state;
    assert_false(console->gate.has_picture);
    take_picture((struct link_event){.frame_state = LINK_FRAME_WHOLE});
    assert_true(console->gate.has_picture);
    uint64_t seen_ns = console->gate.captured_ns;
    assert_true(gate_picture_age_ns(&console->gate, clock_monotonic_ns()) < GATE_NS);
    take_picture((struct link_event){.frame_state = LINK_FRAME_WHOLE});
    assert_true(console->gate.captured_ns > seen_ns);

    lose();
    seen_ns = console->gate.captured_ns;
    take_picture((struct link_event){.frame_state = LINK_FRAME_WHOLE});
    take_picture((struct link_event){.frame_state = LINK_FRAME_REPAIRED});
    assert_counted(3, 1, 0, 1, 2);
    assert_int_equal(console->gate.captured_ns, seen_ns);

    encoder_recover(encoder, UINT64_MAX); /* as the console asked the cart for */
    take_picture((struct link_event){.frame_state = LINK_FRAME_WHOLE});
    assert_counted(4, 1, 0, 1, 2);
    assert_true(console->gate.captured_ns > seen_ns);
}

static void screen_presents(uint32_t which, uint64_t picture_ns)
{
    eyes_see(&eyes, console, which, picture_ns, clock_monotonic_ns());
}

static void h08_with_a_window_a_picture_is_seen_once_that_has_presented_it(void **state)
{
    (void)state;
    eyes.awaits_screen = true;
    uint64_t first_ns = captured_ns(0), second_ns = first_ns + MS, third_ns = first_ns + 2 * MS;
    take_picture((struct link_event){.stamp_ns = first_ns});
    assert_counted(1, 0, 0, 0, 0); /* decoded, as good as can be */
    assert_false(console->gate.has_picture);
    assert_false(console->pulse.flags & PULSE_SEES);
    screen_presents(0, first_ns - 1); /* of another session */
    assert_false(console->gate.has_picture);
    screen_presents(0, first_ns);
    assert_true(console->gate.has_picture);
    assert_true(console->pulse.flags & PULSE_SEES);
    assert_int_equal(console->pulse.seen_captured_ns, first_ns);

    decode_picture((struct link_event){.stamp_ns = second_ns});
    screen_presents(1, second_ns); /* the screen was faster than our look at the decoder */
    assert_int_equal(console->pulse.seen_captured_ns, first_ns);
    eyes_look(&eyes, console);
    assert_int_equal(console->pulse.seen_captured_ns, second_ns);

    lose();
    take_picture((struct link_event){.stamp_ns = third_ns});
    screen_presents(3, third_ns);
    assert_int_equal(eyes.pictures.damaged, 1);
    assert_int_equal(console->pulse.seen_captured_ns, second_ns);
}

static void h08_what_no_picture_can_be_made_of_is_lost_and_not_seen(void **state)
{
    (void)state;
    static const uint8_t rubbish[40] = {0, 0, 1, 0x65, 9, 9, 9};
    take_picture((struct link_event){.frame_state = LINK_FRAME_WHOLE});
    uint64_t seen_ns = console->gate.captured_ns;
    take_bytes(rubbish, sizeof rubbish);
    assert_counted(1, 0, 0, 1, 0);
    take_bytes("not a picture", 13);
    assert_counted(1, 0, 0, 2, 0);
    assert_int_equal(console->gate.captured_ns, seen_ns);

    static const uint8_t wrong_head[PICTURE_HEAD_BYTES + 9] = {0xff};
    eyes_take(&eyes, &(struct link_event){.kind = LINK_EVENT_FRAME,
                                          .sequence = number++,
                                          .bytes = wrong_head,
                                          .len = sizeof wrong_head});
    assert_counted(1, 0, 0, 3, 0);
    assert_int_equal(console->gate.captured_ns, seen_ns);
}

static void from_hand_to_eye_is_measured_once_for_what_moved(void **state)
{
    (void)state;
    enum { GESTURE = 7, OLD = EYES_SENT_KEPT + GESTURE };
    uint64_t sampled_ns = clock_monotonic_ns();
    eyes_sent(&eyes, GESTURE, sampled_ns);
    take_picture((struct link_event){.tag = 0}); /* nothing had moved the arm yet */
    assert_int_equal(eyes.hand_to_eye.count, 0);
    take_picture((struct link_event){.tag = GESTURE});
    assert_int_equal(eyes.hand_to_eye.count, 1);
    assert_true(eyes.last_hand_to_eye_ns > 0);
    assert_true((uint64_t)eyes.last_hand_to_eye_ns <= clock_monotonic_ns() - sampled_ns);
    take_picture((struct link_event){.tag = GESTURE});
    take_picture((struct link_event){.tag = OLD}); /* its place is another's */
    assert_int_equal(eyes.hand_to_eye.count, 1);
}

static void a_new_session_forgets_the_gestures_of_the_one_before(void **state)
{
    (void)state;
    eyes_sent(&eyes, 7, clock_monotonic_ns());
    take_picture((struct link_event){.tag = 0});
    assert_true(eyes_restart(&eyes));
    number = 0;
    encoder_recover(encoder, UINT64_MAX);
    take_picture((struct link_event){.tag = 7});
    assert_counted(2, 0, 0, 0, 0);
    assert_int_equal(eyes.hand_to_eye.count, 0);
}

static void pictures_that_nobody_sees_because_the_session_ends_are_lost(void **state)
{
    (void)state;
    take_picture((struct link_event){.frame_state = LINK_FRAME_WHOLE});
    decode_picture((struct link_event){.frame_state = LINK_FRAME_WHOLE});
    struct link_peer *peer = console->peer;
    console->peer = NULL; /* decoded, and there is no session any more */
    eyes_look(&eyes, console);
    console->peer = peer;
    assert_counted(1, 0, 0, 1, 0);

    decode_picture((struct link_event){.frame_state = LINK_FRAME_WHOLE});
    assert_true(eyes_restart(&eyes)); /* the next session came before anybody looked */
    assert_counted(1, 0, 0, 2, 0);
    number = 0;
    encoder_recover(encoder, UINT64_MAX);
    decode_picture((struct link_event){.frame_state = LINK_FRAME_WHOLE});
    eyes_close(&eyes);
    assert_counted(1, 0, 0, 3, 0);
    eyes_close(&eyes); /* counts nothing twice */
    assert_counted(1, 0, 0, 3, 0);
}

static void assert_told(const char *words, uint64_t count, uint64_t first_ns, uint64_t last_ns)
{
    char text[EYES_TOLD_BYTES], wanted[EYES_TOLD_BYTES];
    eyes_tell(&eyes, text);
    snprintf(wanted, sizeof wanted, "%s=%" PRIu64 ",%" PRIu64 ",%" PRIu64 " ", words, count,
             first_ns, last_ns);
    assert_string_equal(text, wanted);
}

static void lost_pictures_are_told_by_when_they_were_captured_once_that_is_known(void **state)
{
    (void)state;
    char text[EYES_TOLD_BYTES];
    uint64_t before_ns = captured_ns(0), after_ns = before_ns + 200 * MS;
    take_picture((struct link_event){.stamp_ns = before_ns});
    assert_told("captured_whole", 1, before_ns, before_ns);
    for (int i = 0; i < 4; i++)
        lose();
    eyes_tell(&eyes, text);
    assert_string_equal(text, ""); /* captured when? */
    eyes_take(&eyes, &(struct link_event){.kind = LINK_EVENT_FRAME,
                                          .frame_state = LINK_FRAME_LOST,
                                          .stamp_ns = after_ns,
                                          .sequence = number++});
    assert_told("captured_lost", 5, before_ns + 40 * MS, after_ns);

    encoder_recover(encoder, UINT64_MAX);
    take_picture((struct link_event){.frame_state = LINK_FRAME_REPAIRED, .stamp_ns = after_ns});
    eyes_tell(&eyes, text);
    assert_non_null(strstr(text, "captured_repaired=1,"));
    lose();
    eyes_close(&eyes); /* nothing will come that says when */
    assert_told("captured_lost", 1, after_ns, after_ns);
}

static void the_trace_has_a_row_for_each_with_what_became_of_it(void **state)
{
    (void)state;
    char path[] = "/tmp/jisr-eyes-XXXXXX", text[1024] = "";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    eyes.trace = trace_open(path, TRACE_PICTURES);
    assert_non_null(eyes.trace);
    take_picture((struct link_event){.tag = 9});
    take_picture((struct link_event){.frame_state = LINK_FRAME_REPAIRED});
    take_bytes("not a picture", 13);
    lose();
    assert_int_equal(trace_close(eyes.trace), 0);
    assert_true(read(fd, text, sizeof text - 1) > 0);
    close(fd);
    unlink(path);

    static const char *const words[] = {",whole,9,", ",repaired,,", ",,lost,,13\n", "3,,,lost,,\n"};
    const char *row = text;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        row = strchr(row, '\n') + 1;
        const char *found = strstr(row, words[i]);
        if (!found || found > strchr(row, '\n'))
            fail_msg("no '%s' in row %zu of: %s", words[i], i, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pictures_are_counted_by_how_they_came, begin, end),
        cmocka_unit_test_setup_teardown(h08_undamaged_pictures_alone_make_the_gates_younger, begin,
                                        end),
        cmocka_unit_test_setup_teardown(
            h08_with_a_window_a_picture_is_seen_once_that_has_presented_it, begin, end),
        cmocka_unit_test_setup_teardown(h08_what_no_picture_can_be_made_of_is_lost_and_not_seen,
                                        begin, end),
        cmocka_unit_test_setup_teardown(from_hand_to_eye_is_measured_once_for_what_moved, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_new_session_forgets_the_gestures_of_the_one_before, begin,
                                        end),
        cmocka_unit_test_setup_teardown(pictures_that_nobody_sees_because_the_session_ends_are_lost,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            lost_pictures_are_told_by_when_they_were_captured_once_that_is_known, begin, end),
        cmocka_unit_test_setup_teardown(the_trace_has_a_row_for_each_with_what_became_of_it, begin,
                                        end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
