/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys by which this site signs who somebody is (id_token): notes of the store, and so sealed as the rest; all
 * servers of one record have the same.
 *
 * A key signs for 90 days. The next one is made and published a day before it signs, and each is published for a day
 * after, so that whoever keeps our key list for an hour never misses one. RS256, since OpenID Connect has each client
 * understand it (Core 15.1).
 *
 * site_keys_look: main thread. Others: any thread. */
#ifndef CENTRE_SITE_KEYS_H
#define CENTRE_SITE_KEYS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/oauth.h"
#include "base/attr.h"
#include "store/store.h"

enum {
    SITE_KEYS_MAX = 8,
    SITE_KEY_SIGNS_S = 90 * 86400,
    SITE_KEY_AROUND_S = 86400, /* published before and after */
    SITE_KEYS_LOOK_S = 600,    /* how often a server looks */
};

/* Those of a moment; never changed once they can be seen. */
struct site_key_set {
    struct site_key_set *before;
    struct jose_key *keys[SITE_KEYS_MAX];
    size_t count;
    const struct jose_key *signing; /* NULL: none yet */
};

struct site_keys {
    _Atomic(struct site_key_set *) set; /* NULL: not looked yet */
};

/* Reads the keys, and makes the one that is lacking. False: the store or OpenSSL failed; those before stay. */
MUST_USE bool site_keys_look(struct site_keys *keys, struct store *store, int64_t now_s);

/* Sets the site's keys, which stay until site_keys_free. */
void site_keys_of(struct site_keys *keys, struct oauth_site *site);

/* When nobody uses them any more. */
void site_keys_free(struct site_keys *keys);

#endif
