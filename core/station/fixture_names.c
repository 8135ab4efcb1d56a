/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "station/fixture_names.h"

#include <assert.h>
#include <string.h>

#include "link/site.h"
#include "station/channels.h"

size_t fixture_names_encode(const struct fixtures *fixtures,
                            uint8_t out[static FIXTURE_NAMES_BYTES_MAX])
{
    size_t at = 2;
    assert(fixtures->count > 0 && fixtures->count <= FIXTURES_MAX);
    out[0] = STATION_FIXTURES;
    out[1] = (uint8_t)fixtures->count;
    for (unsigned i = 0; i < fixtures->count; i++) {
        char name[FIXTURE_NAME_BYTES];
        link_text_clean(name, sizeof name, fixtures->at[i].name, strlen(fixtures->at[i].name));
        size_t len = strlen(name);
        out[at++] = (uint8_t)len;
        memcpy(out + at, name, len);
        at += len;
    }
    return at;
}

bool fixture_names_decode(struct fixture_names *names, const uint8_t *in, size_t len)
{
    struct fixture_names read = {.count = 0};
    size_t at = 2;
    if (len < 2 || in[0] != STATION_FIXTURES || in[1] == 0 || in[1] > FIXTURES_MAX)
        return false;
    for (; read.count < in[1]; read.count++) {
        size_t bytes = at < len ? in[at++] : 0;
        if (bytes == 0 || bytes >= FIXTURE_NAME_BYTES || bytes > len - at ||
            !link_name_is_valid((const char *)in + at, bytes))
            return false;
        memcpy(read.at[read.count], in + at, bytes);
        at += bytes;
    }
    if (at != len)
        return false;
    *names = read;
    return true;
}
