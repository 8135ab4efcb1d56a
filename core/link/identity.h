/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A site's own identity: its key, its certificate, the authority whose certificates it accepts,
 * and the authority's list of those it has taken back.
 *
 * Pure: PEM text in, verdicts out; reading the files is adapters/tls/identity_files.h. Made once
 * at start, on the heap; immutable after, so any thread may read it. A handshake that has begun
 * keeps what it needs: the identity may be freed, or replaced by a newer one, at any moment.
 *
 * Keys: P-256 (FIPS 186-4) or Ed25519 (RFC 8032). The list is an X.509 revocation list (RFC 5280
 * part 5). Its dates are not judged: an old copy knows fewer names, and a ward without a
 * network must not stop working on the day a list grows old. */
#ifndef LINK_IDENTITY_H
#define LINK_IDENTITY_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/link.h" /* struct link_identity, link_identity_pem; link_identity_free */
#include "link/site.h"

enum link_identity_err {
    LINK_IDENTITY_OK,
    LINK_IDENTITY_ERR_KEY,         /* not a private key in PEM, P-256 or Ed25519 */
    LINK_IDENTITY_ERR_CERTIFICATE, /* not a certificate in PEM */
    LINK_IDENTITY_ERR_NAME,        /* the certificate states no valid name */
    LINK_IDENTITY_ERR_KIND,        /* the certificate states no kind of site */
    LINK_IDENTITY_ERR_MATCH,       /* the key is not the certificate's */
    LINK_IDENTITY_ERR_AUTHORITY,   /* not an authority's certificate in PEM */
    LINK_IDENTITY_ERR_ISSUER,      /* the authority did not sign the certificate */
    LINK_IDENTITY_ERR_REVOKED,     /* not a revocation list in PEM, or not the authority's */
    LINK_IDENTITY_ERR_MEMORY,      /* none left */
};

/* Static text: "the key does not belong to the certificate". */
const char *link_identity_err_text(enum link_identity_err err);

/* Makes an identity of the PEM texts, which the caller may (and should) wipe afterwards.
 * `*identity` is set only on LINK_IDENTITY_OK; the caller frees it by
 * link_identity_free, which allows NULL. Dates are not checked here:
 * see link_identity_standing. link.h's link_identity_from_memory is the same with words. */
MUST_USE enum link_identity_err link_identity_new(struct link_identity **identity,
                                                  const struct link_identity_pem *pem);

/* What the certificate says of ourselves. Lives as long as the identity. */
const struct link_site *link_identity_site(const struct link_identity *identity);

enum link_standing {
    LINK_STANDING_GOOD,
    LINK_STANDING_NOT_YET, /* our clock is before the certificate's first second */
    LINK_STANDING_EXPIRED, /* our clock has reached the certificate's end */
    LINK_STANDING_REVOKED, /* our own certificate is on the list */
};

/* What a peer would say of us, were its clock ours (seconds since 1970). */
enum link_standing link_identity_standing(const struct link_identity *identity,
                                          int64_t wall_unix_s);

/* What every session of this identity shares, for link/tls.c. */
struct ssl_ctx_st *link_identity_context(const struct link_identity *identity);

#endif
