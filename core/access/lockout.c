/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/lockout.h"

#include <arpa/inet.h>
#include <assert.h>

#include "access/digest.h"
#include "base/bytes.h"

/* A kind either doubles its wait and forgets all at once, or loses one failure after the other. */
struct rule {
    uint32_t free;
    int64_t loses_ms; /* 0: it doubles */
};

static const struct rule rules[LOCKOUT_KINDS] = {
    [LOCKOUT_DEVICE] = {LOCKOUT_FREE, 0},
    [LOCKOUT_PLACE] = {LOCKOUT_FREE, 0},
    [LOCKOUT_CODES] = {LOCKOUT_FREE, 0},
    [LOCKOUT_NETWORK] = {LOCKOUT_NETWORK_FREE, LOCKOUT_NETWORK_LOSES_MS},
    [LOCKOUT_SOURCE] = {LOCKOUT_ACCOUNT_FREE, LOCKOUT_ACCOUNT_LOSES_MS},
    [LOCKOUT_ACCOUNT] = {LOCKOUT_ACCOUNT_FREE, LOCKOUT_ACCOUNT_LOSES_MS},
};

/* --- places ---------------------------------------------------------------------------------------- */

enum { V4_BYTES = 4, V6_BYTES = 16, MAPPED_AT = 12, SOURCE_V6_BYTES = 8, NETWORK_V6_BYTES = 6 };

/* The bytes of an address: how many; 0: it is none. One that stands in IPv6 for one of IPv4 is that. */
static size_t read_address(struct text address, uint8_t bytes[static V6_BYTES])
{
    static const uint8_t mapped[MAPPED_AT] = {[10] = 0xff, [11] = 0xff};
    char text[LOCKOUT_SOURCE_LEN_MAX];
    if (address.len >= sizeof text)
        return 0;
    if (address.len)
        memcpy(text, address.bytes, address.len);
    text[address.len] = '\0';
    if (inet_pton(AF_INET, text, bytes) == 1)
        return V4_BYTES;
    if (inet_pton(AF_INET6, text, bytes) != 1)
        return 0;
    if (memcmp(bytes, mapped, MAPPED_AT) != 0)
        return V6_BYTES;
    memmove(bytes, bytes + MAPPED_AT, V4_BYTES);
    return V4_BYTES;
}

struct text lockout_source(struct text address, char room[static LOCKOUT_SOURCE_LEN_MAX])
{
    uint8_t bytes[V6_BYTES];
    size_t len = read_address(address, bytes);
    if (len == V6_BYTES)
        memset(bytes + SOURCE_V6_BYTES, 0, V6_BYTES - SOURCE_V6_BYTES);
    bool is_written =
        len && inet_ntop(len == V4_BYTES ? AF_INET : AF_INET6, bytes, room, LOCKOUT_SOURCE_LEN_MAX);
    return is_written ? text_of(room) : address;
}

/* The addresses around one, /24 of IPv4, /48 of IPv6 (RFC 6177: what a site is given); or one itself. */
static struct text prefix_of(struct text address, bool is_network, uint8_t bytes[static V6_BYTES])
{
    size_t len = read_address(address, bytes);
    if (len == 0)
        return address;
    if (len == V6_BYTES)
        len = is_network ? NETWORK_V6_BYTES : SOURCE_V6_BYTES;
    else
        len -= is_network;
    return (struct text){(const char *)bytes, len};
}

/* --- counts ---------------------------------------------------------------------------------------- */

/* What is left of it now. */
static void settle(struct lockout_count *count, int64_t now_ms)
{
    int64_t loses_ms = rules[count->kind].loses_ms, since_ms = now_ms - count->last_ms;
    if (loses_ms == 0) {
        if (since_ms >= LOCKOUT_FORGET_MS)
            count->failures = 0;
        return;
    }
    int64_t lost = since_ms > 0 ? since_ms / loses_ms : 0;
    count->failures = lost < count->failures ? count->failures - (uint32_t)lost : 0;
    count->last_ms += lost * loses_ms;
}

void lockout_add(struct lockout_count *count, int64_t now_ms)
{
    settle(count, now_ms);
    if (count->failures == 0 || rules[count->kind].loses_ms == 0)
        count->last_ms = now_ms;
    count->failures += count->failures < UINT32_MAX;
}

int64_t lockout_kept_ms(enum lockout_kind kind)
{
    const struct rule *rule = &rules[kind];
    return rule->loses_ms ? 2 * rule->free * rule->loses_ms : LOCKOUT_FORGET_MS;
}

static int64_t wait_of(struct lockout_count count, int64_t now_ms)
{
    const struct rule *rule = &rules[count.kind];
    int64_t wait_ms = rule->loses_ms ? rule->loses_ms : LOCKOUT_FIRST_MS;

    settle(&count, now_ms);
    if (count.failures < rule->free)
        return 0;
    if (rule->loses_ms == 0)
        for (uint32_t i = rule->free; i < count.failures && wait_ms < LOCKOUT_WAIT_MS_MAX; i++)
            wait_ms *= 2;
    if (wait_ms > LOCKOUT_WAIT_MS_MAX)
        wait_ms = LOCKOUT_WAIT_MS_MAX;
    int64_t left_ms = count.last_ms + wait_ms - now_ms;
    return left_ms < 0 ? 0 : left_ms > wait_ms ? wait_ms : left_ms; /* a clock that went back */
}

/* --- the table ------------------------------------------------------------------------------------- */

void lockout_init(struct lockout *lockout, struct lockout_entry *entries, size_t count,
                  const uint8_t salt[static 16])
{
    assert(count >= LOCKOUT_ENTRIES_MIN && (count & (count - 1)) == 0);
    *lockout = (struct lockout){.entries = entries, .count = count};
    memcpy(lockout->salt, salt, sizeof lockout->salt);
    memset(entries, 0, count * sizeof *entries);
}

static struct lockout_key key_of(const struct lockout *lockout, enum lockout_kind kind,
                                 struct text first, struct text second)
{
    uint8_t text[1 + 2 * DIGEST_LEN], mac[DIGEST_LEN];

    text[0] = (uint8_t)kind;
    digest_of(first, text + 1);
    digest_of(second, text + 1 + DIGEST_LEN);
    digest_hmac((struct text){(const char *)lockout->salt, sizeof lockout->salt},
                (struct text){(const char *)text, sizeof text}, mac);
    uint64_t key = get_be64(mac);
    return (struct lockout_key){key ? key : 1, kind};
}

size_t lockout_keys(const struct lockout *lockout, const struct lockout_attempt *attempt,
                    struct lockout_key keys[static LOCKOUT_KEYS_MAX])
{
    uint8_t source_bytes[V6_BYTES], network_bytes[V6_BYTES];
    struct text source = prefix_of(attempt->address, false, source_bytes);
    struct text network = prefix_of(attempt->address, true, network_bytes);
    size_t count = 0;

    if (attempt->device.len) {
        keys[count++] = key_of(lockout, LOCKOUT_DEVICE, attempt->account, attempt->device);
        return count;
    }
    keys[count++] = attempt->is_code ? key_of(lockout, LOCKOUT_CODES, attempt->account, TEXT(""))
                                     : key_of(lockout, LOCKOUT_PLACE, attempt->account, source);
    if (!attempt->is_code && !attempt->is_known_place) {
        keys[count++] = key_of(lockout, LOCKOUT_NETWORK, attempt->account, network);
        keys[count++] = key_of(lockout, LOCKOUT_ACCOUNT, attempt->account, TEXT(""));
    }
    keys[count++] = key_of(lockout, LOCKOUT_SOURCE, source, TEXT(""));
    return count;
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
    struct lockout_count count = entry->count;
    settle(&count, now_ms);
    return entry->key == 0 || count.failures == 0;
}

/* A free one, a forgotten one, or the one with fewest failures, the oldest of these. */
static struct lockout_entry *make_room(const struct lockout *lockout, uint64_t key, int64_t now_ms)
{
    struct lockout_entry *least = NULL;

    for (size_t i = 0; i < LOCKOUT_PROBES; i++) {
        struct lockout_entry *entry = entry_at(lockout, key, i);
        if (is_forgotten(entry, now_ms))
            return entry;
        if (!least || entry->count.failures < least->count.failures ||
            (entry->count.failures == least->count.failures &&
             entry->count.last_ms < least->count.last_ms))
            least = entry;
    }
    return least;
}

int64_t lockout_wait(const struct lockout *lockout, const struct lockout_attempt *attempt,
                     int64_t now_ms)
{
    struct lockout_key keys[LOCKOUT_KEYS_MAX];
    int64_t longest = 0;

    size_t count = lockout_keys(lockout, attempt, keys);
    for (size_t i = 0; i < count; i++) {
        const struct lockout_entry *entry = find(lockout, keys[i].key);
        int64_t wait_ms = entry ? wait_of(entry->count, now_ms) : 0;
        longest = wait_ms > longest ? wait_ms : longest;
    }
    return longest;
}

/* The one of this key, which counts from now on. */
static struct lockout_entry *take(const struct lockout *lockout, struct lockout_key key,
                                  int64_t now_ms)
{
    struct lockout_entry *entry = find(lockout, key.key);
    if (!entry || is_forgotten(entry, now_ms)) {
        entry = entry ? entry : make_room(lockout, key.key, now_ms);
        *entry = (struct lockout_entry){.key = key.key, .count.kind = (uint8_t)key.kind};
    }
    return entry;
}

void lockout_failed(struct lockout *lockout, const struct lockout_attempt *attempt, int64_t now_ms)
{
    struct lockout_key keys[LOCKOUT_KEYS_MAX];

    size_t count = lockout_keys(lockout, attempt, keys);
    for (size_t i = 0; i < count; i++)
        lockout_add(&take(lockout, keys[i], now_ms)->count, now_ms);
}

void lockout_forgive(struct lockout *lockout, const struct lockout_attempt *attempt)
{
    struct lockout_key keys[LOCKOUT_KEYS_MAX];

    size_t count = lockout_keys(lockout, attempt, keys);
    for (size_t i = 0; i < count; i++) {
        struct lockout_entry *entry = find(lockout, keys[i].key);
        if (entry && entry->count.failures)
            entry->count.failures--;
    }
}

bool lockout_succeeded(struct lockout *lockout, const struct lockout_attempt *attempt)
{
    struct lockout_key keys[LOCKOUT_KEYS_MAX];

    (void)lockout_keys(lockout, attempt, keys);
    struct lockout_entry *entry = find(lockout, keys[0].key);
    bool had_failures = entry && entry->count.failures;
    if (entry)
        *entry = (struct lockout_entry){0};
    return had_failures;
}

void lockout_hear(struct lockout *lockout, struct lockout_key key, uint32_t failures,
                  int64_t ago_ms, int64_t now_ms)
{
    struct lockout_count heard = {now_ms - ago_ms, failures, (uint8_t)key.kind};
    struct lockout_entry *entry;

    if (failures == 0) {
        entry = find(lockout, key.key);
        if (entry && entry->count.last_ms <= heard.last_ms)
            *entry = (struct lockout_entry){0};
        return;
    }
    settle(&heard, now_ms);
    if (heard.failures == 0)
        return;
    entry = take(lockout, key, now_ms);
    settle(&entry->count, now_ms);
    bool is_more = heard.failures > entry->count.failures;
    if (entry->count.failures == 0 ||
        (rules[key.kind].loses_ms ? is_more : heard.last_ms > entry->count.last_ms))
        entry->count.last_ms = heard.last_ms;
    if (is_more)
        entry->count.failures = heard.failures;
}
