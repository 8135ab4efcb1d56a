/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/pair.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "link/identity.h"
#include "tls/certificates.h"

enum { PARCELS = 4096, WALL_S = 1800000000, DAY_S = 86400 };

struct pair {
    struct pair_settings settings;
    struct link_identity *identities[PAIR_ENDS];
    struct link *links[PAIR_ENDS];
    struct random randoms[PAIR_ENDS];
    struct line lines[LINK_LINES_MAX][PAIR_ENDS]; /* by the end that sends */
    struct line_storage storage[LINK_LINES_MAX][PAIR_ENDS];
    uint8_t address[LINK_LINES_MAX]; /* of the console, as the cart sees it */
    uint64_t true_ns;
    uint64_t turn_ns[PAIR_ENDS];
    int64_t clock_offset_ns[PAIR_ENDS];
    uint64_t lose_in[PAIR_ENDS]; /* datagrams left before the one that pair_lose names; 0: none */
};

/* One authority and two sites for all runs of a program: Ed25519, whose signatures all have the same
 * length, so that the same seed gives the same datagrams in size and time. */
static struct pem key_pem[PAIR_ENDS], certificate_pem[PAIR_ENDS], authority_pem, revoked_pem;
static struct authority *authority;

static bool issue(const char *name, enum link_kind kind, struct pem *key, struct pem *certificate)
{
    const struct site_request request = {.name = name,
                                         .kind = kind,
                                         .key_type = KEY_ED25519,
                                         .not_before_s = WALL_S - DAY_S,
                                         .not_after_s = WALL_S + 30 * DAY_S};
    return authority_issue(authority, &request, key, certificate);
}

static void make_identities(void)
{
    static const struct {
        const char *name;
        enum link_kind kind;
    } sites[PAIR_ENDS] = {{"console-shanghai", LINK_KIND_CONSOLE},
                          {"cart-casablanca", LINK_KIND_CART}};
    if (authority_pem.text)
        return;
    authority = authority_new("Jisr simulation", KEY_ED25519, WALL_S - DAY_S, WALL_S + 365 * DAY_S);
    bool made = authority && authority_certificate_pem(authority, &authority_pem) &&
                authority_revoked_pem(authority, &revoked_pem);
    for (int end = 0; made && end < PAIR_ENDS; end++)
        made = issue(sites[end].name, sites[end].kind, &key_pem[end], &certificate_pem[end]);
    if (!made)
        abort();
}

static struct link_identity *new_identity(const struct pem *key, const struct pem *certificate)
{
    const struct link_identity_pem pem = {
        .key = {key->text, key->len},
        .certificate = {certificate->text, certificate->len},
        .authority = {authority_pem.text, authority_pem.len},
        .revoked = {revoked_pem.text, revoked_pem.len},
    };
    struct link_identity *identity = NULL;
    if (link_identity_new(&identity, &pem) != LINK_IDENTITY_OK)
        abort();
    return identity;
}

struct link_identity *pair_identity(enum pair_end end)
{
    make_identities();
    return new_identity(&key_pem[end], &certificate_pem[end]);
}

struct link_identity *pair_issue(const char *name, enum link_kind kind)
{
    struct pem key, certificate;
    make_identities();
    if (!issue(name, kind, &key, &certificate))
        abort();
    struct link_identity *identity = new_identity(&key, &certificate);
    pem_free(&key);
    pem_free(&certificate);
    return identity;
}

int64_t pair_wall_s(void)
{
    return WALL_S;
}

static void fill_random(void *context, uint8_t *out, size_t len)
{
    struct random *random = context;
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)random_u64(random);
}

static enum pair_end other(enum pair_end end)
{
    return end == PAIR_CONSOLE ? PAIR_CART : PAIR_CONSOLE;
}

static struct link *make_link(struct pair *pair, enum pair_end end)
{
    struct link_settings settings = pair->settings.link[end];
    settings.identity = pair->identities[end];
    settings.answers = end == PAIR_CART;
    if (!settings.peer_kinds)
        settings.peer_kinds = end == PAIR_CART ? LINK_KIND_CONSOLE : LINK_KIND_CART;
    settings.random = fill_random;
    settings.random_context = &pair->randoms[end];
    settings.wall_s = WALL_S;
    struct link *link = link_create(&settings, pair_local_ns(pair, end), NULL);
    if (!link)
        abort();
    return link;
}

static bool make_line(struct pair *pair, unsigned number)
{
    struct weather_line_settings settings;
    struct weather_error error;
    if (weather_settings_read(&settings, pair->settings.weather[number], &error) != WEATHER_OK) {
        fprintf(stderr, "line %u: %s\n", number, error.text);
        return false;
    }
    for (int end = 0; end < PAIR_ENDS; end++) {
        struct line_storage *storage = &pair->storage[number][end];
        *storage = (struct line_storage){calloc(PARCELS, sizeof *storage->parcels),
                                         calloc(PARCELS, sizeof *storage->places), PARCELS};
        if (!storage->parcels || !storage->places)
            abort();
        enum weather_way way = end == PAIR_CONSOLE ? WEATHER_UP : WEATHER_DOWN;
        line_init(&pair->lines[number][end], storage, &settings.way[way],
                  pair->settings.seed * 64 + number, way, 0);
    }
    return true;
}

struct pair *pair_create(const struct pair_settings *settings)
{
    struct pair *pair = calloc(1, sizeof *pair);
    if (!pair)
        abort();
    make_identities();
    pair->settings = *settings;
    for (unsigned i = 0; i < settings->lines; i++)
        if (!make_line(pair, i)) {
            pair_destroy(pair);
            return NULL;
        }
    for (int end = 0; end < PAIR_ENDS; end++) {
        random_seed(&pair->randoms[end], settings->seed * 2 + (uint64_t)end);
        pair->clock_offset_ns[end] = settings->clock_offset_ns[end];
        pair->turn_ns[end] = settings->hooks.turn ? 0 : UINT64_MAX;
        pair->identities[end] = new_identity(&key_pem[end], &certificate_pem[end]);
        pair->links[end] = make_link(pair, (enum pair_end)end);
    }
    return pair;
}

void pair_destroy(struct pair *pair)
{
    for (int end = 0; end < PAIR_ENDS; end++) {
        link_destroy(pair->links[end]);
        link_identity_free(pair->identities[end]);
        for (size_t i = 0; i < pair->settings.lines; i++) {
            free(pair->storage[i][end].parcels);
            free(pair->storage[i][end].places);
        }
    }
    free(pair);
}

uint64_t pair_true_ns(const struct pair *pair)
{
    return pair->true_ns;
}

static int64_t drifted(int64_t ns, int64_t ppb)
{
    return (int64_t)((double)ns * (double)ppb * 1e-9);
}

uint64_t pair_local_ns(const struct pair *pair, enum pair_end end)
{
    int64_t run_ns = (int64_t)pair->true_ns;
    return (uint64_t)(run_ns + pair->clock_offset_ns[end] +
                      drifted(run_ns, pair->settings.clock_drift_ppb[end]));
}

uint64_t pair_true_of(const struct pair *pair, enum pair_end end, uint64_t local_ns)
{
    if (local_ns == UINT64_MAX)
        return UINT64_MAX;
    int64_t run_ns = (int64_t)local_ns - pair->clock_offset_ns[end];
    int64_t ppb = pair->settings.clock_drift_ppb[end];
    int64_t true_ns = (int64_t)((double)run_ns / (1 + (double)ppb * 1e-9)) - 2;
    if (true_ns < 0)
        return 0;
    while (true_ns + drifted(true_ns, ppb) < run_ns) /* the first moment that reads so */
        true_ns++;
    return (uint64_t)true_ns;
}

struct link *pair_link(struct pair *pair, enum pair_end end)
{
    return pair->links[end];
}

struct line *pair_line(struct pair *pair, unsigned line, enum pair_end from)
{
    return &pair->lines[line][from];
}

struct link_path pair_path(const struct pair *pair, unsigned line)
{
    (void)pair;
    return (struct link_path){
        .socket = (uint8_t)line, .address_bytes = 3, .address = {1, 0, (uint8_t)line}};
}

struct link_peer *pair_dial(struct pair *pair, size_t lines)
{
    struct link_path paths[LINK_LINES_MAX];
    struct link_peer *peer = NULL;
    for (unsigned i = 0; i < lines; i++)
        paths[i] = pair_path(pair, i);
    enum link_err err = link_dial(pair->links[PAIR_CONSOLE], paths, lines,
                                  pair_local_ns(pair, PAIR_CONSOLE), &peer);
    return err == LINK_OK ? peer : NULL;
}

static void drain_events(struct pair *pair, enum pair_end end)
{
    struct link_event event;
    while (link_event(pair->links[end], &event))
        if (pair->settings.hooks.event)
            pair->settings.hooks.event(pair->settings.hooks.context, pair, end, &event);
}

/* Where `end` sees the other one on a line. */
static struct link_path far_path(const struct pair *pair, unsigned line, enum pair_end end)
{
    struct link_path path = pair_path(pair, line);
    if (end == PAIR_CART)
        path.address[1] = pair->address[line];
    return path;
}

static void transmit(struct pair *pair, enum pair_end end)
{
    uint8_t bytes[LINK_DATAGRAM_MAX];
    struct link_path path;
    size_t len;
    while ((len = link_transmit(pair->links[end], &path, bytes, pair_local_ns(pair, end)))) {
        unsigned number = path.socket;
        struct link_path far = far_path(pair, number, end);
        /* What is sent to the console's former address goes nowhere. */
        if (number >= pair->settings.lines || path.address_bytes != far.address_bytes ||
            memcmp(path.address, far.address, far.address_bytes) != 0) {
            if (pair->settings.hooks.elsewhere)
                pair->settings.hooks.elsewhere(pair->settings.hooks.context, end, &path, bytes, len,
                                               pair->true_ns);
            continue;
        }
        if (pair->lose_in[end] && --pair->lose_in[end] == 0)
            continue;
        struct weather_verdict verdict =
            line_send(&pair->lines[number][end], bytes, len, pair->address[number], pair->true_ns);
        if (pair->settings.hooks.datagram)
            pair->settings.hooks.datagram(pair->settings.hooks.context, end, number, bytes, len,
                                          pair->true_ns, &verdict);
    }
    drain_events(pair, end);
}

static void receive(struct pair *pair, unsigned number, enum pair_end from)
{
    uint8_t bytes[LINE_DATAGRAM_MAX];
    size_t len;
    uint32_t tag;
    enum pair_end to = other(from);
    while (line_receive(&pair->lines[number][from], pair->true_ns, bytes, &len, &tag)) {
        struct link_path path = pair_path(pair, number);
        if (to == PAIR_CART)
            path.address[1] = (uint8_t)tag;
        link_receive(pair->links[to], &path, bytes, len, pair_local_ns(pair, to));
        drain_events(pair, to);
    }
}

static uint64_t next_ns(struct pair *pair)
{
    uint64_t soonest = UINT64_MAX;
    for (unsigned i = 0; i < pair->settings.lines; i++)
        for (int end = 0; end < PAIR_ENDS; end++) {
            uint64_t due_ns = line_next_ns(&pair->lines[i][end]);
            soonest = due_ns < soonest ? due_ns : soonest;
        }
    for (int end = 0; end < PAIR_ENDS; end++) {
        uint64_t local_ns = pair_local_ns(pair, (enum pair_end)end);
        uint64_t due_ns = link_deadline(pair->links[end], local_ns);
        due_ns = pair_true_of(pair, (enum pair_end)end, due_ns);
        soonest = due_ns < soonest ? due_ns : soonest;
        soonest = pair->turn_ns[end] < soonest ? pair->turn_ns[end] : soonest;
    }
    return soonest;
}

void pair_run(struct pair *pair, uint64_t until_ns)
{
    uint64_t stuck = 0;
    for (;;) {
        for (int end = 0; end < PAIR_ENDS; end++) {
            if (pair->true_ns >= pair->turn_ns[end])
                pair->turn_ns[end] = pair->settings.hooks.turn(pair->settings.hooks.context, pair,
                                                               (enum pair_end)end, pair->true_ns);
            transmit(pair, (enum pair_end)end);
        }
        uint64_t at_ns = next_ns(pair);
        if (at_ns >= until_ns) {
            pair->true_ns = until_ns;
            return;
        }
        stuck = at_ns <= pair->true_ns ? stuck + 1 : 0;
        if (stuck > 100000) {
            fprintf(stderr, "seed %llu: the link asks to run at once for ever at %llu ns\n",
                    (unsigned long long)pair->settings.seed, (unsigned long long)pair->true_ns);
            abort();
        }
        if (at_ns > pair->true_ns)
            pair->true_ns = at_ns;
        for (unsigned i = 0; i < pair->settings.lines; i++)
            for (int end = 0; end < PAIR_ENDS; end++)
                receive(pair, i, (enum pair_end)end);
    }
}

void pair_cut(struct pair *pair, unsigned line, bool cut)
{
    for (int end = 0; end < PAIR_ENDS; end++)
        weather_cut(&pair->lines[line][end].weather, cut);
}

void pair_lose(struct pair *pair, enum pair_end end, uint64_t nth)
{
    pair->lose_in[end] = nth + 1;
}

void pair_move(struct pair *pair, unsigned line)
{
    pair->address[line]++;
}

void pair_step_clock(struct pair *pair, enum pair_end end, int64_t by_ns)
{
    pair->clock_offset_ns[end] += by_ns;
}

void pair_restart(struct pair *pair, enum pair_end end)
{
    link_destroy(pair->links[end]);
    pair->links[end] = make_link(pair, end);
}

void pair_inject_along(struct pair *pair, enum pair_end to, const struct link_path *path,
                       const uint8_t *bytes, size_t len)
{
    uint8_t copy[LINE_DATAGRAM_MAX];
    memcpy(copy, bytes, len);
    link_receive(pair->links[to], path, copy, len, pair_local_ns(pair, to));
    drain_events(pair, to);
}

void pair_inject(struct pair *pair, enum pair_end to, unsigned line, const uint8_t *bytes,
                 size_t len, bool from_peer)
{
    enum { STRANGER = 200 };
    struct link_path path = far_path(pair, line, to);
    if (!from_peer)
        path.address[1] = STRANGER;
    pair_inject_along(pair, to, &path, bytes, len);
}
