/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/encoder.h"

#include <assert.h>
#include <stdlib.h>

#include <x264.h>

#include "media/scaler.h"

enum {
    SLICES = 4,
    PICTURE_BYTES_MAX =
        96 * 1024,      /* a picture's share at most. With a quarter more it still goes over
                                      lines of the smallest datagrams: 255 shards of 494 bytes */
    TOLD_PERCENT = 108, /* with a buffer this small x264 keeps 8 to 12 % below what it is told:
                           measured on the clip at 0.15 to 8 Mbit/s, 25 and 60 pictures a second */
    RECOVERIES_PER_S = 4
};

struct encoder {
    x264_t *x264; /* of the size of the step in use */
    x264_param_t param;
    struct encoder_settings settings;
    struct ladder ladder;
    struct ladder_step step;
    struct scaler scaler;
    struct picture small;     /* half the size, for the ladder's lower steps */
    uint64_t offered;         /* pictures given to encoder_encode */
    int64_t encoded;          /* given to x264: its time stamp */
    uint64_t idr_captured_ns; /* of the last IDR */
    bool idr_wanted;
};

static uint32_t clamped_bps(const struct encoder *encoder, uint32_t bps)
{
    uint64_t most = (uint64_t)PICTURE_BYTES_MAX * 8 * encoder->settings.rate;
    if (most > ENCODER_BIT_RATE_MAX_BPS)
        most = ENCODER_BIT_RATE_MAX_BPS;
    if (bps < ENCODER_BIT_RATE_MIN_BPS)
        return ENCODER_BIT_RATE_MIN_BPS;
    return bps > most ? (uint32_t)most : bps;
}

/* x264 counts in kbit/s at the nominal rate of pictures, of which a sparse step gives it only some: so
 * it is told a bit rate as many times higher. The rate buffer holds one picture. */
static void set_rates(x264_param_t *param, uint32_t bps, struct ladder_step step, uint32_t rate)
{
    uint64_t told_bps = (uint64_t)bps * step.rate_divisor * TOLD_PERCENT / 100;
    param->rc.i_bitrate = (int)(told_bps / 1000);
    param->rc.i_vbv_max_bitrate = param->rc.i_bitrate;
    param->rc.i_vbv_buffer_size = param->rc.i_bitrate / (int)rate + 1;
}

static int refresh_pictures(const struct encoder_settings *settings)
{
    int pictures = (int)(settings->rate * ENCODER_REFRESH_MS / 1000);
    return pictures < 4 ? 4 : pictures;
}

static void set_params(struct encoder *encoder, uint32_t bps)
{
    const struct encoder_settings *settings = &encoder->settings;
    x264_param_t *param = &encoder->param;
    int failed = x264_param_default_preset(param, "ultrafast", "zerolatency");
    assert(!failed);
    param->i_log_level = X264_LOG_NONE;
    param->i_threads = settings->threads ? (int)settings->threads : 1;
    param->b_sliced_threads = param->i_threads > 1;
    param->i_width = (int)(settings->width / encoder->step.size_divisor) & ~1;
    param->i_height = (int)(settings->height / encoder->step.size_divisor) & ~1;
    param->i_csp = X264_CSP_I420;
    param->i_fps_num = settings->rate;
    param->i_fps_den = 1;
    param->i_timebase_num = 1;
    param->i_timebase_den = settings->rate;
    param->b_vfr_input = 0;
    param->b_intra_refresh = 1;
    param->i_keyint_max = refresh_pictures(settings);
    param->i_scenecut_threshold = 0; /* an IDR nobody asked for would break the even sizes */
    param->i_slice_count = SLICES;
    param->b_repeat_headers = 1;
    param->b_annexb = 1;
    param->rc.i_rc_method = X264_RC_ABR;
    param->vui.b_fullrange = 0;
    param->vui.i_colorprim = 1; /* ITU-T H.264 table E-3: BT.709 */
    param->vui.i_transfer = 1;
    param->vui.i_colmatrix = 1;
    set_rates(param, bps, encoder->step, settings->rate);
    failed = x264_param_apply_profile(param, "high");
    assert(!failed);
}

/* Starts x264 for the step in use; what it begins with is an IDR. */
static enum media_err start(struct encoder *encoder, uint32_t bps)
{
    set_params(encoder, bps);
    x264_t *x264 = x264_encoder_open(&encoder->param);
    if (!x264)
        return MEDIA_ERR_CODEC;
    if (encoder->x264)
        x264_encoder_close(encoder->x264);
    encoder->x264 = x264;
    encoder->idr_wanted = false;
    return MEDIA_OK;
}

enum media_err encoder_open(struct encoder **out, const struct encoder_settings *settings,
                            struct media_reason *reason)
{
    if (settings->rate < 1 || settings->rate > ENCODER_RATE_MAX)
        return media_fail(reason, MEDIA_ERR_SETTING, "%u pictures a second: 1 to %d are possible",
                          settings->rate, ENCODER_RATE_MAX);
    struct encoder *encoder = calloc(1, sizeof *encoder);
    if (!encoder)
        return media_fail(reason, MEDIA_ERR_MEMORY, "no memory for the encoder");
    encoder->settings = *settings;
    enum media_err err = picture_alloc(&encoder->small, settings->width / 2 & ~UINT32_C(1),
                                       settings->height / 2 & ~UINT32_C(1));
    if (err) {
        free(encoder);
        return media_fail(reason, err, "pictures of %ux%u cannot be encoded", settings->width,
                          settings->height);
    }
    ladder_init(&encoder->ladder, settings->width, settings->height, settings->rate);
    uint32_t bps = clamped_bps(encoder, settings->bit_rate_bps);
    encoder->step = ladder_update(&encoder->ladder, bps);
    err = start(encoder, bps);
    if (err) {
        encoder_close(encoder);
        return media_fail(reason, err, "x264 refuses pictures of %ux%u", settings->width,
                          settings->height);
    }
    *out = encoder;
    return MEDIA_OK;
}

void encoder_close(struct encoder *encoder)
{
    if (!encoder)
        return;
    if (encoder->x264)
        x264_encoder_close(encoder->x264);
    scaler_close(&encoder->scaler);
    picture_free(&encoder->small);
    free(encoder);
}

void encoder_set_bit_rate(struct encoder *encoder, uint32_t bit_rate_bps)
{
    uint32_t bps = clamped_bps(encoder, bit_rate_bps);
    struct ladder_step before = encoder->step;
    encoder->step = ladder_update(&encoder->ladder, bps);
    if (encoder->step.size_divisor != before.size_divisor && start(encoder, bps) == MEDIA_OK)
        return;
    encoder->step.size_divisor = before.size_divisor;
    set_rates(&encoder->param, bps, encoder->step, encoder->settings.rate);
    int failed = x264_encoder_reconfig(encoder->x264, &encoder->param);
    assert(!failed);
}

void encoder_recover(struct encoder *encoder, uint64_t damaged_ns)
{
    if (damaged_ns >= encoder->idr_captured_ns)
        encoder->idr_wanted = true;
}

static void describe(x264_picture_t *input, const struct picture *picture)
{
    x264_picture_init(input);
    input->img.i_csp = X264_CSP_I420;
    input->img.i_plane = 3;
    for (int i = 0; i < 3; i++) {
        input->img.plane[i] = picture->planes[i];
        input->img.i_stride[i] = (int)picture->strides[i];
    }
}

enum media_err encoder_encode(struct encoder *encoder, const struct picture *picture,
                              struct encoded *out)
{
    assert(picture->width == encoder->settings.width &&
           picture->height == encoder->settings.height);
    if (encoder->offered++ % encoder->step.rate_divisor != 0) {
        *out = (struct encoded){0};
        return MEDIA_OK;
    }
    if (encoder->step.size_divisor > 1) {
        enum media_err err = scaler_fit_picture(&encoder->scaler, &encoder->small, picture);
        if (err)
            return err;
        picture = &encoder->small;
    }

    x264_picture_t input, output;
    describe(&input, picture);
    input.i_pts = encoder->encoded++;
    if (encoder->idr_wanted) {
        input.i_type = X264_TYPE_IDR;
        encoder->idr_wanted = false;
    }
    x264_nal_t *nals;
    int count;
    int len = x264_encoder_encode(encoder->x264, &nals, &count, &input, &output);
    if (len <= 0)
        return MEDIA_ERR_CODEC;
    if (len > ENCODED_BYTES_MAX) {
        encoder->idr_wanted = true;
        return MEDIA_ERR_TOO_BIG;
    }
    if (output.i_type == X264_TYPE_IDR)
        encoder->idr_captured_ns = picture->captured_ns;
    *out = (struct encoded){
        .bytes = nals[0].p_payload, /* x264 lays a picture's units out one after the other */
        .len = (size_t)len,
        .stands_alone = output.i_type == X264_TYPE_IDR,
        .width = picture->width,
        .height = picture->height,
    };
    return MEDIA_OK;
}

struct ladder_step encoder_step(const struct encoder *encoder)
{
    return encoder->step;
}
