/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What failed sign-ins cost, and whom. */
#include "unit/cmocka_base.h"

#include <stdio.h>

#include "access/lockout.h"

static const uint8_t salt[16] = {3};
static struct lockout_entry entries[1024];

static struct lockout begin(void)
{
    struct lockout lockout;
    lockout_init(&lockout, entries, 1024, salt);
    return lockout;
}

/* Fails as often as it may until `until_ms`; how many guesses that were. */
static int guess(struct lockout *lockout, const struct lockout_attempt *attempt, int64_t from_ms,
                 int64_t until_ms)
{
    int guesses = 0;
    for (int64_t now_ms = from_ms; now_ms < until_ms;
         now_ms += lockout_wait(lockout, attempt, now_ms) + 100, guesses++)
        lockout_failed(lockout, attempt, now_ms);
    return guesses;
}

static void the_first_failures_cost_nothing_and_further_ones_more_and_more(void **state)
{
    (void)state;
    struct lockout lockout = begin();
    const struct lockout_attempt attempt = {TEXT("192.0.2.7"), TEXT("amina"), TEXT(""), false,
                                            false};
    for (int i = 0; i < LOCKOUT_FREE; i++) {
        assert_int_equal(lockout_wait(&lockout, &attempt, 0), 0);
        lockout_failed(&lockout, &attempt, 0);
    }
    assert_int_equal(lockout_wait(&lockout, &attempt, 0), LOCKOUT_FIRST_MS);
    assert_int_equal(lockout_wait(&lockout, &attempt, 400), LOCKOUT_FIRST_MS - 400);
    lockout_failed(&lockout, &attempt, 1000);
    assert_int_equal(lockout_wait(&lockout, &attempt, 1000), 2 * LOCKOUT_FIRST_MS);
    for (int i = 0; i < 40; i++)
        lockout_failed(&lockout, &attempt, 1000);
    assert_int_equal(lockout_wait(&lockout, &attempt, 1000), LOCKOUT_WAIT_MS_MAX);
    assert_int_equal(lockout_wait(&lockout, &attempt, 500), LOCKOUT_WAIT_MS_MAX);
    assert_int_equal(lockout_wait(&lockout, &attempt, 1000 + LOCKOUT_FORGET_MS), 0);
}

enum { HOUR_MS = 3600000, DAY_MS = 24 * HOUR_MS };

/* How many guesses at amina somebody gets looked at in an hour who tries from each of `count` addresses as soon as it
 * may: `before`, a number from 0, `after`. */
static int guess_from(struct lockout *lockout, const char *before, unsigned count,
                      const char *after, int64_t from_ms)
{
    enum { STEP_MS = 20000 };
    int guesses = 0;
    for (int64_t now_ms = from_ms; now_ms < from_ms + HOUR_MS; now_ms += STEP_MS)
        for (unsigned i = 0; i < count; i++) {
            char address[48];
            snprintf(address, sizeof address, "%s%u%s", before, i, after);
            const struct lockout_attempt attempt = {text_of(address), TEXT("amina"), TEXT(""),
                                                    false, false};
            if (lockout_wait(lockout, &attempt, now_ms) > 0)
                continue;
            lockout_failed(lockout, &attempt, now_ms);
            guesses++;
        }
    return guesses;
}

static void h97_an_account_is_guessed_at_thirty_times_an_hour_by_however_many(void **state)
{
    (void)state;
    struct lockout lockout = begin();
    int first = guess_from(&lockout, "198.18.", 60, ".7", 0);
    assert_in_range(first, 100, 100 + 31);
    int second = guess_from(&lockout, "198.19.", 60, ".7", HOUR_MS);
    assert_in_range(second, 25, 31);
    int rested = guess_from(&lockout, "198.18.", 60, ".7", DAY_MS); /* and burst */
    assert_in_range(rested, 100, 100 + 31);
}

static void h97_guessing_one_password_at_a_thousand_accounts_is_slow_too(void **state)
{
    (void)state;
    struct lockout lockout = begin();
    int guesses = 0;
    for (int64_t now_ms = 0; now_ms < DAY_MS;) {
        char account[24];
        snprintf(account, sizeof account, "a%d", guesses);
        struct lockout_attempt attempt = {TEXT("192.0.2.7"), text_of(account), TEXT(""), false,
                                          false};
        lockout_failed(&lockout, &attempt, now_ms);
        guesses++;
        now_ms += lockout_wait(&lockout, &attempt, now_ms) + 1;
    }
    assert_in_range(guesses, 800, 100 + 24 * 30 + 1);
}

static void h185_who_guesses_from_one_place_shuts_that_place_alone(void **state)
{
    (void)state;
    struct lockout lockout = begin();
    const struct lockout_attempt here = {TEXT("192.0.2.0"), TEXT("amina"), TEXT(""), false, false};
    const struct lockout_attempt beside = {TEXT("192.0.2.8"), TEXT("amina"), TEXT(""), false,
                                           false};
    const struct lockout_attempt away = {TEXT("198.51.100.1"), TEXT("amina"), TEXT(""), false,
                                         false};
    for (int64_t hour = 0; hour < 48; hour++) {
        assert_true(guess_from(&lockout, "192.0.2.", 1, "", hour * HOUR_MS) >= 4);
        assert_int_equal(lockout_wait(&lockout, &beside, (hour + 1) * HOUR_MS), 0);
        assert_int_equal(lockout_wait(&lockout, &away, (hour + 1) * HOUR_MS), 0);
    }
    assert_true(lockout_wait(&lockout, &here, 48 * HOUR_MS) > 0);
}

static void h185_nor_does_who_has_a_network_of_addresses_shut_another(void **state)
{
    (void)state;
    static const char *const networks[][2] = {{"192.0.2.", ""}, {"2001:db8:7:", "::1"}};
    for (size_t i = 0; i < 2; i++) {
        struct lockout lockout = begin();
        const struct lockout_attempt away = {TEXT("198.51.100.1"), TEXT("amina"), TEXT(""), false,
                                             false};
        for (int64_t hour = 0; hour < 12; hour++) {
            int guesses = guess_from(&lockout, networks[i][0], 60, networks[i][1], hour * HOUR_MS);
            assert_in_range(guesses, 18, hour ? 21 : 60);
            assert_int_equal(lockout_wait(&lockout, &away, (hour + 1) * HOUR_MS), 0);
        }
    }
}

static void h185_where_the_owner_signed_in_of_late_nobody_elsewhere_makes_them_wait(void **state)
{
    enum { NOW_MS = HOUR_MS - 10000 }; /* when no turn is free */
    (void)state;
    struct lockout lockout = begin();
    struct lockout_attempt owner = {TEXT("192.0.2.7"), TEXT("amina"), TEXT(""), false, true};
    const struct lockout_attempt stranger = {TEXT("192.0.2.8"), TEXT("amina"), TEXT(""), false,
                                             false};
    (void)guess_from(&lockout, "198.18.", 60, ".7", 0);
    (void)guess_from(&lockout, "192.0.2.1", 60, "", 0); /* next door */
    assert_true(lockout_wait(&lockout, &stranger, NOW_MS) > 0);
    assert_int_equal(lockout_wait(&lockout, &owner, NOW_MS), 0);
    for (int i = 0; i <= LOCKOUT_FREE; i++) /* a neighbour at the same address does */
        lockout_failed(&lockout, &owner, NOW_MS);
    assert_true(lockout_wait(&lockout, &owner, NOW_MS) > 0);
    owner.is_code = true;
    owner.account = TEXT("code of amina");
    assert_int_equal(lockout_wait(&lockout, &owner, NOW_MS), 0);
}

static void h185_one_place_is_what_one_person_has_however_it_is_written(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"2001:db8:0:5::1", "2001:db8:0:5:aaaa:bbbb:cccc:dddd"},
        {"2001:db8::1:2:3:4", "2001:db8:0:0:1::"},
        {"2001:0:0:5:1:2:3:4", "2001:0:0:5::1"},
        {"::ffff:192.0.2.7", "192.0.2.7"},
        {"unix", "unix"},
    };
    static const char *const others[][2] = {
        {"2001:db8:0:5::1", "2001:db8:0:6::1"},
        {"192.0.2.7", "192.0.2.70"},
        {"::ffff:192.0.2.7", "::ffff:192.0.2.8"},
        {"::1", "127.0.0.1"},
    };
    char one[LOCKOUT_SOURCE_LEN_MAX], other[LOCKOUT_SOURCE_LEN_MAX];
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_true(text_equal(lockout_source(text_of(same[i][0]), one),
                               lockout_source(text_of(same[i][1]), other)));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(text_equal(lockout_source(text_of(others[i][0]), one),
                                lockout_source(text_of(others[i][1]), other)));
    assert_true(text_is(lockout_source(TEXT("2001:db8:0:5::1"), one), "2001:db8:0:5::"));
}

static void h97_codes_are_guessed_no_faster_from_many_places(void **state)
{
    (void)state;
    struct lockout lockout = begin();
    int guesses = 0;
    for (int64_t now_ms = 0; now_ms < DAY_MS; guesses++) {
        char address[24];
        snprintf(address, sizeof address, "198.18.%d.7", guesses % 200);
        const struct lockout_attempt attempt = {text_of(address), TEXT("code of amina"), TEXT(""),
                                                true, false};
        lockout_failed(&lockout, &attempt, now_ms);
        now_ms += lockout_wait(&lockout, &attempt, now_ms) + 1;
    }
    assert_in_range(guesses, 90, 120);
}

static void h98_nobody_locks_somebody_else_out(void **state)
{
    (void)state;
    struct lockout lockout = begin();
    const struct lockout_attempt thief = {TEXT("198.51.100.9"), TEXT("amina"), TEXT(""), false,
                                          false};
    const struct lockout_attempt owner = {TEXT("192.0.2.7"), TEXT("amina"), TEXT("her-browser"),
                                          false, false};
    const struct lockout_attempt other = {TEXT("192.0.2.8"), TEXT("brahim"), TEXT(""), false,
                                          false};

    assert_true(guess(&lockout, &thief, 0, 3600000) > LOCKOUT_FREE);
    assert_true(lockout_wait(&lockout, &thief, 3600000) > 0);
    assert_int_equal(lockout_wait(&lockout, &owner, 3600000), 0);
    assert_int_equal(lockout_wait(&lockout, &other, 3600000), 0);
}

static void h120_a_neighbour_at_the_same_address_does_not_slow_down_a_known_browser(void **state)
{
    (void)state;
    struct lockout lockout = begin();
    const struct lockout_attempt neighbour = {TEXT("192.0.2.7"), TEXT("amina"), TEXT(""), false,
                                              false};
    const struct lockout_attempt owner = {TEXT("192.0.2.7"), TEXT("amina"), TEXT("her-browser"),
                                          false, false};

    assert_true(guess(&lockout, &neighbour, 0, 3600000) > LOCKOUT_FREE);
    assert_true(lockout_wait(&lockout, &neighbour, 3600000) > 0);
    assert_int_equal(lockout_wait(&lockout, &owner, 3600000), 0);
    for (int i = 0; i <= LOCKOUT_FREE; i++) /* and her own failures are no neighbour's */
        lockout_failed(&lockout, &owner, 3600000);
    assert_true(lockout_wait(&lockout, &owner, 3600000) > 0);
    const struct lockout_attempt newcomer = {TEXT("192.0.2.9"), TEXT("brahim"), TEXT(""), false,
                                             false};
    assert_int_equal(lockout_wait(&lockout, &newcomer, 3600000), 0);
}

static void h120_what_was_counted_ahead_is_taken_back(void **state)
{
    (void)state;
    struct lockout lockout = begin();
    const struct lockout_attempt attempt = {TEXT("192.0.2.7"), TEXT("code of amina"), TEXT(""),
                                            false, false};

    for (int i = 0; i < 100; i++) {
        assert_int_equal(lockout_wait(&lockout, &attempt, 0), 0);
        lockout_failed(&lockout, &attempt, 0);
        lockout_forgive(&lockout, &attempt);
    }
    for (int i = 0; i <= LOCKOUT_FREE; i++) /* as many at once count, all of them */
        lockout_failed(&lockout, &attempt, 0);
    assert_true(lockout_wait(&lockout, &attempt, 0) > 0);
    lockout_forgive(&lockout,
                    &(struct lockout_attempt){TEXT("x"), TEXT("y"), TEXT(""), false, false});
}

static void h97_a_stolen_device_token_does_not_guess_freely(void **state)
{
    (void)state;
    struct lockout lockout = begin();
    const struct lockout_attempt thief = {TEXT("198.51.100.9"), TEXT("amina"), TEXT("stolen"),
                                          false, false};
    assert_in_range(guess(&lockout, &thief, 0, 86400000), 90, 120);
}

static void a_success_clears_its_place_and_not_what_many_share(void **state)
{
    (void)state;
    struct lockout lockout = begin();
    const struct lockout_attempt attempt = {TEXT("192.0.2.7"), TEXT("amina"), TEXT(""), false,
                                            false};
    for (int i = 0; i < LOCKOUT_ACCOUNT_FREE; i++)
        lockout_failed(&lockout, &attempt, 0);
    assert_int_equal(lockout_wait(&lockout, &attempt, 0), LOCKOUT_WAIT_MS_MAX);
    assert_true(lockout_succeeded(&lockout, &attempt));
    assert_in_range(lockout_wait(&lockout, &attempt, 0), 1, LOCKOUT_NETWORK_LOSES_MS);
}

static void h169_servers_that_count_together_make_wait_as_one(void **state)
{
    (void)state;
    enum { SECOND_MS = 1000 };
    static struct lockout_entry kept[2][LOCKOUT_ENTRIES_MIN];
    struct lockout servers[2];
    struct lockout_key keys[LOCKOUT_KEYS_MAX];
    const struct lockout_attempt attempt = {
        .address = TEXT("192.0.2.7"), .account = TEXT("amina"), .device = TEXT("")};
    for (int i = 0; i < 2; i++)
        lockout_init(&servers[i], kept[i], LOCKOUT_ENTRIES_MIN, salt);
    size_t count = lockout_keys(&servers[0], &attempt, keys);
    assert_int_equal(count, LOCKOUT_KEYS_MAX);
    for (uint32_t failures = 1; failures <= LOCKOUT_FREE + 1; failures++) {
        lockout_failed(&servers[0], &attempt, 0);
        for (size_t i = 0; i < count; i++)
            lockout_hear(&servers[1], keys[i], failures, 0, 0);
        assert_int_equal(lockout_wait(&servers[1], &attempt, 0),
                         lockout_wait(&servers[0], &attempt, 0));
    }
    assert_true(lockout_wait(&servers[1], &attempt, 0) > 0);
    lockout_hear(&servers[1], keys[0], 1, 0, 0); /* older news takes nothing away */
    assert_true(lockout_wait(&servers[1], &attempt, 0) > 0);
    lockout_hear(&servers[1], keys[0], 0, 0, SECOND_MS); /* it was signed in elsewhere */
    assert_int_equal(lockout_wait(&servers[1], &attempt, SECOND_MS), 0);
    lockout_hear(&servers[1], keys[0], 50, LOCKOUT_FORGET_MS, LOCKOUT_FORGET_MS); /* long ago */
    assert_int_equal(lockout_wait(&servers[1], &attempt, LOCKOUT_FORGET_MS), 0);
}

static void h169_what_many_share_is_lost_alike_at_all_servers(void **state)
{
    (void)state;
    static struct lockout_entry kept[LOCKOUT_ENTRIES_MIN];
    struct lockout server;
    struct lockout_key keys[LOCKOUT_KEYS_MAX];
    struct lockout_count count = {.kind = LOCKOUT_ACCOUNT};
    const struct lockout_attempt attempt = {TEXT("192.0.2.7"), TEXT("amina"), TEXT(""), false,
                                            false};
    lockout_init(&server, kept, LOCKOUT_ENTRIES_MIN, salt);
    size_t at = 0, key_count = lockout_keys(&server, &attempt, keys);
    while (at < key_count && keys[at].kind != LOCKOUT_ACCOUNT)
        at++;
    assert_true(at < key_count);
    for (int i = 0; i < LOCKOUT_ACCOUNT_FREE; i++)
        lockout_add(&count, 0);
    lockout_hear(&server, keys[at], count.failures, 30000, 30000);
    assert_int_equal(lockout_wait(&server, &attempt, 30000), LOCKOUT_ACCOUNT_LOSES_MS - 30000);
    lockout_add(&count, LOCKOUT_ACCOUNT_LOSES_MS); /* one was lost, one is more */
    assert_int_equal(count.failures, LOCKOUT_ACCOUNT_FREE);
    lockout_hear(&server, keys[at], count.failures, 0, LOCKOUT_ACCOUNT_LOSES_MS);
    assert_int_equal(lockout_wait(&server, &attempt, LOCKOUT_ACCOUNT_LOSES_MS),
                     LOCKOUT_ACCOUNT_LOSES_MS);
    lockout_hear(&server, keys[at], 1, 0, LOCKOUT_ACCOUNT_LOSES_MS); /* older news */
    assert_true(lockout_wait(&server, &attempt, LOCKOUT_ACCOUNT_LOSES_MS) > 0);
    assert_true(lockout_kept_ms(LOCKOUT_ACCOUNT) >=
                LOCKOUT_ACCOUNT_FREE * (int64_t)LOCKOUT_ACCOUNT_LOSES_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_failures_cost_nothing_and_further_ones_more_and_more),
        cmocka_unit_test(h97_an_account_is_guessed_at_thirty_times_an_hour_by_however_many),
        cmocka_unit_test(h97_guessing_one_password_at_a_thousand_accounts_is_slow_too),
        cmocka_unit_test(h185_who_guesses_from_one_place_shuts_that_place_alone),
        cmocka_unit_test(h185_nor_does_who_has_a_network_of_addresses_shut_another),
        cmocka_unit_test(h185_where_the_owner_signed_in_of_late_nobody_elsewhere_makes_them_wait),
        cmocka_unit_test(h185_one_place_is_what_one_person_has_however_it_is_written),
        cmocka_unit_test(h97_codes_are_guessed_no_faster_from_many_places),
        cmocka_unit_test(h98_nobody_locks_somebody_else_out),
        cmocka_unit_test(h120_a_neighbour_at_the_same_address_does_not_slow_down_a_known_browser),
        cmocka_unit_test(h120_what_was_counted_ahead_is_taken_back),
        cmocka_unit_test(h97_a_stolen_device_token_does_not_guess_freely),
        cmocka_unit_test(a_success_clears_its_place_and_not_what_many_share),
        cmocka_unit_test(h169_servers_that_count_together_make_wait_as_one),
        cmocka_unit_test(h169_what_many_share_is_lost_alike_at_all_servers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
