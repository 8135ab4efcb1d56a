/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Consents in JSON, and one question, for the tests of Consent. */
#ifndef UNIT_ACCESS_CONSENT_WORLD_H
#define UNIT_ACCESS_CONSENT_WORLD_H

#include "unit/cmocka_base.h"

#include "access/consent.h"

#define TERMINOLOGY "http://terminology.hl7.org/CodeSystem/"
#define CONSENT_NOW INT64_C(1795000000000) /* 2026-11-18T11:06:40Z */

/* Where the outermost provision, or nothing, follows. */
#define CONSENT_OF(scope, rule)                                                                    \
    "{\"resourceType\":\"Consent\",\"id\":\"c1\",\"status\":\"active\",\"scope\":{\"coding\":[{"   \
    "\"system\":\"" TERMINOLOGY "consentscope\",\"code\":\"" scope                                 \
    "\"}]},\"patient\":{\"reference\":\"Patient/"                                                  \
    "7\"},\"policyRule\":{\"coding\":[{\"system\":\"" TERMINOLOGY "v3-ActCode\",\"code\":\"" rule  \
    "\"}]}"

static inline struct json *consent_parse(struct arena *arena, struct text text)
{
    struct json *json = arena_take(arena, sizeof *json);
    assert_non_null(json);
    assert_int_equal(json_parse(json, text, &json_limits_default, arena, NULL), JSON_OK);
    return json;
}

#endif
