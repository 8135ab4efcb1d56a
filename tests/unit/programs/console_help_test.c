/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window's column of help: which rows, on which page. */
#include "unit/cmocka_base.h"

#include <string.h>

#include "console_view.h"

static struct desk_map map;
static struct view view;

static int begin(void **state)
{
    (void)state;
    char why[DESK_WHY_BYTES];
    memset(&view, 0, sizeof view);
    assert_int_equal(desk_map_read(&map, DESK_MAP_CONSOLE, strlen(DESK_MAP_CONSOLE), why), 0);
    return 0;
}

static void h12_help_has_the_stop_on_each_page_and_every_other_action_once(void **state)
{
    (void)state;
    unsigned pages = console_view_help(&view, &map, 1), told[DESK_ACTIONS] = {0};
    assert_true(pages >= 2);
    for (unsigned page = 1; page <= pages; page++) {
        assert_int_equal(console_view_help(&view, &map, page), pages);
        assert_true(view.key_count >= 2 && view.key_count <= VIEW_KEYS_MAX);
        assert_int_equal(view.keys[0].action, DESK_STOP);
        for (unsigned i = 0; i < view.key_count; i++)
            told[view.keys[i].action]++;
    }
    for (unsigned action = 0; action < DESK_ACTIONS; action++)
        assert_true(action == DESK_STOP ? told[action] == pages : told[action] <= 1);
    assert_int_equal(told[DESK_GHOST] + told[DESK_HELP] + told[DESK_TALK], 3);
    console_view_help(&view, &map, 0);
    assert_int_equal(view.key_count, 0);
    assert_int_equal(view.help, 0);
}

static void the_bedsides_first_page_has_all_that_its_team_needs(void **state)
{
    (void)state;
    static const enum desk_action needed[] = {DESK_STOP,   DESK_TAKE_OVER, DESK_RELEASE,
                                              DESK_ENABLE, DESK_ENGAGE,    DESK_TALK,
                                              DESK_UNDOCK, DESK_MARK,      DESK_HELP};
    char why[DESK_WHY_BYTES];
    struct desk_map bedside;
    assert_int_equal(desk_map_read(&bedside, DESK_MAP_BEDSIDE, strlen(DESK_MAP_BEDSIDE), why), 0);
    assert_int_equal(console_view_help(&view, &bedside, 1), 2);
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        unsigned at = 0;
        while (at < view.key_count && view.keys[at].action != needed[i])
            at++;
        assert_true(at < view.key_count);
        assert_true(view.keys[at].control < DESK_MOUSE_LEFT); /* a key: no mouse is needed */
    }
}

static void one_row_of_help_tells_both_axes_of_one_device_and_no_other(void **state)
{
    (void)state;
    static const char apart[] =
        "stop escape\nengage j\nx mouse-x rate=0.0003\ny page-up rate=0.05\n";
    char why[DESK_WHY_BYTES];
    console_view_help(&view, &map, 1);
    unsigned x = 0, y = 0;
    for (unsigned i = 0; i < view.key_count; i++) {
        x += view.keys[i].action == DESK_X && view.keys[i].both;
        y += view.keys[i].action == DESK_Y;
    }
    assert_true(x == 1 && y == 0);
    assert_int_equal(desk_map_read(&map, apart, strlen(apart), why), 0);
    console_view_help(&view, &map, 1);
    assert_true(view.keys[2].action == DESK_X && !view.keys[2].both);
    assert_int_equal(view.keys[3].action, DESK_Y);
    assert_int_equal(view.help_pages, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(h12_help_has_the_stop_on_each_page_and_every_other_action_once,
                               begin),
        cmocka_unit_test_setup(the_bedsides_first_page_has_all_that_its_team_needs, begin),
        cmocka_unit_test_setup(one_row_of_help_tells_both_axes_of_one_device_and_no_other, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
