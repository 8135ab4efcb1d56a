/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arm/tool_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"

enum { NAMES_MAX = 16 };

PRINTF_LIKE(2, 3) static bool fail(struct tool_reason *reason, const char *words, ...)
{
    va_list more;
    va_start(more, words);
    vsnprintf(reason->words, sizeof reason->words, words, more);
    va_end(more);
    return false;
}

static bool read_text(struct tool *tool, const char *name, const char *text, size_t len,
                      struct tool_reason *reason)
{
    struct sheet_fault fault;
    if (tool_read(tool, text, len, &fault))
        return true;
    return fault.line ? fail(reason, "%.200s: line %u: %s", name, fault.line, fault.words)
                      : fail(reason, "%.200s: %s", name, fault.words);
}

static bool is_path(const char *word)
{
    const char *end = strrchr(word, '.');
    return strchr(word, '/') || (end && !strcmp(end, ".tool"));
}

static bool read_file(struct tool *tool, const char *path, struct tool_reason *reason)
{
    static char
        text[TOOL_BYTES_MAX + 1]; /* one more than tool_read takes: it refuses what is longer */
    FILE *file = fopen(path, "re");
    if (!file)
        return fail(reason, "%.200s: %s", path, strerror(errno));
    size_t len = fread(text, 1, sizeof text, file);
    int why = ferror(file) ? errno : 0;
    (void)fclose(file);
    if (why)
        return fail(reason, "%.200s: %s", path, strerror(why));
    return read_text(tool, path, text, len, reason);
}

static bool refuse_name(const char *name, struct tool_reason *reason)
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

bool tool_open(struct tool *tool, const char *name_or_path, struct tool_reason *reason)
{
    if (is_path(name_or_path))
        return read_file(tool, name_or_path, reason);
    const struct tool_text *text = tool_text_named(name_or_path);
    return text ? read_text(tool, text->name, text->text, text->len, reason)
                : refuse_name(name_or_path, reason);
}
