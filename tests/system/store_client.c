/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process in front of the record in PostgreSQL, for tests of failover.
 *
 *   store-client CONNINFO write NAME    writes jobs of a few patients from several threads until its input ends; a line
 *                                       for each job that was acknowledged; ends with 1 if commits were heard of out
 * of order
 *   store-client CONNINFO check         reads such lines; ends with 1 if an acknowledged job is not whole, or was
 * done twice, or
 *                                       if any other job is there by halves
 *   store-client CONNINFO replica REPLICA   reads from the replica what was just written, once it is there */
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fhir/model.h"
#include "search/query.h"
#include "store/postgres.h"

enum { THREADS = 4, PEOPLE = 3, NUMBER_BYTES = 40, PATIENCE_MS = 60000, PARTS = 4 };

static struct store *store;
static uint16_t patient, identifier;
static const char *name;
static atomic_bool ends;

static void open_store(const char *conninfo, const char *replica)
{
    char help[POSTGRES_HELP_BYTES];
    struct postgres_setting setting = {
        .conninfo = conninfo, .replica = replica, .parts = PARTS, .patience_ms = PATIENCE_MS};
    if (store_postgres_open(&store, &setting, help) != STORE_OK)
        errx(2, "%s", help);
    patient = fhir_resource_named(TEXT("Patient"));
    identifier = fhir_search_param_named(patient, TEXT("identifier"));
}

/* --- writing -------------------------------------------------------------------------------------- */

/* A job: several patients of one number, none of whom may be there. */
static enum store_err put_people(struct store_write *write, void *context)
{
    const char *number = context;
    for (int i = 0; i < PEOPLE; i++) {
        struct search_row row = {.kind = SEARCH_TOKEN,
                                 .param = identifier,
                                 .of.token = {TEXT("urn:s"), text_of(number), {"", 0}}};
        struct search_rows rows = {.rows = &row, .count = 1};
        struct store_put put = {.body = text_of(number), .rows = &rows, .words = TEXT("")};
        struct store_claim claim;
        char id[NUMBER_BYTES + 16];
        snprintf(id, sizeof id, "%s-%d", number, i);
        enum store_err err = store_claim(write, patient, text_of(id),
                                         (struct store_expect){STORE_ABSENT, 0}, 1, &claim);
        if (!err)
            err = store_put(write, &claim, &put);
        if (err)
            return err;
    }
    return STORE_OK;
}

static void *write_many(void *context)
{
    int thread = *(int *)context;
    struct arena arena;
    char number[NUMBER_BYTES];
    arena_init(&arena, 1 << 20);
    for (int i = 0; !atomic_load(&ends); i++) {
        snprintf(number, sizeof number, "%.20s-%d-%d", name, thread, i);
        arena_reset(&arena);
        enum store_err err = store_run(store, &arena, put_people, number);
        if (err)
            errx(1, "%s: %s", number, store_err_words(err));
        printf("%s\n", number); /* one line is one write: stdout is by lines */
    }
    arena_free(&arena);
    return NULL;
}

static void hear(const struct store_change_note *notes, size_t count, void *context)
{
    uint64_t *last = context;
    for (size_t i = 0; i < count; i++) {
        if (notes[i].seq <= *last)
            errx(1, "heard of %llu after %llu", (unsigned long long)notes[i].seq,
                 (unsigned long long)*last);
        *last = notes[i].seq;
    }
}

static int write_all(void)
{
    static uint64_t last;
    pthread_t threads[THREADS];
    int numbers[THREADS];
    char byte;
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    store_listen(store, (struct store_listener){hear, &last});
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        if (pthread_create(&threads[i], NULL, write_many, &numbers[i]) != 0)
            errx(2, "a thread could not be started");
    }
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    atomic_store(&ends, true);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return 0;
}

/* --- checking ------------------------------------------------------------------------------------- */

/* How many of a job's patients are there, by name and by index. */
static int people_of(struct store_view *view, const char *number)
{
    int count = 0;
    struct store_row row;
    struct store_page page;
    struct search_value value = {.kind = SEARCH_TOKEN, .of.token.code = text_of(number)};
    struct search_condition condition = {.what = SEARCH_ROW,
                                         .kind = SEARCH_TOKEN,
                                         .params = &identifier,
                                         .param_count = 1,
                                         .values = &value,
                                         .value_count = 1};
    struct search_query query = {.conditions = &condition, .condition_count = 1, .count = 10};
    struct store_search asked = {.query = &query};
    for (int i = 0; i < PEOPLE; i++) {
        char id[NUMBER_BYTES + 16];
        snprintf(id, sizeof id, "%s-%d", number, i);
        enum store_err err = store_get(view, patient, text_of(id), 0, &row);
        if (err && err != STORE_ERR_NONE)
            errx(1, "%s: %s", id, store_err_words(err));
        if (!err && row.version != 1)
            errx(1, "%s was written twice", id);
        count += !err;
    }
    if (store_search(view, &asked, &page) != STORE_OK || page.count != (size_t)count)
        errx(1, "%s: the index has %zu of %d", number, page.count, count);
    return count;
}

/* The one after the last acknowledged of each thread may be there, whole. */
static int check(void)
{
    char number[NUMBER_BYTES + 2], next[2 * NUMBER_BYTES];
    struct arena arena;
    int jobs = 0;
    arena_init(&arena, 16 << 20);
    for (; fgets(number, sizeof number, stdin); jobs++) {
        struct store_view *view;
        number[strcspn(number, "\n")] = '\0';
        char *dash = strrchr(number, '-');
        if (!dash)
            errx(2, "%s is no number", number);
        snprintf(next, sizeof next, "%.*s-%ld", (int)(dash - number), number,
                 strtol(dash + 1, NULL, 10) + 1);
        arena_reset(&arena);
        if (store_view_begin(store, &arena, &view) != STORE_OK)
            errx(1, "no view");
        if (people_of(view, number) != PEOPLE)
            errx(1, "%s was acknowledged and is lost", number);
        if (people_of(view, next) % PEOPLE != 0)
            errx(1, "%s is there by halves", next);
        store_view_end(view);
    }
    arena_free(&arena);
    printf("%d\n", jobs);
    return 0;
}

/* --- the replica ---------------------------------------------------------------------------------- */

static int read_replica(void)
{
    char number[NUMBER_BYTES];
    struct arena arena;
    struct store_view *view;
    struct store_row row;
    bool is_replica = false;
    arena_init(&arena, 16 << 20);
    snprintf(number, sizeof number, "replica-%d-0", (int)getpid());
    if (store_run(store, &arena, put_people, number) != STORE_OK)
        errx(1, "nothing could be written");
    strcat(number, "-0");
    uint64_t place;
    if (store_view_begin(store, &arena, &view) != STORE_OK ||
        store_postgres_reached(view, &place) != STORE_OK ||
        store_get(view, patient, text_of(number), 0, &row) != STORE_OK)
        errx(1, "what was written is not there");
    store_view_end(view);
    for (int i = 0; !is_replica && i < 10000; i++) {
        struct store_row again;
        if (store_postgres_view(store, &arena, place, &view, &is_replica) != STORE_OK ||
            store_get(view, patient, text_of(number), 0, &again) != STORE_OK)
            errx(1, "a view has not what this client has seen");
        store_view_end(view);
        usleep(1000);
    }
    if (!is_replica)
        errx(1, "the replica is never read");
    if (store_postgres_view(store, &arena, place + (1 << 30), &view, &is_replica) != STORE_OK ||
        is_replica)
        errx(1, "the replica is read before it has what was seen");
    store_view_end(view);
    arena_free(&arena);
    return 0;
}

int main(int argc, char **argv)
{
    int status = 2;
    if (argc < 3)
        errx(2, "CONNINFO write NAME | check | replica REPLICA");
    name = argc > 3 ? argv[3] : "";
    open_store(argv[1], strcmp(argv[2], "replica") == 0 ? name : NULL);
    if (strcmp(argv[2], "write") == 0)
        status = write_all();
    else if (strcmp(argv[2], "check") == 0)
        status = check();
    else if (strcmp(argv[2], "replica") == 0)
        status = read_replica();
    store_close(store);
    return status;
}
