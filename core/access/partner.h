/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Partners: a hospital's or university's identity provider signs its own people in here. This centre is its OpenID
 * Connect client.
 *
 * The code flow with PKCE and nothing else. A sign-in is begun (partner_begin) and comes back (partner_return) in the
 * same browser, once, within ten minutes; each partner has a redirect URI of its own and its answers are held
 * against its issuer, so that the answer of one is never taken for another's; of what comes over the back channel
 * only a fresh, signed id_token for this client, with this sign-in's nonce, counts. Whom it means here the site
 * decides: an account that is linked, one that a claim names where the site trusts it for that, or a new one with
 * roles that the site allows.
 *
 * Pure but for the turn's notes and random bytes; documents come in as text, requests go out as text. All that one
 * function does with the store is one transaction. Texts that come out are in the turn's arena. turn->why says more
 * of an error.
 * Source: OpenID Connect Core 1.0 section 3.1, Discovery 1.0; RFC 7636, 9207, 9700 (hazards H-132, H-133). */
#ifndef ACCESS_PARTNER_H
#define ACCESS_PARTNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/account.h"
#include "access/form.h"
#include "access/jose_key.h"
#include "access/oauth.h"
#include "access/session.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"

enum {
    PARTNER_ID_LEN_MAX = 32,
    PARTNER_TEXT_LEN_MAX = 512, /* of an issuer, an endpoint, a client's id */
    PARTNER_ROLES_MAX = 16,
    PARTNER_HOSTS_MAX = 4,
    PARTNER_RETURN_S = 600, /* to sign in over there */
    PARTNER_TICKET_S = 60,
    PARTNER_DOCUMENT_LEN_MAX = 65536, /* discovery, keys, tokens */
};

/* Where partners are kept: a note of this area under each one's id, the text that partner_read reads. */
#define PARTNER_AREA "partner"

enum partner_err {
    PARTNER_OK = 0,
    PARTNER_ERR_NONE,    /* no partner of this id */
    PARTNER_ERR_FORM,    /* a document or an answer of theirs is not as it has to be */
    PARTNER_ERR_STATE,   /* not asked for in this browser, used, or too old */
    PARTNER_ERR_MIXED,   /* another provider's answer */
    PARTNER_ERR_REFUSED, /* the partner, or the person there, said no */
    PARTNER_ERR_TOKEN,   /* the id_token proves nothing */
    PARTNER_ERR_ACCOUNT, /* the person has no account here */
    PARTNER_ERR_SERVER,  /* the store, memory, randomness or a key of ours failed */
};

/* In English, for logs. */
const char *partner_err_words(enum partner_err err);

struct partner {
    struct text id;        /* small letters, digits, hyphens: in URLs */
    struct text name;      /* for people: "CHU Hassan II" */
    struct text issuer;    /* as its tokens say it */
    struct text client_id; /* what the partner calls us */
    bool signs;            /* by private_key_jwt with the site's key; else PKCE alone protects */
    struct text scopes;    /* "openid profile" */
    struct text account_claim;      /* whose value is a login name here; "": none is believed */
    struct text role_claim;         /* whose values are looked up in `roles`; "" */
    struct text practitioner_claim; /* of new accounts: their Practitioner's id here; "" */
    struct {
        struct text value;
        uint32_t roles;
    } roles[PARTNER_ROLES_MAX];
    size_t role_count;
    bool makes_accounts; /* for people who have a role by that and no account yet */
    /* "10.1.2.3:8443": may be called wherever they are, and without TLS; ended by NULL */
    const char *hosts[PARTNER_HOSTS_MAX + 1];
};

/* {"id","name","issuer","clientId","proof":"key"|"none","scopes","accountClaim","roleClaim",
 * "roles":{"value":["nurse"]},
 * "practitionerClaim","makesAccounts","hosts":[]}; a member that is not known is refused. False: no partner, and *why
 * says why not; or no room. */
MUST_USE bool partner_read(struct partner *partner, struct text json, struct arena *arena,
                           const char **why);

MUST_USE enum partner_err partner_find(struct oauth_turn *turn, struct text id,
                                       struct partner *partner);

/* --- what the partner publishes -------------------------------------------------------------------- */

struct partner_about {
    struct text authorization_endpoint, token_endpoint, jwks_uri;
    bool tells_issuer; /* answers name it, RFC 9207: one that does not is none of theirs */
};

/* Where the discovery document is; "" where memory fails. */
MUST_USE struct text partner_discovery_url(const struct partner *partner, struct arena *arena);

/* PARTNER_ERR_FORM: not the partner's, or endpoints that may not be. */
MUST_USE enum partner_err partner_about_read(struct partner_about *about,
                                             const struct partner *partner, struct text json,
                                             struct arena *arena);

/* --- there and back -------------------------------------------------------------------------------- */

/* Begins: `*url` is where the browser goes. `browser`: any text that it alone can give again; `go`: a path of ours that
 * comes back with it. */
MUST_USE enum partner_err partner_begin(struct oauth_turn *turn, const struct partner *partner,
                                        const struct partner_about *about, struct text browser,
                                        struct text go, struct text *url);

struct partner_return {
    struct text code, issuer; /* issuer: as the answer named it, or "" */
    struct text nonce, verifier, go;
};

/* What the browser came back with to the redirect URI of the partner `id`. Uses the sign-in up: commit also where it
 * refuses. */
MUST_USE enum partner_err partner_return(struct oauth_turn *turn, struct text id,
                                         const struct form *form, struct text browser,
                                         struct partner_return *back);

/* The form for the token endpoint. PARTNER_ERR_MIXED: the answer is another issuer's, and the code goes nowhere. */
MUST_USE enum partner_err partner_write_exchange(struct oauth_turn *turn,
                                                 const struct partner *partner,
                                                 const struct partner_about *about,
                                                 const struct partner_return *back,
                                                 struct buffer *out);

/* Who somebody is over there. */
struct partner_person {
    struct text subject, name;
    struct text account;      /* by account_claim: a login name; "" */
    struct text practitioner; /* by practitioner_claim; "" */
    uint32_t roles;           /* by role_claim */
    enum session_strength strength;
};

/* Reads what the token endpoint answered, and checks its id_token. `*needs_keys`: no key of theirs fits; they may have
 * new ones, so fetch and try once more. */
MUST_USE enum partner_err partner_check(struct oauth_turn *turn, const struct partner *partner,
                                        const struct jose_keys *keys,
                                        const struct partner_return *back, struct text answer,
                                        struct partner_person *person, bool *needs_keys);

/* The account that this person is here, linked or made where it was not. Blocked ones are found, too. Whose account was
 * made by this partner has the roles that it says now. */
MUST_USE enum partner_err partner_account(struct oauth_turn *turn, const struct partner *partner,
                                          const struct partner_person *person,
                                          struct account *account);

/* Links an account, of whatever roles, to somebody over there: the site's own word. PARTNER_ERR_ACCOUNT: there is no
 * such account, or one of the two is linked already. */
MUST_USE enum partner_err partner_link(struct oauth_turn *turn, const struct partner *partner,
                                       struct text login, struct text subject);

/* From what was proved to the session that begins by it: good once, for a minute, in the same browser. */
struct partner_ticket {
    struct text account; /* its id */
    enum session_strength strength;
    struct text go;
};
MUST_USE enum partner_err partner_ticket_make(struct oauth_turn *turn,
                                              const struct partner_ticket *ticket,
                                              struct text browser, struct text *word);
MUST_USE enum partner_err partner_ticket_use(struct oauth_turn *turn, struct text word,
                                             struct text browser, struct partner_ticket *ticket);

#endif
