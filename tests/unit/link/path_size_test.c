/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a line's datagrams shrink: not for bad luck, at once for a route that swallows large ones. */
#include "unit/cmocka_base.h"

#include "base/random.h"
#include "link/path.h"

#define MS UINT64_C(1000000)
#define SECOND (1000 * MS)

enum { SMALL_BYTES = 160, WAY_MS = 60, REPORT_MS = 10, SEEDS = 20 };

/* What is sent beside a small datagram each millisecond. */
struct traffic {
    const char *name;
    unsigned each_ms; /* large ones are due then */
    unsigned count;   /* so many, one a millisecond ... */
    bool at_once;     /* ... or all in the first */
    unsigned bytes_least,
        bytes_most; /* evenly between; 0: as large as the line is thought to carry */
    bool lonely;    /* no small ones but every tenth millisecond */
};

static const struct traffic kinds[] = {
    {.name = "pictures", .each_ms = 40, .count = 20},
    {.name = "pictures at once", .each_ms = 40, .count = 20, .at_once = true},
    {.name = "pictures alone", .each_ms = 17, .count = 10, .at_once = true, .lonely = true},
    {.name = "a message now and then", .each_ms = 120, .count = 1},
    {.name = "all sizes", .each_ms = 17, .count = 10, .bytes_least = 600, .bytes_most = 1232},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static struct line {
    uint64_t ms;
    struct random random;
    struct path_tx tx;
    struct path_rx rx;
    bool losing;
    double begins, ends; /* Gilbert: chance of a packet to begin and end losing */
    unsigned most;       /* longer ones vanish */
    struct line_report reports[2 * WAY_MS / REPORT_MS];
} line;

static uint64_t now_ns(void)
{
    return 1000 * SECOND + line.ms * MS;
}

static void begin(uint64_t seed, double loss, double burst)
{
    line = (struct line){.ends = 1 / burst, .begins = loss / (1 - loss) / burst, .most = 1232};
    random_seed(&line.random, seed);
    path_tx_init(&line.tx);
    path_rx_init(&line.rx);
}

static void send(unsigned bytes)
{
    uint64_t packet = path_tx_next(&line.tx);
    path_tx_sent(&line.tx, bytes, now_ns());
    if (random_chance(&line.random, line.losing ? line.ends : line.begins))
        line.losing = !line.losing;
    if (!line.losing && bytes <= line.most) /* the way there takes no time: only the sum matters */
        path_rx_accept(&line.rx, packet, now_ns(), bytes, now_ns());
}

static unsigned size_of(const struct traffic *traffic)
{
    unsigned most = (unsigned)path_tx_datagram_max(&line.tx);
    if (!traffic->bytes_most)
        return most;
    unsigned bytes =
        traffic->bytes_least +
        (unsigned)random_below(&line.random, traffic->bytes_most - traffic->bytes_least + 1);
    return bytes < most ? bytes : most;
}

static void step(const struct traffic *traffic)
{
    struct path_feedback feedback;
    unsigned at = (unsigned)(line.ms % traffic->each_ms);
    size_t probe = path_tx_probe(&line.tx, now_ns());

    if (probe)
        send((unsigned)probe);
    if (!traffic->lonely || line.ms % REPORT_MS == 0)
        send(SMALL_BYTES);
    for (unsigned i = 0; i < traffic->count; i++)
        if (traffic->at_once ? at == 0 : at == i)
            send(size_of(traffic));
    if (line.ms % REPORT_MS == 0) {
        struct line_report *report =
            &line.reports[line.ms / REPORT_MS % (sizeof line.reports / sizeof line.reports[0])];
        if (report->bitmap[0])
            assert_true(path_tx_report(&line.tx, report, -1, now_ns(), &feedback));
        if (!path_rx_report(&line.rx, report))
            report->bitmap[0] = 0;
    }
    line.ms++;
}

static void run(const struct traffic *traffic, uint64_t seconds)
{
    for (uint64_t until = line.ms + 1000 * seconds; line.ms < until;)
        step(traffic);
}

static void bursts_of_losses_shrink_nothing(void **state)
{
    (void)state;
    static const struct {
        double loss, burst;
    } weather[] = {{0.05, 4}, {0.2, 4}, {0.2, 1}};
    unsigned shrunk = 0;
    for (unsigned i = 0; i < sizeof weather / sizeof weather[0]; i++)
        for (unsigned kind = 0; kind < KINDS; kind++)
            for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                begin(seed, weather[i].loss, weather[i].burst);
                for (unsigned s = 0; s < 60 && path_tx_datagram_max(&line.tx) == 1232; s++)
                    run(&kinds[kind], 1);
                if (path_tx_datagram_max(&line.tx) == 1232)
                    continue;
                shrunk++;
                print_message("# %s, loss %.2f burst %.0f, seed %u: smaller after %u s\n",
                              kinds[kind].name, weather[i].loss, weather[i].burst, (unsigned)seed,
                              (unsigned)(line.ms / 1000));
            }
    assert_int_equal(shrunk, 0);
}

/* How long, in ms, until datagrams are from `least` to `most` bytes. */
static uint64_t ms_until(const struct traffic *traffic, size_t least, size_t most)
{
    uint64_t from = line.ms;
    while ((path_tx_datagram_max(&line.tx) < least || path_tx_datagram_max(&line.tx) > most) &&
           line.ms - from < 30000)
        step(traffic);
    return line.ms - from;
}

static void a_route_that_carries_less_is_noticed_in_a_second(void **state)
{
    (void)state;
    static const struct {
        unsigned most;
        size_t wanted;
    } routes[] = {{1200, 1032}, {1100, 1032}, {1040, 1032}, {900, 832}, {700, 548}};
    for (unsigned i = 0; i < sizeof routes / sizeof routes[0]; i++)
        for (unsigned kind = 0; kind < KINDS; kind++) {
            uint64_t worst = 0, worst_settled = 0;
            for (uint64_t seed = 1; seed <= SEEDS; seed++) {
                begin(seed, 0.05, 4);
                run(&kinds[kind], 10);
                line.most = routes[i].most;
                uint64_t took = ms_until(&kinds[kind], 0, routes[i].wanted);
                worst = took > worst ? took : worst;
                took = ms_until(&kinds[kind], routes[i].wanted, routes[i].wanted);
                worst_settled = took > worst_settled ? took : worst_settled;
            }
            unsigned steps = routes[i].wanted < 832 ? 2 : 1; /* sizes down */
            print_message("# %s, %u bytes pass: noticed after %u ms, settled %u ms later\n",
                          kinds[kind].name, routes[i].most, (unsigned)worst,
                          (unsigned)worst_settled);
            assert_true(worst_settled <= 2500); /* a probe may be lost, and the next one */
            /* One large datagram in 120 ms is little to judge by, and little to lose. */
            assert_true(worst <= (kinds[kind].count == 1 ? 1500 : 1000) * steps);
        }
}

static void a_route_that_carries_more_again_is_used_in_the_next_ten_seconds(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < KINDS; kind++) {
        begin(1, 0.05, 4);
        line.most = 1100;
        run(&kinds[kind], 30);
        assert_int_equal(path_tx_datagram_max(&line.tx), 1032); /* probes do not take it down */
        line.most = 1232;
        assert_true(ms_until(&kinds[kind], 1232, 1232) <= 13000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bursts_of_losses_shrink_nothing),
        cmocka_unit_test(a_route_that_carries_less_is_noticed_in_a_second),
        cmocka_unit_test(a_route_that_carries_more_again_is_used_in_the_next_ten_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
