/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/issue.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buffer.h"

#include "fhir/walk.h"

const char *fhir_issue_type_code(enum fhir_issue_type type)
{
    switch (type) {
    case FHIR_ISSUE_STRUCTURE:
        return "structure";
    case FHIR_ISSUE_REQUIRED:
        return "required";
    case FHIR_ISSUE_VALUE:
        return "value";
    case FHIR_ISSUE_CODE_INVALID:
        return "code-invalid";
    case FHIR_ISSUE_INVARIANT:
        return "invariant";
    case FHIR_ISSUE_TOO_COSTLY:
        return "too-costly";
    case FHIR_ISSUE_SECURITY:
        return "security";
    }
    return "invalid";
}

int fhir_shown_len(struct text text)
{
    enum { SHOWN_MAX = 80 };
    size_t len = text.len < SHOWN_MAX ? text.len : SHOWN_MAX;

    while (len > 0 && len < text.len && ((unsigned char)text.bytes[len] & 0xC0) == 0x80)
        len--; /* not within a character */
    return (int)len;
}

static void write_step(const struct fhir_walk *walk, struct buffer *buffer,
                       const struct fhir_step *step)
{
    const struct fhir_field *field;
    const struct fhir_element *element;

    if (!step) {
        buffer_add(buffer, walk->path);
        return;
    }
    write_step(walk, buffer, step->above);
    field = &fhir_fields[step->field];
    element = &fhir_elements[field->element];
    if (walk->path.len > 0 || step->above)
        buffer_add_byte(buffer, '.');
    buffer_add(buffer, text_of(element->name));
    if (element->is_choice)
        buffer_format(buffer, ".ofType(%s)", fhir_types[field->type].name);
    if (step->index != FHIR_NO_INDEX) {
        buffer_add_byte(buffer, '[');
        buffer_add_u64(buffer, (uint64_t)step->index);
        buffer_add_byte(buffer, ']');
    }
}

const char *fhir_walk_words(const struct fhir_walk *walk, const char *english)
{
    const struct fhir_validator *validator = walk->validator;
    return validator && validator->words ? validator->words(english, validator->language) : english;
}

void fhir_walk_note(struct fhir_walk *walk, const struct fhir_step *step, uint32_t at,
                    enum fhir_severity severity, enum fhir_issue_type type, const char *format, ...)
{
    struct fhir_issue issue = {.severity = (uint8_t)severity, .type = (uint8_t)type};
    char words[512];
    struct buffer expression;
    va_list arguments;
    int len;

    walk->issues->has_error |= severity == FHIR_ERROR;
    if (walk->issues->count == FHIR_ISSUES_MAX)
        return;
    va_start(arguments, format);
    len = vsnprintf(words, sizeof words, fhir_walk_words(walk, format), arguments);
    va_end(arguments);
    if (len < 0 || (size_t)len >= sizeof words)
        len = (int)sizeof words - 1;
    buffer_init(&expression, walk->arena);
    write_step(walk, &expression, step);
    issue.words = arena_copy(walk->arena, (struct text){words, (size_t)len});
    issue.expression = buffer_text(&expression);
    issue.place = json_place_of(walk->json, at);
    if (expression.failed || !issue.words.bytes) {
        walk->issues->out_of_memory = walk->is_over = true;
        return;
    }
    walk->issues->list[walk->issues->count++] = issue;
    if (walk->issues->count == FHIR_ISSUES_MAX)
        walk->is_over = true;
}

struct text fhir_walk_string(struct fhir_walk *walk, uint32_t node)
{
    struct text string = json_string(walk->json, node, walk->arena);

    if (!string.bytes) {
        walk->issues->out_of_memory = walk->is_over = true;
        return TEXT("");
    }
    return string;
}
