/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/lines.h"

#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static struct sockaddr_in address_of(unsigned line, enum lines_side side, uint16_t port)
{
    enum { NETWORK = 10 << 24 | 77 << 16, FIRST_HOST = 1 };

    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl((uint32_t)NETWORK | line << 8 | (FIRST_HOST + (uint32_t)side))};
}

struct bench_line_ends lines_ends(unsigned index)
{
    return (struct bench_line_ends){.sender = address_of(index, LINES_SENDER, 0),
                                    .receiver = address_of(index, LINES_RECEIVER, BENCH_PORT)};
}

static void change(int control, unsigned long what, struct ifreq *request)
{
    if (ioctl(control, what, request))
        err(1, "setting up %s", request->ifr_name);
}

static void set_up(int control, struct ifreq *request)
{
    change(control, SIOCGIFFLAGS, request);
    request->ifr_flags = (short)(request->ifr_flags | IFF_UP);
    change(control, SIOCSIFFLAGS, request);
}

static void set_address(int control, unsigned long what, struct ifreq *request,
                        const struct sockaddr_in *address)
{
    memcpy(&request->ifr_addr, address, sizeof *address);
    change(control, what, request);
}

static int open_tun(int control, unsigned line, enum lines_side side)
{
    struct sockaddr_in address = address_of(line, side, 0);
    struct sockaddr_in mask = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0xffffff00)};
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

    if (tun < 0)
        err(1, "/dev/net/tun");
    snprintf(request.ifr_name, sizeof request.ifr_name, "line%u", line);
    if (ioctl(tun, TUNSETIFF, &request))
        err(1, "TUN device");
    set_address(control, SIOCSIFADDR, &request, &address);
    set_address(control, SIOCSIFNETMASK, &request, &mask);
    request.ifr_mtu = LINES_MTU;
    change(control, SIOCSIFMTU, &request);
    set_up(control, &request);
    return tun;
}

static void open_side(struct lines *lines, enum lines_side side)
{
    struct ifreq loopback = {.ifr_name = "lo"};
    int control;

    if (unshare(CLONE_NEWNET))
        err(1, "a network namespace (needs root)");
    lines->namespace_of[side] = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (lines->namespace_of[side] < 0 || control < 0)
        err(1, "namespace");
    set_up(control, &loopback);
    for (unsigned line = 0; line < lines->count; line++)
        lines->tun[line][side] = open_tun(control, line, side);
    close(control);
}

void lines_open(struct lines *lines, unsigned count)
{
    *lines = (struct lines){.count = count};
    open_side(lines, LINES_SENDER);
    open_side(lines, LINES_RECEIVER);
}

void lines_enter(const struct lines *lines, enum lines_side side)
{
    if (setns(lines->namespace_of[side], CLONE_NEWNET))
        err(1, "setns");
}
