/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another `jisr` as a process of ours: started, heard line by line, given orders, and ended.
 *
 * A child leads its own process group, so that an interrupt typed at the terminal reaches us alone and
 * we end the children in order; the system ends it when we die before that. Main thread. */
#ifndef OPERATE_CHILD_H
#define OPERATE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"

enum { CHILD_LINE_BYTES = 4096, CHILD_STATUS_FD = 3 };

struct child_lines { /* what comes out of a pipe; longer lines are dropped */
    int fd;          /* -1: ended */
    bool is_too_long;
    size_t len;
    char text[CHILD_LINE_BYTES];
};

struct child {
    const char *name;        /* "cart" */
    pid_t pid;               /* 0: none, or ended */
    int exit_status;         /* once ended by itself */
    int killed_by;           /* once ended: the signal it died of; 0: it ended by itself */
    int orders;              /* its standard input */
    struct child_lines said; /* its standard output, or what it writes to CHILD_STATUS_FD */
    struct child_lines log;  /* its standard error */
};

typedef void child_line(void *context, struct child *child, const char *line);

/* A child not started. */
void child_init(struct child *child, const char *name);

/* Runs this very program with `argv`, ended by NULL. `said_fd` is the descriptor that `said` reads:
 * 1, or CHILD_STATUS_FD, and standard output then goes nowhere. False, with errno: it could not. */
MUST_USE bool child_start(struct child *child, char *const argv[], int said_fd);

/* Writes a line to its standard input; one that is full or closed loses it. */
void child_order(struct child *child, const char *order);

/* Reads what has come and calls `line` for each whole line, without its newline. */
void child_read(struct child *child, struct child_lines *lines, child_line *line, void *context);

/* Whether it has ended; then it is known how. */
bool child_has_ended(struct child *child);

/* Sends a signal if it still runs. */
void child_signal(struct child *child, int signal_number);

/* Kills it if it still runs, waits for that, and closes the pipes. Harmless when not started. */
void child_close(struct child *child);

#endif
