/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever settings we accept, we write as words that mean the same, and the weather they make
 * judges a datagram. Whatever we refuse, we say why. */
#include <stdlib.h>
#include <string.h>

#include "weather/weather.h"

static struct weather_line_settings line, again;
static struct weather weather;
static struct weather_error error;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[WEATHER_TEXT_BYTES], words[WEATHER_TEXT_BYTES];

    if (size >= sizeof text || memchr(data, 0, size))
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (weather_settings_read(&line, text, &error) != WEATHER_OK) {
        if (!error.text[0])
            abort();
        return 0;
    }
    weather_settings_write(&line, words);
    if (weather_settings_read(&again, words, &error) != WEATHER_OK ||
        memcmp(&again, &line, sizeof line) != 0)
        abort();
    for (int way = 0; way < WEATHER_WAYS; way++) {
        uint64_t now_ns = 1;
        weather_init(&weather, &line.way[way], line.seed, (enum weather_way)way, now_ns);
        for (int i = 0; i < 20; i++, now_ns += UINT64_C(50000000) << i) {
            struct weather_verdict verdict = weather_judge(&weather, 1000, now_ns);
            if ((verdict.fate == WEATHER_DELIVERED) != (verdict.copies > 0) ||
                (verdict.copies > 0 && verdict.arrival_ns[0] < now_ns))
                abort();
        }
    }
    return 0;
}
