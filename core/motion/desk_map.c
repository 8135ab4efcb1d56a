/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/desk_map.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"

enum { LINE_BYTES_MAX = 200, WORDS_MAX = 8 };

/* Faster than any hand is meant to go by key or stick (follow.h: 2 m/s and 20 rad/s), and for one count
 * further than a pointer's pixel could ever mean. */
#define RATE_MOST_M_S 1.0
#define RATE_MOST_RAD_S 6.3
#define COUNT_MOST_M 0.05
#define COUNT_MOST_RAD 0.5
#define DEAD_MOST 0.9

static const char *const actions[DESK_ACTIONS + 1] = {
    "x",          "y",         "z",          "roll",     "pitch",   "yaw",    "jaw",
    "grip",       "engage",    "camera",     "draw",     "talk",    "swap",   "scale-up",
    "scale-down", "lock-turn", "lock-place", "reclutch", "help",    "show",   "ghost",
    "wipe",       "mute",      "mark",       "take",     "release", "refuse", "language",
    "full",       "enable",    "take-over",  "stop",     "undock",  "dock",   NULL};

static const char *const controls[DESK_CONTROLS] = {"", /* none */
                                                    "a",
                                                    "b",
                                                    "c",
                                                    "d",
                                                    "e",
                                                    "f",
                                                    "g",
                                                    "h",
                                                    "i",
                                                    "j",
                                                    "k",
                                                    "l",
                                                    "m",
                                                    "n",
                                                    "o",
                                                    "p",
                                                    "q",
                                                    "r",
                                                    "s",
                                                    "t",
                                                    "u",
                                                    "v",
                                                    "w",
                                                    "x",
                                                    "y",
                                                    "z",
                                                    "0",
                                                    "1",
                                                    "2",
                                                    "3",
                                                    "4",
                                                    "5",
                                                    "6",
                                                    "7",
                                                    "8",
                                                    "9",
                                                    "space",
                                                    "enter",
                                                    "escape",
                                                    "tab",
                                                    "backspace",
                                                    "left",
                                                    "right",
                                                    "up",
                                                    "down",
                                                    "page-up",
                                                    "page-down",
                                                    "plus",
                                                    "minus",
                                                    "shift",
                                                    "control",
                                                    "alt",
                                                    "f1",
                                                    "f2",
                                                    "f3",
                                                    "f4",
                                                    "f5",
                                                    "f6",
                                                    "f7",
                                                    "f8",
                                                    "f9",
                                                    "f10",
                                                    "f11",
                                                    "f12",
                                                    "mouse-left",
                                                    "mouse-middle",
                                                    "mouse-right",
                                                    "pad-a",
                                                    "pad-b",
                                                    "pad-x",
                                                    "pad-y",
                                                    "pad-back",
                                                    "pad-start",
                                                    "pad-left-shoulder",
                                                    "pad-right-shoulder",
                                                    "pad-up",
                                                    "pad-down",
                                                    "pad-left",
                                                    "pad-right",
                                                    "cap-button-1",
                                                    "cap-button-2",
                                                    "pad-left-x",
                                                    "pad-left-y",
                                                    "pad-right-x",
                                                    "pad-right-y",
                                                    "pad-left-trigger",
                                                    "pad-right-trigger",
                                                    "cap-x",
                                                    "cap-y",
                                                    "cap-z",
                                                    "cap-roll",
                                                    "cap-pitch",
                                                    "cap-yaw",
                                                    "mouse-x",
                                                    "mouse-y",
                                                    "mouse-wheel"};

enum desk_control_kind desk_control_kind(enum desk_control control)
{
    assert(control > DESK_NO_CONTROL && control < DESK_CONTROLS);
    return control < DESK_PAD_LEFT_X ? DESK_IS_BUTTON
           : control < DESK_MOUSE_X  ? DESK_IS_AXIS
                                     : DESK_IS_COUNTS;
}

const char *desk_action_name(enum desk_action action)
{
    assert(action < DESK_ACTIONS);
    return actions[action];
}

const char *desk_control_name(enum desk_control control)
{
    assert(control < DESK_CONTROLS);
    return controls[control];
}

/* What is wrong with the line being read. */
static bool wrong(char *why, const char *what, const char *word, const char *const *words)
{
    const char *nearest = words ? nearest_word(word, words) : NULL;
    if (nearest)
        snprintf(why, DESK_WHY_BYTES, "%s '%.40s', did you mean '%s'?", what, word, nearest);
    else
        snprintf(why, DESK_WHY_BYTES, "%s '%.40s'", what, word);
    return false;
}

static bool read_action(enum desk_action *action, const char *word, char *why)
{
    for (unsigned i = 0; i < DESK_ACTIONS; i++)
        if (!strcmp(word, actions[i])) {
            *action = (enum desk_action)i;
            return true;
        }
    return wrong(why, "no action", word, actions);
}

static bool read_control(enum desk_control *control, const char *word, char *why)
{
    const char *names[DESK_CONTROLS];
    for (unsigned i = 1; i < DESK_CONTROLS; i++) {
        names[i - 1] = controls[i];
        if (!strcmp(word, controls[i])) {
            *control = (enum desk_control)i;
            return true;
        }
    }
    names[DESK_CONTROLS - 1] = NULL;
    return wrong(why, "no control", word, names);
}

static bool read_number(double *number, const char *text, double least, double most, char *why)
{
    char *end;
    double read = strtod(text, &end);
    if (end == text || *end)
        return wrong(why, "not a number:", text, NULL);
    if (!(read >= least && read <= most)) {
        snprintf(why, DESK_WHY_BYTES, "%.40s is not from %g to %g", text, least, most);
        return false;
    }
    *number = read;
    return true;
}

static double rate_most(const struct desk_binding *binding)
{
    bool is_counts = desk_control_kind(binding->control) == DESK_IS_COUNTS;
    if (binding->action <= DESK_Z)
        return is_counts ? COUNT_MOST_M : RATE_MOST_M_S;
    return is_counts ? COUNT_MOST_RAD : RATE_MOST_RAD_S;
}

static bool read_extra(struct desk_binding *binding, const char *word, char *why)
{
    static const char *const extras[] = {"rate=", "dead=", "with=", "hand=", NULL};
    double most = rate_most(binding);

    if (!strncmp(word, "rate=", 5) && binding->action <= DESK_JAW)
        return read_number(&binding->rate, word + 5, -most, most, why);
    if (!strncmp(word, "dead=", 5) && desk_control_kind(binding->control) == DESK_IS_AXIS)
        return read_number(&binding->dead, word + 5, 0, DEAD_MOST, why);
    if (!strncmp(word, "with=", 5) && binding->action != DESK_STOP) {
        if (!read_control(&binding->with, word + 5, why))
            return false;
        return desk_control_kind(binding->with) == DESK_IS_BUTTON ||
               wrong(why, "not a button:", word + 5, NULL);
    }
    if (!strncmp(word, "hand=", 5)) {
        binding->hand = !strcmp(word + 5, "left") ? 0 : 1;
        return !strcmp(word + 5, "left") || !strcmp(word + 5, "right") ||
               wrong(why, "a hand is left or right, not", word + 5, NULL);
    }
    if (!strncmp(word, "rate=", 5) || !strncmp(word, "dead=", 5) || !strncmp(word, "with=", 5)) {
        snprintf(why, DESK_WHY_BYTES, "%.5s has no meaning for %s by %s", word,
                 actions[binding->action], controls[binding->control]);
        return false;
    }
    return wrong(why, "not understood:", word, extras);
}

/* Whether action and control go together. */
static bool fits(const struct desk_binding *binding, char *why)
{
    enum desk_control_kind kind = desk_control_kind(binding->control);
    if (binding->action <= DESK_JAW && binding->rate == 0) {
        snprintf(why, DESK_WHY_BYTES, "%s needs a rate: rate=0.05, say", actions[binding->action]);
        return false;
    }
    if ((binding->action == DESK_GRIP && kind == DESK_IS_COUNTS) ||
        (binding->action > DESK_GRIP && kind != DESK_IS_BUTTON)) {
        snprintf(why, DESK_WHY_BYTES, "%s needs a button%s, not %s", actions[binding->action],
                 binding->action == DESK_GRIP ? " or an axis" : "", controls[binding->control]);
        return false;
    }
    return true;
}

static bool is_there(const struct desk_map *map, const struct desk_binding *binding)
{
    for (unsigned i = 0; i < map->count; i++)
        if (map->bindings[i].action == binding->action &&
            map->bindings[i].control == binding->control &&
            map->bindings[i].with == binding->with && map->bindings[i].hand == binding->hand)
            return true;
    return false;
}

/* Whether a control stops, by the lines so far; Esc does in every map that is built in. */
static bool stops(const struct desk_map *map, enum desk_control control)
{
    for (unsigned i = 0; i < map->count; i++)
        if (map->bindings[i].action == DESK_STOP && map->bindings[i].control == control)
            return true;
    return control == DESK_KEY_ESCAPE;
}

/* The control that would stop and do something else too, be it only held with another (hazard H-12);
 * DESK_NO_CONTROL: none. */
static enum desk_control mixes_stop(const struct desk_map *map, const struct desk_binding *binding)
{
    if (binding->action != DESK_STOP)
        return stops(map, binding->control) ? binding->control
               : stops(map, binding->with)  ? binding->with
                                            : DESK_NO_CONTROL;
    for (unsigned i = 0; i < map->count; i++)
        if (map->bindings[i].with == binding->control ||
            (map->bindings[i].control == binding->control && map->bindings[i].action != DESK_STOP))
            return binding->control;
    return DESK_NO_CONTROL;
}

static bool read_line(struct desk_map *map, char *line, char *why)
{
    struct desk_binding binding = {.hand = DESK_HAND_ACTIVE};
    char *words[WORDS_MAX + 1] = {NULL}, *rest = NULL;
    unsigned count = 0;

    line[strcspn(line, "#")] = '\0';
    for (char *word = strtok_r(line, " \t\r", &rest); word; word = strtok_r(NULL, " \t\r", &rest)) {
        if (count == WORDS_MAX)
            return wrong(why, "too many words, from", word, NULL);
        words[count++] = word;
    }
    if (count == 0)
        return true;
    if (!read_action(&binding.action, words[0], why))
        return false;
    if (count == 1) {
        snprintf(why, DESK_WHY_BYTES, "no control after %s: a key, a button or an axis", words[0]);
        return false;
    }
    if (!read_control(&binding.control, words[1], why))
        return false;
    for (unsigned i = 2; i < count; i++)
        if (!read_extra(&binding, words[i], why))
            return false;
    if (!fits(&binding, why))
        return false;
    if (is_there(map, &binding))
        return wrong(why, "twice the same:", words[1], NULL);
    enum desk_control mixed = mixes_stop(map, &binding);
    if (mixed)
        return wrong(why, "what stops does nothing else:", controls[mixed], NULL);
    if (map->count == DESK_BINDINGS_MAX) {
        snprintf(why, DESK_WHY_BYTES, "more than %d lines", DESK_BINDINGS_MAX);
        return false;
    }
    map->bindings[map->count++] = binding;
    return true;
}

unsigned desk_map_read(struct desk_map *map, const char *text, size_t len,
                       char why[static DESK_WHY_BYTES])
{
    struct desk_map read = {.count = 0};
    unsigned number = 0;

    for (size_t at = 0; at < len;) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t line_len = end ? (size_t)(end - (text + at)) : len - at;
        char line[LINE_BYTES_MAX + 1];
        number++;
        if (line_len > LINE_BYTES_MAX || memchr(text + at, '\0', line_len)) {
            snprintf(why, DESK_WHY_BYTES, "not a line of text of at most %d bytes", LINE_BYTES_MAX);
            return number;
        }
        memcpy(line, text + at, line_len);
        line[line_len] = '\0';
        if (!read_line(&read, line, why))
            return number;
        at += line_len + 1;
    }
    if (!desk_map_find(&read, DESK_ENGAGE)) {
        snprintf(why, DESK_WHY_BYTES, "nothing engages: a line 'engage CONTROL' is needed");
        return number + 1;
    }
    *map = read;
    return 0;
}

void desk_binding_print(const struct desk_binding *binding, char *text, size_t bytes)
{
    char rate[40] = "", dead[40] = "";
    if (binding->action <= DESK_JAW)
        snprintf(rate, sizeof rate, " rate=%.17g", binding->rate);
    if (binding->dead > 0)
        snprintf(dead, sizeof dead, " dead=%.17g", binding->dead);
    snprintf(text, bytes, "%s %s%s%s%s%s%s", actions[binding->action], controls[binding->control],
             rate, dead, binding->with ? " with=" : "", controls[binding->with],
             binding->hand == DESK_HAND_ACTIVE ? ""
             : binding->hand                   ? " hand=right"
                                               : " hand=left");
}

const struct desk_binding *desk_map_find(const struct desk_map *map, enum desk_action action)
{
    for (unsigned i = 0; i < map->count; i++)
        if (map->bindings[i].action == action)
            return &map->bindings[i];
    return NULL;
}

enum desk_action desk_map_lacks(const struct desk_map *map, bool is_bedside)
{
    static const enum desk_action needed[] = {DESK_STOP, DESK_ENABLE, DESK_UNDOCK};
    unsigned count = is_bedside ? sizeof needed / sizeof *needed : 1;
    for (unsigned i = 0; i < count; i++)
        if (!desk_map_find(map, needed[i]))
            return needed[i];
    return DESK_ACTIONS;
}
