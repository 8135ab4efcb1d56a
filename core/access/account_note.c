/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/account.h"

#include "access/language.h"
#include "access/oauth_parts.h"

#define MEMBER(name) OAUTH_MEMBER(account, name)
static const struct oauth_member members[] = {
    MEMBER(id),      MEMBER(name),         MEMBER(display), MEMBER(practitioner),
    MEMBER(patient), MEMBER(organisation), MEMBER(related), MEMBER(password),
};
enum { MEMBERS = sizeof members / sizeof *members };

static struct text bytes_of(const void *bytes, size_t len)
{
    return (struct text){bytes, len};
}

static void write_passkeys(struct json_writer *writer, const struct account *account)
{
    json_key(writer, TEXT("passkeys"));
    json_begin_array(writer);
    for (size_t i = 0; i < account->passkey_count; i++)
        passkey_write(writer, &account->passkeys[i]);
    json_end_array(writer);
}

static void write_partners(struct json_writer *writer, const struct account *account)
{
    json_key(writer, TEXT("partners"));
    json_begin_array(writer);
    for (size_t i = 0; i < account->partner_count; i++) {
        json_begin_object(writer);
        json_write_member(writer, TEXT("issuer"), account->partners[i].issuer);
        json_write_member(writer, TEXT("subject"), account->partners[i].subject);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_totp(struct json_writer *writer, const struct account *account)
{
    if (account->has_totp) {
        oauth_write_bytes(writer, "totp", bytes_of(account->totp_secret, TOTP_SECRET_LEN));
        json_key(writer, TEXT("step"));
        json_write_i64(writer, (int64_t)account->totp_step);
    }
    if (account->has_offer)
        oauth_write_bytes(writer, "offer", bytes_of(account->totp_offer, TOTP_SECRET_LEN));
    if (recovery_left(&account->recovery))
        oauth_write_bytes(writer, "recovery",
                          bytes_of(account->recovery.hashes, sizeof account->recovery.hashes));
}

void account_write(struct buffer *out, const struct account *account)
{
    struct buffer note; /* of its own: what is encoded on the way takes from the same arena */
    struct json_writer writer;

    buffer_init(&note, out->arena);
    json_writer_init(&writer, &note);
    json_begin_object(&writer);
    oauth_write_members(&writer, members, MEMBERS, account);
    oauth_write_roles(&writer, account->roles);
    json_write_member(&writer, TEXT("language"), access_language_tag(account->language));
    json_key(&writer, TEXT("since"));
    json_write_i64(&writer, account->since_s);
    json_key(&writer, TEXT("blocked"));
    json_write_bool(&writer, account->is_blocked);
    write_totp(&writer, account);
    write_passkeys(&writer, account);
    write_partners(&writer, account);
    json_end_object(&writer);
    buffer_add(out, buffer_text(&note));
    out->failed |= note.failed;
}

/* Exactly `len` bytes, or none. */
static bool read_fixed(const struct json *json, const char *name, void *out, size_t len,
                       struct arena *arena, bool *is_there)
{
    struct text bytes;
    if (!oauth_bytes(json, JSON_ROOT, name, arena, &bytes) || (bytes.len && bytes.len != len))
        return false;
    *is_there = bytes.len > 0;
    if (*is_there)
        memcpy(out, bytes.bytes, len);
    return true;
}

static bool read_totp(struct account *account, const struct json *json, struct arena *arena)
{
    int64_t step;
    bool has_recovery;
    if (!read_fixed(json, "totp", account->totp_secret, TOTP_SECRET_LEN, arena,
                    &account->has_totp) ||
        !read_fixed(json, "offer", account->totp_offer, TOTP_SECRET_LEN, arena,
                    &account->has_offer) ||
        !read_fixed(json, "recovery", account->recovery.hashes, sizeof account->recovery.hashes,
                    arena, &has_recovery) ||
        (!oauth_number(json, JSON_ROOT, "step", &step) && account->has_totp))
        return false;
    account->totp_step = (uint64_t)step;
    return true;
}

static bool read_passkey(struct account *account, const struct json *json, uint32_t node,
                         struct arena *arena)
{
    return account->passkey_count < PASSKEYS_MAX &&
           passkey_read(&account->passkeys[account->passkey_count++], json, node, arena);
}

static bool read_partner(struct account *account, const struct json *json, uint32_t node,
                         struct arena *arena)
{
    struct account_partner *partner = &account->partners[account->partner_count];
    if (account->partner_count == ACCOUNT_PARTNERS_MAX || json_type(json, node) != JSON_OBJECT ||
        !oauth_text(json, node, "issuer", arena, &partner->issuer) ||
        !oauth_text(json, node, "subject", arena, &partner->subject))
        return false;
    account->partner_count++;
    return true;
}

static bool read_list(struct account *account, const struct json *json, const char *name,
                      struct arena *arena,
                      bool (*read)(struct account *, const struct json *, uint32_t, struct arena *))
{
    uint32_t list = json_member(json, JSON_ROOT, text_of(name));
    if (list == JSON_NONE || json_type(json, list) != JSON_ARRAY)
        return false;
    for (uint32_t node = json_first(json, list); node != json_end(json, list);
         node = json_next(json, node))
        if (!read(account, json, node, arena))
            return false;
    return true;
}

static bool read_language(struct account *account, const struct json *json)
{
    uint32_t node = json_member(json, JSON_ROOT, TEXT("language"));
    if (node == JSON_NONE || json_type(json, node) != JSON_STRING)
        return false;
    account->language = access_language_of(json_raw(json, node));
    return account->language < ACCESS_LANGUAGES;
}

bool account_read(struct account *account, struct text text, struct arena *arena)
{
    struct json json;

    *account = (struct account){0};
    if (json_parse(&json, text, &json_limits_default, arena, NULL) != JSON_OK ||
        json_type(&json, JSON_ROOT) != JSON_OBJECT ||
        !oauth_read_members(&json, JSON_ROOT, members, MEMBERS, arena, account))
        return false;
    account->roles = oauth_roles(&json, JSON_ROOT);
    account->is_blocked = oauth_flag(&json, JSON_ROOT, "blocked");
    return account->id.len == ACCOUNT_ID_LEN && read_language(account, &json) &&
           oauth_number(&json, JSON_ROOT, "since", &account->since_s) &&
           read_totp(account, &json, arena) &&
           read_list(account, &json, "passkeys", arena, read_passkey) &&
           read_list(account, &json, "partners", arena, read_partner);
}
