/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What keys at the window ask: of the robot's end (lease, scale, stop, enable, undock, mark), of the window
 * (help, language, how it shows), of the voice. */
#ifndef CONSOLE_KEYS_H
#define CONSOLE_KEYS_H

#include "console_window.h"

/* Does what was asked since the call before. */
void console_keys_obey(struct console_window *window, const struct console_window_parts *parts,
                       uint64_t now_ns);

/* The key that was pressed once, and undocks or docks when it is pressed again now; no control: there is none. */
struct view_key console_keys_awaited(const struct console_window *window, uint64_t now_ns);

/* What the key that enables does next, of a panel at the bedside; VIEW_ENABLE_NOTHING: takes the enable back, or
 * waits until it is known how things stand. */
enum view_enable console_keys_enable_does(const struct console_station *operation);

#endif
