/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A console of a surgeon who leads, all well: what its window is filled from, for the tests to spoil. */
#ifndef CONSOLE_AT_WORK_H
#define CONSOLE_AT_WORK_H

#include "unit/cmocka_base.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "console_view.h"

#define MS UINT64_C(1000000)

static struct console_station operation;
static struct link_stats stats;
static struct desk_map map;
static struct desk desk;
static struct console_facts facts;
static struct view view;
static struct profile profile;
static const struct tip_force pressed = {.arm_count = 2, .forces_n = {{0, 0, 1}, {3, 0, 4}}};

static int begin(void **state)
{
    (void)state;
    char why[DESK_WHY_BYTES];
    memset(&operation, 0, sizeof operation);
    memset(&stats, 0, sizeof stats);
    memset(&view, 0, sizeof view);
    assert_int_equal(desk_map_read(&map, DESK_MAP_CONSOLE, strlen(DESK_MAP_CONSOLE), why), 0);
    desk_init(&desk, &map, 0);
    profile_standard(&profile);
    gate_init(&operation.gate, 500 * MS);
    operation.gate.state = GATE_OPEN;
    operation.peer = (struct link_peer *)&operation; /* never looked into here */
    operation.has_state = true;
    operation.heard_ns = 9990 * MS;
    operation.state.arm_count = 2;
    operation.state.operating_state = OPERATING_ENABLED;
    operation.has_standing = true;
    operation.standing = (struct standing){.flags = STANDING_RECORDS,
                                           .state = SUPERVISOR_FOLLOWING,
                                           .owner = 1,
                                           .asking = LEASE_NOBODY,
                                           .yours = 1,
                                           .lease = 7,
                                           .scale = 0.2};
    operation.roster.seats[1] = (struct roster_seat){.is_known = true, .name = "Shanghai"};
    operation.roster.seats[2] = (struct roster_seat){.is_known = true, .name = "Rabat"};
    stats.lines[0] = (struct link_line_stats){
        .state = LINK_LINE_GOOD, .rtt_ns = 120 * MS, .delay_out_ns = 60 * MS, .loss_out = 0.01};
    facts = (struct console_facts){.now_ns = 10000 * MS,
                                   .peer_name = "Theatre 1",
                                   .operation = &operation,
                                   .stats = &stats,
                                   .was_linked = true,
                                   .encode_ns = 10 * MS,
                                   .back_ns = 65 * MS,
                                   .decode_ns = 5 * MS,
                                   .display_ns = 8 * MS,
                                   .hand_to_eye_ns = 152 * MS,
                                   .picture_age_ns = 90 * MS,
                                   .desk = &desk,
                                   .scale_advised = (double)NAN,
                                   .profile = &profile,
                                   .has_sound = true};
    return 0;
}

static bool alarms(enum view_alarm alarm)
{
    struct view fresh = {.muted = false};
    view = fresh;
    console_view_fill(&view, &facts);
    return view.alarms & 1u << alarm;
}

#endif
