/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhirpath/regex.h"

#include "fhirpath/case.h"
#include "fhirpath/regex_inside.h"

enum { SLOTS = 2 * REGEX_GROUPS_MAX };

static const uint32_t nowhere = UINT32_MAX; /* of a group that was not come to */

/* The ways that are walked at once, in order of preference: each a part, with where its groups were. */
struct ways {
    uint32_t count;
    uint32_t *parts;
    uint32_t *slots; /* SLOTS of each way; NULL: not asked for */
};

struct regex_scratch {
    uint32_t room; /* parts */
    bool has_slots;
    struct ways now, next;
    uint32_t *marks;          /* of each part, the round in which it was last added */
    uint32_t *pending;        /* parts still to follow while one is added */
    uint32_t (*saved)[SLOTS]; /* beside pending: the slots there */
    uint32_t round;
};

static bool make_ways(struct ways *ways, struct arena *arena, uint32_t room, bool has_slots)
{
    ways->parts = arena_take_zeroed(arena, room, sizeof *ways->parts);
    ways->slots = has_slots ? arena_take_zeroed(arena, room, SLOTS * sizeof *ways->slots) : NULL;
    return ways->parts && (ways->slots || !has_slots);
}

/* Scratch with room for the pattern. */
static bool prepare(struct regex_search *search, const struct regex *regex, bool has_slots)
{
    struct regex_scratch *scratch = search->scratch;
    if (scratch && scratch->room >= regex->count && scratch->has_slots >= has_slots)
        return true;
    uint32_t room = scratch ? scratch->room : 64;
    while (room < regex->count)
        room *= 2;
    if (!(scratch = arena_take_zeroed(search->arena, 1, sizeof *scratch)))
        return false;
    scratch->room = room;
    scratch->has_slots = has_slots;
    scratch->marks = arena_take_zeroed(search->arena, room, sizeof *scratch->marks);
    scratch->pending = arena_take_zeroed(search->arena, 2 * (size_t)room, sizeof *scratch->pending);
    scratch->saved =
        has_slots ? arena_take_zeroed(search->arena, 2 * (size_t)room, sizeof *scratch->saved)
                  : NULL;
    if (!scratch->marks || !scratch->pending || (has_slots && !scratch->saved) ||
        !make_ways(&scratch->now, search->arena, room, has_slots) ||
        !make_ways(&scratch->next, search->arena, room, has_slots))
        return false;
    search->scratch = scratch;
    return true;
}

static bool is_word(uint32_t code)
{
    return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') || code == '_' ||
           (code >= 'a' && code <= 'z');
}

struct place {
    struct text text;
    size_t at;
};

static bool holds(const struct regex_part *part, const struct place *place)
{
    const struct text text = place->text;
    size_t at = place->at;
    if (part->code == REGEX_AT_START)
        return at == 0;
    if (part->code == REGEX_AT_END)
        return at == text.len;
    bool before = at > 0 && is_word((unsigned char)text.bytes[at - 1]);
    bool after = at < text.len && is_word((unsigned char)text.bytes[at]);
    return (before != after) != part->is_negated;
}

struct walk {
    const struct regex *regex;
    struct regex_scratch *scratch;
    uint32_t steps; /* taken since they were last counted */
};

static void push(struct walk *walk, uint32_t *count, uint32_t part, const uint32_t *slots)
{
    struct regex_scratch *scratch = walk->scratch;
    if (scratch->marks[part] == scratch->round)
        return;
    scratch->marks[part] = scratch->round;
    if (slots)
        memcpy(scratch->saved[*count], slots, sizeof *scratch->saved);
    scratch->pending[(*count)++] = part;
}

/* Adds to `ways` all parts that `part` leads to without a character. */
static void follow(struct walk *walk, struct ways *ways, uint32_t part, const uint32_t *slots,
                   const struct place *place)
{
    struct regex_scratch *scratch = walk->scratch;
    uint32_t count = 0, own[SLOTS];
    push(walk, &count, part, slots);
    while (count > 0) {
        uint32_t at = scratch->pending[--count];
        const struct regex_part *about = &walk->regex->parts[at];
        walk->steps++;
        if (slots)
            memcpy(own, scratch->saved[count], sizeof own);
        const uint32_t *here = slots ? own : NULL;
        switch ((enum regex_code)about->code) {
        case REGEX_JUMP:
            push(walk, &count, at + (uint32_t)about->x, here);
            break;
        case REGEX_SPLIT: /* the preferred one last, since it is taken first */
            push(walk, &count, at + (uint32_t)about->y, here);
            push(walk, &count, at + (uint32_t)about->x, here);
            break;
        case REGEX_SAVE:
            if (here)
                own[about->x] = (uint32_t)place->at;
            push(walk, &count, at + 1, here);
            break;
        case REGEX_AT_START:
        case REGEX_AT_END:
        case REGEX_AT_WORD:
            if (holds(about, place))
                push(walk, &count, at + 1, here);
            break;
        case REGEX_CHARACTER:
        case REGEX_ANY:
        case REGEX_CLASS:
        case REGEX_MATCH:
            if (here)
                memcpy(ways->slots + (size_t)ways->count * SLOTS, here, sizeof own);
            ways->parts[ways->count++] = at;
            break;
        }
    }
}

static bool takes(const struct walk *walk, const struct regex_part *part, uint32_t code)
{
    if (part->code == REGEX_CHARACTER)
        return code == (uint32_t)part->x;
    if (part->code != REGEX_CLASS)
        return part->code == REGEX_ANY;
    const struct regex_range *range = walk->regex->ranges + part->x;
    for (int32_t i = 0; i < part->y; i++)
        if (code >= range[i].first && code <= range[i].last)
            return !part->is_negated;
    return part->is_negated;
}

static bool count_steps(struct walk *walk, struct regex_search *search)
{
    uint32_t steps = walk->steps + 1;
    walk->steps = 0;
    if (steps > *search->steps_left) {
        *search->steps_left = 0;
        return false;
    }
    *search->steps_left -= steps;
    return true;
}

static void next_round(struct regex_scratch *scratch)
{
    if (++scratch->round == 0) {
        memset(scratch->marks, 0, scratch->room * sizeof *scratch->marks);
        scratch->round = 1;
    }
}

/* The leftmost match at `from` or later. `slots` (SLOTS of them) NULL: only whether there is one. */
static enum regex_err search_from(const struct regex *regex, struct text text, size_t from,
                                  struct regex_search *search, uint32_t *slots, bool *is_found)
{
    if (!prepare(search, regex, slots != NULL))
        return REGEX_ERR_MEMORY;
    struct regex_scratch *scratch = search->scratch;
    struct walk walk = {.regex = regex, .scratch = scratch};
    struct ways *now = &scratch->now, *next = &scratch->next;
    uint32_t none[SLOTS];
    memset(none, 0xFF, sizeof none); /* nowhere */
    struct place place = {text, from};
    *is_found = false;
    now->count = 0;
    next_round(scratch);
    for (;;) {
        if (!*is_found) /* a match may begin here, after all that have begun before */
            follow(&walk, now, 0, slots ? none : NULL, &place);
        if (!count_steps(&walk, search))
            return REGEX_ERR_STEPS;
        size_t at = place.at;
        uint32_t code = at < text.len ? utf8_next(text, &place.at) : 0;
        bool is_end = at >= text.len;
        next->count = 0;
        next_round(scratch);
        for (uint32_t i = 0; i < now->count; i++) {
            const struct regex_part *part = &regex->parts[now->parts[i]];
            const uint32_t *own = slots ? now->slots + (size_t)i * SLOTS : NULL;
            walk.steps++;
            if (part->code == REGEX_MATCH) { /* what is preferred less is dropped */
                *is_found = true;
                if (!slots)
                    return REGEX_OK;
                memcpy(slots, own, sizeof none);
                break;
            }
            if (!is_end && takes(&walk, part, code))
                follow(&walk, next, now->parts[i] + 1, own, &place);
        }
        if (is_end || (*is_found && next->count == 0))
            return REGEX_OK;
        struct ways *swapped = now;
        now = next;
        next = swapped;
    }
}

enum regex_err regex_find(const struct regex *regex, struct text text, struct regex_search *search,
                          bool *is_found)
{
    return search_from(regex, text, 0, search, NULL, is_found);
}

/* Writes what replaces one match. False: more than `len_max`. */
static bool write_replacement(struct buffer *out, struct text text, struct text by,
                              const uint32_t *slots, size_t len_max)
{
    for (size_t at = 0; at < by.len && out->len <= len_max; at++) {
        char byte = by.bytes[at], next = at + 1 < by.len ? by.bytes[at + 1] : '\0';
        if (byte == '$' && next >= '0' && next <= '9') {
            const uint32_t *group = slots + 2 * (next - '0');
            if (group[0] != nowhere && group[1] != nowhere)
                buffer_add(out, (struct text){text.bytes + group[0], group[1] - group[0]});
            at++;
        } else {
            if (byte == '\\' && (next == '$' || next == '\\'))
                byte = by.bytes[++at];
            buffer_add_byte(out, byte);
        }
    }
    return out->len <= len_max;
}

enum regex_err regex_replace(const struct regex *regex, struct text text, struct text by,
                             struct regex_search *search, size_t bytes_max, struct buffer *out)
{
    size_t from = 0, copied = 0;
    if (text.len >= nowhere)
        return REGEX_ERR_MEMORY;
    while (from <= text.len) {
        uint32_t slots[SLOTS];
        bool is_found;
        enum regex_err err = search_from(regex, text, from, search, slots, &is_found);
        if (err)
            return err;
        if (!is_found)
            break;
        buffer_add(out, (struct text){text.bytes + copied, slots[0] - copied});
        if (!write_replacement(out, text, by, slots, bytes_max))
            return REGEX_ERR_MEMORY;
        copied = slots[1];
        from = slots[1];
        if (slots[1] == slots[0]) { /* an empty match: on by a character, which stays */
            if (from == text.len)
                break;
            (void)utf8_next(text, &from);
        }
    }
    buffer_add(out, (struct text){text.bytes + copied, text.len - copied});
    return out->failed || out->len > bytes_max ? REGEX_ERR_MEMORY : REGEX_OK;
}
