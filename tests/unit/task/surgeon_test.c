/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scripted surgeon against an arm with physics, in virtual time: the picture and the hands each under way
 * for a tenth of a second. */
#include "unit/cmocka_base.h"

#include <stdlib.h>
#include <string.h>

#include "arm/mujoco.h"
#include "arm/sheet_file.h"
#include "motion/guard.h"
#include "task/surgeon.h"

#define MS UINT64_C(1000000)
#define SCALE 0.2

enum { DELAY_MS = 100, KEPT = 256 };

struct theatre {
    struct arm *arm;
    struct surgeon surgeon;
    struct clutch clutch;
    struct gesture gestures[KEPT];
    struct arm_state states[KEPT];
    struct track tracks[LAYOUT_ARMS];
    struct guard
        guard;      /* as the cart has it unless it is told otherwise: with the scene's fixtures */
    bool is_barred; /* a fixture was near */
    struct pose bases[LAYOUT_ARMS];
    uint32_t clutch_id;
    unsigned counts[ARM_EVENT_KINDS];
    uint64_t ms;
};

static const struct track_limits limits = TRACK_LIMITS_STANDARD;

static void open_theatre(struct theatre *theatre, const char *scene)
{
    const struct mujoco_settings settings = {.instrument = &INSTRUMENT_LARGE_NEEDLE_DRIVER,
                                             .count = LAYOUT_ARMS,
                                             .scene = scene,
                                             .is_stepped = true};
    struct arm_reason reason = {""};
    memset(theatre, 0, sizeof *theatre);
    theatre->arm = arm_open_mujoco(&settings, &reason);
    if (!theatre->arm)
        fail_msg("%s", reason.words);
    surgeon_init(&theatre->surgeon, surgeon_plan(scene), theatre->arm->layout, SCALE);
    clutch_init(&theatre->clutch);
    const struct layout *layout = theatre->arm->layout;
    theatre->guard = (struct guard){.keeps_apart = true, .apart_least_m = GUARD_APART_LEAST_M};
    const struct apart_shaft scope = apart_scope(
        layout->camera_arm.position_m, layout_camera(layout, layout->camera_ready_jp).position_m);
    guard_place_scope(&theatre->guard, scope, scope);
    struct sheet_reason why;
    if (!fixtures_open(&theatre->guard.fixtures, scene, &why))
        fail_msg("%s", why.words);
    for (unsigned i = 0; i < LAYOUT_ARMS; i++) {
        theatre->guard.centres[i] = layout->arms[i];
        track_place(&theatre->tracks[i], theatre->arm->instrument, INSTRUMENT_READY_JP);
    }
}

/* The arms follow a gesture, as the cart would have them. */
static void follow(struct theatre *theatre, const struct gesture *gesture)
{
    struct pose camera = layout_camera(theatre->arm->layout, theatre->arm->layout->camera_ready_jp);
    bool follows = gesture->flags & GESTURE_ENGAGED;
    bool is_fresh = follows && gesture->clutch_id != theatre->clutch_id;
    if (is_fresh)
        theatre->clutch_id = gesture->clutch_id;
    const struct track_step step = {theatre->arm->instrument, &limits, NULL, MS};
    for (unsigned i = 0; i < LAYOUT_ARMS; i++) {
        struct track *track = &theatre->tracks[i];
        struct quat turn = layout_camera_turn(theatre->arm->layout, &camera, i);
        const struct hand *hand = &gesture->hands[i];
        if (is_fresh)
            theatre->bases[i] = track->tip;
        struct quat turned =
            quat_multiply(quat_multiply(turn, hand->pose.orientation), quat_conjugate(turn));
        track->goal =
            (struct pose){vec3_add(theatre->bases[i].position_m,
                                   quat_rotate(turn, vec3_scale(hand->pose.position_m, SCALE))),
                          quat_normalise(quat_multiply(turned, theatre->bases[i].orientation))};
        track->jaw_goal_rad = hand->jaw_rad;
        theatre->is_barred |=
            guard_go_ahead(&theatre->guard, theatre->tracks, LAYOUT_ARMS, i, &step, follows).bars &
            GUARD_FIXTURE;
        track_come_after(track, &step);
    }
}

static void report(struct theatre *theatre, struct arm_state *state)
{
    memset(state, 0, sizeof *state);
    state->arm_count = LAYOUT_ARMS;
    state->hold_cause = theatre->clutch.engaged ? HOLD_NONE : HOLD_RELEASED;
    for (unsigned i = 0; i < LAYOUT_ARMS; i++) {
        arm_measured_jp(theatre->arm, i, state->arms[i].measured_jp);
        state->arms[i].measured_cp = arm_measured_cp(theatre->arm, i);
    }
}

static void tick(struct theatre *theatre)
{
    uint64_t ms = theatre->ms++, now_ns = theatre->ms * MS;
    struct clutch_hands hands;
    struct arm_event event;
    if (ms >= DELAY_MS)
        surgeon_see(&theatre->surgeon, &theatre->states[(ms - DELAY_MS) % KEPT], now_ns);
    surgeon_hands(&theatre->surgeon, now_ns, &hands);
    clutch_gesture(&theatre->clutch, &hands, now_ns, &theatre->gestures[ms % KEPT]);
    if (ms >= DELAY_MS)
        follow(theatre, &theatre->gestures[(ms - DELAY_MS) % KEPT]);
    for (unsigned i = 0; i < LAYOUT_ARMS; i++)
        assert_int_equal(arm_servo_jp(theatre->arm, i, theatre->tracks[i].joints, now_ns),
                         MOTION_OK);
    arm_update(theatre->arm, now_ns);
    assert_true(arm_measured_ns(theatre->arm) == now_ns);
    report(theatre, &theatre->states[ms % KEPT]);
    while (arm_event(theatre->arm, &event))
        theatre->counts[event.kind]++;
}

/* Two rings, each handed over; all of them where the environment asks for it, as tests/sim/meson.build does. */
static void scripted_hands_carry_rings_through_delay_and_a_lifted_foot(void **state)
{
    (void)state;
    static struct theatre theatre;
    bool all = getenv("JISR_WHOLE_TASKS");
    unsigned steps = all ? 24 : 4;
    open_theatre(&theatre, "peg-transfer");
    while (theatre.counts[ARM_EVENT_STEP] < steps && theatre.ms < (all ? 300000U : 60000U)) {
        tick(&theatre);
        if (theatre.ms == 7000) /* on the way with the first ring */
            clutch_again(&theatre.clutch, theatre.ms * MS);
    }
    assert_int_equal(theatre.counts[ARM_EVENT_STEP], steps);
    assert_true(theatre.counts[ARM_EVENT_GRASP] >= steps);
    assert_int_equal(theatre.counts[ARM_EVENT_DONE], all ? 1 : 0);
    assert_false(theatre.is_barred);
    assert_int_equal(theatre.counts[ARM_EVENT_COLLISION], 0);
    assert_int_equal(theatre.counts[ARM_EVENT_FORCE], 0);
    arm_close(theatre.arm);
}

static void scripted_hands_do_the_task_of(const char *scene)
{
    static struct theatre theatre;
    open_theatre(&theatre, scene);
    while (theatre.counts[ARM_EVENT_DONE] == 0 && theatre.ms < 40000)
        tick(&theatre);
    assert_int_equal(theatre.counts[ARM_EVENT_DONE], 1);
    assert_false(theatre.is_barred); /* the scene's fixtures leave the task its room */
    assert_int_equal(theatre.counts[ARM_EVENT_COLLISION], 0);
    assert_int_equal(theatre.counts[ARM_EVENT_FORCE], 0);
    arm_close(theatre.arm);
}

static void scripted_hands_lead_a_ring_along_a_wire_without_touching_it(void **state)
{
    (void)state;
    scripted_hands_do_the_task_of("ring-on-wire");
}

static void scripted_hands_bring_a_needles_point_into_its_targets(void **state)
{
    (void)state;
    scripted_hands_do_the_task_of("needle-targets");
}

static void scripted_hands_hold_tissue_back_and_lay_it_down(void **state)
{
    (void)state;
    scripted_hands_do_the_task_of("tissue-retraction");
}

static void scripted_hands_undock(void **state)
{
    (void)state;
    scripted_hands_do_the_task_of("undocking");
}

static void the_hands_rest_while_the_arm_holds_or_nothing_is_seen(void **state)
{
    (void)state;
    struct surgeon surgeon;
    struct clutch_hands first, hands;
    struct arm_state seen = {.arm_count = 2, .hold_cause = HOLD_AGE};
    for (unsigned i = 0; i < 2; i++)
        seen.arms[i].measured_cp =
            instrument_forward(&INSTRUMENT_LARGE_NEEDLE_DRIVER, INSTRUMENT_READY_JP);
    surgeon_init(&surgeon, surgeon_plan("peg-transfer"), &LAYOUT_STANDARD, SCALE);
    surgeon_hands(&surgeon, MS, &first);
    for (uint64_t ms = 2; ms < 4000; ms++) {
        if (ms > 1000)
            surgeon_see(&surgeon, &seen, ms * MS);
        surgeon_hands(&surgeon, ms * MS, &hands);
        assert_memory_equal(&hands, &first, sizeof hands);
    }
    seen.hold_cause = HOLD_NONE;
    for (uint64_t ms = 4000; ms < 5000; ms++) {
        surgeon_see(&surgeon, &seen, ms * MS);
        surgeon_hands(&surgeon, ms * MS, &hands);
    }
    assert_true(vec3_length(hands.hands[1].pose.position_m) > 0.005);
}

static void the_hands_go_for_a_moment_where_jaws_are_that_others_left_further_open(void **state)
{
    (void)state;
    struct surgeon surgeon;
    struct clutch_hands hands;
    struct arm_state seen = {.arm_count = 2, .hold_cause = HOLD_NONE};
    unsigned felt = 0, last = 0;
    for (unsigned i = 0; i < 2; i++)
        seen.arms[i].measured_cp =
            instrument_forward(&INSTRUMENT_LARGE_NEEDLE_DRIVER, INSTRUMENT_READY_JP);
    seen.arms[0].measured_jp[AXIS_JAW] = 1;
    seen.arms[1].measured_jp[AXIS_JAW] = 0.3; /* as the hand's */
    surgeon_init(&surgeon, surgeon_plan("peg-transfer"), &LAYOUT_STANDARD, SCALE);
    for (unsigned ms = 10000; ms < 12200; ms++) {
        surgeon_see(&surgeon, &seen, ms * MS);
        surgeon_hands(&surgeon, ms * MS, &hands);
        bool feels = hands.hands[0].jaw_rad > 0.9;
        felt += feels && ms > 10500;
        last = feels ? ms : last;
        assert_true(hands.hands[1].jaw_rad < 0.4);
    }
    assert_true(felt >= 10 && felt <= 30);
    assert_true(last > 12000 && last < 12050 && hands.hands[0].jaw_rad < 0.4);
}

static void there_is_a_plan_for_a_scene_or_none(void **state)
{
    (void)state;
    assert_null(surgeon_plan("no-such-scene"));
    assert_string_equal(surgeon_plan("peg-transfer")->name, "peg-transfer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scripted_hands_carry_rings_through_delay_and_a_lifted_foot),
        cmocka_unit_test(scripted_hands_lead_a_ring_along_a_wire_without_touching_it),
        cmocka_unit_test(scripted_hands_bring_a_needles_point_into_its_targets),
        cmocka_unit_test(scripted_hands_hold_tissue_back_and_lay_it_down),
        cmocka_unit_test(scripted_hands_undock),
        cmocka_unit_test(the_hands_rest_while_the_arm_holds_or_nothing_is_seen),
        cmocka_unit_test(the_hands_go_for_a_moment_where_jaws_are_that_others_left_further_open),
        cmocka_unit_test(there_is_a_plan_for_a_scene_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
