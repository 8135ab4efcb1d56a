/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The site's keys over years, in a store of their own: who reads our list now and then never misses one that signs. */
#include "unit/programs/own_store.h"

#include "centre/site_keys.h"

#define AT INT64_C(1795000000)

static void look(struct site_keys *keys, int64_t now_s, struct oauth_site *site)
{
    *site = (struct oauth_site){.has_pages = true};
    assert_true(site_keys_look(keys, store, now_s));
    site_keys_of(keys, site);
    assert_non_null(site->key);
}

static bool publishes(const struct oauth_site *site, struct text kid)
{
    for (size_t i = 0; i < site->key_count; i++)
        if (text_equal(jose_key_id(site->keys[i]), kid))
            return true;
    return false;
}

static void a_key_signs_for_its_time_and_is_known_a_day_before_and_after(void **state)
{
    (void)state;
    struct site_keys keys = {.set = NULL};
    struct oauth_site site, none = {0};

    site_keys_of(&keys, &none);
    assert_null(none.key);
    look(&keys, AT, &site);
    const struct text first = jose_key_id(site.key); /* sets are kept until they are freed */
    assert_int_equal(site.key_count, 1);
    look(&keys, AT + SITE_KEY_SIGNS_S - SITE_KEY_AROUND_S - 1, &site);
    assert_int_equal(site.key_count, 1);

    look(&keys, AT + SITE_KEY_SIGNS_S - SITE_KEY_AROUND_S, &site);
    assert_int_equal(site.key_count, 2);
    assert_true(text_equal(jose_key_id(site.key), first));
    look(&keys, AT + SITE_KEY_SIGNS_S, &site);
    const struct text second = jose_key_id(site.key);
    assert_false(text_equal(second, first));
    assert_true(publishes(&site, first));
    look(&keys, AT + SITE_KEY_SIGNS_S + SITE_KEY_AROUND_S, &site);
    assert_true(text_equal(jose_key_id(site.key), second));
    assert_false(publishes(&site, first));

    /* after years switched off, too */
    look(&keys, AT + 20 * (int64_t)SITE_KEY_SIGNS_S, &site);
    assert_int_equal(site.key_count, 1);
    assert_false(publishes(&site, second));
    site_keys_free(&keys);
}

static void servers_of_one_record_sign_by_one_key(void **state)
{
    (void)state;
    const int64_t now_s = AT + 40 * (int64_t)SITE_KEY_SIGNS_S;
    struct site_keys one = {.set = NULL}, other = {.set = NULL};
    struct oauth_site first, second;

    look(&one, now_s, &first);
    look(&other, now_s + 1, &second);
    assert_true(text_equal(jose_key_id(first.key), jose_key_id(second.key)));
    look(&other, now_s + SITE_KEY_SIGNS_S - 1, &second);
    look(&one, now_s + SITE_KEY_SIGNS_S, &first);
    assert_true(publishes(&second, jose_key_id(first.key)));
    site_keys_free(&one);
    site_keys_free(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_signs_for_its_time_and_is_known_a_day_before_and_after),
        cmocka_unit_test(servers_of_one_record_sign_by_one_key),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
