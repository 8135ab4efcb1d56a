/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/access/partner_world.h"

static void keep_account(const char *name, uint32_t roles)
{
    struct account account;
    assert_int_equal(account_make(&turn, &account), ACCOUNT_OK);
    account.name = text_of(name);
    account.display = TEXT("Salma Idrissi");
    account.roles = roles;
    assert_int_equal(account_put(&turn, &account), ACCOUNT_OK);
}

/* --- H-133: a partner gives more than the site lets it --------------------------------------------- */

static void h133_an_account_is_made_with_roles_that_the_site_allows_and_found_again(void **state)
{
    (void)state;
    struct account first, again;
    begin_partner(CONFIG);
    struct partner_person person =
        person_with(",\"name\":\"Salma\",\"groups\":[\"administrator\",\"nurses\"]");
    assert_int_equal(partner_account(&turn, &partner, &person, &first), PARTNER_OK);
    assert_int_equal(first.roles, ACCESS_ROLE_BIT(ACCESS_NURSE));
    assert_true(text_is(first.display, "Salma"));
    person = person_with(",\"groups\":\"doctors\"");
    assert_int_equal(partner_account(&turn, &partner, &person, &again), PARTNER_OK);
    assert_true(text_equal(first.id, again.id));
    assert_int_equal(again.roles, ACCESS_ROLE_BIT(ACCESS_PHYSICIAN));
    person = person_with("");
    assert_int_equal(partner_account(&turn, &partner, &person, &again), PARTNER_ERR_ACCOUNT);
}

static void h133_nobody_comes_in_whom_the_site_did_not_provide_for(void **state)
{
    (void)state;
    struct account account;
    begin_partner(CONFIG);
    struct partner_person person = person_with(",\"groups\":[\"guests\"]");
    assert_int_equal(partner_account(&turn, &partner, &person, &account), PARTNER_ERR_ACCOUNT);
    assert_true(read_config("{\"id\":\"chu\",\"name\":\"CHU\",\"issuer\":\"https://id.chu.ma\","
                            "\"clientId\":\"jisr\"}"));
    keep_account("salma", ACCESS_ROLE_BIT(ACCESS_NURSE));
    person = person_with(",\"preferred_username\":\"salma\"");
    assert_int_equal(person.account.len, 0);
    assert_int_equal(partner_account(&turn, &partner, &person, &account), PARTNER_ERR_ACCOUNT);
}

static void h133_a_claim_names_an_account_once_and_no_administrators(void **state)
{
    (void)state;
    struct account account;
    begin_partner(CONFIG);
    keep_account("salma", ACCESS_ROLE_BIT(ACCESS_NURSE));
    keep_account("root", ACCESS_ROLE_BIT(ACCESS_ADMINISTRATOR));
    struct partner_person person = person_with(",\"preferred_username\":\"salma\"");
    assert_int_equal(partner_account(&turn, &partner, &person, &account), PARTNER_OK);
    assert_true(text_is(account.name, "salma"));
    assert_int_equal(account.roles, ACCESS_ROLE_BIT(ACCESS_NURSE));
    assert_int_equal(partner_account(&turn, &partner, &person, &account), PARTNER_OK);
    person.subject = TEXT("u-8"); /* somebody else over there takes the name */
    assert_int_equal(partner_account(&turn, &partner, &person, &account), PARTNER_ERR_ACCOUNT);
    person.account = TEXT("root");
    assert_int_equal(partner_account(&turn, &partner, &person, &account), PARTNER_ERR_ACCOUNT);
}

static void h133_a_mail_address_counts_when_it_was_verified(void **state)
{
    (void)state;
    begin_partner("{\"id\":\"chu\",\"name\":\"CHU\",\"issuer\":\"https://id.chu.ma\","
                  "\"clientId\":\"jisr\",\"accountClaim\":\"email\"}");
    assert_int_equal(person_with(",\"email\":\"s@chu.ma\"").account.len, 0);
    assert_int_equal(person_with(",\"email\":\"s@chu.ma\",\"email_verified\":\"true\"").account.len,
                     0);
    assert_int_equal(person_with(",\"email\":\"s@chu.ma\",\"email_verified\":true").account.len, 8);
}

static void h133_a_store_that_fails_lets_nobody_in(void **state)
{
    (void)state;
    struct account account;
    enum partner_err err = PARTNER_ERR_SERVER;
    begin_partner(CONFIG);
    struct partner_person person = person_with(",\"groups\":[\"nurses\"]");
    for (int i = 0; err == PARTNER_ERR_SERVER; i++) {
        begin_partner(CONFIG); /* nothing of a transaction that fails is kept */
        store_fails_in = i;
        err = partner_account(&turn, &partner, &person, &account);
        assert_true(i < 32);
    }
    assert_int_equal(err, PARTNER_OK);
    store_fails_in = -1;
    for (enum partner_err each = PARTNER_OK; each <= PARTNER_ERR_SERVER; each++)
        assert_true(strlen(partner_err_words(each)) > 3);
}

static void h133_the_sites_owner_links_anybody_once(void **state)
{
    (void)state;
    struct account account;
    begin_partner(CONFIG);
    keep_account("root", ACCESS_ROLE_BIT(ACCESS_ADMINISTRATOR));
    keep_account("salma", ACCESS_ROLE_BIT(ACCESS_NURSE));
    assert_int_equal(partner_link(&turn, &partner, TEXT("Root"), TEXT("u-7")), PARTNER_OK);
    struct partner_person person = person_with("");
    assert_int_equal(partner_account(&turn, &partner, &person, &account), PARTNER_OK);
    assert_true(text_is(account.name, "root"));
    assert_int_equal(account.roles, ACCESS_ROLE_BIT(ACCESS_ADMINISTRATOR));
    assert_int_equal(partner_link(&turn, &partner, TEXT("salma"), TEXT("u-7")),
                     PARTNER_ERR_ACCOUNT);
    assert_int_equal(partner_link(&turn, &partner, TEXT("root"), TEXT("u-8")), PARTNER_ERR_ACCOUNT);
    assert_int_equal(partner_link(&turn, &partner, TEXT("nobody"), TEXT("u-9")),
                     PARTNER_ERR_ACCOUNT);
    assert_int_equal(partner_link(&turn, &partner, TEXT("salma"), TEXT("")), PARTNER_ERR_FORM);
}

static void h133_an_account_has_no_more_partners_than_there_is_room_for(void **state)
{
    (void)state;
    struct account account;
    char issuer[] = "https://0.example.org";
    begin_partner(CONFIG);
    keep_account("salma", ACCESS_ROLE_BIT(ACCESS_NURSE));
    for (int i = 0; i <= ACCOUNT_PARTNERS_MAX; i++) {
        issuer[8] = (char)('0' + i);
        partner.issuer = text_of(issuer);
        assert_int_equal(partner_link(&turn, &partner, TEXT("salma"), TEXT("u-7")),
                         i < ACCOUNT_PARTNERS_MAX ? PARTNER_OK : PARTNER_ERR_ACCOUNT);
    }
    assert_int_equal(account_find_named(&turn, TEXT("salma"), &account), ACCOUNT_OK);
    assert_int_equal(account.partner_count, ACCOUNT_PARTNERS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h133_an_account_is_made_with_roles_that_the_site_allows_and_found_again),
        cmocka_unit_test(h133_nobody_comes_in_whom_the_site_did_not_provide_for),
        cmocka_unit_test(h133_a_claim_names_an_account_once_and_no_administrators),
        cmocka_unit_test(h133_a_mail_address_counts_when_it_was_verified),
        cmocka_unit_test(h133_a_store_that_fails_lets_nobody_in),
        cmocka_unit_test(h133_the_sites_owner_links_anybody_once),
        cmocka_unit_test(h133_an_account_has_no_more_partners_than_there_is_room_for),
    };
    return cmocka_run_group_tests(tests, make_world, unmake_world);
}
