/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An address and port of this or another machine, as text and as the system wants it. Any thread. */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/attr.h"

enum { NET_ADDRESS_TEXT = 64 };

struct net_address {
    socklen_t len;
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    };
};

/* Reads `127.0.0.1:5000`, `[::1]:5000` or `name:5000` (`len` bytes; a name is looked up, which may
 * take seconds); false when there is no such address. */
MUST_USE bool net_address_read(struct net_address *address, const char *text, size_t len);

/* The same in numbers only, which takes no time: a name is no address then. */
MUST_USE bool net_address_read_numbers(struct net_address *address, const char *text, size_t len);

/* Whether it is written as such, be there a machine of that name or not. */
MUST_USE bool net_address_is_written(const char *text, size_t len);

/* Reads `127.0.0.1`, `::1`, `[::1]` or `fe80::1%eth0`, in numbers; the port is 0: any. */
MUST_USE bool net_address_read_host(struct net_address *address, const char *text);

/* Writes it as net_address_read reads it. */
void net_address_write(const struct net_address *address, char out[static NET_ADDRESS_TEXT]);

bool net_address_same(const struct net_address *a, const struct net_address *b);

#endif
