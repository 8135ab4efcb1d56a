/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/lockouts.h"

#include <pthread.h>
#include <stdlib.h>

#include "access/digest.h"
#include "base/bytes.h"
#include "centre/grants.h"
#include "clock/clock.h"

/* Notes: what is counted under a key, and the salt of the keys. */
#define AREA "lockout" /* comes to an end by itself: oauth_ending_areas */
#define SALT_AREA "lockout-salt"

enum {
    ENTRIES = 16384, /* 400 kB */
    JOB_BYTES_MAX = 64 * 1024,
    SALT_BYTES = 16,
    KEY_BYTES = 8,
    AT_MS =
        4, /* failures u32 (0: a success ended them) | lockout_count.last_ms, of since 1970, i64; big-endian */
    NOTE_LEN = AT_MS + 8,
};

struct lockouts {
    struct store *store;
    pthread_mutex_t lock; /* of what follows */
    struct lockout lockout;
    struct lockout_entry entries[ENTRIES];
};

static int64_t wall_ms(void)
{
    return (int64_t)(clock_wall_ns() / 1000000);
}

/* What waits are counted by: no clock that may be set. */
static int64_t count_ms(void)
{
    return (int64_t)(clock_monotonic_ns() / 1000000);
}

static struct text bytes_of(const void *bytes, size_t len)
{
    return (struct text){bytes, len};
}

/* --- beginning and ending --------------------------------------------------------------------------- */

/* All servers have one. */
static enum store_err find_salt(struct store_write *write, void *context)
{
    uint8_t *salt = context;
    struct store_note note;
    enum store_err err = store_note_get(&write->view, SALT_AREA, TEXT("salt"), &note);
    if (err == STORE_OK && note.value.len == SALT_BYTES) {
        memcpy(salt, note.value.bytes, SALT_BYTES);
        return STORE_OK;
    }
    if (err != STORE_ERR_NONE)
        return err == STORE_OK ? STORE_ERR_DAMAGED : err;
    if (!digest_random(salt, SALT_BYTES))
        return STORE_ERR_REFUSED;
    const struct store_note made = {TEXT("salt"), bytes_of(salt, SALT_BYTES), 0};
    return store_note_put(write, SALT_AREA, &made);
}

struct lockouts *lockouts_open(struct store *store)
{
    struct lockouts *lockouts = calloc(1, sizeof *lockouts);
    uint8_t salt[SALT_BYTES];
    struct arena arena;

    arena_init(&arena, JOB_BYTES_MAX);
    enum store_err err = lockouts ? store_run(store, &arena, find_salt, salt) : STORE_ERR_MEMORY;
    arena_free(&arena);
    if (err != STORE_OK) {
        free(lockouts);
        return NULL;
    }
    lockouts->store = store;
    pthread_mutex_init(&lockouts->lock, NULL);
    lockout_init(&lockouts->lockout, lockouts->entries, ENTRIES, salt);
    return lockouts;
}

void lockouts_close(struct lockouts *lockouts)
{
    if (!lockouts)
        return;
    pthread_mutex_destroy(&lockouts->lock);
    free(lockouts);
}

/* --- told to the other servers ---------------------------------------------------------------------- */

struct share {
    struct store_job job;
    struct arena arena;
    bool has_failed;
    size_t count;
    struct lockout_key keys[LOCKOUT_KEYS_MAX];
};

static struct text key_bytes(const struct lockout_key *key, uint8_t bytes[static KEY_BYTES])
{
    put_be64(bytes, key->key);
    return bytes_of(bytes, KEY_BYTES);
}

/* What all have counted until now. */
static enum store_err count_of(struct store_view *view, struct text key, int64_t now_ms,
                               struct lockout_count *count)
{
    struct store_note note;
    enum store_err err = store_note_get(view, AREA, key, &note);
    if (err != STORE_OK)
        return err == STORE_ERR_NONE ? STORE_OK : err;
    if (note.value.len == NOTE_LEN && note.due_ms > now_ms) {
        const uint8_t *bytes = (const uint8_t *)note.value.bytes;
        count->failures = get_be32(bytes);
        count->last_ms = (int64_t)get_be64(bytes + AT_MS);
    }
    return STORE_OK;
}

static enum store_err share_run(struct store_write *write, void *context)
{
    const struct share *share = context;
    int64_t now_ms = wall_ms();
    enum store_err err = STORE_OK;
    for (size_t i = 0; err == STORE_OK && i < share->count; i++) {
        uint8_t bytes[KEY_BYTES], value[NOTE_LEN];
        enum lockout_kind kind = share->keys[i].kind;
        struct text key = key_bytes(&share->keys[i], bytes);
        struct lockout_count count = {.last_ms = now_ms, .kind = (uint8_t)kind};
        if (share->has_failed) {
            err = count_of(&write->view, key, now_ms, &count);
            lockout_add(&count, now_ms);
        }
        if (err != STORE_OK)
            return err;
        put_be32(value, count.failures);
        put_be64(value + AT_MS, (uint64_t)count.last_ms);
        const struct store_note note = {key, bytes_of(value, NOTE_LEN),
                                        now_ms + lockout_kept_ms(kind)};
        err = store_note_put(write, AREA, &note);
    }
    return err;
}

static void share_done(enum store_err err, const char *help, void *context)
{
    struct share *share = context;
    (void)err;
    (void)help;
    arena_free(&share->arena);
    free(share);
}

/* A success ends what its first key counts. */
static void share_count(struct lockouts *lockouts, const struct lockout_attempt *attempt,
                        bool has_failed)
{
    struct share *share = calloc(1, sizeof *share);
    if (!share)
        return;
    size_t count = lockout_keys(&lockouts->lockout, attempt, share->keys);
    share->has_failed = has_failed;
    share->count = has_failed ? count : 1;
    arena_init(&share->arena, JOB_BYTES_MAX);
    share->job = (struct store_job){
        .run = share_run, .done = share_done, .context = share, .arena = &share->arena};
    if (store_submit(lockouts->store, &share->job) != STORE_OK)
        share_done(STORE_ERR_BUSY, NULL, share);
}

void lockouts_hear(struct lockouts *lockouts, struct oauth_turn *turn,
                   const struct lockout_attempt *attempt)
{
    struct lockout_key keys[LOCKOUT_KEYS_MAX];
    size_t count = lockout_keys(&lockouts->lockout, attempt, keys);
    for (size_t i = 0; i < count; i++) {
        uint8_t key[KEY_BYTES];
        struct text value;
        if (turn->store->get(turn->store->context, AREA, key_bytes(&keys[i], key), turn->arena,
                             &value) != OAUTH_FOUND ||
            value.len != NOTE_LEN)
            continue;
        const uint8_t *bytes = (const uint8_t *)value.bytes;
        int64_t ago_ms = turn->now_ms - (int64_t)get_be64(bytes + AT_MS);
        pthread_mutex_lock(&lockouts->lock);
        lockout_hear(&lockouts->lockout, keys[i], get_be32(bytes), ago_ms < 0 ? 0 : ago_ms,
                     count_ms());
        pthread_mutex_unlock(&lockouts->lock);
    }
}

/* --- counted here ----------------------------------------------------------------------------------- */

int64_t lockouts_wait(struct lockouts *lockouts, const struct lockout_attempt *attempt)
{
    pthread_mutex_lock(&lockouts->lock);
    int64_t wait = lockout_wait(&lockouts->lockout, attempt, count_ms());
    pthread_mutex_unlock(&lockouts->lock);
    return wait;
}

int64_t lockouts_reserve(struct lockouts *lockouts, const struct lockout_attempt *attempt)
{
    pthread_mutex_lock(&lockouts->lock);
    int64_t wait = lockout_wait(&lockouts->lockout, attempt, count_ms());
    if (wait == 0)
        lockout_failed(&lockouts->lockout, attempt, count_ms());
    pthread_mutex_unlock(&lockouts->lock);
    return wait;
}

void lockouts_settle(struct lockouts *lockouts, const struct lockout_attempt *attempt,
                     enum lockouts_end end)
{
    bool had_failures = false;
    if (end != LOCKOUTS_WRONG) {
        pthread_mutex_lock(&lockouts->lock);
        lockout_forgive(&lockouts->lockout, attempt);
        if (end == LOCKOUTS_RIGHT)
            had_failures = lockout_succeeded(&lockouts->lockout, attempt);
        pthread_mutex_unlock(&lockouts->lock);
    }
    if (end == LOCKOUTS_WRONG || had_failures)
        share_count(lockouts, attempt, end == LOCKOUTS_WRONG);
}

void lockouts_count(struct lockouts *lockouts, const struct lockout_attempt *attempt,
                    bool has_failed)
{
    bool had_failures = false;
    pthread_mutex_lock(&lockouts->lock);
    if (has_failed)
        lockout_failed(&lockouts->lockout, attempt, count_ms());
    else
        had_failures = lockout_succeeded(&lockouts->lockout, attempt);
    pthread_mutex_unlock(&lockouts->lock);
    if (has_failed || had_failures)
        share_count(lockouts, attempt, has_failed);
}
