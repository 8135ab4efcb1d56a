/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stops.h"

#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>

int stops_open(void)
{
    sigset_t stops;
    struct sigaction hang_up;

    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    if (sigaction(SIGHUP, NULL, &hang_up) == 0 && hang_up.sa_handler != SIG_IGN)
        sigaddset(&stops, SIGHUP);
    sigprocmask(SIG_BLOCK, &stops, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &stops, SFD_CLOEXEC | SFD_NONBLOCK);
}
