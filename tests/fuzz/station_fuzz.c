/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the ends say to one another beside gestures: whatever we accept, we would have written byte for byte. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "motion/tip_force.h"
#include "station/about.h"
#include "station/channels.h"
#include "station/fixture_names.h"
#include "station/order.h"
#include "station/pulse.h"
#include "station/standing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t again[STANDING_BYTES];
    struct pulse pulse;
    struct standing standing;
    struct order_message order;
    struct order_answer answer;
    struct roster roster;
    struct tip_force force;
    struct about about;

    if (pulse_decode(&pulse, data, size) == MOTION_OK) {
        pulse_encode(&pulse, again);
        if (memcmp(again, data, size) != 0)
            abort();
    }
    if (standing_decode(&standing, data, size) == MOTION_OK) {
        standing_encode(&standing, again);
        if (memcmp(again, data, size) != 0)
            abort();
    }
    if (tip_force_decode(&force, data, size) == MOTION_OK) {
        if (tip_force_encode(&force, again) != size || memcmp(again, data, size) != 0)
            abort();
    }
    if (order_decode(&order, data, size)) {
        order_encode(&order, again);
        if (memcmp(again, data, size) != 0)
            abort();
    }
    if (order_answer_decode(&answer, data, size)) {
        order_answer_encode(&answer, again);
        if (memcmp(again, data, size) != 0)
            abort();
    }
    if (about_decode(&about, data, size)) {
        uint8_t told[ABOUT_BYTES_MAX];
        struct about twice;
        size_t len = about_encode(&about, told);
        if (len > sizeof told || !about_decode(&twice, told, len))
            abort();
    }
    struct fixture_names names;
    if (fixture_names_decode(&names, data, size)) {
        struct fixtures fixtures = {.count = names.count};
        uint8_t told[FIXTURE_NAMES_BYTES_MAX];
        for (unsigned i = 0; i < names.count; i++)
            memcpy(fixtures.at[i].name, names.at[i], sizeof names.at[i]);
        if (fixture_names_encode(&fixtures, told) != size || memcmp(told, data, size) != 0)
            abort();
    }
    uint64_t captured_ns;
    if (channels_recover_decode(&captured_ns, data, size)) {
        channels_recover_encode(captured_ns, again);
        if (memcmp(again, data, size) != 0)
            abort();
    }
    if (roster_decode(&roster, data, size))
        for (size_t i = 0; i < LEASE_SEATS; i++)
            if (!memchr(roster.seats[i].name, '\0', LEASE_NAME_BYTES))
                abort();
    return 0;
}
