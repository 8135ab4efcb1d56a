/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/tls.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "link/tls_context.h"
#include "link/tls_refusal.h"

#define EXPORTER_LABEL "EXPORTER-jisr-link-1"
#define AES_FIRST "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
#define CHACHA_FIRST "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384"

static void refuse(struct tls_session *session, enum tls_reason reason, bool by_peer, int alert)
{
    session->state = TLS_REFUSED;
    session->refusal = (struct tls_refusal){.reason = reason, .by_peer = by_peer, .alert = alert};
}

/* Called by OpenSSL at every change of state; we only note the alerts that pass. */
static void note_alert(const SSL *ssl, int where, int value)
{
    struct tls_session *session = SSL_get_app_data(ssl);
    int alert = value & 0xff; /* the level is above it */
    if (!(where & SSL_CB_ALERT))
        return;
    if (where & SSL_CB_READ)
        session->alert_received = alert;
    else
        session->alert_sent = alert;
}

/* The reason to refuse a certificate that our authority signed and that is valid today. */
static enum tls_reason judge_site(const struct tls_session *session)
{
    if (!(session->peer.kind & session->peer_kinds))
        return TLS_REASON_WRONG_KIND;
    if (session->peer_name[0] && strcmp(session->peer.name, session->peer_name) != 0)
        return TLS_REASON_WRONG_NAME;
    return TLS_REASON_NONE;
}

/* Whether our authority signed the certificate at depth 0, by its key: OpenSSL looks at the list of
 * revoked ones before it has checked that. */
static bool is_signed_by_authority(X509_STORE_CTX *chain)
{
    STACK_OF(X509) *links = X509_STORE_CTX_get0_chain(chain);
    X509 *authority = sk_X509_value(links, sk_X509_num(links) - 1);
    EVP_PKEY *key = authority ? X509_get0_pubkey(authority) : NULL;
    return key && X509_verify(X509_STORE_CTX_get_current_cert(chain), key) == 1;
}

/* Names the peer once its certificate is known to be signed by our authority: OpenSSL checks
 * signature, then dates, then says that all is well. */
static enum tls_reason judge_signed(struct tls_session *session, X509 *certificate,
                                    enum tls_reason reason)
{
    if (link_site_from_x509(&session->peer, certificate) != LINK_SITE_OK)
        return reason != TLS_REASON_NONE ? reason : TLS_REASON_WRONG_KIND;
    session->peer_is_known = true;
    return reason != TLS_REASON_NONE ? reason : judge_site(session);
}

/* Called by OpenSSL for every finding about every certificate of the peer's chain, from the
 * authority down to the site (depth 0). Returns 1 to go on, 0 to refuse. */
static int judge(int is_good, X509_STORE_CTX *chain)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct tls_session *session = SSL_get_app_data(ssl);
    int error = X509_STORE_CTX_get_error(chain);

    if (!is_good &&
        (error == X509_V_ERR_CRL_HAS_EXPIRED || error == X509_V_ERR_CRL_NOT_YET_VALID)) {
        X509_STORE_CTX_set_error(chain, X509_V_OK); /* an old list counts: see link/identity.h */
        return 1;
    }

    enum tls_reason reason = is_good ? TLS_REASON_NONE : tls_reason_of_x509_error(error);
    bool is_signed = is_good || reason == TLS_REASON_EXPIRED ||
                     reason == TLS_REASON_NOT_YET_VALID ||
                     (reason == TLS_REASON_REVOKED && is_signed_by_authority(chain));
    if (is_signed && X509_STORE_CTX_get_error_depth(chain) == 0)
        reason = judge_signed(session, X509_STORE_CTX_get_current_cert(chain), reason);
    if (reason == TLS_REASON_NONE)
        return 1;
    session->refusal.reason = reason;
    X509_STORE_CTX_set_error(chain, tls_x509_error_of_reason(reason));
    return 0;
}

/* OpenSSL has given up; find out who refused and why. */
static void refuse_after_failure(struct tls_session *session)
{
    if (session->alert_received >= 0)
        refuse(session, tls_reason_of_alert(session->alert_received), true,
               session->alert_received);
    else if (session->refusal.reason != TLS_REASON_NONE) /* set by judge */
        refuse(session, session->refusal.reason, false, session->alert_sent);
    else
        refuse(session, tls_reason_of_alert(session->alert_sent), false, session->alert_sent);
}

static bool peer_agreed_on_alpn(const SSL *ssl)
{
    const unsigned char *chosen;
    unsigned len;
    SSL_get0_alpn_selected(ssl, &chosen, &len);
    return len == sizeof TLS_ALPN - 1 && !memcmp(chosen, TLS_ALPN, len);
}

/* A server that ignores our offer of a protocol has not refused, so we do; without our last
 * flight, which would have shown it our certificate. */
static void finish(struct tls_session *session)
{
    session->state = TLS_DONE;
    if (!peer_agreed_on_alpn(session->ssl)) {
        (void)BIO_reset(session->out);
        refuse(session, TLS_REASON_ALPN, false, -1);
    }
}

/* After the handshake only an alert may come: the server's verdict on our certificate. */
static void read_after_done(struct tls_session *session)
{
    uint8_t byte;
    int got = SSL_read(session->ssl, &byte, 1);
    if (got > 0)
        refuse(session, TLS_REASON_PROTOCOL, false, -1);
    else if (SSL_get_error(session->ssl, got) != SSL_ERROR_WANT_READ)
        refuse_after_failure(session);
}

static void advance(struct tls_session *session)
{
    ERR_clear_error(); /* SSL_get_error misreads what others left in the queue */
    if (session->state == TLS_RUNNING) {
        int result = SSL_do_handshake(session->ssl);
        if (result == 1)
            finish(session);
        else if (SSL_get_error(session->ssl, result) != SSL_ERROR_WANT_READ)
            refuse_after_failure(session);
    }
    if (session->state == TLS_DONE)
        read_after_done(session);
    if (session->state != TLS_REFUSED &&
        session->pulled_bytes + tls_session_pending(session) > TLS_HANDSHAKE_BYTES_MAX) {
        (void)BIO_reset(session->out);
        refuse(session, TLS_REASON_TOO_LONG, false, -1);
    }
    ERR_clear_error();
}

static bool attach_bios(struct tls_session *session)
{
    BIO *in = BIO_new(BIO_s_mem());
    BIO *out = BIO_new(BIO_s_mem());
    if (!in || !out) {
        BIO_free(in);
        BIO_free(out);
        return false;
    }
    SSL_set_bio(session->ssl, in, out); /* owns them from here */
    session->in = in;
    session->out = out;
    return true;
}

static void configure(struct tls_session *session, const struct tls_settings *settings)
{
    SSL *ssl = session->ssl;
    SSL_set_app_data(ssl, session);
    SSL_set_info_callback(ssl, note_alert);
    SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, judge);
    SSL_set_verify_depth(ssl, 1); /* site, authority: nothing between */
    X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl), (time_t)settings->wall_unix_s);
    if (settings->role == TLS_CLIENT)
        SSL_set_connect_state(ssl);
    else
        SSL_set_accept_state(ssl);
}

bool tls_session_start(struct tls_session *session, const struct tls_settings *settings)
{
    assert(settings->peer_kinds & LINK_KIND_ANY);
    *session = (struct tls_session){
        .peer_kinds = settings->peer_kinds, .alert_received = -1, .alert_sent = -1};
    if (settings->peer_name) {
        size_t len = strlen(settings->peer_name);
        assert(len <= LINK_NAME_BYTES_MAX);
        memcpy(session->peer_name, settings->peer_name, len);
    }

    session->ssl = SSL_new(link_identity_context(settings->identity));
    if (!session->ssl || !attach_bios(session) ||
        !SSL_set_ciphersuites(session->ssl, settings->has_aes ? AES_FIRST : CHACHA_FIRST)) {
        tls_session_free(session);
        return false;
    }
    configure(session, settings);
    advance(session);
    return true;
}

void tls_session_free(struct tls_session *session)
{
    SSL_free(session->ssl); /* wipes the keys it held */
    OPENSSL_cleanse(session, sizeof *session);
}

enum tls_state tls_session_feed(struct tls_session *session, const void *bytes, size_t len)
{
    if (session->state == TLS_REFUSED || len == 0)
        return session->state;
    if (len > TLS_HANDSHAKE_BYTES_MAX - session->fed_bytes) {
        refuse(session, TLS_REASON_TOO_LONG, false, -1);
        return session->state;
    }
    session->fed_bytes += len;
    if (BIO_write(session->in, bytes, (int)len) != (int)len)
        refuse(session, TLS_REASON_INTERNAL, false, -1);
    else
        advance(session);
    return session->state;
}

size_t tls_session_pull(struct tls_session *session, void *out, size_t capacity)
{
    int got = session->out && capacity
                  ? BIO_read(session->out, out, capacity > INT_MAX ? INT_MAX : (int)capacity)
                  : 0;
    if (got <= 0)
        return 0;
    session->pulled_bytes += (size_t)got;
    return (size_t)got;
}

size_t tls_session_pending(const struct tls_session *session)
{
    return session->out ? BIO_ctrl_pending(session->out) : 0;
}

enum tls_state tls_session_state(const struct tls_session *session)
{
    return session->state;
}

const struct link_site *tls_session_peer(const struct tls_session *session)
{
    return session->peer_is_known ? &session->peer : NULL;
}

const struct tls_refusal *tls_session_refusal(const struct tls_session *session)
{
    return &session->refusal;
}

bool tls_session_secrets(const struct tls_session *session, struct tls_secrets *secrets)
{
    uint8_t both[2 * TLS_SECRET_BYTES];
    assert(session->state == TLS_DONE);
    if (SSL_export_keying_material(session->ssl, both, sizeof both, EXPORTER_LABEL,
                                   sizeof EXPORTER_LABEL - 1, NULL, 0, 0) != 1)
        return false;
    memcpy(secrets->client_to_server, both, TLS_SECRET_BYTES);
    memcpy(secrets->server_to_client, both + TLS_SECRET_BYTES, TLS_SECRET_BYTES);
    secrets->aead = SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(session->ssl)) == 0x1303
                        ? TLS_CHACHA20_POLY1305
                        : TLS_AES_256_GCM; /* 0x1302; the only two we speak (RFC 8446 B.4) */
    OPENSSL_cleanse(both, sizeof both);
    return true;
}
