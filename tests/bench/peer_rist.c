/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RIST main profile, encrypted. On two lines every message goes out on both and the receiver merges
 * them. The buffer is the least that a message waits at the receiver. */
#include <librist/librist.h>
#include <stdio.h>
#include <string.h>

#include "bench/peers.h"
#include "bench/sockets.h"
#include "clock/clock.h"

struct rist_end {
    const struct bench_setup *setup;
    struct rist_ctx *context;
};

static struct rist_end end_of_process;

static int stay_silent(void *context, enum rist_log_level level, const char *text)
{
    (void)context, (void)level, (void)text;
    return 0;
}

/* One RIST peer a line: `rist://@here` listens, `rist://there` calls. */
static bool add_line(const struct bench_setup *setup, const struct sockaddr_in *address,
                     bool listens)
{
    struct rist_peer_config *config = NULL;
    struct rist_peer *peer;
    char url[256];

    snprintf(url, sizeof url, "rist://%s%s:%u?buffer=%u&aes-type=256&secret=benchmark",
             listens ? "@" : "", sockets_name(address), ntohs(address->sin_port),
             (unsigned)setup->buffer_ms);
    if (rist_parse_address2(url, &config))
        return false;
    config->weight = 0; /* every message on every line */
    return rist_peer_create(end_of_process.context, &peer, config) == 0;
}

static int receive_block(void *context, struct rist_data_block *block)
{
    struct rist_end *end = context;

    end->setup->arrived(block->payload, block->payload_len);
    rist_receiver_data_block_free2(&block);
    return 0;
}

static struct rist_logging_settings *silence(void)
{
    struct rist_logging_settings *settings = NULL;

    if (rist_logging_set(&settings, RIST_LOG_ERROR, stay_silent, NULL, NULL, NULL))
        return NULL;
    return settings;
}

static void *open_receiver(const struct bench_setup *setup)
{
    end_of_process.setup = setup;
    if (rist_receiver_create(&end_of_process.context, RIST_PROFILE_MAIN, silence()) ||
        rist_receiver_data_callback_set2(end_of_process.context, receive_block, &end_of_process))
        return NULL;
    for (unsigned i = 0; i < setup->lines; i++)
        if (!add_line(setup, &setup->line[i].receiver, true))
            return NULL;
    return rist_start(end_of_process.context) ? NULL : &end_of_process;
}

static void *open_sender(const struct bench_setup *setup)
{
    enum { SETTLE_NS = 1500000000 }; /* librist says nothing once both lines are joined */

    end_of_process.setup = setup;
    if (rist_sender_create(&end_of_process.context, RIST_PROFILE_MAIN, 0, silence()))
        return NULL;
    for (unsigned i = 0; i < setup->lines; i++)
        if (!add_line(setup, &setup->line[i].receiver, false))
            return NULL;
    if (rist_start(end_of_process.context))
        return NULL;
    clock_sleep_until(clock_monotonic_ns() + SETTLE_NS);
    return &end_of_process;
}

static void send_message(void *context, const void *bytes, size_t len)
{
    struct rist_end *end = context;
    struct rist_data_block block = {.payload = bytes, .payload_len = len};

    (void)rist_sender_data_write(end->context, &block); /* a full buffer drops the message */
}

static void service(void *context, uint64_t until_ns)
{
    (void)context; /* librist works in threads of its own */
    clock_sleep_until(until_ns);
}

const struct bench_peer bench_peer_rist = {
    .name = "rist",
    .notes = "librist 0.2, main profile, AES-256; on two lines each message on both, merged by the "
             "receiver; buffer as below",
    .lines_max = BENCH_LINES_MAX,
    .pictures = true,
    .buffer_ms = 3, /* jitter of the lines: less loses what came late, more only waits */
    .open_sender = open_sender,
    .open_receiver = open_receiver,
    .send = send_message,
    .service = service,
};
