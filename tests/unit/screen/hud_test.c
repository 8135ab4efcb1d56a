/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "screen/hud.h"
#include "screen/hud_words.h"
#include "unit/screen/hud_views.h"

/* What fontconfig and pango keep for as long as the program lives is no leak of ours. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libpango\nleak:libglib\n";
}

static struct view view;
static struct view_marks marks;
static struct hud_pixels pixels;
static struct hud *hud;

static int open_hud(void **state)
{
    (void)state;
    memset(&marks, 0, sizeof marks);
    hud = hud_open();
    return hud ? 0 : -1;
}

static int close_hud(void **state)
{
    (void)state;
    hud_close(hud);
    return 0;
}

static void draw(unsigned width, unsigned height)
{
    assert_true(hud_draw(hud, &view, &marks, (struct hud_box){0, 0, width, height}, width, height,
                         &pixels));
    assert_int_equal(pixels.width, width);
    assert_int_equal(pixels.height, height);
}

/* Pixels that are not wholly transparent, between shares of the width and height. */
static size_t painted(double left, double top, double right, double bottom)
{
    size_t count = 0;
    for (unsigned y = (unsigned)ceil(top * pixels.height); y < (unsigned)(bottom * pixels.height);
         y++) {
        const uint8_t *row = pixels.bytes + y * pixels.stride;
        for (unsigned x = (unsigned)ceil(left * pixels.width); x < (unsigned)(right * pixels.width);
             x++) {
            uint32_t pixel;
            memcpy(&pixel, row + 4 * (size_t)x, sizeof pixel);
            count += pixel >> 24 != 0;
        }
    }
    return count;
}

static size_t painted_in_the_middle(void)
{
    const double edge = (1 - HUD_CLEAR) / 2;
    return painted(edge, edge, 1 - edge, 1 - edge);
}

static void h52_nothing_there_is_to_tell_hides_the_middle(void **state)
{
    (void)state;
    static const unsigned sizes[][2] = {
        {1280, 720}, {3840, 2160}, {800, 600}, {640, 1200}, {160, 160}};
    for (unsigned language = 0; language < WORDS_LANGUAGES; language++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            full_view(&view);
            view.language = (enum words_language)language;
            draw(sizes[i][0], sizes[i][1]);
            assert_int_equal(painted_in_the_middle(), 0);
            assert_true(painted(0, 0, 1, 1) > 1000);
        }
}

static void h52_no_alarm_and_no_state_hides_the_middle(void **state)
{
    (void)state;
    for (unsigned alarm = 0; alarm < VIEW_ALARMS; alarm++) {
        ordinary_view(&view);
        view.alarms = 1u << alarm;
        draw(1280, 720);
        assert_int_equal(painted_in_the_middle(), 0);
    }
    for (unsigned arm = 0; arm < VIEW_ARM_STATES; arm++)
        for (unsigned hold = 0; hold < HOLD_CAUSES; hold++) {
            ordinary_view(&view);
            view.follows = false;
            view.hold_cause = (enum hold_cause)hold;
            view.arms[0].state = view.arms[1].state = (enum view_arm_state)arm;
            view.language = (enum words_language)(hold % WORDS_LANGUAGES);
            draw(640, 360);
            assert_int_equal(painted_in_the_middle(), 0);
        }
}

static void h53_every_alarm_is_seen_in_every_language(void **state)
{
    (void)state;
    for (unsigned language = 0; language < WORDS_LANGUAGES; language++) {
        ordinary_view(&view);
        view.language = (enum words_language)language;
        draw(640, 360);
        size_t before = painted(0.2, 0, 0.8, 0.2);
        for (unsigned alarm = 0; alarm < VIEW_ALARMS; alarm++) {
            view.alarms = 1u << alarm;
            for (int flash = 0; flash < 2; flash++) {
                view.flashes = flash;
                draw(640, 360);
                assert_true(painted(0.2, 0, 0.8, 0.2) > before + 5000);
            }
        }
    }
}

/* Red in the first plate, where it is: of its left end's middle. */
static uint32_t first_plate(void)
{
    uint32_t pixel;
    memcpy(&pixel, pixels.bytes + 14 * pixels.stride + 4 * (size_t)640, sizeof pixel);
    return pixel;
}

static void h53_the_worst_alarm_is_told_first(void **state)
{
    (void)state;
    ordinary_view(&view);
    view.alarms = 1u << VIEW_ALARM_STOPPED;
    draw(1280, 720);
    uint32_t red = first_plate();
    view.alarms = 1u << VIEW_ALARM_LINE_LOST;
    draw(1280, 720);
    uint32_t low = first_plate();
    assert_true(red != low);
    view.alarms = 1u << VIEW_ALARM_LINE_LOST | 1u << VIEW_ALARM_STOPPED | 1u << VIEW_ALARM_HOLDS;
    draw(1280, 720);
    assert_int_equal(first_plate(), red);
}

static uint64_t sum_of_pixels(void)
{
    uint64_t sum = 0;
    draw(1280, 720);
    for (unsigned y = 0; y < pixels.height; y++)
        for (unsigned x = 0; x < 4 * pixels.width; x++)
            sum = sum * 31 + pixels.bytes[y * pixels.stride + x];
    return sum;
}

static void h19_what_once_more_does_and_by_which_key_is_told(void **state)
{
    (void)state;
    for (unsigned language = 0; language < WORDS_LANGUAGES; language++) {
        ordinary_view(&view);
        view.language = (enum words_language)language;
        view.alarms = 1u << VIEW_ALARM_ONCE_MORE;
        view.once_more = (struct view_key){.action = DESK_UNDOCK, .control = DESK_KEY_A};
        uint64_t undocks = sum_of_pixels();
        view.once_more.action = DESK_DOCK;
        uint64_t docks = sum_of_pixels();
        view.once_more.control = DESK_KEY_ESCAPE;
        assert_true(docks != undocks && sum_of_pixels() != docks);
    }
}

static uint64_t sum_with(enum view_layout layout, enum view_enable does, bool undocks, bool docks)
{
    view.layout = layout;
    view.enable_does = does;
    view.undocks = undocks;
    view.docks = docks;
    return sum_of_pixels();
}

static void h17_at_the_bedside_the_key_that_goes_on_is_told_and_what_it_does(void **state)
{
    (void)state;
    for (unsigned language = 0; language < WORDS_LANGUAGES; language++) {
        ordinary_view(&view);
        view.language = (enum words_language)language;
        view.follows = false;
        view.hold_cause = HOLD_UNDOCK;
        view.alarms = 1u << VIEW_ALARM_HOLDS;
        view.enable = (struct view_key){.action = DESK_ENABLE, .control = DESK_KEY_A};
        view.undock = (struct view_key){.action = DESK_UNDOCK, .control = DESK_KEY_A};
        uint64_t sums[] = {sum_with(VIEW_BEDSIDE, VIEW_ENABLE_NOTHING, false, false),
                           sum_with(VIEW_BEDSIDE, VIEW_ENABLE_BUTTON, false, false),
                           sum_with(VIEW_BEDSIDE, VIEW_ENABLE_RESET, false, false),
                           sum_with(VIEW_BEDSIDE, VIEW_ENABLE_ENABLES, false, false),
                           sum_with(VIEW_BEDSIDE, VIEW_ENABLE_NOTHING, true, false),
                           sum_with(VIEW_BEDSIDE, VIEW_ENABLE_NOTHING, false, true)};
        for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
            for (size_t j = 0; j < i; j++)
                assert_true(sums[i] != sums[j]);
        uint64_t console = sum_with(VIEW_CONSOLE, VIEW_ENABLE_NOTHING, false, false);
        assert_true(sum_with(VIEW_CONSOLE, VIEW_ENABLE_RESET, false, false) == console);
    }
}

static void why_docking_was_refused_is_told_in_full(void **state)
{
    (void)state;
    ordinary_view(&view);
    view.alarms = 1u << VIEW_ALARM_ORDER_REFUSED;
    view.refused = ORDER_DOCK;
    view.answer = LEASE_NOT_NOW;
    uint64_t not_now = sum_of_pixels();
    view.answer = LEASE_TOO_LATE;
    assert_true(strcmp(hud_word(HUD_DOCK_WHEN, WORDS_ENGLISH),
                       hud_answer(LEASE_NOT_NOW, WORDS_ENGLISH)) != 0);
    assert_true(sum_of_pixels() != not_now);
}

static void which_page_of_help_it_is_is_told_and_without_one_which_key_opens_it(void **state)
{
    (void)state;
    full_view(&view);
    view.help_pages = 2;
    uint64_t first = sum_of_pixels();
    view.help = 2;
    assert_true(sum_of_pixels() != first);
    view.help = 0;
    draw(1280, 720);
    size_t without = painted(0, 0.2, 0.2, 0.8);
    view.more_help = (struct view_key){.action = DESK_HELP, .control = DESK_KEY_F1};
    draw(1280, 720);
    assert_true(painted(0, 0.2, 0.2, 0.8) > without + 1000);
}

/* A plate's ground is dark: what is bright on it is written. At 1280 x 720. */
static unsigned written(unsigned left, unsigned top, unsigned right, unsigned bottom)
{
    unsigned count = 0;
    for (unsigned y = top; y < bottom; y++)
        for (unsigned x = left; x < right; x++)
            count += pixels.bytes[y * pixels.stride + 4 * (size_t)x + 1] > 100; /* green */
    return count;
}

static void the_title_of_help_leaves_the_page_s_number_its_place(void **state)
{
    (void)state;
    enum { LEFT = 10, WIDTH = 236, TOP = 152, BOTTOM = 178, NUMBER = 34, GAP = 5 };
    for (unsigned language = 0; language < WORDS_LANGUAGES; language++) {
        full_view(&view);
        view.language = (enum words_language)language;
        view.help_pages = 2;
        draw(1280, 720);
        bool is_rtl = view.language == WORDS_ARABIC;
        unsigned end = is_rtl ? 1280 - LEFT - WIDTH : LEFT + WIDTH;
        unsigned number = is_rtl ? end : end - NUMBER, gap = is_rtl ? end + NUMBER : number - GAP;
        assert_true(written(number, TOP, number + NUMBER, BOTTOM) > 10);
        assert_int_equal(written(gap, TOP, gap + GAP, BOTTOM), 0);
    }
}

static void h17_who_ends_what_holds_is_told_in_every_language_and_role(void **state)
{
    (void)state;
    for (unsigned language = 0; language < WORDS_LANGUAGES; language++)
        for (unsigned role = VIEW_LEADS; role < VIEW_ROLES; role++) {
            ordinary_view(&view);
            view.language = (enum words_language)language;
            view.role = (enum view_role)role;
            view.follows = false;
            view.hold_cause = HOLD_FORCE;
            uint64_t before = sum_of_pixels();
            for (unsigned i = CLEARING_NONE + 1; i < CLEARINGS; i++) {
                view.clears = (enum clearing)i;
                uint64_t now = sum_of_pixels();
                assert_true(now != before);
                before = now;
            }
        }
}

static uint64_t green_pixels(void)
{
    uint64_t count = 0;
    draw(1280, 720);
    for (unsigned y = 0; y < pixels.height; y++)
        for (unsigned x = 0; x < pixels.width; x++) {
            uint32_t pixel;
            memcpy(&pixel, pixels.bytes + y * pixels.stride + 4 * (size_t)x, sizeof pixel);
            unsigned red = pixel >> 16 & 255, green = pixel >> 8 & 255, blue = pixel & 255;
            count += green > 120 && green > 2 * red && green > blue + 40;
        }
    return count;
}

/* The view's own fields say what was said last. */
static void h59_nothing_of_a_robot_that_is_not_heard_is_told_in_green(void **state)
{
    (void)state;
    for (unsigned language = 0; language < WORDS_LANGUAGES; language++) {
        ordinary_view(&view);
        view.language = (enum words_language)language;
        for (unsigned i = 0; i < LINK_LINES_MAX; i++)
            view.lines[i].state = LINK_LINE_LOST;
        view.hand_to_eye_ms = (double)NAN;
        memset(view.band_ms, 0, sizeof view.band_ms);
        for (unsigned i = 0; i < VIEW_ARMS; i++)
            view.arms[i].force_n = (double)NAN;
        assert_true(green_pixels() > 100);
        view.unheard = true;
        view.unheard_s = 7;
        for (unsigned i = 0; i < VIEW_ARMS; i++)
            view.arms[i].state = VIEW_ARM_UNKNOWN;
        assert_int_equal(green_pixels(), 0);
        uint64_t seven = sum_of_pixels();
        view.unheard_s = 8;
        assert_true(sum_of_pixels() != seven);
    }
}

static void h50_why_the_hands_are_frozen_is_told_in_every_language(void **state)
{
    (void)state;
    char text[192], before[192];
    ordinary_view(&view);
    view.hold_cause = HOLD_FROZEN;
    for (unsigned language = 0; language < WORDS_LANGUAGES; language++) {
        view.language = (enum words_language)language;
        view.frozen_by = FROZEN_BY_UNKNOWN;
        hud_hold_of(&view, before, sizeof before);
        for (unsigned by = FROZEN_BY_PICTURE; by < FROZEN_BYS; by++) {
            view.frozen_by = (enum frozen_by)by;
            hud_hold_of(&view, text, sizeof text);
            assert_string_not_equal(text, before);
            memcpy(before, text, sizeof before);
        }
    }
    view.language = WORDS_ENGLISH;
    view.role = VIEW_WATCHES;
    view.frozen_by = FROZEN_BY_DEVICE;
    hud_hold_of(&view, text, sizeof text);
    assert_string_equal(text, "the console froze the hands (device unplugged)");
}

static void h53_who_records_is_told_apart(void **state)
{
    (void)state;
    uint64_t sums[VIEW_RECORDS];
    ordinary_view(&view);
    for (unsigned i = 0; i < VIEW_RECORDS; i++) {
        view.record = (enum view_record)i;
        sums[i] = sum_of_pixels();
        for (unsigned j = 0; j < i; j++)
            assert_true(sums[i] != sums[j]);
    }
}

static void h23_h31_which_part_and_which_fixture_are_told_by_name(void **state)
{
    (void)state;
    char text[128];
    ordinary_view(&view);
    view.hold_cause = HOLD_TRACKING;
    view.astray = 1U << STANDING_LEFT | 1U << STANDING_CAMERA;
    hud_hold_of(&view, text, sizeof text);
    assert_string_equal(text, "the arm is not where it was sent (Left, Endoscope)");
    view.hold_cause = HOLD_FORCE; /* not by that */
    hud_hold_of(&view, text, sizeof text);
    assert_string_equal(text, hud_hold(HOLD_FORCE, VIEW_LEADS, WORDS_ENGLISH));
    view.barred = STANDING_RIGHT;
    snprintf(view.fixture, sizeof view.fixture, "liver");
    hud_limit(&view, STANDING_RIGHT, FOLLOW_LIMIT_FIXTURE, text, sizeof text);
    assert_string_equal(text, "barred by: liver");
    hud_limit(&view, STANDING_LEFT, FOLLOW_LIMIT_FIXTURE, text, sizeof text); /* by another */
    assert_string_equal(text, hud_word(HUD_LIMIT_FIXTURE, WORDS_ENGLISH));
    hud_limit(&view, STANDING_CAMERA, FOLLOW_LIMIT_APART, text, sizeof text);
    assert_string_equal(text, hud_word(HUD_CAMERA_APART, WORDS_ENGLISH));
    uint64_t follows = sum_of_pixels();
    view.astray = 0;
    assert_true(sum_of_pixels() != follows);
}

/* It would be read as the pedal of who leads. */
static void only_who_leads_is_told_of_the_pedal(void **state)
{
    (void)state;
    for (unsigned role = 0; role < VIEW_ROLES; role++) {
        ordinary_view(&view);
        view.role = (enum view_role)role;
        uint64_t down = sum_of_pixels();
        view.engaged = false;
        assert_true((sum_of_pixels() != down) == (role == VIEW_LEADS));
    }
}

static void priorities_rise_with_the_alarms(void **state)
{
    (void)state;
    for (int alarm = 1; alarm < VIEW_ALARMS; alarm++)
        assert_true(view_priority((enum view_alarm)alarm) >=
                    view_priority((enum view_alarm)(alarm - 1)));
    assert_int_equal(view_priority(VIEW_ALARM_INPUT_REFUSED), VIEW_LOW);
    assert_int_equal(view_priority(VIEW_ALARM_HOLDS), VIEW_MEDIUM);
    assert_int_equal(view_priority(VIEW_ALARM_STOPPED), VIEW_HIGH);
}

static void marks_are_drawn_in_the_picture_and_nowhere_else(void **state)
{
    (void)state;
    struct stroke stroke = {.point_count = 2, .points = {{0, 32768}, {65535, 32768}}};
    ordinary_view(&view);
    assert_false(hud_has_marks(&marks));
    strokes_put(&marks.strokes, &stroke, 0);
    assert_true(hud_has_marks(&marks));
    assert_true(
        hud_draw(hud, &view, &marks, (struct hud_box){400, 0, 480, 720}, 1280, 720, &pixels));
    assert_true(painted_in_the_middle() > 480);
    assert_int_equal(painted(0.21, 0.4, 400.0 / 1280, 0.6), 0);
    memset(&marks, 0, sizeof marks);
}

static void a_view_is_drawn_the_same_each_time(void **state)
{
    (void)state;
    full_view(&view);
    draw(640, 360);
    uint8_t *first = malloc(pixels.stride * pixels.height);
    assert_non_null(first);
    memcpy(first, pixels.bytes, pixels.stride * pixels.height);
    struct view other;
    ordinary_view(&other);
    struct view kept = view;
    view = other;
    draw(640, 360);
    assert_true(memcmp(first, pixels.bytes, pixels.stride * pixels.height) != 0);
    view = kept;
    draw(640, 360);
    assert_memory_equal(first, pixels.bytes, pixels.stride * pixels.height);
    free(first);
}

static void h56_what_is_not_measured_is_drawn_and_hides_nothing(void **state)
{
    (void)state;
    ordinary_view(&view);
    view.hand_to_eye_ms = view.picture_age_ms = view.scale = view.arms[0].force_n = NAN;
    for (unsigned i = 0; i < VIEW_PARTS; i++)
        view.delay_ms[i] = NAN;
    view.lines[0].delay_ms = INFINITY;
    view.delay_ms[1] = 1e300;
    draw(1280, 720);
    assert_int_equal(painted_in_the_middle(), 0);
}

static void no_word_is_missing(void **state)
{
    (void)state;
    for (unsigned language = 0; language < WORDS_LANGUAGES; language++) {
        enum words_language in = (enum words_language)language;
        char text[64];
        for (unsigned i = 0; i < HUD_WORDS; i++)
            assert_true(hud_word((enum hud_word)i, in) && hud_word((enum hud_word)i, in)[0]);
        for (unsigned i = 0; i < VIEW_ROLES; i++)
            assert_non_null(hud_role((enum view_role)i, in));
        for (unsigned i = 0; i < VIEW_SHOWS; i++)
            assert_non_null(hud_show((enum view_show)i, in));
        for (unsigned i = 0; i < VIEW_PARTS; i++)
            assert_non_null(hud_part((enum view_part)i, in));
        for (unsigned i = 0; i < VIEW_ALARMS; i++)
            assert_non_null(hud_alarm((enum view_alarm)i, in));
        for (unsigned i = 0; i < VIEW_ARM_STATES; i++)
            assert_non_null(hud_arm_state((enum view_arm_state)i, in));
        for (unsigned i = CLEARING_NONE + 1; i < CLEARINGS; i++)
            assert_true(hud_clears((enum clearing)i, in)[0]);
        for (unsigned i = 0; i < ORDERS; i++)
            assert_non_null(hud_order((enum order)i, in));
        for (unsigned i = 0; i < LEASE_ANSWERS; i++)
            assert_non_null(hud_answer((enum lease_answer)i, in));
        for (unsigned i = 0; i < DESK_ACTIONS; i++)
            assert_non_null(hud_action((enum desk_action)i, in));
        for (unsigned i = 1; i < DESK_CONTROLS; i++) {
            hud_control((enum desk_control)i, in, text, sizeof text);
            assert_true(text[0]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h52_nothing_there_is_to_tell_hides_the_middle),
        cmocka_unit_test(h52_no_alarm_and_no_state_hides_the_middle),
        cmocka_unit_test(h53_every_alarm_is_seen_in_every_language),
        cmocka_unit_test(h53_the_worst_alarm_is_told_first),
        cmocka_unit_test(h19_what_once_more_does_and_by_which_key_is_told),
        cmocka_unit_test(h17_who_ends_what_holds_is_told_in_every_language_and_role),
        cmocka_unit_test(h17_at_the_bedside_the_key_that_goes_on_is_told_and_what_it_does),
        cmocka_unit_test(why_docking_was_refused_is_told_in_full),
        cmocka_unit_test(the_title_of_help_leaves_the_page_s_number_its_place),
        cmocka_unit_test(which_page_of_help_it_is_is_told_and_without_one_which_key_opens_it),
        cmocka_unit_test(h23_h31_which_part_and_which_fixture_are_told_by_name),
        cmocka_unit_test(h59_nothing_of_a_robot_that_is_not_heard_is_told_in_green),
        cmocka_unit_test(h50_why_the_hands_are_frozen_is_told_in_every_language),
        cmocka_unit_test(h53_who_records_is_told_apart),
        cmocka_unit_test(only_who_leads_is_told_of_the_pedal),
        cmocka_unit_test(priorities_rise_with_the_alarms),
        cmocka_unit_test(marks_are_drawn_in_the_picture_and_nowhere_else),
        cmocka_unit_test(a_view_is_drawn_the_same_each_time),
        cmocka_unit_test(h56_what_is_not_measured_is_drawn_and_hides_nothing),
        cmocka_unit_test(no_word_is_missing),
    };
    return cmocka_run_group_tests(tests, open_hud, close_hud);
}
