/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The local gateway of a console that speaks ITP over UDP (motion/itp_live.h): the loop reads what has
 * come, each packet is a gesture, and is answered. Nothing is allocated after open, nothing waits. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input/source.h"
#include "motion/itp_live.h"
#include "motion/passivity.h"
#include "net/address.h"

enum {
    ROW_MAX = 64,     /* datagrams of strangers at one look */
    WORDS_BYTES = 128 /* the longest address twice, and the words between */
};

#define FROZEN_NS UINT64_C(10000000) /* frozen hands say so a hundred times a second */
#define BETWEEN_NS UINT64_C(1000)    /* what came between two looks is told apart by as much */

struct itp_udp {
    struct feed feed;
    struct itp_live itp;
    struct hands_counts *counts;
    struct net_address from; /* len 0: this machine alone */
    struct hands_told told;
    struct passivity gates[GESTURE_HANDS_MAX]; /* what presses on the tips goes through (H-44) */
    struct vec3 felt_m[GESTURE_HANDS_MAX];     /* where the hands were, ... */
    uint64_t felt_ns;                          /* ... at the answer before; 0: none yet */
    int fd;
    uint64_t looked_ns; /* when all that had come was read: what comes now came after that */
    uint64_t at_ns;     /* of the last sample */
};

static bool is_loopback(const struct net_address *address)
{
    if (address->any.sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&address->v6.sin6_addr);
    return ntohl(address->v4.sin_addr.s_addr) >> 24 == 127;
}

static bool may_send(const struct itp_udp *self, const struct net_address *sender)
{
    struct net_address host = *sender;
    if (host.any.sa_family == AF_INET6)
        host.v6.sin6_port = 0;
    else
        host.v4.sin_port = 0;
    return is_loopback(sender) || (self->from.len > 0 && net_address_same(&host, &self->from));
}

/* As bytes that are alike when the address is. */
static size_t sender_of(const struct net_address *address, uint8_t out[static ITP_SENDER_BYTES_MAX])
{
    if (address->any.sa_family == AF_INET6) {
        memcpy(out, &address->v6.sin6_port, 2);
        memcpy(out + 2, &address->v6.sin6_addr, 16);
        return 18;
    }
    memcpy(out, &address->v4.sin_port, 2);
    memcpy(out + 2, &address->v4.sin_addr, 4);
    return 6;
}

/* What each hand may be made to feel until the next answer. */
static void feel(struct itp_udp *self, uint64_t now_ns, struct vec3 force_n[static ITP_ARMS])
{
    struct clutch_hands hands;
    (void)itp_live_hands(&self->itp, &hands);
    for (unsigned i = 0; i < ITP_ARMS; i++) {
        struct vec3 place_m = hands.hands[i].pose.position_m;
        struct vec3 moved_m = vec3_subtract(place_m, self->felt_m[i]);
        if (self->felt_ns == 0)
            moved_m = (struct vec3){0, 0, 0};
        force_n[i] = passivity_force(&self->gates[i], self->told.force_n[i], moved_m,
                                     self->felt_ns ? now_ns - self->felt_ns : 0);
        self->felt_m[i] = place_m;
    }
    self->felt_ns = now_ns;
}

static void answer(struct itp_udp *self, const struct net_address *to, uint64_t now_ns)
{
    struct vec3 force_n[ITP_ARMS];
    uint8_t bytes[ITP_ANSWER_BYTES];
    enum itp_run_level level = !self->told.is_up    ? ITP_STOPPED
                               : self->told.follows ? ITP_PEDAL_DOWN
                                                    : ITP_PEDAL_UP;
    feel(self, now_ns, force_n);
    itp_live_answer(&self->itp, level, force_n, bytes);
    ssize_t sent = sendto(self->fd, bytes, sizeof bytes, MSG_DONTWAIT, &to->any, to->len);
    (void)sent; /* the next packet is answered again */
}

/* The hands as they are, stamped between the looks: not before the sample before. */
static void fill(struct itp_udp *self, enum motion_err err, uint64_t now_ns,
                 struct source_sample *sample)
{
    uint64_t at_ns = (self->at_ns < self->looked_ns ? self->looked_ns : self->at_ns) + BETWEEN_NS;
    self->at_ns = at_ns < now_ns ? at_ns : now_ns;
    *sample = (struct source_sample){.at_ns = self->at_ns, .err = err};
    sample->is_frozen = itp_live_hands(&self->itp, &sample->hands);
    self->counts->lost = self->itp.counts.lost;
    self->counts->gaps = self->itp.counts.gaps;
    self->counts->silences = self->itp.counts.silences;
}

/* Anybody's: nothing in it is of a console that is heard. */
static bool is_no_sample(enum motion_err err)
{
    return err == MOTION_ERR_STRANGER || err == MOTION_ERR_LENGTH || err == MOTION_ERR_VERSION ||
           err == MOTION_ERR_CHECKSUM || err == MOTION_ERR_REFLECT;
}

/* Reads one datagram. False: none has come. */
static bool read_one(struct itp_udp *self, uint64_t now_ns, enum motion_err *err)
{
    uint8_t bytes[ITP_PACKET_BYTES + 1], sender[ITP_SENDER_BYTES_MAX];
    struct net_address from = {.len = sizeof from.v6};
    ssize_t len = recvfrom(self->fd, bytes, sizeof bytes, MSG_DONTWAIT, &from.any, &from.len);
    if (len < 0)
        return false;
    *err = MOTION_ERR_STRANGER;
    if (!self->feed.has_turns && len == ITP_PACKET_BYTES)
        itp_clear_turns(bytes);
    if (may_send(self, &from))
        *err =
            itp_live_take(&self->itp, sender, sender_of(&from, sender), bytes, (size_t)len, now_ns);
    if (*err == MOTION_OK || *err == MOTION_ERR_REFLECT)
        answer(self, &from, now_ns);
    return true;
}

static bool udp_next(struct feed *feed, uint64_t now_ns, struct source_sample *sample)
{
    struct itp_udp *self = (struct itp_udp *)feed;
    enum motion_err err;
    for (int i = 0; read_one(self, now_ns, &err); i++) {
        if (i == ROW_MAX)
            return false; /* the loop has other things to do; what waits came after `looked_ns` still */
        if (!is_no_sample(err)) {
            fill(self, err, now_ns, sample);
            return true;
        }
        self->counts->refused[err] += err != MOTION_ERR_REFLECT;
    }
    self->looked_ns = now_ns;
    (void)itp_live_look(&self->itp, now_ns);
    if (!self->itp.frozen || now_ns - self->at_ns < FROZEN_NS)
        return false;
    fill(self, MOTION_OK, now_ns, sample);
    sample->is_between = true;
    return true;
}

static void udp_tell(struct feed *feed, const struct hands_told *told)
{
    ((struct itp_udp *)feed)->told = *told;
}

static void udp_close(struct feed *feed)
{
    close(((struct itp_udp *)feed)->fd);
    free(feed);
}

/* Reads "ADDR:PORT[,from=ADDRESS][,turns=off]". NULL, or what is wrong. */
static const char *read_words(const char *words, struct net_address *at, struct net_address *from,
                              bool *has_turns)
{
    static const char off[] = ",turns=off";
    char text[WORDS_BYTES];
    size_t all = strlen(words), len = strcspn(words, ",");
    *has_turns = all < sizeof off || strcmp(words + all - (sizeof off - 1), off) != 0;
    snprintf(text, sizeof text, "%.*s", (int)(*has_turns ? all : all - (sizeof off - 1)), words);
    from->len = 0;
    if (all >= sizeof text || !net_address_read_numbers(at, text, len))
        return "is not an address: write ADDR:PORT, such as 127.0.0.1:36000";
    if (text[len] &&
        (strncmp(text + len, ",from=", 6) || !net_address_read_host(from, text + len + 6)))
        return "what stands behind the address? write ADDR:PORT,from=ADDRESS, in numbers, for who "
               "may "
               "send, and ,turns=off last";
    if (!text[len] && !is_loopback(at))
        return "is open to others, and nobody can tell who they are: name who may send, "
               "ADDR:PORT,from=ADDRESS";
    return NULL;
}

struct feed *feed_open_itp(const char *words, uint64_t now_ns, struct hands_counts *counts,
                           char *why, size_t why_bytes)
{
    struct net_address at, from;
    bool has_turns;
    const char *wrong = read_words(words, &at, &from, &has_turns);
    int fd = wrong ? -1 : socket(at.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (!wrong && (fd < 0 || bind(fd, &at.any, at.len) != 0))
        wrong = strerror(errno);
    struct itp_udp *self = wrong ? NULL : calloc(1, sizeof *self);
    if (!self) {
        snprintf(why, why_bytes, "'%s' %s", words, wrong ? wrong : "not enough memory");
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    *self = (struct itp_udp){.feed = {has_turns, udp_next, udp_tell, udp_close},
                             .counts = counts,
                             .from = from,
                             .fd = fd,
                             .looked_ns = now_ns,
                             .at_ns = now_ns};
    itp_live_init(&self->itp);
    for (unsigned i = 0; i < GESTURE_HANDS_MAX; i++)
        passivity_init(&self->gates[i], &PASSIVITY_STANDARD);
    return &self->feed;
}
