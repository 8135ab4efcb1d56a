/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weather/presets.h"

#include <stddef.h>
#include <string.h>

/* `casablanca-shanghai`: fibre, 12,000 km apart, over 30,000 km of path both ways together.
 *   delay 102 ms: "one-way delay just over 100 ms" in the operation of 16 Nov 2024
 *     (surgery.international, fr.apanews.net).
 *   jitter 1 ms: two clinical lines, 0.39 +- 0.29 ms (EDGE MP1000 phase I, PMID 40607935), mean and two
 *     deviations.
 *   loss 0.1 %: the bound of ITU-T Y.1541 network classes 0 to 4 (none was published), in bursts of 3
 *     (our choice).
 *   rate 100 Mbit/s: our choice, not the narrowest thing here.
 *
 * `casablanca-tangier`: 300 km, 18 ms (Oncorad, August 2025, beurfm.net), taken as one way, the
 *   severer reading. The rest as above.
 *
 * `rural-lte`: the target stands in the village, so "up" is the cell's downlink.
 *   delay 15 ms, jitter 20 ms: floor, and twice the mean of the usual branch, of the 4G mixture in
 *     UVA-DSA/telesurgery-qos-analysis delay_config.json.
 *   rate 3.7 and 1.6 Mbit/s: median second of mahimahi ATT-LTE-driving-2016.down and .up (Winstein et al.,
 *     NSDI 2013).
 *   outage 740 ms every 17 s: silences of more than half a second in the .down file: 7 in 120 s, 5.2 s
 *     together. A car's; a parked van has fewer.
 *   loss 0.5 % in bursts of 4, queue 300 ms: our choice; the cell repairs its radio and buffers.
 *
 * `starlink-moving`: runs faster than 30 km/h of Laniewski et al., Starlink on the Road (2024).
 *   delay 22 ms: half of the median best round trip (44.0 ms). jitter 15 ms: its mean is half of what the
 *     median average exceeds that by (58.9 - 44.0 = 14.9 ms both ways), and a uniform span is twice its mean.
 *   loss 1.2 %: the median run's; mean 3.65 %, one run in ten above 8 %. Bursts of 8, Pareto: our choice.
 *   rate 15.8 Mbit/s from the vehicle ("down": the target rides), 264 to it: median second.
 *   outage 100 ms every 15 s: Starlink reassigns satellites every 15 s (seconds 12, 27, 42 and 57 of
 *     each minute: Tanveer et al., "Making Sense of Constellations", CoNEXT Companion 2023); its length is our choice.
 *   What comes out of the jitter at 1 kHz: order is kept, so each datagram waits for those before it that
 *     drew more, and the median is 33.5 ms one way; free, it would be the 29.5 ms of the figures above. So
 *     with `rural-lte`: 31.2 ms kept, 25.5 free. Lines keep their order; the spread pays for it.
 *
 * `geo-satellite`: delay 300 ms: about 600 ms round trip through 36,000 km (APSTAR-6D, five operations,
 *   Sina Tech 2025-01-02).
 *   rate 5 Mbit/s: "more than 5 Mb/s advised, impossible below 3" (2007 pig dissection, PubMed 17554810).
 *   jitter 5 ms, loss 0.1 % in bursts of 10 (rain), queue 300 ms: our choice.
 *
 * `clean`: nothing at all.
 *
 * `study-4g`, `study-5g-1` to `-3`: delays of a published telesurgery study (floors and mixtures of
 *   UVA-DSA/telesurgery-qos-analysis, delay_config.json and network_conditions.txt), no loss. Their tails
 *   are long: in order, all datagrams of 1 kHz would wait for the rare late ones (`study-4g`: a median of
 *   0.8 s where the study has 25 ms). So each goes by its own delay. */
struct preset {
    const char *name;
    const char *settings;
};

static const struct preset presets[] = {
    {"clean", "delay=0ms"},
    {"casablanca-shanghai",
     "delay=102ms,jitter=1ms,distribution=normal,loss=0.1%,burst=3,rate=100mbit"},
    {"casablanca-tangier",
     "delay=18ms,jitter=1ms,distribution=normal,loss=0.1%,burst=3,rate=100mbit"},
    {"rural-lte", "delay=15ms,jitter=20ms,loss=0.5%,burst=4,queue=300ms,outage=10s+740ms/17s,"
                  "up.rate=3.7mbit,down.rate=1.6mbit"},
    {"starlink-moving", "delay=22ms,jitter=15ms,loss=1.2%,burst=8,bursts=pareto,"
                        "outage=12s+100ms/15s,up.rate=264mbit,down.rate=15.8mbit"},
    {"geo-satellite", "delay=300ms,jitter=5ms,loss=0.1%,burst=10,rate=5mbit,queue=300ms"},
    {"study-4g", "delay=15ms,distribution=4g,order=free"},
    {"study-5g-1", "delay=70ms,distribution=5g-1,order=free"},
    {"study-5g-2", "delay=210ms,distribution=5g-2,order=free"},
    {"study-5g-3", "delay=406ms,distribution=5g-3,order=free"},
};

const char *const preset_names[] = {
    "clean",
    "casablanca-shanghai",
    "casablanca-tangier",
    "rural-lte",
    "starlink-moving",
    "geo-satellite",
    "study-4g",
    "study-5g-1",
    "study-5g-2",
    "study-5g-3",
    NULL,
};

const char *preset_settings(const char *name)
{
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++)
        if (!strcmp(presets[i].name, name))
            return presets[i].settings;
    return NULL;
}
