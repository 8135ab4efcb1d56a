/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of motion/follow.h share: an arm, a console's gestures, and the time that passes. */
#ifndef UNIT_MOTION_FOLLOW_BENCH_H
#define UNIT_MOTION_FOLLOW_BENCH_H

#include "motion/follow.h"
#include "unit/cmocka_base.h"
#include "unit/motion/bedside.h"

#define MS UINT64_C(1000000)
#define START_NS (1000 * MS)
#define AGE_NS (20 * MS)

/* One cart, one arm, one console that samples every millisecond on a clock of its own. */
struct bench {
    struct follow follow;
    uint64_t now_ns;
    uint32_t sequence;
    struct gesture gesture;
    uint64_t age_ns, bound_ns;
    bool measured;
};

static inline struct follow_sample sample_of(const struct bench *bench)
{
    return (struct follow_sample){
        .sequence = bench->sequence,
        .sampled_ns = bench->now_ns + 77 * MS - bench->age_ns,
        .age_ns = bench->age_ns,
        .measured = bench->measured,
        .bound_ns = bench->bound_ns,
        .gesture = bench->gesture,
    };
}

static inline enum follow_outcome send(struct bench *bench)
{
    bench->sequence++;
    struct follow_sample sample = sample_of(bench);
    return follow_gesture(&bench->follow, &sample, bench->now_ns);
}

static inline void tick(struct bench *bench)
{
    bench->now_ns += MS;
    follow_tick(&bench->follow, bench->now_ns);
}

static inline void pedal(struct bench *bench, bool down)
{
    if (down && !(bench->gesture.flags & GESTURE_ENGAGED)) {
        bench->gesture.clutch_id++;
        bench->gesture.hands[0].pose = POSE_IDENTITY;
    }
    bench->gesture.flags = down ? GESTURE_ENGAGED : 0;
}

/* Moves the hand along x at `speed_m_s` for `ms` milliseconds, a gesture and a tick each. */
static inline void move(struct bench *bench, double speed_m_s, int ms)
{
    for (int i = 0; i < ms; i++) {
        bench->gesture.hands[0].pose.position_m.x += speed_m_s * 1e-3;
        assert_int_equal(send(bench), FOLLOW_APPLIED);
        tick(bench);
    }
}

static inline void idle(struct bench *bench, int ms)
{
    for (int i = 0; i < ms; i++)
        tick(bench);
}

static inline struct vec3 tip(const struct bench *bench)
{
    return bench->follow.arms[0].tip.position_m;
}

static inline double moved_since_m(const struct bench *bench, struct vec3 from)
{
    return vec3_length(vec3_subtract(tip(bench), from));
}

static inline struct bench ready(void)
{
    struct bench bench = {.now_ns = START_NS, .age_ns = AGE_NS, .measured = true};
    struct follow_settings settings = FOLLOW_STANDARD;
    settings.arm_count = 1;
    settings.path.steadies = false; /* its delay would be in the way of every other figure */
    follow_init(&bench.follow, &INSTRUMENT_LARGE_NEEDLE_DRIVER, &settings);
    bedside_enable(&bench.follow, START_NS);
    bench.sequence = UINT32_MAX - 100; /* wraps on the way */
    bench.gesture = (struct gesture){.hand_count = 1, .hands = {{.pose = POSE_IDENTITY}}};
    follow_tick(&bench.follow, bench.now_ns);
    return bench;
}

/* Released once, clutched in, and moving at 100 mm/s. */
static inline struct bench moving(void)
{
    struct bench bench = ready();
    assert_int_equal(send(&bench), FOLLOW_APPLIED);
    tick(&bench);
    pedal(&bench, true);
    move(&bench, 0.1, 200);
    assert_int_equal(bench.follow.supervisor.cause, HOLD_NONE);
    assert_false(follow_is_still(&bench.follow));
    return bench;
}

/* Whatever now comes without a fresh clutch-in, the arm is still within 100 ms and stays there. */
static inline void assert_holds(struct bench *bench, enum hold_cause cause)
{
    assert_int_equal(bench->follow.supervisor.cause, cause);
    idle(bench, 100);
    assert_true(follow_is_still(&bench->follow));
    struct vec3 at = tip(bench);
    bench->measured = true;
    bench->age_ns = AGE_NS;
    for (int i = 0; i < 300; i++) { /* the foot never left the pedal */
        bench->gesture.hands[0].pose.position_m.x += 1e-4;
        assert_int_equal(send(bench), FOLLOW_REFUSED);
        tick(bench);
    }
    assert_true(moved_since_m(bench, at) <= 0);
    assert_int_equal(bench->follow.supervisor.cause, cause);

    pedal(bench, false);
    assert_int_equal(send(bench), FOLLOW_APPLIED);
    idle(bench, 5);
    assert_true(moved_since_m(bench, at) <= 0);
    pedal(bench, true);
    move(bench, 0.1, 100);
    assert_int_equal(bench->follow.supervisor.cause, HOLD_NONE);
    assert_true(moved_since_m(bench, at) > 1e-3);
}

#endif
