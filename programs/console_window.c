/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console_window.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "arm/sheet_file.h"
#include "console_ghost.h"
#include "console_keys.h"
#include "input/desk_source.h"
#include "log/log.h"

enum { MAP_BYTES_MAX = 32768, WIDTH = 1280, HEIGHT = 720 };

#define LOOK_NS UINT64_C(50000000)     /* 20 a second */
#define FIGURES_NS UINT64_C(250000000) /* what changes all the time is readable like this */
#define REFUSED_TOLD_NS UINT64_C(3000000000)
#define MARK_TOLD_NS UINT64_C(3000000000)

const char *const console_window_presences[] = {"auto", "on", "off", NULL};
const char *const console_window_shows[] = {"mono", "side-by-side", "top-bottom", "anaglyph", NULL};
const char *const console_window_languages[] = {"en", "fr", "ar", NULL};

static const char *built_in_map(bool is_bedside)
{
    return is_bedside ? DESK_MAP_BEDSIDE : DESK_MAP_CONSOLE;
}

bool console_window_prints_map(int argc, char **argv, bool is_bedside)
{
    if (argc != 2 || strcmp(argv[1], "--print-map") != 0)
        return false;
    fputs(built_in_map(is_bedside), stdout);
    return true;
}

static const char *side_of(bool is_bedside)
{
    return is_bedside ? "bedside" : "console";
}

static bool read_map(struct desk_map *map, const char *path, bool is_bedside)
{
    const char *built_in = built_in_map(is_bedside), *side = side_of(is_bedside);
    static char text[MAP_BYTES_MAX + 1];
    char why[DESK_WHY_BYTES];
    if (!path)
        return desk_map_read(map, built_in, strlen(built_in), why) == 0;
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "jisr %s: --map %s: %s\n", side, path, strerror(errno));
        return false;
    }
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    if (len > MAP_BYTES_MAX) {
        fprintf(stderr, "jisr %s: --map %s: longer than %d bytes\n", side, path, MAP_BYTES_MAX);
        return false;
    }
    unsigned line = desk_map_read(map, text, len, why);
    if (line) {
        fprintf(stderr, "jisr %s: --map %s, line %u: %s\n", side, path, line, why);
        return false;
    }
    enum desk_action lacking = desk_map_lacks(map, is_bedside);
    if (lacking != DESK_ACTIONS)
        fprintf(stderr,
                "jisr %s: --map %s: nothing is bound to %s: a line '%s CONTROL' is needed\n", side,
                path, desk_action_name(lacking), desk_action_name(lacking));
    return lacking == DESK_ACTIONS;
}

static enum view_show show_of(const char *word)
{
    unsigned show = 0;
    while (word && console_window_shows[show + 1] && strcmp(word, console_window_shows[show]) != 0)
        show++;
    return (enum view_show)show;
}

bool console_window_is_asked_for(const struct console_window_settings *settings)
{
    const struct {
        bool is_given;
        const char *option;
    } needing[] = {
        {settings->map, "map"},
        {settings->language, "language"},
        {settings->show, "show"},
        {settings->stereo, "stereo"},
        {settings->full, "full"},
        {settings->no_help, "no-help"},
        {settings->is_bedside && !strcmp(settings->presence, "on"), /* it has no other hands */
         "presence"},
    };
    for (size_t i = 0; !settings->window && i < sizeof needing / sizeof *needing; i++)
        if (needing[i].is_given) {
            fprintf(stderr, "jisr %s: --%s wants --window\n", side_of(settings->is_bedside),
                    needing[i].option);
            return false;
        }
    return true;
}

static bool read_profile(struct profile *profile, const char *path)
{
    struct sheet_reason reason;
    profile_standard(profile);
    if (!path || profile_open(profile, path, &reason))
        return true;
    fprintf(stderr, "jisr console: --profile: %s\n", reason.words);
    return false;
}

static void take_picture(void *context, const struct picture *picture, uint32_t number,
                         uint64_t ready_ns)
{
    window_picture(context, picture, number, ready_ns);
}

bool console_window_open(struct console_window *window,
                         const struct console_window_settings *settings, struct eyes *eyes,
                         uint64_t now_ns)
{
    char why[WINDOW_WHY_BYTES];
    const struct window_settings asked = {
        .title = settings->is_bedside ? "Jisr: bedside" : "Jisr: console",
        .width = WIDTH,
        .height = HEIGHT,
        .place = settings->is_bedside ? WINDOW_LOWER_RIGHT : WINDOW_UPPER_LEFT,
        .full = settings->full,
        .is_stereo = settings->stereo};

    memset(window, 0, sizeof *window);
    if (!read_profile(&window->profile, settings->profile))
        return false;
    if (!settings->window)
        return true;
    if (!read_map(&window->map, settings->map, settings->is_bedside))
        return false;
    if (!window_start(&window->window, &asked, why)) {
        fprintf(stderr, "jisr %s: --window: %s\n", side_of(settings->is_bedside), why);
        return false;
    }
    desk_init(&window->desk, &window->map, now_ns);
    window->display_ns = CONSOLE_VIEW_NONE;
    window->smooth = (struct console_window_smooth){CONSOLE_VIEW_NONE, CONSOLE_VIEW_NONE,
                                                    CONSOLE_VIEW_NONE, CONSOLE_VIEW_NONE};
    window->own.language = words_language_chosen(settings->language);
    window->own.show = show_of(settings->show);
    window->is_bedside = settings->is_bedside;
    window->is_stereo = settings->stereo;
    window->own.layout = settings->is_bedside ? VIEW_BEDSIDE : VIEW_CONSOLE;
    console_view_hints(&window->own, &window->map);
    console_view_help(&window->own, &window->map, settings->no_help ? 0 : 1);
    eyes->screen = take_picture;
    eyes->screen_context = window->window;
    eyes->awaits_screen = true;
    log_event(LOG_INFO, "window_opened", "sound=%d", window_has_sound(window->window));
    return true;
}

void console_window_close(struct console_window *window)
{
    window_stop(window->window);
    window->window = NULL;
}

/* The stroke that the pointer draws, while its key is held. */
static void draw(struct console_window *window, const struct window_event *event)
{
    struct stroke *stroke = &window->stroke;
    if (!desk_is_held(&window->desk, DESK_DRAW)) {
        stroke->point_count = 0; /* the next one is another */
        return;
    }
    if (!event->has_pointer)
        return;
    if (stroke->point_count == 0)
        stroke->number++;
    if (!stroke_grow(stroke, event->x, event->y)) {
        const struct stroke_point last = stroke->points[STROKE_POINTS_MAX - 1];
        window->full = *stroke;
        window->has_full = true;
        stroke->number++; /* goes on where that one ended */
        stroke->point_count = 1;
        stroke->points[0] = last;
    }
    window->has_drawn = true;
}

static void pump(void *context, uint64_t until_ns)
{
    struct console_window *window = context;
    const struct window_event *event;
    while ((event = window_event(window->window)) && event->desk.at_ns <= until_ns) {
        enum motion_err err = desk_take(&window->desk, &event->desk);
        (void)err; /* counted by the desk */
        draw(window, event);
        window_event_done(window->window);
    }
}

static struct hands *open_desk(struct console_window *window, uint64_t now_ns)
{
    struct source *source = desk_source(&window->desk, pump, window);
    window->has_desk = true;
    return source ? hands_of(source, "the desk", now_ns) : NULL;
}

struct hands *console_window_hands(struct console_window *window, const char *spec,
                                   const struct console_window_settings *settings, uint64_t now_ns)
{
    char why[512] = "not enough memory";
    bool is_desk = window->window && (!spec || !strcmp(spec, "desk"));
    struct hands *hands = is_desk ? open_desk(window, now_ns)
                                  : hands_open(spec ? spec : "script", now_ns, why, sizeof why);
    if (!hands) {
        fprintf(stderr, "jisr %s: --hands %s: %s\n", side_of(window->is_bedside), spec ? spec : "",
                why);
        return NULL;
    }
    bool is_asked = !strcmp(settings->presence, "on") ||
                    (!strcmp(settings->presence, "auto") && hands_have_handles(hands));
    const struct engage_feel felt_by = engage_feel_of(&window->profile);
    if (is_asked)
        hands_ask_presence(hands, &felt_by);
    if (settings->align && !hands_ask_alignment(hands, &felt_by)) {
        fprintf(stderr,
                "jisr console: --align: these hands do not tell how they are turned: it is for "
                "--hands itp-udp:ADDR:PORT, without turns=off\n");
        hands_close(hands);
        return NULL;
    }
    return hands;
}

/* Where other hands operate, the desk's keys still ask for this and that. */
static void look_at_desk(struct console_window *window, uint64_t now_ns)
{
    struct clutch_hands hands;
    bool is_frozen;
    pump(window, now_ns);
    desk_advance(&window->desk, now_ns, &hands, &is_frozen);
}

static void hear_screen(struct console_window *window, const struct console_window_parts *parts)
{
    struct window_shown shown;
    while (window_shown(window->window, &shown)) {
        eyes_see(parts->eyes, parts->operation, shown.number, shown.captured_ns, shown.shown_ns);
        window->display_ns = (int64_t)(shown.shown_ns - shown.ready_ns);
        spread_add(&window->display, window->display_ns);
    }
}

static void smooth_delays(struct console_window *window, const struct eyes *eyes)
{
    struct console_window_smooth *all = &window->smooth;
    console_delay_smooth(&all->encode_ns, eyes->last_encode_ns);
    console_delay_smooth(&all->back_ns, eyes->last_back_ns);
    console_delay_smooth(&all->decode_ns, eyes->last_decode_ns);
    console_delay_smooth(&all->display_ns, window->display_ns);
}

static void advise(struct console_window *window, const struct console_window_parts *parts)
{
    double delay_ms = console_delay_ms(parts->delay, window->smooth.display_ns);
    if (delay_ms > 0 && parts->operation->has_standing)
        advice_update(&window->advice, (uint64_t)(delay_ms * 1e6),
                      parts->operation->standing.scale);
}

static bool was_refused(struct console_window *window, const struct hands *hands, uint64_t now_ns)
{
    uint64_t refused = 0;
    for (size_t i = 0; i < MOTION_ERRS; i++)
        refused += hands_counts(hands)->refused[i];
    if (refused > window->refused)
        window->refused_ns = now_ns + REFUSED_TOLD_NS;
    window->refused = refused;
    return now_ns < window->refused_ns;
}

uint8_t console_window_locks(const struct console_window *window)
{
    const struct desk *desk = &window->desk;
    return (uint8_t)((desk->turn_locked ? GESTURE_LOCK_TURN : 0) |
                     (desk->place_locked ? GESTURE_LOCK_PLACE : 0));
}

void console_window_sent(struct console_window *window, uint32_t sequence,
                         const struct gesture *gesture)
{
    if (window->window)
        ghost_sent(&window->ghost, sequence, gesture);
}

static void haunt(struct console_window *window, const struct console_window_parts *parts)
{
    const struct console_station *operation = parts->operation;
    const struct eyes *eyes = parts->eyes;
    bool is_wanted = window->own.ghost && operation->has_state && operation->has_standing &&
                     console_station_has_lease(operation) && eyes->height > 0;
    memset(window->marks.ghosts, 0, sizeof window->marks.ghosts);
    window->ghost_off = false;
    if (!is_wanted)
        return;
    double aspect = (double)eyes->width / (window->is_stereo ? 2 : 1) / eyes->height;
    window->ghost_off = console_ghost_fill(window->marks.ghosts, &window->ghost, operation, aspect);
}

/* What was drawn since the last look goes to everybody; what all drew is shown, and fades. */
static void share_strokes(struct console_window *window, struct console_station *operation,
                          uint64_t now_ns)
{
    bool is_sent = true;
    if (window->has_full)
        is_sent = console_station_draw(operation, &window->full, now_ns);
    if (window->has_drawn && window->stroke.point_count > 0)
        is_sent = console_station_draw(operation, &window->stroke, now_ns) && is_sent;
    window->has_full = window->has_drawn = false;
    strokes_fade(&operation->strokes, now_ns);
    window->marks.strokes = operation->strokes;
    if (!is_sent)
        log_event(LOG_INFO, "stroke_unsent", "%s", "");
}

/* Whom the robot goes back to: who led it before us. */
static void note_leader(struct console_window *window, const struct console_station *operation)
{
    const struct standing *standing = &operation->standing;
    if (!operation->has_standing) {
        window->knows_leader = false;
    } else if (standing->owner != standing->yours && standing->owner != LEASE_NOBODY) {
        window->knows_leader = true;
        window->led_before = standing->owner;
    }
}

static void look(struct console_window *window, const struct console_window_parts *parts,
                 uint64_t now_ns)
{
    const struct station *station = parts->station;
    struct link_stats stats = {.samples_sent = 0};
    struct view view = window->own;

    if (parts->operation->peer)
        link_peer_stats(parts->operation->peer, now_ns, &stats);
    if (station->sessions != window->sessions) {
        window->met_ns = now_ns;
        window->had_lease = false;
        memset(&window->ghost, 0, sizeof window->ghost); /* gestures are numbered anew */
    }
    window->sessions = station->sessions;
    window->had_lease = window->had_lease || console_station_has_lease(parts->operation);
    if (console_station_has_lease(parts->operation))
        window->led_lease = parts->operation->standing.lease;
    note_leader(window, parts->operation);
    smooth_delays(window, parts->eyes);
    advise(window, parts);
    haunt(window, parts);
    const struct console_facts facts = {
        .now_ns = now_ns,
        .peer_name = station->peer_name,
        .operation = parts->operation,
        .stats = parts->operation->peer ? &stats : NULL,
        .met_ns = window->met_ns,
        .was_linked = station->sessions > 0,
        .encode_ns = window->smooth.encode_ns,
        .back_ns = window->smooth.back_ns,
        .decode_ns = window->smooth.decode_ns,
        .display_ns = window->smooth.display_ns,
        .hand_to_eye_ns = parts->delay->hand_to_eye_ns,
        .picture_age_ns = gate_picture_age_ns(&parts->operation->gate, now_ns),
        .desk = window->has_desk ? &window->desk : NULL,
        .engaged = parts->engaged,
        .engages = {hands_engage(parts->hands, 0), hands_engage(parts->hands, 1)},
        .once_more = console_keys_awaited(window, now_ns),
        .refused = was_refused(window, parts->hands, now_ns),
        .marked = window->marked_ns && now_ns - window->marked_ns <= MARK_TOLD_NS,
        .talks = parts->voice->talks,
        .unheard = window->unheard,
        .enable_does =
            window->is_bedside ? console_keys_enable_does(parts->operation) : VIEW_ENABLE_NOTHING,
        .recording = parts->eyes->trace && trace_rows_lost(parts->eyes->trace) == 0,
        .had_lease = window->had_lease && window->led_lease != window->gave_lease,
        .scale_advised = window->advice.kind == ADVICE_SCALE ? window->advice.scale : (double)NAN,
        .ghost_off = window->ghost_off,
        .force = console_station_force(parts->operation, now_ns),
        .profile = &window->profile,
        .has_sound = window_has_sound(window->window),
    };
    console_view_fill(&view, &facts);
    if (now_ns < window->figures_ns)
        console_view_keep_figures(&view, &window->told);
    else
        window->figures_ns = now_ns + FIGURES_NS;
    share_strokes(window, parts->operation, now_ns);
    window_show(window->window, &view, &window->marks);
    window->told = view;
}

int64_t console_window_display_ns(const struct console_window *window)
{
    return window->window ? window->smooth.display_ns : CONSOLE_VIEW_NONE;
}

/* The desk's jaws are the robot's until the lease is ours, and are so once under each that is; likewise while the robot
 * moves its jaws by itself. */
static void see_jaws(struct console_window *window, const struct console_station *operation)
{
    const struct arm_state *state = &operation->state;
    double jaws_rad[ARM_STATE_ARMS_MAX];
    const enum supervisor_state state_of_it = operation->standing.state;
    bool is_ours = console_station_has_lease(operation) && state_of_it != SUPERVISOR_UNDOCKING &&
                   state_of_it != SUPERVISOR_DOCKING;
    if (!operation->has_state || (is_ours && operation->standing.lease == window->jaws_lease))
        return;
    for (unsigned i = 0; i < state->arm_count; i++)
        jaws_rad[i] = state->arms[i].measured_jp[AXIS_JAW];
    desk_see_jaws(&window->desk, jaws_rad, state->arm_count);
    window->jaws_lease = is_ours ? operation->standing.lease : 0;
}

bool console_window_turn(struct console_window *window, const struct console_window_parts *parts,
                         uint64_t now_ns)
{
    if (!window->window)
        return true;
    hear_screen(window, parts);
    see_jaws(window, parts->operation);
    if (!window->has_desk)
        look_at_desk(window, now_ns);
    console_keys_obey(window, parts, now_ns);
    if (now_ns >= window->look_ns) {
        look(window, parts, now_ns);
        window->look_ns = now_ns + LOOK_NS;
    }
    if (!window_is_closed(window->window))
        return true;
    log_event(LOG_INFO, "window_closed", "%s", "");
    return false;
}
