/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/replay.h"

#include <assert.h>
#include <string.h>

enum { WORDS = REPLAY_PACKETS / 64 };

static uint64_t bit_of(uint64_t packet)
{
    return UINT64_C(1) << packet % 64;
}

bool replay_is_new(const struct replay *replay, uint64_t packet)
{
    if (!replay->any || packet > replay->highest)
        return true;
    /* The word being filled is shared by the oldest 64 numbers (RFC 6479): one word is spare. */
    if (replay->highest - packet >= REPLAY_PACKETS - 64)
        return false;
    return !(replay->bits[packet / 64 % WORDS] & bit_of(packet));
}

void replay_mark(struct replay *replay, uint64_t packet)
{
    assert(replay_is_new(replay, packet));
    uint64_t word = packet / 64;
    if (!replay->any) {
        replay->any = true;
        replay->highest = packet;
    } else if (packet > replay->highest) {
        uint64_t steps = word - replay->highest / 64;
        if (steps >= WORDS)
            memset(replay->bits, 0, sizeof replay->bits);
        else
            for (uint64_t i = 1; i <= steps; i++)
                replay->bits[(replay->highest / 64 + i) % WORDS] = 0;
        replay->highest = packet;
    }
    replay->bits[word % WORDS] |= bit_of(packet);
}
