/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/plan.h"

#include <stdarg.h>
#include <string.h>

#include "base/attr.h"
#include "base/random.h"
#include "link/path.h"
#include "link/wire.h"

#define MS UINT64_C(1000000)
#define S UINT64_C(1000000000)

/* The last ones belong to recovery. */
#define QUIET_NS (1500 * MS)

static uint64_t between(struct random *random, uint64_t least, uint64_t most)
{
    return least + random_below(random, most - least + 1);
}

/* Appends `,word` to a line's weather. */
PRINTF_LIKE(2, 3) static void put(char *weather, const char *text, ...)
{
    size_t len = strlen(weather);
    va_list args;
    va_start(args, text);
    vsnprintf(weather + len, PLAN_WEATHER_BYTES - len, text, args);
    va_end(args);
}

/* A fibre, mostly; now and then a satellite. Tenths of a percent throughout. */
static void draw_line(struct plan *plan, unsigned line, struct random *random)
{
    char *weather = plan->weather[line];
    uint64_t delay_ms = random_chance(random, plan->lines == 1 ? 0.4 : 0.15)
                            ? between(random, 100, 300)
                            : between(random, 5, 90);
    uint64_t jitter_ms =
        random_chance(random, 0.7) ? random_below(random, 10) : random_below(random, 40);
    uint64_t queue_ms = 0;
    put(weather, "delay=%ums,jitter=%ums", (unsigned)delay_ms, (unsigned)jitter_ms);
    if (random_chance(random, 0.3))
        put(weather, ",order=free");
    if (random_chance(random, 0.6))
        put(weather, ",loss=%.1f%%",
            (double)random_below(random, random_chance(random, 0.6) ? 30 : 151) / 10);
    if (strstr(weather, "loss") && random_chance(random, 0.6))
        put(weather, ",burst=%u%s", (unsigned)between(random, 2, 12),
            random_chance(random, 0.3) ? ",bursts=pareto" : "");
    if (random_chance(random, 0.3))
        put(weather, ",reorder=%.1f%%,reorder-by=%ums", (double)random_below(random, 50) / 10,
            (unsigned)between(random, 1, 60));
    if (random_chance(random, 0.3))
        put(weather, ",duplicate=%.1f%%", (double)random_below(random, 50) / 10);
    if (random_chance(random, 0.3))
        put(weather, ",corrupt=%.1f%%", (double)random_below(random, 21) / 10);
    if (random_chance(random, 0.5)) {
        uint64_t kbit =
            random_chance(random, 0.5) ? between(random, 1000, 5000) : between(random, 5000, 50000);
        queue_ms = between(random, 20, 300);
        put(weather, ",rate=%ukbit,queue=%ums", (unsigned)kbit, (unsigned)queue_ms);
    }
    if (random_chance(random, 0.15)) {
        uint64_t at_ms = between(random, 0, 4000), for_ms = between(random, 50, 800);
        plan->outages[line] = (struct outage){at_ms * MS, (at_ms + for_ms) * MS};
        put(weather, ",outage=%ums+%ums", (unsigned)at_ms, (unsigned)for_ms);
    }
    plan->narrow_from_ns[line] = UINT64_MAX;
    if (random_chance(random, 0.08)) {
        uint64_t at_ms = between(random, 1000, 4000);
        uint64_t datagram = between(random, path_sizes[PATH_SIZES - 1], WIRE_HELLO_BYTES - 1);
        plan->narrow_from_ns[line] = at_ms * MS;
        put(weather, ",mtu@%ums=%u", (unsigned)at_ms, (unsigned)datagram + WEATHER_HEADER_BYTES);
    }
    uint64_t way_ns = (delay_ms + jitter_ms) * MS;
    plan->quickest_ns = way_ns < plan->quickest_ns ? way_ns : plan->quickest_ns;
    uint64_t round_trip_ns = 2 * (way_ns + queue_ms * MS + 60 * MS);
    if (round_trip_ns > plan->round_trip_ns)
        plan->round_trip_ns = round_trip_ns;
}

static void add(struct plan *plan, const struct fault *fault)
{
    size_t at = plan->fault_count;
    if (at == PLAN_FAULTS_MAX)
        return;
    for (; at > 0 && plan->faults[at - 1].at_ns > fault->at_ns; at--)
        plan->faults[at] = plan->faults[at - 1];
    plan->faults[at] = *fault;
    plan->fault_count++;
}

static enum fault_kind draw_kind(struct random *random)
{
    static const enum fault_kind kinds[] = {
        /* as often as they stand here */
        FAULT_CUT,   FAULT_CUT,     FAULT_CUT,   FAULT_STEP,     FAULT_STEP,   FAULT_MOVE,
        FAULT_MOVE,  FAULT_RESTART, FAULT_PULL,  FAULT_REPLAY,   FAULT_REPLAY, FAULT_REFLECT,
        FAULT_FORGE, FAULT_RANDOM,  FAULT_FLOOD, FAULT_STRANGER,
    };
    return kinds[random_below(random, sizeof kinds / sizeof *kinds)];
}

/* A jump forward: a monotonic clock has no other, except by a restart. */
static int64_t draw_step(struct random *random)
{
    return (int64_t)(random_chance(random, 0.5) ? between(random, 1, 200) * MS
                                                : between(random, 200, 5000) * MS);
}

static void draw_fault(struct plan *plan, struct random *random)
{
    struct fault fault = {
        .at_ns = between(random, 0, (plan->length_ns - QUIET_NS) / MS) * MS,
        .kind = draw_kind(random),
        .end = (enum pair_end)random_below(random, PAIR_ENDS),
        .line = (unsigned)random_below(random, plan->lines),
        .for_ns = between(random, 20, 400) * MS,
    };
    struct fault after = fault;
    after.at_ns = fault.at_ns + between(random, 50, 1500) * MS;
    if (fault.kind == FAULT_CUT && random_chance(random, 0.4))
        fault.line = after.line = PLAN_LINES_MAX;
    if (fault.kind == FAULT_STEP)
        fault.by_ns = draw_step(random);
    if (fault.kind == FAULT_PULL && plan->lines < 2)
        return;
    add(plan, &fault);
    if (fault.kind == FAULT_CUT || fault.kind == FAULT_PULL) {
        after.kind = fault.kind == FAULT_CUT ? FAULT_RESTORE : FAULT_ADD;
        add(plan, &after);
    }
}

void plan_draw(struct plan *plan, uint64_t seed)
{
    static const enum link_kind strangers[] = {LINK_KIND_CART, LINK_KIND_CENTRE, LINK_KIND_UNIT,
                                               LINK_KIND_CONSOLE, LINK_KIND_CONSOLE};
    struct random random;
    random_seed(&random, seed ^ UINT64_C(0x6f7065726174696f));
    *plan = (struct plan){.seed = seed, .quickest_ns = UINT64_MAX};
    plan->lines = between(&random, 1, PLAN_LINES_MAX);
    plan->length_ns = between(&random, 4500, 6500) * MS;
    plan->gesture_ns = random_chance(&random, 0.5) ? MS : 2 * MS;
    plan->stranger = strangers[random_below(&random, sizeof strangers / sizeof *strangers)];
    for (int end = 0; end < PAIR_ENDS; end++) {
        plan->clock_offset_ns[end] =
            (int64_t)(S + (random_chance(&random, 0.5) ? random_below(&random, 5 * 86400 * S)
                                                       : random_below(&random, S)));
        plan->clock_drift_ppb[end] = (int64_t)between(&random, 0, 100000) - 50000;
    }
    for (unsigned i = 0; i < plan->lines; i++)
        draw_line(plan, i, &random);
    uint64_t faults = between(&random, 1, 6);
    for (uint64_t i = 0; i < faults; i++)
        draw_fault(plan, &random);
}

static const char *end_text(enum pair_end end)
{
    return end == PAIR_CART ? "cart" : "console";
}

void plan_print_fault(const struct fault *fault, FILE *file)
{
    static const char *const words[FAULT_KINDS] = {
        "cut",    "restored", "clock step of", "moved",  "restart of", "pulled by", "added",
        "replay", "reflect",  "forge",         "random", "stranger",   "flood"};
    char line[16] = "every line";
    if (fault->line < PLAN_LINES_MAX)
        snprintf(line, sizeof line, "line %u", fault->line);
    switch (fault->kind) {
    case FAULT_CUT:
    case FAULT_RESTORE:
    case FAULT_MOVE:
    case FAULT_ADD:
        fprintf(file, "%s %s", line, words[fault->kind]);
        break;
    case FAULT_PULL:
        fprintf(file, "%s pulled by the %s", line, end_text(fault->end));
        break;
    case FAULT_STEP:
        fprintf(file, "clock step of the %s by %.0f ms", end_text(fault->end),
                (double)fault->by_ns / 1e6);
        break;
    case FAULT_RESTART:
        fprintf(file, "restart of the %s", end_text(fault->end));
        break;
    case FAULT_REPLAY:
    case FAULT_REFLECT:
    case FAULT_FORGE:
    case FAULT_RANDOM:
    case FAULT_STRANGER:
    case FAULT_FLOOD:
    case FAULT_KINDS:
        fprintf(file, "%s for %.0f ms at the %s", words[fault->kind], (double)fault->for_ns / 1e6,
                end_text(fault->end));
        break;
    }
}

void plan_print(const struct plan *plan, FILE *file)
{
    fprintf(file, "seed %llu: %.1f s, gestures at %.0f Hz\n", (unsigned long long)plan->seed,
            (double)plan->length_ns / 1e9, 1e9 / (double)plan->gesture_ns);
    for (size_t i = 0; i < plan->lines; i++)
        fprintf(file, "  line %zu: %s\n", i, plan->weather[i]);
    for (int end = 0; end < PAIR_ENDS; end++)
        fprintf(file, "  %s's clock: %.3f s off, drift %.1f ppm\n", end_text((enum pair_end)end),
                (double)plan->clock_offset_ns[end] / 1e9, (double)plan->clock_drift_ppb[end] / 1e3);
    for (size_t i = 0; i < plan->fault_count; i++) {
        fprintf(file, "  %7.3f s  ", (double)plan->faults[i].at_ns / 1e9);
        plan_print_fault(&plan->faults[i], file);
        fputc('\n', file);
    }
}
