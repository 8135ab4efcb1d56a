/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/request.h"

#include <strings.h>

#include "base/percent.h"
#include "fhir/model.h"
#include "rest/media_type.h"

enum { SEGMENTS_MAX = 5, ID_LEN_MAX = 64 };

bool rest_is_id(struct text id)
{
    if (id.len == 0 || id.len > ID_LEN_MAX)
        return false;
    for (size_t i = 0; i < id.len; i++) {
        char c = id.bytes[i];
        bool is_one = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '.';
        if (!is_one)
            return false;
    }
    return true;
}

struct text rest_query_value(struct text query, const char *name)
{
    size_t name_len = strlen(name);
    const char *at = query.bytes, *end = query.len ? at + query.len : at;
    while (at < end) {
        const char *stop = memchr(at, '&', (size_t)(end - at));
        size_t len = (size_t)((stop ? stop : end) - at);
        if (len > name_len && at[name_len] == '=' && memcmp(at, name, name_len) == 0)
            return (struct text){at + name_len + 1, len - name_len - 1};
        at += len + 1;
    }
    return (struct text){NULL, 0};
}

/* The path's parts; a slash at its end makes none. False: there are more than any of ours has. */
static bool split(struct text path, struct text parts[static SEGMENTS_MAX], size_t *count)
{
    const char *at = path.bytes, *end = path.bytes + path.len;
    *count = 0;
    while (at < end) {
        if (*at == '/') {
            at++;
            continue;
        }
        const char *stop = memchr(at, '/', (size_t)(end - at));
        if (!stop)
            stop = end;
        if (*count == SEGMENTS_MAX)
            return false;
        parts[(*count)++] = (struct text){at, (size_t)(stop - at)};
        at = stop;
    }
    return true;
}

static unsigned refuse(struct outcome *outcome, unsigned status, const char *code,
                       const char *words)
{
    outcome_add(outcome, &(struct outcome_issue){
                             .severity = OUTCOME_ERROR, .code = code, .details = text_of(words)});
    return status;
}

static unsigned no_such_place(struct outcome *outcome)
{
    return refuse(
        outcome, 404, "not-found",
        "There is no such address here. GET metadata under the server's base tells what there is.");
}

/* `allow` are the methods of the address. */
static unsigned wrong_method(struct rest_request *request, const char *allow,
                             struct outcome *outcome)
{
    request->allow = allow;
    return refuse(
        outcome, 405, "not-supported",
        "This method is not for this address. See http://hl7.org/fhir/R4/http.html#summary.");
}

static bool is_read(const struct rest_request *request)
{
    return request->method == REST_GET || request->method == REST_HEAD;
}

static unsigned only_read(struct rest_request *request, struct outcome *outcome)
{
    return is_read(request) ? 0 : wrong_method(request, "GET, HEAD", outcome);
}

static unsigned only_post(struct rest_request *request, struct outcome *outcome)
{
    return request->method == REST_POST ? 0 : wrong_method(request, "POST", outcome);
}

/* Of the whole system: /, /metadata, /_history, /_search, /$name. */
static unsigned read_system(struct rest_request *request, const struct text *parts, size_t count,
                            struct outcome *outcome)
{
    if (count == 0) {
        if (request->method == REST_POST)
            request->interaction = REST_TRANSACTION;
        else if (is_read(request))
            request->interaction = REST_SEARCH;
        else
            return wrong_method(request, "GET, HEAD, POST", outcome);
        return 0;
    }
    if (text_is(parts[0], "metadata")) {
        request->interaction = REST_CAPABILITIES;
        return only_read(request, outcome);
    }
    if (text_is(parts[0], "_history")) {
        request->interaction = REST_HISTORY;
        return only_read(request, outcome);
    }
    if (text_is(parts[0], "_search")) {
        request->interaction = REST_SEARCH;
        return only_post(request, outcome);
    }
    return no_such_place(outcome);
}

/* Where the method says what is meant: /Type, which is searched and created in, and /Type/id, which is read. */
static unsigned read_method(struct rest_request *request, bool is_instance, struct outcome *outcome)
{
    switch (request->method) {
    case REST_GET:
    case REST_HEAD:
        request->interaction = is_instance ? REST_READ : REST_SEARCH;
        return 0;
    case REST_POST:
        if (is_instance)
            break;
        request->interaction = REST_CREATE;
        return 0;
    case REST_PUT:
        request->interaction = REST_UPDATE;
        return 0;
    case REST_PATCH:
        request->interaction = REST_PATCH_OF;
        return 0;
    case REST_DELETE:
        request->interaction = REST_DELETE_OF;
        return 0;
    }
    return wrong_method(request, "GET, HEAD, PUT, PATCH, DELETE", outcome);
}

/* Of a type: /Type, /Type/_history, /Type/_search; `parts` is what follows the type. */
static unsigned read_type(struct rest_request *request, const struct text *parts, size_t count,
                          struct outcome *outcome)
{
    if (count == 0)
        return read_method(request, false, outcome);
    if (text_is(parts[0], "_history")) {
        request->interaction = REST_HISTORY;
        return only_read(request, outcome);
    }
    request->interaction = REST_SEARCH;
    return only_post(request, outcome);
}

/* What is searched in a compartment: its type, or * for all. */
static unsigned read_compartment(struct rest_request *request, const struct text *parts,
                                 size_t count, uint16_t compartment, struct outcome *outcome)
{
    bool is_search = count == 2 && text_is(parts[1], "_search");
    uint16_t type = text_is(parts[0], "*") ? FHIR_NONE : fhir_resource_named(parts[0]);
    if ((type == FHIR_NONE && !text_is(parts[0], "*")) || (count == 2 && !is_search))
        return no_such_place(outcome);
    request->interaction = REST_SEARCH;
    request->compartment = text_of(fhir_types[compartment].name);
    request->type = type;
    return is_search ? only_post(request, outcome) : only_read(request, outcome);
}

/* Of one resource: /Type/id, .../_history, .../_history/version, .../Type2; `parts` is what follows the id. */
static unsigned read_instance(struct rest_request *request, const struct text *parts, size_t count,
                              struct outcome *outcome)
{
    if (count == 0)
        return read_method(request, true, outcome);
    if (!text_is(parts[0], "_history"))
        return read_compartment(request, parts, count, request->type, outcome);
    if (count > 2)
        return no_such_place(outcome);
    request->interaction = count == 2 ? REST_VREAD : REST_HISTORY;
    if (count == 2)
        request->version = parts[1];
    return only_read(request, outcome);
}

static unsigned read_path(struct rest_request *request, struct text path, struct outcome *outcome)
{
    struct text parts[SEGMENTS_MAX];
    size_t count;
    if (!split(path, parts, &count))
        return no_such_place(outcome);
    request->type = FHIR_NONE;

    if (count && parts[count - 1].bytes[0] == '$') {
        request->operation = (struct text){parts[count - 1].bytes + 1, parts[count - 1].len - 1};
        request->interaction = REST_OPERATION;
        if (count == SEGMENTS_MAX && text_is(parts[2], "_history"))
            request->version = parts[3];
        else if (count > 3)
            return no_such_place(outcome);
        if (!is_read(request) && request->method != REST_POST && request->method != REST_DELETE)
            return wrong_method(request, "GET, HEAD, POST", outcome);
        count--;
        if (count == 0)
            return 0;
    } else if (count == 0 || parts[0].bytes[0] == '_' || text_is(parts[0], "metadata")) {
        return count > 1 ? no_such_place(outcome) : read_system(request, parts, count, outcome);
    }

    request->type = fhir_resource_named(parts[0]);
    if (request->type == FHIR_NONE) {
        outcome_error(outcome, "not-supported",
                      "\"%.*s\" is no resource type of FHIR R4; names are written as in "
                      "http://hl7.org/fhir/R4/resourcelist.html.",
                      (int)(parts[0].len > 64 ? 64 : parts[0].len), parts[0].bytes);
        return 404;
    }
    if (request->interaction != REST_OPERATION &&
        (count == 1 ||
         (count == 2 && (text_is(parts[1], "_history") || text_is(parts[1], "_search")))))
        return read_type(request, parts + 1, count - 1, outcome);
    if (count == 1)
        return 0;

    request->id = parts[1];
    if (!rest_is_id(request->id))
        return refuse(
            outcome, 404, "not-found",
            "No resource has such an id: ids are 1 to 64 of A-Z a-z 0-9 - and the full stop.");
    if (request->interaction == REST_OPERATION)
        return 0;
    return read_instance(request, parts + 2, count - 2, outcome);
}

/* If-Match: W/"3", also "3" and 3; * is any version that there is. */
static void read_if_match(struct rest_request *request, struct text value)
{
    request->must_be_there = text_is(value, "*");
    request->has_if_match = value.len > 0 && !request->must_be_there;
    if (text_starts(value, TEXT("W/")))
        value = (struct text){value.bytes + 2, value.len - 2};
    if (value.len >= 2 && value.bytes[0] == '"' && value.bytes[value.len - 1] == '"')
        value = (struct text){value.bytes + 1, value.len - 2};
    uint64_t number = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.bytes[i] < '0' || value.bytes[i] > '9' || number > UINT64_MAX / 100)
            return; /* none of ours: 0 */
        number = 10 * number + (uint64_t)(value.bytes[i] - '0');
    }
    request->if_match = number;
}

static bool prefers(struct text prefer, const char *what)
{
    size_t len = strlen(what);
    for (size_t i = 0; i + len <= prefer.len; i++) {
        bool begins = i == 0 || strchr(" ,;\t", prefer.bytes[i - 1]) != NULL;
        bool ends = i + len == prefer.len || strchr(" ,;\t", prefer.bytes[i + len]) != NULL;
        if (begins && ends && strncasecmp(prefer.bytes + i, what, len) == 0)
            return true;
    }
    return false;
}

static void read_prefer(struct rest_request *request, struct text prefer)
{
    if (prefers(prefer, "return=minimal") || prefers(prefer, "return=\"minimal\""))
        request->returns = REST_RETURN_MINIMAL;
    else if (prefers(prefer, "return=representation") ||
             prefers(prefer, "return=\"representation\""))
        request->returns = REST_RETURN_REPRESENTATION;
    else if (prefers(prefer, "return=OperationOutcome") ||
             prefers(prefer, "return=\"OperationOutcome\""))
        request->returns = REST_RETURN_OUTCOME;
    request->is_strict =
        prefers(prefer, "handling=strict") || prefers(prefer, "handling=\"strict\"");
    request->is_lenient =
        prefers(prefer, "handling=lenient") || prefers(prefer, "handling=\"lenient\"");
    request->is_async = prefers(prefer, "respond-async");
}

static bool is_of_binary(const struct rest_request *request)
{
    return request->type != FHIR_NONE && strcmp(fhir_types[request->type].name, "Binary") == 0;
}

static bool may_be_raw(const struct rest_request *request)
{
    return is_of_binary(request) &&
           (request->interaction == REST_CREATE || request->interaction == REST_UPDATE);
}

/* Lines for $import are taken as they are. */
static bool is_import(const struct rest_request *request, const struct rest_wire *wire)
{
    return request->interaction == REST_OPERATION && text_is(request->operation, "import") &&
           media_is_ndjson(wire->content_type);
}

/* What the client takes, by _format or else by Accept: we speak JSON. */
static unsigned check_answer_type(struct rest_request *request, const struct rest_wire *wire,
                                  struct arena *arena, struct outcome *outcome)
{
    struct text format = rest_query_value(wire->query, "_format");
    if (percent_decode(format, arena, &format) != PERCENT_OK)
        return refuse(outcome, 400, "invalid", "_format is not URL-encoded.");
    bool is_binary = is_of_binary(request) &&
                     (request->interaction == REST_READ || request->interaction == REST_VREAD);
    request->wants_raw = is_binary && format.len == 0 && !media_names_json(wire->accept) &&
                         !media_names_other(wire->accept);
    bool is_spoken = request->wants_raw ||
                     (format.len ? media_format_is_json(format) : media_accepts_json(wire->accept));
    if (is_spoken)
        return 0;
    return refuse(
        outcome, 406, "not-supported",
        "Answers are FHIR R4 as JSON here, not XML or Turtle, nor another version: ask for "
        "application/fhir+json; fhirVersion=4.0.");
}

/* What a body is, by its Content-Type and where it goes. One beside GET, HEAD or DELETE means nothing: RFC 9110 9.3.1,
 * 9.3.5. */
static unsigned read_body(struct rest_request *request, const struct rest_wire *wire,
                          struct outcome *outcome)
{
    enum media_kind kind = media_kind_of(wire->content_type);
    if (wire->body.len == 0 || is_read(request) || request->method == REST_DELETE)
        return 0;
    bool is_form = request->interaction == REST_SEARCH || request->interaction == REST_OPERATION;
    switch (kind) {
    case MEDIA_FORM:
        if (!is_form)
            break;
        request->form = wire->body;
        return 0;
    case MEDIA_JSON_PATCH:
        if (request->interaction != REST_PATCH_OF)
            break;
        request->is_json_patch = true;
        request->body = wire->body;
        return 0;
    case MEDIA_FHIR_JSON:
    case MEDIA_JSON:
        if (request->interaction == REST_SEARCH)
            break;
        request->body = wire->body;
        if (kind == MEDIA_JSON && may_be_raw(request))
            request->maybe_raw_type = wire->content_type;
        return 0;
    case MEDIA_NONE:
    case MEDIA_FHIR_OTHER:
        break;
    case MEDIA_OTHER:
        if (!may_be_raw(request) && !is_import(request, wire))
            break;
        request->raw_type = wire->content_type;
        request->body = wire->body;
        return 0;
    }
    return refuse(
        outcome, 415, "not-supported",
        request->interaction == REST_SEARCH
            ? "A search is sent as application/x-www-form-urlencoded."
        : request->interaction == REST_PATCH_OF
            ? "A patch is sent as application/json-patch+json, or as FHIRPath Patch in "
              "application/fhir+json."
            : "A body is read as FHIR R4 in JSON here, not as XML or Turtle, nor as another "
              "version: send Content-Type: application/fhir+json; fhirVersion=4.0.");
}

unsigned rest_request_read(struct rest_request *request, const struct rest_wire *wire,
                           struct arena *arena, struct outcome *outcome)
{
    *request = (struct rest_request){.method = wire->method, .query = wire->query};
    unsigned status = read_path(request, wire->path, outcome);
    if (!status)
        status = check_answer_type(request, wire, arena, outcome);
    if (!status)
        status = read_body(request, wire, outcome);
    if (status)
        return status;

    read_if_match(request, wire->if_match);
    read_prefer(request, wire->prefer);
    request->is_pretty = text_is(rest_query_value(wire->query, "_pretty"), "true");
    request->if_none_match = wire->if_none_match;
    request->if_modified_since = wire->if_modified_since;
    request->if_none_exist = wire->if_none_exist;
    request->security_context = wire->security_context;
    return 0;
}
