/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "igtl/server.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/latest.h"
#include "clock/clock.h"
#include "igtl/client.h"
#include "igtl/rgb.h"
#include "media/worker.h"
#include "net/address.h"

enum {
    IMAGE_BYTES_MAX = IGTL_IMAGE_PIXELS_AT + 3 * PICTURE_WIDTH_MAX * PICTURE_HEIGHT_MAX,
    BACKLOG = 4
};

struct igtl_server {
    struct latest told, pictures;
    struct igtl_told told_slots[LATEST_SLOTS];
    struct igtl_picture *picture_slots;
    uint64_t pictured_ns; /* the codec's: the last one taken was captured */
    struct igtl_client clients[IGTL_CLIENTS_MAX];
    int listen_fd, wake_fd;
    pthread_t thread;
    bool started;
    _Atomic bool stop;
    _Atomic unsigned client_count;
    _Atomic uint64_t poses, sent_pictures, skipped;
};

static void accept_client(struct igtl_server *self, uint64_t now_ns)
{
    int fd = accept4(self->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    for (size_t i = 0; i < IGTL_CLIENTS_MAX; i++) {
        if (self->clients[i].is_there)
            continue;
        igtl_client_open(&self->clients[i], fd, now_ns);
        return;
    }
    close(fd); /* as many as there may be */
}

static void count(struct igtl_server *self)
{
    struct igtl_client_counts sum = {0};
    unsigned there = 0;
    for (size_t i = 0; i < IGTL_CLIENTS_MAX; i++) {
        const struct igtl_client_counts *counts = &self->clients[i].counts;
        there += self->clients[i].is_there;
        sum.poses += counts->poses;
        sum.pictures += counts->pictures;
        sum.skipped += counts->skipped;
    }
    atomic_store(&self->client_count, there);
    atomic_store(&self->poses, sum.poses);
    atomic_store(&self->sent_pictures, sum.pictures);
    atomic_store(&self->skipped, sum.skipped);
}

/* Sleeps until a client comes, reads on or leaves, or until `due_ns`. */
static void wait_for_clients(struct igtl_server *self, uint64_t due_ns)
{
    struct pollfd polled[2 + IGTL_CLIENTS_MAX] = {{.fd = self->wake_fd, .events = POLLIN},
                                                  {.fd = self->listen_fd, .events = POLLIN}};
    uint64_t now_ns = clock_monotonic_ns(), left_ns = due_ns > now_ns ? due_ns - now_ns : 0;
    const struct timespec left = {.tv_nsec = (long)(left_ns % 1000000000)}; /* a tick at most */
    for (size_t i = 0; i < IGTL_CLIENTS_MAX; i++)
        polled[2 + i] = igtl_client_polled(&self->clients[i]);
    if (ppoll(polled, sizeof polled / sizeof *polled, &left, NULL) <= 0)
        return;
    now_ns = clock_monotonic_ns();
    if (polled[1].revents)
        accept_client(self, now_ns);
    for (size_t i = 0; i < IGTL_CLIENTS_MAX; i++)
        if (polled[2 + i].revents)
            igtl_client_flow(&self->clients[i], now_ns);
}

/* How far the wall's clock is ahead of the monotonic one: it may jump, and from then on so do the stamps. */
static uint64_t wall_ahead_ns(uint64_t now_ns)
{
    return clock_wall_ns() - now_ns;
}

static void *run(void *argument)
{
    struct igtl_server *self = argument;
    uint64_t due_ns = clock_monotonic_ns();
    worker_yield_to_loop();
    while (!atomic_load(&self->stop)) {
        wait_for_clients(self, due_ns);
        uint64_t now_ns = clock_monotonic_ns();
        if (now_ns < due_ns)
            continue;
        due_ns = now_ns - due_ns < IGTL_POSES_NS ? due_ns + IGTL_POSES_NS : now_ns + IGTL_POSES_NS;
        const struct igtl_told *told = latest_value(&self->told, NULL);
        const struct igtl_picture *picture = latest_value(&self->pictures, NULL);
        for (size_t i = 0; i < IGTL_CLIENTS_MAX; i++)
            igtl_client_tell(&self->clients[i], told, picture, wall_ahead_ns(now_ns), now_ns);
        count(self);
    }
    return NULL;
}

static const char *listen_on(struct igtl_server *self, const char *text)
{
    struct net_address address;
    const int yes = 1;
    if (!net_address_read_numbers(&address, text, strlen(text)))
        return "write ADDR:PORT in numbers, such as 127.0.0.1:18944";
    self->listen_fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (self->listen_fd < 0 ||
        setsockopt(self->listen_fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(self->listen_fd, &address.any, address.len) != 0 ||
        listen(self->listen_fd, BACKLOG) != 0)
        return strerror(errno);
    return NULL;
}

static const char *start(struct igtl_server *self, const char *address)
{
    const size_t slot_bytes = (sizeof(struct igtl_picture) + IMAGE_BYTES_MAX + 63) & ~(size_t)63;
    self->wake_fd = wake_open();
    self->picture_slots =
        calloc(LATEST_SLOTS, slot_bytes); /* touched as far as pictures are large */
    if (self->wake_fd < 0 || !self->picture_slots)
        return "not enough memory";
    latest_init(&self->told, self->told_slots, sizeof *self->told_slots);
    latest_init(&self->pictures, self->picture_slots, slot_bytes);
    const char *wrong = listen_on(self, address);
    if (wrong)
        return wrong;
    self->started = worker_start(&self->thread, "igtl", run, self);
    return self->started ? NULL : "no thread";
}

struct igtl_server *igtl_server_start(const char *address, char why[static IGTL_WHY_BYTES])
{
    struct igtl_server *self = calloc(1, sizeof *self);
    if (!self) {
        snprintf(why, IGTL_WHY_BYTES, "not enough memory");
        return NULL;
    }
    self->listen_fd = self->wake_fd = -1;
    const char *wrong = start(self, address);
    if (!wrong)
        return self;
    snprintf(why, IGTL_WHY_BYTES, "%s", wrong);
    igtl_server_stop(self);
    return NULL;
}

void igtl_server_stop(struct igtl_server *self)
{
    if (!self)
        return;
    atomic_store(&self->stop, true);
    if (self->started) {
        wake_signal(self->wake_fd);
        pthread_join(self->thread, NULL);
    }
    for (size_t i = 0; i < IGTL_CLIENTS_MAX; i++)
        igtl_client_close(&self->clients[i]);
    if (self->listen_fd >= 0)
        close(self->listen_fd);
    if (self->wake_fd >= 0)
        close(self->wake_fd);
    free(self->picture_slots);
    free(self);
}

void igtl_server_tell(struct igtl_server *self, const struct igtl_told *told)
{
    *(struct igtl_told *)latest_slot(&self->told) = *told;
    latest_publish(&self->told);
}

void igtl_server_picture(struct igtl_server *self, const struct picture *picture,
                         uint64_t captured_ns)
{
    /* A camera's own jitter must not halve the rate: half an interval at 60 a second. */
    const uint64_t slack_ns = UINT64_C(8000000);
    if (atomic_load(&self->client_count) == 0 ||
        (self->pictured_ns && captured_ns < self->pictured_ns + IGTL_PICTURES_NS - slack_ns))
        return;
    struct igtl_picture *slot = latest_slot(&self->pictures);
    slot->captured_ns = self->pictured_ns = captured_ns;
    slot->width = (uint16_t)picture->width;
    slot->height = (uint16_t)picture->height;
    rgb_of(picture, slot->message + IGTL_IMAGE_PIXELS_AT);
    latest_publish(&self->pictures);
}

struct igtl_figures igtl_server_figures(const struct igtl_server *self)
{
    return (struct igtl_figures){.clients = atomic_load(&self->client_count),
                                 .poses = atomic_load(&self->poses),
                                 .pictures = atomic_load(&self->sent_pictures),
                                 .skipped = atomic_load(&self->skipped)};
}
