/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recorded lines that settings name, read from their files into memory. */
#ifndef NET_TRACE_FILES_H
#define NET_TRACE_FILES_H

#include "weather/trace.h"

struct trace_files {
    struct weather_traces traces;
    uint32_t *chances; /* what the traces point into, ours */
    struct path_row *rows;
};

/* Reads every trace file of the settings; `*files` is set only on WEATHER_OK and then given back with
 * trace_files_free. The error names the file. Two files of one kind are WEATHER_ERR_TWICE. */
MUST_USE enum weather_err trace_files_read(struct trace_files *files,
                                           const struct weather_settings *settings,
                                           struct weather_error *error);

void trace_files_free(struct trace_files *files);

#endif
