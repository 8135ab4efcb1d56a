/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/tls_context.h"

#include <stdbool.h>
#include <string.h>

#include <openssl/ssl.h>
#include <openssl/x509.h>

/* As on the wire: a length, then the name. */
static const unsigned char alpn_offer[] = "\x0b" TLS_ALPN;
enum { ALPN_OFFER_BYTES = sizeof alpn_offer - 1 };

/* Not const only because OpenSSL's macros cast the const away, which clang reports. */
static char groups[] = "X25519:P-256";
static char signatures[] = "ECDSA+SHA256:ed25519";

void tls_context_library_start(void)
{
    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
}

/* The server takes our protocol or nothing. */
static int select_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                       const unsigned char *in, unsigned int in_len, void *user)
{
    (void)ssl, (void)user;
    unsigned char *chosen;
    if (SSL_select_next_proto(&chosen, out_len, alpn_offer, ALPN_OFFER_BYTES, in, in_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

/* select_alpn is not called when a client offers nothing at all; this is, and before we spend a
 * signature on it. */
static int demand_alpn(SSL *ssl, int *alert, void *user)
{
    (void)user;
    const unsigned char *extension;
    size_t len;
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation,
                                  &extension, &len))
        return SSL_CLIENT_HELLO_SUCCESS;
    *alert = SSL_AD_NO_APPLICATION_PROTOCOL;
    return SSL_CLIENT_HELLO_ERROR;
}

static bool set_profile(SSL_CTX *context)
{
    /* Neither end is forced onto slow software AES: the server chooses, and gives way to a client
     * that puts ChaCha20 first. */
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                     SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_clear_options(context, SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
    SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_client_hello_cb(context, demand_alpn, NULL);
    SSL_CTX_set_alpn_select_cb(context, select_alpn, NULL);
    return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) &&
           SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) &&
           SSL_CTX_set1_groups_list(context, groups) &&
           SSL_CTX_set1_sigalgs_list(context, signatures) && SSL_CTX_set_num_tickets(context, 0) &&
           !SSL_CTX_set_alpn_protos(context, alpn_offer, ALPN_OFFER_BYTES);
}

static bool set_trust(SSL_CTX *context, X509 *authority, X509_CRL *revoked)
{
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    if (!X509_STORE_add_cert(store, authority))
        return false;
    if (!revoked)
        return true;
    return X509_STORE_add_crl(store, revoked) && X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
}

SSL_CTX *tls_context_new(EVP_PKEY *key, X509 *certificate, X509 *authority, X509_CRL *revoked)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    if (!context)
        return NULL;
    if (set_profile(context) && set_trust(context, authority, revoked) &&
        SSL_CTX_use_certificate(context, certificate) && SSL_CTX_use_PrivateKey(context, key))
        return context;
    SSL_CTX_free(context);
    return NULL;
}
