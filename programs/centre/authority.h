/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The endpoints of the authorization server (access/oauth.h) that programs use: token, introspection, revocation, and
 * the documents that tell of them. What people see, signing in and agreeing, is door.h's. Any worker's thread. */
#ifndef CENTRE_AUTHORITY_H
#define CENTRE_AUTHORITY_H

#include "centre/centre.h"

/* This centre as an authorization server: "https://c.example.org" of "https://c.example.org/fhir". People sign in where
 * an audit is kept. */
struct oauth_site authority_site(struct centre *centre);

/* POST /token, /introspect, /revoke: a form. */
enum http_turn authority_answer(struct centre *centre, struct http_exchange *exchange);

/* GET /fhir/.well-known/smart-configuration, /.well-known/openid-configuration, /jwks */
enum http_turn authority_document(struct centre *centre, struct http_exchange *exchange);

#endif
