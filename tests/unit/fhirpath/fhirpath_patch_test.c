/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhirpath/patch.h"

#include <stdio.h>

#include "cmocka_base.h"
#include "documents.h"
#include "json/patch.h"
#include "json/same.h"

enum { ARENA_BYTES_MAX = 64 * 1024 * 1024, TEXT_BYTES = 16 * 1024 };

/* One operation, of its parts. */
#define OPERATION(parts) "{\"name\":\"operation\",\"part\":[" parts "]}"
#define PART(name, value) "{\"name\":\"" name "\"," value "}"
#define TYPE(type) PART("type", "\"valueCode\":\"" type "\"")
#define AT(path) PART("path", "\"valueString\":\"" path "\"")
#define NAME(name) PART("name", "\"valueString\":\"" name "\"")
#define INDEX(what, index) PART(what, "\"valueInteger\":" #index)
#define VALUE(property, value) PART("value", "\"value" property "\":" value)

static struct json parse(const char *text, struct arena *arena)
{
    struct json json;
    assert_int_equal(json_parse(&json, text_of(text), &json_limits_default, arena, NULL), JSON_OK);
    return json;
}

static enum fhirpath_patch_err patch(struct json *result, const struct json *target,
                                     const char *operations, struct arena *arena,
                                     struct fhirpath_patch_fault *fault)
{
    static char text[TEXT_BYTES];
    (void)snprintf(text, sizeof text,
                   *operations ? "{\"resourceType\":\"Parameters\",\"parameter\":[%s]}"
                               : "{\"resourceType\":\"Parameters\"%s}",
                   operations);
    struct json parameters = parse(text, arena);
    return fhirpath_patch(result, target, &parameters, &json_limits_default,
                          JSON_PATCH_WORK_BYTES_MAX, 0, arena, fault);
}

static void gives(const char *target, const char *operations, const char *result)
{
    struct arena arena;
    struct json after;
    struct fhirpath_patch_fault fault;
    bool is_same;
    arena_init(&arena, ARENA_BYTES_MAX);
    struct json before = parse(target, &arena), wanted = parse(result, &arena);
    if (patch(&after, &before, operations, &arena, &fault))
        fail_msg("%s: %s", operations, fault.words);
    assert_int_equal(json_compare(&is_same, &after, JSON_ROOT, &wanted, JSON_ROOT,
                                  JSON_NUMBERS_AS_WRITTEN, &arena),
                     JSON_OK);
    if (!is_same)
        fail_msg("%s: %.*s", operations, (int)json_raw(&after, JSON_ROOT).len,
                 json_raw(&after, JSON_ROOT).bytes);
    arena_free(&arena);
}

static void is_refused(const char *target, const char *operations, enum fhirpath_patch_err err,
                       uint32_t operation)
{
    struct arena arena;
    struct json after = {.text = NULL};
    struct fhirpath_patch_fault fault;
    arena_init(&arena, ARENA_BYTES_MAX);
    struct json before = parse(target, &arena);
    enum fhirpath_patch_err got = patch(&after, &before, operations, &arena, &fault);
    if (got != err || fault.operation != operation || !fault.words[0])
        fail_msg("%s: %d, operation %u: %s", operations, got, fault.operation, fault.words);
    assert_null(after.text);
    arena_free(&arena);
}

#define P(members) "{\"resourceType\":\"Patient\"" members "}"

static void add_puts_a_value_where_none_is_or_at_a_lists_end(void **state)
{
    (void)state;
    gives(P(),
          OPERATION(TYPE("add") "," AT("Patient") "," NAME("birthDate") "," VALUE(
              "Date", "\"1930-01-01\"")),
          P(",\"birthDate\":\"1930-01-01\""));
    gives(P(),
          OPERATION(TYPE("add") "," AT("Patient") "," NAME("contact") "," PART(
              "value", "\"part\":[" PART("name", "\"valueHumanName\":{\"text\":\"a\"}") "]")),
          P(",\"contact\":[{\"name\":{\"text\":\"a\"}}]"));
    gives(P(",\"name\":[{\"family\":\"a\"}]"),
          OPERATION(TYPE("add") "," AT("Patient") "," NAME("name") "," VALUE("HumanName",
                                                                             "{\"family\":\"b\"}")),
          P(",\"name\":[{\"family\":\"a\"},{\"family\":\"b\"}]"));
    gives(P(",\"name\":[{\"given\":[\"a\",null],\"_given\":[null,{\"id\":\"x\"}]}]"),
          OPERATION(
              TYPE("add") "," AT("Patient.name[0]") "," NAME("given") "," VALUE("String", "\"b\"")),
          P(",\"name\":[{\"given\":[\"a\",null,\"b\"],\"_given\":[null,{\"id\":\"x\"},null]}]"));
    gives(
        P(),
        OPERATION(TYPE("add") "," AT("Patient") "," NAME("deceased") "," VALUE("Boolean", "true")),
        P(",\"deceasedBoolean\":true"));
    gives(P(",\"birthDate\":\"1930\",\"_birthDate\":{\"id\":\"q\"}"),
          OPERATION(TYPE("add") "," AT("Patient.birthDate") "," NAME("extension") "," PART(
              "value", "\"part\":[" PART("url", "\"valueUri\":\"u:x\"") "," PART(
                           "value", "\"valueCode\":\"c\"") "]")),
          P(",\"birthDate\":\"1930\",\"_birthDate\":{\"id\":\"q\",\"extension\":[{\"url\":\"u:x\","
            "\"valueCode\":\"c\"}]}"));
    gives(P(),
          OPERATION(TYPE("add") "," AT("Patient") "," NAME("contained") "," PART(
              "value", "\"resource\":{\"resourceType\":\"Basic\",\"id\":\"b\"}")),
          P(",\"contained\":[{\"resourceType\":\"Basic\",\"id\":\"b\"}]"));
    is_refused(
        P(",\"gender\":\"male\""),
        OPERATION(TYPE("add") "," AT("Patient") "," NAME("gender") "," VALUE("Code", "\"female\"")),
        FHIRPATH_PATCH_ERR_NOWHERE, 0);
    is_refused(P(",\"deceasedBoolean\":false"),
               OPERATION(TYPE("add") "," AT("Patient") "," NAME("deceased") "," VALUE("DateTime",
                                                                                      "\"2000\"")),
               FHIRPATH_PATCH_ERR_NOWHERE, 0);
    is_refused(
        P(),
        OPERATION(TYPE("add") "," AT("Patient") "," NAME("nothing") "," VALUE("Code", "\"a\"")),
        FHIRPATH_PATCH_ERR_VALUE, 0);
    is_refused(
        P(),
        OPERATION(TYPE("add") "," AT("Patient") "," NAME("deceased") "," VALUE("Period", "{}")),
        FHIRPATH_PATCH_ERR_VALUE, 0);
    is_refused(P(),
               OPERATION(TYPE("add") "," AT("Patient") "," NAME("name") "," VALUE("Period", "{}")),
               FHIRPATH_PATCH_ERR_VALUE, 0);
    is_refused(P(),
               OPERATION(TYPE("add") "," AT("Patient.name") "," NAME("given") "," VALUE("String",
                                                                                        "\"a\"")),
               FHIRPATH_PATCH_ERR_NOWHERE, 0);
    is_refused(P(",\"active\":true"),
               OPERATION(TYPE("add") "," AT("Patient.active") "," NAME("extension") "," VALUE(
                   "Extension", "{}")),
               FHIRPATH_PATCH_ERR_NOWHERE, 0);
}

static void parts_become_an_object_with_lists_where_r4_has_them(void **state)
{
    (void)state;
    gives(
        P(),
        OPERATION(TYPE("add") "," AT("Patient") "," NAME("contact") "," PART(
            "value",
            "\"part\":[" PART("relationship", "\"valueCodeableConcept\":{\"text\":\"a\"}") "," PART(
                "gender", "\"valueCode\":\"male\"") "," PART("relationship",
                                                             "\"valueCodeableConcept\":{\"text\":"
                                                             "\"b\"}") "]")),
        P(",\"contact\":[{\"relationship\":[{\"text\":\"a\"},{\"text\":\"b\"}],\"gender\":\"male\"}"
          "]"));
    gives("{\"resourceType\":\"Questionnaire\",\"status\":\"draft\",\"item\":[{\"linkId\":\"1\"}]}",
          OPERATION(TYPE("add") "," AT("Questionnaire.item.where(linkId = '1')") "," NAME(
              "item") "," PART("value",
                               "\"part\":[" PART("linkId", "\"valueString\":\"2\"") "," PART(
                                   "enableWhen",
                                   "\"part\":[" PART("answer", "\"valueBoolean\":true") "]") "]")),
          "{\"resourceType\":\"Questionnaire\",\"status\":\"draft\",\"item\":[{\"linkId\":\"1\","
          "\"item\":[{\"linkId\":"
          "\"2\",\"enableWhen\":[{\"answerBoolean\":true}]}]}]}");
    is_refused(P(),
               OPERATION(TYPE("add") "," AT("Patient") "," NAME("contact") "," PART(
                   "value", "\"part\":[" PART("gender", "\"valueCode\":\"a\"") "," PART(
                                "gender", "\"valueCode\":\"b\"") "]")),
               FHIRPATH_PATCH_ERR_VALUE, 0);
    is_refused(P(),
               OPERATION(TYPE("add") "," AT("Patient") "," NAME("contact") "," PART(
                   "value", "\"id\":\"x\"")),
               FHIRPATH_PATCH_ERR_FORM, 0);
    is_refused(P(),
               OPERATION(TYPE("add") "," AT("Patient") "," NAME("gender") "," PART(
                   "value", "\"part\":[" PART("value", "\"valueCode\":\"a\"") "]")),
               FHIRPATH_PATCH_ERR_VALUE, 0);
}

#define THREE ",\"identifier\":[{\"value\":\"a\"},{\"value\":\"b\"},{\"value\":\"c\"}]"

static void insert_puts_a_value_into_a_list(void **state)
{
    (void)state;
    gives(P(THREE),
          OPERATION(TYPE("insert") "," AT("Patient.identifier") "," INDEX("index", 0) "," VALUE(
              "Identifier", "{\"value\":\"x\"}")),
          P(",\"identifier\":[{\"value\":\"x\"},{\"value\":\"a\"},{\"value\":\"b\"},{\"value\":"
            "\"c\"}]"));
    gives(P(THREE),
          OPERATION(TYPE("insert") "," AT("Patient.identifier") "," INDEX("index", 3) "," VALUE(
              "Identifier", "{\"value\":\"x\"}")),
          P(",\"identifier\":[{\"value\":\"a\"},{\"value\":\"b\"},{\"value\":\"c\"},{\"value\":"
            "\"x\"}]"));
    gives(P(",\"name\":[{\"given\":[\"a\",\"b\"],\"_given\":[null,{\"id\":\"x\"}]}]"),
          OPERATION(TYPE("insert") "," AT("Patient.name.given") "," INDEX("index", 1) "," VALUE(
              "String", "\"m\"")),
          P(",\"name\":[{\"given\":[\"a\",\"m\",\"b\"],\"_given\":[null,null,{\"id\":\"x\"}]}]"));
    is_refused(P(THREE),
               OPERATION(TYPE("insert") "," AT("Patient.identifier") "," INDEX(
                   "index", 4) "," VALUE("Identifier", "{\"value\":\"x\"}")),
               FHIRPATH_PATCH_ERR_NOWHERE, 0);
    is_refused(P(THREE),
               OPERATION(TYPE("insert") "," AT("Patient.identifier") "," VALUE(
                   "Identifier", "{\"value\":\"x\"}")),
               FHIRPATH_PATCH_ERR_FORM, 0);
    is_refused(P(THREE),
               OPERATION(TYPE("insert") "," AT("Patient.identifier[1]") "," INDEX(
                   "index", 0) "," VALUE("Identifier", "{\"value\":\"x\"}")),
               FHIRPATH_PATCH_ERR_SEVERAL, 0);
    is_refused(P(THREE),
               OPERATION(TYPE("insert") "," AT("Patient.identifier") "," INDEX(
                   "index", -1) "," VALUE("Identifier", "{\"value\":\"x\"}")),
               FHIRPATH_PATCH_ERR_FORM, 0);
    is_refused(P(",\"gender\":\"male\""),
               OPERATION(TYPE("insert") "," AT("Patient.gender") "," INDEX("index", 0) "," VALUE(
                   "Code", "\"other\"")),
               FHIRPATH_PATCH_ERR_SEVERAL, 0);
}

static void h94_delete_takes_out_one_element(void **state)
{
    (void)state;
    gives(P(THREE), OPERATION(TYPE("delete") "," AT("Patient.identifier[1]")),
          P(",\"identifier\":[{\"value\":\"a\"},{\"value\":\"c\"}]"));
    gives(P(",\"active\":true,\"name\":[{\"family\":\"a\"}]"),
          OPERATION(TYPE("delete") "," AT("Patient.name[0]")), P(",\"active\":true"));
    gives(P(",\"birthDate\":\"1930\",\"_birthDate\":{\"id\":\"q\"},\"active\":true"),
          OPERATION(TYPE("delete") "," AT("Patient.birthDate")), P(",\"active\":true"));
    gives(P(",\"deceasedBoolean\":true,\"active\":true"),
          OPERATION(TYPE("delete") "," AT("Patient.deceased")), P(",\"active\":true"));
    gives(P(",\"name\":[{\"given\":[\"a\",\"b\"],\"_given\":[null,{\"id\":\"x\"}]}]"),
          OPERATION(TYPE("delete") "," AT("Patient.name.given[1]")),
          P(",\"name\":[{\"given\":[\"a\"]}]"));
    gives(P(",\"name\":[{\"given\":[\"a\",null],\"_given\":[null,{\"id\":\"x\"}]}]"),
          OPERATION(TYPE("delete") "," AT("Patient.name.given[0]")),
          P(",\"name\":[{\"_given\":[{\"id\":\"x\"}]}]"));
    gives(P(",\"_birthDate\":{\"id\":\"q\"}"),
          OPERATION(TYPE("delete") "," AT("Patient.birthDate")), P());
    gives(P(",\"active\":true"), OPERATION(TYPE("delete") "," AT("Patient.name")),
          P(",\"active\":true"));
    gives(P(",\"contact\":[{\"name\":{\"text\":\"a\"},\"gender\":\"male\"}]"),
          OPERATION(TYPE("delete") "," AT("Patient.contact[0].name.text")),
          P(",\"contact\":[{\"gender\":\"male\"}]"));
    gives(P(",\"contact\":[{\"name\":{\"text\":\"a\"}}],\"active\":true"),
          OPERATION(TYPE("delete") "," AT("Patient.contact.name.text")), P(",\"active\":true"));
    gives(P(",\"birthDate\":\"1930\",\"_birthDate\":{\"id\":\"q\"}"),
          OPERATION(TYPE("delete") "," AT("Patient.birthDate.id")), P(",\"birthDate\":\"1930\""));
    gives(P(",\"name\":[{\"given\":[\"a\",null],\"_given\":[{\"id\":\"y\"},{\"id\":\"x\"}]}]"),
          OPERATION(TYPE("delete") "," AT("Patient.name.given[1].id")) "," OPERATION(
              TYPE("delete") "," AT("Patient.name.given[0].id")),
          P(",\"name\":[{\"given\":[\"a\"]}]"));
    is_refused(P(THREE), OPERATION(TYPE("delete") "," AT("Patient.identifier")),
               FHIRPATH_PATCH_ERR_SEVERAL, 0);
    is_refused(P(THREE), OPERATION(TYPE("delete") "," AT("(1).repeat($this + 1)")),
               FHIRPATH_PATCH_ERR_LIMIT, 0);
    is_refused(P(), OPERATION(TYPE("delete") "," AT("Patient")), FHIRPATH_PATCH_ERR_PATH, 0);
    is_refused(P(), OPERATION(TYPE("delete") "," AT("1 + 1")), FHIRPATH_PATCH_ERR_PATH, 0);
    is_refused(P(), OPERATION(TYPE("delete") "," AT("Patient.")), FHIRPATH_PATCH_ERR_PATH, 0);
    is_refused(P(THREE), OPERATION(TYPE("delete") "," AT("Patient.identifier < 3")),
               FHIRPATH_PATCH_ERR_PATH, 0);
}

static void h94_replace_puts_a_value_in_anothers_place(void **state)
{
    (void)state;
    gives(P(",\"gender\":\"male\",\"active\":true"),
          OPERATION(TYPE("replace") "," AT("Patient.gender") "," VALUE("Code", "\"female\"")),
          P(",\"active\":true,\"gender\":\"female\""));
    gives(P(",\"birthDate\":\"1930\",\"_birthDate\":{\"id\":\"q\"}"),
          OPERATION(TYPE("replace") "," AT("Patient.birthDate") "," VALUE("Date", "\"1931\"")),
          P(",\"birthDate\":\"1931\""));
    gives(P(",\"deceasedBoolean\":true"),
          OPERATION(TYPE("replace") "," AT("Patient.deceased") "," VALUE("DateTime", "\"2000\"")),
          P(",\"deceasedDateTime\":\"2000\""));
    gives(P(THREE),
          OPERATION(TYPE("replace") "," AT("Patient.identifier.where(value = 'b').value") "," VALUE(
              "String", "\"x\"")),
          P(",\"identifier\":[{\"value\":\"a\"},{\"value\":\"x\"},{\"value\":\"c\"}]"));
    gives(P(THREE),
          OPERATION(TYPE("replace") "," AT("Patient.identifier[2]") "," VALUE("Identifier",
                                                                              "{\"value\":\"x\"}")),
          P(",\"identifier\":[{\"value\":\"a\"},{\"value\":\"b\"},{\"value\":\"x\"}]"));
    gives(P(",\"name\":[{\"given\":[\"a\",null],\"_given\":[null,{\"id\":\"x\"}]}]"),
          OPERATION(TYPE("replace") "," AT("Patient.name.given[1]") "," VALUE("String", "\"b\"")),
          P(",\"name\":[{\"given\":[\"a\",\"b\"]}]"));
    gives(P(",\"contact\":[{\"gender\":\"male\"}]"),
          OPERATION(TYPE("replace") "," AT("Patient.contact[0]") "," PART(
              "value", "\"part\":[" PART("name", "\"valueHumanName\":{\"text\":\"b\"}") "]")),
          P(",\"contact\":[{\"name\":{\"text\":\"b\"}}]"));
    is_refused(P(),
               OPERATION(TYPE("replace") "," AT("Patient.gender") "," VALUE("Code", "\"female\"")),
               FHIRPATH_PATCH_ERR_NOWHERE, 0);
    is_refused(P(THREE),
               OPERATION(TYPE("replace") "," AT("Patient.identifier") "," VALUE(
                   "Identifier", "{\"value\":\"x\"}")),
               FHIRPATH_PATCH_ERR_SEVERAL, 0);
    is_refused(P(",\"gender\":\"male\""), OPERATION(TYPE("replace") "," AT("Patient.gender")),
               FHIRPATH_PATCH_ERR_FORM, 0);
    is_refused(P(",\"gender\":\"male\""),
               OPERATION(TYPE("replace") "," AT("Patient.gender") "," VALUE("HumanName", "{}")),
               FHIRPATH_PATCH_ERR_VALUE, 0);
}

static void move_changes_a_lists_order(void **state)
{
    (void)state;
#define MOVE(from, to)                                                                             \
    OPERATION(TYPE("move") "," AT("Patient.identifier") "," INDEX("source", from) "," INDEX(       \
        "destination", to))
    gives(P(THREE), MOVE(2, 0),
          P(",\"identifier\":[{\"value\":\"c\"},{\"value\":\"a\"},{\"value\":\"b\"}]"));
    gives(P(THREE), MOVE(0, 1),
          P(",\"identifier\":[{\"value\":\"b\"},{\"value\":\"a\"},{\"value\":\"c\"}]"));
    gives(P(THREE), MOVE(0, 2),
          P(",\"identifier\":[{\"value\":\"b\"},{\"value\":\"c\"},{\"value\":\"a\"}]"));
    gives(P(THREE), MOVE(1, 1), P(THREE));
    is_refused(P(THREE), MOVE(3, 0), FHIRPATH_PATCH_ERR_NOWHERE, 0);
    is_refused(P(THREE), MOVE(0, 3), FHIRPATH_PATCH_ERR_NOWHERE, 0);
    is_refused(P(THREE),
               OPERATION(TYPE("move") "," AT("Patient.identifier") "," INDEX("source", 1)),
               FHIRPATH_PATCH_ERR_FORM, 0);
}

static void h94_operations_are_done_one_after_another_or_not_at_all(void **state)
{
    (void)state;
    gives(P(THREE), "", P(THREE));
    gives(
        P(),
        OPERATION(TYPE("add") "," AT("Patient") "," NAME("name") "," VALUE(
            "HumanName",
            "{\"family"
            "\":"
            "\"a\"}")) "," OPERATION(TYPE("add") "," AT("Patient.name[0]") "," NAME("given") "," VALUE("String",
                                                                                                       "\"b\"")) "," OPERATION(TYPE("delete") "," AT("Patient.name.family")),
        P(",\"name\":[{\"given\":[\"b\"]}]"));
    is_refused(
        P(),
        OPERATION(TYPE("add") "," AT("Patient") "," NAME("active") "," VALUE(
            "Boolean",
            "true")) "," OPERATION(TYPE("replace") "," AT("Patient.gender") "," VALUE("Code",
                                                                                      "\"male\"")),
        FHIRPATH_PATCH_ERR_NOWHERE, 1);
}

static void h94_what_no_operation_names_stays_as_it_was_written(void **state)
{
    (void)state;
    struct arena arena;
    struct json after;
    struct fhirpath_patch_fault fault;
    arena_init(&arena, ARENA_BYTES_MAX);
    struct json before =
        parse("{ \"resourceType\" : \"Patient\",\n  \"extension\":[ {\"valueDecimal\": 1.00 } ],\n"
              "  \"active\" : false }",
              &arena);
    assert_int_equal(patch(&after, &before,
                           OPERATION(TYPE("add") "," AT("Patient") "," NAME("gender") "," VALUE(
                               "Code", "\"male\"")),
                           &arena, &fault),
                     FHIRPATH_PATCH_OK);
    assert_true(text_is(
        json_written(&after, JSON_ROOT),
        "{ \"resourceType\" : \"Patient\",\n  \"extension\":[ {\"valueDecimal\": 1.00 } ],\n"
        "  \"active\" : false,\"gender\":\"male\" }"));
    arena_free(&arena);
}

static void what_is_no_patch_is_refused(void **state)
{
    (void)state;
    struct arena arena;
    struct json after;
    struct fhirpath_patch_fault fault;
    static const char *const wrong[] = {"[]", "{}", "{\"resourceType\":\"Patient\"}",

                                        "{\"resourceType\":\"Parameters\",\"parameter\":{}}"};
    arena_init(&arena, ARENA_BYTES_MAX);
    struct json before = parse(PATIENT, &arena);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct json parameters = parse(wrong[i], &arena);
        assert_int_equal(fhirpath_patch(&after, &before, &parameters, &json_limits_default,
                                        JSON_PATCH_WORK_BYTES_MAX, 0, &arena, &fault),
                         FHIRPATH_PATCH_ERR_FORM);
    }
    arena_free(&arena);
    is_refused(P(), "1", FHIRPATH_PATCH_ERR_FORM, 0);
    is_refused(P(), "{\"name\":\"op\",\"part\":[]}", FHIRPATH_PATCH_ERR_FORM, 0);
    is_refused(P(), "{\"name\":\"operation\"}", FHIRPATH_PATCH_ERR_FORM, 0);
    is_refused(P(), OPERATION(TYPE("add")), FHIRPATH_PATCH_ERR_FORM, 0);
    is_refused(P(), OPERATION(TYPE("copy") "," AT("Patient.name")), FHIRPATH_PATCH_ERR_FORM, 0);
    is_refused(
        P(),
        OPERATION(TYPE("delete") "," AT("Patient.name") "," PART("other", "\"valueCode\":\"a\"")),
        FHIRPATH_PATCH_ERR_FORM, 0);
    is_refused(P(), OPERATION("{\"name\":\"type\"}"), FHIRPATH_PATCH_ERR_FORM, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(add_puts_a_value_where_none_is_or_at_a_lists_end),
        cmocka_unit_test(parts_become_an_object_with_lists_where_r4_has_them),
        cmocka_unit_test(insert_puts_a_value_into_a_list),
        cmocka_unit_test(h94_delete_takes_out_one_element),
        cmocka_unit_test(h94_replace_puts_a_value_in_anothers_place),
        cmocka_unit_test(move_changes_a_lists_order),
        cmocka_unit_test(h94_operations_are_done_one_after_another_or_not_at_all),
        cmocka_unit_test(h94_what_no_operation_names_stays_as_it_was_written),
        cmocka_unit_test(what_is_no_patch_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
