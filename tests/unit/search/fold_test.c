/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <string.h>

#include "base/utf8.h"
#include "search/fold.h"

static void folds_to(struct arena *arena, const char *text, const char *folded)
{
    struct text got = fold_text(arena, text_of(text));
    if (!text_is(got, folded))
        fail_msg("\"%s\" became \"%.*s\", not \"%s\"", text, (int)got.len, got.bytes, folded);
}

static void latin_loses_case_accents_and_marks(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    folds_to(&arena, "Zoë Müller", "zoe muller");
    folds_to(&arena, "ÉCOLE", "ecole");
    folds_to(&arena,
             "E\xCC\x81"
             "cole",
             "ecole"); /* the accent apart */
    folds_to(&arena, "Ødegård Łódź", "odegard lodz");
    folds_to(&arena, "straße, Æsop", "strasse aesop");
    folds_to(&arena, "ﬁn", "fin");
    folds_to(&arena, "İZMİR ırmak", "izmir irmak");
    arena_free(&arena);
}

static void arabic_loses_its_signs_and_forms(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    folds_to(&arena, "مُحَمَّد", "محمد");
    folds_to(&arena, "محـــمد", "محمد");
    folds_to(&arena, "أحمد إدريس آمنة", "احمد ادريس امنه");
    folds_to(&arena, "ٱلفاسي", "الفاسي");
    folds_to(&arena, "مصطفى", "مصطفي");
    folds_to(&arena, "کریم", "كريم"); /* Persian kaf and ya */
    folds_to(&arena, "ﻻﻟﺔ", "لاله");  /* presentation forms */
    folds_to(&arena, "٢٠٢٦ ۱۲", "2026 12");
    arena_free(&arena);
}

static void punctuation_and_blanks_do_not_count(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    folds_to(&arena, "  John \t\n Smith  ", "john smith");
    folds_to(&arena, "O'Neill", "oneill");
    folds_to(&arena, "O\xE2\x80\x99Neill", "oneill");
    folds_to(&arena, "El-Fassi, (Dr.)", "el fassi dr");
    folds_to(&arena, "...", "");
    folds_to(&arena, "", "");
    folds_to(&arena, "a b ", "a b");
    folds_to(&arena, "ⵎⵓⵏⵉⵔ 中文 😀", "ⵎⵓⵏⵉⵔ 中文 😀"); /* no folds: as they are */
    arena_free(&arena);
}

static void what_is_folded_is_not_copied(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct text text = TEXT("anna maria 2");
    assert_ptr_equal(fold_text(&arena, text).bytes, text.bytes);
    assert_ptr_equal(fold_code(&arena, text).bytes, text.bytes);
    assert_int_equal(arena.used_bytes, 0);
    arena_free(&arena);
}

static void folding_twice_is_folding_once(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (unsigned code = 1; code < 0x10000; code++) {
        char bytes[UTF8_LEN_MAX];
        if (code >= 0xd800 && code <= 0xdfff)
            continue;
        struct text once = fold_text(&arena, (struct text){bytes, utf8_write(bytes, code)});
        struct text twice = fold_text(&arena, once);
        if (!text_equal(once, twice))
            fail_msg("U+%04X becomes %.*s, then %.*s", code, (int)once.len, once.bytes,
                     (int)twice.len, twice.bytes);
        arena_reset(&arena);
    }
    arena_free(&arena);
}

static void a_code_loses_only_its_case(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    assert_true(text_is(fold_code(&arena, TEXT("MR-12/É")), "mr-12/É"));
    arena_free(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(latin_loses_case_accents_and_marks),
        cmocka_unit_test(arabic_loses_its_signs_and_forms),
        cmocka_unit_test(punctuation_and_blanks_do_not_count),
        cmocka_unit_test(what_is_folded_is_not_copied),
        cmocka_unit_test(folding_twice_is_folding_once),
        cmocka_unit_test(a_code_loses_only_its_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
