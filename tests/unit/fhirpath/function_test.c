/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of FHIRPath, one kind after another. */
#include "ask.h"
#include "documents.h"

static void existence_is_told(void **state)
{
    (void)state;
    ASK_ALL(PATIENT, {"name.exists()", "true"}, {"{}.exists()", "false"}, {"name.empty()", "false"},
            {"photo.empty()", "true"}, {"name.exists(use = 'usual')", "true"},
            {"name.exists(use = 'x')", "false"}, {"name.all(given.exists())", "false"},
            {"name.all(use.exists())", "true"}, {"{}.all(false)", "true"},
            {"(true|false).allTrue()", "false"}, {"{}.allTrue()", "true"},
            {"(true|false).anyTrue()", "true"}, {"{}.anyTrue()", "false"},
            {"(true|false).allFalse()", "false"}, {"(false).allFalse()", "true"},
            {"(true|false).anyFalse()", "true"}, {"1.allTrue()", "!TYPE"}, {"name.count()", "3"},
            {"{}.count()", "0"}, {"(1|2).subsetOf(1|2|3)", "true"},
            {"(1|4).subsetOf(1|2|3)", "false"}, {"{}.subsetOf(1)", "true"},
            {"(1|2|3).supersetOf(1|2)", "true"}, {"(1|2).supersetOf(1|3)", "false"},
            {"name.family.distinct().count()", "1"}, {"name.family.isDistinct()", "false"},
            {"name.use.isDistinct()", "true"}, {"{}.isDistinct()", "true"});
}

static void items_are_chosen_made_and_joined(void **state)
{
    (void)state;
    ASK_ALL(
        PATIENT, {"name.where(use = 'official').family", "Patient.name[0].family"},
        {"name.where({})", ""}, {"name.where($index = 1).use", "Patient.name[1].use"},
        {"name.select(given.count())", "2 2 0"}, {"name.select($index)", "0 1 2"},
        {"(1|2|3).where($this > 1)", "2 3"}, {"(1|2|3).select($this * $this)", "1 4 9"},
        {"(1|2|3).single()", "!SINGLE"}, {"(7).single()", "7"}, {"{}.single()", ""},
        {"(1|2|3).first()", "1"}, {"(1|2|3).last()", "3"}, {"{}.last()", ""},
        {"(1|2|3).tail()", "2 3"}, {"(1).tail()", ""}, {"(1|2|3).skip(1)", "2 3"},
        {"(1|2|3).skip(-1)", "1 2 3"}, {"(1|2|3).skip(9)", ""}, {"(1|2|3).take(2)", "1 2"},
        {"(1|2|3).take(0)", ""}, {"(1|2|3).take(-1)", ""}, {"(1|2|3).intersect(2|3|4)", "2 3"},
        {"(1|2).exclude(2)", "1"}, {"(1|2).union(2|3)", "1 2 3"}, {"(1|2).combine(2|3)", "1 2 2 3"},
        {"name.use.combine(gender).count()", "4"}, {"iif(true, 1, 2)", "1"},
        {"iif(false, 1, 2)", "2"}, {"iif({}, 1, 2)", "2"}, {"iif(false, 1)", ""},
        {"iif(active, 'on', 1/0)", "'on'"}, {"photo.iif(empty(), 'none', 'some')", "'none'"},
        {"gender.iif($this = 'female', 'F')", "'F'"},
        {"(1|2|3|4).aggregate($this + $total, 0)", "10"},
        {"(3|1|2).aggregate(iif($total.empty(), $this, iif($this < $total, $this, $total)))", "1"},
        {"(1|2).aggregate($total | $this)", "1 2"}, {"(1|2).select($this | 5)", "1 5 2 5"},
        {"name.given.where($this.hasValue()).trace('given').count()", "3"},
        {"name.first().trace('x', use).given.count()", "2"});
}

static void strings_are_counted_in_characters(void **state)
{
    (void)state;
    ASK_ALL(PATIENT, {"'abcdef'.indexOf('cd')", "2"}, {"'abc'.indexOf('x')", "-1"},
            {"'abc'.indexOf('')", "0"}, {"{}.indexOf('a')", ""}, {"'abc'.indexOf({})", ""},
            {"'éab'.indexOf('b')", "2"}, {"'abab'.lastIndexOf('ab')", "2"},
            {"'abcdef'.substring(2)", "'cdef'"}, {"'abcdef'.substring(1, 2)", "'bc'"},
            {"'abc'.substring(3)", ""}, {"'abc'.substring(-1)", ""},
            {"'abc'.substring(1, 9)", "'bc'"}, {"'abc'.substring(1, 0)", "''"},
            {"'été'.substring(1, 1)", "'t'"}, {"'abc'.startsWith('ab')", "true"},
            {"'abc'.startsWith('')", "true"}, {"'abc'.endsWith('bc')", "true"},
            {"'abc'.endsWith('abcd')", "false"}, {"'abc'.contains('b')", "true"},
            {"'abc'.contains('')", "true"}, {"{}.contains('a')", ""}, {"'aéß'.upper()", "'AÉß'"},
            {"'AÉΣЖ'.lower()", "'aéσж'"}, {"'abcdefg'.replace('cde', '12')", "'ab12fg'"},
            {"'abc'.replace('', '-')", "'-a-b-c-'"}, {"'aaa'.replace('a', 'bb')", "'bbbbbb'"},
            {"'abc'.replace('b', '')", "'ac'"}, {"'été'.length()", "3"}, {"''.length()", "0"},
            {"{}.length()", ""}, {"'عمر'.toChars()", "'ع' 'م' 'ر'"}, {"1.length()", "!TYPE"},
            {"' a b '.trim()", "'a b'"}, {"'a,b,,c'.split(',')", "'a' 'b' '' 'c'"},
            {"('a'|'b').join('-')", "'a-b'"}, {"name.use.join(',')", "'official,usual,maiden'"},
            {"'it\\'s \\u00e9\\n'.length()", "7"}, {"'\\q'", "!SYNTAX"},
            {"'\\ud83d\\ude00'.length()", "1"});
}

static void patterns_are_found_anywhere_and_in_linear_time(void **state)
{
    (void)state;
    ASK_ALL(PATIENT, {"'abc'.matches('b')", "true"}, {"'abc'.matches('^b')", "false"},
            {"'abc'.matches('^[a-c]{3}$')", "true"}, {"'a1'.matches('\\\\d')", "true"},
            {"{}.matches('a')", ""}, {"'abc'.matches({})", ""}, {"'abc'.matches('(')", "!PATTERN"},
            {"'abc'.matches('(' & ')')", "true"}, {"'abc'.matches('(' & '(')", "!PATTERN"},
            {"'a\\nb'.matches('a.b')", "true"},
            {"'11/30/1972'.replaceMatches('\\\\b(\\\\d{1,2})/(\\\\d{1,2})/(\\\\d{2,4})\\\\b', "
             "'$3-$1-$2')",
             "'1972-11-30'"},
            {"'abc'.replaceMatches('[bc]', '<$0>')", "'a<b><c>'"},
            {"'abc'.replaceMatches('', 'x')", "'abc'"},
            {"'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(a+)+$')", "false"});
}

static void values_are_converted_where_they_can_be(void **state)
{
    (void)state;
    ASK_ALL(
        PATIENT, {"'true'.toBoolean()", "true"}, {"'Yes'.toBoolean()", "true"},
        {"'0'.toBoolean()", "false"}, {"'x'.toBoolean()", ""}, {"1.toBoolean()", "true"},
        {"2.toBoolean()", ""}, {"0.0.toBoolean()", "false"}, {"'12'.toInteger()", "12"},
        {"'-1'.toInteger()", "-1"}, {"'1.0'.toInteger()", ""}, {"true.toInteger()", "1"},
        {"1.5.toInteger()", ""}, {"'a'.convertsToInteger()", "false"},
        {"'3'.convertsToInteger()", "true"}, {"{}.convertsToInteger()", ""},
        {"'99999999999'.convertsToInteger()", "false"}, {"'1.10'.toDecimal()", "1.10"},
        {"1.toDecimal()", "1"}, {"'1e3'.toDecimal()", ""}, {"'1.'.convertsToDecimal()", "false"},
        {"1.50.toString()", "'1.50'"}, {"true.toString()", "'true'"},
        {"@2015-02.toString()", "'2015-02'"}, {"(4 'mg').toString()", "'4 'mg''"},
        {"(2 days).toString()", "'2 day'"}, {"name.first().convertsToString()", "false"},
        {"'2015-02-29'.convertsToDate()", "false"}, {"'2016-02-29'.toDate()", "@2016-02-29"},
        {"@2015-02-07T12:00Z.toDate()", "@2015-02-07"},
        {"'2015-02-07T12:00'.toDateTime()", "@2015-02-07T12:00"}, {"@2015.toDateTime()", "@2015T"},
        {"'12:30:15.5'.toTime()", "@T12:30:15.500"}, {"'25:00'.convertsToTime()", "false"},
        {"'4 days'.toQuantity()", "4 day"}, {"'4 \\'mg\\''.toQuantity()", "4 'mg'"},
        {"'4 mg'.convertsToQuantity()", "false"}, {"4.toQuantity()", "4 '1'"},
        {"'4'.convertsToQuantity()", "true"}, {"(1|2).toInteger()", "!SINGLE"},
        {"multipleBirth.toString()", "'1'"}, {"gender.toString()", "'female'"},
        {"{}.convertsToQuantity()", ""}, {"'5 \\'g\\''.toQuantity('g')", "5 'g'"});
}

static void mathematics_is_of_numbers(void **state)
{
    (void)state;
    ASK_ALL(PATIENT, {"(-5).abs()", "5"}, {"(-5.5).abs()", "5.5"}, {"(-5 'mg').abs()", "5 'mg'"},
            {"1.1.ceiling()", "2"}, {"(-1.1).ceiling()", "-1"}, {"2.9.floor()", "2"},
            {"(-2.1).floor()", "-3"}, {"0.exp()", "1"}, {"1.ln()", "0"}, {"16.log(2)", "4"},
            {"2.power(10)", "1024"}, {"2.power(0.5).round(3)", "1.414"}, {"(-1).power(0.5)", ""},
            {"10.power(400)", ""}, {"(-1).power(2147483647)", "-1"}, {"3.14159.round(3)", "3.142"},
            {"1.round()", "1"}, {"2.5.round()", "3"}, {"(-2.5).round()", "-3"}, {"81.sqrt()", "9"},
            {"(-1).sqrt()", ""}, {"101.7.truncate()", "101"}, {"(-1.56).truncate()", "-1"},
            {"{}.sqrt()", ""}, {"'a'.abs()", "!TYPE"}, {"(1|2).abs()", "!SINGLE"}, {"0.ln()", ""});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(existence_is_told),
        cmocka_unit_test(items_are_chosen_made_and_joined),
        cmocka_unit_test(strings_are_counted_in_characters),
        cmocka_unit_test(patterns_are_found_anywhere_and_in_linear_time),
        cmocka_unit_test(values_are_converted_where_they_can_be),
        cmocka_unit_test(mathematics_is_of_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
