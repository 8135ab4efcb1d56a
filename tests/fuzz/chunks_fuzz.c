/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Behind the seal: a session in virtual time gets datagrams that its own keys have sealed around chunks
 * that the input made. Whatever they say, either end goes on or closes with a reason, takes no memory,
 * and what the input does not touch arrives once, in order and unaltered.
 *
 * The input is a row of chunks, each: a flag byte, its type, its length, its body.
 *   flags   1 to the cart (else the console)   2 over line 1 (else 0)   4 then a turn of 5 ms
 *           8 another chunk follows in the same datagram   16 its length is told wrong, by one
 * A chunk of the type TIME is none: its first eight bytes are added to the time the datagram was sent. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "sim/heap.h"
#include "sim/pair.h"
#include "sim/sealed.h"
#include "station/channels.h"

#define MS UINT64_C(1000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FLAG_CART = 1, FLAG_LINE = 2, FLAG_TURN = 4, FLAG_MORE = 8, FLAG_LENGTH = 16, TIME = 0x01 };
enum { ROW_HEAD_BYTES = 3, CHUNKS_MAX = 64, LINES = 2, DELAY_MS = 10 };
enum { SAMPLE_BYTES = 40, MESSAGE_BYTES = 700, FRAME_BYTES = 9000, MESSAGES = 4 };

/* One end, and what the input has sent it: it may have believed that. */
struct end {
    struct link_peer *peer;
    bool closed;
    bool samples, shards, messages; /* chunks of these came from the input, ... */
    bool lines;                     /* ... or some about the lines, or a false time */
    bool acknowledged;              /* what the other end may never have got */
    uint32_t last_sample, last_frame, next_message, messages_given;
    uint64_t sampled_ns; /* when the last one came */
};

static struct end ends[PAIR_ENDS];
static bool is_open;    /* the session began */
static uint32_t frames; /* given */

static void must(bool held)
{
    if (!held)
        abort();
}

static void fill(uint8_t *bytes, size_t len, uint32_t number)
{
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(number + i * 7);
    put_be32(bytes, number);
}

static bool is_right(const struct link_event *event, size_t len, uint32_t number)
{
    uint8_t bytes[FRAME_BYTES];
    fill(bytes, len, number);
    return event->len == len && !memcmp(event->bytes, bytes, len);
}

static void judge_sample(struct end *end, const struct link_event *event, uint64_t now_ns)
{
    must(event->channel < LINK_SAMPLE_CHANNELS_MAX && event->len <= LINK_SAMPLE_BYTES_MAX);
    end->sampled_ns = now_ns;
    if (end->samples)
        return;
    must((int32_t)(event->sequence - end->last_sample) > 0);
    must(is_right(event, SAMPLE_BYTES, event->sequence));
    end->last_sample = event->sequence;
}

static void judge_frame(struct end *end, const struct link_event *event)
{
    must(event->len <= LINK_FRAME_BYTES_MAX);
    if (event->frame_state == LINK_FRAME_LOST || end->shards)
        return;
    must(event->tag > end->last_frame && is_right(event, FRAME_BYTES, event->tag));
    end->last_frame = event->tag;
}

static void judge_message(struct end *end, const struct link_event *event)
{
    uint64_t captured_ns;
    must(event->len >= 1 && event->len <= LINK_MESSAGE_BYTES_MAX);
    bool is_recover = channels_recover_decode(&captured_ns, event->bytes, event->len);
    if (!end->messages)
        must(!is_recover && is_right(event, MESSAGE_BYTES, end->next_message));
    end->next_message++;
}

static void on_event(void *context, struct pair *pair, enum pair_end number,
                     const struct link_event *event)
{
    struct end *end = &ends[number];
    (void)context;
    switch (event->kind) {
    case LINK_EVENT_UP:
        must(!is_open);
        end->peer = event->peer;
        break;
    case LINK_EVENT_REFUSED:
        abort();
    case LINK_EVENT_CLOSED:
        must(event->reason[0] != '\0' && memchr(event->reason, 0, LINK_REASON_BYTES));
        end->closed = true;
        break;
    case LINK_EVENT_SAMPLE:
        judge_sample(end, event, pair_true_ns(pair));
        break;
    case LINK_EVENT_FRAME:
        judge_frame(end, event);
        break;
    case LINK_EVENT_MESSAGE:
        judge_message(end, event);
        break;
    case LINK_EVENT_LINE:
        must(event->line < LINK_LINES_MAX);
        break;
    case LINK_EVENT_SAMPLE_AGAIN:
    case LINK_EVENT_LINE_SIZE:
    case LINK_EVENT_LINE_MOVED:
    case LINK_EVENT_CLOCK_STEP:
    case LINK_EVENT_KEYS:
        break;
    }
}

static uint64_t on_turn(void *context, struct pair *pair, enum pair_end number, uint64_t true_ns)
{
    struct end *end = &ends[number];
    uint64_t now_ns = pair_local_ns(pair, number);
    uint8_t bytes[FRAME_BYTES];
    (void)context;
    if (!end->peer || end->closed)
        return true_ns + MS;
    fill(bytes, SAMPLE_BYTES, end->peer->samples_out[0].next);
    (void)link_send_sample(end->peer, 0, bytes, SAMPLE_BYTES, now_ns, now_ns, NULL);
    if (number == PAIR_CART && true_ns / MS % 20 == 0) {
        fill(bytes, sizeof bytes, ++frames);
        const struct link_frame frame = {
            .bytes = bytes, .len = sizeof bytes, .captured_ns = now_ns, .tag = frames};
        (void)link_send_frame(end->peer, 0, &frame, now_ns);
    }
    return true_ns + MS;
}

static void give_message(struct end *end)
{
    uint8_t bytes[MESSAGE_BYTES];
    fill(bytes, sizeof bytes, end->messages_given);
    if (!end->closed && link_send_message(end->peer, bytes, sizeof bytes) == LINK_OK)
        end->messages_given++;
}

/* The session, with some of everything under way. */
static struct pair *session(void)
{
    struct pair_settings settings = {.seed = 1,
                                     .lines = LINES,
                                     .weather = {"delay=10ms", "delay=10ms"},
                                     .hooks = {.event = on_event, .turn = on_turn}};
    const struct link_frame_channel channel = {.interval_ns = 20 * MS};
    memset(ends, 0, sizeof ends);
    is_open = false;
    frames = 0;
    for (int end = 0; end < PAIR_ENDS; end++) {
        ends[end].last_sample = UINT32_MAX;
        settings.link[end].peers = 1;
        settings.link[end].silence_ns = 2000 * MS;
        settings.link[end].samples[0] =
            (struct link_sample_channel){.period_ns = MS, .every = true};
    }
    settings.link[PAIR_CART].frames_sent[0] = channel;
    settings.link[PAIR_CONSOLE].frames_received[0] = channel;
    struct pair *pair = pair_create(&settings);
    must(pair && pair_dial(pair, LINES));
    pair_run(pair, 150 * MS);
    must(ends[PAIR_CONSOLE].peer && ends[PAIR_CART].peer);
    is_open = true;
    for (int end = 0; end < PAIR_ENDS; end++)
        for (int i = 0; i < MESSAGES; i++)
            give_message(&ends[end]);
    pair_run(pair, 165 * MS); /* some have come, none is acknowledged */
    return pair;
}

/* What may be another from now on than it was given. */
static void note(struct end *to, struct end *from, uint8_t type)
{
    switch (type) {
    case CHUNK_SAMPLES:
        to->samples = true;
        break;
    case CHUNK_SHARD:
    case CHUNK_REPAIR:
        to->shards = true;
        break;
    case CHUNK_STREAM:
        to->messages = true;
        break;
    case CHUNK_STREAM_ACK:
        to->acknowledged = true;
        break;
    case CHUNK_REPORT:
    case CHUNK_PULL:
        to->lines = from->lines = true;
        break;
    default:
        break;
    }
}

struct parcel {
    uint8_t text[SEALED_TEXT_MAX];
    struct wire_writer writer;
    uint64_t later_ns;
};

static void begin(struct parcel *parcel)
{
    parcel->writer = wire_writer(parcel->text, sizeof parcel->text);
    parcel->later_ns = 0;
}

static void put_chunk(struct parcel *parcel, const uint8_t *row, size_t len)
{
    if (row[1] == TIME && len >= 8) {
        parcel->later_ns = get_be64(row + ROW_HEAD_BYTES);
        return;
    }
    if (parcel->writer.len + WIRE_CHUNK_HEADER_BYTES + len > parcel->writer.room)
        return;
    wire_put_u8(&parcel->writer, row[1]);
    wire_put_u16(&parcel->writer, (uint16_t)(row[0] & FLAG_LENGTH ? len + 1 : len));
    wire_put(&parcel->writer, row + ROW_HEAD_BYTES, len);
}

static void deliver(struct pair *pair, struct parcel *parcel, enum pair_end to, uint8_t line)
{
    enum pair_end from = to == PAIR_CART ? PAIR_CONSOLE : PAIR_CART;
    uint8_t bytes[LINK_DATAGRAM_MAX];
    uint64_t now_ns = pair_local_ns(pair, from);
    uint64_t sent_ns = now_ns - DELAY_MS * MS + parcel->later_ns;
    struct wire_reader chunks = wire_reader(parcel->text, parcel->writer.len), body;
    uint8_t type;
    while (wire_next_chunk(&chunks, &type, &body))
        note(&ends[to], &ends[from], type);
    ends[to].lines = ends[to].lines || parcel->later_ns;
    if (peer_can_send(ends[from].peer)) {
        size_t len = sealed_datagram(ends[from].peer, line, sent_ns, parcel->text,
                                     parcel->writer.len, bytes, now_ns);
        pair_inject(pair, to, line, bytes, len, true);
    }
    begin(parcel);
}

static void pelt(struct pair *pair, const uint8_t *data, size_t size)
{
    static struct parcel parcel;
    begin(&parcel);
    for (int i = 0; i < CHUNKS_MAX && size >= ROW_HEAD_BYTES; i++) {
        size_t len = data[2] < size - ROW_HEAD_BYTES ? data[2] : size - ROW_HEAD_BYTES;
        put_chunk(&parcel, data, len);
        if (!(data[0] & FLAG_MORE)) {
            deliver(pair, &parcel, data[0] & FLAG_CART ? PAIR_CART : PAIR_CONSOLE,
                    data[0] & FLAG_LINE ? 1 : 0);
            if (data[0] & FLAG_TURN)
                pair_run(pair, pair_true_ns(pair) + 5 * MS);
        }
        data += ROW_HEAD_BYTES + len;
        size -= ROW_HEAD_BYTES + len;
    }
}

/* What the input did not touch goes on. */
static void judge(struct pair *pair)
{
    uint64_t now_ns = pair_true_ns(pair);
    bool closed = ends[PAIR_CART].closed || ends[PAIR_CONSOLE].closed;
    if (closed || ends[PAIR_CART].lines || ends[PAIR_CONSOLE].lines)
        return;
    for (int number = 0; number < PAIR_ENDS; number++) {
        const struct end *end = &ends[number], *other = &ends[1 - number];
        must(end->samples || now_ns - end->sampled_ns <= 30 * MS);
        if (!end->messages && !other->acknowledged)
            must(end->next_message == other->messages_given);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool watched;
    if (!watched)
        heap_watch();
    watched = true;
    struct pair *pair = session();
    uint64_t calls = heap_calls();
    pelt(pair, data, size);
    pair_run(pair, pair_true_ns(pair) + 400 * MS);
    must(heap_calls() == calls);
    judge(pair);
    pair_destroy(pair);
    return 0;
}
