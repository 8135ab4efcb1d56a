/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "task/scene_text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_BYTES = 64 /* no number is longer */, SHOWN_BYTES = 40, WHY_BYTES = 40 };

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

/* What a figure may be, of those where MuJoCo asks less than a scene that holds: read on to a step that gives no
 * numbers, or never ends. Ours: wider than a training field on Earth needs. */
static const struct range {
    const char *element, *name; /* element NULL: any */
    double least, most;
} ranges[] = {
    {"option", "timestep", 0.001, 0.001}, /* s: of the loop that steps it (arm/mujoco_world.h) */
    {"option", "gravity", -100, 100},     /* m/s2; Jupiter's is 25 */
    {"option", "wind", -100, 100},        /* m/s; a hurricane's is 70 */
    {"option", "magnetic", -100, 100},    /* T; a scanner's is 7 */
    {"option", "density", 0, 2e4},        /* kg/m3, of what fills the field; mercury's is 13,600 */
    {"option", "viscosity", 0, 100},      /* Pa s; honey's is 10 */
    {"option", "impratio", 0.01, 1e4},    /* the arms' is 10, MuJoCo's 1 */
    {"option", "tolerance", 0, 1e-3},     /* of solvers: MuJoCo's are 1e-8 and 1e-6 */
    {"option", "noslip_tolerance", 0, 1e-3},
    {"option", "mpr_tolerance", 0, 1e-3},
    {"option", "iterations", 1, 1000}, /* of solvers, in a step: MuJoCo's are 100 and 50 */
    {"option", "noslip_iterations", 0, 1000},
    {"option", "mpr_iterations", 1, 1000},
    {NULL, "damping", 0, SCENE_MOST}, /* below zero they add energy */
    {NULL, "stiffness", 0, SCENE_MOST},
    {NULL, "armature", 0, SCENE_MOST},
    {NULL, "frictionloss", 0, SCENE_MOST},
    {NULL, "mass", 0, SCENE_MOST},
};

static const struct range *range_of(const struct scene_attribute *attribute)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (scene_word_is(attribute->name, ranges[i].name) &&
            (!ranges[i].element || scene_word_is(attribute->element, ranges[i].element)))
            return &ranges[i];
    return NULL;
}

/* False: it reads as no number. */
static bool read_number(struct scene_word word, double *value)
{
    char text[NUMBER_BYTES], *end;
    if (word.len == 0 || word.len >= sizeof text)
        return false;
    memcpy(text, word.at, word.len);
    text[word.len] = 0;
    *value = strtod(text, &end);
    return !*end;
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

/* Whether a number may be what the attribute says; `why` says what it should be. */
static bool is_in_range(const struct scene_attribute *attribute, double value,
                        char why[static WHY_BYTES])
{
    const struct range *range = range_of(attribute);
    if (!isfinite(value))
        snprintf(why, WHY_BYTES, "is no finite number");
    else if (fabs(value) > SCENE_MOST)
        snprintf(why, WHY_BYTES, "is beyond %g", SCENE_MOST);
    else if (range && range->least >= range->most && fabs(value - range->least) > 1e-12)
        snprintf(why, WHY_BYTES, "must stay %g", range->least);
    else if (range && value < range->least)
        snprintf(why, WHY_BYTES, "is below %g", range->least);
    else if (range && value > range->most)
        snprintf(why, WHY_BYTES, "is above %g", range->most);
    else
        return true;
    return false;
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
        double value;
        char why[WHY_BYTES];
        if (read_number(word, &value) && !is_in_range(attribute, value, why))
            return fail(fault, reader.line, attribute, word, why);
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
