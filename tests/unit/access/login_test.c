/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passwords, their queue, and the second factor. */
#include "unit/cmocka_base.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_opens_its_own_record_alone),
        cmocka_unit_test(h97_a_record_that_is_none_opens_nothing),
        cmocka_unit_test(h97_passwords_that_everybody_tries_are_not_taken),
        cmocka_unit_test(h98_no_more_logins_run_than_are_lent_a_core),
        cmocka_unit_test(h98_one_source_does_not_fill_the_queue),
        cmocka_unit_test(who_waited_too_long_is_told_and_does_not_run),
        cmocka_unit_test(the_rfcs_codes_are_made),
        cmocka_unit_test(h97_a_code_is_good_once_and_for_a_minute),
        cmocka_unit_test(the_apps_link_has_the_secret_in_base32),
        cmocka_unit_test(h97_a_recovery_code_is_good_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
