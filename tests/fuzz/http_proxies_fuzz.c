/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a header says: whoever is found has an address; who came from no proxy that is named is believed
 * nothing. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/proxies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const words[] = {"127.0.0.1", "10.0.0.0/8", NULL};
    struct proxies proxies;
    struct http_fault fault;
    struct net_address peer = {.len = sizeof peer.v4, .v4.sin_family = AF_INET};
    const struct http_header header = {size % 2 ? TEXT("Forwarded") : TEXT("X-Forwarded-For"),
                                       {(const char *)data, size}};
    const struct http_request request = {.headers = &header, .header_count = 1};
    bool is_tls = false;
    if (!proxies_read(&proxies, words))
        abort();
    peer.v4.sin_addr.s_addr = htonl(0xCB007109); /* 203.0.113.9 */
    struct net_address stranger = peer;
    if (!proxies_follow(&proxies, &request, &stranger, &is_tls, &fault) || is_tls ||
        memcmp(&stranger, &peer, sizeof peer) != 0)
        abort();
    peer.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct net_address sender = peer;
    if (!proxies_follow(&proxies, &request, &sender, &is_tls, &fault) ||
        (sender.any.sa_family != AF_INET && sender.any.sa_family != AF_INET6))
        abort();
    return 0;
}
