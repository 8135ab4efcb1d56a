/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is counted of an end's sessions for its report, and of which of them it tells (station.h). */
#include <string.h>

#include "link/identity.h"
#include "station.h"

/* What was counted in the session that ended stays in the report. */
static void add_to_past(struct station *station)
{
    struct link_stats *stats = &station->last_stats;
    for (size_t i = 0; i < LINK_LINES_MAX; i++) {
        struct link_line_stats *line = &stats->lines[i];
        station->past.lines[i].sent += line->sent;
        station->past.lines[i].received += line->received;
        station->past.lines[i].lost += line->lost;
        station->past.lines[i].late += line->reordered;
        station->past.lines[i].duplicate += line->duplicate;
        if (line->outage_longest_ns > station->past.lines[i].outage_longest_ns)
            station->past.lines[i].outage_longest_ns = line->outage_longest_ns;
        station->past.lines[i].loss_episodes += line->loss_episodes;
        if (line->loss_longest > station->past.lines[i].loss_longest)
            station->past.lines[i].loss_longest = line->loss_longest;
        *line = (struct link_line_stats){.delay_in_ns = line->delay_in_ns,
                                         .delay_out_ns = line->delay_out_ns};
    }
    station->past.samples_missed += stats->samples_missed;
    stats->samples_missed = 0;
}

uint64_t station_samples_missed(const struct station *station)
{
    return station->past.samples_missed + station->last_stats.samples_missed;
}

/* The place of what was counted of a session that goes on; of NULL a free one. */
static struct station_kept *find_kept(struct station *station, const struct link_peer *peer)
{
    for (size_t i = 0; i < LINK_PEERS_MAX; i++)
        if (station->kept[i].peer == peer)
            return &station->kept[i];
    return NULL;
}

/* Of the session that is told of so far, unless it ended. */
static void keep_told(struct station *station)
{
    struct station_kept *free_place = find_kept(station, NULL);
    if (station->told && free_place)
        *free_place = (struct station_kept){station->told, station->whole};
}

/* What was counted of it when it was told of before; it is not kept any more. */
static struct link_stats take_kept(struct station *station, const struct link_peer *peer)
{
    struct station_kept *kept = find_kept(station, peer);
    if (!kept)
        return (struct link_stats){.samples_sent = 0};
    kept->peer = NULL;
    return kept->counted;
}

static uint64_t less(uint64_t of, uint64_t by)
{
    return of > by ? of - by : 0; /* a datagram that came late is not lost any more */
}

/* Leaves of `stats` what was not yet counted `before`. */
static void take_off(struct link_stats *stats, const struct link_stats *before)
{
    for (size_t i = 0; i < LINK_LINES_MAX; i++) {
        struct link_line_stats *line = &stats->lines[i];
        const struct link_line_stats *old = &before->lines[i];
        line->sent = less(line->sent, old->sent);
        line->received = less(line->received, old->received);
        line->lost = less(line->lost, old->lost);
        line->reordered = less(line->reordered, old->reordered);
        line->duplicate = less(line->duplicate, old->duplicate);
        line->loss_episodes = less(line->loss_episodes, old->loss_episodes);
    }
    stats->samples_missed = less(stats->samples_missed, before->samples_missed);
}

void station_meet(struct station *station, const struct link_peer *peer)
{
    station->sessions++;
    log_event(LOG_INFO, "session_up", "peer=\"%s\" kind=%s fingerprint=%.16s", link_peer_name(peer),
              link_kind_word(link_peer_kind(peer)), link_peer_fingerprint(peer));
}

void station_turn_to(struct station *station, const struct link_peer *peer)
{
    memset(station->lines_told, 0, sizeof station->lines_told);
    add_to_past(station);
    keep_told(station);
    station->told = peer;
    station->whole = station->before = take_kept(station, peer);
    snprintf(station->peer_name, sizeof station->peer_name, "%s", link_peer_name(peer));
}

void station_part(struct station *station, const struct link_peer *peer)
{
    if (station->told == peer)
        station->told = NULL;
    (void)take_kept(station, peer);
}

/* A cart's lines are named by where they come in. */
static void name_by_socket(struct station *station)
{
    for (unsigned i = 0; i < LINK_LINES_MAX; i++) {
        const struct link_line_stats *line = &station->last_stats.lines[i];
        if (line->state != LINK_LINE_UNUSED)
            station_name_line(station, i, station->addresses->items[line->path.socket]);
    }
}

void station_remember(struct station *station, const struct link_peer *peer, uint64_t now_ns)
{
    if (!peer)
        return;
    struct link_clock_reading clock = link_peer_clock(peer, now_ns);
    struct link_stats stats;
    link_peer_stats(peer, now_ns, &stats);
    if (peer == station->told) {
        station->whole = stats;
        take_off(&stats, &station->before);
    }
    if (!clock.measured && station->last_clock.measured) { /* what was measured last stands */
        for (size_t i = 0; i < LINK_LINES_MAX; i++) {
            stats.lines[i].delay_in_ns = station->last_stats.lines[i].delay_in_ns;
            stats.lines[i].delay_out_ns = station->last_stats.lines[i].delay_out_ns;
        }
    } else {
        station->last_clock = clock;
    }
    station->last_stats = stats;
    if (!strcmp(station->side, "cart"))
        name_by_socket(station);
}
