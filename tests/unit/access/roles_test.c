/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>

#include "access/roles.h"
#include "base/buffer.h"
#include "fhir/model.h"

static struct arena arena;
static char page[64 * 1024];

static int make(void **state)
{
    (void)state;
    FILE *file = fopen("docs/access.md", "r");
    arena_init(&arena, 1 << 20);
    if (!file)
        return -1;
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    return fclose(file);
}

static int unmake(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

/* The page has this line after the one found before. */
static void assert_next_line(const char **from, struct buffer *line)
{
    buffer_add_byte(line, '\0');
    assert_false(line->failed);
    const char *found = line->bytes ? strstr(*from, line->bytes) : NULL;
    if (!found) {
        fail_msg("docs/access.md needs: %s", line->bytes ? line->bytes : "");
        return; /* clang-tidy does not see that the line above ends the case */
    }
    *from = found + line->len - 1;
}

static void add_names(struct buffer *out, uint32_t bits, unsigned count,
                      const char *(*name)(unsigned bit))
{
    const char *comma = "";
    if (count > 1 && bits == (UINT32_C(1) << count) - 1) {
        buffer_format(out, "every");
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        if (bits & (UINT32_C(1) << i)) {
            buffer_format(out, "%s%s", comma, name(i));
            comma = ", ";
        }
    }
}

static const char *role_name(unsigned bit)
{
    return access_role_name(bit);
}

static const char *class_name(unsigned bit)
{
    return access_class_name(bit);
}

static const char *relation_name(unsigned bit)
{
    return access_relation_name(1 << bit);
}

static const char *letter_name(unsigned bit)
{
    static const char *const names[] = {"create", "read", "update", "delete", "search"};
    return names[bit];
}

static void the_page_has_every_rule_in_order(void **state)
{
    (void)state;
    enum { RELATIONS = 10, LETTERS = 5 };
    const char *from = page;

    for (size_t i = 0; i < access_rule_count; i++) {
        const struct access_rule *rule = &access_rules[i];
        struct buffer line;
        buffer_init(&line, &arena);
        buffer_format(&line, "\n| ");
        add_names(&line, rule->roles, ACCESS_ROLES, role_name);
        buffer_format(&line, " | ");
        add_names(&line, rule->classes, ACCESS_CLASSES, class_name);
        buffer_format(&line, " | ");
        add_names(&line, rule->letters, LETTERS, letter_name);
        buffer_format(&line, " | ");
        add_names(&line, rule->relations, RELATIONS, relation_name);
        buffer_format(&line, "%s%s%s | %c |\n", rule->relations ? "" : "none needed",
                      rule->is_of_none ? "; or of no patient" : "",
                      rule->is_of_glass ? "; or to read of an emergency access" : "",
                      "ULMNRV"[rule->label_max]);
        assert_next_line(&from, &line);
        from--;
    }
}

static void the_page_has_every_type_in_its_class(void **state)
{
    (void)state;
    const char *from = page;
    size_t types = 0;

    for (enum access_class class = 0; class < ACCESS_CLASSES; class ++) {
        struct buffer line;
        const char *comma = "";
        buffer_init(&line, &arena);
        buffer_format(&line, "\n| %s | ", access_class_name(class));
        for (uint16_t type = 0; type < fhir_type_count; type++) {
            struct text name = text_of(fhir_types[type].name);
            if (fhir_resource_named(name) == FHIR_NONE || access_class_of(name) != class)
                continue;
            buffer_format(&line, "%s%s", comma, fhir_types[type].name);
            comma = ", ";
            types++;
        }
        buffer_format(&line, " |\n");
        assert_next_line(&from, &line);
        from--;
    }
    assert_int_equal(types, 146);
}

static void h75_a_type_that_r4_does_not_have_is_guarded_closest(void **state)
{
    (void)state;
    assert_int_equal(access_class_of(TEXT("Secret")), ACCESS_CLASS_CLINICAL);
    assert_int_equal(access_class_of(TEXT("")), ACCESS_CLASS_CLINICAL);
    assert_int_equal(access_class_of(TEXT("observation")), ACCESS_CLASS_CLINICAL);
    assert_int_equal(access_class_of(TEXT("Account")), ACCESS_CLASS_BILLING);
    assert_int_equal(access_class_of(TEXT("VerificationResult")), ACCESS_CLASS_DIRECTORY);
}

static void roles_are_found_by_their_names(void **state)
{
    (void)state;
    for (enum access_role role = 0; role < ACCESS_ROLES; role++)
        assert_int_equal(access_role_named(text_of(access_role_name(role))), role);
    assert_int_equal(access_role_named(TEXT("god")), ACCESS_ROLES);
    assert_int_equal(access_role_named(TEXT("")), ACCESS_ROLES);
}

static void h75_nothing_that_gives_a_relation_is_written_without_one(void **state)
{
    (void)state;
    uint16_t giving = 1U << ACCESS_CLASS_TEAM | 1U << ACCESS_CLASS_ENCOUNTER |
                      1U << ACCESS_CLASS_APPOINTMENT | 1U << ACCESS_CLASS_TASK;
    for (size_t i = 0; i < access_rule_count; i++) {
        const struct access_rule *rule = &access_rules[i];
        bool writes = rule->letters & (ACCESS_C | ACCESS_U | ACCESS_D);
        if ((rule->classes & giving) && writes && rule->roles != ACCESS_ROLE_BIT(ACCESS_SERVICE))
            assert_int_not_equal(rule->relations, 0);
    }
}

static void h75_nobody_writes_the_audit(void **state)
{
    (void)state;
    for (size_t i = 0; i < access_rule_count; i++)
        if (access_rules[i].classes & 1U << ACCESS_CLASS_AUDIT)
            assert_int_equal(access_rules[i].letters, ACCESS_R | ACCESS_S);
}

static void purposes_are_kinds_of_one_another_as_hl7_has_them(void **state)
{
    (void)state;
    assert_true(access_purpose_is(TEXT("BTG"), TEXT("TREAT")));
    assert_true(access_purpose_is(TEXT("BTG"), TEXT("ETREAT")));
    assert_true(access_purpose_is(TEXT("TREAT"), TEXT("TREAT")));
    assert_false(access_purpose_is(TEXT("TREAT"), TEXT("BTG")));
    assert_false(access_purpose_is(TEXT("HRESCH"), TEXT("TREAT")));
    assert_true(access_purpose_is(TEXT("CLINTRCHPC"), TEXT("HRESCH")));
    assert_true(access_purpose_is(TEXT("OWN"), TEXT("OWN")));
    assert_false(access_purpose_is(TEXT(""), TEXT("")));
}

static void a_role_has_the_purposes_of_its_work(void **state)
{
    (void)state;
    for (enum access_role role = 0; role < ACCESS_ROLES; role++)
        assert_true(access_role_has_purpose(role, text_of(access_role_purpose(role))));
    assert_true(access_role_has_purpose(ACCESS_NURSE, TEXT("BTG")));
    assert_false(access_role_has_purpose(ACCESS_NURSE, TEXT("HRESCH")));
    assert_true(access_role_has_purpose(ACCESS_SERVICE, TEXT("HSYSADMIN")));
    assert_false(access_role_has_purpose(ACCESS_SERVICE, TEXT("NONSENSE")));
    assert_false(access_role_has_purpose(ACCESS_PATIENT, TEXT("TREAT")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_has_every_rule_in_order),
        cmocka_unit_test(the_page_has_every_type_in_its_class),
        cmocka_unit_test(h75_a_type_that_r4_does_not_have_is_guarded_closest),
        cmocka_unit_test(roles_are_found_by_their_names),
        cmocka_unit_test(h75_nothing_that_gives_a_relation_is_written_without_one),
        cmocka_unit_test(h75_nobody_writes_the_audit),
        cmocka_unit_test(purposes_are_kinds_of_one_another_as_hl7_has_them),
        cmocka_unit_test(a_role_has_the_purposes_of_its_work),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
