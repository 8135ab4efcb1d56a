/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys, mouse, game pad and SpaceMouse, as SDL tells of them, into a desk's events. Letters go by what is
 * written on the key, where that is a Latin letter; digits by their place (a French keyboard writes them
 * with shift). */
#include <math.h>
#include <string.h>

#include "screen/window_parts.h"

/* Sold under either vendor: Logitech's 3Dconnexion, then 3Dconnexion itself. */
enum {
    VENDOR_LOGITECH = 0x046d,
    VENDOR_3DCONNEXION = 0x256f,
    CAP_FIRST = 0xc603,
    CAP_LAST = 0xc640
};

#define DEAF_NS UINT64_C(50000000)
#define AXIS_FULL 32767.0

static const struct {
    SDL_Keycode key;
    enum desk_control control;
} keys[] = {{SDLK_SPACE, DESK_KEY_SPACE},    {SDLK_RETURN, DESK_KEY_ENTER},
            {SDLK_KP_ENTER, DESK_KEY_ENTER}, {SDLK_ESCAPE, DESK_KEY_ESCAPE},
            {SDLK_TAB, DESK_KEY_TAB},        {SDLK_BACKSPACE, DESK_KEY_BACKSPACE},
            {SDLK_LEFT, DESK_KEY_LEFT},      {SDLK_RIGHT, DESK_KEY_RIGHT},
            {SDLK_UP, DESK_KEY_UP},          {SDLK_DOWN, DESK_KEY_DOWN},
            {SDLK_PAGEUP, DESK_KEY_PAGE_UP}, {SDLK_PAGEDOWN, DESK_KEY_PAGE_DOWN},
            {SDLK_PLUS, DESK_KEY_PLUS},      {SDLK_EQUALS, DESK_KEY_PLUS},
            {SDLK_KP_PLUS, DESK_KEY_PLUS},   {SDLK_MINUS, DESK_KEY_MINUS},
            {SDLK_KP_MINUS, DESK_KEY_MINUS}, {SDLK_LSHIFT, DESK_KEY_SHIFT},
            {SDLK_RSHIFT, DESK_KEY_SHIFT},   {SDLK_LCTRL, DESK_KEY_CONTROL},
            {SDLK_RCTRL, DESK_KEY_CONTROL},  {SDLK_LALT, DESK_KEY_ALT},
            {SDLK_RALT, DESK_KEY_ALT}};

static const enum desk_control pad_buttons[SDL_CONTROLLER_BUTTON_MAX] = {
    [SDL_CONTROLLER_BUTTON_A] = DESK_PAD_A,
    [SDL_CONTROLLER_BUTTON_B] = DESK_PAD_B,
    [SDL_CONTROLLER_BUTTON_X] = DESK_PAD_X,
    [SDL_CONTROLLER_BUTTON_Y] = DESK_PAD_Y,
    [SDL_CONTROLLER_BUTTON_BACK] = DESK_PAD_BACK,
    [SDL_CONTROLLER_BUTTON_START] = DESK_PAD_START,
    [SDL_CONTROLLER_BUTTON_LEFTSHOULDER] = DESK_PAD_LEFT_SHOULDER,
    [SDL_CONTROLLER_BUTTON_RIGHTSHOULDER] = DESK_PAD_RIGHT_SHOULDER,
    [SDL_CONTROLLER_BUTTON_DPAD_UP] = DESK_PAD_UP,
    [SDL_CONTROLLER_BUTTON_DPAD_DOWN] = DESK_PAD_DOWN,
    [SDL_CONTROLLER_BUTTON_DPAD_LEFT] = DESK_PAD_LEFT,
    [SDL_CONTROLLER_BUTTON_DPAD_RIGHT] = DESK_PAD_RIGHT,
};

/* A device's axes, and which way they go in the picture. The cap's are x right, y toward the user, z down
 * (3Dconnexion's frame), then turns about them. */
struct axis {
    enum desk_control control;
    double sign;
};

static const struct axis pad_axes[SDL_CONTROLLER_AXIS_MAX] = {
    [SDL_CONTROLLER_AXIS_LEFTX] = {DESK_PAD_LEFT_X, 1},
    [SDL_CONTROLLER_AXIS_LEFTY] = {DESK_PAD_LEFT_Y, -1},
    [SDL_CONTROLLER_AXIS_RIGHTX] = {DESK_PAD_RIGHT_X, 1},
    [SDL_CONTROLLER_AXIS_RIGHTY] = {DESK_PAD_RIGHT_Y, -1},
    [SDL_CONTROLLER_AXIS_TRIGGERLEFT] = {DESK_PAD_LEFT_TRIGGER, 1},
    [SDL_CONTROLLER_AXIS_TRIGGERRIGHT] = {DESK_PAD_RIGHT_TRIGGER, 1},
};

static const struct axis cap_axes[] = {{DESK_CAP_X, 1},     {DESK_CAP_Z, 1},    {DESK_CAP_Y, -1},
                                       {DESK_CAP_PITCH, 1}, {DESK_CAP_ROLL, 1}, {DESK_CAP_YAW, -1}};
enum { CAP_AXES = sizeof cap_axes / sizeof *cap_axes, CAP_BUTTONS = 2 };

static void put(struct devices *devices, const struct window_event *event)
{
    struct window_event *slot = ring_reserve(devices->events);
    if (slot && devices->lost) {
        *slot = (struct window_event){.desk = {.at_ns = event->desk.at_ns, .kind = DESK_AWAY}};
        ring_publish(devices->events);
        devices->lost = false;
        slot = ring_reserve(devices->events);
    }
    if (!slot) {
        devices->lost = true;
        return;
    }
    *slot = *event;
    ring_publish(devices->events);
}

static void tell(struct devices *devices, enum desk_event_kind kind, enum desk_device device,
                 uint64_t now_ns)
{
    put(devices, &(struct window_event){.desk = {.at_ns = now_ns, .kind = kind, .device = device}});
}

static void move(struct devices *devices, enum desk_control control, double value, uint64_t now_ns)
{
    if (control == DESK_NO_CONTROL)
        return;
    enum desk_device device = desk_device_of(control);
    bool is_press = desk_control_kind(control) == DESK_IS_BUTTON && value > 0;
    bool is_early = devices->unheard[device] || now_ns < devices->deaf_until_ns[device];
    devices->is_down[control] = is_press;
    devices->was_down[control] = is_press && (is_early || devices->was_down[control]);
    put(devices, &(struct window_event){.desk = {.at_ns = now_ns,
                                                 .kind = DESK_MOVED,
                                                 .control = control,
                                                 .value = value,
                                                 .was_down = devices->was_down[control]}});
}

static void tell_plugged(struct devices *devices, enum desk_device device, uint64_t now_ns)
{
    devices->deaf_until_ns[device] = now_ns + DEAF_NS;
    devices->unheard[device] = true;
    tell(devices, DESK_PLUGGED, device, now_ns);
}

/* What is down now counts as held until it is told to be up. */
static void tell_unplugged(struct devices *devices, enum desk_device device, uint64_t now_ns)
{
    for (int control = DESK_NO_CONTROL + 1; control < DESK_CONTROLS; control++)
        if (desk_device_of((enum desk_control)control) == device)
            devices->was_down[control] = devices->is_down[control];
    tell(devices, DESK_UNPLUGGED, device, now_ns);
}

/* How a button stands when its device first tells. */
static void find_button(struct devices *devices, enum desk_control control, bool is_down,
                        uint64_t now_ns)
{
    devices->was_down[control] = is_down;
    if (is_down)
        move(devices, control, 1, now_ns);
}

static enum desk_control key_of(const SDL_Keysym *symbol)
{
    SDL_Scancode place = symbol->scancode;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (symbol->sym == keys[i].key)
            return keys[i].control;
    if (place >= SDL_SCANCODE_F1 && place <= SDL_SCANCODE_F12)
        return (enum desk_control)(DESK_KEY_F1 + (place - SDL_SCANCODE_F1));
    if (symbol->sym >= SDLK_a && symbol->sym <= SDLK_z)
        return (enum desk_control)(DESK_KEY_A + (symbol->sym - SDLK_a));
    if (place == SDL_SCANCODE_0)
        return DESK_KEY_0;
    if (place >= SDL_SCANCODE_1 && place <= SDL_SCANCODE_9)
        return (enum desk_control)(DESK_KEY_0 + 1 + (place - SDL_SCANCODE_1));
    if (symbol->sym > SDLK_z && place >= SDL_SCANCODE_A && place <= SDL_SCANCODE_Z)
        return (enum desk_control)(DESK_KEY_A + (place - SDL_SCANCODE_A)); /* another script */
    return DESK_NO_CONTROL;
}

static void take_key(struct devices *devices, const SDL_KeyboardEvent *key, uint64_t now_ns)
{
    if (!key->repeat)
        move(devices, key_of(&key->keysym), key->state == SDL_PRESSED, now_ns);
}

static void take_button(struct devices *devices, const SDL_MouseButtonEvent *button,
                        uint64_t now_ns)
{
    enum desk_control control = button->button == SDL_BUTTON_LEFT     ? DESK_MOUSE_LEFT
                                : button->button == SDL_BUTTON_MIDDLE ? DESK_MOUSE_MIDDLE
                                : button->button == SDL_BUTTON_RIGHT  ? DESK_MOUSE_RIGHT
                                                                      : DESK_NO_CONTROL;
    move(devices, control, button->state == SDL_PRESSED, now_ns);
}

static void take_motion(struct devices *devices, const SDL_MouseMotionEvent *motion,
                        const double point[2], uint64_t now_ns)
{
    struct window_event event = {
        .desk = {
            .at_ns = now_ns, .kind = DESK_MOVED, .control = DESK_MOUSE_X, .value = motion->xrel}};
    if (point) {
        event.has_pointer = true;
        event.x = (uint16_t)lround(point[0] * UINT16_MAX);
        event.y = (uint16_t)lround(point[1] * UINT16_MAX);
    }
    put(devices, &event);
    move(devices, DESK_MOUSE_Y, -motion->yrel, now_ns);
}

static void move_axis(struct devices *devices, const struct axis *axis, int value, uint64_t now_ns)
{
    double full = value / AXIS_FULL; /* to -32768 */
    move(devices, axis->control, axis->sign * (full < -1 ? -1 : full), now_ns);
}

/* SDL knows the axes of a joystick since its first report. */
static bool has_spoken(SDL_Joystick *joystick)
{
    return SDL_JoystickNumAxes(joystick) <= 0 || SDL_JoystickGetAxisInitialState(joystick, 0, NULL);
}

static void hear_pad(struct devices *devices, uint64_t now_ns)
{
    if (!devices->pad || !devices->unheard[DESK_PAD] ||
        !has_spoken(SDL_GameControllerGetJoystick(devices->pad)))
        return;
    for (int i = 0; i < SDL_CONTROLLER_BUTTON_MAX; i++)
        find_button(devices, pad_buttons[i],
                    SDL_GameControllerGetButton(devices->pad, (SDL_GameControllerButton)i), now_ns);
    for (int i = 0; i < SDL_CONTROLLER_AXIS_MAX; i++)
        move_axis(devices, &pad_axes[i],
                  SDL_GameControllerGetAxis(devices->pad, (SDL_GameControllerAxis)i), now_ns);
    devices->unheard[DESK_PAD] = false;
}

static void open_pad(struct devices *devices, int index, uint64_t now_ns)
{
    if (devices->pad)
        return;
    devices->pad = SDL_GameControllerOpen(index);
    if (!devices->pad)
        return;
    tell_plugged(devices, DESK_PAD, now_ns);
    hear_pad(devices, now_ns);
}

static void close_pad(struct devices *devices, SDL_JoystickID id, uint64_t now_ns)
{
    if (!devices->pad || SDL_JoystickInstanceID(SDL_GameControllerGetJoystick(devices->pad)) != id)
        return;
    SDL_GameControllerClose(devices->pad);
    devices->pad = NULL;
    tell_unplugged(devices, DESK_PAD, now_ns);
    for (int i = 0; i < SDL_NumJoysticks(); i++) /* a spare one */
        if (SDL_IsGameController(i))
            open_pad(devices, i, now_ns);
}

static bool is_cap(int index)
{
    int vendor = SDL_JoystickGetDeviceVendor(index), product = SDL_JoystickGetDeviceProduct(index);
    return vendor == VENDOR_3DCONNEXION ||
           (vendor == VENDOR_LOGITECH && product >= CAP_FIRST && product <= CAP_LAST);
}

static void hear_cap(struct devices *devices, uint64_t now_ns)
{
    if (!devices->cap || !devices->unheard[DESK_CAP] || !has_spoken(devices->cap))
        return;
    for (int i = 0; i < CAP_BUTTONS; i++)
        find_button(devices, (enum desk_control)(DESK_CAP_BUTTON_1 + i),
                    SDL_JoystickGetButton(devices->cap, i), now_ns);
    for (int i = 0; i < CAP_AXES; i++)
        move_axis(devices, &cap_axes[i], SDL_JoystickGetAxis(devices->cap, i), now_ns);
    devices->unheard[DESK_CAP] = false;
}

static void open_cap(struct devices *devices, int index, uint64_t now_ns)
{
    if (devices->cap || devices->raw.fd >= 0 || !is_cap(index))
        return;
    devices->cap = SDL_JoystickOpen(index);
    if (!devices->cap)
        return;
    tell_plugged(devices, DESK_CAP, now_ns);
    hear_cap(devices, now_ns);
}

static bool is_our_cap(const struct devices *devices, SDL_JoystickID id)
{
    return devices->cap && SDL_JoystickInstanceID(devices->cap) == id;
}

static void close_cap(struct devices *devices, SDL_JoystickID id, uint64_t now_ns)
{
    if (!is_our_cap(devices, id))
        return;
    SDL_JoystickClose(devices->cap);
    devices->cap = NULL;
    tell_unplugged(devices, DESK_CAP, now_ns);
}

static void take_cap(struct devices *devices, const SDL_Event *event, uint64_t now_ns)
{
    if (event->type == SDL_JOYAXISMOTION) {
        if (is_our_cap(devices, event->jaxis.which) && event->jaxis.axis < CAP_AXES)
            move_axis(devices, &cap_axes[event->jaxis.axis], event->jaxis.value, now_ns);
    } else if (is_our_cap(devices, event->jbutton.which) && event->jbutton.button < CAP_BUTTONS) {
        move(devices, (enum desk_control)(DESK_CAP_BUTTON_1 + event->jbutton.button),
             event->jbutton.state == SDL_PRESSED, now_ns);
    }
}

static void take_pad(struct devices *devices, const SDL_Event *event, uint64_t now_ns)
{
    if (event->type == SDL_CONTROLLERAXISMOTION) {
        if (event->caxis.axis < SDL_CONTROLLER_AXIS_MAX)
            move_axis(devices, &pad_axes[event->caxis.axis], event->caxis.value, now_ns);
    } else if (event->cbutton.button < SDL_CONTROLLER_BUTTON_MAX) {
        move(devices, pad_buttons[event->cbutton.button], event->cbutton.state == SDL_PRESSED,
             now_ns);
    }
}

static void take_window(struct devices *devices, const SDL_WindowEvent *window, uint64_t now_ns)
{
    if (window->event == SDL_WINDOWEVENT_FOCUS_LOST || window->event == SDL_WINDOWEVENT_HIDDEN ||
        window->event == SDL_WINDOWEVENT_MINIMIZED)
        tell(devices, DESK_AWAY, DESK_KEYBOARD, now_ns);
    if (window->event == SDL_WINDOWEVENT_FOCUS_GAINED) /* pads and caps were not heard, either */
        for (int device = 0; device < DESK_DEVICES; device++)
            if (device != DESK_MOUSE)
                devices->deaf_until_ns[device] = now_ns + DEAF_NS;
}

void devices_take(struct devices *devices, const SDL_Event *event, const double point[2],
                  uint64_t now_ns)
{
    switch (event->type) {
    case SDL_KEYDOWN:
    case SDL_KEYUP:
        take_key(devices, &event->key, now_ns);
        break;
    case SDL_MOUSEMOTION:
        take_motion(devices, &event->motion, point, now_ns);
        break;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        take_button(devices, &event->button, now_ns);
        break;
    case SDL_MOUSEWHEEL:
        move(devices, DESK_MOUSE_WHEEL, (double)event->wheel.preciseY, now_ns);
        break;
    case SDL_CONTROLLERDEVICEADDED:
        open_pad(devices, event->cdevice.which, now_ns);
        break;
    case SDL_CONTROLLERDEVICEREMOVED:
        close_pad(devices, event->cdevice.which, now_ns);
        break;
    case SDL_CONTROLLERAXISMOTION:
    case SDL_CONTROLLERBUTTONDOWN:
    case SDL_CONTROLLERBUTTONUP:
        take_pad(devices, event, now_ns);
        break;
    case SDL_JOYDEVICEADDED:
        open_cap(devices, event->jdevice.which, now_ns);
        break;
    case SDL_JOYDEVICEREMOVED:
        close_cap(devices, event->jdevice.which, now_ns);
        break;
    case SDL_JOYAXISMOTION:
    case SDL_JOYBUTTONDOWN:
    case SDL_JOYBUTTONUP:
        take_cap(devices, event, now_ns);
        break;
    case SDL_WINDOWEVENT:
        take_window(devices, &event->window, now_ns);
        break;
    default:
        break;
    }
}

void devices_init(struct devices *devices, struct ring *events)
{
    *devices = (struct devices){.events = events};
    cap_hidraw_init(&devices->raw);
}

/* A report tells both buttons. One press at a time: where the first tells two, one was down before. */
static void take_report(struct devices *devices, const struct cap_report *report, uint64_t now_ns)
{
    unsigned down = 0;
    bool is_of_buttons =
        report->count > 0 && desk_control_kind(report->moves[0].control) == DESK_IS_BUTTON;
    for (unsigned i = 0; is_of_buttons && i < report->count; i++)
        down += report->moves[i].value > 0;
    if (is_of_buttons && down < CAP_BUTTONS)
        devices->unheard[DESK_CAP] = false;
    for (unsigned i = 0; i < report->count; i++)
        move(devices, report->moves[i].control, report->moves[i].value, now_ns);
    if (is_of_buttons)
        devices->unheard[DESK_CAP] = false;
}

static void take_raw(struct devices *devices, uint64_t now_ns)
{
    struct cap_report report;
    enum cap_hidraw_news news;
    while ((news = cap_hidraw_next(&devices->raw, now_ns, &report)) != CAP_HIDRAW_NOTHING) {
        if (news == CAP_HIDRAW_CAME)
            tell_plugged(devices, DESK_CAP, now_ns);
        else if (news == CAP_HIDRAW_WENT)
            tell_unplugged(devices, DESK_CAP, now_ns);
        else if (news == CAP_HIDRAW_REFUSED)
            move(devices, DESK_CAP_X, (double)NAN, now_ns); /* the desk counts it */
        else
            take_report(devices, &report, now_ns);
        devices->raw_is_silent = news == CAP_HIDRAW_CAME;
    }
    /* A cap that is held aside says so many times a second; one at rest says nothing. */
    if (!devices->raw_is_silent || now_ns < devices->deaf_until_ns[DESK_CAP])
        return;
    for (int i = 0; i < CAP_AXES; i++)
        move_axis(devices, &cap_axes[i], 0, now_ns);
    devices->raw_is_silent = false;
}

void devices_turn(struct devices *devices, uint64_t now_ns)
{
    hear_pad(devices, now_ns);
    hear_cap(devices, now_ns);
    if (!devices->cap)
        take_raw(devices, now_ns);
    tell(devices, DESK_ALIVE, DESK_KEYBOARD, now_ns);
}

void devices_close(struct devices *devices)
{
    if (devices->pad)
        SDL_GameControllerClose(devices->pad);
    if (devices->cap)
        SDL_JoystickClose(devices->cap);
    cap_hidraw_close(&devices->raw);
}
