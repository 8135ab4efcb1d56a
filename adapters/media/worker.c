/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/worker.h"

#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

/* Nine times the weight of a thread at 0, or a third of it (Linux, sched(7)). */
enum { WORKER_NICE_GRANTED = -10, WORKER_NICE = 5 };

bool worker_start(pthread_t *thread, const char *name, void *(*run)(void *), void *argument)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* inherited: the loop handles the signals */
    int failed = pthread_create(thread, NULL, run, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        return false;
    pthread_setname_np(*thread, name);
    return true;
}

void worker_yield_to_loop(void)
{
    /* Who may be ahead of ordinary threads has a real-time loop too, which this one cannot delay
     * (clock/realtime.h); who may not steps behind the loop. Linux: of this thread alone. */
    if (setpriority(PRIO_PROCESS, (id_t)gettid(), WORKER_NICE_GRANTED) < 0)
        setpriority(PRIO_PROCESS, (id_t)gettid(), WORKER_NICE);
}

int wake_open(void)
{
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

void wake_signal(int fd)
{
    uint64_t one = 1;
    ssize_t written = write(fd, &one, sizeof one);
    (void)written; /* fails only when it is full of wakes already */
}

void wake_clear(int fd)
{
    uint64_t count;
    ssize_t got = read(fd, &count, sizeof count);
    (void)got; /* fails only when there was none */
}

void wake_wait(int fd)
{
    struct pollfd woken = {.fd = fd, .events = POLLIN};
    while (poll(&woken, 1, -1) != 1)
        ;
    wake_clear(fd);
}
