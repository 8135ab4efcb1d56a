/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sources of partner*.c share. For these alone. */
#ifndef ACCESS_PARTNER_PARTS_H
#define ACCESS_PARTNER_PARTS_H

#include "access/partner.h"
#include "json/json.h"

/* An object within a partner's limits. */
MUST_USE bool partner_read_object(struct json *json, struct text text, struct arena *arena);

/* Sets turn->why, and gives `err` back. */
enum partner_err partner_because(struct oauth_turn *turn, enum partner_err err, const char *why);

/* Our own address that a partner answers to. */
void partner_write_redirect(struct buffer *out, const struct oauth_turn *turn, struct text id);

#endif
