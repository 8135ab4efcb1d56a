/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "task/scene_text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_BYTES = 64 /* no number is longer */, SHOWN_BYTES = 40 };

void scene_reader_init(struct scene_reader *reader, const char *text, size_t len)
{
    *reader = (struct scene_reader){.at = text, .end = text + len, .line = 1};
}

bool scene_word_is(struct scene_word word, const char *text)
{
    return word.len == strlen(text) && !memcmp(word.at, text, word.len);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_of_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == ':';
}

static void go(struct scene_reader *reader)
{
    reader->line += *reader->at == '\n';
    reader->at++;
}

static void skip_space(struct scene_reader *reader)
{
    while (reader->at < reader->end && is_space(*reader->at))
        go(reader);
}

static bool opens(const struct scene_reader *reader, const char *with)
{
    size_t len = strlen(with);
    return (size_t)(reader->end - reader->at) >= len && !memcmp(reader->at, with, len);
}

/* Goes behind the next `what`, or to the end. */
static void skip_past(struct scene_reader *reader, const char *what)
{
    while (reader->at < reader->end && !opens(reader, what))
        go(reader);
    for (size_t i = strlen(what); i > 0 && reader->at < reader->end; i--)
        go(reader);
}

static struct scene_word take_name(struct scene_reader *reader)
{
    struct scene_word name = {reader->at, 0};
    while (reader->at < reader->end && is_of_name(*reader->at))
        go(reader);
    name.len = (size_t)(reader->at - name.at);
    return name;
}

/* Goes to the attributes of the next element. False: there is none. */
static bool enter_element(struct scene_reader *reader)
{
    static const char *const others[][2] = {
        {"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}, {"<!", ">"}, {"</", ">"}};
    for (;;) {
        while (reader->at < reader->end && *reader->at != '<')
            go(reader);
        if (reader->at == reader->end)
            return false;
        size_t i = 0, count = sizeof others / sizeof *others;
        while (i < count && !opens(reader, others[i][0]))
            i++;
        if (i == count)
            break;
        skip_past(reader, others[i][0]);
        skip_past(reader, others[i][1]);
    }
    go(reader);
    reader->element = take_name(reader);
    return reader->element.len > 0;
}

/* Reads `="VALUE"`. */
static bool take_value(struct scene_reader *reader, struct scene_attribute *attribute)
{
    skip_space(reader);
    if (!opens(reader, "="))
        return false;
    go(reader);
    skip_space(reader);
    if (!opens(reader, "'") && !opens(reader, "\""))
        return false;
    char quote = *reader->at;
    go(reader);
    attribute->line = reader->line;
    attribute->value.at = reader->at;
    while (reader->at < reader->end && *reader->at != quote)
        go(reader);
    attribute->value.len = (size_t)(reader->at - attribute->value.at);
    if (reader->at == reader->end)
        return false;
    go(reader);
    return true;
}

bool scene_next(struct scene_reader *reader, struct scene_attribute *attribute)
{
    for (;;) {
        if (reader->element.len == 0 && !enter_element(reader))
            return false;
        skip_space(reader);
        *attribute = (struct scene_attribute){.element = reader->element};
        attribute->name = take_name(reader);
        if (attribute->name.len > 0)
            return take_value(reader, attribute);
        reader->element.len = 0;
    }
}

static bool is_number_without_end(struct scene_word word)
{
    char text[NUMBER_BYTES], *end;
    if (word.len == 0 || word.len >= sizeof text)
        return false;
    memcpy(text, word.at, word.len);
    text[word.len] = 0;
    double value = strtod(text, &end);
    return !*end && !isfinite(value);
}

static int shown(struct scene_word word)
{
    return word.len < SHOWN_BYTES ? (int)word.len : SHOWN_BYTES;
}

static bool fail(struct scene_fault *fault, unsigned line, const struct scene_attribute *attribute,
                 struct scene_word word, const char *why)
{
    fault->line = line;
    snprintf(fault->words, sizeof fault->words, "%.*s of %.*s: '%.*s' %s", shown(attribute->name),
             attribute->name.at, shown(attribute->element), attribute->element.at, shown(word),
             word.at, why);
    for (char *c = fault->words; *c; c++)
        if (iscntrl((unsigned char)*c))
            *c = '?';
    return false;
}

static bool begins(struct scene_word word, const char *text)
{
    size_t len = strlen(text);
    return word.len >= len && !memcmp(word.at, text, len);
}

static bool names_as_the_arms(const struct scene_attribute *attribute)
{
    bool is_name =
        scene_word_is(attribute->name, "name") || scene_word_is(attribute->name, "prefix");
    return is_name && (begins(attribute->value, "left_") || begins(attribute->value, "right_"));
}

bool scene_check(const struct scene_attribute *attribute, struct scene_fault *fault)
{
    struct scene_reader reader;
    scene_reader_init(&reader, attribute->value.at, attribute->value.len);
    reader.line = attribute->line;
    if (names_as_the_arms(attribute))
        return fail(fault, attribute->line, attribute, attribute->value,
                    "is as the arms are named: begin otherwise");
    for (skip_space(&reader); reader.at < reader.end; skip_space(&reader)) {
        struct scene_word word = {reader.at, 0};
        while (reader.at < reader.end && !is_space(*reader.at))
            go(&reader);
        word.len = (size_t)(reader.at - word.at);
        if (is_number_without_end(word))
            return fail(fault, reader.line, attribute, word, "is no finite number");
    }
    return true;
}

/* The words of the text that is called `task`. */
static bool find_task(const char *text, size_t len, struct scene_attribute *data)
{
    struct scene_reader reader;
    struct scene_attribute attribute;
    const char *task = NULL; /* the element that is called so */
    *data = (struct scene_attribute){0};
    scene_reader_init(&reader, text, len);
    while (scene_next(&reader, &attribute)) {
        if (!scene_word_is(attribute.element, "text"))
            continue;
        if (scene_word_is(attribute.name, "name") && scene_word_is(attribute.value, "task"))
            task = attribute.element.at;
        if (scene_word_is(attribute.name, "data"))
            *data = attribute;
        if (task && data->element.at == task)
            return true;
    }
    return false;
}

unsigned scene_task_line(const char *text, size_t len, unsigned sentence)
{
    struct scene_attribute data;
    struct scene_reader reader;
    if (!find_task(text, len, &data))
        return 0;
    scene_reader_init(&reader, data.value.at, data.value.len);
    reader.line = data.line;
    for (; sentence > 1 && reader.at < reader.end; sentence--)
        skip_past(&reader, ";");
    skip_space(&reader);
    return sentence == 1 && reader.at < reader.end ? reader.line : 0;
}
