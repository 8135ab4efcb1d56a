/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console_gate.h"

static bool is_fault(const struct console_gate *gate, enum gate_state state)
{
    return state == GATE_OLD_PICTURE || (state == GATE_AWAITS_FOOT && gate->is_fault);
}

bool console_gate_look(struct console_gate *gate, enum gate_state state, uint64_t now_ns,
                       struct console_gate_line *line)
{
    uint64_t left_out = log_quota_told(&gate->quota, now_ns);
    bool has_changed = state != gate->seen;
    if (has_changed) {
        gate->is_fault = is_fault(gate, state);
        gate->seen = state;
    }
    if (!has_changed && !left_out)
        return false;
    if (!log_quota_take(&gate->quota, now_ns)) {
        gate->left_fault = gate->left_fault || gate->is_fault;
        return false;
    }
    *line = (struct console_gate_line){gate->is_fault || gate->left_fault, state, left_out};
    gate->left_fault = false;
    return true;
}
