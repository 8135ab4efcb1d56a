/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SRT 1.5, live mode, encrypted. Its bonding is compiled out of Debian's library, so one line. The
 * latency is the least that a message waits at the receiver: a short one keeps messages young, one
 * of some round trips leaves time to send again what was lost. */
#include <pthread.h>
#include <srt/srt.h>
#include <stdio.h>
#include <string.h>

#include "bench/peers.h"
#include "clock/clock.h"

enum {
    MESSAGE_BYTES_MAX = 1452, /* what SRT carries in one packet of 1500 bytes, under its filter */
    FEC_COLUMNS = 4, /* half as many packets again; of the shapes tried, the one that keeps */
    FEC_ROWS = 4,    /* most pictures whole within their interval, since it fits into one */
    KEY_BYTES = 32
};

struct srt_end {
    const struct bench_setup *setup;
    SRTSOCKET socket;
};

static struct srt_end end_of_process;

static bool set(SRTSOCKET socket, SRT_SOCKOPT option, const void *value, size_t len)
{
    return srt_setsockflag(socket, option, value, (int)len) != SRT_ERROR;
}

static bool configure(SRTSOCKET socket, const struct bench_setup *setup)
{
    static const char passphrase[] = "a line of a benchmark";
    char filter[64];
    int latency_ms = (int)setup->buffer_ms, key_bytes = KEY_BYTES;
    int message_bytes = (int)setup->message_bytes; /* and of each packet of its filter */
    int connect_ms = BENCH_CONNECT_MS_MAX;
    SRT_TRANSTYPE live = SRTT_LIVE;
    bool ok = set(socket, SRTO_TRANSTYPE, &live, sizeof live) &&
              set(socket, SRTO_LATENCY, &latency_ms, sizeof latency_ms) &&
              set(socket, SRTO_PAYLOADSIZE, &message_bytes, sizeof message_bytes) &&
              set(socket, SRTO_CONNTIMEO, &connect_ms, sizeof connect_ms) &&
              set(socket, SRTO_PBKEYLEN, &key_bytes, sizeof key_bytes) &&
              set(socket, SRTO_PASSPHRASE, passphrase, strlen(passphrase));

    if (!ok || !setup->repair)
        return ok;
    snprintf(filter, sizeof filter, "fec,cols:%d,rows:%d,layout:even,arq:onreq", FEC_COLUMNS,
             FEC_ROWS);
    return set(socket, SRTO_PACKETFILTER, filter, strlen(filter));
}

static bool start(const struct bench_setup *setup)
{
    if (srt_startup() == SRT_ERROR)
        return false;
    srt_setloglevel(LOG_CRIT);
    end_of_process = (struct srt_end){.setup = setup, .socket = srt_create_socket()};
    return end_of_process.socket != SRT_INVALID_SOCK && configure(end_of_process.socket, setup);
}

static void *receive_messages(void *listener)
{
    SRTSOCKET socket = srt_accept(*(SRTSOCKET *)listener, NULL, NULL);
    char bytes[MESSAGE_BYTES_MAX];
    int len;

    while ((len = srt_recvmsg(socket, bytes, sizeof bytes)) > 0)
        end_of_process.setup->arrived(bytes, (size_t)len);
    return NULL;
}

static void *open_receiver(const struct bench_setup *setup)
{
    const struct sockaddr_in *local = &setup->line[0].receiver;
    pthread_t thread;

    if (!start(setup) ||
        srt_bind(end_of_process.socket, (const struct sockaddr *)local, sizeof *local) ==
            SRT_ERROR ||
        srt_listen(end_of_process.socket, 1) == SRT_ERROR ||
        pthread_create(&thread, NULL, receive_messages, &end_of_process.socket))
        return NULL;
    return &end_of_process;
}

static void *open_sender(const struct bench_setup *setup)
{
    const struct sockaddr_in *to = &setup->line[0].receiver;
    bool blocking = false;

    if (!start(setup) ||
        srt_connect(end_of_process.socket, (const struct sockaddr *)to, sizeof *to) == SRT_ERROR ||
        !set(end_of_process.socket, SRTO_SNDSYN, &blocking, sizeof blocking))
        return NULL;
    return &end_of_process;
}

static void send_message(void *context, const void *bytes, size_t len)
{
    struct srt_end *end = context;

    srt_sendmsg2(end->socket, bytes, (int)len, NULL); /* a full buffer drops the message */
}

static void service(void *context, uint64_t until_ns)
{
    (void)context; /* SRT works in threads of its own */
    clock_sleep_until(until_ns);
}

const struct bench_peer bench_peer_srt = {
    .name = "srt",
    .notes = "SRT 1.5 live, AES-256; latency is the buffer below, repair is its FEC of "
             "4 columns by 4 rows; bonding is compiled out of Debian's library",
    .lines_max = 1,
    .pictures = true,
    .repairs = true,
    .buffer_ms = 1,
    .open_sender = open_sender,
    .open_receiver = open_receiver,
    .send = send_message,
    .service = service,
};
