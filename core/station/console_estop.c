/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The emergency stop's button at the bedside: how long it is told, and whether the cart has heard it.
 * station/console.h. */
#include "station/console_inside.h"

/* Pulses that left may all be lost, so only the cart's word ends it. */
static void end_estop(struct console_station *console)
{
    if (console->estop_ends && console->estop_heard && console->estop_told >= CONSOLE_ESTOP_PULSES)
        console->pulse.flags &= (uint8_t)~PULSE_ESTOP;
}

void console_station_estop(struct console_station *console, bool is_down, uint64_t now_ns)
{
    if (is_down) {
        console->pulse.flags |= PULSE_ESTOP;
        console->pulse.press =
            (uint8_t)(console->pulse.press == UINT8_MAX ? 1 : console->pulse.press + 1);
        console->pulse_ns = now_ns;
        console->estop_told = 0;
        console->estop_ns = now_ns;
        console->estop_heard = false;
    }
    console->estop_ends = !is_down;
    end_estop(console);
}

void console_estop_told(struct console_station *console)
{
    if (!(console->pulse.flags & PULSE_ESTOP))
        return;
    console->estop_told++;
    end_estop(console);
}

void console_estop_heard(struct console_station *console, uint8_t press)
{
    console->estop_heard = press == console->pulse.press;
    end_estop(console);
}

/* What was heard is told anew, and that takes its time; what was not stays unheard until it is. */
void console_estop_meets(struct console_station *console, uint64_t now_ns)
{
    if (console->estop_heard)
        console->estop_ns = now_ns;
    console->estop_heard = false;
}

bool console_station_estop_is_unheard(const struct console_station *console, uint64_t now_ns)
{
    bool may_come = console_station_is_heard(console, now_ns) &&
                    now_ns <= console->estop_ns + CONSOLE_ESTOP_HEARD_NS;
    return console->pulse.flags & PULSE_ESTOP && !console->estop_heard && !may_come;
}
