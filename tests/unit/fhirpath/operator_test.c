/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operators: equality, order, logic, arithmetic, sets. */
#include <stdio.h>

#include "ask.h"
#include "base/random.h"
#include "documents.h"

static void equality_is_of_values_and_unknown_of_nothing(void **state)
{
    (void)state;
    ASK_ALL(
        PATIENT, {"1 = 1", "true"}, {"1 = 1.0", "true"}, {"1 = 2", "false"}, {"1 = {}", ""},
        {"{} = {}", ""}, {"'a' = 'A'", "false"}, {"'a' != 'b'", "true"}, {"1 != {}", ""},
        {"'1' = 1", "false"}, {"true = true", "true"}, {"(1|2) = (1|2)", "true"},
        {"(1|2) = (2|1)", "false"}, {"(1|2) = 1", "false"}, {"gender = 'female'", "true"},
        {"birthDate = @1974-12-25", "true"}, {"birthDate != @1974-12-26", "true"},
        {"name[0] = name[0]", "true"}, {"name[0] = name[2]", "false"},
        {"name[0].family = name[2].family", "true"}, {"active = true", "true"},
        {"multipleBirth = 1", "true"}, {"deceased = false", "true"}, {"0.1 + 0.2 = 0.3", "true"},
        {"@2012 = @2012-01", ""}, {"@2012-01 = @2012-02", "false"}, {"@2012 = @2013-01", "false"},
        {"@2012-01-01T10:30:31.0 = @2012-01-01T10:30:31", "true"},
        {"@2012-01-01T10:30 = @2012-01-01T10:30:31", ""},
        {"@2017-11-05T01:30:00.0-04:00 = @2017-11-05T05:30:00.0Z", "true"},
        {"@2017-11-05T01:30:00.0-04:00 > @2017-11-05T01:15:00.0-05:00", "false"},
        {"@T12:00 = @T12:00", "true"}, {"@T12:00 = @T12:00:00", ""}, {"@2015 = @2015T", "true"},
        {"4 'g' = 4000 'mg'", "true"}, {"7 'd' = 1 'wk'", "true"}, {"1 'cm' = 1 's'", ""},
        {"1 'a' = 1 year", ""}, {"7 days = 1 week", "true"}, {"6 days < 1 week", "true"},
        {"1 '1' = 1", "true"}, {"98.6 '[degF]' = 37 'Cel'", "true"}, {"5 'pg' < 6 'pg'", "true"},
        {"5 'pg' = 0.000005 'ug'", "true"}, {"1 '[in_i]' = 2.54 'cm'", "true"},
        {"120 'mm[Hg]' > 15 'kPa'", "true"}, {"1 'nonsense' = 1 'm'", ""},
        {"1 'nonsense' = 1 'nonsense'", "true"}, {"90 'mg/dL' = 0.9 'g/L'", "true"},
        {"1 month = 30 days", ""}, {"12 months = 1 year", ""}, {"1.50 = 1.5", "true"});
    ASK_ALL(OBSERVATION, {"value = 185 '[lb_av]'", "true"}, {"value > 180 '[lb_av]'", "true"},
            {"value > 180", ""}, {"value != 185 'kg'", "true"}, {"value !~ 185 'kg'", "true"},
            {"component[0].value = component[2].value", "true"},
            {"code.coding = code.coding", "true"}, {"value = value", "true"});
}

static void equivalence_is_of_meaning_and_always_known(void **state)
{
    (void)state;
    ASK_ALL(PATIENT, {"{} ~ {}", "true"}, {"1 ~ {}", "false"}, {"'a  B' ~ 'A b'", "true"},
            {"'é' ~ 'É'", "true"}, {"1.0 ~ 1.04", "true"}, {"0.67 ~ 0.666666", "true"},
            {"0.67 ~ 0.68", "false"}, {"(1|2|3) ~ (3|1|2)", "true"}, {"(1|2) ~ (1|3)", "false"},
            {"1 !~ 2", "true"}, {"@2012 ~ @2012-01", "false"}, {"@2012-01 ~ @2012-01", "true"},
            {"name[0] ~ name[0]", "true"}, {"name[0] ~ name[2]", "false"}, {"'a' !~ 'A'", "false"},
            {"(1 | 1.0 | 2).count()", "2"}, {"{} !~ {}", "false"}, {"'a ' ~ 'a'", "false"},
            {"1 'g' ~ 1000 'mg'", "true"}, {"(1|2|2) ~ (1|1|2)", "true"});
    ASK_ALL(OBSERVATION, {"code.coding[0] ~ code.coding[0]", "true"},
            {"code.coding ~ (code.coding[1] | code.coding[0])", "true"},
            {"code.coding = (code.coding[1] | code.coding[0])", "false"});
}

static void order_is_of_numbers_texts_times_and_quantities(void **state)
{
    (void)state;
    ASK_ALL(PATIENT, {"1 < 2", "true"}, {"2 <= 2.0", "true"}, {"1 > 2", "false"},
            {"2 >= 3", "false"}, {"'a' < 'b'", "true"}, {"'abc' < 'ab'", "false"},
            {"'é' > 'z'", "true"}, {"1 < {}", ""}, {"{} < 1", ""}, {"1 < 'a'", "!TYPE"},
            {"true < false", "!TYPE"}, {"(1|2) < 3", "!SINGLE"}, {"name < 3", "!SINGLE"},
            {"name.first() < 3", "!TYPE"}, {"birthDate < @2000", "true"}, {"birthDate < @1974", ""},
            {"birthDate <= @1974-12-25", "true"}, {"@2018-03 < @2018-03-01", ""},
            {"@2018-03-01T10:30 > @2018-03-01T10:00", "true"}, {"@T10:30 < @T10:31", "true"},
            {"@2018-12-21T12:01 <= @2018-12-21T12:02:00", "true"},
            {"@2018-01-01T12:00 < @2018-01-01T13:00Z", ""},
            {"@2018-01-01T12:00 < @2018-01-03T13:00Z", "true"}, {"1 'mg' < 1 'g'", "true"},
            {"1 'mg' < 1 'm'", ""}, {"today() < @2030", "true"}, {"now() > @2025-11-29", ""},
            {"now() > @2025-11-28", "true"}, {"now()", "@2025-11-29T17:00:00.123Z"},
            {"today()", "@2025-11-29"}, {"timeOfDay()", "@T17:00:00.123"});
}

static void logic_has_three_values(void **state)
{
    (void)state;
    ASK_ALL(PATIENT, {"true and true", "true"}, {"true and false", "false"}, {"true and {}", ""},
            {"false and {}", "false"}, {"{} and false", "false"}, {"{} and {}", ""},
            {"{} and true", ""}, {"true or {}", "true"}, {"{} or true", "true"},
            {"false or {}", ""}, {"{} or false", ""}, {"false or false", "false"},
            {"true xor true", "false"}, {"true xor false", "true"}, {"true xor {}", ""},
            {"{} xor false", ""}, {"true implies false", "false"}, {"true implies {}", ""},
            {"false implies {}", "true"}, {"{} implies true", "true"}, {"{} implies false", ""},
            {"{} implies {}", ""}, {"true implies true", "true"}, {"true.not()", "false"},
            {"{}.not()", ""}, {"1.not()", "false"}, {"deceased.not()", "true"},
            {"(1|2).not()", "!SINGLE"}, {"name and true", "!SINGLE"},
            {"name.first() and true", "true"}, {"active and 'x'", "true"},
            {"true or true and false", "true"}, {"false implies true or false", "true"});
}

static void arithmetic_is_exact_and_gives_nothing_where_it_cannot(void **state)
{
    (void)state;
    ASK_ALL(PATIENT, {"1 + 2 * 3", "7"}, {"(1 + 2) * 3", "9"}, {"7 - 2 - 1", "4"}, {"5 / 2", "2.5"},
            {"1 / 3", "0.333333333333"}, {"7 div 2", "3"}, {"-7 div 2", "-3"}, {"7 mod 2", "1"},
            {"-7 mod 2", "-1"}, {"7.5 div 2", "3"}, {"7.5 mod 2", "1.5"}, {"1 / 0", ""},
            {"1 div 0", ""}, {"1 mod 0", ""}, {"1 + {}", ""}, {"{} * 2", ""}, {"-(1)", "-1"},
            {"-1.5 + 1", "-0.5"}, {"+3", "3"}, {"1.10 + 2.2", "3.30"}, {"1.5 * 1.5", "2.25"},
            {"2147483647 + 1", ""}, {"'a' + 'b'", "'ab'"}, {"'a' + {}", ""}, {"'a' & {}", "'a'"},
            {"{} & {}", "''"}, {"'a' & 'b' & 'c'", "'abc'"}, {"1 + 'a'", "!TYPE"},
            {"1 & 'a'", "!TYPE"}, {"gender & '-' & id", "'female-p1'"}, {"(1|2) + 1", "!SINGLE"},
            {"99999999999999999999999999999999999.0 * 10.0", ""}, {"2147483648", "2147483648"},
            {"2147483649", "!NUMBER"}, {"-2147483648", "-2147483648"},
            {"1 'mg' + 2 'mg'", "3 'mg'"}, {"3 'g' * 2", "6 'g'"}, {"6 'g' / 2", "3 'g'"},
            {"1 'g' / 500 'mg'", "2 '1'"}, {"1 'g' + 1 'mg'", ""}, {"-(4 'mg')", "-4 'mg'"},
            {"2.0 'cm' * 2.0 'm' = 0.040 'm2'", "true"}, {"4.0 'g' / 2.0 'm' = 2 'g/m'", "true"},
            {"1 'm' / (1 'm' / 1 's')", "1 'm/(m/s)'"}, {"1 'm' / (1 'm' / 1 's') = 1 's'", "true"},
            {"1 'm' * 1 day", "!TYPE"}, {"2 days * 3", "6 day"},
            {"6 days / 1 week", "0.857142857143 '1'"}, {"1 'm' div 1 'm'", "!TYPE"},
            {"-'a'", "!TYPE"});
}

static void durations_are_added_as_a_calendar_does(void **state)
{
    (void)state;
    ASK_ALL(PATIENT, {"@1973-12-25 + 7 days", "@1974-01-01"},
            {"@1973-12-25 + 1 month", "@1974-01-25"}, {"@2016-02-29 + 1 year", "@2017-02-28"},
            {"@2016-01-31 + 1 month", "@2016-02-29"}, {"@2016-03-31 - 1 month", "@2016-02-29"},
            {"@1975-12-25 + 1 week", "@1976-01-01"}, {"@2015 + 13 months", "@2016"},
            {"@2015-02 + 40 days", "@2015-03"}, {"@2014 + 24 months", "@2016"},
            {"@2019-03-01 + 23 hours", "@2019-03-01"}, {"@2019-03-01 + 24 hours", "@2019-03-02"},
            {"@1973-12-25T00:00:00.000+10:00 + 1 'ms'", "@1973-12-25T00:00:00.001+10:00"},
            {"@1973-12-25T00:00:00.000+10:00 + 1.5 seconds", "@1973-12-25T00:00:01.500+10:00"},
            {"@1973-12-25T23:59 + 1 minute", "@1973-12-26T00:00"},
            {"@T01:00:00 + 2 hours", "@T03:00:00"}, {"@T01:00:00 + 5 'ms'", "@T01:00:00.005"},
            {"@2015-01-01T10:00:00Z + 5 'ms'", "@2015-01-01T10:00:00.005Z"},
            {"@2015-01-01T10:00 + 90 seconds", "@2015-01-01T10:01"}, {"@2015 + 730 days", "@2017"},
            {"@2015-01-01T10 + 59 minutes", "@2015-01-01T10"},
            {"@T23:00:00 + 50 hours", "@T01:00:00"}, {"@T01:00 - 2 hours", "@T23:00"},
            {"@T01:00 + 1 day", ""}, {"@1974-12-25 + 1 'mo'", "!TYPE"},
            {"@1974-12-25 + 1 'cm'", "!TYPE"}, {"@1974-12-25 + 1", "!TYPE"},
            {"@9999-12-31 + 1 day", ""}, {"@0001-01-01 - 1 day", ""},
            {"birthDate + 50 years", "@2024-12-25"}, {"birthDate + 50 years <= today()", "true"},
            {"@2015 + {}", ""}, {"@2000-02-28 + 1 day", "@2000-02-29"},
            {"@1900-02-28 + 1 day", "@1900-03-01"});
}

static void sets_are_by_equality(void **state)
{
    (void)state;
    ASK_ALL(PATIENT, {"1 | 2 | 1 | 3", "1 2 3"}, {"(1 | 2) | (2 | 3)", "1 2 3"},
            {"1 in (1|2)", "true"}, {"3 in (1|2)", "false"}, {"{} in (1|2)", ""},
            {"3 in (1|2|3)", "true"}, {"(1|2|3) contains 3", "true"},
            {"1 in (1 | (1|2).single())", "true"}, {"3 in (1 | (1|2).single())", "!SINGLE"},
            {"1 in {}", "false"}, {"(1|2) in (1|2)", "!SINGLE"}, {"(1|2) contains 2", "true"},
            {"(1|2) contains {}", ""}, {"{} contains 1", "false"},
            {"name.family | 'x'", "Patient.name[0].family 'x'"}, {"'female' in gender", "true"},
            {"name.given.contains('Zahra')", "!SINGLE"},
            {"(1|2|3|4|5|6|7|8|9|10|11|12|1|2|3).count()", "12"},
            {"name.select('a' | 'b').count()", "6"});
}

/* Beside counting by hand, few and many: many are found by their hash. */
static void many_items_are_told_apart_as_few_are(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 23);
    for (unsigned round = 0; round < 200 / UNIT_SLOWER; round++) {
        enum { KINDS = 60 };
        static const char *const places[] = {"", ".0", ".00"};
        bool in_a[KINDS] = {false}, in_b[KINDS] = {false};
        char expression[4096] = "(", b[2048] = "(", wanted[64];
        unsigned distinct = 0, common = 0, either = 0, only_a = 0;
        for (unsigned i = 0, count = (unsigned)random_below(&random, 100) + 1; i < 2 * count; i++) {
            unsigned kind = (unsigned)random_below(&random, KINDS);
            char *to = i < count ? expression : b, item[32];
            (void)snprintf(item, sizeof item, kind % 2 ? "%s'%u'%s" : "%s%u%s", to[1] ? "|" : "",
                           kind, kind % 2 ? "" : places[random_below(&random, 3)]);
            strcat(to, item);
            (i < count ? in_a : in_b)[kind] = true;
        }
        for (unsigned kind = 0; kind < KINDS; kind++) {
            distinct += in_a[kind];
            common += in_a[kind] && in_b[kind];
            either += in_a[kind] || in_b[kind];
            only_a += in_a[kind] && !in_b[kind];
        }
        strcat(expression, ")");
        strcat(b, ")");
        char whole[20000];
        (void)snprintf(
            whole, sizeof whole,
            "%s.count() | %s.intersect(%s).count() + 1000 | %s.union(%s).count() + 2000 | "
            "%s.exclude(%s).count() + 3000 | %s.subsetOf(%s)",
            expression, expression, b, expression, b, expression, b, expression, b);
        (void)snprintf(wanted, sizeof wanted, "%u %u %u %u %s", distinct, common + 1000,
                       either + 2000, only_a + 3000, only_a ? "false" : "true");
        struct arena arena;
        struct json json;
        arena_init(&arena, ASK_ARENA_BYTES_MAX);
        assert_int_equal(json_parse(&json, text_of(PATIENT), &json_limits_default, &arena, NULL),
                         JSON_OK);
        assert_string_equal(ask(&json, whole, &arena), wanted);
        arena_free(&arena);
    }
}

static void operators_bind_as_the_grammar_says(void **state)
{
    (void)state;
    ASK_ALL(PATIENT, {"1 + 1 = 2 and 2 > 1", "true"}, {"1 | 2 = 2 | 1", "false"},
            {"true and false implies false", "true"}, {"1 < 2 = true", "true"},
            {"'a' in 'a' | 'b' = true", "false"}, {"-1 + 2", "1"}, {"2 * 3 + 4 & 'x'", "!TYPE"},
            {"(2 * 3 + 4).toString() & 'x'", "'10x'"}, {"1 is Integer and true", "true"},
            {"name.exists() or {} and false", "true"}, {"true xor true or true", "true"},
            {"1 = 1 // all the rest\n and /* not */ true", "true"}, {"1 /* no end", "!SYNTAX"});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equality_is_of_values_and_unknown_of_nothing),
        cmocka_unit_test(equivalence_is_of_meaning_and_always_known),
        cmocka_unit_test(order_is_of_numbers_texts_times_and_quantities),
        cmocka_unit_test(logic_has_three_values),
        cmocka_unit_test(arithmetic_is_exact_and_gives_nothing_where_it_cannot),
        cmocka_unit_test(durations_are_added_as_a_calendar_does),
        cmocka_unit_test(sets_are_by_equality),
        cmocka_unit_test(many_items_are_told_apart_as_few_are),
        cmocka_unit_test(operators_bind_as_the_grammar_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
