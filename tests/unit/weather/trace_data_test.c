/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recorded lines that nobody here wrote; skipped where JISR_DATA (else ../shared/data) is not. */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>

#include "weather/weather.h"

enum { ROOM = 1 << 17 };

static uint8_t bytes[1 << 20];
static size_t len;
static uint32_t at_ms[ROOM];
static struct weather weather;

static FILE *open_data(const char *name)
{
    char path[512];
    const char *data = getenv("JISR_DATA");
    snprintf(path, sizeof path, "%s/%s", data ? data : "../shared/data", name);
    return fopen(path, "rb");
}

/* The file holds 45,604 chances of 1500 bytes in 120 s: 4.56 Mbit/s. */
static void a_recorded_drive_carries_what_its_file_says(void **state)
{
    (void)state;
    struct weather_traces traces = {0};
    struct weather_error error;
    const struct weather_settings settings = {.queue_bytes = 60000};
    uint64_t last_ns = 0;

    assert_int_equal(trace_kind_of(bytes, len), TRACE_CAPACITY);
    assert_int_equal(trace_read_capacity(&traces.capacity, bytes, len, at_ms, ROOM, &error),
                     WEATHER_OK);
    assert_int_equal(traces.capacity.count, 45604);
    weather_init(&weather, &settings, 1, WEATHER_UP, 0);
    weather_use_traces(&weather, &traces);
    uint64_t period_ns = at_ms[traces.capacity.count - 1] * UINT64_C(1000000);
    uint64_t through = 0;
    for (uint64_t now_ns = 0; now_ns < period_ns; now_ns += 100000) { /* 120 Mbit/s offered */
        struct weather_verdict verdict = weather_judge(&weather, 1472, now_ns);
        if (!verdict.copies || verdict.arrival_ns[0] >= period_ns)
            continue;
        assert_true(verdict.arrival_ns[0] >= last_ns);
        last_ns = verdict.arrival_ns[0];
        through++;
    }
    assert_in_range(through, 45604 - 400, 45604); /* a queue of 40 cannot fill every burst */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recorded_drive_carries_what_its_file_says),
    };
    FILE *file = open_data("network/mahimahi/ATT-LTE-driving-2016.down");

    if (!file) {
        puts("1..0 # SKIP no recorded lines here: JISR_DATA");
        return 0;
    }
    len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
