/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two ends of a handshake in memory, and identities made on the spot, for tests. */
#ifndef UNIT_LINK_TLS_PAIR_H
#define UNIT_LINK_TLS_PAIR_H

#include <stdio.h>
#include <string.h>

#include "link/tls.h"
#include "tls/certificates.h"

enum { NOW_S = 1800000000, DAY_S = 86400 };

struct made_identity {
    struct pem key, certificate, authority, revoked;
    struct link_identity *identity;
};

static inline void check(bool good)
{
    if (!good) {
        fprintf(stderr, "making an identity failed\n");
        abort();
    }
}

static inline struct link_pem lent(const struct pem *pem)
{
    return (struct link_pem){.bytes = pem->text, .len = pem->len};
}

/* The identity of what was issued, with the authority's list as it is now. */
static inline void load_identity(struct made_identity *made, const struct authority *authority)
{
    pem_free(&made->authority);
    pem_free(&made->revoked);
    link_identity_free(made->identity);
    check(authority_certificate_pem(authority, &made->authority));
    check(authority_revoked_pem(authority, &made->revoked));
    struct link_identity_pem pem = {.key = lent(&made->key),
                                    .certificate = lent(&made->certificate),
                                    .authority = lent(&made->authority),
                                    .revoked = lent(&made->revoked)};
    check(link_identity_new(&made->identity, &pem) == LINK_IDENTITY_OK);
}

static inline void issue_identity(struct made_identity *made, const struct authority *authority,
                                  const struct site_request *request)
{
    *made = (struct made_identity){0};
    check(authority_issue(authority, request, &made->key, &made->certificate));
    load_identity(made, authority);
}

static inline void free_identity(struct made_identity *made)
{
    link_identity_free(made->identity);
    pem_free(&made->key);
    pem_free(&made->certificate);
    pem_free(&made->authority);
    pem_free(&made->revoked);
}

/* Moves all that `from` has to say to `to`; returns how many bytes. */
static inline size_t carry(struct tls_session *from, struct tls_session *to)
{
    uint8_t bytes[TLS_HANDSHAKE_BYTES_MAX];
    size_t len = tls_session_pull(from, bytes, sizeof bytes);
    if (to)
        tls_session_feed(to, bytes, len);
    return len;
}

#endif
