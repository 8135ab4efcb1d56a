/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/own_host.h"

#include <strings.h>

static bool is_same(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.bytes, b.bytes, a.len) == 0);
}

/* "record.example.org:8443" of "https://record.example.org:8443/fhir". */
static struct text authority_of(struct text url)
{
    size_t begin = 0, end;
    while (begin + 3 <= url.len && memcmp(url.bytes + begin, "://", 3) != 0)
        begin++;
    if (begin + 3 > url.len)
        return TEXT("");
    begin += 3;
    for (end = begin; end < url.len && url.bytes[end] != '/';)
        end++;
    return (struct text){url.bytes + begin, end - begin};
}

/* Cuts the port off; the standard one where there is none. */
static struct text cut_port(struct text *host)
{
    for (size_t i = host->len; i-- > 0 && host->bytes[i] != ']';)
        if (host->bytes[i] == ':') {
            struct text port = {host->bytes + i + 1, host->len - i - 1};
            host->len = i;
            return port;
        }
    return TEXT("80");
}

/* 127.0.0.0/8 in four numbers, as browsers write it. */
static bool is_loopback_v4(struct text host)
{
    static const struct text net = {"127.", sizeof "127." - 1};
    unsigned dots = 0;
    for (size_t i = 0; i < host.len; i++) {
        bool is_dot = host.bytes[i] == '.';
        if (!is_dot && (host.bytes[i] < '0' || host.bytes[i] > '9'))
            return false;
        dots += is_dot;
    }
    return dots == 3 && text_starts(host, net);
}

bool http_host_is_own(struct text host, struct text listens, struct text url)
{
    struct text own = authority_of(listens), named = authority_of(url);
    if (host.len == 0)
        return false;
    if (is_same(host, named))
        return true;
    struct text port = cut_port(&host);
    return text_equal(port, cut_port(&own)) &&
           (is_same(host, TEXT("localhost")) || text_is(host, "[::1]") || is_loopback_v4(host));
}
