/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/hold_log.h"

#include <stddef.h>

static struct hold_record *newest(struct hold_log *log)
{
    return log->count ? &log->records[(log->count - 1) % HOLD_LOG_KEPT] : NULL;
}

void hold_log_begin(struct hold_log *log, unsigned cause, uint64_t now_ns)
{
    const struct hold_record *before = newest(log);
    if (before && before->open && before->cause == cause)
        return;
    hold_log_end(log, now_ns);
    log->records[log->count % HOLD_LOG_KEPT] =
        (struct hold_record){.cause = cause, .start_ns = now_ns, .open = true};
    log->count++;
}

void hold_log_rename(struct hold_log *log, unsigned from, unsigned cause)
{
    struct hold_record *record = newest(log);
    if (record && record->open && record->cause == from)
        record->cause = cause;
}

void hold_log_end(struct hold_log *log, uint64_t now_ns)
{
    struct hold_record *record = newest(log);
    if (!record || !record->open)
        return;
    record->length_ns = now_ns - record->start_ns;
    record->open = false;
}

const struct hold_record *hold_log_at(const struct hold_log *log, uint64_t n)
{
    if (n >= log->count || log->count - n > HOLD_LOG_KEPT)
        return NULL;
    return &log->records[n % HOLD_LOG_KEPT];
}
