/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "log/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_BYTES = 1024 };

static _Atomic enum log_level level_shown = LOG_INFO;

void log_set_level(enum log_level level)
{
    level_shown = level;
}

void log_event(enum log_level level, const char *event, const char *fields, ...)
{
    static const char *const words[] = {
        [LOG_ERROR] = "error", [LOG_WARN] = "warn", [LOG_INFO] = "info", [LOG_DEBUG] = "debug"};
    char line[LINE_BYTES];

    if (level > level_shown)
        return;
    int at = snprintf(line, sizeof line, "%s %s ", words[level], event);
    va_list args;
    va_start(args, fields);
    int added = vsnprintf(line + at, sizeof line - (size_t)at, fields, args);
    va_end(args);
    size_t len = (size_t)at + (size_t)(added < 0 ? 0 : added);
    if (len > sizeof line - 2)
        len = sizeof line - 2;
    while (len > 0 && line[len - 1] == ' ')
        len--;
    line[len++] = '\n';
    /* Losing a log line is better than stopping: standard error may be a full pipe. */
    ssize_t written = write(STDERR_FILENO, line, len);
    (void)written;
}
