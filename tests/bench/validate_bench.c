/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What it costs to hold real patients' bundles against R4: read as JSON, then its structure, then its invariants, by the
 * processor's time of this thread; the median of the rounds. Exit 77: no bundles here. */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "fhir/validate.h"
#include "fhirpath/invariant.h"
#include "options.h"
#include "json/json.h"

enum { FILES_MAX = 1000, ROUNDS_MAX = 1000, ARENA_BYTES = 1 << 30, NO_BUNDLES = 77 };

enum step { READ, STRUCTURE, INVARIANTS, STEPS };

static const char *const STEP_NAMES[STEPS] = {"read", "structure", "structure and invariants"};

struct settings {
    const char *data;
    uint64_t rounds;
};

static const struct option options[] = {
    {.name = "data",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, data),
     .unit = "DIR",
     .help = "a folder of JSON files; JISR_DATA/fhir/synthea, else that of ../shared/data"},
    {.name = "rounds",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct settings, rounds),
     .unit = "N",
     .standard = "51",
     .least = 1,
     .most = ROUNDS_MAX,
     .help = "times that everything is measured"},
    {0},
};

static struct text texts[FILES_MAX];
static size_t count, bytes, resources;
static struct arena arena, compiled;
static struct fhir_validator validators[STEPS];
static double rounds_s[STEPS][ROUNDS_MAX];

static void stop(const char *words)
{
    fprintf(stderr, "bench-validate: %s\n", words);
    exit(1);
}

static double thread_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static struct json parsed(struct text text)
{
    struct json json;

    if (json_parse(&json, text, &json_limits_default, &arena, NULL))
        stop("a bundle is not JSON");
    return json;
}

/* One file; each step's time is its own, without that of what stands before it. */
static void measure(struct text text, uint64_t round)
{
    static struct fhir_issues issues;
    double start_s = thread_s();
    struct json json = parsed(text);

    rounds_s[READ][round] += thread_s() - start_s;
    for (int step = STRUCTURE; step < STEPS; step++) {
        start_s = thread_s();
        if (!fhir_validate(&issues, &json, JSON_ROOT, TEXT(""), &validators[step], &arena))
            stop("a bundle is not valid");
        rounds_s[step][round] += thread_s() - start_s;
    }
    arena_reset(&arena);
}

static struct text whole_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct text text;
    char *read;

    if (!file || fseek(file, 0, SEEK_END) != 0)
        stop(path);
    text.len = (size_t)ftell(file);
    rewind(file);
    read = malloc(text.len);
    if (!read || fread(read, 1, text.len, file) != text.len)
        stop(path);
    fclose(file);
    text.bytes = read;
    return text;
}

static void read_folder(const char *named)
{
    char folder[4096], path[8192];
    const char *data = getenv("JISR_DATA");
    DIR *listing;

    if (named)
        snprintf(folder, sizeof folder, "%s", named);
    else
        snprintf(folder, sizeof folder, "%s/fhir/synthea", data ? data : "../shared/data");
    listing = opendir(folder);
    for (struct dirent *entry; listing && count < FILES_MAX && (entry = readdir(listing));) {
        const char *ending = strrchr(entry->d_name, '.');
        struct json json;
        uint32_t entries;

        if (!ending || strcmp(ending, ".json") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        texts[count] = whole_file(path);
        json = parsed(texts[count]);
        entries = json_member(&json, JSON_ROOT, TEXT("entry"));
        resources += entries == JSON_NONE ? 1 : json.nodes[entries].count;
        bytes += texts[count++].len;
        arena_reset(&arena);
    }
    if (listing)
        closedir(listing);
    if (count == 0) {
        fprintf(stderr, "bench-validate: no bundles in %s\n", folder);
        exit(NO_BUNDLES);
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static const struct options_usage usage = {.command = "bench-validate",
                                               .summary = "measure what validation costs"};
    struct settings settings = {0};
    const struct fhirpath_invariants *invariants;
    int status = options_alone(&usage, options, &settings, argc, argv);

    if (status >= 0)
        return status;
    arena_init(&arena, ARENA_BYTES);
    arena_init(&compiled, ARENA_BYTES);
    if (fhirpath_invariants_compile(&invariants, &compiled, NULL))
        stop("R4's invariants do not compile");
    validators[INVARIANTS] =
        (struct fhir_validator){.check = fhirpath_invariant_check, .user = invariants};
    read_folder(settings.data);
    for (uint64_t round = 0; round < settings.rounds; round++)
        for (size_t at = 0; at < count; at++)
            measure(texts[at], round);
    printf("%zu files, %.1f MB, %zu resources\n", count, (double)bytes / 1e6, resources);
    for (int step = 0; step < STEPS; step++) {
        double median_s;

        qsort(rounds_s[step], settings.rounds, sizeof(double), by_value);
        median_s = rounds_s[step][settings.rounds / 2];
        printf("%-26s %6.0f MB/s %9.0f resources/s\n", STEP_NAMES[step],
               (double)bytes / 1e6 / median_s, (double)resources / median_s);
    }
    return 0;
}
