/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link_send_frame is replaced (-Wl,--wrap): what would go out is kept. Peers are only told apart. */
#include "unit/cmocka_base.h"

#include <string.h>

#include "station/channels.h"
#include "station/voices.h"

#define MS UINT64_C(1000000)
#define NOW_NS (1000 * MS)

enum { KEPT = 8 };

static struct {
    const struct link_peer *peer;
    unsigned channel;
    uint64_t captured_ns;
    struct voice_packet packet;
} sent[KEPT];
static size_t sent_count;
static const struct link_peer *closing;

/* Never looked into. */
static struct link_peer *peer(size_t number)
{
    static uint64_t places[LINK_PEERS_MAX];
    return (struct link_peer *)(void *)&places[number];
}

enum link_err __wrap_link_send_frame(struct link_peer *to, unsigned channel,
                                     const struct link_frame *frame, uint64_t now_ns);
enum link_err __wrap_link_send_frame(struct link_peer *to, unsigned channel,
                                     const struct link_frame *frame, uint64_t now_ns)
{
    assert_int_equal(now_ns, NOW_NS);
    if (to == closing)
        return LINK_ERR_STATE;
    assert_true(sent_count < KEPT);
    sent[sent_count].peer = to;
    sent[sent_count].channel = channel;
    sent[sent_count].captured_ns = frame->captured_ns;
    assert_true(voice_packet_decode(&sent[sent_count].packet, frame->bytes, frame->len));
    assert_int_equal(frame->tag, sent[sent_count].packet.speaker);
    sent_count++;
    return LINK_OK;
}

static uint8_t bytes[VOICE_PACKET_BYTES_MAX];

/* 20 ms from `number` that claims to be of `claims`, captured 70 ms before it came. */
static struct link_event voice_from(size_t number, uint8_t claims)
{
    static const uint8_t opus[] = {1, 2, 3};
    const struct voice_packet packet = {
        .speaker = claims, .sequence = 5, .opus = opus, .opus_len = sizeof opus};
    struct link_event event = {.kind = LINK_EVENT_FRAME,
                               .peer = peer(number),
                               .channel = STATION_VOICE,
                               .bytes = bytes,
                               .len = voice_packet_encode(&packet, bytes),
                               .received_ns = NOW_NS,
                               .age = {.measured = true, .ns = 70 * (int64_t)MS}};
    return event;
}

static void begin(struct voices *voices, bool is_cart, size_t peers)
{
    sent_count = 0;
    closing = NULL;
    voices_init(voices, is_cart);
    for (size_t i = 0; i < peers; i++)
        voices_join(voices, peer(i));
}

static void what_is_said_here_goes_to_every_peer(void **state)
{
    (void)state;
    struct voices voices;
    begin(&voices, true, 3);
    voices_join(&voices, peer(1)); /* once more: it is there already */
    struct link_event event = voice_from(0, 0);
    voices_say(&voices, event.bytes, event.len, 900 * MS, NOW_NS);
    assert_int_equal(sent_count, 3);
    assert_int_equal(voices.sent, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_ptr_equal(sent[i].peer, peer(i));
        assert_int_equal(sent[i].channel, STATION_VOICE);
        assert_int_equal(sent[i].captured_ns, 900 * MS);
    }
}

static void h62_a_cart_hands_on_to_the_others_and_says_who_it_was(void **state)
{
    (void)state;
    struct voices voices;
    struct voices_heard heard;
    begin(&voices, true, 3);
    struct link_event event = voice_from(1, 4); /* claims to be another */
    assert_true(voices_event(&voices, &event, NOW_NS, &heard));
    assert_int_equal(heard.packet.speaker, 2);
    assert_true(heard.measured);
    assert_int_equal(heard.captured_ns, NOW_NS - 70 * MS);
    assert_int_equal(sent_count, 2);
    assert_ptr_equal(sent[0].peer, peer(0));
    assert_ptr_equal(sent[1].peer, peer(2));
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(sent[i].packet.speaker, 2);
        assert_int_equal(sent[i].packet.sequence, 5);
        assert_int_equal(sent[i].captured_ns, NOW_NS - 70 * MS); /* of the cart's clock now */
    }
    assert_int_equal(voices.relayed, 2);
}

static void a_console_hears_and_hands_nothing_on(void **state)
{
    (void)state;
    struct voices voices;
    struct voices_heard heard;
    begin(&voices, false, 1);
    struct link_event event = voice_from(0, 3);
    assert_true(voices_event(&voices, &event, NOW_NS, &heard));
    assert_int_equal(heard.packet.speaker, 3);
    assert_int_equal(sent_count, 0);
    event.age.measured = false;
    assert_true(voices_event(&voices, &event, NOW_NS, &heard));
    assert_false(heard.measured);
    assert_int_equal(heard.captured_ns, NOW_NS);
}

static void h62_who_has_not_joined_is_neither_heard_nor_spoken_to(void **state)
{
    (void)state;
    struct voices voices;
    struct voices_heard heard;
    begin(&voices, true, 2);
    struct link_event event = voice_from(2, 0);
    assert_false(voices_event(&voices, &event, NOW_NS, &heard));
    assert_int_equal(sent_count, 0);
    event = (struct link_event){.kind = LINK_EVENT_CLOSED, .peer = peer(1)};
    assert_false(voices_event(&voices, &event, NOW_NS, &heard));
    event = voice_from(1, 0);
    assert_false(voices_event(&voices, &event, NOW_NS, &heard));
    voices_say(&voices, event.bytes, event.len, 0, NOW_NS);
    assert_int_equal(sent_count, 1);
    voices_join(&voices, peer(3)); /* takes the place that has become free */
    event = voice_from(3, 0);
    assert_true(voices_event(&voices, &event, NOW_NS, &heard));
    assert_int_equal(heard.packet.speaker, 2);
}

static void what_is_no_voice_is_not_heard(void **state)
{
    (void)state;
    struct voices voices;
    struct voices_heard heard;
    begin(&voices, true, 2);
    struct link_event event = voice_from(0, 0);
    event.channel = STATION_PICTURES;
    assert_false(voices_event(&voices, &event, NOW_NS, &heard));
    event = voice_from(0, 0);
    event.frame_state = LINK_FRAME_LOST;
    event.len = 0;
    assert_false(voices_event(&voices, &event, NOW_NS, &heard));
    assert_int_equal(voices.refused, 0);
    event = voice_from(0, 0);
    bytes[0] = 77;
    assert_false(voices_event(&voices, &event, NOW_NS, &heard));
    assert_int_equal(voices.refused, 1);
    assert_int_equal(sent_count, 0);
}

static void a_session_that_ends_this_instant_counts_as_nothing_sent(void **state)
{
    (void)state;
    struct voices voices;
    begin(&voices, true, 2);
    closing = peer(0);
    struct link_event event = voice_from(0, 0);
    voices_say(&voices, event.bytes, event.len, 0, NOW_NS);
    assert_int_equal(voices.sent, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_here_goes_to_every_peer),
        cmocka_unit_test(h62_a_cart_hands_on_to_the_others_and_says_who_it_was),
        cmocka_unit_test(a_console_hears_and_hands_nothing_on),
        cmocka_unit_test(h62_who_has_not_joined_is_neither_heard_nor_spoken_to),
        cmocka_unit_test(what_is_no_voice_is_not_heard),
        cmocka_unit_test(a_session_that_ends_this_instant_counts_as_nothing_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
