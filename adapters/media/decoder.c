/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/decoder.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>

#include "media/annexb.h"

struct decoder {
    AVCodecContext *codec;
    AVFrame *frame;
    AVPacket *packet;
    bool started;          /* `number` means something */
    uint32_t number;       /* of the picture before */
    bool whole;            /* every block of the picture before was as sent */
    uint32_t refresh_left; /* pictures until the refresh under way is complete; 0: none is */
};

enum media_err decoder_open(struct decoder **out, uint32_t width_max, uint32_t height_max,
                            struct media_reason *reason)
{
    av_log_set_level(AV_LOG_QUIET); /* it would write into the middle of our log */
    struct decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder)
        return media_fail(reason, MEDIA_ERR_MEMORY, "no memory for the decoder");
    const AVCodec *h264 = avcodec_find_decoder(AV_CODEC_ID_H264);
    decoder->codec = h264 ? avcodec_alloc_context3(h264) : NULL;
    decoder->frame = av_frame_alloc();
    decoder->packet = av_packet_alloc();
    if (!decoder->codec || !decoder->frame || !decoder->packet) {
        decoder_close(decoder);
        return media_fail(reason, MEDIA_ERR_CODEC, "libavcodec has no H.264 decoder");
    }
    decoder->codec->thread_count = 1;
    decoder->codec->flags |= AV_CODEC_FLAG_LOW_DELAY | AV_CODEC_FLAG_OUTPUT_CORRUPT;
    decoder->codec->flags2 |= AV_CODEC_FLAG2_SHOW_ALL;
    decoder->codec->max_pixels = (int64_t)width_max * height_max;
    if (avcodec_open2(decoder->codec, h264, NULL) < 0) {
        decoder_close(decoder);
        return media_fail(reason, MEDIA_ERR_CODEC, "the H.264 decoder does not start");
    }
    *out = decoder;
    return MEDIA_OK;
}

void decoder_close(struct decoder *decoder)
{
    if (!decoder)
        return;
    avcodec_free_context(&decoder->codec);
    av_frame_free(&decoder->frame);
    av_packet_free(&decoder->packet);
    free(decoder);
}

static void lose_track(struct decoder *decoder)
{
    decoder->whole = false;
    decoder->refresh_left = 0; /* what the refresh under way has mended may now be wrong again */
}

/* Whether a picture with these ways in, itself decoded without error, is whole. */
static void follow_recovery(struct decoder *decoder, const struct annexb_entry *entry)
{
    if (entry->idr)
        decoder->whole = true;
    if (decoder->whole)
        return;
    if (decoder->refresh_left > 0 && --decoder->refresh_left == 0)
        decoder->whole = true;
    else if (decoder->refresh_left == 0 && entry->recovery_point) {
        decoder->refresh_left = entry->recovery_pictures;
        decoder->whole = entry->recovery_pictures == 0;
    }
}

/* Gives the codec one picture's bytes and takes the picture they make; false when there is none. */
static bool run_codec(struct decoder *decoder, const uint8_t *bytes, size_t len)
{
    while (avcodec_receive_frame(decoder->codec, decoder->frame) == 0)
        ; /* odd bytes may have left a second picture behind, which would hold up the next */
    if (av_new_packet(decoder->packet, (int)len) < 0)
        return false;
    memcpy(decoder->packet->data, bytes, len);
    bool sent = avcodec_send_packet(decoder->codec, decoder->packet) == 0;
    av_packet_unref(decoder->packet);
    return sent && avcodec_receive_frame(decoder->codec, decoder->frame) == 0;
}

static bool can_show(const struct decoder *decoder)
{
    const AVFrame *frame = decoder->frame;
    return (frame->format == AV_PIX_FMT_YUV420P || frame->format == AV_PIX_FMT_YUVJ420P) &&
           (int64_t)frame->width * frame->height <= decoder->codec->max_pixels;
}

enum media_err decoder_decode(struct decoder *decoder, const uint8_t *bytes, size_t len,
                              uint32_t number, struct decoded *out)
{
    if (decoder->started && number != decoder->number + 1)
        lose_track(decoder);
    decoder->started = true;
    decoder->number = number;

    if (len == 0 || len > INT_MAX / 2 || !run_codec(decoder, bytes, len) || !can_show(decoder)) {
        lose_track(decoder);
        return MEDIA_ERR_FORMAT;
    }
    AVFrame *frame = decoder->frame;
    if (frame->decode_error_flags) {
        lose_track(decoder);
    } else {
        struct annexb_entry entry = annexb_entry_of(bytes, len);
        follow_recovery(decoder, &entry);
    }
    *out = (struct decoded){.number = number, .damaged = !decoder->whole};
    out->picture.width = (uint32_t)frame->width & ~UINT32_C(1);
    out->picture.height = (uint32_t)frame->height & ~UINT32_C(1);
    for (int i = 0; i < 3; i++) {
        out->picture.planes[i] = frame->data[i];
        out->picture.strides[i] = (uint32_t)frame->linesize[i];
    }
    return MEDIA_OK;
}

bool decoder_is_damaged(const struct decoder *decoder)
{
    return !decoder->whole;
}
