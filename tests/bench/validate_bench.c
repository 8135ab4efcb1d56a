/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What it costs to hold real patients' bundles against R4: read as JSON, then its structure, then its invariants, by
 * the processor's time of this thread; the median of the rounds. Exit 77: no bundles here. */
#include <stdio.h>

#include "bench/synthea.h"
#include "fhir/validate.h"
#include "fhirpath/invariant.h"
#include "json/json.h"

enum { FILES_MAX = 1000, ARENA_BYTES = 1 << 30 };

enum step { READ, STRUCTURE, INVARIANTS, STEPS };

static const char *const STEP_NAMES[STEPS] = {"read", "structure", "structure and invariants"};

struct settings {
    struct synthea_settings common;
};

static const struct option options[] = {
    SYNTHEA_DATA,
    SYNTHEA_ROUNDS,
    {0},
};

static struct text texts[FILES_MAX];
static size_t count, bytes, resources;
static struct arena arena, kept;
static struct fhir_validator validators[STEPS];
static double rounds_s[STEPS][SYNTHEA_ROUNDS_MAX];

static struct json parsed(struct text text)
{
    struct json json;

    if (json_parse(&json, text, &json_limits_default, &arena, NULL))
        synthea_stop("a bundle is not JSON");
    return json;
}

/* One file; each step's time is its own, without that of what stands before it. */
static void measure(struct text text, uint64_t round)
{
    static struct fhir_issues issues;
    double start_s = synthea_thread_s();
    struct json json = parsed(text);

    rounds_s[READ][round] += synthea_thread_s() - start_s;
    for (int step = STRUCTURE; step < STEPS; step++) {
        start_s = synthea_thread_s();
        if (!fhir_validate(&issues, &json, JSON_ROOT, TEXT(""), &validators[step], &arena))
            synthea_stop("a bundle is not valid");
        rounds_s[step][round] += synthea_thread_s() - start_s;
    }
    arena_reset(&arena);
}

static bool take_file(struct text file)
{
    if (count == FILES_MAX)
        return true;
    struct json json = parsed(file);
    uint32_t entries = json_member(&json, JSON_ROOT, TEXT("entry"));
    resources += entries == JSON_NONE ? 1 : json.nodes[entries].count;
    bytes += file.len;
    texts[count++] = file;
    arena_reset(&arena);
    return true;
}

int main(int argc, char **argv)
{
    static const struct options_usage usage = {.command = "bench-validate",
                                               .summary = "measure what validation costs"};
    struct settings settings = {0};
    const struct fhirpath_invariants *invariants;
    int status = synthea_options(&usage, options, &settings, argc, argv);

    if (status >= 0)
        return status;
    arena_init(&arena, ARENA_BYTES);
    arena_init(&kept, ARENA_BYTES);
    if (fhirpath_invariants_compile(&invariants, &kept, NULL))
        synthea_stop("R4's invariants do not compile");
    validators[INVARIANTS] =
        (struct fhir_validator){.check = fhirpath_invariant_check, .user = invariants};
    synthea_read(&settings.common, &kept, take_file);
    for (uint64_t round = 0; round < settings.common.rounds; round++)
        for (size_t at = 0; at < count; at++)
            measure(texts[at], round);
    printf("%zu files, %.1f MB, %zu resources\n", count, (double)bytes / 1e6, resources);
    for (int step = 0; step < STEPS; step++) {
        double median_s = synthea_median(rounds_s[step], settings.common.rounds);
        printf("%-26s %6.0f MB/s %9.0f resources/s\n", STEP_NAMES[step],
               (double)bytes / 1e6 / median_s, (double)resources / median_s);
    }
    return 0;
}
