/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A DESK Taurus recording of one or both hands (motion/taurus.h), plain text or .gz, read whole at
 * open. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "input/source.h"
#include "motion/taurus.h"

enum { ROWS_MAX = 4000000, PATH_BYTES = 4096, HANDS = GESTURE_HANDS_MAX };

#define PEDAL_UP_NS UINT64_C(100000000)  /* rows further apart: the foot was up between them */
#define PEDAL_GAP_NS UINT64_C(300000000) /* what is left of such a gap */
#define GAP_STEP_NS UINT64_C(4000000)    /* a sample each 4 ms in it */

struct entry { /* a row of the file, or what was wrong with it */
    struct taurus_row row;
    enum motion_err err;
};

struct track { /* one hand */
    struct entry *entries;
    size_t count;
};

struct taurus_file {
    struct source source;
    struct track tracks[HANDS];
    unsigned hand_count;
    size_t count; /* rows played: the shorter track's */
    size_t at;
    uint64_t at_ns, row_ns; /* since the start; time of the last row in the file */
    uint64_t gap_ns;        /* of a pedal gap still to fill */
    struct taurus_check checks[HANDS];
    struct clutch_hands hands;
};

static bool add_row(struct track *track, size_t *room, const char *line, size_t len)
{
    if (track->count == *room) {
        size_t more = *room ? 2 * *room : 16384;
        struct entry *bigger =
            more <= ROWS_MAX ? realloc(track->entries, more * sizeof *bigger) : NULL;
        if (!bigger)
            return false;
        track->entries = bigger;
        *room = more;
    }
    struct entry *entry = &track->entries[track->count++];
    *entry = (struct entry){0};
    entry->err = taurus_read(&entry->row, line, len);
    return true;
}

static const char *read_lines(gzFile in, struct track *track)
{
    char line[TAURUS_LINE_BYTES_MAX + 2];
    size_t room = 0;
    while (gzgets(in, line, sizeof line))
        if (!add_row(track, &room, line, strcspn(line, "\n")))
            return "has more rows than there is room for: cut it";
    int code;
    const char *text = gzerror(in, &code);
    if (code == Z_BUF_ERROR)
        return "ends in the middle of its gzip stream: copy it again";
    if (code != Z_OK)
        return *text ? "is damaged: copy it again" : "cannot be read";
    return NULL;
}

/* Reads one hand. Returns NULL or what is wrong. */
static const char *load(const char *path, struct track *track)
{
    errno = 0;
    gzFile in = gzopen(path, "rb");
    if (!in)
        return errno ? strerror(errno) : "not enough memory";
    const char *wrong = read_lines(in, track);
    gzclose(in);
    if (wrong)
        return wrong;
    size_t good = 0;
    for (size_t i = 0; i < track->count; i++)
        good += track->entries[i].err == MOTION_OK;
    if (good == 0)
        return track->count ? "has no line of 20 numbers: not a Taurus recording" : "is empty";
    if (track->entries[0].err)
        return "does not begin with a line of 20 numbers: not a Taurus recording";
    return NULL;
}

/* `path` with the last "left" of its name made "right", or the other way round. */
static bool other_hand(const char *path, char other[static PATH_BYTES], bool *path_is_left)
{
    static const char *const words[2] = {"left", "right"};
    const char *name = strrchr(path, '/');
    name = name ? name : path;
    for (int i = 0; i < 2; i++) {
        const char *found = strstr(name, words[i]);
        if (!found)
            continue;
        int len = snprintf(other, PATH_BYTES, "%.*s%s%s", (int)(found - path), path, words[1 - i],
                           found + strlen(words[i]));
        *path_is_left = i == 0;
        return len > 0 && len < PATH_BYTES;
    }
    return false;
}

/* A refused row leaves its hand where the last good one put it. */
static enum motion_err take_row(struct taurus_file *file, unsigned hand, const struct entry *entry)
{
    enum motion_err err = entry->err;
    if (!err)
        err = taurus_accept(&file->checks[hand], &entry->row);
    if (!err)
        file->hands.hands[hand] = entry->row.hand;
    return err;
}

static bool fill_gap(struct taurus_file *file, struct source_sample *sample)
{
    if (file->gap_ns < GAP_STEP_NS)
        return false;
    file->gap_ns -= GAP_STEP_NS;
    file->at_ns += GAP_STEP_NS;
    *sample = (struct source_sample){.at_ns = file->at_ns, .hands = file->hands};
    sample->hands.pedal = false;
    return true;
}

/* Follows the rows' own time. True: it is broken here, so the foot is up for a while. */
static bool take_time(struct taurus_file *file, const struct entry *lead, enum motion_err *err)
{
    if (lead->err || lead->row.time_ns == file->row_ns)
        return false;
    bool runs_back = lead->row.time_ns < file->row_ns;
    uint64_t step_ns = lead->row.time_ns - file->row_ns;
    bool is_first = file->row_ns == 0;
    file->row_ns = lead->row.time_ns;
    if (is_first)
        return false;
    if (runs_back)
        *err = MOTION_ERR_STAMP;
    if (!runs_back && step_ns <= PEDAL_UP_NS) {
        file->at_ns += step_ns;
        return false;
    }
    file->gap_ns = PEDAL_GAP_NS;
    memset(file->checks, 0, sizeof file->checks);
    return true;
}

static bool taurus_next(struct source *source, struct source_sample *sample)
{
    struct taurus_file *file = (struct taurus_file *)source;
    enum motion_err err = MOTION_OK;
    if (fill_gap(file, sample))
        return true;
    if (file->at >= file->count)
        return false;
    if (take_time(file, &file->tracks[0].entries[file->at], &err)) {
        (void)fill_gap(file, sample);
        sample->err = err;
        return true;
    }
    for (unsigned i = 0; i < file->hand_count; i++) {
        enum motion_err wrong = take_row(file, i, &file->tracks[i].entries[file->at]);
        err = err ? err : wrong;
    }
    file->at++;
    *sample = (struct source_sample){.at_ns = file->at_ns, .hands = file->hands, .err = err};
    return true;
}

static void taurus_rewind(struct source *source)
{
    struct taurus_file *file = (struct taurus_file *)source;
    file->at = 0;
    file->at_ns = file->row_ns = file->gap_ns = 0;
    memset(file->checks, 0, sizeof file->checks);
}

static void taurus_close(struct source *source)
{
    struct taurus_file *file = (struct taurus_file *)source;
    for (int i = 0; i < HANDS; i++)
        free(file->tracks[i].entries);
    free(file);
}

/* Sets up the hands at their first rows and the rate. */
static void prepare(struct taurus_file *file)
{
    file->count = file->tracks[0].count;
    if (file->hand_count == 2 && file->tracks[1].count < file->count)
        file->count = file->tracks[1].count;
    file->hands = (struct clutch_hands){.hand_count = file->hand_count, .pedal = true};
    for (unsigned i = 0; i < file->hand_count; i++)
        file->hands.hands[i] = file->tracks[i].entries[0].row.hand;
    struct source_sample sample = {0};
    size_t samples = 0;
    while (taurus_next(&file->source, &sample))
        samples++;
    if (sample.at_ns > 0)
        file->source.rate_hz = (double)(samples - 1) * 1e9 / (double)sample.at_ns;
    taurus_rewind(&file->source);
}

struct source *source_open_taurus(const char *path, char *why, size_t why_bytes)
{
    char other[PATH_BYTES];
    bool path_is_left = true;
    struct taurus_file *file = calloc(1, sizeof *file);
    if (!file) {
        snprintf(why, why_bytes, "not enough memory");
        return NULL;
    }
    file->source =
        (struct source){.next = taurus_next, .rewind = taurus_rewind, .close = taurus_close};
    file->hand_count = other_hand(path, other, &path_is_left) ? 2 : 1;
    const char *paths[HANDS] = {path_is_left ? path : other, path_is_left ? other : path};
    for (unsigned i = 0; i < file->hand_count; i++) {
        const char *wrong = load(paths[i], &file->tracks[i]);
        if (!wrong)
            continue;
        snprintf(why, why_bytes, "hands file '%s': %s", paths[i], wrong);
        taurus_close(&file->source);
        return NULL;
    }
    prepare(file);
    return &file->source;
}
