/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What R4's invariants and search expressions cost for each resource of real patients' bundles, and what it costs to
 * compile them all: by the processor's time of this thread, the median of the rounds. Exit 77: no bundles here. */
#include <stdio.h>

#include "bench/synthea.h"
#include "fhir/model.h"
#include "fhir/validate.h"
#include "fhirpath/eval.h"
#include "fhirpath/invariant.h"

enum {
    RESOURCES_MAX = 100000,
    PARAMS_MAX = 4000,
    ARENA_BYTES = 1 << 30,
};

struct settings {
    struct synthea_settings common;
    bool json;
};

static const struct option options[] = {
    SYNTHEA_DATA,
    SYNTHEA_ROUNDS,
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

static double compile_ms(void)
{
    arena_reset(&compiled);
    double start_s = synthea_thread_s();
    if (fhirpath_invariants_compile(&invariants, &compiled, NULL))
        synthea_stop("an invariant does not compile");
    for (uint16_t i = 0; i < fhir_search_param_count && i < PARAMS_MAX; i++)
        if (fhirpath_compile(&searches[i], text_of(fhir_search_params[i].expression),
                             fhir_search_params[i].type, &compiled, NULL))
            searches[i] = NULL;
    return 1e3 * (synthea_thread_s() - start_s);
}

/* Each resource alone, as it is when it is written. */
static double validate_us(bool with_invariants)
{
    static struct fhir_issues issues;
    const struct fhir_validator validator = {
        .check = with_invariants ? fhirpath_invariant_check : NULL, .user = invariants};
    double start_s = synthea_thread_s();
    for (size_t i = 0; i < count; i++) {
        if (!fhir_validate(&issues, resources[i].json, resources[i].node, TEXT(""), &validator,
                           &arena))
            synthea_stop("a resource is not valid");
        arena_reset(&arena);
    }
    return 1e6 * (synthea_thread_s() - start_s) / (double)count;
}

static double search_us(size_t *found)
{
    double start_s = synthea_thread_s();
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
                synthea_stop("a search expression has failed");
            *found += values.count;
        }
        arena_reset(&arena);
    }
    return 1e6 * (synthea_thread_s() - start_s) / (double)count;
}

static bool take_bundle(struct text file)
{
    struct json *json = arena_take(&kept, sizeof *json);
    if (!json || json_parse(json, file, &json_limits_default, &kept, NULL))
        synthea_stop("a bundle is refused");
    uint32_t entries = json_member(json, JSON_ROOT, TEXT("entry"));
    if (entries == JSON_NONE)
        return false;
    for (uint32_t entry = json_first(json, entries); entry < json_end(json, entries);
         entry = json_next(json, entry)) {
        uint32_t node = json_member(json, entry, TEXT("resource"));
        uint32_t name = json_member(json, node, TEXT("resourceType"));
        uint16_t type = fhir_resource_named(json_raw(json, name));
        if (count < RESOURCES_MAX && type != FHIR_NONE)
            resources[count++] = (struct resource){json, node, type};
    }
    return count > 0;
}

int main(int argc, char **argv)
{
    static const struct options_usage usage = {
        .command = "bench-fhirpath", .summary = "measure what R4's FHIRPath expressions cost"};
    static double compile[SYNTHEA_ROUNDS_MAX], plain[SYNTHEA_ROUNDS_MAX], whole[SYNTHEA_ROUNDS_MAX],
        search[SYNTHEA_ROUNDS_MAX];
    struct settings settings = {0};
    size_t found = 0;
    int status = synthea_options(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;

    arena_init(&kept, ARENA_BYTES);
    arena_init(&compiled, ARENA_BYTES);
    arena_init(&arena, ARENA_BYTES);
    synthea_read(&settings.common, &kept, take_bundle);
    for (uint64_t round = 0; round < settings.common.rounds; round++) {
        compile[round] = compile_ms();
        plain[round] = validate_us(false);
        whole[round] = validate_us(true);
        search[round] = search_us(&found);
    }
    double plain_us = synthea_median(plain, settings.common.rounds);
    printf(settings.json ? "{\"resources\":%zu,\"compile_ms\":%.2f,\"compiled_bytes\":%zu,"
                           "\"invariants_us\":%.2f,\"validate_us\":%.2f,\"search_us\":%.2f,"
                           "\"found\":%zu}\n"
                         : "%zu resources: all compiled in %.2f ms to %zu bytes; for each resource "
                           "invariants %.2f us, the rest of validation %.2f us, search expressions "
                           "%.2f us (%zu values in all)\n",
           count, synthea_median(compile, settings.common.rounds), compiled.used_bytes,
           synthea_median(whole, settings.common.rounds) - plain_us, plain_us,
           synthea_median(search, settings.common.rounds), found);
    return 0;
}
