/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/waiting.h"

#include <string.h>

static size_t host_bytes(const struct link_path *path)
{
    return path->host_bytes ? path->host_bytes : path->address_bytes;
}

bool waiting_is_one_host(const struct link_path *a, const struct link_path *b)
{
    return host_bytes(a) == host_bytes(b) && !memcmp(a->address, b->address, host_bytes(b));
}

static void remove_at(struct waiting *waiting, size_t at)
{
    waiting->count--;
    memmove(&waiting->ones[at], &waiting->ones[at + 1],
            (waiting->count - at) * sizeof *waiting->ones);
}

void waiting_leave(struct waiting *waiting, uint64_t connection)
{
    for (size_t i = waiting->count; i-- > 0;)
        if (waiting->ones[i].connection == connection)
            remove_at(waiting, i);
}

static uint64_t patience_ns(const struct waiting_one *one)
{
    uint64_t for_ns = WAITING_PATIENCE_LEAST_NS + 2 * (one->heard_ns - one->came_ns);
    return for_ns < WAITING_PATIENCE_NS ? for_ns : WAITING_PATIENCE_NS;
}

static void forget_silent(struct waiting *waiting, uint64_t now_ns)
{
    for (size_t i = waiting->count; i-- > 0;)
        if (now_ns - waiting->ones[i].heard_ns > patience_ns(&waiting->ones[i]))
            remove_at(waiting, i);
}

/* The last one whose machine has another place leaves. */
static bool make_room(struct waiting *waiting)
{
    for (size_t i = waiting->count; i-- > 0;)
        for (size_t j = 0; j < i; j++)
            if (waiting_is_one_host(&waiting->ones[i].path, &waiting->ones[j].path)) {
                remove_at(waiting, i);
                return true;
            }
    return false;
}

bool waiting_comes_first(struct waiting *waiting, const struct link_path *path, uint64_t connection,
                         uint64_t now_ns)
{
    forget_silent(waiting, now_ns);
    size_t of_host = 0;
    for (size_t i = 0; i < waiting->count; i++) {
        struct waiting_one *one = &waiting->ones[i];
        if (one->connection == connection) {
            one->heard_ns = now_ns;
            return i == 0;
        }
        of_host += waiting_is_one_host(&one->path, path);
    }
    if (of_host == WAITING_OF_A_HOST_MAX)
        return false;
    if (waiting->count == WAITING_MAX && (of_host > 0 || !make_room(waiting)))
        return false;
    waiting->ones[waiting->count++] = (struct waiting_one){
        .path = *path, .connection = connection, .came_ns = now_ns, .heard_ns = now_ns};
    return waiting->count == 1;
}
