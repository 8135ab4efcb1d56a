/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of a console to the cart, added and pulled by people. station/console.h. */
#include "station/console.h"

const char *console_line_err_text(enum console_line_err err)
{
    switch (err) {
    case CONSOLE_LINE_OK:
        return "good";
    case CONSOLE_LINE_ERR_NUMBER:
        return "no line has this number";
    case CONSOLE_LINE_ERR_LAST:
        return "it is the only line";
    case CONSOLE_LINE_ERR_NEEDED:
        return "no other line is good now: without it the arm would stop";
    case CONSOLE_LINE_ERR_FULL:
        return "eight lines at most, one that was just pulled included";
    case CONSOLE_LINE_ERR_STATE:
        return "the session is ending: once more in a moment";
    }
    return "unknown";
}

static bool is_line(const struct console_station *console, size_t line)
{
    return line < LINK_LINES_MAX && console->paths[line].address_bytes != LINK_PATH_NONE;
}

/* A session not up yet cannot change its lines: it begins again with those of now. */
static void dial_with_these(struct console_station *console, uint64_t now_ns)
{
    if (!console->dialled)
        return;
    link_close(console->dialled, "the lines have changed", now_ns);
    console->dialled = NULL;
    console->dial_ns = now_ns;
}

enum console_line_err console_station_line_add(struct console_station *console,
                                               const struct link_path *path, uint64_t now_ns,
                                               uint8_t *line)
{
    uint8_t added = 0;
    enum link_err err = LINK_OK;

    while (added < LINK_LINES_MAX && is_line(console, added))
        added++;
    if (added == LINK_LINES_MAX)
        return CONSOLE_LINE_ERR_FULL;
    if (console->peer) /* by the link's number: one that was just pulled is not free yet */
        err = link_line_add(console->peer, path, now_ns, &added);
    if (err != LINK_OK)
        return err == LINK_ERR_LINES ? CONSOLE_LINE_ERR_FULL : CONSOLE_LINE_ERR_STATE;
    console->paths[added] = *path;
    *line = added;
    dial_with_these(console, now_ns);
    return CONSOLE_LINE_OK;
}

/* Whether what goes over `line` now goes over another as well. */
static bool can_spare(const struct console_station *console, uint8_t line, uint64_t now_ns)
{
    struct link_stats stats;
    link_peer_stats(console->peer, now_ns, &stats);
    bool spare = stats.lines[line].state == LINK_LINE_LOST;
    for (size_t i = 0; i < LINK_LINES_MAX; i++)
        spare = spare || (i != line && stats.lines[i].state == LINK_LINE_GOOD);
    return spare;
}

enum console_line_err console_station_line_pull(struct console_station *console, uint8_t line,
                                                uint64_t now_ns, uint8_t *socket)
{
    size_t lines = 0;

    for (size_t i = 0; i < LINK_LINES_MAX; i++)
        lines += is_line(console, i);
    if (!is_line(console, line))
        return CONSOLE_LINE_ERR_NUMBER;
    if (lines < 2)
        return CONSOLE_LINE_ERR_LAST;
    if (console->peer && !can_spare(console, line, now_ns))
        return CONSOLE_LINE_ERR_NEEDED;
    if (console->peer && link_line_pull(console->peer, line, now_ns) == LINK_ERR_STATE)
        return CONSOLE_LINE_ERR_STATE; /* any other: the cart has pulled it already */
    *socket = console->paths[line].socket;
    console->paths[line].address_bytes = LINK_PATH_NONE;
    dial_with_these(console, now_ns);
    return CONSOLE_LINE_OK;
}
