/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOST_BYTES = 256, PORT_BYTES = 6, PORT_MOST = 65535 };

/* Cuts HOST:PORT or [HOST]:PORT in two. */
static bool split(const char *text, size_t len, char host[static HOST_BYTES],
                  char port[static PORT_BYTES])
{
    const char *colon = memrchr(text, ':', len);

    if (!colon)
        return false;
    size_t host_len = (size_t)(colon - text);
    size_t port_len = len - host_len - 1;
    if (host_len >= 2 && text[0] == '[' && text[host_len - 1] == ']') {
        text++;
        host_len -= 2;
    } else if (memchr(text, ':', host_len)) {
        return false; /* a bare IPv6 address: which colon is the port's? */
    }
    if (host_len == 0 || host_len >= HOST_BYTES || port_len == 0 || port_len >= PORT_BYTES)
        return false;
    memcpy(host, text, host_len);
    host[host_len] = '\0';
    memcpy(port, colon + 1, port_len);
    port[port_len] = '\0';
    return strspn(port, "0123456789") == port_len && atoi(port) <= PORT_MOST;
}

static bool look_up(struct net_address *address, const char *host, const char *port, int flags)
{
    struct addrinfo *found;
    const struct addrinfo wanted = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV | flags};

    if (getaddrinfo(host, port, &wanted, &found) != 0)
        return false;
    bool fits = found->ai_addrlen <= sizeof address->v6;
    if (fits) {
        memset(address, 0, sizeof *address);
        address->len = found->ai_addrlen;
        memcpy(&address->any, found->ai_addr, found->ai_addrlen);
    }
    freeaddrinfo(found);
    return fits;
}

bool net_address_is_written(const char *text, size_t len)
{
    char host[HOST_BYTES];
    char port[PORT_BYTES];

    return split(text, len, host, port);
}

bool net_address_read(struct net_address *address, const char *text, size_t len)
{
    char host[HOST_BYTES];
    char port[PORT_BYTES];

    return split(text, len, host, port) && look_up(address, host, port, 0);
}

bool net_address_read_numbers(struct net_address *address, const char *text, size_t len)
{
    char host[HOST_BYTES];
    char port[PORT_BYTES];

    return split(text, len, host, port) && look_up(address, host, port, AI_NUMERICHOST);
}

bool net_address_read_host(struct net_address *address, const char *text)
{
    char host[HOST_BYTES];
    size_t len = strlen(text);

    if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    }
    if (len == 0 || len >= HOST_BYTES)
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    return look_up(address, host, "0", AI_NUMERICHOST);
}

void net_address_write(const struct net_address *address, char out[static NET_ADDRESS_TEXT])
{
    char host[INET6_ADDRSTRLEN];

    if (address->any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &address->v6.sin6_addr, host, sizeof host);
        snprintf(out, NET_ADDRESS_TEXT, "[%s]:%u", host, ntohs(address->v6.sin6_port));
    } else {
        inet_ntop(AF_INET, &address->v4.sin_addr, host, sizeof host);
        snprintf(out, NET_ADDRESS_TEXT, "%s:%u", host, ntohs(address->v4.sin_port));
    }
}

bool net_address_same(const struct net_address *a, const struct net_address *b)
{
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET6)
        return a->v6.sin6_port == b->v6.sin6_port &&
               !memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof a->v6.sin6_addr) &&
               a->v6.sin6_scope_id == b->v6.sin6_scope_id;
    return a->v4.sin_port == b->v4.sin_port && a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
}
