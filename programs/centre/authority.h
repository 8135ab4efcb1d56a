/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The endpoints of the authorization server (access/oauth.h) that programs use: token, introspection, revocation, and
 * the documents that tell of them. What people see, signing in and agreeing, is not here yet, and the documents do
 * not claim it. Any worker's thread. */
#ifndef CENTRE_AUTHORITY_H
#define CENTRE_AUTHORITY_H

#include "centre/centre.h"

/* This centre as an authorization server, for whom its record's base is known. */
struct oauth_site authority_site(const struct centre *centre);

/* POST /token, /introspect, /revoke: a form. */
enum http_turn authority_answer(struct centre *centre, struct http_exchange *exchange);

/* GET /fhir/.well-known/smart-configuration, /.well-known/openid-configuration, /jwks */
enum http_turn authority_document(struct centre *centre, struct http_exchange *exchange);

#endif
