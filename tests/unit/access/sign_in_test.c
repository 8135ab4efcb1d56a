/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/access/account_world.h"

#include "access/invite.h"
#include "access/sign_in.h"

static const struct session_from somewhere = {
    .browser = {"", 0}, .address = {"192.0.2.7", 9}, .before = {"", 0}};

static struct text code_now(const uint8_t secret[static TOTP_SECRET_LEN])
{
    char code[TOTP_DIGITS + 1];
    totp_code(secret, (uint64_t)turn.now_ms / 1000 / TOTP_STEP_S, code);
    return arena_copy(&arena, text_of(code));
}

static void h121_a_password_alone_is_enough_for_patients_only(void **state)
{
    (void)state;
    begin();
    struct account patient = make_account("patient", PATIENT),
                   doctor = make_account("doctor", PHYSICIAN);
    struct account both = make_account("both", PHYSICIAN | PATIENT);

    assert_int_equal(sign_in_next(&patient, SESSION_BY_PASSWORD), SIGN_IN_DONE);
    assert_int_equal(sign_in_next(&doctor, SESSION_BY_PASSWORD), SIGN_IN_SET_UP);
    assert_int_equal(sign_in_next(&both, SESSION_BY_PASSWORD), SIGN_IN_SET_UP);
    assert_int_equal(sign_in_next(&doctor, SESSION_BY_PASSKEY), SIGN_IN_DONE);
    assert_true(sign_in_is_enough(&patient));
    assert_false(sign_in_is_enough(&doctor));
    patient.has_totp = doctor.has_totp = true;
    assert_int_equal(sign_in_next(&patient, SESSION_BY_PASSWORD), SIGN_IN_SECOND);
    assert_int_equal(sign_in_next(&doctor, SESSION_BY_PASSWORD), SIGN_IN_SECOND);
    assert_int_equal(sign_in_next(&doctor, SESSION_BY_SECOND), SIGN_IN_DONE);
    doctor.has_totp = false;
    add_passkey(&doctor, "key");
    assert_int_equal(sign_in_next(&doctor, SESSION_BY_PASSWORD), SIGN_IN_SECOND);
    assert_true(sign_in_is_enough(&doctor));
    doctor.is_blocked = true;
    for (enum session_strength i = SESSION_BY_PASSWORD; i < SESSION_STRENGTHS; i++)
        assert_int_equal(sign_in_next(&doctor, i), SIGN_IN_BLOCKED);
}

static void a_code_is_good_once_and_a_recovery_code_too(void **state)
{
    (void)state;
    char codes[RECOVERY_CODES][RECOVERY_LEN];

    begin();
    struct account account = make_account("doctor", PHYSICIAN);
    assert_true(sign_in_offer_totp(&turn, &account));
    assert_int_equal(sign_in_use_code(&account, code_now(account.totp_offer), turn.now_ms),
                     SIGN_IN_WRONG);
    assert_false(sign_in_take_totp(&account, TEXT("000000"), turn.now_ms));
    struct text code = code_now(account.totp_offer);
    assert_true(sign_in_take_totp(&account, code, turn.now_ms));
    assert_false(account.has_offer);
    assert_int_equal(sign_in_use_code(&account, code, turn.now_ms),
                     SIGN_IN_WRONG); /* it showed that */
    turn.now_ms += 1000 * TOTP_STEP_S;
    code = code_now(account.totp_secret);
    assert_int_equal(sign_in_use_code(&account, code, turn.now_ms), SIGN_IN_BY_TOTP);
    assert_int_equal(sign_in_use_code(&account, code, turn.now_ms), SIGN_IN_WRONG);

    assert_true(sign_in_make_recovery(&turn, &account, codes));
    const struct text recovery = {codes[4], RECOVERY_LEN};
    assert_int_equal(sign_in_use_code(&account, recovery, turn.now_ms), SIGN_IN_BY_RECOVERY);
    assert_int_equal(sign_in_use_code(&account, recovery, turn.now_ms), SIGN_IN_WRONG);
    assert_int_equal(recovery_left(&account.recovery), RECOVERY_CODES - 1);
}

static void a_browser_is_known_once_all_was_shown_in_it(void **state)
{
    (void)state;
    struct sign_in_arrival arrival, again;
    struct text key;

    begin();
    struct account doctor = make_account("doctor", PHYSICIAN),
                   other = make_account("other", PHYSICIAN);
    doctor.has_totp = true;
    assert_int_equal(account_put(&turn, &doctor), ACCOUNT_OK);
    assert_int_equal(
        sign_in_arrive(&turn, &doctor, SESSION_BY_PASSWORD, &somewhere, TEXT(""), &arrival),
        SESSION_OK);
    assert_int_equal(arrival.next, SIGN_IN_SECOND);
    assert_int_equal(arrival.device.len, 0);
    assert_int_equal(
        sign_in_raise(&turn, &doctor, SESSION_BY_SECOND, arrival.token, TEXT(""), &again),
        SESSION_OK);
    assert_int_equal(again.next, SIGN_IN_DONE);
    assert_int_equal(again.device.len, TOKEN_LEN);
    assert_true(sign_in_knows(&turn, again.device, doctor.id, &key));
    assert_int_equal(key.len, DIGEST_LEN);
    assert_false(sign_in_knows(&turn, again.device, other.id, &key));
    assert_int_equal(key.len, 0);
    assert_false(sign_in_knows(&turn, TEXT(""), doctor.id, &key));
    assert_false(sign_in_knows(&turn, again.token, doctor.id, &key));

    struct text device = again.device;
    assert_int_equal(
        sign_in_arrive(&turn, &doctor, SESSION_BY_PASSKEY, &somewhere, device, &arrival),
        SESSION_OK);
    assert_int_equal(arrival.device.len, 0); /* it has one */
    doctor.is_blocked = true;
    assert_int_equal(
        sign_in_arrive(&turn, &doctor, SESSION_BY_PASSKEY, &somewhere, device, &arrival),
        SESSION_NONE);
}

static void h185_a_place_is_known_for_a_while_once_all_was_shown_from_it(void **state)
{
    (void)state;
    struct sign_in_arrival arrival, again;
    begin();
    struct account doctor = make_account("doctor", PHYSICIAN),
                   other = make_account("other", PHYSICIAN);
    doctor.has_totp = true;
    assert_int_equal(account_put(&turn, &doctor), ACCOUNT_OK);
    assert_int_equal(
        sign_in_arrive(&turn, &doctor, SESSION_BY_PASSWORD, &somewhere, TEXT(""), &arrival),
        SESSION_OK);
    assert_false(sign_in_knows_place(&turn, somewhere.address, doctor.id));
    assert_int_equal(
        sign_in_raise(&turn, &doctor, SESSION_BY_SECOND, arrival.token, TEXT(""), &again),
        SESSION_OK);
    assert_true(sign_in_knows_place(&turn, somewhere.address, doctor.id));
    assert_false(sign_in_knows_place(&turn, somewhere.address, other.id));
    assert_false(sign_in_knows_place(&turn, TEXT("203.0.113.77"), doctor.id));
    assert_false(sign_in_knows_place(&turn, TEXT(""), doctor.id));
    assert_false(sign_in_knows_place(&turn, somewhere.address, TEXT("")));
    turn.now_ms += INT64_C(1000) * SIGN_IN_PLACE_S;
    assert_false(sign_in_knows_place(&turn, somewhere.address, doctor.id));
}

static void nobody_raises_anothers_session(void **state)
{
    (void)state;
    struct sign_in_arrival arrival, raised;

    begin();
    struct account doctor = make_account("doctor", PHYSICIAN),
                   other = make_account("other", PHYSICIAN);
    assert_int_equal(
        sign_in_arrive(&turn, &doctor, SESSION_BY_PASSWORD, &somewhere, TEXT(""), &arrival),
        SESSION_OK);
    assert_int_equal(
        sign_in_raise(&turn, &other, SESSION_BY_PASSKEY, arrival.token, TEXT(""), &raised),
        SESSION_NONE);
}

static struct text invite(const struct account *account, bool is_anew, int64_t seconds)
{
    const struct invite asked = {.account = account->id,
                                 .by = TEXT(""),
                                 .is_anew = is_anew,
                                 .due_s = turn.now_ms / 1000 + seconds};
    struct text token;
    assert_int_equal(invite_make(&turn, &asked, &token), INVITE_OK);
    return token;
}

static void h124_a_link_is_good_once_and_the_newest_alone(void **state)
{
    (void)state;
    struct account account;
    struct invite found;

    begin();
    struct account doctor = make_account("doctor", PHYSICIAN);
    struct text first = invite(&doctor, false, INVITE_S), second = invite(&doctor, false, INVITE_S);
    assert_int_equal(invite_find(&turn, first, &found), INVITE_NONE);
    assert_int_equal(invite_find(&turn, second, &found),
                     INVITE_OK); /* to look does not use it up */
    assert_int_equal(invite_find(&turn, second, &found), INVITE_OK);
    assert_true(text_equal(found.account, doctor.id));
    assert_int_equal(sign_in_accept(&turn, second, &account), SESSION_OK);
    assert_true(text_equal(account.id, doctor.id));
    assert_int_equal(sign_in_accept(&turn, second, &account), SESSION_NONE);
    assert_int_equal(invite_find(&turn, TEXT("jisr_in_no"), &found), INVITE_NONE);

    struct text late = invite(&doctor, false, 60);
    turn.now_ms += 60000;
    assert_int_equal(sign_in_accept(&turn, late, &account), SESSION_NONE);
    struct text endless = invite(&doctor, false, INT32_MAX);
    assert_int_equal(invite_find(&turn, endless, &found), INVITE_OK);
    assert_int_equal(found.due_s, turn.now_ms / 1000 + INVITE_S_MAX);
}

static void h124_a_link_opens_no_account_that_is_blocked(void **state)
{
    (void)state;
    struct account account;

    begin();
    struct account doctor = make_account("doctor", PHYSICIAN);
    struct text token = invite(&doctor, false, INVITE_S);
    doctor.is_blocked = true;
    assert_int_equal(account_put(&turn, &doctor), ACCOUNT_OK);
    assert_int_equal(sign_in_accept(&turn, token, &account), SESSION_NONE);
}

static void a_link_ends_what_went_on_and_anew_forgets_what_was(void **state)
{
    (void)state;
    struct sign_in_arrival arrival;
    struct account account;
    struct session session;

    begin();
    struct account doctor = make_account("doctor", PHYSICIAN);
    doctor.password = TEXT("$argon2id$");
    doctor.has_totp = true;
    add_passkey(&doctor, "key");
    assert_int_equal(account_put(&turn, &doctor), ACCOUNT_OK);
    assert_int_equal(
        sign_in_arrive(&turn, &doctor, SESSION_BY_PASSKEY, &somewhere, TEXT(""), &arrival),
        SESSION_OK);
    assert_int_equal(sign_in_accept(&turn, invite(&doctor, false, INVITE_S), &account), SESSION_OK);
    assert_int_equal(session_find(&turn, arrival.token, &session), SESSION_NONE);
    assert_true(account.has_totp && account.passkey_count == 1 && account.password.len);
    assert_int_equal(sign_in_accept(&turn, invite(&doctor, true, INVITE_S), &account), SESSION_OK);
    assert_false(account.has_totp || account.passkey_count || account.password.len);
}

static void an_address_of_a_link_is_the_sites(void **state)
{
    (void)state;
    struct buffer url;
    buffer_init(&url, &arena);
    invite_write_url(&url, TEXT("https://c.example.org"), TEXT("jisr_in_x"));
    assert_text(buffer_text(&url), "https://c.example.org/invite?token=jisr_in_x");
}

static void what_happened_is_told_of_whom_and_by_whom(void **state)
{
    (void)state;
    struct audit_record record;
    const struct account owner = {.id = {"", 0}};

    begin();
    struct account doctor = make_account("doctor", PHYSICIAN),
                   patient = make_account("patient", PATIENT);
    sign_in_record(&record, SIGN_IN_EVENT_WRONG_PASSWORD, NULL, NULL, TEXT("192.0.2.7"),
                   turn.now_ms, &arena);
    assert_int_equal(record.effect, ACCESS_REFUSED);
    assert_int_equal(record.texts[AUDIT_USER].len + record.texts[AUDIT_ID].len, 0);
    sign_in_record(&record, SIGN_IN_EVENT_PASSKEY, &doctor, NULL, TEXT("::1"), turn.now_ms, &arena);
    assert_text(record.texts[AUDIT_USER], "Practitioner/d1");
    assert_text(record.texts[AUDIT_REASON], "by-passkey");
    assert_true(text_equal(record.texts[AUDIT_ID], doctor.id));
    sign_in_record(&record, SIGN_IN_EVENT_INVITED, &patient, &doctor, TEXT(""), turn.now_ms,
                   &arena);
    assert_text(record.texts[AUDIT_USER], "Practitioner/d1");
    assert_text(record.texts[AUDIT_INTERACTION], "credentials");
    assert_int_equal(record.patient_count, 1);
    assert_text(record.patients[0], "p1");
    sign_in_record(&record, SIGN_IN_EVENT_ROLES, &patient, &owner, TEXT(""), turn.now_ms, &arena);
    assert_int_equal(record.texts[AUDIT_USER].len, 0);
    assert_text(record.texts[AUDIT_CLIENT], "jisr centre person");
    for (enum sign_in_event event = 0; event < SIGN_IN_EVENTS; event++) {
        sign_in_record(&record, event, &doctor, NULL, TEXT(""), turn.now_ms, &arena);
        assert_true(record.texts[AUDIT_INTERACTION].len && record.texts[AUDIT_REASON].len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h121_a_password_alone_is_enough_for_patients_only),
        cmocka_unit_test(a_code_is_good_once_and_a_recovery_code_too),
        cmocka_unit_test(a_browser_is_known_once_all_was_shown_in_it),
        cmocka_unit_test(h185_a_place_is_known_for_a_while_once_all_was_shown_from_it),
        cmocka_unit_test(nobody_raises_anothers_session),
        cmocka_unit_test(h124_a_link_is_good_once_and_the_newest_alone),
        cmocka_unit_test(h124_a_link_opens_no_account_that_is_blocked),
        cmocka_unit_test(a_link_ends_what_went_on_and_anew_forgets_what_was),
        cmocka_unit_test(an_address_of_a_link_is_the_sites),
        cmocka_unit_test(what_happened_is_told_of_whom_and_by_whom),
    };
    return cmocka_run_group_tests(tests, make_world, unmake_world);
}
