/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In virtual time: a sender that speaks each 20 ms of its own clock, a line, a loudspeaker that takes
 * each 20 ms of another. */
#include "unit/cmocka_base.h"

#include <string.h>

#include "base/random.h"
#include "voice/jitter.h"

#define MS UINT64_C(1000000)

enum { PACKETS = 12000 }; /* four minutes */

struct way { /* of one packet */
    uint64_t sent_ns, arrives_ns;
    bool is_lost;
};

struct bench {
    struct jitter jitter;
    struct way ways[PACKETS];
    unsigned sent;              /* packets */
    uint64_t take_ns;           /* the loudspeaker's 20 ms, in the sender's time */
    uint64_t most_ns, least_ns; /* delay of what was played, from capture, in the second half */
    uint64_t silences;          /* takes, in the second half */
    struct jitter_counts at_half;
};

static void bench_init(struct bench *bench, unsigned packets, uint64_t delay_ns, uint64_t jitter_ns)
{
    struct random random;
    random_seed(&random, 60);
    memset(bench, 0, sizeof *bench);
    jitter_init(&bench->jitter);
    bench->sent = packets;
    bench->take_ns = VOICE_FRAME_NS;
    for (unsigned i = 0; i < packets; i++) {
        uint64_t extra_ns = jitter_ns ? random_below(&random, jitter_ns) : 0;
        bench->ways[i].sent_ns = i * VOICE_FRAME_NS;
        bench->ways[i].arrives_ns = i * VOICE_FRAME_NS + delay_ns + extra_ns;
        if (i > 0 && bench->ways[i].arrives_ns < bench->ways[i - 1].arrives_ns)
            bench->ways[i].arrives_ns = bench->ways[i - 1].arrives_ns; /* the link keeps order */
    }
}

static void put(struct bench *bench, unsigned number)
{
    uint8_t sound = (uint8_t)number;
    const struct voice_packet packet = {.is_last = number + 1 == bench->sent,
                                        .sequence = UINT32_MAX - 5 + number, /* it wraps */
                                        .opus = &sound,
                                        .opus_len = 1};
    if (!bench->ways[number].is_lost)
        jitter_put(&bench->jitter, &packet, bench->ways[number].sent_ns);
}

static void note(struct bench *bench, const struct jitter_play *play, uint64_t now_ns)
{
    bench->silences += play->what == JITTER_SILENCE;
    if (play->what != JITTER_FRAME)
        return;
    uint64_t delay_ns = now_ns - play->captured_ns;
    assert_int_equal(play->opus[0], (uint8_t)(play->captured_ns / VOICE_FRAME_NS));
    if (delay_ns > bench->most_ns)
        bench->most_ns = delay_ns;
    if (delay_ns < bench->least_ns || bench->least_ns == 0)
        bench->least_ns = delay_ns;
}

/* Until all that was sent has been played, the loudspeaker's first 20 ms beginning at 7 ms. */
static void run(struct bench *bench)
{
    unsigned next = 0;
    uint64_t half_ns = bench->sent * VOICE_FRAME_NS / 2;
    uint64_t end_ns = bench->ways[bench->sent - 1].arrives_ns;
    bool is_half = false;
    for (uint64_t now_ns = 7 * MS; now_ns <= end_ns; now_ns += bench->take_ns) {
        struct jitter_play play;
        for (; next < bench->sent && bench->ways[next].arrives_ns <= now_ns; next++)
            put(bench, next);
        jitter_take(&bench->jitter, &play);
        if (now_ns >= half_ns && !is_half) {
            is_half = true;
            bench->at_half = bench->jitter.counts;
            bench->most_ns = bench->least_ns = bench->silences = 0;
        }
        note(bench, &play, now_ns);
    }
}

static void a_clean_line_adds_forty_milliseconds_at_most(void **state)
{
    (void)state;
    static struct bench bench;
    bench_init(&bench, 3000, 50 * MS, 0);
    run(&bench);
    const struct jitter_counts *counts = &bench.jitter.counts;
    assert_int_equal(counts->concealed + counts->repaired + counts->left_out + counts->late, 0);
    assert_true(counts->played > 2990);
    assert_true(bench.most_ns <= (50 + 40) * MS);
    assert_int_equal(bench.silences, 0);
}

static void it_waits_as_long_as_the_jitter_and_then_nothing_is_missing(void **state)
{
    (void)state;
    static struct bench bench;
    bench_init(&bench, 6000, 50 * MS, 55 * MS);
    bench.ways[0].arrives_ns = 50 * MS; /* so early that all others seem late */
    run(&bench);
    const struct jitter_counts *counts = &bench.jitter.counts;
    assert_true(counts->concealed > 0); /* it had to learn */
    assert_int_equal(counts->concealed, bench.at_half.concealed);
    assert_int_equal(bench.silences, 0);
    assert_true(bench.most_ns > 90 * MS);
    assert_true(bench.most_ns <= (50 + 55 + 40) * MS); /* two frames beyond what jitter asks for */
}

static void h60_the_delay_is_bounded_and_comes_down_again_after_a_stall(void **state)
{
    (void)state;
    static struct bench bench;
    bench_init(&bench, 3000, 50 * MS, 0);
    for (unsigned i = 500; i < 530; i++) /* 600 ms of silence, then all at once */
        bench.ways[i].arrives_ns = bench.ways[530].arrives_ns;
    run(&bench);
    assert_true(bench.jitter.counts.left_out >= 5);
    assert_true(bench.most_ns <= (50 + 80) * MS);

    bench_init(&bench, 1000, 50 * MS, 0);
    for (unsigned i = 500; i < 530; i++)
        bench.ways[i].arrives_ns = bench.ways[530].arrives_ns;
    run(&bench); /* the stall is in the half that is looked at */
    assert_true(bench.most_ns <= 50 * MS + JITTER_DEPTH_MAX * VOICE_FRAME_NS + VOICE_FRAME_NS);
}

static void a_single_loss_is_played_from_the_packet_after_it(void **state)
{
    (void)state;
    static struct bench bench;
    bench_init(&bench, 2000, 50 * MS, 0);
    for (unsigned i = 100; i < 2000; i += 50)
        bench.ways[i].is_lost = true;
    run(&bench);
    const struct jitter_counts *counts = &bench.jitter.counts;
    assert_int_equal(counts->repaired, 38);
    assert_int_equal(counts->concealed, 0);
}

static void a_run_of_losses_is_concealed_but_for_its_last(void **state)
{
    (void)state;
    static struct bench bench;
    bench_init(&bench, 2000, 50 * MS, 0);
    for (unsigned i = 0; i < 3; i++)
        bench.ways[1500 + i].is_lost = true;
    run(&bench);
    const struct jitter_counts *counts = &bench.jitter.counts;
    assert_true(counts->concealed - bench.at_half.concealed >= 2);
    assert_true(counts->concealed - bench.at_half.concealed <= 4);
    assert_int_equal(bench.silences, 0);
}

static void clocks_that_drift_cost_a_frame_now_and_then(void **state)
{
    (void)state;
    static struct bench bench;
    bench_init(&bench, PACKETS, 50 * MS, 3 * MS);
    bench.take_ns = VOICE_FRAME_NS + VOICE_FRAME_NS / 5000; /* the loudspeaker is slow by 200 ppm */
    run(&bench);
    assert_true(bench.jitter.counts.left_out >= 1 && bench.jitter.counts.left_out <= 4);
    assert_true(bench.most_ns <= (50 + 3 + 60) * MS);

    bench_init(&bench, PACKETS, 50 * MS, 3 * MS);
    bench.take_ns = VOICE_FRAME_NS - VOICE_FRAME_NS / 5000; /* fast */
    run(&bench);
    assert_true(bench.jitter.counts.concealed >= 1 && bench.jitter.counts.concealed <= 5);
    assert_true(bench.most_ns <= (50 + 3 + 60) * MS);
}

static void after_the_last_packet_there_is_silence_and_no_made_up_sound(void **state)
{
    (void)state;
    static struct bench bench;
    struct jitter_play play;
    bench_init(&bench, 10, 0, 0);
    for (unsigned i = 0; i < 10; i++)
        put(&bench, i);
    unsigned frames = 0;
    for (unsigned i = 0; i < 20; i++) {
        jitter_take(&bench.jitter, &play);
        frames += play.what == JITTER_FRAME;
    }
    assert_int_equal(frames, 10);
    assert_int_equal(play.what, JITTER_SILENCE);
    assert_int_equal(bench.jitter.counts.concealed, 0);
}

static void h60_a_voice_that_breaks_off_fades_and_is_not_repeated(void **state)
{
    (void)state;
    static struct bench bench;
    struct jitter_play play;
    bench_init(&bench, 100, 0, 0);
    for (unsigned i = 0; i < 5; i++) /* the last of the talk never comes */
        put(&bench, i);
    for (unsigned i = 0; i < 20; i++)
        jitter_take(&bench.jitter, &play);
    assert_int_equal(play.what, JITTER_SILENCE);
    assert_int_equal(bench.jitter.counts.concealed, JITTER_CONCEAL_MAX);
    put(&bench, 1); /* of the talk that is over: it begins a new one rather than none at all */
    jitter_take(&bench.jitter, &play);
    assert_int_equal(play.what, JITTER_SILENCE);
    jitter_take(&bench.jitter, &play);
    assert_int_equal(play.what, JITTER_FRAME);
    put(&bench, 0);
    assert_int_equal(bench.jitter.counts.late, 1);
}

/* Takes until a frame is played, after `number` was put. */
static unsigned takes_until_played(struct bench *bench, unsigned number)
{
    struct jitter_play play = {.what = JITTER_SILENCE};
    unsigned takes = 0;
    put(bench, number);
    for (; play.what != JITTER_FRAME; takes++) {
        assert_true(takes < 20);
        jitter_take(&bench->jitter, &play);
    }
    return takes;
}

static void a_new_talk_waits_as_long_as_the_last_one_had_to(void **state)
{
    (void)state;
    static struct bench bench;
    struct jitter_play play;
    bench_init(&bench, 100, 0, 0);
    assert_int_equal(takes_until_played(&bench, 0), 2);
    jitter_take(&bench.jitter, &play); /* two are late */
    jitter_take(&bench.jitter, &play);
    assert_int_equal(takes_until_played(&bench, 1), 1);
    for (unsigned i = 0; i < JITTER_CONCEAL_MAX + 1; i++)
        jitter_take(&bench.jitter, &play);
    assert_int_equal(play.what, JITTER_SILENCE);
    assert_int_equal(takes_until_played(&bench, 60), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clean_line_adds_forty_milliseconds_at_most),
        cmocka_unit_test(it_waits_as_long_as_the_jitter_and_then_nothing_is_missing),
        cmocka_unit_test(h60_the_delay_is_bounded_and_comes_down_again_after_a_stall),
        cmocka_unit_test(a_single_loss_is_played_from_the_packet_after_it),
        cmocka_unit_test(a_run_of_losses_is_concealed_but_for_its_last),
        cmocka_unit_test(a_new_talk_waits_as_long_as_the_last_one_had_to),
        cmocka_unit_test(clocks_that_drift_cost_a_frame_now_and_then),
        cmocka_unit_test(after_the_last_packet_there_is_silence_and_no_made_up_sound),
        cmocka_unit_test(h60_a_voice_that_breaks_off_fades_and_is_not_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
