/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes: look-ups in code systems and value sets. */
#include "fhir/find.h"
#include "fhir/model.h"

/* A canonical URL without its version. */
static struct text without_version(struct text url)
{
    const char *bar = url.len ? memchr(url.bytes, '|', url.len) : NULL;

    return bar ? (struct text){url.bytes, (size_t)(bar - url.bytes)} : url;
}

static int value_set_side(const void *wanted, uint32_t row)
{
    const struct text *url = wanted;

    return text_compare(*url, text_of(fhir_value_sets[row].url));
}

uint16_t fhir_value_set_at(struct text url)
{
    struct text wanted = without_version(url);
    uint32_t found = fhir_find(0, fhir_value_set_count, &wanted, value_set_side);

    return found == FHIR_NOT_FOUND ? (uint16_t)FHIR_NONE : (uint16_t)found;
}

static int code_system_side(const void *wanted, uint32_t row)
{
    const struct text *url = wanted;

    return text_compare(*url, text_of(fhir_code_systems[row].url));
}

uint16_t fhir_code_system_at(struct text url)
{
    struct text versionless = without_version(url);
    uint32_t found = fhir_find(0, fhir_code_system_count, &url, code_system_side);

    if (found == FHIR_NOT_FOUND) /* a few have a | in their own URL: .../v2-0006|2.1 */
        found = fhir_find(0, fhir_code_system_count, &versionless, code_system_side);
    return found == FHIR_NOT_FOUND ? (uint16_t)FHIR_NONE : (uint16_t)found;
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static bool same_but_for_case(struct text code, const char *other)
{
    size_t at = 0;

    while (at < code.len && other[at] != '\0' && lower(code.bytes[at]) == lower(other[at]))
        at++;
    return at == code.len && other[at] == '\0';
}

static int code_side(const void *wanted, uint32_t row)
{
    const struct text *code = wanted;

    return text_compare(*code, text_of(fhir_codes[row].code));
}

const struct fhir_code *fhir_code_in(uint16_t code_system, struct text code)
{
    const struct fhir_code_system *system = &fhir_code_systems[code_system];
    uint32_t end = system->first_code + system->code_count;
    uint32_t found = fhir_find(system->first_code, end, &code, code_side);

    if (found != FHIR_NOT_FOUND)
        return &fhir_codes[found];
    for (uint32_t at = system->first_code; at < end && !system->is_case_sensitive; at++)
        if (same_but_for_case(code, fhir_codes[at].code))
            return &fhir_codes[at];
    return NULL;
}

static int member_side(const void *wanted, uint32_t row)
{
    const struct text *code = wanted;

    return text_compare(*code, text_of(fhir_codes[fhir_members[row]].code));
}

static bool is_of_system(const struct fhir_code *member, struct text system)
{
    return system.len == 0 || text_is(system, fhir_code_systems[member->code_system].url);
}

/* Whether the code stands among the members as written; one code may be of several systems. */
static bool has_exactly(uint32_t first, uint32_t end, struct text system, struct text code)
{
    uint32_t found = fhir_find(first, end, &code, member_side);

    if (found == FHIR_NOT_FOUND)
        return false;
    while (found > first && member_side(&code, found - 1) == 0)
        found--;
    for (; found < end && member_side(&code, found) == 0; found++)
        if (is_of_system(&fhir_codes[fhir_members[found]], system))
            return true;
    return false;
}

bool fhir_value_set_has(uint16_t value_set, struct text system, struct text code)
{
    const struct fhir_value_set *set = &fhir_value_sets[value_set];
    uint32_t end = set->first_member + set->member_count;

    if (has_exactly(set->first_member, end, system, code))
        return true;
    for (uint32_t at = set->first_member; at < end; at++) {
        const struct fhir_code *member = &fhir_codes[fhir_members[at]];

        if (!fhir_code_systems[member->code_system].is_case_sensitive &&
            is_of_system(member, system) && same_but_for_case(code, member->code))
            return true;
    }
    return false;
}
