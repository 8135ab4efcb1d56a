/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a client proves itself, and what it is answered with. For oauth_token.c and oauth_manage.c alone. */
#ifndef ACCESS_OAUTH_ANSWER_H
#define ACCESS_OAUTH_ANSWER_H

#include "access/form.h"
#include "access/oauth.h"

/* The client of a form: by private_key_jwt where it has keys, else by its id alone. `endpoint` ("/token") beneath the
 * issuer is what an assertion may name as its audience, besides the issuer and the token endpoint. `otherwise` is the
 * id where the form has none; "": it has to. */
MUST_USE enum oauth_err oauth_client_prove(struct oauth_turn *turn, const struct form *form,
                                           const char *endpoint, struct text otherwise,
                                           struct oauth_client *client);

struct oauth_answer {
    struct text refresh; /* "": none */
    struct text nonce;
    bool has_identity; /* an id_token goes with it */
};

/* Issues an access token of the grant and writes the token endpoint's answer. */
MUST_USE enum oauth_err oauth_answer(struct oauth_turn *turn, struct oauth_grant *grant,
                                     int64_t seconds, const struct oauth_answer *answer,
                                     struct buffer *out);

#endif
