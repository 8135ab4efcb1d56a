/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A microphone that is a WAVE file, spoken once, and a loudspeaker that is another. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sound/source.h"
#include "sound/wav.h"

enum {
    FILE_BYTES_MAX = 64 << 20, /* eleven minutes */
    SAMPLE_BYTES = 2,
    FRAME_BYTES = SOUND_FRAME_SAMPLES * SAMPLE_BYTES
};

struct sound_files {
    struct sound_device device;
    uint8_t *bytes;
    const uint8_t *samples; /* inside */
    size_t count, at;
    FILE *out;
    uint32_t written;            /* samples */
    uint64_t listen_ns, play_ns; /* the next 20 ms of each begin */
};

/* A frame is there once its last sample is. */
static bool files_listen(struct sound_device *device, uint64_t now_ns, int16_t out[], uint64_t *ns)
{
    struct sound_files *files = (struct sound_files *)device;
    if (files->at >= files->count || now_ns < files->listen_ns + VOICE_FRAME_NS)
        return false;
    for (size_t i = 0; i < SOUND_FRAME_SAMPLES; i++, files->at++) {
        uint16_t sample = 0; /* silence past the end */
        if (files->at < files->count) {
            const uint8_t *bytes = files->samples + files->at * SAMPLE_BYTES;
            sample = (uint16_t)(bytes[0] | bytes[1] << 8);
        }
        out[i] = (int16_t)sample;
    }
    *ns = files->listen_ns;
    files->listen_ns += VOICE_FRAME_NS;
    return true;
}

static bool files_wants(struct sound_device *device, uint64_t now_ns, uint64_t *ns)
{
    struct sound_files *files = (struct sound_files *)device;
    if (now_ns < files->play_ns)
        return false;
    *ns = files->play_ns;
    files->play_ns += VOICE_FRAME_NS;
    return true;
}

static void files_play(struct sound_device *device, const int16_t in[])
{
    struct sound_files *files = (struct sound_files *)device;
    uint8_t bytes[FRAME_BYTES];
    if (files->written > UINT32_MAX / SAMPLE_BYTES - SOUND_FRAME_SAMPLES - WAV_HEAD_BYTES)
        return; /* twelve hours: the format can say no more */
    for (size_t i = 0; i < SOUND_FRAME_SAMPLES; i++) {
        bytes[2 * i] = (uint8_t)in[i];
        bytes[2 * i + 1] = (uint8_t)(in[i] >> 8);
    }
    files->written += (uint32_t)fwrite(bytes, 1, sizeof bytes, files->out) / SAMPLE_BYTES;
}

static uint64_t files_due_ns(const struct sound_device *device, uint64_t now_ns)
{
    const struct sound_files *files = (const struct sound_files *)device;
    uint64_t listen_ns = files->listen_ns + VOICE_FRAME_NS;
    (void)now_ns;
    return files->at < files->count && listen_ns < files->play_ns ? listen_ns : files->play_ns;
}

static void files_close(struct sound_device *device)
{
    struct sound_files *files = (struct sound_files *)device;
    uint8_t head[WAV_HEAD_BYTES];
    if (files->out) {
        wav_head(files->written, head);
        if (fseek(files->out, 0, SEEK_SET) == 0)
            (void)fwrite(head, 1, sizeof head, files->out);
        fclose(files->out);
    }
    free(files->bytes);
    free(files);
}

static const struct sound_driver files_driver = {files_listen, files_wants, files_play,
                                                 files_due_ns, files_close};

/* The whole of `path`; NULL: `*wrong` says why. */
static uint8_t *load(const char *path, size_t *len, const char **wrong)
{
    FILE *in = fopen(path, "rb");
    *wrong = in ? "not enough memory" : strerror(errno);
    uint8_t *bytes = in ? malloc(FILE_BYTES_MAX) : NULL;
    if (bytes) {
        *len = fread(bytes, 1, FILE_BYTES_MAX, in);
        *wrong = ferror(in) ? "cannot be read" : feof(in) ? NULL : "is over 64 MiB: cut it";
    }
    if (in)
        fclose(in);
    if (!*wrong)
        return bytes;
    free(bytes);
    return NULL;
}

static bool open_out(struct sound_files *files, const char *path)
{
    uint8_t head[WAV_HEAD_BYTES];
    wav_head(0, head);
    files->out = fopen(path, "wb");
    return files->out && fwrite(head, 1, sizeof head, files->out) == sizeof head;
}

struct sound_device *sound_open_files(const char *names, uint64_t now_ns, char *why,
                                      size_t why_bytes)
{
    const char *comma = strchr(names, ','), *wrong;
    size_t len = 0;
    if (!comma || comma == names || !comma[1]) {
        snprintf(why, why_bytes, "two files are needed: file:IN.wav,OUT.wav");
        return NULL;
    }
    struct sound_files *files = calloc(1, sizeof *files);
    char *in = strndup(names, (size_t)(comma - names));
    if (!files || !in) {
        snprintf(why, why_bytes, "not enough memory");
        goto failed;
    }
    files->device.driver = &files_driver;
    files->listen_ns = files->play_ns = now_ns;
    files->bytes = load(in, &len, &wrong);
    if (files->bytes)
        wrong = wav_read(files->bytes, len, &files->samples, &files->count);
    if (wrong) {
        snprintf(why, why_bytes, "voice file '%s': %s", in, wrong);
        goto failed;
    }
    if (!open_out(files, comma + 1)) {
        snprintf(why, why_bytes, "voice file '%s': %s", comma + 1, strerror(errno));
        goto failed;
    }
    free(in);
    return &files->device;
failed:
    free(in);
    if (files)
        files_close(&files->device);
    return NULL;
}
