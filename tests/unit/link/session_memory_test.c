/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory: fixed for each peer, and none taken or given back once both ends are up. */
#include "unit/cmocka_base.h"

#include "sim/heap.h"
#include "watch.h"

static const struct watch_traffic traffic = {.gestures = true,
                                             .state = true,
                                             .frame_ns = 40 * MS,
                                             .frame_bytes = 20000,
                                             .message_ns = 50 * MS};

static void a_minute_of_operation_allocates_nothing(void **state)
{
    (void)state;
    struct pair *pair = watch_up(3, WEATHER_BAD, 51, &traffic);
    uint8_t added = 2;
    uint64_t before = heap_calls();
    for (unsigned times = 0; times < 6; times++) {
        struct link_peer *peer = watch.ends[PAIR_CONSOLE].peer;
        struct link_path path = pair_path(pair, 2);
        pair_cut(pair, 0, true);
        pair_run(pair, pair_true_ns(pair) + 2 * S);
        pair_cut(pair, 0, false);
        pair_run(pair, pair_true_ns(pair) + 2 * S);
        uint8_t line = added;
        assert_int_equal(link_line_pull(peer, line, pair_local_ns(pair, PAIR_CONSOLE)), LINK_OK);
        pair_run(pair, pair_true_ns(pair) + 3 * S);
        assert_int_equal(link_line_add(peer, &path, pair_local_ns(pair, PAIR_CONSOLE), &added),
                         LINK_OK);
        pair_move(pair, 1);
        pair_run(pair, pair_true_ns(pair) + 3 * S);
    }
    assert_int_equal(heap_calls() - before, 0);
    assert_true(before > 1000); /* they are counted */
    assert_true(watch.ends[PAIR_CART].keys >= 29 && watch.ends[PAIR_CONSOLE].keys >= 29);
    assert_int_equal(watch.ends[PAIR_CART].moved, 6);
    watch_check();
    pair_destroy(pair);
}

static void a_peer_takes_eight_mebibytes_at_most(void **state)
{
    (void)state;
    struct link_settings settings = {.peers = 1};
    for (size_t i = 0; i < LINK_FRAME_CHANNELS_MAX; i++)
        settings.frames_sent[i] = settings.frames_received[i] =
            (struct link_frame_channel){.interval_ns = 40 * MS, .budget_ns = 80 * MS};
    size_t bytes = link_peer_bytes(&settings);
    print_message("# %zu bytes a peer with two pictures each way\n", bytes);
    assert_true(bytes <= 8 * 1024 * 1024);
}

int main(void)
{
    heap_watch();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_minute_of_operation_allocates_nothing),
        cmocka_unit_test(a_peer_takes_eight_mebibytes_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
