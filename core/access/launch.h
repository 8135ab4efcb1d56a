/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An app that is opened from the record (SMART's EHR launch): for whom, and which patient and encounter it is about,
 * kept here under a token that goes with the app's launch URL. The token says nothing by itself and gives no right:
 * who signs in must see the patient themselves, and is asked as ever. It is good for one code, for one app, and where
 * a person made it for this person alone.
 *
 * Pure but for the turn's store; kept as its token's hash. Source: SMART App Launch 2.2.0 "Launch App: EHR Launch". */
#ifndef ACCESS_LAUNCH_H
#define ACCESS_LAUNCH_H

#include "access/oauth.h"
#include "access/token.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"

/* As long as it may take to sign in. Ours. */
enum { LAUNCH_S = 600 };
#define LAUNCH_AREA "oauth-launch" /* of notes, by the token's hash */

enum launch_err {
    LAUNCH_OK = 0,
    LAUNCH_NONE,   /* no such token; or another app's, used, or over */
    LAUNCH_FAILED, /* the store, or memory */
};

/* Keeps a launch under a new token, in the arena. */
MUST_USE enum launch_err launch_make(struct oauth_turn *turn, const struct launch *launch,
                                     struct text *token);

/* A note's value. */
void launch_write(struct buffer *out, const struct launch *launch);

/* The client's launch of this token, in the arena. */
MUST_USE enum launch_err launch_find(struct oauth_turn *turn, struct text token, struct text client,
                                     struct launch *launch);

/* As launch_find, and it is used up. */
MUST_USE enum launch_err launch_use(struct oauth_turn *turn, struct text token, struct text client,
                                    struct launch *launch);

/* "https://app.example.org/launch?iss=...&launch=...": where the person's browser goes. */
void launch_write_url(struct buffer *out, struct text launch_url, struct text fhir_base,
                      struct text token);

#endif
