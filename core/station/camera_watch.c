/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/camera_watch.h"

#include <assert.h>

#define NS_PER_S UINT64_C(1000000000)

const char *camera_state_word(enum camera_state state)
{
    switch (state) {
    case CAMERA_WELL:
        return "well";
    case CAMERA_CUT_SHORT:
        return "cut_short";
    case CAMERA_DAMAGED:
        return "damaged";
    case CAMERA_SLOW:
        return "slow";
    case CAMERA_FROZEN:
        return "frozen";
    case CAMERA_SILENT:
        return "silent";
    case CAMERA_ENDED:
        return "ended";
    case CAMERA_STATES:
        break;
    }
    return "?";
}

void camera_watch_init(struct camera_watch *watch, uint32_t rate, uint64_t now_ns)
{
    assert(rate >= 1);
    uint64_t three_ns = 3 * NS_PER_S / rate;
    *watch = (struct camera_watch){.silence_ns_max =
                                       three_ns > CAMERA_SILENCE_NS ? three_ns : CAMERA_SILENCE_NS,
                                   .captured_ns = now_ns,
                                   .quick_ns = now_ns};
}

static enum camera_news hear(struct camera_watch *watch, const struct camera_facts *facts,
                             uint64_t now_ns)
{
    if (facts->captured != watch->captured) {
        bool was_silent = watch->is_silent;
        watch->captured = facts->captured;
        watch->captured_ns = now_ns;
        watch->is_silent = false;
        return was_silent ? CAMERA_IS_BACK : CAMERA_NO_NEWS;
    }
    uint64_t silence_ns = now_ns - watch->captured_ns;
    if (silence_ns <= watch->silence_ns_max)
        return CAMERA_NO_NEWS;
    if (silence_ns > watch->silence_longest_ns)
        watch->silence_longest_ns = silence_ns;
    if (watch->is_silent)
        return CAMERA_NO_NEWS;
    watch->is_silent = true;
    watch->silences++;
    return CAMERA_FELL_SILENT;
}

static enum camera_news look_for_damage(struct camera_watch *watch,
                                        const struct camera_facts *facts, uint64_t now_ns)
{
    bool is_first = watch->damaged == 0;
    bool has_grown = facts->damaged > watch->damaged;
    watch->damaged = facts->damaged;
    if (has_grown && is_first)
        watch->damaged_loop = facts->loops;
    if (has_grown && facts->loops == watch->damaged_loop) {
        watch->damaged_ns = now_ns;
        if (watch->is_damaged)
            return CAMERA_NO_NEWS;
        watch->is_damaged = true;
        return CAMERA_IS_DAMAGED;
    }
    if (!watch->is_damaged || now_ns - watch->damaged_ns < CAMERA_MENDED_NS)
        return CAMERA_NO_NEWS;
    watch->is_damaged = false;
    return CAMERA_IS_BACK;
}

static enum camera_news look_for_slowness(struct camera_watch *watch,
                                          const struct camera_facts *facts, uint64_t now_ns)
{
    if (facts->encode_ns <= CAMERA_SLOW_NS)
        watch->quick_ns = now_ns;
    if (watch->is_slow && facts->encode_ns <= CAMERA_SLOW_NS / 2) {
        watch->is_slow = false;
        return CAMERA_IS_BACK;
    }
    if (watch->is_slow || now_ns - watch->quick_ns < CAMERA_SLOW_FOR_NS)
        return CAMERA_NO_NEWS;
    watch->is_slow = true;
    return CAMERA_SLOWED;
}

enum camera_news camera_watch_update(struct camera_watch *watch, const struct camera_facts *facts,
                                     uint64_t now_ns)
{
    if (watch->has_ended)
        return CAMERA_NO_NEWS;
    if (facts->ended) {
        watch->has_ended = true;
        return CAMERA_HAS_ENDED;
    }
    enum camera_news news = hear(watch, facts, now_ns);
    if (news)
        return news;
    if (facts->frozen != watch->is_frozen) {
        watch->is_frozen = facts->frozen;
        return facts->frozen ? CAMERA_FROZE : CAMERA_IS_BACK;
    }
    news = look_for_slowness(watch, facts, now_ns);
    if (news)
        return news;
    if (facts->cut_short && !watch->is_cut_short) {
        watch->is_cut_short = true;
        return CAMERA_WAS_CUT_SHORT;
    }
    return look_for_damage(watch, facts, now_ns);
}

enum camera_state camera_watch_state(const struct camera_watch *watch)
{
    return watch->has_ended      ? CAMERA_ENDED
           : watch->is_silent    ? CAMERA_SILENT
           : watch->is_frozen    ? CAMERA_FROZEN
           : watch->is_slow      ? CAMERA_SLOW
           : watch->is_damaged   ? CAMERA_DAMAGED
           : watch->is_cut_short ? CAMERA_CUT_SHORT
                                 : CAMERA_WELL;
}
