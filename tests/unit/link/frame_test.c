/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frame channel, part by part. */
#include "unit/cmocka_base.h"

#include <stdalign.h>
#include <string.h>

#include "base/random.h"
#include "link/frame_rx.h"
#include "link/frame_tx.h"

#define MS UINT64_C(1000000)

enum { FRAME_LEN = 20000, BODIES_MAX = 1024 };

struct body {
    size_t len;
    bool is_repair;
    uint8_t bytes[FRAME_BODY_MAX];
};

static struct frame_tx tx;
static struct frame_rx rx;
static struct body bodies[BODIES_MAX];
static uint8_t picture[FRAME_BYTES_MAX];
static struct random random_source;

static void start(uint64_t budget_ns)
{
    random_seed(&random_source, 3);
    for (size_t i = 0; i < sizeof picture; i++)
        picture[i] = (uint8_t)random_u64(&random_source);
    frame_tx_init(&tx, 0, 40 * MS, budget_ns);
    frame_rx_init(&rx, 0, 40 * MS, budget_ns);
}

static struct frame_line line_with(double loss, double burst)
{
    return (struct frame_line){.present = true,
                               .alive = true,
                               .loss = loss,
                               .burst = burst,
                               .delay_ns = 18 * MS,
                               .rate_bps = 100000000,
                               .body_bytes_max = FRAME_BODY_MAX};
}

static void push(const struct frame_line lines[], size_t len, uint64_t now_ns)
{
    assert_int_equal(frame_tx_push(&tx, lines, picture, len, now_ns + 5, 77, now_ns, NULL),
                     FRAME_OK);
}

/* All that is due on a line by `now_ns`. */
static unsigned collect(unsigned line, uint64_t now_ns)
{
    unsigned count = 0;
    struct body *body = bodies;
    while ((body->len = frame_tx_next(&tx, line, FRAME_BODY_MAX, body->bytes, &body->is_repair,
                                      now_ns)) > 0) {
        assert_in_range(count, 0, BODIES_MAX - 2);
        body = &bodies[++count];
    }
    return count;
}

static enum frame_err feed(const struct body *body, uint64_t now_ns)
{
    return body->is_repair ? frame_rx_repair(&rx, body->bytes, body->len, now_ns)
                           : frame_rx_shard(&rx, body->bytes, body->len, now_ns);
}

static void expect(enum frame_outcome outcome, size_t len, uint64_t now_ns)
{
    struct frame_event event;
    assert_true(frame_rx_next(&rx, &event, now_ns));
    assert_int_equal(event.outcome, outcome);
    if (outcome == FRAME_LOST)
        return;
    assert_int_equal(event.len, len);
    assert_memory_equal(event.bytes, picture, len);
    assert_int_equal(event.tag, 77);
}

static void expect_nothing(uint64_t now_ns)
{
    struct frame_event event;
    assert_false(frame_rx_next(&rx, &event, now_ns));
}

static void a_frame_of_any_size_comes_out_as_it_went_in(void **state)
{
    (void)state;
    const size_t sizes[] = {1,    2,     1149,   1150,   1151,           1154,
                            1155, 20000, 131072, 200001, FRAME_BYTES_MAX};
    struct frame_line lines[FRAME_LINES_MAX] = {line_with(0, 1)};
    start(80 * MS);
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t now_ns = i * 40 * MS;
        push(lines, sizes[i], now_ns);
        unsigned count = collect(0, now_ns + 39 * MS);
        for (unsigned j = 0; j < count; j++)
            (void)feed(&bodies[j], now_ns);
        expect(FRAME_WHOLE, sizes[i], now_ns);
        expect_nothing(now_ns);
    }
    assert_int_equal(rx.stats.refused, 0);
}

static void a_frame_that_cannot_be_is_refused(void **state)
{
    (void)state;
    struct frame_line lines[FRAME_LINES_MAX] = {line_with(0, 1)};
    start(80 * MS);
    assert_int_equal(frame_tx_push(&tx, lines, picture, 0, 0, 0, 0, NULL), FRAME_ERR_LENGTH);
    assert_int_equal(frame_tx_push(&tx, lines, picture, FRAME_BYTES_MAX + 1, 0, 0, 0, NULL),
                     FRAME_ERR_LENGTH);
    lines[0].body_bytes_max = FRAME_BODY_LEAST;
    assert_int_equal(frame_tx_push(&tx, lines, picture, FRAME_BYTES_MAX, 0, 0, 0, NULL),
                     FRAME_ERR_LENGTH);
    assert_int_equal(tx.next_frame, 0);
}

static void what_no_longer_fits_a_line_is_dropped_and_asks_for_nothing(void **state)
{
    (void)state;
    struct frame_line lines[FRAME_LINES_MAX] = {line_with(0, 0)};
    uint8_t body[FRAME_BODY_MAX];
    bool is_repair;
    frame_tx_init(&tx, 0, 40 * MS, 120 * MS);
    assert_int_equal(frame_tx_push(&tx, lines, picture, 20000, 0, 0, 0, NULL), FRAME_OK);
    assert_true(frame_tx_deadline(&tx, 0) < 40 * MS);
    /* The line has shrunk meanwhile. */
    assert_int_equal(frame_tx_next(&tx, 0, FRAME_BODY_LEAST, body, &is_repair, 40 * MS), 0);
    assert_true(frame_tx_deadline(&tx, 0) > 40 * MS);
}

/* How many repairs there are, and of these copies of others, over `count` bodies of each of two lines. */
struct sums {
    unsigned repairs, copies;
    bool seen[FRAME_PARTS_MAX][REPAIR_ROWS];
    uint32_t bases[FRAME_PARTS_MAX];
    unsigned windows;
};

static void add_sums(struct sums *sums, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct frame_repair repair;
        if (!bodies[i].is_repair)
            continue;
        assert_int_equal(frame_repair_read(&repair, bodies[i].bytes, bodies[i].len), FRAME_OK);
        unsigned window = 0;
        while (window < sums->windows && sums->bases[window] != repair.base)
            window++;
        assert_true(window < FRAME_PARTS_MAX);
        if (window == sums->windows)
            sums->bases[sums->windows++] = repair.base;
        sums->copies += sums->seen[window][repair.row];
        sums->seen[window][repair.row] = true;
        sums->repairs++;
    }
}

static void lines_carry_different_repairs_of_large_frames(void **state)
{
    (void)state;
    struct frame_line lines[FRAME_LINES_MAX] = {line_with(0.05, 4), line_with(0.05, 4)};
    static const size_t sizes[] = {150000, 180000, 200001};
    start(120 * MS);
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct sums both = {0};
        uint64_t now_ns = i * 40 * MS;
        push(lines, sizes[i], now_ns);
        for (unsigned line = 0; line < 2; line++) {
            struct sums one = {0};
            unsigned count = collect(line, now_ns + 39 * MS);
            add_sums(&one, count);
            add_sums(&both, count);
            assert_true(one.repairs > 64);
            assert_int_equal(one.copies, 0);
        }
        print_message("# %zu bytes: %u repairs of %u windows, %u copies\n", sizes[i], both.repairs,
                      both.windows, both.copies);
        unsigned rows = both.windows * REPAIR_ROWS;
        assert_true(both.copies <= (both.repairs > rows ? both.repairs - rows : 0) + 4);
    }
}

static void either_of_two_lines_alone_delivers_any_frame(void **state)
{
    (void)state;
    const size_t sizes[] = {3000, 20000, 40000, 150000, FRAME_BYTES_MAX};
    struct frame_line lines[FRAME_LINES_MAX] = {line_with(0.05, 4), line_with(0.05, 4)};
    for (unsigned alive = 0; alive < 2; alive++)
        for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            start(80 * MS);
            push(lines, sizes[i], 0);
            unsigned count = collect(alive, 39 * MS);
            for (unsigned j = 0; j < count; j++)
                (void)feed(&bodies[j], 0);
            expect(FRAME_REPAIRED, sizes[i], 0);
        }
}

static void the_next_frames_repairs_heal_this_one(void **state)
{
    (void)state;
    struct frame_line lines[FRAME_LINES_MAX] = {line_with(0.05, 4)};
    start(80 * MS);
    push(lines, FRAME_LEN, 0);
    unsigned count = collect(0, 39 * MS);
    unsigned repairs = (unsigned)tx.stats.repairs;
    assert_in_range(repairs, 3, 6);
    for (unsigned i = repairs; i < count - repairs;
         i++) /* no repair, and as many shards, are lost */
        assert_int_equal(feed(&bodies[i], 20 * MS), FRAME_OK);
    expect_nothing(20 * MS);
    push(lines, FRAME_LEN, 40 * MS);
    count = collect(0, 79 * MS);
    for (unsigned i = 0; i < count; i++)
        (void)feed(&bodies[i], 60 * MS);
    expect(FRAME_REPAIRED, FRAME_LEN, 60 * MS);
    expect(FRAME_WHOLE, FRAME_LEN, 60 * MS);
}

static void a_receiver_repairs_wherever_its_memory_stands(void **state)
{
    (void)state;
    enum { WIDEST = 64 }; /* what any processor loads at once */
    static alignas(WIDEST) uint8_t memory[sizeof(struct frame_rx) + WIDEST];
    struct frame_line lines[FRAME_LINES_MAX] = {line_with(0.05, 4), line_with(0.05, 4)};
    for (size_t offset = 0; offset < WIDEST; offset += alignof(struct frame_rx)) {
        struct frame_rx *here = (void *)(memory + offset);
        struct frame_event event;
        start(80 * MS);
        frame_rx_init(here, 0, 40 * MS, 80 * MS);
        push(lines, FRAME_LEN, 0);
        unsigned count = collect(1, 39 * MS);
        for (unsigned i = 0; i < count; i++)
            if (bodies[i].is_repair)
                (void)frame_rx_repair(here, bodies[i].bytes, bodies[i].len, 0);
            else
                (void)frame_rx_shard(here, bodies[i].bytes, bodies[i].len, 0);
        assert_true(frame_rx_next(here, &event, 0));
        assert_int_equal(event.outcome, FRAME_REPAIRED);
        assert_memory_equal(event.bytes, picture, FRAME_LEN);
    }
}

static void a_frame_past_its_budget_is_lost_and_the_next_goes_on(void **state)
{
    (void)state;
    struct frame_line lines[FRAME_LINES_MAX] = {line_with(0, 1)};
    start(80 * MS);
    push(lines, FRAME_LEN, 0);
    (void)collect(0, 39 * MS);
    assert_int_equal(feed(&bodies[3], 20 * MS), FRAME_OK); /* all else is lost */
    push(lines, FRAME_LEN, 40 * MS);
    unsigned count = collect(0, 79 * MS);
    for (unsigned i = 0; i < count; i++)
        (void)feed(&bodies[i], 60 * MS);
    expect_nothing(99 * MS);
    assert_true(frame_rx_deadline(&rx, 200 * MS) == 100 * MS);
    expect(FRAME_LOST, 0, 100 * MS);
    expect(FRAME_WHOLE, FRAME_LEN, 100 * MS);
}

static void a_receiver_that_learns_the_interval_waits_by_its_budget(void **state)
{
    (void)state;
    struct frame_line lines[FRAME_LINES_MAX] = {line_with(0, 1)};
    start(160 * MS);
    push(lines, FRAME_LEN, 0);
    (void)collect(0, 39 * MS);
    assert_int_equal(feed(&bodies[3], 20 * MS), FRAME_OK); /* all else is lost */
    frame_rx_expect(&rx, 16 * MS, 90 * MS);
    expect_nothing(109 * MS);
    assert_true(frame_rx_deadline(&rx, 200 * MS) == 110 * MS);
    expect(FRAME_LOST, 0, 110 * MS);
}

static void what_is_missing_is_sent_again_where_it_can_be_in_time(void **state)
{
    (void)state;
    struct frame_line lines[FRAME_LINES_MAX] = {line_with(0, 1)};
    uint8_t status[FRAME_STATUS_MAX];
    start(120 * MS);
    push(lines, FRAME_LEN, 0);
    unsigned count = collect(0, 39 * MS);
    for (unsigned i = 3; i < count; i++)
        (void)feed(&bodies[i], 20 * MS);
    assert_int_equal(frame_rx_status(&rx, 200 * MS, status, 30 * MS), 0); /* too far for it */
    size_t len = frame_rx_status(&rx, 36 * MS, status, 30 * MS);
    assert_int_equal(len, 2 + 5);
    assert_int_equal(frame_rx_status(&rx, 36 * MS, status, 31 * MS), 0); /* asked already */
    assert_int_equal(frame_tx_status(&tx, status, len, 36 * MS, 119 * MS), FRAME_OK);
    assert_int_equal(collect(0, 119 * MS), 0);
    assert_int_equal(frame_tx_status(&tx, status, len, 36 * MS, 48 * MS), FRAME_OK);
    count = collect(0, 48 * MS);
    assert_int_equal(count, 3);
    for (unsigned i = 0; i < count; i++)
        (void)feed(&bodies[i], 66 * MS);
    expect(FRAME_REPAIRED, FRAME_LEN, 66 * MS);
}

static void a_silence_of_many_frames_is_reported_frame_by_frame(void **state)
{
    (void)state;
    struct frame_line lines[FRAME_LINES_MAX] = {line_with(0, 1)};
    start(80 * MS);
    for (unsigned i = 0; i <= 200; i++) {
        push(lines, FRAME_LEN, i * 40 * MS);
        unsigned count = collect(0, i * 40 * MS + 39 * MS);
        for (unsigned j = 0; i == 200 && j < count; j++)
            (void)feed(&bodies[j], 8040 * MS);
    }
    for (unsigned i = 0; i < 200; i++)
        expect(FRAME_LOST, 0, 8200 * MS);
    expect(FRAME_WHOLE, FRAME_LEN, 8200 * MS);
    expect_nothing(8200 * MS);
}

static void contradictory_bodies_are_refused_and_change_nothing(void **state)
{
    (void)state;
    struct frame_line lines[FRAME_LINES_MAX] = {line_with(0, 1)};
    start(80 * MS);
    push(lines, FRAME_LEN, 0);
    unsigned count = collect(0, 39 * MS);
    assert_int_equal(feed(&bodies[0], 0), FRAME_OK);
    assert_int_equal(feed(&bodies[0], 0), FRAME_ERR_DUPLICATE);
    for (unsigned at = FRAME_SHARD_BYTES; at < FRAME_SHARD_BYTES + FRAME_MARK_BYTES; at++) {
        struct body spoilt = bodies[1];
        spoilt.bytes[at] ^= 0x15;
        assert_int_not_equal(feed(&spoilt, 0), FRAME_OK);
    }
    struct body strange = bodies[1];
    strange.bytes[0] = 1; /* another channel */
    assert_int_equal(feed(&strange, 0), FRAME_ERR_VALUE);
    strange = bodies[1];
    strange.len--; /* not as long as its neighbours */
    assert_int_equal(feed(&strange, 0), FRAME_ERR_INCONSISTENT);
    for (unsigned i = 1; i < count; i++)
        (void)feed(&bodies[i], 0);
    expect(FRAME_WHOLE, FRAME_LEN, 0);
}

static void a_spoilt_payload_never_becomes_a_picture(void **state)
{
    (void)state;
    struct frame_line lines[FRAME_LINES_MAX] = {line_with(0, 1)};
    start(80 * MS);
    push(lines, FRAME_LEN, 0);
    unsigned count = collect(0, 39 * MS);
    bodies[4].bytes[500] ^= 1;
    for (unsigned i = 0; i < count; i++)
        (void)feed(&bodies[i], 0);
    expect(FRAME_LOST, 0, 0);
    assert_int_equal(rx.stats.corrupt, 1);
}

static void memory_is_within_its_limits(void **state)
{
    (void)state;
    assert_in_range(sizeof tx, 0, 1200 * 1024);
    assert_in_range(sizeof rx, 0, 1500 * 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_of_any_size_comes_out_as_it_went_in),
        cmocka_unit_test(a_frame_that_cannot_be_is_refused),
        cmocka_unit_test(what_no_longer_fits_a_line_is_dropped_and_asks_for_nothing),
        cmocka_unit_test(lines_carry_different_repairs_of_large_frames),
        cmocka_unit_test(either_of_two_lines_alone_delivers_any_frame),
        cmocka_unit_test(the_next_frames_repairs_heal_this_one),
        cmocka_unit_test(a_receiver_repairs_wherever_its_memory_stands),
        cmocka_unit_test(a_frame_past_its_budget_is_lost_and_the_next_goes_on),
        cmocka_unit_test(a_receiver_that_learns_the_interval_waits_by_its_budget),
        cmocka_unit_test(what_is_missing_is_sent_again_where_it_can_be_in_time),
        cmocka_unit_test(a_silence_of_many_frames_is_reported_frame_by_frame),
        cmocka_unit_test(contradictory_bodies_are_refused_and_change_nothing),
        cmocka_unit_test(a_spoilt_payload_never_becomes_a_picture),
        cmocka_unit_test(memory_is_within_its_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
