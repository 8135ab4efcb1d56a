/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stranger's bytes into either end of a handshake.
 *
 * The first byte chooses. Odd: the rest is a list of changes (flight, two bytes of place, a mask) made to
 * honest ends' flights on their way; flights 0 and 1 are the client's, 2 and 3 the server's. Even: the
 * rest goes in as it is, into the client where bit 1 is set, else into the server.
 * Whatever comes in: an end is done only with a peer whose certificate it knows and with whom it
 * shares its secrets; and it takes and gives no more than its limit. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "unit/link/tls_pair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHANGE_BYTES = 4 };

static struct made_identity cart, console;

static void make_identities(void)
{
    if (cart.identity)
        return;
    struct authority *authority =
        authority_new("authority", KEY_P256, NOW_S, NOW_S + (int64_t)100 * DAY_S);
    struct site_request request = {"cart", LINK_KIND_CART, KEY_ED25519, NOW_S - DAY_S,
                                   NOW_S + DAY_S};
    check(authority != NULL);
    issue_identity(&cart, authority, &request);
    request.name = "console";
    request.kind = LINK_KIND_CONSOLE;
    issue_identity(&console, authority, &request);
    authority_free(authority);
}

static void start(struct tls_session *session, const struct made_identity *made, enum tls_role role)
{
    struct tls_settings settings = {.identity = made->identity,
                                    .role = role,
                                    .peer_kinds = LINK_KIND_ANY,
                                    .wall_unix_s = NOW_S,
                                    .has_aes = true};
    check(tls_session_start(session, &settings));
}

static void change(uint8_t *flight, size_t len, uint8_t number, const uint8_t *changes, size_t size)
{
    for (; size >= CHANGE_BYTES; changes += CHANGE_BYTES, size -= CHANGE_BYTES)
        if (changes[0] % 4 == number && len)
            flight[(size_t)(changes[1] << 8 | changes[2]) % len] ^= changes[3];
}

static void carry_changed(struct tls_session *from, struct tls_session *to, uint8_t number,
                          const uint8_t *changes, size_t size)
{
    static uint8_t flight[TLS_HANDSHAKE_BYTES_MAX];
    size_t len = tls_session_pull(from, flight, sizeof flight);
    change(flight, len, number, changes, size);
    tls_session_feed(to, flight, len);
}

static void talk(struct tls_session *client, struct tls_session *server, const uint8_t *changes,
                 size_t size)
{
    for (uint8_t number = 0; number < 2; number++) {
        carry_changed(client, server, number, changes, size);
        carry_changed(server, client, number + 2, changes, size);
    }
}

static void require(bool held)
{
    if (!held)
        abort();
}

static void require_limits(const struct tls_session *session)
{
    require(session->fed_bytes <= TLS_HANDSHAKE_BYTES_MAX);
    require(session->pulled_bytes + tls_session_pending(session) <= TLS_HANDSHAKE_BYTES_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tls_session client, server;
    if (size < 1)
        return 0;
    make_identities();
    start(&client, &console, TLS_CLIENT);
    start(&server, &cart, TLS_SERVER);
    if (data[0] % 2)
        talk(&client, &server, data + 1, size - 1);
    else
        tls_session_feed(data[0] & 2 ? &client : &server, data + 1, size - 1);

    require_limits(&client);
    require_limits(&server);
    if (tls_session_state(&client) == TLS_DONE) /* the server may not have heard all of it */
        require(data[0] % 2 && !strcmp(tls_session_peer(&client)->name, "cart"));
    if (tls_session_state(&server) == TLS_DONE) {
        struct tls_secrets ours, theirs;
        require(data[0] % 2 && tls_session_state(&client) == TLS_DONE);
        require(!strcmp(tls_session_peer(&server)->name, "console"));
        require(tls_session_secrets(&server, &ours) && tls_session_secrets(&client, &theirs));
        require(!memcmp(ours.client_to_server, theirs.client_to_server, TLS_SECRET_BYTES));
        require(!memcmp(ours.server_to_client, theirs.server_to_client, TLS_SECRET_BYTES));
    }
    tls_session_free(&client);
    tls_session_free(&server);
    return 0;
}
