/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/assertion.h"

enum jwt_err assertion_check(struct text assertion, struct text client,
                             const struct jose_keys *keys, const struct text *audiences,
                             size_t audience_count, assertion_first *first, void *context,
                             int64_t now_s, struct arena *arena)
{
    const struct jwt_expected expected = {
        .issuer = client,
        .subject = client,
        .audiences = audiences,
        .audience_count = audience_count,
        .now_s = now_s,
        .skew_s = ASSERTION_SKEW_S,
        .lifetime_s_max = ASSERTION_LIFETIME_S_MAX,
        .needs_id = true,
    };
    struct jwt jwt;

    if (client.len == 0 || audience_count == 0)
        return JWT_ERR_ISSUER;
    enum jwt_err err = jwt_verify(&jwt, assertion, keys, &expected, arena);
    if (err != JWT_OK)
        return err;
    return first(context, client, jwt.id, jwt.expires_s + ASSERTION_SKEW_S) ? JWT_OK
                                                                            : JWT_ERR_REPLAY;
}
