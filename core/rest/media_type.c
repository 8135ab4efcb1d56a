/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/media_type.h"

#include <strings.h>

static bool is_word(struct text text, const char *word)
{
    return text.len == strlen(word) && strncasecmp(text.bytes, word, text.len) == 0;
}

static struct text trimmed(struct text text)
{
    while (text.len && (text.bytes[0] == ' ' || text.bytes[0] == '\t'))
        text = (struct text){text.bytes + 1, text.len - 1};
    while (text.len && (text.bytes[text.len - 1] == ' ' || text.bytes[text.len - 1] == '\t'))
        text.len--;
    return text;
}

/* What is before `mark`, trimmed; `*rest` is what is behind it. */
static struct text cut(struct text *rest, char mark)
{
    const char *at = rest->len ? memchr(rest->bytes, mark, rest->len) : NULL;
    struct text first = {rest->bytes, at ? (size_t)(at - rest->bytes) : rest->len};
    size_t skipped = first.len + (at != NULL);
    *rest = (struct text){rest->len ? rest->bytes + skipped : rest->bytes, rest->len - skipped};
    return trimmed(first);
}

static struct text unquoted(struct text value)
{
    bool is_quoted = value.len >= 2 && value.bytes[0] == '"' && value.bytes[value.len - 1] == '"';
    return is_quoted ? (struct text){value.bytes + 1, value.len - 2} : value;
}

/* Whether parameters name a version of FHIR that is not R4: fhirVersion=5.0. A release of R4 may stand behind it. */
static bool is_other_version(struct text parameters)
{
    while (parameters.len) {
        struct text value = cut(&parameters, ';'), name = cut(&value, '=');
        value = unquoted(value);
        if (is_word(name, "fhirVersion") && !is_word(value, "4.0") &&
            !text_starts(value, TEXT("4.0.")))
            return true;
    }
    return false;
}

static bool is_fhir_other(struct text type)
{
    static const char *const types[] = {"application/fhir+xml", "application/xml+fhir",
                                        "application/fhir+turtle"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (is_word(type, types[i]))
            return true;
    return false;
}

enum media_kind media_kind_of(struct text content_type)
{
    struct text rest = content_type, type = cut(&rest, ';');
    if (type.len == 0)
        return MEDIA_NONE;
    if (is_fhir_other(type) || is_other_version(rest))
        return MEDIA_FHIR_OTHER;
    while (rest.len) {
        struct text value = cut(&rest, ';'), name = cut(&value, '=');
        value = unquoted(value);
        if (is_word(name, "charset") && !is_word(value, "utf-8") && !is_word(value, "us-ascii"))
            return MEDIA_OTHER;
    }
    if (is_word(type, "application/fhir+json") || is_word(type, "application/json+fhir"))
        return MEDIA_FHIR_JSON;
    if (is_word(type, "application/json") || is_word(type, "text/json"))
        return MEDIA_JSON;
    if (is_word(type, "application/json-patch+json"))
        return MEDIA_JSON_PATCH;
    if (is_word(type, "application/x-www-form-urlencoded"))
        return MEDIA_FORM;
    return MEDIA_OTHER;
}

/* Whether parameters say q=0: not wanted. */
static bool is_unwanted(struct text parameters)
{
    while (parameters.len) {
        struct text value = cut(&parameters, ';'), name = cut(&value, '=');
        bool is_zero = value.len > 0;
        for (size_t i = 0; i < value.len; i++)
            is_zero = is_zero && (value.bytes[i] == '0' || value.bytes[i] == '.');
        if (is_word(name, "q") && is_zero)
            return true;
    }
    return false;
}

/* Whether an Accept header has one of `types`, ended by NULL, and wants it. */
static bool has_one(struct text accept, const char *const *types)
{
    while (accept.len) {
        struct text parameters = cut(&accept, ','), type = cut(&parameters, ';');
        for (size_t i = 0; types[i]; i++)
            if (is_word(type, types[i]) && !is_unwanted(parameters) &&
                !is_other_version(parameters))
                return true;
    }
    return false;
}

bool media_names_json(struct text accept)
{
    static const char *const types[] = {"application/fhir+json", "application/json",
                                        "application/json+fhir", "text/json", NULL};
    return has_one(accept, types);
}

bool media_accepts_json(struct text accept)
{
    static const char *const types[] = {"*/*",
                                        "application/*",
                                        "application/json-patch+json",
                                        "application/fhir+ndjson",
                                        "application/ndjson",
                                        NULL};
    return trimmed(accept).len == 0 || media_names_json(accept) || has_one(accept, types);
}

bool media_names_other(struct text accept)
{
    while (accept.len) {
        struct text parameters = cut(&accept, ','), type = cut(&parameters, ';');
        if (!is_unwanted(parameters) && (is_fhir_other(type) || is_other_version(parameters)))
            return true;
    }
    return false;
}

bool media_format_is_json(struct text format)
{
    static const char *const names[] = {"json", "application/fhir json", "application/json fhir"};
    struct text parameters = format, type = cut(&parameters, ';');
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_word(type, names[i]) && !is_other_version(parameters))
            return true;
    return media_names_json(format);
}

bool media_is_ndjson(struct text type)
{
    static const char *const names[] = {"application/fhir+ndjson", "application/fhir ndjson",
                                        "application/ndjson", "ndjson"};
    struct text name = cut(&type, ';');
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_word(name, names[i]))
            return true;
    return false;
}
