/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A benchmark that counts wrongly would flatter somebody. */
#include "bench/board.h"

#include "unit/cmocka_base.h"

enum { PARTS = 3, BYTES = 100, SAMPLED_NS = 1000 };

static struct board *new_board(void)
{
    return board_new(
        &(struct board_load){.per_second = 25, .count = 4, .parts = PARTS, .message_bytes = BYTES});
}

static void arrive(struct board *board, int64_t index, size_t part, uint64_t now_ns)
{
    uint8_t message[BYTES];

    board_write_message(board, index, part, SAMPLED_NS, message);
    board_take_message(board, message, sizeof message, now_ns);
}

static void a_picture_is_as_old_as_its_last_part(void **state)
{
    (void)state;
    struct board *board = new_board();

    arrive(board, 1, 2, SAMPLED_NS + 50);
    arrive(board, 1, 0, SAMPLED_NS + 80);
    assert_int_equal(board_picture_age(board, 1), 0);
    arrive(board, 1, 1, SAMPLED_NS + 60);
    assert_int_equal(board_picture_age(board, 1), 80);
    assert_int_equal(board_picture_age(board, 2), 0);
}

static void only_the_first_copy_counts(void **state)
{
    (void)state;
    struct board *board = new_board();

    for (size_t part = 0; part < PARTS; part++)
        arrive(board, 0, part, SAMPLED_NS + 10);
    arrive(board, 0, 1, SAMPLED_NS + 99);
    assert_int_equal(board_picture_age(board, 0), 10);
    assert_int_equal(board->copies, 1);
}

static void warming_up_leaves_no_mark(void **state)
{
    (void)state;
    struct board *board = new_board();

    arrive(board, -1, 0, SAMPLED_NS + 10);
    for (size_t i = 0; i < 4 * PARTS; i++)
        assert_int_equal(board->age_ns[i], 0);
    assert_int_equal(board->strange, 0);
}

static void what_is_no_message_of_this_run_is_counted_as_strange(void **state)
{
    (void)state;
    struct board *board = new_board();
    uint8_t message[BYTES];

    board_write_message(board, 4, 0, SAMPLED_NS, message); /* one past the last picture */
    board_take_message(board, message, BYTES, SAMPLED_NS + 1);
    board_write_message(board, 0, PARTS, SAMPLED_NS, message);
    board_take_message(board, message, BYTES, SAMPLED_NS + 1);
    board_write_message(board, 0, 0, SAMPLED_NS, message);
    board_take_message(board, message, BYTES - 1, SAMPLED_NS + 1);
    assert_int_equal(board->strange, 3);
    assert_int_equal(board_picture_age(board, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_is_as_old_as_its_last_part),
        cmocka_unit_test(only_the_first_copy_counts),
        cmocka_unit_test(warming_up_leaves_no_mark),
        cmocka_unit_test(what_is_no_message_of_this_run_is_counted_as_strange),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
