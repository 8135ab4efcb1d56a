/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a request for a WebSocket to a connection that is the sockets' thread's. */
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "http/parts.h"
#include "http/sockets.h"
#include "http/upgrade.h"

static bool refuse(struct http_exchange *exchange, const struct http_fault *fault)
{
    const struct http_server *server = ((struct exchange *)exchange)->line->server;
    struct http_response *response = &exchange->response;
    response->status = fault->status;
    if (fault->status == 426) {
        http_response_header(response, TEXT("Upgrade"), TEXT("websocket"));
        http_response_header(response, TEXT("Sec-WebSocket-Version"), TEXT("13"));
    }
    if (fault->status == 503)
        http_response_header(response, TEXT("Retry-After"), TEXT("10"));
    faults_word(server, &exchange->request, response, fault->why);
    return false;
}

/* RFC 6455 4.2.2, 5.4: which shows that somebody here has understood, and is no secret. */
static struct text accept_of(struct text key, struct arena *arena)
{
    static const char known[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    enum { KEY_MAX = 24, BASE64_LEN = 28 };
    unsigned char hash[SHA_DIGEST_LENGTH];
    char joined[KEY_MAX + sizeof known];
    unsigned char *accept = arena_take(arena, BASE64_LEN + 1);
    if (!accept || key.len > KEY_MAX)
        return (struct text){NULL, 0};
    memcpy(joined, key.bytes, key.len);
    memcpy(joined + key.len, known, sizeof known - 1);
    if (!EVP_Digest(joined, key.len + sizeof known - 1, hash, NULL, EVP_sha1(), NULL))
        return (struct text){NULL, 0};
    EVP_EncodeBlock(accept, hash, sizeof hash);
    return (struct text){(const char *)accept, BASE64_LEN};
}

bool websocket_accept(struct http_exchange *of, const struct websocket_kind *kind, struct text url,
                      void *own)
{
    struct exchange *exchange = (struct exchange *)of;
    const struct http_server *server = exchange->line->server;
    struct sockets *sockets = server->sockets;
    struct http_fault fault;
    struct text key;
    if (!http_upgrade_check(&of->request, url, &server->settings.origins, &key, &fault))
        return refuse(of, &fault);
    struct text accept = accept_of(key, of->arena);
    if (!accept.bytes || !sockets || !sockets_reserve(sockets))
        return refuse(of, &(struct http_fault){503, "too many WebSockets"});
    of->response.status = 101;
    http_response_header(&of->response, TEXT("Upgrade"), TEXT("websocket"));
    http_response_header(&of->response, TEXT("Sec-WebSocket-Accept"), accept);
    if (kind->protocol && http_upgrade_speaks(&of->request, kind->protocol))
        http_response_header(&of->response, TEXT("Sec-WebSocket-Protocol"),
                             text_of(kind->protocol));
    exchange->kind = kind;
    exchange->kind_own = own;
    return true;
}

void upgrade_forget(struct exchange *exchange)
{
    if (!exchange->kind)
        return;
    sockets_unreserve(exchange->line->server->sockets);
    exchange->kind->closed(exchange->kind_own, WEBSOCKET_LOST);
    exchange->kind = NULL;
}

/* The answer has been sent; the exchange ends here, the connection goes on. Worker's thread. */
static void hand_over(void *unused, struct MHD_Connection *connection, void *context,
                      const char *early, size_t early_len, MHD_socket fd,
                      struct MHD_UpgradeResponseHandle *handle)
{
    struct exchange *exchange = context;
    struct line *line = exchange->line;
    (void)unused;
    (void)connection;
    (void)line_move(line, LINE_SEND,
                    LINE_SOCKET); /* one that the watch has ended tells so itself */
    line->is_socket = true;
    struct upgraded *upgraded = loop_upgraded(handle);
    if (!upgraded)
        (void)MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
    else if (sockets_take(line->server->sockets, exchange->kind, exchange->kind_own, fd, upgraded,
                          (struct text){early, early_len}))
        exchange->kind = NULL;
    else
        loop_give_back(upgraded);
    exchange_free(exchange);
}

struct MHD_Response *upgrade_response(void)
{
    return MHD_create_response_for_upgrade(hand_over, NULL);
}
