/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/trace_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 64 << 20 };

/* The whole file in memory of the caller's to free, or NULL with errno set. */
static uint8_t *read_whole(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;

    if (!file)
        return NULL;
    if (fseek(file, 0, SEEK_END) != 0)
        goto out;
    long size = ftell(file);
    if (size < 0 || size > FILE_BYTES_MAX) {
        errno = EFBIG;
        goto out;
    }
    rewind(file);
    bytes = malloc((size_t)size + 1);
    if (bytes)
        *len = fread(bytes, 1, (size_t)size, file);
out:
    fclose(file);
    return bytes;
}

static enum weather_err read_bytes(struct trace_files *files, const uint8_t *bytes, size_t len,
                                   struct weather_error *error)
{
    size_t room = trace_rows_max(bytes, len);
    enum trace_kind kind = trace_kind_of(bytes, len);

    if (kind == TRACE_CAPACITY ? files->chances != NULL : files->rows != NULL) {
        snprintf(error->text, sizeof error->text, "a second %s trace for one way",
                 kind == TRACE_CAPACITY ? "delivery" : "delay");
        return WEATHER_ERR_TWICE;
    }
    if (kind == TRACE_CAPACITY) {
        files->chances = calloc(room, sizeof *files->chances);
        return files->chances ? trace_read_capacity(&files->traces.capacity, bytes, len,
                                                    files->chances, room, error)
                              : WEATHER_ERR_ROOM;
    }
    files->rows = calloc(room, sizeof *files->rows);
    return files->rows ? trace_read_path(&files->traces.path, bytes, len, files->rows, room, error)
                       : WEATHER_ERR_ROOM;
}

static enum weather_err read_file(struct trace_files *files, const char *path,
                                  struct weather_error *error)
{
    size_t len = 0;
    uint8_t *bytes = read_whole(path, &len);

    if (!bytes) {
        snprintf(error->text, sizeof error->text, "trace '%.120s': %s", path, strerror(errno));
        return WEATHER_ERR_TRACE;
    }
    struct weather_error inner = {{0}};
    enum weather_err err = read_bytes(files, bytes, len, &inner);
    free(bytes);
    if (err)
        snprintf(error->text, sizeof error->text, "trace '%.80s': %.100s", path,
                 inner.text[0] ? inner.text : "no memory");
    return err;
}

enum weather_err trace_files_read(struct trace_files *files,
                                  const struct weather_settings *settings,
                                  struct weather_error *error)
{
    struct trace_files read = {0};
    enum weather_err err = WEATHER_OK;

    for (uint32_t i = 0; i < settings->trace_count && !err; i++)
        err = read_file(&read, settings->traces[i], error);
    if (err) {
        trace_files_free(&read);
        return err;
    }
    *files = read;
    return WEATHER_OK;
}

void trace_files_free(struct trace_files *files)
{
    free(files->chances);
    free(files->rows);
    *files = (struct trace_files){0};
}
