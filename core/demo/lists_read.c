/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "demo/lists_read.h"

#include "base/utf8.h"

enum { COLUMNS_MAX = 16, WANTED_MAX = 5, PEOPLE_MAX = 100000000 };

/* A table's columns that are wanted, by their places in a line. */
struct table {
    struct text rest;
    size_t at[WANTED_MAX], count; /* of those wanted */
};

static size_t split(struct text line, struct text cells[static COLUMNS_MAX])
{
    size_t count = 0;
    if (line.len && line.bytes[line.len - 1] == '\r')
        line.len--;
    for (bool is_last = false; !is_last && count < COLUMNS_MAX; count++) {
        is_last = !line.len || !memchr(line.bytes, ',', line.len);
        cells[count] = text_cut(&line, ',');
    }
    return count;
}

/* False: a column is not there. */
static bool open_table(struct table *table, struct text all, const char *const *wanted,
                       size_t count)
{
    static const struct text mark = {"\xEF\xBB\xBF", 3}; /* a byte order mark */
    struct text cells[COLUMNS_MAX];
    *table = (struct table){.rest = all, .count = count};
    if (text_starts(all, mark))
        table->rest = (struct text){all.bytes + mark.len, all.len - mark.len};
    size_t columns = split(text_cut(&table->rest, '\n'), cells);
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < columns && !text_is(cells[at], wanted[i]))
            at++;
        if (at == columns)
            return false;
        table->at[i] = at;
    }
    return true;
}

static bool is_plain(struct text cell)
{
    const char *at = cell.bytes, *end = at + cell.len;
    while (at < end) {
        uint32_t code;
        size_t len = utf8_read(at, end, &code);
        if (len == 0 || code < 0x20 || code == 0x7F || code == '"')
            return false;
        at += len;
    }
    return true;
}

/* The wanted cells of the next line that has them all. False: there is no such. */
static bool next_line(struct table *table, struct text wanted[static WANTED_MAX])
{
    while (table->rest.len) {
        struct text cells[COLUMNS_MAX];
        size_t columns = split(text_cut(&table->rest, '\n'), cells);
        bool is_whole = true;
        for (size_t i = 0; i < table->count && is_whole; i++) {
            is_whole =
                table->at[i] < columns && cells[table->at[i]].len && is_plain(cells[table->at[i]]);
            if (is_whole)
                wanted[i] = cells[table->at[i]];
        }
        if (is_whole)
            return true;
    }
    return false;
}

static uint32_t number_of(struct text digits)
{
    uint64_t number = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.bytes[i] < '0' || digits.bytes[i] > '9')
            return 0;
        number = 10 * number + (uint64_t)(digits.bytes[i] - '0');
        if (number > PEOPLE_MAX)
            return 0;
    }
    return (uint32_t)number;
}

static size_t lines_in(struct text all)
{
    size_t count = 1;
    for (size_t i = 0; i < all.len; i++)
        count += all.bytes[i] == '\n';
    return count;
}

/* --- places ---------------------------------------------------------------------------------------- */

/* "": no such region, or no memory. */
static const char *region_of(struct text regions, struct text code, struct arena *arena)
{
    static const char *const wanted[] = {"code", "name_fr"};
    struct text cells[WANTED_MAX];
    struct table table;
    if (!open_table(&table, regions, wanted, 2))
        return "";
    while (next_line(&table, cells))
        if (text_equal(cells[0], code)) {
            struct text name = arena_copy(arena, cells[1]);
            return name.bytes ? name.bytes : "";
        }
    return "";
}

static bool read_places(struct demo_lists *lists, const struct demo_tables *tables,
                        struct arena *arena)
{
    static const char *const wanted[] = {"name_fr", "name_ar", "type", "region_code",
                                         "population_2024"};
    struct text cells[WANTED_MAX];
    struct table table;
    size_t count = 0;
    if (!open_table(&table, tables->provinces, wanted, 5))
        return true;
    struct demo_place *places =
        arena_take_zeroed(arena, lines_in(tables->provinces), sizeof *places);
    if (!places)
        return false;
    while (next_line(&table, cells)) {
        uint32_t people = number_of(cells[4]);
        const char *region = people ? region_of(tables->regions, cells[3], arena) : "";
        if (!*region || text_is(cells[2], "prefecture_of_arrondissements"))
            continue;
        struct text latin = arena_copy(arena, cells[0]), arabic = arena_copy(arena, cells[1]);
        if (!latin.bytes || !arabic.bytes)
            return false;
        places[count++] = (struct demo_place){latin.bytes, arabic.bytes, region, people};
    }
    if (count) {
        lists->places = places;
        lists->place_count = count;
    }
    return true;
}

/* --- names ----------------------------------------------------------------------------------------- */

static bool knows(const struct demo_name *names, size_t count, struct text latin)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(latin, names[i].latin))
            return true;
    return false;
}

/* Those of the built-in list, then those of the table that it has not. */
static bool read_names(const struct demo_name **list, size_t *count, struct text forenames,
                       const char *gender, struct arena *arena)
{
    static const char *const wanted[] = {"Country", "Gender", "Romanized Name"};
    struct text cells[WANTED_MAX];
    struct table table;
    size_t all = *count;
    if (!open_table(&table, forenames, wanted, 3))
        return true;
    struct demo_name *names = arena_take_zeroed(arena, all + lines_in(forenames), sizeof *names);
    if (!names)
        return false;
    memcpy(names, *list, all * sizeof *names);
    while (next_line(&table, cells)) {
        if (!text_is(cells[0], "MA") || !text_is(cells[1], gender) || knows(names, all, cells[2]))
            continue;
        struct text latin = arena_copy(arena, cells[2]);
        if (!latin.bytes)
            return false;
        names[all++].latin = latin.bytes;
    }
    *list = names;
    *count = all;
    return true;
}

bool demo_lists_read(struct demo_lists *lists, const struct demo_tables *tables,
                     struct arena *arena)
{
    *lists = demo_lists_built_in;
    return read_places(lists, tables, arena) &&
           read_names(&lists->women, &lists->woman_count, tables->forenames, "F", arena) &&
           read_names(&lists->men, &lists->man_count, tables->forenames, "M", arena);
}
