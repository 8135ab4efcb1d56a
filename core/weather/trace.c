/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weather/trace.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "weather/units.h"

enum { MS_MOST = 0x7fffffff, COLUMNS_MAX = 32 };

struct lines { /* a file, line by line */
    const char *at;
    const char *end;
    size_t number; /* of the line last taken, from 1 */
};

struct text { /* a piece of a line; not ended by a zero */
    const char *at;
    size_t len;
};

static enum weather_err fail(struct weather_error *error, size_t line, const char *text, ...)
    PRINTF_LIKE(3, 4);

static enum weather_err fail(struct weather_error *error, size_t line, const char *text, ...)
{
    va_list args;
    int at = snprintf(error->text, sizeof error->text, "line %zu: ", line);
    va_start(args, text);
    vsnprintf(error->text + at, sizeof error->text - (size_t)at, text, args);
    va_end(args);
    return WEATHER_ERR_TRACE;
}

/* The next line that is not blank, without its end or blanks around it. */
static bool next_line(struct lines *lines, struct text *line)
{
    while (lines->at < lines->end) {
        const char *start = lines->at;
        const char *stop = memchr(start, '\n', (size_t)(lines->end - start));
        if (!stop)
            stop = lines->end;
        lines->at = stop < lines->end ? stop + 1 : stop;
        lines->number++;
        while (start < stop && (*start == ' ' || *start == '\t'))
            start++;
        while (stop > start && (stop[-1] == '\r' || stop[-1] == ' ' || stop[-1] == '\t'))
            stop--;
        *line = (struct text){start, (size_t)(stop - start)};
        if (line->len > 0)
            return true;
    }
    return false;
}

static struct lines lines_of(const uint8_t *bytes, size_t len)
{
    const char *text = (const char *)bytes;
    return (struct lines){text, text + len, 0};
}

enum trace_kind trace_kind_of(const uint8_t *bytes, size_t len)
{
    struct lines lines = lines_of(bytes, len);
    struct text line;

    if (!next_line(&lines, &line))
        return TRACE_CAPACITY;
    for (size_t i = 0; i < line.len; i++)
        if (line.at[i] < '0' || line.at[i] > '9')
            return TRACE_PATH;
    return TRACE_CAPACITY;
}

size_t trace_rows_max(const uint8_t *bytes, size_t len)
{
    size_t rows = 1;
    for (size_t i = 0; i < len; i++)
        rows += bytes[i] == '\n';
    return rows;
}

static bool read_ms(struct text line, uint32_t *ms)
{
    uint64_t value = 0;
    for (size_t i = 0; i < line.len; i++) {
        if (line.at[i] < '0' || line.at[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(line.at[i] - '0');
        if (value > MS_MOST)
            return false;
    }
    *ms = (uint32_t)value;
    return true;
}

enum weather_err trace_read_capacity(struct capacity_trace *trace, const uint8_t *bytes, size_t len,
                                     uint32_t *at_ms, size_t room, struct weather_error *error)
{
    struct lines lines = lines_of(bytes, len);
    struct text line;
    size_t count = 0;

    error->text[0] = '\0';
    while (next_line(&lines, &line)) {
        uint32_t ms;
        if (!read_ms(line, &ms))
            return fail(error, lines.number, "'%.*s' is not a whole number of milliseconds",
                        (int)(line.len < 40 ? line.len : 40), line.at);
        if (count > 0 && ms < at_ms[count - 1])
            return fail(error, lines.number, "%u ms is before the line above", ms);
        if (count == room)
            return WEATHER_ERR_ROOM;
        at_ms[count++] = ms;
    }
    if (count == 0 || at_ms[count - 1] == 0)
        return fail(error, lines.number, "a delivery file must end after 0 ms");
    *trace = (struct capacity_trace){at_ms, count};
    return WEATHER_OK;
}

/* What the heading says about a column. */
struct column {
    enum { COLUMN_OTHER, COLUMN_TIME, COLUMN_DELAY, COLUMN_LOSS, COLUMN_KINDS } kind;
    const char *unit; /* written after the number before it is read */
};

static const struct known_column {
    const char *name;
    struct column column;
} known_columns[] = {
    {"time_s", {COLUMN_TIME, "s"}},     {"time_ms", {COLUMN_TIME, "ms"}},
    {"time_ns", {COLUMN_TIME, "ns"}},   {"delay_s", {COLUMN_DELAY, "s"}},
    {"delay_ms", {COLUMN_DELAY, "ms"}}, {"delay_ns", {COLUMN_DELAY, "ns"}},
    {"loss", {COLUMN_LOSS, ""}},        {"loss_percent", {COLUMN_LOSS, "%"}},
};

/* The next comma-separated piece; false after the last. */
static bool next_piece(struct text *line, struct text *piece, bool *last)
{
    if (*last)
        return false;
    const char *comma = memchr(line->at, ',', line->len);
    size_t len = comma ? (size_t)(comma - line->at) : line->len;
    *piece = (struct text){line->at, len};
    *last = !comma;
    if (comma) {
        line->at = comma + 1;
        line->len -= len + 1;
    }
    return true;
}

static struct column column_named(struct text name)
{
    for (size_t i = 0; i < sizeof known_columns / sizeof *known_columns; i++)
        if (strlen(known_columns[i].name) == name.len &&
            !memcmp(known_columns[i].name, name.at, name.len))
            return known_columns[i].column;
    return (struct column){COLUMN_OTHER, ""};
}

static enum weather_err read_heading(struct text line, size_t number,
                                     struct column columns[static COLUMNS_MAX],
                                     struct weather_error *error)
{
    bool has[COLUMN_KINDS] = {false};
    bool last = false;
    struct text name;

    memset(columns, 0, COLUMNS_MAX * sizeof *columns);
    for (size_t i = 0; next_piece(&line, &name, &last); i++) {
        if (i == COLUMNS_MAX)
            return fail(error, number, "more than %d columns", COLUMNS_MAX);
        columns[i] = column_named(name);
        if (columns[i].kind != COLUMN_OTHER && has[columns[i].kind])
            return fail(error, number, "column '%.*s' says the same as another", (int)name.len,
                        name.at);
        has[columns[i].kind] = true;
    }
    if (!has[COLUMN_TIME] || (!has[COLUMN_DELAY] && !has[COLUMN_LOSS]))
        return fail(error, number, "wants columns such as time_s,delay_ms,loss");
    return WEATHER_OK;
}

static bool read_value(const struct column *column, struct text text, uint64_t *value)
{
    char number[64];
    size_t unit = strlen(column->unit);

    if (text.len + unit > sizeof number)
        return false;
    memcpy(number, text.at, text.len);
    memcpy(number + text.len, column->unit, unit);
    return unit_read(column->kind == COLUMN_LOSS ? UNIT_SHARE : UNIT_DURATION, number,
                     text.len + unit, value);
}

/* Reads a row over the one before it: an empty delay or loss stays as it was. */
static enum weather_err read_row(struct text line, size_t number, const struct column *columns,
                                 struct path_row *row, struct weather_error *error)
{
    bool last = false;
    bool timed = false;
    struct text piece;

    for (size_t i = 0; next_piece(&line, &piece, &last) && i < COLUMNS_MAX; i++) {
        uint64_t value;
        const struct column *column = &columns[i];
        if (column->kind == COLUMN_OTHER || (piece.len == 0 && column->kind != COLUMN_TIME))
            continue;
        if (!read_value(column, piece, &value))
            return fail(error, number, "'%.*s' is not a %s", (int)(piece.len < 40 ? piece.len : 40),
                        piece.at,
                        column->kind == COLUMN_TIME    ? "time"
                        : column->kind == COLUMN_DELAY ? "delay"
                                                       : "loss");
        if (column->kind == COLUMN_TIME)
            row->at_ns = value;
        else if (column->kind == COLUMN_DELAY)
            row->delay_ns = value;
        else
            row->loss_ppb = (uint32_t)value;
        timed |= column->kind == COLUMN_TIME;
    }
    return timed ? WEATHER_OK : fail(error, number, "no time");
}

enum weather_err trace_read_path(struct path_trace *trace, const uint8_t *bytes, size_t len,
                                 struct path_row *rows, size_t room, struct weather_error *error)
{
    struct lines lines = lines_of(bytes, len);
    struct column columns[COLUMNS_MAX];
    struct path_row row = {0};
    struct text line;
    uint64_t first_ns = 0;
    size_t count = 0;

    error->text[0] = '\0';
    if (!next_line(&lines, &line))
        return fail(error, 1, "empty");
    enum weather_err err = read_heading(line, lines.number, columns, error);
    while (!err && next_line(&lines, &line)) {
        err = read_row(line, lines.number, columns, &row, error);
        if (err)
            break;
        if (count == 0)
            first_ns = row.at_ns;
        if (row.at_ns < first_ns || (count > 0 && row.at_ns - first_ns < rows[count - 1].at_ns))
            return fail(error, lines.number, "its time is before the line above");
        if (count == room)
            return WEATHER_ERR_ROOM;
        rows[count] = row;
        rows[count++].at_ns = row.at_ns - first_ns;
    }
    if (err)
        return err;
    if (count == 0)
        return fail(error, lines.number, "no row below the heading");
    uint64_t period_ns = rows[count - 1].at_ns;
    if (count > 1)
        period_ns += rows[count - 1].at_ns - rows[count - 2].at_ns;
    *trace = (struct path_trace){rows, count, period_ns ? period_ns : 1};
    return WEATHER_OK;
}

const struct path_row *trace_path_at(const struct path_trace *trace, uint64_t elapsed_ns)
{
    uint64_t within_ns = elapsed_ns % trace->period_ns;
    size_t low = 0; /* its time is at or before the moment */
    size_t high = trace->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (trace->rows[middle].at_ns <= within_ns)
            low = middle;
        else
            high = middle;
    }
    return &trace->rows[low];
}
