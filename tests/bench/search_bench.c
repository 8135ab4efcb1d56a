/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What it costs to index a real patient's resources and to understand a question, by the processor's time of this
 * thread; the median of the rounds. Exit 77: no bundles here. */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "options.h"
#include "search/extract.h"
#include "search/query.h"
#include "search/words.h"
#include "json/json.h"

enum {
    RESOURCES_MAX = 100000,
    ROUNDS_MAX = 1000,
    FILE_BYTES_MAX = 64 << 20,
    ARENA_BYTES = 1 << 30,
    NO_BUNDLES = 77
};

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
static double index_s[ROUNDS_MAX], words_s[ROUNDS_MAX], parse_s[ROUNDS_MAX];

static void stop(const char *words)
{
    fprintf(stderr, "bench-search: %s\n", words);
    exit(1);
}

static double thread_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Each resource of a bundle becomes a document of its own, as when it is written. */
static void read_bundle(const char *path)
{
    static char bytes[FILE_BYTES_MAX];
    struct json bundle;
    FILE *file = fopen(path, "rb");
    size_t len = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    if (file)
        fclose(file);
    struct text text = arena_copy(&kept, (struct text){bytes, len});
    if (!text.bytes || json_parse(&bundle, text, &json_limits_default, &kept, NULL))
        stop(path);
    uint32_t entries = json_member(&bundle, JSON_ROOT, TEXT("entry"));
    for (uint32_t i = 0, entry; entries != JSON_NONE && count < RESOURCES_MAX &&
                                (entry = json_element(&bundle, entries, i)) != JSON_NONE;
         i++) {
        uint32_t resource = json_member(&bundle, entry, TEXT("resource"));
        if (resource != JSON_NONE && json_parse(&resources[count++], json_raw(&bundle, resource),
                                                &json_limits_default, &kept, NULL))
            stop(path);
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
        read_bundle(path);
    }
    if (listing)
        closedir(listing);
    if (count == 0) {
        fprintf(stderr, "bench-search: no bundles in %s\n", folder);
        exit(NO_BUNDLES);
    }
}

static void index_all(uint64_t round)
{
    struct search_rows rows;
    double start_s = thread_s();
    rows_made = 0;
    for (size_t i = 0; i < count; i++) {
        if (!search_extract(extractor, &resources[i], TEXT("https://example.org/fhir"), &arena,
                            &rows))
            stop("a resource was not indexed");
        rows_made += rows.count;
        arena_reset(&arena);
    }
    index_s[round] = thread_s() - start_s;
    start_s = thread_s();
    for (size_t i = 0; i < count; i++) {
        if (!search_words(&resources[i], JSON_ROOT, &arena).bytes)
            stop("words were not read");
        arena_reset(&arena);
    }
    words_s[round] = thread_s() - start_s;
}

static void parse_all(uint64_t round)
{
    static const struct search_setting setting = {
        {"https://example.org/fhir", sizeof "https://example.org/fhir" - 1}, 0, true, NULL};
    double start_s = thread_s();
    for (unsigned i = 0; i < QUESTIONS * QUESTION_TIMES; i++) {
        struct search_query query;
        struct search_fault fault;
        struct search_scope scope = {fhir_resource_named(text_of(questions[i % QUESTIONS].type)),
                                     FHIR_NONE, TEXT("")};
        if (search_parse(&query, &scope, text_of(questions[i % QUESTIONS].parameters), &setting,
                         &arena, &fault))
            stop(fault.words);
        arena_reset(&arena);
    }
    parse_s[round] = thread_s() - start_s;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, uint64_t rounds)
{
    qsort(values, rounds, sizeof *values, by_value);
    return values[rounds / 2];
}

int main(int argc, char **argv)
{
    static const struct options_usage usage = {
        .command = "bench-search", .summary = "measure what indexing and questions cost"};
    struct settings settings = {0};
    int status = options_alone(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;
    arena_init(&kept, ARENA_BYTES);
    arena_init(&arena, ARENA_BYTES);
    read_folder(settings.data);
    double start_s = thread_s();
    extractor = search_extractor_make(&kept);
    double made_s = thread_s() - start_s;
    if (!extractor)
        stop("no memory");
    for (uint64_t round = 0; round < settings.rounds; round++) {
        index_all(round);
        parse_all(round);
    }
    printf("%zu resources, %.1f rows each; expressions compiled in %.1f ms\n", count,
           (double)rows_made / (double)count, 1e3 * made_s);
    printf("a resource indexed     %7.2f us\n",
           1e6 * median(index_s, settings.rounds) / (double)count);
    printf("its words              %7.2f us\n",
           1e6 * median(words_s, settings.rounds) / (double)count);
    printf("a question understood  %7.2f us\n",
           1e6 * median(parse_s, settings.rounds) / (QUESTIONS * QUESTION_TIMES));
    arena_free(&kept);
    arena_free(&arena);
    return 0;
}
