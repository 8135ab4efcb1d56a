/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the window's files share; not for others. All of it runs in the window's thread but for what
 * window.h says. */
#ifndef SCREEN_WINDOW_PARTS_H
#define SCREEN_WINDOW_PARTS_H

#include <SDL2/SDL.h>

#include "base/ring.h"
#include "screen/cap_hidraw.h"
#include "screen/hud.h"
#include "screen/window.h"

struct window_frame {
    struct picture room; /* of the greatest size */
    uint32_t width, height, number;
    uint64_t captured_ns, ready_ns;
};

/* What is on the screen: window_canvas.c. */
struct canvas {
    SDL_Renderer *renderer;
    SDL_Texture *picture, *hud;
    unsigned picture_width, picture_height; /* of the texture */
    unsigned width, height;                 /* of the window, pixels */
    bool is_stereo, has_marks;
    struct hud *drawing;
};

/* Before the video subsystem: which renderer. */
void canvas_choose(void);

MUST_USE bool canvas_open(struct canvas *canvas, SDL_Window *window, bool is_stereo);
void canvas_close(struct canvas *canvas);

/* Takes note of the window's size; true when it has changed. */
bool canvas_measure(struct canvas *canvas);
/* False: it cannot be drawn. */
MUST_USE bool canvas_take_picture(struct canvas *canvas, const struct window_frame *frame);
void canvas_draw_hud(struct canvas *canvas, const struct view *view,
                     const struct view_marks *marks);
void canvas_present(struct canvas *canvas, enum view_show show);

/* Where in the picture the place x, y of the window is, in shares; false: beside it. */
bool canvas_point(const struct canvas *canvas, enum view_show show, double x, double y,
                  double *right, double *down);

/* What devices do, as events of a desk: window_devices.c. */
struct devices {
    struct ring *events;                  /* of struct window_event */
    bool lost;                            /* the ring was full: somebody may have let go since */
    bool is_down[DESK_CONTROLS];          /* the buttons, as they tell; and what was down when */
    bool was_down[DESK_CONTROLS];         /* its device came, and has not been let go since */
    bool unheard[DESK_DEVICES];           /* it came, and has not told how its buttons stand */
    uint64_t deaf_until_ns[DESK_DEVICES]; /* so long what is told to be down was so already when the
                                             keyboard became the window's, or the device came */
    bool raw_is_silent;                   /* the raw cap has said nothing since it came */
    SDL_GameController *pad;
    SDL_Joystick *cap;     /* where SDL knows it, else */
    struct cap_hidraw raw; /* where Linux does */
};

/* Opens and closes pads and caps as they come and go. `point` is where the pointer is, or NULL. */
void devices_take(struct devices *devices, const SDL_Event *event, const double point[2],
                  uint64_t now_ns);
/* Before the first of the others. */
void devices_init(struct devices *devices, struct ring *events);

/* In each turn: what SDL does not tell of, and that the window lives. */
void devices_turn(struct devices *devices, uint64_t now_ns);
void devices_close(struct devices *devices);

#endif
