/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libmicrohttpd refuses by itself it tells as a page of HTML, of a wrong length even with its head sent twice. It
 * says so to its log just before, on the thread of the connection, though not of which. Where that can be but one, its
 * client is answered here instead, and what the library then sends goes nowhere.
 *
 * It can be but one where the thread has just one request that is not whole yet, and the fault is one that is found
 * within a request: with several, or under TLS, the library's page goes out, and the connection ends all the same. */
#include <stdio.h>
#include <sys/socket.h>

#include "http/parts.h"

/* As libmicrohttpd 0.9.75 says it; another version's words are for nobody. */
static const char refused[] =
    "Error processing request (HTTP response code is %u ('%s')). Closing connection.\n";

/* What its page says, and what we say; the first that fits. Those of a request line are not among them: at that time it
 * is no request yet. */
static const struct page {
    const char *words, *why;
} pages[] = {
    {"too large value for <b>Content-Length", "Content-Length is no length that can be"},
    {"wrong value for <b>Content-Length", "Content-Length is not a number alone"},
    {"chunk size", "a chunk of the body is too large"},
    {"chunked encoding", "the chunks of the body are malformed"},
    {"syntactically incorrect", "a line of the headers has no colon"},
    {"HTTP header was too big", "the request's target or headers are too large"},
};

static const char *why_of(const char *page)
{
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (strstr(page, pages[i].words))
            return pages[i].why;
    return NULL;
}

static void say(const struct exchange *exchange, const struct http_response *response)
{
    char head[512];
    struct text type = http_response_header_of(response, "Content-Type");
    int len = snprintf(head, sizeof head,
                       "HTTP/1.1 %d %s\r\nConnection: close\r\nCache-Control: no-store\r\n"
                       "X-Content-Type-Options: nosniff\r\nContent-Type: %.*s\r\n"
                       "Content-Length: %zu\r\n\r\n",
                       response->status, http_status_words(response->status), (int)type.len,
                       type.bytes, response->body.len);
    int fd = exchange->line->fd;
    if (len > 0 && (size_t)len < sizeof head &&
        send(fd, head, (size_t)len, MSG_NOSIGNAL | MSG_DONTWAIT | MSG_MORE) == len)
        (void)!send(fd, response->body.bytes, response->body.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(fd, SHUT_WR); /* the library fails at its own answer, and closes */
}

static void answer(struct exchange *exchange, unsigned status, const char *why)
{
    struct http_server *server = exchange->line->server;
    struct http_response response;
    http_response_init(&response, &exchange->arena);
    response.status = (int)status;
    if (server->settings.refusal)
        server->settings.refusal(server->settings.context, &response, why);
    else {
        http_response_header(&response, TEXT("Content-Type"), TEXT("text/plain; charset=utf-8"));
        response.body = text_of(why);
    }
    if (!response.failed)
        say(exchange, &response);
    atomic_fetch_add_explicit(&server->refused, 1, memory_order_relaxed);
}

void faults_log(void *unused, const char *format, va_list words)
{
    (void)unused;
    if (strcmp(format, refused) != 0)
        return;
    unsigned status = va_arg(words, unsigned);
    const char *why = why_of(va_arg(words, const char *));
    struct exchange *exchange = why ? exchange_alone() : NULL;
    if (exchange && !exchange->line->server->certificate)
        answer(exchange, status, why);
}
