/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a request, as the HTTP library read it, may go on: strict where the library is lenient.
 *
 * Whatever two programs could read in two ways is refused, since one of them may be a proxy in front of us (request
 * smuggling, RFC 9112 11.2): two Hosts or one that is not the target's, two lengths, a length beside a transfer
 * coding, a name with blanks in it. What the library does not let us see is in docs/decisions/0015. Pure.
 * Source: RFC 9110, RFC 9112; RFC 3986 for the target. */
#ifndef HTTP_CHECK_H
#define HTTP_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"
#include "http/message.h"

struct http_fault {
    int status;      /* 400, 413, 415, 417, 501 */
    const char *why; /* a constant, in English */
};

enum http_coding { HTTP_IDENTITY, HTTP_GZIP, HTTP_ZSTD };

struct http_framing {    /* of a body */
    uint64_t body_bytes; /* Content-Length, 0 without one */
    bool is_chunked;
    enum http_coding coding;
};

/* Takes `target`, as it stands in the request line, apart into path, query and, where it is a whole URL, host. False:
 * `*fault` says why. The method is set. */
MUST_USE bool http_check_target(struct http_request *request, struct text target,
                                struct http_fault *fault);

/* Looks at the headers, then at what they say of the body; sets the host from them. `is_old`: HTTP/1.0. False as
 * above. */
MUST_USE bool http_check_headers(struct http_request *request, bool is_old,
                                 struct http_framing *framing, struct http_fault *fault);

#endif
