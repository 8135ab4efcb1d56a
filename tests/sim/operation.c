/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/operation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link/peer.h"
#include "sim/event_text.h"
#include "sim/heap.h"
#include "sim/intruder.h"
#include "sim/stations.h"

#define MS UINT64_C(1000000)
#define S UINT64_C(1000000000)

/* From when a line is usable again, the session must be up after 3 s and six round trips: two
 * seconds until the console notices, then the handshake, and losses in it. */
#define UP_AGAIN_NS (3 * S)
enum { UP_AGAIN_ROUND_TRIPS = 6 };

/* A way that has swallowed so many datagrams in a row, and nothing came between, is as good as cut: bursts of
 * losses are counted in datagrams, and a handshake that gets no answer sends one a second. */
enum { SWALLOWED_MOST = 8 };

/* From then on, the arm must follow after so long: the link's window to know of a clock, a picture for
 * the hands, the foot lifted. And it must do so for a while, with gestures at every moment of it. */
#define FOLLOWS_AGAIN_NS (3 * S)
#define FOLLOWS_FOR_NS (1 * S)
#define FOLLOWS_GAP_NS (50 * MS)

/* A line that has been well for so long, at both ends, brings a picture at least this often. */
#define WELL_NS (2 * S)
#define PICTURE_NS (1 * S)

struct operation {
    struct plan plan;
    struct pair *pair;
    struct witness witness;
    struct sim_cart cart;
    struct sim_console console;
    struct intruder intruder;
    bool verbose;
    bool cut[PLAN_LINES_MAX], pulled[PLAN_LINES_MAX];
    size_t next_fault;
    struct fault acting[PLAN_FAULTS_MAX]; /* `at_ns`: until then */
    size_t acting_count;
    uint64_t stepped_ns;              /* when a clock last did */
    uint64_t up_ns;                   /* when the last session began at the later end */
    uint64_t well_ns[PLAN_LINES_MAX]; /* when it last was not usable, undisturbed and good */
    uint64_t pictures, picture_ns;    /* how many have come, and when the last one did */
    unsigned swallowed[PAIR_ENDS][PLAN_LINES_MAX]; /* in a row, of what that end sent */
    uint64_t without_ns; /* usable, yet without a session, since then; 0: it is up */
};

static void say(const struct operation *operation, const char *text)
{
    if (operation->verbose)
        printf("%9.3f s  %s\n", (double)pair_true_ns(operation->pair) / 1e9, text);
}

static void say_event(const struct operation *operation, enum pair_end end,
                      const struct link_event *event)
{
    char text[EVENT_TEXT_BYTES];
    if (event_text(text, end, event))
        say(operation, text);
}

/* One round trip until both know, and as much again for what gets lost. */
static void doubt(struct operation *operation, uint64_t more_ns)
{
    uint64_t until_ns = pair_true_ns(operation->pair) + 2 * operation->plan.round_trip_ns + more_ns;
    if (until_ns > operation->witness.doubtful_until_ns)
        operation->witness.doubtful_until_ns = until_ns;
}

static void on_event(void *context, struct pair *pair, enum pair_end end,
                     const struct link_event *event)
{
    struct operation *operation = context;
    if (operation->verbose)
        say_event(operation, end, event);
    if (event->kind == LINK_EVENT_UP && strcmp(link_peer_name(event->peer), INTRUDER_NAME) != 0)
        operation->up_ns = pair_true_ns(pair);
    if (event->kind == LINK_EVENT_UP && end == PAIR_CONSOLE) /* it dials by every line */
        memset(operation->pulled, 0, sizeof operation->pulled);
    if (event->kind == LINK_EVENT_UP &&
        link_peer_kind(event->peer) != (end == PAIR_CART ? LINK_KIND_CONSOLE : LINK_KIND_CART))
        witness_fail(&operation->witness, "a site of the wrong kind was let in");
    if (end == PAIR_CART)
        sim_cart_event(&operation->cart, event);
    else
        sim_console_event(&operation->console, event);
}

static void on_datagram(void *context, enum pair_end from, unsigned line, const uint8_t *bytes,
                        size_t len, uint64_t true_ns, const struct weather_verdict *verdict)
{
    struct operation *operation = context;
    unsigned *swallowed = &operation->swallowed[from][line];
    *swallowed = verdict->copies > 0 ? 0 : *swallowed + 1;
    intruder_see(&operation->intruder, from, line, bytes, len, true_ns);
}

static void on_elsewhere(void *context, enum pair_end from, const struct link_path *path,
                         const uint8_t *bytes, size_t len, uint64_t true_ns)
{
    struct operation *operation = context;
    (void)path; /* what a forger's address gets is of no use to the stranger either */
    if (from == PAIR_CART)
        intruder_mail(&operation->intruder, bytes, len, true_ns);
}

/* Faults. */

static bool is_up(const struct operation *operation)
{
    return sim_cart_is_at_work(&operation->cart) && operation->console.station.peer &&
           operation->cart.connection == operation->console.connection;
}

static void cut(struct operation *operation, unsigned line, bool is_cut)
{
    for (unsigned i = 0; i < operation->plan.lines; i++) {
        if (line != PLAN_LINES_MAX && line != i)
            continue;
        operation->cut[i] = is_cut;
        pair_cut(operation->pair, i, is_cut);
    }
}

static void restart(struct operation *operation, enum pair_end end)
{
    struct sim_cart *cart = &operation->cart;
    pair_restart(operation->pair, end);
    memset(operation->pulled, 0, sizeof operation->pulled);
    if (end == PAIR_CART) {
        struct track arms[ARM_STATE_ARMS_MAX];
        memcpy(arms, cart->station.follow.arms, sizeof arms);
        sim_cart_init(cart, operation->pair, &operation->witness, arms);
        witness_cart_restarted(&operation->witness);
    } else {
        sim_console_init(&operation->console, operation->pair, &operation->witness,
                         operation->plan.lines, operation->console.hands_from_ns);
    }
}

static void pull(struct operation *operation, const struct fault *fault)
{
    struct link_peer *peer =
        fault->end == PAIR_CART ? operation->cart.station.peer : operation->console.station.peer;
    uint64_t now_ns = pair_local_ns(operation->pair, fault->end);
    for (uint8_t i = 0; peer && i < LINK_LINES_MAX; i++)
        if (peer->lines[i].used && peer->lines[i].path.socket == fault->line &&
            link_line_pull(peer, i, now_ns) == LINK_OK) {
            operation->pulled[fault->line] = true;
            return;
        }
}

static void add(struct operation *operation, const struct fault *fault)
{
    struct link_path path = pair_path(operation->pair, fault->line);
    struct link_peer *peer = operation->console.station.peer;
    uint8_t number;
    if (!operation->pulled[fault->line] || !peer)
        return;
    if (link_line_add(peer, &path, pair_local_ns(operation->pair, PAIR_CONSOLE), &number) ==
        LINK_OK)
        operation->pulled[fault->line] = false;
}

/* The clocks have not been compared since a session or a step: the link may need its whole window
 * to know of another (docs/protocol.md, "Clock"). */
static bool is_new(const struct operation *operation)
{
    uint64_t stepped_ns = operation->stepped_ns ? operation->stepped_ns + CLOCK_GUARD_NS : 0;
    uint64_t anew_ns = operation->up_ns > stepped_ns ? operation->up_ns : stepped_ns;
    return !is_up(operation) ||
           pair_true_ns(operation->pair) < anew_ns + 2 * operation->plan.round_trip_ns;
}

static void step(struct operation *operation, const struct fault *fault)
{
    pair_step_clock(operation->pair, fault->end, fault->by_ns);
    doubt(operation, is_new(operation) ? CLOCK_WINDOW_NS : 0);
    operation->stepped_ns = pair_true_ns(operation->pair);
    operation->witness.ticked_local_ns = 0; /* the tick after a step is long */
}

static void strike(struct operation *operation, const struct fault *fault)
{
    switch (fault->kind) {
    case FAULT_CUT:
    case FAULT_RESTORE:
        cut(operation, fault->line, fault->kind == FAULT_CUT);
        break;
    case FAULT_STEP:
        step(operation, fault);
        break;
    case FAULT_MOVE:
        pair_move(operation->pair, fault->line);
        if (pair_true_ns(operation->pair) < operation->witness.doubtful_until_ns)
            doubt(operation, 0); /* the news gets no answer yet */
        break;
    case FAULT_RESTART:
        restart(operation, fault->end);
        break;
    case FAULT_PULL:
        pull(operation, fault);
        break;
    case FAULT_ADD:
        add(operation, fault);
        break;
    case FAULT_REPLAY:
    case FAULT_REFLECT:
    case FAULT_FORGE:
    case FAULT_RANDOM:
    case FAULT_STRANGER:
    case FAULT_FLOOD:
    case FAULT_KINDS:
        operation->acting[operation->acting_count] = *fault;
        operation->acting[operation->acting_count++].at_ns = fault->at_ns + fault->for_ns;
        break;
    }
    operation->without_ns = 0; /* a new disturbance: time to recover counts anew */
    for (size_t i = 0; i < PLAN_LINES_MAX; i++)
        operation->well_ns[i] = pair_true_ns(operation->pair);
}

static void do_faults(struct operation *operation)
{
    uint64_t now_ns = pair_true_ns(operation->pair);
    const struct plan *plan = &operation->plan;
    for (; operation->next_fault < plan->fault_count &&
           plan->faults[operation->next_fault].at_ns <= now_ns;
         operation->next_fault++) {
        const struct fault *fault = &plan->faults[operation->next_fault];
        if (operation->verbose) {
            printf("%9.3f s  FAULT ", (double)now_ns / 1e9);
            plan_print_fault(fault, stdout);
            putchar('\n');
        }
        strike(operation, fault);
    }
    for (size_t i = 0; i < operation->acting_count; i++)
        if (now_ns < operation->acting[i].at_ns)
            intruder_act(&operation->intruder, operation->pair, &operation->acting[i]);
}

/* Life. */

static bool is_usable(const struct operation *operation, unsigned line, uint64_t now_ns)
{
    const struct outage *outage = &operation->plan.outages[line];
    return !operation->cut[line] && !operation->pulled[line] &&
           now_ns < operation->plan.narrow_from_ns[line] &&
           !(now_ns >= outage->start_ns && now_ns < outage->end_ns);
}

static bool is_swallowing(const struct operation *operation, unsigned line)
{
    return operation->swallowed[PAIR_CART][line] >= SWALLOWED_MOST ||
           operation->swallowed[PAIR_CONSOLE][line] >= SWALLOWED_MOST;
}

static void judge_life(struct operation *operation)
{
    uint64_t now_ns = pair_true_ns(operation->pair);
    struct witness *witness = &operation->witness;
    const struct plan *plan = &operation->plan;
    bool usable = false, carries = false;
    for (unsigned i = 0; i < plan->lines; i++) {
        usable |= is_usable(operation, i, now_ns);
        carries |= is_usable(operation, i, now_ns) && !is_swallowing(operation, i);
    }
    if (!usable && now_ns < witness->doubtful_until_ns) /* nobody can hear of the step */
        doubt(operation, 0);
    if (is_up(operation) || !carries) {
        operation->without_ns = 0;
        return;
    }
    if (!operation->without_ns)
        operation->without_ns = now_ns;
    uint64_t without_ns = now_ns - operation->without_ns;
    if (without_ns > witness->figures.longest_without_ns)
        witness->figures.longest_without_ns = without_ns;
    if (without_ns > UP_AGAIN_NS + UP_AGAIN_ROUND_TRIPS * plan->round_trip_ns)
        witness_fail(witness, "a line is usable, and no session for %.1f s",
                     (double)without_ns / 1e9);
}

static void judge_pictures(struct operation *operation)
{
    uint64_t now_ns = pair_true_ns(operation->pair);
    struct witness_figures *figures = &operation->witness.figures;
    bool is_well = false;
    for (unsigned i = 0; i < operation->plan.lines; i++) {
        uint64_t *well_ns = &operation->well_ns[i];
        if (!is_up(operation) || !is_usable(operation, i, now_ns) ||
            !sim_line_is_good(&operation->cart, &operation->console, i))
            *well_ns = now_ns;
        is_well |= now_ns - *well_ns >= WELL_NS;
    }
    if (figures->pictures != operation->pictures || !is_well) {
        operation->pictures = figures->pictures;
        operation->picture_ns = now_ns;
    }
    uint64_t without_ns = now_ns - operation->picture_ns;
    if (without_ns > figures->longest_dark_ns)
        figures->longest_dark_ns = without_ns;
    if (without_ns > PICTURE_NS)
        witness_fail(&operation->witness, "a line is well, and no picture for %.1f s",
                     (double)without_ns / 1e9);
}

static uint64_t on_turn(void *context, struct pair *pair, enum pair_end end, uint64_t true_ns)
{
    struct operation *operation = context;
    (void)pair;
    if (end == PAIR_CONSOLE) {
        sim_console_turn(&operation->console);
        return true_ns + operation->plan.gesture_ns;
    }
    do_faults(operation);
    intruder_turn(&operation->intruder, pair, sim_cart_is_at_work(&operation->cart));
    if (sim_cart_turn(&operation->cart))
        say(operation, hold_cause_text(operation->cart.station.follow.supervisor.cause));
    judge_life(operation);
    judge_pictures(operation);
    return true_ns + STATION_TICK_NS;
}

static struct pair *make_pair(struct operation *operation)
{
    const struct plan *plan = &operation->plan;
    struct pair_settings settings = {.seed = plan->seed,
                                     .lines = plan->lines,
                                     .hooks = {.context = operation,
                                               .event = on_event,
                                               .turn = on_turn,
                                               .datagram = on_datagram,
                                               .elsewhere = on_elsewhere}};
    for (size_t i = 0; i < plan->lines; i++)
        settings.weather[i] = plan->weather[i];
    for (int end = 0; end < PAIR_ENDS; end++) {
        struct link_settings *link = &settings.link[end];
        settings.clock_offset_ns[end] = plan->clock_offset_ns[end];
        settings.clock_drift_ppb[end] = plan->clock_drift_ppb[end];
        channels_set(link, end == PAIR_CART, SIM_PICTURE_NS);
        link->renew_keys_ns = 1500 * MS;
    }
    return pair_create(&settings);
}

/* After the last fault all must come to rest: the session up, every message delivered. */
static void wind_up(struct operation *operation)
{
    uint64_t until_ns = pair_true_ns(operation->pair) + UP_AGAIN_NS +
                        (UP_AGAIN_ROUND_TRIPS + 4) * operation->plan.round_trip_ns;
    struct witness *witness = &operation->witness;
    operation->cart.quiet = operation->console.quiet = true;
    while (!witness->failed && pair_true_ns(operation->pair) < until_ns) {
        if (is_up(operation) && witness_messages_done(witness, operation->cart.connection))
            return;
        pair_run(operation->pair, pair_true_ns(operation->pair) + 10 * MS);
    }
    if (is_up(operation))
        witness_fail(witness, "messages are missing at the end");
}

/* All faults are over and one line is well, whatever the weather on the others. */
static void clear_up(struct operation *operation)
{
    struct weather_line_settings fair;
    struct weather_error error;
    if (weather_settings_read(&fair, "delay=20ms,jitter=2ms", &error) != WEATHER_OK)
        abort();
    for (int end = 0; end < PAIR_ENDS; end++)
        pair_line(operation->pair, 0, (enum pair_end)end)->weather.settings = fair.way[end];
    cut(operation, 0, false);
    operation->plan.outages[0] = (struct outage){0};
    operation->plan.narrow_from_ns[0] = UINT64_MAX;
    add(operation, &(struct fault){.line = 0});
}

static bool follows(const struct operation *operation)
{
    return is_up(operation) && operation->cart.station.follow.supervisor.cause == HOLD_NONE &&
           pair_true_ns(operation->pair) - operation->witness.engaged_ns <= FOLLOWS_GAP_NS;
}

/* Once a line is well the surgeon is at work again, and the memory of both ends stays as it is. */
static void work_again(struct operation *operation)
{
    struct witness *witness = &operation->witness;
    uint64_t from_ns = pair_true_ns(operation->pair), since_ns = 0;
    uint64_t most_ns = UP_AGAIN_NS + UP_AGAIN_ROUND_TRIPS * operation->plan.round_trip_ns +
                       FOLLOWS_AGAIN_NS + FOLLOWS_FOR_NS;
    int64_t allocated = 0;
    while (!witness->failed) {
        uint64_t now_ns = pair_true_ns(operation->pair);
        if (!follows(operation)) {
            since_ns = 0;
        } else if (!since_ns) {
            since_ns = now_ns;
            allocated = heap_bytes();
        } else if (now_ns - since_ns >= FOLLOWS_FOR_NS) {
            break;
        }
        if (now_ns - from_ns > most_ns)
            witness_fail(witness, "a line is well, and the arm does not follow for %.1f s (%s)",
                         (double)(now_ns - from_ns) / 1e9,
                         hold_cause_text(operation->cart.station.follow.supervisor.cause));
        pair_run(operation->pair, now_ns + 10 * MS);
        witness_heap(witness, is_up(operation));
    }
    if (witness->failed)
        return;
    witness->figures.longest_idle_ns = since_ns - from_ns;
    if (heap_bytes() > allocated) /* less: what a session before held */
        witness_fail(witness, "memory went from %lld to %lld bytes while the arm followed",
                     (long long)allocated, (long long)heap_bytes());
}

bool operation_run(uint64_t seed, bool verbose, char why[static OPERATION_WHY_BYTES],
                   struct witness_figures *figures)
{
    struct operation *operation = calloc(1, sizeof *operation);
    if (!operation)
        abort();
    plan_draw(&operation->plan, seed);
    operation->verbose = verbose;
    if (verbose)
        plan_print(&operation->plan, stdout);
    operation->pair = make_pair(operation);
    if (!operation->pair)
        abort();
    struct witness *witness = &operation->witness;
    witness_init(witness, operation->pair, seed);
    intruder_init(&operation->intruder, &operation->plan);
    sim_cart_init(&operation->cart, operation->pair, witness, NULL);
    sim_console_init(&operation->console, operation->pair, witness, operation->plan.lines,
                     seed % 10 * S);
    while (!witness->failed && pair_true_ns(operation->pair) < operation->plan.length_ns) {
        pair_run(operation->pair, pair_true_ns(operation->pair) + 10 * MS);
        witness_heap(witness, is_up(operation));
    }
    wind_up(operation);
    clear_up(operation);
    work_again(operation);
    witness_heap_left(witness);
    if (operation->intruder.admitted && !operation->intruder.is_console)
        witness_fail(witness, "the stranger was let in");

    witness->figures.strange = operation->intruder.spoken;
    witness->figures.spoofed = operation->intruder.spoofed;
    bool held = !witness->failed;
    if (!held)
        snprintf(why, OPERATION_WHY_BYTES, "at %.3f s: %s", (double)witness->failed_ns / 1e9,
                 witness->why);
    if (verbose)
        printf("%9.3f s  %s\n", (double)pair_true_ns(operation->pair) / 1e9,
               held ? "all held" : why);
    *figures = witness->figures;
    pair_destroy(operation->pair);
    intruder_end(&operation->intruder);
    free(operation);
    return held;
}
