/* SPDX-License-Identifier: GPL-3.0-or-later */
/* On the way to a session: a console dials a cart in virtual time, and the input says what becomes of each
 * of their datagrams, either way. Another console is at work with the same cart meanwhile.
 *
 * An action for each datagram as it leaves, while the input lasts: a byte, its low three bits
 *   0 goes through   1 is lost   2 comes twice   3 comes back to its sender   4 is overtaken
 *   5 is cut (a byte: what is left, in 256ths)   6 is altered (two bytes: where, and which bits)
 *   7 seems to come from elsewhere (towards the console: goes elsewhere)
 *
 * Whatever becomes of them: who is at work notices nothing; a session that begins is with the true site,
 * and what its TLS heard is what the other end's said; memory grows by handshakes under way alone; and
 * once the input is over a console that keeps dialling is soon there, and all memory given back. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "link/peer.h"
#include "sim/heap.h"
#include "sim/pair.h"

#define MS UINT64_C(1000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum who { CART, WORKER, DIALLER, ENDS };
enum { LINES = 2, PARCELS = 512, ACTIONS_MAX = 400, PLACES = 4, TAMPERED = 9 };

#define DELAY_NS (10 * MS)
#define OVERTAKEN_NS (25 * MS)
#define SAMPLE_NS (20 * MS)
/* A dial that was spoilt is given up after a stall; the place it left at the door goes to another after
 * 1.5 s, and one handshake a second is let in beside an operation (link/door.c). */
#define THERE_AGAIN_NS (9000 * MS)
/* The longest that the cart keeps the place of one who vanished. */
#define FORGOTTEN_NS (11000 * MS)
/* link/tls.h, twice: a handshake has two ends here. */
#define HANDSHAKE_BYTES_MAX INT64_C(320000)
/* A place for a session gets the insides of its seals when it is first used, 15.5 KB, and keeps them: the
 * dialler's, and two at the cart. A handshake left behind is more. */
#define HEAP_SLACK_BYTES INT64_C(50000)

struct parcel {
    uint64_t due_ns; /* 0: no parcel */
    enum who to;
    struct link_path path; /* as the receiver sees it */
    size_t len;
    uint8_t bytes[LINK_DATAGRAM_MAX];
};

struct world {
    uint64_t now_ns, sample_ns, heard_ns;
    struct link *links[ENDS];
    struct random randoms[ENDS];
    struct parcel parcels[PARCELS];
    const uint8_t *at; /* what is left of the input */
    size_t left;
    unsigned actions;
    struct link_peer *worker, *dialled; /* at their own ends; dialled: while it lives */
    struct link_peer *guest;            /* the dialler's session at the cart, while up */
    bool is_up;                         /* at the dialler */
    uint32_t sequence;
    bool any_sample;
    int64_t heap_bytes;
};

static struct world world;
static struct link_identity *identities[ENDS];

static void must(bool held)
{
    if (!held)
        abort();
}

static void draw(void *context, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)random_u64(context);
}

static uint8_t next_byte(void)
{
    if (!world.left)
        return 0;
    world.left--;
    return *world.at++;
}

static struct link_path path_of(enum who far, uint8_t line)
{
    return (struct link_path){.socket = line, .address_bytes = 2, .address = {(uint8_t)far, line}};
}

static void post(enum who to, const struct link_path *path, const uint8_t *bytes, size_t len,
                 uint64_t delay_ns)
{
    for (size_t i = 0; i < PARCELS; i++) {
        struct parcel *parcel = &world.parcels[i];
        if (parcel->due_ns)
            continue;
        *parcel =
            (struct parcel){.due_ns = world.now_ns + delay_ns, .to = to, .path = *path, .len = len};
        memcpy(parcel->bytes, bytes, len);
        return;
    }
    abort(); /* more is under way than two ends of good conduct send */
}

/* A datagram of the dialler's, to or from the cart, meets its fate. */
static void tamper(enum who from, enum who to, uint8_t line, uint8_t *bytes, size_t len)
{
    struct link_path path = path_of(from, line), back = path_of(to, line);
    uint8_t action = world.actions++ < ACTIONS_MAX ? next_byte() & 7 : 0;
    uint64_t delay_ns = DELAY_NS;
    switch (action) {
    case 1:
        return;
    case 2:
        post(to, &path, bytes, len, DELAY_NS + 7 * MS);
        break;
    case 3:
        post(from, &back, bytes, len, DELAY_NS);
        return;
    case 4:
        delay_ns = OVERTAKEN_NS;
        break;
    case 5:
        len = len * next_byte() / 256;
        break;
    case 6: {
        size_t place = len * next_byte() / 256;
        bytes[place] ^= next_byte();
        break;
    }
    case 7:
        if (to != CART)
            return;
        path.address[0] = TAMPERED;
        break;
    default:
        break;
    }
    post(to, &path, bytes, len, delay_ns);
}

static void send_all(enum who from)
{
    uint8_t bytes[LINK_DATAGRAM_MAX];
    struct link_path path;
    size_t len;
    while ((len = link_transmit(world.links[from], &path, bytes, world.now_ns))) {
        if (path.address[0] >= ENDS)
            continue; /* to where nobody lives */
        enum who to = (enum who)path.address[0];
        struct link_path seen = path_of(from, path.socket);
        if (from == DIALLER || to == DIALLER)
            tamper(from, to, path.socket, bytes, len);
        else
            post(to, &seen, bytes, len, DELAY_NS);
    }
}

/* What one end's TLS was fed is what the other end's gave, byte for byte. */
static void judge_heard(const struct handshake *heard, const struct handshake *said)
{
    must(heard->rx.next <= said->tx.end && said->tx.end <= STREAM_BYTES);
    must(!memcmp(heard->rx.ring, said->tx.ring, heard->rx.next));
}

static void judge_session(void)
{
    if (!world.is_up || !world.guest || world.dialled->connection != world.guest->connection)
        return;
    must(!strcmp(link_peer_name(world.dialled), "cart-casablanca"));
    judge_heard(&world.dialled->handshake, &world.guest->handshake);
    judge_heard(&world.guest->handshake, &world.dialled->handshake);
}

static void take_cart_event(const struct link_event *event)
{
    const char *name = link_peer_name(event->peer);
    bool is_worker = !strcmp(name, "console-rabat");
    switch (event->kind) {
    case LINK_EVENT_UP:
        must(is_worker || !strcmp(name, "console-shanghai"));
        if (!is_worker)
            world.guest = event->peer;
        break;
    case LINK_EVENT_CLOSED:
        must(!is_worker && event->reason[0]);
        if (event->peer == world.guest)
            world.guest = NULL;
        break;
    case LINK_EVENT_REFUSED:
        must(!is_worker && event->reason[0]);
        break;
    case LINK_EVENT_SAMPLE: /* nobody else sends any */
        must(is_worker && (!world.any_sample || event->sequence == world.sequence + 1));
        world.sequence = event->sequence;
        world.any_sample = true;
        world.heard_ns = world.now_ns;
        break;
    default:
        break;
    }
}

static void take_event(enum who end, const struct link_event *event)
{
    if (end == CART) {
        take_cart_event(event);
        return;
    }
    must(event->kind != LINK_EVENT_SAMPLE);
    if (end == WORKER) {
        must(event->kind != LINK_EVENT_CLOSED && event->kind != LINK_EVENT_REFUSED);
        return;
    }
    if (event->kind == LINK_EVENT_UP)
        world.is_up = true;
    if (event->kind == LINK_EVENT_CLOSED || event->kind == LINK_EVENT_REFUSED) {
        must(event->reason[0] != '\0');
        world.is_up = false;
        world.dialled = NULL;
    }
}

static void hear(enum who end)
{
    struct link_event event;
    while (link_event(world.links[end], &event))
        take_event(end, &event);
    judge_session();
}

static void dial(enum who end, struct link_peer **peer)
{
    struct link_path paths[LINES];
    for (uint8_t i = 0; i < LINES; i++)
        paths[i] = path_of(CART, i);
    if (link_dial(world.links[end], paths, LINES, world.now_ns, peer) != LINK_OK)
        *peer = NULL; /* its former place says goodbye yet */
}

static void turn(void)
{
    static const uint8_t sample[40];
    if (world.now_ns >= world.sample_ns) {
        world.sample_ns = world.now_ns + SAMPLE_NS;
        if (world.worker->state == PEER_UP)
            must(link_send_sample(world.worker, 0, sample, sizeof sample, world.now_ns,
                                  world.now_ns, NULL) == LINK_OK);
    }
    for (int end = 0; end < ENDS; end++) {
        send_all((enum who)end);
        hear((enum who)end);
    }
}

static uint64_t next_ns(void)
{
    uint64_t soonest = world.sample_ns;
    for (int end = 0; end < ENDS; end++) {
        uint64_t due_ns = link_deadline(world.links[end], world.now_ns);
        soonest = due_ns < soonest ? due_ns : soonest;
    }
    for (size_t i = 0; i < PARCELS; i++)
        if (world.parcels[i].due_ns && world.parcels[i].due_ns < soonest)
            soonest = world.parcels[i].due_ns;
    return soonest;
}

static void deliver(void)
{
    for (size_t i = 0; i < PARCELS; i++) {
        struct parcel *parcel = &world.parcels[i];
        if (!parcel->due_ns || parcel->due_ns > world.now_ns)
            continue;
        parcel->due_ns = 0;
        link_receive(world.links[parcel->to], &parcel->path, parcel->bytes, parcel->len,
                     world.now_ns);
        hear(parcel->to);
    }
}

static void run(uint64_t for_ns)
{
    uint64_t until_ns = world.now_ns + for_ns;
    unsigned stuck = 0;
    for (;;) {
        turn();
        uint64_t at_ns = next_ns();
        if (at_ns >= until_ns)
            break;
        stuck = at_ns <= world.now_ns ? stuck + 1 : 0;
        must(stuck < 1000);
        world.now_ns = at_ns > world.now_ns ? at_ns : world.now_ns;
        deliver();
        must(!world.heap_bytes || heap_bytes() <= world.heap_bytes + PLACES * HANDSHAKE_BYTES_MAX);
    }
    world.now_ns = until_ns;
}

static void begin(void)
{
    memset(&world, 0, sizeof world);
    world.now_ns = world.sample_ns = 1000 * MS;
    for (int end = 0; end < ENDS; end++) {
        random_seed(&world.randoms[end], (uint64_t)end);
        const struct link_settings settings = {.identity = identities[end],
                                               .answers = end == CART,
                                               .peer_kinds =
                                                   end == CART ? LINK_KIND_CONSOLE : LINK_KIND_CART,
                                               .peers = end == CART ? 3 : 1,
                                               .samples = {{.period_ns = SAMPLE_NS, .every = true}},
                                               .random = draw,
                                               .random_context = &world.randoms[end],
                                               .wall_s = pair_wall_s()};
        world.links[end] = link_create(&settings, world.now_ns, NULL);
        must(world.links[end] != NULL);
    }
    dial(WORKER, &world.worker);
    run(500 * MS);
    must(world.worker->state == PEER_UP && world.any_sample);
}

/* Runs until the dialler is there, dialling again whenever it is turned away. */
static void run_until_there(uint64_t for_ns)
{
    uint64_t until_ns = world.now_ns + for_ns;
    while (!world.is_up || !world.guest) {
        must(world.now_ns < until_ns);
        if (!world.dialled)
            dial(DIALLER, &world.dialled);
        run(50 * MS);
    }
}

static void finish(void)
{
    for (int end = 0; end < ENDS; end++)
        link_destroy(world.links[end]);
}

/* The first handshakes of a process leave things in OpenSSL that stay. */
static void prepare(void)
{
    heap_watch();
    identities[CART] = pair_identity(PAIR_CART);
    identities[WORKER] = pair_issue("console-rabat", LINK_KIND_CONSOLE);
    identities[DIALLER] = pair_identity(PAIR_CONSOLE);
    begin();
    run_until_there(2000 * MS);
    finish();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!identities[CART])
        prepare();
    begin();
    world.heap_bytes = heap_bytes();
    world.at = data;
    world.left = size;
    dial(DIALLER, &world.dialled);
    for (int i = 0; i < 60 && world.left; i++) {
        if (!world.dialled)
            dial(DIALLER, &world.dialled);
        run(50 * MS);
    }
    world.left = 0;
    run_until_there(THERE_AGAIN_NS);
    uint64_t until_ns = world.now_ns + FORGOTTEN_NS;
    while (heap_bytes() > world.heap_bytes + HEAP_SLACK_BYTES) {
        must(world.now_ns < until_ns);
        run(100 * MS);
    }
    must(world.now_ns - world.heard_ns <= 2 * SAMPLE_NS + DELAY_NS);
    finish();
    return 0;
}
