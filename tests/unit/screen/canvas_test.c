/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stereo picture in a window that nobody sees, read back pixel by pixel: whose eye each pane shows, and
 * where the pointer is in it. */
#include "unit/cmocka_base.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "screen/window_parts.h"
#include "unit/screen/hud_views.h"

/* What fontconfig and pango keep for as long as the program lives is no leak of ours. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libpango\nleak:libglib\n";
}

enum { WIDTH = 1280, HEIGHT = 720, EYE_WIDTH = 320, EYE_HEIGHT = 240 };

/* Luma of the upper left quarter of each eye's half, and of the rest of it. */
static const uint8_t corner[2] = {200, 140}, rest[2] = {60, 100};

/* Where the picture of 4:3 stands in each pane of the window of 16:9. */
static const struct pane {
    enum view_show show;
    unsigned eye;
    double x, y, width, height;
} panes[] = {{VIEW_MONO, 0, 160, 0, 960, 720},         {VIEW_SIDE_BY_SIDE, 0, 80, 0, 480, 720},
             {VIEW_SIDE_BY_SIDE, 1, 720, 0, 480, 720}, {VIEW_TOP_BOTTOM, 0, 160, 0, 960, 360},
             {VIEW_TOP_BOTTOM, 1, 160, 360, 960, 360}, {VIEW_ANAGLYPH, 0, 160, 0, 960, 720}};
enum { PANES = sizeof panes / sizeof *panes };

static SDL_Window *sdl;
static struct canvas canvas;
static struct window_frame frame;
static uint32_t pixels[HEIGHT][WIDTH];

static void paint_eyes(struct picture *picture)
{
    picture_fill(picture, 0, PICTURE_GREY_CHROMA, PICTURE_GREY_CHROMA);
    for (unsigned y = 0; y < EYE_HEIGHT; y++)
        for (unsigned x = 0; x < 2 * EYE_WIDTH; x++) {
            unsigned eye = x / EYE_WIDTH;
            bool is_corner = x % EYE_WIDTH < EYE_WIDTH / 2 && y < EYE_HEIGHT / 2;
            picture->planes[0][y * picture->strides[0] + x] = is_corner ? corner[eye] : rest[eye];
        }
}

static int open_canvas(void **state)
{
    (void)state;
    SDL_SetHint(SDL_HINT_VIDEODRIVER, "dummy");
    SDL_SetHint(SDL_HINT_RENDER_DRIVER, "software");
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
    if (SDL_Init(SDL_INIT_VIDEO) != 0)
        fail_msg("%s", SDL_GetError());
    sdl = SDL_CreateWindow("", 0, 0, WIDTH, HEIGHT, 0);
    if (!sdl || !canvas_open(&canvas, sdl, true))
        fail_msg("%s", SDL_GetError());
    assert_int_equal(picture_alloc(&frame.room, 2 * EYE_WIDTH, EYE_HEIGHT), MEDIA_OK);
    paint_eyes(&frame.room);
    frame.width = 2 * EYE_WIDTH;
    frame.height = EYE_HEIGHT;
    assert_true(canvas_measure(&canvas));
    assert_int_equal(canvas.width, WIDTH);
    assert_true(canvas_take_picture(&canvas, &frame));
    return 0;
}

static int close_canvas(void **state)
{
    (void)state;
    picture_free(&frame.room);
    canvas_close(&canvas);
    SDL_DestroyWindow(sdl);
    SDL_Quit();
    return 0;
}

static void present(enum view_show show)
{
    canvas_present(&canvas, show);
    assert_int_equal(SDL_RenderReadPixels(canvas.renderer, NULL, SDL_PIXELFORMAT_ARGB8888, pixels,
                                          sizeof *pixels),
                     0);
}

static uint32_t seen(const struct pane *pane, double right, double down)
{
    return pixels[lround(pane->y + down * pane->height)][lround(pane->x + right * pane->width)];
}

static void assert_seen(const struct pane *pane, double right, double down, uint8_t red_luma,
                        uint8_t cyan_luma)
{
    const double scale = 255.0 / 219; /* BT.709, of limited range, grey */
    uint32_t pixel = seen(pane, right, down);
    const double want[] = {scale * (red_luma - 16), scale * (cyan_luma - 16),
                           scale * (cyan_luma - 16)};
    for (int i = 0; i < 3; i++)
        if (fabs((pixel >> (16 - 8 * i) & 255) - want[i]) > 4)
            fail_msg("pane %d at %g, %g: %06x, not %g in %d", (int)(pane - panes), right, down,
                     pixel & 0xffffff, want[i], i);
}

static void each_pane_shows_the_whole_half_of_its_own_eye(void **state)
{
    (void)state;
    for (const struct pane *pane = panes; pane < panes + PANES; pane++) {
        unsigned red = pane->eye, cyan = pane->show == VIEW_ANAGLYPH ? 1 : pane->eye;
        present(pane->show);
        for (double right = 0.03; right < 1; right += 0.1)
            for (double down = 0.03; down < 1; down += 0.1) {
                bool is_corner = right < 0.5 && down < 0.5;
                assert_seen(pane, right, down, is_corner ? corner[red] : rest[red],
                            is_corner ? corner[cyan] : rest[cyan]);
            }
        assert_int_equal(seen(pane, -0.02, 0.5) & 0xffffff, 0); /* beside it all is black */
        assert_int_equal(seen(pane, 1.02, 0.5) & 0xffffff, 0);
    }
}

/* Whether a thin green line goes by here. */
static bool is_green_near(const struct pane *pane, double right, double down)
{
    long x = lround(pane->x + right * pane->width), y = lround(pane->y + down * pane->height);
    for (long row = y - 2; row <= y + 2; row++)
        for (long column = x - 2; column <= x + 2; column++) {
            uint32_t pixel = pixels[row][column], red = pixel >> 16 & 255;
            uint32_t green = pixel >> 8 & 255, blue = pixel & 255;
            if (green > red + 60 && green > blue + 40)
                return true;
        }
    return false;
}

/* The pointer goes through a pane from one place of the picture to another. */
static void draw_in(const struct pane *pane, struct view_marks *marks)
{
    static const double path[][2] = {{0.4, 0.45}, {0.6, 0.45}, {0.6, 0.6}};
    struct stroke stroke = {.author = 0, .number = 1};
    for (size_t i = 0; i < sizeof path / sizeof *path; i++) {
        double right, down;
        assert_true(canvas_point(&canvas, pane->show, pane->x + path[i][0] * pane->width,
                                 pane->y + path[i][1] * pane->height, &right, &down));
        assert_true(fabs(right - path[i][0]) < 1e-6 && fabs(down - path[i][1]) < 1e-6);
        assert_true(stroke_grow(&stroke, (uint16_t)lround(right * UINT16_MAX),
                                (uint16_t)lround(down * UINT16_MAX)));
    }
    memset(marks, 0, sizeof *marks);
    strokes_put(&marks->strokes, &stroke, 1);
}

static void a_line_drawn_in_any_pane_is_at_the_same_place_of_every_picture(void **state)
{
    (void)state;
    struct view view;
    struct view_marks marks;
    ordinary_view(&view);
    for (const struct pane *drawn = panes; drawn < panes + PANES; drawn++) {
        draw_in(drawn, &marks);
        canvas_draw_hud(&canvas, &view, &marks);
        for (const struct pane *pane = panes; pane < panes + PANES; pane++) {
            present(pane->show);
            assert_true(is_green_near(pane, 0.5, 0.45) && is_green_near(pane, 0.6, 0.55));
            assert_false(is_green_near(pane, 0.5, 0.55) || is_green_near(pane, 0.45, 0.5));
        }
    }
}

static void a_pointer_beside_the_picture_points_at_nothing(void **state)
{
    (void)state;
    double right, down;
    for (const struct pane *pane = panes; pane < panes + PANES; pane++) {
        double y = pane->y + pane->height / 2;
        assert_false(canvas_point(&canvas, pane->show, pane->x - 20, y, &right, &down));
        assert_false(
            canvas_point(&canvas, pane->show, pane->x + pane->width + 20, y, &right, &down));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_pane_shows_the_whole_half_of_its_own_eye),
        cmocka_unit_test(a_line_drawn_in_any_pane_is_at_the_same_place_of_every_picture),
        cmocka_unit_test(a_pointer_beside_the_picture_points_at_nothing),
    };
    return cmocka_run_group_tests(tests, open_canvas, close_canvas);
}
