/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A certificate with its chain and its private key, as handshakes are shown it; GnuTLS's, as libmicrohttpd's TLS is.
 *
 * One that takes another's place leaves that where it is, since handshakes may be under way with it: `older` leads
 * through all that a server has had, and all are freed with it. Read only once loaded; any thread. */
#ifndef HTTP_CERTIFICATE_H
#define HTTP_CERTIFICATE_H

#include <gnutls/abstract.h>

#include "base/attr.h"

enum { CERTIFICATE_CHAIN_MAX = 16 };

struct certificate {
    struct certificate *older;
    gnutls_pcert_st chain[CERTIFICATE_CHAIN_MAX];
    unsigned count;
    gnutls_privkey_t key;
};

/* Reads both PEM files. NULL: one cannot be read, or they do not belong together. */
MUST_USE struct certificate *certificate_load(const char *certificate_file, const char *key_file);

/* Frees it and all that are older. Harmless on NULL. */
void certificate_free(struct certificate *certificate);

#endif
