/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-virtual: what our link makes of the bad lines in virtual time, where a machine adds no noise
 * of its own. Two ends of tests/sim/pair.h carry an operation's traffic over the weather of the
 * transports' benchmark; the same seed gives the same figures on every machine. Each run is a line
 * of JSON, as tests/bench/run.sh writes them, for table.py --virtual. */
#include <err.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/board.h"
#include "bench/results.h"
#include "motion/arm_state.h"
#include "options.h"
#include "sim/pair.h"

#define MS UINT64_C(1000000)
#define S UINT64_C(1000000000)
#define WEATHER "delay=60ms,jitter=3ms,loss=5%,burst=4"

enum {
    LEAD_S = 5, /* the whole load before the first measured message: lines known, rates found */
    DRAIN_S = 2,
    GESTURE_BYTES = 100,
    AROUND_BYTES = 28 /* IP and UDP */
};

/* The "capacity falls and returns": both ways of the only line. */
#define FALL_S 20
#define RETURN_S 40
#define LOW_BPS 1000000  /* what the line falls to */
#define FULL_BPS 4000000 /* pictures are back when they may have so much: 720p25's rate */

struct scene {
    const char *name;
    unsigned lines;
    const char *weather;
    bool cut;      /* the first line, at a third of the run, for a sixth of it */
    bool capacity; /* falls and returns; pictures follow the link's word */
    bool alone;    /* as the transports' benchmark has it: nothing beside what is measured */
    double frames; /* pictures a second that are measured; 0: gestures are */
    double mbit;   /* of pictures */
};

static const struct scene scenes[] = {
    {"clean line", 1, "delay=60ms", false, false, false, 0, 0},
    {"one line", 1, WEATHER, false, false, false, 0, 0},
    {"two lines", 2, WEATHER, false, false, false, 0, 0},
    {"two lines, one cut", 2, WEATHER, true, false, false, 0, 0},
    {"gestures beside pictures, two lines, one cut", 2, WEATHER, true, false, false, 0, 8},
    {"pictures 25 alone, one line", 1, WEATHER, false, false, true, 25, 4},
    {"pictures 60 alone, one line", 1, WEATHER, false, false, true, 60, 8},
    {"pictures 25, one line", 1, WEATHER, false, false, false, 25, 4},
    {"pictures 60, one line", 1, WEATHER, false, false, false, 60, 8},
    {"pictures 25, two lines, one cut", 2, WEATHER, true, false, false, 25, 4},
    {"pictures 60, two lines, one cut", 2, WEATHER, true, false, false, 60, 8},
    {"capacity 20, 1, 20 Mbit/s", 1, "delay=60ms,jitter=3ms", false, true, false, 0, 0},
    {"the same, losses beside", 1, WEATHER, false, true, false, 0, 0},
};

struct settings {
    const char *only;
    uint64_t seeds, first, for_ns;
};

static const struct option options[] = {
    {"scene", OPTION_TEXT, offsetof(struct settings, only), .unit = "WORDS",
     .help = "only scenes whose name begins so"},
    {"seeds", OPTION_COUNT, offsetof(struct settings, seeds), .unit = "N", .standard = "3",
     .least = 1, .most = 1000, .help = "runs of each scene, each with its own weather"},
    {"first", OPTION_COUNT, offsetof(struct settings, first), .unit = "N", .standard = "1",
     .help = "the first seed"},
    {"for", OPTION_DURATION, offsetof(struct settings, for_ns), .unit = "TIME", .standard = "60s",
     .least = 1, .most = 7200, .help = "virtual time to measure"},
    {0}};

struct run {
    const struct scene *scene;
    uint64_t seed, end_ns;
    struct board *board;
    struct link_peer *peers[PAIR_ENDS];
    int64_t gesture, picture; /* the next one's index */
    uint64_t state_ns;        /* the cart's next state */
    uint64_t bytes[PAIR_ENDS];
    uint64_t low_ns, full_ns; /* since when the pictures' rate is low, and full again; 0: never */
    uint8_t message[LINK_FRAME_BYTES_MAX];
};

/* How many pictures a second are sent, measured or not; 0: none. */
static double frames_of(const struct scene *scene)
{
    if (scene->frames > 0)
        return scene->frames;
    return scene->mbit > 0 || scene->capacity ? 25 : 0;
}

static uint64_t due_ns(int64_t index, double per_second)
{
    return LEAD_S * S + (uint64_t)(int64_t)((double)index * 1e9 / per_second);
}

static void send_gesture(struct run *run, struct pair *pair)
{
    uint64_t local_ns = pair_local_ns(pair, PAIR_CONSOLE);

    memset(run->message, 0, GESTURE_BYTES);
    if (run->scene->frames > 0) /* carried, not measured */
        memcpy(run->message, &local_ns, sizeof local_ns);
    else
        board_write_message(run->board, run->gesture, 0, pair_true_ns(pair), run->message);
    if (link_send_sample(run->peers[PAIR_CONSOLE], 0, run->message, GESTURE_BYTES, local_ns,
                         local_ns, NULL) != LINK_OK)
        errx(1, "a gesture was not taken");
}

static uint64_t console_turn(struct run *run, struct pair *pair, uint64_t true_ns)
{
    if (true_ns >= due_ns(run->gesture, 1000)) {
        if (run->peers[PAIR_CONSOLE] && true_ns < run->end_ns &&
            !(run->scene->alone && run->scene->frames > 0))
            send_gesture(run, pair);
        run->gesture++;
    }
    return due_ns(run->gesture, 1000);
}

/* When the rate fell under what the line still has, for good, and when it was full again. */
static void follow_rate(struct run *run, uint64_t bps, uint64_t true_ns)
{
    uint64_t fall_ns = (LEAD_S + FALL_S) * S, return_ns = (LEAD_S + RETURN_S) * S;

    if (true_ns < fall_ns)
        return;
    if (true_ns < return_ns) {
        if (bps > LOW_BPS)
            run->low_ns = 0;
        else if (!run->low_ns)
            run->low_ns = true_ns - fall_ns;
    } else if (!run->full_ns && bps >= FULL_BPS) {
        run->full_ns = true_ns - return_ns;
    }
}

static void send_picture(struct run *run, struct pair *pair)
{
    const struct scene *scene = run->scene;
    uint64_t local_ns = pair_local_ns(pair, PAIR_CART), true_ns = pair_true_ns(pair);
    uint64_t bps = link_frame_rate_bps(run->peers[PAIR_CART], 0);
    double rate = scene->capacity ? fmin((double)bps, 2 * FULL_BPS) : scene->mbit * 1e6;
    struct link_frame frame = {.bytes = run->message, .captured_ns = local_ns};

    if (scene->capacity)
        follow_rate(run, bps, true_ns);
    frame.len = (size_t)(rate / 8 / frames_of(scene));
    if (scene->frames > 0) {
        board_write_message(run->board, run->picture, 0, true_ns, run->message);
        frame.len = run->board->load.message_bytes;
    }
    if (link_send_frame(run->peers[PAIR_CART], 0, &frame, local_ns) != LINK_OK)
        errx(1, "a picture of %zu bytes was not taken", frame.len);
}

static uint64_t cart_turn(struct run *run, struct pair *pair, uint64_t true_ns)
{
    double frames = frames_of(run->scene);
    bool sends = run->peers[PAIR_CART] && true_ns < run->end_ns;
    uint64_t local_ns = pair_local_ns(pair, PAIR_CART);

    if (true_ns >= run->state_ns) {
        uint8_t state[ARM_STATE_BYTES_MAX] = {0};

        memcpy(state, &local_ns, sizeof local_ns);
        if (sends && !run->scene->alone &&
            link_send_sample(run->peers[PAIR_CART], 1, state, sizeof state, local_ns, local_ns,
                             NULL) != LINK_OK)
            errx(1, "a state was not taken");
        run->state_ns = true_ns + MS;
    }
    if (frames > 0 && true_ns >= due_ns(run->picture, frames)) {
        if (sends)
            send_picture(run, pair);
        run->picture++;
    }
    uint64_t next_ns = frames > 0 ? due_ns(run->picture, frames) : UINT64_MAX;
    return next_ns < run->state_ns ? next_ns : run->state_ns;
}

static uint64_t take_turn(void *context, struct pair *pair, enum pair_end end, uint64_t true_ns)
{
    return end == PAIR_CONSOLE ? console_turn(context, pair, true_ns)
                               : cart_turn(context, pair, true_ns);
}

static void take_event(void *context, struct pair *pair, enum pair_end end,
                       const struct link_event *event)
{
    struct run *run = context;
    bool measured = event->kind == (run->scene->frames > 0 ? LINK_EVENT_FRAME : LINK_EVENT_SAMPLE);

    if (event->kind == LINK_EVENT_UP)
        run->peers[end] = event->peer;
    if (event->kind == LINK_EVENT_CLOSED || event->kind == LINK_EVENT_REFUSED)
        errx(1, "%s: %s", run->scene->name, event->reason);
    if (!measured || event->channel != 0 ||
        (event->kind == LINK_EVENT_FRAME && event->frame_state == LINK_FRAME_LOST))
        return;
    board_take_message(run->board, event->bytes, event->len, pair_true_ns(pair));
}

static void count_datagram(void *context, enum pair_end from, unsigned line, const uint8_t *bytes,
                           size_t len, uint64_t true_ns, const struct weather_verdict *verdict)
{
    struct run *run = context;

    (void)line, (void)bytes, (void)verdict;
    if (true_ns >= LEAD_S * S && true_ns < run->end_ns)
        run->bytes[from] += len + AROUND_BYTES;
}

static struct board_load load_of(const struct scene *scene, double seconds)
{
    struct board_load load = {.per_second = 1000, .parts = 1, .message_bytes = GESTURE_BYTES};

    if (scene->frames > 0) {
        load.per_second = scene->frames;
        load.message_bytes = (size_t)(scene->mbit * 1e6 / 8 / scene->frames);
    }
    load.count = (uint64_t)(seconds * load.per_second);
    return load;
}

/* The weather of `line` in words, in memory that stays as long as the run. */
static const char *weather_of(const struct run *run, unsigned line, double seconds)
{
    static char text[LINK_LINES_MAX][256];
    const struct scene *scene = run->scene;

    if (scene->cut && line == 0)
        snprintf(text[line], sizeof text[line], "%s,outage=%.0fms+%.0fms", scene->weather,
                 1000 * (LEAD_S + seconds / 3), 1000 * seconds / 6);
    else if (scene->capacity)
        snprintf(text[line], sizeof text[line], "%s,rate=20mbit,rate@%ds=1mbit,rate@%ds=20mbit",
                 scene->weather, LEAD_S + FALL_S, LEAD_S + RETURN_S);
    else
        snprintf(text[line], sizeof text[line], "%s", scene->weather);
    return text[line];
}

static struct pair *make_pair(struct run *run, double seconds)
{
    const struct scene *scene = run->scene;
    struct pair_settings settings = {
        .seed = run->seed,
        .lines = scene->lines,
        .clock_offset_ns = {(int64_t)S, 40 * (int64_t)S},
        .clock_drift_ppb = {20000, -30000},
        .hooks = {.context = run,
                  .event = take_event,
                  .turn = take_turn,
                  .datagram = count_datagram},
    };
    uint64_t interval_ns = frames_of(scene) > 0 ? (uint64_t)(1e9 / frames_of(scene)) : 0;
    const struct link_frame_channel pictures = {.interval_ns = interval_ns};

    for (unsigned i = 0; i < scene->lines; i++)
        settings.weather[i] = weather_of(run, i, seconds);
    for (int end = 0; end < PAIR_ENDS; end++) {
        settings.link[end].peers = 1;
        settings.link[end].samples[0] = (struct link_sample_channel){MS, true};
        settings.link[end].samples[1] = (struct link_sample_channel){MS, false};
    }
    settings.link[PAIR_CART].frames_sent[0] = pictures;
    settings.link[PAIR_CONSOLE].frames_received[0] = pictures;

    struct pair *pair = pair_create(&settings);
    if (!pair || !pair_dial(pair, scene->lines))
        errx(1, "%s: no session", scene->name);
    return pair;
}

/* How many per cent of the gestures sampled from second `from` to `to` came within 15 ms. */
static double within_percent(const struct board *board, uint64_t from, uint64_t to, double line_ms)
{
    enum { WITHIN_MS = 15 };
    uint64_t first = from * (uint64_t)board->load.per_second, within = 0;
    uint64_t end = to * (uint64_t)board->load.per_second;

    for (uint64_t i = first; i < end; i++)
        within += board->age_ns[i] != 0 && (double)board->age_ns[i] / 1e6 - line_ms <= WITHIN_MS;
    return 100 * (double)within / (double)(end - first);
}

/* What the board does not know: of the gestures how many within 15 ms, those sampled while the line
 * is narrow also by themselves; of the pictures how many bytes carried them; and the rate's way down
 * and back. */
static void print_more(const struct run *run, uint64_t now_ns, double line_ms, double seconds)
{

    if (frames_of(run->scene) > 0) {
        struct link_stats stats;

        link_peer_stats(run->peers[PAIR_CART], now_ns, &stats);
        printf(",\"wire_share\":%.3f",
               (double)stats.frame_wire_bytes_sent / (double)stats.frame_bytes_sent);
    }
    if (!run->scene->capacity)
        return;
    printf(",\"within_15ms_percent\":%.4f,\"narrow_within_15ms_percent\":%.4f",
           within_percent(run->board, 0, (uint64_t)seconds, line_ms),
           within_percent(run->board, FALL_S, RETURN_S, line_ms));
    if (run->low_ns)
        printf(",\"low_after_s\":%.2f", (double)run->low_ns / 1e9);
    if (run->full_ns)
        printf(",\"full_after_s\":%.2f", (double)run->full_ns / 1e9);
}

static void print_run(const struct run *run, struct pair *pair, double seconds)
{
    static const struct bench_peer peer = {.name = "jisr",
                                           .notes = "virtual time, standard settings, gestures and "
                                                    "state at 1 kHz beside what is measured"};
    const struct scene *scene = run->scene;
    const struct bench_setup setup = {.lines = scene->lines, .pictures = scene->frames > 0};
    enum pair_end from = scene->frames > 0 ? PAIR_CART : PAIR_CONSOLE;
    double jitter_ms = strstr(scene->weather, "jitter") ? 3 : 0;
    char cut[64] = "";
    struct results_run results = {.peer = &peer,
                                  .setup = &setup,
                                  .weather = scene->weather,
                                  .cut = cut,
                                  .seed = run->seed,
                                  .seconds = seconds};

    if (scene->cut)
        snprintf(cut, sizeof cut, "%gs+%gs", seconds / 3, seconds / 6);
    results.line =
        (struct relay_report){.delay_ms = 60,
                              .jitter_ms = jitter_ms,
                              .forward_bits_per_second = 8 * (double)run->bytes[from] / seconds,
                              .back_bits_per_second = 8 * (double)run->bytes[!from] / seconds};
    printf("{\"case\":\"%s\",\"as\":\"jisr\"", scene->name);
    print_more(run, pair_local_ns(pair, PAIR_CART), results.line.delay_ms + jitter_ms, seconds);
    printf(",\"run\":");
    fflush(stdout);
    results_print(&results, run->board, true);
    printf("}\n");
    fflush(stdout);
}

static void measure(const struct scene *scene, uint64_t seed, uint64_t for_ns)
{
    static struct run run;
    double seconds = (double)for_ns / (double)S;

    if (scene->capacity && for_ns < (RETURN_S + 20) * S) /* its timetable is its own */
        seconds = RETURN_S + 20;
    struct board_load load = load_of(scene, seconds);
    run = (struct run){.scene = scene, .seed = seed, .board = board_new(&load)};
    run.end_ns = (LEAD_S * S) + (uint64_t)(seconds * 1e9);
    run.gesture = -LEAD_S * 1000;
    run.picture = -(int64_t)(LEAD_S * frames_of(scene));
    struct pair *pair = make_pair(&run, seconds);

    pair_run(pair, run.end_ns + DRAIN_S * S);
    print_run(&run, pair, seconds);
    pair_destroy(pair);
    board_free(run.board);
}

int main(int argc, char **argv)
{
    static const struct options_usage usage = {
        .command = "bench-virtual", .summary = "measure our link over bad lines in virtual time"};
    struct settings settings = {0};

    int status = options_alone(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
        for (uint64_t seed = 0; seed < settings.seeds; seed++)
            if (!settings.only || !strncmp(scenes[i].name, settings.only, strlen(settings.only)))
                measure(&scenes[i], settings.first + seed, settings.for_ns);
    return 0;
}
