/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A site's identity as a folder, which is all that `--identity` needs:
 *
 *     site.key       its private key, mode 0600; never leaves the site
 *     site.pem       its certificate
 *     authority.pem  the certificate of the authority that signed it
 *     revoked.crl    that authority's list of revoked certificates
 *
 * How a revocation travels: `jisr identity revoke` renews revoked.crl in the authority's folder; a
 * person copies that file over the one in each site's folder, by whatever way files reach the
 * site. It is signed, so the way need not be trusted. Running programs see the new file by
 * identity_files_changed before the next handshake; a session that is up is not cut.
 *
 * Folders are made by tls/authority_files.h. Main thread. */
#ifndef TLS_IDENTITY_FILES_H
#define TLS_IDENTITY_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/identity.h"
#include "tls/small_files.h"

#define SITE_KEY_FILE "site.key"
#define SITE_CERTIFICATE_FILE "site.pem"
#define AUTHORITY_CERTIFICATE_FILE "authority.pem"
#define REVOKED_FILE "revoked.crl"

/* Reads the folder. NULL when a file is missing, open to others, or does not fit the rest; the
 * error names the file, not the folder. Dates are not judged: identity_files_check. */
MUST_USE struct link_identity *identity_files_load(const char *folder,
                                                   struct identity_error *error);

/* False when a peer would refuse us at this time (seconds since 1970): not yet valid, expired or
 * revoked; the error says which, and what this machine's clock says. */
MUST_USE bool identity_files_check(const struct link_identity *identity, int64_t wall_unix_s,
                                   struct identity_error *error);

/* link_identity_load (link/link.h) is here too: identity_files_load, then identity_files_check with
 * the machine's clock. */

enum { IDENTITY_FILES = 4 };

/* What the folder's files looked like at the last look; zeroed at first. */
struct identity_stamp {
    struct {
        uint64_t inode;
        int64_t bytes;
        int64_t changed_s, changed_ns;
    } files[IDENTITY_FILES];
};

/* True when any file of the folder is not what it was at the last call (four stat calls). */
bool identity_files_changed(const char *folder, struct identity_stamp *stamp);

#endif
