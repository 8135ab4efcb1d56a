/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which alarms a window has, from what its console knows: each fault has its own, and nothing else has one. Pure, as
 * console_view.h. */
#ifndef CONSOLE_ALARMS_H
#define CONSOLE_ALARMS_H

#include "console_view.h"

/* Whether what the cart said last is how things are (H-59). */
bool console_is_heard(const struct console_facts *facts);

/* What it says of itself; false when it is not heard. */
bool console_cart_says(const struct console_facts *facts, enum standing_flag flag);

/* Why the arm holds by what the cart's supervisor said last, or, until it has, by the arm's state. */
enum hold_cause console_cause_of(const struct console_station *operation);

/* A set of 1 << enum view_alarm, of a `view` in which all else is filled; which orders and keys these are about,
 * into it. */
uint32_t console_alarms(struct view *view, const struct console_facts *facts);

#endif
