/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/hands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/source.h"
#include "motion/script.h"

#define BUILT_IN_STEP_NS UINT64_C(1000000) /* 1 kHz */
#define FEED_LOOK_NS UINT64_C(1000000)     /* how often a feed is looked at */
#define LOOP_STEP_NS UINT64_C(2000000)     /* from the last sample of a recording to its first */

enum { NAME_BYTES = 512 };

struct hands {
    struct source *source; /* or, if that is NULL: */
    struct feed *feed;
    uint64_t looked_ns, sampled_ns;
    struct clutch clutch;
    struct source_sample pending;
    uint64_t started_ns; /* this round of the recording */
    uint64_t good_ns;    /* the last sample that was not refused was due */
    bool frozen;         /* the input was refused for too long, and the pedal not up since */
    struct hands_counts counts;
    char name[NAME_BYTES];
};

struct built_in {
    struct source source;
    uint64_t at_ns;
    void (*hands)(uint64_t at_ns, struct clutch_hands *hands);
};

static bool built_in_next(struct source *source, struct source_sample *sample)
{
    struct built_in *built_in = (struct built_in *)source;
    *sample = (struct source_sample){.at_ns = built_in->at_ns};
    built_in->hands(built_in->at_ns, &sample->hands);
    built_in->at_ns += BUILT_IN_STEP_NS;
    return true;
}

static void built_in_rewind(struct source *source)
{
    ((struct built_in *)source)->at_ns = 0;
}

static void built_in_close(struct source *source)
{
    free(source);
}

static struct source *open_built_in(void (*hands)(uint64_t, struct clutch_hands *))
{
    struct built_in *built_in = calloc(1, sizeof *built_in);
    if (!built_in)
        return NULL;
    built_in->source = (struct source){.next = built_in_next,
                                       .rewind = built_in_rewind,
                                       .close = built_in_close,
                                       .rate_hz = 1e9 / (double)BUILT_IN_STEP_NS};
    built_in->hands = hands;
    return &built_in->source;
}

struct source *source_open_script(void)
{
    return open_built_in(script_hands);
}

static void still(uint64_t at_ns, struct clutch_hands *hands)
{
    (void)at_ns;
    script_still(hands);
}

struct source *source_open_still(void)
{
    return open_built_in(still);
}

static struct source *open_recording(const char *spec, char *why, size_t why_bytes)
{
    struct source *recording = !strncmp(spec, "itp:", 4)
                                   ? source_open_itp(spec + 4, why, why_bytes)
                                   : source_open_taurus(strchr(spec, ':') + 1, why, why_bytes);
    if (!recording)
        return NULL;
    snprintf(why, why_bytes, "not enough memory");
    return source_make_denser(recording);
}

const char *const hands_forms[] = {"itp:FILE",
                                   "itp-udp:ADDR:PORT",
                                   "taurus:FILE",
                                   "script",
                                   "script:SCENE",
                                   "still",
                                   "none",
                                   "desk",
                                   NULL};

static void refuse(const char *spec, char *why, size_t why_bytes)
{
    size_t len = (size_t)snprintf(why, why_bytes, "no hands '%s': write ", spec);
    for (size_t i = 0; hands_forms[i] && len < why_bytes; i++)
        len += (size_t)snprintf(why + len, why_bytes - len, "%s%s",
                                i == 0               ? ""
                                : hands_forms[i + 1] ? ", "
                                                     : " or ",
                                hands_forms[i]);
}

static void nobody(uint64_t at_ns, struct clutch_hands *hands)
{
    (void)at_ns;
    script_still(hands);
    hands->pedal = false;
    hands->is_absent = true;
}

static struct source *open_surgeon(const char *scene, char *why, size_t why_bytes)
{
    const struct surgeon_plan *plan = surgeon_plan(scene);
    if (!plan) {
        snprintf(why, why_bytes,
                 "no script for a scene '%s': there is one for each that is built in, as "
                 "peg-transfer",
                 scene);
        return NULL;
    }
    snprintf(why, why_bytes, "not enough memory");
    return source_open_surgeon(plan);
}

static struct source *open_source(const char *spec, char *why, size_t why_bytes)
{
    if (!strncmp(spec, "itp:", 4) || !strncmp(spec, "taurus:", 7))
        return open_recording(spec, why, why_bytes);
    if (!strncmp(spec, "script:", 7))
        return open_surgeon(spec + 7, why, why_bytes);
    snprintf(why, why_bytes, "not enough memory");
    if (!strcmp(spec, "script"))
        return source_open_script();
    if (!strcmp(spec, "still"))
        return source_open_still();
    if (!strcmp(spec, "none"))
        return open_built_in(nobody);
    if (!strcmp(spec, "desk")) {
        snprintf(why, why_bytes, "a desk has a window: --window");
        return NULL;
    }
    refuse(spec, why, why_bytes);
    return NULL;
}

static void name_hands(char name[static NAME_BYTES], const char *spec)
{
    const char *file = strchr(spec, ':');
    if (file && spec[0] == 's')
        snprintf(name, NAME_BYTES, "built-in hands at %s", file + 1);
    else if (file)
        snprintf(name, NAME_BYTES, "recorded %s %s",
                 spec[0] == 'i' ? "console stream" : "robot hands", file + 1);
    else
        snprintf(name, NAME_BYTES, "%s",
                 !strcmp(spec, "script") ? "built-in suturing motion"
                 : !strcmp(spec, "none") ? "nobody's hands"
                                         : "hands at rest");
}

/* The next sample into `pending`; at the end of a recording it begins again with the foot up. */
static void fetch(struct hands *hands)
{
    uint64_t last_ns = hands->started_ns + hands->pending.at_ns;
    if (hands->source->next(hands->source, &hands->pending))
        return;
    hands->source->rewind(hands->source);
    hands->started_ns = last_ns + LOOP_STEP_NS;
    hands->counts.loops++;
    clutch_again_unasked(&hands->clutch, hands->started_ns);
    (void)hands->source->next(hands->source, &hands->pending); /* open saw at least one */
}

static struct hands *open_feed(const char *spec, uint64_t now_ns, char *why, size_t why_bytes)
{
    struct hands *hands = calloc(1, sizeof *hands);
    if (!hands) {
        snprintf(why, why_bytes, "not enough memory");
        return NULL;
    }
    hands->feed = feed_open_itp(strchr(spec, ':') + 1, now_ns, &hands->counts, why, why_bytes);
    if (!hands->feed) {
        free(hands);
        return NULL;
    }
    hands->looked_ns = now_ns;
    clutch_init(&hands->clutch);
    snprintf(hands->name, sizeof hands->name, "live console stream to %s", strchr(spec, ':') + 1);
    return hands;
}

struct hands *hands_of(struct source *source, const char *name, uint64_t now_ns)
{
    struct hands *hands = calloc(1, sizeof *hands);
    if (!hands) {
        source->close(source);
        return NULL;
    }
    hands->source = source;
    hands->started_ns = hands->good_ns = now_ns;
    clutch_init(&hands->clutch);
    snprintf(hands->name, sizeof hands->name, "%s", name);
    fetch(hands);
    return hands;
}

struct hands *hands_open(const char *spec, uint64_t now_ns, char *why, size_t why_bytes)
{
    char name[NAME_BYTES];
    if (!strncmp(spec, "itp-udp:", 8))
        return open_feed(spec, now_ns, why, why_bytes);
    struct source *source = open_source(spec, why, why_bytes);
    if (!source)
        return NULL;
    name_hands(name, spec);
    struct hands *hands = hands_of(source, name, now_ns);
    if (!hands)
        snprintf(why, why_bytes, "not enough memory");
    return hands;
}

void hands_close(struct hands *hands)
{
    if (!hands)
        return;
    if (hands->feed)
        hands->feed->close(hands->feed);
    else
        hands->source->close(hands->source);
    free(hands);
}

uint64_t hands_due_ns(const struct hands *hands)
{
    if (hands->feed)
        return hands->looked_ns + FEED_LOOK_NS;
    return hands->started_ns + hands->pending.at_ns;
}

static void freeze_or_free(struct hands *hands, uint64_t due_ns)
{
    if (!hands->pending.err && !hands->pending.is_between)
        hands->good_ns = due_ns;
    if (hands->pending.is_frozen)
        hands->frozen = true;
    else if (!hands->pending.hands.pedal && !hands->pending.hands.camera)
        hands->frozen = false;
    else if (due_ns - hands->good_ns > HANDS_REFUSED_NS_MAX)
        hands->frozen = true;
}

static bool feed_next(struct hands *hands, uint64_t now_ns, struct gesture *gesture)
{
    struct source_sample sample;
    if (!hands->feed->next(hands->feed, now_ns, &sample)) {
        hands->looked_ns = now_ns;
        return false;
    }
    hands->counts.samples += !sample.is_between;
    hands->counts.gestures++;
    if (sample.err)
        hands->counts.refused[sample.err]++;
    hands->sampled_ns = sample.at_ns;
    clutch_gesture(&hands->clutch, &sample.hands, sample.at_ns, gesture);
    if (sample.is_frozen)
        gesture->flags = GESTURE_FROZEN;
    return true;
}

bool hands_next(struct hands *hands, uint64_t now_ns, struct gesture *gesture)
{
    if (hands->feed)
        return feed_next(hands, now_ns, gesture);
    uint64_t due_ns = hands_due_ns(hands);
    if (due_ns > now_ns)
        return false;
    hands->sampled_ns = due_ns;
    hands->counts.samples += !hands->pending.is_between;
    hands->counts.gestures++;
    if (hands->pending.err)
        hands->counts.refused[hands->pending.err]++;
    freeze_or_free(hands, due_ns);
    if (hands->frozen)
        hands->pending.hands.pedal = hands->pending.hands.camera = false;
    hands->pending.hands.is_played = !hands->source->is_live;
    clutch_gesture(&hands->clutch, &hands->pending.hands, due_ns, gesture);
    if (hands->frozen)
        gesture->flags = GESTURE_FROZEN;
    fetch(hands);
    return true;
}

bool hands_have_handles(const struct hands *hands)
{
    return hands->feed;
}

void hands_ask_presence(struct hands *hands, const struct engage_feel *felt_by)
{
    hands->clutch.asks_presence = true;
    hands->clutch.felt_by = *felt_by;
}

bool hands_ask_alignment(struct hands *hands, const struct engage_feel *felt_by)
{
    if (!hands->feed || !hands->feed->has_turns)
        return false;
    hands_ask_presence(hands, felt_by);
    hands->clutch.asks_alignment = true;
    return true;
}

enum engage_state hands_engage(const struct hands *hands, unsigned index)
{
    return hands->clutch.asks_presence ? hands->clutch.engages[index].state : ENGAGE_READY;
}

uint64_t hands_sampled_ns(const struct hands *hands)
{
    return hands->sampled_ns;
}

void hands_tell(struct hands *hands, const struct hands_told *told)
{
    clutch_see(&hands->clutch, told->has_turns ? told->turns : NULL);
    if (hands->feed)
        hands->feed->tell(hands->feed, told);
    if (hands->source && hands->source->see && told->state)
        hands->source->see(hands->source, told->state);
}

void hands_reclutch(struct hands *hands, uint64_t now_ns)
{
    if (hands->feed)
        return;
    hands->frozen = false;
    clutch_again(&hands->clutch, now_ns);
}

const struct hands_counts *hands_counts(const struct hands *hands)
{
    return &hands->counts;
}

const char *hands_name(const struct hands *hands)
{
    return hands->name;
}

double hands_rate_hz(const struct hands *hands)
{
    return hands->feed ? 1e9 / (double)FEED_LOOK_NS : hands->source->rate_hz;
}
