/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/picture_line.h"

#include <math.h>

/* Older than half of what holds: pictures are about to be too old. */
static bool is_late(const struct picture_line_facts *facts, uint64_t now_ns)
{
    return !facts->sees || now_ns - facts->seen_captured_ns > facts->late_ns / 2;
}

static bool has_room(const struct picture_line_facts *facts)
{
    return facts->room_bps >= PICTURE_LINE_BPS;
}

/* A rest, longer than the one before, but where there is room by now: then it was a loss that spoilt the trial. */
static void rest(struct picture_line *line, bool is_roomy, uint64_t now_ns)
{
    line->rest_ns = line->rest_ns && !is_roomy ? 2 * line->rest_ns : PICTURE_LINE_TRY_NS;
    if (line->rest_ns > PICTURE_LINE_TRY_MOST_NS)
        line->rest_ns = PICTURE_LINE_TRY_MOST_NS;
    line->state = PICTURE_LINE_RESTS;
    line->is_poor = true;
    line->until_ns = now_ns + line->rest_ns;
    line->bad_ns = line->well_ns = 0;
}

static void watch(struct picture_line *line, const struct picture_line_facts *facts,
                  uint64_t now_ns)
{
    bool late = is_late(facts, now_ns);
    bool is_roomy = has_room(facts);
    bool bad = late && facts->is_well && !is_roomy;
    bool well = !late || is_roomy; /* late beside room: another fault, and another gate's */
    line->bad_ns = !bad ? 0 : line->bad_ns ? line->bad_ns : now_ns;
    line->well_ns = !well ? 0 : line->well_ns ? line->well_ns : now_ns;
    if (line->bad_ns && now_ns - line->bad_ns >= PICTURE_LINE_LATE_NS) {
        rest(line, false, now_ns);
    } else if (line->well_ns && now_ns - line->well_ns >= PICTURE_LINE_WELL_NS) {
        line->is_poor = false;
        line->rest_ns = 0;
    }
}

static void try_one(struct picture_line *line, const struct picture_line_facts *facts,
                    uint64_t now_ns)
{
    if (!facts->is_well)
        return; /* cut, or blind: what that is called is others' to say */
    line->state = PICTURE_LINE_TRIES;
    line->tried_ns = 0;
    line->wants_alone = true;
    line->until_ns = now_ns + PICTURE_LINE_TRY_MOST_NS; /* a camera that gives none is no answer */
}

static void await_trial(struct picture_line *line, const struct picture_line_facts *facts,
                        uint64_t now_ns)
{
    if (line->tried_ns && facts->sees && facts->seen_captured_ns >= line->tried_ns) {
        line->state = PICTURE_LINE_GOES;
        line->wants_alone = true; /* those since then were not sent */
    } else if (now_ns >= line->until_ns) {
        rest(line, has_room(facts), now_ns);
    }
}

/* As a round trip is smoothed (RFC 6298 2.3). */
static void note_seen(struct picture_line *line, uint64_t captured_ns, uint64_t now_ns)
{
    double took_ns = (double)(now_ns - captured_ns);
    if (!line->seen_ns) {
        line->usual_ns = took_ns;
        line->differs_ns = took_ns / 2;
    } else {
        line->differs_ns += (fabs(took_ns - line->usual_ns) - line->differs_ns) / 4;
        line->usual_ns += (took_ns - line->usual_ns) / 8;
    }
    line->seen_ns = captured_ns;
    line->again_ns = 0;
}

static double takes_ns(const struct picture_line *line)
{
    return line->usual_ns + fmax(4 * line->differs_ns, (double)PICTURE_LINE_MISS_NS);
}

/* Whether a picture that went should have been seen by now. */
static bool misses(const struct picture_line *line, uint64_t now_ns)
{
    for (unsigned i = 0; line->seen_ns && i < PICTURE_LINE_SENT; i++) {
        uint64_t sent_ns = line->sent_ns[i];
        if (sent_ns > line->seen_ns && sent_ns > line->asked_ns &&
            (double)(now_ns - sent_ns) > takes_ns(line))
            return true;
    }
    return false;
}

static void look_for_missed(struct picture_line *line, const struct picture_line_facts *facts,
                            uint64_t now_ns)
{
    if (facts->sees && facts->seen_captured_ns != line->seen_ns)
        note_seen(line, facts->seen_captured_ns, now_ns);
    if (line->state != PICTURE_LINE_GOES || !facts->is_well || !misses(line, now_ns) ||
        now_ns - line->asked_ns < line->again_ns)
        return;
    line->asked_ns = now_ns;
    line->again_ns = 2 * (line->again_ns ? line->again_ns : (uint64_t)takes_ns(line));
    if (line->again_ns > PICTURE_LINE_ASK_MOST_NS)
        line->again_ns = PICTURE_LINE_ASK_MOST_NS;
    line->wants_alone = true;
}

void picture_line_judge(struct picture_line *line, const struct picture_line_facts *facts,
                        uint64_t now_ns)
{
    look_for_missed(line, facts, now_ns);
    switch (line->state) {
    case PICTURE_LINE_GOES:
        watch(line, facts, now_ns);
        break;
    case PICTURE_LINE_RESTS:
        if (now_ns >= line->until_ns)
            try_one(line, facts, now_ns);
        break;
    case PICTURE_LINE_TRIES:
        if (line->tried_ns)
            line->until_ns = line->tried_ns + (has_room(facts) ? 2 : 1) * facts->late_ns;
        await_trial(line, facts, now_ns);
        break;
    }
}

bool picture_line_asks(struct picture_line *line)
{
    bool asks = line->wants_alone;
    line->wants_alone = false;
    return asks;
}

static bool may_go(const struct picture_line *line, bool stands_alone)
{
    switch (line->state) {
    case PICTURE_LINE_GOES:
        return stands_alone || !line->is_broken;
    case PICTURE_LINE_RESTS:
        break;
    case PICTURE_LINE_TRIES:
        return stands_alone && !line->tried_ns;
    }
    return false;
}

bool picture_line_gives(struct picture_line *line, uint64_t captured_ns, bool stands_alone)
{
    bool goes = may_go(line, stands_alone);
    if (goes && line->state == PICTURE_LINE_TRIES)
        line->tried_ns = captured_ns;
    if (goes)
        line->sent_ns[line->sent_next++ % PICTURE_LINE_SENT] = captured_ns;
    line->is_broken = !goes;
    return goes;
}
