/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "clock/clock.h"
#include "clock/realtime.h"
#include "link/identity.h"
#include "log/log.h"
#include "station/channels.h"
#include "stops.h"

#define MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)

/* Such an end starts, and is refused by every peer: said at once, for whoever mixed up two folders. */
static void tell_other_kind(const struct station *station)
{
    const struct link_site *site = link_identity_site(station->identity);

    if (strcmp(station->side, link_kind_word(site->kind)))
        log_event(LOG_WARN, "identity_of_another_kind",
                  "name=\"%s\" kind=%s hint=\"issue one with --kind %s\"", site->name,
                  link_kind_word(site->kind), station->side);
}

bool station_addresses_are_written(const struct option_list *list, const char *side,
                                   const char *option)
{
    for (size_t i = 0; i < list->count; i++) {
        if (net_address_is_written(list->items[i], strcspn(list->items[i], ",")))
            continue;
        fprintf(stderr,
                "jisr %s: '--%s' must be ADDR:PORT, such as 192.0.2.1:7000, not '%s'; `jisr %s "
                "--help` lists the options\n",
                side, option, list->items[i], side);
        return false;
    }
    return true;
}

static void watch_identity(struct station *station)
{
    station->identity_watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (station->identity_watch >= 0 &&
        inotify_add_watch(station->identity_watch, station->settings->identity,
                          IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE) < 0) {
        close(station->identity_watch);
        station->identity_watch = -1;
    }
}

bool station_open(struct station *station, const struct station_settings *settings,
                  const char *side, const struct option_list *addresses)
{
    char reason[LINK_REASON_BYTES];

    memset(station, 0, sizeof *station);
    *station = (struct station){.settings = settings,
                                .side = side,
                                .addresses = addresses,
                                .start_ns = clock_monotonic_ns(),
                                .signals = -1,
                                .identity_watch = -1};
    if (settings->status_fd >= 0 && fcntl((int)settings->status_fd, F_GETFD) < 0) {
        fprintf(stderr, "jisr %s: --status-fd %.0f: no descriptor of that number is open\n", side,
                settings->status_fd);
        return false;
    }
    watch_identity(station);
    identity_files_changed(settings->identity, &station->identity_stamp);
    station->identity = link_identity_load(settings->identity, reason);
    if (!station->identity) {
        fprintf(stderr, "jisr %s: --identity %s: %s\n", side, settings->identity, reason);
        return false;
    }
    tell_other_kind(station);
    return true;
}

bool station_make_link(struct station *station, uint32_t picture_rate)
{
    struct link_settings link = {.identity = station->identity, .wall_s = clock_wall_s()};
    channels_set(&link, !strcmp(station->side, "cart"), NS_PER_S / picture_rate);
    station->link = link_create(&link, clock_monotonic_ns(), NULL);
    if (!station->link || !carrier_create(&station->carrier, station->link)) {
        fprintf(stderr, "jisr %s: memory is short\n", station->side);
        return false;
    }
    return true;
}

static bool is_among(const char *names, const char *name)
{
    size_t len = strlen(name);
    assert(len > 0);
    for (const char *at = names; (at = strstr(at, name)); at += len)
        if ((at == names || at[-1] == ' ') && (at[len] == '\0' || at[len] == ' '))
            return true;
    return false;
}

void station_name_line(struct station *station, unsigned line, const char *name)
{
    char *names = station->line_names[line];
    size_t len = strlen(names);
    if (!is_among(names, name))
        snprintf(names + len, STATION_LINE_NAME_BYTES - len, "%s%s", len ? " then " : "", name);
}

void station_follow_identity(struct station *station, uint64_t now_ns)
{
    enum { EVERY_MS = 2000 };
    char reason[LINK_REASON_BYTES];
    const char *folder = station->settings->identity;

    if (now_ns < station->identity_ns)
        return;
    station->identity_ns = now_ns + EVERY_MS * MS;
    link_set_wall(station->link, clock_wall_s(), now_ns); /* somebody may have set the clock */
    if (!identity_files_changed(folder, &station->identity_stamp))
        return;
    struct link_identity *identity = link_identity_load(folder, reason);
    if (!identity) {
        log_event(LOG_WARN, "identity_kept", "reason=\"%s\"", reason);
        return;
    }
    link_set_identity(station->link, identity);
    link_identity_free(station->identity);
    station->identity = identity;
    log_event(LOG_INFO, "identity_read_again", "folder=\"%s\"", folder);
}

void station_heed_identity(struct station *station, uint64_t now_ns)
{
    char events[4096]; /* what happened is not asked: the files are looked at */

    if (station->identity_watch < 0 || read(station->identity_watch, events, sizeof events) <= 0)
        return;
    station->identity_ns = 0;
    station_follow_identity(station, now_ns);
}

void station_close(struct station *station)
{
    if (station->identity_watch >= 0)
        close(station->identity_watch);
    if (station->carrier.buffers)
        carrier_destroy(&station->carrier);
    link_destroy(station->link);
    link_identity_free(station->identity);
    if (station->signals >= 0)
        close(station->signals);
    keep_whole_drop(&station->report);
}

void station_begin(struct station *station)
{
    station->signals = stops_open();
    carrier_watch(&station->carrier, station->signals);
    if (station->settings->status_fd >= 0)
        fcntl((int)station->settings->status_fd, F_SETFL, O_NONBLOCK);
    station->start_ns = station->status_ns = clock_monotonic_ns();
}

void station_claim(struct station *station)
{
    bool is_cart = !strcmp(station->side, "cart");
    bool is_locked = realtime_lock_memory();
    station->is_realtime = realtime_claim(is_cart ? REALTIME_ROBOT : REALTIME_LOOP);
    if (!station->is_realtime || !is_locked)
        log_event(
            is_cart ? LOG_WARN : LOG_INFO, "not_realtime",
            "priority=%s memory=%s hint=\"run as root, grant CAP_SYS_NICE and CAP_IPC_LOCK, or "
            "raise the limits rtprio and memlock\"",
            station->is_realtime ? "granted" : "refused", is_locked ? "granted" : "refused");
}

void status_put_peer(struct status *status, const struct station *station)
{
    status_put_name(status, "peer", *station->peer_name ? station->peer_name : "-");
}

static const char *seat_name(const struct lease *lease, uint8_t seat)
{
    return seat == LEASE_NOBODY ? "nobody" : lease->seats[seat].name;
}

void status_put_lease(struct status *status, const struct lease *lease)
{
    status_put_name(status, "owner", seat_name(lease, lease->owner));
    status_put_name(status, "asking", seat_name(lease, lease->asking));
    status_put(status, "lease=%u ", lease->number);
}

bool station_is_over(struct station *station, uint64_t now_ns)
{
    struct signalfd_siginfo info;
    if (carrier_watched(&station->carrier, 0) &&
        read(station->signals, &info, sizeof info) == sizeof info)
        return true;
    return station_is_out_of_time(station, now_ns);
}

bool station_is_out_of_time(const struct station *station, uint64_t now_ns)
{
    return station->settings->for_ns && now_ns - station->start_ns >= station->settings->for_ns;
}

static const char *state_text(enum link_line_state state)
{
    switch (state) {
    case LINK_LINE_UNUSED:
        return "unused";
    case LINK_LINE_FRESH:
        return "fresh";
    case LINK_LINE_GOOD:
        return "good";
    case LINK_LINE_SUSPECT:
        return "suspect";
    case LINK_LINE_LOST:
        return "lost";
    }
    return "?";
}

unsigned line_number(unsigned index)
{
    return index + 1;
}

static void log_line(struct station *station, unsigned line, enum link_line_state state)
{
    if (state == LINK_LINE_SUSPECT || state == station->lines_told[line])
        return; /* a moment's doubt, or the end of it: the status line shows those */
    station->lines_told[line] = state;
    log_event(state == LINK_LINE_LOST ? LOG_WARN : LOG_INFO, "line", "line=%u state=%s",
              line_number(line), state_text(state));
}

/* Who it was: by name where the certificate was good enough to believe it, else by address. */
static void log_end(const struct link_event *event, const char *name)
{
    char who[LINK_NAME_BYTES + NET_ADDRESS_TEXT] = "", address[NET_ADDRESS_TEXT];
    if (link_peer_name(event->peer)[0]) {
        snprintf(who, sizeof who, "peer=\"%s\" ", link_peer_name(event->peer));
    } else if (event->path.address_bytes) {
        carrier_path_text(&event->path, address);
        snprintf(who, sizeof who, "address=\"%s\" ", address);
    }
    log_event(LOG_WARN, name, "%sby_peer=%d reason=\"%s\"", who, event->by_peer, event->reason);
}

void station_log(struct station *station, const struct link_event *event)
{
    switch (event->kind) {
    case LINK_EVENT_REFUSED:
        if (log_quota_take(&station->refused, clock_monotonic_ns()))
            log_end(event, "session_refused");
        break;
    case LINK_EVENT_CLOSED:
        log_end(event, "session_closed");
        break;
    case LINK_EVENT_LINE:
        log_line(station, event->line, event->line_state);
        break;
    case LINK_EVENT_LINE_MOVED:
        log_event(LOG_INFO, "line_moved", "line=%u", line_number(event->line));
        break;
    case LINK_EVENT_LINE_SIZE:
        log_event(event->shrank ? LOG_WARN : LOG_INFO, event->shrank ? "line_shrank" : "line_grew",
                  "line=%u datagram_bytes=%" PRIu32, line_number(event->line),
                  event->datagram_bytes);
        break;
    case LINK_EVENT_CLOCK_STEP:
        log_event(LOG_WARN, "clock_step", "ages=\"not measured for a while\"");
        break;
    case LINK_EVENT_KEYS:
        log_event(LOG_INFO, "keys_renewed", "%s", "");
        break;
    case LINK_EVENT_UP:
    case LINK_EVENT_SAMPLE:
    case LINK_EVENT_SAMPLE_AGAIN:
    case LINK_EVENT_FRAME:
    case LINK_EVENT_MESSAGE:
        break;
    }
}

void station_log_second(struct station *station, const struct link_peer *peer)
{
    if (log_quota_take(&station->second_refused, clock_monotonic_ns()))
        log_event(LOG_WARN, "second_console_refused", "peer=\"%s\"", link_peer_name(peer));
}

static void log_left_out(struct log_quota *quota, const char *event, uint64_t now_ns)
{
    uint64_t left_out = log_quota_told(quota, now_ns);
    if (left_out > 0)
        log_event(LOG_WARN, "left_out", "event=%s count=%" PRIu64, event, left_out);
}

static void ignore(void *context, const struct link_event *event)
{
    (void)context;
    (void)event;
}

void station_farewell(struct station *station, struct link_peer *peer, const char *reason)
{
    uint64_t now_ns = clock_monotonic_ns(), until_ns = now_ns + 200 * MS;
    if (!peer)
        return;
    station_remember(station, peer, now_ns);
    link_close(peer, reason, now_ns);
    while ((now_ns = clock_monotonic_ns()) < until_ns) {
        carrier_send(&station->carrier, now_ns);
        carrier_wait(&station->carrier, until_ns, now_ns);
        carrier_receive(&station->carrier, ignore, NULL);
    }
}

void status_put(struct status *status, const char *text, ...)
{
    va_list args;
    size_t room = sizeof status->text - status->len;
    va_start(args, text);
    int written = vsnprintf(status->text + status->len, room, text, args);
    va_end(args);
    if (written > 0)
        status->len += (size_t)written < room ? (size_t)written : room - 1;
}

void status_put_ms(struct status *status, const char *key, bool measured, double ns)
{
    if (measured)
        status_put(status, "%s=%.3f ", key, ns / 1e6);
    else
        status_put(status, "%s=- ", key);
}

void status_put_refused(struct status *status, const uint64_t refused[static MOTION_ERRS])
{
    for (unsigned i = 0; i < MOTION_ERRS; i++)
        if (refused[i] > 0)
            status_put(status, "refused_%s=%" PRIu64 " ", motion_err_word((enum motion_err)i),
                       refused[i]);
}

static void put_line(struct status *status, unsigned index, const struct link_line_stats *line)
{
    char key[32];
    unsigned number = line_number(index);
    status_put(status, "line%u=%s line%u_rate_bps=%llu ", number, state_text(line->state), number,
               (unsigned long long)line->rate_bps);
    const struct {
        const char *name;
        int64_t ns;
    } times[] = {{"rtt", line->rtt_ns},
                 {"in", line->delay_in_ns},
                 {"out", line->delay_out_ns},
                 {"jitter", line->jitter_ns}};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        snprintf(key, sizeof key, "line%u_%s_ms", number, times[i].name);
        status_put_ms(status, key, times[i].ns >= 0, (double)times[i].ns);
    }
    if (line->loss_out >= 0)
        status_put(status, "line%u_loss=%.2f ", number, 100 * line->loss_out);
    else
        status_put(status, "line%u_loss=- ", number);
}

static void put_strangers(struct status *status, const struct link *link)
{
    struct link_stranger_stats strangers;
    link_stranger_stats(link, &strangers);
    status_put(status,
               "malformed=%" PRIu64 " forged=%" PRIu64 " replayed=%" PRIu64 " unknown=%" PRIu64
               " hellos=%" PRIu64 " cookies_wrong=%" PRIu64 " turned_away=%" PRIu64 " ",
               strangers.malformed, strangers.forged, strangers.replayed, strangers.unknown,
               strangers.hellos, strangers.cookies_wrong, strangers.handshakes_turned_away);
}

/* What this machine itself would not send: no route, too long for the interface, its buffer full. */
static void log_unsent(struct station *station, uint64_t now_ns)
{
    enum { EVERY_MS = 10000 };
    const struct carrier *carrier = &station->carrier;

    if (carrier->unsent == station->unsent_told || now_ns < station->tell_unsent_ns)
        return;
    station->unsent_told = carrier->unsent;
    station->tell_unsent_ns = now_ns + EVERY_MS * MS;
    log_event(LOG_WARN, "unsent", "count=%" PRIu64 " why=\"%s\"", carrier->unsent,
              strerror(carrier->unsent_errno));
}

void station_status(struct station *station, struct status *status, const struct link_peer *peer,
                    uint64_t now_ns)
{
    const struct link_stats *stats = &station->last_stats;
    station->status_ns = now_ns + 100 * MS;
    station_remember(station, peer, now_ns);
    station_follow_identity(station, now_ns);
    log_left_out(&station->refused, "session_refused", now_ns);
    log_left_out(&station->second_refused, "second_console_refused", now_ns);
    log_unsent(station, now_ns);
    if (station->settings->status_fd < 0)
        return;
    for (unsigned i = 0; i < LINK_LINES_MAX; i++)
        if (stats->lines[i].state != LINK_LINE_UNUSED)
            put_line(status, i, &stats->lines[i]);
    put_strangers(status, station->link);
    status_put(status, "unsent=%" PRIu64 " ", station->carrier.unsent);
    if (status->len)
        status->text[status->len - 1] = '\n'; /* in place of the last blank */
    ssize_t written = write((int)station->settings->status_fd, status->text, status->len);
    (void)written; /* nobody reads: nothing to do about it */
}
