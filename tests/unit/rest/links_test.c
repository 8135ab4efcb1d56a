/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is found through others by one who sees only some of them is what a record without the others gives. By a seed:
 * patients, visits, observations, lists, relations, Consents and labels. Each resource is read by itself first, the
 * slow and obvious filter; those that could be read make a second record, which is open to all and asked the same. */
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "people.h"
#include "rest/links.h"

enum { RESOURCES_MAX = 120, BODY_BYTES = 900, ROUNDS = 6, FOUND_BYTES = 16 * 1024 };

static struct random chance;
static struct access_subject nurse;

struct resource {
    char path[64], body[BODY_BYTES];
    bool is_seen;
};

static struct resource resources[RESOURCES_MAX];
static size_t resource_count;

static unsigned below(unsigned bound)
{
    return (unsigned)(random_u64(&chance) % bound);
}

/* `rest` is what stands behind the id, as by printf. */
static void make(const char *type, const char *id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void make(const char *type, const char *id, const char *format, ...)
{
    struct resource *made = &resources[resource_count++];
    va_list arguments;
    assert_true(resource_count <= RESOURCES_MAX);
    snprintf(made->path, sizeof made->path, "/%s/%s", type, id);
    size_t len = (size_t)snprintf(made->body, sizeof made->body,
                                  "{\"resourceType\":\"%s\",\"id\":\"%s\"", type, id);
    va_start(arguments, format);
    len += (size_t)vsnprintf(made->body + len, sizeof made->body - len, format, arguments);
    va_end(arguments);
    snprintf(made->body + len, sizeof made->body - len, "}");
    assert_true(len + 2 < sizeof made->body);
}

static const char *id_of(char out[static 16], const char *prefix, unsigned number)
{
    snprintf(out, 16, "%s%u", prefix, number);
    return out;
}

enum { PATIENTS = 5, PRACTITIONERS = 3, LOCATIONS = 3, VISITS = 10, OBSERVATIONS = 24, LISTS = 4 };

static const char *label(void)
{
    return below(5) ? ""
                    : ",\"meta\":{\"security\":[{\"system\":\"http://terminology.hl7.org/"
                      "CodeSystem/v3-Confidentiality\",\"code\":\"V\"}]}";
}

static void make_visit(unsigned i)
{
    static const char *const states[] = {"in-progress", "finished", "planned"};
    char id[16], part[128] = "", room[160];
    snprintf(room, sizeof room, "\"location\":[{\"location\":{\"reference\":\"Location/l%u\"}}]",
             below(LOCATIONS));
    if (below(3) == 0)
        snprintf(room, sizeof room,
                 "\"contained\":[{\"resourceType\":\"Location\",\"id\":\"l1\",\"name\":"
                 "\"room%u\"}],\"location\":[{\"location\":{\"reference\":\"#l1\"}}]",
                 below(LOCATIONS));
    if (i && below(2))
        snprintf(part, sizeof part, ",\"partOf\":{\"reference\":\"Encounter/e%u\"}", below(i));
    make("Encounter", id_of(id, "e", i),
         "%s,\"status\":\"%s\",\"class\":{\"code\":\"AMB\"},\"subject\":{\"reference\":\"Patient/"
         "p%u\"},\"participant\":[{\"individual\":{\"reference\":\"Practitioner/x%u\"}}],"
         "%s%s",
         label(), states[below(3)], below(PATIENTS), below(PRACTITIONERS), room, part);
}

static void make_observation(unsigned i)
{
    char id[16], member[128] = "";
    if (i && below(3) == 0)
        snprintf(member, sizeof member, ",\"hasMember\":[{\"reference\":\"Observation/o%u\"}]",
                 below(i));
    make("Observation", id_of(id, "o", i),
         "%s,\"status\":\"final\",\"code\":{\"coding\":[{\"code\":\"c%u\"}]},\"subject\":{"
         "\"reference\":\"Patient/p%u\"},\"encounter\":{\"reference\":\"Encounter/e%u\"},"
         "\"performer\":[{\"reference\":\"Practitioner/x%u\"}]%s",
         label(), below(3), below(PATIENTS), below(VISITS), below(PRACTITIONERS), member);
}

static void make_rest(void)
{
    char id[16];
    for (unsigned i = 0; i < LISTS; i++)
        make("List", id_of(id, "l", i),
             ",\"status\":\"current\",\"mode\":\"working\",\"subject\":{\"reference\":\"Patient/"
             "p%u\"},\"entry\":[{\"item\":{\"reference\":\"Observation/o%u\"}},{\"item\":{"
             "\"reference\":\"Observation/o%u\"}}]",
             below(PATIENTS), below(OBSERVATIONS), below(OBSERVATIONS));
    for (unsigned i = 0; i < PATIENTS; i++) {
        if (below(3))
            make("CareTeam", id_of(id, "t", i),
                 ",\"status\":\"active\",\"subject\":{\"reference\":\"Patient/p%u\"},"
                 "\"participant\":[{\"member\":{\"reference\":\"Practitioner/n\"}}]",
                 i);
        if (below(3) == 0)
            make("Consent", id_of(id, "c", i),
                 ",\"status\":\"active\",\"scope\":{\"coding\":[{\"system\":"
                 "\"http://terminology.hl7.org/CodeSystem/consentscope\",\"code\":"
                 "\"patient-privacy\"}]},\"category\":[{\"text\":\"c\"}],\"patient\":{"
                 "\"reference\":\"Patient/p%u\"},\"policyRule\":{\"coding\":[{\"system\":"
                 "\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"OPTIN\"}]},"
                 "\"provision\":{\"provision\":[{\"type\":\"deny\",\"class\":[{\"system\":"
                 "\"http://hl7.org/fhir/resource-types\",\"code\":\"%s\"}]}]}",
                 i, below(2) ? "Observation" : "Encounter");
    }
}

static void make_record(void)
{
    char id[16];
    resource_count = 0;
    for (unsigned i = 0; i < PATIENTS; i++)
        make("Patient", id_of(id, "p", i), ",\"gender\":\"%s\"", below(2) ? "male" : "female");
    for (unsigned i = 0; i < PRACTITIONERS; i++)
        make("Practitioner", id_of(id, "x", i), ",\"gender\":\"female\"");
    for (unsigned i = 0; i < LOCATIONS; i++)
        make("Location", id_of(id, "l", i), ",\"name\":\"room%u\"", i);
    for (unsigned i = 0; i < VISITS; i++)
        make_visit(i);
    for (unsigned i = 0; i < OBSERVATIONS; i++)
        make_observation(i);
    make_rest();
}

static const char *const queries[] = {
    "/Observation?subject:Patient.gender=male",
    "/Observation?subject.gender=female",
    "/Observation?patient.gender=female&code=c1",
    "/Observation?encounter.status=finished",
    "/Observation?encounter.location.name=room1",
    "/Encounter?location.name=room1",
    "/Observation?encounter.part-of.status=in-progress",
    "/Observation?encounter:Encounter.subject:Patient.gender=male",
    "/Observation?has-member:Observation.code=c2",
    "/Observation?performer:Practitioner.gender=female",
    "/Observation?_list=l0",
    "/Observation?_list=l1&subject:Patient.gender=male",
    "/Observation?_list=nothing",
    "/Observation?_has:Observation:has-member:code=c0",
    "/Observation?_has:Observation:has-member:encounter.status=finished",
    "/Patient?_has:Observation:patient:code=c1",
    "/Patient?_has:Encounter:patient:_has:Observation:encounter:code=c2",
    "/Patient?_has:List:subject:status=current",
    "/Practitioner?_has:Observation:performer:code=c0",
    "/Practitioner?_has:Observation:performer:patient.gender=male",
    "/Practitioner?_has:Encounter:participant:status=planned&_summary=count",
    "/Location?_has:Encounter:location:status=finished",
    "/Encounter?part-of.status=planned",
    "/Encounter?part-of.part-of.subject:Patient.gender=female",
    "/Observation?_include=Observation:performer&code=c0",
    "/Observation?_include=Observation:encounter&_include:iterate=Encounter:location&code=c1",
    "/Observation?_include=Observation:has-member&_include:iterate=Observation:has-member&code=c2",
    "/Observation?subject:Patient.gender=male&_include=*",
    ("/Encounter?_include=Encounter:part-of&_include:iterate=Encounter:part-of&"
     "_include:iterate=Encounter:participant&status=finished"),
    "/Patient?_revinclude=Observation:subject&_include:iterate=Observation:performer",
    "/Practitioner?_revinclude=Observation:performer&_include:iterate=Observation:encounter",
    "/Location?_revinclude=Encounter:location&_revinclude:iterate=Observation:encounter",
};
enum { QUERIES = sizeof queries / sizeof *queries };

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* What a query finds: "match Type/id" in order, or its total. */
static void find(const char *query, char out[static FOUND_BYTES])
{
    static char found[RESOURCES_MAX * 2][128];
    char path[256];
    size_t count = 0, len = 0;
    snprintf(path, sizeof path, "%s&_count=200", query);
    server_expect(200, REST_GET, path, "");
    if (strstr(query, "_summary=count"))
        len += (size_t)snprintf(out, FOUND_BYTES, "%.*s\n", (int)server_at("total").len,
                                server_at("total").bytes);
    for (;; count++) {
        char at[64];
        struct text parts[3];
        static const char *const names[] = {"search.mode", "resource.resourceType", "resource.id"};
        for (size_t i = 0; i < 3; i++) {
            snprintf(at, sizeof at, "entry.%zu.%s", count, names[i]);
            parts[i] = server_at(at);
        }
        if (!parts[2].len)
            break;
        snprintf(found[count], sizeof *found, "%.*s %.*s/%.*s\n", (int)parts[0].len, parts[0].bytes,
                 (int)parts[1].len, parts[1].bytes, (int)parts[2].len, parts[2].bytes);
    }
    qsort(found, count, sizeof *found, by_text);
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(out + len, FOUND_BYTES - len, "%s", found[i]);
    out[len] = 0;
}

static void ask_of_some(char found[QUERIES][FOUND_BYTES], size_t *hidden)
{
    assert_int_equal(server_open(NULL), 0);
    let_people_in();
    nurse = doctor;
    nurse.roles = ACCESS_ROLE_BIT(ACCESS_NURSE);
    nurse.user = TEXT("Practitioner/n");
    nurse.practitioner = TEXT("n");
    for (size_t i = 0; i < resource_count; i++)
        put_as_owner(resources[i].path, resources[i].body);
    server_subject = &nurse;
    for (size_t i = 0; i < resource_count; i++) {
        resources[i].is_seen = server_do(REST_GET, resources[i].path, "")->status == 200;
        *hidden += !resources[i].is_seen;
    }
    for (size_t i = 0; i < QUERIES; i++)
        find(queries[i], found[i]);
    server_close(NULL);
}

static void h138_what_is_hidden_does_not_show_by_what_is_found_through_it(void **state)
{
    static char found[QUERIES][FOUND_BYTES], expected[FOUND_BYTES];
    const char *seed = getenv("LINKS_SEED");
    size_t hidden = 0, some = 0;
    (void)state;
    uint64_t number = seed ? strtoull(seed, NULL, 10) : 1;
    print_message("seed %llu\n", (unsigned long long)number);
    random_seed(&chance, number);
    for (int round = 0; round < ROUNDS; round++) {
        make_record();
        ask_of_some(found, &hidden);
        assert_int_equal(server_open(NULL), 0);
        server_subject = NULL;
        for (size_t i = 0; i < resource_count; i++)
            if (resources[i].is_seen)
                server_expect(201, REST_PUT, resources[i].path, resources[i].body);
        server_expect(201, REST_PUT, "/Practitioner/dr",
                      "{\"resourceType\":\"Practitioner\",\"id\":\"dr\"}");
        for (size_t i = 0; i < QUERIES; i++) {
            find(queries[i], expected);
            if (strcmp(found[i], expected) != 0)
                print_error("round %d, %s:\n%s-- not --\n%s", round, queries[i], found[i],
                            expected);
            assert_string_equal(found[i], expected);
            some += expected[0] != 0;
        }
        server_close(NULL);
    }
    assert_true(hidden > 10 * ROUNDS && some > QUERIES * ROUNDS / 2);
}

/* What would be too much to look through is refused, and says what helps. */
static void h138_what_cannot_be_looked_through_is_refused(void **state)
{
    (void)state;
    assert_int_equal(server_open(NULL), 0);
    let_people_in();
    put_as_owner("/Patient/a", "{\"resourceType\":\"Patient\",\"id\":\"a\"}");
    server_subject = &doctor;
    server_expect(403, REST_GET, "/Encounter?part-of:below=e", "");
    server_assert_at("issue.0.code", "forbidden");
    server_expect(200, REST_GET, "/Location?partof:below=l", "");
    server_subject = NULL;
    for (int i = 0; i <= LINKS_MAX; i++) {
        char path[64], body[300];
        snprintf(path, sizeof path, "/Observation/o%d", i);
        snprintf(body, sizeof body,
                 "{\"resourceType\":\"Observation\",\"id\":\"o%d\",\"status\":\"final\",\"code\":{"
                 "\"coding\":[{\"code\":\"c\"}]},\"subject\":{\"reference\":\"Patient/a\"},"
                 "\"identifier\":[{\"value\":\"%d\"}]}",
                 i, i);
        server_expect(201, REST_PUT, path, body);
    }
    server_subject = &doctor;
    server_expect(403, REST_GET, "/Patient?_has:Observation:patient:code=c", "");
    server_assert_at("issue.0.code", "too-costly");
    server_expect(200, REST_GET, "/Patient?_has:Observation:patient:identifier=7", "");
    server_assert_at("entry", "");
    server_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h138_what_is_hidden_does_not_show_by_what_is_found_through_it),
        cmocka_unit_test(h138_what_cannot_be_looked_through_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
