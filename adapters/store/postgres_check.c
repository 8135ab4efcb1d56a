/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/postgres_check.h"

#include <inttypes.h>
#include <stdio.h>

#include "store/postgres_line.h"

/* Each counts what must not be there. */
static const struct {
    const char *sql, *words;
} rules[] = {
    {"SELECT abs((SELECT seq FROM head) - (SELECT count(*) FROM version))",
     "versions are missing: the last number is not their count"},
    {"SELECT count(*) FROM (SELECT seq FROM version GROUP BY seq HAVING count(*) > 1) AS twice",
     "versions have a number that another has"},
    {"SELECT count(*) FROM resource AS r WHERE NOT EXISTS (SELECT FROM version AS v WHERE"
     " v.rid = r.rid AND v.seq = r.seq AND v.version = r.version AND v.change = r.change"
     " AND v.type = r.type)",
     "resources are without their newest version"},
    {"SELECT count(*) FROM (SELECT v.rid FROM version AS v LEFT JOIN resource AS r ON r.rid = v.rid"
     " GROUP BY v.rid, r.version HAVING r.version IS NULL OR r.version <> count(*)"
     " OR max(v.version) <> count(*)) AS torn",
     "resources have not all their versions"},
    {"SELECT count(*) FROM resource AS r FULL JOIN name AS n ON n.id = r.id AND n.type = r.type"
     " AND n.rid = r.rid WHERE r.rid IS NULL OR n.rid IS NULL",
     "resources and their names do not fit"},
    {"SELECT count(*) FROM (SELECT name FROM piece GROUP BY name"
     " HAVING min(number) <> 0 OR max(number) <> count(*) - 1) AS torn",
     "blobs are without some of their pieces"},
};

static enum store_err count(struct line *line, const char *sql, uint64_t *number)
{
    PGresult *result = PQexecParams(line->db, sql, 0, NULL, NULL, NULL, NULL, 1);
    bool is_good = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;
    if (is_good)
        *number = (uint64_t)result_number(result, 0, 0);
    PQclear(result);
    return is_good ? STORE_OK : pg_line_help(line, STORE_ERR_IO, PQerrorMessage(line->db));
}

static enum store_err look(struct line *line, struct postgres_report *report)
{
    enum store_err err = count(line, "SELECT count(*) FROM version", &report->versions);
    if (!err)
        err = count(line, "SELECT count(*) FROM resource", &report->resources);
    for (size_t i = 0; i < sizeof rules / sizeof *rules && !err; i++) {
        uint64_t bad = 0;
        err = count(line, rules[i].sql, &bad);
        if (!bad)
            continue;
        if (report->complaints++ == 0)
            snprintf(report->complaint, sizeof report->complaint, "%s (%" PRIu64 ")",
                     rules[i].words, bad);
    }
    return err;
}

enum store_err store_postgres_check(struct store *of, struct postgres_report *report,
                                    char help[static POSTGRES_HELP_BYTES])
{
    struct postgres *store = (struct postgres *)of;
    struct line line = {.has_begun = false};
    struct arena words;
    *report = (struct postgres_report){.versions = 0};
    arena_init(&words, 64 * POSTGRES_HELP_BYTES);
    pg_line_init(&line, store, store->conninfo, false);
    line.write.view.arena = &words;
    enum store_err err = pg_line_open(&line, false);
    if (!err) /* what a search is spared, a look at all rows needs */
        err = pg_line_say(&line,
                          "RESET enable_seqscan; RESET enable_hashjoin; RESET enable_mergejoin;"
                          "RESET enable_bitmapscan; RESET plan_cache_mode;"
                          "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;"
                          "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
    if (!err)
        err = look(&line, report);
    snprintf(help, POSTGRES_HELP_BYTES, "%s",
             line.write.view.help ? line.write.view.help : store_err_words(err));
    pg_line_free(&line);
    arena_free(&words);
    return err;
}
