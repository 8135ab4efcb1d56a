/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole sessions in virtual time: two links, their lines in weather. */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/spread.h"
#include "sim/pair.h"

#define MS UINT64_C(1000000)
#define S UINT64_C(1000000000)

/* What one run saw. */
struct seen {
    struct link_peer *peers[PAIR_ENDS];
    unsigned ups[PAIR_ENDS], refused[PAIR_ENDS], closed[PAIR_ENDS];
    uint64_t up_ns[PAIR_ENDS];
    char reason[PAIR_ENDS][LINK_REASON_BYTES];
    bool by_peer[PAIR_ENDS];
    uint64_t period_ns; /* the console samples at this pace; 0: it does not */
    uint64_t sampled, delivered, again, bad_order, unmeasured, outside_bound;
    uint32_t last;
    bool any;
    uint64_t messages;
    uint64_t moved, steps, keys;
    enum link_line_state lines[PAIR_ENDS][LINK_LINES_MAX];
    uint64_t frame_interval_ns; /* the cart sends frames at this pace; 0: it does not */
    size_t frame_bytes;
    uint64_t frames_sent, frames[3], frames_wrong;
    struct spread frame_ages;
    struct spread extra; /* age beyond the line's own, true time */
    uint64_t base_ns;
};

static struct seen seen;

static void on_event(void *context, struct pair *pair, enum pair_end end,
                     const struct link_event *event)
{
    (void)context;
    switch (event->kind) {
    case LINK_EVENT_UP:
        seen.ups[end]++;
        seen.up_ns[end] = pair_true_ns(pair);
        seen.peers[end] = event->peer;
        break;
    case LINK_EVENT_REFUSED:
    case LINK_EVENT_CLOSED:
        (event->kind == LINK_EVENT_REFUSED ? seen.refused : seen.closed)[end]++;
        snprintf(seen.reason[end], sizeof seen.reason[end], "%s", event->reason);
        seen.by_peer[end] = event->by_peer;
        if (seen.peers[end] == event->peer)
            seen.peers[end] = NULL;
        break;
    case LINK_EVENT_SAMPLE: {
        if (end == PAIR_CONSOLE)
            break;
        uint64_t true_sampled_ns;
        memcpy(&true_sampled_ns, event->bytes, sizeof true_sampled_ns);
        uint64_t age_ns = pair_true_ns(pair) - true_sampled_ns;
        spread_add(&seen.extra, (int64_t)(age_ns - seen.base_ns));
        seen.delivered++;
        if (seen.any && (int32_t)(event->sequence - seen.last) <= 0)
            seen.bad_order++;
        seen.any = true;
        seen.last = event->sequence;
        if (!event->age.measured)
            seen.unmeasured++;
        else if ((uint64_t)llabs(event->age.ns - (int64_t)age_ns) > event->age.bound_ns)
            seen.outside_bound++;
        break;
    }
    case LINK_EVENT_SAMPLE_AGAIN:
        seen.again++;
        break;
    case LINK_EVENT_MESSAGE:
        assert_int_equal(event->len, 5);
        seen.messages++;
        break;
    case LINK_EVENT_LINE:
        seen.lines[end][event->line] = event->line_state;
        break;
    case LINK_EVENT_LINE_MOVED:
        seen.moved++;
        break;
    case LINK_EVENT_LINE_SIZE:
        break;
    case LINK_EVENT_CLOCK_STEP:
        seen.steps++;
        break;
    case LINK_EVENT_KEYS:
        seen.keys++;
        break;
    case LINK_EVENT_FRAME:
        seen.frames[event->frame_state]++;
        if (event->frame_state == LINK_FRAME_LOST)
            break;
        for (size_t i = 0; i < event->len; i++)
            if (event->bytes[i] != (uint8_t)(event->tag + i * i))
                seen.frames_wrong++;
        if (event->age.measured)
            spread_add(&seen.frame_ages, event->age.ns);
        break;
    }
}

static void send_frame(struct pair *pair, uint64_t local_ns)
{
    static uint8_t bytes[LINK_FRAME_BYTES_MAX];
    uint32_t tag = (uint32_t)seen.frames_sent++;
    for (size_t i = 0; i < seen.frame_bytes; i++)
        bytes[i] = (uint8_t)(tag + i * i);
    const struct link_frame frame = {
        .bytes = bytes, .len = seen.frame_bytes, .captured_ns = local_ns, .tag = tag};
    assert_int_equal(link_send_frame(seen.peers[PAIR_CART], 0, &frame, local_ns), LINK_OK);
    (void)pair;
}

/* The cart: state at 1 kHz, and a frame now and then. */
static uint64_t cart_turn(struct pair *pair, uint64_t true_ns)
{
    uint64_t local_ns = pair_local_ns(pair, PAIR_CART);
    uint8_t state[60] = {0};
    if (!seen.peers[PAIR_CART] || !seen.frame_interval_ns)
        return true_ns + MS;
    memcpy(state, &true_ns, sizeof true_ns);
    assert_int_equal(
        link_send_sample(seen.peers[PAIR_CART], 1, state, sizeof state, local_ns, local_ns, NULL),
        LINK_OK);
    if (true_ns % seen.frame_interval_ns < MS)
        send_frame(pair, local_ns);
    return true_ns + MS;
}

static uint64_t on_turn(void *context, struct pair *pair, enum pair_end end, uint64_t true_ns)
{
    (void)context;
    if (end == PAIR_CART)
        return cart_turn(pair, true_ns);
    if (!seen.period_ns)
        return true_ns + MS;
    if (seen.peers[end]) {
        uint8_t bytes[100] = {0};
        uint64_t local_ns = pair_local_ns(pair, end);
        memcpy(bytes, &true_ns, sizeof true_ns);
        assert_int_equal(
            link_send_sample(seen.peers[end], 0, bytes, sizeof bytes, local_ns, local_ns, NULL),
            LINK_OK);
        seen.sampled++;
    }
    return true_ns + seen.period_ns;
}

static struct pair *start(size_t lines, const char *const weather[], uint64_t seed,
                          uint64_t period_ns, uint64_t frame_interval_ns)
{
    struct pair_settings settings = {.seed = seed,
                                     .lines = lines,
                                     .clock_offset_ns = {86400 * (int64_t)S, 5 * (int64_t)S},
                                     .clock_drift_ppb = {20000, -20000},
                                     .hooks = {.event = on_event, .turn = on_turn}};
    for (size_t i = 0; i < lines; i++)
        settings.weather[i] = weather[i];
    for (int end = 0; end < PAIR_ENDS; end++) {
        settings.link[end].peers = 2;
        settings.link[end].samples[0] =
            (struct link_sample_channel){.period_ns = MS, .every = true};
        settings.link[end].samples[1] = (struct link_sample_channel){.period_ns = MS};
        const struct link_frame_channel frames = {.interval_ns = frame_interval_ns};
        if (end == PAIR_CART)
            settings.link[end].frames_sent[0] = frames;
        else
            settings.link[end].frames_received[0] = frames;
        settings.link[end].renew_keys_ns = 2 * S;
    }
    memset(&seen, 0, sizeof seen);
    seen.period_ns = period_ns;
    seen.frame_interval_ns = frame_interval_ns;
    struct pair *pair = pair_create(&settings);
    assert_non_null(pair);
    return pair;
}

static void a_session_is_up_two_round_trips_after_the_cookie(void **state)
{
    (void)state;
    struct pair *pair = start(1, (const char *const[]){"delay=60ms"}, 1, 0, 0);
    assert_non_null(pair_dial(pair, 1));
    pair_run(pair, S);
    assert_int_equal(seen.ups[PAIR_CONSOLE], 1);
    assert_int_equal(seen.ups[PAIR_CART], 1);
    assert_string_equal(link_peer_name(seen.peers[PAIR_CONSOLE]), "cart-casablanca");
    assert_string_equal(link_peer_name(seen.peers[PAIR_CART]), "console-shanghai");
    assert_true(seen.up_ns[PAIR_CART] <= 3 * 120 * MS);
    assert_true(seen.up_ns[PAIR_CONSOLE] <= 3 * 120 * MS + MS);
    print_message("# up after %.1f ms at the cart, %.1f ms at the console\n",
                  (double)seen.up_ns[PAIR_CART] / 1e6, (double)seen.up_ns[PAIR_CONSOLE] / 1e6);
    pair_destroy(pair);
}

static void samples_arrive_once_in_order_and_their_age_is_within_its_bound(void **state)
{
    (void)state;
    struct pair *pair = start(2,
                              (const char *const[]){"delay=60ms,jitter=3ms,loss=5%,burst=4",
                                                    "delay=60ms,jitter=3ms,loss=5%,burst=4"},
                              2, MS, 0);
    pair_dial(pair, 2);
    pair_run(pair, 2 * S);
    seen.base_ns = 63 * MS;
    spread_clear(&seen.extra);
    uint64_t sampled = seen.sampled, delivered = seen.delivered;
    seen.unmeasured = 0;
    pair_run(pair, 12 * S);
    pair_cut(pair, 0, true);
    pair_run(pair, 22 * S);
    pair_cut(pair, 0, false);
    pair_run(pair, 62 * S);
    sampled = seen.sampled - sampled;
    delivered = seen.delivered - delivered;
    struct link_stats stats;
    link_peer_stats(seen.peers[PAIR_CONSOLE], pair_local_ns(pair, PAIR_CONSOLE), &stats);
    print_message(
        "# %llu of %llu, extra p50 %.3f p99 %.3f p99.9 %.3f max %.3f ms, within 5 ms %.4f %%, "
        "line 0: %llu datagrams %.2f Mbit/s, keys %llu\n",
        (unsigned long long)delivered, (unsigned long long)sampled,
        (double)spread_at(&seen.extra, 0.5) / 1e6, (double)spread_at(&seen.extra, 0.99) / 1e6,
        (double)spread_at(&seen.extra, 0.999) / 1e6, (double)seen.extra.most / 1e6,
        100 * spread_share_within(&seen.extra, 5 * (int64_t)MS),
        (unsigned long long)stats.lines[0].sent, (double)stats.lines[0].sent_bytes * 8 / 62e6,
        (unsigned long long)seen.keys);
    assert_int_equal(seen.bad_order, 0);
    assert_int_equal(seen.unmeasured, 0);
    assert_int_equal(seen.outside_bound, 0);
    assert_true(delivered + 120 >= sampled);
    /* Both ends know how the line loses: the one that sends, and the one that receives. */
    const struct link_line_stats *out = &stats.lines[1];
    assert_true(out->loss_out_worst >= out->loss_out && out->loss_out_worst < 0.5);
    assert_true(out->burst_out_longest >= out->burst_out && out->burst_out_longest < 100);
    link_peer_stats(seen.peers[PAIR_CART], pair_local_ns(pair, PAIR_CART), &stats);
    const struct link_line_stats *in = &stats.lines[1];
    double mean = (double)in->lost / (double)in->loss_episodes;
    print_message("# lost %llu in %llu runs, the longest of %llu\n", (unsigned long long)in->lost,
                  (unsigned long long)in->loss_episodes, (unsigned long long)in->loss_longest);
    assert_true(mean > 3 && mean < 5);
    assert_true((double)in->loss_longest > mean && in->loss_longest < 100);
    pair_destroy(pair);
}

static void frames(size_t lines, unsigned per_second, double mbit, bool cut, double least_share)
{
    static const char *const weather[] = {"delay=60ms,jitter=3ms,loss=5%,burst=4",
                                          "delay=60ms,jitter=3ms,loss=5%,burst=4"};
    uint64_t interval_ns = S / per_second;
    struct pair *pair = start(lines, weather, 7, MS, interval_ns);
    seen.frame_bytes = (size_t)(mbit * 1e6 / 8 / per_second);
    pair_dial(pair, lines);
    pair_run(pair, 4 * S);
    memset(seen.frames, 0, sizeof seen.frames);
    struct link_stats before, after;
    link_peer_stats(seen.peers[PAIR_CART], pair_local_ns(pair, PAIR_CART), &before);
    spread_clear(&seen.frame_ages);
    pair_run(pair, 14 * S);
    if (cut)
        pair_cut(pair, 0, true);
    pair_run(pair, 24 * S);
    pair_cut(pair, 0, false);
    pair_run(pair, 34 * S);
    link_peer_stats(seen.peers[PAIR_CART], pair_local_ns(pair, PAIR_CART), &after);
    uint64_t whole = seen.frames[0], repaired = seen.frames[1], lost = seen.frames[2];
    print_message(
        "# %zu line%s, %u/s at %.0f Mbit/s%s: whole %llu repaired %llu lost %llu (%.3f %%), "
        "more bytes %.1f %%, age p50 %.1f p99 %.1f max %.1f ms, rate %llu kbit/s\n",
        lines, lines > 1 ? "s" : "", per_second, mbit, cut ? ", a cut" : "",
        (unsigned long long)whole, (unsigned long long)repaired, (unsigned long long)lost,
        100.0 * (double)(whole + repaired) / (double)(whole + repaired + lost),
        100.0 * ((double)(after.frame_wire_bytes_sent - before.frame_wire_bytes_sent) /
                     (double)(after.frame_bytes_sent - before.frame_bytes_sent) -
                 1),
        (double)spread_at(&seen.frame_ages, 0.5) / 1e6,
        (double)spread_at(&seen.frame_ages, 0.99) / 1e6, (double)seen.frame_ages.most / 1e6,
        (unsigned long long)link_frame_rate_bps(seen.peers[PAIR_CART], 0) / 1000);
    assert_int_equal(seen.frames_wrong, 0);
    assert_true((double)(whole + repaired) >= least_share * (double)(whole + repaired + lost));
    assert_true(whole + repaired + lost >= 30 * per_second - 3);
    pair_destroy(pair);
}

static void pictures_are_whole_or_repaired_without_a_round_trip(void **state)
{
    (void)state;
    frames(1, 25, 4, false, 0.995);
    frames(1, 25, 8, false, 0.995);
    frames(1, 60, 4, false, 0.995);
    frames(1, 60, 8, false, 0.995);
    frames(2, 25, 8, true, 0.999);
    frames(2, 60, 8, true, 0.999);
}

/* The other end has nothing to say but reports: a burst of their losses looks like a dying line. */
static void the_only_line_carries_pictures_though_it_seems_silent(void **state)
{
    (void)state;
    struct pair *pair =
        start(1, (const char *const[]){"delay=60ms,jitter=3ms,loss=5%,burst=4"}, 7, 0, 40 * MS);
    seen.frame_bytes = 20000;
    pair_dial(pair, 1);
    pair_run(pair, 2 * S);
    memset(seen.frames, 0, sizeof seen.frames);
    pair_run(pair, 32 * S);
    uint64_t arrived = seen.frames[0] + seen.frames[1];
    print_message("# whole %llu repaired %llu lost %llu\n", (unsigned long long)seen.frames[0],
                  (unsigned long long)seen.frames[1], (unsigned long long)seen.frames[2]);
    assert_true(arrived >= 740); /* of 750 */
    pair_destroy(pair);
}

static void assert_line_states(struct pair *pair, uint8_t line, enum link_line_state state)
{
    for (int end = 0; end < PAIR_ENDS; end++) {
        struct link_stats stats;
        link_peer_stats(seen.peers[end], pair_local_ns(pair, (enum pair_end)end), &stats);
        assert_int_equal(stats.lines[line].state, state);
    }
}

static void a_pulled_line_stays_away_until_it_is_added(void **state)
{
    (void)state;
    const char *const weather[] = {"delay=60ms", "delay=60ms", "delay=60ms,loss=20%"};
    for (int puller = 0; puller < PAIR_ENDS; puller++) {
        struct pair *pair = start(3, weather, 1, MS, 0);
        uint8_t line;
        pair_dial(pair, 3);
        pair_run(pair, S);
        assert_line_states(pair, 1, LINK_LINE_GOOD);
        pair_cut(pair, 0, true); /* what is told on it is not heard */
        uint64_t pulled_ns = pair_local_ns(pair, (enum pair_end)puller);
        assert_int_equal(link_line_pull(seen.peers[puller], 1, pulled_ns), LINK_OK);
        pair_run(pair, 6 * S);
        assert_line_states(pair, 1, LINK_LINE_UNUSED);
        assert_line_states(pair, 0, LINK_LINE_LOST);

        struct link_path path = pair_path(pair, 1);
        uint64_t added_ns = pair_local_ns(pair, PAIR_CONSOLE);
        assert_int_equal(link_line_add(seen.peers[PAIR_CONSOLE], &path, added_ns, &line), LINK_OK);
        assert_int_equal(line, 1);
        pair_run(pair, 8 * S);
        assert_line_states(pair, 1, LINK_LINE_GOOD);
        assert_int_equal(seen.bad_order, 0);
        pair_destroy(pair);
    }
}

/* A program that wakes up late gives what it missed all at once. */
static void samples_given_all_at_once_arrive_all(void **state)
{
    (void)state;
    enum { AT_ONCE = 8, TIMES = 100 };
    struct pair *pair = start(1, (const char *const[]){"delay=60ms"}, 7, 0, 0);
    pair_dial(pair, 1);
    for (uint64_t i = 0; i < TIMES; i++) {
        pair_run(pair, S + i * AT_ONCE * MS);
        uint64_t local_ns = pair_local_ns(pair, PAIR_CONSOLE), true_ns = pair_true_ns(pair);
        for (uint64_t j = 0; j < AT_ONCE; j++)
            assert_int_equal(link_send_sample(seen.peers[PAIR_CONSOLE], 0, (uint8_t *)&true_ns,
                                              sizeof true_ns, local_ns - (AT_ONCE - j) * MS,
                                              local_ns, NULL),
                             LINK_OK);
    }
    pair_run(pair, 3 * S);
    assert_int_equal(seen.delivered, AT_ONCE * TIMES);
    pair_destroy(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_is_up_two_round_trips_after_the_cookie),
        cmocka_unit_test(a_pulled_line_stays_away_until_it_is_added),
        cmocka_unit_test(pictures_are_whole_or_repaired_without_a_round_trip),
        cmocka_unit_test(the_only_line_carries_pictures_though_it_seems_silent),
        cmocka_unit_test(samples_given_all_at_once_arrive_all),
        cmocka_unit_test(samples_arrive_once_in_order_and_their_age_is_within_its_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
