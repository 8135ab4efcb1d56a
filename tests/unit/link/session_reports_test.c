/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports find their way however full the datagrams are: without them the other end takes its line for
 * dead, and stops its pictures and its keys. */
#include "unit/cmocka_base.h"

#include "watch.h"

#define WATCHED_NS (10 * S)
#define RENEW_NS (2 * S) /* of watch_settings */

/* Over lines whose gestures fill every datagram: each end hears what the other has got of its own. */
static void expect_reports(size_t lines, const char *weather, const struct watch_traffic *traffic)
{
    struct pair *pair = watch_up(lines, weather, 14, traffic);
    uint64_t keys[PAIR_ENDS];
    pair_run(pair, pair_true_ns(pair) + 3 * S);
    watch_clear();
    for (int end = 0; end < PAIR_ENDS; end++)
        keys[end] = watch.ends[end].keys;
    pair_run(pair, pair_true_ns(pair) + WATCHED_NS);
    for (int end = 0; end < PAIR_ENDS; end++) {
        print_message("# %s: lost %llu times, keys of the other end renewed %llu times\n",
                      end == PAIR_CONSOLE ? "console" : "cart",
                      (unsigned long long)watch.ends[end].lines[0][LINK_LINE_LOST],
                      (unsigned long long)(watch.ends[end].keys - keys[end]));
        for (size_t i = 0; i < lines; i++)
            assert_int_equal(watch.ends[end].lines[i][LINK_LINE_LOST], 0);
        assert_true(watch.ends[end].keys - keys[end] >= WATCHED_NS / RENEW_NS - 1);
    }
    watch_print("gestures", &watch.samples[WATCH_GESTURES]);
    watch_print("state", &watch.samples[WATCH_STATE]);
    uint64_t shown =
        watch.frames.outcomes[LINK_FRAME_WHOLE] + watch.frames.outcomes[LINK_FRAME_REPAIRED];
    print_message("# pictures %llu, lost %llu\n", (unsigned long long)shown,
                  (unsigned long long)watch.frames.outcomes[LINK_FRAME_LOST]);
    assert_true(shown >= WATCHED_NS / (40 * MS) * 98 / 100);
    watch_check();
    pair_destroy(pair);
}

static void reports_leave_beside_samples_that_fill_datagrams(void **state)
{
    (void)state;
    static const struct watch_traffic noise = {.noise_bytes = LINK_SAMPLE_BYTES_MAX,
                                               .state = true,
                                               .frame_ns = 40 * MS,
                                               .frame_bytes = 10000};
    expect_reports(1, WEATHER_BAD, &noise);
    expect_reports(2, WEATHER_BAD, &noise);
}

static void reports_leave_beside_gestures_in_small_datagrams(void **state)
{
    (void)state;
    static const struct watch_traffic hands = {.gestures = true,
                                               .state = true,
                                               .frame_ns = 40 * MS,
                                               .frame_bytes = 5000,
                                               .message_ns = 100 * MS};
    expect_reports(1, "delay=60ms,loss=10%,burst=6,mtu=1400,mtu@2s=600", &hands);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_leave_beside_samples_that_fill_datagrams),
        cmocka_unit_test(reports_leave_beside_gestures_in_small_datagrams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
