/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes wrong in a simulated theatre, and when it is over. */
#include <math.h>

#include "sim/theatre_world.h"

#define MS THEATRE_MS

enum fault { CUT, CUT_ALL, OUST, RESTART, RESTART_CART, ROBOT, BLIND, ABSENT, LEAP, FAULTS };

void theatre_cart_start(struct theatre *theatre)
{
    cart_station_init(&theatre->cart, &INSTRUMENT_LARGE_NEEDLE_DRIVER, &FOLLOW_STANDARD, false);
    theatre->robot = CART_ROBOT_PERFECT;
    theatre_judge_restart(theatre);
}

/* One of what the gates look at is bad. */
static void make_ill(struct theatre *theatre)
{
    struct cart_robot *robot = &theatre->robot;
    switch (random_below(&theatre->random, 5)) {
    case 0:
        robot->motors_good = false;
        break;
    case 1:
        robot->silent_ms = 150;
        break;
    case 2:
        robot->error_mm[random_below(&theatre->random, STANDING_PARTS)] = 30;
        break;
    case 3:
        robot->force.forces_n[1].x = 12;
        break;
    default:
        robot->force.forces_n[0].y = (double)NAN;
        break;
    }
    theatre->robot_ill_ns = theatre->star.now_ns + (1 + random_below(&theatre->random, 400)) * MS;
    theatre_say(theatre, "FAULT robot");
}

static void cut(struct theatre *theatre, enum star_site site)
{
    theatre->cut_ns[site] = theatre->star.now_ns + (50 + random_below(&theatre->random, 2500)) * MS;
    theatre->star.sites[site].is_cut = true;
    theatre_say(theatre, "FAULT line of %u cut", (unsigned)site);
}

static void restart(struct theatre *theatre, enum star_site site)
{
    theatre_say(theatre, "FAULT %u started again", (unsigned)site);
    theatre->figures.restarts++;
    star_restart(&theatre->star, site, THEATRE_PICTURE_NS);
    theatre_site_start(theatre, site);
}

/* The panel takes the lease, then falls silent for longer than an owner may, and a console is started meanwhile that
 * meets the cart while nobody presses anything. */
static void oust(struct theatre *theatre)
{
    theatre_order(theatre, STAR_PANEL, ORDER_REQUEST, LEASE_NOBODY);
    theatre->oust_ns = theatre->star.now_ns + 150 * MS;
}

static void go_on_ousting(struct theatre *theatre, bool is_calm)
{
    uint64_t now_ns = theatre->star.now_ns;
    if (is_calm)
        theatre->oust_ns = theatre->start_ns = 0;
    if (theatre->oust_ns && now_ns >= theatre->oust_ns) {
        cut(theatre, STAR_PANEL);
        theatre->cut_ns[STAR_PANEL] = now_ns + 4000 * MS;
        theatre->start_ns = now_ns + 1500 * MS;
        theatre->oust_ns = 0;
    }
    if (theatre->start_ns && now_ns >= theatre->start_ns) {
        restart(theatre, STAR_FIRST);
        theatre->start_ns = 0;
    }
}

static void strike(struct theatre *theatre, enum fault fault)
{
    enum star_site site = (enum star_site)(STAR_FIRST + random_below(&theatre->random, 3));
    struct theatre_site *surgeon = &theatre->sites[STAR_FIRST + random_below(&theatre->random, 2)];
    theatre->figures.faults++;
    switch (fault) {
    case CUT:
        cut(theatre, site);
        break;
    case CUT_ALL:
        for (int i = STAR_FIRST; i < STAR_SITES; i++)
            cut(theatre, (enum star_site)i);
        break;
    case OUST:
        oust(theatre);
        break;
    case RESTART: /* of a panel rather while its button is down, which must not come up by that */
        restart(theatre, theatre->judge.button_is_down ? STAR_PANEL : site);
        break;
    case RESTART_CART:
        theatre_say(theatre, "FAULT cart started again");
        theatre->figures.restarts++;
        star_restart(&theatre->star, STAR_CART, THEATRE_PICTURE_NS);
        theatre_cart_start(theatre);
        break;
    case ROBOT:
        make_ill(theatre);
        break;
    case BLIND:
        surgeon->is_blind = !surgeon->is_blind;
        theatre_say(theatre, "FAULT a screen stands still: %d", surgeon->is_blind);
        break;
    case ABSENT:
        surgeon->is_absent = !surgeon->is_absent;
        theatre_say(theatre, "FAULT nobody at the hands: %d", surgeon->is_absent);
        break;
    case LEAP: /* the hands' own frame jumps */
        surgeon->clutch.base[0].position_m.y += 0.2;
        theatre_say(theatre, "FAULT hands leap");
        break;
    case FAULTS:
        break;
    }
}

static void recover(struct theatre *theatre)
{
    uint64_t now_ns = theatre->star.now_ns;
    bool is_calm = now_ns >= theatre->calm_ns;
    go_on_ousting(theatre, is_calm);
    for (int i = STAR_FIRST; i < STAR_SITES; i++) {
        if (theatre->star.sites[i].is_cut && (is_calm || now_ns >= theatre->cut_ns[i]))
            theatre->star.sites[i].is_cut = false;
        if (is_calm)
            theatre->sites[i].is_blind = theatre->sites[i].is_absent = false;
    }
    if (theatre->robot_ill_ns && (is_calm || now_ns >= theatre->robot_ill_ns)) {
        theatre->robot = CART_ROBOT_PERFECT;
        theatre->robot_ill_ns = 0;
    }
}

void theatre_faults_turn(struct theatre *theatre)
{
    recover(theatre);
    if (theatre->star.now_ns < theatre->fault_ns || theatre->star.now_ns >= theatre->calm_ns)
        return;
    theatre->fault_ns = theatre->star.now_ns + (200 + random_below(&theatre->random, 1500)) * MS;
    strike(theatre, (enum fault)random_below(&theatre->random, FAULTS));
}
