/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <string.h>

#include "motion/desk_map.h"

static struct desk_map map;
static char why[DESK_WHY_BYTES];

static unsigned read_text(const char *text)
{
    return desk_map_read(&map, text, strlen(text), why);
}

static void the_maps_that_are_built_in_are_read(void **state)
{
    (void)state;
    assert_int_equal(read_text(DESK_MAP_BEDSIDE), 0);
    assert_non_null(desk_map_find(&map, DESK_STOP));
    assert_non_null(desk_map_find(&map, DESK_TAKE_OVER));
    assert_int_equal(read_text(DESK_MAP_CONSOLE), 0);
    assert_int_equal(map.bindings[0].action, DESK_ENGAGE);
    assert_int_equal(map.bindings[0].control, DESK_MOUSE_LEFT);
}

static bool binds(const char *text, enum desk_action action, enum desk_control control)
{
    bool is_bound = false;
    assert_int_equal(read_text(text), 0);
    for (unsigned i = 0; i < map.count; i++)
        is_bound =
            is_bound || (map.bindings[i].action == action && map.bindings[i].control == control);
    return is_bound;
}

static void h12_escape_stops_at_both_and_what_stops_at_one_engages_at_neither(void **state)
{
    (void)state;
    assert_true(binds(DESK_MAP_BEDSIDE, DESK_STOP, DESK_KEY_ESCAPE));
    assert_true(binds(DESK_MAP_CONSOLE, DESK_STOP, DESK_KEY_ESCAPE));
    for (int control = 1; control < DESK_CONTROLS; control++)
        if (binds(DESK_MAP_BEDSIDE, DESK_STOP, (enum desk_control)control) ||
            binds(DESK_MAP_CONSOLE, DESK_STOP, (enum desk_control)control)) {
            assert_false(binds(DESK_MAP_CONSOLE, DESK_ENGAGE, (enum desk_control)control));
            assert_false(binds(DESK_MAP_BEDSIDE, DESK_ENGAGE, (enum desk_control)control));
        }
}

static void h12_a_control_that_stops_does_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
    } wrong[] = {
        {"stop escape\nengage escape\n", 2},
        {"engage f1\nstop f1\n", 2},
        {"engage j\nstop f1\nhelp f1 with=shift\n", 3},
        {"stop f1\nengage escape\n", 2},
        {"engage j\nx escape rate=0.1\n", 2},
        {"stop escape\nengage j with=escape\n", 2},
        {"engage j with=escape\n", 1},
        {"stop f1\nengage j with=f1\n", 2},
        {"engage j with=f1\nstop f1\n", 2},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(read_text(wrong[i].text), wrong[i].line);
        assert_non_null(strstr(why, "what stops does nothing else: '"));
    }
    assert_int_equal(read_text("engage j\nstop escape\nstop f1\n"), 0);
}

static void h12_one_key_alone_stops(void **state)
{
    (void)state;
    assert_int_equal(read_text("engage j\nstop escape with=h\n"), 2);
    assert_string_equal(why, "with= has no meaning for stop by escape");
    assert_int_equal(read_text("engage j\nstop f1\nstop f1 with=shift\n"), 3);
}

static void
h12_a_map_without_a_stop_is_told_apart_and_at_the_bedside_without_enable_or_undock(void **state)
{
    (void)state;
    assert_int_equal(read_text("engage j\n"), 0);
    assert_int_equal(desk_map_lacks(&map, false), DESK_STOP);
    assert_int_equal(desk_map_lacks(&map, true), DESK_STOP);
    assert_int_equal(read_text("engage j\nstop escape\n"), 0);
    assert_int_equal(desk_map_lacks(&map, false), DESK_ACTIONS);
    assert_int_equal(desk_map_lacks(&map, true), DESK_ENABLE);
    assert_int_equal(read_text("engage j\nstop escape\nenable e\n"), 0);
    assert_int_equal(desk_map_lacks(&map, true), DESK_UNDOCK);
    assert_int_equal(read_text(DESK_MAP_BEDSIDE), 0);
    assert_int_equal(desk_map_lacks(&map, true), DESK_ACTIONS);
    assert_int_equal(read_text(DESK_MAP_CONSOLE), 0);
    assert_int_equal(desk_map_lacks(&map, false), DESK_ACTIONS);
}

static void every_word_is_read_back(void **state)
{
    (void)state;
    for (int control = 1; control < DESK_CONTROLS; control++) {
        char text[200];
        bool is_button = desk_control_kind((enum desk_control)control) == DESK_IS_BUTTON;
        const char *action = control == DESK_KEY_ESCAPE ? "stop" : is_button ? "help" : "x";
        snprintf(text, sizeof text, "engage space\n%s %s%s\n", action,
                 desk_control_name((enum desk_control)control), is_button ? "" : " rate=0.01");
        assert_int_equal(read_text(text), 0);
        assert_int_equal(map.bindings[1].control, control);
    }
    for (int action = 0; action < DESK_ACTIONS; action++) {
        char text[200];
        snprintf(text, sizeof text, "engage tab\n%s space%s\n",
                 desk_action_name((enum desk_action)action),
                 action < DESK_RATES ? " rate=0.1" : "");
        assert_int_equal(read_text(text), 0);
        assert_int_equal(map.bindings[1].action, action);
    }
}

static void a_binding_is_read_as_it_was_printed(void **state)
{
    (void)state;
    char text[200];
    assert_int_equal(read_text("engage a # held\n"
                               "  x pad-left-x rate=-0.1 dead=0.15 with=pad-a hand=left  \r\n"),
                     0);
    struct desk_binding first = map.bindings[1];
    assert_int_equal(first.hand, 0);
    assert_int_equal(first.with, DESK_PAD_A);
    char whole[240];
    desk_binding_print(&first, text, sizeof text);
    snprintf(whole, sizeof whole, "engage a\n%s", text);
    assert_int_equal(read_text(whole), 0);
    assert_memory_equal(&map.bindings[1], &first, sizeof first);
}

static void a_wrong_line_is_named_with_what_would_be_right(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
        const char *why;
    } wrong[] = {
        {"engage a\nx mouse-x rate=1e-4\nengag b\n", 3, "did you mean 'engage'?"},
        {"engage a\nx mouse-xx rate=1e-4\n", 2, "did you mean 'mouse-x'?"},
        {"engage\n", 1, "no control after engage"},
        {"engage mouse-x\n", 1, "needs a button"},
        {"x mouse-x\n", 1, "needs a rate"},
        {"x mouse-x rate=fast\n", 1, "not a number"},
        {"x mouse-x rate=nan\n", 1, "is not from"},
        {"x mouse-x rate=inf\n", 1, "is not from"},
        {"x mouse-x rate=0.06\n", 1, "is not from"}, /* 60 mm for one count */
        {"x left rate=1.5\n", 1, "is not from"},
        {"x pad-left-x rate=0.1 dead=1\n", 1, "is not from"},
        {"x left rate=0.1 dead=0.1\n", 1, "has no meaning"},
        {"swap tab rate=1\n", 1, "has no meaning"},
        {"x left rate=0.1 with=mouse-x\n", 1, "not a button"},
        {"x left rate=0.1 hand=third\n", 1, "left or right"},
        {"engage a\nengage a\n", 2, "twice"},
        {"engage a b c\n", 1, "not understood"},
        {"x left rate=0.1\n", 2, "nothing engages"},
        {"", 1, "nothing engages"},
    };
    assert_int_equal(read_text("engage b\n"), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(read_text(wrong[i].text), wrong[i].line);
        assert_non_null(strstr(why, wrong[i].why));
        assert_int_equal(map.bindings[0].control, DESK_KEY_A + 1); /* as it was */
    }
    assert_int_equal(desk_map_read(&map, "engage a\0\n", 10, why), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_maps_that_are_built_in_are_read),
        cmocka_unit_test(h12_escape_stops_at_both_and_what_stops_at_one_engages_at_neither),
        cmocka_unit_test(h12_a_control_that_stops_does_nothing_else),
        cmocka_unit_test(h12_one_key_alone_stops),
        cmocka_unit_test(
            h12_a_map_without_a_stop_is_told_apart_and_at_the_bedside_without_enable_or_undock),
        cmocka_unit_test(every_word_is_read_back),
        cmocka_unit_test(a_binding_is_read_as_it_was_printed),
        cmocka_unit_test(a_wrong_line_is_named_with_what_would_be_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
