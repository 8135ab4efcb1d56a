/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recording of fewer samples a second than a cart wants, with samples of ours between its own. */
#include <stdlib.h>

#include "input/source.h"

#define STEP_NS UINT64_C(2000000)       /* at most, between two samples: 500 Hz */
#define APART_NS_MAX UINT64_C(50000000) /* nobody knows what the hands did in more */
#define RATE_ENOUGH_HZ 499.0 /* a recording at 500 Hz whose own clock drifts is left as it is */

struct denser {
    struct source source;
    struct source *recording;
    struct source_sample before, after; /* neighbours in the recording */
    unsigned step, steps;               /* from one to the other; the last is `after` */
};

static unsigned steps_between(const struct source_sample *before, const struct source_sample *after)
{
    uint64_t apart_ns = after->at_ns - before->at_ns;
    if (apart_ns <= STEP_NS || apart_ns > APART_NS_MAX)
        return 1;
    return (unsigned)((apart_ns + STEP_NS - 1) / STEP_NS);
}

/* The pedal as it was; where it then changes, the hands too. */
static struct source_sample between(const struct denser *denser)
{
    const struct source_sample *before = &denser->before, *after = &denser->after;
    double share = (double)denser->step / denser->steps;
    struct source_sample sample = {.at_ns = before->at_ns + (after->at_ns - before->at_ns) *
                                                                denser->step / denser->steps,
                                   .hands = before->hands,
                                   .is_between = true};
    if (before->hands.pedal != after->hands.pedal)
        return sample;
    for (unsigned i = 0; i < sample.hands.hand_count; i++) {
        const struct hand *from = &before->hands.hands[i], *to = &after->hands.hands[i];
        sample.hands.hands[i] =
            (struct hand){pose_between(&from->pose, &to->pose, share),
                          from->jaw_rad + share * (to->jaw_rad - from->jaw_rad)};
    }
    return sample;
}

static bool denser_next(struct source *source, struct source_sample *sample)
{
    struct denser *denser = (struct denser *)source;
    if (denser->step == denser->steps) {
        bool is_first = denser->steps == 0;
        denser->before = denser->after;
        if (!denser->recording->next(denser->recording, &denser->after))
            return false;
        denser->step = 0;
        denser->steps = is_first ? 1 : steps_between(&denser->before, &denser->after);
    }
    *sample = ++denser->step == denser->steps ? denser->after : between(denser);
    return true;
}

static void denser_rewind(struct source *source)
{
    struct denser *denser = (struct denser *)source;
    denser->recording->rewind(denser->recording);
    denser->step = denser->steps = 0;
}

static void denser_close(struct source *source)
{
    struct denser *denser = (struct denser *)source;
    denser->recording->close(denser->recording);
    free(denser);
}

static double measure_rate_hz(struct source *source)
{
    struct source_sample sample = {0};
    uint64_t samples = 0;
    while (source->next(source, &sample))
        samples++;
    source->rewind(source);
    return sample.at_ns > 0 ? (double)(samples - 1) * 1e9 / (double)sample.at_ns : 0;
}

struct source *source_make_denser(struct source *recording)
{
    if (recording->rate_hz >= RATE_ENOUGH_HZ)
        return recording;
    struct denser *denser = calloc(1, sizeof *denser);
    if (!denser) {
        recording->close(recording);
        return NULL;
    }
    denser->source =
        (struct source){.next = denser_next, .rewind = denser_rewind, .close = denser_close};
    denser->recording = recording;
    denser->source.rate_hz = measure_rate_hz(&denser->source);
    return &denser->source;
}
