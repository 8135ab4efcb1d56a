/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/desk_source.h"

#include <stdlib.h>

#define STEP_NS UINT64_C(1000000) /* 1 kHz */

struct desk_hands {
    struct source source;
    struct desk *desk;
    void (*pump)(void *context, uint64_t until_ns);
    void *context;
    uint64_t begun_ns, at_ns; /* `at_ns` after the desk's beginning */
    uint64_t refused[MOTION_ERRS];
};

/* What the desk refused since the sample before: one cause at a time, the rest with the next. */
static enum motion_err next_refusal(struct desk_hands *hands)
{
    for (unsigned err = 0; err < MOTION_ERRS; err++)
        if (hands->refused[err] < hands->desk->refused[err]) {
            hands->refused[err]++;
            return (enum motion_err)err;
        }
    return MOTION_OK;
}

static bool next(struct source *source, struct source_sample *sample)
{
    struct desk_hands *hands = (struct desk_hands *)source;
    uint64_t now_ns = hands->begun_ns + hands->at_ns;
    *sample = (struct source_sample){.at_ns = hands->at_ns};
    hands->pump(hands->context, now_ns);
    desk_advance(hands->desk, now_ns, &sample->hands, &sample->is_frozen);
    sample->err = next_refusal(hands);
    hands->at_ns += STEP_NS;
    return true;
}

static void no_rewind(struct source *source)
{
    (void)source; /* it has no end to come back from */
}

static void close_desk(struct source *source)
{
    free(source);
}

struct source *desk_source(struct desk *desk, void (*pump)(void *context, uint64_t until_ns),
                           void *context)
{
    struct desk_hands *hands = calloc(1, sizeof *hands);
    if (!hands)
        return NULL;
    hands->source = (struct source){.next = next,
                                    .rewind = no_rewind,
                                    .close = close_desk,
                                    .rate_hz = 1e9 / (double)STEP_NS,
                                    .is_live = true};
    hands->desk = desk;
    hands->pump = pump;
    hands->context = context;
    hands->begun_ns = desk->advanced_ns;
    return &hands->source;
}
