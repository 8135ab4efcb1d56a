/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A browser and its device, whose signatures anybody can make, at the oauth_world's site. */
#ifndef UNIT_ACCESS_PASSKEY_WORLD_H
#define UNIT_ACCESS_PASSKEY_WORLD_H

#include "unit/access/oauth_world.h"

#include "access/base64.h"
#include "access/passkey.h"
#include "base/bytes.h"

enum { FLAG_PRESENT = 1, FLAG_VERIFIED = 4, FLAG_BACKED_UP = 16 };

/* What the ceremony is, and what is wrong with it. */
struct played {
    const char *type, *origin, *rp_id, *extra; /* extra: members of the client's data */
    const char *id, *handle;
    unsigned flags;
    uint32_t count;
    bool is_forged;
};
static const struct played played_new = {.type = "webauthn.create",
                                         .origin = "https://c.example.org",
                                         .rp_id = "c.example.org",
                                         .extra = "",
                                         .id = "key-1",
                                         .handle = "",
                                         .flags = FLAG_PRESENT | FLAG_VERIFIED};
static const struct played played_get = {.type = "webauthn.get",
                                         .origin = "https://c.example.org",
                                         .rp_id = "c.example.org",
                                         .extra = "",
                                         .id = "key-1",
                                         .handle = "account-1",
                                         .flags = FLAG_PRESENT | FLAG_VERIFIED,
                                         .count = 6};

/* Where TEXT cannot stand: it is no constant. */
#define LITERAL(text)                                                                              \
    {                                                                                              \
        text, sizeof text - 1                                                                      \
    }

static const struct text browser = LITERAL("cookie-1");

/* The credential's id stands behind the head. */
static inline bool fake_read(struct text data, struct arena *in, struct passkey *passkey)
{
    (void)in;
    passkey->id = (struct text){data.bytes + DIGEST_LEN + 5, data.len - DIGEST_LEN - 5};
    passkey->alg = PASSKEY_ES256;
    passkey->key = TEXT("K");
    passkey->count = get_be32((const uint8_t *)data.bytes + DIGEST_LEN + 1);
    return !text_is(passkey->id, "strange");
}

static inline bool fake_is_signed(const struct passkey *passkey, const char *rp_id,
                                  struct text data,
                                  const uint8_t client_data_hash[static DIGEST_LEN],
                                  struct text signature)
{
    (void)data;
    return strcmp(rp_id, "c.example.org") == 0 && text_is(passkey->key, "K") &&
           signature.len == DIGEST_LEN &&
           memcmp(signature.bytes, client_data_hash, DIGEST_LEN) == 0;
}
static const struct passkey_proof proof = {fake_read, fake_is_signed};

static const struct passkey one[] = {{.id = LITERAL("key-1"),
                                      .alg = PASSKEY_ES256,
                                      .key = LITERAL("K"),
                                      .count = 5,
                                      .name = LITERAL("Phone"),
                                      .since_s = NOW_S}};
static const struct passkey_owner newcomer = {
    .account = LITERAL("account-1"), .login = LITERAL("salma"), .name = LITERAL("Salma Idrissi")};
static const struct passkey_owner owner = {.account = LITERAL("account-1"),
                                           .login = LITERAL("salma"),
                                           .name = LITERAL("Salma Idrissi"),
                                           .passkeys = one,
                                           .count = 1};

static inline struct json options_of(const struct buffer *out)
{
    struct json json;
    assert_false(out->failed);
    assert_int_equal(json_parse(&json, buffer_text(out), &json_limits_default, &arena, NULL),
                     JSON_OK);
    return json;
}

static inline struct text ask_new(const struct passkey_owner *whose)
{
    struct buffer out;
    buffer_init(&out, &arena);
    assert_int_equal(passkey_ask_new(&turn, whose, browser, &out), PASSKEY_OK);
    const struct json json = options_of(&out);
    return member(&json, "challenge");
}

static inline struct text ask_sign_in(void)
{
    struct buffer out;
    buffer_init(&out, &arena);
    assert_int_equal(passkey_ask_sign_in(&turn, browser, &out), PASSKEY_OK);
    const struct json json = options_of(&out);
    return member(&json, "challenge");
}

static inline void add_bytes(struct buffer *out, const char *name, const void *bytes, size_t len)
{
    buffer_format(out, "\"%s\":\"", name);
    base64url_write(out, bytes, len);
    buffer_format(out, "\"");
}

/* What the page posts. */
static inline struct text play(struct played how, struct text challenge)
{
    struct buffer client_data, out;
    uint8_t data[256], signature[DIGEST_LEN];
    size_t id_len = strlen(how.id);

    buffer_init(&client_data, &arena);
    buffer_format(&client_data, "{\"type\":\"%s\",\"challenge\":\"%.*s\",\"origin\":\"%s\"%s}",
                  how.type, (int)challenge.len, challenge.bytes, how.origin, how.extra);
    digest_of(text_of(how.rp_id), data);
    data[DIGEST_LEN] = (uint8_t)how.flags;
    put_be32(data + DIGEST_LEN + 1, how.count);
    memcpy(data + DIGEST_LEN + 5, how.id, id_len);
    digest_of(buffer_text(&client_data), signature);
    signature[0] ^= how.is_forged;
    buffer_init(&out, &arena);
    buffer_format(&out, "{\"name\":\"Phone\",");
    add_bytes(&out, "id", how.id, id_len);
    buffer_format(&out, ",\"response\":{");
    add_bytes(&out, "clientDataJSON", client_data.bytes, client_data.len);
    buffer_format(&out, ",");
    add_bytes(&out, "authenticatorData", data, DIGEST_LEN + 5 + id_len);
    buffer_format(&out, ",");
    add_bytes(&out, "signature", signature, sizeof signature);
    buffer_format(&out, ",");
    add_bytes(&out, "userHandle", how.handle, strlen(how.handle));
    buffer_format(&out, "}}");
    assert_false(out.failed);
    return buffer_text(&out);
}

static inline enum passkey_err take_new(const struct passkey_owner *whose, struct text in,
                                        struct text posted, struct passkey *made)
{
    return passkey_take_new(&turn, &proof, whose, in, posted, made);
}

static inline enum passkey_err register_as(struct played how)
{
    struct passkey made;
    return take_new(&newcomer, browser, play(how, ask_new(&newcomer)), &made);
}

static inline enum passkey_err take_get(const struct passkey_owner *whose, struct text in,
                                        struct text text)
{
    struct passkey_posted posted;
    size_t which = 99;
    uint32_t count = 0;
    enum passkey_err err = passkey_posted_read(&posted, text, &arena);
    if (err == PASSKEY_OK)
        err = passkey_take_sign_in(&turn, &proof, whose, in, &posted, &which, &count);
    if (err == PASSKEY_OK)
        assert_int_equal(which, 0);
    return err;
}

static inline enum passkey_err sign_in_as(struct played how)
{
    return take_get(&owner, browser, play(how, ask_sign_in()));
}

#endif
