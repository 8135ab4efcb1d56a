/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests to a receiver in this very program. */
#include "hooks/hooks.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cmocka_base.h"

static struct {
    int fd;
    unsigned port;
    pthread_t thread;
    char heard[2048]; /* the last request */
    const char *answer;
    sem_t is_heard, may_answer, is_answered;
} receiver;

static void *receive(void *context)
{
    int fd;
    (void)context;
    while ((fd = accept(receiver.fd, NULL, NULL)) >= 0) {
        ssize_t len = recv(fd, receiver.heard, sizeof receiver.heard - 1, 0);
        receiver.heard[len > 0 ? len : 0] = '\0';
        sem_post(&receiver.is_heard);
        sem_wait(&receiver.may_answer);
        (void)send(fd, receiver.answer, strlen(receiver.answer), MSG_NOSIGNAL);
        close(fd);
        sem_post(&receiver.is_answered);
    }
    return NULL;
}

static int open_receiver(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    (void)state;
    receiver.fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(receiver.fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(receiver.fd, 16) != 0 ||
        getsockname(receiver.fd, (struct sockaddr *)&address, &len) != 0)
        return -1;
    receiver.port = ntohs(address.sin_port);
    if (sem_init(&receiver.is_heard, 0, 0) != 0 || sem_init(&receiver.may_answer, 0, 0) != 0 ||
        sem_init(&receiver.is_answered, 0, 0) != 0)
        return -1;
    return pthread_create(&receiver.thread, NULL, receive, NULL);
}

static int close_receiver(void **state)
{
    (void)state;
    shutdown(receiver.fd, SHUT_RDWR);
    pthread_join(receiver.thread, NULL);
    return close(receiver.fd);
}

/* Waits for as long as it takes: what waits needlessly outlives the test's time. */
static enum hook_err ask(struct hooks *hooks, const char *body, const char *answer,
                         unsigned *status)
{
    static const struct text header = {"X-Secret: abc", 13};
    char url[64];
    struct hook_outcome outcome;
    snprintf(url, sizeof url, "http://127.0.0.1:%u/hook", receiver.port);
    receiver.answer = answer;
    assert_int_equal(hooks_send(hooks, &(struct hook_request){.url = text_of(url),
                                                              .body = text_of(body),
                                                              .headers = &header,
                                                              .header_count = 1,
                                                              .timeout_ms = 60000,
                                                              .context = url}),
                     HOOK_OK);
    while (sem_trywait(&receiver.is_heard) != 0)
        hooks_wait(hooks, 1);
    sem_post(&receiver.may_answer);
    sem_wait(&receiver.is_answered); /* the answer is there before it is waited for */
    while (!hooks_ended(hooks, &outcome))
        hooks_wait(hooks, 60000);
    assert_ptr_equal(outcome.context, url);
    *status = outcome.status;
    return outcome.err;
}

static void what_is_sent_comes_as_it_is_and_its_end_is_told_at_once(void **state)
{
    char allowed[32];
    const char *const list[] = {allowed, NULL};
    unsigned status;
    (void)state;
    snprintf(allowed, sizeof allowed, "127.0.0.1:%u", receiver.port);
    struct hooks *hooks = hooks_open(list);
    for (int i = 0; i < 300; i++) {
        assert_int_equal(ask(hooks, "{}", "HTTP/1.0 204 No Content\r\n\r\n", &status), HOOK_OK);
        assert_int_equal(status, 204);
    }
    assert_int_equal(strncmp(receiver.heard, "POST /hook HTTP/1.1\r\n", 21), 0);
    assert_non_null(strstr(receiver.heard, "X-Secret: abc\r\n"));
    assert_non_null(strstr(receiver.heard, "Content-Type: application/fhir+json\r\n"));
    assert_non_null(strstr(receiver.heard, "\r\n\r\n{}"));
    assert_int_equal(ask(hooks, "", "HTTP/1.0 200 OK\r\n\r\n", &status), HOOK_OK);
    assert_null(strstr(receiver.heard, "Content-Type"));
    hooks_close(hooks);
}

static void h111_what_is_no_public_address_is_told_by_its_url(void **state)
{
    static const char *const list[] = {"10.0.0.7", NULL};
    static const struct {
        const char *url;
        enum hook_err err;
    } urls[] = {
        {"https://example.org/hook", HOOK_OK},
        {"https://93.184.216.34/", HOOK_OK},
        {"https://10.0.0.7/", HOOK_OK}, /* the site says so */
        {"http://10.0.0.7:8080/", HOOK_OK},
        {"https://[2606:2800:220:1:248:1893:25c8:1946]/", HOOK_OK},
        {"http://example.org/", HOOK_ERR_SITE},
        {"https://169.254.169.254/latest/meta-data", HOOK_ERR_SITE},
        {"https://10.0.0.8/", HOOK_ERR_SITE},
        {"https://127.0.0.1:8080/", HOOK_ERR_SITE},
        {"https://127.1/", HOOK_ERR_SITE},
        {"https://0x7f000001/", HOOK_ERR_SITE},
        {"https://2130706433/", HOOK_ERR_SITE},
        {"https://0177.0.0.1/", HOOK_ERR_SITE},
        {"https://[::1]/", HOOK_ERR_SITE},
        {"https://[::ffff:169.254.169.254]/", HOOK_ERR_SITE},
        {"https://[fe80::1%25lo]/", HOOK_ERR_SITE},
        {"https://localhost/", HOOK_ERR_SITE},
        {"https://LOCALHOST./", HOOK_ERR_SITE},
        {"https://ward.localhost/", HOOK_ERR_SITE},
        {"https://user@example.org/", HOOK_ERR_URL},
        {"ftp://example.org/", HOOK_ERR_URL},
    };
    (void)state;
    struct hooks *hooks = hooks_open(list);
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        if (hooks_check(hooks, text_of(urls[i].url)) != urls[i].err)
            fail_msg("%s", urls[i].url);
    hooks_close(hooks);
}

static void h111_an_answer_leads_nowhere(void **state)
{
    char allowed[32];
    const char *const list[] = {allowed, NULL};
    unsigned status;
    (void)state;
    snprintf(allowed, sizeof allowed, "127.0.0.1:%u", receiver.port);
    struct hooks *hooks = hooks_open(list);
    assert_int_equal(
        ask(hooks, "{}", "HTTP/1.0 307 There\r\nLocation: http://127.0.0.1:1/\r\n\r\n", &status),
        HOOK_ERR_STATUS);
    assert_int_equal(status, 307);
    hooks_close(hooks);
}

static void what_is_asked_for_is_kept_up_to_its_length(void **state)
{
    char allowed[32], url[64];
    const char *const list[] = {allowed, NULL};
    struct hook_outcome outcome;
    (void)state;
    snprintf(allowed, sizeof allowed, "127.0.0.1:%u", receiver.port);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/keys", receiver.port);
    struct hooks *hooks = hooks_open(NULL);
    for (size_t room = 4; room <= 5; room++) {
        receiver.answer = "HTTP/1.0 400 No\r\nContent-Length: 5\r\n\r\n12345";
        sem_post(&receiver.may_answer);
        assert_int_equal(hooks_send(hooks, &(struct hook_request){.is_get = true,
                                                                  .url = text_of(url),
                                                                  .timeout_ms = 60000,
                                                                  .answer_len_max = room,
                                                                  .allowed = list}),
                         HOOK_OK);
        while (!hooks_ended(hooks, &outcome))
            hooks_wait(hooks, 60000);
        sem_wait(&receiver.is_heard);
        sem_wait(&receiver.is_answered);
        assert_int_equal(outcome.err, room < 5 ? HOOK_ERR_LENGTH : HOOK_ERR_STATUS);
    }
    assert_true(text_is(outcome.answer, "12345"));
    assert_int_equal(strncmp(receiver.heard, "GET /keys HTTP/1.1\r\n", 20), 0);
    assert_int_equal(hooks_send(hooks, &(struct hook_request){.is_get = true, .url = text_of(url)}),
                     HOOK_ERR_SITE);
    hooks_close(hooks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_comes_as_it_is_and_its_end_is_told_at_once),
        cmocka_unit_test(h111_what_is_no_public_address_is_told_by_its_url),
        cmocka_unit_test(h111_an_answer_leads_nowhere),
        cmocka_unit_test(what_is_asked_for_is_kept_up_to_its_length),
    };
    return cmocka_run_group_tests(tests, open_receiver, close_receiver);
}
