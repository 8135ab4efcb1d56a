/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast real patients' bundles are read and written: ours beside json-c and cJSON, the same bytes in the same run,
 * in turn, by the processor's time of this thread; the median of the rounds. A reader's tree is freed within its time.
 * Peers that are not installed are left out. Exit 77: no bundles here. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/json_peers.h"
#include "bench/synthea.h"
#include "json/json.h"
#include "json/writer.h"

enum {
    FILES_MAX = 1000,
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

/* The files as they are, and the same without white space. */
enum form { RECEIVED, COMPACT, FORMS };

static struct text texts[FORMS][FILES_MAX];
static size_t count, bytes[FORMS];
static struct arena arena, kept;
volatile size_t json_bench_written;

static struct json ours_parse(struct text text)
{
    struct json json;
    if (json_parse(&json, text, &json_limits_default, &arena, NULL))
        synthea_stop("a bundle is refused");
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
        synthea_stop("a bundle is refused");
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
static double rounds_mb_s[PEERS][CASES][SYNTHEA_ROUNDS_MAX];

static double read_mb_s(const struct json_peer *peer, enum form form)
{
    double start_s = synthea_thread_s();
    for (size_t i = 0; i < count; i++)
        peer->read(texts[form][i]);
    return (double)bytes[form] / 1e6 / (synthea_thread_s() - start_s);
}

static double write_mb_s(int peer)
{
    double start_s = synthea_thread_s();
    for (size_t i = 0; i < count; i++)
        peers[peer]->write(trees[peer][i]);
    return (double)bytes[COMPACT] / 1e6 / (synthea_thread_s() - start_s);
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

static bool take_file(struct text file)
{
    if (count == FILES_MAX)
        return true;
    texts[RECEIVED][count] = file;
    texts[COMPACT][count] = without_blanks(file);
    for (int form = 0; form < FORMS; form++)
        bytes[form] += texts[form][count].len;
    for (int peer = 0; peer < PEERS; peer++)
        trees[peer][count] = peers[peer]->keep(texts[COMPACT][count]);
    count++;
    return true;
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
            figures[which] = synthea_median(rounds_mb_s[peer][which], settings->common.rounds);
        printf(settings->json ? "%s\"%s\":[%.0f,%.0f,%.0f]" : "%s%-8s %20.0f %14.0f %14.0f\n",
               !settings->json ? ""
               : peer          ? ","
                               : "{",
               peers[peer]->name, figures[RECEIVED], figures[COMPACT], figures[FORMS]);
    }
    if (settings->json)
        printf(",\"rounds\":%" PRIu64 "}\n", settings->common.rounds);
}

int main(int argc, char **argv)
{
    static const struct options_usage usage = {
        .command = "bench-json", .summary = "measure how fast JSON is read and written"};
    struct settings settings = {0};
    int status = synthea_options(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;

    arena_init(&arena, ARENA_BYTES);
    arena_init(&kept, ARENA_BYTES);
    synthea_read(&settings.common, &kept, take_file);
    for (uint64_t round = 0; round < settings.common.rounds; round++)
        for (int peer = 0; peer < PEERS; peer++) {
            for (int form = 0; form < FORMS; form++)
                rounds_mb_s[peer][form][round] = read_mb_s(peers[peer], (enum form)form);
            rounds_mb_s[peer][FORMS][round] = write_mb_s(peer);
        }
    print(&settings);
    return 0;
}
