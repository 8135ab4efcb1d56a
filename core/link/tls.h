/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One TLS 1.3 handshake (RFC 8446) over memory, certificates on both sides: it tells each end who the
 * other is and gives both the secrets that the link's datagram keys grow from. No application
 * data ever goes through it. The profile is in link/tls_context.h.
 *
 *     tls_session_start(&session, &settings);
 *     loop: send what tls_session_pull gives, hand what arrives to tls_session_feed,
 *           until the state is TLS_DONE or TLS_REFUSED.
 *
 * The bytes are a stream: any carrier that keeps their order will do, in pieces of any size. The
 * client speaks first; it is done after one round trip, the server after one and a half.
 *
 * In TLS 1.3 a client is done before the server has looked at its certificate. So keep feeding a
 * session that is done: a refusal may still arrive, and turns it to TLS_REFUSED. A client knows
 * that it was accepted when the first datagram sealed with the server's key opens. For the same
 * reason the secrets alone do not prove the client's certificate: a server uses them only when
 * it is TLS_DONE.
 *
 * Pure: the wall-clock time comes in; random bytes are OpenSSL's. A session allocates from the
 * heap at start and while its handshake runs (about 100 KiB); tls_session_free returns all of it
 * and wipes the secrets. One owner per struct, which must not move between start and free. */
#ifndef LINK_TLS_H
#define LINK_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/identity.h"

enum {
    TLS_SECRET_BYTES = 32,
    TLS_HANDSHAKE_BYTES_MAX = 16384, /* each way; a handshake of ours takes under 2 KiB */
};

enum tls_role { TLS_CLIENT, TLS_SERVER };
enum tls_state { TLS_RUNNING, TLS_DONE, TLS_REFUSED };
enum tls_aead { TLS_AES_256_GCM, TLS_CHACHA20_POLY1305 };

/* Why a handshake failed. Which alert carries each reason to the other end is in tls_refusal.c
 * and docs/protocol.md. */
enum tls_reason {
    TLS_REASON_NONE,
    TLS_REASON_UNKNOWN_AUTHORITY, /* certificate not signed by the authority of the judging end */
    TLS_REASON_EXPIRED,
    TLS_REASON_NOT_YET_VALID,
    TLS_REASON_REVOKED,
    TLS_REASON_WRONG_KIND,      /* a good certificate of a kind not allowed here, or of none */
    TLS_REASON_WRONG_NAME,      /* a good certificate of another site than the expected one */
    TLS_REASON_BAD_CERTIFICATE, /* its signature, or the proof of holding its key, is wrong */
    TLS_REASON_NO_CERTIFICATE,
    TLS_REASON_VERSION,  /* the other end does not speak TLS 1.3 */
    TLS_REASON_ALPN,     /* the other end speaks TLS 1.3, but not jisr-link/1 */
    TLS_REASON_TOO_LONG, /* more than TLS_HANDSHAKE_BYTES_MAX */
    TLS_REASON_PROTOCOL, /* bytes that TLS does not allow, or nothing in common */
    TLS_REASON_INTERNAL, /* memory short */
};

struct tls_refusal {
    enum tls_reason reason;
    bool by_peer; /* the other end refused us; else we refused it */
    int alert;    /* the TLS alert (RFC 8446 part 6) sent or received; -1: none */
};

struct tls_settings {
    const struct link_identity *identity; /* needed during tls_session_start only */
    enum tls_role role;
    unsigned peer_kinds;   /* union of enum link_kind: who may be at the other end */
    const char *peer_name; /* the one site expected; NULL: any name. Copied. */
    int64_t wall_unix_s;   /* the time certificates are judged by, seconds since 1970 */
    bool has_aes;          /* this machine has AES instructions: offer AES-256-GCM first */
};

struct ssl_st;
struct bio_st;

struct tls_session { /* the caller's memory; read it through the functions below */
    enum tls_state state;
    struct tls_refusal refusal;
    struct link_site peer;
    bool peer_is_known;
    unsigned peer_kinds;
    char peer_name[LINK_NAME_BYTES]; /* "": any */
    int alert_received, alert_sent;  /* -1: none */
    size_t fed_bytes, pulled_bytes;
    struct ssl_st *ssl; /* owns both BIOs */
    struct bio_st *in, *out;
};

/* Begins a handshake; a client's first bytes can be pulled at once. `peer_kinds` is not 0;
 * `peer_name` is at most LINK_NAME_BYTES_MAX bytes. False: memory short; nothing to free. */
MUST_USE bool tls_session_start(struct tls_session *session, const struct tls_settings *settings);

/* Frees all and wipes the struct; harmless on one that is zeroed or freed already. */
void tls_session_free(struct tls_session *session);

/* Takes bytes from the peer. Bad ones refuse the session, nothing worse. After TLS_REFUSED they
 * are ignored. */
enum tls_state tls_session_feed(struct tls_session *session, const void *bytes, size_t len);

/* Moves up to `capacity` bytes for the peer to `out`; returns how many, 0 when none wait. Pull
 * after a refusal too: the alert tells the peer why. */
size_t tls_session_pull(struct tls_session *session, void *out, size_t capacity);

/* How many bytes wait to be pulled. */
size_t tls_session_pending(const struct tls_session *session);

enum tls_state tls_session_state(const struct tls_session *session);

/* The peer as its certificate, signed by our authority, names it; NULL as long as it is unknown.
 * May be known when it is refused (wrong kind, wrong name, expired, not yet valid, revoked). */
const struct link_site *tls_session_peer(const struct tls_session *session);

/* Meaningful once the state is TLS_REFUSED. */
const struct tls_refusal *tls_session_refusal(const struct tls_session *session);

struct tls_secrets {
    uint8_t client_to_server[TLS_SECRET_BYTES];
    uint8_t server_to_client[TLS_SECRET_BYTES];
    enum tls_aead aead; /* for the datagrams, as agreed by both ends */
};

/* The two secrets: the first and second half of the TLS exporter (RFC 8446 7.5), label
 * "EXPORTER-jisr-link-1", no context, 64 bytes. Only when TLS_DONE; the caller wipes them. False:
 * memory short, nothing written. */
MUST_USE bool tls_session_secrets(const struct tls_session *session, struct tls_secrets *secrets);

/* One line for a person: "the peer refused us: our certificate has expired (by its clock)".
 * Static text. */
const char *tls_refusal_text(const struct tls_refusal *refusal);

/* A stable word for logs: "expired". Static text. */
const char *tls_reason_word(enum tls_reason reason);

#endif
