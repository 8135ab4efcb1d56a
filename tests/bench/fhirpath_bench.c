/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What R4's invariants and search expressions cost for each resource of real patients' bundles, and what it costs to
 * compile them all: by the processor's time of this thread, the median of the rounds. Exit 77: no bundles here. */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "fhir/model.h"
#include "fhir/validate.h"
#include "fhirpath/eval.h"
#include "fhirpath/invariant.h"
#include "options.h"

enum {
    RESOURCES_MAX = 100000,
    PARAMS_MAX = 4000,
    ROUNDS_MAX = 1000,
    ARENA_BYTES = 1 << 30,
    NO_BUNDLES = 77,
};

struct settings {
    const char *data;
    uint64_t rounds;
    bool json;
};

static const struct option options[] = {
    {.name = "data",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, data),
     .unit = "DIR",
     .help = "a folder of bundles; JISR_DATA/fhir/synthea, else that of ../shared/data"},
    {.name = "rounds",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct settings, rounds),
     .unit = "N",
     .standard = "51",
     .least = 1,
     .most = ROUNDS_MAX,
     .help = "times that everything is measured"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct settings, json),
     .help = "one line of JSON"},
    {0},
};

static struct resource {
    const struct json *json;
    uint32_t node;
    uint16_t type;
} resources[RESOURCES_MAX];
static size_t count;
static struct arena kept, compiled, arena;
static const struct fhirpath_invariants *invariants;
static const struct fhirpath *searches[PARAMS_MAX];

static void stop(const char *words)
{
    fprintf(stderr, "bench-fhirpath: %s\n", words);
    exit(1);
}

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double compile_ms(void)
{
    arena_reset(&compiled);
    double start = now_us();
    if (fhirpath_invariants_compile(&invariants, &compiled, NULL))
        stop("an invariant does not compile");
    for (uint16_t i = 0; i < fhir_search_param_count && i < PARAMS_MAX; i++)
        if (fhirpath_compile(&searches[i], text_of(fhir_search_params[i].expression),
                             fhir_search_params[i].type, &compiled, NULL))
            searches[i] = NULL;
    return (now_us() - start) / 1e3;
}

/* Each resource alone, as it is when it is written. */
static double validate_us(bool with_invariants)
{
    static struct fhir_issues issues;
    const struct fhir_validator validator = {
        .check = with_invariants ? fhirpath_invariant_check : NULL, .user = invariants};
    double start = now_us();
    for (size_t i = 0; i < count; i++) {
        if (!fhir_validate(&issues, resources[i].json, resources[i].node, TEXT(""), &validator,
                           &arena))
            stop("a resource is not valid");
        arena_reset(&arena);
    }
    return (now_us() - start) / (double)count;
}

static double search_us(size_t *found)
{
    double start = now_us();
    *found = 0;
    for (size_t i = 0; i < count; i++) {
        struct fhirpath_value focus =
            fhirpath_node_value(resources[i].json, resources[i].node, JSON_NONE, resources[i].type);
        const struct fhirpath_context context = {
            .resource = focus, .root_resource = focus, .limits = fhirpath_limits_default};
        struct fhirpath_run run;
        fhirpath_run_init(&run, &context, &arena);
        for (uint16_t param = 0; param < fhir_search_param_count && param < PARAMS_MAX; param++) {
            struct fhirpath_values values;
            if (!searches[param] ||
                !fhir_type_is(resources[i].type, fhir_search_params[param].type))
                continue;
            if (fhirpath_eval(&run, searches[param], &focus, &values))
                stop("a search expression has failed");
            *found += values.count;
        }
        arena_reset(&arena);
    }
    return (now_us() - start) / (double)count;
}

static struct text whole_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END))
        stop("a bundle cannot be read");
    long size = ftell(file);
    char *bytes = arena_take(&kept, (size_t)size);
    rewind(file);
    if (!bytes || fread(bytes, 1, (size_t)size, file) != (size_t)size)
        stop("a bundle cannot be read");
    fclose(file);
    return (struct text){bytes, (size_t)size};
}

static void take_bundle(const char *path)
{
    struct json *json = arena_take(&kept, sizeof *json);
    if (!json || json_parse(json, whole_file(path), &json_limits_default, &kept, NULL))
        stop("a bundle is refused");
    uint32_t entries = json_member(json, JSON_ROOT, TEXT("entry"));
    if (entries == JSON_NONE)
        return;
    for (uint32_t entry = json_first(json, entries); entry < json_end(json, entries);
         entry = json_next(json, entry)) {
        uint32_t node = json_member(json, entry, TEXT("resource"));
        uint32_t name = json_member(json, node, TEXT("resourceType"));
        uint16_t type = fhir_resource_named(json_raw(json, name));
        if (count < RESOURCES_MAX && type != FHIR_NONE)
            resources[count++] = (struct resource){json, node, type};
    }
}

static void read_folder(const char *named)
{
    char folder[4096], path[8192];
    const char *data = getenv("JISR_DATA");
    if (named)
        snprintf(folder, sizeof folder, "%s", named);
    else
        snprintf(folder, sizeof folder, "%s/fhir/synthea", data ? data : "../shared/data");
    DIR *listing = opendir(folder);
    for (struct dirent *entry; listing && (entry = readdir(listing));) {
        const char *ending = strrchr(entry->d_name, '.');
        if (!ending || strcmp(ending, ".json") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        take_bundle(path);
    }
    if (listing)
        closedir(listing);
    if (!count) {
        fprintf(stderr, "bench-fhirpath: no bundles in %s\n", folder);
        exit(NO_BUNDLES);
    }
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double median(double *values, uint64_t rounds)
{
    qsort(values, rounds, sizeof *values, compare);
    return values[rounds / 2];
}

int main(int argc, char **argv)
{
    static const struct options_usage usage = {
        .command = "bench-fhirpath", .summary = "measure what R4's FHIRPath expressions cost"};
    static double compile[ROUNDS_MAX], plain[ROUNDS_MAX], whole[ROUNDS_MAX], search[ROUNDS_MAX];
    struct settings settings = {0};
    size_t found = 0;
    int status = options_alone(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;

    arena_init(&kept, ARENA_BYTES);
    arena_init(&compiled, ARENA_BYTES);
    arena_init(&arena, ARENA_BYTES);
    read_folder(settings.data);
    for (uint64_t round = 0; round < settings.rounds; round++) {
        compile[round] = compile_ms();
        plain[round] = validate_us(false);
        whole[round] = validate_us(true);
        search[round] = search_us(&found);
    }
    double plain_us = median(plain, settings.rounds);
    printf(settings.json ? "{\"resources\":%zu,\"compile_ms\":%.2f,\"compiled_bytes\":%zu,"
                           "\"invariants_us\":%.2f,\"validate_us\":%.2f,\"search_us\":%.2f,"
                           "\"found\":%zu}\n"
                         : "%zu resources: all compiled in %.2f ms to %zu bytes; for each resource "
                           "invariants %.2f us, the rest of validation %.2f us, search expressions "
                           "%.2f us (%zu values in all)\n",
           count, median(compile, settings.rounds), compiled.used_bytes,
           median(whole, settings.rounds) - plain_us, plain_us, median(search, settings.rounds),
           found);
    return 0;
}
