/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/ends.h"

#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "clock/clock.h"

enum { NS_PER_S = 1000000000, SLICE_NS = 10000000 };

static struct board *board_of_process;

static void take_arrival(const void *bytes, size_t len)
{
    board_take_message(board_of_process, bytes, len, clock_monotonic_ns());
}

/* Dies with the parent, and runs before everything else but the lines. */
static void become_an_end(struct bench_setup *setup, struct board *board)
{
    struct sched_param priority = {.sched_priority = ENDS_PRIORITY};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_TIMERSLACK, 1UL);
    if (sched_setscheduler(0, SCHED_FIFO, &priority))
        warn("no real-time priority");
    board_of_process = board;
    setup->arrived = take_arrival;
}

static void fail(const struct bench_peer *peer, const char *which)
{
    warnx("%s: could not open the %s", peer->name, which);
    _exit(ENDS_FAILED);
}

void ends_receive(const struct bench_peer *peer, const struct bench_setup *setup,
                  struct board *board)
{
    static struct bench_setup ours; /* outlives the end */
    void *end;

    ours = *setup;
    become_an_end(&ours, board);
    end = peer->open_receiver(&ours);
    if (!end)
        fail(peer, "receiver");
    board->listening = true;
    while (!board->finished)
        peer->service(end, clock_monotonic_ns() + SLICE_NS);
    _exit(0);
}

static void send_picture(const struct bench_peer *peer, void *end, const struct board *board,
                         int64_t index, uint8_t *message)
{
    uint64_t sampled_ns = clock_monotonic_ns();

    for (size_t part = 0; part < board->load.parts; part++) {
        board_write_message(board, index, part, sampled_ns, message);
        peer->send(end, message, board->load.message_bytes);
    }
}

void ends_send(const struct bench_peer *peer, const struct bench_setup *setup, struct board *board)
{
    static struct bench_setup ours;
    double period_ns = NS_PER_S / board->load.per_second;
    int64_t warm_up = (int64_t)(ENDS_WARM_UP_S * board->load.per_second);
    uint8_t *message = malloc(board->load.message_bytes);
    uint64_t start_ns;
    void *end;

    ours = *setup;
    become_an_end(&ours, board);
    while (!board->listening)
        clock_sleep_until(clock_monotonic_ns() + SLICE_NS);
    end = peer->open_sender(&ours);
    if (!end || !message)
        fail(peer, "sender");

    start_ns = clock_monotonic_ns() + (uint64_t)ENDS_WARM_UP_S * NS_PER_S;
    board->start_ns = start_ns;
    for (int64_t index = -warm_up; index < (int64_t)board->load.count; index++) {
        peer->service(end, start_ns + (uint64_t)(int64_t)((double)index * period_ns));
        send_picture(peer, end, board, index, message);
    }
    peer->service(end, clock_monotonic_ns() + (uint64_t)ENDS_DRAIN_S * NS_PER_S);
    board->finished = true;
    _exit(0);
}
