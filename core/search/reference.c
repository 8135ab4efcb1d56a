/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/reference.h"

#include "fhir/model.h"
#include "search/parse.h" /* parse_is_id */

/* Type/id, or Type/id/_history/version. */
static bool read_local(struct reference *reference, struct text text)
{
    struct text type = text_cut(&text, '/');
    if (type.len == 0 || *type.bytes < 'A' || *type.bytes > 'Z' || text.len == 0)
        return false;
    struct text id = text_cut(&text, '/');
    struct text version = TEXT("");
    if (text.len && (!text_equal(text_cut(&text, '/'), TEXT("_history")) || !parse_is_id(text)))
        return false;
    if (text.len)
        version = text;
    uint16_t number = parse_is_id(id) ? fhir_resource_named(type) : FHIR_NONE;
    if (number == FHIR_NONE)
        return false;
    *reference = (struct reference){number, id, version};
    return true;
}

void reference_read(struct reference *reference, struct text text, struct text base)
{
    struct text local = text;
    if (base.len && text.len > base.len && text_starts(text, base) && text.bytes[base.len] == '/')
        local = (struct text){text.bytes + base.len + 1, text.len - base.len - 1};
    if (read_local(reference, local))
        return;
    struct text version = text, url = text_cut(&version, '|');
    *reference = (struct reference){FHIR_NONE, url, version.len ? version : TEXT("")};
}

/* Cuts what stands behind the last slash off the end of `*rest`. */
static struct text cut_last(struct text *rest)
{
    size_t at = rest->len;
    while (at && rest->bytes[at - 1] != '/')
        at--;
    struct text last = {rest->bytes + at, rest->len - at};
    rest->len = at ? at - 1 : 0;
    return last;
}

uint16_t reference_url_type(struct text url)
{
    struct text rest = url, id = cut_last(&rest), type = cut_last(&rest);
    if (text_is(type, "_history")) { /* the id was a version */
        id = cut_last(&rest);
        type = cut_last(&rest);
    }
    return parse_is_id(id) ? fhir_resource_named(type) : FHIR_NONE;
}
