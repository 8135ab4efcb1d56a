/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a session's handshake costs each end in CPU, and how many bytes its flights are.
 * Usage: bench-handshake [COUNT] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "unit/link/tls_pair.h"

static double cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static struct tls_settings settings(const struct made_identity *made, enum tls_role role)
{
    return (struct tls_settings){.identity = made->identity,
                                 .role = role,
                                 .peer_kinds = LINK_KIND_ANY,
                                 .wall_unix_s = NOW_S,
                                 .has_aes = true};
}

struct cost {
    double client_ms, server_ms;
    size_t flights[3];
};

/* Pulls from one end and feeds the other, on the account of the one fed. */
static size_t pass(struct tls_session *from, struct tls_session *to, double *account_ms)
{
    double before = cpu_ms();
    size_t len = carry(from, to);
    *account_ms += cpu_ms() - before;
    return len;
}

static void shake(const struct made_identity *console, const struct made_identity *cart,
                  struct cost *cost)
{
    struct tls_session client, server;
    struct tls_settings client_side = settings(console, TLS_CLIENT);
    struct tls_settings server_side = settings(cart, TLS_SERVER);
    struct tls_secrets secrets;

    double at = cpu_ms();
    check(tls_session_start(&client, &client_side));
    cost->client_ms += cpu_ms() - at;
    at = cpu_ms();
    check(tls_session_start(&server, &server_side));
    cost->server_ms += cpu_ms() - at;
    cost->flights[0] = pass(&client, &server, &cost->server_ms);
    cost->flights[1] = pass(&server, &client, &cost->client_ms);
    cost->flights[2] = pass(&client, &server, &cost->server_ms);
    check(tls_session_state(&server) == TLS_DONE);
    at = cpu_ms();
    check(tls_session_secrets(&client, &secrets));
    tls_session_free(&client);
    cost->client_ms += cpu_ms() - at;
    at = cpu_ms();
    check(tls_session_secrets(&server, &secrets));
    tls_session_free(&server);
    cost->server_ms += cpu_ms() - at;
}

static void measure(const char *name, enum key_type type, int count)
{
    struct authority *authority =
        authority_new("authority", type, NOW_S, NOW_S + (int64_t)100 * DAY_S);
    struct site_request request = {"Casablanca", LINK_KIND_CART, type, NOW_S - DAY_S,
                                   NOW_S + DAY_S};
    struct made_identity cart, console;
    struct cost cost = {0};

    check(authority != NULL);
    issue_identity(&cart, authority, &request);
    request.kind = LINK_KIND_CONSOLE;
    issue_identity(&console, authority, &request);
    shake(&console, &cart, &cost); /* the first one warms OpenSSL up */
    cost = (struct cost){0};
    for (int i = 0; i < count; i++)
        shake(&console, &cart, &cost);
    printf("%-8s client %.3f ms, server %.3f ms; flights %zu, %zu, %zu bytes\n", name,
           cost.client_ms / count, cost.server_ms / count, cost.flights[0], cost.flights[1],
           cost.flights[2]);
    free_identity(&cart);
    free_identity(&console);
    authority_free(authority);
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 200;
    if (count < 1)
        return 2;
    measure("P-256", KEY_P256, count);
    measure("Ed25519", KEY_ED25519, count);
    return 0;
}
