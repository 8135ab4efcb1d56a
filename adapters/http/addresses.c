/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/addresses.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { PLACES = 1 << 14, NEIGHBOURS = 8, BURST_S = 4 };

#define SECOND_NS UINT64_C(1000000000)

struct place {
    uint64_t key[2]; /* both 0: free */
    unsigned connections;
    uint64_t paid_until_ns; /* each request pays 1/rate s; at most BURST_S ahead of now */
};

struct addresses {
    pthread_mutex_t lock;
    unsigned connections_max, rate;
    uint64_t seed; /* so that nobody can aim at one place */
    struct place places[PLACES];
};

struct addresses *addresses_new(unsigned connections_max, unsigned rate)
{
    struct addresses *addresses = calloc(1, sizeof *addresses);
    if (!addresses)
        return NULL;
    addresses->connections_max = connections_max;
    addresses->rate = rate;
    if (getrandom(&addresses->seed, sizeof addresses->seed, 0) < 0)
        addresses->seed = (uintptr_t)addresses;
    pthread_mutex_init(&addresses->lock, NULL);
    return addresses;
}

void addresses_free(struct addresses *addresses)
{
    if (!addresses)
        return;
    pthread_mutex_destroy(&addresses->lock);
    free(addresses);
}

static bool is_v4_in_v6(const struct net_address *address)
{
    return address->any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&address->v6.sin6_addr);
}

bool addresses_is_own(const struct net_address *address)
{
    if (address->any.sa_family == AF_INET)
        return ntohl(address->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    if (is_v4_in_v6(address))
        return address->v6.sin6_addr.s6_addr[12] == IN_LOOPBACKNET;
    return address->any.sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&address->v6.sin6_addr);
}

static void key_of(const struct net_address *address, uint64_t key[static 2])
{
    const uint8_t *v6 = address->v6.sin6_addr.s6_addr;
    key[0] = key[1] = 0;
    if (address->any.sa_family == AF_INET)
        key[1] = UINT64_C(1) << 32 | address->v4.sin_addr.s_addr;
    else if (is_v4_in_v6(address)) {
        uint32_t v4;
        memcpy(&v4, v6 + 12, sizeof v4);
        key[1] = UINT64_C(1) << 32 | v4;
    } else {
        memcpy(&key[0], v6, sizeof key[0]); /* the /64 */
        key[1] = UINT64_C(2) << 32;
    }
}

/* The address's place; a free or forgettable one becomes its. NULL: all are taken. */
static struct place *place_of(struct addresses *addresses, const struct net_address *address,
                              uint64_t now_ns)
{
    uint64_t key[2];
    key_of(address, key);
    uint64_t hash = (key[0] ^ addresses->seed) * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ key[1] ^ hash >> 32) * UINT64_C(0xbf58476d1ce4e5b9);
    size_t first = (size_t)(hash >> 50); /* PLACES is 2^14 */
    struct place *spare = NULL;
    for (size_t i = 0; i < NEIGHBOURS; i++) {
        struct place *place = &addresses->places[(first + i) % PLACES];
        if (place->key[0] == key[0] && place->key[1] == key[1])
            return place;
        if (!spare && !place->connections && place->paid_until_ns <= now_ns)
            spare = place;
    }
    if (spare)
        *spare = (struct place){.key = {key[0], key[1]}};
    return spare;
}

bool addresses_begin(struct addresses *addresses, const struct net_address *address,
                     uint64_t now_ns)
{
    if (addresses_is_own(address))
        return true;
    pthread_mutex_lock(&addresses->lock);
    struct place *place = place_of(addresses, address, now_ns);
    bool fits = !place || place->connections < addresses->connections_max;
    if (place && fits)
        place->connections++;
    pthread_mutex_unlock(&addresses->lock);
    return fits;
}

void addresses_end(struct addresses *addresses, const struct net_address *address)
{
    if (addresses_is_own(address))
        return;
    pthread_mutex_lock(&addresses->lock);
    struct place *place = place_of(addresses, address, 0);
    if (place && place->connections)
        place->connections--;
    pthread_mutex_unlock(&addresses->lock);
}

bool addresses_ask(struct addresses *addresses, const struct net_address *address, uint64_t now_ns)
{
    if (!addresses->rate || addresses_is_own(address))
        return true;
    pthread_mutex_lock(&addresses->lock);
    bool fits = true;
    struct place *place = place_of(addresses, address, now_ns);
    if (place) {
        uint64_t from = place->paid_until_ns > now_ns ? place->paid_until_ns : now_ns;
        fits = from - now_ns < BURST_S * SECOND_NS;
        if (fits)
            place->paid_until_ns = from + SECOND_NS / addresses->rate;
    }
    pthread_mutex_unlock(&addresses->lock);
    return fits;
}
