/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passkeys: what comes from outside, read. */
#include "access/base64.h"
#include "access/oauth_parts.h"
#include "access/passkey_parts.h"
#include "base/bytes.h"
#include "base/utf8.h"

static const struct json_limits limits = {
    .depth_max = 8, .members_max = 32, .text_len_max = PASSKEY_POSTED_LEN_MAX};

static enum passkey_err read_object(struct json *json, struct text text, struct arena *arena)
{
    enum json_err err = json_parse(json, text, &limits, arena, NULL);
    if (err == JSON_ERR_MEMORY)
        return PASSKEY_ERR_SERVER;
    return err == JSON_OK && json_type(json, JSON_ROOT) == JSON_OBJECT ? PASSKEY_OK
                                                                       : PASSKEY_ERR_FORM;
}

/* A member of base64url, as bytes; "" where there is none. */
static enum passkey_err read_bytes(const struct json *json, uint32_t object, const char *name,
                                   struct arena *arena, struct text *out)
{
    uint32_t node = json_member(json, object, text_of(name));

    *out = TEXT("");
    if (node == JSON_NONE || json_type(json, node) == JSON_NULL)
        return PASSKEY_OK;
    struct text text = json_raw(json, node);
    if (json_type(json, node) != JSON_STRING)
        return PASSKEY_ERR_FORM;
    uint8_t *bytes = arena_take(arena, BASE64URL_BYTES(text.len) + 1);
    if (!bytes)
        return PASSKEY_ERR_SERVER;
    if (!base64url_decode(text, bytes, &out->len))
        return PASSKEY_ERR_FORM;
    out->bytes = (const char *)bytes;
    return PASSKEY_OK;
}

/* --- what the page posts --------------------------------------------------------------------------- */

/* An account's id as we make them, so that no other bytes are looked up. */
static bool is_handle(struct text handle)
{
    if (handle.len > PASSKEY_HANDLE_LEN_MAX)
        return false;
    for (size_t i = 0; i < handle.len; i++)
        if (handle.bytes[i] <= ' ' || handle.bytes[i] > '~')
            return false;
    return true;
}

static bool is_name(struct text name)
{
    if (name.len > PASSKEY_NAME_LEN_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.bytes[i] < ' ' || name.bytes[i] == 0x7F)
            return false;
    return true;
}

enum passkey_err passkey_posted_read(struct passkey_posted *posted, struct text text,
                                     struct arena *arena)
{
    struct json json;

    *posted = (struct passkey_posted){0};
    enum passkey_err err = read_object(&json, text, arena);
    if (err != PASSKEY_OK)
        return err;
    const uint32_t response = json_member(&json, JSON_ROOT, TEXT("response"));
    if (response == JSON_NONE)
        return PASSKEY_ERR_FORM;
    const struct {
        uint32_t object;
        const char *name;
        struct text *out;
    } members[] = {{JSON_ROOT, "id", &posted->id},
                   {response, "clientDataJSON", &posted->client_data},
                   {response, "authenticatorData", &posted->authenticator_data},
                   {response, "signature", &posted->signature},
                   {response, "userHandle", &posted->account}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        err = read_bytes(&json, members[i].object, members[i].name, arena, members[i].out);
        if (err != PASSKEY_OK)
            return err;
    }
    if (!oauth_text(&json, JSON_ROOT, "name", arena, &posted->name))
        return PASSKEY_ERR_SERVER;
    bool is_whole = posted->id.len > 0 && posted->id.len <= PASSKEY_ID_LEN_MAX &&
                    posted->client_data.len > 0 && posted->authenticator_data.len > 0;
    return is_whole && is_handle(posted->account) && is_name(posted->name) ? PASSKEY_OK
                                                                           : PASSKEY_ERR_FORM;
}

static bool member_is(const struct json *json, const char *name, const char *value)
{
    uint32_t node = json_member(json, JSON_ROOT, text_of(name));
    return node != JSON_NONE && json_type(json, node) == JSON_STRING &&
           json_string_is(json, node, text_of(value));
}

/* Members that are not known are let be: browsers add some, to keep servers from relying on there being none. */
enum passkey_err passkey_client_data_read(struct passkey_client_data *data, struct text bytes,
                                          struct arena *arena)
{
    struct json json;
    struct text challenge;

    *data = (struct passkey_client_data){0};
    enum passkey_err err = read_object(&json, bytes, arena);
    if (err != PASSKEY_OK)
        return err;
    bool is_create = member_is(&json, "type", "webauthn.create");
    if (!is_create && !member_is(&json, "type", "webauthn.get"))
        return PASSKEY_ERR_FORM;
    data->ceremony = is_create ? PASSKEY_CREATE : PASSKEY_GET;
    err = read_bytes(&json, JSON_ROOT, "challenge", arena, &challenge);
    if (err != PASSKEY_OK)
        return err;
    if (challenge.len != PASSKEY_CHALLENGE_LEN)
        return PASSKEY_ERR_CHALLENGE;
    memcpy(data->challenge, challenge.bytes, PASSKEY_CHALLENGE_LEN);
    if (!oauth_text(&json, JSON_ROOT, "origin", arena, &data->origin))
        return PASSKEY_ERR_SERVER;
    uint32_t crossed = json_member(&json, JSON_ROOT, TEXT("crossOrigin"));
    data->is_framed = (crossed != JSON_NONE && json_type(&json, crossed) != JSON_FALSE) ||
                      json_member(&json, JSON_ROOT, TEXT("topOrigin")) != JSON_NONE;
    return PASSKEY_OK;
}

enum passkey_err passkey_head_read(struct passkey_head *head, struct text bytes)
{
    enum { PRESENT = 1, VERIFIED = 4, MAY_BACK_UP = 8, BACKED_UP = 16 };

    if (bytes.len < PASSKEY_HEAD_LEN)
        return PASSKEY_ERR_FORM;
    const uint8_t *at = (const uint8_t *)bytes.bytes;
    uint8_t flags = at[DIGEST_LEN];
    if ((flags & BACKED_UP) && !(flags & MAY_BACK_UP)) /* Level 3 6.1.3 */
        return PASSKEY_ERR_FORM;
    *head = (struct passkey_head){.site_hash = {bytes.bytes, DIGEST_LEN},
                                  .is_present = flags & PRESENT,
                                  .is_verified = flags & VERIFIED,
                                  .count = get_be32(at + DIGEST_LEN + 1)};
    return PASSKEY_OK;
}

/* --- where we are ---------------------------------------------------------------------------------- */

/* Small letters, digits, hyphens and dots, the last label not a number: no IPv4 address; brackets are no IPv6. */
static bool is_domain(struct text host)
{
    bool is_label_number = true, is_label_empty = true;

    if (host.len == 0 || host.len > PASSKEY_HOST_LEN_MAX)
        return false;
    for (size_t i = 0; i < host.len; i++) {
        char c = host.bytes[i];
        bool is_digit = c >= '0' && c <= '9';
        if (c == '.') {
            if (is_label_empty)
                return false;
            is_label_number = is_label_empty = true;
            continue;
        }
        if (!is_digit && c != '-' && !(c >= 'a' && c <= 'z'))
            return false;
        is_label_number &= is_digit;
        is_label_empty = false;
    }
    return !is_label_number && !is_label_empty;
}

/* ":8443", or nothing. */
static bool is_port(struct text port)
{
    enum { LEN_MAX = 6 };
    if (port.len == 0)
        return true;
    for (size_t i = 1; i < port.len; i++)
        if (port.bytes[i] < '0' || port.bytes[i] > '9')
            return false;
    return port.bytes[0] == ':' && port.len > 1 && port.len <= LEN_MAX;
}

static bool is_localhost(struct text host)
{
    static const char below[] = ".localhost";
    size_t len = sizeof below - 1;
    return text_is(host, below + 1) ||
           (host.len > len && memcmp(host.bytes + host.len - len, below, len) == 0);
}

bool passkey_site_read(struct passkey_site *site, struct text issuer)
{
    static const char safe[] = "https://", bare[] = "http://";
    bool is_safe = text_starts(issuer, text_of(safe));
    size_t scheme = is_safe ? sizeof safe - 1 : sizeof bare - 1;

    if (!is_safe && !text_starts(issuer, text_of(bare)))
        return false;
    struct text rest = {issuer.bytes + scheme, issuer.len - scheme};
    struct text authority = text_cut(&rest, '/');
    struct text after = authority, host = text_cut(&after, ':');
    struct text port = {host.bytes + host.len, authority.len - host.len};
    if (!is_domain(host) || !is_port(port) || (!is_safe && !is_localhost(host)))
        return false;
    if (text_is(port, is_safe ? ":443" : ":80")) /* browsers leave the usual one out */
        port.len = 0;
    memcpy(site->rp_id, host.bytes, host.len);
    site->rp_id[host.len] = '\0';
    memcpy(site->origin, issuer.bytes, scheme + host.len + port.len);
    site->origin[scheme + host.len + port.len] = '\0';
    return true;
}

bool passkey_is_offered(struct text issuer)
{
    struct passkey_site site;
    return passkey_site_read(&site, issuer);
}

/* --- what an account keeps ------------------------------------------------------------------------- */

static const struct {
    enum passkey_alg alg;
    const char *name;
} algs[] = {{PASSKEY_ES256, "ES256"}, {PASSKEY_EDDSA, "EdDSA"}, {PASSKEY_RS256, "RS256"}};
enum { ALGS = sizeof algs / sizeof *algs };

static void write_bytes(struct json_writer *writer, struct text key, struct text bytes)
{
    struct buffer text;

    buffer_init(&text, writer->buffer->arena);
    base64url_write(&text, (const uint8_t *)bytes.bytes, bytes.len);
    writer->buffer->failed |= text.failed;
    if (!text.failed)
        json_write_member(writer, key, buffer_text(&text));
}

void passkey_write(struct json_writer *writer, const struct passkey *passkey)
{
    json_begin_object(writer);
    write_bytes(writer, TEXT("id"), passkey->id);
    for (size_t i = 0; i < ALGS; i++)
        if (algs[i].alg == passkey->alg)
            json_write_member(writer, TEXT("alg"), text_of(algs[i].name));
    write_bytes(writer, TEXT("key"), passkey->key);
    json_key(writer, TEXT("count"));
    json_write_i64(writer, passkey->count);
    json_write_member(writer, TEXT("name"), passkey->name);
    json_key(writer, TEXT("since"));
    json_write_i64(writer, passkey->since_s);
    json_end_object(writer);
}

bool passkey_read(struct passkey *passkey, const struct json *json, uint32_t node,
                  struct arena *arena)
{
    struct text alg;
    int64_t count;

    *passkey = (struct passkey){0};
    if (json_type(json, node) != JSON_OBJECT || !oauth_text(json, node, "alg", arena, &alg) ||
        !oauth_text(json, node, "name", arena, &passkey->name) ||
        !oauth_number(json, node, "count", &count) || count > UINT32_MAX ||
        !oauth_number(json, node, "since", &passkey->since_s) ||
        read_bytes(json, node, "id", arena, &passkey->id) != PASSKEY_OK ||
        read_bytes(json, node, "key", arena, &passkey->key) != PASSKEY_OK)
        return false;
    passkey->count = (uint32_t)count;
    for (size_t i = 0; i < ALGS; i++)
        if (text_is(alg, algs[i].name))
            passkey->alg = algs[i].alg;
    return passkey->alg && passkey->id.len && passkey->id.len <= PASSKEY_ID_LEN_MAX &&
           passkey->key.len && passkey->key.len <= PASSKEY_KEY_LEN_MAX;
}
