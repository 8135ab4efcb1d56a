/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/proxies.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "http/words.h"

enum { V4_BITS = 32, V6_BITS = 128, HOPS_MAX = 32 };

/* --- addresses ------------------------------------------------------------------------------------- */

static struct in6_addr mapped(const void *v4)
{
    struct in6_addr address = {.s6_addr = {[10] = 0xff, [11] = 0xff}};
    memcpy(address.s6_addr + 12, v4, 4);
    return address;
}

static struct in6_addr bytes_of(const struct net_address *address)
{
    return address->any.sa_family == AF_INET ? mapped(&address->v4.sin_addr)
                                             : address->v6.sin6_addr;
}

/* "192.0.2.7" or "fd00::7", terminated; `*bits`: all of its own. */
static bool read_bytes(struct in6_addr *address, const char *word, unsigned *bits)
{
    struct in_addr v4;
    *bits = V6_BITS;
    if (inet_pton(AF_INET6, word, address) == 1)
        return true;
    *bits = V4_BITS;
    if (inet_pton(AF_INET, word, &v4) != 1)
        return false;
    *address = mapped(&v4);
    return true;
}

static bool read_one(struct proxy *proxy, const char *word)
{
    char text[NET_ADDRESS_TEXT];
    const char *slash = strchr(word, '/');
    size_t len = slash ? (size_t)(slash - word) : strlen(word);
    unsigned all;
    if (len >= sizeof text)
        return false;
    memcpy(text, word, len);
    text[len] = '\0';
    if (!read_bytes(&proxy->address, text, &all))
        return false;
    unsigned long bits = all;
    if (slash) {
        char *end;
        bits = strtoul(slash + 1, &end, 10);
        if (slash[1] < '0' || slash[1] > '9' || *end || bits > all)
            return false;
    }
    proxy->bits = (unsigned)bits + V6_BITS - all;
    return true;
}

bool proxies_read(struct proxies *proxies, const char *const *words)
{
    proxies->count = 0;
    for (; words && *words; words++)
        if (proxies->count == PROXIES_MAX || !read_one(&proxies->list[proxies->count++], *words))
            return false;
    return true;
}

static bool is_within(const struct in6_addr *address, const struct proxy *proxy)
{
    unsigned whole = proxy->bits / 8, rest = proxy->bits % 8;
    if (memcmp(address->s6_addr, proxy->address.s6_addr, whole) != 0)
        return false;
    unsigned mask = rest ? 0xffu << (8 - rest) & 0xffu : 0;
    return !mask ||
           ((address->s6_addr[whole] ^ proxy->address.s6_addr[whole]) & (unsigned char)mask) == 0;
}

bool proxies_have(const struct proxies *proxies, const struct net_address *address)
{
    struct in6_addr bytes;
    if (!proxies->count)
        return false;
    bytes = bytes_of(address);
    for (size_t i = 0; i < proxies->count; i++)
        if (is_within(&bytes, &proxies->list[i]))
            return true;
    return false;
}

/* --- headers --------------------------------------------------------------------------------------- */

/* "192.0.2.7", "192.0.2.7:4711", "2001:db8::7", "[2001:db8::7]:4711"; false of "unknown", names and "_secret". */
static bool read_node(struct net_address *address, struct text node)
{
    char word[NET_ADDRESS_TEXT];
    struct in6_addr bytes;
    unsigned bits;
    if (node.len && *node.bytes == '[') {
        node.bytes++;
        node.len--;
        node = text_cut(&node, ']');
    } else {
        struct text rest = node;
        struct text host = text_cut(&rest, ':');
        if (host.len < node.len && !(rest.len && memchr(rest.bytes, ':', rest.len)))
            node = host; /* one colon is before a port, several are IPv6's own */
    }
    if (!node.len || node.len >= sizeof word || memchr(node.bytes, '\0', node.len))
        return false;
    memcpy(word, node.bytes, node.len);
    word[node.len] = '\0';
    if (!read_bytes(&bytes, word, &bits))
        return false;
    *address = (struct net_address){.len = sizeof address->v6};
    address->v6.sin6_family = AF_INET6;
    address->v6.sin6_addr = bytes;
    if (bits == V4_BITS) {
        *address = (struct net_address){.len = sizeof address->v4};
        address->v4.sin_family = AF_INET;
        memcpy(&address->v4.sin_addr, bytes.s6_addr + 12, sizeof address->v4.sin_addr);
    }
    return true;
}

static struct text unquoted(struct text value)
{
    if (value.len >= 2 && *value.bytes == '"' && value.bytes[value.len - 1] == '"')
        return (struct text){value.bytes + 1, value.len - 2};
    return value;
}

/* The value of a parameter of one element of Forwarded; "" where it is not there. */
static struct text parameter_of(struct text element, const char *name)
{
    while (element.len) {
        struct text value = http_before(&element, ';');
        if (http_same(http_before(&value, '='), text_of(name)))
            return unquoted(http_trim(value));
    }
    return (struct text){"", 0};
}

/* The elements of all headers of a name, in their order: as many as there are, of which the last HOPS_MAX are kept. */
static size_t gather(const struct http_request *request, const char *name,
                     struct text elements[static HOPS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < request->header_count; i++) {
        struct text list = request->headers[i].value, element;
        if (!http_same(request->headers[i].name, text_of(name)))
            continue;
        while (http_next(&list, &element))
            elements[count++ % HOPS_MAX] = element;
    }
    return count;
}

bool proxies_follow(const struct proxies *proxies, const struct http_request *request,
                    struct net_address *peer, bool *is_tls, struct http_fault *fault)
{
    struct text hops[HOPS_MAX], protocol[HOPS_MAX], forwarded[HOPS_MAX];
    if (!proxies_have(proxies, peer))
        return true;
    size_t count = gather(request, "X-Forwarded-For", hops);
    size_t said = gather(request, "Forwarded", forwarded);
    if (count && said) {
        *fault = (struct http_fault){400, "X-Forwarded-For beside Forwarded: the proxy is to drop "
                                          "the one that it does not write"};
        return false;
    }
    size_t protocols = gather(request, "X-Forwarded-Proto", protocol);
    struct text last = protocols ? protocol[(protocols - 1) % HOPS_MAX]
                       : said    ? parameter_of(forwarded[(said - 1) % HOPS_MAX], "proto")
                                 : TEXT("");
    if (last.len)
        *is_tls = http_same(last, TEXT("https"));
    size_t all = count ? count : said;
    for (size_t i = 0; i < all && i < HOPS_MAX && proxies_have(proxies, peer); i++) {
        size_t at = (all - 1 - i) % HOPS_MAX;
        if (!read_node(peer, count ? hops[at] : parameter_of(forwarded[at], "for")))
            break;
    }
    return true;
}
