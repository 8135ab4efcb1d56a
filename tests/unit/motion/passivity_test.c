/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A hand that leans on a stiff wall at the other end of a line, with and without the gate. */
#include "unit/cmocka_base.h"

#include <stdbool.h>

#include "base/random.h"
#include "motion/passivity.h"

#define MS UINT64_C(1000000)

enum { KEPT = 1024, RUN_MS = 8000 };

struct line { /* one way, the newest value wins */
    double values[KEPT];
    uint64_t due_ms[KEPT];
    double newest;
    int newest_ms; /* when that was sent */
};

struct weather {
    int delay_ms, jitter_ms;
    double loss;
};

static void line_put(struct line *line, int ms, double value, const struct weather *weather,
                     struct random *random)
{
    int late_ms = weather->delay_ms + (int)(random_unit(random) * weather->jitter_ms);
    bool is_lost = random_unit(random) < weather->loss;
    line->values[ms % KEPT] = value;
    line->due_ms[ms % KEPT] = is_lost ? UINT64_MAX : (uint64_t)(ms + late_ms);
}

static double line_get(struct line *line, int ms)
{
    for (int sent = ms; sent > line->newest_ms && sent > ms - KEPT; sent--)
        if (line->due_ms[sent % KEPT] <= (uint64_t)ms) {
            line->newest = line->values[sent % KEPT];
            line->newest_ms = sent;
            break;
        }
    return line->newest;
}

struct trial {
    double
        given_most_j; /* to the hand by the device, less what it put in: the greatest at any time */
    double swing_most_m; /* of the hand in the last second */
    double force_end_n;
};

#define WALL_N_M 1500.0 /* as the hand feels it */
#define HAND_KG 0.3
#define HAND_N_S_M 2.0 /* what flesh dampens */
#define PUSH_N 2.0

/* The hand pushes towards the wall, 10 mm away, for as long as the trial lasts. */
static struct trial lean(const struct weather *weather, bool has_gate, uint64_t seed)
{
    static struct line forth, back;
    struct passivity gate;
    struct random random;
    struct trial trial = {.given_most_j = 0};
    double place_m = 0, speed_m_s = 0, force_n = 0, given_j = 0, least_m = 1, most_m = -1;

    random_seed(&random, seed);
    passivity_init(&gate, &PASSIVITY_STANDARD);
    forth = back = (struct line){.newest_ms = -1};
    for (int i = 0; i < KEPT; i++)
        forth.due_ms[i] = back.due_ms[i] = UINT64_MAX;
    for (int ms = 0; ms < RUN_MS; ms++) {
        line_put(&forth, ms, place_m, weather, &random);
        double robot_m = line_get(&forth, ms);
        line_put(&back, ms, -WALL_N_M * fmax(robot_m - 0.01, 0), weather, &random);
        double wanted_n = line_get(&back, ms);
        double before_m = place_m;
        speed_m_s += (PUSH_N + force_n - HAND_N_S_M * speed_m_s) / HAND_KG * 1e-3;
        speed_m_s = fmin(fmax(speed_m_s, -2), 2); /* no hand is faster */
        place_m += speed_m_s * 1e-3;
        given_j += force_n * (place_m - before_m);
        trial.given_most_j = fmax(trial.given_most_j, given_j);
        const struct vec3 moved_m = {place_m - before_m, 0, 0};
        force_n = has_gate ? passivity_force(&gate, (struct vec3){wanted_n, 0, 0}, moved_m, MS).x
                           : wanted_n;
        if (ms >= RUN_MS - 1000) {
            least_m = fmin(least_m, place_m);
            most_m = fmax(most_m, place_m);
        }
    }
    trial.swing_most_m = most_m - least_m;
    trial.force_end_n = force_n;
    return trial;
}

static void
h44_whatever_the_delay_the_hand_gets_no_more_energy_than_it_put_in_and_the_tank(void **state)
{
    (void)state;
    for (int delay_ms = 0; delay_ms <= 300; delay_ms += 10)
        for (uint64_t seed = 1; seed <= 4; seed++) {
            const struct weather weather = {delay_ms, (int)seed * 15 - 15,
                                            0.1 * (double)(seed - 1)};
            struct trial trial = lean(&weather, true, seed);
            if (trial.given_most_j > PASSIVITY_STANDARD.start_j)
                fail_msg("%d ms: %g J", delay_ms, trial.given_most_j);
        }
}

static void h44_without_the_gate_the_same_wall_gives_energy_without_end(void **state)
{
    (void)state;
    for (int delay_ms = 20; delay_ms <= 300; delay_ms += 20) {
        const struct weather weather = {delay_ms, 0, 0};
        struct trial trial = lean(&weather, false, 1);
        assert_true(trial.given_most_j > 20 * PASSIVITY_STANDARD.start_j);
    }
}

static void without_delay_a_resting_hand_feels_the_wall_as_it_is(void **state)
{
    (void)state;
    const struct weather weather = {0, 0, 0};
    struct trial trial = lean(&weather, true, 1);
    assert_true(fabs(trial.force_end_n + PUSH_N) < 0.02);
    assert_true(trial.swing_most_m < 1e-4);
}

static void h44_a_force_that_is_no_number_or_beyond_the_device_does_not_reach_it(void **state)
{
    (void)state;
    struct passivity gate;
    const struct vec3 still = {0, 0, 0};
    passivity_init(&gate, &PASSIVITY_STANDARD);
    struct vec3 force_n = passivity_force(&gate, (struct vec3){(double)NAN, 1, 0}, still, MS);
    assert_true(vec3_length(force_n) <= 0);
    force_n = passivity_force(&gate, (struct vec3){100, 0, 0}, still, MS);
    assert_true(vec3_length(force_n) <= PASSIVITY_STANDARD.force_max_n + 1e-12 && force_n.x > 3);
}

static void h44_an_empty_tank_gives_nothing_and_brakes(void **state)
{
    (void)state;
    struct passivity gate;
    passivity_init(&gate, &PASSIVITY_STANDARD);
    struct vec3 force_n = {0, 0, 0}, moved_m = {0.0005, 0, 0};
    for (int ms = 0; ms < 200; ms++) { /* along with the hand: gives, until it cannot */
        force_n = passivity_force(&gate, (struct vec3){3, 0, 0}, moved_m, MS);
        assert_true(gate.tank_j >= 0 && gate.given_j <= PASSIVITY_STANDARD.start_j);
    }
    assert_true(force_n.x < 0.5);
    force_n = passivity_force(&gate, (struct vec3){0, 0, 0}, moved_m, MS);
    assert_true(force_n.x < 0);
    double before_j = gate.tank_j;
    (void)passivity_force(&gate, (struct vec3){0, 0, 0}, moved_m, MS);
    assert_true(gate.tank_j > before_j);
}

/* However long a hand has worked against the device: a blow gives back `most_j`. */
static void h44_no_more_is_saved_up_than_the_tank_holds(void **state)
{
    (void)state;
    struct passivity gate;
    passivity_init(&gate, &PASSIVITY_STANDARD);
    for (int ms = 0; ms < 2000; ms++) /* 3 J */
        (void)passivity_force(&gate, (struct vec3){-3, 0, 0}, (struct vec3){0.0005, 0, 0}, MS);
    double before_j = gate.given_j;
    assert_true(before_j < -1);
    for (int ms = 0; ms < 2000; ms++)
        (void)passivity_force(&gate, (struct vec3){3, 0, 0}, (struct vec3){0.0005, 0, 0}, MS);
    assert_true(gate.given_j - before_j <= PASSIVITY_STANDARD.most_j + 1e-9);
}

/* What a device asked every `period_ms` gives a hand: it goes along for as long as the force acts, 2 m/s, then back,
 * and a little further. */
static double given_j(int period_ms, bool lets_go)
{
    struct passivity gate;
    double given_j = 0, most_j = 0;
    double hold_ms = (double)PASSIVITY_STANDARD.hold_ns * 1e-6;
    double acts_ms = lets_go ? fmin(hold_ms, period_ms) : period_ms;
    struct vec3 moved_m = {0, 0, 0};
    passivity_init(&gate, &PASSIVITY_STANDARD);
    for (int ms = 0; ms < 3000; ms += period_ms) {
        double force_n =
            passivity_force(&gate, (struct vec3){3, 0, 0}, moved_m, (uint64_t)period_ms * MS).x;
        double along_m = PASSIVITY_STANDARD.speed_max_m_s * acts_ms * 1e-3;
        given_j += force_n * along_m;
        most_j = fmax(most_j, given_j);
        moved_m.x = lets_go ? -0.1 * along_m : along_m;
    }
    return most_j;
}

static void h44_a_device_that_is_asked_rarely_gives_no_more_either(void **state)
{
    (void)state;
    const int periods_ms[] = {4, 5, 10, 20, 50};
    for (size_t i = 0; i < sizeof periods_ms / sizeof *periods_ms; i++)
        for (int lets_go = 0; lets_go < 2; lets_go++) {
            double most_j = given_j(periods_ms[i], lets_go);
            if (most_j > PASSIVITY_STANDARD.start_j + 1e-9)
                fail_msg("%d ms, %d: %g J", periods_ms[i], lets_go, most_j);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            h44_whatever_the_delay_the_hand_gets_no_more_energy_than_it_put_in_and_the_tank),
        cmocka_unit_test(h44_without_the_gate_the_same_wall_gives_energy_without_end),
        cmocka_unit_test(without_delay_a_resting_hand_feels_the_wall_as_it_is),
        cmocka_unit_test(h44_a_force_that_is_no_number_or_beyond_the_device_does_not_reach_it),
        cmocka_unit_test(h44_no_more_is_saved_up_than_the_tank_holds),
        cmocka_unit_test(h44_a_device_that_is_asked_rarely_gives_no_more_either),
        cmocka_unit_test(h44_an_empty_tank_gives_nothing_and_brakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
