/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/intruder.h"

#include <stdlib.h>
#include <string.h>

#include "motion/gesture.h"
#include "sim/sealed.h"
#include "sim/witness.h"

#define MS UINT64_C(1000000)

/* The stranger lives this far from the cart. */
#define STRANGER_DELAY_NS (20 * MS)

enum { HELLOS_A_MS = 20, MAIL_KEPT = 16, STRANGER_ADDRESS = 77 };
enum { FOOT_UP = 10 }; /* its first gestures; then the foot is down */

static void draw_bytes(void *context, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)random_u64(context);
}

static void make_link(struct intruder *intruder, enum link_kind kind)
{
    intruder->identity = pair_issue(INTRUDER_NAME, kind);
    const struct link_settings settings = {.identity = intruder->identity,
                                           .peer_kinds = LINK_KIND_CART,
                                           .peers = 1,
                                           .samples = {{.period_ns = MS, .every = true}},
                                           .random = draw_bytes,
                                           .random_context = &intruder->random,
                                           .wall_s = pair_wall_s()};
    intruder->link = link_create(&settings, 0, NULL);
    if (!intruder->link)
        abort();
}

void intruder_init(struct intruder *intruder, const struct plan *plan)
{
    memset(intruder, 0, sizeof *intruder);
    random_seed(&intruder->random, plan->seed ^ UINT64_C(0x696e747275646572));
    intruder->lines = plan->lines;
    intruder->slowest_ns = plan->round_trip_ns / 2;
    intruder->is_console = plan->stranger == LINK_KIND_CONSOLE;
    uint8_t secret[SEAL_SECRET_BYTES];
    draw_bytes(&intruder->random, secret, sizeof secret);
    if (!seal_create(&intruder->seal))
        abort();
    seal_start(&intruder->seal, SEAL_AES_256_GCM, secret);
    for (size_t i = 0; i < plan->fault_count; i++)
        if (plan->faults[i].kind == FAULT_STRANGER && !intruder->link)
            make_link(intruder, plan->stranger);
}

void intruder_end(struct intruder *intruder)
{
    seal_destroy(&intruder->seal);
    link_destroy(intruder->link);
    link_identity_free(intruder->identity);
}

void intruder_see(struct intruder *intruder, enum pair_end from, unsigned line,
                  const uint8_t *bytes, size_t len, uint64_t true_ns)
{
    /* Half of the places turn over; the other half keeps what is long past. */
    uint64_t at = intruder->seen++ % (INTRUDER_KEPT / 2);
    if (random_chance(&intruder->random, 0.01))
        at += INTRUDER_KEPT / 2;
    struct intruder_datagram *kept = &intruder->kept[at];
    kept->from = from;
    kept->line = line;
    kept->seen_ns = true_ns;
    kept->len = len;
    memcpy(kept->bytes, bytes, len);
}

static enum pair_end other(enum pair_end end)
{
    return end == PAIR_CONSOLE ? PAIR_CART : PAIR_CONSOLE;
}

static void again(struct intruder *intruder, struct pair *pair, enum fault_kind kind)
{
    struct intruder_datagram *kept =
        &intruder->kept[random_below(&intruder->random, INTRUDER_KEPT)];
    uint8_t bytes[LINK_DATAGRAM_MAX];
    /* No wire of theirs is quicker than ours: what came before its time would tell the link's clock
     * of a shorter way, and hide a later step from it. */
    if (!kept->len || pair_true_ns(pair) < kept->seen_ns + intruder->slowest_ns)
        return;
    size_t len = kept->len;
    memcpy(bytes, kept->bytes, len);
    if (kind == FAULT_FORGE)
        bytes[random_below(&intruder->random, len)] ^=
            (uint8_t)(1U << random_below(&intruder->random, 8));
    if (kind == FAULT_FORGE && random_chance(&intruder->random, 0.2))
        len = random_below(&intruder->random, len);
    bool from_peer = random_chance(&intruder->random, 0.7);
    unsigned line = random_chance(&intruder->random, 0.8)
                        ? kept->line
                        : (unsigned)random_below(&intruder->random, intruder->lines);
    pair_inject(pair, kind == FAULT_REFLECT ? kept->from : other(kept->from), line, bytes, len,
                from_peer);
}

/* Bytes of no meaning, half of them with the head of a datagram of ours. */
static void babble(struct intruder *intruder, struct pair *pair, enum pair_end to)
{
    uint8_t bytes[LINK_DATAGRAM_MAX];
    const struct intruder_datagram *kept = &intruder->kept[0];
    size_t len = random_below(&intruder->random, sizeof bytes + 1);
    draw_bytes(&intruder->random, bytes, len);
    if (len >= WIRE_HEADER_BYTES && kept->len && random_chance(&intruder->random, 0.5))
        memcpy(bytes, kept->bytes, WIRE_HEADER_BYTES);
    pair_inject(pair, to, (unsigned)random_below(&intruder->random, intruder->lines), bytes, len,
                random_chance(&intruder->random, 0.5));
}

static void flood(struct intruder *intruder, struct pair *pair, enum pair_end to)
{
    uint8_t hello[WIRE_HELLO_BYTES] = {0};
    for (int i = 0; i < HELLOS_A_MS; i++) {
        struct link_path path = pair_path(pair, 0);
        path.address_bytes = 8;
        draw_bytes(&intruder->random, path.address, 8);
        wire_header_write(&(struct wire_header){.type = WIRE_HELLO,
                                                .connection = random_u64(&intruder->random) &
                                                              WIRE_CONNECTION_MASK},
                          hello);
        pair_inject_along(pair, to, &path, hello, sizeof hello);
    }
}

/* A SAMPLES chunk with a gesture like a console's: the foot up, then down, the jaw shut. */
static size_t make_gesture(struct intruder *intruder, uint64_t now_ns,
                           uint8_t out[static SEALED_TEXT_MAX])
{
    const struct samples_plan plan = {.copies = 1, .group = 1, .dense = 1};
    struct wire_writer writer = wire_writer(out, SEALED_TEXT_MAX);
    uint64_t number = intruder->spoken + intruder->spoofed;
    struct gesture gesture = {.clutch_id = WITNESS_STRANGE_CLUTCH + (number > FOOT_UP),
                              .flags = number > FOOT_UP ? GESTURE_ENGAGED : 0,
                              .hand_count = 1};
    uint8_t bytes[GESTURE_BYTES_MAX];
    gesture.hands[0].pose.position_m.x = 0.3;
    gesture.hands[0].pose.orientation.w = 1;
    size_t len = gesture_encode(&gesture, bytes);
    samples_push(&intruder->gestures, bytes, len, now_ns);
    if (!samples_write(&intruder->gestures, 0, &plan, &writer))
        abort();
    return writer.len;
}

static struct link_path stranger_path(const struct pair *pair)
{
    struct link_path path = pair_path(pair, 0);
    path.address[0] = STRANGER_ADDRESS;
    return path;
}

/* Its gestures, with the keys it has, to a cart where a true console is at work. */
static void h10_speak(struct intruder *intruder, struct pair *pair)
{
    uint8_t text[SEALED_TEXT_MAX], bytes[LINK_DATAGRAM_MAX];
    uint64_t now_ns = pair_true_ns(pair);
    struct link_peer *peer = intruder->dialled;
    struct link_path path = stranger_path(pair);
    if (!peer || !peer_can_send(peer))
        return;
    size_t len = make_gesture(intruder, now_ns, text);
    len = sealed_datagram(peer, 0, now_ns, text, len, bytes, now_ns);
    pair_inject_along(pair, PAIR_CART, &path, bytes, len);
    intruder->spoken++;
}

/* A gesture of its own under the head of a datagram that it saw, a few numbers on. */
static void h10_spoof(struct intruder *intruder, struct pair *pair)
{
    uint8_t text[SEALED_TEXT_MAX], bytes[LINK_DATAGRAM_MAX];
    const struct intruder_datagram *kept =
        &intruder->kept[random_below(&intruder->random, INTRUDER_KEPT / 2)];
    struct link_path path = stranger_path(pair);
    struct wire_header header;
    if (kept->from != PAIR_CONSOLE || !wire_header_read(&header, kept->bytes, kept->len) ||
        header.type != WIRE_SEALED)
        return;
    header.packet += random_below(&intruder->random, 1000);
    uint64_t now_ns = pair_local_ns(pair, PAIR_CONSOLE);
    size_t len = make_gesture(intruder, now_ns, text);
    len = sealed_with(&intruder->seal, &header, now_ns, text, len, bytes);
    pair_inject_along(pair, PAIR_CART, &path, bytes, len);
    intruder->spoofed++;
}

static void dial(struct intruder *intruder, struct pair *pair)
{
    struct link_path path = stranger_path(pair);
    if (!intruder->dialled &&
        link_dial(intruder->link, &path, 1, pair_true_ns(pair), &intruder->dialled) != LINK_OK)
        intruder->dialled = NULL; /* its place still says goodbye */
}

void intruder_act(struct intruder *intruder, struct pair *pair, const struct fault *fault)
{
    switch (fault->kind) {
    case FAULT_REPLAY:
    case FAULT_REFLECT:
    case FAULT_FORGE:
        again(intruder, pair, fault->kind);
        h10_spoof(intruder, pair);
        break;
    case FAULT_RANDOM:
        babble(intruder, pair, fault->end);
        break;
    case FAULT_FLOOD:
        flood(intruder, pair, fault->end);
        break;
    case FAULT_STRANGER:
        dial(intruder, pair);
        break;
    case FAULT_CUT:
    case FAULT_RESTORE:
    case FAULT_STEP:
    case FAULT_MOVE:
    case FAULT_RESTART:
    case FAULT_PULL:
    case FAULT_ADD:
    case FAULT_KINDS:
        break;
    }
}

void intruder_mail(struct intruder *intruder, const uint8_t *bytes, size_t len, uint64_t true_ns)
{
    if (!intruder->link || intruder->mail_count == MAIL_KEPT)
        return;
    size_t at = (intruder->mail_first + intruder->mail_count++) % MAIL_KEPT;
    intruder->mail[at].due_ns = true_ns + 2 * STRANGER_DELAY_NS; /* both ways at once */
    intruder->mail[at].len = len;
    memcpy(intruder->mail[at].bytes, bytes, len);
}

static void hear(struct intruder *intruder, uint64_t now_ns)
{
    struct link_event event;
    while (link_event(intruder->link, &event)) {
        intruder->admitted += event.kind == LINK_EVENT_SAMPLE || event.kind == LINK_EVENT_UP;
        intruder->refused += event.kind == LINK_EVENT_REFUSED;
        if (event.kind == LINK_EVENT_UP)
            link_close(event.peer, "nobody was at work: this is a visit", now_ns);
        if (event.kind == LINK_EVENT_REFUSED || event.kind == LINK_EVENT_CLOSED)
            intruder->dialled = NULL;
    }
}

void intruder_turn(struct intruder *intruder, struct pair *pair, bool is_taken)
{
    uint64_t now_ns = pair_true_ns(pair);
    struct link_path path = stranger_path(pair);
    uint8_t bytes[LINK_DATAGRAM_MAX];
    size_t len;
    if (!intruder->link)
        return;
    while (intruder->mail_count && intruder->mail[intruder->mail_first].due_ns <= now_ns) {
        link_receive(intruder->link, &path, intruder->mail[intruder->mail_first].bytes,
                     intruder->mail[intruder->mail_first].len, now_ns);
        intruder->mail_first = (intruder->mail_first + 1) % MAIL_KEPT;
        intruder->mail_count--;
        hear(intruder, now_ns);
    }
    while ((len = link_transmit(intruder->link, &path, bytes, now_ns)))
        pair_inject_along(pair, PAIR_CART, &path, bytes, len);
    hear(intruder, now_ns);
    if (is_taken)
        h10_speak(intruder, pair);
}
