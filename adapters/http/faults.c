/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libmicrohttpd refuses by itself it tells as a page of HTML, of a wrong length even with its head sent twice;
 * of a request that ends before it is whole it says nothing. It tells its log just before, on the thread of the
 * connection, though not of which. Where that can be but one, its client is answered here instead, under TLS within
 * the session, and what the library then sends goes nowhere. Where it can be several the library's page goes out,
 * and the connection ends all the same. */
#include <gnutls/gnutls.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/buffer.h"
#include "clock/clock.h"
#include "http/parts.h"

/* As libmicrohttpd 0.9.75 says it; another version's words are for nobody. */
static const char refused[] =
    "Error processing request (HTTP response code is %u ('%s')). Closing connection.\n";
static const char ended[] = "Connection was closed by remote side with incomplete request.\n";
static const char ended_tls[] = "Socket has been disconnected when reading request.\n";

/* How far a request had come, of which a page is. */
enum stage {
    IN_LINE = 1, /* the request line is on its way */
    IN_HEAD = 2,
    IN_CHUNKS = 4,
};

/* What its page says, and what we say; the first that fits. */
static const struct page {
    const char *words, *why;
    unsigned stages;
} pages[] = {
    {"too large value for <b>Content-Length", "Content-Length is no length that can be", IN_HEAD},
    {"wrong value for <b>Content-Length", "Content-Length is not a number alone", IN_HEAD},
    {"chunk size", "a chunk of the body is too large", IN_CHUNKS},
    {"chunked encoding", "the chunks of the body are malformed", IN_CHUNKS},
    {"syntactically incorrect", NULL, IN_LINE | IN_HEAD},
    {"HTTP header was too big", "the request's target or headers are too large",
     IN_LINE | IN_HEAD | IN_CHUNKS}, /* trailers, too */
    {"version is not supported", "this server speaks HTTP/1.1", IN_LINE},
    {"too old and not supported", "this server speaks HTTP/1.1", IN_LINE},
};

static const struct page *page_of(const char *words)
{
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (strstr(words, pages[i].words))
            return &pages[i];
    return NULL;
}

/* --- which one it is ------------------------------------------------------------------------------- */

/* The one candidate so far, if there is just one. */
struct search {
    struct line *found;
    bool is_ambiguous;
};

static void add(struct search *search, struct line *line)
{
    search->is_ambiguous |= search->found != NULL;
    search->found = line;
}

static void search_exchanges(struct search *search, unsigned stages)
{
    for (struct exchange *one = loop_worker()->partial; one; one = one->after) {
        unsigned stage = !one->has_begun ? IN_HEAD : one->framing.is_chunked ? IN_CHUNKS : 0;
        if (stage & stages)
            add(search, one->line);
    }
}

/* Whether the library may have read something of a request line there, which is no exchange yet. What came just
 * after an answer cannot be told from what came before it. */
static bool may_have_begun(const struct line *line, uint64_t now_ns)
{
    static const uint64_t just_now_ns = 40 * 1000000;
    uint64_t since_ns = atomic_load(&line->since_ns);
    int unread = 0;
    if (atomic_load(&line->state) != LINE_IDLE || atomic_load(&line->exchange))
        return false;
    struct tcp_info info = line_info(line);
    if (atomic_load(&line->has_asked))
        return now_ns - since_ns <= just_now_ns || line_has_begun(line, &info, since_ns, now_ns);
    (void)ioctl(line->fd, SIOCINQ, &unread);
    return info.tcpi_bytes_received > (uint64_t)unread;
}

static void search_lines(struct search *search)
{
    enum { LOOKED_AT_MAX = 256 }; /* asking takes some microseconds each */
    struct worker *worker = loop_worker();
    uint64_t now_ns = clock_monotonic_ns();
    unsigned left = LOOKED_AT_MAX;
    pthread_mutex_lock(&worker->server->lock);
    for (struct line *line = worker->server->lines; line && !search->is_ambiguous;
         line = line->after) {
        if (line->worker != worker->number)
            continue;
        search->is_ambiguous |= left == 0;
        left -= left > 0;
        if (may_have_begun(line, now_ns))
            add(search, line);
    }
    pthread_mutex_unlock(&worker->server->lock);
}

static struct line *line_of(const struct page *page)
{
    struct search search = {.found = NULL};
    search_exchanges(&search, page->stages);
    if (page->stages & IN_LINE)
        search_lines(&search);
    return search.is_ambiguous ? NULL : search.found;
}

/* --- what it is told ------------------------------------------------------------------------------- */

void faults_word(const struct http_server *server, const struct http_request *request,
                 struct http_response *response, const char *why)
{
    if (server->settings.refusal) {
        server->settings.refusal(server->settings.context, request, response, why);
        return;
    }
    http_response_header(response, TEXT("Content-Type"), TEXT("text/plain; charset=utf-8"));
    response->body = text_of(why);
}

/* The whole answer; .len 0: there is no memory. */
static struct text write_answer(const struct line *line, const struct http_request *request,
                                const struct http_fault *fault, struct arena *arena)
{
    struct http_response response;
    struct buffer out;
    http_response_init(&response, arena);
    response.status = fault->status;
    faults_word(line->server, request, &response, fault->why);
    struct text type = http_response_header_of(&response, "Content-Type");
    buffer_init(&out, arena);
    buffer_format(&out,
                  "HTTP/1.1 %d %s\r\nConnection: close\r\nCache-Control: no-store\r\n"
                  "X-Content-Type-Options: nosniff\r\nContent-Type: %.*s\r\n"
                  "Content-Length: %zu\r\n\r\n",
                  response.status, http_status_words(response.status), (int)type.len, type.bytes,
                  response.body.len);
    buffer_add(&out, response.body);
    return out.failed || response.failed ? TEXT("") : buffer_text(&out);
}

static const struct http_fault too_slow = {408, "the request took too long to arrive"};
static const struct http_fault cut_short = {400, "the connection ended before the request did"};

/* `session` is NULL in clear. Nothing is waited for: it is short, and the client has room or goes without. */
static void say(const struct line *line, gnutls_session_t session, struct text words)
{
    atomic_fetch_add_explicit(&line->server->refused, 1, memory_order_relaxed);
    if (session) {
        (void)!gnutls_record_send(session, words.bytes, words.len);
        (void)!gnutls_bye(session, GNUTLS_SHUT_WR);
    } else {
        (void)!send(line->fd, words.bytes, words.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
}

void faults_tell_early(const struct line *line, bool is_slow)
{
    enum { ARENA_BYTES_MAX = 256 * 1024 };
    static const struct http_request nothing = {.method = HTTP_METHODS};
    struct arena arena;
    arena_init(&arena, ARENA_BYTES_MAX);
    say(line, NULL, write_answer(line, &nothing, is_slow ? &too_slow : &cut_short, &arena));
    arena_free(&arena);
}

static gnutls_session_t session_of(const struct line *line)
{
    if (!line->server->certificate)
        return NULL;
    return MHD_get_connection_info(line->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)
        ->tls_session;
}

/* By its worker. The library fails at its own answer, and closes. */
static void tell(struct line *line, const struct http_fault *fault)
{
    enum { ARENA_BYTES_MAX = 256 * 1024 };
    static const struct http_request nothing = {.method = HTTP_METHODS};
    struct exchange *exchange = atomic_load(&line->exchange);
    struct arena arena;
    if (exchange && exchange->is_told)
        return;
    if (exchange) {
        exchange->is_told = true;
        request_gather(exchange);
    }
    arena_init(&arena, ARENA_BYTES_MAX);
    say(line, session_of(line),
        write_answer(line, exchange ? &exchange->of.request : &nothing, fault, &arena));
    arena_free(&arena);
    shutdown(line->fd, SHUT_WR);
}

void faults_tell_slow(void)
{
    for (struct exchange *one = loop_worker()->partial; one; one = one->after) {
        if (atomic_load(&one->line->state) != LINE_ENDED)
            continue;
        tell(one->line, &too_slow);
        shutdown(one->line->fd, SHUT_RDWR);
    }
}

/* --- the library's log ----------------------------------------------------------------------------- */

/* Whether nothing more can come of it. */
static bool has_ended(const struct line *line)
{
    gnutls_session_t session = session_of(line);
    char byte;
    return !(session && gnutls_record_check_pending(session)) &&
           recv(line->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* Whichever it was about: it is true of all that have ended. */
static void tell_ended(void)
{
    for (struct exchange *one = loop_worker()->partial; one; one = one->after)
        if (has_ended(one->line))
            tell(one->line, one->fault.status ? &one->fault : &cut_short);
}

static void tell_refused(unsigned status, const char *words)
{
    const struct page *page = page_of(words);
    struct line *line = page ? line_of(page) : NULL;
    if (!line)
        return;
    const char *why = page->why ? page->why
                      : line->exchange
                          ? "a line of the headers has no colon"
                          : "the request line is no method, target and version of HTTP";
    tell(line, &(struct http_fault){(int)status, why});
}

void faults_log(void *unused, const char *format, va_list words)
{
    (void)unused;
    if (!loop_worker())
        return;
    if (strcmp(format, ended) == 0 || strcmp(format, ended_tls) == 0) {
        tell_ended();
    } else if (strcmp(format, refused) == 0) {
        unsigned status = va_arg(words, unsigned);
        tell_refused(status, va_arg(words, const char *));
    }
}
