/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/check.h"

#include "http/words.h"

static bool fail(struct http_fault *fault, int status, const char *why)
{
    *fault = (struct http_fault){status, why};
    return false;
}

static bool is_hex(char digit)
{
    return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f') ||
           (digit >= 'A' && digit <= 'F');
}

/* Visible ASCII without a #, each % before two digits that are not 00. Characters such as | and " that RFC 3986
 * wants encoded are let through: FHIR's clients send them, and they mean one thing only. */
static bool is_target(struct text target)
{
    for (size_t i = 0; i < target.len; i++) {
        unsigned char byte = (unsigned char)target.bytes[i];
        if (byte <= 0x20 || byte >= 0x7f || byte == '#')
            return false;
        if (byte != '%')
            continue;
        if (target.len - i < 3 || !is_hex(target.bytes[i + 1]) || !is_hex(target.bytes[i + 2]) ||
            (target.bytes[i + 1] == '0' && target.bytes[i + 2] == '0'))
            return false;
        i += 2;
    }
    return true;
}

/* name, address or [address], and a port: RFC 9110 7.2 */
static bool is_host(struct text host)
{
    for (size_t i = 0; i < host.len; i++) {
        char letter = host.bytes[i];
        if (!(letter >= '0' && letter <= '9') && !(letter >= 'a' && letter <= 'z') &&
            !(letter >= 'A' && letter <= 'Z') && !(letter && strchr("-._~:[]", letter)))
            return false;
    }
    return host.len > 0;
}

/* A target that is a whole URL (RFC 9112 3.2.2) says the host itself. */
static bool read_whole_url(struct http_request *request, struct text *target,
                           struct http_fault *fault)
{
    struct text rest = *target;
    struct text scheme = {rest.bytes, 0};
    while (scheme.len < rest.len && rest.bytes[scheme.len] != ':')
        scheme.len++;
    if (!http_same(scheme, TEXT("http")) && !http_same(scheme, TEXT("https")))
        return fail(fault, 400, "the target of the request does not begin with /");
    rest.bytes += scheme.len;
    rest.len -= scheme.len;
    if (!text_starts(rest, TEXT("://")))
        return fail(fault, 400, "the target of the request is no URL");
    rest.bytes += 3;
    rest.len -= 3;
    request->host = (struct text){rest.bytes, 0};
    while (request->host.len < rest.len && !strchr("/?", rest.bytes[request->host.len]))
        request->host.len++;
    if (!is_host(request->host))
        return fail(fault, 400, "the target of the request names no host");
    rest.bytes += request->host.len;
    rest.len -= request->host.len;
    *target = rest;
    return true;
}

bool http_check_target(struct http_request *request, struct text target, struct http_fault *fault)
{
    if (!target.len || !is_target(target))
        return fail(fault, 400, "the target of the request has bytes that must be encoded as %XX");
    if (text_is(target, "*")) {
        request->path = target;
        return request->method == HTTP_OPTIONS ||
               fail(fault, 400, "* is a target for OPTIONS only");
    }
    if (*target.bytes != '/' && !read_whole_url(request, &target, fault))
        return false;
    const char *mark = target.len ? memchr(target.bytes, '?', target.len) : NULL;
    request->path = (struct text){target.bytes, mark ? (size_t)(mark - target.bytes) : target.len};
    if (mark)
        request->query = (struct text){mark + 1, target.len - request->path.len - 1};
    if (!request->path.len)
        request->path = TEXT("/");
    return true;
}

static bool is_value(struct text value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char byte = (unsigned char)value.bytes[i];
        if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
            return false;
    }
    return true;
}

/* Whether one of these headers is there; a fault where there are two. */
static bool find_one(const struct http_request *request, const char *name, struct text *value,
                     struct http_fault *fault, const char *why_two)
{
    const struct http_header *found = NULL;
    struct text wanted = text_of(name);
    *value = (struct text){0};
    for (size_t i = 0; i < request->header_count; i++) {
        if (!http_same(request->headers[i].name, wanted))
            continue;
        if (found)
            return fail(fault, 400, why_two);
        found = &request->headers[i];
        *value = (struct text){found->value.len ? found->value.bytes : "", found->value.len};
    }
    return true;
}

static bool read_length(struct http_framing *framing, struct text value, struct http_fault *fault)
{
    enum { DIGITS_MAX = 18 }; /* which 64 bits hold */
    if (!value.len || value.len > DIGITS_MAX)
        return fail(fault, value.len ? 413 : 400, "Content-Length is no length that can be");
    for (size_t i = 0; i < value.len; i++) {
        if (value.bytes[i] < '0' || value.bytes[i] > '9')
            return fail(fault, 400, "Content-Length is not a number alone");
        framing->body_bytes = framing->body_bytes * 10 + (uint64_t)(value.bytes[i] - '0');
    }
    return true;
}

/* How long the body is: RFC 9112 6.3, without its leniencies. */
static bool read_framing(const struct http_request *request, bool is_old,
                         struct http_framing *framing, struct http_fault *fault)
{
    struct text length, transfer;
    if (!find_one(request, "Content-Length", &length, fault, "two Content-Lengths") ||
        !find_one(request, "Transfer-Encoding", &transfer, fault, "two Transfer-Encodings"))
        return false;
    if (length.bytes && transfer.bytes)
        return fail(fault, 400, "Content-Length beside Transfer-Encoding");
    if (transfer.bytes && is_old)
        return fail(fault, 400, "HTTP/1.0 has no Transfer-Encoding");
    if (transfer.bytes && !http_same(transfer, TEXT("chunked")))
        return fail(fault, 501, "the only Transfer-Encoding that this server knows is chunked");
    framing->is_chunked = transfer.bytes != NULL;
    return !length.bytes || read_length(framing, length, fault);
}

static bool read_host(struct http_request *request, bool is_old, struct http_fault *fault)
{
    struct text host;
    if (!find_one(request, "Host", &host, fault, "two Hosts"))
        return false;
    if (!host.bytes)
        return is_old || fail(fault, 400, "no Host");
    if (!is_host(host))
        return fail(fault, 400, "Host is no name or address of a machine");
    if (request->host.bytes) /* the target said it; a proxy may have gone by either */
        return http_same(request->host, host) ||
               fail(fault, 400, "Host is not the one that the target of the request names");
    request->host = host;
    return true;
}

static bool read_coding(const struct http_request *request, struct http_framing *framing,
                        struct http_fault *fault)
{
    struct text coding;
    if (!find_one(request, "Content-Encoding", &coding, fault, "two Content-Encodings"))
        return false;
    if (!coding.len || http_same(coding, TEXT("identity")))
        framing->coding = HTTP_IDENTITY;
    else if (http_same(coding, TEXT("gzip")) || http_same(coding, TEXT("x-gzip")))
        framing->coding = HTTP_GZIP;
    else if (http_same(coding, TEXT("zstd")))
        framing->coding = HTTP_ZSTD;
    else
        return fail(fault, 415, "the Content-Encodings that this server knows are gzip and zstd");
    return true;
}

static bool read_expectation(const struct http_request *request, struct http_fault *fault)
{
    struct text expect;
    if (!find_one(request, "Expect", &expect, fault, "two Expects"))
        return false;
    return !expect.bytes || http_same(expect, TEXT("100-continue")) ||
           fail(fault, 417, "the only expectation that this server knows is 100-continue");
}

/* Two would let a proxy and this server see two people, or two kinds of body: RFC 9110 5.3, 8.3, 11.6.2. */
static bool check_singles(const struct http_request *request, struct http_fault *fault)
{
    struct text unused;
    return find_one(request, "Authorization", &unused, fault, "two Authorizations") &&
           find_one(request, "Content-Type", &unused, fault, "two Content-Types");
}

bool http_check_headers(struct http_request *request, bool is_old, struct http_framing *framing,
                        struct http_fault *fault)
{
    *framing = (struct http_framing){0};
    for (size_t i = 0; i < request->header_count; i++) {
        if (!http_is_token(request->headers[i].name))
            return fail(fault, 400, "what stands before a header's colon is no name");
        if (!is_value(request->headers[i].value))
            return fail(fault, 400, "a header's value has control characters");
    }
    return read_host(request, is_old, fault) && read_framing(request, is_old, framing, fault) &&
           read_coding(request, framing, fault) && read_expectation(request, fault) &&
           check_singles(request, fault);
}
