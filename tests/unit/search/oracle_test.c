/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HL7's examples and questions made up from what is in them: what rows and a parsed query say is what the slow and
 * obvious way says. Skipped where the package is not there. */
#include "unit/cmocka_base.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/random.h"
#include "search/extract.h"
#include "search/form.h"
#include "search/oracle.h"
#include "store/match.h"

enum {
    POOL_MAX = 900,
    FILE_BYTES_MAX = 40 * 1024, /* larger ones take long and add nothing */
    OF_A_TYPE_MAX = 40,         /* that one question is put to */
    QUESTIONS = 6000 / UNIT_SLOWER,
};

static struct pool {
    struct oracle_resource resources[POOL_MAX];
    struct json jsons[POOL_MAX];
    struct match_resource matches[POOL_MAX];
    size_t count;
} pool;
static struct arena kept, arena;
static const char base[] = "https://here.org/fhir";

static bool add_file(const char *name)
{
    static const char *const definitions[] = {"SearchParameter",     "ValueSet",   "CodeSystem",
                                              "StructureDefinition", "ConceptMap", "Bundle"};
    char path[1024];
    for (size_t i = 0; i < sizeof definitions / sizeof *definitions; i++)
        if (strncmp(name, definitions[i], strlen(definitions[i])) == 0)
            return false;
    snprintf(path, sizeof path, "%s/%s", FHIR_PACKAGE, name);
    FILE *file = fopen(path, "rb");
    char *bytes = arena_take(&kept, FILE_BYTES_MAX);
    if (!file || !bytes)
        return false;
    size_t len = fread(bytes, 1, FILE_BYTES_MAX, file);
    fclose(file);
    struct json *json = &pool.jsons[pool.count];
    if (len == FILE_BYTES_MAX ||
        json_parse(json, (struct text){bytes, len}, &json_limits_default, &kept, NULL) != JSON_OK)
        return false;
    uint32_t type = json_member(json, JSON_ROOT, TEXT("resourceType"));
    uint32_t id = json_member(json, JSON_ROOT, TEXT("id"));
    if (type == JSON_NONE || id == JSON_NONE)
        return false;
    struct oracle_resource *resource = &pool.resources[pool.count];
    *resource =
        (struct oracle_resource){fhir_resource_named(json_raw(json, type)), json_raw(json, id),
                                 1600000000000 + (int64_t)pool.count * 86400000, json};
    pool.count += resource->type != FHIR_NONE;
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In the order of their names: the same on every machine. */
static bool read_pool(const struct search_extractor *extractor)
{
    static char *names[8000];
    size_t count = 0;
    DIR *folder = opendir(FHIR_PACKAGE);
    if (!folder)
        return false;
    for (struct dirent *entry; (entry = readdir(folder)) && count < 8000;)
        if (strstr(entry->d_name, ".json"))
            names[count++] = strdup(entry->d_name);
    closedir(folder);
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++) {
        if (pool.count < POOL_MAX)
            add_file(names[i]);
        free(names[i]);
    }
    for (size_t i = 0; i < pool.count; i++) {
        const struct oracle_resource *from = &pool.resources[i];
        struct match_resource *to = &pool.matches[i];
        *to = (struct match_resource){
            .type = from->type, .id = from->id, .updated_ms = from->updated_ms};
        assert_true(search_extract(extractor, from->json, text_of(base), &kept, &to->rows));
    }
    return pool.count > 100;
}

/* --- questions -------------------------------------------------------------------------------- */

static const char *const prefixes[] = {"", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"};

static const char *any_prefix(struct random *random)
{
    return prefixes[random_below(random, sizeof prefixes / sizeof *prefixes)];
}

/* Text of a row with what would mean something else escaped. */
static void add_escaped(struct buffer *buffer, struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (strchr(",$|\\", text.bytes[i]))
            buffer_add_byte(buffer, '\\');
        buffer_add_byte(buffer, text.bytes[i]);
    }
}

/* A whole number of characters from the start, sometimes in capitals. */
static struct text some_start(struct random *random, struct text text)
{
    size_t len = 1 + random_below(random, text.len);
    while (len < text.len && ((unsigned char)text.bytes[len] & 0xc0) == 0x80)
        len++;
    return (struct text){text.bytes, len};
}

static void ask_token(struct random *random, const struct search_row *row, struct buffer *value)
{
    struct text system = row->of.token.system;
    if (row->of.token.code.len == 0 || random_chance(random, 0.4)) {
        if (!row->of.token.code.len)
            buffer_add(value, TEXT("nothing"));
        add_escaped(value, row->of.token.code);
    } else {
        add_escaped(value, system);
        buffer_add_byte(value, '|');
        if (!system.len || random_chance(random, 0.9))
            add_escaped(value, row->of.token.code);
    }
}

static void ask_date(struct random *random, const struct search_row *row, struct buffer *value)
{
    static const struct {
        unsigned len; /* of 2013-01-14T10:00:05 */
        const char *zone;
    } forms[] = {{4, ""}, {7, ""}, {10, ""}, {16, "Z"}, {19, "Z"}, {19, "+01:00"}};
    int64_t ms = random_chance(random, 0.5) ? row->of.date.low_ms : row->of.date.high_ms;
    if (ms == INT64_MIN || ms == INT64_MAX)
        ms = 1300000000000;
    if (random_chance(random, 0.3))
        ms += ((int64_t)random_below(random, 3) - 1) * 86400000;
    time_t seconds = (time_t)(ms / 1000);
    struct tm parts;
    char text[64];
    size_t form = random_below(random, sizeof forms / sizeof *forms);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &parts));
    buffer_format(value, "%s%.*s%s", any_prefix(random), (int)forms[form].len, text,
                  forms[form].zone);
}

static void ask_figure(struct random *random, double low, double high, struct buffer *value)
{
    double figure = isfinite(low) ? low : isfinite(high) ? high : 1;
    if (random_chance(random, 0.3))
        figure *= 1 + 0.05 * random_normal(random);
    char text[64];
    int digits = (int)random_below(random, 12);
    if (random_chance(random, 0.2))
        snprintf(text, sizeof text, "%.*e", digits, figure);
    else
        snprintf(text, sizeof text, "%.*f", digits % 4, figure);
    buffer_format(value, "%s%s", any_prefix(random), strlen(text) < 40 ? text : "1");
}

static void ask_quantity(struct random *random, const struct search_row *row, struct buffer *value)
{
    ask_figure(random, row->of.quantity.low, row->of.quantity.high, value);
    if (random_chance(random, 0.3))
        return;
    bool is_text = random_chance(random, 0.3);
    buffer_add_byte(value, '|');
    if (!is_text)
        add_escaped(value, row->of.quantity.system);
    buffer_add_byte(value, '|');
    add_escaped(value, row->of.quantity.code);
}

static void ask_reference(struct random *random, const struct search_row *row,
                          const char **modifier, struct buffer *value)
{
    struct text id = row->of.reference.id;
    if (!id.len) {
        *modifier = ":identifier";
        if (row->of.reference.system.len) {
            add_escaped(value, row->of.reference.system);
            buffer_add_byte(value, '|');
        }
        add_escaped(value, row->of.reference.identifier);
    } else if (row->of.reference.type == FHIR_NONE) {
        add_escaped(value, id);
        buffer_add(value, *id.bytes == '#' ? TEXT(":none") : TEXT(""));
    } else {
        const char *type = fhir_types[row->of.reference.type].name;
        switch (random_below(random, 4)) {
        case 0:
            buffer_format(value, "%s/%s/", base, type);
            break;
        case 1:
            buffer_format(value, "%s/", type);
            break;
        case 2:
            *modifier = arena_copy(&arena, text_of(type)).bytes;
            break;
        default:
            break;
        }
        buffer_add(value, id);
    }
}

static void ask_value(struct random *random, const struct search_row *row, const char **modifier,
                      struct buffer *value)
{
    switch ((enum search_kind)row->kind) {
    case SEARCH_TOKEN:
        if (row->of.token.text.len && random_chance(random, 0.3)) {
            *modifier = ":text";
            add_escaped(value, some_start(random, row->of.token.text));
            return;
        }
        *modifier = random_chance(random, 0.1) ? ":not" : "";
        ask_token(random, row, value);
        return;
    case SEARCH_STRING: {
        uint64_t how = random_below(random, 4);
        *modifier = how == 0 ? ":exact" : how == 1 ? ":contains" : "";
        struct text exact = row->of.string.exact;
        add_escaped(value, how == 0   ? exact
                           : how == 3 ? exact
                                      : some_start(random, row->of.string.folded));
        return;
    }
    case SEARCH_REFERENCE:
        ask_reference(random, row, modifier, value);
        return;
    case SEARCH_DATE:
        ask_date(random, row, value);
        return;
    case SEARCH_NUMBER:
        ask_figure(random, row->of.number.low, row->of.number.high, value);
        return;
    case SEARCH_QUANTITY:
        ask_quantity(random, row, value);
        return;
    case SEARCH_URI:
        add_escaped(value, row->of.uri);
        return;
    case SEARCH_KINDS:
        return;
    }
}

/* One of each part of the composite that `row` is of. */
static void ask_composite(struct random *random, const struct match_resource *of,
                          const struct search_row *row, struct buffer *value)
{
    unsigned parts = fhir_search_params[row->param].component_count;
    for (unsigned part = 0; part < parts; part++) {
        const struct search_row *chosen = NULL;
        unsigned seen = 0;
        for (size_t i = 0; i < of->rows.count; i++) {
            const struct search_row *other = &of->rows.rows[i];
            if (other->param == row->param && other->component == part &&
                (other->group == row->group || random_chance(random, 0.2)) &&
                random_below(random, ++seen) == 0)
                chosen = other;
        }
        const char *modifier = "";
        if (part)
            buffer_add_byte(value, '$');
        if (chosen->kind == SEARCH_TOKEN)
            ask_token(random, chosen, value);
        else if (chosen->kind == SEARCH_REFERENCE && chosen->of.reference.type == FHIR_NONE)
            add_escaped(value, chosen->of.reference.id);
        else
            do {
                modifier = "";
                size_t len = value->len;
                ask_value(random, chosen, &modifier, value);
                if (*modifier)
                    value->len = len;
            } while (*modifier);
    }
}

struct question {
    const char *modifier;
    struct text value;
    const struct search_row *row;
};

static struct question ask(struct random *random, const struct match_resource *of)
{
    struct question question = {"", TEXT(""), NULL};
    struct buffer value;
    buffer_init(&value, &arena);
    const struct search_row *row = &of->rows.rows[random_below(random, of->rows.count)];
    bool is_of_type =
        row->kind == SEARCH_TOKEN && text_starts(row->of.token.system, TEXT("of-type "));
    question.row = row;
    if (random_chance(random, 0.04) || is_of_type) {
        question.modifier = ":missing";
        buffer_add(&value, random_chance(random, 0.5) ? TEXT("true") : TEXT("false"));
    } else if (fhir_search_params[row->param].kind == FHIR_SEARCH_COMPOSITE) {
        ask_composite(random, of, row, &value);
    } else {
        ask_value(random, row, &question.modifier, &value);
    }
    assert_false(value.failed);
    question.value = buffer_text(&value);
    return question;
}

/* Puts the question to some resources of the type; how many it found. */
static unsigned put(const struct oracle *oracle, struct random *random, uint16_t type,
                    struct text name, struct text value)
{
    struct buffer written;
    struct search_query query;
    struct search_fault fault;
    struct search_setting setting = {oracle->base, oracle->now_ms, true, NULL};
    struct search_scope scope = {type, FHIR_NONE, TEXT("")};
    buffer_init(&written, &arena);
    form_write(&written, name);
    buffer_add_byte(&written, '=');
    form_write(&written, value);
    enum search_err err =
        search_parse(&query, &scope, buffer_text(&written), &setting, &arena, &fault);
    if (err)
        fail_msg("%s?%.*s is refused: %s", fhir_types[type].name, (int)written.len, written.bytes,
                 fault.words);
    unsigned found = 0, tried = 0;
    size_t start = random_below(random, pool.count);
    for (size_t i = 0; i < pool.count && tried < OF_A_TYPE_MAX; i++) {
        size_t at = (start + i) % pool.count;
        if (pool.resources[at].type != type)
            continue;
        tried++;
        bool here = match_condition(&pool.matches[at], &query.conditions[0]);
        if (here != oracle_finds(oracle, &pool.resources[at], name, value))
            fail_msg("%s?%.*s finds %s%.*s", fhir_types[type].name, (int)written.len, written.bytes,
                     here ? "" : "not ", (int)pool.resources[at].id.len,
                     pool.resources[at].id.bytes);
        found += here;
    }
    return found;
}

static void h89_rows_and_queries_find_what_r4_says(void **state)
{
    (void)state;
    struct random random;
    struct oracle oracle = {pool.resources, 0, text_of(base), 1764374400000, &arena};
    unsigned found = 0;
    arena_init(&kept, 512 << 20);
    arena_init(&arena, 64 << 20);
    const struct search_extractor *extractor = search_extractor_make(&kept);
    assert_non_null(extractor);
    if (!read_pool(extractor)) {
        arena_free(&kept);
        arena_free(&arena);
        skip();
    }
    oracle.count = pool.count;
    random_seed(&random, 20261129);
    for (unsigned i = 0; i < QUESTIONS; i++) {
        const struct match_resource *of = &pool.matches[random_below(&random, pool.count)];
        if (of->rows.count == 0)
            continue;
        struct question question = ask(&random, of);
        struct buffer name;
        buffer_init(&name, &arena);
        buffer_format(&name, "%s%s%s", fhir_search_params[question.row->param].code,
                      *question.modifier && *question.modifier != ':' ? ":" : "",
                      question.modifier);
        found += put(&oracle, &random, of->type, buffer_text(&name), question.value) > 0;
        arena_reset(&arena);
    }
    assert_true(found > QUESTIONS / 2); /* most questions are about what is there */
    arena_free(&kept);
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(h89_rows_and_queries_find_what_r4_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
