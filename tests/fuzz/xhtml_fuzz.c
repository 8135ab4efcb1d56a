/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A narrative that is taken begins no element that could run or fetch, whatever a browser makes of the rest: outside
 * of comments no < stands before anything but a name of formatting, and no value can close its quotes early. */
#include "fhir/xhtml.h"

#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

static bool is_unsafe(struct text text)
{
    static const char *const NAMES[] = {
        "<script", "<style", "<iframe", "<object", "<embed", "<svg", "<math", "<form", "<input",
        "<link",   "<meta",  "<base",   "<?",      "<![",    "<!d",  "<body", "<head", "<frame"};

    for (size_t at = 0; at < sizeof NAMES / sizeof *NAMES; at++)
        if (text.len >= strlen(NAMES[at]) &&
            strncasecmp(text.bytes, NAMES[at], strlen(NAMES[at])) == 0)
            return true;
    return false;
}

/* For HTML, which takes <!--> and <!---> for whole. */
static bool ends_comment(struct text text)
{
    return text_starts(text, TEXT("-->")) || text_starts(text, TEXT("--!>"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text div = {(const char *)data, size};
    struct fhir_xhtml_fault fault = {0};

    if (!fhir_xhtml_is_allowed(div, &fault)) {
        if (!fault.words || fault.name.len > size)
            abort();
        return 0;
    }
    for (size_t at = 0; at < size; at++) {
        struct text rest = {div.bytes + at, size - at};

        if (text_starts(rest, TEXT("<!--")))
            for (rest.bytes += 2, rest.len -= 2; !ends_comment(rest); at++)
                rest = (struct text){rest.bytes + 1, rest.len - 1};
        if (is_unsafe(rest))
            abort();
    }
    return 0;
}
