/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random Consents, asked of core/access and of a slow, obvious reading of docs/access.md: every provision that may
 * hold or not is tried both ways, and the worst of all answers is the right one. */
#include "unit/access/consent_world.h"

#include "base/buffer.h"
#include "base/random.h"

enum {
    CASES = 6000 / UNIT_SLOWER,
    PROVISIONS = 12,
    CONSENTS = 3,
    CHILDREN = 3,
    DEPTH = 4,
    UNSURE_MAX = 9
};

/* A provision as it was thrown, with how it fits the question below. */
struct thrown {
    enum consent_answer type; /* CONSENT_SILENT: none */
    enum access_fit fit;
    int children[CHILDREN], child_count;
    int unsure; /* its number among those that may hold */
};

struct thrown_consent {
    enum consent_answer base;
    int outermost; /* or -1 */
};

static struct arena arena;
static struct random dice;
static struct thrown thrown[CONSENTS * PROVISIONS];
static int thrown_count, unsure_count;

static const struct access_subject doctor = {
    .roles = ACCESS_ROLE_BIT(ACCESS_PHYSICIAN),
    .user = {"Practitioner/d", 14},
    .practitioner = {"d", 1},
    .organisation = {"h", 1},
};

#define DOCUMENT                                                                                   \
    "{\"resourceType\":\"Observation\",\"id\":\"o1\",\"meta\":{\"security\":[{\"system\":\"s\","   \
    "\"code\":\"PSY\"}]},\"code\":{\"coding\":[{\"system\":\"s\",\"code\":\"a\"},{\"code\":"       \
    "\"bare\"}]},\"performer\":[{\"reference\":\"Practitioner/"                                    \
    "d\"}],\"effectiveDateTime\":\"2020\"}"

#define CODED(system, code) "{\"system\":\"" system "\",\"code\":\"" code "\"}"
#define CONCEPT(system, code) "{\"coding\":[" CODED(system, code) "]}"
#define ACTOR(reference) "{\"role\":{},\"reference\":{\"reference\":\"" reference "\"}}"
#define DATA(meaning, reference)                                                                   \
    "{\"meaning\":\"" meaning "\",\"reference\":{\"reference\":\"" reference "\"}}"

/* What a provision may name, by how it fits the document, Dr d, a read, TREAT: never, perhaps, surely. */
static const struct {
    const char *list;
    const char *elements[3];
} conditions[] = {
    {"actor", {ACTOR("Practitioner/x"), ACTOR("Group/1"), ACTOR("Organization/h")}},
    {"action",
     {CONCEPT(TERMINOLOGY "consentaction", "correct"), "{\"text\":\"see\"}",
      CONCEPT(TERMINOLOGY "consentaction", "use")}},
    {"purpose",
     {CODED(TERMINOLOGY "v3-ActReason", "HPAYMT"), CODED("other", "TREAT"),
      CODED(TERMINOLOGY "v3-ActReason", "TREAT")}},
    {"class",
     {CODED("http://hl7.org/fhir/resource-types", "Condition"), CODED("other", "x"),
      CODED("http://hl7.org/fhir/resource-types", "Observation")}},
    {"code", {CONCEPT("s", "b"), CONCEPT("t", "bare"), CONCEPT("s", "a")}},
    {"data",
     {DATA("instance", "Observation/o2"), DATA("related", "Task/1"),
      DATA("authoredby", "Practitioner/d")}},
    {"securityLabel", {CODED("s", "HIV"), "{\"code\":\"PSY\"}", CODED("s", "PSY")}},
};
enum { CONDITIONS = sizeof conditions / sizeof *conditions, LABELS = CONDITIONS - 1 };

static const char *const periods[] = {"\"period\":{\"end\":\"2026-11-17\"}", NULL,
                                      "\"period\":{\"start\":\"2026\"}"};
static const char *const data_periods[] = {"\"dataPeriod\":{\"start\":\"2021\"}",
                                           "\"dataPeriod\":{\"start\":\"2020-06\"}",
                                           "\"dataPeriod\":{\"end\":\"2020\"}"};

static enum access_fit throw_fit(void)
{
    static const enum access_fit sides[] = {ACCESS_FITS_NOT, ACCESS_MAY_FIT, ACCESS_FITS,
                                            ACCESS_FITS, ACCESS_FITS};
    return sides[random_below(&dice, 5)];
}

static enum access_fit least(enum access_fit a, enum access_fit b)
{
    return a < b ? a : b;
}

/* One or two elements of a list; how the list fits. */
static enum access_fit write_list(struct buffer *out, size_t condition)
{
    enum access_fit first = throw_fit(), second = throw_fit();
    bool has_two = random_below(&dice, 2);

    buffer_format(out, ",\"%s\":[%s", conditions[condition].list,
                  conditions[condition].elements[first]);
    if (has_two)
        buffer_format(out, ",%s", conditions[condition].elements[second]);
    buffer_format(out, "]");
    if (!has_two || first == second)
        return first;
    if (condition == LABELS)
        return ACCESS_MAY_FIT;
    return first > second ? first : second;
}

static int write_provision(struct buffer *out, int depth, int left)
{
    int index = thrown_count++;
    struct thrown *one = &thrown[index];
    bool is_outermost = depth == 0;

    *one = (struct thrown){.fit = ACCESS_FITS};
    one->type = random_below(&dice, 2) ? CONSENT_PERMITS : CONSENT_REFUSES;
    if (is_outermost && random_below(&dice, 3))
        one->type = CONSENT_SILENT;
    buffer_format(out, "{\"id\":\"p\"");
    if (one->type != CONSENT_SILENT)
        buffer_format(out, ",\"type\":\"%s\"", one->type == CONSENT_PERMITS ? "permit" : "deny");
    for (size_t i = 0; i < CONDITIONS; i++)
        if (random_below(&dice, 4) == 0)
            one->fit = least(one->fit, write_list(out, i));
    if (random_below(&dice, 6) == 0) {
        enum access_fit fit = random_below(&dice, 2) ? ACCESS_FITS : ACCESS_FITS_NOT;
        buffer_format(out, ",%s", periods[fit]);
        one->fit = least(one->fit, fit);
    }
    if (random_below(&dice, 6) == 0) {
        enum access_fit fit = throw_fit();
        buffer_format(out, ",%s", data_periods[fit]);
        one->fit = least(one->fit, fit);
    }
    one->unsure = one->fit == ACCESS_MAY_FIT ? unsure_count++ : -1;

    int children = depth + 1 < DEPTH ? (int)random_below(&dice, CHILDREN + 1) : 0;
    for (int i = 0; i < children && thrown_count < left; i++) {
        buffer_format(out, i ? "," : ",\"provision\":[");
        int child = write_provision(out, depth + 1, left);
        thrown[index].children[thrown[index].child_count++] = child;
    }
    buffer_format(out, thrown[index].child_count ? "]}" : "}");
    return index;
}

static struct text write_consent(struct thrown_consent *consent)
{
    struct buffer out;

    buffer_init(&out, &arena);
    consent->base = random_below(&dice, 2) ? CONSENT_PERMITS : CONSENT_REFUSES;
    buffer_format(&out, "%s",
                  consent->base == CONSENT_PERMITS ? CONSENT_OF("patient-privacy", "OPTIN")
                                                   : CONSENT_OF("patient-privacy", "OPTOUT"));
    consent->outermost = -1;
    if (random_below(&dice, 8)) {
        buffer_format(&out, ",\"provision\":");
        consent->outermost = write_provision(&out, 0, thrown_count + PROVISIONS);
    }
    buffer_format(&out, "}");
    assert_false(out.failed);
    return buffer_text(&out);
}

/* The obvious reading, in one world: bit i of it says whether the unsure provision i holds. */
static bool holds(const struct thrown *one, unsigned world)
{
    return one->unsure >= 0 ? world >> one->unsure & 1 : one->fit == ACCESS_FITS;
}

static enum consent_answer say(const struct thrown *one, enum consent_answer base, unsigned world)
{
    bool has_permission = false;

    for (int i = 0; i < one->child_count; i++) {
        const struct thrown *child = &thrown[one->children[i]];
        if (!holds(child, world))
            continue;
        enum consent_answer answer = say(child, base, world);
        if (answer == CONSENT_REFUSES)
            return CONSENT_REFUSES;
        has_permission = true;
    }
    if (has_permission)
        return CONSENT_PERMITS;
    return one->type == CONSENT_SILENT ? base : one->type;
}

static enum consent_answer say_consent(const struct thrown_consent *consent, unsigned world)
{
    if (consent->outermost < 0)
        return consent->base;
    const struct thrown *outermost = &thrown[consent->outermost];
    if (holds(outermost, world))
        return say(outermost, consent->base, world);
    return outermost->type == CONSENT_SILENT ? CONSENT_SILENT : consent->base;
}

/* Refused before silent before permitted. */
static int badness(enum consent_answer answer)
{
    return answer == CONSENT_REFUSES ? 2 : answer == CONSENT_SILENT ? 1 : 0;
}

static enum consent_answer worst_of_consent(const struct thrown_consent *consent)
{
    enum consent_answer worst = CONSENT_PERMITS;
    for (unsigned world = 0; world < 1U << unsure_count; world++) {
        enum consent_answer answer = say_consent(consent, world);
        if (badness(answer) > badness(worst))
            worst = answer;
    }
    return worst;
}

/* A refusal of any of them wins, then a permission. */
static enum consent_answer obvious(const struct thrown_consent *consents, int count)
{
    enum consent_answer all = CONSENT_SILENT;
    for (int i = 0; i < count; i++) {
        enum consent_answer answer = worst_of_consent(&consents[i]);
        if (answer == CONSENT_REFUSES)
            return CONSENT_REFUSES;
        if (answer == CONSENT_PERMITS)
            all = CONSENT_PERMITS;
    }
    return all;
}

static void h77_every_answer_is_the_worst_that_may_be_true(void **state)
{
    (void)state;
    int answers[4] = {0};
    random_seed(&dice, 77);

    for (int i = 0; i < CASES; i++) {
        struct thrown_consent consents[CONSENTS];
        int count = 1 + (int)random_below(&dice, CONSENTS);
        struct text texts[CONSENTS];

        arena_init(&arena, 16 << 20);
        thrown_count = unsure_count = 0;
        struct consents *set = consents_create(&arena, TEXT("7"));
        for (int j = 0; j < count; j++) {
            texts[j] = write_consent(&consents[j]);
            assert_true(consents_add(set, consent_parse(&arena, texts[j]), JSON_ROOT));
        }
        struct consent_question question = {
            .subject = &doctor,
            .purpose = TEXT("TREAT"),
            .interaction = ACCESS_READ,
            .type = TEXT("Observation"),
            .id = TEXT("o1"),
            .document = consent_parse(&arena, TEXT(DOCUMENT)),
            .now_ms = CONSENT_NOW,
        };
        if (unsure_count <= UNSURE_MAX) {
            enum consent_answer expected = obvious(consents, count);
            enum consent_answer answer = consents_ask(set, &question).answer;
            if (answer != expected)
                fail_msg("case %d: %d, not %d; first: %.*s", i, (int)answer, (int)expected,
                         (int)texts[0].len, texts[0].bytes);
            answers[answer]++;
        }
        arena_free(&arena);
    }
    assert_true(answers[CONSENT_SILENT] > CASES / 50);
    assert_true(answers[CONSENT_PERMITS] > CASES / 50);
    assert_true(answers[CONSENT_REFUSES] > CASES / 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h77_every_answer_is_the_worst_that_may_be_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
