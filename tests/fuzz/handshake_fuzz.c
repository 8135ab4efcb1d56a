/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stranger's bytes into a server's handshake.
 *
 * The first byte chooses: even, the rest goes in as it is; odd, the rest is a list of changes (flight,
 * two bytes of place, a mask) made to an honest client's flights on their way.
 * Whatever comes in: the server is done only with a peer whose certificate it knows and with whom it
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
        if (changes[0] % 2 == number && len)
            flight[(size_t)(changes[1] << 8 | changes[2]) % len] ^= changes[3];
}

static void talk(struct tls_session *client, struct tls_session *server, const uint8_t *changes,
                 size_t size)
{
    static uint8_t flight[TLS_HANDSHAKE_BYTES_MAX];
    for (uint8_t number = 0; number < 2; number++) {
        size_t len = tls_session_pull(client, flight, sizeof flight);
        change(flight, len, number, changes, size);
        tls_session_feed(server, flight, len);
        carry(server, client);
    }
}

static void require(bool held)
{
    if (!held)
        abort();
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
        tls_session_feed(&server, data + 1, size - 1);

    require(server.fed_bytes <= TLS_HANDSHAKE_BYTES_MAX);
    require(server.pulled_bytes + tls_session_pending(&server) <= TLS_HANDSHAKE_BYTES_MAX);
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
