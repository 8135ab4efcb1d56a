/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A video file as a camera: demuxed by libavformat, decoded by libavcodec, over and over. It gives even
 * pictures, as cameras do, at its own rate or the one asked for, and plays at its own speed in either case:
 * its pictures are left out, or given again, as time goes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include "media/camera_source.h"
#include "media/scaler.h"

enum {
    NS_PER_S = 1000000000,
    FILE_RATE_MAX = 240, /* of what a file says, more makes no sense */
    GIVEN_RATE_MAX = 60, /* unless more is asked for */
    STALLS_MAX = 2,      /* times round the file without a picture before we give up */
    CUT_US = 500000      /* so much less than the file says is no rounding */
};

struct file_camera {
    AVFormatContext *format;
    AVCodecContext *codec;
    AVPacket *packet;
    AVFrame *frame;
    struct scaler scaler;
    int stream;
    uint64_t given_interval_ns; /* between the pictures that we give */
    uint64_t own_interval_ns;   /* between those of the file, where it does not say otherwise */
    uint64_t given_ns;          /* when the last picture was given, */
    uint64_t reached_ns;        /* and when file->frame is due; both since the first one */
    bool has_frame;             /* there is a picture in file->frame */
    int64_t before_pts;         /* of the picture before, or AV_NOPTS_VALUE */
    int64_t packets, packets_expected; /* in this round, and of the index when opened */
    int64_t reached_us;                /* in this round, of any stream */
    int64_t first_dts;                 /* pictures are sought by it, not by when they are shown */
    bool draining;                     /* the file has ended, the codec has not */
    bool is_cut_short;                 /* seen when it was opened */
};

static void close_file(void *state)
{
    struct file_camera *file = state;
    avcodec_free_context(&file->codec);
    avformat_close_input(&file->format);
    av_packet_free(&file->packet);
    av_frame_free(&file->frame);
    scaler_close(&file->scaler);
    free(file);
}

/* Back to the file's beginning. */
static void rewind_file(struct file_camera *file, struct camera_stats *stats)
{
    stats->loops++;
    avcodec_flush_buffers(file->codec);
    int64_t first = file->first_dts == AV_NOPTS_VALUE ? 0 : file->first_dts;
    if (av_seek_frame(file->format, file->stream, first, AVSEEK_FLAG_BACKWARD) < 0 &&
        av_seek_frame(file->format, file->stream, 0, AVSEEK_FLAG_BYTE) < 0) /* raw: no times */
        stats->damaged++;
    file->packets = 0;
    file->reached_us = 0;
    file->before_pts = AV_NOPTS_VALUE;
    file->draining = false;
}

/* The index of the file names bytes that are not there. */
static bool index_goes_beyond(const struct file_camera *file)
{
    AVStream *stream = file->format->streams[file->stream];
    int count = avformat_index_get_entries_count(stream);
    const AVIndexEntry *last = count > 0 ? avformat_index_get_entry(stream, count - 1) : NULL;
    int64_t file_bytes = avio_size(file->format->pb);
    return last && file_bytes > 0 && last->pos + last->size > file_bytes;
}

/* The file has ended before it says it does: fewer pictures than its index counts, or sooner than the
 * length written in it, where that was not guessed from what is there. */
static bool ended_early(const struct file_camera *file)
{
    const AVFormatContext *format = file->format;
    int64_t start_us = format->start_time == AV_NOPTS_VALUE ? 0 : format->start_time;
    bool is_written = format->duration != AV_NOPTS_VALUE &&
                      format->duration_estimation_method == AVFMT_DURATION_FROM_STREAM;
    return file->packets < file->packets_expected ||
           (is_written && file->reached_us > 0 &&
            file->reached_us - start_us < format->duration - CUT_US);
}

static void note_progress(struct file_camera *file)
{
    const AVPacket *packet = file->packet;
    AVRational unit = file->format->streams[packet->stream_index]->time_base;
    int64_t end_us = packet->pts == AV_NOPTS_VALUE
                         ? 0
                         : av_rescale_q(packet->pts + packet->duration, unit, AV_TIME_BASE_Q);
    if (end_us > file->reached_us)
        file->reached_us = end_us;
    if (packet->stream_index != file->stream)
        return;
    file->packets++;
    if (file->first_dts == AV_NOPTS_VALUE)
        file->first_dts = packet->dts;
}

/* The file ends in the middle of this packet. */
static bool is_torn(const struct file_camera *file)
{
    return file->packet->flags & AV_PKT_FLAG_CORRUPT && avio_feof(file->format->pb);
}

/* Gives the decoder the file's next piece, or tells it that there is none. */
static void feed(struct file_camera *file, struct camera_stats *stats)
{
    int result = av_read_frame(file->format, file->packet);
    if (result < 0) {
        if (result != AVERROR_EOF)
            stats->damaged++;
        else if (ended_early(file))
            stats->cut_short = true;
        avcodec_send_packet(file->codec, NULL);
        file->draining = true;
        return;
    }
    note_progress(file);
    if (is_torn(file))
        stats->cut_short = true; /* half a picture would be shown as a whole one */
    else if (file->packet->stream_index == file->stream &&
             avcodec_send_packet(file->codec, file->packet) < 0)
        stats->damaged++;
    av_packet_unref(file->packet);
}

/* The next decoded picture in file->frame. */
static enum media_err decode_next(struct file_camera *file, struct camera_stats *stats)
{
    unsigned stalls = 0;
    for (;;) {
        int result = avcodec_receive_frame(file->codec, file->frame);
        if (result == 0) {
            stats->damaged += file->frame->decode_error_flags != 0;
            return MEDIA_OK;
        }
        if (result != AVERROR(EAGAIN) && result != AVERROR_EOF)
            stats->damaged++;
        if (!file->draining) {
            feed(file, stats);
            continue;
        }
        if (stalls++ == STALLS_MAX)
            return MEDIA_ERR_FORMAT;
        rewind_file(file, stats);
    }
}

/* The time since the picture before, by the file's own stamps where they make sense. */
static uint64_t interval_of(struct file_camera *file)
{
    int64_t pts = file->frame->best_effort_timestamp, before = file->before_pts;
    file->before_pts = pts;
    if (pts == AV_NOPTS_VALUE || before == AV_NOPTS_VALUE || pts <= before)
        return file->own_interval_ns;
    AVRational unit = file->format->streams[file->stream]->time_base;
    int64_t ns = av_rescale_q(pts - before, unit, (AVRational){1, NS_PER_S});
    if (ns < NS_PER_S / FILE_RATE_MAX || ns > NS_PER_S)
        return file->own_interval_ns;
    return (uint64_t)ns;
}

/* Goes on in the file to the picture nearest to the time that is due; often none, or one. */
static enum media_err advance(struct file_camera *file, struct camera_stats *stats)
{
    if (file->has_frame)
        file->given_ns += file->given_interval_ns;
    while (!file->has_frame || file->reached_ns + file->own_interval_ns / 2 < file->given_ns) {
        enum media_err err = decode_next(file, stats);
        if (err)
            return err;
        uint64_t interval_ns = interval_of(file);
        file->reached_ns += file->has_frame ? interval_ns : 0;
        file->has_frame = true;
    }
    return MEDIA_OK;
}

static enum media_err next(void *state, struct picture *picture, struct camera_shot *shot,
                           struct camera_stats *stats)
{
    struct file_camera *file = state;
    stats->cut_short |= file->is_cut_short;
    enum media_err err = advance(file, stats);
    if (err)
        return err;
    struct scaler_source source = {.planes = (const uint8_t *const *)file->frame->data,
                                   .strides = file->frame->linesize,
                                   .width = file->frame->width,
                                   .height = file->frame->height,
                                   .format = file->frame->format};
    shot->interval_ns = file->given_interval_ns;
    return scaler_fit(&file->scaler, picture, &source);
}

static enum media_err open_format(struct file_camera *file, const char *path,
                                  struct media_reason *reason)
{
    if (access(path, R_OK) != 0)
        return media_fail(reason, MEDIA_ERR_MISSING, "%s: %s", path, strerror(errno));
    if (avformat_open_input(&file->format, path, NULL, NULL) < 0)
        return media_fail(reason, MEDIA_ERR_FORMAT,
                          "%s is not a video file, or is cut off before its index", path);
    if (avformat_find_stream_info(file->format, NULL) < 0)
        return media_fail(reason, MEDIA_ERR_FORMAT, "%s: cannot tell what is in it", path);
    return MEDIA_OK;
}

static enum media_err open_codec(struct file_camera *file, const char *path,
                                 struct media_reason *reason)
{
    const AVCodec *codec = NULL;
    file->stream = av_find_best_stream(file->format, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
    if (file->stream == AVERROR_STREAM_NOT_FOUND)
        return media_fail(reason, MEDIA_ERR_NO_VIDEO, "%s has no video stream in it", path);
    if (file->stream < 0 || !codec)
        return media_fail(reason, MEDIA_ERR_CODEC, "%s: no decoder for its video", path);
    const AVStream *stream = file->format->streams[file->stream];
    file->codec = avcodec_alloc_context3(codec);
    if (!file->codec || avcodec_parameters_to_context(file->codec, stream->codecpar) < 0 ||
        avcodec_open2(file->codec, codec, NULL) < 0)
        return media_fail(reason, MEDIA_ERR_CODEC, "%s: the %s decoder does not start", path,
                          codec->name);
    return MEDIA_OK;
}

/* Pictures a second as the file says, or the standard when it says nothing sensible. */
static double own_rate(const struct file_camera *file)
{
    AVStream *stream = file->format->streams[file->stream];
    double rate = av_q2d(av_guess_frame_rate(file->format, stream, NULL));
    return rate >= 1 && rate <= FILE_RATE_MAX ? rate : CAMERA_RATE_STANDARD;
}

static enum media_err set_up(struct file_camera *file, const char *path,
                             struct media_reason *reason)
{
    file->packet = av_packet_alloc();
    file->frame = av_frame_alloc();
    if (!file->packet || !file->frame)
        return media_fail(reason, MEDIA_ERR_MEMORY, "no memory for %s", path);
    enum media_err err = open_format(file, path, reason);
    return err ? err : open_codec(file, path, reason);
}

enum media_err camera_file_open(struct camera_source *source, const char *name,
                                const struct camera_settings *settings, struct media_reason *reason)
{
    av_log_set_level(AV_LOG_QUIET); /* it would write into the middle of our log */
    struct file_camera *file = calloc(1, sizeof *file);
    if (!file)
        return media_fail(reason, MEDIA_ERR_MEMORY, "no memory for %s", name);
    enum media_err err = set_up(file, name, reason);
    if (err) {
        close_file(file);
        return err;
    }
    double own = own_rate(file);
    double rate = settings->rate ? settings->rate : own < GIVEN_RATE_MAX ? own : GIVEN_RATE_MAX;
    file->own_interval_ns = (uint64_t)(NS_PER_S / own);
    file->given_interval_ns = (uint64_t)(NS_PER_S / rate);
    file->packets_expected = avformat_index_get_entries_count(file->format->streams[file->stream]);
    file->before_pts = file->first_dts = AV_NOPTS_VALUE;
    file->is_cut_short = index_goes_beyond(file);
    *source = (struct camera_source){
        .state = file, .rate = (uint32_t)(rate + 0.999), .next = next, .close = close_file};
    return MEDIA_OK;
}
