/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arm/sheet_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "arm/scenes.h"
#include "base/nearest.h"

enum { NAMES_MAX = 16 };

PRINTF_LIKE(2, 3) static bool fail(struct sheet_reason *reason, const char *words, ...)
{
    va_list more;
    va_start(more, words);
    vsnprintf(reason->words, sizeof reason->words, words, more);
    va_end(more);
    return false;
}

static bool fail_as(struct sheet_reason *reason, const char *name, const struct sheet_fault *fault)
{
    return fault->line ? fail(reason, "%.200s: line %u: %s", name, fault->line, fault->words)
                       : fail(reason, "%.200s: %s", name, fault->words);
}

static bool is_path(const char *word)
{
    return strpbrk(word, "/.");
}

/* Reads up to `room` bytes of a file. */
static bool read_file(char *text, size_t room, size_t *len, const char *path,
                      struct sheet_reason *reason)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return fail(reason, "%.200s: %s", path, strerror(errno));
    *len = fread(text, 1, room, file);
    int why = ferror(file) ? errno : 0;
    (void)fclose(file);
    return !why || fail(reason, "%.200s: %s", path, strerror(why));
}

static bool refuse_name(const char *name, struct sheet_reason *reason)
{
    const char *names[NAMES_MAX + 1] = {NULL};
    char all[256] = "";
    for (size_t i = 0; i < NAMES_MAX && TOOL_TEXTS[i].name; i++) {
        names[i] = TOOL_TEXTS[i].name;
        size_t len = strlen(all);
        snprintf(all + len, sizeof all - len, "%s%s", i ? ", " : "", names[i]);
    }
    const char *nearest = nearest_word(name, names);
    return nearest
               ? fail(reason, "no tool '%.80s', did you mean '%s'?", name, nearest)
               : fail(reason, "no tool '%.80s'; there are %s, or the path of a file", name, all);
}

bool tool_open(struct tool *tool, const char *name_or_path, struct sheet_reason *reason)
{
    static char file[TOOL_BYTES_MAX + 1]; /* one more than is taken: what is longer is refused */
    struct sheet_fault fault;
    struct tool_text text = {.name = name_or_path, .text = file};
    if (is_path(name_or_path)) {
        if (!read_file(file, sizeof file, &text.len, name_or_path, reason))
            return false;
    } else {
        const struct tool_text *inside = tool_text_named(name_or_path);
        if (!inside)
            return refuse_name(name_or_path, reason);
        text = *inside;
    }
    return tool_read(tool, text.text, text.len, &fault) || fail_as(reason, text.name, &fault);
}

/* The ones inside of that name, or the end of the list. */
static const struct scene_fixtures *fixtures_inside(const char *name)
{
    const struct scene_fixtures *at = SCENE_FIXTURES;
    while (at->name && strcmp(at->name, name) != 0)
        at++;
    return at;
}

bool fixtures_are_of_scene(const char *scene)
{
    return fixtures_inside(scene)->name;
}

static bool refuse_fixtures(const char *name, struct sheet_reason *reason)
{
    char all[256] = "none";
    for (const struct scene_fixtures *at = SCENE_FIXTURES; at->name; at++) {
        size_t len = strlen(all);
        snprintf(all + len, sizeof all - len, ", %s", at->name);
    }
    return fail(reason, "no fixtures '%.80s'; there are %s, or the path of a file", name, all);
}

bool fixtures_open(struct fixtures *fixtures, const char *name_or_path, struct sheet_reason *reason)
{
    static char file[FIXTURES_BYTES_MAX + 1];
    struct sheet_fault fault;
    struct scene_fixtures text = {name_or_path, file, 0};
    memset(fixtures, 0, sizeof *fixtures);
    if (!strcmp(name_or_path, "none"))
        return true;
    if (is_path(name_or_path)) {
        if (!read_file(file, sizeof file, &text.len, name_or_path, reason))
            return false;
    } else {
        text = *fixtures_inside(name_or_path);
        if (!text.name)
            return refuse_fixtures(name_or_path, reason);
    }
    return fixtures_read(fixtures, text.text, text.len, &fault) ||
           fail_as(reason, text.name, &fault);
}

bool profile_open(struct profile *profile, const char *path, struct sheet_reason *reason)
{
    static char file[PROFILE_BYTES_MAX];
    struct sheet_fault fault;
    size_t len;
    if (!read_file(file, sizeof file, &len, path, reason))
        return false;
    if (len == sizeof file)
        return fail(reason, "%.200s: longer than %d bytes", path, PROFILE_BYTES_MAX - 1);
    return profile_read(profile, file, len, &fault) || fail_as(reason, path, &fault);
}
