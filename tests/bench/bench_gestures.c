/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-gestures: one transport, over lines of our own making, with a surgeon's gestures or with
 * pictures. It forks a sender and a receiver into two network namespaces (ends.h), is itself the
 * lines between them (lines.h, relay.h), and prints what arrived when (results.h).
 *
 * An idle-priority process spins on each core all the while: waking an idle virtual processor would
 * be the largest delay of all. Needs root. */
#include <err.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/ends.h"
#include "bench/identity.h"
#include "bench/lines.h"
#include "bench/peers.h"
#include "bench/relay.h"
#include "bench/results.h"
#include "clock/clock.h"
#include "options.h"

enum {
    NS_PER_S = 1000000000,
    SLICE_NS = 10000000,
    RELAY_PRIORITY = ENDS_PRIORITY + 10, /* SCHED_FIFO: the lines come before their ends */
    PATIENCE_S = 30                      /* for connecting, beyond the run's own length */
};

struct settings {
    const char *peer, *weather, *cut;
    uint64_t lines, seed, for_ns, size, frames;
    double rate, mbit, buffer_ms;
    bool repair, json, list;
};

static const struct option options[] = {
    {"peer", OPTION_TEXT, offsetof(struct settings, peer), .unit = "NAME", .standard = "udp",
     .help = "the transport: see --list"},
    {"list", OPTION_FLAG, offsetof(struct settings, list),
     .help = "print the transports of this build and how each is set up"},
    {"lines", OPTION_COUNT, offsetof(struct settings, lines), .unit = "N", .standard = "1",
     .least = 1, .most = BENCH_LINES_MAX, .help = "how many lines join the two sides"},
    {"weather", OPTION_TEXT, offsetof(struct settings, weather), .unit = "WORDS",
     .standard = "delay=60ms,jitter=3ms,loss=5%,burst=4",
     .help = "what each line does, as `jisr weather` takes it"},
    {"cut", OPTION_TEXT, offsetof(struct settings, cut), .unit = "START+LENGTH",
     .help = "lose everything on the first line for that long: 20s+10s"},
    {"rate", OPTION_NUMBER, offsetof(struct settings, rate), .unit = "N", .standard = "1000",
     .least = 1, .most = 10000, .help = "gestures a second"},
    {"size", OPTION_COUNT, offsetof(struct settings, size), .unit = "BYTES", .standard = "100",
     .least = BOARD_MESSAGE_BYTES_MIN, .most = 1300, .help = "length of a gesture's message"},
    {"frames", OPTION_COUNT, offsetof(struct settings, frames), .unit = "N", .least = 0,
     .most = 240, .standard = "0", .help = "send so many pictures a second instead of gestures"},
    {"mbit", OPTION_NUMBER, offsetof(struct settings, mbit), .unit = "MBIT/S", .standard = "4",
     .least = 0.1, .most = 100, .help = "of pictures"},
    {"for", OPTION_DURATION, offsetof(struct settings, for_ns), .unit = "TIME", .standard = "60s",
     .least = 1, .most = 7200, .help = "how long to measure"},
    {"buffer", OPTION_NUMBER, offsetof(struct settings, buffer_ms), .unit = "ms", .standard = "0",
     .least = 0, .most = 10000, .help = "the peer's buffer; 0: its own standard"},
    {"repair", OPTION_FLAG, offsetof(struct settings, repair),
     .help = "use the peer's own forward error correction"},
    {"seed", OPTION_COUNT, offsetof(struct settings, seed), .unit = "N", .standard = "1",
     .help = "of the weather"},
    {"json", OPTION_FLAG, offsetof(struct settings, json), .help = "print one JSON object"},
    {0}};

enum { PICTURE_MESSAGE_BYTES = 1200 };

static const struct bench_peer *find_peer(const char *name)
{
    for (size_t i = 0; bench_peers[i]; i++)
        if (strcmp(bench_peers[i]->name, name) == 0)
            return bench_peers[i];
    errx(2, "no peer %s in this build: see --list", name);
}

static void check(const struct bench_peer *peer, const struct settings *settings)
{
    if (settings->lines > peer->lines_max)
        errx(2, "%s uses at most %u line(s)", peer->name, peer->lines_max);
    if (settings->frames > 0 && !peer->pictures)
        errx(2, "%s does not carry pictures", peer->name);
    if (settings->repair && !peer->repairs)
        errx(2, "%s has no error correction of its own", peer->name);
    if (settings->buffer_ms > 0 && !(peer->buffer_ms > 0))
        errx(2, "%s has no buffer to set", peer->name);
}

static struct board_load load_of(const struct bench_peer *peer, const struct settings *settings)
{
    double seconds = (double)settings->for_ns / NS_PER_S;
    struct board_load load = {
        .per_second = settings->rate, .parts = 1, .message_bytes = settings->size};

    if (settings->frames > 0) {
        double bytes = settings->mbit * 1e6 / 8 / (double)settings->frames;
        size_t parts = (size_t)ceil(bytes / PICTURE_MESSAGE_BYTES);

        load.per_second = (double)settings->frames;
        load.parts = peer->whole_pictures ? 1 : parts;
        load.message_bytes = (size_t)bytes / load.parts;
    }
    load.count = (uint64_t)(seconds * load.per_second);
    return load;
}

static struct bench_setup setup_of(const struct bench_peer *peer, const struct settings *settings,
                                   const struct board_load *load)
{
    struct bench_setup setup = {
        .lines = (unsigned)settings->lines,
        .pictures = settings->frames > 0,
        .message_bytes = load->message_bytes,
        .messages_per_second = load->per_second * (double)load->parts,
        .buffer_ms = settings->buffer_ms > 0 ? settings->buffer_ms : peer->buffer_ms,
        .repair = settings->repair,
    };

    identity_make(&setup.key_pem, &setup.certificate_pem);
    identity_make_sites(&setup.sites);
    for (unsigned i = 0; i < setup.lines; i++)
        setup.line[i] = lines_ends(i);
    return setup;
}

/* A process of idle priority that keeps `core` awake. */
static pid_t keep_awake(int core)
{
    struct sched_param none = {0};
    cpu_set_t only;
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    CPU_ZERO(&only);
    CPU_SET((size_t)core, &only);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (sched_setscheduler(0, SCHED_IDLE, &none) || sched_setaffinity(0, sizeof only, &only))
        err(1, "idle priority");
    for (volatile unsigned turns = 0;; turns++)
        ;
}

static pid_t start_end(const struct lines *lines, enum lines_side side,
                       const struct bench_peer *peer, const struct bench_setup *setup,
                       struct board *board)
{
    pid_t pid = fork();

    if (pid < 0)
        err(1, "fork");
    if (pid > 0)
        return pid;
    lines_enter(lines, side);
    if (side == LINES_SENDER)
        ends_send(peer, setup, board);
    ends_receive(peer, setup, board);
}

/* The processor time of an end that has exited, in seconds; 0 while it runs. Ends the program when
 * the end failed. */
static double reap(pid_t pid, const struct bench_peer *peer)
{
    struct rusage used;
    int status;

    if (wait4(pid, &status, WNOHANG, &used) != pid)
        return 0;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        errx(1, "%s: an end failed", peer->name);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* Carries packets until both ends have exited; fills in what they cost. */
static void carry(struct relay *relay, const pid_t ends[static LINES_SIDES],
                  const struct settings *settings, struct board *board, struct results_run *run)
{
    struct sched_param priority = {.sched_priority = RELAY_PRIORITY};
    double cpu_s[LINES_SIDES] = {0}, lasted_s;
    uint64_t began_ns = clock_monotonic_ns(), now_ns = began_ns;
    uint64_t limit_ns = began_ns + settings->for_ns + (uint64_t)PATIENCE_S * NS_PER_S;

    if (sched_setscheduler(0, SCHED_FIFO, &priority))
        warn("no real-time priority");
    while (!(cpu_s[LINES_SENDER] > 0 && cpu_s[LINES_RECEIVER] > 0)) {
        if (now_ns > limit_ns)
            errx(1, "%s: not finished in time", run->peer->name);
        relay_carry(relay, board->start_ns, now_ns + SLICE_NS);
        now_ns = clock_monotonic_ns();
        for (int side = 0; side < LINES_SIDES; side++)
            if (!(cpu_s[side] > 0))
                cpu_s[side] = reap(ends[side], run->peer);
    }
    lasted_s = (double)(now_ns - began_ns) / NS_PER_S;
    run->sender_cpu_percent = 100 * cpu_s[LINES_SENDER] / lasted_s;
    run->receiver_cpu_percent = 100 * cpu_s[LINES_RECEIVER] / lasted_s;
}

static void print_peers(void)
{
    for (size_t i = 0; bench_peers[i]; i++)
        printf("%s: %s\n", bench_peers[i]->name, bench_peers[i]->notes);
}

static void measure(const struct bench_peer *peer, const struct settings *settings)
{
    struct board_load load = load_of(peer, settings);
    struct bench_setup setup = setup_of(peer, settings, &load);
    struct board *board = board_new(&load);
    struct results_run run = {.peer = peer,
                              .setup = &setup,
                              .weather = settings->weather,
                              .cut = settings->cut,
                              .seed = settings->seed,
                              .seconds = (double)settings->for_ns / NS_PER_S};
    pid_t ends[LINES_SIDES];
    struct lines lines;
    struct relay *relay;

    lines_open(&lines, setup.lines);
    relay = relay_new(&lines, settings->weather, settings->cut, settings->seed, settings->for_ns);
    for (int core = 0; core < (int)sysconf(_SC_NPROCESSORS_ONLN); core++)
        keep_awake(core);
    for (int side = 0; side < LINES_SIDES; side++)
        ends[side] = start_end(&lines, (enum lines_side)side, peer, &setup, board);
    carry(relay, ends, settings, board, &run);
    run.line = relay_report(relay);
    results_print(&run, board, settings->json);
    if (settings->json)
        putchar('\n');
}

int main(int argc, char **argv)
{
    static const struct options_usage usage = {
        .command = "bench-gestures",
        .summary = "measure one transport over lines of our own making (root)"};
    struct settings settings = {0};
    const struct bench_peer *peer;

    int status = options_alone(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;
    if (settings.list) {
        print_peers();
        return 0;
    }
    peer = find_peer(settings.peer);
    check(peer, &settings);
    measure(peer, &settings);
    return 0;
}
