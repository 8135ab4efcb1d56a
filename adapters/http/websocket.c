/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One socket: what waits to be sent, from any thread; its frames, on the sockets' own. */
#include "http/websocket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/sockets.h"

enum {
    TURN_BYTES_MAX = 16 * 1024, /* read of one until the others have their turn */
    ANSWERS_MAX =
        16, /* pongs that wait; with more nothing is read: who does not read is not answered */
};

#define SECOND_NS UINT64_C(1000000000)

/* --- any thread ------------------------------------------------------------------------------------ */

void websocket_keep(struct websocket *socket)
{
    atomic_fetch_add(&socket->keepers, 1);
}

void websocket_let_go(struct websocket *socket)
{
    if (atomic_fetch_sub(&socket->keepers, 1) > 1)
        return;
    while (socket->first) {
        struct socket_message *next = socket->first->next;
        free(socket->first);
        socket->first = next;
    }
    free(socket->early);
    free(socket);
}

void websocket_mark(struct websocket *socket)
{
    static const uint64_t one = 1;
    struct sockets *sockets = socket->sockets;
    if (socket->is_marked)
        return;
    socket->is_marked = true;
    socket->next_marked = sockets->marked;
    sockets->marked = socket;
    websocket_keep(socket);
    (void)!write(sockets->wake, &one, sizeof one);
}

bool websocket_send(struct websocket *socket, struct text text)
{
    struct socket_message *message = malloc(sizeof *message + text.len);
    if (message) {
        message->next = NULL;
        message->len = text.len;
        if (text.len)
            memcpy(message->bytes, text.bytes, text.len);
    }
    pthread_mutex_lock(&socket->sockets->lock);
    bool goes_on = !socket->is_ended && !socket->close_code && !socket->is_overrun;
    bool fits = message && (!socket->waiting_bytes ||
                            text.len + socket->waiting_bytes <= socket->kind->queue_bytes_max);
    if (goes_on && !fits)
        socket->is_overrun = true;
    if (goes_on && fits) {
        *(socket->first ? &socket->last->next : &socket->first) = message;
        socket->last = message;
        socket->waiting_bytes += text.len;
    }
    if (goes_on)
        websocket_mark(socket);
    pthread_mutex_unlock(&socket->sockets->lock);
    if (!goes_on || !fits)
        free(message);
    return goes_on && fits;
}

size_t websocket_waiting(struct websocket *socket)
{
    pthread_mutex_lock(&socket->sockets->lock);
    size_t waiting = socket->waiting_bytes;
    pthread_mutex_unlock(&socket->sockets->lock);
    return waiting;
}

void websocket_close(struct websocket *socket, unsigned code, const char *reason)
{
    pthread_mutex_lock(&socket->sockets->lock);
    if (!socket->is_ended && !socket->close_code) {
        socket->close_code = code;
        socket->close_reason = reason;
        websocket_mark(socket);
    }
    pthread_mutex_unlock(&socket->sockets->lock);
}

/* --- libwslay's callbacks -------------------------------------------------------------------------- */

static void remember(struct websocket *socket, const uint8_t *bytes, size_t len)
{
    uint8_t *last = socket->given_last;
    size_t kept = len < HTTP_FRAME_HEAD_MAX ? HTTP_FRAME_HEAD_MAX - len : 0;
    memmove(last, last + HTTP_FRAME_HEAD_MAX - kept, kept);
    memcpy(last + kept, bytes + len - (HTTP_FRAME_HEAD_MAX - kept), HTTP_FRAME_HEAD_MAX - kept);
    socket->given_bytes += len;
}

static ssize_t give(wslay_event_context_ptr frames, uint8_t *bytes, size_t room, int flags,
                    void *context)
{
    struct websocket *socket = context;
    ssize_t len = -1;
    (void)flags;
    errno = EAGAIN;
    if (socket->early_at < socket->early_len) {
        size_t left = socket->early_len - socket->early_at;
        len = (ssize_t)(left < room ? left : room);
        memcpy(bytes, socket->early + socket->early_at, (size_t)len);
        socket->early_at += (size_t)len;
    } else if (socket->turn_bytes < TURN_BYTES_MAX) {
        len = recv(socket->fd, bytes, room, MSG_DONTWAIT);
    }
    if (len <= 0) {
        bool is_later = len < 0 && (errno == EAGAIN || errno == EINTR);
        wslay_event_set_error(frames, is_later ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
        return -1;
    }
    socket->turn_bytes += (size_t)len;
    remember(socket, bytes, (size_t)len);
    return len;
}

static ssize_t take(wslay_event_context_ptr frames, const uint8_t *bytes, size_t len, int flags,
                    void *context)
{
    struct websocket *socket = context;
    int more = flags & WSLAY_MSG_MORE ? MSG_MORE : 0;
    ssize_t sent = send(socket->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL | more);
    if (sent <= 0) {
        bool is_later = sent < 0 && (errno == EAGAIN || errno == EINTR);
        wslay_event_set_error(frames, is_later ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
        return -1;
    }
    socket->has_got_on = true;
    return sent;
}

static void frame_begins(wslay_event_context_ptr frames,
                         const struct wslay_event_on_frame_recv_start_arg *frame, void *context)
{
    enum { HEAD = 2 + 4, SHORT_MAX = 125, LONG = 2, LONGEST = 8 }; /* RFC 6455 5.2, masked */
    struct websocket *socket = context;
    (void)frames;
    socket->framed_bytes += HEAD + frame->payload_length;
    if (frame->payload_length > SHORT_MAX)
        socket->framed_bytes += frame->payload_length > UINT16_MAX ? LONGEST : LONG;
    if (wslay_is_ctrl_frame(frame->opcode))
        return;
    socket->is_amid_message = !frame->fin;
    socket->message_bytes = frame->fin ? 0 : socket->message_bytes + frame->payload_length;
}

static void fail(struct websocket *socket, unsigned code, const char *reason)
{
    wslay_event_shutdown_read(socket->frames);
    (void)wslay_event_queue_close(socket->frames, (uint16_t)code, (const uint8_t *)reason,
                                  strlen(reason));
}

/* Whether more is on its way than may come: libwslay, which bounds messages too, looks at a frame once some of what it
 * holds is there, until when its client would hold a place. */
static bool declares_too_much(const struct websocket *socket)
{
    uint64_t head_len = socket->given_bytes - socket->framed_bytes, payload_bytes;
    const uint8_t *end = socket->given_last + HTTP_FRAME_HEAD_MAX;
    return socket->given_bytes > socket->framed_bytes && head_len <= HTTP_FRAME_HEAD_MAX &&
           http_frame_declares(end - head_len, head_len, &payload_bytes) &&
           payload_bytes > socket->kind->message_bytes_max - socket->message_bytes;
}

/* Whether this message is one of those that a second may bring. */
static bool is_within_rate(struct websocket *socket)
{
    if (socket->heard_ns - socket->second_ns >= SECOND_NS) {
        socket->second_ns = socket->heard_ns;
        socket->second_count = 0;
    }
    return socket->second_count++ < socket->kind->rate_max;
}

static void message_came(wslay_event_context_ptr frames,
                         const struct wslay_event_on_msg_recv_arg *message, void *context)
{
    struct websocket *socket = context;
    if (!wslay_event_get_read_enabled(frames) && message->opcode != WSLAY_CONNECTION_CLOSE)
        return;
    if (message->opcode != WSLAY_CONNECTION_CLOSE && !is_within_rate(socket))
        fail(socket, WEBSOCKET_POLICY, "too many messages a second");
    else if (message->opcode == WSLAY_BINARY_FRAME)
        fail(socket, WEBSOCKET_TEXT_ONLY, "text only");
    else if (message->opcode == WSLAY_TEXT_FRAME)
        socket->kind->heard(socket->own, socket,
                            (struct text){message->msg_length ? (const char *)message->msg : "",
                                          message->msg_length});
}

/* --- the sockets' thread --------------------------------------------------------------------------- */

/* What libwslay keeps is made when there is something for it. */
static bool wake_up(struct websocket *socket)
{
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = give,
        .send_callback = take,
        .on_frame_recv_start_callback = frame_begins,
        .on_msg_recv_callback = message_came,
    };
    if (socket->frames)
        return true;
    if (wslay_event_context_server_init(&socket->frames, &callbacks, socket) < 0)
        return false;
    wslay_event_config_set_max_recv_msg_length(socket->frames, socket->kind->message_bytes_max);
    return true;
}

/* Between messages, with nothing to send, libwslay has nothing to remember. */
static void rest(struct websocket *socket)
{
    if (socket->closing_ns || socket->is_amid_message || wslay_event_want_write(socket->frames) ||
        socket->given_bytes != socket->framed_bytes)
        return;
    wslay_event_context_free(socket->frames);
    socket->frames = NULL;
    free(socket->early);
    socket->early = NULL;
    socket->early_at = socket->early_len = 0;
}

static void look_for(struct websocket *socket, unsigned events)
{
    struct epoll_event event = {.events = events, .data.ptr = socket};
    if (events == socket->events)
        return;
    socket->events = events;
    (void)epoll_ctl(socket->sockets->epoll, EPOLL_CTL_MOD, socket->fd, &event);
}

/* The next message for libwslay, or the close. False: there is none. */
static bool queue_next(struct websocket *socket)
{
    pthread_mutex_lock(&socket->sockets->lock);
    struct socket_message *message = socket->first;
    unsigned code = message ? 0 : socket->close_code;
    const char *reason = socket->close_reason;
    socket->waiting_bytes -= socket->sending_bytes;
    socket->sending_bytes = message ? message->len : 0;
    if (message)
        socket->first = message->next;
    pthread_mutex_unlock(&socket->sockets->lock);
    if (!message && (!code || socket->has_said_goodbye))
        return false;
    if (!wake_up(socket)) {
        free(message);
        return false;
    }
    if (message) {
        const struct wslay_event_msg out = {WSLAY_TEXT_FRAME, (const uint8_t *)message->bytes,
                                            message->len};
        (void)wslay_event_queue_msg(socket->frames, &out); /* refused where it closes */
        free(message);
    } else {
        socket->has_said_goodbye = true;
        (void)wslay_event_queue_close(socket->frames, (uint16_t)code, (const uint8_t *)reason,
                                      reason ? strlen(reason) : 0);
    }
    return true;
}

bool websocket_push(struct websocket *socket, uint64_t now_ns)
{
    bool had_any = socket->sending_bytes > 0, was_blocked = socket->is_blocked;
    socket->has_got_on = false;
    for (;;) {
        socket->is_blocked = false;
        if (!socket->frames || !wslay_event_want_write(socket->frames)) {
            if (!queue_next(socket))
                break;
            had_any = true;
        }
        if (wslay_event_send(socket->frames) < 0)
            return false;
        socket->is_blocked = wslay_event_want_write(socket->frames);
        if (socket->is_blocked)
            break;
    }
    if (!socket->is_blocked || !was_blocked || socket->has_got_on)
        socket->sent_ns = now_ns;
    if (!socket->frames)
        return true;
    if (wslay_event_get_close_sent(socket->frames) && !socket->closing_ns)
        socket->closing_ns = now_ns;
    if (!wslay_event_want_read(socket->frames) && !wslay_event_want_write(socket->frames))
        return false;
    bool is_full = wslay_event_get_queued_msg_count(socket->frames) > ANSWERS_MAX;
    look_for(socket, (is_full ? 0u : EPOLLIN) | (socket->is_blocked ? EPOLLOUT : 0u));
    if (had_any && !socket->is_blocked && socket->kind->drained && !socket->closing_ns)
        socket->kind->drained(socket->own, socket);
    if (!socket->is_blocked)
        rest(socket);
    return true;
}

bool websocket_read(struct websocket *socket, uint64_t now_ns)
{
    if (!wake_up(socket))
        return false;
    socket->turn_bytes = 0;
    socket->heard_ns = now_ns;
    socket->pinged_ns = 0;
    int fault = wslay_event_want_read(socket->frames) ? wslay_event_recv(socket->frames) : 0;
    if (fault == 0 && wslay_event_want_read(socket->frames) && declares_too_much(socket))
        fail(socket, WEBSOCKET_TOO_LONG, "too long");
    if (fault <
        0) /* of some faults it keeps the close, without a code, but sends it no more by itself */
        (void)wslay_event_send(socket->frames);
    return fault >= 0 && websocket_push(socket, now_ns);
}

bool websocket_ping(struct websocket *socket, uint64_t now_ns)
{
    static const struct wslay_event_msg ping = {.opcode = WSLAY_PING};
    if (!wake_up(socket) || wslay_event_queue_msg(socket->frames, &ping) < 0)
        return false;
    socket->pinged_ns = now_ns;
    return websocket_push(socket, now_ns);
}
