/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/replay.h"

#include <assert.h>

#include "access/digest.h"
#include "base/bytes.h"

void replay_init(struct replay *replay, struct replay_entry *entries, size_t count)
{
    assert(count >= REPLAY_ENTRIES_MIN && (count & (count - 1)) == 0);
    *replay = (struct replay){entries, count};
    memset(entries, 0, count * sizeof *entries);
}

bool replay_first(struct replay *replay, struct text who, struct text what, int64_t until_s,
                  int64_t now_s)
{
    uint8_t hash[DIGEST_LEN], both[2 * DIGEST_LEN];
    struct replay_entry *free_entry = NULL;

    digest_of(who, both);
    digest_of(what, both + DIGEST_LEN);
    digest_of((struct text){(const char *)both, sizeof both}, hash);
    size_t at = (size_t)get_be64(hash + 16) & (replay->count - 1);
    for (size_t i = 0; i < REPLAY_PROBES; i++) {
        struct replay_entry *entry = &replay->entries[(at + i) & (replay->count - 1)];
        if (entry->until_s <= now_s)
            free_entry = free_entry ? free_entry : entry;
        else if (memcmp(entry->hash, hash, sizeof entry->hash) == 0)
            return false;
    }
    if (!free_entry)
        return false;
    memcpy(free_entry->hash, hash, sizeof free_entry->hash);
    free_entry->until_s = until_s > now_s ? until_s : now_s + 1;
    return true;
}
