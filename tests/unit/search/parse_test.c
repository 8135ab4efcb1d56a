/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/utf8.h"
#include "search/describe.h"
#include "search/query.h"

#include "unit/arena_case.h"

#define NOW_MS INT64_C(1764374400000) /* 2025-11-29 */

static enum search_err parse(const char *type, const char *parameters, bool is_strict,
                             struct search_query *query, struct search_fault *fault)
{
    struct search_scope scope = {*type ? fhir_resource_named(text_of(type)) : FHIR_NONE, FHIR_NONE,
                                 TEXT("")};
    struct search_setting setting = {TEXT("https://here.org/fhir"), NOW_MS, is_strict, NULL};
    return search_parse(query, &scope, text_of(parameters), &setting, &arena, fault);
}

struct meant {
    const char *type, *parameters, *described;
};

static void are_meant(const struct meant *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct search_query query;
        struct search_fault fault;
        struct buffer buffer;
        enum search_err err = parse(cases[i].type, cases[i].parameters, false, &query, &fault);
        if (err)
            fail_msg("%s?%s is refused (%d): %s", cases[i].type, cases[i].parameters, err,
                     fault.words);
        buffer_init(&buffer, &arena);
        describe_query(&query, &buffer);
        if (!text_is(buffer_text(&buffer), cases[i].described))
            fail_msg("%s?%s is\n%.*snot\n%s", cases[i].type, cases[i].parameters, (int)buffer.len,
                     buffer.bytes, cases[i].described);
        arena_reset(&arena);
    }
}

#define ARE_MEANT(cases) are_meant(cases, sizeof cases / sizeof *(cases))

static void tokens(void **state)
{
    (void)state;
    static const struct meant cases[] = {
        {"Patient", "identifier=123", "row Patient.identifier 123\n"},
        {"Patient", "identifier=http://a.org|AB-1", "row Patient.identifier http://a.org|ab-1\n"},
        {"Patient", "identifier=|1,http://a|", "row Patient.identifier |1 or http://a|\n"},
        {"Patient", "gender=Male", "row Patient.gender male or Male\n"},
        {"Patient", "gender:not=male", "no-row Patient.gender male scans\nscans\n"},
        {"Patient", "active=true&gender=male",
         "row Patient.active true\nrow Patient.gender male\n"},
        {"Patient", "identifier=a%5C,b%5C%7Cc", "row Patient.identifier a,b|c\n"},
        {"Observation", "code:text=H%C3%A9moglobine", "row Observation.code text hemoglobine\n"},
        {"Patient", "identifier:of-type=http://t|MR|12X",
         "row Patient.identifier of-type http://t|mr|12x\n"},
        {"Observation", "_tag=http://x|a&_security=r",
         "row Resource._tag http://x|a\nrow Resource._security r\n"},
        {"Patient", "gender:in=http://hl7.org/fhir/ValueSet/administrative-gender",
         "row Patient.gender http://hl7.org/fhir/administrative-gender|female or "
         "http://hl7.org/fhir/administrative-gender|male or "
         "http://hl7.org/fhir/administrative-gender|other or "
         "http://hl7.org/fhir/administrative-gender|unknown\n"},
        {"Composition",
         "confidentiality:above=http://terminology.hl7.org/CodeSystem/v3-Confidentiality|R",
         "row Composition.confidentiality "
         "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|R or "
         "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|_Confidentiality\n"},
        {"Composition",
         "confidentiality:below=http://terminology.hl7.org/CodeSystem/"
         "v3-Confidentiality|_ConfidentialityModifiers",
         "row Composition.confidentiality "
         "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|C or "
         "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|S or "
         "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|T or "
         "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|_ConfidentialityModifiers\n"},
    };
    ARE_MEANT(cases);
}

static void strings(void **state)
{
    (void)state;
    static const struct meant cases[] = {
        {"Patient", "name=Zo%C3%AB+M", "row Patient.name starts zoe m\n"},
        {"Patient", "family:exact=O%27Neill", "row Patient.family exact O'Neill\n"},
        {"Patient", "family:contains=eil", "row Patient.family contains eil scans\nscans\n"},
        {"Patient", "name=a,b", "row Patient.name starts a or starts b\n"},
        {"Patient", "name=a%5C,b", "row Patient.name starts a b\n"}, /* one, with a comma */
        {"Patient", "name:missing=true", "missing Patient.name true scans\nscans\n"},
        {"Patient", "name:missing=false", "missing Patient.name false\n"},
        {"Patient", "family:contains=eil&gender=male",
         "row Patient.family contains eil scans\nrow Patient.gender male\n"},
    };
    ARE_MEANT(cases);
}

static void dates_and_figures(void **state)
{
    (void)state;
    static const struct meant cases[] = {
        {"Patient", "birthdate=ge2012-02",
         "row Patient.birthdate ge 1328054400000..1330559999999\n"},
        {"Patient", "birthdate=2013-01-14T10:00+01:00",
         "row Patient.birthdate eq 1358154000000..1358154059999\n"}, /* the + came as a blank */
        /* a tenth of the 10 days before now */
        {"Observation", "date=ap2025-11-18",
         "row Observation.date ap 1763337600000..1763596799999\n"},
        {"Observation", "_lastUpdated=gt2025", "updated  gt 1735689600000..1767225599999\n"},
        {"RiskAssessment", "probability=gt0.8", "row RiskAssessment.probability gt 0.8..0.8\n"},
        {"RiskAssessment", "probability=0.8", "row RiskAssessment.probability eq 0.75..0.85\n"},
        {"RiskAssessment", "probability=ap0.8", "row RiskAssessment.probability ap 0.72..0.88\n"},
        {"Observation", "value-quantity=5.4|http://unitsofmeasure.org|mg",
         "row Observation.value-quantity eq 5.35..5.45 http://unitsofmeasure.org|mg = "
         "0.00535..0.00545 g\n"},
        {"Observation", "value-quantity=le5.4||mg",
         "row Observation.value-quantity le 5.4..5.4 mg\n"},
        {"Observation", "value-quantity=5.40e-3",
         "row Observation.value-quantity eq "
         "0.005395..0.005405 \n"},
        {"Observation", "value-quantity=ne5|http://unitsofmeasure.org|beats",
         "row Observation.value-quantity ne 4.5..5.5 http://unitsofmeasure.org|beats scans\n"
         "scans\n"},
    };
    ARE_MEANT(cases);
}

static void the_upper_end_of_a_figure_is_not_within(void **state)
{
    (void)state;
    struct search_query query;
    struct search_fault fault;
    assert_int_equal(parse("RiskAssessment", "probability=0.8", true, &query, &fault), SEARCH_OK);
    const struct search_value *value = query.conditions[0].values;
    assert_true(value->of.number.from == 0.75);
    assert_true(value->of.number.to < 0.85 && value->of.number.to > 0.8499999999);
}

static void references_and_uris(void **state)
{
    (void)state;
    static const struct meant cases[] = {
        {"Observation", "subject=Patient/1", "row Observation.subject Patient/1\n"},
        {"Observation", "subject=https://here.org/fhir/Patient/1",
         "row Observation.subject Patient/1\n"},
        {"Observation", "subject=https://there.org/fhir/Patient/1",
         "row Observation.subject https://there.org/fhir/Patient/1\n"},
        {"Observation", "subject:Patient=1", "row Observation.subject Patient/1\n"},
        {"Observation", "patient=1", "row Observation.patient Patient/1\n"},
        {"Observation", "subject=1",
         "row Observation.subject Device/1 or Group/1 or Location/1 or Patient/1\n"},
        {"Observation", "subject:identifier=http://a|X",
         "row Observation.subject identifier http://a|x\n"},
        {"Observation", "subject=urn:uuid:1", "row Observation.subject urn:uuid:1\n"},
        {"Observation", "encounter=Encounter/2/_history/3",
         "row Observation.encounter Encounter/2|3\n"},
        {"PlanDefinition", "definition=http://a.org/q|2.0",
         "row PlanDefinition.definition http://a.org/q|2.0\n"},
        {"Location", "partof:below=Location/1", "below Location.partof Location/1\n"},
        {"Procedure", "location:below=42",
         "chain Procedure.location of Location (below Location.partof Location/42)\n"},
        {"Encounter", "service-provider:above=Organization/1",
         "chain Encounter.service-provider of Organization (above Organization.partof "
         "Organization/1)\n"},
        {"Location", "partof:above=1", "above Location.partof Location/1\n"},
        {"ValueSet", "url=http://a.org/v", "row ValueSet.url http://a.org/v\n"},
        {"ValueSet", "url:below=http://a.org/v",
         "row ValueSet.url http://a.org/v or starts http://a.org/v/\n"},
        {"ValueSet", "url:above=http://a.org/v/w",
         "row ValueSet.url http://a.org/v/w or http://a.org/v or http://a.org/v/ or http://a.org "
         "or http://a.org/\n"},
        {"Patient", "_profile=http://p&_source=http://s",
         "row Resource._profile http://p\nrow Resource._source http://s\n"},
    };
    ARE_MEANT(cases);
}

static void chains_and_composites(void **state)
{
    (void)state;
    static const struct meant cases[] = {
        {"Observation", "subject:Patient.name=x",
         "chain Observation.subject of Patient (row Patient.name starts x)\n"},
        {"Observation", "patient.organization.name:exact=X",
         "chain Observation.patient of Patient (chain Patient.organization of Organization (row "
         "Organization.name exact X))\n"},
        {"Observation", "subject.birthdate=2000",
         "chain Observation.subject of Patient (row Patient.birthdate eq "
         "946684800000..978307199999)\n"},
        {"Observation", "patient._id=7", "chain Observation.patient of Patient (id 7)\n"},
        {"Patient", "_has:Observation:patient:code=1-8",
         "has Observation.patient of Observation (row Observation.code 1-8)\n"},
        {"Patient", "_has:Observation:patient:_has:AuditEvent:entity:agent=Practitioner/p",
         "has Observation.patient of Observation (has AuditEvent.entity of AuditEvent (row "
         "AuditEvent.agent Practitioner/p))\n"},
        {"Observation", "patient._has:Group:member:_id=g",
         "chain Observation.patient of Patient (has Group.member of Group (id g))\n"},
        {"Observation", "code-value-quantity=http://l|8$lt5",
         "composite Observation.code-value-quantity http://l|8 $ lt 5..5 \n"},
        {"Observation", "code-value-concept=A$b",
         "composite Observation.code-value-concept a $ b or A $ b\n"},
    };
    ARE_MEANT(cases);
}

static void a_place_is_looked_for_in_a_box(void **state)
{
    (void)state;
    static const struct meant cases[] = {
        {"Location", "near=0|10|111.195|km",
         "composite Location.near eq -1..1 $ eq "
         "8.99984767195609..11.0001523280439\n"},
        {"Location", "near=0|179.5|111195|m",
         "composite Location.near eq -1..1 $ eq "
         "178.499847671956..180.500152328044 or eq -1..1 $ eq "
         "-180..-179.499847671956\n"},
        {"Location", "near=89.5|10|111.195",
         "composite Location.near eq 88.5..90.5 $ eq -180..180\n"},
        {"Location", "near:missing=false", "missing Location.near false\n"},
    };
    ARE_MEANT(cases);
}

static void what_all_resources_have(void **state)
{
    (void)state;
    static const struct meant cases[] = {
        {"", "_id=a,b&_lastUpdated=lt2025-01-01",
         "id a or b\nupdated  lt 1735689600000..1735775999999\n"},
        {"", "_type=Patient,Practitioner&name=x", "row Patient.name+Practitioner.name starts x\n"},
        {"Patient", "_text=Caf%C3%A9+noir&_content=b+c",
         "narrative cafe noir\ncontent \xEE\x80\x80"
         "b \xEE\x80\x80"
         "c\n"},
        {"Patient", "_list=42&_list=List/43", "list 42\nlist 43\n"},
        {"Patient", "", ""},
        {"Patient", "&&_format=json&_pretty=true", ""},
    };
    ARE_MEANT(cases);
}

static void the_answers_look(void **state)
{
    (void)state;
    static const struct meant cases[] = {
        {"Patient", "_sort=-birthdate,name,_id,-_lastUpdated",
         "sort down Patient.birthdate\nsort Patient.name\nsort id\nsort down updated\n"},
        {"Patient", "_count=20&_total=accurate&_summary=text", "count 20\ntotal 3\nsummary 2\n"},
        {"Patient", "_count=99999999999", "count 1000\n"},
        {"Patient", "_count=0", "count 0\nsummary 4\n"},
        {"Patient", "_elements=id,name", "element id\nelement name\n"},
        {"Patient", "_cursor=aB-_9", "cursor aB-_9\n"},
        {"Observation", "_include=Observation:subject:Patient&_include:iterate=Patient:*",
         "include Observation:subject:Patient\ninclude iterated Patient:*\n"},
        {"Patient", "_revinclude=Observation:patient&_include=*",
         "revinclude Observation:patient\ninclude *:*\n"},
        {"Patient", "_contained=false", ""},
    };
    ARE_MEANT(cases);
}

static void h89_what_is_unknown_is_named_or_refused(void **state)
{
    (void)state;
    static const struct meant cases[] = {
        {"Patient", "colour=red&gender=male", "row Patient.gender male\nignored colour\n"},
        {"Patient", "name=", "ignored name\n"},
        {"Observation", "subject.colour=red", "ignored subject.colour\n"},
        {"Patient", "_sort=gender,colour", "ignored _sort\n"},
        {"", "name=x", "ignored name\n"},
    };
    ARE_MEANT(cases);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct search_query query;
        struct search_fault fault;
        assert_int_equal(parse(cases[i].type, cases[i].parameters, true, &query, &fault),
                         SEARCH_ERR_UNKNOWN);
        assert_true(*fault.words && fault.name.len);
    }
}

static void h89_what_cannot_be_is_refused_with_its_name(void **state)
{
    (void)state;
    static const struct {
        const char *type, *parameters;
        enum search_err err;
        const char *name;
    } wrong[] = {
        {"Patient", "name=%zz", SEARCH_ERR_SYNTAX, ""},
        {"Patient", "name=%ff", SEARCH_ERR_SYNTAX, ""},
        {"Patient", "name=a%00b", SEARCH_ERR_SYNTAX, ""},
        {"Patient", "gender:exact=male", SEARCH_ERR_MODIFIER, "gender:exact"},
        {"Patient", "name:Patient=x", SEARCH_ERR_MODIFIER, "name:Patient"},
        {"Patient", "birthdate:not=2000", SEARCH_ERR_MODIFIER, "birthdate:not"},
        {"Patient", "_cursor:=1", SEARCH_ERR_MODIFIER, "_cursor:"},
        {"Patient", "_id:not=1", SEARCH_ERR_MODIFIER, "_id:not"},
        {"Patient", "birthdate=yesterday", SEARCH_ERR_VALUE, "birthdate"},
        {"Patient", "birthdate=20-01-01", SEARCH_ERR_VALUE, "birthdate"},
        {"Patient", "name=...", SEARCH_ERR_VALUE, "name"},
        {"Patient", "name=,", SEARCH_ERR_VALUE, "name"},
        {"Patient", "identifier=|", SEARCH_ERR_VALUE, "identifier"},
        {"Patient", "name:missing=maybe", SEARCH_ERR_VALUE, "name:missing"},
        {"Patient", "_id=a/b", SEARCH_ERR_VALUE, "_id"},
        {"Patient", "gender:in=http://nowhere/vs", SEARCH_ERR_VALUE, "gender:in"},
        {"Observation", "value-quantity=x", SEARCH_ERR_VALUE, "value-quantity"},
        {"Observation", "value-quantity=5|mg", SEARCH_ERR_VALUE, "value-quantity"},
        {"Observation", "value-quantity=gt5|x|y|z", SEARCH_ERR_VALUE, "value-quantity"},
        {"Observation", "code-value-quantity=a", SEARCH_ERR_VALUE, "code-value-quantity"},
        {"Observation", "code-value-quantity=a$1$2", SEARCH_ERR_VALUE, "code-value-quantity"},
        {"Observation", "subject:Patient=Group/1", SEARCH_ERR_VALUE, "subject:Patient"},
        {"Observation", "subject:Medication.code=x", SEARCH_ERR_MODIFIER,
         "subject:Medication.code"},
        {"Observation", "subject:below=Patient/1", SEARCH_ERR_MODIFIER, "subject:below"},
        {"Observation", "subject:below=Location/1,Location/2", SEARCH_ERR_VALUE, "subject:below"},
        {"Location", "partof.partof.partof.partof.partof.organization:below=1", SEARCH_ERR_LIMIT,
         "partof.partof.partof.partof.partof.organization:below"},
        {"Patient", "_filter=name eq x", SEARCH_ERR_REFUSED, "_filter"},
        {"Patient", "_contained=true", SEARCH_ERR_REFUSED, "_contained"},
        {"Location", "near=33.97", SEARCH_ERR_VALUE, "near"},
        {"Location", "near=91|0", SEARCH_ERR_VALUE, "near"},
        {"Location", "near=33|-6|10|mg", SEARCH_ERR_VALUE, "near"},
        {"Location", "near=33|-6|-1", SEARCH_ERR_VALUE, "near"},
        {"Patient", "_list=$current-problems", SEARCH_ERR_VALUE, "_list"},
        {"Patient", "_count=-1", SEARCH_ERR_VALUE, "_count"},
        {"Patient", "_total=all", SEARCH_ERR_VALUE, "_total"},
        {"Patient", "_cursor=a.b", SEARCH_ERR_VALUE, "_cursor"},
        {"Patient", "_include=Nothing:x", SEARCH_ERR_VALUE, "_include"},
        {"Patient", "_include=Patient:name", SEARCH_ERR_VALUE, "_include"},
        {"Patient", "_include:recurse=Patient:link", SEARCH_ERR_MODIFIER, "_include:recurse"},
        {"Patient", "_sort=name,name,name,name,name", SEARCH_ERR_LIMIT, "_sort"},
        {"Patient", "_type=Patient", SEARCH_ERR_VALUE, "_type"},
        {"", "_type=Alien", SEARCH_ERR_VALUE, "_type"},
        {"Patient", "_has:Observation:code=1", SEARCH_ERR_VALUE, "_has:Observation:code"},
        {"Location", "partof.partof.partof.partof.partof.name=x", SEARCH_ERR_LIMIT,
         "partof.partof.partof.partof.partof.name"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct search_query query;
        struct search_fault fault;
        enum search_err err = parse(wrong[i].type, wrong[i].parameters, false, &query, &fault);
        if (err != wrong[i].err)
            fail_msg("%s?%s: %d (%s), not %d", wrong[i].type, wrong[i].parameters, err, fault.words,
                     wrong[i].err);
        if (!text_is(fault.name, wrong[i].name) || !*fault.words)
            fail_msg("%s is told of %.*s", wrong[i].parameters, (int)fault.name.len,
                     fault.name.bytes);
        arena_reset(&arena);
    }
}

static void what_is_said_of_a_long_value_is_whole_utf8(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 3; shift++) {
        struct search_query query;
        struct search_fault fault;
        struct buffer buffer;
        buffer_init(&buffer, &arena);
        buffer_format(&buffer, "birthdate=%.*s", (int)shift, "xx");
        for (int i = 0; i < 300; i++)
            buffer_add(&buffer, TEXT("€"));
        buffer_add_byte(&buffer, '\0');
        assert_int_equal(parse("Patient", buffer.bytes, false, &query, &fault), SEARCH_ERR_VALUE);
        size_t len = strlen(fault.words);
        assert_true(len > SEARCH_FAULT_BYTES - 10);
        for (size_t i = 0, step; i < len; i += step) {
            uint32_t code;
            step = utf8_read(fault.words + i, fault.words + len, &code);
            assert_true(step > 0);
        }
        arena_reset(&arena);
    }
}

static void h90_a_bomb_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *part;
        size_t times;
    } bombs[] = {{"gender=male&", 65},
                 {"x=1&", 300},
                 {"name=aaaaaaaaaaaaaaaaaaaaaaaa&", 4000},
                 {"_include=*&", 40}};
    for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++) {
        struct search_query query;
        struct search_fault fault;
        struct buffer buffer;
        buffer_init(&buffer, &arena);
        for (size_t k = 0; k < bombs[i].times; k++)
            buffer_add(&buffer, text_of(bombs[i].part));
        buffer_add_byte(&buffer, '\0');
        assert_false(buffer.failed);
        assert_int_equal(parse("Patient", buffer.bytes, false, &query, &fault), SEARCH_ERR_LIMIT);
        arena_reset(&arena);
    }
    struct buffer many; /* values of one parameter */
    struct search_query query;
    struct search_fault fault;
    buffer_init(&many, &arena);
    buffer_add(&many, TEXT("_id=1"));
    for (size_t i = 0; i < SEARCH_VALUES_MAX; i++)
        buffer_add(&many, TEXT(",1"));
    buffer_add_byte(&many, '\0');
    assert_int_equal(parse("Patient", many.bytes, false, &query, &fault), SEARCH_ERR_LIMIT);
}

static void a_compartment_is_a_condition(void **state)
{
    (void)state;
    struct search_query query;
    struct search_fault fault;
    struct search_setting setting = {TEXT("https://here.org/fhir"), NOW_MS, false, NULL};
    struct search_scope scope = {fhir_resource_named(TEXT("Observation")),
                                 fhir_resource_named(TEXT("Patient")), TEXT("1")};
    assert_int_equal(search_parse(&query, &scope, TEXT("code=x"), &setting, &arena, &fault),
                     SEARCH_OK);
    assert_int_equal(query.condition_count, 2);
    assert_int_equal(query.conditions[0].what, SEARCH_COMPARTMENT);
    assert_int_equal(query.conditions[0].param_count, 2); /* performer, subject */
    assert_int_equal(query.conditions[0].values[0].of.reference.type, scope.compartment_type);

    scope.type = fhir_resource_named(TEXT("Medication"));
    assert_int_equal(search_parse(&query, &scope, TEXT(""), &setting, &arena, &fault),
                     SEARCH_ERR_VALUE);
    scope.type = FHIR_NONE;
    assert_int_equal(search_parse(&query, &scope, TEXT(""), &setting, &arena, &fault), SEARCH_OK);
    assert_true(query.type_count > 50 && query.type_count < 100);
}

static void a_query_is_written_as_it_is_read(void **state)
{
    (void)state;
    struct search_query query;
    struct search_fault fault;
    struct buffer written;
    assert_int_equal(parse("Patient",
                           "&name=%C3%A9+b%26c&x=1&_cursor=a&gender:not=m%7Cn&_sort=-name", false,
                           &query, &fault),
                     SEARCH_OK);
    buffer_init(&written, &arena);
    search_query_write(&query, &written);
    assert_true(text_is(buffer_text(&written), "name=%C3%A9%20b%26c&gender:not=m%7Cn&_sort=-name"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(tokens),
        TEST(strings),
        TEST(dates_and_figures),
        TEST(the_upper_end_of_a_figure_is_not_within),
        TEST(references_and_uris),
        TEST(chains_and_composites),
        TEST(a_place_is_looked_for_in_a_box),
        TEST(what_all_resources_have),
        TEST(the_answers_look),
        TEST(h89_what_is_unknown_is_named_or_refused),
        TEST(h89_what_cannot_be_is_refused_with_its_name),
        TEST(what_is_said_of_a_long_value_is_whole_utf8),
        TEST(h90_a_bomb_is_refused),
        TEST(a_compartment_is_a_condition),
        TEST(a_query_is_written_as_it_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
