/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures through Gilbert-Elliott weather in virtual time, and what that costs. Prints a table. */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "base/spread.h"
#include "link/frame_rx.h"
#include "link/frame_tx.h"

#define MS UINT64_C(1000000)
#define SECOND (1000 * MS)

enum { LINES = 2, FLIGHT_MAX = 4096 };

static const double LOSS = 0.05, BURST = 4; /* of each line: share of packets, mean run */
static const uint64_t DELAY = 60 * MS;

struct flight { /* a body under way */
    uint64_t arrives_ns;
    size_t len;
    bool is_repair;
    uint8_t body[FRAME_BODY_MAX];
};

struct line {
    bool bad;
    struct random random;
    unsigned head, tail; /* one delay for all: first in, first out */
    struct flight flights[FLIGHT_MAX];
};

struct run {
    unsigned per_s;      /* pictures */
    unsigned bits_per_s; /* of pictures */
    bool states;         /* two other packets a millisecond on each line */
    unsigned lines;
    uint64_t cut_ns,
        mended_ns; /* the last line is dead between these; the sender learns 200 ms later */
    unsigned seconds;
    uint64_t seed;
};

struct figures {
    uint64_t frames, whole, repaired, lost, lost_to_cut;
    uint64_t bytes, wire_bytes;
    uint64_t within;    /* complete an interval and the line's delay after the push */
    struct spread took; /* from push to complete, less the line's own delay */
};

static struct frame_tx tx;
static struct frame_rx rx;
static struct line lines[LINES];
static struct figures figures;
static uint8_t picture[FRAME_BYTES_MAX];
static uint64_t pushed_ns[1 << 16];

/* Steps the chain by one packet; true: it is lost. */
static bool is_lost(struct line *line)
{
    double to_good = 1 / BURST, to_bad = to_good * LOSS / (1 - LOSS);
    line->bad = random_chance(&line->random, line->bad ? 1 - to_good : to_bad);
    return line->bad;
}

static bool is_cut(const struct run *run, unsigned line, uint64_t now_ns, uint64_t learnt_ns)
{
    return run->lines > 1 && line == run->lines - 1 && now_ns >= run->cut_ns + learnt_ns &&
           now_ns < run->mended_ns + learnt_ns;
}

static size_t picture_bytes(const struct run *run, struct random *random)
{
    double mean = run->bits_per_s / 8.0 / run->per_s;
    return (size_t)(mean * (0.9 + 0.2 * random_unit(random))); /* intra refresh: nearly even */
}

static void fill_picture(uint8_t *bytes, size_t len, uint32_t frame)
{
    for (size_t i = 0; i < len; i += 4)
        memcpy(bytes + i, &(uint32_t){(uint32_t)i * 2654435761U ^ frame}, 4);
}

static void push(const struct run *run, struct random *random, uint64_t now_ns)
{
    struct frame_line facts[FRAME_LINES_MAX] = {0};
    size_t len = picture_bytes(run, random);
    uint32_t frame;

    for (unsigned i = 0; i < run->lines; i++)
        facts[i] = (struct frame_line){.present = true,
                                       .alive = !is_cut(run, i, now_ns, 200 * MS),
                                       .loss = LOSS,
                                       .burst = BURST,
                                       .others_per_s = run->states ? 2000 : 0,
                                       .delay_ns = DELAY,
                                       .rate_bps = 40000000,
                                       .body_bytes_max = FRAME_BODY_MAX};
    fill_picture(picture, len, tx.next_frame);
    assert_int_equal(frame_tx_push(&tx, facts, picture, len, now_ns, 7, now_ns, &frame), FRAME_OK);
    pushed_ns[frame % (1 << 16)] = now_ns;
    figures.frames++;
    figures.bytes += len;
}

static void send_due(const struct run *run, uint64_t now_ns)
{
    for (unsigned i = 0; i < run->lines; i++) {
        struct line *line = &lines[i];
        struct flight *flight = &line->flights[line->tail % FLIGHT_MAX];
        while ((flight->len = frame_tx_next(&tx, i, FRAME_BODY_MAX, flight->body,
                                            &flight->is_repair, now_ns)) > 0) {
            figures.wire_bytes += flight->len + FRAME_LINK_BYTES;
            flight->arrives_ns = now_ns + DELAY;
            if (!is_lost(line) && !is_cut(run, i, now_ns, 0))
                line->tail++;
            flight = &line->flights[line->tail % FLIGHT_MAX];
        }
    }
}

static void settle(const struct run *run, uint64_t now_ns)
{
    struct frame_event event;
    uint64_t interval_ns = SECOND / run->per_s;

    while (frame_rx_next(&rx, &event, now_ns)) {
        uint64_t sent_ns = pushed_ns[event.frame % (1 << 16)];
        figures.whole += event.outcome == FRAME_WHOLE;
        figures.repaired += event.outcome == FRAME_REPAIRED;
        figures.lost += event.outcome == FRAME_LOST;
        if (event.outcome == FRAME_LOST) {
            figures.lost_to_cut += is_cut(run, run->lines - 1, sent_ns, 0);
            continue;
        }
        fill_picture(picture, event.len, event.frame);
        assert_memory_equal(picture, event.bytes, event.len);
        spread_add(&figures.took, (int64_t)(event.complete_ns - sent_ns - DELAY));
        figures.within += event.complete_ns <= sent_ns + DELAY + interval_ns + MS / 4;
    }
}

static void receive(const struct run *run, uint64_t now_ns)
{
    for (unsigned i = 0; i < run->lines; i++) {
        struct line *line = &lines[i];
        for (; line->head != line->tail; line->head++) {
            struct flight *flight = &line->flights[line->head % FLIGHT_MAX];
            if (flight->arrives_ns > now_ns)
                break;
            enum frame_err err = flight->is_repair
                                     ? frame_rx_repair(&rx, flight->body, flight->len, now_ns)
                                     : frame_rx_shard(&rx, flight->body, flight->len, now_ns);
            assert_true(err == FRAME_OK || err == FRAME_ERR_DUPLICATE || err == FRAME_ERR_STALE);
            settle(run, now_ns);
        }
    }
    settle(run, now_ns);
}

static void simulate(const struct run *run)
{
    struct random random;
    uint64_t interval_ns = SECOND / run->per_s, next_ns = 0;
    uint64_t budget_ns = 4 * interval_ns < 100 * MS ? 100 * MS : 4 * interval_ns; /* link/link.h */

    random_seed(&random, run->seed);
    memset(lines, 0, sizeof lines);
    memset(&figures, 0, sizeof figures);
    for (unsigned i = 0; i < LINES; i++)
        random_seed(&lines[i].random, run->seed * 100 + i);
    frame_tx_init(&tx, 0, interval_ns, budget_ns);
    frame_rx_init(&rx, 0, interval_ns, budget_ns);
    for (uint64_t now_ns = 0; now_ns < run->seconds * SECOND; now_ns += MS / 4) {
        if (now_ns >= next_ns) {
            push(run, &random, now_ns);
            next_ns += interval_ns;
        }
        if (run->states && now_ns % (MS / 2) == 0)
            for (unsigned i = 0; i < run->lines; i++)
                (void)is_lost(&lines[i]);
        send_due(run, now_ns);
        receive(run, now_ns);
    }
}

static void report(const struct run *run)
{
    double settled = (double)(figures.whole + figures.repaired + figures.lost);
    double interval_ns = 1e9 / run->per_s;

    print_message("# %u line%s %s %2up %u Mbit/s: whole %.2f %% repaired %.2f %% lost %.3f %% "
                  "(%d in the cut), bytes +%.1f %%, took p50 %.2f p99 %.2f max %.2f intervals, "
                  "within one %.3f %%; a picture's shards %.2f, repairs %.2f\n",
                  run->lines, run->lines > 1 ? "s" : " ", run->states ? "states" : "alone ",
                  run->per_s, run->bits_per_s / 1000000, 100 * (double)figures.whole / settled,
                  100 * (double)figures.repaired / settled, 100 * (double)figures.lost / settled,
                  (int)figures.lost_to_cut,
                  100 * ((double)figures.wire_bytes / (double)figures.bytes - 1),
                  (double)spread_at(&figures.took, 0.5) / interval_ns,
                  (double)spread_at(&figures.took, 0.99) / interval_ns,
                  (double)figures.took.most / interval_ns, 100 * (double)figures.within / settled,
                  (double)tx.stats.shards / (double)tx.stats.frames,
                  (double)tx.stats.repairs / (double)tx.stats.frames);
}

static const unsigned RATES[][2] = {{25, 4000000}, {25, 8000000}, {60, 4000000}, {60, 8000000}};

static double lost_percent(void)
{
    return 100 * (double)figures.lost / (double)(figures.whole + figures.repaired + figures.lost);
}

static double more_percent(void)
{
    return 100 * ((double)figures.wire_bytes / (double)figures.bytes - 1);
}

static double within_percent(void)
{
    return 100 * (double)figures.within / (double)(figures.whole + figures.repaired + figures.lost);
}

static void on_one_line(unsigned rate, bool states, double lost_percent_max,
                        double within_percent_least)
{
    struct run run = {.per_s = RATES[rate][0],
                      .bits_per_s = RATES[rate][1],
                      .states = states,
                      .lines = 1,
                      .seconds = 100,
                      .seed = 1 + rate};
    simulate(&run);
    report(&run);
    assert_true(lost_percent() <= lost_percent_max);
    assert_true(more_percent() <= 35);
    assert_true(within_percent() >= within_percent_least);
}

/* Within an interval: at most 1.5 % less than what tests/bench/burst_bound.py says any code can do
 * with these shards and repairs. */
static void one_line_loses_less_than_one_in_200(void **state)
{
    (void)state;
    on_one_line(0, true, 0.5, 97.7);
    on_one_line(1, true, 0.5, 98.0);
    on_one_line(2, true, 0.5, 94.3);
    on_one_line(3, true, 0.5, 95.0);
}

/* With nothing between the shards a burst takes more of them. One in 200 is met at 8 Mbit/s and 25 a
 * second only, and 25 a second at 4 Mbit/s are 2.9 % below that bound: these are what is reached. */
static void one_line_alone_loses_no_more_than_it_did(void **state)
{
    (void)state;
    on_one_line(0, false, 0.7, 90.4);
    on_one_line(1, false, 0.5, 94.3);
    on_one_line(2, false, 2.1, 90.3);
    on_one_line(3, false, 2.1, 90.3);
}

static void two_lines_keep_nearly_all_and_a_cut_costs_none(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct run run = {.per_s = RATES[i][0],
                          .bits_per_s = RATES[i][1],
                          .states = true,
                          .lines = 2,
                          .cut_ns = 10 * SECOND + 13 * MS,
                          .mended_ns = 20 * SECOND + 13 * MS,
                          .seconds = 60,
                          .seed = 11 + i};
        simulate(&run);
        report(&run);
        assert_true(lost_percent() <= 0.1);
        assert_int_equal(figures.lost_to_cut, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_line_loses_less_than_one_in_200),
        cmocka_unit_test(one_line_alone_loses_no_more_than_it_did),
        cmocka_unit_test(two_lines_keep_nearly_all_and_a_cut_costs_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
