/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A Consent, a NUL, a resource. Whatever they say: a Consent added twice answers as once; beside one that refuses
 * everything, nothing is permitted; what it permits with nothing known it permits for a reason that it gives; and who
 * wrote it is told what is in the way exactly where it refuses because it cannot be read. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "access/consent.h"

static const char refusal[] =
    "{\"status\":\"active\",\"patient\":{\"reference\":\"Patient/7\"},\"policyRule\":{\"coding\":[{"
    "\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"OPTOUT\"}]}}";

static const struct access_subject subject = {
    .roles = ACCESS_ROLE_BIT(ACCESS_PHYSICIAN),
    .user = {"Practitioner/d", 14},
    .practitioner = {"d", 1},
    .organisation = {"h", 1},
};

static enum consent_answer ask(struct arena *arena, const struct json *const *jsons, size_t count,
                               const struct json *document)
{
    struct consents *consents = consents_create(arena, TEXT("7"));
    struct consent_question question = {
        .subject = &subject,
        .purpose = TEXT("TREAT"),
        .interaction = ACCESS_READ,
        .type = TEXT("Observation"),
        .id = TEXT("o1"),
        .document = document,
        .now_ms = INT64_C(1795000000000),
    };
    for (size_t i = 0; consents && i < count; i++)
        if (!consents_add(consents, jsons[i], JSON_ROOT))
            consents = NULL;
    return consents ? consents_ask(consents, &question).answer : CONSENT_UNREADABLE;
}

/* The same, by what is told when it is added; an answer that costs too much is unreadable, too, and told by none. */
static void compare_fault(struct arena *arena, const struct json *consent,
                          enum consent_answer without_document)
{
    uint32_t node;
    struct consents *consents = consents_create(arena, TEXT("7"));
    if (!consents || !consents_add(consents, consent, JSON_ROOT))
        return;
    enum consent_fault fault = consents_last_fault(consents, &node);
    bool is_told = fault != CONSENT_READ && fault != CONSENT_HAS_NO_PATIENT;
    if (is_told && (node >= consent->node_count || *consent_fault_text(fault) == '\0'))
        abort();
    if (!is_told && without_document == CONSENT_UNREADABLE)
        abort();
}

static bool is_refusal(enum consent_answer answer)
{
    return answer == CONSENT_REFUSES || answer == CONSENT_UNREADABLE;
}

static void compare(struct arena *arena, const struct json *consent, const struct json *document)
{
    struct json other;
    const struct json *jsons[] = {consent, consent, &other};

    if (json_parse(&other, text_of(refusal), &json_limits_default, arena, NULL) != JSON_OK)
        return;
    enum consent_answer once = ask(arena, jsons, 1, document);
    enum consent_answer twice = ask(arena, jsons, 2, document);
    if (once != twice && twice != CONSENT_UNREADABLE)
        abort();
    if (!is_refusal(ask(arena, jsons + 1, 2, document)))
        abort();
    compare_fault(arena, consent, ask(arena, jsons, 1, NULL));
    if (once == CONSENT_PERMITS && !memmem(consent->text, consent->nodes[0].len, "permit", 6) &&
        !memmem(consent->text, consent->nodes[0].len, "OPTIN", 5) &&
        !memchr(consent->text, '\\', consent->nodes[0].len))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size ? memchr(data, 0, size) : NULL;
    size_t len = end ? (size_t)(end - data) : size;
    struct json consent, document;
    struct arena arena;
    bool has_document = false;

    arena_init(&arena, 4 << 20);
    if (end)
        has_document = json_parse(&document, (struct text){(const char *)end + 1, size - len - 1},
                                  &json_limits_default, &arena, NULL) == JSON_OK &&
                       json_type(&document, JSON_ROOT) == JSON_OBJECT;
    if (json_parse(&consent, (struct text){(const char *)data, len}, &json_limits_default, &arena,
                   NULL) == JSON_OK)
        compare(&arena, &consent, has_document ? &document : NULL);
    arena_free(&arena);
    return 0;
}
