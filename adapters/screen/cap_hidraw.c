/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen/cap_hidraw.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    DEVICES_MAX = 32,
    PATH_BYTES = 128,
    VENDOR_LOGITECH = 0x046d, /* 3Dconnexion's first models, ... */
    PRODUCT_FIRST = 0xc603,
    PRODUCT_LAST = 0xc640,
    VENDOR_3DCONNEXION = 0x256f /* ... and the later ones */
};

#define LOOK_NS UINT64_C(1000000000)

void cap_hidraw_init(struct cap_hidraw *cap)
{
    *cap = (struct cap_hidraw){.fd = -1, .root = ""};
}

void cap_hidraw_close(struct cap_hidraw *cap)
{
    if (cap->fd >= 0)
        close(cap->fd);
    cap->fd = -1;
}

static bool is_cap(const struct cap_hidraw *cap, int number)
{
    char path[PATH_BYTES], line[128];
    unsigned bus, vendor, product;
    bool is = false;
    snprintf(path, sizeof path, "%s/sys/class/hidraw/hidraw%d/device/uevent", cap->root, number);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "HID_ID=%x:%x:%x", &bus, &vendor, &product) == 3)
            is = vendor == VENDOR_3DCONNEXION ||
                 (vendor == VENDOR_LOGITECH && product >= PRODUCT_FIRST && product <= PRODUCT_LAST);
    if (file)
        fclose(file);
    return is;
}

static bool find(struct cap_hidraw *cap)
{
    char path[PATH_BYTES];
    for (int i = 0; i < DEVICES_MAX && cap->fd < 0; i++) {
        snprintf(path, sizeof path, "%s/dev/hidraw%d", cap->root, i);
        if (is_cap(cap, i))
            cap->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    }
    return cap->fd >= 0;
}

enum cap_hidraw_news cap_hidraw_next(struct cap_hidraw *cap, uint64_t now_ns,
                                     struct cap_report *report)
{
    uint8_t bytes[CAP_REPORT_BYTES_MAX];
    if (cap->fd < 0) {
        if (now_ns < cap->look_ns)
            return CAP_HIDRAW_NOTHING;
        cap->look_ns = now_ns + LOOK_NS;
        return find(cap) ? CAP_HIDRAW_CAME : CAP_HIDRAW_NOTHING;
    }
    ssize_t len = read(cap->fd, bytes, sizeof bytes);
    if (len > 0)
        return cap_report_read(report, bytes, (size_t)len) == MOTION_OK ? CAP_HIDRAW_MOVED
                                                                        : CAP_HIDRAW_REFUSED;
    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return CAP_HIDRAW_NOTHING;
    cap_hidraw_close(cap);
    return CAP_HIDRAW_WENT;
}
