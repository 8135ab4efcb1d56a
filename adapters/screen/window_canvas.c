/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture and the hud as SDL's textures, in one pane or in two for the eyes of a stereo screen. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "screen/window_parts.h"

enum { PANES_MAX = 2 };

/* Without a graphics card, OpenGL is drawn by the processor too, at five times the cost of SDL's own
 * renderer (measured: 33 % of a core against 6.5 %). Hints that the environment gives go before these. */
void canvas_choose(void)
{
    if (access("/dev/dri/renderD128", R_OK | W_OK) == 0)
        return;
    SDL_SetHint(SDL_HINT_RENDER_DRIVER, "software");
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
}

bool canvas_open(struct canvas *canvas, SDL_Window *window, bool is_stereo)
{
    SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "linear");
    SDL_SetYUVConversionMode(SDL_YUV_CONVERSION_BT709);
    canvas->is_stereo = is_stereo;
    canvas->drawing = hud_open();
    canvas->renderer = SDL_CreateRenderer(window, -1, SDL_RENDERER_PRESENTVSYNC);
    if (!canvas->renderer)
        canvas->renderer = SDL_CreateRenderer(window, -1, SDL_RENDERER_SOFTWARE);
    return canvas->renderer && canvas->drawing;
}

void canvas_close(struct canvas *canvas)
{
    if (canvas->picture)
        SDL_DestroyTexture(canvas->picture);
    if (canvas->hud)
        SDL_DestroyTexture(canvas->hud);
    if (canvas->renderer)
        SDL_DestroyRenderer(canvas->renderer);
    hud_close(canvas->drawing);
}

bool canvas_measure(struct canvas *canvas)
{
    int width = 0, height = 0;
    SDL_GetRendererOutputSize(canvas->renderer, &width, &height);
    unsigned wide = (unsigned)SDL_clamp(width, HUD_SIDE_MIN, HUD_SIDE_MAX);
    unsigned high = (unsigned)SDL_clamp(height, HUD_SIDE_MIN, HUD_SIDE_MAX);
    if (canvas->hud && wide == canvas->width && high == canvas->height)
        return false;
    canvas->width = wide;
    canvas->height = high;
    if (canvas->hud)
        SDL_DestroyTexture(canvas->hud);
    canvas->hud = SDL_CreateTexture(canvas->renderer, SDL_PIXELFORMAT_ARGB8888,
                                    SDL_TEXTUREACCESS_STREAMING, (int)wide, (int)high);
    if (canvas->hud)
        SDL_SetTextureBlendMode(canvas->hud, SDL_BLENDMODE_BLEND);
    return true;
}

bool canvas_take_picture(struct canvas *canvas, const struct window_frame *frame)
{
    const struct picture *picture = &frame->room;
    if (frame->width != canvas->picture_width || frame->height != canvas->picture_height) {
        if (canvas->picture)
            SDL_DestroyTexture(canvas->picture);
        canvas->picture =
            SDL_CreateTexture(canvas->renderer, SDL_PIXELFORMAT_IYUV, SDL_TEXTUREACCESS_STREAMING,
                              (int)frame->width, (int)frame->height);
        canvas->picture_width = frame->width;
        canvas->picture_height = frame->height;
    }
    return canvas->picture &&
           SDL_UpdateYUVTexture(canvas->picture, NULL, picture->planes[0], (int)picture->strides[0],
                                picture->planes[1], (int)picture->strides[1], picture->planes[2],
                                (int)picture->strides[2]) == 0;
}

/* The picture of one eye, as large as it goes in the middle of the window. */
static struct hud_box fit(const struct canvas *canvas)
{
    double width = canvas->width, height = canvas->height;
    if (!canvas->picture)
        return (struct hud_box){0, 0, width, height};
    double eye_width = (double)canvas->picture_width / (canvas->is_stereo ? 2 : 1);
    double scale = fmin(width / eye_width, height / canvas->picture_height);
    double wide = eye_width * scale, high = canvas->picture_height * scale;
    return (struct hud_box){(width - wide) / 2, (height - high) / 2, wide, high};
}

static uint32_t plain(uint32_t premultiplied)
{
    uint32_t alpha = premultiplied >> 24, half = alpha / 2;
    if (alpha == 0 || alpha == 255)
        return premultiplied;
    uint32_t red = ((premultiplied >> 16 & 255) * 255 + half) / alpha;
    uint32_t green = ((premultiplied >> 8 & 255) * 255 + half) / alpha;
    uint32_t blue = ((premultiplied & 255) * 255 + half) / alpha;
    return alpha << 24 | red << 16 | green << 8 | blue;
}

static void upload(struct canvas *canvas, const struct hud_pixels *pixels, SDL_Rect rect)
{
    void *out;
    int stride;
    if (SDL_LockTexture(canvas->hud, &rect, &out, &stride) != 0)
        return;
    for (int y = 0; y < rect.h; y++) {
        const uint8_t *from =
            pixels->bytes + (size_t)(rect.y + y) * pixels->stride + 4 * (size_t)rect.x;
        uint8_t *to = (uint8_t *)out + (ptrdiff_t)y * stride;
        for (int x = 0; x < rect.w; x++) {
            uint32_t pixel;
            memcpy(&pixel, from + 4 * (ptrdiff_t)x, sizeof pixel);
            pixel = plain(pixel);
            memcpy(to + 4 * (ptrdiff_t)x, &pixel, sizeof pixel);
        }
    }
    SDL_UnlockTexture(canvas->hud);
}

/* The window's edges where the hud may be, and its middle for marks; returns how many. */
static int hud_rects(const struct canvas *canvas, bool middle, SDL_Rect rects[static 5])
{
    int width = (int)canvas->width, height = (int)canvas->height;
    int left = (int)floor((1 - HUD_CLEAR) / 2 * width),
        top = (int)floor((1 - HUD_CLEAR) / 2 * height);
    int right = width - left, bottom = height - top;
    rects[0] = (SDL_Rect){0, 0, width, top};
    rects[1] = (SDL_Rect){0, bottom, width, height - bottom};
    rects[2] = (SDL_Rect){0, top, left, bottom - top};
    rects[3] = (SDL_Rect){right, top, width - right, bottom - top};
    rects[4] = (SDL_Rect){left, top, right - left, bottom - top};
    return middle ? 5 : 4;
}

void canvas_draw_hud(struct canvas *canvas, const struct view *view, const struct view_marks *marks)
{
    struct hud_pixels pixels;
    SDL_Rect rects[5];
    if (!canvas->hud || !hud_draw(canvas->drawing, view, marks, fit(canvas), canvas->width,
                                  canvas->height, &pixels))
        return;
    bool had_marks = canvas->has_marks;
    canvas->has_marks = hud_has_marks(marks);
    int count = hud_rects(canvas, canvas->has_marks || had_marks, rects);
    for (int i = 0; i < count; i++)
        upload(canvas, &pixels, rects[i]);
}

/* The panes of a window, as shares of it. */
static int panes_of(enum view_show show, struct hud_box panes[static PANES_MAX])
{
    panes[0] = panes[1] = (struct hud_box){0, 0, 1, 1};
    switch (show) {
    case VIEW_SIDE_BY_SIDE:
        panes[0].width = panes[1].width = panes[1].x = 0.5;
        return 2;
    case VIEW_TOP_BOTTOM:
        panes[0].height = panes[1].height = panes[1].y = 0.5;
        return 2;
    case VIEW_MONO:
    case VIEW_ANAGLYPH:
    case VIEW_SHOWS:
        break;
    }
    return 1;
}

/* A box of the window, squeezed into a pane. */
static SDL_Rect in_pane(const struct canvas *canvas, struct hud_box box, struct hud_box pane)
{
    double left = pane.x * canvas->width + box.x * pane.width;
    double top = pane.y * canvas->height + box.y * pane.height;
    double right = left + box.width * pane.width, bottom = top + box.height * pane.height;
    int x = (int)lround(left), y = (int)lround(top);
    return (SDL_Rect){x, y, (int)lround(right) - x, (int)lround(bottom) - y};
}

static void copy_eye(struct canvas *canvas, unsigned eye, SDL_Rect to)
{
    int width = (int)canvas->picture_width / (canvas->is_stereo ? 2 : 1);
    SDL_Rect from = {canvas->is_stereo ? (int)eye * width : 0, 0, width,
                     (int)canvas->picture_height};
    SDL_RenderCopy(canvas->renderer, canvas->picture, &from, &to);
}

/* Red from the left eye, green and blue from the right one. */
static void copy_anaglyph(struct canvas *canvas, SDL_Rect to)
{
    SDL_SetTextureColorMod(canvas->picture, 255, 0, 0);
    copy_eye(canvas, 0, to);
    SDL_SetTextureBlendMode(canvas->picture, SDL_BLENDMODE_ADD);
    SDL_SetTextureColorMod(canvas->picture, 0, 255, 255);
    copy_eye(canvas, 1, to);
    SDL_SetTextureColorMod(canvas->picture, 255, 255, 255);
    SDL_SetTextureBlendMode(canvas->picture, SDL_BLENDMODE_NONE);
}

static void copy_hud(struct canvas *canvas, struct hud_box pane)
{
    SDL_Rect rects[5];
    int count = hud_rects(canvas, canvas->has_marks, rects);
    for (int i = 0; i < count; i++) {
        SDL_Rect to =
            in_pane(canvas, (struct hud_box){rects[i].x, rects[i].y, rects[i].w, rects[i].h}, pane);
        SDL_RenderCopy(canvas->renderer, canvas->hud, &rects[i], &to);
    }
}

void canvas_present(struct canvas *canvas, enum view_show show)
{
    struct hud_box panes[PANES_MAX], box = fit(canvas);
    int count = panes_of(show, panes);

    SDL_SetRenderDrawColor(canvas->renderer, 0, 0, 0, 255);
    SDL_RenderClear(canvas->renderer);
    for (int i = 0; i < count; i++) {
        SDL_Rect to = in_pane(canvas, box, panes[i]);
        if (canvas->picture && show == VIEW_ANAGLYPH)
            copy_anaglyph(canvas, to);
        else if (canvas->picture)
            copy_eye(canvas, (unsigned)i, to);
        if (canvas->hud)
            copy_hud(canvas, panes[i]);
    }
    SDL_RenderPresent(canvas->renderer);
}

bool canvas_point(const struct canvas *canvas, enum view_show show, double x, double y,
                  double *right, double *down)
{
    struct hud_box panes[PANES_MAX], box = fit(canvas);
    int count = panes_of(show, panes);
    double across = x / canvas->width, along = y / canvas->height;
    const struct hud_box *pane = &panes[0];
    if (count == PANES_MAX && (across >= panes[1].x && along >= panes[1].y))
        pane = &panes[1];
    *right = ((across - pane->x) / pane->width * canvas->width - box.x) / box.width;
    *down = ((along - pane->y) / pane->height * canvas->height - box.y) / box.height;
    return *right >= 0 && *right <= 1 && *down >= 0 && *down <= 1;
}
