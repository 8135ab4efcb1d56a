/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a page posts of a passkey, what a browser says of it, what an account keeps of it, and where we are: of any
 * bytes each is read within its limits or refused; a passkey that is read is, written and read again, the same; and
 * nobody signs in by bytes alone. */
#include <stdint.h>
#include <stdlib.h>

#include "access/passkey_parts.h"

static void try_kept(struct text text, struct arena *arena)
{
    struct passkey passkey, again;
    struct json_writer writer;
    struct buffer out;
    struct json json;

    if (json_parse(&json, text, &json_limits_default, arena, NULL) != JSON_OK ||
        !passkey_read(&passkey, &json, JSON_ROOT, arena))
        return;
    buffer_init(&out, arena);
    json_writer_init(&writer, &out);
    passkey_write(&writer, &passkey);
    if (out.failed)
        return;
    if (json_parse(&json, buffer_text(&out), &json_limits_default, arena, NULL) != JSON_OK ||
        !passkey_read(&again, &json, JSON_ROOT, arena) || !text_equal(passkey.id, again.id) ||
        !text_equal(passkey.key, again.key) || !text_equal(passkey.name, again.name) ||
        passkey.alg != again.alg || passkey.count != again.count ||
        passkey.since_s != again.since_s)
        abort();
}

static enum oauth_found get(void *context, const char *area, struct text key, struct arena *arena,
                            struct text *value)
{
    (void)context, (void)area, (void)key, (void)arena, (void)value;
    return OAUTH_NONE;
}

static void try_sign_in(struct text text, struct arena *arena)
{
    const struct oauth_site site = {.issuer = TEXT("https://c.example.org")};
    const struct oauth_store store = {.get = get};
    struct oauth_turn turn = {.site = &site, .store = &store, .arena = arena, .now_ms = 1};
    const struct passkey passkey = {.id = TEXT("a"), .alg = PASSKEY_ES256, .key = TEXT("k")};
    const struct passkey_owner owner = {.account = TEXT("a"), .passkeys = &passkey, .count = 1};
    const struct passkey_proof proof = {0}; /* nobody gets that far */
    struct passkey_posted posted;
    size_t which;
    uint32_t count;

    if (passkey_posted_read(&posted, text, arena) != PASSKEY_OK)
        return;
    if (posted.id.len == 0 || posted.id.len > PASSKEY_ID_LEN_MAX ||
        posted.account.len > PASSKEY_HANDLE_LEN_MAX || posted.name.len > PASSKEY_NAME_LEN_MAX)
        abort();
    if (passkey_take_sign_in(&turn, &proof, &owner, TEXT(""), &posted, &which, &count) ==
        PASSKEY_OK)
        abort();
}

static void try_site(struct text text)
{
    struct passkey_site site;
    struct passkey_head head;

    if (passkey_site_read(&site, text) &&
        (!strstr(site.origin, site.rp_id) || !text_starts(text, text_of(site.origin))))
        abort();
    if (passkey_head_read(&head, text) == PASSKEY_OK && text.len < PASSKEY_HEAD_LEN)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = {(const char *)data, size};
    struct passkey_client_data client_data;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    try_kept(text, &arena);
    try_sign_in(text, &arena);
    try_site(text);
    if (passkey_client_data_read(&client_data, text, &arena) == PASSKEY_OK &&
        client_data.ceremony != PASSKEY_CREATE && client_data.ceremony != PASSKEY_GET)
        abort();
    arena_free(&arena);
    return 0;
}
