/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr cart`: the patient's side. Gestures in, an arm that follows or holds, pictures out. */
#include <inttypes.h>
#include <string.h>

#include "cart_arms.h"
#include "cart_camera.h"
#include "cart_log.h"
#include "cart_pictures.h"
#include "cart_settings.h"
#include "clock/clock.h"
#include "clock/realtime.h"
#include "commands.h"
#include "igtl_out.h"
#include "log/log.h"
#include "media/camera.h"
#include "station.h"
#include "station/cart.h"
#include "station/channels.h"
#include "station/pace.h"
#include "tls/reserve.h"
#include "trace.h"
#include "voice.h"

#define MS UINT64_C(1000000)
#define WATCHERS_RECOVER_NS (2000 * MS)

enum { START_BPS = 4000000, WATCH_CAMERA = 1 };

struct cart {
    const struct cart_settings *settings;
    struct station station;
    struct cart_station operation;
    uint64_t watchers_ns;        /* who only watches may have the picture anew from then on */
    const struct link_peer *met; /* whom the station knows of: operation.peer, after each event */
    struct cart_arms arms;
    struct tool tool; /* of both arms */
    struct guard guard;
    const struct fixture *barred; /* by it, as logged since the hold changed; NULL: none was */
    uint64_t lag_ns;              /* from a gesture to the tip that is where it asks */
    struct profile profile;
    struct cart_camera camera;
    struct cart_pictures pictures;
    struct voice voice;
    struct igtl_out igtl;
    struct trace *trace;
    struct spread gesture_age;
    struct pace pace;
    uint64_t rate_ns;
    uint32_t picture_bps;
    int64_t last_age_ns;
    uint64_t last_bound_ns;
    bool has_age; /* a gesture was applied since the last status line, with: */
    int64_t most_age_ns;
};

static void trace_row(struct cart *cart, const struct link_event *event,
                      enum follow_outcome outcome, uint64_t now_ns)
{
    if (!cart->trace)
        return;
    trace_gesture(cart->trace, &(struct trace_gesture){
                                   .sequence = event->sequence,
                                   .sampled_ns = event->stamp_ns,
                                   .received_ns = event->received_ns,
                                   .applied_ns = outcome == FOLLOW_APPLIED ? now_ns : TRACE_NONE,
                                   .line = line_number(event->line),
                                   .outcome = follow_outcome_text(outcome),
                               });
}

static void note_gesture(struct cart *cart, const struct link_event *event,
                         const struct cart_news *news, uint64_t now_ns)
{
    trace_row(cart, event, news->outcome, now_ns);
    if (news->outcome != FOLLOW_APPLIED)
        return;
    pace_gesture(&cart->pace, cart->station.carrier.arrived_ns);
    if (!cart->has_age || news->age.ns > cart->most_age_ns)
        cart->most_age_ns = news->age.ns;
    cart->has_age = true;
    cart->last_age_ns = news->age.ns;
    cart->last_bound_ns = news->age.bound_ns;
    spread_add(&cart->gesture_age, news->age.ns);
    delay_cart_gesture(&cart->pictures.delay, event->sequence, event->age.ns, event->received_ns);
}

/* The one whose lines we tell of has changed: the lease went elsewhere, or it is a first or a new session. */
static void follow_peer(struct cart *cart)
{
    if (cart->operation.peer == cart->met)
        return;
    cart->met = cart->operation.peer;
    if (!cart->met)
        return;
    station_turn_to(&cart->station, cart->met);
    cart_pictures_meet(&cart->pictures);
}

static void log_order(const struct cart *cart, const struct cart_news *news)
{
    log_event(LOG_INFO, "order", "order=%s by=\"%s\" answer=%s lease=%u", order_word(news->order),
              cart->operation.lease.seats[news->by].name, lease_answer_word(news->answer),
              cart->operation.lease.number);
}

/* Orders that came before their age could be measured. */
static void heed_waited(struct cart *cart, uint64_t now_ns)
{
    struct cart_news news;
    while ((news = cart_station_waited(&cart->operation, now_ns)).kind == CART_ORDER)
        log_order(cart, &news);
    follow_peer(cart);
}

/* Asks the encoder for a picture that stands alone; for who only watches now and then: it is coarser than others. */
static void recover(struct cart *cart, bool is_watchers, uint64_t damaged_ns, uint64_t now_ns)
{
    if (is_watchers && now_ns < cart->watchers_ns)
        return;
    camera_thread_recover(cart->camera.thread, damaged_ns);
    cart->watchers_ns = now_ns + WATCHERS_RECOVER_NS;
}

static void on_event(void *context, const struct link_event *event)
{
    struct cart *cart = context;
    uint64_t now_ns = clock_monotonic_ns();
    if (event->kind == LINK_EVENT_UP || event->kind == LINK_EVENT_CLOSED)
        station_remember(&cart->station, cart->operation.peer, now_ns);
    struct cart_news news = cart_station_event(&cart->operation, event, now_ns);
    switch (news.kind) {
    case CART_MET:
        station_meet(&cart->station, event->peer);
        voice_join(&cart->voice, event->peer);
        break;
    case CART_ANOTHER_REFUSED:
        station_log_second(&cart->station, event->peer);
        break;
    case CART_GESTURE:
        note_gesture(cart, event, &news, now_ns);
        break;
    case CART_ORDER:
        log_order(cart, &news);
        break;
    case CART_PARTED: /* the event says so itself */
    case CART_NOTHING:
        break;
    }
    if (event->kind == LINK_EVENT_CLOSED)
        station_part(&cart->station, event->peer);
    follow_peer(cart);
    bool is_watchers =
        cart->met && event->peer != cart->met; /* one bad line must not cost the surgeon */
    if (news.recover)
        recover(cart, is_watchers, news.damaged_ns, now_ns);
    voice_event(&cart->voice, event, now_ns);
    if (event->peer == cart->met || event->kind != LINK_EVENT_LINE) /* it knows one peer's lines */
        station_log(&cart->station, event);
}

static void tell_igtl(struct cart *cart, const struct arm_report *measured)
{
    const struct arm *arm = cart->arms.arm;
    igtl_out_tell(&cart->igtl,
                  &(struct igtl_robot){.measured_ns = arm_measured_ns(arm),
                                       .layout = arm->layout,
                                       .arm_count = arm->count,
                                       .arms = measured,
                                       .camera_jp = cart->arms.drive.facts.camera_jp,
                                       .hold = cart->operation.follow.supervisor.cause});
}

/* One millisecond of the arm's life, and what the console is told of it. */
static void tick(struct cart *cart, uint64_t now_ns)
{
    const struct follow *follow = &cart->operation.follow;
    struct arm_report measured[ARM_STATE_ARMS_MAX];
    uint8_t bytes[ARM_STATE_BYTES_MAX];

    cart_station_look(&cart->operation, cart->arms.arm->layout, cart->arms.drive.facts.camera_jp);
    heed_waited(cart, now_ns);
    cart_station_robot(&cart->operation, &cart->arms.drive.facts);
    if (cart_station_tick(&cart->operation, now_ns)) {
        cart_log_hold(&cart->operation);
        cart->barred = NULL;
    }
    cart_drive_command(&cart->arms.drive, follow, now_ns);
    pace_command(&cart->pace, clock_monotonic_ns());
    cart_arms_look(&cart->arms, follow, now_ns);
    cart_arms_measure(&cart->arms, measured);
    tell_igtl(cart, measured);
    if (follow->has_applied)
        moved_note(&cart->pictures.moved, follow->applied_sequence, now_ns + cart->lag_ns);
    cart->operation.records = cart->trace && trace_rows_lost(cart->trace) == 0;
    cart_station_tell(&cart->operation, measured, now_ns, bytes, NULL);
}

static void follow_rate(struct cart *cart, uint64_t now_ns)
{
    enum { EVERY_MS = 20 };
    cart->rate_ns = now_ns + EVERY_MS * MS;
    if (!cart->operation.peer)
        return;
    uint64_t bps = link_frame_rate_bps(cart->operation.peer, STATION_PICTURES);
    uint64_t most_bps = cart->settings->bitrate_kbit_max * 1000;
    cart->picture_bps = cart_pictures_rate_bps(&cart->pictures, bps < most_bps ? bps : most_bps);
    camera_thread_set_bit_rate(cart->camera.thread, cart->picture_bps);
}

static void put_status(struct cart *cart, uint64_t now_ns)
{
    struct status status = {.len = 0};
    const struct follow *follow = &cart->operation.follow;
    const struct cart_counts counts = cart_station_counts(&cart->operation);
    bool measured = cart->gesture_age.count > 0;

    status_put(&status, "side=cart state=%s hold=%s clears=%s ",
               cart->operation.peer ? "up" : "waiting", hold_cause_word(follow->supervisor.cause),
               clearing_word(supervisor_clears(&follow->supervisor)));
    status_put_peer(&status, &cart->station);
    status_put_lease(&status, &cart->operation.lease);
    status_put(&status,
               "arms=%u applied=%" PRIu64 " late=%" PRIu64 " duplicate=%" PRIu64 " refused=%" PRIu64
               " holds=%" PRIu64 " pictures=%" PRIu64 " no_room=%" PRIu64 " ticks_missed=%" PRIu64
               " picture_bps=%u gesture_seq=%u clutch=%u ",
               cart->arms.arm->count, counts.applied, counts.late, counts.duplicate, counts.refused,
               follow->holds.count, cart->pictures.sent, cart->pictures.no_room, cart->pace.missed,
               cart->picture_bps, follow->applied_sequence, follow->clutch_id);
    status_put_ms(&status, "age_ms", measured, (double)cart->last_age_ns);
    status_put_ms(&status, "age_most_ms", cart->has_age, (double)cart->most_age_ns);
    cart->has_age = false;
    status_put_ms(&status, "age_bound_ms", measured, (double)cart->last_bound_ns);
    status_put_ms(&status, "age_p99_ms", measured, (double)spread_at(&cart->gesture_age, 0.99));
    status_put_ms(&status, "encode_ms", cart->pictures.delay.encode.count > 0,
                  (double)spread_at(&cart->pictures.delay.encode, 0.5));
    cart_arms_put(&cart->arms, &status);
    voice_put(&cart->voice, &status);
    igtl_out_put(&cart->igtl, &status);
    cart_log_barred(&cart->operation, &cart->barred);
    if (cart->operation.orders_ahead)
        status_put(&status, "orders_ahead=%" PRIu64 " ", cart->operation.orders_ahead);
    cart_camera_look(&cart->camera, now_ns);
    cart->operation.is_blind = camera_watch_state(&cart->camera.watch) >= CAMERA_FROZEN;
    cart_pictures_tell(&cart->pictures, now_ns);
    cart_camera_put(&cart->camera, &status);
    station_status(&cart->station, &status, cart->operation.peer, now_ns);
}

static void run(struct cart *cart)
{
    struct link_peer *viewers[LINK_PEERS_MAX];
    struct station *station = &cart->station;
    uint64_t now_ns = clock_monotonic_ns();

    pace_begin(&cart->pace, now_ns);
    while (!station_is_over(station, now_ns)) {
        station_heed_identity(station, now_ns);
        carrier_receive(&station->carrier, on_event, cart);
        now_ns = clock_monotonic_ns();
        if (pace_tick(&cart->pace, &station->lateness, now_ns))
            tick(cart, now_ns);
        if (carrier_watched(&station->carrier, WATCH_CAMERA))
            cart_pictures_send(&cart->pictures, viewers,
                               cart_station_viewers(&cart->operation, viewers), now_ns);
        if (cart->pictures.watchers_ask)
            recover(cart, true, now_ns, now_ns);
        cart->pictures.watchers_ask = false;
        cart_pictures_heed_lines(&cart->pictures, cart->operation.peer, now_ns);
        voice_turn(&cart->voice, now_ns);
        if (now_ns >= cart->rate_ns)
            follow_rate(cart, now_ns);
        if (now_ns >= station->status_ns)
            put_status(cart, now_ns);
        carrier_send(&station->carrier, now_ns);
        carrier_wait(&station->carrier, cart->pace.due_ns, now_ns);
        now_ns = clock_monotonic_ns();
    }
}

static const char *hold_text(unsigned cause)
{
    return hold_code_text(cause);
}

static bool report(struct cart *cart)
{
    struct report_line lines[LINK_LINES_MAX];
    struct report_hold holds[HOLD_LOG_KEPT];
    struct report_gate gates[PROFILE_MEASURED];
    const struct cart_counts counts = cart_station_counts(&cart->operation);
    const struct report_gestures gestures = {
        .sent = -1, /* the console knows */
        .received = (int64_t)counts.received,
        .applied = (int64_t)counts.applied,
        .late = (int64_t)counts.late,
        .duplicate = (int64_t)counts.duplicate,
        .refused = (int64_t)counts.refused,
        .lost = (int64_t)station_samples_missed(&cart->station),
    };
    uint64_t now_ns = clock_monotonic_ns();
    struct report_camera camera = cart_camera_report(&cart->camera);
    const struct report_pictures pictures = {.sent = (int64_t)cart->pictures.sent,
                                             .whole = -1, /* the console knows */
                                             .repaired = -1,
                                             .late = -1,
                                             .lost = -1,
                                             .bytes = (int64_t)cart->pictures.sent_bytes,
                                             .no_room = (int64_t)cart->pictures.no_room,
                                             .damaged = -1};

    camera.too_big += (int64_t)cart->pictures.refused;
    const struct report_voice voice = voice_report(&cart->voice);
    struct report_task task;
    bool has_task = cart_arms_report(&cart->arms, &task);
    struct report figures = {
        .task = has_task ? &task : NULL,
        .gestures = &gestures,
        .pictures = &pictures,
        .camera = &camera,
        .voice = &voice,
        .refused = cart->operation.follow.refused,
        .ages = {[REPORT_MOUTH_TO_EAR] = &cart->voice.mouth_to_ear,
                 [REPORT_GESTURE_AGE] = &cart->gesture_age,
                 [REPORT_COMMAND] = &cart->pace.commanded,
                 [REPORT_FORTH] = &cart->pictures.delay.forth,
                 [REPORT_ROBOT] = &cart->pictures.delay.robot,
                 [REPORT_ENCODE] = &cart->pictures.delay.encode,
                 [REPORT_RAW] = &cart->pictures.raw},
        .ticks_missed = (int64_t)cart->pace.missed,
        .trace_rows_lost = trace_close(cart->trace),
        .gates = gates,
        .gate_count = PROFILE_MEASURED,
        .profile = cart->profile.name,
    };
    cart_gates_report(&cart->operation.follow.gates, gates);
    station_list_holds(&cart->station, &figures, &cart->operation.follow.holds, hold_text, holds);
    return station_report(&cart->station, &figures, lines, now_ns);
}

static bool open_robot(struct cart *cart, const struct cart_settings *settings)
{
    const struct cart_arms_settings robot = {.driver = settings->arm,
                                             .scene = settings->scene,
                                             .renderer = gl_renderer_of(settings->renderer),
                                             .tool = &cart->tool,
                                             .arms = (unsigned)settings->arms};
    return cart_arms_open(&cart->arms, &robot, clock_monotonic_ns());
}

static bool open_camera(struct cart *cart, const struct cart_settings *settings)
{
    struct media_reason reason;
    struct camera_thread_settings camera = {
        .camera = {.spec = settings->camera,
                   .scene = cart_arms_eye(&cart->arms),
                   .rate = (uint32_t)settings->picture_rate},
        .bit_rate_bps = START_BPS,
        .seen = settings->igtl ? igtl_out_picture : NULL,
        .seen_context = &cart->igtl,
    };
    cart_size(settings, &camera.camera.width, &camera.camera.height);
    if (cart_camera_start(&cart->camera, &camera, clock_monotonic_ns(), &reason) != MEDIA_OK) {
        fprintf(stderr, "jisr cart: --camera %s: %s\n", settings->camera, reason.words);
        return false;
    }
    cart_pictures_init(&cart->pictures, cart->camera.thread, &cart->operation.picture_line);
    return true;
}

static bool open_parts(struct cart *cart, const struct cart_settings *settings)
{
    char reason[CARRIER_REASON_BYTES];
    struct follow_settings follow = FOLLOW_STANDARD;

    for (size_t i = 0; i < settings->listen.count; i++) {
        unsigned socket;
        if (!carrier_listen(&cart->station.carrier, settings->listen.items[i], &socket, reason)) {
            fprintf(stderr, "jisr cart: --listen: %s\n", reason);
            return false;
        }
    }
    station_begin(&cart->station);
    follow.arm_count = (unsigned)settings->arms;
    follow.scale = settings->scale;
    cart->lag_ns = cart_motion_lag_ns(&settings->motion, cart->arms.arm->driver->card->delay_s);
    cart_motion_set(&follow, &cart->guard, &settings->motion, cart->arms.arm->layout);
    cart_motion_warn(&cart->guard, &cart->tool.instrument, cart->arms.arm, follow.arm_count);
    follow.profile = &cart->profile;
    cart_station_init(&cart->operation, &cart->tool.instrument, &follow,
                      cart_gates_are_alone(&settings->gates));
    about_make(&cart->operation.about, cart->tool.name, &cart->profile, cart->arms.arm->layout);
    carrier_watch(&cart->station.carrier, camera_thread_fd(cart->camera.thread));
    if (!station_name_files(&cart->station))
        return false;
    if (settings->station.trace &&
        !(cart->trace = trace_open(cart->station.trace_file, TRACE_GESTURES)))
        return false;
    log_event(LOG_INFO, "cart_listens",
              "lines=%zu camera=\"%s\" picture_rate=%u arms=%llu "
              "tool=\"%s\" tool_version=%u fixtures=%u coast_ms=%g",
              settings->listen.count, settings->camera, cart->pictures.rate,
              (unsigned long long)settings->arms, cart->tool.name, cart->tool.version,
              cart->guard.fixtures.count, (double)settings->motion.coast_ns * 1e-6);
    return true;
}

int command_cart(int argc, char **argv)
{
    static struct cart_settings settings;
    static struct cart cart;
    int status = options_alone(&CART_USAGE, CART_OPTIONS, &settings, argc, argv);
    if (status >= 0)
        return status;
    cart_settings_complete(&settings);
    if (!station_addresses_are_written(&settings.listen, "cart", "listen") ||
        !station_files_differ(&settings.station, "cart") ||
        !cart_arms_renderer_is_good(settings.renderer, settings.camera, "cart"))
        return 2;
    if (!tls_reserve_open())
        log_event(LOG_WARN, "no_reserve",
                  "who=OpenSSL hint=\"whoever joins may make the arm late\"");
    cart.settings = &settings;
    if (!cart_motion_read(&cart.tool, &cart.guard, &settings.motion) ||
        !cart_gates_read(&cart.profile, &settings.gates))
        return 2;
    if (settings.core && !realtime_spare_core((unsigned)settings.core)) {
        fprintf(stderr,
                "jisr cart: --core %" PRIu64 ": no such processor here, or no other beside it; "
                "`nproc` tells how many there are, and they are numbered from 0\n",
                settings.core);
        return 2;
    }
    if (!log_start()) {
        fputs("jisr cart: memory is short\n", stderr);
        return 1;
    }
    bool opened = station_open(&cart.station, &settings.station, "cart", &settings.listen) &&
                  igtl_out_open(&cart.igtl, settings.igtl, "cart") &&
                  open_robot(&cart, &settings) && open_camera(&cart, &settings) &&
                  station_make_link(&cart.station, cart.pictures.rate) &&
                  open_parts(&cart, &settings) && voice_open(&cart.voice, &settings.voice, "cart");
    bool reported = false;
    if (opened) {
        station_claim(&cart.station);
        if (settings.core && realtime_take_core((unsigned)settings.core))
            cart.station.carrier.awake_ns = PACE_AWAKE_NS;
        else if (settings.core)
            log_event(LOG_WARN, "core_refused", "core=%" PRIu64, settings.core);
        run(&cart);
        put_status(&cart, clock_monotonic_ns()); /* what it counts is what the report will */
        station_farewell(&cart.station, cart.operation.peer, "the cart was stopped");
        reported = report(&cart);
    }
    voice_close(&cart.voice);
    camera_thread_stop(cart.camera.thread);
    igtl_out_close(&cart.igtl);
    cart_arms_close(&cart.arms);
    station_close(&cart.station);
    log_stop();
    return reported ? 0 : 1;
}
