/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders as they come over a pipe, and what the console makes of them. */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "console_orders.h"

enum { KEPT = 8 };

static struct {
    struct orders orders;
    int ends[2];
    char obeyed[KEPT][64];
    size_t count;
    bool too_long;
} pipe_;

static void obey(void *context, char *order)
{
    (void)context;
    assert_true(pipe_.count < KEPT);
    pipe_.too_long = !order;
    snprintf(pipe_.obeyed[pipe_.count++], sizeof pipe_.obeyed[0], "%s", order ? order : "");
}

static int begin(void **state)
{
    (void)state;
    memset(&pipe_, 0, sizeof pipe_);
    return pipe(pipe_.ends);
}

static int end(void **state)
{
    (void)state;
    close(pipe_.ends[0]);
    return 0;
}

static void gives(const char *bytes, size_t len)
{
    assert_int_equal(write(pipe_.ends[1], bytes, len), len);
    assert_true(orders_read(&pipe_.orders, pipe_.ends[0], obey, NULL));
}

static void an_order_in_pieces_is_put_together(void **state)
{
    (void)state;
    gives("recl", 4);
    gives("utch", 4);
    assert_int_equal(pipe_.count, 0);
    gives("\nquit\nline ", 11);
    assert_int_equal(pipe_.count, 2);
    assert_string_equal(pipe_.obeyed[0], "reclutch");
    assert_string_equal(pipe_.obeyed[1], "quit");
    gives("pull 1\n", 7);
    assert_string_equal(pipe_.obeyed[2], "line pull 1");
    close(pipe_.ends[1]);
}

static void what_the_end_cuts_short_is_not_obeyed(void **state)
{
    (void)state;
    gives("line pull 1", 11); /* of `line pull 12`, for all we know */
    close(pipe_.ends[1]);
    assert_false(orders_read(&pipe_.orders, pipe_.ends[0], obey, NULL));
    assert_int_equal(pipe_.count, 0);
}

static void one_too_long_is_said_and_the_next_one_counts(void **state)
{
    (void)state;
    static char bytes[500];
    memset(bytes, 'x', sizeof bytes);
    for (size_t given = 0; given <= ORDERS_BYTES; given += sizeof bytes)
        gives(bytes, sizeof bytes);
    gives("\n", 1);
    assert_int_equal(pipe_.count, 1);
    assert_true(pipe_.too_long);
    gives("quit\n", 5);
    assert_string_equal(pipe_.obeyed[1], "quit");
    close(pipe_.ends[1]);
}

static void control_characters_do_not_pass(void **state)
{
    (void)state;
    gives("reclutch\0\n\033[2J\177\n", 16);
    assert_string_equal(pipe_.obeyed[0], "reclutch?");
    assert_string_equal(pipe_.obeyed[1], "?[2J?");
    close(pipe_.ends[1]);
}

static struct console_order read_order(const char *text)
{
    static char spoilt[256];
    struct console_order order;
    snprintf(spoilt, sizeof spoilt, "%s", text);
    console_order_read(&order, spoilt);
    return order;
}

static void h03_only_the_very_word_lets_the_arm_move(void **state)
{
    (void)state;
    static const char *const others[] = {"no reclutch",  "reclutch no",  "reclutch?",
                                         "reclutchh",    "Reclutch",     "don't reclutch",
                                         "quitreclutch", "line reclutch"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(read_order(others[i]).kind, CONSOLE_ORDER_WRONG);
    assert_int_equal(read_order("reclutch").kind, CONSOLE_ORDER_RECLUTCH);
    assert_int_equal(read_order("  reclutch \r").kind, CONSOLE_ORDER_RECLUTCH);
}

static void lines_are_named_as_people_do(void **state)
{
    (void)state;
    struct console_order order = read_order("line add 192.0.2.1:4433,from=10.0.0.2");
    assert_int_equal(order.kind, CONSOLE_ORDER_LINE_ADD);
    assert_string_equal(order.line, "192.0.2.1:4433,from=10.0.0.2");
    order = read_order("line  pull 2");
    assert_int_equal(order.kind, CONSOLE_ORDER_LINE_PULL);
    assert_int_equal(order.index, 1);
    assert_int_equal(read_order("quit").kind, CONSOLE_ORDER_QUIT);
    assert_int_equal(read_order("talk on").kind, CONSOLE_ORDER_TALK);
    assert_true(read_order("talk on").talk);
    assert_int_equal(read_order("talk off").kind, CONSOLE_ORDER_TALK);
    assert_false(read_order("talk off").talk);
    assert_int_equal(read_order(" \t").kind, CONSOLE_ORDER_NONE);
}

static void people_order_the_cart_by_the_very_words(void **state)
{
    (void)state;
    struct console_order order = read_order("give Casablanca, theatre 2");
    assert_int_equal(order.kind, CONSOLE_ORDER_GIVE);
    assert_string_equal(order.name, "Casablanca, theatre 2");
    order = read_order("undock");
    assert_int_equal(order.kind, CONSOLE_ORDER_CART);
    assert_int_equal(order.cart, ORDER_UNDOCK);
    assert_int_equal(read_order("dock").cart, ORDER_DOCK);
    assert_int_equal(read_order("enable").cart, ORDER_ENABLE);
    assert_int_equal(read_order("take").cart, ORDER_REQUEST);
    assert_true(read_order("estop on").estop);
    assert_int_equal(read_order("estop off").kind, CONSOLE_ORDER_ESTOP);
    assert_false(read_order("estop off").estop);
    assert_int_equal(read_order("enable please").kind, CONSOLE_ORDER_WRONG);
}

static void a_wrong_order_is_answered_with_a_right_one(void **state)
{
    (void)state;
    static const struct {
        const char *order, *says;
    } cases[] = {{"reclutc", "did you mean 'reclutch'?"},
                 {"qit", "did you mean 'quit'?"},
                 {"please", "did you mean 'release'?"},
                 {"what", "there is 'reclutch', 'line', 'talk', 'take'"},
                 {"giv", "did you mean 'give'?"},
                 {"give", "to whom?"},
                 {"estop", "on"},
                 {"undock now", "more words"},
                 {"line", "line add ADDR:PORT, or line pull N"},
                 {"line ad 192.0.2.1:4433", "did you mean 'add'?"},
                 {"line add", "line add ADDR:PORT"},
                 {"line add a:1 b:1", "more words"},
                 {"line pull", "numbered from 1"},
                 {"line pull 0", "numbered from 1"},
                 {"line pull 1x", "numbered from 1"},
                 {"line pull 12", "numbered from 1"},
                 {"quit now", "more words"},
                 {"talk", "on"},
                 {"talk onn", "did you mean 'on'?"},
                 {"talk on off", "more words"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct console_order order = read_order(cases[i].order);
        assert_int_equal(order.kind, CONSOLE_ORDER_WRONG);
        if (!strstr(order.wrong, cases[i].says))
            fail_msg("'%s': %s", cases[i].order, order.wrong);
    }
    struct console_order order;
    console_order_read(&order, NULL);
    assert_string_equal(order.wrong, "too long");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_order_in_pieces_is_put_together, begin, end),
        cmocka_unit_test_setup_teardown(what_the_end_cuts_short_is_not_obeyed, begin, end),
        cmocka_unit_test_setup_teardown(one_too_long_is_said_and_the_next_one_counts, begin, end),
        cmocka_unit_test_setup_teardown(control_characters_do_not_pass, begin, end),
        cmocka_unit_test(h03_only_the_very_word_lets_the_arm_move),
        cmocka_unit_test(lines_are_named_as_people_do),
        cmocka_unit_test(people_order_the_cart_by_the_very_words),
        cmocka_unit_test(a_wrong_order_is_answered_with_a_right_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
