/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "voice/jitter.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

static_assert((JITTER_SLOTS & (JITTER_SLOTS - 1)) == 0, "slots are found by the low bits");
static_assert(JITTER_DEPTH_MAX < JITTER_SLOTS, "all that wait have a slot");

static struct jitter_slot *slot_of(struct jitter *jitter, uint32_t sequence)
{
    return &jitter->slots[sequence & (JITTER_SLOTS - 1)];
}

void jitter_init(struct jitter *jitter)
{
    memset(jitter, 0, sizeof *jitter);
    jitter->wait = 1;
}

/* Packets known of and not played yet: lost ones among them. */
static unsigned depth(const struct jitter *jitter)
{
    int32_t ahead = (int32_t)(jitter->newest - jitter->next);
    return ahead < 0 ? 0 : (unsigned)ahead + 1;
}

static void watch_anew(struct jitter *jitter)
{
    jitter->takes = 0;
    jitter->spare = UINT_MAX;
}

static void begin(struct jitter *jitter, uint32_t sequence)
{
    for (size_t i = 0; i < JITTER_SLOTS; i++)
        jitter->slots[i].is_full = false;
    jitter->state = JITTER_GATHERS;
    jitter->gather = jitter->wait;
    jitter->next = jitter->newest = sequence;
    jitter->put_in = 0;
    watch_anew(jitter);
}

static void become_idle(struct jitter *jitter)
{
    jitter->state = JITTER_IDLE;
}

/* What was put in while it was awaited stays as delay, and the next talk begins with it. */
static void note_came(struct jitter *jitter)
{
    jitter->wait += jitter->put_in;
    if (jitter->wait > JITTER_WAIT_MAX)
        jitter->wait = JITTER_WAIT_MAX;
    jitter->put_in = 0;
}

void jitter_put(struct jitter *jitter, const struct voice_packet *packet, uint64_t captured_ns)
{
    int32_t ahead = (int32_t)(packet->sequence - jitter->next);
    if (jitter->state == JITTER_IDLE || ahead >= JITTER_SLOTS || ahead < -JITTER_SLOTS) {
        begin(jitter, packet->sequence);
    } else if (ahead < 0) {
        jitter->counts.late++;
        return;
    }
    note_came(jitter);
    struct jitter_slot *slot = slot_of(jitter, packet->sequence);
    slot->is_full = true;
    slot->is_last = packet->is_last;
    slot->captured_ns = captured_ns;
    slot->len = packet->opus_len;
    memcpy(slot->opus, packet->opus, packet->opus_len);
    if ((int32_t)(packet->sequence - jitter->newest) > 0)
        jitter->newest = packet->sequence;
}

static void leave_out(struct jitter *jitter, unsigned frames)
{
    for (; frames > 0; frames--) {
        slot_of(jitter, jitter->next++)->is_full = false;
        jitter->counts.left_out++;
        jitter->wait -= jitter->wait > 1;
    }
    watch_anew(jitter);
}

/* Leaves out what waits for nothing. */
static void keep_short(struct jitter *jitter)
{
    unsigned waiting = depth(jitter);
    if (waiting > JITTER_DEPTH_MAX) {
        leave_out(jitter, waiting - jitter->wait);
        return;
    }
    unsigned spare = jitter->spare;
    bool is_over = jitter->takes >= JITTER_SPARE_TAKES ||
                   (jitter->takes >= JITTER_SPARE_TAKES_MUCH && spare >= JITTER_SPARE_MUCH);
    if (is_over)
        leave_out(jitter, spare > JITTER_RESERVE ? spare - JITTER_RESERVE : 0);
}

static void play_next(struct jitter *jitter, struct jitter_play *play)
{
    struct jitter_slot *slot = slot_of(jitter, jitter->next);
    const struct jitter_slot *after = slot_of(jitter, jitter->next + 1);

    if (slot->is_full) {
        *play = (struct jitter_play){JITTER_FRAME, slot->opus, slot->len, slot->captured_ns};
        jitter->counts.played++;
    } else if (after->is_full && depth(jitter) > 1) {
        *play = (struct jitter_play){JITTER_REPAIR, after->opus, after->len, 0};
        jitter->counts.repaired++;
    } else {
        jitter->counts.concealed++;
    }
    bool is_over = slot->is_full && slot->is_last && depth(jitter) == 1;
    slot->is_full = false;
    jitter->next++;
    if (is_over)
        become_idle(jitter);
}

void jitter_take(struct jitter *jitter, struct jitter_play *play)
{
    *play = (struct jitter_play){JITTER_CONCEAL, NULL, 0, 0};
    if (jitter->state == JITTER_GATHERS && jitter->gather-- == 0)
        jitter->state = JITTER_PLAYS;
    if (jitter->state != JITTER_PLAYS) {
        play->what = JITTER_SILENCE;
        return;
    }
    keep_short(jitter);
    if (depth(jitter) > 0) {
        play_next(jitter, play);
        jitter->takes++;
        if (depth(jitter) < jitter->spare)
            jitter->spare = depth(jitter);
    } else if (jitter->put_in < JITTER_CONCEAL_MAX) {
        jitter->put_in++;
        jitter->counts.concealed++;
        watch_anew(jitter);
    } else {
        become_idle(jitter);
        play->what = JITTER_SILENCE;
    }
}
