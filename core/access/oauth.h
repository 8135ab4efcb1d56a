/* SPDX-License-Identifier: GPL-3.0-or-later */
/* This server as an OAuth 2 authorization server: who may have a token, for what, and for how long.
 *
 * A code flow with PKCE for people (oauth_authorize.h), client credentials with private_key_jwt for programs, refresh
 * tokens that change at each use, introspection and revocation (oauth_token.h), and the documents that tell clients
 * of all this (oauth_documents.h). What is kept goes through a small store of notes; all that one call does with
 * it has to be one transaction.
 *
 * Pure but for that store and random bytes, which come in as functions. All texts that come out are in the turn's
 * arena.
 * Sources: RFC 6749, 6750, 7009, 7523, 7636, 7662, 9207, 9700; SMART App Launch 2.2.0; OpenID Connect Core 1.0. */
#ifndef ACCESS_OAUTH_H
#define ACCESS_OAUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/access.h"
#include "access/jose_key.h"
#include "access/scopes.h"
#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"

/* Lifetimes. Access: RFC 9700 wants them short; SMART Backend Services wants five minutes at most. A code: RFC 6749
 * 4.1.2 says ten minutes at most. */
enum {
    OAUTH_ACCESS_S = 900,
    OAUTH_SERVICE_S = 300,
    OAUTH_CODE_S = 60,
    OAUTH_OFFLINE_S = 90 * 86400, /* a refresh token that is not used */
    OAUTH_ONLINE_S = 12 * 3600,   /* the longest shift */
};

enum oauth_err {
    OAUTH_OK = 0,
    OAUTH_ERR_REQUEST,       /* invalid_request: 400 */
    OAUTH_ERR_CLIENT,        /* invalid_client: 401 */
    OAUTH_ERR_GRANT,         /* invalid_grant: 400 */
    OAUTH_ERR_UNAUTHORIZED,  /* unauthorized_client: 400 */
    OAUTH_ERR_GRANT_TYPE,    /* unsupported_grant_type: 400 */
    OAUTH_ERR_RESPONSE_TYPE, /* unsupported_response_type */
    OAUTH_ERR_SCOPE,         /* invalid_scope: 400 */
    OAUTH_ERR_DENIED,        /* access_denied: the person said no */
    /* OpenID Connect Core 3.1.2.6: nobody is to be asked, and somebody has to be. */
    OAUTH_ERR_LOGIN_REQUIRED,
    OAUTH_ERR_CONSENT_REQUIRED,
    OAUTH_ERR_SERVER, /* server_error: 500; the store, memory or randomness failed */
};

/* "invalid_grant"; and the status that the token endpoint answers with. */
const char *oauth_err_word(enum oauth_err err);
int oauth_err_status(enum oauth_err err);

/* Where notes are kept. Keys are bytes; an area is a constant word. A note whose `due_ms` has passed is none any more;
 * to remove what is not there is no failure. */
enum oauth_found { OAUTH_FOUND, OAUTH_NONE, OAUTH_FAILED };
struct oauth_store {
    enum oauth_found (*get)(void *context, const char *area, struct text key, struct arena *arena,
                            struct text *value);
    bool (*put)(void *context, const char *area, struct text key, struct text value,
                int64_t due_ms);
    bool (*remove)(void *context, const char *area, struct text key);
    void *context;
};

/* The areas of notes here and in account.h, session.h, invite.h, sign_in.h, passkey.h and partner.h, and of
 * lockout.h's counts, that come to an end by themselves, NULL-ended: for who removes what is past its time. */
extern const char *const oauth_ending_areas[];

/* This server. */
struct oauth_site {
    struct text
        issuer; /* "https://centre.example.org", no slash at its end; endpoints are beneath */
    struct text fhir_base;        /* "https://centre.example.org/fhir": what `aud` has to name */
    const struct jose_key *key;   /* signs id_tokens; NULL: there are none */
    struct jose_key *const *keys; /* published: what signs, signed of late, or will */
    size_t key_count;
    bool has_pages; /* people can sign in and agree: else the documents tell of programs alone */
};

/* One call's surroundings. */
struct oauth_turn {
    const struct oauth_site *site;
    const struct oauth_store *store;
    struct arena *arena;
    int64_t now_ms;                        /* since 1970 UTC */
    bool (*random)(void *out, size_t len); /* digest_random */
    const char *why;                       /* of the last error, in English: error_description */
    /* Whom an error concerns, as far as that is known, for the audit: a client that is registered, which may not have
     * proved itself; whose token it was. Both may be without bytes. */
    struct text client, user;
};

/* What an app is opened for: launch.h. */
struct launch {
    struct text client;    /* the app that it is for */
    struct text user;      /* "Practitioner/7": who alone may sign in for it; "": anybody */
    struct text patient;   /* id */
    struct text encounter; /* id, or "" */
};

/* --- clients --------------------------------------------------------------------------------------- */

enum { OAUTH_REDIRECTS_MAX = 8, OAUTH_CLIENT_ID_LEN_MAX = 128 };

/* A program that is registered here, kept as a note under its id. */
#define OAUTH_CLIENTS "oauth-client" /* the area */
struct oauth_client {
    struct text id, name;
    struct text redirects[OAUTH_REDIRECTS_MAX]; /* compared whole */
    size_t redirect_count;
    struct text launch; /* where it is opened from the record; "": it is not */
    struct text scopes; /* the most that it may ask for */
    struct text jwks;   /* its public keys; "": a public client, which PKCE alone protects */
    uint32_t roles;     /* of a service: ACCESS_SERVICE, or what the site lent it */
    bool may_act_alone; /* client credentials; needs jwks */
    bool may_introspect;
};

/* {"id","name","redirects":[],"launch","scopes","jwks":{},"actsAlone","introspects"}. False: not a client, or no
 * room. */
MUST_USE bool oauth_client_read(struct oauth_client *client, struct text json, struct arena *arena);

/* OAUTH_ERR_CLIENT: none of this id. */
MUST_USE enum oauth_err oauth_client_find(struct oauth_turn *turn, struct text id,
                                          struct oauth_client *client);

/* --- grants ---------------------------------------------------------------------------------------- */

/* What somebody granted to a client: behind each code, access and refresh token. */
struct oauth_grant {
    struct text client, account; /* account: a stable id, the `sub`; "" of a service */
    struct text user; /* fhirUser: "Practitioner/7"; of nobody in the record the account's id */
    uint32_t roles;
    struct text practitioner, patient, organisation; /* ids, or "" */
    struct text purpose;
    struct text scopes;                           /* as granted */
    struct text launch_patient, launch_encounter; /* or "" */
    struct text family;  /* random: what revoking ends at once; "" of a service */
    int64_t signed_in_s; /* auth_time */
    int64_t expires_s;   /* of the token that it was read for */
};

void oauth_grant_write(struct buffer *out, const struct oauth_grant *grant);
MUST_USE bool oauth_grant_read(struct oauth_grant *grant, struct text json, struct arena *arena);

/* The grant as access_decide wants it; `scopes` is the caller's room, and both point into the grant. False: its scopes
 * cannot be read. */
MUST_USE bool oauth_subject(const struct oauth_grant *grant, struct access_scopes *scopes,
                            struct access_subject *subject);

/* Makes an access token of the grant, good for `seconds`: after a code or a refresh; and `jisr centre token` by itself.
 * Sets grant->expires_s. */
MUST_USE enum oauth_err oauth_issue(struct oauth_turn *turn, struct oauth_grant *grant,
                                    int64_t seconds, struct text *token);

/* What a session's own notes are kept under, in the arena: the grant's family; of a token by itself, its hash.
 * .bytes is NULL where there is no room. */
struct text oauth_session(const struct oauth_grant *grant, struct text token, struct arena *arena);

/* The grant of an access token: at each request, so the caller may keep it for a few seconds. OAUTH_ERR_GRANT: no
 * such token, expired, or revoked. */
MUST_USE enum oauth_err oauth_find(struct oauth_turn *turn, struct text token,
                                   struct oauth_grant *grant);

/* Ends a family: all of its tokens. A sign-out, a lost device, a stolen token. */
MUST_USE bool oauth_end_family(struct oauth_turn *turn, struct text family);

#endif
