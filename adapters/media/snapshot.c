/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/snapshot.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libavcodec/avcodec.h>
#include <libswscale/swscale.h>

/* The picture as RGB, in a frame of libav's; NULL when there is no memory. */
static AVFrame *to_rgb(const struct picture *picture)
{
    int width = (int)picture->width, height = (int)picture->height;
    AVFrame *frame = av_frame_alloc();
    if (!frame)
        return NULL;
    frame->format = AV_PIX_FMT_RGB24;
    frame->width = width;
    frame->height = height;
    struct SwsContext *scaler =
        sws_getContext(width, height, AV_PIX_FMT_YUV420P, width, height, AV_PIX_FMT_RGB24,
                       SWS_BILINEAR | SWS_ACCURATE_RND, NULL, NULL, NULL);
    if (!scaler || av_frame_get_buffer(frame, 0) < 0) {
        sws_freeContext(scaler);
        av_frame_free(&frame);
        return NULL;
    }
    const int *bt709 = sws_getCoefficients(SWS_CS_ITU709);
    sws_setColorspaceDetails(scaler, bt709, 0, bt709, 1, 0, 1 << 16, 1 << 16);
    const uint8_t *planes[4] = {picture->planes[0], picture->planes[1], picture->planes[2]};
    int strides[4] = {(int)picture->strides[0], (int)picture->strides[1], (int)picture->strides[2]};
    sws_scale(scaler, planes, strides, 0, height, frame->data, frame->linesize);
    sws_freeContext(scaler);
    return frame;
}

static AVCodecContext *open_png(const AVFrame *frame)
{
    const AVCodec *png = avcodec_find_encoder(AV_CODEC_ID_PNG);
    AVCodecContext *codec = png ? avcodec_alloc_context3(png) : NULL;
    if (!codec)
        return NULL;
    codec->width = frame->width;
    codec->height = frame->height;
    codec->pix_fmt = AV_PIX_FMT_RGB24;
    codec->time_base = (AVRational){1, 1};
    if (avcodec_open2(codec, png, NULL) < 0)
        avcodec_free_context(&codec);
    return codec;
}

static enum media_err write_file(const char *path, const AVPacket *packet,
                                 struct media_reason *reason)
{
    FILE *file = fopen(path, "wbe");
    struct stat kind;
    if (!file)
        return media_fail(reason, MEDIA_ERR_MISSING, "%s", strerror(errno));
    bool is_file = fstat(fileno(file), &kind) == 0 && S_ISREG(kind.st_mode);
    bool written = fwrite(packet->data, (size_t)packet->size, 1, file) == 1;
    written = fclose(file) == 0 && written;
    if (written)
        return MEDIA_OK;
    media_fail(reason, MEDIA_ERR_MISSING, "%s", strerror(errno));
    if (is_file)
        unlink(path); /* no half picture stays behind */
    return MEDIA_ERR_MISSING;
}

enum media_err snapshot_write(const char *path, const struct picture *picture,
                              struct media_reason *reason)
{
    enum media_err err;
    AVFrame *frame = to_rgb(picture);
    AVCodecContext *codec = frame ? open_png(frame) : NULL;
    AVPacket *packet = av_packet_alloc();
    if (!codec || !packet || avcodec_send_frame(codec, frame) < 0 ||
        avcodec_receive_packet(codec, packet) < 0)
        err = media_fail(reason, MEDIA_ERR_CODEC, "the PNG encoder refuses the picture");
    else
        err = write_file(path, packet, reason);
    av_packet_free(&packet);
    avcodec_free_context(&codec);
    av_frame_free(&frame);
    return err;
}
