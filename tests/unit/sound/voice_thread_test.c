/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread is real; microphone and loudspeaker are the test's, and give and want 20 ms when told. */
#include "unit/cmocka_base.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock/clock.h"
#include "sound/voice_thread.h"

#define MS UINT64_C(1000000)
#define CAPTURED_NS (5 * MS)
#define HEARD_NS (100 * MS)

enum { PATIENCE_MS = 5000, STALL_MS = 400 };

static struct {
    struct sound_device device;
    _Atomic int gives, wants; /* 20 ms each */
    _Atomic bool stalls;
    _Atomic int played, loudest;
} fake;

static bool fake_listen(struct sound_device *device, uint64_t now_ns, int16_t out[], uint64_t *ns)
{
    (void)device;
    (void)now_ns;
    if (atomic_load(&fake.gives) == 0)
        return false;
    for (size_t i = 0; i < SOUND_FRAME_SAMPLES; i++)
        out[i] = (int16_t)(8000 * sin((double)i * 0.0576)); /* 440 Hz */
    *ns = CAPTURED_NS;
    atomic_fetch_sub(&fake.gives, 1);
    return true;
}

static bool fake_wants(struct sound_device *device, uint64_t now_ns, uint64_t *ns)
{
    (void)device;
    (void)now_ns;
    *ns = HEARD_NS;
    return atomic_load(&fake.wants) > 0;
}

static void fake_play(struct sound_device *device, const int16_t in[])
{
    (void)device;
    for (size_t i = 0; i < SOUND_FRAME_SAMPLES; i++)
        if (abs(in[i]) > atomic_load(&fake.loudest))
            atomic_store(&fake.loudest, abs(in[i]));
    if (atomic_load(&fake.stalls))
        usleep(STALL_MS * 1000);
    atomic_fetch_sub(&fake.wants, 1);
    atomic_fetch_add(&fake.played, 1);
}

static uint64_t fake_due_ns(const struct sound_device *device, uint64_t now_ns)
{
    (void)device;
    return now_ns + MS;
}

static void fake_close(struct sound_device *device)
{
    (void)device;
}

static const struct sound_driver fake_driver = {fake_listen, fake_wants, fake_play, fake_due_ns,
                                                fake_close};

static struct voice_thread *start(void)
{
    memset(&fake, 0, sizeof fake);
    fake.device.driver = &fake_driver;
    struct voice_thread *voice = voice_thread_start(&fake.device);
    assert_non_null(voice);
    return voice;
}

static void until_zero(const _Atomic int *count)
{
    for (int i = 0; atomic_load(count) > 0; i++) {
        assert_true(i < PATIENCE_MS);
        usleep(1000);
    }
    usleep(3000); /* what the last one led to */
}

static void speak(int frames)
{
    atomic_store(&fake.gives, frames);
    until_zero(&fake.gives);
}

static unsigned said(struct voice_thread *voice, struct voice_packet *last)
{
    static struct voice_said kept;
    unsigned count = 0;
    for (; voice_thread_said(voice, &kept); count++) {
        assert_true(voice_packet_decode(last, kept.bytes, kept.len));
        assert_int_equal(kept.captured_ns, CAPTURED_NS);
        assert_int_equal(last->speaker, 0);
    }
    return count;
}

static void h61_only_who_presses_talk_is_heard(void **state)
{
    (void)state;
    struct voice_packet last;
    struct voice_thread *voice = start();
    speak(5);
    assert_int_equal(said(voice, &last), 0);
    voice_thread_talk(voice, true);
    speak(5);
    assert_int_equal(said(voice, &last), 5);
    assert_int_equal(last.sequence, 4);
    assert_false(last.is_last);
    voice_thread_talk(voice, false);
    speak(5);
    assert_int_equal(said(voice, &last), 1);
    assert_true(last.is_last);
    voice_thread_talk(voice, true); /* the numbers go on */
    speak(1);
    assert_int_equal(said(voice, &last), 1);
    assert_int_equal(last.sequence, 6);
    voice_thread_stop(voice);
}

/* A talk of `count` packets by `speaker`. */
static void hear(struct voice_thread *voice, uint8_t speaker, uint32_t count)
{
    struct sound_encoder *encoder = sound_encoder_open();
    for (uint32_t i = 0; i < count; i++) {
        int16_t sound[SOUND_FRAME_SAMPLES];
        uint8_t opus[VOICE_OPUS_BYTES_MAX];
        for (size_t at = 0; at < SOUND_FRAME_SAMPLES; at++)
            sound[at] = (int16_t)(8000 * sin((double)(i * SOUND_FRAME_SAMPLES + at) * 0.0576));
        const struct voice_packet packet = {.speaker = speaker,
                                            .is_last = i + 1 == count,
                                            .sequence = i,
                                            .opus = opus,
                                            .opus_len = sound_encode(encoder, sound, opus)};
        assert_true(voice_thread_hear(voice, &packet, i > 0, HEARD_NS - 60 * MS));
    }
    sound_encoder_close(encoder);
}

static void listen_to(int frames)
{
    usleep(5000); /* the thread has taken what was heard */
    atomic_store(&fake.wants, frames);
    until_zero(&fake.wants);
}

static void what_comes_is_played_and_its_delay_told(void **state)
{
    (void)state;
    struct voice_played played;
    struct voice_thread *voice = start();
    hear(voice, 1, 10);
    listen_to(15);
    unsigned frames = 0;
    for (; voice_thread_played(voice, &played); frames++) {
        assert_int_equal(played.what, JITTER_FRAME);
        assert_int_equal(played.speaker, 1);
        assert_int_equal(played.measured, frames > 0);
        if (played.measured)
            assert_int_equal(played.delay_ns, 60 * MS + SOUND_LOOKAHEAD_NS);
    }
    assert_int_equal(frames, 10);
    assert_in_range(atomic_load(&fake.loudest), 6000, 11000);
    voice_thread_stop(voice);
}

static void who_speaks_at_the_same_time_is_added_up(void **state)
{
    (void)state;
    struct voice_thread *voice = start();
    hear(voice, 0, 10);
    hear(voice, 4, 10);
    listen_to(15);
    assert_in_range(atomic_load(&fake.loudest), 12000, 22000);
    voice_thread_stop(voice);
}

static void h63_a_sound_system_that_stalls_holds_nobody_up(void **state)
{
    (void)state;
    static const uint8_t opus[] = {0x48, 1, 2};
    struct voice_thread *voice = start();
    atomic_store(&fake.stalls, true);
    atomic_store(&fake.wants, 1);
    usleep(20000);
    uint64_t begun_ns = clock_monotonic_ns();
    bool was_refused = false;
    for (uint32_t i = 0; i < 1000; i++) {
        const struct voice_packet packet = {.sequence = i, .opus = opus, .opus_len = sizeof opus};
        struct voice_said said;
        was_refused |= !voice_thread_hear(voice, &packet, false, 0);
        assert_false(voice_thread_said(voice, &said));
    }
    assert_true(clock_monotonic_ns() - begun_ns < STALL_MS / 2 * MS);
    assert_true(was_refused);
    voice_thread_stop(voice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h61_only_who_presses_talk_is_heard),
        cmocka_unit_test(what_comes_is_played_and_its_delay_told),
        cmocka_unit_test(who_speaks_at_the_same_time_is_added_up),
        cmocka_unit_test(h63_a_sound_system_that_stalls_holds_nobody_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
