/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hands that do the task of a scene, by looking: task/surgeon.h. */
#include <stdlib.h>

#include "input/source.h"
#include "task/surgeon.h"

#define STEP_NS UINT64_C(1000000) /* 1 kHz */
#define SCALE_STANDARD 0.2        /* reckoned with: `jisr cart --scale` unless told otherwise */

struct surgeon_source {
    struct source source;
    struct surgeon surgeon;
    uint64_t at_ns;
};

static bool next(struct source *source, struct source_sample *sample)
{
    struct surgeon_source *self = (struct surgeon_source *)source;
    *sample = (struct source_sample){.at_ns = self->at_ns};
    surgeon_hands(&self->surgeon, self->at_ns, &sample->hands);
    self->at_ns += STEP_NS;
    return true;
}

static void see(struct source *source, const struct arm_state *state)
{
    struct surgeon_source *self = (struct surgeon_source *)source;
    surgeon_see(&self->surgeon, state, self->at_ns);
}

static void rewind_source(struct source *source)
{
    (void)source; /* it has no end: when all is done the hands rest */
}

static void close_source(struct source *source)
{
    free(source);
}

struct source *source_open_surgeon(const struct surgeon_plan *plan)
{
    struct surgeon_source *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->source = (struct source){.next = next,
                                   .rewind = rewind_source,
                                   .close = close_source,
                                   .see = see,
                                   .rate_hz = 1e9 / (double)STEP_NS};
    surgeon_init(&self->surgeon, plan, &LAYOUT_STANDARD, SCALE_STANDARD);
    return &self->source;
}
