/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen/window.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/latest.h"
#include "clock/clock.h"
#include "log/log.h"
#include "media/worker.h"
#include "screen/alarm_sound.h"
#include "screen/window_parts.h"
#include "sound/alsa_quiet.h"

enum { EVENTS = 1024, SHOWN = 64, TURN_MS = 10, SOUND_SAMPLES = 1024 };

#define HUD_STEP_NS UINT64_C(50000000)      /* 20 a second */
#define MEDIUM_FLASH_NS UINT64_C(800000000) /* half a period: 0.6 Hz, of the 0.4 to 0.8 asked for */
#define HIGH_FLASH_NS UINT64_C(250000000)   /* 2 Hz, of the 1.4 to 2.8 */

struct told {
    struct view view;
    struct view_marks marks;
};

struct window {
    struct window_settings settings;
    pthread_t thread;
    sem_t opened;
    bool is_open;
    char *why;
    _Atomic bool stop, closed, has_sound;
    _Atomic unsigned full_turns;
    _Atomic int sound_wanted; /* enum alarm_sound_kind */

    struct latest frames, tellings;
    struct window_frame frame_slots[LATEST_SLOTS];
    struct told told_slots[LATEST_SLOTS];
    struct ring events, shown;
    struct window_event event_slots[EVENTS];
    struct window_shown shown_slots[SHOWN];

    SDL_Window *sdl; /* from here on the thread's own */
    SDL_AudioDeviceID audio;
    struct alarm_sound sound; /* the sound system's thread's */
    struct canvas canvas;
    struct devices devices;
    struct told told;
    uint64_t hud_ns; /* not before */
    unsigned full_turned;
    bool hud_is_old, is_grabbed, flashed;
};

static void play(void *argument, uint8_t *bytes, int len)
{
    struct window *self = argument;
    int16_t samples[SOUND_SAMPLES];
    unsigned count = (unsigned)len / sizeof *samples;
    enum alarm_sound_kind wanted = (enum alarm_sound_kind)atomic_load(&self->sound_wanted);
    for (unsigned at = 0; at < count; at += SOUND_SAMPLES) {
        unsigned some = count - at < SOUND_SAMPLES ? count - at : SOUND_SAMPLES;
        alarm_sound_fill(&self->sound, wanted, samples, some);
        memcpy(bytes + at * sizeof *samples, samples, some * sizeof *samples);
    }
}

static void open_sound(struct window *self)
{
    const SDL_AudioSpec wanted = {.freq = ALARM_SOUND_HZ,
                                  .format = AUDIO_S16SYS,
                                  .channels = 1,
                                  .samples = SOUND_SAMPLES,
                                  .callback = play,
                                  .userdata = self};
    alsa_quiet();
    if (SDL_InitSubSystem(SDL_INIT_AUDIO) == 0)
        self->audio = SDL_OpenAudioDevice(NULL, 0, &wanted, NULL, 0);
    if (self->audio)
        SDL_PauseAudioDevice(self->audio, 0);
    else
        log_event(LOG_WARN, "alarms_unheard", "why=\"%.120s\"", SDL_GetError());
    atomic_store(&self->has_sound, self->audio != 0);
}

static bool fail(struct window *self, const char *what, const char *help)
{
    snprintf(self->why, WINDOW_WHY_BYTES, "%s (%.120s); %s", what, SDL_GetError(), help);
    return false;
}

/* The width of a window's frame is not known before it has one. */
enum { FRAME_SIDE = 8, FRAME_TOP = 40 };

/* One that is to be the whole screen has its size from the start: where nobody manages windows, nobody would
 * stretch it later. */
static SDL_Window *create(const struct window_settings *settings)
{
    int width = (int)settings->width, height = (int)settings->height;
    int x = SDL_WINDOWPOS_CENTERED, y = SDL_WINDOWPOS_CENTERED;
    SDL_DisplayMode desktop;
    SDL_Rect usable;
    if (settings->full && SDL_GetDesktopDisplayMode(0, &desktop) == 0) {
        width = desktop.w;
        height = desktop.h;
    } else if (SDL_GetDisplayUsableBounds(0, &usable) == 0) {
        bool is_far = settings->place == WINDOW_LOWER_RIGHT;
        x = usable.x + (is_far ? SDL_max(usable.w - width - FRAME_SIDE, 0) : 0);
        y = usable.y + (is_far ? SDL_max(usable.h - height - FRAME_TOP, 0) : 0);
    }
    return SDL_CreateWindow(settings->title, x, y, width, height,
                            SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI |
                                (settings->full ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0));
}

/* SDL ends at drivers that show nothing, where no other opens: a picture given to one would count as seen (H-08). Who
 * names one in SDL_VIDEODRIVER has asked for it. */
static bool is_for_eyes(void)
{
    const char *driver = SDL_GetCurrentVideoDriver();
    if (SDL_getenv("SDL_VIDEODRIVER") ||
        (strcmp(driver, "offscreen") != 0 && strcmp(driver, "dummy") != 0))
        return true;
    SDL_SetError("DISPLAY names none that answers");
    return false;
}

static bool open_window(struct window *self)
{
    const struct window_settings *settings = &self->settings;
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1"); /* they are the program's: stops.h */
    SDL_SetHint(SDL_HINT_JOYSTICK_ALLOW_BACKGROUND_EVENTS, "0");
    SDL_SetHint(SDL_HINT_MOUSE_FOCUS_CLICKTHROUGH, "0");
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    canvas_choose();
    if (SDL_Init(SDL_INIT_VIDEO) != 0 || !is_for_eyes())
        return fail(self, "no screen to open a window on",
                    "start it in a desktop session, over ssh -X, or behind `xvfb-run -a`; without "
                    "--window it runs without a screen");
    if (SDL_InitSubSystem(SDL_INIT_GAMECONTROLLER) != 0)
        SDL_ClearError(); /* mouse and keys are enough */
    self->sdl = create(settings);
    if (!self->sdl || !canvas_open(&self->canvas, self->sdl, settings->is_stereo))
        return fail(self, "the window cannot be opened", "another screen or driver may do");
    SDL_SetWindowMinimumSize(self->sdl, 640, 360);
    SDL_StopTextInput();
    open_sound(self);
    return true;
}

static void close_window(struct window *self)
{
    if (self->audio)
        SDL_CloseAudioDevice(self->audio);
    devices_close(&self->devices);
    canvas_close(&self->canvas);
    if (self->sdl)
        SDL_DestroyWindow(self->sdl);
    SDL_QuitSubSystem(SDL_INIT_GAMECONTROLLER);
    if (SDL_WasInit(SDL_INIT_AUDIO))
        SDL_QuitSubSystem(SDL_INIT_AUDIO);
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
}

/* Where in the picture a motion ends; its places are of the window, not of its pixels. */
static bool find_point(const struct window *self, const SDL_MouseMotionEvent *motion,
                       double point[2])
{
    int width = 1, height = 1;
    SDL_GetWindowSize(self->sdl, &width, &height);
    return canvas_point(&self->canvas, self->told.view.show,
                        (double)motion->x * self->canvas.width / width,
                        (double)motion->y * self->canvas.height / height, &point[0], &point[1]);
}

static void take(struct window *self, const SDL_Event *event, uint64_t now_ns)
{
    double point[2];
    bool has_point = event->type == SDL_MOUSEMOTION && find_point(self, &event->motion, point);
    if (event->type == SDL_QUIT ||
        (event->type == SDL_WINDOWEVENT && event->window.event == SDL_WINDOWEVENT_CLOSE))
        atomic_store(&self->closed, true);
    if (event->type == SDL_WINDOWEVENT)
        self->hud_is_old = true;
    devices_take(&self->devices, event, has_point ? point : NULL, now_ns);
}

static enum alarm_sound_kind sound_of(const struct view *view)
{
    int alarm = VIEW_ALARMS - 1;
    while (alarm >= 0 && !(view->alarms & 1u << alarm))
        alarm--;
    if (alarm < 0 || view->muted)
        return ALARM_SOUND_NONE;
    return (enum alarm_sound_kind)(ALARM_SOUND_LOW + view_priority((enum view_alarm)alarm));
}

static bool flashes(const struct view *view, uint64_t now_ns)
{
    bool is_high = view->alarms >> VIEW_ALARM_DELAY_STOP != 0;
    return now_ns / (is_high ? HIGH_FLASH_NS : MEDIUM_FLASH_NS) % 2 == 0;
}

static void grab(struct window *self)
{
    const struct view *view = &self->told.view;
    bool wanted = view_grabs_pointer(view);
    if (wanted != self->is_grabbed)
        SDL_SetRelativeMouseMode(wanted ? SDL_TRUE : SDL_FALSE);
    self->is_grabbed = wanted;
}

static void listen_to_loop(struct window *self, uint64_t now_ns)
{
    bool is_new;
    const struct told *told = latest_value(&self->tellings, &is_new);
    unsigned turns = atomic_load(&self->full_turns);
    if (is_new && memcmp(told, &self->told, sizeof *told) != 0) {
        self->told = *told;
        self->hud_is_old = true;
        grab(self);
    }
    if (self->told.view.alarms && flashes(&self->told.view, now_ns) != self->flashed)
        self->hud_is_old = true;
    if (turns != self->full_turned) {
        bool is_full = SDL_GetWindowFlags(self->sdl) & SDL_WINDOW_FULLSCREEN_DESKTOP;
        SDL_SetWindowFullscreen(self->sdl, is_full ? 0 : SDL_WINDOW_FULLSCREEN_DESKTOP);
        self->full_turned = turns;
    }
}

static bool is_in_sight(const struct window *self)
{
    return !(SDL_GetWindowFlags(self->sdl) & (SDL_WINDOW_HIDDEN | SDL_WINDOW_MINIMIZED));
}

static void draw(struct window *self, uint64_t now_ns)
{
    bool has_picture, is_drawn = false, has_size = canvas_measure(&self->canvas);
    const struct window_frame *frame = latest_value(&self->frames, &has_picture);
    bool hud_is_due = has_size || (self->hud_is_old && now_ns >= self->hud_ns);

    if (has_picture)
        is_drawn = canvas_take_picture(&self->canvas, frame);
    if (hud_is_due) {
        struct view view = self->told.view;
        view.flashes = self->flashed = flashes(&view, now_ns);
        canvas_draw_hud(&self->canvas, &view, &self->told.marks);
        self->hud_ns = now_ns + HUD_STEP_NS;
        self->hud_is_old = false;
    }
    if (!has_picture && !hud_is_due)
        return;
    canvas_present(&self->canvas, self->told.view.show);
    struct window_shown *shown = is_drawn && is_in_sight(self) ? ring_reserve(&self->shown) : NULL;
    if (!shown)
        return; /* nobody sees it, or the loop is away */
    *shown = (struct window_shown){frame->number, frame->captured_ns, frame->ready_ns,
                                   clock_monotonic_ns()};
    ring_publish(&self->shown);
}

static void *run(void *argument)
{
    struct window *self = argument;
    worker_yield_to_loop();
    self->is_open = open_window(self);
    bool is_open = self->is_open;
    sem_post(&self->opened);
    while (is_open && !atomic_load(&self->stop)) {
        SDL_Event event;
        bool has = SDL_WaitEventTimeout(&event, TURN_MS);
        uint64_t now_ns = clock_monotonic_ns();
        for (; has; has = SDL_PollEvent(&event))
            take(self, &event, now_ns);
        devices_turn(&self->devices, now_ns);
        listen_to_loop(self, now_ns);
        draw(self, now_ns);
    }
    close_window(self);
    return NULL;
}

static void free_all(struct window *self)
{
    for (unsigned i = 0; i < LATEST_SLOTS; i++)
        picture_free(&self->frame_slots[i].room);
    free(self);
}

static bool take_memory(struct window *self)
{
    for (unsigned i = 0; i < LATEST_SLOTS; i++)
        if (picture_alloc(&self->frame_slots[i].room, PICTURE_WIDTH_MAX, PICTURE_HEIGHT_MAX))
            return false;
    latest_init(&self->frames, self->frame_slots, sizeof *self->frame_slots);
    latest_init(&self->tellings, self->told_slots, sizeof *self->told_slots);
    ring_init(&self->events, self->event_slots, EVENTS, sizeof *self->event_slots);
    ring_init(&self->shown, self->shown_slots, SHOWN, sizeof *self->shown_slots);
    devices_init(&self->devices, &self->events);
    return true;
}

bool window_start(struct window **out, const struct window_settings *settings,
                  char why[static WINDOW_WHY_BYTES])
{
    struct window *self = aligned_alloc(alignof(struct window), sizeof *self);
    snprintf(why, WINDOW_WHY_BYTES, "memory is short");
    if (!self)
        return false;
    memset(self, 0, sizeof *self);
    self->settings = *settings;
    self->why = why;
    if (!take_memory(self) || sem_init(&self->opened, 0, 0) != 0) {
        free_all(self);
        return false;
    }
    if (!worker_start(&self->thread, "window", run, self)) {
        sem_destroy(&self->opened);
        free_all(self);
        return false;
    }
    while (sem_wait(&self->opened) != 0) /* a signal came in between */
        ;
    if (!self->is_open) {
        window_stop(self);
        return false;
    }
    *out = self;
    return true;
}

void window_stop(struct window *self)
{
    if (!self)
        return;
    atomic_store(&self->stop, true);
    pthread_join(self->thread, NULL);
    sem_destroy(&self->opened);
    free_all(self);
}

static void copy_plane(uint8_t *to, uint32_t to_stride, const uint8_t *from, uint32_t from_stride,
                       uint32_t width, uint32_t height)
{
    for (uint32_t y = 0; y < height; y++)
        memcpy(to + (size_t)y * to_stride, from + (size_t)y * from_stride, width);
}

void window_picture(struct window *self, const struct picture *picture, uint32_t number,
                    uint64_t ready_ns)
{
    struct window_frame *frame = latest_slot(&self->frames);
    if (picture->width > PICTURE_WIDTH_MAX || picture->height > PICTURE_HEIGHT_MAX)
        return;
    frame->width = picture->width;
    frame->height = picture->height;
    frame->number = number;
    frame->captured_ns = picture->captured_ns;
    frame->ready_ns = ready_ns;
    for (unsigned i = 0; i < 3; i++)
        copy_plane(frame->room.planes[i], frame->room.strides[i], picture->planes[i],
                   picture->strides[i], picture->width / (i ? 2 : 1),
                   picture->height / (i ? 2 : 1));
    latest_publish(&self->frames);
    SDL_PushEvent(&(SDL_Event){.type = SDL_USEREVENT}); /* wakes the thread; any thread may */
}

void window_show(struct window *self, const struct view *view, const struct view_marks *marks)
{
    struct told *told = latest_slot(&self->tellings);
    told->view = *view;
    told->marks = *marks;
    latest_publish(&self->tellings);
    atomic_store(&self->sound_wanted,
                 sound_of(view)); /* heard also while the screen stands still */
}

const struct window_event *window_event(struct window *self)
{
    return ring_oldest(&self->events);
}

void window_event_done(struct window *self)
{
    ring_release(&self->events);
}

bool window_shown(struct window *self, struct window_shown *shown)
{
    const struct window_shown *oldest = ring_oldest(&self->shown);
    if (!oldest)
        return false;
    *shown = *oldest;
    ring_release(&self->shown);
    return true;
}

bool window_is_closed(const struct window *self)
{
    return atomic_load(&self->closed);
}

void window_turn_full(struct window *self)
{
    atomic_fetch_add(&self->full_turns, 1);
}

bool window_has_sound(const struct window *self)
{
    return atomic_load(&self->has_sound);
}
