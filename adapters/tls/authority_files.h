/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A site authority as a folder: what makes site identities and takes them back.
 *
 *     authority.key       its private key, mode 0600: whoever has it can make sites
 *     authority.pem       its certificate
 *     revoked.crl         its signed list of revoked certificates
 *     issued/PRINT.pem    every certificate it has issued, named by its fingerprint
 *
 * One writer at a time (the folder is locked); files are replaced whole or not at all. Times are
 * seconds since 1970. Errors name the folder or file they are about. Main thread. */
#ifndef TLS_AUTHORITY_FILES_H
#define TLS_AUTHORITY_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/site.h"
#include "tls/certificates.h"
#include "tls/small_files.h"

struct authority_files_new {
    const char *name; /* for people; a valid link name */
    enum key_type key_type;
    unsigned days; /* 1 to CERTIFICATE_DAYS_MAX */
    bool force;    /* replace an authority that is there: its sites become strangers */
};

MUST_USE bool authority_files_init(const char *folder, const struct authority_files_new *new,
                                   int64_t now_s, struct identity_error *error);

struct authority_files_issue {
    const char *name; /* a valid link name */
    enum link_kind kind;
    enum key_type key_type;
    unsigned days; /* 1 to CERTIFICATE_DAYS_MAX */
    bool force;    /* replace a key that is there */
};

/* Makes the site's folder whole, as tls/identity_files.h describes it. */
MUST_USE bool authority_files_issue(const char *folder, const char *site_folder,
                                    const struct authority_files_issue *issue, int64_t now_s,
                                    struct identity_error *error);

/* Revokes the certificate of that fingerprint (64 hexadecimal digits, colons allowed), or all
 * certificates of sites of that name; `*revoked` says how many were not revoked before. False: none
 * such, or the list could not be kept. */
MUST_USE bool authority_files_revoke(const char *folder, const char *name_or_fingerprint,
                                     int64_t now_s, unsigned *revoked,
                                     struct identity_error *error);

/* Whether the folder is an authority's rather than a site's. */
bool authority_files_are_in(const char *folder);

typedef void authority_files_visit(void *context, const struct link_site *site, bool is_revoked);

/* Calls `visit` for every certificate issued, in no order. */
MUST_USE bool authority_files_list(const char *folder, authority_files_visit *visit, void *context,
                                   struct identity_error *error);

#endif
