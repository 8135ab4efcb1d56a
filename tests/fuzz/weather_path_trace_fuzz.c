/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A delay file that we accept starts at 0, never runs backwards, knows no loss above one, and has at
 * every moment the last row that is not later. */
#include <stdlib.h>

#include "weather/trace.h"

enum { ROOM = 4096 };

static struct path_row rows[ROOM];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct path_trace trace;
    struct weather_error error;
    enum weather_err err = trace_read_path(&trace, data, size, rows, ROOM, &error);

    if (err == WEATHER_ERR_TRACE && !error.text[0])
        abort();
    if (err)
        return 0;
    if (trace.count > trace_rows_max(data, size) || trace.rows[0].at_ns != 0)
        abort();
    for (size_t i = 0; i < trace.count; i++) {
        const struct path_row *row = trace_path_at(&trace, trace.rows[i].at_ns);
        if (trace.rows[i].loss_ppb > 1000000000)
            abort();
        if (i > 0 && trace.rows[i].at_ns < trace.rows[i - 1].at_ns)
            abort();
        if (trace.rows[i].at_ns < trace.period_ns && row->at_ns != trace.rows[i].at_ns)
            abort();
    }
    return 0;
}
