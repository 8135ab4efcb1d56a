/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "watch.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "motion/arm_state.h"
#include "motion/clutch.h"
#include "motion/script.h"
#include "unit/cmocka_base.h"

enum { GIVEN = 1 << 14, MESSAGE_MOST = 2000 };

/* What was given to a channel, by its sequence number. */
struct given {
    uint64_t true_ns;
    uint8_t bytes[LINK_SAMPLE_BYTES_MAX];
    size_t len;
};
static_assert((int)ARM_STATE_BYTES_MAX <= (int)LINK_SAMPLE_BYTES_MAX, "state is a sample");

struct watch watch;
static struct random noise;
static struct given given[2][GIVEN];
static uint64_t frame_true_ns[GIVEN];
static size_t frame_len[GIVEN];
static struct clutch clutch;

static bool is_inside(const struct watch_window *window, uint64_t true_ns)
{
    return true_ns >= window->from_ns && true_ns < window->to_ns;
}

static void take_sample(struct pair *pair, enum pair_end end, const struct link_event *event)
{
    struct watch_samples *at = &watch.samples[event->channel];
    const struct given *was = &given[event->channel][event->sequence % GIVEN];
    uint64_t now_ns = pair_true_ns(pair), age_ns = now_ns - was->true_ns;

    assert_int_equal(end == PAIR_CART, event->channel == WATCH_GESTURES);
    at->delivered++;
    at->out_of_order += at->any && (int32_t)(event->sequence - at->last) <= 0;
    at->wrong += event->len != was->len || memcmp(event->bytes, was->bytes, was->len) != 0;
    if (at->any && now_ns - at->arrived_ns > at->gap_ns)
        at->gap_ns = now_ns - at->arrived_ns;
    at->any = true;
    at->last = event->sequence;
    at->arrived_ns = now_ns;
    spread_add(&at->extra, (int64_t)age_ns - at->base_ns);
    for (size_t i = 0; i < WATCH_WINDOWS && event->channel == WATCH_GESTURES; i++)
        if (is_inside(&watch.windows[i], was->true_ns))
            spread_add(&watch.windows[i].extra, (int64_t)age_ns - at->base_ns);
    if (!event->age.measured) {
        at->unmeasured++;
        at->unmeasured_ns = now_ns;
    } else if ((uint64_t)llabs(event->age.ns - (int64_t)age_ns) > event->age.bound_ns) {
        at->false_ages++;
        at->false_age_ns = now_ns;
    }
}

static uint8_t frame_byte(uint32_t tag, size_t i)
{
    return (uint8_t)(tag + i * i);
}

static void take_frame(struct pair *pair, const struct link_event *event)
{
    watch.frames.outcomes[event->frame_state]++;
    if (event->frame_state == LINK_FRAME_LOST)
        return;
    bool right = event->len == frame_len[event->tag % GIVEN];
    for (size_t i = 0; right && i < event->len; i++)
        right = event->bytes[i] == frame_byte(event->tag, i);
    watch.frames.wrong += !right;
    spread_add(&watch.frames.ages,
               (int64_t)(pair_true_ns(pair) - frame_true_ns[event->tag % GIVEN]));
}

static size_t message_len(uint32_t number)
{
    return 5 + number * 97 % (MESSAGE_MOST - 5);
}

static void take_message(struct watch_end *at, const struct link_event *event)
{
    uint32_t number;
    bool right = event->len >= sizeof number;
    if (right) {
        memcpy(&number, event->bytes, sizeof number);
        right = number == at->messages && event->len == message_len(number) &&
                event->bytes[event->len - 1] == (uint8_t)number;
    }
    at->messages++;
    at->messages_wrong += !right;
}

static void take_end(struct pair *pair, struct watch_end *at, const struct link_event *event)
{
    snprintf(at->reason, sizeof at->reason, "%s", event->reason);
    snprintf(at->name, sizeof at->name, "%s", link_peer_name(event->peer));
    at->path = event->path;
    at->by_peer = event->by_peer;
    at->ended_ns = pair_true_ns(pair);
    if (at->peer == event->peer)
        at->peer = NULL;
}

static void take_up(struct pair *pair, enum pair_end end, struct link_peer *peer)
{
    struct watch_end *at = &watch.ends[end];
    at->ups++;
    at->up_ns = pair_true_ns(pair);
    at->peer = peer;
    at->messages = 0; /* of a new session */
    at->messages_sent = 0;
    watch.samples[end == PAIR_CART ? WATCH_GESTURES : WATCH_STATE].any = false;
}

static void on_event(void *context, struct pair *pair, enum pair_end end,
                     const struct link_event *event)
{
    struct watch_end *at = &watch.ends[end];
    (void)context;
    switch (event->kind) {
    case LINK_EVENT_UP:
        take_up(pair, end, event->peer);
        break;
    case LINK_EVENT_REFUSED:
        at->refused++;
        take_end(pair, at, event);
        break;
    case LINK_EVENT_CLOSED:
        at->closed++;
        take_end(pair, at, event);
        break;
    case LINK_EVENT_SAMPLE:
        take_sample(pair, end, event);
        break;
    case LINK_EVENT_SAMPLE_AGAIN:
        watch.samples[event->channel].again++;
        break;
    case LINK_EVENT_FRAME:
        take_frame(pair, event);
        break;
    case LINK_EVENT_MESSAGE:
        take_message(at, event);
        break;
    case LINK_EVENT_LINE:
        at->lines[event->line][event->line_state]++;
        at->line[event->line] = event->line_state;
        break;
    case LINK_EVENT_LINE_SIZE:
        at->shrank += event->shrank;
        break;
    case LINK_EVENT_LINE_MOVED:
        at->moved++;
        break;
    case LINK_EVENT_CLOCK_STEP:
        at->steps++;
        break;
    case LINK_EVENT_KEYS:
        at->keys++;
        break;
    }
}

static void give(struct pair *pair, enum pair_end end, unsigned channel, const struct given *sample)
{
    uint64_t local_ns = pair_local_ns(pair, end);
    uint32_t sequence;
    enum link_err err = link_send_sample(watch.ends[end].peer, channel, sample->bytes, sample->len,
                                         local_ns, local_ns, &sequence);
    if (err == LINK_ERR_STATE) /* closed by the test this very moment */
        return;
    assert_int_equal(err, LINK_OK);
    given[channel][sequence % GIVEN] = *sample;
    watch.samples[channel].sent++;
    for (size_t i = 0; i < WATCH_WINDOWS && channel == WATCH_GESTURES; i++)
        watch.windows[i].sent += is_inside(&watch.windows[i], sample->true_ns);
}

static void give_noise(struct pair *pair, uint64_t true_ns)
{
    struct given sample = {.true_ns = true_ns, .len = watch.traffic.noise_bytes};
    for (size_t i = 0; i < sample.len; i++)
        sample.bytes[i] = (uint8_t)random_u64(&noise);
    give(pair, PAIR_CONSOLE, WATCH_GESTURES, &sample);
}

static void give_gesture(struct pair *pair, uint64_t true_ns)
{
    struct given sample = {.true_ns = true_ns};
    struct clutch_hands hands;
    struct gesture gesture;
    script_hands(true_ns, &hands);
    clutch_gesture(&clutch, &hands, true_ns, &gesture);
    sample.len = gesture_encode(&gesture, sample.bytes);
    give(pair, PAIR_CONSOLE, WATCH_GESTURES, &sample);
}

static void give_state(struct pair *pair, uint64_t true_ns)
{
    struct given sample = {.true_ns = true_ns};
    struct clutch_hands hands;
    struct arm_state state = {.operating_state = OPERATING_ENABLED,
                              .applied_sequence = watch.samples[WATCH_GESTURES].last,
                              .applied_sampled_ns = true_ns,
                              .has_applied = 1,
                              .arm_count = 2};
    script_hands(true_ns, &hands);
    for (size_t i = 0; i < 2; i++) {
        state.arms[i].measured_cp = hands.hands[i].pose;
        for (size_t j = 0; j < INSTRUMENT_AXES; j++)
            state.arms[i].measured_jp[j] = hands.hands[i].pose.position_m.x * (double)(j + 1);
    }
    sample.len = arm_state_encode(&state, sample.bytes);
    give(pair, PAIR_CART, WATCH_STATE, &sample);
}

static void give_frame(struct pair *pair, uint64_t true_ns)
{
    static uint8_t bytes[LINK_FRAME_BYTES_MAX];
    const struct watch_traffic *traffic = &watch.traffic;
    struct link_peer *peer = watch.ends[PAIR_CART].peer;
    if (traffic->frames_ask && link_frames_wait(peer, 0, pair_local_ns(pair, PAIR_CART))) {
        watch.frames.left_out++;
        return;
    }
    uint32_t tag = (uint32_t)watch.frames.sent++;
    size_t len = traffic->frame_bytes;
    if (!len)
        len = (size_t)(link_frame_rate_bps(peer, 0) * traffic->frame_ns / S / 8);
    for (size_t i = 0; i < len; i++)
        bytes[i] = frame_byte(tag, i);
    frame_true_ns[tag % GIVEN] = true_ns;
    frame_len[tag % GIVEN] = len;
    watch.frames.sent_bytes += len;
    uint64_t local_ns = pair_local_ns(pair, PAIR_CART);
    const struct link_frame frame = {
        .bytes = bytes, .len = len, .captured_ns = local_ns, .tag = tag};
    enum link_err err = link_send_frame(peer, 0, &frame, local_ns);
    assert_true(err == LINK_OK || err == LINK_ERR_STATE);
}

static void give_message(struct watch_end *at)
{
    uint8_t bytes[MESSAGE_MOST];
    uint32_t number = at->messages_sent;
    size_t len = message_len(number);
    memset(bytes, (uint8_t)number, len);
    memcpy(bytes, &number, sizeof number);
    if (link_send_message(at->peer, bytes, len) == LINK_OK) /* full: again next time */
        at->messages_sent++;
}

static bool is_time(uint64_t true_ns, uint64_t every_ns)
{
    return every_ns && true_ns % every_ns < MS;
}

static uint64_t on_turn(void *context, struct pair *pair, enum pair_end end, uint64_t true_ns)
{
    const struct watch_traffic *traffic = &watch.traffic;
    (void)context;
    if (watch.ends[end].peer) {
        if (end == PAIR_CONSOLE && traffic->noise_bytes)
            give_noise(pair, true_ns);
        else if (end == PAIR_CONSOLE && traffic->gestures)
            give_gesture(pair, true_ns);
        if (end == PAIR_CART && traffic->state)
            give_state(pair, true_ns);
        if (end == PAIR_CART && is_time(true_ns, traffic->frame_ns))
            give_frame(pair, true_ns);
        if (is_time(true_ns, traffic->message_ns))
            give_message(&watch.ends[end]);
    }
    return true_ns - true_ns % MS + MS;
}

struct pair_settings watch_settings(size_t lines, const char *weather, uint64_t seed,
                                    const struct watch_traffic *traffic)
{
    struct pair_settings settings = {.seed = seed,
                                     .lines = lines,
                                     .clock_offset_ns = {86400 * (int64_t)S, 5 * (int64_t)S},
                                     .clock_drift_ppb = {20000, -20000},
                                     .hooks = {.event = on_event, .turn = on_turn}};
    const struct link_frame_channel frames = {.interval_ns = traffic->frame_ns};
    for (size_t i = 0; i < lines; i++)
        settings.weather[i] = weather;
    for (int end = 0; end < PAIR_ENDS; end++) {
        struct link_settings *link = &settings.link[end];
        link->peers = 2;
        link->samples[WATCH_GESTURES] =
            (struct link_sample_channel){.period_ns = MS, .every = true};
        link->samples[WATCH_STATE] = (struct link_sample_channel){.period_ns = MS};
        link->renew_keys_ns = 2 * S;
    }
    settings.link[PAIR_CART].frames_sent[0] = frames;
    settings.link[PAIR_CONSOLE].frames_received[0] = frames;
    memset(&watch, 0, sizeof watch);
    watch.traffic = *traffic;
    random_seed(&noise, seed);
    return settings;
}

struct pair *watch_start(const struct pair_settings *settings)
{
    clutch_init(&clutch);
    struct pair *pair = pair_create(settings);
    assert_non_null(pair);
    return pair;
}

struct pair *watch_up(size_t lines, const char *weather, uint64_t seed,
                      const struct watch_traffic *traffic)
{
    struct pair_settings settings = watch_settings(lines, weather, seed, traffic);
    struct pair *pair = watch_start(&settings);
    assert_non_null(pair_dial(pair, lines));
    while (!watch.ends[PAIR_CONSOLE].ups && pair_true_ns(pair) < 10 * S)
        pair_run(pair, pair_true_ns(pair) + 10 * MS);
    assert_int_equal(watch.ends[PAIR_CONSOLE].ups, 1);
    assert_int_equal(watch.ends[PAIR_CART].ups, 1);
    pair_run(pair, (pair_true_ns(pair) / S + 2) * S);
    watch_clear();
    return pair;
}

void watch_clear(void)
{
    for (size_t i = 0; i < 2; i++) {
        struct watch_samples was = watch.samples[i];
        watch.samples[i] = (struct watch_samples){.any = was.any,
                                                  .last = was.last,
                                                  .arrived_ns = was.arrived_ns,
                                                  .base_ns = WEATHER_BASE_NS};
    }
    struct watch_frames frames = {.sent = watch.frames.sent};
    watch.frames = frames;
}

void watch_check(void)
{
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(watch.samples[i].out_of_order, 0);
        assert_int_equal(watch.samples[i].wrong, 0);
        assert_int_equal(watch.samples[i].unmeasured, 0);
        assert_int_equal(watch.samples[i].false_ages, 0);
    }
    assert_int_equal(watch.frames.wrong, 0);
    for (int end = 0; end < PAIR_ENDS; end++)
        assert_int_equal(watch.ends[end].messages_wrong, 0);
}

void watch_print(const char *what, const struct watch_samples *samples)
{
    print_message(
        "# %s: %llu of %llu, extra age p50 %.3f p99 %.3f p99.9 %.3f max %.3f ms, within "
        "5 ms %.4f %%, longest gap %.1f ms\n",
        what, (unsigned long long)samples->delivered, (unsigned long long)samples->sent,
        (double)spread_at(&samples->extra, 0.5) / 1e6,
        (double)spread_at(&samples->extra, 0.99) / 1e6,
        (double)spread_at(&samples->extra, 0.999) / 1e6, (double)samples->extra.most / 1e6,
        100 * spread_share_within(&samples->extra, 5 * (int64_t)MS), (double)samples->gap_ns / 1e6);
}

struct link_stats watch_stats(struct pair *pair, enum pair_end end)
{
    struct link_stats stats = {0};
    assert_non_null(watch.ends[end].peer);
    link_peer_stats(watch.ends[end].peer, pair_local_ns(pair, end), &stats);
    return stats;
}
