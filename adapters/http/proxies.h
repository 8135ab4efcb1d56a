/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose request it is where proxies that the site names pass it on: what others say in X-Forwarded-For or Forwarded is
 * for nobody, since anybody can say it. Any thread; read only once read.
 * Source: RFC 7239; RFC 4291 and 4632 for prefixes. */
#ifndef HTTP_PROXIES_H
#define HTTP_PROXIES_H

#include <stdbool.h>

#include "base/attr.h"
#include "http/check.h" /* struct http_fault */
#include "http/message.h"
#include "net/address.h"

enum { PROXIES_MAX = 32 };

struct proxies {
    struct proxy {
        struct in6_addr address; /* of IPv4 as ::ffff:a.b.c.d */
        unsigned bits;           /* that count */
    } list[PROXIES_MAX];
    size_t count;
};

/* Reads addresses, "192.0.2.7" or "fd00::7", and prefixes, "10.0.0.0/8"; ended by NULL, or NULL for none. False: one
 * is neither, or they are too many. */
MUST_USE bool proxies_read(struct proxies *proxies, const char *const *words);

bool proxies_have(const struct proxies *proxies, const struct net_address *address);

/* Follows a request that came from `*peer`, through as many proxies as are named, to who sent it; `*peer` and `*is_tls`
 * are changed where a named proxy says so. False: it says two things, which is told in `*fault`. */
MUST_USE bool proxies_follow(const struct proxies *proxies, const struct http_request *request,
                             struct net_address *peer, bool *is_tls, struct http_fault *fault);

#endif
