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
    bool exact;
};

static const struct option options[] = {
    VERB_DATA("; made where there is none"),
    VERB_SECRET(""),
    VERB_URL,
    {.name = "exact",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct load_settings, exact),
     .help = "what is there loses security labels that a line or a resource leaves out; standard: "
             "they stay"},
    {.name = NULL}};

static const struct options_usage usage = {
    .command = "jisr centre load",
    .summary = "resources from files or pipes into the record: a resource a line (NDJSON), one, or "
               "a Bundle",
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

static bool load_text(struct centre *centre, struct text all, bool is_exact, struct loader_sum *sum)
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
        struct loader *loader = loader_open(centre->vault.store, &centre->rest, is_exact);
        bool is_well = loader && (is_bundle ? add_entries(loader, &json)
                                  : is_one  ? loader_add(loader, all)
                                            : add_lines(loader, all));
        is_done = loader && loader_close(loader, sum) && is_well;
    }
    arena_free(&arena);
    return is_done;
}

/* --- what is no regular file: a pipe, a terminal ----------------------------------------------------- */

struct pour {
    int fd;
    char *bytes; /* what was read and is not loaded */
    size_t len, room;
    bool is_end;
    const char *why; /* it cannot be read on; NULL: it can */
};

/* Reads until there is no room, or no more; makes room where there is none. */
static bool pour_more(struct pour *pour)
{
    enum { ROOM_FIRST = 1 << 16 };
    if (pour->len == pour->room) {
        size_t room = pour->room ? 2 * pour->room : ROOM_FIRST;
        char *bytes = room <= BUNDLE_BYTES_MAX ? realloc(pour->bytes, room) : NULL;
        if (!bytes) {
            pour->why = "neither a resource a line nor small enough to be one: put it into a file";
            return false;
        }
        pour->bytes = bytes;
        pour->room = room;
    }
    while (!pour->is_end && pour->len < pour->room) {
        ssize_t count = read(pour->fd, pour->bytes + pour->len, pour->room - pour->len);
        if (count < 0 && errno != EINTR) {
            pour->why = strerror(errno);
            return false;
        }
        pour->is_end = count == 0;
        pour->len += count > 0 ? (size_t)count : 0;
    }
    return true;
}

/* Whether there is a line that is a document by itself, and more behind it. Nothing is found out, and `*is_known` left
 * as it is, before there is more. */
static bool is_by_lines(const struct pour *pour, bool *is_known)
{
    struct json json;
    struct arena arena;
    const char *at = pour->bytes, *end = at + pour->len;
    while (at < end && strchr(" \t\r\n", *at))
        at++;
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    const char *next = stop ? stop : end;
    while (next < end && strchr(" \t\r\n", *next))
        next++;
    if (next == end)
        return false;
    *is_known = true;
    arena_init(&arena, BUNDLE_BYTES_MAX);
    bool is_alone = json_parse(&json, (struct text){at, (size_t)(stop - at)}, &json_limits_default,
                               &arena, NULL) == JSON_OK;
    arena_free(&arena);
    return is_alone;
}

/* Each line as it comes: no more is kept than one, and what is on its way to the disk. */
static bool pour_lines(struct centre *centre, struct pour *pour, bool is_exact,
                       struct loader_sum *sum)
{
    struct loader *loader = loader_open(centre->vault.store, &centre->rest, is_exact);
    bool is_well = loader != NULL;
    while (is_well && !(pour->is_end && pour->len == 0)) {
        const char *last = memrchr(pour->bytes, '\n', pour->len);
        size_t whole = pour->is_end ? pour->len : last ? (size_t)(last + 1 - pour->bytes) : 0;
        is_well = add_lines(loader, (struct text){pour->bytes, whole});
        pour->len -= whole;
        memmove(pour->bytes, pour->bytes + whole, pour->len);
        is_well = is_well && (pour->is_end || pour_more(pour));
    }
    return loader && loader_close(loader, sum) && is_well;
}

static bool load_stream(struct centre *centre, int fd, bool is_exact, struct loader_sum *sum)
{
    struct pour pour = {.fd = fd};
    bool is_done = pour_more(&pour);
    bool is_known = false, by_lines = false;
    while (is_done && !pour.is_end && !by_lines) {
        by_lines = !is_known && is_by_lines(&pour, &is_known);
        is_done = by_lines || pour_more(&pour);
    }
    if (is_done && by_lines)
        is_done = pour_lines(centre, &pour, is_exact, sum);
    else if (is_done && pour.len)
        is_done = load_text(centre, (struct text){pour.bytes, pour.len}, is_exact, sum);
    if (pour.why)
        snprintf(sum->words, sizeof sum->words, "%s", pour.why);
    free(pour.bytes);
    return is_done;
}

static bool load_file(struct centre *centre, const char *path, bool is_exact,
                      struct loader_sum *sum)
{
    struct stat stat;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *bytes = MAP_FAILED;
    bool is_there = fd >= 0 && fstat(fd, &stat) == 0;
    if (is_there && !S_ISREG(stat.st_mode)) {
        bool is_poured = load_stream(centre, fd, is_exact, sum);
        close(fd);
        return is_poured;
    }
    if (is_there && stat.st_size > 0)
        bytes = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    bool is_empty = is_there && stat.st_size == 0;
    if (bytes == MAP_FAILED && !is_empty)
        snprintf(sum->words, sizeof sum->words, "%s", strerror(errno));
    bool is_done =
        is_empty || (bytes != MAP_FAILED &&
                     load_text(centre, (struct text){bytes, (size_t)stat.st_size}, is_exact, sum));
    if (bytes != MAP_FAILED)
        munmap(bytes, (size_t)stat.st_size);
    if (fd >= 0)
        close(fd);
    return is_done;
}

int centre_load(int argc, char **argv)
{
    struct load_settings settings = {.exact = false};
    struct centre centre;
    char **files;
    size_t count;
    enum options_result result =
        options_read(&usage, options, &settings, argc, argv, &files, &count);
    if (result != OPTIONS_OK)
        return result == OPTIONS_HELP_SHOWN ? DONE : WRONG_USAGE;
    bool is_open = verb_open_centre(&centre, &usage, &settings.folder, VERB_MAKES);
    int status = is_open ? DONE : FAILED;
    for (size_t i = 0; is_open && i < count; i++) {
        struct loader_sum sum = {0};
        bool is_done = load_file(&centre, files[i], settings.exact, &sum);
        printf("%s: %" PRIu64 " loaded, %" PRIu64 " refused%s%s\n", files[i], sum.loaded,
               sum.refused, sum.words[0] ? ": " : "", sum.words);
        if (sum.labelled)
            printf("%s: %" PRIu64 " keep security labels that it leaves out; --exact takes them "
                   "away\n",
                   files[i], sum.labelled);
        if (sum.unheard)
            printf("%s: %" PRIu64 " Consents loaded that refuse everybody: %s\n", files[i],
                   sum.unheard, sum.unheard_words);
        if (!is_done || sum.refused)
            status = FAILED;
    }
    verb_close_centre(&centre);
    return status;
}
