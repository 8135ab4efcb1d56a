/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/batch.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock/clock.h"

enum { BUFFER_BYTES = 4 << 20 };

static const int64_t NS_PER_S = 1000000000;

int batch_socket(const struct net_address *local, const struct net_address *remote)
{
    int family = local ? local->any.sa_family : remote->any.sa_family;
    int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    int bytes = BUFFER_BYTES;

    if (fd < 0)
        return -1;
    /* Less buffer or no stamp is no failure: it shows in the counts and in a coarser arrival. */
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    (void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    if ((local && bind(fd, &local->any, local->len) != 0) ||
        (remote && connect(fd, &remote->any, remote->len) != 0)) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

static int64_t wall_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* How long ago the kernel stamped the datagram; 0 when it did not, or not credibly. */
static uint64_t age_ns(struct msghdr *header, int64_t now_wall_ns)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
        struct timespec stamp;
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
            continue;
        memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
        int64_t age = now_wall_ns - (stamp.tv_sec * NS_PER_S + stamp.tv_nsec);
        return age > 0 && (uint64_t)age < BATCH_STAMP_NS_MAX ? (uint64_t)age : 0;
    }
    return 0;
}

void batch_read(struct batch_in *in, int fd)
{
    struct mmsghdr messages[BATCH_MAX];
    struct iovec pieces[BATCH_MAX];

    memset(messages, 0, sizeof messages);
    for (unsigned i = 0; i < BATCH_MAX; i++) {
        pieces[i] = (struct iovec){in->bytes[i], BATCH_DATAGRAM_BYTES};
        messages[i].msg_hdr = (struct msghdr){
            .msg_name = &in->from[i].any,
            .msg_namelen = sizeof in->from[i].v6,
            .msg_iov = &pieces[i],
            .msg_iovlen = 1,
            .msg_control = in->control[i],
            .msg_controllen = BATCH_CONTROL_BYTES,
        };
    }
    int got = recvmmsg(fd, messages, BATCH_MAX, MSG_DONTWAIT | MSG_TRUNC, NULL);
    in->count = got > 0 ? (size_t)got : 0;
    if (in->count == 0)
        return;
    uint64_t now_ns = clock_monotonic_ns();
    int64_t now_wall_ns = wall_ns();
    for (size_t i = 0; i < in->count; i++) {
        in->from[i].len = messages[i].msg_hdr.msg_namelen;
        in->datagrams[i] = (struct batch_datagram){
            .bytes = in->bytes[i],
            .len = messages[i].msg_len,
            .from = &in->from[i],
            .arrived_ns = now_ns - age_ns(&messages[i].msg_hdr, now_wall_ns),
        };
    }
}

unsigned batch_send(struct batch_out *out)
{
    struct mmsghdr messages[BATCH_MAX];
    unsigned done = 0;
    unsigned unsent = 0;
    bool again = false;

    memset(messages, 0, sizeof messages);
    for (unsigned i = 0; i < out->count; i++) {
        messages[i].msg_hdr.msg_iov = &out->pieces[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        if (out->to[i]) {
            messages[i].msg_hdr.msg_name = &out->to[i]->any;
            messages[i].msg_hdr.msg_namelen = out->to[i]->len;
        }
    }
    while (done < out->count) {
        int sent = sendmmsg(out->fd, messages + done, out->count - done, MSG_DONTWAIT);
        if (sent > 0) {
            done += (unsigned)sent;
            again = false;
        } else if (errno == ECONNREFUSED && !again) {
            again = true; /* the far end's answer to one before: this one was not tried */
        } else {
            done++;
            unsent++;
            again = false;
        }
    }
    out->count = 0;
    return unsent;
}
