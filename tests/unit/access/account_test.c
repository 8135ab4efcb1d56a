/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/access/account_world.h"

static void what_is_put_is_found_whole(void **state)
{
    (void)state;
    struct account found;

    begin();
    struct account account = make_account("Fatima.Zahra", PHYSICIAN | PATIENT);
    account.organisation = TEXT("h1");
    account.password = TEXT("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA");
    account.has_totp = true;
    memset(account.totp_secret, 0xE7, TOTP_SECRET_LEN);
    account.totp_step = 59000000;
    memset(account.recovery.hashes[3], 1, DIGEST_LEN);
    add_passkey(&account, "credential-1");
    account.partners[account.partner_count++] =
        (struct account_partner){TEXT("https://idp.example.org"), TEXT("248289761001")};
    assert_int_equal(account_put(&turn, &account), ACCOUNT_OK);

    assert_int_equal(account_find(&turn, account.id, &found), ACCOUNT_OK);
    assert_text(found.name, "Fatima.Zahra");
    assert_text(found.display, "Somebody");
    assert_text(found.password, "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA");
    assert_text(found.practitioner, "d1");
    assert_text(found.organisation, "h1");
    assert_int_equal(found.roles, PHYSICIAN | PATIENT);
    assert_int_equal(found.language, ACCESS_FRENCH);
    assert_true(found.has_totp && !found.has_offer && !found.is_blocked);
    assert_memory_equal(found.totp_secret, account.totp_secret, TOTP_SECRET_LEN);
    assert_int_equal(found.totp_step, 59000000);
    assert_int_equal(recovery_left(&found.recovery), 1);
    assert_int_equal(found.passkey_count, 1);
    assert_true(text_equal(found.passkeys[0].key, account.passkeys[0].key));
    assert_int_equal(found.passkeys[0].count, 7);
    assert_int_equal(found.passkeys[0].alg, PASSKEY_EDDSA);
    assert_text(found.passkeys[0].name, "Clé");
    assert_text(found.partners[0].subject, "248289761001");
}

static void a_name_is_one_however_it_is_written(void **state)
{
    (void)state;
    static const char *const same[] = {"fatima zahra", "FATIMA.ZAHRA",  "Fâtima-Zahra",
                                       "fatimazahra",  "Ｆatima_Zahra", "fatima\u200Bzahra"};
    struct account found;

    begin();
    struct account account = make_account("Fatima.Zahra", PHYSICIAN);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_int_equal(account_find_named(&turn, text_of(same[i]), &found), ACCOUNT_OK);
        assert_true(text_equal(found.id, account.id));
        struct account other = account;
        assert_int_equal(account_make(&turn, &other), ACCOUNT_OK);
        other.name = text_of(same[i]);
        other.display = TEXT("Another");
        other.roles = PHYSICIAN;
        assert_int_equal(account_put(&turn, &other), ACCOUNT_ERR_TAKEN);
    }
    assert_int_equal(account_find_named(&turn, TEXT("fatima"), &found), ACCOUNT_ERR_NONE);
    assert_int_equal(account_find_named(&turn, TEXT(""), &found), ACCOUNT_ERR_NONE);
}

/* As earlier programs kept names. */
static void keep_older(const struct account *account, const char *key, const char *now)
{
    const struct oauth_store *kept = turn.store;
    assert_true(kept->put(kept->context, "account-name", text_of(key), account->id, INT64_MAX));
    assert_true(kept->remove(kept->context, "account-name", text_of(now)));
}

static void a_name_that_was_kept_earlier_still_signs_in(void **state)
{
    (void)state;
    struct account found;

    begin();
    struct account older = make_account("DR.7", PHYSICIAN);
    keep_older(&older, "dr 7", "dr7");
    assert_int_equal(account_find_named(&turn, TEXT("dr-7"), &found), ACCOUNT_OK);
    struct account other = older;
    assert_int_equal(account_make(&turn, &other), ACCOUNT_OK);
    other.name = TEXT("Dr 7");
    other.display = TEXT("Another");
    other.roles = PHYSICIAN;
    assert_int_equal(account_put(&turn, &other), ACCOUNT_ERR_TAKEN);

    struct account another = make_account("dr7", PHYSICIAN); /* there already, as two were then */
    assert_int_equal(account_put(&turn, &older), ACCOUNT_OK);
    assert_int_equal(account_find_named(&turn, TEXT("dr 7"), &found), ACCOUNT_OK);
    assert_true(text_equal(found.id, older.id));
    assert_int_equal(account_find_named(&turn, TEXT("DR7"), &found), ACCOUNT_OK);
    assert_true(text_equal(found.id, another.id));
    assert_int_equal(account_remove(&turn, older.id), ACCOUNT_OK);
    assert_int_equal(account_find_named(&turn, TEXT("DR.7"), &found), ACCOUNT_OK);
    assert_true(text_equal(found.id, another.id));
}

static void a_name_kept_earlier_is_kept_as_today_once_it_is_put(void **state)
{
    (void)state;
    struct account found;

    begin();
    struct account account = make_account("DR.7", PHYSICIAN);
    keep_older(&account, "dr 7", "dr7");
    assert_int_equal(account_put(&turn, &account), ACCOUNT_OK);
    assert_int_equal(account_find_named(&turn, TEXT("dr7"), &found), ACCOUNT_OK);
    assert_int_equal(notes_of("account-name"), 1);
}

static void a_new_name_is_of_one_alphabet(void **state)
{
    (void)state;
    static const char *const names[] = {"\u0430min\u0430", "amin\u03B1", "\u0430\u03B1"};
    begin();
    struct account account = make_account("amina", PHYSICIAN);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        account.name = text_of(names[i]);
        assert_int_equal(account_put(&turn, &account), ACCOUNT_ERR_NAME);
    }
    account.name = TEXT("دكتور amina 7");
    assert_int_equal(account_put(&turn, &account), ACCOUNT_OK);
    account.name = TEXT("\u0430\u043C\u0438\u043D\u0430");
    assert_int_equal(account_put(&turn, &account), ACCOUNT_OK);
}

static void a_credential_is_one_accounts_alone(void **state)
{
    (void)state;
    struct account found;

    begin();
    struct account a = make_account("a", PHYSICIAN), b = make_account("b", PHYSICIAN);
    add_passkey(&a, "key-1");
    a.partners[a.partner_count++] = (struct account_partner){TEXT("https://i"), TEXT("1")};
    assert_int_equal(account_put(&turn, &a), ACCOUNT_OK);
    assert_int_equal(account_find_passkey(&turn, TEXT("key-1"), &found), ACCOUNT_OK);
    assert_true(text_equal(found.id, a.id));
    assert_int_equal(account_find_partner(&turn, TEXT("https://i"), TEXT("1"), &found), ACCOUNT_OK);
    assert_int_equal(account_find_partner(&turn, TEXT("https://"), TEXT("i1"), &found),
                     ACCOUNT_ERR_NONE);

    add_passkey(&b, "key-1");
    assert_int_equal(account_put(&turn, &b), ACCOUNT_ERR_TAKEN);
    b.passkey_count = 0;
    b.partners[b.partner_count++] = a.partners[0];
    assert_int_equal(account_put(&turn, &b), ACCOUNT_ERR_TAKEN);
}

static void what_is_taken_away_finds_nobody(void **state)
{
    (void)state;
    struct account found;

    begin();
    struct account account = make_account("before", PHYSICIAN);
    add_passkey(&account, "key-1");
    add_passkey(&account, "key-2");
    assert_int_equal(account_put(&turn, &account), ACCOUNT_OK);
    account.name = TEXT("after");
    assert_true(account_drop_passkey(&account, TEXT("key-1")));
    assert_false(account_drop_passkey(&account, TEXT("key-1")));
    assert_int_equal(account_put(&turn, &account), ACCOUNT_OK);

    assert_int_equal(account_find_named(&turn, TEXT("before"), &found), ACCOUNT_ERR_NONE);
    assert_int_equal(account_find_passkey(&turn, TEXT("key-1"), &found), ACCOUNT_ERR_NONE);
    assert_int_equal(account_find_named(&turn, TEXT("after"), &found), ACCOUNT_OK);
    assert_int_equal(account_find_passkey(&turn, TEXT("key-2"), &found), ACCOUNT_OK);

    assert_int_equal(account_remove(&turn, account.id), ACCOUNT_OK);
    assert_int_equal(account_find(&turn, account.id, &found), ACCOUNT_ERR_NONE);
    assert_int_equal(account_remove(&turn, account.id), ACCOUNT_ERR_NONE);
    assert_int_equal(notes_of("account") + notes_of("account-name") + notes_of("account-passkey"),
                     0);
    (void)make_account("after", PHYSICIAN);
}

static void what_no_account_may_be_is_refused(void **state)
{
    (void)state;
    begin();
    const struct account good = make_account("good", PHYSICIAN);
    struct account bad;

#define REFUSED(err, ...)                                                                          \
    do {                                                                                           \
        bad = good;                                                                                \
        __VA_ARGS__;                                                                               \
        assert_int_equal(account_put(&turn, &bad), err);                                           \
    } while (0)
    REFUSED(ACCOUNT_ERR_NAME, bad.name = TEXT(" .- "));
    REFUSED(ACCOUNT_ERR_NAME, bad.name = TEXT("a\nb"));
    REFUSED(ACCOUNT_ERR_NAME, bad.name = TEXT("a\xFF"));
    REFUSED(ACCOUNT_ERR_DISPLAY, bad.display = TEXT(""));
    REFUSED(ACCOUNT_ERR_DISPLAY, bad.display = TEXT("a\xE2\x80\xAE"
                                                    "b")); /* turns what follows around */
    REFUSED(ACCOUNT_ERR_ROLES, bad.roles = 0);
    REFUSED(ACCOUNT_ERR_ROLES, bad.roles |= ACCESS_ROLE_BIT(ACCESS_SERVICE));
    REFUSED(ACCOUNT_ERR_ROLES, bad.roles = PATIENT);
    REFUSED(ACCOUNT_ERR_ROLES, bad.roles = 1u << ACCESS_ROLES);
    REFUSED(ACCOUNT_ERR_FORM, bad.practitioner = TEXT("a/b"));
    REFUSED(ACCOUNT_ERR_FORM, add_passkey(&bad, ""));
    REFUSED(ACCOUNT_ERR_FORM, bad.partner_count = 1);
    REFUSED(ACCOUNT_OK, bad.roles = PATIENT; bad.related = TEXT("r1"));
}

static void a_store_that_fails_anywhere_is_an_error(void **state)
{
    (void)state;
    struct account found;

    begin();
    struct account account = make_account("somebody", PHYSICIAN);
    add_passkey(&account, "key-1");
    for (int i = 0;; i++) {
        store_fails_in = i;
        enum account_err err = account_put(&turn, &account);
        if (err == ACCOUNT_OK)
            break;
        assert_int_equal(err, ACCOUNT_ERR_STORE);
        assert_in_range(i, 0, 20);
    }
    store_fails_in = 0;
    assert_int_equal(account_find_named(&turn, TEXT("somebody"), &found), ACCOUNT_ERR_STORE);
    store_fails_in = 1;
    assert_int_equal(account_find_named(&turn, TEXT("somebody"), &found), ACCOUNT_ERR_STORE);
    store_fails_in = -1;
}

static void a_note_that_is_no_account_is_refused(void **state)
{
    (void)state;
    struct account account, again;
    struct buffer note;

    begin();
    account = make_account("somebody", PHYSICIAN);
    add_passkey(&account, "key-1");
    buffer_init(&note, &arena);
    account_write(&note, &account);
    assert_true(account_read(&again, buffer_text(&note), &arena));
    for (size_t len = 0; len < note.len; len++)
        assert_false(account_read(&again, (struct text){note.bytes, len}, &arena));
    assert_false(account_read(&again, TEXT("[]"), &arena));
    assert_false(account_read(&again, TEXT("{}"), &arena));
}

static void the_audit_can_name_who_is_nobody_in_the_record(void **state)
{
    (void)state;
    struct oauth_grant grant;

    begin();
    struct account admin = make_account("admin", ACCESS_ROLE_BIT(ACCESS_ADMINISTRATOR));
    assert_true(account_grant(&admin, &arena, &grant));
    assert_text(grant.user, "Practitioner/d1");
    admin.practitioner = TEXT("");
    assert_true(account_grant(&admin, &arena, &grant));
    assert_true(text_equal(grant.user, admin.id));
    assert_int_equal(account_user(&admin, &arena).len, 0);
    admin.related = TEXT("r1");
    assert_text(account_user(&admin, &arena), "RelatedPerson/r1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_is_found_whole),
        cmocka_unit_test(a_name_is_one_however_it_is_written),
        cmocka_unit_test(a_name_that_was_kept_earlier_still_signs_in),
        cmocka_unit_test(a_name_kept_earlier_is_kept_as_today_once_it_is_put),
        cmocka_unit_test(a_new_name_is_of_one_alphabet),
        cmocka_unit_test(a_credential_is_one_accounts_alone),
        cmocka_unit_test(what_is_taken_away_finds_nobody),
        cmocka_unit_test(what_no_account_may_be_is_refused),
        cmocka_unit_test(a_store_that_fails_anywhere_is_an_error),
        cmocka_unit_test(a_note_that_is_no_account_is_refused),
        cmocka_unit_test(the_audit_can_name_who_is_nobody_in_the_record),
    };
    return cmocka_run_group_tests(tests, make_world, unmake_world);
}
