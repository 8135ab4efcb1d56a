/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A SpaceMouse read from Linux's hidraw, where SDL takes it for no joystick: most of them say that their axes
 * are relative. Needs leave to read /dev/hidraw*: a udev rule, as spacenavd's package brings one.
 * One thread; never waits. */
#ifndef SCREEN_CAP_HIDRAW_H
#define SCREEN_CAP_HIDRAW_H

#include <stdbool.h>
#include <stdint.h>

#include "motion/cap_report.h"

struct cap_hidraw {
    int fd;           /* -1: none */
    uint64_t look_ns; /* for one, then */
    const char *root; /* of the file system where it looks: "", or a test's folder; lent */
};

enum cap_hidraw_news {
    CAP_HIDRAW_NOTHING,
    CAP_HIDRAW_CAME,
    CAP_HIDRAW_WENT,
    CAP_HIDRAW_MOVED,
    CAP_HIDRAW_REFUSED
};

void cap_hidraw_init(struct cap_hidraw *cap);
void cap_hidraw_close(struct cap_hidraw *cap);

/* What is new; call until CAP_HIDRAW_NOTHING. `*report` is set with CAP_HIDRAW_MOVED. Looks for a device once a
 * second while there is none. */
enum cap_hidraw_news cap_hidraw_next(struct cap_hidraw *cap, uint64_t now_ns,
                                     struct cap_report *report);

#endif
