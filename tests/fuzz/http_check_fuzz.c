/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of bytes as a target, then headers; and lists as headers have them. What is taken apart is within what came,
 * what passes is unambiguous, what does not has a status and a reason. */
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#include "http/accept.h"
#include "http/check.h"
#include "http/cors.h"
#include "http/words.h"

enum { HEADERS = 32 };

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static bool is_within(struct text part, struct text whole)
{
    return part.len == 0 ||
           (part.bytes >= whole.bytes && part.bytes + part.len <= whole.bytes + whole.len);
}

static struct text take_line(struct text *rest)
{
    const char *end = rest->len ? memchr(rest->bytes, '\n', rest->len) : NULL;
    struct text line = {rest->bytes, end ? (size_t)(end - rest->bytes) : rest->len};
    size_t used = end ? line.len + 1 : line.len;
    if (used)
        rest->bytes += used;
    rest->len -= used;
    return line;
}

static size_t count_of(const struct http_request *request, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < request->header_count; i++)
        count += http_same(request->headers[i].name, text_of(name));
    return count;
}

static void look_at_lists(struct text value)
{
    struct text list = value, element;
    size_t elements = 0;
    while (http_next(&list, &element)) {
        expect(element.len && is_within(element, value));
        elements++;
    }
    expect(elements <= value.len);
    expect(http_coding_word(http_coding_wanted(value)) != NULL);
    expect(http_etag_listed(value, TEXT("W/\"1\"")) == http_etag_listed(value, TEXT("\"1\"")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text all = {(const char *)data, size}, rest = all;
    struct http_header headers[HEADERS];
    struct http_request request = {.method = HTTP_GET, .headers = headers};
    struct http_framing framing;
    struct http_fault fault = {0};
    if (!http_check_target(&request, take_line(&rest), &fault))
        expect(fault.status == 400 && fault.why);
    else {
        expect(*request.path.bytes == '/' && !memchr(request.path.bytes, '?', request.path.len));
        expect(is_within(request.query, all) && is_within(request.host, all));
    }
    while (rest.len && request.header_count < HEADERS) {
        struct text line = take_line(&rest);
        const char *colon = line.len ? memchr(line.bytes, ':', line.len) : NULL;
        size_t len = colon ? (size_t)(colon - line.bytes) : line.len;
        struct text value = {colon ? colon + 1 : "", colon ? line.len - len - 1 : 0};
        headers[request.header_count++] = (struct http_header){{line.bytes, len}, http_trim(value)};
        look_at_lists(value);
    }
    if (!http_check_headers(&request, false, &framing, &fault)) {
        expect(fault.status >= 400 && fault.status < 600 && fault.why);
        return 0;
    }
    expect(count_of(&request, "host") == 1 && count_of(&request, "content-length") <= 1);
    expect(count_of(&request, "content-length") + count_of(&request, "transfer-encoding") <= 1);
    expect(framing.is_chunked == (count_of(&request, "transfer-encoding") == 1));
    return 0;
}
