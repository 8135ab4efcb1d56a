/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No bytes are a token of a key that signed nothing, with whatever header; and a set of keys that is read has keys
 * that, published and read again, have the same name and algorithms. */
#include <stdint.h>
#include <stdlib.h>

#include "access/jwt.h"

static const char jwks[] =
    "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
    "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"},{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":"
    "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":"
    "\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}";

static bool read_keys(struct jose_keys *keys, struct text text, struct arena *arena)
{
    struct json json;
    return json_parse(&json, text, &json_limits_default, arena, NULL) == JSON_OK &&
           jose_keys_read(keys, &json, JSON_ROOT);
}

static void try_token(struct text token, struct arena *arena)
{
    static struct jose_keys keys;
    const struct jwt_expected expected = {.now_s = 1, .skew_s = 0};
    struct jwt jwt;

    if (keys.count == 0) {
        static struct arena kept;
        arena_init(&kept, 1 << 20);
        if (!read_keys(&keys, text_of(jwks), &kept) || keys.count != 2)
            abort();
    }
    if (jwt_verify(&jwt, token, &keys, &expected, arena) == JWT_OK)
        abort();
}

static void try_keys(struct text text, struct arena *arena)
{
    struct jose_keys keys;

    if (!read_keys(&keys, text, arena))
        return;
    for (size_t i = 0; i < keys.count; i++) {
        const struct jose_key *key = keys.keys[i];
        struct buffer out;
        struct json json;
        buffer_init(&out, arena);
        jose_key_write(&out, key);
        if (out.failed ||
            json_parse(&json, buffer_text(&out), &json_limits_default, arena, NULL) != JSON_OK)
            continue;
        struct jose_key *again = jose_key_read(&json, JSON_ROOT);
        if (!again || jose_key_algs(again) & ~jose_key_algs(key))
            abort();
        jose_key_free(again);
    }
    jose_keys_free(&keys);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = {(const char *)data, size};
    struct arena arena;

    arena_init(&arena, 1 << 20);
    try_token(text, &arena);
    try_keys(text, &arena);
    arena_free(&arena);
    return 0;
}
