/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/patch.h"

#include "fhirpath/patch.h"
#include "rest/words.h"
#include "json/json.h"
#include "json/patch.h"

static unsigned refuse_json_patch(struct outcome *outcome, enum json_patch_err err,
                                  const struct json_patch_fault *fault)
{
    outcome_error(outcome, err == JSON_PATCH_ERR_FORM ? "structure" : "processing",
                  "Operation %u of the patch: %s.", fault->op, json_patch_err_text(err));
    switch (err) {
    case JSON_PATCH_OK:
    case JSON_PATCH_ERR_FORM:
    case JSON_PATCH_ERR_POINTER:
        return 400;
    case JSON_PATCH_ERR_NOWHERE:
    case JSON_PATCH_ERR_WHOLE:
    case JSON_PATCH_ERR_INTO:
    case JSON_PATCH_ERR_TEST:
        return 422;
    case JSON_PATCH_ERR_LIMIT:
    case JSON_PATCH_ERR_MEMORY:
        break;
    }
    return 413;
}

static unsigned apply_json_patch(struct text *patched, const struct json *resource,
                                 const struct json *patch, size_t work_bytes_max,
                                 struct arena *arena, struct outcome *outcome)
{
    struct json result;
    struct json_patch_fault fault;
    enum json_patch_err err =
        json_patch(&result, resource, patch, &json_limits_default, work_bytes_max, arena, &fault);
    if (err != JSON_PATCH_OK)
        return refuse_json_patch(outcome, err, &fault);
    *patched = json_raw(&result, JSON_ROOT);
    return 0;
}

static unsigned apply_fhirpath_patch(struct text *patched, const struct json *resource,
                                     const struct json *patch, size_t work_bytes_max,
                                     int64_t now_ms, struct arena *arena, struct outcome *outcome)
{
    struct json result;
    struct fhirpath_patch_fault fault;
    enum fhirpath_patch_err err = fhirpath_patch(&result, resource, patch, &json_limits_default,
                                                 work_bytes_max, now_ms, arena, &fault);
    if (err == FHIRPATH_PATCH_OK) {
        *patched = json_raw(&result, JSON_ROOT);
        return 0;
    }
    outcome_error(outcome, err == FHIRPATH_PATCH_ERR_FORM ? "structure" : "processing",
                  "Operation %u of the patch: %s.", fault.operation, fault.words);
    switch (err) {
    case FHIRPATH_PATCH_OK:
    case FHIRPATH_PATCH_ERR_FORM:
    case FHIRPATH_PATCH_ERR_PATH:
        return 400;
    case FHIRPATH_PATCH_ERR_NOWHERE:
    case FHIRPATH_PATCH_ERR_SEVERAL:
    case FHIRPATH_PATCH_ERR_VALUE:
        return 422;
    case FHIRPATH_PATCH_ERR_LIMIT:
    case FHIRPATH_PATCH_ERR_MEMORY:
        break;
    }
    return 413;
}

unsigned rest_patch_apply(struct text *patched, struct text resource, struct text patch,
                          bool is_json_patch, size_t work_bytes_max, int64_t now_ms,
                          struct arena *arena, struct outcome *outcome)
{
    struct json target, changes;
    struct json_place place;
    enum json_err err = json_parse(&changes, patch, &json_limits_default, arena, &place);
    if (err != JSON_OK) {
        outcome_error(outcome, "structure", "Line %u, column %u: %s.", place.line, place.column,
                      rest_words(json_err_text(err), outcome->language));
        return err == JSON_ERR_MEMORY || err == JSON_ERR_SIZE ? 413 : 400;
    }
    if (json_parse(&target, resource, &json_limits_default, arena, NULL) != JSON_OK) {
        outcome_error(outcome, "too-costly",
                      "The resource takes more memory than one request may.");
        return 413;
    }
    if (is_json_patch)
        return apply_json_patch(patched, &target, &changes, work_bytes_max, arena, outcome);
    return apply_fhirpath_patch(patched, &target, &changes, work_bytes_max, now_ms, arena, outcome);
}
