/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passwords, their queue, what failures cost, and the second factor. */
#include "unit/cmocka_base.h"

#include <stdio.h>

#include "access/lockout.h"
#include "access/login_queue.h"
#include "access/password.h"
#include "access/totp.h"

static const struct password_cost cheap = {.memory_kib = 64, .passes = 1};
static const struct password_cost dear = {.memory_kib = 128, .passes = 1};

static void a_password_opens_its_own_record_alone(void **state)
{
    (void)state;
    static const uint8_t salt[PASSWORD_SALT_LEN] = {1};
    char record[PASSWORD_RECORD_LEN_MAX];
    bool is_old;

    assert_int_equal(password_make(record, TEXT("correct horse"), salt, &cheap), PASSWORD_OK);
    assert_int_equal(password_check(record, TEXT("correct horse"), &cheap, &is_old), PASSWORD_OK);
    assert_false(is_old);
    assert_int_equal(password_check(record, TEXT("correct horse"), &dear, &is_old), PASSWORD_OK);
    assert_true(is_old);
    assert_int_equal(password_check(record, TEXT("correct horsf"), &cheap, &is_old),
                     PASSWORD_ERR_WRONG);
    assert_int_equal(password_check(record, TEXT(""), &cheap, &is_old), PASSWORD_ERR_WRONG);
    assert_int_equal(password_check_nobody(TEXT("correct horse"), &cheap), PASSWORD_ERR_WRONG);
}

static void h97_a_record_that_is_none_opens_nothing(void **state)
{
    (void)state;
    static const char *const records[] = {
        "",
        "plain",
        "$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
        "$argon2id$v=19$m=99999999,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
        "$argon2id$v=19$m=64,t=99,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
        "$argon2id$v=19$m=64,t=1,p=1$$"};
    bool is_old;
    for (size_t i = 0; i < sizeof records / sizeof *records; i++)
        assert_int_equal(password_check(records[i], TEXT("plain"), &cheap, &is_old),
                         PASSWORD_ERR_RECORD);
}

static void h97_passwords_that_everybody_tries_are_not_taken(void **state)
{
    (void)state;
    assert_int_equal(password_may_be(TEXT("green tram at noon"), TEXT("amina")), PASSWORD_OK);
    assert_int_equal(password_may_be(TEXT("ترام أخضر ظهرا"), TEXT("amina")), PASSWORD_OK);
    assert_int_equal(password_may_be(TEXT("nine char"), TEXT("amina")), PASSWORD_ERR_SHORT);
    assert_int_equal(password_may_be(TEXT("قصيرة جدا"), TEXT("amina")), PASSWORD_ERR_SHORT);
    assert_int_equal(password_may_be(TEXT("Amina12345"), TEXT("amina")), PASSWORD_ERR_NAME);
    assert_int_equal(password_may_be(TEXT("aminaAminaAMINA"), TEXT("amina")), PASSWORD_ERR_NAME);
    assert_int_equal(password_may_be(TEXT("dr.alaoui-dr.alaoui-"), TEXT("dr.alaoui-")),
                     PASSWORD_ERR_NAME);
    assert_int_equal(password_may_be(TEXT("aminaaminaxyz"), TEXT("amina")), PASSWORD_OK);
    assert_int_equal(password_may_be(TEXT("1234567890"), TEXT("amina")), PASSWORD_ERR_COMMON);
    assert_int_equal(password_may_be(TEXT("QWERTYUIOP"), TEXT("amina")), PASSWORD_ERR_COMMON);
    assert_int_equal(password_may_be(TEXT("azertyuiop"), TEXT("amina")), PASSWORD_ERR_COMMON);
    assert_int_equal(password_may_be(TEXT("Password123"), TEXT("amina")), PASSWORD_ERR_COMMON);
    assert_int_equal(password_may_be(TEXT("aaaaaaaaaaaa"), TEXT("amina")), PASSWORD_ERR_COMMON);
    assert_int_equal(password_may_be(TEXT("abababababab"), TEXT("amina")), PASSWORD_ERR_COMMON);
    char longest[PASSWORD_BYTES_MAX + 1];
    for (size_t i = 0; i < sizeof longest; i++)
        longest[i] = (char)('a' + i * 7 % 26);
    assert_int_equal(password_may_be((struct text){longest, PASSWORD_BYTES_MAX}, TEXT("")),
                     PASSWORD_OK);
    assert_int_equal(password_may_be((struct text){longest, sizeof longest}, TEXT("")),
                     PASSWORD_ERR_LONG);
}

static void h98_no_more_logins_run_than_are_lent_a_core(void **state)
{
    (void)state;
    static struct login_queue queue;
    struct login first, second;
    int people[3];
    bool is_late;

    login_queue_init(&queue, 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(login_queue_add(&queue, (uint64_t)i, &people[i], 0), LOGIN_WAITS);
    assert_true(login_queue_next(&queue, 1, &first, &is_late));
    assert_ptr_equal(first.context, &people[0]);
    assert_false(login_queue_next(&queue, 1, &second, &is_late));
    login_queue_done(&queue, &first);
    assert_true(login_queue_next(&queue, 1, &second, &is_late));
    assert_ptr_equal(second.context, &people[1]);
    assert_false(is_late);
}

static void h98_one_source_does_not_fill_the_queue(void **state)
{
    (void)state;
    static struct login_queue queue;
    static int people[LOGIN_QUEUE_MAX + 1];

    login_queue_init(&queue, 2);
    for (int i = 0; i < LOGIN_SOURCE_MAX; i++)
        assert_int_equal(login_queue_add(&queue, 7, &people[i], 0), LOGIN_WAITS);
    assert_int_equal(login_queue_add(&queue, 7, &people[0], 0), LOGIN_SOURCE_FULL);
    for (int i = LOGIN_SOURCE_MAX; i < LOGIN_QUEUE_MAX; i++)
        assert_int_equal(login_queue_add(&queue, 100 + (uint64_t)i, &people[i], 0), LOGIN_WAITS);
    assert_int_equal(login_queue_add(&queue, 8, &people[0], 0), LOGIN_FULL);
}

static void who_waited_too_long_is_told_and_does_not_run(void **state)
{
    (void)state;
    static struct login_queue queue;
    struct login login;
    int people[2];
    bool is_late;

    login_queue_init(&queue, 1);
    assert_int_equal(login_queue_add(&queue, 1, &people[0], 0), LOGIN_WAITS);
    assert_int_equal(login_queue_add(&queue, 2, &people[1], 5000), LOGIN_WAITS);
    assert_true(login_queue_next(&queue, LOGIN_WAIT_MS_MAX + 1, &login, &is_late));
    assert_true(is_late);
    assert_true(login_queue_next(&queue, LOGIN_WAIT_MS_MAX + 1, &login, &is_late));
    assert_false(is_late);
}

static struct lockout_entry entries[1024];
static const uint8_t salt[16] = {3};

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
    const struct lockout_attempt attempt = {TEXT("192.0.2.7"), TEXT("amina"), TEXT("")};
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

static void h97_guessing_from_a_thousand_places_is_no_faster(void **state)
{
    (void)state;
    struct lockout lockout = begin();
    int guesses = 0;
    for (int64_t now_ms = 0; now_ms < 86400000;) {
        char source[24];
        snprintf(source, sizeof source, "s%d", guesses % 1000);
        struct lockout_attempt attempt = {text_of(source), TEXT("amina"), TEXT("")};
        lockout_failed(&lockout, &attempt, now_ms);
        guesses++;
        now_ms += lockout_wait(&lockout, &attempt, now_ms) + 1;
    }
    assert_in_range(guesses, 90, 120);
}

static void h97_guessing_one_password_at_a_thousand_accounts_is_slow_too(void **state)
{
    (void)state;
    struct lockout lockout = begin();
    int guesses = 0;
    for (int64_t now_ms = 0; now_ms < 86400000;) {
        char account[24];
        snprintf(account, sizeof account, "a%d", guesses);
        struct lockout_attempt attempt = {TEXT("192.0.2.7"), text_of(account), TEXT("")};
        lockout_failed(&lockout, &attempt, now_ms);
        guesses++;
        now_ms += lockout_wait(&lockout, &attempt, now_ms) + 1;
    }
    assert_in_range(guesses, 90, 120);
}

static void h98_nobody_locks_somebody_else_out(void **state)
{
    (void)state;
    struct lockout lockout = begin();
    const struct lockout_attempt thief = {TEXT("198.51.100.9"), TEXT("amina"), TEXT("")};
    const struct lockout_attempt owner = {TEXT("192.0.2.7"), TEXT("amina"), TEXT("her-browser")};
    const struct lockout_attempt other = {TEXT("192.0.2.8"), TEXT("brahim"), TEXT("")};

    assert_true(guess(&lockout, &thief, 0, 3600000) > LOCKOUT_FREE);
    assert_true(lockout_wait(&lockout, &thief, 3600000) > 0);
    assert_int_equal(lockout_wait(&lockout, &owner, 3600000), 0);
    assert_int_equal(lockout_wait(&lockout, &other, 3600000), 0);
}

static void h120_a_neighbour_at_the_same_address_does_not_slow_down_a_known_browser(void **state)
{
    (void)state;
    struct lockout lockout = begin();
    const struct lockout_attempt neighbour = {TEXT("192.0.2.7"), TEXT("amina"), TEXT("")};
    const struct lockout_attempt owner = {TEXT("192.0.2.7"), TEXT("amina"), TEXT("her-browser")};

    assert_true(guess(&lockout, &neighbour, 0, 3600000) > LOCKOUT_FREE);
    assert_true(lockout_wait(&lockout, &neighbour, 3600000) > 0);
    assert_int_equal(lockout_wait(&lockout, &owner, 3600000), 0);
    for (int i = 0; i <= LOCKOUT_FREE; i++) /* and her own failures are no neighbour's */
        lockout_failed(&lockout, &owner, 3600000);
    assert_true(lockout_wait(&lockout, &owner, 3600000) > 0);
    const struct lockout_attempt newcomer = {TEXT("192.0.2.9"), TEXT("brahim"), TEXT("")};
    assert_int_equal(lockout_wait(&lockout, &newcomer, 3600000), 0);
}

static void h120_what_was_counted_ahead_is_taken_back(void **state)
{
    (void)state;
    struct lockout lockout = begin();
    const struct lockout_attempt attempt = {TEXT("192.0.2.7"), TEXT("code of amina"), TEXT("")};

    for (int i = 0; i < 100; i++) {
        assert_int_equal(lockout_wait(&lockout, &attempt, 0), 0);
        lockout_failed(&lockout, &attempt, 0);
        lockout_forgive(&lockout, &attempt);
    }
    for (int i = 0; i <= LOCKOUT_FREE; i++) /* as many at once count, all of them */
        lockout_failed(&lockout, &attempt, 0);
    assert_true(lockout_wait(&lockout, &attempt, 0) > 0);
    lockout_forgive(&lockout, &(struct lockout_attempt){TEXT("x"), TEXT("y"), TEXT("")});
}

static void h97_a_stolen_device_token_does_not_guess_freely(void **state)
{
    (void)state;
    struct lockout lockout = begin();
    const struct lockout_attempt thief = {TEXT("198.51.100.9"), TEXT("amina"), TEXT("stolen")};
    assert_in_range(guess(&lockout, &thief, 0, 86400000), 90, 120);
}

static void a_success_clears_its_account_and_not_its_source(void **state)
{
    (void)state;
    struct lockout lockout = begin();
    const struct lockout_attempt attempt = {TEXT("192.0.2.7"), TEXT("amina"), TEXT("")};
    const struct lockout_attempt elsewhere = {TEXT("192.0.2.8"), TEXT("amina"), TEXT("")};
    for (int i = 0; i < 8; i++)
        lockout_failed(&lockout, &attempt, 0);
    assert_true(lockout_wait(&lockout, &elsewhere, 0) > 0);
    lockout_succeeded(&lockout, &attempt);
    assert_int_equal(lockout_wait(&lockout, &elsewhere, 0), 0);
    assert_true(lockout_wait(&lockout, &attempt, 0) > 0);
}

/* RFC 6238 appendix B, the last six digits. */
static void the_rfcs_codes_are_made(void **state)
{
    (void)state;
    static const struct {
        int64_t at_s;
        const char *code;
    } cases[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                 {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    const uint8_t *secret = (const uint8_t *)"12345678901234567890";
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char code[TOTP_DIGITS + 1];
        totp_code(secret, (uint64_t)cases[i].at_s / TOTP_STEP_S, code);
        assert_string_equal(code, cases[i].code);
    }
}

static void h97_a_code_is_good_once_and_for_a_minute(void **state)
{
    (void)state;
    const uint8_t *secret = (const uint8_t *)"12345678901234567890";
    uint64_t last = 0;
    assert_false(totp_check(secret, TEXT("081804"), 1111111109 - 60, &last));
    assert_false(totp_check(secret, TEXT("081804"), 1111111109 + 62, &last));
    assert_false(totp_check(secret, TEXT("81804"), 1111111109, &last));
    assert_true(totp_check(secret, TEXT("081804"), 1111111109 + 30, &last));
    assert_false(totp_check(secret, TEXT("081804"), 1111111109, &last));
    char before[TOTP_DIGITS + 1];
    totp_code(secret, last - 1, before);
    assert_false(totp_check(secret, text_of(before), 1111111109, &last));
}

static void the_apps_link_has_the_secret_in_base32(void **state)
{
    (void)state;
    struct arena arena;
    struct buffer out;
    arena_init(&arena, 4096);
    buffer_init(&out, &arena);
    totp_write_uri(&out, (const uint8_t *)"12345678901234567890", TEXT("C H"), TEXT("a@b"));
    assert_true(text_is(buffer_text(&out), "otpauth://totp/C%20H:a%40b?secret="
                                           "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=C%20H"));
    arena_free(&arena);
}

static void h97_a_recovery_code_is_good_once(void **state)
{
    (void)state;
    struct recovery recovery = {0};
    char codes[RECOVERY_CODES][RECOVERY_LEN];
    assert_false(recovery_use(&recovery, TEXT("AAAA-AAAA-AAAA-AAAA")));
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        uint8_t random[RECOVERY_RANDOM_LEN] = {(uint8_t)i, 2, 3, 4, 5, 6, 7, 8, 9, 10};
        recovery_set(&recovery, i, random, codes[i]);
    }
    assert_int_equal(recovery_left(&recovery), RECOVERY_CODES);
    assert_true(text_is((struct text){codes[3], RECOVERY_LEN}, "AMBA-GBAF-AYDQ-QCIK"));
    assert_true(recovery_use(&recovery, TEXT("amba gbaf aydqqcik")));
    assert_false(recovery_use(&recovery, TEXT("AMBA-GBAF-AYDQ-QCIK")));
    assert_false(recovery_use(&recovery, TEXT("AMBA-GBAF-AYDQ-QCI")));
    assert_false(recovery_use(&recovery, TEXT("0MBA-GBAF-AYDQ-QCIK")));
    assert_int_equal(recovery_left(&recovery), RECOVERY_CODES - 1);
}

static void h169_servers_that_count_together_make_wait_as_one(void **state)
{
    (void)state;
    enum { SECOND_MS = 1000 };
    static struct lockout_entry kept[2][LOCKOUT_ENTRIES_MIN];
    struct lockout servers[2];
    uint64_t keys[LOCKOUT_KEYS_MAX];
    const struct lockout_attempt attempt = {
        .source = TEXT("192.0.2.7"), .account = TEXT("amina"), .device = TEXT("")};
    for (int i = 0; i < 2; i++)
        lockout_init(&servers[i], kept[i], LOCKOUT_ENTRIES_MIN, salt);
    size_t count = lockout_keys(&servers[0], &attempt, keys);
    assert_int_equal(count, 2);
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
    lockout_hear(&servers[1], keys[1], 0, 0, SECOND_MS);
    assert_int_equal(lockout_wait(&servers[1], &attempt, SECOND_MS), 0);
    lockout_hear(&servers[1], keys[0], 50, LOCKOUT_FORGET_MS, LOCKOUT_FORGET_MS); /* long ago */
    assert_int_equal(lockout_wait(&servers[1], &attempt, LOCKOUT_FORGET_MS), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_opens_its_own_record_alone),
        cmocka_unit_test(h97_a_record_that_is_none_opens_nothing),
        cmocka_unit_test(h97_passwords_that_everybody_tries_are_not_taken),
        cmocka_unit_test(h98_no_more_logins_run_than_are_lent_a_core),
        cmocka_unit_test(h98_one_source_does_not_fill_the_queue),
        cmocka_unit_test(who_waited_too_long_is_told_and_does_not_run),
        cmocka_unit_test(the_first_failures_cost_nothing_and_further_ones_more_and_more),
        cmocka_unit_test(h97_guessing_from_a_thousand_places_is_no_faster),
        cmocka_unit_test(h97_guessing_one_password_at_a_thousand_accounts_is_slow_too),
        cmocka_unit_test(h98_nobody_locks_somebody_else_out),
        cmocka_unit_test(h120_a_neighbour_at_the_same_address_does_not_slow_down_a_known_browser),
        cmocka_unit_test(h120_what_was_counted_ahead_is_taken_back),
        cmocka_unit_test(h97_a_stolen_device_token_does_not_guess_freely),
        cmocka_unit_test(a_success_clears_its_account_and_not_its_source),
        cmocka_unit_test(h169_servers_that_count_together_make_wait_as_one),
        cmocka_unit_test(the_rfcs_codes_are_made),
        cmocka_unit_test(h97_a_code_is_good_once_and_for_a_minute),
        cmocka_unit_test(the_apps_link_has_the_secret_in_base32),
        cmocka_unit_test(h97_a_recovery_code_is_good_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
