/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/carrier.h"

#include <assert.h>
#include <errno.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "clock/clock.h"
#include "net/address.h"

enum {
    BATCH = 32,
    KERNEL_BUFFER_BYTES = 1 << 20, /* a picture and a burst of gestures behind a late wake-up */
    DSCP_EF = 46 << 2,             /* expedited forwarding, RFC 3246, in the TOS byte */
    NOBODY = -1                    /* a place without a descriptor: poll(2) passes over it */
};

/* In a path: IPv4 is address 4, port 2; IPv6 is address 16, port 2, scope 4. Within the first half of an
 * IPv6 address a machine may call itself as it likes (RFC 8981). */
enum { PATH_IPV4_BYTES = 6, PATH_IPV6_BYTES = 22, ADDRESS_BYTES_MAX = sizeof(struct sockaddr_in6) };
enum { HOST_IPV4_BYTES = 4, HOST_IPV6_BYTES = 8 };

#define LONG_NS (3600 * NS_PER_S)
#define NS_PER_S UINT64_C(1000000000)

struct stamp { /* of one datagram, as the kernel hands it over (cmsg(3)) */
    alignas(size_t) uint8_t bytes[CMSG_SPACE(sizeof(struct timespec))];
};

struct carrier_batch {
    struct stamp stamps[BATCH]; /* of those that come */
    struct mmsghdr headers[BATCH];
    struct iovec vectors[BATCH];
    struct net_address addresses[BATCH];
    uint8_t bytes[BATCH][2048]; /* room to see that a datagram is too long */
};

struct carrier_buffers {
    struct carrier_batch in, out;
    uint8_t sockets[BATCH]; /* that each of `out` goes to */
};

static void bind_batch(struct carrier_batch *batch)
{
    for (size_t i = 0; i < BATCH; i++) {
        batch->vectors[i] = (struct iovec){batch->bytes[i], sizeof batch->bytes[i]};
        batch->headers[i].msg_hdr = (struct msghdr){
            .msg_name = &batch->addresses[i].any,
            .msg_namelen = ADDRESS_BYTES_MAX,
            .msg_iov = &batch->vectors[i],
            .msg_iovlen = 1,
        };
    }
}

bool carrier_create(struct carrier *carrier, struct link *link)
{
    *carrier = (struct carrier){.link = link, .buffers = calloc(1, sizeof *carrier->buffers)};
    if (!carrier->buffers)
        return false;
    for (size_t i = 0; i < sizeof carrier->polled / sizeof *carrier->polled; i++)
        carrier->polled[i].fd = NOBODY;
    bind_batch(&carrier->buffers->in);
    bind_batch(&carrier->buffers->out);
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); /* the default lets sleeps run 50 us over */
    return true;
}

void carrier_destroy(struct carrier *carrier)
{
    for (unsigned i = 0; i < CARRIER_SOCKETS_MAX; i++)
        carrier_close(carrier, i);
    free(carrier->buffers);
    carrier->buffers = NULL;
}

/* The path that stands for `address` behind socket `socket`, and back. */
static void to_path(const struct net_address *address, unsigned socket, struct link_path *path)
{
    memset(path, 0, sizeof *path);
    path->socket = (uint8_t)socket;
    if (address->any.sa_family == AF_INET6) {
        memcpy(path->address, &address->v6.sin6_addr, 16);
        memcpy(path->address + 16, &address->v6.sin6_port, 2);
        memcpy(path->address + 18, &address->v6.sin6_scope_id, 4);
        path->address_bytes = PATH_IPV6_BYTES;
        path->host_bytes = HOST_IPV6_BYTES;
    } else {
        memcpy(path->address, &address->v4.sin_addr, 4);
        memcpy(path->address + 4, &address->v4.sin_port, 2);
        path->address_bytes = PATH_IPV4_BYTES;
        path->host_bytes = HOST_IPV4_BYTES;
    }
}

static void from_path(const struct link_path *path, struct net_address *address)
{
    memset(address, 0, sizeof *address);
    if (path->address_bytes == PATH_IPV6_BYTES) {
        address->v6.sin6_family = AF_INET6;
        memcpy(&address->v6.sin6_addr, path->address, 16);
        memcpy(&address->v6.sin6_port, path->address + 16, 2);
        memcpy(&address->v6.sin6_scope_id, path->address + 18, 4);
        address->len = sizeof address->v6;
    } else {
        address->v4.sin_family = AF_INET;
        memcpy(&address->v4.sin_addr, path->address, 4);
        memcpy(&address->v4.sin_port, path->address + 4, 2);
        address->len = sizeof address->v4;
    }
}

/* What bind(2) said, in words. */
static void say_unbound(const char *text, int why, char *reason)
{
    if (why == EADDRNOTAVAIL)
        snprintf(reason, CARRIER_REASON_BYTES,
                 "cannot use %.100s: this machine has no such address", text);
    else
        snprintf(reason, CARRIER_REASON_BYTES, "cannot use %.100s: %s", text, strerror(why));
}

/* Best effort, all of it: a small buffer or a plain mark costs quality, not the operation. The link finds out
 * itself how long a datagram may be, for which none is cut in pieces on its way (RFC 8899 3). */
static void mark_socket(int fd, int family)
{
    const int size = KERNEL_BUFFER_BYTES, tos = DSCP_EF, on = 1;
    const int probe = IP_PMTUDISC_PROBE, probe_v6 = IPV6_PMTUDISC_PROBE;

    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    if (family == AF_INET6) {
        setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &tos, sizeof tos);
        setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &probe_v6, sizeof probe_v6);
    } else {
        setsockopt(fd, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
        setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &probe, sizeof probe);
    }
}

/* A socket bound to `address`; its number, or -1 with `reason` filled. */
static int open_socket(struct carrier *carrier, const struct net_address *address, const char *text,
                       char *reason)
{
    int number = 0;

    while (number < CARRIER_SOCKETS_MAX && carrier->polled[number].fd != NOBODY)
        number++;
    if (number == CARRIER_SOCKETS_MAX) {
        snprintf(reason, CARRIER_REASON_BYTES, "more than %d lines", CARRIER_SOCKETS_MAX);
        return -1;
    }
    int fd = socket(address->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, &address->any, address->len) < 0) {
        say_unbound(text, errno, reason);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    mark_socket(fd, address->any.sa_family);
    carrier->polled[number] = (struct pollfd){.fd = fd, .events = POLLIN};
    return number;
}

void carrier_close(struct carrier *carrier, unsigned socket)
{
    if (carrier->polled[socket].fd != NOBODY)
        close(carrier->polled[socket].fd);
    carrier->polled[socket] = (struct pollfd){.fd = NOBODY};
}

static void say_no_address(const char *text, size_t len, const char *more, char *reason)
{
    snprintf(reason, CARRIER_REASON_BYTES,
             "'%.*s' is not an address and port: write 192.0.2.1:4433 or [2001:db8::1]:4433%s",
             len < 80 ? (int)len : 80, text, more);
}

bool carrier_listen(struct carrier *carrier, const char *text, unsigned *socket,
                    char reason[static CARRIER_REASON_BYTES])
{
    struct net_address address;
    if (!net_address_read(&address, text, strlen(text))) {
        say_no_address(text, strlen(text), "", reason);
        return false;
    }
    int number = open_socket(carrier, &address, text, reason);
    if (number < 0)
        return false;
    *socket = (unsigned)number;
    return true;
}

/* What stands behind the address of a line: nothing, or `,from=ADDRESS`. */
static bool read_source(const char *text, const struct net_address *address,
                        struct net_address *source, char *reason)
{
    static const char key[] = ",from=";
    const char *from = text + sizeof key - 1;

    *source = (struct net_address){.len = address->len};
    source->any.sa_family = address->any.sa_family;
    if (!*text)
        return true;
    if (strncmp(text, key, sizeof key - 1) != 0)
        snprintf(reason, CARRIER_REASON_BYTES,
                 "'%.80s': behind the address stands nothing, or ,from=ADDRESS", text);
    else if (!net_address_read_host(source, from))
        snprintf(reason, CARRIER_REASON_BYTES,
                 "from='%.80s' is not an address: write one of this machine's, without a port",
                 from);
    else if (source->any.sa_family != address->any.sa_family)
        snprintf(reason, CARRIER_REASON_BYTES,
                 "from='%.80s': it and the line's address must both be IPv4, or both IPv6", from);
    else
        return true;
    return false;
}

/* Towards the address at the head of `text`, as `read` understands it; `unread` is said beside when it does not. */
static bool open_line(struct carrier *carrier, const char *text,
                      bool (*read)(struct net_address *, const char *, size_t), const char *unread,
                      struct link_path *path, char *reason)
{
    struct net_address address, source;
    size_t len = strcspn(text, ",");
    const char *rest = text + len;

    if (!read(&address, text, len)) {
        say_no_address(text, len, unread, reason);
        return false;
    }
    if (!read_source(rest, &address, &source, reason))
        return false;
    int number = open_socket(carrier, &source, *rest ? rest + 1 : text, reason);
    if (number < 0)
        return false;
    to_path(&address, (unsigned)number, path);
    return true;
}

bool carrier_line(struct carrier *carrier, const char *text, struct link_path *path,
                  char reason[static CARRIER_REASON_BYTES])
{
    return open_line(carrier, text, net_address_read, "", path, reason);
}

bool carrier_line_at_once(struct carrier *carrier, const char *text, struct link_path *path,
                          char reason[static CARRIER_REASON_BYTES])
{
    return open_line(carrier, text, net_address_read_numbers,
                     "; a name would have to be looked up, and the hands would wait", path, reason);
}

void carrier_address(const struct carrier *carrier, unsigned socket,
                     char out[static NET_ADDRESS_TEXT])
{
    struct net_address address = {.len = ADDRESS_BYTES_MAX};
    if (getsockname(carrier->polled[socket].fd, &address.any, &address.len) == 0)
        net_address_write(&address, out);
    else
        snprintf(out, NET_ADDRESS_TEXT, "?");
}

void carrier_path_text(const struct link_path *path, char out[static NET_ADDRESS_TEXT])
{
    struct net_address address;
    from_path(path, &address);
    net_address_write(&address, out);
}

void carrier_watch(struct carrier *carrier, int fd)
{
    assert(carrier->watched < CARRIER_WATCHED_MAX);
    carrier->polled[CARRIER_SOCKETS_MAX + carrier->watched++] =
        (struct pollfd){.fd = fd, .events = POLLIN};
}

void carrier_rewatch(struct carrier *carrier, size_t index, int fd)
{
    carrier->polled[CARRIER_SOCKETS_MAX + index].fd = fd;
}

bool carrier_watched(const struct carrier *carrier, size_t index)
{
    return carrier->polled[CARRIER_SOCKETS_MAX + index].revents & (POLLIN | POLLHUP | POLLERR);
}

static void drain_events(struct carrier *carrier,
                         void (*on_event)(void *, const struct link_event *), void *context)
{
    struct link_event event;
    while (link_event(carrier->link, &event))
        on_event(context, &event);
}

/* When a datagram came, on the monotonic clock. Its stamp is on the wall's, which somebody may have set
 * meanwhile: what cannot be counts as just come. */
static uint64_t arrival_ns(struct msghdr *header, uint64_t now_ns, uint64_t wall_ns)
{
    struct cmsghdr *stamp = CMSG_FIRSTHDR(header);
    struct timespec at;

    if (!stamp || stamp->cmsg_level != SOL_SOCKET || stamp->cmsg_type != SCM_TIMESTAMPNS)
        return now_ns;
    memcpy(&at, CMSG_DATA(stamp), sizeof at);
    uint64_t age_ns = wall_ns - ((uint64_t)at.tv_sec * NS_PER_S + (uint64_t)at.tv_nsec);
    return age_ns < NS_PER_S ? now_ns - age_ns : now_ns;
}

/* One handful from one socket; false when there may be no more. */
static bool receive_batch(struct carrier *carrier, unsigned socket,
                          void (*on_event)(void *, const struct link_event *), void *context)
{
    struct carrier_batch *batch = &carrier->buffers->in;
    for (size_t i = 0; i < BATCH; i++) {
        struct msghdr *header = &batch->headers[i].msg_hdr;
        header->msg_namelen = ADDRESS_BYTES_MAX;
        header->msg_control = &batch->stamps[i];
        header->msg_controllen = sizeof batch->stamps[i];
    }
    int got = recvmmsg(carrier->polled[socket].fd, batch->headers, BATCH, MSG_DONTWAIT, NULL);
    if (got <= 0)
        return false;
    uint64_t now_ns = clock_monotonic_ns(), wall_ns = clock_wall_ns();
    for (int i = 0; i < got; i++) {
        struct link_path path;
        to_path(&batch->addresses[i], socket, &path);
        carrier->received++;
        carrier->arrived_ns = arrival_ns(&batch->headers[i].msg_hdr, now_ns, wall_ns);
        link_receive(carrier->link, &path, batch->bytes[i], batch->headers[i].msg_len, now_ns);
        drain_events(carrier, on_event, context);
    }
    return got == BATCH;
}

void carrier_receive(struct carrier *carrier,
                     void (*on_event)(void *context, const struct link_event *event), void *context)
{
    enum { ROUNDS_MAX = 8 }; /* a flood on one socket must not starve what is to be sent */
    for (unsigned i = 0; i < CARRIER_SOCKETS_MAX; i++)
        for (int round = 0; carrier->polled[i].revents && round < ROUNDS_MAX &&
                            receive_batch(carrier, i, on_event, context);
             round++)
            ;
    drain_events(carrier, on_event, context);
}

/* Sends what the batch holds for `socket`. */
static void flush_socket(struct carrier *carrier, unsigned socket, unsigned count)
{
    struct carrier_buffers *buffers = carrier->buffers;
    struct mmsghdr headers[BATCH];
    unsigned own = 0;

    for (unsigned i = 0; i < count; i++)
        if (buffers->sockets[i] == socket)
            headers[own++] = buffers->out.headers[i];
    for (unsigned done = 0; done < own;) {
        int sent = sendmmsg(carrier->polled[socket].fd, headers + done, own - done, MSG_DONTWAIT);
        if (sent > 0) {
            done += (unsigned)sent;
            carrier->sent += (unsigned)sent;
        } else if (errno != EINTR) {
            done++; /* this one cannot go; the next may */
            carrier->unsent++;
            carrier->unsent_errno = errno;
        }
    }
}

static void flush(struct carrier *carrier, unsigned count)
{
    for (unsigned socket = 0; socket < CARRIER_SOCKETS_MAX; socket++)
        if (carrier->polled[socket].fd != NOBODY) /* else what its line would still say is lost */
            flush_socket(carrier, socket, count);
}

void carrier_send(struct carrier *carrier, uint64_t now_ns)
{
    struct carrier_batch *batch = &carrier->buffers->out;
    unsigned count = 0;
    struct link_path path;
    size_t len;

    while ((len = link_transmit(carrier->link, &path, batch->bytes[count], now_ns))) {
        from_path(&path, &batch->addresses[count]);
        batch->headers[count].msg_hdr.msg_namelen = batch->addresses[count].len;
        batch->vectors[count].iov_len = len;
        carrier->buffers->sockets[count] = path.socket;
        if (++count == BATCH) {
            flush(carrier, count);
            count = 0;
        }
    }
    flush(carrier, count);
}

/* Whether something came within `wait_ns`; what did is in `revents`. */
static bool look(struct carrier *carrier, uint64_t wait_ns)
{
    struct timespec wait = {.tv_sec = (time_t)(wait_ns / NS_PER_S),
                            .tv_nsec = (long)(wait_ns % NS_PER_S)};
    size_t places = CARRIER_SOCKETS_MAX + carrier->watched;
    if (ppoll(carrier->polled, places, &wait, NULL) > 0)
        return true;
    for (size_t i = 0; i < places; i++)
        carrier->polled[i].revents = 0;
    return false;
}

void carrier_wait(struct carrier *carrier, uint64_t until_ns, uint64_t now_ns)
{
    uint64_t link_ns = link_deadline(carrier->link, now_ns);
    uint64_t doze_ns = until_ns - carrier->awake_ns;
    uint64_t wake_ns = link_ns < doze_ns ? link_ns : doze_ns;
    uint64_t sample_ns = link_sample_deadline(carrier->link);
    uint64_t prompt_ns = sample_ns < doze_ns ? sample_ns : doze_ns;
    uint64_t rested_ns = carrier->turn_ns + CARRIER_REST_NS;

    now_ns = clock_sleep_until(rested_ns < prompt_ns ? rested_ns : prompt_ns);
    bool is_long = wake_ns == UINT64_MAX;
    uint64_t wait_ns = is_long ? LONG_NS : wake_ns > now_ns ? wake_ns - now_ns : 0;
    if (!look(carrier, wait_ns) && carrier->awake_ns && clock_monotonic_ns() >= doze_ns) {
        while (clock_monotonic_ns() < until_ns)
            continue;
        look(carrier, 0);
    }
    carrier->turn_ns = clock_monotonic_ns();
}
