/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-core: what the link costs a processor, without sockets: two ends in one thread, every datagram
 * handed from one to the other. Time is virtual for the link; what is measured is ours.
 *
 *   gestures   100 bytes, one datagram each, both ends together: link_send_sample, link_transmit
 *              (frame, seal), link_receive (open, parse), link_event; and beside it the bare
 *              AES-256-GCM of as many bytes through EVP, there and back
 *   pictures   link_send_frame to its event, repair shards and pacing included
 *
 * Processor time of this thread counts, and rounds alternate, so that a busy machine disturbs all
 * alike; a figure is the median round. */
#include <err.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/identity.h"
#include "clock/clock.h" /* clock_wall_s */
#include "link/link.h"
#include "motion/clutch.h"
#include "motion/script.h"
#include "options.h"

#define MS UINT64_C(1000000)
#define S UINT64_C(1000000000)

enum {
    ROUNDS_MAX = 1000,
    GESTURES = 5000, /* in a round */
    PICTURES = 50,
    GESTURE_BYTES = 100,
    PICTURE_BYTES = 40000, /* 8 Mbit/s at 25 a second */
    DROP_EVERY = 20        /* on the bad line: 5 % */
};

enum side { CONSOLE, CART, SIDES };

struct ends {
    struct link *link[SIDES];
    struct link_peer *peer[SIDES];
    uint64_t now_ns;
    uint64_t samples, frames;
    uint64_t datagrams, drop_every; /* 0: none is dropped */
    bool timed;                     /* take the stages' times */
    uint64_t spent_ns[4];
};

enum stage { SEND, TRANSMIT, RECEIVE, EVENTS };
static const char *const stage_names[] = {"send_sample", "transmit", "receive", "event"};

struct settings {
    uint64_t rounds;
    const char *only;
    bool json;
};

static const struct option options[] = {
    {"rounds", OPTION_COUNT, offsetof(struct settings, rounds), .unit = "N", .standard = "25",
     .least = 1, .most = ROUNDS_MAX, .help = "rounds of each measure; the median counts"},
    {"only", OPTION_TEXT, offsetof(struct settings, only), .unit = "WORD",
     .help = "one measure alone, for a profile: gestures, pictures or bad"},
    {"json", OPTION_FLAG, offsetof(struct settings, json), .help = "print one JSON object"},
    {0}};

static uint64_t cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * S + (uint64_t)now.tv_nsec;
}

static uint64_t stage_begin(const struct ends *ends)
{
    return ends->timed ? cpu_ns() : 0;
}

static void stage_end(struct ends *ends, enum stage stage, uint64_t began_ns)
{
    if (ends->timed)
        ends->spent_ns[stage] += cpu_ns() - began_ns;
}

static void take_event(struct ends *ends, enum side side, const struct link_event *event)
{
    if (event->kind == LINK_EVENT_UP)
        ends->peer[side] = event->peer;
    else if (event->kind == LINK_EVENT_SAMPLE)
        ends->samples++;
    else if (event->kind == LINK_EVENT_FRAME && event->frame_state != LINK_FRAME_LOST)
        ends->frames++;
    else if (event->kind == LINK_EVENT_REFUSED || event->kind == LINK_EVENT_CLOSED)
        errx(1, "%s", event->reason);
}

static void drain(struct ends *ends, enum side side)
{
    struct link_event event;

    while (link_event(ends->link[side], &event))
        take_event(ends, side, &event);
}

/* Hands over all that is due now, both ways. */
static void pass(struct ends *ends)
{
    uint8_t bytes[LINK_DATAGRAM_MAX];
    struct link_path path;

    for (int from = 0; from < SIDES; from++) {
        enum side to = from == CONSOLE ? CART : CONSOLE;

        for (;;) {
            uint64_t began_ns = stage_begin(ends);
            size_t len = link_transmit(ends->link[from], &path, bytes, ends->now_ns);

            stage_end(ends, TRANSMIT, began_ns);
            if (!len)
                break;
            if (ends->drop_every && ++ends->datagrams % ends->drop_every == 0)
                continue;
            began_ns = stage_begin(ends);
            link_receive(ends->link[to], &path, bytes, len, ends->now_ns);
            stage_end(ends, RECEIVE, began_ns);
            began_ns = stage_begin(ends);
            drain(ends, to);
            stage_end(ends, EVENTS, began_ns);
        }
    }
}

/* To the next moment something is due, at most `until_ns`. */
static void step(struct ends *ends, uint64_t until_ns)
{
    uint64_t next_ns = until_ns;

    for (int side = 0; side < SIDES; side++) {
        uint64_t due_ns = link_deadline(ends->link[side], ends->now_ns);

        next_ns = due_ns < next_ns ? due_ns : next_ns;
    }
    if (next_ns > ends->now_ns)
        ends->now_ns = next_ns;
    pass(ends);
    for (int side = 0; side < SIDES; side++)
        drain(ends, (enum side)side);
}

static void run_until(struct ends *ends, uint64_t until_ns)
{
    while (ends->now_ns < until_ns)
        step(ends, until_ns);
}

static void open_ends(struct ends *ends, uint64_t drop_every)
{
    const struct link_path path = {.address_bytes = 1};
    const struct link_frame_channel pictures = {.interval_ns = 40 * MS};
    struct bench_sites sites;
    struct link_peer *dialled;

    *ends = (struct ends){.now_ns = S};
    identity_make_sites(&sites);
    for (int side = 0; side < SIDES; side++) {
        struct link_settings settings = {
            .identity = identity_load(&sites, side == CONSOLE ? &sites.console : &sites.cart),
            .answers = side == CART,
            .peer_kinds = side == CART ? LINK_KIND_CONSOLE : LINK_KIND_CART,
            .peers = 1,
            .samples = {{.period_ns = MS, .every = true}},
            .wall_s = clock_wall_s()};

        settings.frames_sent[0] = side == CONSOLE ? pictures : (struct link_frame_channel){0};
        settings.frames_received[0] = side == CART ? pictures : (struct link_frame_channel){0};
        ends->link[side] = link_create(&settings, ends->now_ns, NULL);
        if (!ends->link[side])
            errx(1, "memory");
    }
    if (link_dial(ends->link[CONSOLE], &path, 1, ends->now_ns, &dialled) != LINK_OK)
        errx(1, "dial");
    run_until(ends, ends->now_ns + S);
    if (!ends->peer[CONSOLE] || !ends->peer[CART])
        errx(1, "not up");
    ends->drop_every = drop_every;
}

static void send_gesture(struct ends *ends, const uint8_t *bytes)
{
    uint64_t began_ns = stage_begin(ends);
    enum link_err err = link_send_sample(ends->peer[CONSOLE], 0, bytes, GESTURE_BYTES, ends->now_ns,
                                         ends->now_ns, NULL);

    stage_end(ends, SEND, began_ns);
    if (err)
        errx(1, "a gesture was not taken");
}

/* What a surgeon's hands do in 5 s, encoded: made once, outside the measured time. */
static uint8_t gestures[GESTURES][GESTURE_BYTES];

static void make_gestures(void)
{
    struct clutch clutch;
    struct clutch_hands hands;
    struct gesture gesture;

    clutch_init(&clutch);
    for (uint64_t i = 0; i < GESTURES; i++) {
        script_hands(i * MS, &hands);
        clutch_gesture(&clutch, &hands, i * MS, &gesture);
        memcpy(gestures[i], &i, sizeof i);
        gesture_encode(&gesture, gestures[i] + sizeof i);
    }
}

/* Nanoseconds for each gesture. */
static double round_of_gestures(struct ends *ends)
{
    uint64_t before = ends->samples, began_ns = cpu_ns();

    for (size_t i = 0; i < GESTURES; i++) {
        ends->now_ns += MS;
        send_gesture(ends, gestures[i]);
        pass(ends);
    }
    double spent_ns = (double)(cpu_ns() - began_ns);
    if (ends->samples - before != GESTURES)
        errx(1, "%llu of %d gestures came", (unsigned long long)(ends->samples - before), GESTURES);
    return spent_ns / GESTURES;
}

/* Gbit/s of pictures. */
static double round_of_pictures(struct ends *ends)
{
    static uint8_t bytes[PICTURE_BYTES];
    uint64_t before = ends->frames, began_ns = cpu_ns();

    for (uint32_t i = 0; i < PICTURES; i++) {
        const struct link_frame frame = {
            .bytes = bytes, .len = sizeof bytes, .captured_ns = ends->now_ns, .tag = i};

        if (link_send_frame(ends->peer[CONSOLE], 0, &frame, ends->now_ns) != LINK_OK)
            errx(1, "a picture was not taken");
        run_until(ends, ends->now_ns + 40 * MS);
    }
    double spent_ns = (double)(cpu_ns() - began_ns);
    if (ends->frames - before < PICTURES * 9 / 10)
        errx(1, "%llu of %d pictures came", (unsigned long long)(ends->frames - before), PICTURES);
    return 8.0 * PICTURE_BYTES * PICTURES / spent_ns;
}

/* Nanoseconds to seal and open a gesture's bytes by EVP alone, as link/seal.c calls it. */
static double round_of_evp(void)
{
    static EVP_CIPHER_CTX *closing, *opening;
    static const uint8_t key[32] = {1};
    uint8_t text[GESTURE_BYTES] = {0}, tag[16], aad[16] = {0}, nonce[12] = {0};
    int done;

    if (!closing) {
        closing = EVP_CIPHER_CTX_new();
        opening = EVP_CIPHER_CTX_new();
        if (!closing || !opening ||
            !EVP_EncryptInit_ex(closing, EVP_aes_256_gcm(), NULL, key, NULL) ||
            !EVP_DecryptInit_ex(opening, EVP_aes_256_gcm(), NULL, key, NULL))
            errx(1, "EVP");
    }
    uint64_t began_ns = cpu_ns();
    for (size_t i = 0; i < GESTURES; i++) {
        memcpy(nonce, &i, sizeof i);
        if (!EVP_EncryptInit_ex(closing, NULL, NULL, NULL, nonce) ||
            !EVP_EncryptUpdate(closing, NULL, &done, aad, sizeof aad) ||
            !EVP_EncryptUpdate(closing, text, &done, text, sizeof text) ||
            !EVP_EncryptFinal_ex(closing, tag, &done) ||
            !EVP_CIPHER_CTX_ctrl(closing, EVP_CTRL_AEAD_GET_TAG, sizeof tag, tag) ||
            !EVP_DecryptInit_ex(opening, NULL, NULL, NULL, nonce) ||
            !EVP_DecryptUpdate(opening, NULL, &done, aad, sizeof aad) ||
            !EVP_DecryptUpdate(opening, text, &done, text, sizeof text) ||
            !EVP_CIPHER_CTX_ctrl(opening, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag) ||
            EVP_DecryptFinal_ex(opening, tag, &done) != 1)
            errx(1, "EVP");
    }
    return (double)(cpu_ns() - began_ns) / GESTURES;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

/* The stages of a gesture, in a round of its own: reading the clock costs something, too, and that
 * is taken off. */
static void measure_stages(struct ends *ends, double stages_ns[static 4])
{
    enum { READINGS = 100000 };
    uint64_t began_ns = cpu_ns();

    for (int i = 0; i < READINGS; i++)
        (void)cpu_ns();
    double reading_ns = (double)(cpu_ns() - began_ns) / READINGS;

    memset(ends->spent_ns, 0, sizeof ends->spent_ns);
    ends->timed = true;
    (void)round_of_gestures(ends);
    ends->timed = false;
    /* transmit is called three times: a datagram, then nothing more, at either end */
    static const double calls[] = {[SEND] = 1, [TRANSMIT] = 3, [RECEIVE] = 1, [EVENTS] = 1};
    for (int i = 0; i < 4; i++)
        stages_ns[i] = (double)ends->spent_ns[i] / GESTURES - calls[i] * reading_ns;
}

struct measure {
    const char *name;
    const char *unit;
    double values[ROUNDS_MAX];
};

enum { EVP, BOTH_ENDS, CLEAN, BAD, MEASURES };
static struct measure measures[MEASURES] = {
    [EVP] = {"evp", "ns a gesture, AES-256-GCM through EVP alone, there and back", {0}},
    [BOTH_ENDS] = {"gestures", "ns a gesture, both ends together", {0}},
    [CLEAN] = {"pictures", "Gbit/s of pictures, both ends on one core", {0}},
    [BAD] = {"bad", "Gbit/s of pictures where every 20th datagram is lost", {0}},
};

static double take(int which, struct ends ends[static MEASURES])
{
    switch (which) {
    case EVP:
        return round_of_evp();
    case BOTH_ENDS:
        return round_of_gestures(&ends[which]);
    default:
        return round_of_pictures(&ends[which]);
    }
}

static void print_all(const struct settings *settings, const double medians[static MEASURES],
                      const double stages_ns[static 4])
{
    for (int i = 0; i < MEASURES; i++)
        if (settings->json)
            printf("%s\"%s\":%.3f", i ? "," : "{", measures[i].name, medians[i]);
        else
            printf("%-10s %9.2f %s\n", measures[i].name, medians[i], measures[i].unit);
    for (int i = 0; i < 4; i++)
        if (settings->json)
            printf(",\"%s\":%.1f", stage_names[i], stages_ns[i]);
        else
            printf("  %-14s %6.0f ns of a gesture\n", stage_names[i], stages_ns[i]);
    if (settings->json)
        printf(",\"rounds\":%llu}\n", (unsigned long long)settings->rounds);
}

int main(int argc, char **argv)
{
    static const struct options_usage usage = {
        .command = "bench-core", .summary = "measure what the link costs, without sockets"};
    static struct ends ends[MEASURES];
    struct settings settings = {0};
    double medians[MEASURES] = {0}, stages_ns[4] = {0};

    int status = options_alone(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;
    make_gestures();
    for (int i = BOTH_ENDS; i < MEASURES; i++)
        open_ends(&ends[i], i == BAD ? DROP_EVERY : 0);
    for (uint64_t round = 0; round < settings.rounds; round++)
        for (int i = 0; i < MEASURES; i++)
            if (!settings.only || !strcmp(settings.only, measures[i].name))
                measures[i].values[round] = take(i, ends);
    for (int i = 0; i < MEASURES; i++)
        medians[i] = median(measures[i].values, settings.rounds);
    if (!settings.only)
        measure_stages(&ends[BOTH_ENDS], stages_ns);
    print_all(&settings, medians, stages_ns);
    return 0;
}
