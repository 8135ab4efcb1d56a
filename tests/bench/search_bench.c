/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What it costs to index a real patient's resources and to understand a question, by the processor's time of this
 * thread; the median of the rounds. Exit 77: no bundles here. */
#include <stdio.h>

#include "bench/synthea.h"
#include "search/extract.h"
#include "search/query.h"
#include "search/words.h"
#include "json/json.h"

enum { RESOURCES_MAX = 100000, ARENA_BYTES = 1 << 30 };

struct settings {
    struct synthea_settings common;
};

static const struct option options[] = {
    SYNTHEA_DATA,
    SYNTHEA_ROUNDS,
    {0},
};

static const struct {
    const char *type, *parameters;
} questions[] = {
    {"Patient", "identifier=http://hospital.example.org|12345"},
    {"Patient", "name=O%27Neill&birthdate=1970-05-17"},
    {"Observation", "patient=Patient/f1e2&category=laboratory&_sort=-date&_count=50"},
    {"Observation",
     "code-value-quantity=http://loinc.org|8480-6$gt140|http://unitsofmeasure.org|mm[Hg]"},
    {"Encounter", "patient.name=mar&date=ge2020&date=lt2021&_include=Encounter:patient"},
};
enum { QUESTIONS = sizeof questions / sizeof *questions, QUESTION_TIMES = 100 };

static struct json resources[RESOURCES_MAX];
static size_t count, rows_made;
static struct arena kept, arena;
static const struct search_extractor *extractor;
static double index_s[SYNTHEA_ROUNDS_MAX], words_s[SYNTHEA_ROUNDS_MAX], parse_s[SYNTHEA_ROUNDS_MAX];

/* Each resource of a bundle becomes a document of its own, as when it is written. */
static bool take_bundle(struct text file)
{
    struct json bundle;
    if (json_parse(&bundle, file, &json_limits_default, &kept, NULL))
        synthea_stop("a bundle is refused");
    uint32_t entries = json_member(&bundle, JSON_ROOT, TEXT("entry"));
    for (uint32_t i = 0, entry; entries != JSON_NONE && count < RESOURCES_MAX &&
                                (entry = json_element(&bundle, entries, i)) != JSON_NONE;
         i++) {
        uint32_t resource = json_member(&bundle, entry, TEXT("resource"));
        if (resource != JSON_NONE && json_parse(&resources[count++], json_raw(&bundle, resource),
                                                &json_limits_default, &kept, NULL))
            synthea_stop("a resource is refused");
    }
    return count > 0;
}

static void index_all(uint64_t round)
{
    struct search_rows rows;
    double start_s = synthea_thread_s();
    rows_made = 0;
    for (size_t i = 0; i < count; i++) {
        if (!search_extract(extractor, &resources[i], TEXT("https://example.org/fhir"), &arena,
                            &rows))
            synthea_stop("a resource was not indexed");
        rows_made += rows.count;
        arena_reset(&arena);
    }
    index_s[round] = synthea_thread_s() - start_s;
    start_s = synthea_thread_s();
    for (size_t i = 0; i < count; i++) {
        if (!search_words(&resources[i], JSON_ROOT, &arena).bytes)
            synthea_stop("words were not read");
        arena_reset(&arena);
    }
    words_s[round] = synthea_thread_s() - start_s;
}

static void parse_all(uint64_t round)
{
    static const struct search_setting setting = {
        {"https://example.org/fhir", sizeof "https://example.org/fhir" - 1}, 0, true, NULL};
    double start_s = synthea_thread_s();
    for (unsigned i = 0; i < QUESTIONS * QUESTION_TIMES; i++) {
        struct search_query query;
        struct search_fault fault;
        struct search_scope scope = {fhir_resource_named(text_of(questions[i % QUESTIONS].type)),
                                     FHIR_NONE, TEXT("")};
        if (search_parse(&query, &scope, text_of(questions[i % QUESTIONS].parameters), &setting,
                         &arena, &fault))
            synthea_stop(fault.words);
        arena_reset(&arena);
    }
    parse_s[round] = synthea_thread_s() - start_s;
}

int main(int argc, char **argv)
{
    static const struct options_usage usage = {
        .command = "bench-search", .summary = "measure what indexing and questions cost"};
    struct settings settings = {0};
    int status = synthea_options(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;
    arena_init(&kept, ARENA_BYTES);
    arena_init(&arena, ARENA_BYTES);
    synthea_read(&settings.common, &kept, take_bundle);
    double start_s = synthea_thread_s();
    extractor = search_extractor_make(&kept);
    double made_s = synthea_thread_s() - start_s;
    if (!extractor)
        synthea_stop("no memory");
    for (uint64_t round = 0; round < settings.common.rounds; round++) {
        index_all(round);
        parse_all(round);
    }
    printf("%zu resources, %.1f rows each; expressions compiled in %.1f ms\n", count,
           (double)rows_made / (double)count, 1e3 * made_s);
    printf("a resource indexed     %7.2f us\n",
           1e6 * synthea_median(index_s, settings.common.rounds) / (double)count);
    printf("its words              %7.2f us\n",
           1e6 * synthea_median(words_s, settings.common.rounds) / (double)count);
    printf("a question understood  %7.2f us\n",
           1e6 * synthea_median(parse_s, settings.common.rounds) / (QUESTIONS * QUESTION_TIMES));
    arena_free(&kept);
    arena_free(&arena);
    return 0;
}
