/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the log says of a console's hands, frozen or not (motion/gate.h): a line a second at most, as an overloaded
 * machine may freeze and free them at every picture; then how it is by then, and how many changes were left out.
 *
 * Pure; one owner. */
#ifndef CONSOLE_GATE_H
#define CONSOLE_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "log/log.h"
#include "motion/gate.h"

struct console_gate { /* `seen` set at the start, the rest zero */
    enum gate_state seen;
    bool is_fault; /* of what was seen last; and of what was left out: */
    bool left_fault;
    struct log_quota quota;
};

struct console_gate_line {
    bool is_fault; /* to wait for a session's first picture, and for the foot then, is none */
    enum gate_state state;
    uint64_t left_out;
};

/* At each look of the loop. True: `*line` is to be written. */
MUST_USE bool console_gate_look(struct console_gate *gate, enum gate_state state, uint64_t now_ns,
                                struct console_gate_line *line);

#endif
