/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order of mercy: capacity falls to 1 Mbit/s and returns; gestures first, pictures last. */
#include "unit/cmocka_base.h"

#include <stdlib.h>
#include <string.h>

#include "watch.h"

#define FALL_NS (10 * S)
#define RETURN_NS (30 * S)
#define NARROW "rate=20mbit,rate@10s=1mbit,rate@30s=20mbit,queue=200ms"

static const struct watch_traffic traffic = {.gestures = true, .state = true, .frame_ns = 40 * MS};

/* The moment from which on, until `to_ns`, the pictures' rate was on the right side of `bps`. */
static uint64_t settle_ns(struct pair *pair, uint64_t to_ns, uint64_t bps, bool below)
{
    uint64_t since_ns = pair_true_ns(pair);
    while (pair_true_ns(pair) < to_ns) {
        pair_run(pair, pair_true_ns(pair) + 20 * MS);
        uint64_t rate_bps = link_frame_rate_bps(watch.ends[PAIR_CART].peer, 0);
        if (below ? rate_bps > bps : rate_bps < bps)
            since_ns = pair_true_ns(pair);
    }
    return since_ns;
}

enum { FALL, KNOWN }; /* windows: all of the fall; of it what is later than its first second */

/* The share of the window's gestures that came within 15 ms. */
static double share_within(const struct watch_window *window)
{
    return spread_share_within(&window->extra, 15 * (int64_t)MS) * (double)window->extra.count /
           (double)window->sent;
}

/* Of the gestures sampled while the line is narrow `least_share` come within 15 ms, and `least_known` of
 * those later than a second: by then the sender knows, and the queue that has built up is gone. */
static void fall_and_return(const char *weather, uint64_t delay_ns, uint64_t seed,
                            double least_share, double least_known)
{
    struct pair *pair = watch_up(1, weather, seed, &traffic);
    watch.windows[FALL] = (struct watch_window){.from_ns = FALL_NS, .to_ns = RETURN_NS};
    watch.windows[KNOWN] = (struct watch_window){.from_ns = FALL_NS + S, .to_ns = RETURN_NS};
    for (size_t i = 0; i < 2; i++)
        watch.samples[i].base_ns = (int64_t)delay_ns;
    pair_run(pair, FALL_NS);
    print_message("# before: %llu kbit/s of pictures, lost %llu\n",
                  (unsigned long long)link_frame_rate_bps(watch.ends[PAIR_CART].peer, 0) / 1000,
                  (unsigned long long)watch.frames.outcomes[LINK_FRAME_LOST]);
    uint64_t down_ns = settle_ns(pair, RETURN_NS, 1000000, true) - FALL_NS;
    uint64_t low_bps = link_frame_rate_bps(watch.ends[PAIR_CART].peer, 0);
    uint64_t up_ns = RETURN_NS + 20 * S;
    while (pair_true_ns(pair) < RETURN_NS + 20 * S) {
        pair_run(pair, pair_true_ns(pair) + 20 * MS);
        if (link_frame_rate_bps(watch.ends[PAIR_CART].peer, 0) >= 8000000 &&
            pair_true_ns(pair) < up_ns)
            up_ns = pair_true_ns(pair);
    }
    up_ns -= RETURN_NS;
    const struct watch_samples *gestures = &watch.samples[WATCH_GESTURES];
    double share = share_within(&watch.windows[FALL]), known = share_within(&watch.windows[KNOWN]);
    print_message("# gestures within 15 ms %.3f %%, after a second %.3f %%; pictures at "
                  "the lower rate after %.2f s (%llu "
                  "kbit/s), at 8 Mbit/s again after %.2f s; pictures whole %llu repaired %llu lost "
                  "%llu\n",
                  100 * share, 100 * known, (double)down_ns / 1e9,
                  (unsigned long long)low_bps / 1000, (double)up_ns / 1e9,
                  (unsigned long long)watch.frames.outcomes[LINK_FRAME_WHOLE],
                  (unsigned long long)watch.frames.outcomes[LINK_FRAME_REPAIRED],
                  (unsigned long long)watch.frames.outcomes[LINK_FRAME_LOST]);
    watch_print("gestures", gestures);
    watch_print("state", &watch.samples[WATCH_STATE]);
    assert_int_equal(watch.windows[FALL].sent, (RETURN_NS - FALL_NS) / MS);
    assert_true(share >= least_share);
    assert_true(known >= least_known);
    assert_true(down_ns <= 2 * S);
    assert_true(up_ns <= 10 * S);
    watch_check();
    pair_destroy(pair);
}

/* The goal, 99 % of the fall's 20 s, is missed by 0.4: the sender learns of the fall after a round trip and a
 * report, and what it has sent meanwhile stands before what it sends then. */
static void gestures_are_late_only_until_the_queue_of_the_fall_is_gone(void **state)
{
    (void)state;
    fall_and_return("delay=20ms," NARROW, 20 * MS, 21, 0.985, 0.999);
    assert_true(watch.samples[WATCH_GESTURES].delivered + 50 >=
                watch.samples[WATCH_GESTURES].sent * 999 / 1000);
}

/* The fall with the usual delay and losses beside: 1 Mbit/s has room for few of the repeats that losses ask
 * for, and even of what is sent later than the first second 97 % is the very best
 * (tests/bench/capacity_bound.py); 92 to 95 % are reached. */
static void most_are_on_time_when_losses_come_beside(void **state)
{
    (void)state;
    for (uint64_t seed = 21; seed < 24; seed++)
        fall_and_return(WEATHER_BAD "," NARROW, WEATHER_BASE_NS, seed, 0.88, 0.92);
}

/* Whatever losses had made of the rate by the end of the fall: over twenty seeds 4.5 to 7.6 s are seen. */
static void a_line_that_has_returned_is_used_within_ten_seconds(void **state)
{
    (void)state;
    uint64_t most_ns = 0;
    for (uint64_t seed = 21; seed < 41; seed++) {
        struct pair *pair = watch_up(1, WEATHER_BAD "," NARROW, seed, &traffic);
        pair_run(pair, RETURN_NS);
        while (link_frame_rate_bps(watch.ends[PAIR_CART].peer, 0) < 8000000) {
            pair_run(pair, pair_true_ns(pair) + 20 * MS);
            assert_true(pair_true_ns(pair) <= RETURN_NS + 10 * S);
        }
        if (pair_true_ns(pair) - RETURN_NS > most_ns)
            most_ns = pair_true_ns(pair) - RETURN_NS;
        pair_destroy(pair);
    }
    print_message("# 8 Mbit/s of pictures again after %.2f s at most\n", (double)most_ns / 1e9);
}

/* Outages leave a line slow for seconds, and small pictures cost more than large ones: what waits must
 * go out all the same, and not stand before every picture from then on. */
static void pictures_do_not_wait_for_one_another_after_an_outage(void **state)
{
    (void)state;
    for (uint64_t seed = 21; seed < 24; seed++) {
        struct pair *pair = watch_up(1, "preset=rural-lte", seed, &traffic);
        uint64_t from_ns = pair_true_ns(pair);
        pair_run(pair, from_ns + 85 * S);
        const struct watch_frames *frames = &watch.frames;
        print_message("# pictures p50 %.1f, p90 %.1f ms old, %llu kbit/s; whole %llu repaired %llu "
                      "lost %llu\n",
                      (double)spread_at(&frames->ages, 0.5) / 1e6,
                      (double)spread_at(&frames->ages, 0.9) / 1e6,
                      (unsigned long long)(frames->sent_bytes * 8 / 85000),
                      (unsigned long long)frames->outcomes[LINK_FRAME_WHOLE],
                      (unsigned long long)frames->outcomes[LINK_FRAME_REPAIRED],
                      (unsigned long long)frames->outcomes[LINK_FRAME_LOST]);
        /* A picture goes out over 38 ms of its 40, on a line of 15 to 35; five outages take 92 of
         * them. The queue standing, half were older than 176 ms and 130 to 180 lost. */
        assert_true(spread_at(&frames->ages, 0.5) <= 100 * (int64_t)MS);
        assert_true(frames->outcomes[LINK_FRAME_LOST] <= 110);
        watch_check();
        pair_destroy(pair);
    }
}

struct overload {
    double whole;    /* share of the camera's pictures that come whole, */
    double of_given; /* and of those that were given to the link */
    double p99_ms;
};

/* Pictures of a size that no encoder changes, 25 a second, over a line with room for part of them. */
static struct overload offer(const char *weather, size_t bytes, bool asks)
{
    const struct watch_traffic pictures = {.gestures = true,
                                           .state = true,
                                           .frame_ns = 40 * MS,
                                           .frame_bytes = bytes,
                                           .frames_ask = asks};
    struct pair *pair = watch_up(1, weather, 81, &pictures);
    pair_run(pair, pair_true_ns(pair) + 8 * S); /* the line's rate is known */
    watch_clear();
    const struct watch_frames *frames = &watch.frames;
    uint64_t sent = frames->sent;
    pair_run(pair, pair_true_ns(pair) + 30 * S);
    double came =
        (double)(frames->outcomes[LINK_FRAME_WHOLE] + frames->outcomes[LINK_FRAME_REPAIRED]);
    double given = (double)(frames->sent - sent);
    struct overload seen = {
        .whole = came / (given + (double)frames->left_out),
        .of_given = came / given,
        .p99_ms = (double)spread_at(&frames->ages, 0.99) / 1e6,
    };
    print_message(
        "# %s, %.1f Mbit/s of pictures, %s: %.1f %% whole, %.1f %% of those given, %.0f ms "
        "old, p99 %.0f\n",
        weather, (double)bytes * 8 * 25 / 1e6, asks ? "asking" : "not asking", 100 * seen.whole,
        100 * seen.of_given, (double)spread_at(&frames->ages, 0.5) / 1e6, seen.p99_ms);
    watch_check();
    pair_destroy(pair);
    return seen;
}

/* Given all of them, the line carried parts of each, and hardly one came whole. */
static void h08_of_pictures_that_there_is_no_room_for_some_come_whole(void **state)
{
    (void)state;
    static const char *const weathers[] = {"delay=20ms,rate=3mbit,queue=200ms",
                                           "delay=20ms,rate=3mbit,queue=200ms,loss=2%,burst=3"};
    static const struct {
        size_t bytes;
        double whole;
    } sizes[] = {{10000, 0.65}, {15000, 0.45}, {25000, 0.2}};
    for (unsigned i = 0; i < 6; i++) {
        struct overload all = offer(weathers[i / 3], sizes[i % 3].bytes, false);
        struct overload some = offer(weathers[i / 3], sizes[i % 3].bytes, true);
        assert_true(all.whole < 0.1); /* there is no room for all of them */
        assert_true(some.whole >= sizes[i % 3].whole);
        assert_true(some.of_given >= (i < 3 ? 0.99 : 0.8));
        assert_true(some.p99_ms <= 220);
    }
}

/* Sound of 64 kbit/s beside pictures that want more than the line has. */
enum { SOUND = 1, SOUND_BYTES = 160, SOUND_BYTES_MOST = 3000 };
#define SOUND_NS (20 * MS)

static struct {
    enum pair_end from;
    struct pair_hooks usual;
    uint64_t sent, outcomes[3];
    size_t bytes; /* of a frame */
    struct spread ages;
} sound;

static void hear(void *context, struct pair *pair, enum pair_end end,
                 const struct link_event *event)
{
    if (event->kind != LINK_EVENT_FRAME || event->channel != SOUND) {
        sound.usual.event(context, pair, end, event);
        return;
    }
    sound.outcomes[event->frame_state]++;
    if (event->frame_state != LINK_FRAME_LOST)
        spread_add(&sound.ages, (int64_t)(pair_true_ns(pair) - event->tag * MS));
}

static uint64_t speak(void *context, struct pair *pair, enum pair_end end, uint64_t true_ns)
{
    static const uint8_t bytes[SOUND_BYTES_MOST];
    uint64_t local_ns = pair_local_ns(pair, end);
    if (end == sound.from && watch.ends[end].peer && true_ns % SOUND_NS < MS) {
        const struct link_frame frame = {.bytes = bytes,
                                         .len = sound.bytes,
                                         .captured_ns = local_ns,
                                         .tag = (uint32_t)(true_ns / MS)};
        sound.sent++;
        assert_int_equal(link_send_frame(watch.ends[end].peer, SOUND, &frame, local_ns), LINK_OK);
    }
    return sound.usual.turn(context, pair, end, true_ns);
}

/* `from` speaks, `bytes` each SOUND_NS. */
static void let_speak(struct pair_settings *settings, enum pair_end from, size_t bytes,
                      const struct link_frame_channel *channel)
{
    enum pair_end to = from == PAIR_CART ? PAIR_CONSOLE : PAIR_CART;
    memset(&sound, 0, sizeof sound);
    sound.from = from;
    sound.bytes = bytes;
    sound.usual = settings->hooks;
    settings->hooks.event = hear;
    settings->hooks.turn = speak;
    settings->link[from].frames_sent[SOUND] = *channel;
    settings->link[to].frames_received[SOUND] = *channel;
}

static void sound_goes_before_pictures_when_capacity_is_short(void **state)
{
    (void)state;
    static const struct watch_traffic short_of = {
        .gestures = true, .frame_ns = 40 * MS, .frame_bytes = 40000};
    static const struct link_frame_channel channel = {.interval_ns = SOUND_NS,
                                                      .rate_bps = SOUND_BYTES * 8 * (S / SOUND_NS)};
    struct pair_settings settings =
        watch_settings(1, "delay=20ms,rate=3mbit,queue=200ms", 51, &short_of);
    let_speak(&settings, PAIR_CART, SOUND_BYTES, &channel);
    sound.from = PAIR_ENDS; /* nobody does at first */
    struct pair *pair = watch_start(&settings);
    assert_non_null(pair_dial(pair, 1));
    pair_run(pair, 8 * S); /* the line's rate is known */
    struct link_peer *peer = watch.ends[PAIR_CART].peer;
    uint64_t alone_bps = link_frame_rate_bps(peer, 0), now_ns = pair_local_ns(pair, PAIR_CART);
    const struct link_frame word = {.bytes = (const uint8_t *)"word",
                                    .len = 4,
                                    .captured_ns = now_ns,
                                    .tag = (uint32_t)(pair_true_ns(pair) / MS)};
    assert_int_equal(link_send_frame(peer, SOUND, &word, now_ns), LINK_OK);
    assert_true(link_frame_rate_bps(peer, 0) < alone_bps); /* who is silent needs no rate */
    sound.from = PAIR_CART;
    watch_clear();
    memset(sound.outcomes, 0, sizeof sound.outcomes);
    spread_clear(&sound.ages);
    sound.sent = 0;
    watch.samples[WATCH_GESTURES].base_ns = 20 * (int64_t)MS;
    pair_run(pair, 28 * S);
    uint64_t came = sound.outcomes[LINK_FRAME_WHOLE] + sound.outcomes[LINK_FRAME_REPAIRED];
    print_message("# sound: %llu of %llu, age p50 %.1f p99 %.1f max %.1f ms; pictures: %llu of "
                  "%llu\n",
                  (unsigned long long)came, (unsigned long long)sound.sent,
                  (double)spread_at(&sound.ages, 0.5) / 1e6,
                  (double)spread_at(&sound.ages, 0.99) / 1e6, (double)sound.ages.most / 1e6,
                  (unsigned long long)(watch.frames.outcomes[LINK_FRAME_WHOLE] +
                                       watch.frames.outcomes[LINK_FRAME_REPAIRED]),
                  (unsigned long long)watch.frames.sent);
    watch_print("gestures", &watch.samples[WATCH_GESTURES]);
    assert_true(watch.frames.outcomes[LINK_FRAME_LOST] > 100); /* capacity is short */
    assert_true(came + 5 >= sound.sent);
    assert_true(spread_share_within(&sound.ages, 60 * (int64_t)MS) >= 0.99);
    assert_int_equal(link_frame_rate_bps(peer, SOUND), channel.rate_bps);
    assert_true(link_frame_rate_bps(peer, 0) < 3000000 - channel.rate_bps);
    watch_check();
    pair_destroy(pair);
}

/* A console sends little, so on a line with much jitter its rate is a low guess, and repeated gestures
 * overdraw it for seconds: the surgeon's voice waited with them, and a fifth of it never came. */
static void sound_does_not_wait_for_what_gestures_have_overdrawn(void **state)
{
    (void)state;
    static const struct link_frame_channel channel = {.interval_ns = SOUND_NS,
                                                      .budget_ns = 40 * MS,
                                                      .rate_bps = SOUND_BYTES * 8 * (S / SOUND_NS)};
    uint64_t sent = 0, came = 0;
    for (uint64_t seed = 61; seed < 65; seed++) {
        struct pair_settings settings =
            watch_settings(1, "delay=120ms,jitter=20ms,loss=3%,burst=3", seed, &traffic);
        let_speak(&settings, PAIR_CONSOLE, SOUND_BYTES, &channel);
        struct pair *pair = watch_start(&settings);
        assert_non_null(pair_dial(pair, 1));
        pair_run(pair, 3 * S); /* the clock is measured */
        watch_clear();
        pair_run(pair, 23 * S);
        sent += sound.sent;
        came += sound.outcomes[LINK_FRAME_WHOLE] + sound.outcomes[LINK_FRAME_REPAIRED];
        watch_print("gestures", &watch.samples[WATCH_GESTURES]);
        watch_check();
        pair_destroy(pair);
    }
    print_message("# sound: %llu of %llu\n", (unsigned long long)came, (unsigned long long)sent);
    assert_true(sent > 3500);
    assert_true((double)came >= 0.97 * (double)sent);
}

/* Fifteen times what the settings say: what is more than was said waits behind gestures, as pictures do. */
static void sound_that_takes_more_than_it_said_does_not_drown_gestures(void **state)
{
    (void)state;
    static const struct link_frame_channel channel = {.interval_ns = SOUND_NS,
                                                      .rate_bps = SOUND_BYTES * 8 * (S / SOUND_NS)};
    static const struct watch_traffic gestures = {.gestures = true};
    struct pair_settings settings =
        watch_settings(1, "delay=20ms,loss=5%,burst=4,rate=1mbit,queue=200ms", 71, &gestures);
    let_speak(&settings, PAIR_CONSOLE, SOUND_BYTES_MOST, &channel);
    struct pair *pair = watch_start(&settings);
    assert_non_null(pair_dial(pair, 1));
    pair_run(pair, 8 * S);
    watch_clear();
    watch.samples[WATCH_GESTURES].base_ns = 20 * (int64_t)MS;
    pair_run(pair, 28 * S);
    watch_print("gestures beside too much sound", &watch.samples[WATCH_GESTURES]);
    assert_true(spread_share_within(&watch.samples[WATCH_GESTURES].extra, 30 * (int64_t)MS) >= 0.9);
    pair_destroy(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gestures_are_late_only_until_the_queue_of_the_fall_is_gone),
        cmocka_unit_test(a_line_that_has_returned_is_used_within_ten_seconds),
        cmocka_unit_test(pictures_do_not_wait_for_one_another_after_an_outage),
        cmocka_unit_test(most_are_on_time_when_losses_come_beside),
        cmocka_unit_test(h08_of_pictures_that_there_is_no_room_for_some_come_whole),
        cmocka_unit_test(sound_that_takes_more_than_it_said_does_not_drown_gestures),
        cmocka_unit_test(sound_does_not_wait_for_what_gestures_have_overdrawn),
        cmocka_unit_test(sound_goes_before_pictures_when_capacity_is_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
