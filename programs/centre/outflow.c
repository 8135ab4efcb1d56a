/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/outflow.h"

#include <stdlib.h>
#include <string.h>

#include "clock/clock.h"
#include "log/log.h"

enum { PIECE_BYTES_MAX = 256 << 20 };

struct outflow {
    struct http_stream of; /* the first, so that one is the other */
    const struct vault *vault;
    uint64_t place;
    struct rest_stream *stream;
    const struct outflow_audit *audit;
    struct arena arena; /* of the piece */
    struct text left;   /* of it, not sent yet */
};

/* Before any of it leaves. */
static enum store_err tell(const struct outflow *flow)
{
    const struct text *patients;
    size_t left = rest_stream_patients(flow->stream, &patients);
    if (!flow->audit || left == 0)
        return STORE_OK;
    if (journal_is_full(flow->audit->journal))
        return STORE_ERR_BUSY;
    while (left) {
        struct audit_record record = flow->audit->record;
        record.at_ms = (int64_t)(clock_wall_ns() / 1000000);
        record.patients = patients;
        record.patient_count = left < AUDIT_PATIENTS_MAX ? left : (size_t)AUDIT_PATIENTS_MAX;
        journal_add(flow->audit->journal, &record, 1, record.at_ms);
        patients += record.patient_count;
        left -= record.patient_count;
    }
    return STORE_OK;
}

static enum store_err read_piece(struct outflow *flow)
{
    struct store_view *view;
    arena_reset(&flow->arena);
    enum store_err err = vault_view(flow->vault, &flow->arena, flow->place, &view);
    if (err != STORE_OK)
        return err;
    err = rest_stream_next(flow->stream, view, &flow->left);
    if (err == STORE_OK)
        err = tell(flow);
    store_view_end(view);
    return err;
}

static ptrdiff_t next(struct http_stream *stream, char *bytes, size_t room)
{
    struct outflow *flow = (struct outflow *)stream;
    if (!flow->left.len) {
        enum store_err err = read_piece(flow);
        if (err != STORE_OK) {
            log_event(LOG_ERROR, "export_cut", "why=\"%s\"", store_err_words(err));
            return -1;
        }
    }
    size_t len = flow->left.len < room ? flow->left.len : room;
    if (len)
        memcpy(bytes, flow->left.bytes, len);
    flow->left.bytes += len;
    flow->left.len -= len;
    return (ptrdiff_t)len;
}

static void end(struct http_stream *stream)
{
    struct outflow *flow = (struct outflow *)stream;
    arena_free(&flow->arena);
    free(flow);
}

struct http_stream *outflow_open(const struct vault *vault, uint64_t place,
                                 struct rest_stream *stream, const struct outflow_audit *audit)
{
    struct outflow *flow = calloc(1, sizeof *flow);
    if (!flow)
        return NULL;
    *flow = (struct outflow){
        .of = {next, end}, .vault = vault, .place = place, .stream = stream, .audit = audit};
    arena_init(&flow->arena, PIECE_BYTES_MAX);
    return &flow->of;
}
