/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People with accounts at the authorization server of oauth_world.h, for tests. */
#ifndef UNIT_ACCESS_ACCOUNT_WORLD_H
#define UNIT_ACCESS_ACCOUNT_WORLD_H

#include "unit/access/oauth_world.h"

#include "access/account.h"
#include "access/token.h"

enum { PHYSICIAN = ACCESS_ROLE_BIT(ACCESS_PHYSICIAN), PATIENT = ACCESS_ROLE_BIT(ACCESS_PATIENT) };

/* Kept under this name. */
static inline struct account make_account(const char *name, uint32_t roles)
{
    struct account account;
    assert_int_equal(account_make(&turn, &account), ACCOUNT_OK);
    account.name = text_of(name);
    account.display = TEXT("Somebody");
    account.roles = roles;
    account.language = ACCESS_FRENCH;
    if (roles & PATIENT)
        account.patient = TEXT("p1");
    if (roles & ~(uint32_t)PATIENT)
        account.practitioner = TEXT("d1");
    assert_int_equal(account_put(&turn, &account), ACCOUNT_OK);
    return account;
}

static inline void add_passkey(struct account *account, const char *id)
{
    account->passkeys[account->passkey_count++] = (struct passkey){.id = text_of(id),
                                                                   .key = TEXT("\xa5\x01\x02"),
                                                                   .alg = PASSKEY_EDDSA,
                                                                   .count = 7,
                                                                   .name = TEXT("Clé"),
                                                                   .since_s = NOW_S};
}

static inline size_t notes_of(const char *area)
{
    size_t count = 0;
    for (size_t i = 0; i < note_count; i++)
        count += strcmp(notes[i].area, area) == 0;
    return count;
}

#define assert_text(text, is) assert_string_equal(arena_copy(&arena, text).bytes, is)

#endif
