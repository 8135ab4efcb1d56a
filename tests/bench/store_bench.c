/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast the record is written and searched, on one store that grows; and beside it, in the same run, bare SQLite
 * writing the same rows with as many to a commit.
 *
 *   import    transactions of 100 resources with all of their rows, durable; the writer's thread alone counts them
 *   creates   one resource each, `group` of them waiting at a time, durable; in turn with bare SQLite
 *   searches  one thread: by identifier; by name and birth date; the ten latest observations of a patient; a read
 *   export    all resources in lists of 1,000
 *   open      closed and opened again, to the first answer
 *
 * The same on PostgreSQL is bench-postgres, beside bare libpq: store_engine_*.c and store_peer*.c are the engines.
 * There the processor's time is this process's, not the server's.
 *
 * What the page cache of the system holds is the machine's: a store larger than its memory is another matter. */
#include <err.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "base/spread.h"
#include "bench/store_engine.h"
#include "bench/store_peer.h"
#include "bench/store_people.h"
#include "options.h"
#include "search/query.h"

enum { IMPORT_JOB = 100, IMPORT_WAITING = 8, GROUP_MAX = 1024, LATEST = 10, LIST = 1000 };

struct settings {
    uint64_t rows, group, creates, searches, page_bytes;
    const char *folder;
    bool plain, json;
};

static const struct option options[] = {
    {.name = "rows",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct settings, rows),
     .unit = "N",
     .standard = "100000",
     .least = 1000,
     .most = 100000000,
     .help = "resources in the store"},
    {.name = "group",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct settings, group),
     .unit = "N",
     .standard = "64",
     .least = 1,
     .most = GROUP_MAX,
     .help = "creates that wait at a time"},
    {.name = "creates",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct settings, creates),
     .unit = "N",
     .standard = "20000",
     .least = 100,
     .most = 10000000,
     .help = "single creates"},
    {.name = "searches",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct settings, searches),
     .unit = "N",
     .standard = "20000",
     .least = 100,
     .most = 10000000,
     .help = "searches of each kind"},
    {.name = "page",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct settings, page_bytes),
     .unit = "BYTES",
     .standard = "4096",
     .least = 1024,
     .most = 32768,
     .help = "page size"},
    {.name = "folder",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, folder),
     .unit = "DIR",
     .help = "where the files are made; else a new folder here"},
    {.name = "plain",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct settings, plain),
     .help = "do not seal the store"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct settings, json),
     .help = "one line of JSON"},
    {0},
};

static struct settings settings;
static struct people_params params;
static struct store *store;
static char folder[256];

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* The processor's time of all threads, which a busy machine disturbs less. */
static double cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void tell(const char *name, double value, const char *unit)
{
    static bool was_told;
    if (settings.json)
        printf("%s\"%s\": %.1f", was_told ? ", " : "{", name, value);
    else
        printf("%-28s %12.1f %s\n", name, value, unit);
    was_told = true;
    fflush(stdout);
}

static void must(enum store_err err, const char *what)
{
    if (err)
        errx(1, "%s: %s", what, store_err_words(err));
}

static void open_store(void)
{
    store = bench_engine_open();
}

/* --- writing -------------------------------------------------------------------------------------- */

struct writing { /* a job of some resources */
    struct store_job job;
    struct arena arena;
    uint64_t first, count;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static size_t busy; /* jobs that are not answered */

static enum store_err write_people(struct store_write *write, void *context)
{
    struct writing *writing = context;
    static struct people_resource made; /* the writer's thread alone */
    for (uint64_t i = 0; i < writing->count; i++) {
        struct store_claim claim;
        people_make(&made, &params, writing->first + i);
        struct search_rows rows = {.rows = made.rows, .count = made.row_count};
        struct store_put put = {
            .body = {made.body, made.body_len}, .rows = &rows, .words = TEXT("")};
        enum store_err err = store_claim(write, made.type, text_of(made.id),
                                         (struct store_expect){STORE_ABSENT, 0}, 1, &claim);
        if (!err)
            err = store_put(write, &claim, &put);
        if (err)
            return err;
    }
    return STORE_OK;
}

static void written(enum store_err err, const char *help, void *context)
{
    (void)context;
    if (err)
        errx(1, "write: %s: %s", store_err_words(err), help ? help : "");
    pthread_mutex_lock(&lock);
    if (--busy == 0) /* the next group begins when this one is answered, as bare SQLite's does */
        pthread_cond_signal(&wake);
    pthread_mutex_unlock(&lock);
}

/* Writes resources [first, first + count) by jobs of `each`, `waiting` at a time; seconds. */
static double write_all(uint64_t first, uint64_t count, uint64_t each, size_t waiting)
{
    static struct writing all[GROUP_MAX];
    uint64_t start = now_ns(), next = first;
    for (size_t i = 0; i < waiting; i++)
        arena_init(&all[i].arena, 1 << 20);
    while (next < first + count) {
        size_t jobs = 0;
        for (; jobs < waiting && next < first + count; jobs++, next += each) {
            struct writing *one = &all[jobs];
            one->first = next;
            one->count = first + count - next < each ? first + count - next : each;
            one->job = (struct store_job){
                .run = write_people, .done = written, .context = one, .arena = &one->arena};
        }
        busy = jobs;
        for (size_t i = 0; i < jobs; i++)
            must(store_submit(store, &all[i].job), "submit");
        pthread_mutex_lock(&lock);
        while (busy)
            pthread_cond_wait(&wake, &lock);
        pthread_mutex_unlock(&lock);
    }
    double seconds = (double)(now_ns() - start) / 1e9;
    for (size_t i = 0; i < waiting; i++)
        arena_free(&all[i].arena);
    return seconds;
}

static double peer_all(struct store_peer *peer, uint64_t first, uint64_t count)
{
    static struct people_resource made;
    uint64_t start = now_ns();
    for (uint64_t i = 0; i < count; i++) {
        if (i % settings.group == 0)
            store_peer_begin(peer);
        people_make(&made, &params, first + i);
        store_peer_put(peer, &made);
        if (i % settings.group == settings.group - 1 || i + 1 == count)
            store_peer_commit(peer);
    }
    return (double)(now_ns() - start) / 1e9;
}

static void bench_creates(void)
{
    enum { ROUNDS = 5 };
    char peer_path[300];
    double best[2] = {1e9, 1e9}, cpu[2] = {0, 0}; /* ours, theirs */
    uint64_t each = settings.creates / ROUNDS, first = settings.rows;
    snprintf(peer_path, sizeof peer_path, "%s/peer.db", folder);
    struct store_peer *peer = store_peer_open(peer_path, (unsigned)settings.page_bytes);
    peer_all(peer, 0, settings.rows < 20000 ? settings.rows : 20000); /* not an empty one */
    for (int i = 0; i < ROUNDS; i++, first += each)
        for (int side = 0; side < 2; side++) {
            double before = cpu_s();
            double seconds =
                side ? peer_all(peer, first, each) : write_all(first, each, 1, settings.group);
            cpu[side] += cpu_s() - before;
            best[side] = seconds < best[side] ? seconds : best[side];
        }
    store_peer_close(peer);
    tell("creates_per_s", (double)each / best[0], "resources/s");
    tell("creates_bare_" STORE_PEER_NAME "_per_s", (double)each / best[1], "resources/s");
    tell("creates_of_bare_percent", 100 * best[1] / best[0], "%");
    tell("creates_cpu_us", cpu[0] * 1e6 / (double)(each * ROUNDS), "us each");
    tell("creates_bare_" STORE_PEER_NAME "_cpu_us", cpu[1] * 1e6 / (double)(each * ROUNDS),
         "us each");
}

/* --- searching ------------------------------------------------------------------------------------ */

static struct random chance;

static uint64_t some_person(void)
{
    return random_below(&chance, settings.rows / (PEOPLE_OBSERVED + 1));
}

struct asking {
    struct search_query query;
    struct search_condition conditions[2];
    struct search_value values[2];
    struct search_sort sort;
    char text[48];
};

static void ask(struct asking *asking, size_t at, const uint16_t *param, enum search_kind kind)
{
    asking->conditions[at] = (struct search_condition){.what = SEARCH_ROW,
                                                       .kind = (uint8_t)kind,
                                                       .params = param,
                                                       .param_count = 1,
                                                       .values = &asking->values[at],
                                                       .value_count = 1};
    asking->values[at] = (struct search_value){.kind = (uint8_t)kind};
    asking->query.conditions = asking->conditions;
    asking->query.condition_count = at + 1;
}

static void ask_identifier(struct asking *asking)
{
    *asking = (struct asking){
        .query = {.types = &params.patient, .type_count = 1, .count = SEARCH_COUNT_DEFAULT}};
    ask(asking, 0, &params.identifier, SEARCH_TOKEN);
    people_identifier(asking->text, some_person());
    asking->values[0].of.token.system = TEXT("urn:oid:2.16.840.1.113883.2.504");
    asking->values[0].of.token.system_is = SEARCH_SYSTEM_IS;
    asking->values[0].of.token.code = text_of(asking->text);
}

static void ask_name_and_birth(struct asking *asking)
{
    uint64_t person = some_person();
    *asking = (struct asking){
        .query = {.types = &params.patient, .type_count = 1, .count = SEARCH_COUNT_DEFAULT}};
    ask(asking, 0, &params.name, SEARCH_STRING);
    ask(asking, 1, &params.birthdate, SEARCH_DATE);
    people_family(asking->text, person);
    asking->values[0].match = SEARCH_STARTS;
    asking->values[0].of.string.text = (struct text){asking->text, 5};
    asking->values[1].of.date.from_ms = people_birth_ms(person);
    asking->values[1].of.date.to_ms = people_birth_ms(person) + 86399999;
}

static void ask_latest(struct asking *asking)
{
    *asking =
        (struct asking){.query = {.types = &params.observation, .type_count = 1, .count = LATEST}};
    ask(asking, 0, &params.of_patient, SEARCH_REFERENCE);
    people_id(asking->text, some_person() * (PEOPLE_OBSERVED + 1));
    asking->values[0].of.reference.type = params.patient;
    asking->values[0].of.reference.id = text_of(asking->text);
    asking->values[0].of.reference.version = TEXT("");
    asking->sort = (struct search_sort){.by = SEARCH_BY_PARAM,
                                        .is_descending = true,
                                        .kind = SEARCH_DATE,
                                        .params = &params.date,
                                        .param_count = 1};
    asking->query.sorts = &asking->sort;
    asking->query.sort_count = 1;
}

static size_t search_once(struct arena *arena, struct asking *asking)
{
    struct store_view *view;
    struct store_page page;
    struct store_search asked = {.query = &asking->query};
    must(store_view_begin(store, arena, &view), "view");
    must(store_search(view, &asked, &page), "search");
    store_view_end(view);
    return page.count;
}

static void bench_search(const char *name, void (*make)(struct asking *))
{
    static struct spread spread;
    struct arena arena;
    struct asking asking;
    char words[64];
    size_t found = 0;
    arena_init(&arena, 64 << 20);
    spread_clear(&spread);
    uint64_t start = now_ns();
    for (uint64_t i = 0; i < settings.searches; i++) {
        uint64_t from = now_ns();
        arena_reset(&arena);
        make(&asking);
        found += search_once(&arena, &asking) > 0;
        spread_add(&spread, (int64_t)(now_ns() - from));
    }
    double seconds = (double)(now_ns() - start) / 1e9;
    if (found < settings.searches)
        errx(1, "%s: %zu searches found nothing", name, (size_t)settings.searches - found);
    snprintf(words, sizeof words, "%s_per_s", name);
    tell(words, (double)settings.searches / seconds, "/s");
    snprintf(words, sizeof words, "%s_p99_ms", name);
    tell(words, (double)spread_at(&spread, 0.99) / 1e6, "ms");
    arena_free(&arena);
}

static void bench_reads(void)
{
    struct arena arena;
    char id[40];
    arena_init(&arena, 1 << 20);
    uint64_t start = now_ns();
    for (uint64_t i = 0; i < settings.searches; i++) {
        struct store_view *view;
        struct store_row row;
        arena_reset(&arena);
        people_id(id, some_person() * (PEOPLE_OBSERVED + 1));
        must(store_view_begin(store, &arena, &view), "view");
        must(store_get(view, params.patient, text_of(id), 0, &row), "get");
        store_view_end(view);
    }
    tell("reads_per_s", (double)settings.searches * 1e9 / (double)(now_ns() - start), "/s");
    arena_free(&arena);
}

static void bench_export(void)
{
    struct arena arena;
    struct store_list asked = {
        .type = FHIR_NONE, .since_ms = INT64_MIN, .upto_seq = UINT64_MAX, .count = LIST};
    struct store_page page;
    char cursor[64];
    uint64_t count = 0, start = now_ns();
    arena_init(&arena, 64 << 20);
    do {
        struct store_view *view;
        arena_reset(&arena);
        must(store_view_begin(store, &arena, &view), "view");
        must(store_list(view, &asked, &page), "list");
        store_view_end(view);
        count += page.count;
        snprintf(cursor, sizeof cursor, "%.*s", (int)page.next.len, page.next.bytes);
        asked.cursor = text_of(cursor);
    } while (page.next.len);
    tell("export_per_s", (double)count * 1e9 / (double)(now_ns() - start), "resources/s");
    arena_free(&arena);
}

static double resident_mb(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%*d %ld", &pages) != 1)
        pages = 0;
    if (file)
        fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static void bench_open(void)
{
    struct arena arena;
    struct asking asking;
    arena_init(&arena, 1 << 20);
    store_close(store);
    uint64_t start = now_ns();
    open_store();
    ask_identifier(&asking);
    search_once(&arena, &asking);
    tell("open_ms", (double)(now_ns() - start) / 1e6, "ms to the first answer");
    arena_free(&arena);
}

int main(int argc, char **argv)
{
    static const struct options_usage usage = {
        .command = "bench-store", .summary = "measure how fast the record is written and searched"};
    int status = options_alone(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;
    snprintf(folder, sizeof folder, "%s", settings.folder ? settings.folder : "bench-store-XXXXXX");
    if (!settings.folder && !mkdtemp(folder))
        err(1, "%s", folder);
    const struct bench_engine engine = {.folder = folder,
                                        .page_bytes = (unsigned)settings.page_bytes,
                                        .is_sealed = !settings.plain};
    people_params_init(&params);
    random_seed(&chance, 1);
    bench_engine_begin(&engine);
    open_store();
    double cpu = cpu_s(), seconds = write_all(0, settings.rows, IMPORT_JOB, IMPORT_WAITING);
    tell("import_per_s", (double)settings.rows / seconds, "resources/s");
    tell("import_cpu_us", (cpu_s() - cpu) * 1e6 / (double)settings.rows, "us each");
    bench_creates();
    bench_open();
    bench_reads();
    bench_search("identifier", ask_identifier);
    bench_search("name_birthdate", ask_name_and_birth);
    bench_search("latest", ask_latest);
    tell("resident_mb", resident_mb(), "MB");
    bench_export();
    store_close(store);
    tell("file_mb", bench_engine_mb(), "MB");
    bench_engine_end();
    if (settings.json)
        printf("}\n");
    if (!settings.folder) {
        char command[300];
        snprintf(command, sizeof command, "rm -r %s", folder);
        return system(command) != 0;
    }
    return 0;
}
