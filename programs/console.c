/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr console`: the surgeon's side. Hands out, pictures in, and nothing moves on an old picture. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "clock/clock.h"
#include "commands.h"
#include "eyes.h"
#include "input/hands.h"
#include "log/log.h"
#include "motion/arm_state.h"
#include "motion/gate.h"
#include "reclutch.h"
#include "station.h"

#define MS UINT64_C(1000000)

/* An arm that says nothing for so long: dial anew beside waiting, in case it was started again. */
#define REDIAL_SILENCE_NS (2000 * MS)
#define REDIAL_AGAIN_NS (1000 * MS)

enum { WATCH_SIGNALS = 0, WATCH_VIEW = 1, WATCH_CONTROL = 2 };

struct console_settings {
    struct station_settings station;
    struct option_list line;
    const char *hands;
    uint64_t picture_gate_ns;
    const char *snapshot;
    const char *reclutch;
    bool control;
};

#define OPTION_AT(field) offsetof(struct console_settings, field)

static const char *const reclutch_words[] = {"auto", "ask", NULL};

static const struct option options[] = {
    STATION_OPTIONS,
    {.name = "line",
     .kind = OPTION_LIST,
     .offset = OPTION_AT(line),
     .unit = "ADDR:PORT",
     .required = true,
     .help = "the cart's address on one line, once for each line"},
    {.name = "hands",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(hands),
     .unit = "SOURCE",
     .standard = "script",
     .help = "itp:FILE, taurus:FILE, script or still"},
    {.name = "picture-age",
     .kind = OPTION_DURATION,
     .offset = OPTION_AT(picture_gate_ns),
     .unit = "TIME",
     .standard = "500ms",
     .least = 0.02,
     .most = 5,
     .help = "a picture older than this freezes the hands"},
    {.name = "snapshot",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(snapshot),
     .unit = "FILE.png",
     .help = "write one picture as it is seen here"},
    {.name = "reclutch",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(reclutch),
     .unit = "WHEN",
     .standard = "auto",
     .choices = reclutch_words,
     .help = "after a hold: auto, as a surgeon would once all is well; ask, only when told"},
    {.name = "control",
     .kind = OPTION_FLAG,
     .offset = OPTION_AT(control),
     .help = "read reclutch and quit from standard input"},
    {0},
};

static const struct options_usage usage = {
    .command = "jisr console",
    .summary = "the surgeon's side: hands that move a distant arm, and its picture",
};

struct console {
    const struct console_settings *settings;
    struct station station;
    struct hands *hands;
    struct gate gate;
    enum gate_state gate_told;
    struct reclutch reclutch;
    struct arm_state state; /* as the cart last told */
    bool has_state;
    uint64_t heard_ns; /* when it did */
    enum hold_cause hold_told;
    struct link_path paths[LINK_LINES_MAX];
    struct link_peer *dialled; /* not up yet */
    uint64_t dial_ns;          /* dial (again) then */
    bool quit;

    struct eyes eyes;
    struct report_gestures gestures;
};

static void send_hands(struct console *console, uint64_t now_ns)
{
    struct gesture gesture;
    while (hands_next(console->hands, now_ns, &gesture)) {
        uint8_t bytes[GESTURE_BYTES_MAX];
        uint32_t sequence;
        uint64_t sampled_ns = clock_monotonic_ns();

        gate_hands(&console->gate, &gesture, sampled_ns);
        if (!console->station.peer)
            continue;
        size_t len = gesture_encode(&gesture, bytes);
        if (link_send_sample(console->station.peer, STATION_GESTURES, bytes, len, sampled_ns,
                             sampled_ns, &sequence) != LINK_OK)
            continue;
        console->gestures.sent++;
        eyes_sent(&console->eyes, sequence, sampled_ns);
    }
    if (console->gate.state != console->gate_told) {
        console->gate_told = console->gate.state;
        log_event(console->gate.state == GATE_OPEN ? LOG_INFO : LOG_WARN, "hands", "state=\"%s\"",
                  gate_state_text(console->gate.state));
    }
}

static void take_state(struct console *console, const struct link_event *event)
{
    if (arm_state_decode(&console->state, event->bytes, event->len) != MOTION_OK)
        return;
    console->has_state = true;
    console->heard_ns = event->received_ns;
    if (console->state.hold_cause == console->hold_told)
        return;
    console->hold_told = console->state.hold_cause;
    log_event(console->hold_told == HOLD_NONE ? LOG_INFO : LOG_WARN,
              console->hold_told == HOLD_NONE ? "arm_follows" : "arm_holds", "cause=\"%s\"",
              hold_cause_text(console->hold_told));
}

static void dial(struct console *console, uint64_t now_ns)
{
    console->dial_ns = now_ns + REDIAL_AGAIN_NS;
    if (console->dialled)
        return;
    enum link_err err = link_dial(console->station.link, console->paths,
                                  console->settings->line.count, now_ns, &console->dialled);
    if (err != LINK_OK) /* no place: the former sessions are still saying goodbye */
        console->dialled = NULL;
}

static void meet(struct console *console, struct link_peer *peer, uint64_t now_ns)
{
    struct link_peer *former = console->station.peer;
    if (former) {
        station_part(&console->station, now_ns);
        link_close(former, "dialled anew", now_ns);
    }
    if (peer == console->dialled)
        console->dialled = NULL;
    station_meet(&console->station, peer);
    gate_forget(&console->gate);
    console->has_state = false;
    console->heard_ns = now_ns;
    reclutch_session(&console->reclutch);
    if (console->station.sessions > 1 && eyes_restart(&console->eyes))
        carrier_rewatch(&console->station.carrier, WATCH_VIEW, view_thread_fd(console->eyes.view));
}

static void part(struct console *console, const struct link_event *event, uint64_t now_ns)
{
    log_event(LOG_WARN, event->kind == LINK_EVENT_CLOSED ? "session_closed" : "session_refused",
              "peer=\"%s\" by_peer=%d reason=\"%s\"", link_peer_name(event->peer), event->by_peer,
              event->reason);
    if (event->peer == console->dialled) {
        console->dialled = NULL;
        console->dial_ns = now_ns + REDIAL_AGAIN_NS;
    }
    if (event->peer == console->station.peer) {
        station_part(&console->station, now_ns);
        gate_forget(&console->gate);
        console->dial_ns = now_ns + REDIAL_AGAIN_NS / 2;
    }
}

static void on_event(void *context, const struct link_event *event)
{
    struct console *console = context;
    uint64_t now_ns = clock_monotonic_ns();
    switch (event->kind) {
    case LINK_EVENT_UP:
        meet(console, event->peer, now_ns);
        break;
    case LINK_EVENT_REFUSED:
    case LINK_EVENT_CLOSED:
        part(console, event, now_ns);
        break;
    case LINK_EVENT_SAMPLE:
        if (event->peer == console->station.peer && event->channel == STATION_STATE)
            take_state(console, event);
        break;
    case LINK_EVENT_FRAME:
        if (event->peer == console->station.peer)
            eyes_take(&console->eyes, event);
        break;
    case LINK_EVENT_SAMPLE_AGAIN:
    case LINK_EVENT_MESSAGE:
        break;
    case LINK_EVENT_LINE:
    case LINK_EVENT_LINE_MOVED:
    case LINK_EVENT_CLOCK_STEP:
    case LINK_EVENT_KEYS:
        station_log(&console->station, event);
        break;
    }
}

/* Dials when there is nobody, and anew when the cart has been silent: it may have been started
 * again, and knows nothing of our session. Whichever speaks first wins. */
static void keep_in_touch(struct console *console, uint64_t now_ns)
{
    bool silent = console->station.peer && now_ns - console->heard_ns > REDIAL_SILENCE_NS;
    if ((!console->station.peer || silent) && now_ns >= console->dial_ns)
        dial(console, now_ns);
    if (console->station.peer && !silent && console->dialled) {
        link_close(console->dialled, "the former session goes on", now_ns);
        console->dialled = NULL;
    }
}

static void keep_clutched(struct console *console, uint64_t now_ns)
{
    const struct reclutch_facts facts = {
        .hold = console->has_state ? console->state.hold_cause : HOLD_NONE,
        .heard = console->has_state && now_ns - console->heard_ns < 100 * MS,
        .clock_measured =
            console->station.peer && link_peer_clock(console->station.peer, now_ns).measured,
        .gate = console->gate.state,
    };
    if (console->settings->reclutch[1] == 'u' &&
        reclutch_is_due(&console->reclutch, &facts, now_ns))
        hands_reclutch(console->hands, now_ns);
}

static void take_orders(struct console *console, uint64_t now_ns)
{
    char text[256];
    ssize_t len = read(STDIN_FILENO, text, sizeof text - 1);
    if (len == 0 || (len < 0 && errno != EAGAIN)) { /* whoever gave orders has gone */
        console->quit = len == 0;
        return;
    }
    if (len < 0)
        return;
    text[len] = 0;
    if (strstr(text, "reclutch"))
        hands_reclutch(console->hands, now_ns);
    if (strstr(text, "quit"))
        console->quit = true;
}

static uint64_t refused_input(const struct console *console)
{
    uint64_t refused = 0;
    for (size_t i = 0; i < MOTION_ERRS; i++)
        refused += hands_counts(console->hands)->refused[i];
    return refused;
}

static void put_status(struct console *console, uint64_t now_ns)
{
    struct status status = {.len = 0};
    struct station *station = &console->station;
    struct link_clock_reading clock = {.measured = false};
    uint64_t picture_age_ns = gate_picture_age_ns(&console->gate, now_ns);
    const struct report_pictures *pictures = &console->eyes.pictures;

    if (station->peer)
        clock = link_peer_clock(station->peer, now_ns);
    status_put(&status, "side=console state=%s hands=%s hold=%s ",
               station->peer       ? "up"
               : station->sessions ? "lost"
                                   : "dialling",
               console->gate.state != GATE_OPEN ? "frozen" : "moving",
               console->has_state ? hold_cause_word(console->state.hold_cause) : "-");
    status_put_peer(&status, station);
    status_put(&status,
               "sent=%lld picture_whole=%lld picture_repaired=%lld picture_late=%lld "
               "picture_lost=%lld refused_input=%llu ",
               (long long)console->gestures.sent, (long long)pictures->whole,
               (long long)pictures->repaired, (long long)pictures->late, (long long)pictures->lost,
               (unsigned long long)refused_input(console));
    status_put_ms(&status, "picture_age_ms", picture_age_ns != UINT64_MAX, (double)picture_age_ns);
    status_put_ms(&status, "hand_to_eye_ms", console->eyes.hand_to_eye.count > 0,
                  (double)console->eyes.last_hand_to_eye_ns);
    status_put_ms(&status, "hand_to_eye_p99_ms", console->eyes.hand_to_eye.count > 0,
                  (double)spread_at(&console->eyes.hand_to_eye, 0.99));
    status_put_ms(&status, "decode_ms", console->eyes.decode.count > 0,
                  (double)spread_at(&console->eyes.decode, 0.5));
    status_put_ms(&status, "clock_offset_ms", clock.measured, (double)clock.offset_ns);
    status_put_ms(&status, "clock_bound_ms", clock.measured, (double)clock.bound_ns);
    if (clock.measured)
        status_put(&status, "drift_ppm=%.3f ", (double)clock.drift_ppb / 1e3);
    if (console->has_state) {
        const struct arm_report *arm = &console->state.arms[0];
        for (size_t i = 0; i < INSTRUMENT_AXES; i++)
            status_put(&status, "%s%.4f", i ? "," : "joints=", arm->measured_jp[i]);
        status_put(&status, " tip=%.5f,%.5f,%.5f ", arm->measured_cp.position_m.x,
                   arm->measured_cp.position_m.y, arm->measured_cp.position_m.z);
    }
    station_status(station, &status, now_ns);
}

static void run(struct console *console)
{
    struct station *station = &console->station;
    uint64_t now_ns = clock_monotonic_ns();
    bool snapshot_taken = !console->settings->snapshot;

    while (!console->quit && !station_is_over(station, now_ns)) {
        carrier_receive(&station->carrier, on_event, console);
        if (carrier_watched(&station->carrier, WATCH_VIEW))
            eyes_look(&console->eyes, station->peer, &console->gate);
        now_ns = clock_monotonic_ns();
        uint64_t due_ns = hands_due_ns(console->hands);
        if (now_ns >= due_ns) {
            spread_add(&station->lateness, (int64_t)(now_ns - due_ns));
            send_hands(console, now_ns);
        }
        keep_in_touch(console, now_ns);
        keep_clutched(console, now_ns);
        if (console->settings->control && carrier_watched(&station->carrier, WATCH_CONTROL))
            take_orders(console, now_ns);
        if (!snapshot_taken && console->eyes.pictures.whole > 50)
            snapshot_taken = view_thread_snapshot(console->eyes.view, console->settings->snapshot);
        if (now_ns >= station->status_ns)
            put_status(console, now_ns);
        now_ns = clock_monotonic_ns();
        carrier_send(&station->carrier, now_ns);
        uint64_t until_ns = hands_due_ns(console->hands);
        if (station->status_ns < until_ns)
            until_ns = station->status_ns;
        carrier_wait(&station->carrier, until_ns, now_ns);
        now_ns = clock_monotonic_ns();
    }
}

static void report(struct console *console)
{
    struct report_line lines[LINK_LINES_MAX];
    struct report_gestures *gestures = &console->gestures;
    gestures->received = gestures->applied = gestures->late = -1; /* the cart knows */
    gestures->duplicate = gestures->lost = -1;
    gestures->refused = (int64_t)refused_input(console);
    console->eyes.pictures.sent = -1;
    struct report figures = {
        .gestures = gestures,
        .pictures = &console->eyes.pictures,
        .ages = {[REPORT_HAND_TO_EYE] = &console->eyes.hand_to_eye,
                 [REPORT_PICTURE_AGE] = &console->eyes.picture_age,
                 [REPORT_DECODE] = &console->eyes.decode},
        .holds_in_all = console->gate.freezes,
        .trace_rows_lost = trace_close(console->eyes.trace),
    };
    station_report(&console->station, &figures, lines, clock_monotonic_ns());
}

static bool open_parts(struct console *console, const struct console_settings *settings)
{
    char reason[CARRIER_REASON_BYTES];
    uint64_t now_ns = clock_monotonic_ns();

    for (size_t i = 0; i < settings->line.count; i++)
        if (i >= LINK_LINES_MAX || !carrier_line(&console->station.carrier, settings->line.items[i],
                                                 &console->paths[i], reason)) {
            fprintf(stderr, "jisr console: --line: %s\n",
                    i < LINK_LINES_MAX ? reason : "eight lines at most");
            return false;
        }
    station_begin(&console->station);
    console->hands = hands_open(settings->hands, now_ns, reason, sizeof reason);
    if (!console->hands) {
        fprintf(stderr, "jisr console: --hands %s: %s\n", settings->hands, reason);
        return false;
    }
    console->eyes.picture_gate_ns = settings->picture_gate_ns;
    if (!eyes_restart(&console->eyes))
        return false;
    carrier_watch(&console->station.carrier, view_thread_fd(console->eyes.view));
    if (settings->control) {
        fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
        carrier_watch(&console->station.carrier, STDIN_FILENO);
    }
    if (settings->station.trace &&
        !(console->eyes.trace = trace_open(settings->station.trace, TRACE_PICTURES)))
        return false;
    gate_init(&console->gate, settings->picture_gate_ns, now_ns);
    console->gate_told = console->gate.state;
    log_event(LOG_INFO, "console_dials", "lines=%zu hands=\"%s\" rate_hz=%.0f",
              settings->line.count, hands_name(console->hands), hands_rate_hz(console->hands));
    return true;
}

int command_console(int argc, char **argv)
{
    static struct console_settings settings;
    static struct console console;
    int status = station_options(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;
    console.settings = &settings;
    bool opened = station_open(&console.station, &settings.station, "console", &settings.line) &&
                  open_parts(&console, &settings);
    if (opened) {
        station_claim(&console.station);
        run(&console);
        station_farewell(&console.station, "the console was stopped");
        report(&console);
    }
    eyes_close(&console.eyes);
    if (console.hands)
        hands_close(console.hands);
    station_close(&console.station);
    return opened ? 0 : 1;
}
