/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/theatre.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/robot.h"
#include "sim/theatre_world.h"
#include "station/channels.h"

#define MS THEATRE_MS
#define S (1000 * MS)

/* How long things go wrong, and how long people may need from then on until the arm has followed for a while. */
#define TROUBLED_NS (6 * S)
#define CALM_NS (14 * S)
enum { FOLLOWS_FOR_MS = 1000 };

void theatre_fail(struct theatre *theatre, const char *text, ...)
{
    va_list args;
    if (theatre->failed)
        return;
    theatre->failed = true;
    int at = snprintf(theatre->why, THEATRE_WHY_BYTES,
                      "at %.3f s: ", (double)theatre->star.now_ns / 1e9);
    va_start(args, text);
    vsnprintf(theatre->why + at, THEATRE_WHY_BYTES - (size_t)at, text, args);
    va_end(args);
}

void theatre_say(const struct theatre *theatre, const char *text, ...)
{
    va_list args;
    if (!theatre->verbose)
        return;
    printf("%9.3f s  ", (double)theatre->star.now_ns / 1e9);
    va_start(args, text);
    vprintf(text, args);
    va_end(args);
    putchar('\n');
}

enum star_site theatre_site_of(const struct link_peer *peer)
{
    const char *name = link_peer_name(peer);
    return !strcmp(name, "first")    ? STAR_FIRST
           : !strcmp(name, "second") ? STAR_SECOND
           : !strcmp(name, "panel")  ? STAR_PANEL
                                     : STAR_CART;
}

static void cart_event(struct theatre *theatre, const struct link_event *event)
{
    struct follow before = theatre->cart.follow;
    struct cart_news news =
        cart_station_event(&theatre->cart, event, star_clock_ns(&theatre->star, STAR_CART));
    theatre_judge_event(theatre, event, &news, &before);
}

static void take(void *context, enum star_site site)
{
    struct theatre *theatre = context;
    struct link_event event;
    while (link_event(theatre->star.sites[site].link, &event)) {
        if (site == STAR_CART)
            cart_event(theatre, &event);
        else
            theatre_site_event(theatre, site, &event);
    }
}

static void send_picture(struct theatre *theatre, uint64_t now_ns)
{
    static const uint8_t bytes[1200];
    const struct link_frame picture = {.bytes = bytes, .len = sizeof bytes, .captured_ns = now_ns};
    struct link_peer *viewers[LINK_PEERS_MAX];
    size_t count = cart_station_viewers(&theatre->cart, viewers);
    if (theatre->star.now_ns < theatre->picture_ns)
        return;
    theatre->picture_ns = theatre->star.now_ns + THEATRE_PICTURE_NS;
    for (size_t i = 0; i < count; i++)
        if (viewers[i] != theatre->cart.peer ||
            picture_line_gives(&theatre->cart.picture_line, now_ns, true))
            (void)!link_send_frame(viewers[i], STATION_PICTURES, &picture, now_ns);
}

/* Orders that came before their age could be measured. */
static void heed_waited(struct theatre *theatre, uint64_t now_ns)
{
    const struct link_event event = {.kind = LINK_EVENT_LINE}; /* the news alone tell */
    struct follow before = theatre->cart.follow;
    struct cart_news news;
    while ((news = cart_station_waited(&theatre->cart, now_ns)).kind == CART_ORDER) {
        theatre_judge_event(theatre, &event, &news, &before);
        before = theatre->cart.follow;
    }
}

static void cart_turn(struct theatre *theatre)
{
    struct arm_report measured[ARM_STATE_ARMS_MAX] = {0};
    uint8_t bytes[ARM_STATE_BYTES_MAX];
    uint64_t now_ns = star_clock_ns(&theatre->star, STAR_CART);
    const struct follow *follow = &theatre->cart.follow;

    const struct cart_robot robot = robot_at_its_set_points(&theatre->robot, follow);
    heed_waited(theatre, now_ns);
    cart_station_robot(&theatre->cart, &robot);
    if (cart_station_tick(&theatre->cart, now_ns)) {
        theatre_say(theatre, "cart: %s", hold_cause_text(follow->supervisor.cause));
        theatre->figures.holds += follow->supervisor.cause != HOLD_NONE;
    }
    theatre_judge_tick(theatre);
    for (unsigned i = 0; i < follow->settings.arm_count; i++) {
        memcpy(measured[i].measured_jp, follow->arms[i].joints, sizeof measured[i].measured_jp);
        measured[i].measured_cp = follow->arms[i].tip;
    }
    cart_station_tell(&theatre->cart, measured, now_ns, bytes, NULL);
    send_picture(theatre, now_ns);
}

static void step(struct theatre *theatre)
{
    star_step(&theatre->star, take, theatre);
    theatre_faults_turn(theatre);
    cart_turn(theatre);
    for (int i = STAR_FIRST; i < STAR_SITES; i++)
        theatre_site_turn(theatre, (enum star_site)i);
}

static void work_again(struct theatre *theatre)
{
    unsigned following_ms = 0;
    while (!theatre->failed && following_ms < FOLLOWS_FOR_MS) {
        step(theatre);
        following_ms = supervisor_follows(&theatre->cart.follow.supervisor) ? following_ms + 1 : 0;
        if (theatre->star.now_ns > theatre->calm_ns + CALM_NS)
            theatre_fail(theatre, "all is well, and the arm does not follow (%s, %s)",
                         supervisor_state_word(theatre->cart.follow.supervisor.state),
                         hold_cause_text(theatre->cart.follow.supervisor.cause));
    }
}

bool theatre_run(uint64_t seed, bool verbose, char why[static THEATRE_WHY_BYTES],
                 struct theatre_figures *figures)
{
    struct theatre *theatre = calloc(1, sizeof *theatre);
    if (!theatre)
        abort();
    theatre->verbose = verbose;
    theatre->why = why;
    random_seed(&theatre->random, seed ^ UINT64_C(0x74686561747265));
    star_open(&theatre->star, seed, THEATRE_PICTURE_NS);
    theatre->calm_ns = TROUBLED_NS;
    theatre->fault_ns = 1500 * MS;
    theatre_cart_start(theatre);
    for (int i = STAR_FIRST; i < STAR_SITES; i++)
        theatre_site_start(theatre, (enum star_site)i);
    while (!theatre->failed && theatre->star.now_ns < theatre->calm_ns)
        step(theatre);
    work_again(theatre);
    *figures = theatre->figures;
    bool held = !theatre->failed;
    star_close(&theatre->star);
    free(theatre);
    return held;
}
