/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/results.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

static const double NS_PER_MS = 1e6;

/* Ages of what arrived, sorted, in ms: all four figures of a distribution. */
struct ages {
    uint64_t count; /* of arrivals */
    double p50_ms, p99_ms, p999_ms, most_ms;
};

struct figures {
    uint64_t messages, arrived; /* of messages, first copies */
    struct ages pictures;       /* of whole pictures; a gesture is one */
    uint64_t on_time;           /* gestures within RESULTS_ON_TIME_MS of the line's own delay */
    uint64_t in_interval, within_picture_ms; /* pictures within that much extra age */
};

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static double at_ms(const int64_t *sorted_ns, uint64_t count, double share)
{
    uint64_t index = (uint64_t)(share * (double)count);

    return (double)sorted_ns[index < count ? index : count - 1] / NS_PER_MS;
}

static struct ages summarize(int64_t *ages_ns, uint64_t count)
{
    if (count == 0)
        return (struct ages){0};
    qsort(ages_ns, count, sizeof *ages_ns, compare);
    return (struct ages){.count = count,
                         .p50_ms = at_ms(ages_ns, count, 0.5),
                         .p99_ms = at_ms(ages_ns, count, 0.99),
                         .p999_ms = at_ms(ages_ns, count, 0.999),
                         .most_ms = at_ms(ages_ns, count, 1)};
}

static struct figures count_up(const struct results_run *run, const struct board *board)
{
    const struct board_load *load = &board->load;
    double line_ms = run->line.delay_ms + run->line.jitter_ms,
           interval_ms = 1000 / load->per_second;
    int64_t *whole_ns = calloc(load->count, sizeof *whole_ns);
    struct figures figures = {.messages = load->count * load->parts};
    uint64_t whole = 0;

    if (!whole_ns)
        err(1, "memory");
    for (uint64_t i = 0; i < figures.messages; i++)
        figures.arrived += board->age_ns[i] != 0;
    for (uint64_t i = 0; i < load->count; i++) {
        int64_t age_ns = board_picture_age(board, i);
        double extra_ms = (double)age_ns / NS_PER_MS - line_ms;

        if (age_ns == 0)
            continue;
        whole_ns[whole++] = age_ns;
        figures.on_time += extra_ms <= RESULTS_ON_TIME_MS;
        figures.in_interval += extra_ms <= interval_ms;
        figures.within_picture_ms += extra_ms <= RESULTS_PICTURE_MS;
    }
    figures.pictures = summarize(whole_ns, whole);
    free(whole_ns);
    return figures;
}

static double percent(uint64_t part, uint64_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

static void print_ages(const char *name, const struct ages *ages, double less_ms)
{
    if (ages->count == 0) {
        printf(",\"%s\":null", name);
        return;
    }
    printf(",\"%s\":{\"p50\":%.3f,\"p99\":%.3f,\"p99.9\":%.3f,\"max\":%.3f}", name,
           ages->p50_ms - less_ms, ages->p99_ms - less_ms, ages->p999_ms - less_ms,
           ages->most_ms - less_ms);
}

static void print_json(const struct results_run *run, const struct board *board,
                       const struct figures *figures)
{
    const struct board_load *load = &board->load;
    double payload = load->per_second * (double)(load->parts * load->message_bytes) * 8;

    printf("{\"peer\":\"%s\",\"notes\":\"%s\",\"lines\":%u,\"weather\":\"%s\",\"cut\":\"%s\","
           "\"seed\":%llu,\"seconds\":%g",
           run->peer->name, run->peer->notes, run->setup->lines, run->weather,
           run->cut ? run->cut : "", (unsigned long long)run->seed, run->seconds);
    printf(",\"load\":\"%s\",\"per_second\":%g,\"parts\":%zu,\"message_bytes\":%zu,"
           "\"buffer_ms\":%g,\"repair\":%s",
           run->setup->pictures ? "pictures" : "gestures", load->per_second, load->parts,
           load->message_bytes, run->setup->buffer_ms, run->setup->repair ? "true" : "false");
    printf(",\"sent\":%llu,\"applied\":%llu,\"applied_percent\":%.4f,\"copies\":%llu,"
           "\"strange\":%llu",
           (unsigned long long)figures->messages, (unsigned long long)figures->arrived,
           percent(figures->arrived, figures->messages), (unsigned long long)board->copies,
           (unsigned long long)board->strange);
    if (run->setup->pictures)
        printf(",\"whole_percent\":%.4f,\"in_interval_percent\":%.4f,\"within_50ms_percent\":%.4f",
               percent(figures->pictures.count, load->count),
               percent(figures->in_interval, load->count),
               percent(figures->within_picture_ms, load->count));
    else
        printf(",\"on_time_percent\":%.4f", percent(figures->on_time, load->count));
    print_ages("age_ms", &figures->pictures, 0);
    print_ages("beyond_delay_ms", &figures->pictures, run->line.delay_ms);
    print_ages("extra_age_ms", &figures->pictures, run->line.delay_ms + run->line.jitter_ms);
    printf(",\"payload_kbit_s\":%.1f,\"forward_kbit_s\":%.1f,\"back_kbit_s\":%.1f,"
           "\"sender_cpu_percent\":%.2f,\"receiver_cpu_percent\":%.2f}",
           payload / 1e3, run->line.forward_bits_per_second / 1e3,
           run->line.back_bits_per_second / 1e3, run->sender_cpu_percent,
           run->receiver_cpu_percent);
}

static void print_line(const struct results_run *run, const struct board *board,
                       const struct figures *figures)
{
    const struct ages *ages = &figures->pictures;

    printf("%-5s lines=%u applied=%.2f%%", run->peer->name, run->setup->lines,
           percent(figures->arrived, figures->messages));
    if (run->setup->pictures)
        printf(" whole=%.2f%% in_interval=%.2f%% within_50ms=%.2f%%",
               percent(ages->count, board->load.count),
               percent(figures->in_interval, board->load.count),
               percent(figures->within_picture_ms, board->load.count));
    else
        printf(" on_time=%.2f%%", percent(figures->on_time, board->load.count));
    printf(" beyond the delay: p50=%.2f p99=%.2f p99.9=%.2f max=%.2f ms",
           ages->p50_ms - run->line.delay_ms, ages->p99_ms - run->line.delay_ms,
           ages->p999_ms - run->line.delay_ms, ages->most_ms - run->line.delay_ms);
    printf(" wire=%.0f/%.0f kbit/s cpu=%.1f/%.1f%%\n", run->line.forward_bits_per_second / 1e3,
           run->line.back_bits_per_second / 1e3, run->sender_cpu_percent,
           run->receiver_cpu_percent);
}

void results_print(const struct results_run *run, const struct board *board, bool as_json)
{
    struct figures figures = count_up(run, board);

    if (as_json)
        print_json(run, board, &figures);
    else
        print_line(run, board, &figures);
}
