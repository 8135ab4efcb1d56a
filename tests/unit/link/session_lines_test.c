/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines that come, go, move, die and shrink while an operation runs over them. */
#include "unit/cmocka_base.h"

#include "watch.h"

static const struct watch_traffic samples_only = {.gestures = true, .state = true};
static const struct watch_traffic pictures = {.gestures = true,
                                              .state = true,
                                              .frame_ns = 40 * MS,
                                              .frame_bytes = 20000,
                                              .message_ns = 100 * MS};

/* Nothing of what was sent is missing, but what is still on its way. */
static void expect_all_samples(void)
{
    for (size_t i = 0; i < 2; i++)
        assert_true(watch.samples[i].delivered + 70 >= watch.samples[i].sent);
}

static void expect_no_picture_lost(void)
{
    assert_int_equal(watch.frames.outcomes[LINK_FRAME_LOST], 0);
    assert_true(watch.frames.outcomes[LINK_FRAME_WHOLE] > 0);
}

static void a_line_is_added_while_operating(void **state)
{
    (void)state;
    struct pair_settings settings = watch_settings(3, WEATHER_FAR, 3, &pictures);
    struct pair *pair = watch_start(&settings);
    uint8_t added;
    assert_non_null(pair_dial(pair, 1));
    pair_run(pair, 3 * S);
    watch_clear();
    for (unsigned i = 1; i < 3; i++) {
        struct link_path path = pair_path(pair, i);
        assert_int_equal(link_line_add(watch.ends[PAIR_CONSOLE].peer, &path,
                                       pair_local_ns(pair, PAIR_CONSOLE), &added),
                         LINK_OK);
        assert_int_equal(added, i);
        pair_run(pair, pair_true_ns(pair) + S);
    }
    for (int end = 0; end < PAIR_ENDS; end++)
        for (unsigned i = 0; i < 3; i++)
            assert_int_equal(watch.ends[end].line[i], LINK_LINE_GOOD);
    pair_cut(pair, 0, true); /* the new ones carry it all */
    pair_run(pair, pair_true_ns(pair) + 3 * S);
    watch_check();
    expect_all_samples();
    expect_no_picture_lost();
    assert_true(watch.samples[WATCH_GESTURES].gap_ns <= 2 * MS);
    pair_destroy(pair);
}

/* Reports alone come every 50 ms: that is this line's pace, not its silence. */
static void an_added_line_that_carries_little_is_not_suspected(void **state)
{
    (void)state;
    static const struct watch_traffic none = {.gestures = false};
    struct pair_settings settings = watch_settings(2, WEATHER_FAR, 3, &none);
    struct pair *pair = watch_start(&settings);
    uint8_t added;
    assert_non_null(pair_dial(pair, 1));
    pair_run(pair, 3 * S);
    struct link_path path = pair_path(pair, 1);
    assert_int_equal(link_line_add(watch.ends[PAIR_CONSOLE].peer, &path,
                                   pair_local_ns(pair, PAIR_CONSOLE), &added),
                     LINK_OK);
    pair_run(pair, 6 * S);
    for (int end = 0; end < PAIR_ENDS; end++) {
        assert_int_equal(watch.ends[end].line[1], LINK_LINE_GOOD);
        for (unsigned i = 0; i < 2; i++)
            assert_int_equal(watch.ends[end].lines[i][LINK_LINE_SUSPECT], 0);
    }
    pair_destroy(pair);
}

static void a_number_without_a_path_has_no_line(void **state)
{
    (void)state;
    struct pair_settings settings = watch_settings(2, WEATHER_FAR, 3, &samples_only);
    struct pair *pair = watch_start(&settings);
    struct link *link = pair_link(pair, PAIR_CONSOLE);
    const struct link_path paths[2] = {{.address_bytes = LINK_PATH_NONE}, pair_path(pair, 1)};
    uint64_t now_ns = pair_local_ns(pair, PAIR_CONSOLE);
    struct link_peer *peer;
    assert_int_equal(link_dial(link, paths, 1, now_ns, &peer), LINK_ERR_LINES);
    assert_int_equal(link_dial(link, paths, 2, now_ns, &peer), LINK_OK);
    pair_run(pair, 3 * S);
    for (int end = 0; end < PAIR_ENDS; end++) {
        assert_int_equal(watch.ends[end].line[0], LINK_LINE_UNUSED);
        assert_int_equal(watch.ends[end].line[1], LINK_LINE_GOOD);
    }
    pair_destroy(pair);
}

static void pull(enum pair_end by, unsigned line)
{
    struct pair *pair = watch_up(2, WEATHER_FAR, 4, &pictures);
    assert_int_equal(link_line_pull(watch.ends[by].peer, (uint8_t)line, pair_local_ns(pair, by)),
                     LINK_OK);
    pair_run(pair, pair_true_ns(pair) + 300 * MS);
    struct link_stats before[PAIR_ENDS] = {watch_stats(pair, PAIR_CONSOLE),
                                           watch_stats(pair, PAIR_CART)};
    pair_run(pair, pair_true_ns(pair) + 3 * S);
    for (int end = 0; end < PAIR_ENDS; end++) {
        assert_int_equal(watch.ends[end].line[line], LINK_LINE_UNUSED);
        assert_int_equal(watch.ends[end].line[1 - line], LINK_LINE_GOOD);
        struct link_stats after = watch_stats(pair, (enum pair_end)end);
        assert_int_equal(after.lines[line].sent, before[end].lines[line].sent);
    }
    expect_all_samples();
    expect_no_picture_lost();
    if (by == PAIR_CONSOLE) { /* and it may come back */
        struct link_path path = pair_path(pair, line);
        uint8_t added;
        uint64_t lost = watch.ends[PAIR_CONSOLE].lines[line][LINK_LINE_LOST];
        assert_int_equal(link_line_add(watch.ends[PAIR_CONSOLE].peer, &path,
                                       pair_local_ns(pair, PAIR_CONSOLE), &added),
                         LINK_OK);
        pair_run(pair, pair_true_ns(pair) + S);
        assert_int_equal(added, line);
        assert_int_equal(watch.ends[PAIR_CONSOLE].lines[line][LINK_LINE_LOST], lost);
        for (int end = 0; end < PAIR_ENDS; end++) {
            assert_int_equal(watch.ends[end].line[added], LINK_LINE_GOOD);
            struct link_stats stats = watch_stats(pair, (enum pair_end)end);
            assert_true(stats.lines[added].outage_longest_ns < 500 * MS); /* it was not in use */
        }
    }
    watch_check();
    pair_destroy(pair);
}

static void a_pulled_line_is_quiet_at_both_ends_and_nothing_is_lost(void **state)
{
    (void)state;
    pull(PAIR_CONSOLE, 0);
    pull(PAIR_CONSOLE, 1);
    pull(PAIR_CART, 0);
}

/* Each end pulls what the other keeps, before it has heard of it. */
static void cross_pulls(size_t lines, unsigned by_console, unsigned by_cart, uint64_t later_ns)
{
    struct pair *pair = watch_up(lines, WEATHER_FAR, 4, &pictures);
    const unsigned pulled[PAIR_ENDS] = {by_console, by_cart};
    for (int end = 0; end < PAIR_ENDS; end++) {
        for (unsigned i = 0; i < lines; i++)
            if (pulled[end] & 1U << i)
                assert_int_equal(link_line_pull(watch.ends[end].peer, (uint8_t)i,
                                                pair_local_ns(pair, (enum pair_end)end)),
                                 LINK_OK);
        if (end == PAIR_CONSOLE)
            pair_run(pair, pair_true_ns(pair) + later_ns);
    }
    pair_run(pair, pair_true_ns(pair) + 5 * S); /* beyond what a puller is deaf for */
    for (int end = 0; end < PAIR_ENDS; end++) {
        assert_int_equal(watch.ends[end].closed, 0);
        for (unsigned i = 0; i < lines; i++)
            assert_int_equal(watch.ends[end].line[i],
                             by_console & 1U << i ? LINK_LINE_UNUSED : LINK_LINE_GOOD);
        assert_int_equal(watch_stats(pair, (enum pair_end)end).refused, 0);
    }
    watch_check();
    expect_all_samples();
    for (size_t i = 0; i < 2; i++)
        assert_true(watch.samples[i].gap_ns <= 7 * MS);
    pair_destroy(pair);
}

static void where_pulls_cross_the_diallers_wins(void **state)
{
    (void)state;
    for (uint64_t later_ns = 0; later_ns < 60 * MS; later_ns += 25 * MS) {
        cross_pulls(2, 1, 2, later_ns);
        cross_pulls(2, 2, 1, later_ns);
        cross_pulls(3, 3, 4, later_ns);
        cross_pulls(3, 3, 6, later_ns); /* line 1 by both */
    }
}

static void the_last_line_cannot_be_pulled(void **state)
{
    (void)state;
    struct pair *pair = watch_up(1, WEATHER_FAR, 4, &samples_only);
    assert_int_equal(
        link_line_pull(watch.ends[PAIR_CONSOLE].peer, 0, pair_local_ns(pair, PAIR_CONSOLE)),
        LINK_ERR_LINES);
    pair_destroy(pair);
}

static void a_console_that_changes_its_address_is_followed(void **state)
{
    (void)state;
    struct pair *pair = watch_up(1, WEATHER_FAR, 5, &samples_only);
    for (unsigned moves = 1; moves <= 3; moves++) {
        pair_move(pair, 0);
        pair_run(pair, pair_true_ns(pair) + 2 * S);
        assert_int_equal(watch.ends[PAIR_CART].moved, moves);
    }
    watch_check();
    /* That way nothing changed; but without reports gestures go four in a datagram. */
    assert_true(watch.samples[WATCH_GESTURES].gap_ns <= 6 * MS);
    /* The way back is quiet until the new address has proved itself: one and a half round trips. */
    print_message("# the cart's samples pause for %.1f ms\n",
                  (double)watch.samples[WATCH_STATE].gap_ns / 1e6);
    assert_true(watch.samples[WATCH_STATE].gap_ns <= 3 * 120 * MS);
    pair_destroy(pair);
}

static void a_move_of_one_of_two_lines_leaves_no_mark(void **state)
{
    (void)state;
    struct pair *pair = watch_up(2, WEATHER_FAR, 5, &pictures);
    pair_move(pair, 1);
    pair_run(pair, pair_true_ns(pair) + 3 * S);
    assert_int_equal(watch.ends[PAIR_CART].moved, 1);
    watch_check();
    for (size_t i = 0; i < 2; i++)
        assert_true(watch.samples[i].gap_ns <= 2 * MS);
    expect_no_picture_lost();
    pair_destroy(pair);
}

static void a_cut_line_is_lost_at_both_ends_and_good_again_soon_after_it_returns(void **state)
{
    (void)state;
    struct pair *pair = watch_up(2, WEATHER_FAR, 6, &pictures);
    pair_cut(pair, 1, true);
    pair_run(pair, pair_true_ns(pair) + 3 * S);
    for (int end = 0; end < PAIR_ENDS; end++)
        assert_int_equal(watch.ends[end].line[1], LINK_LINE_LOST);
    pair_cut(pair, 1, false);
    pair_run(pair, pair_true_ns(pair) + 500 * MS);
    for (int end = 0; end < PAIR_ENDS; end++) {
        assert_int_equal(watch.ends[end].line[1], LINK_LINE_GOOD);
        assert_int_equal(watch.ends[end].lines[1][LINK_LINE_LOST], 1);
        assert_int_equal(watch.ends[end].line[0], LINK_LINE_GOOD);
    }
    watch_check();
    for (size_t i = 0; i < 2; i++)
        assert_true(watch.samples[i].gap_ns <= 2 * MS);
    expect_no_picture_lost();
    pair_destroy(pair);
}

static void after_both_lines_were_cut_the_operation_goes_on(void **state)
{
    (void)state;
    struct pair *pair = watch_up(2, WEATHER_BAD, 7, &pictures);
    uint64_t gap_ns = 0;
    for (int times = 0; times < 3; times++) {
        for (unsigned i = 0; i < 2; i++)
            pair_cut(pair, i, true);
        pair_run(pair, pair_true_ns(pair) + 3 * S);
        for (unsigned i = 0; i < 2; i++)
            pair_cut(pair, i, false);
        watch_clear();
        pair_run(pair, pair_true_ns(pair) + 3 * S);
        for (size_t i = 0; i < 2; i++)
            if (watch.samples[i].gap_ns > gap_ns)
                gap_ns = watch.samples[i].gap_ns;
        for (size_t i = 0; i < 2; i++) {
            assert_int_equal(watch.samples[i].out_of_order, 0);
            assert_int_equal(watch.samples[i].false_ages, 0);
        }
    }
    print_message("# samples again at most %.1f ms after a cut of 3 s\n",
                  (double)gap_ns / 1e6 - 3e3);
    assert_true(gap_ns <= 3 * S + 500 * MS);
    assert_int_equal(watch.frames.wrong, 0);
    pair_destroy(pair);
}

static void pictures_go_on_a_second_after_a_line_has_shrunk(void **state)
{
    (void)state;
    static const char shrinking[] = "delay=60ms,mtu=1400,mtu@5s=1000,mtu@12s=700,mtu@20s=1400";
    struct pair *pair = watch_up(1, shrinking, 8, &pictures);
    pair_run(pair, 5 * S);
    expect_no_picture_lost();
    static const uint64_t shrinks_ns[] = {5 * S, 12 * S};
    for (size_t i = 0; i < 2; i++) {
        pair_run(pair, shrinks_ns[i] + 1500 * MS);
        print_message("# datagrams of %u bytes, pictures lost meanwhile %llu\n",
                      watch_stats(pair, PAIR_CART).lines[0].datagram_bytes_max,
                      (unsigned long long)watch.frames.outcomes[LINK_FRAME_LOST]);
        assert_int_equal(watch.ends[PAIR_CART].shrank, i + 1);
        assert_true(watch.frames.outcomes[LINK_FRAME_LOST] <= 5); /* a round trip and a picture */
        watch_clear();
        pair_run(pair, shrinks_ns[i] + 6 * S);
        expect_no_picture_lost();
    }
    pair_run(pair, 45 * S);
    assert_int_equal(watch_stats(pair, PAIR_CART).lines[0].datagram_bytes_max, LINK_DATAGRAM_MAX);
    watch_check();
    expect_all_samples();
    pair_destroy(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_added_while_operating),
        cmocka_unit_test(an_added_line_that_carries_little_is_not_suspected),
        cmocka_unit_test(a_number_without_a_path_has_no_line),
        cmocka_unit_test(a_pulled_line_is_quiet_at_both_ends_and_nothing_is_lost),
        cmocka_unit_test(where_pulls_cross_the_diallers_wins),
        cmocka_unit_test(the_last_line_cannot_be_pulled),
        cmocka_unit_test(a_console_that_changes_its_address_is_followed),
        cmocka_unit_test(a_move_of_one_of_two_lines_leaves_no_mark),
        cmocka_unit_test(a_cut_line_is_lost_at_both_ends_and_good_again_soon_after_it_returns),
        cmocka_unit_test(after_both_lines_were_cut_the_operation_goes_on),
        cmocka_unit_test(pictures_go_on_a_second_after_a_line_has_shrunk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
