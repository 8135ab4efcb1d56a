/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The authorization endpoint: what a client asks a person for, and the code that it gets.
 *
 * The endpoint checks the request, has the person sign in and agree (pages of the program's), and then makes the code.
 * Until client and redirect URI are known to belong together nothing is sent to that URI. */
#ifndef ACCESS_OAUTH_AUTHORIZE_H
#define ACCESS_OAUTH_AUTHORIZE_H

#include "access/form.h"
#include "access/oauth.h"

/* A request that was checked. Kept by the program while the person signs in. */
struct oauth_request {
    struct oauth_client client;
    struct text redirect, state, challenge, nonce;
    struct text launch;    /* token of a launch from the record; "": the app was opened by itself */
    struct launch context; /* of that */
    struct access_scopes scopes; /* asked for, and within what the client may */
    bool may_redirect;           /* errors, too, are told to `redirect` */
};

/* Checks the query of GET or the form of POST /authorize. Needed: response_type=code, client_id, redirect_uri,
 * state, scope, aud (the FHIR base), code_challenge with S256. On an error, request->may_redirect says where it is
 * told. */
MUST_USE enum oauth_err oauth_authorize(struct oauth_turn *turn, const struct form *form,
                                        struct oauth_request *request);

/* Whether who signs in as this user may go on, as the launch has it. Sets turn->why where not. */
MUST_USE bool oauth_may_launch(struct oauth_turn *turn, const struct oauth_request *request,
                               struct text user);

/* The person agreed: `grant` is who they are, `scopes` what they granted of the request's, launch context included;
 * that of a launch from the record is put in here, and the launch is used up.
 * Gives the URL to go to, with code, state and iss (RFC 9207). */
MUST_USE enum oauth_err oauth_agree(struct oauth_turn *turn, const struct oauth_request *request,
                                    struct oauth_grant *grant, struct text *url);

/* The URL that tells the client of an error; only where may_redirect. */
struct text oauth_refuse(struct oauth_turn *turn, const struct oauth_request *request,
                         enum oauth_err err);

#endif
