/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/handshake.h"

#include <assert.h>
#include <string.h>

#define MS UINT64_C(1000000)

/* Hello again after 30, 60, 120 ... ms, 1 s at most: an address that does not answer costs little,
 * and a lost hello costs less than the round trip between two cities. */
#define HELLO_AGAIN_NS (30 * MS)
#define HELLO_AGAIN_NS_MAX (1000 * MS)
enum { HELLO_DOUBLINGS = 6 };

/* A cookie that brings no answer for so long may be damaged, forged or too old: hello again. */
#define COOKIE_DOUBT_NS (700 * MS)

/* What is not acknowledged goes again after this part of a round trip, then twice that, and so on: a
 * copy costs a kilobyte, waiting to be sure of a loss would cost a round trip and more. */
enum { AGAIN_PART = 2 };

/* The first guess of the round trip: a geostationary satellite's (260 ms one way, ITU-T G.114, and some
 * work); a shorter one is learnt from the cookie or the first acknowledgement. */
#define GUESS_NS (600 * MS)

/* Beyond the measured round trip, before repeating: the far end's own work. */
#define SLACK_NS (15 * MS)

/* Copies that come this soon after one another answer one loss. */
#define REPEAT_NS (20 * MS)

/* An answerer that has answered and then says nothing for so long has forgotten us. */
#define STALL_NS (1000 * MS)
enum { STALL_ROUND_TRIPS = 4 };

enum { STREAM_HANDSHAKE = 0 };

bool handshake_path_is_same(const struct link_path *a, const struct link_path *b)
{
    return a->socket == b->socket && a->address_bytes == b->address_bytes &&
           !memcmp(a->address, b->address, a->address_bytes);
}

static void clear(struct handshake *handshake, bool dials, uint64_t connection, uint64_t give_up_ns)
{
    memset(handshake, 0, offsetof(struct handshake, tx));
    stream_tx_init(&handshake->tx);
    stream_rx_init(&handshake->rx);
    handshake->dials = dials;
    handshake->connection = connection;
    handshake->give_up_ns = give_up_ns;
    handshake->round_trip_ns = GUESS_NS;
}

void handshake_dial(struct handshake *handshake, uint64_t connection, const struct link_path *paths,
                    size_t count, uint64_t now_ns, uint64_t give_up_ns)
{
    assert(count >= 1 && count <= LINK_LINES_MAX);
    clear(handshake, true, connection, give_up_ns);
    for (size_t i = 0; i < count; i++)
        if (paths[i].address_bytes != LINK_PATH_NONE)
            handshake->lines[i] =
                (struct handshake_line){.used = true, .path = paths[i], .hello_ns = now_ns};
}

void handshake_answer(struct handshake *handshake, uint64_t connection, uint64_t give_up_ns)
{
    clear(handshake, false, connection, give_up_ns);
}

void handshake_end(struct handshake *handshake)
{
    tls_session_free(&handshake->tls);
    handshake->tls_begun = false;
}

bool handshake_cookie(struct handshake *handshake, uint8_t line, const uint8_t *cookie, size_t len,
                      uint64_t now_ns)
{
    struct handshake_line *at = &handshake->lines[line];
    if (!handshake->dials || !at->used || at->answered || len != WIRE_COOKIE_BYTES || !at->hellos)
        return false;
    if (at->proved && now_ns < at->cookie_ns + COOKIE_DOUBT_NS)
        return false; /* the one in use may yet be answered, and this one be the damaged one */
    memcpy(at->cookie, cookie, WIRE_COOKIE_BYTES);
    at->cookie_ns = now_ns;
    if (!handshake->heard_ns) /* one that was started again gives cookies too, and knows nothing */
        handshake->heard_ns = now_ns;
    at->hello_ns = now_ns + COOKIE_DOUBT_NS;
    /* Which hello it answers cannot be told; from the first one it is no less than a round trip. */
    uint64_t round_trip_ns = now_ns - at->first_hello_ns + SLACK_NS;
    if (!at->proved && round_trip_ns < handshake->round_trip_ns)
        handshake->round_trip_ns = round_trip_ns;
    at->proved = true;
    /* What is under way already goes out on this line too. */
    stream_tx_join(&handshake->tx, line);
    return !handshake->tls_begun;
}

/* Moves what TLS wants to say into the stream. A handshake is far smaller than the stream. */
static void pull(struct handshake *handshake)
{
    uint8_t bytes[1024];
    size_t len;
    while (stream_tx_room(&handshake->tx) >= sizeof bytes &&
           (len = tls_session_pull(&handshake->tls, bytes, sizeof bytes))) {
        bool taken = stream_tx_write(&handshake->tx, bytes, len);
        assert(taken);
        (void)taken;
    }
}

bool handshake_begin(struct handshake *handshake, const struct tls_settings *settings)
{
    if (!tls_session_start(&handshake->tls, settings))
        return false;
    handshake->tls_begun = true;
    pull(handshake);
    return true;
}

void handshake_prove(struct handshake *handshake, uint8_t line, const struct link_path *path)
{
    struct handshake_line *at = &handshake->lines[line];
    if (at->proved) { /* it may have moved: a new cookie says that it lives there */
        at->disputed |= !handshake_path_is_same(&at->path, path);
        at->path = *path;
        return;
    }
    *at = (struct handshake_line){
        .used = true, .proved = true, .path = *path, .hello_ns = UINT64_MAX};
    stream_tx_join(&handshake->tx, line);
}

static uint8_t proved_lines(const struct handshake *handshake)
{
    unsigned lines = 0;
    for (unsigned i = 0; i < LINK_LINES_MAX; i++)
        if (handshake->lines[i].proved)
            lines |= 1U << i;
    return (uint8_t)lines;
}

static bool take_segment(struct handshake *handshake, struct wire_reader *body, uint64_t now_ns)
{
    uint64_t had = handshake->rx.next;
    if (wire_u8(body) != STREAM_HANDSHAKE || !stream_rx_segment(&handshake->rx, body))
        return false;
    handshake->ack_lines = proved_lines(handshake);
    if (handshake->rx.next == had) {
        /* A copy: from another line, or the other end has missed our answer. */
        if (now_ns - handshake->repeated_ns >= REPEAT_NS &&
            now_ns - handshake->flight_ns >= REPEAT_NS) {
            handshake->repeated_ns = now_ns;
            stream_tx_again(&handshake->tx);
        }
        return true;
    }
    uint8_t bytes[2048];
    size_t len;
    while ((len = stream_rx_peek(&handshake->rx, bytes, sizeof bytes))) {
        stream_rx_take(&handshake->rx, len);
        if (handshake->tls_begun)
            tls_session_feed(&handshake->tls, bytes, len);
    }
    if (handshake->tls_begun)
        pull(handshake);
    return true;
}

static bool take_ack(struct handshake *handshake, struct wire_reader *body, uint64_t now_ns)
{
    struct stream_ack ack;
    uint8_t stream;
    if (!wire_read_stream_ack(body, &stream, &ack) || stream != STREAM_HANDSHAKE ||
        !stream_tx_ack(&handshake->tx, &ack))
        return false;
    uint64_t round_trip_ns = now_ns - handshake->flight_ns + SLACK_NS;
    if (!handshake->dials && handshake->flight_ns && round_trip_ns < handshake->round_trip_ns)
        handshake->round_trip_ns = round_trip_ns;
    return true;
}

bool handshake_receive(struct handshake *handshake, uint8_t line, struct wire_reader *chunks,
                       uint64_t now_ns)
{
    struct wire_reader body;
    uint8_t type;

    if (!handshake->lines[line].proved)
        return false;
    handshake->heard_ns = now_ns;
    if (handshake->dials) {
        handshake->lines[line].answered = true;
        handshake->lines[line].hello_ns = UINT64_MAX;
    }
    while (wire_next_chunk(chunks, &type, &body)) {
        bool good = type == CHUNK_STREAM       ? take_segment(handshake, &body, now_ns)
                    : type == CHUNK_STREAM_ACK ? take_ack(handshake, &body, now_ns)
                                               : false;
        if (!good)
            return false;
    }
    return !chunks->failed;
}

static size_t write_hello(struct handshake *handshake, uint8_t line, uint8_t *out, uint64_t now_ns)
{
    struct handshake_line *at = &handshake->lines[line];
    uint64_t wait_ns = HELLO_AGAIN_NS
                       << (at->hellos < HELLO_DOUBLINGS ? at->hellos : HELLO_DOUBLINGS);

    memset(out, 0, WIRE_HELLO_BYTES);
    wire_header_write(&(struct wire_header){.type = WIRE_HELLO,
                                            .line = line,
                                            .connection = handshake->connection},
                      out);
    if (!at->hellos)
        at->first_hello_ns = now_ns;
    at->hello_ns = now_ns + (wait_ns < HELLO_AGAIN_NS_MAX ? wait_ns : HELLO_AGAIN_NS_MAX);
    if (at->hellos < UINT8_MAX)
        at->hellos++;
    return WIRE_HELLO_BYTES;
}

/* A HANDSHAKE datagram with all that is due on `line`, or 0. */
static size_t write_chunks(struct handshake *handshake, uint8_t line, uint8_t *out, uint64_t now_ns)
{
    struct handshake_line *at = &handshake->lines[line];
    struct wire_writer writer = wire_writer(out + WIRE_HANDSHAKE_HEADER_BYTES,
                                            LINK_DATAGRAM_MAX - WIRE_HANDSHAKE_HEADER_BYTES);

    if (handshake->ack_lines & 1U << line) {
        struct stream_ack ack;
        stream_rx_ack(&handshake->rx, &ack);
        wire_put_stream_ack(&writer, STREAM_HANDSHAKE, &ack);
        handshake->ack_lines &= (uint8_t) ~(1U << line);
    }
    while (stream_tx_segment(&handshake->tx, STREAM_HANDSHAKE, line, &writer))
        if (!handshake->flight_ns)
            handshake->flight_ns = now_ns;
    if (writer.len == 0)
        return 0;
    wire_header_write(&(struct wire_header){.type = WIRE_HANDSHAKE,
                                            .line = line,
                                            .connection = handshake->connection},
                      out);
    memcpy(out + WIRE_HEADER_BYTES, at->cookie, WIRE_COOKIE_BYTES);
    return WIRE_HANDSHAKE_HEADER_BYTES + writer.len;
}

size_t handshake_transmit(struct handshake *handshake, struct link_path *path,
                          uint8_t out[static LINK_DATAGRAM_MAX], uint64_t now_ns)
{
    uint8_t proved = proved_lines(handshake);
    if (proved)
        stream_tx_mark(&handshake->tx, proved, handshake->round_trip_ns / AGAIN_PART, now_ns);
    for (uint8_t i = 0; i < LINK_LINES_MAX; i++) {
        struct handshake_line *at = &handshake->lines[i];
        if (!at->used)
            continue;
        size_t len = 0;
        if (at->proved)
            len = write_chunks(handshake, i, out, now_ns);
        if (!len && now_ns >= at->hello_ns)
            len = write_hello(handshake, i, out, now_ns);
        if (len) {
            *path = at->path;
            return len;
        }
    }
    return 0;
}

static uint64_t stall_ns(const struct handshake *handshake)
{
    if (!handshake->dials || !handshake->heard_ns)
        return UINT64_MAX;
    return handshake->heard_ns + STALL_NS + STALL_ROUND_TRIPS * handshake->round_trip_ns;
}

bool handshake_has_stalled(const struct handshake *handshake, uint64_t now_ns)
{
    return now_ns >= stall_ns(handshake);
}

uint64_t handshake_deadline(const struct handshake *handshake)
{
    uint64_t soonest = handshake->give_up_ns;
    if (stall_ns(handshake) < soonest)
        soonest = stall_ns(handshake);
    uint8_t proved = proved_lines(handshake);
    if (proved) {
        uint64_t stream_ns = stream_tx_deadline(&handshake->tx);
        if (stream_ns < soonest)
            soonest = stream_ns;
        if (handshake->ack_lines || stream_tx_due(&handshake->tx, proved))
            soonest = 0;
    }
    for (size_t i = 0; i < LINK_LINES_MAX; i++)
        if (handshake->lines[i].used && handshake->lines[i].hello_ns < soonest)
            soonest = handshake->lines[i].hello_ns;
    return soonest;
}
