/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/gate.h"

void gate_init(struct gate *gate, uint64_t limit_ns)
{
    *gate = (struct gate){.limit_ns = limit_ns, .state = GATE_NO_PICTURE};
}

void gate_picture(struct gate *gate, uint64_t age_ns, bool measured, uint64_t now_ns)
{
    if (!measured || age_ns > now_ns)
        return; /* the one before goes on ageing */
    uint64_t captured_ns = now_ns - age_ns;
    if (gate->has_picture && captured_ns < gate->captured_ns)
        return; /* an older picture shown late makes nothing younger */
    gate->has_picture = true;
    gate->captured_ns = captured_ns;
}

void gate_forget(struct gate *gate)
{
    gate->has_picture = false;
}

uint64_t gate_picture_age_ns(const struct gate *gate, uint64_t now_ns)
{
    return gate->has_picture ? now_ns - gate->captured_ns : UINT64_MAX;
}

static enum gate_state next_state(enum gate_state state, bool has_picture, bool is_young,
                                  bool is_lifted)
{
    if (!has_picture)
        return GATE_NO_PICTURE;
    if (!is_young)
        return GATE_OLD_PICTURE;
    switch (state) {
    case GATE_OPEN:
        return GATE_OPEN;
    case GATE_NO_PICTURE:
    case GATE_OLD_PICTURE:
    case GATE_AWAITS_FOOT:
        break;
    }
    return is_lifted ? GATE_OPEN : GATE_AWAITS_FOOT;
}

enum gate_state gate_hands(struct gate *gate, struct gesture *gesture, uint64_t now_ns)
{
    bool is_young = gate_picture_age_ns(gate, now_ns) <= gate->limit_ns;
    bool is_lifted = (gesture->flags & ~GESTURE_LOCKS) == 0; /* by a person */
    gate->state = next_state(gate->state, gate->has_picture, is_young, is_lifted);
    if (gate->state != GATE_OPEN) {
        gesture->flags &= (uint8_t) ~(GESTURE_ENGAGED | GESTURE_CAMERA);
        gesture->flags |= GESTURE_FROZEN;
    }
    return gate->state;
}

const char *gate_state_text(enum gate_state state)
{
    switch (state) {
    case GATE_OPEN:
        return "hands free";
    case GATE_NO_PICTURE:
        return "no picture yet: hands wait";
    case GATE_OLD_PICTURE:
        return "picture too old: hands frozen";
    case GATE_AWAITS_FOOT:
        return "picture is there: lift the foot to go on";
    }
    return "unknown state";
}
