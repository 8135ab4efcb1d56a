/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The common part of both ends' reports (station.h, report.h), and what the files are called. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "clock/clock.h"
#include "link/identity.h"
#include "station.h"

#define NOT_MEASURED ((double)NAN)

bool station_files_differ(const struct station_settings *settings, const char *side)
{
    if (!settings->trace || !settings->report || !keep_is_same(settings->trace, settings->report))
        return true;
    fprintf(stderr, "jisr %s: --trace %s and --report %s are one file; name two\n", side,
            settings->trace, settings->report);
    return false;
}

static void tell_beside(const char *name, const char *asked)
{
    if (strcmp(name, asked) != 0)
        log_event(LOG_INFO, "kept_beside", "file=\"%s\" earlier=\"%s\"", name, asked);
}

static bool fail(const struct station *station, const char *option, const char *path, int why)
{
    fprintf(stderr, "jisr %s: --%s %s: %s\n", station->side, option, path, strerror(why));
    return false;
}

bool station_name_files(struct station *station)
{
    const char *trace = station->settings->trace, *report = station->settings->report;
    char name[KEEP_NAME_BYTES];

    station->number = keep_number((const char *[]){trace, report}, 2, 1);
    if (trace && !keep_name(station->trace_file, trace, station->number))
        return fail(station, "trace", trace, ENAMETOOLONG);
    if (report && !keep_name(name, report, station->number))
        return fail(station, "report", report, ENAMETOOLONG);
    if (report && !keep_whole_try(&station->report, name))
        return fail(station, "report", name, errno);
    if (trace)
        tell_beside(station->trace_file, trace);
    if (report)
        tell_beside(name, report);
    return true;
}

static double ms_or_nan(int64_t ns)
{
    return ns < 0 ? NOT_MEASURED : (double)ns / 1e6;
}

void station_list_holds(const struct station *station, struct report *report,
                        const struct hold_log *log, const char *(*text)(unsigned cause),
                        struct report_hold holds[static HOLD_LOG_KEPT])
{
    report->holds = holds;
    report->hold_count = 0;
    report->holds_in_all = log->count;
    for (uint64_t n = log->count > HOLD_LOG_KEPT ? log->count - HOLD_LOG_KEPT : 0; n < log->count;
         n++) {
        const struct hold_record *hold = hold_log_at(log, n);
        holds[report->hold_count++] = (struct report_hold){
            .cause = text(hold->cause),
            .began_s = hold->start_ns > station->start_ns
                           ? (double)(hold->start_ns - station->start_ns) / 1e9
                           : 0, /* the loop was waiting already */
            .length_s = hold->open ? NOT_MEASURED : (double)hold->length_ns / 1e9,
        };
    }
}

static void fill_line(const struct station *station, unsigned index, double bound_ms,
                      struct report_line *out)
{
    const struct link_line_stats *line = &station->last_stats.lines[index];
    const struct station_past_line *past = &station->past.lines[index];
    uint64_t longest_ns = line->outage_longest_ns > past->outage_longest_ns
                              ? line->outage_longest_ns
                              : past->outage_longest_ns;
    uint64_t longest_loss =
        line->loss_longest > past->loss_longest ? line->loss_longest : past->loss_longest;
    const char *name = station->line_names[index];

    if (!*name && index < station->addresses->count)
        name = station->addresses->items[index];
    *out = (struct report_line){
        .name = name,
        .sent = (int64_t)(past->sent + line->sent),
        .received = (int64_t)(past->received + line->received),
        .lost = (int64_t)(past->lost + line->lost),
        .late = (int64_t)(past->late + line->reordered),
        .duplicate = (int64_t)(past->duplicate + line->duplicate),
        .delay_in_ms = line->received ? ms_or_nan(line->delay_in_ns) : NOT_MEASURED,
        .delay_out_ms = line->received ? ms_or_nan(line->delay_out_ns) : NOT_MEASURED,
        .bound_ms = bound_ms,
        .jitter_ms = line->received ? ms_or_nan(line->jitter_ns) : NOT_MEASURED,
        .longest_outage_ms = (double)longest_ns / 1e6,
        .loss_episodes = (int64_t)(past->loss_episodes + line->loss_episodes),
        .longest_loss = (int64_t)longest_loss,
    };
}

/* Those of the command line, and as many more as were ever used. A cart listens where others than the console come
 * in, too (the bedside): its lines are those that were used. */
static unsigned count_lines(const struct station *station)
{
    unsigned asked = strcmp(station->side, "cart") ? (unsigned)station->addresses->count : 0;
    unsigned count = LINK_LINES_MAX;
    while (count > asked && !*station->line_names[count - 1])
        count--;
    return count;
}

bool station_has_met(const struct station *station)
{
    if (station->sessions > 0 || !station_is_out_of_time(station, clock_monotonic_ns()))
        return true;
    fprintf(stderr, "jisr %s: no cart was met in the time of --for\n", station->side);
    return false;
}

/* Another may have written under that name meanwhile. */
static bool write_report(struct station *station, const struct report *report)
{
    const char *asked = station->settings->report;
    unsigned number = keep_number(&asked, 1, station->number);

    if (keep_name(station->report.name, asked, number) && number != station->number)
        tell_beside(station->report.name, asked);
    return report_write(&station->report, report);
}

bool station_report(struct station *station, struct report *report,
                    struct report_line lines[static LINK_LINES_MAX], uint64_t now_ns)
{
    const struct link_clock_reading *clock = &station->last_clock;
    struct link_stranger_stats strangers;

    link_stranger_stats(station->link, &strangers);
    report->strangers = &strangers;
    report->side = station->side;
    report->site = link_identity_site(station->identity)->name;
    report->peer = *station->peer_name ? station->peer_name : NULL;
    report->length_s = (double)(now_ns - station->start_ns) / 1e9;
    report->start_ns = station->start_ns;
    report->sessions = station->sessions;
    report->ages[REPORT_LOOP_LATENESS] = &station->lateness;
    report->is_realtime = station->is_realtime;
    report->clock_offset_ms = clock->measured ? (double)clock->offset_ns / 1e6 : NOT_MEASURED;
    report->clock_bound_ms = clock->measured ? (double)clock->bound_ns / 1e6 : NOT_MEASURED;
    report->lines = lines;
    report->line_count = count_lines(station);
    for (unsigned i = 0; i < report->line_count; i++)
        fill_line(station, i, report->clock_bound_ms, &lines[i]);
    report->unsent = station->carrier.unsent;
    return !station->settings->report || write_report(station, report);
}
