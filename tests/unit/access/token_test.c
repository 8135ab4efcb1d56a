/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "access/base64.h"
#include "access/token.h"

static void a_token_says_what_it_is(void **state)
{
    (void)state;
    uint8_t random[TOKEN_RANDOM_LEN] = {1, 2, 3};
    for (enum token_kind kind = 0; kind < TOKEN_KINDS; kind++) {
        char text[TOKEN_LEN];
        enum token_kind read;
        struct text token = token_write(kind, random, text);
        assert_true(token_read(token, &read));
        assert_int_equal(read, kind);
        text[TOKEN_LEN - 1] = 'B'; /* bits beyond the last byte */
        assert_false(token_read(token, &read));
        assert_false(token_read((struct text){text, TOKEN_LEN - 1}, &read));
    }
    enum token_kind kind;
    assert_false(token_read(TEXT("jisr_xx_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), &kind));
    assert_true(token_read(TEXT("jisr_at_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), &kind));
}

static void a_header_has_a_bearer_or_nothing_of_ours(void **state)
{
    (void)state;
    struct text token;
    assert_true(token_of_header(TEXT("Bearer abc"), &token));
    assert_true(text_is(token, "abc"));
    assert_true(token_of_header(TEXT("bEARER abc"), &token));
    assert_false(token_of_header(TEXT("Bearer "), &token));
    assert_false(token_of_header(TEXT("Bearer"), &token));
    assert_false(token_of_header(TEXT("Bearer a b"), &token));
    assert_false(token_of_header(TEXT("Bearer\tabc"), &token));
    assert_false(token_of_header(TEXT("Basic abcdef"), &token));
}

/* RFC 4648 section 10, without padding. */
static void bytes_are_a_text_of_the_arena_or_none_where_it_is_full(void **state)
{
    static const struct {
        const char *bytes, *text;
    } pairs[] = {{"", ""}, {"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"}, {"\xFB\xFF", "-_8"}};
    struct arena arena;
    (void)state;
    arena_init(&arena, 1 << 16);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const char *bytes = pairs[i].bytes;
        assert_true(
            text_is(base64url_text((const uint8_t *)bytes, strlen(bytes), &arena), pairs[i].text));
    }
    while (arena_take(&arena, 64))
        continue;
    const uint8_t many[96] = {0};
    assert_null(base64url_text(many, sizeof many, &arena).bytes);
    arena_free(&arena);
}

/* RFC 7636 appendix B. */
static void the_rfcs_verifier_gives_its_challenge(void **state)
{
    (void)state;
    struct text verifier = TEXT("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    struct text challenge = TEXT("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    assert_true(pkce_is_challenge(challenge));
    assert_true(pkce_check(verifier, challenge));
}

static void h76_another_verifier_is_refused(void **state)
{
    (void)state;
    struct text challenge = TEXT("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    assert_false(pkce_check(challenge, challenge));
    assert_false(pkce_check(TEXT("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX"), challenge));
    assert_false(pkce_check(TEXT("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"), challenge));
    assert_false(pkce_check(TEXT("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), TEXT("")));
    assert_false(pkce_check(TEXT("dBjftJeZ4CVP mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), challenge));
    assert_false(pkce_is_challenge(TEXT("short")));
    assert_false(pkce_is_challenge(TEXT("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_says_what_it_is),
        cmocka_unit_test(a_header_has_a_bearer_or_nothing_of_ours),
        cmocka_unit_test(bytes_are_a_text_of_the_arena_or_none_where_it_is_full),
        cmocka_unit_test(the_rfcs_verifier_gives_its_challenge),
        cmocka_unit_test(h76_another_verifier_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
