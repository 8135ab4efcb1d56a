/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WebSockets from a client of ours that writes its frames by hand, each masked with zeros. */
#include "unit/cmocka_base.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock/clock.h"
#include "http/websocket.h"
#include "net/address.h"

#define MS UINT64_C(1000000)
#define SECOND (1000 * MS)

enum { TEXT_FRAME = 0x81, BINARY = 0x82, CLOSE = 0x88, PING = 0x89, PONG = 0x8A };

static struct http_server *server;
static atomic_int closed_count;
static atomic_uint closed_code;

static void opened(void *own, struct websocket *socket)
{
    assert_ptr_equal(own, &server);
    websocket_send(socket, TEXT("hello"));
}

/* Says it again; "flood" asks for more than anybody reads, "bye" for the end. */
static void heard(void *own, struct websocket *socket, struct text message)
{
    static char much[100000];
    (void)own;
    if (text_is(message, "flood"))
        for (int i = 0; i < 1000 && websocket_send(socket, (struct text){much, sizeof much}); i++)
            ;
    else if (text_is(message, "bye"))
        websocket_close(socket, WEBSOCKET_DONE, "as you wish");
    else
        websocket_send(socket, message);
}

static void closed(void *own, unsigned code)
{
    assert_ptr_equal(own, &server);
    closed_code = code;
    closed_count++;
}

static const struct websocket_kind echo = {.protocol = "echo",
                                           .message_bytes_max = 1000,
                                           .queue_bytes_max = 20 << 20,
                                           .rate_max = 20,
                                           .opened = opened,
                                           .heard = heard,
                                           .closed = closed};

static enum http_turn handle(void *context, struct http_exchange *exchange)
{
    (void)context;
    bool is_one = text_is(exchange->request.path, "/ws") &&
                  websocket_accept(exchange, &echo, TEXT("http://h/"), &server);
    if (!is_one && !exchange->response.status)
        exchange->response.status = 204;
    return HTTP_NOW;
}

static void start(const struct http_limits *limits)
{
    const struct http_server_settings settings = {
        .address = "127.0.0.1:0", .workers = 2, .limits = *limits, .handler = handle};
    closed_count = 0;
    assert_int_equal(http_server_start(&server, &settings), HTTP_OK);
}

static int client(void)
{
    const struct timeval patience = {.tv_sec = 10};
    struct net_address address;
    const char *text = http_server_url(server) + strlen("http://");
    assert_true(net_address_read_numbers(&address, text, strlen(text)));
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, &address.any, address.len), 0);
    return fd;
}

static void say(int fd, const void *bytes, size_t len)
{
    assert_int_equal(send(fd, bytes, len, MSG_NOSIGNAL), len);
}

static const char request[] = "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"
                              "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Protocol: chat, echo\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/* One frame, masked with zeros. */
static void say_frame(int fd, unsigned head, const char *payload, size_t len)
{
    char frame[70000] = {(char)head};
    size_t at = 2;
    if (len < 126)
        frame[1] = (char)(0x80 | len);
    else {
        frame[1] = (char)(0x80 | 126);
        frame[at++] = (char)(len >> 8);
        frame[at++] = (char)len;
    }
    memcpy(frame + at + 4, payload, len);
    say(fd, frame, at + 4 + len);
}

static void say_text(int fd, const char *words)
{
    say_frame(fd, TEXT_FRAME, words, strlen(words));
}

static size_t hear(int fd, void *bytes, size_t len)
{
    size_t got = 0;
    for (ssize_t one; got < len && (one = recv(fd, (char *)bytes + got, len - got, 0)) > 0;)
        got += (size_t)one;
    return got;
}

/* The head of the answer, terminated. */
static void hear_head(int fd, char head[static 2048])
{
    size_t len = 0;
    do
        assert_int_equal(hear(fd, head + len++, 1), 1);
    while (len < 2047 && (len < 4 || memcmp(head + len - 4, "\r\n\r\n", 4) != 0));
    head[len] = '\0';
}

/* The first byte of the next frame, whose payload is short; terminated. 0: the connection has ended. */
static unsigned hear_frame(int fd, char payload[static 126])
{
    unsigned char head[2];
    if (hear(fd, head, 2) < 2)
        return 0;
    assert_true(head[1] < 126);
    assert_int_equal(hear(fd, payload, head[1]), head[1]);
    payload[head[1]] = '\0';
    return head[0];
}

static void expect(int fd, unsigned head, const char *words)
{
    char payload[126];
    assert_int_equal(hear_frame(fd, payload), head);
    assert_string_equal(payload, words);
}

/* That the server closes, with this code, and then the connection ends. */
static void expect_close(int fd, unsigned code)
{
    char payload[126];
    unsigned head;
    while ((head = hear_frame(fd, payload)) == TEXT_FRAME)
        ;
    assert_int_equal(head, CLOSE);
    assert_int_equal((unsigned char)payload[0] << 8 | (unsigned char)payload[1], code);
    say_frame(fd, CLOSE, payload, 2);
    assert_int_equal(hear(fd, payload, 1), 0);
    close(fd);
}

static int open_socket(void)
{
    char head[2048];
    int fd = client();
    say(fd, request, sizeof request - 1);
    hear_head(fd, head);
    assert_non_null(strstr(head, "HTTP/1.1 101 "));
    expect(fd, TEXT_FRAME, "hello");
    return fd;
}

static void wait_for_closed(int count)
{
    uint64_t until_ns = clock_monotonic_ns() + 10 * SECOND;
    while (closed_count < count && clock_monotonic_ns() < until_ns)
        usleep(1000);
    assert_int_equal(closed_count, count);
}

static void what_is_said_is_heard_and_the_end_is_shaken_hands_on(void **state)
{
    (void)state;
    char head[2048];
    start(&(struct http_limits){0});
    int fd = client();
    say(fd, request, sizeof request - 1);
    hear_head(fd, head); /* key and answer: RFC 6455 1.3 */
    assert_non_null(strstr(head, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    assert_non_null(strstr(head, "Sec-WebSocket-Protocol: echo\r\n"));
    assert_null(strstr(head, "Cache-Control"));
    expect(fd, TEXT_FRAME, "hello");
    say_text(fd, "one");
    expect(fd, TEXT_FRAME, "one");
    say_frame(fd, 0x01, "tw", 2); /* in fragments, a ping in between */
    say_frame(fd, PING, "p", 1);
    expect(fd, PONG, "p");
    say_frame(fd, 0x80, "o", 1);
    expect(fd, TEXT_FRAME, "two");
    say_text(fd, "");
    expect(fd, TEXT_FRAME, "");
    say_text(fd, "bye");
    expect_close(fd, WEBSOCKET_DONE);
    wait_for_closed(1);
    assert_int_equal(closed_code, WEBSOCKET_DONE);
    fd = open_socket();
    say_frame(fd, CLOSE, "\x03\xe9", 2); /* 1001: a page was left */
    char payload[126];
    assert_int_equal(hear_frame(fd, payload), CLOSE);
    assert_int_equal(hear(fd, payload, 1), 0);
    close(fd);
    wait_for_closed(2);
    assert_int_equal(closed_code, WEBSOCKET_GOING_AWAY);
    close(open_socket()); /* without a word */
    wait_for_closed(3);
    assert_int_equal(closed_code, WEBSOCKET_LOST);
    http_server_stop(server, SECOND);
}

static void what_came_with_the_request_is_heard(void **state)
{
    (void)state;
    static const char early[] = "\x81\x85\0\0\0\0early\x81\x84\0\0\0\0mo";
    char both[sizeof request + sizeof early], head[2048];
    start(&(struct http_limits){0});
    int fd = client();
    memcpy(both, request, sizeof request - 1);
    memcpy(both + sizeof request - 1, early, sizeof early - 1);
    say(fd, both, sizeof request - 1 + sizeof early - 1);
    hear_head(fd, head);
    expect(fd, TEXT_FRAME, "hello");
    expect(fd, TEXT_FRAME, "early");
    say(fd, "re", 2); /* the rest of what was cut */
    expect(fd, TEXT_FRAME, "more");
    for (const char *byte = "\x81\x84\0\0\0\0slow", *end = byte + 10; byte < end; byte++) {
        say(fd, byte, 1);
        usleep(2000);
    }
    expect(fd, TEXT_FRAME, "slow");
    close(fd);
    wait_for_closed(1);
    http_server_stop(server, SECOND);
}

static void what_breaks_the_rules_ends_with_its_code(void **state)
{
    (void)state;
    enum { MESSAGES = 25, MESSAGE_LEN = 7 };
    char much[2000], messages[MESSAGES * MESSAGE_LEN];
    memset(much, 'a', sizeof much);
    for (size_t i = 0; i < MESSAGES; i++)
        memcpy(messages + i * MESSAGE_LEN, "\x81\x81\0\0\0\0a", MESSAGE_LEN);
    start(&(struct http_limits){0});
    int fd = open_socket();
    say_frame(fd, BINARY, "\0", 1);
    expect_close(fd, WEBSOCKET_TEXT_ONLY);
    fd = open_socket();
    say_frame(fd, TEXT_FRAME, much, sizeof much);
    expect_close(fd, WEBSOCKET_TOO_LONG);
    fd = open_socket();
    for (int i = 0; i < 3; i++)
        say_frame(fd, i ? 0x00 : 0x01, much, 500); /* too long as a whole */
    expect_close(fd, WEBSOCKET_TOO_LONG);
    fd = open_socket();
    say_frame(fd, TEXT_FRAME, "\xff", 1);
    expect_close(fd, 1007);
    fd = open_socket();
    say(fd, "\x81\x02no", 4); /* not masked */
    expect_close(fd, 1002);
    fd = open_socket();
    say_frame(fd, 0x83, "", 0); /* no such opcode */
    expect_close(fd, 1002);
    fd = open_socket();
    say(fd, messages, sizeof messages); /* at once: it is cut before the last */
    expect_close(fd, WEBSOCKET_POLICY);
    wait_for_closed(7);
    http_server_stop(server, SECOND);
}

/* Nothing of what is declared ever comes. */
static void h143_what_would_be_too_long_is_refused_before_it_comes(void **state)
{
    (void)state;
    static const char some[400] = {0};
    start(&(struct http_limits){0});
    int fd = open_socket();
    say(fd, "\x81\xfe\x03\xe9", 4); /* 1001 bytes, the mask not there yet */
    expect_close(fd, WEBSOCKET_TOO_LONG);
    fd = open_socket();
    say(fd, "\x81\xff\0\0\0\x40\0\0\0\0\0\0\0\0", 14); /* 256 GiB */
    expect_close(fd, WEBSOCKET_TOO_LONG);
    fd = open_socket();
    for (const char *byte = "\x81\xff\0\0\0\0\0\1\0\0", *end = byte + 10; byte < end; byte++) {
        say(fd, byte, 1);
        usleep(2000);
    }
    expect_close(fd, WEBSOCKET_TOO_LONG);
    fd = open_socket();
    say_text(fd, "one");
    say_frame(fd, 0x01, some, sizeof some);
    say_frame(fd, PING, "p", 1);
    expect(fd, TEXT_FRAME, "one");
    expect(fd, PONG, "p");
    say(fd, "\x80\xfe\x02\x59", 4); /* 400 and 601 */
    expect_close(fd, WEBSOCKET_TOO_LONG);
    fd = open_socket();
    say_frame(fd, 0x01, some, sizeof some);
    say_frame(fd, 0x80, some, sizeof some);
    char much[2 + 2 + 800];
    assert_int_equal(hear(fd, much, sizeof much), sizeof much); /* 800 may come */
    say(fd, "\x81\xfe\x03\xe8", 4);
    usleep(20000);
    say(fd, "\0\0\0\0", 4); /* and so may 1000 */
    for (int i = 0; i < 10; i++)
        say(fd, some, 100);
    assert_int_equal(hear(fd, much, sizeof much), sizeof much);
    close(fd);
    wait_for_closed(5);
    http_server_stop(server, SECOND);
}

static void h143_who_does_not_read_is_cut_and_costs_what_it_may(void **state)
{
    (void)state;
    start(&(struct http_limits){.send_ns = 200 * MS});
    int fd = open_socket();
    say_text(fd, "flood"); /* 100 MB: more than its queue may hold */
    wait_for_closed(1);
    assert_int_equal(closed_code, WEBSOCKET_TRY_LATER);
    close(fd);
    http_server_stop(server, SECOND);
}

static void h143_who_says_nothing_is_asked_and_then_cut(void **state)
{
    (void)state;
    char payload[126];
    start(&(struct http_limits){.ping_ns = 100 * MS, .pong_ns = 300 * MS});
    int alive = open_socket(), dead = open_socket();
    for (int i = 0; i < 8; i++) {
        assert_int_equal(hear_frame(alive, payload), PING);
        say_frame(alive, PONG, payload, 0);
    }
    wait_for_closed(1);
    assert_int_equal(hear_frame(dead, payload), PING);
    assert_int_equal(hear_frame(dead, payload), 0);
    say_text(alive, "here");
    unsigned head;
    while ((head = hear_frame(alive, payload)) == PING)
        ;
    assert_int_equal(head, TEXT_FRAME);
    close(alive);
    close(dead);
    http_server_stop(server, SECOND);
}

static void h143_more_than_there_may_be_are_told_so_and_places_come_back(void **state)
{
    (void)state;
    char head[2048];
    start(&(struct http_limits){.sockets_max = 2});
    int first = open_socket(), second = open_socket(), third = client();
    say(third, request, sizeof request - 1);
    hear_head(third, head);
    assert_non_null(strstr(head, "HTTP/1.1 503 "));
    close(first);
    wait_for_closed(1);
    say(third, request, sizeof request - 1); /* the connection is still one of HTTP */
    hear_head(third, head);
    assert_non_null(strstr(head, "HTTP/1.1 101 "));
    close(second);
    close(third);
    wait_for_closed(3);
    struct http_server_counts counts;
    uint64_t until_ns = clock_monotonic_ns() + 5 * SECOND;
    do
        http_server_counts(server, &counts);
    while (counts.connections && clock_monotonic_ns() < until_ns);
    assert_int_equal(counts.connections, 0);
    http_server_stop(server, SECOND);
}

static void *stop(void *unused)
{
    http_server_stop(server, SECOND);
    return unused;
}

static void all_are_told_that_the_server_stops(void **state)
{
    (void)state;
    start(&(struct http_limits){0});
    int polite = open_socket(), deaf = open_socket();
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stop, NULL), 0);
    expect_close(polite, WEBSOCKET_GOING_AWAY);
    pthread_join(thread, NULL);
    assert_int_equal(closed_count, 2);
    close(deaf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_is_heard_and_the_end_is_shaken_hands_on),
        cmocka_unit_test(what_came_with_the_request_is_heard),
        cmocka_unit_test(what_breaks_the_rules_ends_with_its_code),
        cmocka_unit_test(h143_what_would_be_too_long_is_refused_before_it_comes),
        cmocka_unit_test(h143_who_does_not_read_is_cut_and_costs_what_it_may),
        cmocka_unit_test(h143_who_says_nothing_is_asked_and_then_cut),
        cmocka_unit_test(h143_more_than_there_may_be_are_told_so_and_places_come_back),
        cmocka_unit_test(all_are_told_that_the_server_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
