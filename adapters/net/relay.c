/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/relay.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "clock/clock.h"
#include "net/batch.h"
#include "net/trace_files.h"

enum {
    EVENTS_MAX = 32,
    READS_A_TURN = 4, /* of one socket: a flood does not hold up deliveries */
    WATCHED = 0xffff, /* "line" of a watched fd's event */
    SLOT_BITS = 8     /* of a tag: which client; the rest says which one in that place */
};
static_assert(RELAY_CLIENTS_MAX <= 1 << SLOT_BITS, "a tag names every client");
static_assert((int)LINE_DATAGRAM_MAX <= (int)BATCH_DATAGRAM_BYTES, "what a line takes can be read");

/* Datagrams carry the kernel's time of arrival, so only departures wait for a turn, and a crowd of
 * them shares one: waking up costs more than carrying. */
#define REST_NS UINT64_C(200000)

struct client {
    int fd; /* towards the target; -1: nobody here */
    uint32_t tag;
    uint64_t heard_ns;
    struct net_address address;
};

struct relay_line {
    int listen_fd;
    struct net_address target;
    struct client clients[RELAY_CLIENTS_MAX];
    struct way {
        struct line line;
        struct line_storage storage;
        struct trace_files traces;
        uint64_t forwarded, refused, unsent;
    } ways[WEATHER_WAYS];
};

struct relay {
    int epoll_fd;
    size_t line_count;
    struct relay_line lines[RELAY_LINES_MAX];
    uint64_t turn_ns; /* when the last turn began */
    struct batch_in in;
    relay_observer *observe;
    void *context;
};

static bool watch(struct relay *relay, int fd, size_t line, uint32_t slot)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)line << 32 | slot};
    return epoll_ctl(relay->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Slot 0 of a line's events is its listening socket, slot i + 1 the socket of client i. */
static bool watch_client(struct relay *relay, struct relay_line *line, struct client *client)
{
    return watch(relay, client->fd, (size_t)(line - relay->lines),
                 (uint32_t)(client - line->clients) + 1);
}

static bool open_way(struct way *way, const struct relay_line_settings *settings,
                     enum weather_way which, uint64_t now_ns, char error[static RELAY_ERROR_BYTES])
{
    const struct weather_settings *weather = &settings->weather.way[which];
    struct weather_error why;

    way->storage = (struct line_storage){
        .parcels = calloc(RELAY_PARCELS, sizeof *way->storage.parcels),
        .places = calloc(RELAY_PARCELS, sizeof *way->storage.places),
        .capacity = RELAY_PARCELS,
    };
    if (!way->storage.parcels || !way->storage.places) {
        snprintf(error, RELAY_ERROR_BYTES, "no memory for a line");
        return false;
    }
    if (trace_files_read(&way->traces, weather, &why) != WEATHER_OK) {
        snprintf(error, RELAY_ERROR_BYTES, "%s", why.text);
        return false;
    }
    line_init(&way->line, &way->storage, weather, settings->seed, which, now_ns);
    weather_use_traces(&way->line.weather, &way->traces.traces);
    return true;
}

static bool open_line(struct relay *relay, struct relay_line *line,
                      const struct relay_line_settings *settings, uint64_t now_ns,
                      char error[static RELAY_ERROR_BYTES])
{
    line->target = settings->target;
    line->listen_fd = batch_socket(&settings->listen, NULL);
    if (line->listen_fd < 0 || !watch(relay, line->listen_fd, (size_t)(line - relay->lines), 0)) {
        char text[NET_ADDRESS_TEXT];
        net_address_write(&settings->listen, text);
        snprintf(error, RELAY_ERROR_BYTES, "cannot listen at %s: %s", text, strerror(errno));
        return false;
    }
    for (int way = 0; way < WEATHER_WAYS; way++)
        if (!open_way(&line->ways[way], settings, (enum weather_way)way, now_ns, error))
            return false;
    return true;
}

struct relay *relay_open(const struct relay_line_settings *lines, size_t count,
                         char error[static RELAY_ERROR_BYTES])
{
    struct relay *relay = calloc(1, sizeof *relay);
    uint64_t now_ns = clock_monotonic_ns();

    assert(count <= RELAY_LINES_MAX);
    if (!relay) {
        snprintf(error, RELAY_ERROR_BYTES, "no memory for a relay");
        return NULL;
    }
    relay->line_count = count;
    for (size_t i = 0; i < count; i++) {
        relay->lines[i].listen_fd = -1;
        for (size_t c = 0; c < RELAY_CLIENTS_MAX; c++)
            relay->lines[i].clients[c] = (struct client){.fd = -1, .tag = (uint32_t)c};
    }
    relay->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (relay->epoll_fd < 0) {
        snprintf(error, RELAY_ERROR_BYTES, "cannot wait for traffic: %s", strerror(errno));
        goto fail;
    }
    for (size_t i = 0; i < count; i++)
        if (!open_line(relay, &relay->lines[i], &lines[i], now_ns, error))
            goto fail;
    /* Timers of an ordinary thread may come 50 us late by design (prctl(2), PR_SET_TIMERSLACK). */
    (void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    return relay;
fail:
    relay_close(relay);
    return NULL;
}

void relay_close(struct relay *relay)
{
    for (size_t i = 0; i < relay->line_count; i++) {
        struct relay_line *line = &relay->lines[i];
        if (line->listen_fd >= 0)
            close(line->listen_fd);
        for (size_t c = 0; c < RELAY_CLIENTS_MAX; c++)
            if (line->clients[c].fd >= 0)
                close(line->clients[c].fd);
        for (int way = 0; way < WEATHER_WAYS; way++) {
            free(line->ways[way].storage.parcels);
            free(line->ways[way].storage.places);
            trace_files_free(&line->ways[way].traces);
        }
    }
    if (relay->epoll_fd >= 0)
        close(relay->epoll_fd);
    free(relay);
}

bool relay_watch_fd(struct relay *relay, int fd)
{
    return watch(relay, fd, WATCHED, (uint32_t)fd);
}

static struct client *known_client(struct relay_line *line, const struct net_address *from)
{
    for (size_t i = 0; i < RELAY_CLIENTS_MAX; i++)
        if (line->clients[i].fd >= 0 && net_address_same(&line->clients[i].address, from))
            return &line->clients[i];
    return NULL;
}

/* A free place, or that of the client silent the longest if that is long enough. */
static struct client *place_for_client(struct relay_line *line, uint64_t now_ns)
{
    struct client *oldest = &line->clients[0];
    for (size_t i = 0; i < RELAY_CLIENTS_MAX; i++) {
        if (line->clients[i].fd < 0)
            return &line->clients[i];
        if (line->clients[i].heard_ns < oldest->heard_ns)
            oldest = &line->clients[i];
    }
    if (now_ns < oldest->heard_ns + RELAY_CLIENT_SILENT_NS)
        return NULL;
    close(oldest->fd);
    oldest->fd = -1;
    oldest->tag += 1 << SLOT_BITS; /* what is still under way to the former one is dropped */
    return oldest;
}

static struct client *client_from(struct relay *relay, struct relay_line *line,
                                  const struct batch_datagram *datagram)
{
    struct client *client = known_client(line, datagram->from);

    if (!client) {
        client = place_for_client(line, datagram->arrived_ns);
        if (!client)
            return NULL;
        client->fd = batch_socket(NULL, &line->target);
        if (client->fd < 0)
            return NULL;
        if (!watch_client(relay, line, client)) {
            close(client->fd);
            client->fd = -1;
            return NULL;
        }
        client->address = *datagram->from;
    }
    client->heard_ns = datagram->arrived_ns;
    return client;
}

static void hand_in(struct relay *relay, struct relay_line *line, enum weather_way way,
                    const struct batch_datagram *datagram, uint32_t tag)
{
    struct weather_verdict verdict =
        line_send(&line->ways[way].line, datagram->bytes, datagram->len, tag, datagram->arrived_ns);
    if (relay->observe)
        relay->observe(relay->context, (size_t)(line - relay->lines), way, datagram->bytes,
                       datagram->len, datagram->arrived_ns, &verdict);
}

static void read_socket(struct relay *relay, struct relay_line *line, uint32_t slot)
{
    struct client *client = slot > 0 ? &line->clients[slot - 1] : NULL;
    int fd = client ? client->fd : line->listen_fd;

    for (int i = 0; i < READS_A_TURN && fd >= 0; i++) {
        batch_read(&relay->in, fd);
        for (size_t d = 0; d < relay->in.count; d++) {
            const struct batch_datagram *datagram = &relay->in.datagrams[d];
            if (client) {
                hand_in(relay, line, WEATHER_DOWN, datagram, client->tag);
                continue;
            }
            struct client *sender = client_from(relay, line, datagram);
            if (sender)
                hand_in(relay, line, WEATHER_UP, datagram, sender->tag);
            else
                line->ways[WEATHER_UP].refused++;
        }
        if (relay->in.count < BATCH_MAX)
            break;
    }
}

/* One batch of what is due: consecutive parcels that leave by the same socket. */
struct delivery {
    struct way *way;
    struct batch_out out;
    struct line_parcel *parcels[BATCH_MAX];
};

static void flush(struct delivery *delivery)
{
    unsigned count = delivery->out.count;
    if (count == 0)
        return;
    unsigned unsent = batch_send(&delivery->out);
    delivery->way->unsent += unsent;
    delivery->way->forwarded += count - unsent;
    for (unsigned i = 0; i < count; i++)
        line_give_back(&delivery->way->line, delivery->parcels[i]);
}

static void deliver_due(struct relay_line *line, enum weather_way way, uint64_t now_ns)
{
    struct delivery delivery = {.way = &line->ways[way]};
    struct batch_out *out = &delivery.out;
    struct line_parcel *parcel;

    while ((parcel = line_take(&delivery.way->line, now_ns)) != NULL) {
        struct client *client = &line->clients[parcel->tag & ((1U << SLOT_BITS) - 1)];
        int fd = way == WEATHER_UP ? client->fd : line->listen_fd;
        if (client->tag != parcel->tag || client->fd < 0) {
            line_give_back(&delivery.way->line, parcel);
            continue;
        }
        if (out->count == BATCH_MAX || (out->count > 0 && out->fd != fd))
            flush(&delivery);
        out->fd = fd;
        out->pieces[out->count] = (struct iovec){parcel->bytes, parcel->len};
        out->to[out->count] = way == WEATHER_DOWN ? &client->address : NULL;
        delivery.parcels[out->count++] = parcel;
    }
    flush(&delivery);
}

static uint64_t next_ns(const struct relay *relay)
{
    uint64_t next = LINE_NEVER;
    for (size_t i = 0; i < relay->line_count; i++) {
        for (int way = 0; way < WEATHER_WAYS; way++) {
            uint64_t here = line_next_ns(&relay->lines[i].ways[way].line);
            next = here < next ? here : next;
        }
    }
    return next;
}

int relay_run_turn(struct relay *relay, uint64_t until_ns)
{
    struct epoll_event events[EVENTS_MAX];
    int readable = -1;
    uint64_t due_ns = next_ns(relay);
    uint64_t rested_ns = relay->turn_ns + REST_NS;
    uint64_t now_ns = clock_sleep_until(rested_ns < until_ns ? rested_ns : until_ns);
    if (until_ns < due_ns)
        due_ns = until_ns;
    uint64_t wait_ns = due_ns > now_ns ? due_ns - now_ns : 0;
    const struct timespec wait = {.tv_sec = (time_t)(wait_ns / 1000000000),
                                  .tv_nsec = (long)(wait_ns % 1000000000)};
    int count = epoll_pwait2(relay->epoll_fd, events, EVENTS_MAX,
                             due_ns == LINE_NEVER ? NULL : &wait, NULL);
    for (int i = 0; i < count; i++) {
        size_t line = (size_t)(events[i].data.u64 >> 32);
        uint32_t slot = (uint32_t)events[i].data.u64;
        if (line == WATCHED)
            readable = (int)slot;
        else
            read_socket(relay, &relay->lines[line], slot);
    }
    relay->turn_ns = now_ns = clock_monotonic_ns();
    for (size_t i = 0; i < relay->line_count; i++)
        for (int way = 0; way < WEATHER_WAYS; way++)
            deliver_due(&relay->lines[i], (enum weather_way)way, now_ns);
    return readable;
}

size_t relay_line_count(const struct relay *relay)
{
    return relay->line_count;
}

void relay_listen(const struct relay *relay, size_t line, struct net_address *address)
{
    memset(address, 0, sizeof *address);
    address->len = sizeof address->v6;
    int failed = getsockname(relay->lines[line].listen_fd, &address->any, &address->len);
    assert(!failed);
}

void relay_counts(const struct relay *relay, size_t line, enum weather_way way,
                  struct relay_counts *counts)
{
    const struct way *from = &relay->lines[line].ways[way];
    *counts = (struct relay_counts){
        .weather = from->line.weather.counts,
        .forwarded = from->forwarded,
        .crowded = from->line.crowded,
        .refused = from->refused,
        .unsent = from->unsent,
    };
}

void relay_cut(struct relay *relay, size_t line, enum weather_way way, bool cut)
{
    weather_cut(&relay->lines[line].ways[way].line.weather, cut);
}

enum weather_err relay_change(struct relay *relay, size_t line,
                              const struct weather_line_settings *weather,
                              struct weather_error *error)
{
    struct trace_files traces[WEATHER_WAYS] = {0};

    for (int way = 0; way < WEATHER_WAYS; way++) {
        enum weather_err err = trace_files_read(&traces[way], &weather->way[way], error);
        if (err) {
            trace_files_free(&traces[WEATHER_UP]);
            return err;
        }
    }
    for (int i = 0; i < WEATHER_WAYS; i++) {
        struct way *way = &relay->lines[line].ways[i];
        weather_change(&way->line.weather, &weather->way[i]);
        weather_use_traces(&way->line.weather, &traces[i].traces);
        trace_files_free(&way->traces);
        way->traces = traces[i];
    }
    return WEATHER_OK;
}

void relay_observe(struct relay *relay, relay_observer *observe, void *context)
{
    relay->observe = observe;
    relay->context = context;
}
