/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/advice.h"

#define MS UINT64_C(1000000)

/* Up to this delay, this scale: dVRK's 0.2 times 100 ms / delay, to two digits. */
static const struct {
    uint64_t delay_most_ns;
    double scale;
} rows[] = {
    {100 * MS, 1},    {125 * MS, 0.16}, {150 * MS, 0.13}, {200 * MS, 0.10},
    {250 * MS, 0.08}, {300 * MS, 0.07}, {UINT64_MAX, 0},
};

enum { ROWS = sizeof rows / sizeof *rows };

static unsigned row_for(double delay_ns)
{
    unsigned row = 0;
    while (delay_ns > (double)rows[row].delay_most_ns)
        row++;
    return row;
}

void advice_update(struct advice *advice, uint64_t delay_ns, double scale)
{
    double now_ns = (double)delay_ns;
    advice->delay_ns += advice->delay_ns > 0 ? (now_ns - advice->delay_ns) / ADVICE_MEMORY : now_ns;
    unsigned row = row_for(advice->delay_ns);
    if (row < advice->row) {
        unsigned slack = row_for(advice->delay_ns + (double)ADVICE_SLACK_NS);
        row = slack < advice->row ? slack : advice->row;
    }
    advice->row = row;
    advice->scale = rows[row].scale;
    advice->kind = row == ROWS - 1           ? ADVICE_STOP
                   : scale > rows[row].scale ? ADVICE_SCALE
                                             : ADVICE_NONE;
}
