/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A drawn endoscope's view: tissue with vessels, the round edge and fall-off of the light, an
 * instrument whose jaws open and close, and the picture's number in blocks. The tissue is painted
 * once, larger than the picture, and drifts under it as a breathing patient would. */
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "media/camera_source.h"
#include "media/stamp.h"

enum {
    NS_PER_S = 1000000000,
    DRIFT_SAMPLES = 32, /* how far the tissue moves each way, at most */
    LIGHT_ONE = 256,    /* full light */
    NOISE_CELLS = 64,   /* of one octave's lattice, repeated */
    OCTAVES = 5,
    SEED = 7
};

static const float PI_F = 3.14159265F;

struct pattern {
    uint32_t rate, number;
    struct picture tissue; /* larger than the picture by DRIFT_SAMPLES on each side */
    uint16_t *light;       /* of every luma sample, 0 to LIGHT_ONE */
    float noise[NOISE_CELLS][NOISE_CELLS];
};

/* Colours as Y, U, V (BT.709, limited range). */
struct colour {
    float y, u, v;
};

static struct colour mix(struct colour a, struct colour b, float share)
{
    return (struct colour){a.y + (b.y - a.y) * share, a.u + (b.u - a.u) * share,
                           a.v + (b.v - a.v) * share};
}

static float clamp01(float value)
{
    return value < 0 ? 0 : value > 1 ? 1 : value;
}

/* 0 below `low`, 1 above `high`, smooth between. */
static float smooth(float low, float high, float value)
{
    float t = clamp01((value - low) / (high - low));
    return t * t * (3 - 2 * t);
}

static float lattice(const struct pattern *pattern, float x, float y)
{
    float left = floorf(x), top = floorf(y);
    float fx = smooth(0, 1, x - left), fy = smooth(0, 1, y - top);
    unsigned x0 = (unsigned)(int)left % NOISE_CELLS, x1 = (x0 + 1) % NOISE_CELLS;
    unsigned y0 = (unsigned)(int)top % NOISE_CELLS, y1 = (y0 + 1) % NOISE_CELLS;
    float upper = pattern->noise[y0][x0] * (1 - fx) + pattern->noise[y0][x1] * fx;
    float lower = pattern->noise[y1][x0] * (1 - fx) + pattern->noise[y1][x1] * fx;
    return upper * (1 - fy) + lower * fy;
}

/* Value noise over some octaves, 0 to 1. */
static float cloud(const struct pattern *pattern, float x, float y)
{
    float sum = 0, weight = 0.5F;
    for (int octave = 0; octave < OCTAVES; octave++) {
        sum += weight * lattice(pattern, x, y);
        x = x * 2.03F + 17.1F;
        y = y * 2.03F + 9.7F;
        weight /= 2;
    }
    return sum;
}

/* The tissue at a place given in picture heights. */
static struct colour tissue_at(const struct pattern *pattern, float x, float y)
{
    static const struct colour flesh = {112, 112, 166}, pale = {150, 114, 150},
                               fat = {168, 92, 142}, blood = {64, 118, 168};
    float warp = cloud(pattern, x * 1.7F + 31, y * 1.7F + 11);
    float folds = cloud(pattern, x * 3 + 2 * warp, y * 3 - 2 * warp);
    struct colour colour = mix(flesh, pale, smooth(0.35F, 0.65F, folds));
    colour = mix(colour, fat, 0.8F * smooth(0.55F, 0.68F, cloud(pattern, x * 2 + 7, y * 2 + 41)));

    float ridge = fabsf(cloud(pattern, x * 1.3F + 50 + warp, y * 1.3F + warp) - 0.48F);
    colour = mix(colour, blood, 0.75F * (1 - smooth(0.004F, 0.014F, ridge)));
    float branch = fabsf(cloud(pattern, x * 3.1F + 5 + warp, y * 3.1F + 23 - warp) - 0.5F);
    colour = mix(colour, blood, 0.45F * (1 - smooth(0.003F, 0.012F, branch)));

    float slope = cloud(pattern, x * 3 + 2 * warp + 0.02F, y * 3 - 2 * warp + 0.02F) - folds;
    colour.y += 260 * slope; /* light from one side shapes the folds */
    float wet = smooth(0.66F, 0.72F, cloud(pattern, x * 9 + 3, y * 9 + 77));
    return mix(colour, (struct colour){225, 124, 132}, 0.8F * wet * smooth(0, 0.03F, slope));
}

static void paint_tissue(struct pattern *pattern)
{
    struct picture *tissue = &pattern->tissue;
    float unit = 1.0F / (float)tissue->height;
    for (uint32_t row = 0; row < tissue->height; row += 2) {
        uint8_t *y = tissue->planes[0] + (size_t)row * tissue->strides[0];
        size_t chroma = (size_t)(row / 2) * tissue->strides[1];
        for (uint32_t column = 0; column < tissue->width; column += 2) {
            struct colour colour = {0};
            for (uint32_t i = 0; i < 4; i++) {
                uint32_t dx = i % 2, dy = i / 2;
                colour = tissue_at(pattern, (float)(column + dx) * unit, (float)(row + dy) * unit);
                y[dy * tissue->strides[0] + column + dx] = (uint8_t)fminf(235, fmaxf(16, colour.y));
            }
            tissue->planes[1][chroma + column / 2] = (uint8_t)colour.u;
            tissue->planes[2][chroma + column / 2] = (uint8_t)colour.v;
        }
    }
}

/* The round field of view, brightest a little off the middle. */
static void paint_light(struct pattern *pattern, uint32_t width, uint32_t height)
{
    float radius = 0.56F * (float)height;
    for (uint32_t row = 0; row < height; row++) {
        for (uint32_t column = 0; column < width; column++) {
            float x = (float)column - (float)width / 2, y = (float)row - (float)height / 2;
            float edge = sqrtf(x * x + y * y) / radius;
            float spot = hypotf(x + 0.08F * radius, y + 0.12F * radius) / radius;
            float light = (1.08F - 0.62F * spot * spot) * (1 - smooth(0.985F, 1.0F, edge));
            pattern->light[(size_t)row * width + column] = (uint16_t)(LIGHT_ONE * clamp01(light));
        }
    }
}

static uint8_t lit(uint8_t sample, uint8_t dark, uint32_t light)
{
    return (uint8_t)(dark + (((int)sample - dark) * (int)light) / LIGHT_ONE);
}

/* The tissue, moved by (dx, dy) even samples, under the light. */
static void draw_tissue(const struct pattern *pattern, struct picture *picture, uint32_t dx,
                        uint32_t dy)
{
    const struct picture *tissue = &pattern->tissue;
    for (int plane = 0; plane < 3; plane++) {
        uint32_t half = plane > 0, columns = picture->width >> half;
        uint8_t dark = half ? PICTURE_GREY_CHROMA : PICTURE_BLACK_LUMA;
        for (uint32_t row = 0; row < picture->height >> half; row++) {
            const uint8_t *from = tissue->planes[plane] +
                                  (size_t)(row + (dy >> half)) * tissue->strides[plane] +
                                  (dx >> half);
            const uint16_t *light = pattern->light + (size_t)(row << half) * picture->width;
            uint8_t *to = picture->planes[plane] + (size_t)row * picture->strides[plane];
            for (uint32_t column = 0; column < columns; column++)
                to[column] = lit(from[column], dark, light[column << half]);
        }
    }
}

/* A rod from `a` to `b`, thinner towards `b`, shaded as a metal cylinder. */
struct rod {
    float ax, ay, bx, by;
    float a_radius, b_radius;
    float shine; /* 0 black plastic to 1 bright steel */
};

static void draw_rod_sample(const struct pattern *pattern, struct picture *picture,
                            const struct rod *rod, uint32_t column, uint32_t row)
{
    float vx = rod->bx - rod->ax, vy = rod->by - rod->ay;
    float px = (float)column - rod->ax, py = (float)row - rod->ay;
    float length2 = vx * vx + vy * vy;
    float along = clamp01((px * vx + py * vy) / length2);
    float radius = rod->a_radius + (rod->b_radius - rod->a_radius) * along;
    float away = hypotf(px - along * vx, py - along * vy);
    if (away > radius)
        return;
    float across = (px * vy - py * vx) / sqrtf(length2) / radius; /* -1 to 1 */
    float glint = expf(-18 * (across - 0.35F) * (across - 0.35F));
    float body = sqrtf(1 - across * across * 0.9F);
    float luma = 26 + rod->shine * (105 * body + 85 * glint) + (1 - rod->shine) * 26 * glint;
    uint32_t light = pattern->light[(size_t)row * picture->width + column];
    picture->planes[0][(size_t)row * picture->strides[0] + column] =
        lit((uint8_t)fminf(235, luma), PICTURE_BLACK_LUMA, light);
    if (column % 2 == 0 && row % 2 == 0) {
        size_t at = (size_t)(row / 2) * picture->strides[1] + column / 2;
        picture->planes[1][at] = PICTURE_GREY_CHROMA + 2;
        picture->planes[2][at] = PICTURE_GREY_CHROMA - 2;
    }
}

static uint32_t bounded(float value, uint32_t most)
{
    return value <= 0 ? 0 : value >= (float)most ? most : (uint32_t)value;
}

static void draw_rod(const struct pattern *pattern, struct picture *picture, const struct rod *rod)
{
    float reach = fmaxf(rod->a_radius, rod->b_radius) + 1;
    uint32_t left = bounded(fminf(rod->ax, rod->bx) - reach, picture->width);
    uint32_t right = bounded(fmaxf(rod->ax, rod->bx) + reach, picture->width);
    uint32_t top = bounded(fminf(rod->ay, rod->by) - reach, picture->height);
    uint32_t bottom = bounded(fmaxf(rod->ay, rod->by) + reach, picture->height);
    for (uint32_t row = top; row < bottom; row++)
        for (uint32_t column = left; column < right; column++)
            draw_rod_sample(pattern, picture, rod, column, row);
}

/* One jaw: two rods with an elbow, so that it curves as a grasper's does. */
static void draw_jaw(const struct pattern *pattern, struct picture *picture, float x, float y,
                     float angle, float bend, float unit)
{
    float kx = x + 0.045F * unit * cosf(angle), ky = y + 0.045F * unit * sinf(angle);
    float tip = angle + bend;
    struct rod near = {x, y, kx, ky, 0.013F * unit, 0.011F * unit, 0.95F};
    struct rod far = {kx,
                      ky,
                      kx + 0.055F * unit * cosf(tip),
                      ky + 0.055F * unit * sinf(tip),
                      0.011F * unit,
                      0.004F * unit,
                      1};
    draw_rod(pattern, picture, &near);
    draw_rod(pattern, picture, &far);
}

/* The instrument at `seconds`: it comes in from the lower right, its tip moving along a figure of
 * eight, its jaws opening and closing. */
static void draw_instrument(const struct pattern *pattern, struct picture *picture, float seconds)
{
    float unit = (float)picture->height;
    float cx = (float)picture->width / 2, cy = unit / 2;
    float tip_x = cx + unit * (0.02F + 0.16F * sinf(0.9F * seconds));
    float tip_y = cy + unit * (0.03F + 0.09F * sinf(1.8F * seconds));
    float entry_x = cx + 0.62F * unit, entry_y = cy + 0.46F * unit;
    float angle = atan2f(tip_y - entry_y, tip_x - entry_x);
    float c = cosf(angle), s = sinf(angle);
    struct rod shaft = {
        entry_x,       entry_y, tip_x - 0.09F * unit * c, tip_y - 0.09F * unit * s, 0.040F * unit,
        0.034F * unit, 0.12F};
    struct rod clevis = {shaft.bx, shaft.by, tip_x, tip_y, 0.028F * unit, 0.018F * unit, 0.8F};
    draw_rod(pattern, picture, &shaft);
    draw_rod(pattern, picture, &clevis);
    float open = 0.08F + 0.22F * (1 + sinf(2.3F * seconds)) / 2 * PI_F / 2;
    draw_jaw(pattern, picture, tip_x, tip_y, angle + open, -0.35F, unit);
    draw_jaw(pattern, picture, tip_x, tip_y, angle - open, 0.35F, unit);
}

static uint32_t drift(float wave)
{
    return (uint32_t)lrintf(DRIFT_SAMPLES * (1 + wave)) & ~UINT32_C(1);
}

static enum media_err next(void *state, struct picture *picture, struct camera_shot *shot,
                           struct camera_stats *stats)
{
    (void)stats;
    struct pattern *pattern = state;
    float seconds = (float)pattern->number / (float)pattern->rate;
    draw_tissue(pattern, picture, drift(sinf(0.5F * seconds)), drift(cosf(1.3F * seconds)));
    draw_instrument(pattern, picture, seconds);
    stamp_write(picture, pattern->number++);
    shot->interval_ns = NS_PER_S / pattern->rate;
    return MEDIA_OK;
}

static void close_pattern(void *state)
{
    struct pattern *pattern = state;
    picture_free(&pattern->tissue);
    free(pattern->light);
    free(pattern);
}

enum media_err camera_pattern_open(struct camera_source *source,
                                   const struct camera_settings *settings,
                                   struct media_reason *reason)
{
    if (settings->width < STAMP_WIDTH_MIN)
        return media_fail(reason, MEDIA_ERR_SETTING, "the pattern is at least %d wide",
                          STAMP_WIDTH_MIN);
    struct pattern *pattern = calloc(1, sizeof *pattern);
    if (!pattern)
        return media_fail(reason, MEDIA_ERR_MEMORY, "no memory for the pattern");
    pattern->light = calloc((size_t)settings->width * settings->height, sizeof *pattern->light);
    enum media_err err = picture_alloc(&pattern->tissue, settings->width + 2 * DRIFT_SAMPLES,
                                       settings->height + 2 * DRIFT_SAMPLES);
    if (err || !pattern->light) {
        close_pattern(pattern);
        return media_fail(reason, err ? err : MEDIA_ERR_MEMORY, "no pattern of %ux%u",
                          settings->width, settings->height);
    }
    struct random random;
    random_seed(&random, SEED);
    for (int row = 0; row < NOISE_CELLS; row++)
        for (int column = 0; column < NOISE_CELLS; column++)
            pattern->noise[row][column] = (float)random_unit(&random);
    paint_tissue(pattern);
    paint_light(pattern, settings->width, settings->height);
    pattern->rate = settings->rate ? settings->rate : CAMERA_RATE_STANDARD;
    *source = (struct camera_source){
        .state = pattern, .rate = pattern->rate, .next = next, .close = close_pattern};
    return MEDIA_OK;
}
