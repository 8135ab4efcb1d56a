/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/duty.h"

#include <string.h>

#include "access/digest.h"
#include "base/bytes.h"
#include "log/log.h"

static const char area[] = "lease";
/* Who has it, zeros for nobody; his number; how often he renewed it. */
enum { AT_NUMBER = DUTY_ID_LEN, AT_BEAT = AT_NUMBER + 8, NOTE_LEN = AT_BEAT + 8 };
enum { ARENA_BYTES_MAX = 64 * 1024 };

static const uint8_t nobody[DUTY_ID_LEN];

struct seen {
    uint8_t id[DUTY_ID_LEN];
    uint64_t number, beat;
};

bool duty_init(struct duty *duty, struct store *store, const char *name)
{
    *duty = (struct duty){.store = store, .name = name};
    arena_init(&duty->arena, ARENA_BYTES_MAX);
    return digest_random(duty->id, sizeof duty->id);
}

void duty_free(struct duty *duty)
{
    arena_free(&duty->arena);
}

/* A lease that nobody ever had is nobody's. */
static enum store_err look(struct store_view *view, const struct duty *duty, struct seen *seen)
{
    struct store_note note;
    *seen = (struct seen){.number = 0};
    enum store_err err = store_note_get(view, area, text_of(duty->name), &note);
    if (err == STORE_ERR_NONE)
        return STORE_OK;
    if (err != STORE_OK)
        return err;
    if (note.value.len != NOTE_LEN)
        return STORE_ERR_DAMAGED;
    const uint8_t *bytes = (const uint8_t *)note.value.bytes;
    memcpy(seen->id, bytes, DUTY_ID_LEN);
    seen->number = get_be64(bytes + AT_NUMBER);
    seen->beat = get_be64(bytes + AT_BEAT);
    return STORE_OK;
}

static enum store_err keep(struct store_write *write, const struct duty *duty,
                           const struct seen *seen)
{
    uint8_t bytes[NOTE_LEN];
    memcpy(bytes, seen->id, DUTY_ID_LEN);
    put_be64(bytes + AT_NUMBER, seen->number);
    put_be64(bytes + AT_BEAT, seen->beat);
    const struct store_note note = {text_of(duty->name), {(const char *)bytes, NOTE_LEN}, 0};
    return store_note_put(write, area, &note);
}

static bool is_of(const struct seen *seen, const struct duty *duty)
{
    return memcmp(seen->id, duty->id, DUTY_ID_LEN) == 0 && seen->number == duty->number;
}

enum store_err duty_hold(struct store_write *write, const struct duty *duty)
{
    struct seen seen;
    enum store_err err = look(&write->view, duty, &seen);
    return err != STORE_OK || is_of(&seen, duty) ? err : STORE_ERR_REFUSED;
}

static enum store_err renew(struct store_write *write, void *context)
{
    const struct duty *duty = context;
    struct seen seen;
    enum store_err err = look(&write->view, duty, &seen);
    if (err == STORE_OK && !is_of(&seen, duty))
        err = STORE_ERR_REFUSED;
    seen.beat++;
    return err == STORE_OK ? keep(write, duty, &seen) : err;
}

/* Unless its owner has shown a sign of life since it was looked at. */
static enum store_err take(struct store_write *write, void *context)
{
    struct duty *duty = context;
    struct seen seen;
    enum store_err err = look(&write->view, duty, &seen);
    bool is_free = memcmp(seen.id, nobody, DUTY_ID_LEN) == 0;
    if (err == STORE_OK && !is_free &&
        (seen.number != duty->seen_number || seen.beat != duty->seen_beat))
        err = STORE_ERR_REFUSED;
    memcpy(seen.id, duty->id, DUTY_ID_LEN);
    duty->number = ++seen.number;
    return err == STORE_OK ? keep(write, duty, &seen) : err;
}

static enum store_err give(struct store_write *write, void *context)
{
    const struct duty *duty = context;
    struct seen seen;
    enum store_err err = look(&write->view, duty, &seen);
    if (err == STORE_OK && !is_of(&seen, duty))
        err = STORE_ERR_REFUSED;
    memcpy(seen.id, nobody, DUTY_ID_LEN);
    return err == STORE_OK ? keep(write, duty, &seen) : err;
}

static enum store_err run(struct duty *duty,
                          enum store_err (*job)(struct store_write *write, void *context))
{
    arena_reset(&duty->arena);
    return store_run(duty->store, &duty->arena, job, duty);
}

static void hold_on(struct duty *duty, uint64_t now_ns)
{
    enum store_err err = run(duty, renew);
    if (err == STORE_OK)
        duty->until_ns =
            now_ns + DUTY_TRUST_NS; /* from before: others count from when they see it */
    if (err == STORE_ERR_REFUSED) {
        duty->is_ours = duty->has_seen = false;
        log_event(LOG_WARN, "centre_lease_lost", "name=%s", duty->name);
    }
}

/* Whether nobody shows a sign of life. */
static bool is_lost(struct duty *duty, uint64_t now_ns)
{
    struct store_view *view;
    struct seen seen;
    arena_reset(&duty->arena);
    enum store_err err = store_view_begin(duty->store, &duty->arena, &view);
    if (err == STORE_OK) {
        err = look(view, duty, &seen);
        store_view_end(view);
    }
    if (err != STORE_OK) { /* its owner could not renew it either */
        duty->has_seen = false;
        return false;
    }
    if (memcmp(seen.id, nobody, DUTY_ID_LEN) == 0)
        return true;
    if (!duty->has_seen || seen.number != duty->seen_number || seen.beat != duty->seen_beat) {
        duty->has_seen = true;
        duty->seen_number = seen.number;
        duty->seen_beat = seen.beat;
        duty->seen_ns = now_ns;
    }
    return now_ns - duty->seen_ns >= DUTY_LOST_NS;
}

static void try_to_take(struct duty *duty, uint64_t now_ns)
{
    if (!is_lost(duty, now_ns) || run(duty, take) != STORE_OK)
        return;
    duty->is_ours = true;
    duty->has_seen = false;
    duty->until_ns = now_ns + DUTY_TRUST_NS;
    log_event(LOG_INFO, "centre_lease_taken", "name=%s number=%llu", duty->name,
              (unsigned long long)duty->number);
}

bool duty_turn(struct duty *duty, uint64_t now_ns)
{
    if (now_ns < duty->due_ns)
        return duty_is_ours(duty, now_ns);
    duty->due_ns = now_ns + DUTY_RENEW_NS;
    if (duty->is_ours)
        hold_on(duty, now_ns);
    else
        try_to_take(duty, now_ns);
    return duty_is_ours(duty, now_ns);
}

bool duty_is_ours(const struct duty *duty, uint64_t now_ns)
{
    return duty->is_ours && now_ns < duty->until_ns;
}

void duty_give(struct duty *duty)
{
    if (duty->is_ours && run(duty, give) == STORE_OK)
        log_event(LOG_INFO, "centre_lease_given", "name=%s", duty->name);
    duty->is_ours = false;
}
