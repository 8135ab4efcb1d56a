/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process draws with one kind of context only, so each picture is drawn by a child. */
#include "unit/cmocka_base.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arm/mujoco_eye.h"

enum { WIDTH = 160, HEIGHT = 120, BYTES = WIDTH * HEIGHT * 3 };
enum { DRAWN, NOT_OPENED, NOT_DRAWN, NO_ARM };

struct shared {
    uint8_t rows[BYTES];
    char words[256];
};

static struct shared *shared;

static int draw(enum gl_renderer renderer)
{
    struct arm_reason arm_reason = {0};
    struct media_reason reason;
    uint64_t at_ns;
    const struct mujoco_settings settings = {.instrument = &INSTRUMENT_LARGE_NEEDLE_DRIVER,
                                             .count = 2,
                                             .scene = "peg-transfer",
                                             .is_stepped = true,
                                             .renderer = renderer,
                                             .now_ns = 1000000000};
    struct arm *arm = arm_open_mujoco(&settings, &arm_reason);
    if (!arm)
        return NO_ARM;
    struct scene_eye robot = mujoco_eye(arm);
    void *eye = robot.open(robot.robot, WIDTH, HEIGHT, false, &reason);
    if (!eye) {
        memcpy(shared->words, reason.words, sizeof shared->words);
        return NOT_OPENED;
    }
    const uint8_t *rows = robot.look(eye, &at_ns);
    if (rows)
        memcpy(shared->rows, rows, BYTES);
    robot.close(eye);
    arm_close(arm);
    return rows ? DRAWN : NOT_DRAWN;
}

/* What became of it; what was drawn, or why nothing was, is in `shared`. */
static int in_a_child(int (*run)(enum gl_renderer), enum gl_renderer renderer)
{
    int status = 0;
    memset(shared, 0, sizeof *shared);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(run(renderer));
    assert_true(waitpid(child, &status, 0) == child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void egl_draws_what_osmesa_draws(void **state)
{
    (void)state;
    static uint8_t by_osmesa[BYTES];
    assert_int_equal(in_a_child(draw, GL_RENDERER_OSMESA), DRAWN);
    memcpy(by_osmesa, shared->rows, BYTES);
    int drawn = in_a_child(draw, GL_RENDERER_EGL);
    if (drawn == NOT_OPENED) {
        print_message("%s\n", shared->words);
        skip();
    }
    assert_int_equal(drawn, DRAWN);
    long sum = 0, far = 0;
    for (int i = 0; i < BYTES; i++) {
        sum += by_osmesa[i];
        far += abs(by_osmesa[i] - shared->rows[i]) > 4;
    }
    assert_true(sum > 20L * BYTES); /* not a black one each */
    assert_true(far < BYTES / 100); /* edges may fall on the pixel beside */
}

static void automatic_draws_on_any_machine(void **state)
{
    (void)state;
    assert_int_equal(in_a_child(draw, GL_RENDERER_AUTO), DRAWN);
}

static void an_egl_that_is_not_here_says_what_to_do(void **state)
{
    (void)state;
    setenv("__EGL_VENDOR_LIBRARY_FILENAMES", "/nonexistent", 1); /* libglvnd's list of drivers */
    static char said[256];
    int drawn = in_a_child(draw, GL_RENDERER_EGL);
    memcpy(said, shared->words, sizeof said);
    assert_int_equal(in_a_child(draw, GL_RENDERER_AUTO), DRAWN);
    unsetenv("__EGL_VENDOR_LIBRARY_FILENAMES");
    assert_int_equal(drawn, NOT_OPENED);
    assert_non_null(strstr(said, "--renderer osmesa"));
}

static int draw_both(enum gl_renderer renderer)
{
    char words[256];
    struct gl_context *first = gl_open(GL_RENDERER_OSMESA, words, sizeof words);
    struct gl_context *again = gl_open(GL_RENDERER_AUTO, words, sizeof words);
    bool is_same = first && again && again->renderer == GL_RENDERER_OSMESA;
    gl_close(again);
    gl_close(first);
    return is_same && !gl_open(renderer, words, sizeof words) ? DRAWN : NOT_DRAWN;
}

/* Where MuJoCo looks first. Mesa's two kinds would draw with each other's functions; a card's maker's do not. */
static int is_first_found(enum gl_renderer renderer)
{
    char words[256];
    bool is_before = dlsym(RTLD_DEFAULT, "eglGetProcAddress");
    struct gl_context *context = gl_open(renderer, words, sizeof words);
    bool is_after = dlsym(RTLD_DEFAULT, "eglGetProcAddress");
    if (!context)
        return NOT_OPENED;
    gl_close(context);
    return !is_before && is_after == (renderer == GL_RENDERER_EGL) ? DRAWN : NOT_DRAWN;
}

static void the_functions_that_are_found_are_of_the_kind_that_draws(void **state)
{
    (void)state;
    assert_int_equal(in_a_child(is_first_found, GL_RENDERER_OSMESA), DRAWN);
    int found = in_a_child(is_first_found, GL_RENDERER_EGL);
    if (found == NOT_OPENED)
        skip();
    assert_int_equal(found, DRAWN);
}

static void a_process_stays_with_the_kind_it_drew_with_first(void **state)
{
    (void)state;
    assert_int_equal(in_a_child(draw_both, GL_RENDERER_EGL), DRAWN);
}

int main(void)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(egl_draws_what_osmesa_draws),
        cmocka_unit_test(automatic_draws_on_any_machine),
        cmocka_unit_test(an_egl_that_is_not_here_says_what_to_do),
        cmocka_unit_test(the_functions_that_are_found_are_of_the_kind_that_draws),
        cmocka_unit_test(a_process_stays_with_the_kind_it_drew_with_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
