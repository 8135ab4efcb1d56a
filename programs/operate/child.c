/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CANNOT_RUN = 127, PIPES = 3, ABOVE_ALL = 10 /* no descriptor that a child is given */ };

enum { READ_END, WRITE_END };

void child_init(struct child *child, const char *name)
{
    *child = (struct child){.name = name, .orders = -1, .said.fd = -1, .log.fd = -1};
}

/* In the child: puts `from` at `to`; descriptors were moved out of each other's way. */
static void place(int from, int to)
{
    if (dup2(from, to) < 0)
        _exit(CANNOT_RUN);
}

/* In the child. `ends` are its ends of the pipes: orders, said, log. */
static _Noreturn void become(char *const argv[], const int ends[static PIPES], int said_fd,
                             pid_t parent)
{
    char path[PATH_MAX];
    int high[PIPES];
    sigset_t none;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(CANNOT_RUN); /* the parent died before that */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);

    for (int i = 0; i < PIPES; i++)
        high[i] = fcntl(ends[i], F_DUPFD_CLOEXEC, ABOVE_ALL);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    place(high[0], STDIN_FILENO);
    place(nowhere, STDOUT_FILENO);
    place(high[1], said_fd);
    place(high[2], STDERR_FILENO);

    /* By its path, so that lists of processes name it; else whatever we are. */
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    if (len > 0) {
        path[len] = '\0';
        execv(path, argv);
    }
    execv("/proc/self/exe", argv);
    _exit(CANNOT_RUN);
}

static void close_pipes(int pipes[static PIPES][2])
{
    for (int i = 0; i < PIPES; i++)
        for (int end = READ_END; end <= WRITE_END; end++)
            if (pipes[i][end] >= 0)
                close(pipes[i][end]);
}

/* Our end never makes us wait, nor does what we leave unread make the child: it loses lines. */
static bool make_pipes(int pipes[static PIPES][2])
{
    return pipe2(pipes[0], O_CLOEXEC) == 0 &&
           fcntl(pipes[0][WRITE_END], F_SETFL, O_NONBLOCK) == 0 &&
           pipe2(pipes[1], O_CLOEXEC | O_NONBLOCK) == 0 &&
           pipe2(pipes[2], O_CLOEXEC | O_NONBLOCK) == 0;
}

bool child_start(struct child *child, char *const argv[], int said_fd)
{
    int pipes[PIPES][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
    pid_t us = getpid();

    if (!make_pipes(pipes)) {
        close_pipes(pipes);
        return false;
    }
    pid_t pid = fork();
    if (pid == 0) {
        const int ends[PIPES] = {pipes[0][READ_END], pipes[1][WRITE_END], pipes[2][WRITE_END]};
        become(argv, ends, said_fd, us);
    }
    if (pid < 0) {
        close_pipes(pipes);
        return false;
    }
    close(pipes[0][READ_END]);
    close(pipes[1][WRITE_END]);
    close(pipes[2][WRITE_END]);
    child->pid = pid;
    child->orders = pipes[0][WRITE_END];
    child->said.fd = pipes[1][READ_END];
    child->log.fd = pipes[2][READ_END];
    return true;
}

void child_order(struct child *child, const char *order)
{
    char line[128];
    int len = snprintf(line, sizeof line, "%s\n", order);

    if (child->orders < 0 || len < 0 || (size_t)len >= sizeof line)
        return;
    ssize_t written = write(child->orders, line, (size_t)len); /* whole or not: under PIPE_BUF */
    (void)written; /* a child that is gone is noticed by its end */
}

/* Hands over the whole lines gathered, and keeps what follows the last. */
static void cut_lines(struct child *child, struct child_lines *lines, child_line *line,
                      void *context)
{
    char *at = lines->text, *newline;

    while ((newline = memchr(at, '\n', lines->len - (size_t)(at - lines->text))) != NULL) {
        *newline = '\0';
        if (!lines->is_too_long)
            line(context, child, at);
        lines->is_too_long = false;
        at = newline + 1;
    }
    lines->len -= (size_t)(at - lines->text);
    memmove(lines->text, at, lines->len);
    if (lines->len == sizeof lines->text) {
        lines->is_too_long = true;
        lines->len = 0;
    }
}

void child_read(struct child *child, struct child_lines *lines, child_line *line, void *context)
{
    while (lines->fd >= 0) {
        ssize_t got = read(lines->fd, lines->text + lines->len, sizeof lines->text - lines->len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0) {
            close(lines->fd);
            lines->fd = -1;
            return;
        }
        lines->len += (size_t)got;
        cut_lines(child, lines, line, context);
    }
}

static void note_end(struct child *child, int status)
{
    child->pid = 0;
    child->killed_by = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    child->exit_status = WIFSIGNALED(status) ? 0 : WEXITSTATUS(status);
}

bool child_has_ended(struct child *child)
{
    int status;

    if (child->pid > 0 && waitpid(child->pid, &status, WNOHANG) == child->pid)
        note_end(child, status);
    return child->pid == 0;
}

void child_signal(struct child *child, int signal_number)
{
    if (child->pid > 0)
        kill(child->pid, signal_number);
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void child_close(struct child *child)
{
    int status;

    if (!child_has_ended(child)) {
        child_signal(child, SIGKILL);
        while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
            continue;
        note_end(child, status);
    }
    close_end(&child->orders);
    close_end(&child->said.fd);
    close_end(&child->log.fd);
}
