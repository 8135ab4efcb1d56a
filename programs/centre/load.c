/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre load`: resources from files into the record: NDJSON (a resource a line), a resource, or a Bundle. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "centre/loader.h"
#include "centre/verb.h"
#include "centre/verbs.h"
#include "clock/clock.h"
#include "json/json.h"

enum { BUNDLE_BYTES_MAX = 512 << 20 };

struct load_settings {
    struct verb_folder folder;
    const char *url;
};

static const struct option options[] = {VERB_DATA("; made where there is none"),
                                        VERB_SECRET(""),
                                        VERB_URL(struct load_settings, url),
                                        {.name = NULL}};

static const struct options_usage usage = {
    .command = "jisr centre load",
    .summary = "resources from files into the record: a resource a line (NDJSON), one, or a Bundle",
    .operands = "FILE...",
    .operands_least = 1,
    .operands_most = 100000,
};

/* A transaction or batch goes through the API; its words where it is refused. */
static bool send_bundle(struct centre *centre, struct text bundle, struct loader_sum *sum)
{
    struct arena arena;
    struct store_view *view;
    arena_init(&arena, BUNDLE_BYTES_MAX);
    struct rest_exchange exchange = {
        .rest = &centre->rest,
        .arena = &arena,
        .now_ms = (int64_t)(clock_wall_ns() / 1000000),
        .wire = {.method = REST_POST,
                 .path = TEXT("/"),
                 .body = bundle,
                 .content_type = TEXT("application/fhir+json")},
    };
    enum store_err err = store_view_begin(centre->vault.store, &arena, &view);
    if (err == STORE_OK) {
        enum rest_turn turn = rest_begin(&exchange, view);
        store_view_end(view);
        bool is_last = turn == REST_ANSWERED;
        for (size_t i = 0; !is_last; i++) {
            struct rest_write *write = &exchange.writes[i];
            is_last = rest_write_done(
                write, store_run(centre->vault.store, &write->arena, rest_write_run, write), NULL);
        }
        if (turn == REST_WRITES)
            rest_end(&exchange);
    }
    bool is_done = err == STORE_OK && exchange.answer.status == 200;
    if (is_done)
        sum->loaded += rest_bundle_count(&exchange);
    else
        snprintf(sum->words, sizeof sum->words, "%.*s",
                 (int)(exchange.answer.body.len > 500 ? 500 : exchange.answer.body.len),
                 exchange.answer.body.bytes ? exchange.answer.body.bytes : "");
    sum->refused += !is_done;
    arena_free(&arena);
    return is_done;
}

static struct text string_at(const struct json *json, const char *name)
{
    uint32_t node = json_member(json, JSON_ROOT, text_of(name));
    return node == JSON_NONE || json_type(json, node) != JSON_STRING ? TEXT("")
                                                                     : json_raw(json, node);
}

/* Entries of a Bundle that is a collection; each resource by itself. */
static bool add_entries(struct loader *loader, const struct json *json)
{
    uint32_t entries = json_member(json, JSON_ROOT, TEXT("entry"));
    if (entries == JSON_NONE || json_type(json, entries) != JSON_ARRAY)
        return true;
    for (uint32_t at = json_first(json, entries); at != json_end(json, entries);
         at = json_next(json, at)) {
        uint32_t resource = json_member(json, at, TEXT("resource"));
        if (resource != JSON_NONE && !loader_add(loader, json_raw(json, resource)))
            return false;
    }
    return true;
}

static bool add_lines(struct loader *loader, struct text all)
{
    const char *at = all.bytes, *end = all.bytes + all.len;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        struct text line = {at, (size_t)((stop ? stop : end) - at)};
        size_t blanks = 0;
        while (blanks < line.len && strchr(" \t\r", line.bytes[blanks]))
            blanks++;
        if (blanks < line.len && !loader_add(loader, line))
            return false;
        at += line.len + 1;
    }
    return true;
}

static bool load_text(struct centre *centre, struct text all, struct loader_sum *sum)
{
    struct json json;
    struct arena arena;
    arena_init(&arena, BUNDLE_BYTES_MAX);
    bool is_one = json_parse(&json, all, &json_limits_default, &arena, NULL) == JSON_OK;
    bool is_bundle = is_one && text_is(string_at(&json, "resourceType"), "Bundle");
    struct text kind = is_bundle ? string_at(&json, "type") : TEXT("");
    bool is_done;
    if (text_is(kind, "transaction") || text_is(kind, "batch")) {
        is_done = send_bundle(centre, all, sum);
    } else {
        struct loader *loader = loader_open(centre->vault.store, &centre->rest);
        bool is_well = loader && (is_bundle ? add_entries(loader, &json)
                                  : is_one  ? loader_add(loader, all)
                                            : add_lines(loader, all));
        is_done = loader && loader_close(loader, sum) && is_well;
    }
    arena_free(&arena);
    return is_done;
}

static bool load_file(struct centre *centre, const char *path, struct loader_sum *sum)
{
    struct stat stat;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *bytes = MAP_FAILED;
    if (fd >= 0 && fstat(fd, &stat) == 0 && stat.st_size > 0)
        bytes = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    bool is_empty = fd >= 0 && stat.st_size == 0;
    if (bytes == MAP_FAILED && !is_empty)
        snprintf(sum->words, sizeof sum->words, "%s", strerror(errno));
    bool is_done = is_empty || (bytes != MAP_FAILED &&
                                load_text(centre, (struct text){bytes, (size_t)stat.st_size}, sum));
    if (bytes != MAP_FAILED)
        munmap(bytes, (size_t)stat.st_size);
    if (fd >= 0)
        close(fd);
    return is_done;
}

int centre_load(int argc, char **argv)
{
    struct load_settings settings = {0};
    struct centre centre;
    char **files;
    size_t count;
    enum options_result result =
        options_read(&usage, options, &settings, argc, argv, &files, &count);
    if (result != OPTIONS_OK)
        return result == OPTIONS_HELP_SHOWN ? DONE : WRONG_USAGE;
    bool is_open = verb_open_centre(&centre, &usage, &settings.folder, settings.url);
    int status = is_open ? DONE : FAILED;
    for (size_t i = 0; is_open && i < count; i++) {
        struct loader_sum sum = {0};
        bool is_done = load_file(&centre, files[i], &sum);
        printf("%s: %" PRIu64 " loaded, %" PRIu64 " refused%s%s\n", files[i], sum.loaded,
               sum.refused, sum.words[0] ? ": " : "", sum.words);
        if (!is_done || sum.refused)
            status = FAILED;
    }
    verb_close_centre(&centre);
    return status;
}
