/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people see of the centre: signing in, letting an app in, an invitation, their account, and for administrators
 * everybody's (core/pages). Any worker's thread.
 *
 * What comes from a browser counts only with its cookies, which no page of another site can read or set: __Host- names
 * where the site is reached by https, HttpOnly, SameSite=Lax. Each form carries a secret of its session, or before
 * there is one of its browser, and whatever the browser tells of where a form came from has to be this site. Pages run
 * and load nothing but files of ours and stand in nobody's frame (hazards H-125 to H-128). */
#ifndef CENTRE_DOOR_H
#define CENTRE_DOOR_H

#include "centre/centre.h"

/* /sign-in, /sign-out, /authorize, /agree, /invite, /account, /people, /passkey, /partner/arrive and what is beneath
 * them. */
enum http_turn door_answer(struct centre *centre, struct http_exchange *exchange);

/* The secret of the asking browser, by its cookie; "" where it has none yet: /sign-in gives it one. */
struct text door_browser(struct centre *centre, struct http_exchange *exchange);

/* /pages/...: the files that pages ask for. */
enum http_turn door_file(struct centre *centre, struct http_exchange *exchange);

#endif
