/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every TLS session of one identity shares: the profile of TLS 1.3 (RFC 8446) that the link
 * speaks, our key and certificate, and the store that peers are judged by.
 *
 * Only TLS 1.3; TLS_AES_256_GCM_SHA384 or TLS_CHACHA20_POLY1305_SHA256; X25519, then P-256;
 * signatures by P-256 or Ed25519; certificates asked of both ends; ALPN `jisr-link/1` (RFC 7301) offered
 * and demanded; no tickets, no early data, no compression, no renegotiation, no compatibility
 * mode for middleboxes (nothing on our path sees the records).
 *
 * Internal to the link: identity.c makes one, tls.c uses it. */
#ifndef LINK_TLS_CONTEXT_H
#define LINK_TLS_CONTEXT_H

#include "base/attr.h"

#define TLS_ALPN "jisr-link/1"

struct ssl_ctx_st;
struct ssl_st;
struct evp_pkey_st;
struct x509_st;
struct X509_crl_st;

/* Sets OpenSSL up without reading the machine's openssl.cnf: the core opens no file. */
void tls_context_library_start(void);

/* NULL when memory is short. Takes its own references; `revoked` may be NULL. */
MUST_USE struct ssl_ctx_st *tls_context_new(struct evp_pkey_st *key, struct x509_st *certificate,
                                            struct x509_st *authority, struct X509_crl_st *revoked);

#endif
