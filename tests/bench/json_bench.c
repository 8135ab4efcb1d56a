/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast real patients' bundles are read and written: ours beside json-c and cJSON, the same bytes in the same run,
 * in turn, by the processor's time of this thread; the median of the rounds. A reader's tree is freed within its time.
 * Peers that are not installed are left out. Exit 77: no bundles here. */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/json_peers.h"
#include "options.h"
#include "json/json.h"
#include "json/writer.h"

enum {
    FILES_MAX = 1000,
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
     .help = "a folder of JSON files; JISR_DATA/fhir/synthea, else that of ../shared/data"},
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

/* The files as they are, and the same without white space. */
enum form { RECEIVED, COMPACT, FORMS };

static struct text texts[FORMS][FILES_MAX];
static size_t count, bytes[FORMS];
static struct arena arena, kept;
volatile size_t json_bench_written;

void json_bench_stop(const char *words)
{
    fprintf(stderr, "bench-json: %s\n", words);
    exit(1);
}

static struct json ours_parse(struct text text)
{
    struct json json;
    if (json_parse(&json, text, &json_limits_default, &arena, NULL))
        json_bench_stop("a bundle is refused");
    return json;
}

static void ours_read(struct text text)
{
    (void)ours_parse(text);
    arena_reset(&arena);
}

static void *ours_keep(struct text text)
{
    struct json *json = malloc(sizeof *json);
    if (!json || json_parse(json, text, &json_limits_default, &kept, NULL))
        json_bench_stop("a bundle is refused");
    return json;
}

static void ours_write(void *tree)
{
    struct buffer buffer;
    struct json_writer writer;
    buffer_init(&buffer, &arena);
    json_writer_init(&writer, &buffer);
    json_write_node(&writer, tree, JSON_ROOT);
    json_bench_written = buffer.len;
    arena_reset(&arena);
}

static const struct json_peer json_peer_ours = {"jisr", ours_read, ours_keep, ours_write};

enum {
    OURS,
#ifdef BENCH_JSON_C
    JSON_C,
#endif
#ifdef BENCH_CJSON
    CJSON,
#endif
    PEERS,
    CASES = FORMS + 1
};

static const struct json_peer *const peers[PEERS] = {
    [OURS] = &json_peer_ours,
#ifdef BENCH_JSON_C
    [JSON_C] = &json_peer_json_c,
#endif
#ifdef BENCH_CJSON
    [CJSON] = &json_peer_cjson,
#endif
};

static void *trees[PEERS][FILES_MAX];
static double rounds_mb_s[PEERS][CASES][ROUNDS_MAX];

static uint64_t thread_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static double read_mb_s(const struct json_peer *peer, enum form form)
{
    uint64_t start_ns = thread_ns();
    for (size_t i = 0; i < count; i++)
        peer->read(texts[form][i]);
    return (double)bytes[form] * 1e3 / (double)(thread_ns() - start_ns);
}

static double write_mb_s(int peer)
{
    uint64_t start_ns = thread_ns();
    for (size_t i = 0; i < count; i++)
        peers[peer]->write(trees[peer][i]);
    return (double)bytes[COMPACT] * 1e3 / (double)(thread_ns() - start_ns);
}

static struct text whole_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        json_bench_stop(path);
    size_t len = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(len);
    if (!text || fread(text, 1, len, file) != len)
        json_bench_stop(path);
    fclose(file);
    return (struct text){text, len};
}

static struct text without_blanks(struct text text)
{
    struct json json = ours_parse(text);
    struct buffer buffer;
    struct json_writer writer;
    buffer_init(&buffer, &kept);
    json_writer_init(&writer, &buffer);
    json_write_node(&writer, &json, JSON_ROOT);
    arena_reset(&arena);
    return buffer_text(&buffer);
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
        if (!ending || strcmp(ending, ".json") != 0 || count == FILES_MAX)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        texts[RECEIVED][count] = whole_file(path);
        texts[COMPACT][count] = without_blanks(texts[RECEIVED][count]);
        for (int form = 0; form < FORMS; form++)
            bytes[form] += texts[form][count].len;
        for (int peer = 0; peer < PEERS; peer++)
            trees[peer][count] = peers[peer]->keep(texts[COMPACT][count]);
        count++;
    }
    if (listing)
        closedir(listing);
    if (!count) {
        fprintf(stderr, "bench-json: no bundles in %s\n", folder);
        exit(NO_BUNDLES);
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(int peer, int which, uint64_t rounds)
{
    qsort(rounds_mb_s[peer][which], rounds, sizeof(double), by_value);
    return rounds_mb_s[peer][which][rounds / 2];
}

static void print(const struct settings *settings)
{
    if (!settings->json)
        printf("%zu files, %.1f MB as received, %.1f MB compact; MB/s\n%-8s %20s %14s %14s\n",
               count, (double)bytes[RECEIVED] / 1e6, (double)bytes[COMPACT] / 1e6, "",
               "read, as received", "read, compact", "write");
    for (int peer = 0; peer < PEERS; peer++) {
        double figures[CASES];
        for (int which = 0; which < CASES; which++)
            figures[which] = median(peer, which, settings->rounds);
        printf(settings->json ? "%s\"%s\":[%.0f,%.0f,%.0f]" : "%s%-8s %20.0f %14.0f %14.0f\n",
               !settings->json ? ""
               : peer          ? ","
                               : "{",
               peers[peer]->name, figures[RECEIVED], figures[COMPACT], figures[FORMS]);
    }
    if (settings->json)
        printf(",\"rounds\":%" PRIu64 "}\n", settings->rounds);
}

int main(int argc, char **argv)
{
    static const struct options_usage usage = {
        .command = "bench-json", .summary = "measure how fast JSON is read and written"};
    struct settings settings = {0};
    int status = options_alone(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;

    arena_init(&arena, ARENA_BYTES);
    arena_init(&kept, ARENA_BYTES);
    read_folder(settings.data);
    for (uint64_t round = 0; round < settings.rounds; round++)
        for (int peer = 0; peer < PEERS; peer++) {
            for (int form = 0; form < FORMS; form++)
                rounds_mb_s[peer][form][round] = read_mb_s(peers[peer], (enum form)form);
            rounds_mb_s[peer][FORMS][round] = write_mb_s(peer);
        }
    print(&settings);
    return 0;
}
