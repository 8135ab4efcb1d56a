/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sources of passkey*.c share, and their fuzz target sees. For these alone. */
#ifndef ACCESS_PASSKEY_PARTS_H
#define ACCESS_PASSKEY_PARTS_H

#include "access/passkey.h"

enum { PASSKEY_HOST_LEN_MAX = 253 }; /* of a name, RFC 1035 */

/* A site as browsers see it: "https://centre.example.org:8443" and "centre.example.org". */
struct passkey_site {
    char origin[sizeof "https://" + PASSKEY_HOST_LEN_MAX + sizeof ":65535"];
    char rp_id[PASSKEY_HOST_LEN_MAX + 1];
};

/* False: browsers do no passkeys there. */
MUST_USE bool passkey_site_read(struct passkey_site *site, struct text issuer);

enum passkey_ceremony { PASSKEY_CREATE = 'c', PASSKEY_GET = 'g' };

/* What the browser says it did, and where (Level 2 5.8.1). */
struct passkey_client_data {
    enum passkey_ceremony ceremony;
    uint8_t challenge[PASSKEY_CHALLENGE_LEN];
    struct text origin;
    bool is_framed; /* within a page of another origin */
};
MUST_USE enum passkey_err passkey_client_data_read(struct passkey_client_data *data,
                                                   struct text bytes, struct arena *arena);

/* The head of authenticator data (6.1): whose, what was found, how often it signed. */
enum { PASSKEY_HEAD_LEN = DIGEST_LEN + 1 + 4 };
struct passkey_head {
    struct text site_hash;
    bool is_present, is_verified;
    uint32_t count;
};
MUST_USE enum passkey_err passkey_head_read(struct passkey_head *head, struct text bytes);

#endif
