/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/timetable.h"

#include <assert.h>

#define SECOND_NS UINT64_C(1000000000)

void timetable_init(struct timetable *timetable, unsigned line_count, uint64_t length_ns)
{
    static const uint64_t standard_s[PHASES] = {
        [PHASE_WEATHER] = 20, [PHASE_FIRST_CUT] = 10, [PHASE_ALL_CUT] = 3, [PHASE_RETURN] = 10};
    uint64_t all_s = 0, before_s = 0;

    assert(line_count > 0);
    for (int phase = 0; phase < PHASES; phase++)
        all_s += standard_s[phase];
    if (length_ns == 0)
        length_ns = all_s * SECOND_NS;
    for (int phase = 0; phase < PHASES; phase++) {
        timetable->start_ns[phase] = length_ns / all_s * before_s;
        before_s += standard_s[phase];
    }
    timetable->start_ns[PHASES] = length_ns;
    if (line_count == 1)
        timetable->start_ns[PHASE_FIRST_CUT] = timetable->start_ns[PHASE_ALL_CUT];
    timetable->line_count = line_count;
}

enum phase timetable_at(const struct timetable *timetable, uint64_t elapsed_ns)
{
    int phase = PHASES;
    while (phase > PHASE_WEATHER && elapsed_ns < timetable->start_ns[phase])
        phase--;
    return (enum phase)phase;
}

bool timetable_is_cut(enum phase phase, unsigned line)
{
    switch (phase) {
    case PHASE_FIRST_CUT:
        return line == 0;
    case PHASE_ALL_CUT:
        return true;
    case PHASE_WEATHER:
    case PHASE_RETURN:
    case PHASES:
        break;
    }
    return false;
}

double timetable_start_s(const struct timetable *timetable, enum phase phase)
{
    return (double)timetable->start_ns[phase] / 1e9;
}

double timetable_length_s(const struct timetable *timetable, enum phase phase)
{
    assert(phase < PHASES);
    return timetable_start_s(timetable, (enum phase)(phase + 1)) -
           timetable_start_s(timetable, phase);
}
