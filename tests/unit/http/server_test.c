/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server's own threads, and clients on this machine's loopback. How strict it is with what they send is in
 * head_test.c and system/centre_test.py. */
#include "unit/cmocka_base.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock/clock.h"
#include "http/server.h"
#include "net/address.h"

#define SECOND UINT64_C(1000000000)

static struct {
    struct http_server *server;
    pthread_mutex_t lock;
    pthread_cond_t came;
    struct http_exchange *waiting[64]; /* of /later */
    size_t waiting_count;
    bool is_released; /* of /block */
} bench = {.lock = PTHREAD_MUTEX_INITIALIZER, .came = PTHREAD_COND_INITIALIZER};

static void answer_file(struct http_response *response)
{
    FILE *file = tmpfile();
    response->status = 200;
    for (int i = 0; i < 100000; i++)
        fprintf(file, "%09d\n", i);
    fflush(file);
    response->file = dup(fileno(file));
    response->file_offset = 10;
    response->file_bytes = 999990 - 10;
    fclose(file);
}

/* Lines of numbers, as /file has them; a broken one ends after the first thousand. */
struct numbers {
    struct http_stream of; /* the first, so that one is the other */
    int next, all;
    bool is_broken;
};
static atomic_int numbers_ended;

static ptrdiff_t next_numbers(struct http_stream *stream, char *bytes, size_t room)
{
    struct numbers *numbers = (struct numbers *)stream;
    if (numbers->next == numbers->all)
        return numbers->is_broken ? -1 : 0;
    return room < 11 ? -1 : snprintf(bytes, room, "%09d\n", numbers->next++);
}

static void end_numbers(struct http_stream *stream)
{
    free(stream);
    numbers_ended++;
}

static void answer_stream(struct http_response *response, bool is_broken)
{
    struct numbers *numbers = calloc(1, sizeof *numbers);
    *numbers = (struct numbers){
        .of = {next_numbers, end_numbers}, .all = is_broken ? 1000 : 5000, .is_broken = is_broken};
    response->status = 200;
    response->stream = &numbers->of;
    http_response_header(response, TEXT("Content-Type"), TEXT("application/fhir+ndjson"));
}

static void finish(struct http_exchange *exchange)
{
    http_response_header(&exchange->response, TEXT("X-Finished"), text_of(exchange->own));
}

static enum http_turn handle(void *context, struct http_exchange *exchange)
{
    struct http_response *response = &exchange->response;
    struct text path = exchange->request.path;
    (void)context;
    if (text_is(path, "/later")) {
        static char words[] = "by its worker";
        exchange->own = words;
        exchange->finish = finish;
        pthread_mutex_lock(&bench.lock);
        bench.waiting[bench.waiting_count++] = exchange;
        pthread_cond_broadcast(&bench.came);
        pthread_mutex_unlock(&bench.lock);
        return HTTP_LATER;
    }
    if (text_is(path, "/block")) {
        pthread_mutex_lock(&bench.lock);
        bench.waiting_count++;
        pthread_cond_broadcast(&bench.came);
        while (!bench.is_released)
            pthread_cond_wait(&bench.came, &bench.lock);
        pthread_mutex_unlock(&bench.lock);
        response->status = 204;
    } else if (text_is(path, "/stream") || text_is(path, "/broken"))
        answer_stream(response, text_is(path, "/broken"));
    else if (text_is(path, "/file"))
        answer_file(response);
    else if (text_is(path, "/echo")) {
        response->status = 200;
        response->body = exchange->request.body;
        http_response_header(response, TEXT("Content-Type"), TEXT("text/plain"));
    } else if (text_is(path, "/split"))
        http_response_header(response, TEXT("Location"), TEXT("a\r\nb: c"));
    return HTTP_NOW; /* of others: nobody answered */
}

static void start(const struct http_limits *limits)
{
    const struct http_server_settings settings = {
        .address = "127.0.0.1:0", .workers = 2, .limits = *limits, .handler = handle};
    bench.waiting_count = 0;
    assert_int_equal(http_server_start(&bench.server, &settings), HTTP_OK);
}

static int client(void)
{
    const struct timeval patience = {.tv_sec = 10};
    struct net_address address;
    const char *text = http_server_url(bench.server) + strlen("http://");
    assert_true(net_address_read_numbers(&address, text, strlen(text)));
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, &address.any, address.len), 0);
    return fd;
}

static void say(int fd, const char *words)
{
    size_t len = strlen(words);
    assert_int_equal(send(fd, words, len, MSG_NOSIGNAL), len);
}

/* All that comes until the other end closes; the caller frees it. */
static char *hear_all(int fd, size_t *len)
{
    enum { ROOM = 4 << 20 };
    char *all = calloc(1, ROOM);
    ssize_t got;
    *len = 0;
    while ((got = recv(fd, all + *len, ROOM - 1 - *len, 0)) > 0)
        *len += (size_t)got;
    assert_int_equal(got, 0);
    close(fd);
    return all;
}

static size_t count_of(const char *all, const char *word)
{
    size_t count = 0;
    for (; (all = strstr(all, word)); all++)
        count++;
    return count;
}

static void wait_for(size_t count)
{
    pthread_mutex_lock(&bench.lock);
    while (bench.waiting_count < count)
        pthread_cond_wait(&bench.came, &bench.lock);
    pthread_mutex_unlock(&bench.lock);
}

static void answer(size_t i, const char *words)
{
    struct http_exchange *exchange = bench.waiting[i];
    exchange->response.status = 201;
    exchange->response.body = text_of(words);
    http_server_answer(exchange);
}

static void an_answer_may_come_later_from_another_thread(void **state)
{
    (void)state;
    size_t len;
    start(&(struct http_limits){0});
    int one = client(), two = client(), other = client();
    say(one, "GET /later HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    wait_for(1);
    say(two, "GET /later HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    wait_for(2);
    say(other,
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
    char *all = hear_all(other, &len); /* nobody waits for those that wait */
    assert_non_null(strstr(all, "\r\n\r\nhello"));
    free(all);
    answer(1, "second");
    all = hear_all(two, &len);
    assert_non_null(strstr(all, "201 Created"));
    assert_non_null(strstr(all, "second"));
    assert_non_null(strstr(all, "X-Finished: by its worker\r\n"));
    free(all);
    answer(0, "first");
    all = hear_all(one, &len);
    assert_non_null(strstr(all, "first"));
    free(all);
    http_server_stop(bench.server, SECOND);
}

static void requests_that_come_together_are_answered_in_their_order(void **state)
{
    (void)state;
    size_t len;
    start(&(struct http_limits){0});
    int fd = client();
    say(fd,
        "GET /later HTTP/1.1\r\nHost: h\r\n\r\n"
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
        "GET /later HTTP/1.1\r\nHost: h\r\n\r\n"
        "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n"
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nhidden");
    wait_for(1);
    answer(0, "first");
    wait_for(2);
    answer(1, "third");
    char *all = hear_all(fd, &len);
    char *first = strstr(all, "first"), *second = strstr(all, "\r\n\r\nabc");
    char *third = strstr(all, "third"), *last = strstr(all, "\r\n\r\nde");
    assert_true(first && second > first && third > second && last > third);
    assert_int_equal(count_of(all, "HTTP/1.1 20"), 4);
    assert_null(strstr(all, "hidden")); /* nothing behind chunks is read */
    free(all);
    http_server_stop(bench.server, SECOND);
}

static void who_has_closed_its_half_is_still_answered(void **state)
{
    (void)state;
    size_t len;
    start(&(struct http_limits){0});
    int fd = client();
    say(fd, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /later "
            "HTTP/1.1\r\nHost: h\r\n\r\n");
    shutdown(fd, SHUT_WR);
    wait_for(1);
    answer(0, "later");
    char *all = hear_all(fd, &len);
    assert_non_null(strstr(all, "abc"));
    assert_non_null(strstr(all, "later"));
    free(all);
    http_server_stop(bench.server, SECOND);
}

static void who_goes_while_it_waits_is_forgotten(void **state)
{
    (void)state;
    struct http_server_counts counts;
    start(&(struct http_limits){0});
    int fd = client();
    const struct linger at_once = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    say(fd, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_for(1);
    close(fd); /* a reset */
    answer(0, "to nobody");
    do
        http_server_counts(bench.server, &counts);
    while (counts.connections > 0);
    assert_int_equal(counts.requests, 1);
    http_server_stop(bench.server, SECOND);
}

static void a_file_is_sent_as_far_as_is_said(void **state)
{
    (void)state;
    size_t len;
    start(&(struct http_limits){0});
    int fd = client();
    say(fd, "GET /file HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    char *all = hear_all(fd, &len);
    const char *body = strstr(all, "\r\n\r\n") + 4;
    assert_int_equal(len - (size_t)(body - all), 999980);
    assert_memory_equal(body, "000000001\n", 10);
    assert_memory_equal(all + len - 10, "000099998\n", 10);
    free(all);
    fd = client();
    say(fd, "HEAD /file HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    all = hear_all(fd, &len);
    assert_non_null(strstr(all, "Content-Length: 999980\r\n"));
    assert_string_equal(all + len - 4, "\r\n\r\n");
    free(all);
    http_server_stop(bench.server, SECOND);
}

static void a_stream_is_sent_as_it_is_made_and_ends_once(void **state)
{
    (void)state;
    size_t len;
    start(&(struct http_limits){0});
    numbers_ended = 0;
    int fd = client();
    say(fd, "GET /stream HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    char *all = hear_all(fd, &len);
    assert_non_null(strstr(all, "Transfer-Encoding: chunked\r\n"));
    assert_non_null(strstr(all, "000000000\n"));
    assert_non_null(strstr(all, "000004999\n"));
    assert_string_equal(all + len - 5, "0\r\n\r\n");
    free(all);
    fd = client();
    say(fd, "GET /broken HTTP/1.1\r\nHost: h\r\n\r\n");
    all = hear_all(fd, &len);
    assert_non_null(strstr(all, "000000999\n"));
    assert_true(len < 5 || strcmp(all + len - 5, "0\r\n\r\n") != 0);
    free(all);
    fd = client();
    say(fd, "HEAD /stream HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    all = hear_all(fd, &len);
    free(all);
    fd = client();
    say(fd,
        "GET /stream HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n");
    all = hear_all(fd, &len);
    assert_non_null(strstr(all, "Content-Encoding: gzip\r\n"));
    assert_non_null(strstr(all, "Vary: Accept-Encoding\r\n"));
    assert_true(len < 5000 * 10 / 2);
    assert_memory_equal(all + len - 5, "0\r\n\r\n", 5);
    free(all);
    fd = client();
    say(fd, "GET /broken HTTP/1.1\r\nHost: h\r\nAccept-Encoding: zstd\r\n\r\n");
    all = hear_all(fd, &len);
    assert_true(len < 5 || memcmp(all + len - 5, "0\r\n\r\n", 5) != 0);
    free(all);
    http_server_stop(bench.server, SECOND);
    assert_int_equal(numbers_ended, 5);
}

static void an_answer_that_nobody_gave_or_that_would_be_split_is_an_error(void **state)
{
    (void)state;
    size_t len;
    start(&(struct http_limits){0});
    int fd = client();
    say(fd, "GET /none HTTP/1.1\r\nHost: h\r\n\r\nGET /split HTTP/1.1\r\nHost: h\r\nConnection: "
            "close\r\n\r\n");
    char *all = hear_all(fd, &len);
    assert_non_null(strstr(all, "HTTP/1.1 500 "));
    assert_non_null(strstr(all, "HTTP/1.1 503 "));
    assert_null(strstr(all, "b: c"));
    free(all);
    http_server_stop(bench.server, SECOND);
}

static void h103_the_one_idle_longest_makes_room(void **state)
{
    (void)state;
    enum { MOST = 8 };
    size_t len;
    char byte;
    start(&(struct http_limits){.connections_max = MOST});
    int fds[3 * MOST];
    for (int i = 0; i < 3 * MOST; i++) {
        fds[i] = client();
        say(fds[i], "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
        assert_int_equal(recv(fds[i], &byte, 1, 0), 1); /* it is one of them, and idle soon */
    }
    struct http_server_counts counts;
    http_server_counts(bench.server, &counts);
    assert_true(counts.connections <= MOST);
    say(fds[3 * MOST - 1],
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlast");
    char *all = hear_all(fds[3 * MOST - 1], &len);
    assert_non_null(strstr(all, "last"));
    free(all);
    for (int i = 0; i < 3 * MOST - 1; i++)
        close(fds[i]);
    http_server_stop(bench.server, SECOND);
}

/* libmicrohttpd takes 128 events at a time: adapters/http/pulse.c. */
static void h103_as_many_at_once_as_the_library_takes_do_not_stand_still(void **state)
{
    (void)state;
    enum { EVENTS = 128 };
    const struct http_server_settings settings = {
        .address = "127.0.0.1:0", .workers = 1, .handler = handle};
    int fds[EVENTS];
    char byte;
    bench.waiting_count = 0;
    bench.is_released = false;
    assert_int_equal(http_server_start(&bench.server, &settings), HTTP_OK);
    for (int i = 0; i < EVENTS; i++) {
        fds[i] = client();
        say(fds[i], "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
        while (recv(fds[i], &byte, 1, 0) == 1 &&
               recv(fds[i], &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1)
            ;
    }
    int busy = client();
    say(busy, "GET /block HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_for(1);
    for (int i = 0; i < EVENTS; i++) /* all come while the only worker is busy */
        say(fds[i], "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    pthread_mutex_lock(&bench.lock);
    bench.is_released = true;
    pthread_cond_broadcast(&bench.came);
    pthread_mutex_unlock(&bench.lock);
    for (int i = 0; i < EVENTS; i++) {
        assert_int_equal(recv(fds[i], &byte, 1, 0), 1);
        close(fds[i]);
    }
    close(busy);
    http_server_stop(bench.server, SECOND);
}

static void *stop_in_background(void *context)
{
    (void)context;
    http_server_stop(bench.server, 60 * SECOND);
    return NULL;
}

static void what_has_begun_is_answered_before_it_stops(void **state)
{
    (void)state;
    size_t len;
    char byte;
    pthread_t stopper;
    start(&(struct http_limits){0});
    int fd = client(), idle = client();
    say(fd, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_for(1);
    assert_int_equal(pthread_create(&stopper, NULL, stop_in_background, NULL), 0);
    assert_int_equal(recv(idle, &byte, 1, 0), 0); /* so it is stopping */
    answer(0, "in time");
    char *all = hear_all(fd, &len);
    assert_non_null(strstr(all, "Connection: close"));
    assert_non_null(strstr(all, "in time"));
    free(all);
    close(idle);
    pthread_join(stopper, NULL);
}

static void h104_no_other_address_is_listened_on_in_clear(void **state)
{
    (void)state;
    struct http_server *server;
    struct http_server_settings settings = {.address = "0.0.0.0:0", .handler = handle};
    assert_int_equal(http_server_start(&server, &settings), HTTP_ERR_CLEAR);
    settings.clear_anywhere = true;
    assert_int_equal(http_server_start(&server, &settings), HTTP_OK);
    http_server_stop(server, 0);
    settings = (struct http_server_settings){.address = "[::1]:0", .handler = handle};
    if (http_server_start(&server, &settings) == HTTP_OK) /* where there is IPv6 */
        http_server_stop(server, 0);
    settings.address = "nowhere";
    assert_int_equal(http_server_start(&server, &settings), HTTP_ERR_ADDRESS);
    settings = (struct http_server_settings){
        .address = "127.0.0.1:0", .certificate_file = "/dev/null", .key_file = "/dev/null"};
    assert_int_equal(http_server_start(&server, &settings), HTTP_ERR_TLS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_may_come_later_from_another_thread),
        cmocka_unit_test(requests_that_come_together_are_answered_in_their_order),
        cmocka_unit_test(who_has_closed_its_half_is_still_answered),
        cmocka_unit_test(who_goes_while_it_waits_is_forgotten),
        cmocka_unit_test(a_file_is_sent_as_far_as_is_said),
        cmocka_unit_test(a_stream_is_sent_as_it_is_made_and_ends_once),
        cmocka_unit_test(an_answer_that_nobody_gave_or_that_would_be_split_is_an_error),
        cmocka_unit_test(h103_as_many_at_once_as_the_library_takes_do_not_stand_still),
        cmocka_unit_test(h103_the_one_idle_longest_makes_room),
        cmocka_unit_test(what_has_begun_is_answered_before_it_stops),
        cmocka_unit_test(h104_no_other_address_is_listened_on_in_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
