/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal that shows an operation's page.
 *
 * On a terminal the page is redrawn in place on the alternate screen, ten times a second at most.
 * Elsewhere (a pipe, TERM=dumb) events are printed as they come and one line sums up each second.
 * Colour is left out where NO_COLOR is set. Nothing else should write to the terminal meanwhile:
 * send the log to a file.
 *
 * The terminal is given back by screen_close, at exit, and when a signal kills the program. One
 * screen at a time, main thread. */
#ifndef SCREEN_SCREEN_H
#define SCREEN_SCREEN_H

#include <stdint.h>

#include "screen/page.h"

struct screen; /* of the one terminal */

/* Takes the terminal that file descriptor `output` is, if it is one. */
struct screen *screen_open(int output, enum words_language language);

/* Shows the page if it is time to. */
void screen_show(struct screen *screen, const struct operate_page *page, uint64_t now_ns);

/* Gives the terminal back, the last page left standing on it. */
void screen_close(struct screen *screen);

#endif
