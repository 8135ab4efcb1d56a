/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/postgres_batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

/* An array's binary form: dimensions, whether there are NULLs, the elements' type, their count, the first one's number;
 * then each element's length and bytes. Types by their numbers in PostgreSQL's catalogue (pg_type.dat). */
enum { HEADER = 20, AT_TYPE = 8, AT_COUNT = 12, AT_LOWER = 16 };
enum { OID_BYTEA = 17, OID_INT8 = 20, OID_FLOAT8 = 701 };

/* n: number, d: real, b: bytes. */
static const char *const forms[BATCHES] = {
    [BATCH_CUT_EXACT] = "nnn",   [BATCH_CUT_STRING] = "nbn",    [BATCH_CUT_DATE] = "nnn",
    [BATCH_CUT_AMOUNT] = "nndn", [BATCH_CUT_DATED] = "nnnn",    [BATCH_CUT_WORD] = "n",
    [BATCH_NAME] = "bnn",        [BATCH_RESOURCE] = "nnnnnnbb", [BATCH_CHANGE] = "nnnnnb",
    [BATCH_VERSION] = "nnnnnnb", [BATCH_EXACT] = "nnnn",        [BATCH_STRING] = "nbn",
    [BATCH_DATE] = "nnnn",       [BATCH_AMOUNT] = "nnddn",      [BATCH_DATED] = "nnnn",
    [BATCH_WORD] = "nn",
};

size_t batch_columns(enum batch_kind kind)
{
    return strlen(forms[kind]);
}

static size_t bytes_of(char form, const struct batch_cell *cell)
{
    return form == 'b' ? cell->bytes.len : 8;
}

/* Room for one more element of `len` bytes. */
static bool make_room(struct batch_column *column, size_t len)
{
    size_t need = (column->len ? column->len : HEADER) + 4 + len;
    if (need > column->room) {
        size_t room = need < 4096 ? 8192 : need * 2;
        char *grown = realloc(column->bytes, room);
        if (!grown)
            return false;
        column->bytes = grown;
        column->room = room;
    }
    if (column->len == 0)
        column->len = HEADER;
    return true;
}

static void write_cell(struct batch_column *column, char form, const struct batch_cell *cell)
{
    uint8_t *at = (uint8_t *)column->bytes + column->len;
    size_t len = bytes_of(form, cell);
    put_be32(at, (uint32_t)len);
    if (form == 'n') {
        put_be64(at + 4, (uint64_t)cell->number);
    } else if (form == 'd') {
        uint64_t bits;
        memcpy(&bits, &cell->real, sizeof bits);
        put_be64(at + 4, bits);
    } else if (len) {
        memcpy(at + 4, cell->bytes.bytes, len);
    }
    column->len += 4 + len;
}

bool batch_add(struct batch *batch, enum batch_kind kind, const struct batch_cell *cells)
{
    const char *form = forms[kind];
    for (size_t i = 0; form[i]; i++)
        if (!make_room(&batch->columns[i], bytes_of(form[i], &cells[i])))
            return false;
    for (size_t i = 0; form[i]; i++)
        write_cell(&batch->columns[i], form[i], &cells[i]);
    batch->count++;
    return true;
}

void batch_set_mark(struct batch *batch, enum batch_kind kind)
{
    batch->mark.count = batch->count;
    for (size_t i = 0; i < batch_columns(kind); i++)
        batch->mark.lens[i] = batch->columns[i].len;
}

void batch_undo(struct batch *batch, enum batch_kind kind)
{
    batch->count = batch->mark.count;
    for (size_t i = 0; i < batch_columns(kind); i++)
        batch->columns[i].len = batch->mark.lens[i];
}

void batch_take(struct batch *batch, enum batch_kind kind)
{
    if (batch->mark.count == 0)
        return;
    batch->count -= batch->mark.count;
    for (size_t i = 0; i < batch_columns(kind); i++) {
        struct batch_column *column = &batch->columns[i];
        size_t end = batch->mark.lens[i], rest = column->len - end;
        memmove(column->bytes + HEADER, column->bytes + end, rest);
        column->len = rest ? HEADER + rest : 0;
    }
    batch->mark = (struct batch_mark){0};
}

struct text batch_array(struct batch *batch, enum batch_kind kind, size_t column, size_t count,
                        size_t len)
{
    uint8_t *at = (uint8_t *)batch->columns[column].bytes;
    char form = forms[kind][column];
    put_be32(at, 1);
    put_be32(at + 4, 0);
    put_be32(at + AT_TYPE, form == 'n' ? OID_INT8 : form == 'd' ? OID_FLOAT8 : OID_BYTEA);
    put_be32(at + AT_COUNT, (uint32_t)count);
    put_be32(at + AT_LOWER, 1);
    return (struct text){(const char *)at, len};
}

void batch_free(struct batch *batch)
{
    for (size_t i = 0; i < BATCH_COLUMNS_MAX; i++)
        free(batch->columns[i].bytes);
}
