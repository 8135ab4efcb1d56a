/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre demo`: an invented centre, filled and served: for trying and showing. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "centre/demo_people.h"
#include "centre/demo_reads.h"
#include "centre/listen.h"
#include "centre/loader.h"
#include "centre/serve.h"
#include "centre/verb.h"
#include "centre/verbs.h"
#include "clock/clock.h"
#include "demo/demo.h"
#include "demo/lists_read.h"
#include "outside.h"

struct demo_settings {
    struct verb_folder folder;
    const char *listen;
    uint64_t patients, seed;
    bool fill_only, people;
};

#define OPTION_AT(field) offsetof(struct demo_settings, field)

static const struct option options[] = {
    {.name = "data",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(folder.data),
     .unit = "DIR",
     .standard = "jisr-demo",
     .help = "the folder that holds it; filled where there is none yet"},
    VERB_DATABASE,
    {.name = "listen",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(listen),
     .unit = "ADDR:PORT",
     .standard = "127.0.0.1:8080",
     .help = "where it is reached"},
    {.name = "patients",
     .kind = OPTION_COUNT,
     .offset = OPTION_AT(patients),
     .unit = "N",
     .standard = "500",
     .least = 1,
     .most = 10000000,
     .help = "how many are invented; some two dozen resources each"},
    {.name = "seed",
     .kind = OPTION_COUNT,
     .offset = OPTION_AT(seed),
     .unit = "N",
     .standard = "1",
     .most = 4294967295,
     .help = "another one makes other people"},
    {.name = "fill-only",
     .kind = OPTION_FLAG,
     .offset = OPTION_AT(fill_only),
     .help = "do not serve it"},
    {.name = "people",
     .kind = OPTION_FLAG,
     .offset = OPTION_AT(people),
     .help = "an administrator, a doctor, a nurse, a patient, a desk and an auditor sign in, and "
             "see what each may; prints their one-time links"},
    {.name = NULL}};

static const struct options_usage usage = {
    .command = "jisr centre demo",
    .summary = "an invented centre of Morocco, filled and served: nobody in it lives",
};

struct filling {
    struct loader *loader;
    bool has_failed;
};

static void take(void *context, const struct demo_resource *resource)
{
    struct filling *filling = context;
    filling->has_failed = filling->has_failed || !loader_add(filling->loader, resource->body);
}

/* A table of the outside data; "" where it is not there. */
static struct text read_table(const char *name, struct arena *arena)
{
    enum { TABLE_BYTES_MAX = 1 << 20 };
    char path[OUTSIDE_PATH_BYTES];
    FILE *file = outside_data(name, path) ? fopen(path, "re") : NULL;
    char *bytes = file ? arena_take(arena, TABLE_BYTES_MAX) : NULL;
    size_t len = bytes ? fread(bytes, 1, TABLE_BYTES_MAX, file) : 0;
    if (file)
        fclose(file);
    arena_shrink(arena, bytes, TABLE_BYTES_MAX, len);
    return (struct text){bytes, len};
}

/* Names and places as the country has them, where they are at hand. */
static bool read_lists(struct demo_lists *lists, struct arena *arena)
{
    const struct demo_tables tables = {
        .provinces = read_table("morocco/hcp-provinces-2024.csv", arena),
        .regions = read_table("morocco/hcp-regions-2024.csv", arena),
        .forenames = read_table("morocco/common-forenames-by-country.csv", arena),
    };
    return demo_lists_read(lists, &tables, arena);
}

static bool fill(struct centre *centre, const struct demo_settings *settings)
{
    struct arena arena, lists_arena;
    struct demo_lists lists;
    struct loader_sum sum = {0};
    struct filling filling = {.loader = loader_open(centre->vault.store, &centre->rest, false)};
    if (!filling.loader)
        return false;
    arena_init(&arena, 4 << 20);
    arena_init(&lists_arena, 16 << 20);
    if (!read_lists(&lists, &lists_arena))
        lists = demo_lists_built_in;
    const struct demo demo = {
        .seed = settings->seed,
        .now_ms = (int64_t)(clock_wall_ns() / 1000000),
        .lists = &lists,
        .arena = &arena,
        .take = take,
        .context = &filling,
    };
    demo_make_site(&demo);
    for (uint32_t number = 0; number < settings->patients && !filling.has_failed; number++)
        demo_make_patient(&demo, number);
    bool is_filled = loader_close(filling.loader, &sum) && !filling.has_failed;
    printf("demo patients=%" PRIu64 " resources=%" PRIu64 " places=%zu%s%s\n", settings->patients,
           sum.loaded, lists.place_count, sum.words[0] ? " " : "", sum.words);
    is_filled = is_filled && demo_read(centre, &demo, settings->patients);
    arena_free(&arena);
    arena_free(&lists_arena);
    fflush(stdout);
    return is_filled;
}

/* A folder is filled at `part`. */
static int make(const struct demo_settings *settings, const char *part)
{
    struct centre centre;
    struct verb_folder folder = settings->folder;
    char url[128];
    int status = FAILED;
    snprintf(url, sizeof url, "http://%s/fhir", settings->listen);
    folder.url = url;
    if (folder.data)
        folder.data = part;
    if (verb_open_centre(&centre, &usage, &folder, VERB_MAKES) &&
        ((centre.vault.is_shared && !verb_is_new(centre.vault.store)) || fill(&centre, settings)))
        status = DONE;
    verb_close_centre(&centre);
    return status;
}

/* A demonstration that was ended while it was filled is none: the folder has its name once it is whole. */
static int make_whole(const struct demo_settings *settings)
{
    char part[VAULT_PATH_BYTES], words[VAULT_PATH_BYTES + 64];
    struct stat stat_of;
    const char *data = settings->folder.data;
    if (!data)
        return make(settings, NULL);
    size_t name_len = strlen(data);
    while (name_len > 1 && data[name_len - 1] == '/')
        name_len--;
    int len = snprintf(part, sizeof part, "%.*s.part", (int)name_len, data);
    if (len < 0 || (size_t)len >= sizeof part)
        return verb_failed(&usage, "--data: the path is too long");
    if (stat(part, &stat_of) == 0) {
        snprintf(words, sizeof words, "%s was left half filled: remove it, and run this again",
                 part);
        return verb_failed(&usage, words);
    }
    int status = make(settings, part);
    if (status == DONE && rename(part, data) != 0)
        return verb_failed(&usage, strerror(errno));
    return status;
}

static int serve_open(const struct demo_settings *settings, char *program, const char *where)
{
    char data[VAULT_PATH_BYTES], listen[128], listen_word[] = "--listen", open_word[] = "--open";
    char data_word[] = "--data", database_word[] = "--database";
    snprintf(data, sizeof data, "%s", where);
    snprintf(listen, sizeof listen, "%s", settings->listen);
    char *serve[] = {program, settings->folder.database ? database_word : data_word,
                     data,    listen_word,
                     listen,  open_word,
                     NULL};
    puts("demo open: who reaches it may do everything, and nothing is told of it; with --people "
         "they sign in");
    fflush(stdout);
    return centre_serve(6, serve); /* open: nobody in it lives */
}

/* By a name, where that is this machine: at an address in numbers browsers make no passkeys. */
static void write_url(char *url, size_t size, const char *listen)
{
    static const char here[] = "127.0.0.1:";
    bool is_here = strncmp(listen, here, strlen(here)) == 0;
    snprintf(url, size, "http://%s%s/fhir", is_here ? "localhost:" : "",
             listen + (is_here ? strlen(here) : 0));
}

static int serve_people(const struct demo_settings *settings, char *program, const char *where)
{
    struct vault vault;
    struct verb_folder folder = settings->folder;
    char data[VAULT_PATH_BYTES], listen[128], url[160], listen_word[] = "--listen";
    char data_word[] = "--data", database_word[] = "--database", url_word[] = "--url";
    if (!folder.database)
        folder.data = where;
    write_url(url, sizeof url, settings->listen);
    if (!verb_open(&vault, &usage, &folder, VERB_ALONE))
        return FAILED;
    int status = demo_people(&vault, url, &usage);
    vault_close(&vault);
    if (status != DONE)
        return status;
    snprintf(data, sizeof data, "%s", where);
    snprintf(listen, sizeof listen, "%s", settings->listen);
    char *serve[] = {program, folder.database ? database_word : data_word,
                     data,    listen_word,
                     listen,  url_word,
                     url,     NULL};
    return centre_serve(7, serve);
}

int centre_demo(int argc, char **argv)
{
    struct demo_settings settings = {0};
    struct stat stat_of;
    int status = options_alone(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;
    if (!settings.fill_only && (status = listen_check(settings.listen, false, false)) != DONE)
        return status;
    const char *where = settings.folder.data;
    if (settings.folder.database) {
        where = settings.folder.database;
        settings.folder.data = NULL; /* the standard one */
    }
    bool may_be_new = settings.folder.database || stat(where, &stat_of) != 0;
    if (may_be_new && (status = make_whole(&settings)) != DONE)
        return status;
    if (settings.fill_only)
        return DONE;
    return settings.people ? serve_people(&settings, argv[0], where)
                           : serve_open(&settings, argv[0], where);
}
