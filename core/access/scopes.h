/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OAuth scopes as SMART App Launch 2.2.0 writes them: "patient/Observation.rs?category=laboratory launch openid".
 *
 * Pure. The texts in a struct access_scopes point into what was read, or into the arena that an intersection was
 * made with; a set is read by any number of threads. What we do not know grants nothing and is counted.
 *
 * Source: SMART App Launch 2.2.0 "Scopes and Launch Context"; v1's .read and .write as its "Scopes for requesting
 * clinical data" maps them; characters as RFC 6749 section 3.3 has them. */
#ifndef ACCESS_SCOPES_H
#define ACCESS_SCOPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/roles.h"
#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"

/* An app asks for some tens; a header that carries more is no app's. */
enum { SCOPES_MAX = 64, SCOPES_LEN_MAX = 8192, SCOPE_QUERY_LEN_MAX = 512 };

enum scope_context { SCOPE_PATIENT, SCOPE_USER, SCOPE_SYSTEM };

struct access_scope {
    uint8_t context;   /* enum scope_context */
    uint8_t letters;   /* enum access_letter */
    struct text type;  /* "Observation"; "": every type, written * */
    struct text query; /* "category=laboratory", as written; "": none */
};

/* Scopes that are words. */
enum scope_word {
    SCOPE_OPENID = 1 << 0,
    SCOPE_FHIR_USER = 1 << 1,
    SCOPE_PROFILE = 1 << 2,
    SCOPE_LAUNCH = 1 << 3,
    SCOPE_LAUNCH_PATIENT = 1 << 4,
    SCOPE_LAUNCH_ENCOUNTER = 1 << 5,
    SCOPE_OFFLINE = 1 << 6, /* offline_access: a refresh token that outlives the session */
    SCOPE_ONLINE = 1 << 7,  /* online_access: one that ends with it */
};

struct access_scopes {
    struct access_scope scopes[SCOPES_MAX];
    size_t count;
    uint32_t words;   /* enum scope_word */
    size_t not_known; /* scopes that were left out */
};

enum scopes_err {
    SCOPES_OK = 0,
    SCOPES_ERR_SIZE,      /* longer, or more of them, than the limits */
    SCOPES_ERR_CHARACTER, /* a character that RFC 6749 has in no scope */
    SCOPES_ERR_MEMORY,    /* the arena had no room */
};

/* Reads a list with spaces between. A filter whose parameters are none that a resource can be matched by alone (a
 * chain, _has, _include, _sort and the like) makes its scope one that we do not know. */
MUST_USE enum scopes_err scopes_read(struct access_scopes *scopes, struct text list);

/* What both grant: each pair of the same context, by the narrower type, the letters of both, both filters.
 * Words are those of both. SCOPES_ERR_SIZE: too many pairs. */
MUST_USE enum scopes_err scopes_intersect(struct access_scopes *out, const struct access_scopes *a,
                                          const struct access_scopes *b, struct arena *arena);

/* Writes the set with spaces between, letters in SMART's order. */
void scopes_write(const struct access_scopes *scopes, struct buffer *out);

/* Whether all that `part` grants is granted by `whole`: for a refresh that asks for less (RFC 6749 section 6). */
bool scopes_within(const struct access_scopes *part, const struct access_scopes *whole);

/* Whether a scope is for this type: the same, or every. */
static inline bool scope_is_for(const struct access_scope *scope, struct text type)
{
    return scope->type.len == 0 || text_equal(scope->type, type);
}

#endif
