/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sites of one authority, and some that are not, whose handshakes the TLS tests run in memory. */
#ifndef UNIT_LINK_TLS_SITES_H
#define UNIT_LINK_TLS_SITES_H

#include "unit/cmocka_base.h"

#include "unit/link/tls_pair.h"

static struct authority *authority, *stranger;
static struct made_identity cart, console, ed_cart, ed_console, strange, expired, early, unit;

static const struct site_request cart_request = {"Casablanca theatre 1", LINK_KIND_CART, KEY_P256,
                                                 NOW_S - DAY_S, NOW_S + 30 * DAY_S};
static const struct site_request console_request = {"مستشفى شانغهاي", LINK_KIND_CONSOLE, KEY_P256,
                                                    NOW_S - DAY_S, NOW_S + 30 * DAY_S};

struct ends {
    struct tls_session client, server;
    size_t flight_bytes[8];
    int flights;
};

static inline struct site_request with_dates(struct site_request request, int64_t from_s,
                                             int64_t until_s)
{
    request.not_before_s = from_s;
    request.not_after_s = until_s;
    return request;
}

static inline struct site_request with_key(struct site_request request, enum key_type type)
{
    request.key_type = type;
    return request;
}

static inline int make_identities(void **state)
{
    (void)state;
    authority = authority_new("site authority", KEY_P256, NOW_S, NOW_S + 3650 * DAY_S);
    stranger = authority_new("site authority", KEY_P256, NOW_S, NOW_S + 3650 * DAY_S);
    check(authority && stranger);
    struct site_request unit_request = cart_request;
    unit_request.name = "van";
    unit_request.kind = LINK_KIND_UNIT;
    struct site_request old = with_dates(console_request, NOW_S - 2 * DAY_S, NOW_S - 1);
    struct site_request coming = with_dates(console_request, NOW_S + 1, NOW_S + DAY_S);
    struct site_request ed_one = with_key(cart_request, KEY_ED25519);
    struct site_request ed_two = with_key(console_request, KEY_ED25519);
    issue_identity(&cart, authority, &cart_request);
    issue_identity(&console, authority, &console_request);
    issue_identity(&ed_cart, authority, &ed_one);
    issue_identity(&ed_console, authority, &ed_two);
    issue_identity(&strange, stranger, &console_request);
    issue_identity(&expired, authority, &old);
    issue_identity(&early, authority, &coming);
    issue_identity(&unit, authority, &unit_request);
    return 0;
}

static inline int free_identities(void **state)
{
    (void)state;
    struct made_identity *all[] = {&cart,    &console, &ed_cart, &ed_console,
                                   &strange, &expired, &early,   &unit};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        free_identity(all[i]);
    authority_free(authority);
    authority_free(stranger);
    return 0;
}

static inline struct tls_settings client_settings(const struct made_identity *made)
{
    return (struct tls_settings){.identity = made->identity,
                                 .role = TLS_CLIENT,
                                 .peer_kinds = LINK_KIND_CART,
                                 .wall_unix_s = NOW_S,
                                 .has_aes = true};
}

static inline struct tls_settings server_settings(const struct made_identity *made)
{
    return (struct tls_settings){.identity = made->identity,
                                 .role = TLS_SERVER,
                                 .peer_kinds = LINK_KIND_CONSOLE,
                                 .wall_unix_s = NOW_S,
                                 .has_aes = true};
}

/* Carries flights to and fro until both are silent. */
static inline void run(struct ends *ends, const struct tls_settings *client,
                       const struct tls_settings *server)
{
    ends->flights = 0;
    assert_true(tls_session_start(&ends->client, client));
    assert_true(tls_session_start(&ends->server, server));
    for (int silent = 0; silent < 2 && ends->flights < 8;) {
        bool from_client = ends->flights % 2 == 0;
        size_t len =
            from_client ? carry(&ends->client, &ends->server) : carry(&ends->server, &ends->client);
        silent = len ? 0 : silent + 1;
        ends->flight_bytes[ends->flights++] = len;
    }
}

static inline void stop(struct ends *ends)
{
    tls_session_free(&ends->client);
    tls_session_free(&ends->server);
}

static inline void expect_refused(struct tls_session *session, enum tls_reason reason, bool by_peer)
{
    assert_int_equal(tls_session_state(session), TLS_REFUSED);
    assert_string_equal(tls_reason_word(tls_session_refusal(session)->reason),
                        tls_reason_word(reason));
    assert_int_equal(tls_session_refusal(session)->by_peer, by_peer);
}

#endif
