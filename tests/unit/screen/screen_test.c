/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "screen/screen.h"

enum { SECOND = 1000000000 };

static struct operate_page page;
static char seen[65536];

/* What the far end of the pipe or terminal holds; waits for the writers to end. */
static void read_all(int from)
{
    size_t len = 0;
    ssize_t got;
    while ((got = read(from, seen + len, sizeof seen - 1 - len)) > 0)
        len += (size_t)got;
    seen[len] = '\0';
}

static unsigned count(const char *part)
{
    unsigned found = 0;
    for (const char *at = seen; (at = strstr(at, part)); at++)
        found++;
    return found;
}

static void a_pipe_gets_events_once_and_a_line_a_second(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    page_init(&page, "clean", 60);
    struct screen *screen = screen_open(ends[1], WORDS_ENGLISH);
    for (uint64_t now_ns = 1; now_ns < 3 * (uint64_t)SECOND; now_ns += SECOND / 10) {
        page.now_s = (double)now_ns / SECOND;
        if (now_ns == 1)
            page_tell(&page, PAGE_WELL, "the two ends have met");
        screen_show(screen, &page, now_ns);
    }
    screen_close(screen);
    close(ends[1]);
    read_all(ends[0]);
    close(ends[0]);
    assert_int_equal(count("* the two ends have met\n"), 1);
    assert_int_equal(count("the arm holds still: not taken yet\n"), 3);
    assert_int_equal(count("\033"), 0);
}

/* Runs `inside` in a process whose standard output is a terminal; leaves what came in `seen`. */
static int run_on_terminal(void (*inside)(void))
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    pid_t child = fork();
    if (child == 0) {
        setenv("TERM", "xterm", 1);
        dup2(terminal, STDOUT_FILENO);
        close(master);
        close(terminal);
        inside();
        exit(0);
    }
    close(terminal);
    read_all(master);
    close(master);
    int status;
    waitpid(child, &status, 0);
    return status;
}

static void show_and_close(void)
{
    struct screen *screen = screen_open(STDOUT_FILENO, WORDS_FRENCH);
    page_init(&page, "clean", 60);
    screen_show(screen, &page, 1);
    screen_close(screen);
}

static void show_and_die(void)
{
    for (int number = 1; number < NSIG; number++) /* cmocka catches some */
        signal(number, SIG_DFL);
    struct screen *screen = screen_open(STDOUT_FILENO, WORDS_FRENCH);
    page_init(&page, "clean", 60);
    screen_show(screen, &page, 1);
    raise(SIGTERM);
}

/* Clearing behind a row of 80 columns would take its last one. */
static void a_row_is_cleared_before_it_is_written_not_after(void **state)
{
    (void)state;
    run_on_terminal(show_and_close);
    assert_true(count("\033[K\033[1mLignes") > 0);
    assert_int_equal(count("débit\033[K"), 0);
}

static void a_terminal_is_given_back_with_the_last_page_on_it(void **state)
{
    (void)state;
    run_on_terminal(show_and_close);
    const char *back = strstr(seen, "\033[?25h\033[?1049l");
    assert_non_null(back);
    assert_int_equal(count("\033[?1049h"), 1);
    assert_non_null(strstr(back, "Lignes"));
}

static void a_terminal_is_given_back_by_a_program_that_is_killed(void **state)
{
    (void)state;
    int status = run_on_terminal(show_and_die);
    assert_int_equal(count("\033[?25h\033[?1049l"), 1);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTERM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pipe_gets_events_once_and_a_line_a_second),
        cmocka_unit_test(a_row_is_cleared_before_it_is_written_not_after),
        cmocka_unit_test(a_terminal_is_given_back_with_the_last_page_on_it),
        cmocka_unit_test(a_terminal_is_given_back_by_a_program_that_is_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
