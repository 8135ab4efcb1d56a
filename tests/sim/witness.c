/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/witness.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/random.h"
#include "motion/gesture.h"
#include "sim/heap.h"

#define MS UINT64_C(1000000)

/* What a handshake takes while it lasts (link/tls.h), and how many there may be at once: in each place of
 * both ends, and the stranger's own. */
#define HANDSHAKE_BYTES_MAX INT64_C(160000)
enum { HANDSHAKES_MAX = 7 };
/* A place for a session gets the insides of its seals when it is first used, 15.5 KB, and keeps them: the
 * second and third place of both ends may do so after the first session. A handshake left behind is more. */
#define HEAP_SLACK_BYTES INT64_C(70000)
/* The longest that the cart keeps the place of one who began a handshake and vanished. */
#define FORGOTTEN_NS (11000 * MS)

/* Braking from full speed takes 25 ms; limits of joints may stretch it. */
#define STOPPED_AFTER_NS (150 * MS)

enum { HEAD_BYTES = 8, MESSAGE_BYTES_MOST = 900 };

void witness_init(struct witness *witness, struct pair *pair, uint64_t seed)
{
    memset(witness, 0, sizeof *witness);
    witness->pair = pair;
    witness->seed = seed;
}

void witness_fail(struct witness *witness, const char *text, ...)
{
    va_list args;
    if (witness->failed)
        return;
    witness->failed = true;
    witness->failed_ns = pair_true_ns(witness->pair);
    va_start(args, text);
    vsnprintf(witness->why, sizeof witness->why, text, args);
    va_end(args);
}

/* Memory. */

void witness_heap(struct witness *witness, bool are_up)
{
    int64_t bytes = heap_bytes();
    if (!witness->heap_bytes && !are_up)
        return;
    if (!witness->heap_bytes || bytes < witness->heap_bytes)
        witness->heap_bytes = bytes;
    if (bytes > witness->heap_bytes + HANDSHAKES_MAX * HANDSHAKE_BYTES_MAX)
        witness_fail(witness, "memory went from %lld to %lld bytes", (long long)witness->heap_bytes,
                     (long long)bytes);
}

void witness_heap_left(struct witness *witness)
{
    uint64_t until_ns = pair_true_ns(witness->pair) + FORGOTTEN_NS;
    while (!witness->failed && heap_bytes() > witness->heap_bytes + HEAP_SLACK_BYTES) {
        if (pair_true_ns(witness->pair) > until_ns)
            witness_fail(witness, "%llu sessions have left %lld bytes",
                         (unsigned long long)witness->figures.sessions,
                         (long long)(heap_bytes() - witness->heap_bytes));
        pair_run(witness->pair, pair_true_ns(witness->pair) + 100 * MS);
    }
    int64_t left = heap_bytes() - witness->heap_bytes;
    witness->figures.heap_left_bytes = left > 0 ? (uint64_t)left : 0;
}

/* Samples. */

void witness_sent(struct witness *witness, enum pair_end from, uint64_t connection,
                  uint32_t sequence, const uint8_t *bytes, size_t len)
{
    struct witness_log *log = &witness->logs[from];
    if (log->count == WITNESS_SAMPLES || len > WITNESS_SAMPLE_BYTES) {
        witness_fail(witness, "the simulation sends more than it can remember");
        return;
    }
    if (log->count == 0 || log->samples[log->count - 1].connection != connection) {
        if (log->session_count == WITNESS_SESSIONS) {
            witness_fail(witness, "more than %d sessions", WITNESS_SESSIONS);
            return;
        }
        log->session_first[log->session_count++] = log->count;
    }
    struct witness_sample *sample = &log->samples[log->count++];
    *sample = (struct witness_sample){.connection = connection,
                                      .true_ns = pair_true_ns(witness->pair),
                                      .stamp_ns = pair_local_ns(witness->pair, from),
                                      .sequence = sequence,
                                      .len = (uint8_t)len};
    memcpy(sample->bytes, bytes, len);
}

static const struct witness_sample *find(const struct witness_log *log, uint64_t connection,
                                         uint32_t sequence)
{
    for (size_t i = 0; i < log->session_count; i++) {
        const struct witness_sample *first = &log->samples[log->session_first[i]];
        size_t at = log->session_first[i] + (uint32_t)(sequence - first->sequence);
        if (first->connection == connection && at < log->count &&
            log->samples[at].connection == connection && log->samples[at].sequence == sequence)
            return &log->samples[at];
    }
    return NULL;
}

/* Until a console has the lease, it is told of the arm as one who only watches, which is not remembered here. */
static bool is_before_lease(const struct witness_log *log, uint64_t connection, uint32_t sequence)
{
    for (size_t i = 0; i < log->session_count; i++) {
        const struct witness_sample *first = &log->samples[log->session_first[i]];
        if (first->connection == connection)
            return motion_is_newer(first->sequence, sequence);
    }
    return true;
}

/* The age that an event at `end` tells, of something from `true_ns`. */
static void judge_age(struct witness *witness, const char *what, enum pair_end end,
                      const struct link_event *event, uint64_t true_ns)
{
    const struct link_age *age = &event->age;
    uint64_t now_ns = pair_true_ns(witness->pair);
    if (!age->measured || now_ns < witness->doubtful_until_ns)
        return;
    int64_t true_age_ns = (int64_t)(pair_true_of(witness->pair, end, event->received_ns) - true_ns);
    int64_t drifted_ns = 1000 + true_age_ns / 10000; /* by the receiver's own clock */
    witness->figures.bounds++;
    if (llabs(age->ns - true_age_ns) > (int64_t)age->bound_ns + drifted_ns)
        witness_fail(witness, "age of %s is %.3f +- %.3f ms, in truth %.3f ms", what,
                     (double)age->ns / 1e6, (double)age->bound_ns / 1e6, (double)true_age_ns / 1e6);
}

void witness_arrived(struct witness *witness, enum pair_end to, uint64_t connection,
                     const struct link_event *event)
{
    enum pair_end from = to == PAIR_CART ? PAIR_CONSOLE : PAIR_CART;
    const char *what = to == PAIR_CART ? "a gesture" : "a state";
    const struct witness_sample *sent = find(&witness->logs[from], connection, event->sequence);
    if (!sent) {
        if (from != PAIR_CART ||
            !is_before_lease(&witness->logs[from], connection, event->sequence))
            witness_fail(witness, "%s came that nobody sent: %u", what, event->sequence);
        return;
    }
    if (event->len != sent->len || memcmp(event->bytes, sent->bytes, sent->len) != 0)
        witness_fail(witness, "%s came altered: %u", what, event->sequence);
    if (event->stamp_ns != sent->stamp_ns)
        witness_fail(witness, "%s came with another stamp: %u", what, event->sequence);
    if (witness->arrived[to].any && witness->arrived[to].connection == connection &&
        !motion_is_newer(event->sequence, witness->arrived[to].sequence))
        witness_fail(witness, "%s came out of order or twice: %u after %u", what, event->sequence,
                     witness->arrived[to].sequence);
    witness->arrived[to].any = true;
    witness->arrived[to].connection = connection;
    witness->arrived[to].sequence = event->sequence;
    judge_age(witness, what, to, event, sent->true_ns);
    if (to == PAIR_CART)
        witness->figures.gestures++;
}

/* Gestures and the arm. */

static void h03_judge_clutch(struct witness *witness, const struct gesture *gesture,
                             const struct follow *before)
{
    bool goes_on = gesture->flags == GESTURE_UNASKED && before->supervisor.cause == HOLD_NONE;
    if (gesture->flags == 0 || goes_on) {
        witness->rested = true;
        witness->rest_unasked = goes_on;
        witness->rest_clutch = gesture->clutch_id;
        return;
    }
    if (!(gesture->flags & GESTURE_ENGAGED))
        return;
    witness->engaged_ns = pair_true_ns(witness->pair);
    if (before->supervisor.cause == HOLD_NONE)
        return;
    if (!witness->rested || !motion_is_newer(gesture->clutch_id, witness->rest_clutch))
        witness_fail(witness, "a hold (%s) ended without a new clutch-in",
                     hold_cause_text(before->supervisor.cause));
    if (witness->rest_unasked && before->supervisor.cause != HOLD_RELEASED)
        witness_fail(witness, "a hold (%s) ended by a foot that no person lifted",
                     hold_cause_text(before->supervisor.cause));
    witness->figures.clutches++;
}

void witness_applied(struct witness *witness, uint64_t connection, const struct link_event *event,
                     const struct follow *before)
{
    const struct witness_sample *sent =
        find(&witness->logs[PAIR_CONSOLE], connection, event->sequence);
    uint64_t now_ns = pair_true_ns(witness->pair);
    struct gesture gesture;

    if (gesture_decode(&gesture, event->bytes, event->len) == MOTION_OK &&
        gesture.clutch_id - WITNESS_STRANGE_CLUTCH < 2)
        witness_fail(witness, "a stranger's gesture was applied");
    if (!sent || gesture_decode(&gesture, sent->bytes, sent->len) != MOTION_OK) {
        witness_fail(witness, "a gesture was applied that nobody sent: %u", event->sequence);
        return;
    }
    if (event->len != sent->len || memcmp(event->bytes, sent->bytes, sent->len) != 0)
        witness_fail(witness, "an altered gesture was applied: %u", event->sequence);
    uint64_t age_ns = now_ns - sent->true_ns;
    if (now_ns >= witness->doubtful_until_ns && age_ns > gates_limit_ns(&before->gates, GATE_AGE))
        witness_fail(witness, "a gesture %.3f ms old was applied", (double)age_ns / 1e6);
    if (witness->applied.any && witness->applied.connection == connection &&
        !motion_is_newer(event->sequence, witness->applied.sequence))
        witness_fail(witness, "gesture %u was applied after %u", event->sequence,
                     witness->applied.sequence);
    witness->applied.any = true;
    witness->applied.connection = connection;
    witness->applied.sequence = event->sequence;
    witness->figures.applied++;
    h03_judge_clutch(witness, &gesture, before);
}

void witness_cart_restarted(struct witness *witness)
{
    witness->ticked_local_ns = 0;
    witness->was_holding = false;
    witness->rested = false;
}

static void judge_arm(struct witness *witness, const struct follow *follow, unsigned number,
                      double dt_s, bool stopped)
{
    const struct follow_settings *settings = &follow->settings;
    const struct track *arm = &follow->arms[number], *was = &witness->before[number];
    double inside[INSTRUMENT_AXES];

    memcpy(inside, arm->joints, sizeof inside);
    if (instrument_clamp(follow->instrument, inside))
        witness_fail(witness, "a joint of arm %u is past its limit", number);
    for (int axis = 0; axis < INSTRUMENT_AXES; axis++) {
        double way = fabs(arm->joints[axis] - was->joints[axis]);
        if (!(way <= settings->limits.joint_speed_max[axis] * dt_s * (1 + 1e-9)))
            witness_fail(witness, "joint %d of arm %u goes at %g a second", axis, number,
                         way / dt_s);
        if (stopped && way > 0)
            witness_fail(witness, "joint %d of arm %u moves though it must hold (%s)", axis, number,
                         hold_cause_text(follow->supervisor.cause));
    }
    double step_m = vec3_length(vec3_subtract(arm->tip.position_m, was->tip.position_m));
    if (!(step_m <= settings->limits.speed_max_m_s * dt_s * 1.001))
        witness_fail(witness, "the tip of arm %u goes at %g m/s", number, step_m / dt_s);
    double change = vec3_length(vec3_subtract(arm->velocity_m_s, was->velocity_m_s));
    if (!arm->limited && !was->limited && /* limits of joints brake harder */
        !(change <= settings->limits.acceleration_max_m_s2 * dt_s * 2))
        witness_fail(witness, "the tip of arm %u accelerates by %g m/s2", number, change / dt_s);
    if (step_m > 0)
        witness->figures.moved_ns += MS;
}

void witness_tick(struct witness *witness, const struct follow *follow)
{
    const uint64_t tick_most_ns = 2 * MS; /* a later tick moves no further */
    uint64_t now_ns = pair_true_ns(witness->pair);
    uint64_t local_ns = pair_local_ns(witness->pair, PAIR_CART);
    uint64_t dt_ns = local_ns - witness->ticked_local_ns;
    bool holding = follow->supervisor.cause != HOLD_NONE;

    if (holding && !witness->was_holding) {
        witness->held_since_ns = now_ns;
        witness->figures.holds++;
    }
    if (holding != witness->was_holding || !holding)
        witness->rested = witness->rested && holding;
    bool silent = now_ns - witness->engaged_ns >
                  gates_limit_ns(&follow->gates, GATE_SILENCE) + STOPPED_AFTER_NS + MS;
    bool stopped = silent || (holding && now_ns - witness->held_since_ns > STOPPED_AFTER_NS);
    if (witness->ticked_local_ns)
        for (unsigned i = 0; i < follow->settings.arm_count; i++)
            judge_arm(witness, follow, i,
                      (double)(dt_ns < tick_most_ns ? dt_ns : tick_most_ns) / 1e9, stopped);
    witness->was_holding = holding;
    witness->ticked_local_ns = local_ns;
    memcpy(witness->before, follow->arms, sizeof witness->before);
}

void witness_hands(struct witness *witness, uint64_t picture_gate_ns)
{
    uint64_t now_ns = pair_true_ns(witness->pair);
    if (now_ns < witness->doubtful_until_ns)
        return;
    if (!witness->any_shown)
        witness_fail(witness, "the hands move before any picture");
    else if (now_ns - witness->shown_captured_ns > picture_gate_ns)
        witness_fail(witness, "the hands move on a picture %.3f ms old",
                     (double)(now_ns - witness->shown_captured_ns) / 1e6);
}

/* Pictures and messages: their number, their length, then bytes that follow from these. */

static void fill(const struct witness *witness, uint64_t connection, uint32_t number, uint64_t what,
                 uint8_t *out, size_t len)
{
    struct random random;
    uint64_t word = 0;
    random_seed(&random, witness->seed ^ connection << 8 ^ number ^ what << 60);
    for (size_t i = 0; i < len; i++) {
        if (i % 8 == 0)
            word = random_u64(&random);
        out[i] = (uint8_t)(word >> 8 * (i % 8));
    }
    put_be32(out, number);
    put_be32(out + 4, (uint32_t)len);
}

static bool is_as_made(const struct witness *witness, uint64_t connection, uint32_t number,
                       uint64_t what, const uint8_t *bytes, size_t len)
{
    static uint8_t expected[LINK_FRAME_BYTES_MAX];
    fill(witness, connection, number, what, expected, len);
    return !memcmp(expected, bytes, len);
}

static void begin_session(struct witness_order *order, uint64_t connection)
{
    if (order->sent_in == connection)
        return;
    order->sent_in = connection;
    order->sent = 0;
}

enum { PICTURE = 1, MESSAGE = 2 };

size_t witness_picture_make(struct witness *witness, uint64_t connection, size_t most, uint8_t *out,
                            uint32_t *number)
{
    struct witness_order *order = &witness->pictures;
    begin_session(order, connection);
    *number = order->sent++;
    size_t len = most / 2 + (connection + *number * 7919U) % (most / 2);
    fill(witness, connection, *number, PICTURE, out, len);
    witness->pictures_true_ns[*number % 256] = pair_true_ns(witness->pair);
    return len;
}

void witness_picture_came(struct witness *witness, uint64_t connection,
                          const struct link_event *event)
{
    struct witness_order *order = &witness->pictures;
    uint32_t number = event->tag;
    if (event->frame_state == LINK_FRAME_LOST)
        return;
    if (order->got_in != connection) {
        order->got_in = connection;
        order->next = 0;
    }
    if (order->sent_in == connection && number >= order->sent)
        witness_fail(witness, "picture %u came and was never sent", number);
    if (number < order->next)
        witness_fail(witness, "picture %u came out of order or twice", number);
    order->next = number + 1;
    if (event->len < HEAD_BYTES ||
        !is_as_made(witness, connection, number, PICTURE, event->bytes, event->len))
        witness_fail(witness, "picture %u came altered", number);
    if (order->sent_in != connection) /* the cart has a newer session already */
        return;
    uint64_t captured_ns = witness->pictures_true_ns[number % 256];
    judge_age(witness, "a picture", PAIR_CONSOLE, event, captured_ns);
    witness->shown_captured_ns = captured_ns;
    witness->any_shown = true;
    witness->figures.pictures++;
}

size_t witness_message_make(struct witness *witness, enum pair_end from, uint64_t connection,
                            uint8_t *out)
{
    struct witness_order *order = &witness->messages[from];
    begin_session(order, connection);
    size_t len = HEAD_BYTES + (connection + order->sent * 7919U) % MESSAGE_BYTES_MOST;
    fill(witness, connection, order->sent, MESSAGE + from, out, len);
    return len;
}

void witness_message_sent(struct witness *witness, enum pair_end from)
{
    witness->messages[from].sent++;
}

void witness_message_came(struct witness *witness, enum pair_end to, uint64_t connection,
                          const struct link_event *event)
{
    enum pair_end from = to == PAIR_CART ? PAIR_CONSOLE : PAIR_CART;
    struct witness_order *order = &witness->messages[from];
    if (order->got_in != connection) {
        order->got_in = connection;
        order->next = 0;
    }
    if (event->len < HEAD_BYTES || get_be32(event->bytes) != order->next)
        witness_fail(witness, "message %u came where %u is next",
                     event->len < HEAD_BYTES ? 0 : get_be32(event->bytes), order->next);
    else if (!is_as_made(witness, connection, order->next, MESSAGE + from, event->bytes,
                         event->len))
        witness_fail(witness, "message %u came altered", order->next);
    order->next++;
    witness->figures.messages++;
}

bool witness_messages_done(const struct witness *witness, uint64_t connection)
{
    for (int end = 0; end < PAIR_ENDS; end++) {
        const struct witness_order *order = &witness->messages[end];
        if (order->sent_in == connection && order->sent > 0 &&
            (order->got_in != connection || order->next != order->sent))
            return false;
    }
    return true;
}
