/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/star.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/pair.h" /* pair_issue: one authority for all simulations */
#include "station/channels.h"

#define MS UINT64_C(1000000)
#define S (1000 * MS)

enum { CART_ADDRESS = 1, PORTS_EACH = 32, JITTER_MS_MOST = 8 };

static void fill_random(void *context, uint8_t *out, size_t len)
{
    struct random *random = context;
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)random_u64(random);
}

uint64_t star_clock_ns(const struct star *star, enum star_site site)
{
    return star->now_ns + star->sites[site].offset_ns;
}

static void create(struct star *star, enum star_site site, uint64_t picture_ns)
{
    struct link_settings settings = {.identity = star->sites[site].identity,
                                     .random = fill_random,
                                     .random_context = &star->random,
                                     .wall_s = pair_wall_s()};
    channels_set(&settings, site == STAR_CART, picture_ns);
    star->sites[site].link = link_create(&settings, star_clock_ns(star, site), NULL);
    if (!star->sites[site].link)
        abort();
}

void star_open(struct star *star, uint64_t seed, uint64_t picture_ns)
{
    static const struct {
        const char *name;
        enum link_kind kind;
    } names[STAR_SITES] = {{"theatre", LINK_KIND_CART},
                           {"first", LINK_KIND_CONSOLE},
                           {"second", LINK_KIND_CONSOLE},
                           {"panel", LINK_KIND_BEDSIDE}};
    static struct link_identity *identities[STAR_SITES];
    memset(star, 0,
           offsetof(struct star, parcels)); /* those are many, and written before they are read */
    random_seed(&star->random, seed ^ UINT64_C(0x73746172));
    for (int i = 0; i < STAR_SITES; i++) {
        if (!identities[i])
            identities[i] = pair_issue(names[i].name, names[i].kind);
        star->sites[i].identity = identities[i];
        star->sites[i].offset_ns = random_below(&star->random, 86400 * S);
        bool is_near = i == STAR_PANEL;
        star->sites[i].delay_ns = is_near ? MS / 4 : (5 + random_below(&star->random, 100)) * MS;
        star->sites[i].loss = is_near ? 0 : random_unit(&star->random) * 0.03;
        star->sites[i].port = (uint8_t)(CART_ADDRESS + i * PORTS_EACH);
        create(star, (enum star_site)i, picture_ns);
    }
}

void star_close(struct star *star)
{
    for (int i = 0; i < STAR_SITES; i++)
        link_destroy(star->sites[i].link);
}

void star_restart(struct star *star, enum star_site site, uint64_t picture_ns)
{
    link_destroy(star->sites[site].link);
    if (site != STAR_CART)
        star->sites[site].port++;
    create(star, site, picture_ns);
}

static struct link_path path_of(uint8_t address)
{
    struct link_path path = {.address_bytes = 1};
    path.address[0] = address;
    return path;
}

struct link_path star_path(void)
{
    return path_of(CART_ADDRESS);
}

/* The site that has the address now; STAR_SITES: nobody any more. */
static enum star_site at_address(const struct star *star, uint8_t address)
{
    int site = 0;
    while (site < STAR_SITES && star->sites[site].port != address)
        site++;
    return (enum star_site)site;
}

static void post(struct star *star, enum star_site from, enum star_site to, const uint8_t *bytes,
                 size_t len)
{
    enum star_site outer = from == STAR_CART ? to : from;
    if (star->sites[outer].is_cut || random_chance(&star->random, star->sites[outer].loss))
        return;
    while (star->first_free < STAR_PARCELS && star->due_ns[star->first_free])
        star->first_free++;
    assert(star->first_free < STAR_PARCELS);
    size_t place = star->first_free;
    struct star_parcel *parcel = &star->parcels[place];
    bool is_near = outer == STAR_PANEL;
    uint64_t jitter_ns = is_near ? 0 : random_below(&star->random, JITTER_MS_MOST * MS);
    star->due_ns[place] = star->now_ns + star->sites[outer].delay_ns + jitter_ns;
    if (place >= star->end)
        star->end = place + 1;
    parcel->from = (uint8_t)from;
    parcel->to = (uint8_t)to;
    parcel->len = len;
    memcpy(parcel->bytes, bytes, len);
}

static void send_all(struct star *star, enum star_site from)
{
    uint8_t bytes[LINK_DATAGRAM_MAX];
    struct link_path path;
    size_t len;
    while ((len = link_transmit(star->sites[from].link, &path, bytes, star_clock_ns(star, from)))) {
        enum star_site to = from == STAR_CART ? at_address(star, path.address[0]) : STAR_CART;
        if (to < STAR_SITES)
            post(star, from, to, bytes, len);
    }
}

static void deliver(struct star *star, struct star_parcel *parcel)
{
    struct link_path path = path_of(star->sites[parcel->from].port);
    link_receive(star->sites[parcel->to].link, &path, parcel->bytes, parcel->len,
                 star_clock_ns(star, (enum star_site)parcel->to));
    if (parcel->to == STAR_CART)
        star->heard_ns[parcel->from] = star->now_ns;
}

void star_step(struct star *star, void (*take)(void *context, enum star_site site), void *context)
{
    star->now_ns += MS;
    for (size_t i = 0; i < star->end; i++) {
        struct star_parcel *parcel = &star->parcels[i];
        if (!star->due_ns[i] || star->due_ns[i] > star->now_ns)
            continue;
        enum star_site to = (enum star_site)parcel->to;
        deliver(star, parcel);
        star->due_ns[i] = 0;
        if (i < star->first_free)
            star->first_free = i;
        take(context, to);
    }
    for (int i = 0; i < STAR_SITES; i++) {
        send_all(star, (enum star_site)i);
        take(context, (enum star_site)i); /* time brings events too */
    }
}
