/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of window_devices.c share: game pads and caps that come and go, from SDL's own events, or Linux's
 * files, to an arm that follows or holds: all that the console has between, but the link. For one file of a
 * program: it has the state. */
#ifndef UNIT_SCREEN_DEVICES_BENCH_H
#define UNIT_SCREEN_DEVICES_BENCH_H

#include "unit/cmocka_base.h"
#include "unit/motion/bedside.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/desk_source.h"
#include "input/hands.h"
#include "screen/window_parts.h"

#define MS UINT64_C(1000000)

enum { EVENTS = 256, PATH_BYTES = 128 };

static struct ring events;
static struct window_event event_memory[EVENTS];
static struct devices devices;
static struct desk_map map;
static struct desk desk;
static struct hands *hands;
static struct follow follow;
static struct gesture gesture;
static uint64_t now_ns;
static uint32_t sequence;

/* Whether the devices that are plugged have not reported yet, as SDL has it. */
static bool are_silent;

SDL_bool __real_SDL_JoystickGetAxisInitialState(SDL_Joystick *joystick, int axis, Sint16 *state);
SDL_bool __wrap_SDL_JoystickGetAxisInitialState(SDL_Joystick *joystick, int axis, Sint16 *state);
SDL_bool __wrap_SDL_JoystickGetAxisInitialState(SDL_Joystick *joystick, int axis, Sint16 *state)
{
    return are_silent ? SDL_FALSE : __real_SDL_JoystickGetAxisInitialState(joystick, axis, state);
}

/* As programs/console_window.c does. */
static void pump(void *context, uint64_t until_ns)
{
    const struct window_event *event;
    (void)context;
    while ((event = ring_oldest(&events)) && event->desk.at_ns <= until_ns) {
        (void)desk_take(&desk, &event->desk);
        ring_release(&events);
    }
}

/* Milliseconds in each of which the window's thread looks at the devices, and the arm goes where the hands do. */
static void pass(unsigned ms)
{
    for (; ms; ms--) {
        SDL_Event event;
        now_ns += MS;
        while (SDL_PollEvent(&event))
            devices_take(&devices, &event, NULL, now_ns);
        devices_turn(&devices, now_ns);
        while (hands_next(hands, now_ns, &gesture)) {
            sequence++;
            struct follow_sample sample = {.sequence = sequence,
                                           .sampled_ns = now_ns,
                                           .age_ns = MS,
                                           .measured = true,
                                           .gesture = gesture};
            (void)follow_gesture(&follow, &sample, now_ns);
        }
        follow_tick(&follow, now_ns);
    }
}

static int begin(void **state)
{
    (void)state;
    char why[DESK_WHY_BYTES];
    now_ns = 5000 * MS;
    sequence = 0;
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    SDL_SetHint(SDL_HINT_JOYSTICK_HIDAPI, "0");
    SDL_SetHint(SDL_HINT_GAMECONTROLLER_IGNORE_DEVICES_EXCEPT, "0xffff/0xffff"); /* real ones */
    if (SDL_Init(SDL_INIT_GAMECONTROLLER) != 0)
        fail_msg("%s", SDL_GetError());
    ring_init(&events, event_memory, EVENTS, sizeof *event_memory);
    devices_init(&devices, &events);
    devices.raw.root = "/nowhere";
    assert_int_equal(desk_map_read(&map, DESK_MAP_CONSOLE, strlen(DESK_MAP_CONSOLE), why), 0);
    desk_init(&desk, &map, now_ns);
    hands = hands_of(desk_source(&desk, pump, NULL), "desk", now_ns);
    assert_non_null(hands);
    follow_init(&follow, &INSTRUMENT_LARGE_NEEDLE_DRIVER, &FOLLOW_STANDARD);
    bedside_enable(&follow, now_ns);
    follow_tick(&follow, now_ns);
    pass(10);
    return 0;
}

static int end(void **state)
{
    (void)state;
    hands_close(hands);
    devices_close(&devices);
    SDL_Quit();
    return 0;
}

static struct vec3 tip_m(void)
{
    return follow.arms[1].tip.position_m;
}

static double way_m(struct vec3 from_m)
{
    return vec3_length(vec3_subtract(tip_m(), from_m));
}

/* How what is held by hand is told: SDL's joysticks are, or Linux's reports. */
struct grip {
    void (*plug)(void);
    void (*push)(bool is_pushed); /* aside, which moves the right instrument */
    void (*press)(bool is_down);  /* what engages */
    void (*unplug)(void);
};

static SDL_Joystick *stick;
static int stick_index;

static void take_stick(int index)
{
    stick_index = index;
    stick = index < 0 ? NULL : SDL_JoystickOpen(index);
    if (!stick)
        fail_msg("%s", SDL_GetError());
}

static void detach(void)
{
    SDL_JoystickClose(stick);
    assert_int_equal(SDL_JoystickDetachVirtual(stick_index), 0);
}

static void attach_pad(void)
{
    take_stick(SDL_JoystickAttachVirtual(SDL_JOYSTICK_TYPE_GAMECONTROLLER, SDL_CONTROLLER_AXIS_MAX,
                                         SDL_CONTROLLER_BUTTON_MAX, 0));
}

static void push_pad(bool is_pushed)
{
    assert_int_equal(
        SDL_JoystickSetVirtualAxis(stick, SDL_CONTROLLER_AXIS_RIGHTX, is_pushed ? 20000 : 0), 0);
}

static void press_pad(bool is_down)
{
    assert_int_equal(
        SDL_JoystickSetVirtualButton(stick, SDL_CONTROLLER_BUTTON_RIGHTSHOULDER, is_down), 0);
}

static void attach_cap(void)
{
    const SDL_VirtualJoystickDesc cap = {.version = SDL_VIRTUAL_JOYSTICK_DESC_VERSION,
                                         .naxes = 6,
                                         .nbuttons = 2,
                                         .vendor_id = 0x256f,
                                         .product_id = 0xc635,
                                         .name = "SpaceMouse Compact"};
    take_stick(SDL_JoystickAttachVirtualEx(&cap));
}

static void push_cap(bool is_pushed)
{
    assert_int_equal(SDL_JoystickSetVirtualAxis(stick, 0, is_pushed ? 20000 : 0), 0);
}

static void press_cap(bool is_down)
{
    assert_int_equal(SDL_JoystickSetVirtualButton(stick, 0, is_down), 0);
}

/* A folder in which Linux would show a SpaceMouse as its third hidraw device: a pipe of our own. */
static char root[PATH_BYTES / 2];
static int report_fd;

static const char *in_root(const char *name)
{
    static char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", root, name);
    return path;
}

static const char *const folders[] = {"dev",
                                      "sys",
                                      "sys/class",
                                      "sys/class/hidraw",
                                      "sys/class/hidraw/hidraw2",
                                      "sys/class/hidraw/hidraw2/device"};
enum { FOLDERS = sizeof folders / sizeof *folders };
static const char uevent[] = "sys/class/hidraw/hidraw2/device/uevent", device[] = "dev/hidraw2";

static int begin_hidraw(void **state)
{
    assert_int_equal(begin(state), 0);
    strcpy(root, "/tmp/jisr-hidraw-XXXXXX");
    assert_non_null(mkdtemp(root));
    for (int i = 0; i < FOLDERS; i++)
        assert_int_equal(mkdir(in_root(folders[i]), 0700), 0);
    devices.raw.root = root;
    return 0;
}

static int end_hidraw(void **state)
{
    for (int i = FOLDERS - 1; i >= 0; i--)
        assert_int_equal(rmdir(in_root(folders[i])), 0);
    assert_int_equal(rmdir(root), 0);
    return end(state);
}

static void make_hidraw(void)
{
    FILE *file = fopen(in_root(uevent), "w");
    assert_non_null(file);
    assert_true(fputs("DRIVER=hid-generic\nHID_ID=0003:0000256F:0000C635\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(mkfifo(in_root(device), 0600), 0);
    report_fd = open(in_root(device), O_RDWR | O_CLOEXEC);
    assert_true(report_fd >= 0);
}

static void plug_hidraw(void)
{
    make_hidraw();
    pass(1100); /* it is looked for once a second, and listened to for a while */
}

static void report(const uint8_t *bytes, size_t len)
{
    assert_true(write(report_fd, bytes, len) == (ssize_t)len);
    pass(1);
}

static void push_hidraw(bool is_pushed)
{
    report((const uint8_t[]){1, is_pushed ? 214 : 0, 0, 0, 0, 0, 0}, 7);
}

static void press_hidraw(bool is_down)
{
    report((const uint8_t[]){3, is_down, 0}, 3);
}

static void unplug_hidraw(void)
{
    assert_int_equal(unlink(in_root(uevent)), 0);
    assert_int_equal(unlink(in_root(device)), 0);
    assert_int_equal(close(report_fd), 0);
}

static const struct grip pad = {attach_pad, push_pad, press_pad, detach},
                         cap = {attach_cap, push_cap, press_cap, detach},
                         raw_cap = {plug_hidraw, push_hidraw, press_hidraw, unplug_hidraw};

static void assert_follows(const struct grip *grip)
{
    struct vec3 from_m = tip_m();
    grip->press(true);
    pass(50);
    assert_int_equal(follow.supervisor.cause, HOLD_NONE);
    grip->push(true);
    pass(300);
    assert_int_equal(follow.supervisor.cause, HOLD_NONE);
    assert_true(way_m(from_m) > 1e-3);
}

/* By nothing but a fresh press. */
static void assert_holds(unsigned ms)
{
    pass(200); /* it comes to a stand */
    struct vec3 from_m = tip_m();
    pass(ms);
    assert_int_equal(follow.supervisor.cause, HOLD_FROZEN);
    assert_int_equal(gesture.flags, GESTURE_FROZEN);
    assert_true(way_m(from_m) == 0);
}

#endif
