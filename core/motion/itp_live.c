/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/itp_live.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"

enum { /* of an answer; arrays of two, the left arm first */
       AT_SEQUENCE = 0,
       AT_LAST = 4,
       AT_FORCE_X = 16,
       AT_FORCE_Y = 24,
       AT_FORCE_Z = 32,
       AT_RUN_LEVEL = 40,
       AT_CHECKSUM = 48
};
static_assert(AT_CHECKSUM + 4 == ITP_ANSWER_BYTES, "the checksum ends the answer");

enum { AT_MODE = 116 }; /* of a packet: 0, the foot is up */

void itp_live_init(struct itp_live *live)
{
    *live = (struct itp_live){.frozen = true, .is_silent = true};
    itp_init(&live->itp);
}

static bool is_sender(const struct itp_live *live, const void *sender, size_t len)
{
    return len == live->sender_len && !memcmp(live->sender, sender, len);
}

/* What a packet that moved nothing has cost. `before`: the sequence number before it. */
static void note_refused(struct itp_live *live, enum motion_err err, bool had, uint32_t before)
{
    if (err == MOTION_ERR_REFLECT || (had && live->itp.sequence == before))
        return; /* one we had, or older: nothing is missing */
    bool is_gap = err == MOTION_ERR_SEQUENCE, is_restart = is_gap && live->itp.sequence < before;
    live->counts.lost += is_gap && !is_restart ? live->itp.sequence - before : 1;
    live->counts.gaps += is_gap;
    live->frozen = true;
}

static bool is_of_a_console(enum motion_err err)
{
    return err != MOTION_ERR_LENGTH && err != MOTION_ERR_VERSION && err != MOTION_ERR_CHECKSUM;
}

/* Somebody who is not heard so far. MOTION_OK: from now on it is. */
static enum motion_err admit(struct itp_live *live, const void *sender, size_t sender_len,
                             const uint8_t *in, size_t len, uint64_t now_ns)
{
    bool is_free = live->sender_len == 0 || now_ns - live->heard_ns > ITP_LIVE_SENDER_NS;
    struct itp_packet packet;
    enum motion_err err = is_free ? itp_decode(&packet, in, len) : MOTION_ERR_STRANGER;
    if (err) {
        live->counts.strangers++;
        return err == MOTION_ERR_REFLECT ? MOTION_ERR_STRANGER : err;
    }
    memcpy(live->sender, sender, sender_len);
    live->sender_len = sender_len;
    live->frozen = true;
    itp_restart(&live->itp);
    return MOTION_OK;
}

enum motion_err itp_live_take(struct itp_live *live, const void *sender, size_t sender_len,
                              const uint8_t *in, size_t len, uint64_t now_ns)
{
    assert(sender_len > 0 && sender_len <= ITP_SENDER_BYTES_MAX);
    (void)itp_live_look(live, now_ns); /* who was silent until now was silent, whoever speaks now */
    if (!is_sender(live, sender, sender_len)) {
        enum motion_err err = admit(live, sender, sender_len, in, len, now_ns);
        if (err)
            return err;
    }
    bool had = live->itp.has_sequence;
    uint32_t before = live->itp.sequence;
    enum motion_err err = itp_take(&live->itp, in, len);
    if (!is_of_a_console(err))
        return err; /* anybody's: it is no sign of life */
    live->heard_ns = now_ns;
    if (err) {
        note_refused(live, err, had, before);
    } else {
        live->good_ns = now_ns;
        live->is_silent = false;
    }
    bool is_newest = !had || live->itp.sequence != before;
    if (is_newest && get_le32(in + AT_MODE) == 0)
        live->frozen = false;
    return err;
}

bool itp_live_look(struct itp_live *live, uint64_t now_ns)
{
    if (live->is_silent || now_ns - live->good_ns <= ITP_LIVE_SILENCE_NS)
        return false;
    live->is_silent = live->frozen = true;
    live->counts.silences++;
    return true;
}

bool itp_live_hands(const struct itp_live *live, struct clutch_hands *hands)
{
    *hands = live->itp.hands;
    if (live->frozen)
        hands->pedal = false;
    return live->frozen;
}

static void put_le32(uint8_t *out, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(value >> 8 * i);
}

/* Beyond what the field holds no force is meant: the nearest it holds. */
static void put_force(uint8_t *out, double newtons)
{
    double millinewtons = isfinite(newtons) ? newtons * 1e3 : 0;
    put_le32(out, (uint32_t)(int32_t)fmax(INT32_MIN, fmin(INT32_MAX, millinewtons)));
}

void itp_live_answer(struct itp_live *live, enum itp_run_level run_level,
                     const struct vec3 force_n[static ITP_ARMS],
                     uint8_t out[static ITP_ANSWER_BYTES])
{
    uint32_t sum = 0;
    memset(out, 0, ITP_ANSWER_BYTES);
    put_le32(out + AT_SEQUENCE, ++live->answered);
    put_le32(out + AT_LAST, live->itp.sequence);
    for (size_t arm = 0; arm < ITP_ARMS; arm++) {
        put_force(out + AT_FORCE_X + 4 * arm, force_n[arm].x);
        put_force(out + AT_FORCE_Y + 4 * arm, force_n[arm].y);
        put_force(out + AT_FORCE_Z + 4 * arm, force_n[arm].z);
    }
    put_le32(out + AT_RUN_LEVEL, run_level);
    for (size_t at = 0; at < AT_CHECKSUM; at += 4)
        sum += get_le32(out + at);
    put_le32(out + AT_CHECKSUM, sum);
}
