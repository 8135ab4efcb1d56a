/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A request as whoever answers it sees it, and the answer that they fill. Bytes and words only: no socket.
 *
 * A request is whole: its body is all there and any Content-Encoding undone. Its texts live as long as its
 * arena is not reset, that is until the answer has been sent.
 *
 * One owner per struct; nothing here locks. Source: RFC 9110, RFC 9112. */
#ifndef HTTP_MESSAGE_H
#define HTTP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/text.h"

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_METHODS /* any other */
};

struct http_header {
    struct text name;  /* as sent, any case; of an answer, as it shall be sent */
    struct text value; /* no blanks around it */
};

struct http_request {
    enum http_method method;
    struct text path;  /* as sent: begins with /, percent-encoded, no query */
    struct text query; /* as sent, without the ?; .len 0: none */
    const struct http_header *headers;
    size_t header_count;
    struct text body; /* .len 0: none */
    struct text host; /* of the Host header, or of a target written as a whole URL */
    struct text peer; /* address of the one who sent it, in numbers, no port */
    bool is_tls;
};

/* A body that is made while it is sent, of no length that is known. Its worker calls `next` when there is room; `end`
 * once, when all is sent or the client is gone, be the request over or not. */
struct http_stream {
    /* Fills up to `room` bytes, at least one. 0: that was all. Below 0: it ends here, cut short, which the client
     * sees. */
    ptrdiff_t (*next)(struct http_stream *stream, char *bytes, size_t room);
    void (*end)(struct http_stream *stream);
};

struct http_response {
    int status; /* 200 to 599; 0: nobody answered, which is sent as 500 */
    struct http_header *headers;
    size_t header_count, header_room;
    struct text
        body; /* in the arena, or constant: its bytes stay good until the answer has been sent */
    int file; /* instead of `body`: a descriptor that is sent and then closed; -1: none */
    uint64_t file_offset, file_bytes; /* what of it */
    struct http_stream *stream;       /* instead of both; NULL: none */
    struct arena *arena;              /* where headers are kept */
    bool failed;                      /* a header found no memory: sent as 503 */
};

/* The word of a method ("GET"); HTTP_METHODS gives "". */
const char *http_method_word(enum http_method method);

/* The method of just these letters, or HTTP_METHODS. */
enum http_method http_method_of(struct text word);

/* What RFC 9110 calls a status ("Not Found"); "Unknown" of others. */
const char *http_status_words(int status);

/* The value of the first header of that name, letters of any case; .bytes is NULL where there is none. */
struct text http_header_of(const struct http_request *request, const char *name);

/* Empty: no status, no body, no file. */
void http_response_init(struct http_response *response, struct arena *arena);

/* Adds a header: Location, ETag, Last-Modified, Content-Type, ... `name` and `value` stay good as `body` does, hold
 * no control characters (a value that does sets `failed`: it would split the answer), and are none of
 * those that the server writes itself: Date, Content-Length, Transfer-Encoding, Connection. */
void http_response_header(struct http_response *response, struct text name, struct text value);

/* The value of an answer's header, as http_header_of. */
struct text http_response_header_of(const struct http_response *response, const char *name);

#endif
