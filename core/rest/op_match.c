/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patient/$match: who a description may be of, the likeliest first (IHE PDQm ITI-119).
 *
 * An identifier of the same system and value is certain. Else names, birth date, gender and place count together;
 * whoever reaches neither a certain nor a probable score is only told as possible.
 * Source: http://hl7.org/fhir/R4/patient-operation-match.html; http://hl7.org/fhir/StructureDefinition/match-grade. */
#include <stdio.h>
#include <stdlib.h>

#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/draft.h"
#include "rest/find.h"
#include "rest/operations.h"
#include "search/fold.h"

enum { CANDIDATES_MAX = 200, COUNT_DEFAULT = 20, PARTS_MAX = 8 };

/* Of 100. Ours, in the order of how much each tells two people apart in a Moroccan register: families share names and
 * towns, few share a day of birth as well. */
enum { BY_FAMILY = 30, BY_GIVEN = 25, BY_BIRTH = 35, BY_GENDER = 5, BY_PHONE = 5 };
enum { PROBABLE = 85, POSSIBLE = 55 };

struct person {
    struct text identifiers[PARTS_MAX];                                    /* "system|value" */
    struct text families[PARTS_MAX], givens[PARTS_MAX], phones[PARTS_MAX]; /* folded */
    size_t identifier_count, family_count, given_count, phone_count;
    struct text birth, gender;
};

struct candidate {
    struct store_row row;
    int score; /* 0 to 100 */
};

static void note(struct text *parts, size_t *count, struct text text, struct arena *arena)
{
    if (text.len == 0 || *count == PARTS_MAX)
        return;
    struct text folded = fold_text(arena, text);
    if (folded.bytes)
        parts[(*count)++] = folded;
}

static void read_name(struct person *person, const struct json *json, uint32_t name,
                      struct arena *arena)
{
    note(person->families, &person->family_count, json_text_seen(json, name, "family", arena),
         arena);
    uint32_t givens = json_member(json, name, TEXT("given"));
    if (givens == JSON_NONE || json_type(json, givens) != JSON_ARRAY)
        return;
    for (uint32_t at = json_first(json, givens); at != json_end(json, givens);
         at = json_next(json, at))
        if (json_type(json, at) == JSON_STRING)
            note(person->givens, &person->given_count, json_string(json, at, arena), arena);
}

static void read_identifier(struct person *person, const struct json *json, uint32_t node,
                            struct arena *arena)
{
    struct text system = json_text_seen(json, node, "system", arena),
                value = json_text_seen(json, node, "value", arena);
    struct buffer both;
    buffer_init(&both, arena);
    buffer_add(&both, system);
    buffer_add_byte(&both, '|');
    buffer_add(&both, value);
    if (system.len && value.len && !both.failed && person->identifier_count < PARTS_MAX)
        person->identifiers[person->identifier_count++] = buffer_text(&both);
}

static struct person read_person(const struct json *json, uint32_t node, struct arena *arena)
{
    static const char *const lists[] = {"identifier", "name", "telecom"};
    struct person person = {.birth = json_text_seen(json, node, "birthDate", arena),
                            .gender = json_text_seen(json, node, "gender", arena)};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        uint32_t list = json_member(json, node, text_of(lists[i]));
        if (list == JSON_NONE || json_type(json, list) != JSON_ARRAY)
            continue;
        for (uint32_t at = json_first(json, list); at != json_end(json, list);
             at = json_next(json, at)) {
            if (i == 0)
                read_identifier(&person, json, at, arena);
            else if (i == 1)
                read_name(&person, json, at, arena);
            else
                note(person.phones, &person.phone_count, json_text_seen(json, at, "value", arena),
                     arena);
        }
    }
    return person;
}

static bool share(const struct text *one, size_t one_count, const struct text *other,
                  size_t other_count)
{
    for (size_t i = 0; i < one_count; i++)
        for (size_t j = 0; j < other_count; j++)
            if (text_equal(one[i], other[j]))
                return true;
    return false;
}

/* Of a day of birth known in part on one side, what both know. */
static int birth_score(struct text one, struct text other)
{
    enum { YEAR_LEN = 4 };
    size_t len = one.len < other.len ? one.len : other.len;
    if (len < YEAR_LEN || memcmp(one.bytes, other.bytes, len) != 0)
        return 0;
    return one.len == other.len ? BY_BIRTH : BY_BIRTH / 2;
}

static int score_of(const struct person *asked, const struct person *found)
{
    if (share(asked->identifiers, asked->identifier_count, found->identifiers,
              found->identifier_count))
        return 100;
    int score = 0;
    if (share(asked->families, asked->family_count, found->families, found->family_count))
        score += BY_FAMILY;
    if (share(asked->givens, asked->given_count, found->givens, found->given_count))
        score += BY_GIVEN;
    score += birth_score(asked->birth, found->birth);
    if (asked->gender.len && text_equal(asked->gender, found->gender))
        score += BY_GENDER;
    if (share(asked->phones, asked->phone_count, found->phones, found->phone_count))
        score += BY_PHONE;
    return score < 100 ? score : 99; /* certain is by an identifier alone */
}

static const char *grade_of(int score)
{
    return score == 100 ? "certain" : score >= PROBABLE ? "probable" : "possible";
}

struct matching {
    struct rest_exchange *exchange;
    struct store_view *view;
    struct candidate *candidates;
    size_t count;
};

/* One value, though it has what separates values in a search. */
static void add_value(struct buffer *query, struct text value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (memchr(",$\\", value.bytes[i], 3))
            buffer_add(query, TEXT("%5C"));
        rest_add_escaped(query, (struct text){value.bytes + i, 1});
    }
}

struct known {
    const char *parameter;
    struct text value;
};

/* Adds those whom a search by one or two of what is known finds. */
static unsigned gather(struct matching *matching, const struct known *known, size_t known_count)
{
    struct rest_exchange *exchange = matching->exchange;
    struct store_page page;
    struct buffer query;
    buffer_init(&query, exchange->arena);
    buffer_format(&query, "_count=%d", CANDIDATES_MAX);
    for (size_t i = 0; i < known_count; i++) {
        buffer_format(&query, "&%s=", known[i].parameter);
        add_value(&query, known[i].value);
    }
    unsigned status = rest_find(exchange, matching->view, exchange->request.type,
                                buffer_text(&query), TEXT(""), &page);
    for (size_t i = 0; !status && i < page.match_count && matching->count < CANDIDATES_MAX; i++) {
        bool is_there = false;
        for (size_t j = 0; j < matching->count; j++)
            is_there = is_there || text_equal(matching->candidates[j].row.id, page.rows[i].id);
        if (!is_there)
            matching->candidates[matching->count++] = (struct candidate){.row = page.rows[i]};
    }
    return status;
}

static unsigned gather_pairs(struct matching *matching, const char *one, const struct text *ones,
                             size_t one_count, const char *other, const struct text *others,
                             size_t other_count)
{
    unsigned status = 0;
    for (size_t i = 0; i < one_count; i++)
        for (size_t j = 0; !status && j < other_count; j++)
            status = gather(matching, (struct known[]){{one, ones[i]}, {other, others[j]}}, 2);
    return status;
}

/* Nobody is possible by less than two of family name, given name and birth date: each two of them are searched for
 * together, so that a frequent name or day does not push out whom it is. */
static unsigned gather_all(struct matching *matching, const struct person *asked)
{
    unsigned status = 0;
    size_t birth_count = asked->birth.len > 0;
    for (size_t i = 0; !status && i < asked->identifier_count; i++)
        status = gather(matching, &(struct known){"identifier", asked->identifiers[i]}, 1);
    if (!status)
        status = gather_pairs(matching, "birthdate", &asked->birth, birth_count, "family",
                              asked->families, asked->family_count);
    if (!status)
        status = gather_pairs(matching, "birthdate", &asked->birth, birth_count, "given",
                              asked->givens, asked->given_count);
    if (!status)
        status = gather_pairs(matching, "family", asked->families, asked->family_count, "given",
                              asked->givens, asked->given_count);
    return status;
}

static int likelier(const void *a, const void *b)
{
    const struct candidate *one = a, *other = b;
    int order = other->score - one->score;
    return order ? order : text_compare(one->row.id, other->row.id);
}

static void write_match(struct json_writer *writer, const struct rest_exchange *exchange,
                        const struct candidate *candidate)
{
    char score[8];
    int len =
        snprintf(score, sizeof score, "%d.%02d", candidate->score / 100, candidate->score % 100);
    json_begin_object(writer);
    json_write_member(writer, TEXT("fullUrl"),
                      rest_location(exchange, candidate->row.type, candidate->row.id, 0));
    json_key(writer, TEXT("resource"));
    json_write_raw(writer, candidate->row.body);
    json_key(writer, TEXT("search"));
    json_begin_object(writer);
    json_key(writer, TEXT("extension"));
    json_begin_array(writer);
    json_begin_object(writer);
    json_write_member(writer, TEXT("url"),
                      TEXT("http://hl7.org/fhir/StructureDefinition/match-grade"));
    json_write_member(writer, TEXT("valueCode"), text_of(grade_of(candidate->score)));
    json_end_object(writer);
    json_end_array(writer);
    json_write_member(writer, TEXT("mode"), TEXT("match"));
    json_key(writer, TEXT("score"));
    json_write_raw(writer, (struct text){score, (size_t)len});
    json_end_object(writer);
    json_end_object(writer);
}

static enum rest_turn answer(struct matching *matching, size_t count)
{
    struct buffer buffer;
    struct json_writer writer;
    buffer_init(&buffer, matching->exchange->arena);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("resourceType"), TEXT("Bundle"));
    json_write_member(&writer, TEXT("type"), TEXT("searchset"));
    json_key(&writer, TEXT("total"));
    json_write_i64(&writer, (int64_t)count);
    if (count) {
        json_key(&writer, TEXT("entry"));
        json_begin_array(&writer);
        for (size_t i = 0; i < count; i++)
            write_match(&writer, matching->exchange, &matching->candidates[i]);
        json_end_array(&writer);
    }
    json_end_object(&writer);
    return rest_answer_buffer(matching->exchange, 200, &buffer);
}

enum rest_turn rest_op_match(struct rest_exchange *exchange,
                             const struct rest_parameters *parameters, struct store_view *view)
{
    struct matching matching = {.exchange = exchange, .view = view};
    uint32_t described;
    bool is_certain_only = text_is(rest_parameter(parameters, "onlyCertainMatches"), "true");
    int64_t wanted = rest_parameter_count(parameters, "count", COUNT_DEFAULT);
    if (!rest_parameter_resource(parameters, "resource", "Patient", &described))
        return rest_answer_error(
            exchange, 400, "required",
            "The operation needs a Patient: as the body, or as the parameter \"resource\".");
    matching.candidates = arena_take(exchange->arena, CANDIDATES_MAX * sizeof *matching.candidates);
    if (!matching.candidates)
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    const struct person asked = read_person(&parameters->json, described, exchange->arena);
    unsigned status = gather_all(&matching, &asked);
    if (status)
        return rest_answer_outcome(exchange, status);
    for (size_t i = 0; i < matching.count; i++) {
        struct json json;
        if (json_parse(&json, matching.candidates[i].row.body, &json_limits_default,
                       exchange->arena, NULL) != JSON_OK)
            return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
        const struct person found = read_person(&json, JSON_ROOT, exchange->arena);
        matching.candidates[i].score = score_of(&asked, &found);
    }
    if (matching.count > 1)
        qsort(matching.candidates, matching.count, sizeof *matching.candidates, likelier);
    size_t count = 0;
    int least = is_certain_only ? 100 : POSSIBLE;
    bool is_ambiguous = matching.count > 1 && matching.candidates[1].score == 100;
    if (is_certain_only && is_ambiguous) /* R4: then none of them is */
        wanted = 0;
    while (count < matching.count && (int64_t)count < wanted &&
           matching.candidates[count].score >= least)
        count++;
    return answer(&matching, count);
}
