/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/lockout.h"

#include <assert.h>

#include "access/digest.h"
#include "base/bytes.h"

struct text lockout_source(struct text address)
{
    size_t groups = 0;
    for (size_t i = 0; i < address.len; i++) {
        bool is_short =
            address.bytes[i] == ':' && i + 1 < address.len && address.bytes[i + 1] == ':';
        groups += address.bytes[i] == ':';
        if (is_short || groups == 4)
            return (struct text){address.bytes, i};
    }
    return address;
}

/* What failures count against. */
enum { BY_SOURCE, BY_STRANGERS, BY_DEVICE };

void lockout_init(struct lockout *lockout, struct lockout_entry *entries, size_t count,
                  const uint8_t salt[static 16])
{
    assert(count >= LOCKOUT_ENTRIES_MIN && (count & (count - 1)) == 0);
    *lockout = (struct lockout){.entries = entries, .count = count};
    memcpy(lockout->salt, salt, sizeof lockout->salt);
    memset(entries, 0, count * sizeof *entries);
}

static uint64_t key_of(const struct lockout *lockout, uint8_t kind, struct text first,
                       struct text second)
{
    uint8_t text[1 + 2 * DIGEST_LEN], mac[DIGEST_LEN];

    text[0] = kind;
    digest_of(first, text + 1);
    digest_of(second, text + 1 + DIGEST_LEN);
    digest_hmac((struct text){(const char *)lockout->salt, sizeof lockout->salt},
                (struct text){(const char *)text, sizeof text}, mac);
    uint64_t key = get_be64(mac);
    return key ? key : 1;
}

/* What an attempt counts against: its account as seen from where it comes, and its source, but for browsers that are
 * known. How many. */
size_t lockout_keys(const struct lockout *lockout, const struct lockout_attempt *attempt,
                    uint64_t keys[static LOCKOUT_KEYS_MAX])
{
    if (attempt->device.len) {
        keys[0] = key_of(lockout, BY_DEVICE, attempt->account, attempt->device);
        return 1;
    }
    keys[0] = key_of(lockout, BY_STRANGERS, attempt->account, TEXT(""));
    keys[1] = key_of(lockout, BY_SOURCE, attempt->source, TEXT(""));
    return 2;
}

static struct lockout_entry *entry_at(const struct lockout *lockout, uint64_t key, size_t probe)
{
    return &lockout->entries[((size_t)key + probe) & (lockout->count - 1)];
}

static struct lockout_entry *find(const struct lockout *lockout, uint64_t key)
{
    for (size_t i = 0; i < LOCKOUT_PROBES; i++)
        if (entry_at(lockout, key, i)->key == key)
            return entry_at(lockout, key, i);
    return NULL;
}

static bool is_forgotten(const struct lockout_entry *entry, int64_t now_ms)
{
    return entry->key == 0 || now_ms - entry->last_ms >= LOCKOUT_FORGET_MS;
}

/* A free one, a forgotten one, or the one with fewest failures, the oldest of these. */
static struct lockout_entry *make_room(const struct lockout *lockout, uint64_t key, int64_t now_ms)
{
    struct lockout_entry *least = NULL;

    for (size_t i = 0; i < LOCKOUT_PROBES; i++) {
        struct lockout_entry *entry = entry_at(lockout, key, i);
        if (is_forgotten(entry, now_ms))
            return entry;
        if (!least || entry->failures < least->failures ||
            (entry->failures == least->failures && entry->last_ms < least->last_ms))
            least = entry;
    }
    return least;
}

static int64_t wait_of(const struct lockout_entry *entry, int64_t now_ms)
{
    int64_t wait_ms = LOCKOUT_FIRST_MS;

    if (!entry || is_forgotten(entry, now_ms) || entry->failures < LOCKOUT_FREE)
        return 0;
    for (uint32_t i = LOCKOUT_FREE; i < entry->failures && wait_ms < LOCKOUT_WAIT_MS_MAX; i++)
        wait_ms *= 2;
    if (wait_ms > LOCKOUT_WAIT_MS_MAX)
        wait_ms = LOCKOUT_WAIT_MS_MAX;
    int64_t left_ms = entry->last_ms + wait_ms - now_ms;
    return left_ms < 0 ? 0 : left_ms > wait_ms ? wait_ms : left_ms; /* a clock that went back */
}

int64_t lockout_wait(const struct lockout *lockout, const struct lockout_attempt *attempt,
                     int64_t now_ms)
{
    uint64_t keys[LOCKOUT_KEYS_MAX];
    int64_t longest = 0;

    size_t count = lockout_keys(lockout, attempt, keys);
    for (size_t i = 0; i < count; i++) {
        int64_t wait_ms = wait_of(find(lockout, keys[i]), now_ms);
        longest = wait_ms > longest ? wait_ms : longest;
    }
    return longest;
}

/* The one of this key, which counts from now on. */
static struct lockout_entry *take(const struct lockout *lockout, uint64_t key, int64_t now_ms)
{
    struct lockout_entry *entry = find(lockout, key);
    if (!entry || is_forgotten(entry, now_ms)) {
        entry = entry ? entry : make_room(lockout, key, now_ms);
        *entry = (struct lockout_entry){.key = key};
    }
    return entry;
}

void lockout_failed(struct lockout *lockout, const struct lockout_attempt *attempt, int64_t now_ms)
{
    uint64_t keys[LOCKOUT_KEYS_MAX];

    size_t count = lockout_keys(lockout, attempt, keys);
    for (size_t i = 0; i < count; i++) {
        struct lockout_entry *entry = take(lockout, keys[i], now_ms);
        entry->failures += entry->failures < UINT32_MAX;
        entry->last_ms = now_ms;
    }
}

void lockout_forgive(struct lockout *lockout, const struct lockout_attempt *attempt)
{
    uint64_t keys[LOCKOUT_KEYS_MAX];

    size_t count = lockout_keys(lockout, attempt, keys);
    for (size_t i = 0; i < count; i++) {
        struct lockout_entry *entry = find(lockout, keys[i]);
        if (entry && entry->failures)
            entry->failures--;
    }
}

bool lockout_succeeded(struct lockout *lockout, const struct lockout_attempt *attempt)
{
    uint64_t keys[LOCKOUT_KEYS_MAX];

    (void)lockout_keys(lockout, attempt, keys);
    struct lockout_entry *entry = find(lockout, keys[0]);
    bool had_failures = entry && entry->failures;
    if (entry)
        *entry = (struct lockout_entry){0};
    return had_failures;
}

void lockout_hear(struct lockout *lockout, uint64_t key, uint32_t failures, int64_t ago_ms,
                  int64_t now_ms)
{
    int64_t last_ms = now_ms - ago_ms;
    struct lockout_entry *entry;

    if (ago_ms >= LOCKOUT_FORGET_MS)
        return;
    if (failures == 0) {
        entry = find(lockout, key);
        if (entry && entry->last_ms <= last_ms)
            *entry = (struct lockout_entry){0};
        return;
    }
    entry = take(lockout, key, now_ms);
    if (entry->failures == 0 || last_ms > entry->last_ms)
        entry->last_ms = last_ms;
    if (failures > entry->failures)
        entry->failures = failures;
}
