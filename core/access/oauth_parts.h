/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sources of oauth*.c share with each other and with what is kept beside them: accounts, sessions, invites.
 * For these alone. */
#ifndef ACCESS_OAUTH_PARTS_H
#define ACCESS_OAUTH_PARTS_H

#include <stddef.h>

#include "access/digest.h"
#include "access/oauth.h"
#include "access/token.h"
#include "json/json.h"
#include "json/writer.h"

/* Areas of the store. */
#define OAUTH_CODES "oauth-code"
#define OAUTH_TOKENS "oauth-token"
#define OAUTH_REFRESHES "oauth-refresh"
#define OAUTH_FAMILIES "oauth-family"
#define OAUTH_ASSERTIONS "oauth-jti"

/* Sets turn->why, and gives `err` back. */
enum oauth_err oauth_because(struct oauth_turn *turn, enum oauth_err err, const char *why);

/* A new token's text, in the arena, and the key that it is kept under. False: no randomness, or no room. */
MUST_USE bool oauth_make_token(struct oauth_turn *turn, enum token_kind kind, struct text *token,
                               uint8_t key[static DIGEST_LEN]);

static inline struct text oauth_key(const uint8_t key[static DIGEST_LEN])
{
    return (struct text){(const char *)key, DIGEST_LEN};
}

/* Whether a grant's user is a reference, and so a fhirUser: an account's own id is none. */
static inline bool oauth_is_fhir_user(struct text user)
{
    return user.len && memchr(user.bytes, '/', user.len);
}

/* A text member of an object; "" where there is none, or it is none. False: no room. */
MUST_USE bool oauth_text(const struct json *json, uint32_t object, const char *name,
                         struct arena *arena, struct text *out);

/* A member that is a number without sign, point or exponent, of 12 digits at most. False: it is there as nothing of the
 * kind, or not at all. */
MUST_USE bool oauth_number(const struct json *json, uint32_t object, const char *name,
                           int64_t *out);

/* A member that is bytes in base64url; "" where there is none. False: it is not, or no room. */
MUST_USE bool oauth_bytes(const struct json *json, uint32_t object, const char *name,
                          struct arena *arena, struct text *out);

/* Whether a member is true. */
bool oauth_flag(const struct json *json, uint32_t object, const char *name);

/* The member "roles", by name, so that a store outlives the order of an enum; one not known any more is none. */
uint32_t oauth_roles(const struct json *json, uint32_t object);
void oauth_write_roles(struct json_writer *writer, uint32_t roles);

/* A member of bytes. */
void oauth_write_bytes(struct json_writer *writer, const char *name, struct text bytes);

/* A member of a struct that is a text, and its name in JSON. */
struct oauth_member {
    const char *name;
    size_t at;
};
#define OAUTH_MEMBER(type, member)                                                                 \
    {                                                                                              \
#member, offsetof(struct type, member)                                                     \
    }

/* Those of a whole struct: what is "" is not written, and read as "". False: no room. */
void oauth_write_members(struct json_writer *writer, const struct oauth_member *members,
                         size_t count, const void *whole);
MUST_USE bool oauth_read_members(const struct json *json, uint32_t object,
                                 const struct oauth_member *members, size_t count,
                                 struct arena *arena, void *whole);

/* New random bytes in base64url, in the arena: 16 for a name, 32 for what nobody may guess. False: no randomness, or no
 * room. */
enum { OAUTH_ID_BYTES = 16, OAUTH_SECRET_BYTES = 32 };
MUST_USE bool oauth_make_word(struct oauth_turn *turn, size_t bytes, struct text *word);

/* A note that is a JSON object. OAUTH_FAILED, too, where it is none. */
MUST_USE enum oauth_found oauth_get(struct oauth_turn *turn, const char *area, struct text key,
                                    struct json *json);

/* The grant within an object, by its node. */
MUST_USE bool oauth_grant_read_node(struct oauth_grant *grant, const struct json *json,
                                    uint32_t node, struct arena *arena);

/* What a family keeps besides the grant: the hashes of its newest refresh token and of the one before; "" without. */
struct oauth_family {
    struct oauth_grant grant;
    struct text current, previous; /* base64url */
    int64_t due_s;
};
MUST_USE enum oauth_found oauth_family_get(struct oauth_turn *turn, struct text id,
                                           struct oauth_family *family);
MUST_USE bool oauth_family_put(struct oauth_turn *turn, const struct oauth_family *family);

#endif
