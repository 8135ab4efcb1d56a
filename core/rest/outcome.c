/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/outcome.h"

#include <stdio.h>

#include "access/language.h"
#include "rest/words.h"
#include "json/writer.h"

void outcome_init(struct outcome *outcome, struct arena *arena)
{
    *outcome = (struct outcome){.arena = arena};
}

void outcome_add(struct outcome *outcome, const struct outcome_issue *issue)
{
    if (!outcome->issues)
        outcome->issues = arena_take(outcome->arena, OUTCOME_ISSUES_MAX * sizeof *outcome->issues);
    if (!outcome->issues || outcome->count == OUTCOME_ISSUES_MAX)
        outcome->left_out++;
    else
        outcome->issues[outcome->count++] = *issue;
}

/* Of a constant sentence; others are said in the right language when they are made. */
static struct text said(const struct outcome *outcome, struct text details)
{
    for (size_t i = 0; outcome->language != ACCESS_ENGLISH && i < rest_words_count; i++)
        if (text_is(details, rest_words_rows[i].texts[ACCESS_ENGLISH]))
            return text_of(rest_words_rows[i].texts[outcome->language]);
    return details;
}

void outcome_error(struct outcome *outcome, const char *code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    outcome_errorv(outcome, code, format, arguments);
    va_end(arguments);
}

void outcome_errorv(struct outcome *outcome, const char *code, const char *format,
                    va_list arguments)
{
    char words[512];
    int len = vsnprintf(words, sizeof words, rest_words(format, outcome->language), arguments);
    if (len < 0)
        len = 0;
    size_t kept = (size_t)len < sizeof words ? (size_t)len : sizeof words - 1;
    if ((size_t)len >= sizeof words) { /* the last character may be cut: it goes */
        while (kept && ((unsigned char)words[kept - 1] & 0xC0) == 0x80)
            kept--;
        if (kept)
            kept--;
    }
    outcome_add(outcome, &(struct outcome_issue){
                             .severity = OUTCOME_ERROR,
                             .code = code,
                             .details = arena_copy(outcome->arena, (struct text){words, kept}),
                         });
}

bool outcome_has_error(const struct outcome *outcome)
{
    for (uint32_t i = 0; i < outcome->count; i++)
        if (outcome->issues[i].severity <= OUTCOME_ERROR)
            return true;
    return outcome->count == 0 && outcome->left_out > 0;
}

static const char *severity_code(enum outcome_severity severity)
{
    switch (severity) {
    case OUTCOME_FATAL:
        return "fatal";
    case OUTCOME_ERROR:
        return "error";
    case OUTCOME_WARNING:
        return "warning";
    case OUTCOME_INFORMATION:
        break;
    }
    return "information";
}

/* Where in the text, as http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line and -col. */
static void write_place(struct json_writer *writer, const struct outcome_issue *issue)
{
    const struct {
        struct text url;
        uint32_t number;
    } places[] = {
        {TEXT("http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line"), issue->line},
        {TEXT("http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col"), issue->column},
    };
    if (issue->line == 0)
        return;
    json_key(writer, TEXT("extension"));
    json_begin_array(writer);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        json_begin_object(writer);
        json_write_member(writer, TEXT("url"), places[i].url);
        json_key(writer, TEXT("valueInteger"));
        json_write_i64(writer, places[i].number);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_diagnostics(struct json_writer *writer, const struct outcome_issue *issue)
{
    char place[64];
    if (issue->diagnostics.len) {
        json_write_member(writer, TEXT("diagnostics"), issue->diagnostics);
    } else if (issue->line) {
        int len = snprintf(place, sizeof place, "line %u, column %u", issue->line, issue->column);
        json_write_member(writer, TEXT("diagnostics"), (struct text){place, (size_t)len});
    }
}

static void write_issue(struct json_writer *writer, const struct outcome *outcome,
                        const struct outcome_issue *issue)
{
    json_begin_object(writer);
    write_place(writer, issue);
    json_write_member(writer, TEXT("severity"), text_of(severity_code(issue->severity)));
    json_write_member(writer, TEXT("code"), text_of(issue->code));
    if (issue->details.len) {
        json_key(writer, TEXT("details"));
        json_begin_object(writer);
        json_write_member(writer, TEXT("text"), said(outcome, issue->details));
        json_end_object(writer);
    }
    write_diagnostics(writer, issue);
    if (issue->expression.len) {
        json_key(writer, TEXT("expression"));
        json_begin_array(writer);
        json_write_string(writer, issue->expression);
        json_end_array(writer);
    }
    json_end_object(writer);
}

void outcome_write(const struct outcome *outcome, struct buffer *buffer)
{
    struct json_writer writer;
    json_writer_init(&writer, buffer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("resourceType"), TEXT("OperationOutcome"));
    if (outcome->language != ACCESS_ENGLISH)
        json_write_member(&writer, TEXT("language"), access_language_tag(outcome->language));
    json_key(&writer, TEXT("issue"));
    json_begin_array(&writer);
    for (uint32_t i = 0; i < outcome->count; i++)
        write_issue(&writer, outcome, &outcome->issues[i]);
    if (outcome->left_out) {
        char words[80];
        snprintf(words, sizeof words, "%u more issues are left out.", outcome->left_out);
        write_issue(&writer, outcome,
                    &(struct outcome_issue){.severity = outcome->count ? OUTCOME_INFORMATION
                                                                       : OUTCOME_ERROR,
                                            .code = "incomplete",
                                            .details = text_of(words)});
    } else if (outcome->count == 0) {
        write_issue(&writer, outcome,
                    &(struct outcome_issue){.severity = OUTCOME_INFORMATION,
                                            .code = "informational",
                                            .details = TEXT("All OK.")});
    }
    json_end_array(&writer);
    json_end_object(&writer);
}
