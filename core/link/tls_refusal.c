/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/tls_refusal.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

static const struct {
    enum tls_reason reason;
    int alert;      /* RFC 8446 part 6 */
    int x509_error; /* leads OpenSSL to that alert; 0: not about a certificate's content */
    const char *word;
    const char *we_refuse;
    const char *they_refuse;
} table[] = {
    {TLS_REASON_NONE, -1, 0, "none", "not refused", "not refused"},
    {TLS_REASON_UNKNOWN_AUTHORITY, SSL_AD_UNKNOWN_CA, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
     "unknown_authority", "refused: the peer's certificate is not signed by our authority",
     "the peer refused us: our certificate is not signed by its authority"},
    {TLS_REASON_EXPIRED, SSL_AD_CERTIFICATE_EXPIRED, X509_V_ERR_CERT_HAS_EXPIRED, "expired",
     "refused: the peer's certificate has expired (by our clock)",
     "the peer refused us: our certificate has expired (by its clock)"},
    {TLS_REASON_NOT_YET_VALID, SSL_AD_BAD_CERTIFICATE, X509_V_ERR_CERT_NOT_YET_VALID,
     "not_yet_valid", "refused: the peer's certificate is not valid yet (by our clock)",
     "the peer refused us: our certificate is not valid yet (by its clock)"},
    {TLS_REASON_REVOKED, SSL_AD_CERTIFICATE_REVOKED, X509_V_ERR_CERT_REVOKED, "revoked",
     "refused: the peer's certificate has been revoked",
     "the peer refused us: our certificate has been revoked"},
    {TLS_REASON_WRONG_KIND, SSL_AD_UNSUPPORTED_CERTIFICATE, X509_V_ERR_INVALID_PURPOSE,
     "wrong_kind", "refused: the peer is not of a kind of site allowed here",
     "the peer refused us: our kind of site is not allowed there"},
    {TLS_REASON_WRONG_NAME, SSL_AD_CERTIFICATE_UNKNOWN, X509_V_ERR_PERMITTED_VIOLATION,
     "wrong_name", "refused: the peer is another site than the one expected",
     "the peer refused us: it expects a site of another name"},
    {TLS_REASON_BAD_CERTIFICATE, SSL_AD_DECRYPT_ERROR, X509_V_ERR_CERT_SIGNATURE_FAILURE,
     "bad_certificate", "refused: the peer's certificate or the proof of its key is wrong",
     "the peer refused us: our certificate or the proof of our key is wrong"},
    {TLS_REASON_NO_CERTIFICATE, SSL_AD_CERTIFICATE_REQUIRED, 0, "no_certificate",
     "refused: the peer showed no certificate", "the peer refused us: we showed no certificate"},
    {TLS_REASON_VERSION, SSL_AD_PROTOCOL_VERSION, 0, "version",
     "refused: the peer does not speak TLS 1.3", "the peer refused us: it does not speak TLS 1.3"},
    {TLS_REASON_ALPN, SSL_AD_NO_APPLICATION_PROTOCOL, 0, "alpn",
     "refused: the peer does not speak jisr-link/1",
     "the peer refused us: it does not speak jisr-link/1"},
    {TLS_REASON_TOO_LONG, -1, 0, "too_long", "refused: the handshake is longer than allowed",
     "refused: the handshake is longer than allowed"},
    {TLS_REASON_PROTOCOL, SSL_AD_HANDSHAKE_FAILURE, 0, "protocol",
     "refused: the peer's handshake breaks the rules of TLS, or has nothing in common with ours",
     "the peer refused us: our handshake breaks its rules, or has nothing in common with it"},
    {TLS_REASON_INTERNAL, SSL_AD_INTERNAL_ERROR, 0, "internal", "refused: an error inside this end",
     "the peer refused us: an error inside the other end"},
};

enum { ROWS = sizeof table / sizeof table[0] };

enum tls_reason tls_reason_of_x509_error(int error)
{
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return TLS_REASON_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return TLS_REASON_NOT_YET_VALID;
    case X509_V_ERR_CERT_REVOKED:
        return TLS_REASON_REVOKED;
    case X509_V_ERR_INVALID_PURPOSE:
        return TLS_REASON_WRONG_KIND;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
        return TLS_REASON_UNKNOWN_AUTHORITY;
    case X509_V_ERR_OUT_OF_MEM:
        return TLS_REASON_INTERNAL;
    default:
        return TLS_REASON_BAD_CERTIFICATE;
    }
}

int tls_x509_error_of_reason(enum tls_reason reason)
{
    return table[reason].x509_error ? table[reason].x509_error : X509_V_ERR_INVALID_CALL;
}

enum tls_reason tls_reason_of_alert(int alert)
{
    for (size_t i = 0; i < ROWS; i++)
        if (alert >= 0 && table[i].alert == alert)
            return table[i].reason;
    return TLS_REASON_PROTOCOL;
}

const char *tls_reason_word(enum tls_reason reason)
{
    return table[reason].word;
}

const char *tls_refusal_text(const struct tls_refusal *refusal)
{
    return refusal->by_peer ? table[refusal->reason].they_refuse : table[refusal->reason].we_refuse;
}
