/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each case has a pipe of one page for standard error, and puts the real one back. */
#include "unit/cmocka_base.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "log/log.h"
#include "log/stamp.h"

enum { PIPE_BYTES = 4096, READ_BYTES = 1 << 20 };

static int stderr_kept, reading;

static int pipe_for_stderr(void **state)
{
    int ends[2];
    (void)state;
    stderr_kept = dup(STDERR_FILENO);
    if (pipe2(ends, O_CLOEXEC) != 0 || fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES) < PIPE_BYTES ||
        dup2(ends[1], STDERR_FILENO) < 0)
        return -1;
    reading = ends[0];
    return close(ends[1]);
}

static int stderr_again(void **state)
{
    (void)state;
    dup2(stderr_kept, STDERR_FILENO);
    close(stderr_kept);
    return close(reading);
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* All that the pipe gives until nobody holds its other end; the log must have been stopped. */
static char *read_all(void)
{
    static char text[READ_BYTES];
    size_t len = 0;
    ssize_t got;
    dup2(stderr_kept, STDERR_FILENO);
    while ((got = read(reading, text + len, sizeof text - 1 - len)) > 0)
        len += (size_t)got;
    text[len] = '\0';
    return text;
}

/* The lines of `text` without their times, which must be there and not before `since_s`. */
static char *untimed(char *text, time_t since_s)
{
    char *to = text;
    for (const char *line = text; *line;) {
        struct tm utc = {0};
        const char *level = log_stamp_skip(line), *next = strchr(line, '\n') + 1;
        assert_ptr_not_equal(level, line);
        assert_non_null(strptime(line, "%Y-%m-%dT%H:%M:%S", &utc));
        assert_in_range(timegm(&utc), since_s, since_s + 60);
        memmove(to, level, (size_t)(next - level));
        to += next - level;
        line = next;
    }
    *to = '\0';
    return text;
}

static void a_time_is_utc_with_milliseconds(void **state)
{
    (void)state;
    char text[LOG_STAMP_BYTES + 1] = "";
    log_stamp_write(text, &(struct timespec){.tv_sec = 1795890961, .tv_nsec = 123999999});
    assert_string_equal(text, "2026-11-28T18:36:01.123Z ");
    assert_string_equal(log_stamp_skip("2026-11-28T18:36:01.123Z warn x"), "warn x");
    assert_string_equal(log_stamp_skip("2026-11-28T18:36:01.123Zwarn x"),
                        "2026-11-28T18:36:01.123Zwarn x");
    assert_string_equal(log_stamp_skip("2026"), "2026");
    assert_string_equal(log_stamp_skip("warn x"), "warn x");
}

/* Nobody reads while it happens: what is told is when it happened. */
static void the_time_is_that_of_the_event(void **state)
{
    (void)state;
    static char fill[PIPE_BYTES];
    char stamp[LOG_STAMP_BYTES + 1] = "";
    struct timespec now;
    assert_int_equal(write(STDERR_FILENO, fill, sizeof fill), sizeof fill);
    assert_true(log_start());
    log_event(LOG_WARN, "event", "n=%d", 1);
    usleep(2000); /* so that it is another millisecond */
    clock_gettime(CLOCK_REALTIME, &now);
    log_stamp_write(stamp, &now);
    usleep(20000);
    assert_int_equal(read(reading, fill, sizeof fill), sizeof fill);
    log_stop();
    char *text = read_all();
    assert_true(memcmp(text, stamp, LOG_STAMP_BYTES) < 0);
    assert_string_equal(untimed(text, now.tv_sec - 30), "warn event n=1\n");
}

static void lines_come_out_in_their_order(void **state)
{
    (void)state;
    time_t began_s = time(NULL);
    log_event(LOG_INFO, "before", "n=%d", 1);
    assert_true(log_start());
    log_event(LOG_WARN, "between", "n=%d", 2);
    log_event(LOG_DEBUG, "unseen", "n=%d", 3);
    log_event(LOG_ERROR, "bare", "%s", "");
    log_stop();
    log_stop();
    log_event(LOG_INFO, "after", "n=%d", 4);
    assert_string_equal(untimed(read_all(), began_s),
                        "info before n=1\nwarn between n=2\nerror bare\ninfo after n=4\n");
}

static unsigned locks;
int __real_pthread_mutex_lock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
    locks++;
    return __real_pthread_mutex_lock(mutex);
}

static void *log_two(void *unused)
{
    log_event(LOG_INFO, "other", "n=%d", 2);
    log_event(LOG_INFO, "other", "n=%d", 3);
    return unused;
}

/* And what two threads say comes out in the order in which it happened. */
static void h21_the_loop_takes_no_lock_where_others_log(void **state)
{
    (void)state;
    pthread_t thread;
    time_t began_s = time(NULL);
    assert_true(log_start());
    locks = 0;
    log_event(LOG_INFO, "loop", "n=%d", 1);
    assert_int_equal(locks, 0);
    assert_int_equal(pthread_create(&thread, NULL, log_two, NULL), 0);
    pthread_join(thread, NULL);
    assert_int_equal(locks, 2);
    log_event(LOG_INFO, "loop", "n=%d", 4);
    assert_int_equal(locks, 2);
    log_stop();
    assert_string_equal(untimed(read_all(), began_s),
                        "info loop n=1\ninfo other n=2\ninfo other n=3\ninfo loop n=4\n");
}

static void a_line_that_is_too_long_is_cut(void **state)
{
    (void)state;
    char *fields = calloc(1, 3000);
    memset(fields, 'x', 2999);
    assert_true(log_start());
    log_event(LOG_INFO, "long", "%s", fields);
    log_stop();
    free(fields);
    const char *text = read_all();
    assert_in_range(strlen(text), 900, 1024);
    assert_non_null(strstr(text, "xx\n"));
}

/* Nobody reads: in a process of its own, whose log never gets rid of its lines. */
static void h11_a_reader_that_never_reads_holds_up_neither_the_caller_nor_the_end(void **state)
{
    (void)state;
    double start_s = now_s();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (!log_start())
            _exit(2);
        for (int i = 0; i < 20000; i++)
            log_event(LOG_WARN, "session_refused", "n=%d", i);
        double logged_s = now_s();
        log_stop();
        double stopped_s = now_s();
        log_event(LOG_WARN, "after", "n=%d", 1); /* still waits for nobody */
        _exit(logged_s - start_s < 5 && stopped_s - logged_s < 2 ? 0 : 1);
    }
    int status = -1;
    for (int i = 0; i < 1000 && waitpid(child, &status, WNOHANG) == 0; i++)
        usleep(10000);
    if (status == -1) {
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
    }
    assert_int_equal(status, 0);
}

/* Of whole lines: those that are there, and those said to be lost. */
static unsigned long events_told(const char *text)
{
    unsigned long events = 0;
    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        unsigned long lost;
        events += sscanf(log_stamp_skip(line), "warn log_lost count=%lu", &lost) == 1 ? lost : 1;
    }
    return events;
}

static void h11_what_a_stalled_reader_lost_is_counted_and_told(void **state)
{
    enum { EVENTS = 2000 };
    (void)state;
    assert_true(log_start());
    for (int i = 0; i < EVENTS; i++)
        log_event(LOG_WARN, "event", "n=%d", i);
    /* The reader is back: what waited comes, and the count of what did not. */
    static char text[READ_BYTES];
    for (size_t len = 0; !len || text[len - 1] != '\n' || events_told(text) < EVENTS;) {
        ssize_t got = read(reading, text + len, sizeof text - 1 - len);
        assert_true(got > 0);
        len += (size_t)got;
        text[len] = '\0';
    }
    log_stop();
    assert_int_equal(events_told(text), EVENTS);
    assert_non_null(strstr(text, "warn log_lost count="));
}

static void a_quota_lets_one_line_a_second_through_and_counts_the_others(void **state)
{
    const uint64_t s = 1000000000;
    struct log_quota quota = {0};
    (void)state;
    assert_true(log_quota_take(&quota, 5 * s));
    assert_int_equal(log_quota_told(&quota, 7 * s), 0);
    assert_true(log_quota_take(&quota, 8 * s));
    assert_false(log_quota_take(&quota, 8 * s + 1));
    assert_false(log_quota_take(&quota, 9 * s - 1));
    assert_int_equal(log_quota_told(&quota, 9 * s - 1), 0);
    assert_int_equal(log_quota_told(&quota, 9 * s), 2);
    assert_int_equal(log_quota_told(&quota, 9 * s), 0);
    assert_true(log_quota_take(&quota, 9 * s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ON_A_PIPE(name) cmocka_unit_test_setup_teardown(name, pipe_for_stderr, stderr_again)
        cmocka_unit_test(a_time_is_utc_with_milliseconds),
        ON_A_PIPE(the_time_is_that_of_the_event),
        ON_A_PIPE(lines_come_out_in_their_order),
        ON_A_PIPE(h21_the_loop_takes_no_lock_where_others_log),
        ON_A_PIPE(a_line_that_is_too_long_is_cut),
        ON_A_PIPE(h11_a_reader_that_never_reads_holds_up_neither_the_caller_nor_the_end),
        ON_A_PIPE(h11_what_a_stalled_reader_lost_is_counted_and_told),
        cmocka_unit_test(a_quota_lets_one_line_a_second_through_and_counts_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
