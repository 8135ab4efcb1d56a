/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random hands over a random line, thousands of seconds of it: what must hold at every tick. */
#include "unit/cmocka_base.h"
#include "unit/motion/bedside.h"

#include <string.h>

#include "motion/clutch.h"
#include "motion/follow.h"
#include "unit/motion/random_pose.h"

#define MS UINT64_C(1000000)
#define START_NS (1000 * MS)

enum { SEEDS = 200, TICKS = 4000, LINE_MAX = 600 };

/* What is on its way, in order of arrival by search: small and plain. */
struct flight {
    uint64_t arrives_ns; /* 0: a free place */
    struct follow_sample sample;
};

struct world {
    uint64_t seed;
    struct random random;
    struct follow follow;
    struct clutch clutch;
    struct clutch_hands hands;
    struct vec3 hand_velocity_m_s[GESTURE_HANDS_MAX], hand_turn_rad_s[GESTURE_HANDS_MAX];
    struct flight line[LINE_MAX];
    uint64_t now_ns, outage_until_ns, delay_ns;
    uint32_t sequence, newest_applied;
    bool any_applied, clock_measured;
    bool
        released_since_hold; /* a fresh gesture with the foot lifted arrived while holding, or began it */
};

static void send(struct world *world)
{
    struct random *random = &world->random;
    struct follow_sample sample = {.sequence = ++world->sequence, .sampled_ns = world->now_ns};
    clutch_gesture(&world->clutch, &world->hands, world->now_ns, &sample.gesture);
    if (random_chance(random, 0.0005))
        sample.gesture.hands[0].pose.position_m.x += 0.2; /* a leap */
    if (random_chance(random, 0.0005))
        sample.gesture.hands[1].pose.orientation.w = (double)NAN;
    if (random_chance(random, 0.0005))
        sample.gesture.flags = GESTURE_FROZEN;
    if (world->now_ns < world->outage_until_ns || random_chance(random, 0.05))
        return;
    int copies = random_chance(random, 0.1) ? 2 : 1;
    for (int i = 0; i < LINE_MAX && copies; i++) {
        if (world->line[i].arrives_ns)
            continue;
        uint64_t jitter_ns = random_below(random, 30 * MS);
        if (random_chance(random, 0.0005))
            jitter_ns += 400 * MS;
        world->line[i] = (struct flight){world->now_ns + world->delay_ns + jitter_ns, sample};
        copies--;
    }
}

static void move_hands(struct world *world)
{
    struct random *random = &world->random;
    for (unsigned i = 0; i < world->hands.hand_count; i++) {
        struct hand *hand = &world->hands.hands[i];
        if (random_chance(random, 0.005)) {
            double speed = random_between(random, 0, 0.5), turn = random_between(random, 0, 6);
            world->hand_velocity_m_s[i] = vec3_limit(
                (struct vec3){random_normal(random), random_normal(random), random_normal(random)},
                speed);
            world->hand_turn_rad_s[i] =
                vec3_limit((struct vec3){random_normal(random) * 4, random_normal(random) * 4,
                                         random_normal(random) * 4},
                           turn);
            hand->jaw_rad = random_between(random, -0.5, 1.3);
        }
        hand->pose.position_m =
            vec3_add(hand->pose.position_m, vec3_scale(world->hand_velocity_m_s[i], 1e-3));
        hand->pose.orientation = quat_normalise(
            quat_multiply(quat_from_rotation_vector(vec3_scale(world->hand_turn_rad_s[i], 1e-3)),
                          hand->pose.orientation));
    }
    if (random_chance(random, world->hands.pedal ? 0.0005 : 0.01)) {
        world->hands.pedal = !world->hands.pedal;
        world->hands.is_played = random_chance(random, 0.3);
    }
    if (random_chance(random, 0.0005))
        world->outage_until_ns = world->now_ns + random_below(random, 600 * MS);
    if (random_chance(random, 0.0002))
        world->clock_measured = !world->clock_measured;
    if (!world->clock_measured && random_chance(random, 0.02))
        world->clock_measured = true;
    if (random_chance(random, 0.002)) /* the way grows longer bit by bit, or is mended */
        world->delay_ns = random_chance(random, 0.3)
                              ? random_below(random, 150 * MS)
                              : world->delay_ns + random_below(random, 100 * MS);
    if (world->delay_ns > 350 * MS)
        world->delay_ns = 350 * MS;
    if (random_chance(random, 0.0001))
        follow_session_lost(&world->follow, world->now_ns);
}

/* Invariants of one gesture: never stale, twice, out of order, of an unmeasured age; and a hold ends
 * only by a fresh clutch-in after a fresh release. */
static void arrive(struct world *world, struct follow_sample *sample)
{
    struct follow *follow = &world->follow;
    sample->age_ns = world->now_ns - sample->sampled_ns;
    sample->measured = world->clock_measured;
    enum hold_cause before = follow->supervisor.cause;
    uint64_t holds_before = follow->holds.count;
    uint32_t clutch_before = follow->clutch_id;
    uint32_t applied_before = follow->applied_sequence;
    bool had_applied = follow->has_applied;
    bool engaged = sample->gesture.flags & GESTURE_ENGAGED;

    enum follow_outcome outcome = follow_gesture(follow, sample, world->now_ns);
    if (outcome == FOLLOW_APPLIED) {
        assert_true(sample->age_ns <= gates_limit_ns(&follow->gates, GATE_AGE));
        assert_true(sample->measured);
        assert_int_equal(gesture_check(&sample->gesture), MOTION_OK);
        if (engaged && had_applied)
            assert_true(motion_is_newer(sample->sequence, applied_before));
    } else {
        assert_int_equal(follow->applied_sequence, applied_before);
    }
    if (before != HOLD_NONE && follow->supervisor.cause == HOLD_NONE) {
        assert_int_equal(outcome, FOLLOW_APPLIED);
        assert_true(engaged && world->released_since_hold);
        assert_true(motion_is_newer(sample->gesture.clutch_id, clutch_before));
    }
    if (follow->holds.count != holds_before)
        world->released_since_hold = false;
    if (outcome == FOLLOW_APPLIED &&
        (sample->gesture.flags == 0 ||
         (sample->gesture.flags == GESTURE_UNASKED && before == HOLD_NONE)))
        world->released_since_hold = true;
}

static void deliver(struct world *world)
{
    for (;;) {
        struct flight *next = NULL;
        for (int i = 0; i < LINE_MAX; i++) {
            struct flight *flight = &world->line[i];
            if (flight->arrives_ns && flight->arrives_ns <= world->now_ns &&
                (!next || flight->arrives_ns < next->arrives_ns))
                next = flight;
        }
        if (!next)
            return;
        arrive(world, &next->sample);
        next->arrives_ns = 0;
    }
}

/* Invariants of one tick: inside limits, no faster than allowed, and still when it holds for long. */
static void tick(struct world *world, uint64_t *held_ns)
{
    const struct follow_settings *settings = &world->follow.settings;
    struct track before[ARM_STATE_ARMS_MAX];
    memcpy(before, world->follow.arms, sizeof before);
    world->now_ns += MS;
    uint64_t holds = world->follow.holds.count;
    follow_tick(&world->follow, world->now_ns);
    if (world->follow.holds.count != holds)
        world->released_since_hold = false;
    *held_ns = world->follow.supervisor.cause == HOLD_NONE ? 0 : *held_ns + MS;
    for (unsigned i = 0; i < settings->arm_count; i++) {
        const struct track *arm = &world->follow.arms[i];
        double inside[INSTRUMENT_AXES];
        memcpy(inside, arm->joints, sizeof inside);
        assert_int_equal(instrument_clamp(&INSTRUMENT_LARGE_NEEDLE_DRIVER, inside), 0);
        for (int axis = 0; axis < INSTRUMENT_AXES; axis++) {
            double way = fabs(arm->joints[axis] - before[i].joints[axis]);
            if (!(way <= settings->limits.joint_speed_max[axis] * 1e-3 * (1 + 1e-9)))
                fail_msg("seed %d: joint %d went %g in a tick", (int)world->seed, axis, way);
            if (*held_ns > 150 * MS)
                assert_true(way <= 0);
        }
        double step = vec3_length(vec3_subtract(arm->tip.position_m, before[i].tip.position_m));
        if (!(step <= settings->limits.speed_max_m_s * 1e-3 * 1.001))
            fail_msg("seed %d: the tip went %g m in a tick", (int)world->seed, step);
        double change = vec3_length(vec3_subtract(arm->velocity_m_s, before[i].velocity_m_s));
        if (!arm->limited && !before[i].limited &&
            !(change <= settings->limits.acceleration_max_m_s2 * 1e-3 * 2))
            fail_msg("seed %d: the tip's velocity changed by %g m/s", (int)world->seed, change);
    }
}

static const struct follow *live(uint64_t seed)
{
    static struct world world;
    memset(&world, 0, sizeof world);
    world.seed = seed;
    random_seed(&world.random, seed);
    struct follow_settings settings = FOLLOW_STANDARD;
    settings.scale = random_between(&world.random, 0.1, 1);
    world.now_ns = START_NS;
    world.delay_ns = random_below(&world.random, 150 * MS);
    world.clock_measured = true;
    world.hands = (struct clutch_hands){
        .hand_count = 2, .hands = {{.pose = POSE_IDENTITY}, {.pose = POSE_IDENTITY}}};
    clutch_init(&world.clutch);
    follow_init(&world.follow, &INSTRUMENT_LARGE_NEEDLE_DRIVER, &settings);
    bedside_enable(&world.follow, START_NS);
    uint64_t held_ns = 0;
    for (int i = 0; i < TICKS; i++) {
        move_hands(&world);
        send(&world);
        deliver(&world);
        tick(&world, &held_ns);
    }
    return &world.follow;
}

static void h01_h02_h03_h04_h05_h06_h07_hold_for_random_hands_over_random_lines(void **state)
{
    (void)state;
    uint64_t applied = 0, holds[HOLD_CAUSES] = {0};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const struct follow *follow = live(seed);
        applied += follow->outcomes[FOLLOW_APPLIED];
        for (int cause = 0; cause < HOLD_CAUSES; cause++)
            holds[cause] += follow->hold_counts[cause];
    }
    /* The runs did meet what they are about (a line that reorders this much wastes most copies). */
    assert_true(applied > SEEDS * TICKS / 20);
    for (int cause = HOLD_START; cause <= HOLD_SESSION; cause++) {
        print_message("# %d holds: %s\n", (int)holds[cause],
                      hold_cause_text((enum hold_cause)cause));
        assert_true(holds[cause] > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h01_h02_h03_h04_h05_h06_h07_hold_for_random_hands_over_random_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
