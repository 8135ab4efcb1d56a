/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include "fhir/model.h"
#include "ucum/ucum.h"

static void read(const char *code, struct ucum_unit *unit)
{
    if (!ucum_read(unit, text_of(code)))
        fail_msg("%s was refused", code);
}

static void the_same_quantity_is_the_same_in_any_unit(void **state)
{
    (void)state;
    static const struct {
        double a;
        const char *a_unit;
        double b;
        const char *b_unit;
    } same[] = {
        {5.4, "mg", 0.0054, "g"},
        {1, "kg", 1000, "g"},
        {7, "g/dL", 70, "g/L"},
        {7, "g%", 70, "g/L"},
        {120, "mm[Hg]", 12, "cm[Hg]"},
        {1, "m[H2O]", 9806.65, "Pa"},
        {37, "Cel", 310.15, "K"},
        {98.6, "[degF]", 37, "Cel"},
        {1, "[in_i]", 2.54, "cm"},
        {72, "/min", 1.2, "Hz"},
        {72, "{beats}/min", 72, "/min"},
        {5, "10*3/uL", 5, "10*9/L"},
        {5, "mmol/L", 0.005, "mol/L"},
        {5, "meq/L", 5, "mmol/L"},
        {30, "kg/m2", 3, "g/cm2"},
        {1, "U/L", 1e-6, "mol/(min.L)"},
        {2, "m[IU]/L", 2, "u[iU]/mL"},
        {50, "%", 0.5, "1"},
        {1, "h", 3600, "s"},
        {3, "mL/min/{1.73_m2}", 3, "mL/min"},
        {1, "m3", 1000, "L"},
        {8, "kat", 8, "mol.s-1"},
        {1, "[lb_av]", 453.59237, "g"},
        {1, "da[iU]", 10, "[iU]"},
        {1, "a", 12, "mo"},
        {1, "J/kg", 1, "Gy"},
        {1, "[MET]", 3.5, "mL.kg-1.min-1"},
        {1, "[dr_ap]", 3, "[sc_ap]"},
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct ucum_unit a, b;
        read(same[i].a_unit, &a);
        read(same[i].b_unit, &b);
        if (!text_equal((struct text){a.base, a.base_len}, (struct text){b.base, b.base_len}))
            fail_msg("%s is in %.*s, %s in %.*s", same[i].a_unit, (int)a.base_len, a.base,
                     same[i].b_unit, (int)b.base_len, b.base);
        if (ucum_to_base(&a, same[i].a) != ucum_to_base(&b, same[i].b))
            fail_msg("%g %s is %.17g, %g %s is %.17g", same[i].a, same[i].a_unit,
                     ucum_to_base(&a, same[i].a), same[i].b, same[i].b_unit,
                     ucum_to_base(&b, same[i].b));
    }
}

static void units_of_different_things_have_different_bases(void **state)
{
    (void)state;
    static const char *const units[] = {"kg",  "m", "g/L", "[iU]", "[arb'U]",
                                        "mol", "1", "K",   "[pH]", "B"};
    struct ucum_unit a, b;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        for (size_t k = 0; k < i; k++) {
            read(units[i], &a);
            read(units[k], &b);
            assert_false(
                text_equal((struct text){a.base, a.base_len}, (struct text){b.base, b.base_len}));
        }
}

static void what_is_no_unit_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "mmHg",
        "beats",
        "mg/",
        "/",
        "m/(s",
        "mg{x",
        "k%",
        "kkg",
        "m-",
        "Cel/min",
        "Cel2",
        "mg mL",
        "((((((((((m))))))))))",
        "m99999999999",
        "0",
        "kh",
        "m.m.",
        "[nothing]",
        "m100",
    };
    struct ucum_unit unit;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (ucum_read(&unit, text_of(wrong[i])))
            fail_msg("%s was taken", wrong[i]);
}

static void an_open_end_keeps_its_value_out(void **state)
{
    (void)state;
    struct ucum_unit mg, g;
    read("mg", &mg);
    read("g", &g);
    assert_true(ucum_to_base(&g, 0.00545) > ucum_to_base_before(&mg, 5.45));
    assert_true(ucum_to_base(&g, 0.0054499999) < ucum_to_base_before(&mg, 5.45));
}

/* Those that R4's own value sets name: what is left out are customary units of length and area, and the like. */
static void nine_of_ten_units_of_r4_are_known(void **state)
{
    (void)state;
    uint16_t number = fhir_code_system_at(TEXT("http://unitsofmeasure.org"));
    unsigned known = 0;
    assert_int_not_equal(number, FHIR_NONE);
    const struct fhir_code_system *system = &fhir_code_systems[number];
    assert_true(system->code_count > 1000);
    for (uint32_t i = 0; i < system->code_count; i++) {
        struct ucum_unit unit;
        known += ucum_read(&unit, text_of(fhir_codes[system->first_code + i].code));
    }
    assert_true(10 * known > 9 * system->code_count);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_quantity_is_the_same_in_any_unit),
        cmocka_unit_test(units_of_different_things_have_different_bases),
        cmocka_unit_test(what_is_no_unit_is_refused),
        cmocka_unit_test(an_open_end_keeps_its_value_out),
        cmocka_unit_test(nine_of_ten_units_of_r4_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
