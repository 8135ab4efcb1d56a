/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A partner of any bytes is read whole or not at all; what it publishes leads nowhere but by https or to hosts that the
 * site names; and no answer of any bytes proves who somebody is. */
#include <stdint.h>
#include <stdlib.h>

#include "access/partner.h"

static const char config[] =
    "{\"id\":\"chu\",\"name\":\"CHU\",\"issuer\":\"https://id.chu.ma\",\"clientId\":\"jisr\","
    "\"accountClaim\":\"preferred_username\",\"roleClaim\":\"groups\",\"makesAccounts\":true,"
    "\"roles\":{\"doctors\":[\"physician\"]},\"hosts\":[\"127.0.0.1:80\"]}";

static void must_be_safe(struct text url)
{
    if (!text_starts(url, TEXT("https://")) && !text_starts(url, TEXT("http://127.0.0.1:80")))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text text = {(const char *)data, size};
    const struct partner_return back = {.nonce = TEXT("n")};
    const struct jose_keys keys = {.count = 0};
    struct oauth_turn turn = {.now_ms = 1};
    struct partner_person person;
    struct partner_about about;
    struct partner partner;
    struct arena arena;
    const char *why;
    bool needs_keys;

    arena_init(&arena, 1 << 20);
    turn.arena = &arena;
    if (partner_read(&partner, text, &arena, &why) &&
        (partner.id.len == 0 || partner.client_id.len == 0 || partner.issuer.len == 0 || why))
        abort();
    if (!partner_read(&partner, text_of(config), &arena, &why)) {
        arena_free(&arena);
        return 0;
    }
    if (partner_about_read(&about, &partner, text, &arena) == PARTNER_OK) {
        must_be_safe(about.authorization_endpoint);
        must_be_safe(about.token_endpoint);
        must_be_safe(about.jwks_uri);
    }
    if (partner_check(&turn, &partner, &keys, &back, text, &person, &needs_keys) == PARTNER_OK)
        abort();
    arena_free(&arena);
    return 0;
}
