/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/token.h"

#include <assert.h>

#include "access/base64.h"

static const char prefixes[TOKEN_KINDS][9] = {
    [TOKEN_ACCESS] = "jisr_at_",  [TOKEN_REFRESH] = "jisr_rt_", [TOKEN_CODE] = "jisr_co_",
    [TOKEN_SESSION] = "jisr_se_", [TOKEN_DEVICE] = "jisr_de_",  [TOKEN_INVITE] = "jisr_in_",
    [TOKEN_BINDING] = "jisr_wb_", [TOKEN_LAUNCH] = "jisr_la_",
};
enum { PREFIX_LEN = sizeof prefixes[0] - 1 };
static_assert((int)PREFIX_LEN + (int)BASE64URL_LEN(TOKEN_RANDOM_LEN) == (int)TOKEN_LEN, "whole");

struct text token_write(enum token_kind kind, const uint8_t random[static TOKEN_RANDOM_LEN],
                        char out[static TOKEN_LEN])
{
    assert(kind < TOKEN_KINDS);
    memcpy(out, prefixes[kind], PREFIX_LEN);
    base64url_encode(out + PREFIX_LEN, random, TOKEN_RANDOM_LEN);
    return (struct text){out, TOKEN_LEN};
}

bool token_read(struct text token, enum token_kind *kind)
{
    uint8_t bytes[BASE64URL_BYTES(TOKEN_LEN - PREFIX_LEN)];
    size_t len;

    if (token.len != TOKEN_LEN ||
        !base64url_decode((struct text){token.bytes + PREFIX_LEN, TOKEN_LEN - PREFIX_LEN}, bytes,
                          &len))
        return false;
    for (enum token_kind i = 0; i < TOKEN_KINDS; i++) {
        if (memcmp(token.bytes, prefixes[i], PREFIX_LEN) == 0) {
            *kind = i;
            return true;
        }
    }
    return false;
}

void token_hash(struct text token, uint8_t out[static DIGEST_LEN])
{
    digest_of(token, out);
}

bool token_of_header(struct text value, struct text *token)
{
    static const char scheme[] = "bearer ";
    size_t len = sizeof scheme - 1;

    if (value.len <= len)
        return false;
    for (size_t i = 0; i < len; i++)
        if ((value.bytes[i] | (scheme[i] == ' ' ? 0 : 0x20)) != scheme[i])
            return false;
    *token = (struct text){value.bytes + len, value.len - len};
    return !memchr(token->bytes, ' ', token->len);
}

bool pkce_is_challenge(struct text challenge)
{
    uint8_t bytes[BASE64URL_BYTES(PKCE_CHALLENGE_LEN)];
    size_t len;
    return challenge.len == PKCE_CHALLENGE_LEN && base64url_decode(challenge, bytes, &len);
}

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

bool pkce_check(struct text verifier, struct text challenge)
{
    uint8_t hash[DIGEST_LEN];
    char expected[PKCE_CHALLENGE_LEN];

    if (verifier.len < PKCE_VERIFIER_LEN_MIN || verifier.len > PKCE_VERIFIER_LEN_MAX ||
        challenge.len != PKCE_CHALLENGE_LEN)
        return false;
    for (size_t i = 0; i < verifier.len; i++)
        if (!is_unreserved(verifier.bytes[i]))
            return false;
    digest_of(verifier, hash);
    base64url_encode(expected, hash, sizeof hash);
    return digest_equal(expected, challenge.bytes, sizeof expected);
}
