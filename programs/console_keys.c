/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console_keys.h"

#include <math.h>

#include "log/log.h"
#include "station/channels.h"

#define TWICE_NS UINT64_C(2000000000)
#define SCALE_STEP 1.25 /* what was moved before stays as it is (motion/hand_map.h) */

static void next_help(struct console_window *window)
{
    unsigned page = window->own.help + 1;
    unsigned pages = console_view_help(&window->own, &window->map, page);
    if (page > pages)
        console_view_help(&window->own, &window->map, 0);
}

/* What ends something needs no more than this; what begins something is refused unless the arm's state can be read
 * as well (console_station_order). */
static bool knows_standing(const struct console_station *operation)
{
    return operation->peer && operation->has_standing &&
           !(operation->unreadable & 1U << STATION_PULSE);
}

static enum supervisor_state state_of(const struct console_station *operation)
{
    return knows_standing(operation) ? operation->standing.state : SUPERVISOR_OFF;
}

static bool order(struct console_station *operation, enum order what, uint8_t seat, uint64_t now_ns)
{
    if (console_station_order(operation, what, seat, now_ns))
        return true;
    log_event(LOG_WARN, "order_unsent", "order=%s", order_word(what));
    return false;
}

enum view_enable console_keys_enable_does(const struct console_station *operation)
{
    enum supervisor_state state = state_of(operation);
    if (!knows_standing(operation))
        return VIEW_ENABLE_NOTHING;
    if (operation->pulse.flags & PULSE_ESTOP || operation->standing.flags & STANDING_ESTOP)
        return VIEW_ENABLE_BUTTON;
    if (state == SUPERVISOR_STOPPED)
        return VIEW_ENABLE_RESET;
    return state == SUPERVISOR_OFF || state == SUPERVISOR_DISABLED ? VIEW_ENABLE_ENABLES
                                                                   : VIEW_ENABLE_NOTHING;
}

/* To whoever asks, else to who led it before us and is there, else to nobody. */
static void give_back(struct console_window *window, struct console_station *operation,
                      uint64_t now_ns)
{
    const struct standing *standing = &operation->standing;
    bool is_asked = console_station_is_told(operation) && standing->asking != LEASE_NOBODY;
    uint8_t to = is_asked ? standing->asking : window->led_before;
    bool is_there = (is_asked || window->knows_leader) && standing->here & 1U << to;
    window->gave_lease = standing->lease;
    if (is_there && (is_asked || console_station_has_lease(operation)))
        (void)order(operation, ORDER_GRANT, to, now_ns);
    else
        (void)order(operation, ORDER_RELEASE, LEASE_NOBODY, now_ns);
}

static void scale_by(struct console_station *operation, double factor)
{
    struct pulse *pulse = &operation->pulse;
    double now = pulse->scale > 0 ? pulse->scale : operation->standing.scale;
    if (operation->has_standing)
        pulse->scale = fmin(fmax(now * factor, PULSE_SCALE_LEAST), PULSE_SCALE_MOST);
}

/* The stop's button is down until somebody enables again: then it comes up, and at the next press the arm is
 * looked after, step by step, as the cart allows. One that a former panel has left down is first taken over. */
static void enable(struct console_station *operation, uint64_t now_ns)
{
    switch (console_keys_enable_does(operation)) {
    case VIEW_ENABLE_BUTTON:
        console_station_estop(operation, !(operation->pulse.flags & PULSE_ESTOP), now_ns);
        return;
    case VIEW_ENABLE_RESET:
        (void)order(operation, ORDER_RESET, LEASE_NOBODY, now_ns);
        return;
    case VIEW_ENABLE_ENABLES:
        (void)order(operation, ORDER_ENABLE, LEASE_NOBODY, now_ns);
        return;
    case VIEW_ENABLE_NOTHING: /* before it is known how things stand, notes that it cannot be sent */
        (void)order(operation, knows_standing(operation) ? ORDER_DISABLE : ORDER_ENABLE,
                    LEASE_NOBODY, now_ns);
        return;
    }
}

static bool is_recent(uint64_t pressed_ns, uint64_t now_ns)
{
    return pressed_ns && now_ns - pressed_ns <= TWICE_NS;
}

static void undock(struct console_window *window, struct console_station *operation,
                   uint64_t now_ns)
{
    bool is_second = is_recent(window->undock_ns, now_ns);
    window->undock_ns = now_ns;
    if (state_of(operation) == SUPERVISOR_UNDOCKING) {
        (void)order(operation, ORDER_UNDOCK_STOP, LEASE_NOBODY, now_ns);
    } else if (is_second) {
        (void)order(operation, ORDER_UNDOCK, LEASE_NOBODY, now_ns);
        window->undock_ns = 0;
    }
}

/* Asked for twice, as undocking. */
static void dock(struct console_window *window, struct console_station *operation, uint64_t now_ns)
{
    bool is_second = is_recent(window->dock_ns, now_ns);
    window->dock_ns = is_second ? 0 : now_ns;
    if (!is_second)
        return;
    (void)order(operation, ORDER_DOCK, LEASE_NOBODY, now_ns);
    window->docks_ns = now_ns;
}

/* While instruments come in, or are about to, any key stops them (hazard H-70). */
static bool stop_docking(struct console_window *window, struct console_station *operation,
                         uint64_t now_ns)
{
    bool is_pressed = window->desk.presses != window->presses;
    bool docks = state_of(operation) == SUPERVISOR_DOCKING || is_recent(window->docks_ns, now_ns);
    window->presses = window->desk.presses;
    if (!window->is_bedside || !is_pressed || !docks)
        return false;
    window->docks_ns = window->dock_ns = 0;
    (void)order(operation, ORDER_UNDOCK_STOP, LEASE_NOBODY, now_ns);
    return true;
}

/* What keys ask of the robot's end. True: it was that. */
static bool obey_robot(struct console_window *window, struct console_station *operation,
                       enum desk_action action, uint64_t now_ns)
{
    switch (action) {
    case DESK_TAKE:
    case DESK_TAKE_OVER:
        (void)order(operation, ORDER_REQUEST, LEASE_NOBODY, now_ns);
        return true;
    case DESK_RELEASE:
        give_back(window, operation, now_ns);
        return true;
    case DESK_REFUSE:
        (void)order(operation, ORDER_REFUSE, LEASE_NOBODY, now_ns);
        return true;
    case DESK_MARK:
        window->marked_ns = order(operation, ORDER_MARK, LEASE_NOBODY, now_ns) ? now_ns : 0;
        return true;
    case DESK_SCALE_UP:
        scale_by(operation, SCALE_STEP);
        return true;
    case DESK_SCALE_DOWN:
        scale_by(operation, 1 / SCALE_STEP);
        return true;
    case DESK_ENABLE:
        enable(operation, now_ns);
        return true;
    case DESK_STOP: /* the bedside's is the emergency stop's button; a console has none */
        if (window->is_bedside)
            console_station_estop(operation, true, now_ns);
        (void)order(operation, ORDER_STOP, LEASE_NOBODY, now_ns);
        return true;
    case DESK_UNDOCK:
        undock(window, operation, now_ns);
        return true;
    case DESK_DOCK:
        dock(window, operation, now_ns);
        return true;
    default:
        return false;
    }
}

/* What keys ask of the window. */
static void obey_window(struct console_window *window, struct console_station *operation,
                        enum desk_action action)
{
    struct view *own = &window->own;
    switch (action) {
    case DESK_HELP:
        next_help(window);
        break;
    case DESK_SHOW:
        own->show = (enum view_show)((own->show + 1) % VIEW_SHOWS);
        break;
    case DESK_LANGUAGE:
        own->language = (enum words_language)((own->language + 1) % WORDS_LANGUAGES);
        break;
    case DESK_GHOST:
        own->ghost = !own->ghost;
        break;
    case DESK_MUTE:
        own->muted = !own->muted;
        break;
    case DESK_WIPE:
        window->stroke.point_count = 0; /* what is being drawn, too */
        window->has_drawn = window->has_full = false;
        if (!console_station_wipe(operation))
            log_event(LOG_INFO, "stroke_unsent", "%s", "");
        break;
    case DESK_FULL:
        window_turn_full(window->window);
        break;
    default: /* the desk's own */
        break;
    }
}

static void talk(struct console_window *window, const struct console_window_parts *parts)
{
    bool talks = desk_is_held(&window->desk, DESK_TALK);
    if (talks != window->talked)
        voice_talk(parts->voice, talks);
    window->talked = talks;
    window->unheard = talks && !parts->voice->talks;
    if (parts->voice->talks)
        parts->operation->pulse.flags |= PULSE_TALKS;
    else
        parts->operation->pulse.flags &= (uint8_t)~PULSE_TALKS;
}

void console_keys_obey(struct console_window *window, const struct console_window_parts *parts,
                       uint64_t now_ns)
{
    enum desk_action action;
    bool is_stop = stop_docking(window, parts->operation, now_ns);
    while (desk_order(&window->desk, &action)) {
        if (is_stop && action != DESK_STOP && action != DESK_UNDOCK) /* it meant: no further */
            continue;
        if (action == DESK_RECLUTCH)
            hands_reclutch(parts->hands, now_ns);
        else if (!obey_robot(window, parts->operation, action, now_ns))
            obey_window(window, parts->operation, action);
    }
    talk(window, parts);
}

struct view_key console_keys_awaited(const struct console_window *window, uint64_t now_ns)
{
    bool docks = is_recent(window->dock_ns, now_ns) && window->dock_ns >= window->undock_ns;
    bool undocks = is_recent(window->undock_ns, now_ns);
    const struct desk_binding *binding =
        docks || undocks ? desk_map_find(&window->map, docks ? DESK_DOCK : DESK_UNDOCK) : NULL;
    return binding ? (struct view_key){binding->action, binding->control, binding->with, false}
                   : (struct view_key){.control = DESK_NO_CONTROL};
}
