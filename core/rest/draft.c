/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/draft.h"

#include "base/instant.h"
#include "fhir/model.h"
#include "fhir/validate.h"
#include "rest/rest.h"
#include "rest/subscription.h"
#include "rest/words.h"
#include "search/extract.h"
#include "search/words.h"
#include "json/writer.h"

enum { UUID_LEN = 36 };

struct text rest_new_id(const struct rest *rest, int64_t now_ms, struct arena *arena)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[16];
    char *out = arena_take(arena, UUID_LEN + 1);
    if (!out)
        return (struct text){NULL, 0};
    rest->random(bytes, sizeof bytes);
    for (int i = 0; i < 6; i++) /* unix_ts_ms */
        bytes[i] = (uint8_t)((uint64_t)now_ms >> (40 - 8 * i));
    bytes[6] = (uint8_t)((bytes[6] & 0x0F) | 0x70); /* version 7 */
    bytes[8] = (uint8_t)((bytes[8] & 0x3F) | 0x80); /* variant 10 */
    char *at = out;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        *at++ = digits[bytes[i] >> 4];
        *at++ = digits[bytes[i] & 15];
    }
    *at = '\0';
    return (struct text){out, UUID_LEN};
}

/* Which type a resource says that it is; FHIR_NONE, told in the outcome: none that we know. */
static uint16_t find_type(const struct json *json, struct arena *arena, struct outcome *outcome)
{
    uint32_t named = json_type(json, JSON_ROOT) == JSON_OBJECT
                         ? json_member(json, JSON_ROOT, TEXT("resourceType"))
                         : JSON_NONE;
    if (named == JSON_NONE || json_type(json, named) != JSON_STRING) {
        outcome_error(
            outcome, "structure",
            "A resource is a JSON object with a member \"resourceType\" that names its type.");
        return FHIR_NONE;
    }
    struct text name = json_string(json, named, arena);
    uint16_t type = fhir_resource_named(name);
    if (type == FHIR_NONE)
        outcome_error(outcome, "structure", "\"%.*s\" is no resource type of FHIR R4.",
                      (int)(name.len > 64 ? 64 : name.len), name.bytes ? name.bytes : "");
    return type;
}

bool rest_is_new_id(struct text id)
{
    enum { AT_VERSION = 14, AT_VARIANT = 19 };
    if (id.len != UUID_LEN || id.bytes[AT_VERSION] != '7' || !strchr("89ab", id.bytes[AT_VARIANT]))
        return false;
    for (size_t i = 0; i < UUID_LEN; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_dash ? id.bytes[i] != '-' : !strchr("0123456789abcdef", id.bytes[i]))
            return false;
    }
    return true;
}

static unsigned parse(struct json *json, struct text body, struct arena *arena,
                      struct outcome *outcome)
{
    struct json_place place;
    enum json_err err = json_parse(json, body, &json_limits_default, arena, &place);
    if (err == JSON_OK)
        return 0;
    if (err == JSON_ERR_MEMORY || err == JSON_ERR_SIZE) {
        outcome_error(outcome, "too-long", "The body is more than this server takes at once: %s.",
                      json_err_text(err));
        return 413;
    }
    outcome_add(outcome, &(struct outcome_issue){
                             .severity = OUTCOME_ERROR,
                             .code = "structure",
                             .details = text_of(json_err_text(err)),
                             .line = place.line,
                             .column = place.column,
                         });
    return 400;
}

static bool is_servers(const struct json *json, uint32_t key, const char *const *names)
{
    for (; *names; names++)
        if (json_string_is(json, key, text_of(*names)))
            return true;
    return false;
}

void rest_write_others(struct buffer *buffer, const struct json *json, uint32_t object,
                       const char *const *names)
{
    for (uint32_t key = json_first(json, object); key != json_end(json, object);
         key = json_next(json, key + 1)) {
        if (is_servers(json, key, names))
            continue;
        struct json_writer writer;
        buffer_add(buffer, TEXT(",\""));
        buffer_add(buffer, json_raw(json, key));
        buffer_add(buffer, TEXT("\":"));
        json_writer_init(&writer, buffer);
        json_write_node(&writer, json, key + 1);
    }
}

static struct text write_tail(const struct rest_draft *draft, struct arena *arena)
{
    static const char *const of_meta[] = {"versionId", "lastUpdated", NULL};
    static const char *const of_resource[] = {"resourceType", "id", "meta", NULL};
    const struct json *json = &draft->json;
    struct buffer buffer;
    buffer_init(&buffer, arena);
    buffer_add_byte(&buffer, '"');
    uint32_t meta = json_member(json, draft->node, TEXT("meta"));
    if (meta != JSON_NONE && json_type(json, meta) == JSON_OBJECT)
        rest_write_others(&buffer, json, meta, of_meta);
    buffer_add_byte(&buffer, '}');
    rest_write_others(&buffer, json, draft->node, of_resource);
    buffer_add_byte(&buffer, '}');
    return buffer.failed ? (struct text){NULL, 0} : buffer_text(&buffer);
}

unsigned rest_no_room(struct outcome *outcome)
{
    outcome_error(outcome, "too-costly",
                  "The request takes more memory than one request may; send less at once.");
    return 413;
}

static const char *words(const char *english, unsigned language)
{
    return rest_words(english, (enum access_language)language);
}

struct fhir_validator rest_validator(const struct rest *rest, const struct outcome *outcome)
{
    struct fhir_validator validator = rest->validator;
    validator.words = words;
    validator.language = outcome->language;
    return validator;
}

void rest_tell_issues(struct outcome *outcome, const struct fhir_issues *issues)
{
    for (size_t i = 0; i < issues->count; i++) {
        const struct fhir_issue *issue = &issues->list[i];
        outcome_add(outcome,
                    &(struct outcome_issue){
                        .severity = issue->severity == FHIR_ERROR ? OUTCOME_ERROR : OUTCOME_WARNING,
                        .code = fhir_issue_type_code((enum fhir_issue_type)issue->type),
                        .details = issue->words,
                        .expression = issue->expression,
                        .line = issue->place.line,
                        .column = issue->place.column,
                    });
    }
}

/* What the validator finds wrong. Returns 0, 422 or 413. */
static unsigned validate(const struct rest *rest, const struct rest_draft *draft,
                         struct arena *arena, struct outcome *outcome)
{
    struct fhir_issues *issues = arena_take_zeroed(arena, 1, sizeof *issues);
    if (!issues)
        return rest_no_room(outcome);
    struct fhir_validator validator = rest_validator(rest, outcome);
    bool is_valid = fhir_validate(issues, &draft->json, draft->node, TEXT(""), &validator, arena);
    if (issues->out_of_memory)
        return rest_no_room(outcome);
    rest_tell_issues(outcome, issues);
    return is_valid ? 0 : 422;
}

/* A Subscription says what the server is to do: one that it cannot do is refused. */
static unsigned check_subscription(const struct rest *rest, const struct rest_draft *draft,
                                   struct arena *arena, struct outcome *outcome)
{
    if (strcmp(fhir_types[draft->type].name, "Subscription") != 0)
        return 0;
    struct subscription *subscription = arena_take(arena, sizeof *subscription);
    if (!subscription)
        return rest_no_room(outcome);
    unsigned status = subscription_read(subscription, rest, &draft->json, 0, arena, outcome);
    if (status || !rest->may_call || subscription->endpoint.len == 0 ||
        rest->may_call(rest->caller, subscription->endpoint))
        return status;
    outcome_add(outcome,
                &(struct outcome_issue){
                    .severity = OUTCOME_ERROR,
                    .code = "not-supported",
                    .details = TEXT("This site calls https addresses on the public internet, and "
                                    "others only where its owner allows them (--hooks)."),
                    .expression = TEXT("Subscription.channel.endpoint"),
                });
    return 422;
}

unsigned rest_draft_read(const struct rest *rest, struct rest_draft *draft, struct text body,
                         uint16_t type, struct arena *arena, struct outcome *outcome)
{
    *draft = (struct rest_draft){.node = JSON_ROOT, .type = FHIR_NONE};
    unsigned status = parse(&draft->json, body, arena, outcome);
    if (status)
        return status;
    draft->type = find_type(&draft->json, arena, outcome);
    if (draft->type == FHIR_NONE)
        return 400;
    if (type != FHIR_NONE && draft->type != type) {
        outcome_error(outcome, "invalid", "The body's type is %s, the address's is %s.",
                      fhir_types[draft->type].name, fhir_types[type].name);
        return 400;
    }
    uint32_t id = json_member(&draft->json, draft->node, TEXT("id"));
    if (id != JSON_NONE && json_type(&draft->json, id) == JSON_STRING)
        draft->id = json_string(&draft->json, id, arena);

    status = validate(rest, draft, arena, outcome);
    if (!status)
        status = check_subscription(rest, draft, arena, outcome);
    if (status)
        return status;
    if (!search_extract(rest->extractor, &draft->json, rest->base, arena, &draft->rows))
        return rest_no_room(outcome);
    if (draft->rows.count + draft->rows.contained > DRAFT_ROWS_MAX) {
        outcome_error(
            outcome, "too-costly",
            "It has %zu values that a search finds it by; %d is the most. Send it in parts.",
            draft->rows.count + draft->rows.contained, DRAFT_ROWS_MAX);
        return 413;
    }
    draft->words = search_words(&draft->json, draft->node, arena);
    if (!draft->words.bytes)
        return rest_no_room(outcome);
    draft->tail = write_tail(draft, arena);
    return draft->tail.bytes ? 0 : rest_no_room(outcome);
}

unsigned rest_draft_labelled(const struct rest *rest, struct rest_draft *labelled,
                             const struct rest_draft *draft, struct text security,
                             struct arena *arena, struct outcome *outcome)
{
    static const char *const of_meta[] = {"security", NULL};
    static const char *const of_resource[] = {"resourceType", "meta", NULL};
    uint32_t meta = json_member(&draft->json, draft->node, TEXT("meta"));
    struct buffer body;
    buffer_init(&body, arena);
    buffer_add(&body, TEXT("{\"resourceType\":\""));
    buffer_add(&body, text_of(fhir_types[draft->type].name));
    buffer_add(&body, TEXT("\",\"meta\":{\"security\":"));
    buffer_add(&body, security);
    if (meta != JSON_NONE)
        rest_write_others(&body, &draft->json, meta, of_meta);
    buffer_add_byte(&body, '}');
    rest_write_others(&body, &draft->json, draft->node, of_resource);
    buffer_add_byte(&body, '}');
    if (body.failed)
        return rest_no_room(outcome);
    return rest_draft_read(rest, labelled, buffer_text(&body), draft->type, arena, outcome);
}

struct text rest_draft_write(const struct rest_draft *draft, const struct store_claim *claim,
                             struct arena *arena)
{
    struct buffer buffer;
    char updated[INSTANT_LEN + 1];
    buffer_init(&buffer, arena);
    buffer_add(&buffer, TEXT("{\"resourceType\":\""));
    buffer_add(&buffer, text_of(fhir_types[draft->type].name));
    buffer_add(&buffer, TEXT("\",\"id\":\""));
    buffer_add(&buffer, claim->id);
    buffer_add(&buffer, TEXT("\",\"meta\":{\"versionId\":\""));
    buffer_add_u64(&buffer, claim->version);
    buffer_add(&buffer, TEXT("\",\"lastUpdated\":\""));
    buffer_add(&buffer, instant_write(claim->updated_ms, updated));
    buffer_add(&buffer, draft->tail);
    return buffer.failed ? (struct text){NULL, 0} : buffer_text(&buffer);
}
