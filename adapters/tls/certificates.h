/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes keys, certificates and revocation lists in memory, in the profile of link/site.h.
 *
 * An authority is a key, a certificate signed by itself (no authority below it is possible:
 * path length 0) and its list of revoked certificates. Signatures are ECDSA with SHA-256 or
 * Ed25519, by the authority's key. The time is passed in, seconds since 1970. Main thread. */
#ifndef TLS_CERTIFICATES_H
#define TLS_CERTIFICATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/site.h"

enum key_type { KEY_P256, KEY_ED25519 };

enum {
    CERTIFICATE_DAYS_MAX = 3650,
    /* Certificates count from two days before they are made, so that a site whose clock is
     * a day slow takes one that was made just now. */
    CERTIFICATE_BACKDATE_S = 2 * 86400,
};

/* A PEM text; the maker's caller frees it. */
struct pem {
    char *text;
    size_t len;
};

/* Wipes and frees; harmless on a zeroed one. */
void pem_free(struct pem *pem);

struct authority;

/* A new authority with an empty list; NULL when memory or random bytes are short. The name is
 * a valid link name. */
MUST_USE struct authority *authority_new(const char *name, enum key_type type, int64_t now_s,
                                         int64_t not_after_s);

/* An authority from its three PEM texts; NULL when they are unreadable or do not fit together. */
MUST_USE struct authority *authority_from_pem(const struct pem *key, const struct pem *certificate,
                                              const struct pem *revoked);
void authority_free(struct authority *authority);

int64_t authority_not_after_s(const struct authority *authority);

/* The PEM texts of the authority, to be kept. False: memory short, nothing made. */
MUST_USE bool authority_key_pem(const struct authority *authority, struct pem *key);
MUST_USE bool authority_certificate_pem(const struct authority *authority, struct pem *certificate);
MUST_USE bool authority_revoked_pem(const struct authority *authority, struct pem *revoked);

struct site_request {
    const char *name; /* valid by link_name_is_valid */
    enum link_kind kind;
    enum key_type key_type;
    int64_t not_before_s, not_after_s;
};

/* A new key and a certificate for it. False: memory or random bytes short, nothing made. */
MUST_USE bool authority_issue(const struct authority *authority, const struct site_request *request,
                              struct pem *key, struct pem *certificate);

/* Puts the certificate on the list and signs the list anew, its number one higher. False: not one
 * of this authority's, or memory short; then the list may be incomplete: do not keep it. */
MUST_USE bool authority_revoke(struct authority *authority, const struct pem *certificate,
                               int64_t now_s);

/* Whether this authority signed the certificate. */
bool authority_has_issued(const struct authority *authority, const struct pem *certificate);

/* Whether the certificate is on the authority's list. */
bool authority_has_revoked(const struct authority *authority, const struct pem *certificate);

#endif
