/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records ahead: who asks for one of an index's candidates will ask for the next ones, and each question costs a
 * way to the database and back. */
#include <stdlib.h>

#include "base/bytes.h"
#include "store/postgres_line.h"

enum { AHEAD_MIN = 16 }; /* a page of the latest ten, and who is passed over */
enum { AT_RID, AT_TYPE, AT_ID, AT_VERSION, AT_SEQ, AT_UPDATED, AT_CHANGE, AT_ROWS, AT_BODY };

static int by_value(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

void cache_clear(struct line *line)
{
    for (size_t i = 0; i < line->result_count; i++)
        PQclear(line->results[i]);
    line->result_count = line->recent_count = 0;
    line->ahead = AHEAD_MIN;
}

void cache_recent(struct line *line, const int64_t *rids, size_t count, bool streams)
{
    if (!line->recent)
        line->recent = malloc(RECENT_MAX * sizeof *line->recent);
    if (!line->recent)
        return; /* then each is asked for by itself */
    line->recent_count = count < RECENT_MAX ? count : RECENT_MAX;
    if (line->recent_count)
        memcpy(line->recent, rids, line->recent_count * sizeof *rids);
    if (!streams)
        qsort(line->recent, line->recent_count, sizeof *rids, by_value);
}

static bool look_up(struct line *line, int column, int64_t number, const PGresult **result,
                    int *row)
{
    for (size_t i = line->result_count; i-- > 0;)
        for (int j = 0; j < PQntuples(line->results[i]); j++)
            if (result_number(line->results[i], j, column) == number) {
                *result = line->results[i];
                *row = j;
                return true;
            }
    return false;
}

/* `rid`, and those that an index gave behind it. */
static size_t next_ones(struct line *line, int64_t rid, int64_t *rids)
{
    size_t at = 0, count = 1;
    rids[0] = rid;
    while (at < line->recent_count && line->recent[at] != rid)
        at++;
    for (at++; at < line->recent_count && count < line->ahead; at++)
        if (line->recent[at] != rids[count - 1])
            rids[count++] = line->recent[at];
    if (line->ahead < CACHE_AT_A_TIME)
        line->ahead *= 2;
    return count;
}

enum store_err cache_record(struct line *line, int64_t rid, const PGresult **result, int *row)
{
    int64_t rids[CACHE_AT_A_TIME];
    struct params params = {0};
    struct batch list = {0};
    PGresult *answer = NULL;
    bool is_good = true;
    *result = NULL;
    if (look_up(line, AT_RID, rid, result, row))
        return STORE_OK;
    if (line->result_count == CACHE_RESULTS) { /* begins anew, knowing what comes next */
        for (size_t i = 0; i < line->result_count; i++)
            PQclear(line->results[i]);
        line->result_count = 0;
    }
    size_t count = next_ones(line, rid, rids);
    for (size_t i = 0; i < count; i++)
        is_good = is_good && batch_add(&list, BATCH_CUT_WORD, &CELL_NUMBER(rids[i]));
    enum store_err err = STORE_ERR_MEMORY;
    if (is_good) {
        param_bytes(&params,
                    batch_array(&list, BATCH_CUT_WORD, 0, list.count, list.columns[0].len));
        err = pg_line_ask(line, PG_LOAD, &params, &answer);
    }
    batch_free(&list);
    if (err)
        return err;
    line->results[line->result_count++] = answer;
    if (!look_up(line, AT_RID, rid, result, row))
        *result = NULL;
    return STORE_OK;
}

bool cache_body(struct line *line, uint64_t seq, struct text *body)
{
    const PGresult *result;
    int row;
    if (!look_up(line, AT_SEQ, (int64_t)seq, &result, &row))
        return false;
    *body = result_bytes(result, row, AT_BODY);
    return true;
}
