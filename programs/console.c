/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr console`: the surgeon's side. Hands out, pictures in, and nothing moves on an old picture. */
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "clock/clock.h"
#include "commands.h"
#include "console_gate.h"
#include "console_input.h"
#include "console_orders.h"
#include "console_people.h"
#include "console_settings.h"
#include "console_window.h"
#include "eyes.h"
#include "igtl_out.h"
#include "input/hands.h"
#include "log/log.h"
#include "station.h"
#include "station/channels.h"
#include "station/console.h"
#include "voice.h"

enum { WATCH_SIGNALS = 0, WATCH_VIEW = 1, WATCH_CONTROL = 2 };
enum { PICTURES_USUAL = 25 /* a second, until the cart's first one says */ };

struct console {
    const struct console_settings *settings;
    const struct console_role *role;
    struct people_enable enable; /* as --enable auto asks */
    struct people_estop estop;
    bool orders_unheard[ORDERS]; /* was told */
    struct station station;
    struct hands *hands;
    struct console_station operation;
    struct console_gate gate; /* what was told of it */
    bool quit;
    struct console_input input;
    struct orders orders;
    struct eyes eyes;
    struct voice voice;
    struct console_window window;
    struct console_delay delay;
    bool engaged; /* by the last gesture */
    struct igtl_out igtl;
    struct report_gestures gestures;
};

static void log_gate(struct console *console, uint64_t now_ns)
{
    struct console_gate_line line;
    if (!console_gate_look(&console->gate, console->operation.gate.state, now_ns, &line))
        return;
    enum log_level level = line.is_fault ? LOG_WARN : LOG_INFO;
    if (line.left_out)
        log_event(level, "hands", "state=\"%s\" left_out=%llu", gate_state_text(line.state),
                  (unsigned long long)line.left_out);
    else
        log_event(level, "hands", "state=\"%s\"", gate_state_text(line.state));
}

static void send_hands(struct console *console, uint64_t now_ns)
{
    struct console_station *operation = &console->operation;
    struct gesture gesture;
    console_input_answer(console->hands, operation, now_ns);
    while (hands_next(console->hands, now_ns, &gesture)) {
        uint64_t sampled_ns = hands_sampled_ns(console->hands);
        uint8_t bytes[GESTURE_BYTES_MAX];
        uint32_t sequence;

        console->engaged = gesture.flags & GESTURE_ENGAGED;
        gesture.flags |= console_window_locks(&console->window);
        operation->hands_by =
            console_input_frozen_by(console->window.has_desk ? &console->window.desk : NULL);
        if (!console_station_send(operation, &gesture, sampled_ns, now_ns, bytes, &sequence))
            continue;
        console->gestures.sent++;
        eyes_sent(&console->eyes, sequence, sampled_ns);
        console_window_sent(&console->window, sequence, &gesture);
    }
    log_gate(console, now_ns);
}

static void meet(struct console *console, const struct link_peer *peer)
{
    station_meet(&console->station, peer);
    station_turn_to(&console->station, peer);
    if (console->station.sessions > 1 && eyes_restart(&console->eyes))
        carrier_rewatch(&console->station.carrier, WATCH_VIEW, view_thread_fd(console->eyes.view));
}

/* What the cart's arm was measured at, by our clock. */
static void tell_igtl(struct console *console, const struct link_event *event)
{
    const struct console_station *operation = &console->operation;
    const struct layout *layout = console_station_layout(operation);
    if (event->kind != LINK_EVENT_SAMPLE || event->channel != STATION_STATE ||
        !operation->has_state || !event->age.measured || !layout)
        return;
    igtl_out_tell(&console->igtl,
                  &(struct igtl_robot){.measured_ns = event->received_ns - (uint64_t)event->age.ns,
                                       .layout = layout,
                                       .arm_count = operation->state.arm_count,
                                       .arms = operation->state.arms,
                                       .hold = operation->state.hold_cause});
}

static void on_event(void *context, const struct link_event *event)
{
    struct console *console = context;
    uint64_t now_ns = clock_monotonic_ns();
    if (event->kind == LINK_EVENT_UP || event->kind == LINK_EVENT_CLOSED)
        station_remember(&console->station, console->operation.peer, now_ns);
    switch (console_station_event(&console->operation, event, now_ns)) {
    case CONSOLE_SPARED:
        log_event(LOG_INFO, "dialling_ended", "reason=\"%s\"", event->reason);
        return;
    case CONSOLE_MET:
        meet(console, event->peer);
        voice_join(&console->voice, event->peer);
        break;
    case CONSOLE_HOLD:
        people_hold(console->operation.state.hold_cause);
        break;
    case CONSOLE_PICTURE:
        eyes_take(&console->eyes, event);
        break;
    case CONSOLE_PARTED: /* the event says so itself */
        if (console->operation.dial_ns == UINT64_MAX)
            log_event(LOG_WARN, "place_taken",
                      "dials=0 help=\"another console with this identity operates\"");
        break;
    case CONSOLE_REFUSAL:
        people_refused(&console->operation);
        break;
    case CONSOLE_LEASE:
        lease_log(&console->operation);
        break;
    case CONSOLE_OF_ANOTHER_VERSION:
        people_warn_version();
        break;
    case CONSOLE_NOTHING:
        break;
    }
    if (event->kind == LINK_EVENT_CLOSED)
        station_part(&console->station, event->peer);
    voice_event(&console->voice, event, now_ns);
    tell_igtl(console, event);
    station_log(&console->station, event);
}

/* The reason may repeat what was written. */
static void refuse_order(const char *reason)
{
    char text[CARRIER_REASON_BYTES];
    snprintf(text, sizeof text, "%s", reason);
    for (char *at = text; (at = strchr(at, '"'));)
        *at = '\'';
    log_event(LOG_WARN, "order_refused", "reason=\"%s\"", text);
}

static void add_line(struct console *console, const char *text)
{
    struct station *station = &console->station;
    char reason[CARRIER_REASON_BYTES];
    struct link_path path;
    uint8_t line;

    if (!carrier_line_at_once(&station->carrier, text, &path, reason)) {
        refuse_order(reason);
        return;
    }
    enum console_line_err err =
        console_station_line_add(&console->operation, &path, clock_monotonic_ns(), &line);
    if (err) {
        carrier_close(&station->carrier, path.socket);
        refuse_order(console_line_err_text(err));
        return;
    }
    station_name_line(station, line, text);
    log_event(LOG_INFO, "line_added", "line=%u name=\"%s\"", line_number(line), text);
}

static void pull_line(struct console *console, unsigned line)
{
    uint8_t socket;
    enum console_line_err err = console_station_line_pull(&console->operation, (uint8_t)line,
                                                          clock_monotonic_ns(), &socket);
    if (err) {
        refuse_order(console_line_err_text(err));
        return;
    }
    carrier_close(&console->station.carrier, socket);
    log_event(LOG_INFO, "line_pulled", "line=%u", line_number(line));
}

static void obey(void *context, char *text)
{
    struct console *console = context;
    struct console_order order;
    const char *why = NULL;

    console_order_read(&order, text);
    switch (order.kind) {
    case CONSOLE_ORDER_NONE:
        break;
    case CONSOLE_ORDER_WRONG:
        why = order.wrong;
        break;
    case CONSOLE_ORDER_RECLUTCH:
        log_event(LOG_INFO, "reclutch", "%s", "");
        hands_reclutch(console->hands, clock_monotonic_ns());
        break;
    case CONSOLE_ORDER_LINE_ADD:
        add_line(console, order.line);
        break;
    case CONSOLE_ORDER_LINE_PULL:
        pull_line(console, order.index);
        break;
    case CONSOLE_ORDER_CART:
        why = people_order(&console->operation, order.cart, NULL, clock_monotonic_ns());
        break;
    case CONSOLE_ORDER_GIVE:
        why = people_order(&console->operation, ORDER_GRANT, order.name, clock_monotonic_ns());
        break;
    case CONSOLE_ORDER_ESTOP:
        why = people_estop(&console->operation, order.estop, clock_monotonic_ns());
        break;
    case CONSOLE_ORDER_TALK:
        voice_talk(&console->voice, order.talk);
        break;
    case CONSOLE_ORDER_QUIT:
        console->quit = true;
        break;
    }
    if (why)
        refuse_order(why);
}

static const char *hands_word(enum gate_state state)
{
    switch (state) {
    case GATE_OPEN:
        return "moving";
    case GATE_NO_PICTURE:
        return "waiting";
    case GATE_OLD_PICTURE:
    case GATE_AWAITS_FOOT:
        break;
    }
    return "frozen";
}

static void put_status(struct console *console, uint64_t now_ns)
{
    struct status status = {.len = 0};
    struct station *station = &console->station;
    const struct console_station *operation = &console->operation;
    struct link_clock_reading clock = {.measured = false};
    uint64_t picture_age_ns = gate_picture_age_ns(&operation->gate, now_ns);
    const struct report_pictures *pictures = &console->eyes.pictures;
    char captured[EYES_TOLD_BYTES];

    if (operation->peer)
        clock = link_peer_clock(operation->peer, now_ns);
    igtl_out_clock(&console->igtl, &clock);
    status_put(&status, "side=%s state=%s hands=%s hold=%s ", console->role->side,
               operation->peer     ? "up"
               : station->sessions ? "lost"
                                   : "dialling",
               hands_word(operation->gate.state),
               operation->has_state && console_station_is_heard(operation, now_ns)
                   ? hold_cause_word(operation->state.hold_cause)
                   : "-");
    status_put_peer(&status, station);
    status_put(&status,
               "sent=%lld picture_whole=%lld picture_repaired=%lld picture_late=%lld "
               "picture_lost=%lld picture_damaged=%lld refused_input=%llu ",
               (long long)console->gestures.sent, (long long)pictures->whole,
               (long long)pictures->repaired, (long long)pictures->late, (long long)pictures->lost,
               (long long)pictures->damaged,
               (unsigned long long)console_input_refused(console->hands));
    eyes_tell(&console->eyes, captured);
    status_put(&status, "%s", captured);
    status_put_refused(&status, hands_counts(console->hands)->refused);
    console_input_put(console->hands, &status);
    status_put_ms(&status, "picture_age_ms", picture_age_ns != UINT64_MAX, (double)picture_age_ns);
    bool is_young =
        picture_age_ns <= operation->gate.limit_ns; /* the last picture's figure is of now */
    status_put_ms(&status, "hand_to_eye_ms", is_young && console->eyes.hand_to_eye.count > 0,
                  (double)console->eyes.last_hand_to_eye_ns);
    status_put_ms(&status, "hand_to_eye_p99_ms", console->eyes.hand_to_eye.count > 0,
                  (double)spread_at(&console->eyes.hand_to_eye, 0.99));
    status_put_ms(&status, "decode_ms", console->eyes.delay.decode.count > 0,
                  (double)spread_at(&console->eyes.delay.decode, 0.5));
    status_put_ms(&status, "clock_offset_ms", clock.measured, (double)clock.offset_ns);
    status_put_ms(&status, "clock_bound_ms", clock.measured, (double)clock.bound_ns);
    if (clock.measured)
        status_put(&status, "drift_ppm=%.3f ", (double)clock.drift_ppb / 1e3);
    if (operation->has_state) {
        const struct arm_report *arm = &operation->state.arms[0];
        for (size_t i = 0; i < INSTRUMENT_AXES; i++)
            status_put(&status, "%s%.4f", i ? "," : "joints=", arm->measured_jp[i]);
        status_put(&status, " tip=%.5f,%.5f,%.5f ", arm->measured_cp.position_m.x,
                   arm->measured_cp.position_m.y, arm->measured_cp.position_m.z);
    }
    people_put(operation, &status, now_ns);
    voice_put(&console->voice, &status);
    igtl_out_put(&console->igtl, &status);
    station_status(station, &status, operation->peer, now_ns);
}

static void run(struct console *console)
{
    struct station *station = &console->station;
    uint64_t now_ns = clock_monotonic_ns();
    bool reclutches = !strcmp(console->settings->reclutch, "auto") && !console->window.has_desk;
    bool enables = console->role->is_bedside && !strcmp(console->settings->enable, "auto");
    struct console_window_parts parts = {
        station,        &console->operation, &console->eyes, &console->voice,
        console->hands, &console->delay,     false};

    while (!console->quit && !station_is_over(station, now_ns)) {
        station_heed_identity(station, now_ns);
        carrier_receive(&station->carrier, on_event, console);
        if (carrier_watched(&station->carrier, WATCH_VIEW))
            eyes_look(&console->eyes, &console->operation);
        now_ns = clock_monotonic_ns();
        uint64_t due_ns = hands_due_ns(console->hands);
        if (now_ns >= due_ns) {
            spread_add(&station->lateness, (int64_t)(now_ns - due_ns));
            send_hands(console, now_ns);
        }
        if (console_station_turn(&console->operation, now_ns) && reclutches)
            hands_reclutch(console->hands, now_ns);
        if (console->settings->control && carrier_watched(&station->carrier, WATCH_CONTROL) &&
            !orders_read(&console->orders, STDIN_FILENO, obey, console))
            console->quit = true; /* whoever gave orders has gone */
        if (enables)
            people_enable_once(&console->enable, &console->operation, now_ns);
        voice_turn(&console->voice, now_ns);
        parts.engaged = console->engaged;
        if (console_delay_turn(&console->delay, &console->eyes, now_ns))
            console->operation.pulse.delay_ms =
                console_delay_ms(&console->delay, console_window_display_ns(&console->window));
        console->quit |= !console_window_turn(&console->window, &parts, now_ns);
        eyes_snapshot(&console->eyes, console->settings->snapshot);
        people_watch_estop(&console->estop, &console->operation, now_ns);
        people_watch_orders(console->orders_unheard, &console->operation, now_ns);
        if (now_ns >= station->status_ns)
            put_status(console, now_ns);
        console_input_tell(&console->input, console->hands, now_ns);
        now_ns = clock_monotonic_ns();
        carrier_send(&station->carrier, now_ns);
        uint64_t until_ns = hands_due_ns(console->hands);
        if (station->status_ns < until_ns)
            until_ns = station->status_ns;
        carrier_wait(&station->carrier, until_ns, now_ns);
        now_ns = clock_monotonic_ns();
    }
}

static bool report(struct console *console)
{
    struct report_line lines[LINK_LINES_MAX];
    struct report_hold holds[HOLD_LOG_KEPT];
    struct report_gestures *gestures = &console->gestures;
    gestures->received = gestures->applied = gestures->late = -1; /* the cart knows */
    gestures->duplicate = gestures->lost = -1;
    gestures->refused = (int64_t)console_input_refused(console->hands);
    console->eyes.pictures.sent = console->eyes.pictures.no_room = -1; /* the cart knows */
    const struct report_voice voice = voice_report(&console->voice);
    struct report figures = {
        .gestures = gestures,
        .pictures = &console->eyes.pictures,
        .voice = &voice,
        .refused = hands_counts(console->hands)->refused,
        .ages = {[REPORT_MOUTH_TO_EAR] = &console->voice.mouth_to_ear,
                 [REPORT_HAND_TO_EYE] = &console->eyes.hand_to_eye,
                 [REPORT_PICTURE_AGE] = &console->eyes.picture_age,
                 [REPORT_BACK] = &console->eyes.delay.back,
                 [REPORT_DECODE] = &console->eyes.delay.decode,
                 [REPORT_DISPLAY] = &console->window.display},
        .ticks_missed = -1, /* the cart knows */
        .trace_rows_lost = trace_close(console->eyes.trace),
    };
    station_list_holds(&console->station, &figures, &console->operation.holds, console_hold_text,
                       holds);
    return station_report(&console->station, &figures, lines, clock_monotonic_ns());
}

static bool open_parts(struct console *console, const struct console_settings *settings)
{
    char reason[CARRIER_REASON_BYTES];
    struct link_path paths[LINK_LINES_MAX];
    uint64_t now_ns = clock_monotonic_ns();

    for (unsigned i = 0; i < settings->line.count; i++) {
        if (i >= LINK_LINES_MAX ||
            !carrier_line(&console->station.carrier, settings->line.items[i], &paths[i], reason)) {
            fprintf(stderr, "jisr %s: --line: %s\n", console->role->side,
                    i < LINK_LINES_MAX ? reason : "eight lines at most");
            return false;
        }
        station_name_line(&console->station, i, settings->line.items[i]);
    }
    station_begin(&console->station);
    console_delay_init(&console->delay);
    if (!console_window_open(&console->window, &settings->window, &console->eyes, now_ns) ||
        !(console->hands =
              console_window_hands(&console->window, settings->hands, &settings->window, now_ns)))
        return false;
    igtl_out_watch(&console->igtl, &console->eyes);
    if (!eyes_restart(&console->eyes))
        return false;
    carrier_watch(&console->station.carrier, view_thread_fd(console->eyes.view));
    if (settings->control) {
        fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
        carrier_watch(&console->station.carrier, STDIN_FILENO);
    }
    if (!station_name_files(&console->station))
        return false;
    if (settings->station.trace &&
        !(console->eyes.trace = trace_open(console->station.trace_file, TRACE_PICTURES)))
        return false;
    console_station_init(&console->operation, console->station.link, paths, settings->line.count,
                         settings->picture_gate_ns, now_ns);
    console_station_role(&console->operation, console->role->is_bedside, settings->watch);
    console->gate.seen = console->operation.gate.state;
    log_event(LOG_INFO, console->role->is_bedside ? "bedside_dials" : "console_dials",
              "lines=%zu hands=\"%s\" rate_hz=%.0f", settings->line.count,
              hands_name(console->hands), hands_rate_hz(console->hands));
    return true;
}

static int command(const struct console_role *role, int argc, char **argv)
{
    static struct console_settings settings;
    static struct console console;
    if (console_window_prints_map(argc, argv, role->is_bedside))
        return 0;
    int status = options_alone(&role->usage, role->options, &settings, argc, argv);
    if (status >= 0)
        return status;
    settings.window.is_bedside = role->is_bedside;
    if (!station_addresses_are_written(&settings.line, role->side, "line") ||
        !station_files_differ(&settings.station, role->side) ||
        !console_window_is_asked_for(&settings.window))
        return 2;
    console.settings = &settings;
    console.role = role;
    if (role->is_bedside) {
        settings.hands = settings.window.window ? NULL : "none";
        settings.reclutch = "ask";
    }
    if (!log_start()) {
        fprintf(stderr, "jisr %s: memory is short\n", role->side);
        return 1;
    }
    bool opened = station_open(&console.station, &settings.station, role->side, &settings.line) &&
                  station_make_link(&console.station, PICTURES_USUAL) &&
                  igtl_out_open(&console.igtl, settings.igtl, role->side) &&
                  open_parts(&console, &settings) &&
                  voice_open(&console.voice, &settings.voice, role->side);
    bool settled = false, met = false;
    if (opened) {
        station_claim(&console.station);
        run(&console);
        met = station_has_met(&console.station);
        station_farewell(&console.station, console.operation.peer,
                         role->is_bedside ? "the bedside panel was stopped"
                                          : "the console was stopped");
        settled = eyes_snapshot_is_settled(&console.eyes, settings.snapshot);
    }
    eyes_close(&console.eyes); /* its last pictures are in the report */
    if (opened)                /* the status line counts what the report will */
        put_status(&console, clock_monotonic_ns());
    bool reported = opened && report(&console) && settled && met;
    console_window_close(&console.window);
    voice_close(&console.voice);
    igtl_out_close(&console.igtl);
    if (console.hands)
        hands_close(console.hands);
    station_close(&console.station);
    log_stop();
    return reported ? 0 : 1;
}

int command_console(int argc, char **argv)
{
    return command(&CONSOLE_ROLE, argc, argv);
}

int command_bedside(int argc, char **argv)
{
    return command(&BEDSIDE_ROLE, argc, argv);
}
