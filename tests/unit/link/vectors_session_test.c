/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole datagrams of a session against docs/protocol-vectors.txt: they leave as given, and do what
 * docs/protocol.md says when they come. */
#include "unit/cmocka_base.h"

#include <string.h>

#include "link/peer.h"
#include "unit/link/vectors.h"

static uint8_t chance[8]; /* what the link's generator gives, over and over */

static void give_chance(void *context, uint8_t *out, size_t len)
{
    (void)context;
    for (size_t i = 0; i < len; i++)
        out[i] = chance[i % sizeof chance];
}

/* A session that is up without a handshake, and the seals of its other end. */
struct session {
    struct link *link;
    struct link_peer *peer;
    struct seal out, in;
    uint64_t now_ns;
};

static void begin(struct session *session, const char *block, bool dials)
{
    static const char nobody; /* stands for an identity: no handshake looks at it */
    const struct link_settings settings = {.identity =
                                               (const struct link_identity *)(const void *)&nobody,
                                           .peer_kinds = LINK_KIND_CART,
                                           .peers = 1,
                                           .random = give_chance};
    const struct link_path paths[2] = {{.socket = 0}, {.socket = 1}};
    uint8_t secret[SEAL_SECRET_BYTES];

    session->now_ns = vectors_number(block, "now_ns");
    vectors_exactly(block, "secret", secret, sizeof secret);
    session->link = link_create(&settings, session->now_ns, NULL);
    assert_non_null(session->link);
    assert_int_equal(link_dial(session->link, paths, 2, session->now_ns, &session->peer), LINK_OK);
    assert_true(seal_create(&session->out) && seal_create(&session->in));
    seal_start(&session->out, SEAL_AES_256_GCM, secret);
    seal_start(&session->in, SEAL_AES_256_GCM, secret);
    struct link_peer *peer = session->peer;
    seal_start(&peer->seal_out, SEAL_AES_256_GCM, secret);
    seal_start(&peer->seal_in, SEAL_AES_256_GCM, secret);
    peer->state = PEER_UP;
    peer->dials = dials;
    peer->connection = vectors_number(block, "connection");
    peer->heard_ns = session->now_ns;
    peer->renew_ns = UINT64_MAX;
    link_clock_init(&peer->clock, session->now_ns);
    stream_tx_init(&peer->messages_out);
    stream_rx_init(&peer->messages_in);
    for (uint8_t i = 0; i < 2; i++) {
        path_rx_init(&peer->lines[i].rx);
        path_tx_init(&peer->lines[i].tx);
        peer_use_line(peer, i, &paths[i], session->now_ns);
    }
}

static void end(struct session *session)
{
    link_destroy(session->link);
    seal_destroy(&session->out);
    seal_destroy(&session->in);
}

/* The next datagram the session sends is the one under `name`; its path, and its text. */
static size_t sends(struct session *session, const char *block, const char *name,
                    struct link_path *path, uint8_t text[LINK_DATAGRAM_MAX])
{
    uint8_t bytes[LINK_DATAGRAM_MAX];
    struct wire_header header;
    bool renewed;
    size_t len = link_transmit(session->link, path, bytes, session->now_ns);

    vectors_made(block, name, bytes, len);
    size_t text_len = vectors_open(&session->in, &header, bytes, len, &renewed);
    memcpy(text, bytes + WIRE_HEADER_BYTES, text_len);
    return text_len;
}

/* Hands the session a datagram with that text, as its other end would seal it. */
static void receives(struct session *session, const struct link_path *path, uint8_t line,
                     uint64_t packet, const uint8_t *text, size_t len)
{
    uint8_t bytes[LINK_DATAGRAM_MAX];
    struct wire_header header = {.type = WIRE_SEALED,
                                 .line = line,
                                 .connection = session->peer->connection,
                                 .packet = packet};
    size_t bytes_len = vectors_seal(&session->out, &header, text, len, bytes);
    link_receive(session->link, path, bytes, bytes_len, session->now_ns);
}

/* The next event of that kind; others before it are passed over. */
static struct link_event event_of(struct session *session, enum link_event_kind kind)
{
    struct link_event event = {0};
    while (link_event(session->link, &event))
        if (event.kind == kind)
            return event;
    fail_msg("no event %d", (int)kind);
    return event;
}

static void a_close(void **state)
{
    (void)state;
    struct session session;
    struct link_path path;
    uint8_t text[LINK_DATAGRAM_MAX];
    const char *reason = vectors_words("close", "reason");

    begin(&session, "close", true);
    link_close(session.peer, reason, session.now_ns);
    size_t len = sends(&session, "close", "datagram", &path, text);
    vectors_made("close", "text", text, len);
    end(&session);

    begin(&session, "close", false);
    receives(&session, &path, 0, 0, text, len);
    struct link_event event = event_of(&session, LINK_EVENT_CLOSED);
    assert_string_equal(event.reason, reason);
    assert_true(event.by_peer);
    end(&session);
}

/* Line 1 is pulled when `sent` datagrams have left on it. */
static void pull(const char *block, uint64_t sent)
{
    struct session session;
    struct link_path path;
    uint8_t text[LINK_DATAGRAM_MAX];

    begin(&session, block, true);
    session.peer->lines[1].tx.next = sent;
    assert_int_equal(link_line_pull(session.peer, 1, session.now_ns), LINK_OK);
    size_t len = sends(&session, block, "datagram", &path, text);
    vectors_made(block, "text", text, len);
    end(&session);

    begin(&session, block, false);
    receives(&session, &path, 0, 0, text, len);
    struct link_event event = event_of(&session, LINK_EVENT_LINE);
    while (event.line_state != LINK_LINE_UNUSED)
        event = event_of(&session, LINK_EVENT_LINE);
    assert_int_equal(event.line, 1);
    assert_false(session.peer->lines[1].used);
    assert_int_equal(session.peer->lines[1].revived_from, sent);
    end(&session);
}

static void a_pull(void **state)
{
    (void)state;
    pull("pull", 7);
    pull("pull_unsent", 0);
}

static void a_challenge_and_its_response(void **state)
{
    (void)state;
    static const uint8_t nothing[WIRE_TIME_BYTES] = {0};
    const struct link_path here = {.socket = 0}, moved = {.socket = 5};
    struct session asking, asked;
    struct link_path path;
    uint8_t text[LINK_DATAGRAM_MAX];

    vectors_exactly("challenge", "nonce", chance, sizeof chance);
    begin(&asking, "challenge", true);
    begin(&asked, "challenge", false);
    receives(&asking, &moved, 0, 0, nothing, sizeof nothing);
    size_t len = sends(&asking, "challenge", "challenge", &path, text);
    assert_int_equal(path.socket, moved.socket);
    receives(&asked, &here, 0, 0, text, len);
    len = sends(&asked, "challenge", "response", &path, text);
    assert_int_equal(path.socket, here.socket);
    receives(&asking, &moved, 0, 1, text, len);
    assert_int_equal(event_of(&asking, LINK_EVENT_LINE_MOVED).line, 0);
    assert_int_equal(asking.peer->lines[0].path.socket, moved.socket);
    assert_int_equal(asking.peer->refused + asked.peer->refused, 0);
    end(&asking);
    end(&asked);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_close),
        cmocka_unit_test(a_pull),
        cmocka_unit_test(a_challenge_and_its_response),
    };
    vectors_begin(argc, argv);
    return vectors_end(cmocka_run_group_tests_name("link vectors of sessions", tests, NULL, NULL));
}
