/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/door.h"

#include <string.h>

#define MS UINT64_C(1000000)

/* A handshake takes about 1.5 ms of a core at this end. One a second while a surgeon operates, and one of a
 * regular's, delay at most two gestures in a thousand by that much; ten a second otherwise. */
#define ADMIT_BUSY_NS (1000 * MS)
#define ADMIT_IDLE_NS (100 * MS)

/* A handshake over a satellite takes 2 s; a stranger that is silent for longer than a fibre's
 * loses its place when somebody else needs it. */
#define PATIENCE_NS (10000 * MS)
#define WAITED_NS (1500 * MS)

bool door_create(struct door *door, const uint8_t key[static 32])
{
    memset(door, 0, sizeof *door);
    return cookie_jar_create(&door->jar, key);
}

void door_destroy(struct door *door)
{
    cookie_jar_destroy(&door->jar);
}

/* The address as the cookie binds it: which socket it came to, and its own bytes. */
static size_t address_of(const struct link_path *path, uint8_t out[static COOKIE_ADDRESS_BYTES_MAX])
{
    out[0] = path->socket;
    memcpy(out + 1, path->address, path->address_bytes);
    return 1U + path->address_bytes;
}

static struct door_answer *queue(struct door *door, const struct link_path *path)
{
    if (door->count == DOOR_ANSWERS_KEPT)
        return NULL;
    struct door_answer *answer = &door->answers[(door->first + door->count++) % DOOR_ANSWERS_KEPT];
    answer->path = *path;
    return answer;
}

void door_hello(struct door *door, const struct link_path *path, const struct wire_header *hello,
                uint64_t now_ns)
{
    struct door_answer *answer = queue(door, path);
    if (!answer)
        return;
    uint8_t address[COOKIE_ADDRESS_BYTES_MAX];
    size_t len = address_of(path, address);
    wire_header_write(&(struct wire_header){.type = WIRE_COOKIE,
                                            .line = hello->line,
                                            .connection = hello->connection},
                      answer->bytes);
    cookie_make(&door->jar, address, len, hello->connection, now_ns,
                answer->bytes + WIRE_HEADER_BYTES);
    answer->len = DOOR_ANSWER_BYTES;
}

bool door_knows(const struct door *door, const struct link_path *path, uint64_t connection,
                uint64_t now_ns, const uint8_t cookie[static WIRE_COOKIE_BYTES])
{
    uint8_t address[COOKIE_ADDRESS_BYTES_MAX];
    size_t len = address_of(path, address);
    return cookie_check(&door->jar, address, len, connection, now_ns, cookie);
}

bool door_is_regular(const struct door *door, const struct link_path *path)
{
    for (size_t i = 0; i < DOOR_REGULARS_KEPT && i < door->regulars_next; i++)
        if (waiting_is_one_host(&door->regulars[i], path))
            return true;
    return false;
}

void door_remember(struct door *door, const struct link_path *path)
{
    if (!door_is_regular(door, path))
        door->regulars[door->regulars_next++ % DOOR_REGULARS_KEPT] = *path;
}

bool door_is_turn(struct door *door, const struct link_path *path, uint64_t connection,
                  uint64_t now_ns)
{
    return waiting_comes_first(&door->waiting[door_is_regular(door, path)], path, connection,
                               now_ns);
}

bool door_admits(struct door *door, const struct link_path *path, uint64_t connection, bool busy,
                 uint64_t now_ns)
{
    uint64_t *admit_ns = &door->admit_ns[door_is_regular(door, path)];
    if (now_ns < *admit_ns)
        return false;
    for (size_t i = 0; i < 2; i++) /* its lines may have come from both sorts of address */
        waiting_leave(&door->waiting[i], connection);
    *admit_ns = now_ns + (busy ? ADMIT_BUSY_NS : ADMIT_IDLE_NS);
    return true;
}

uint64_t door_patience_ns(void)
{
    return PATIENCE_NS;
}

bool door_has_waited(uint64_t give_up_ns, uint64_t now_ns)
{
    return give_up_ns < now_ns + PATIENCE_NS - WAITED_NS;
}

void door_turn_away(struct door *door, const struct link_path *path,
                    const struct wire_header *header)
{
    struct door_answer *answer = queue(door, path);
    if (!answer)
        return;
    wire_header_write(&(struct wire_header){.type = WIRE_BUSY,
                                            .line = header->line,
                                            .connection = header->connection},
                      answer->bytes);
    answer->len = WIRE_HEADER_BYTES;
}

size_t door_transmit(struct door *door, struct link_path *path,
                     uint8_t out[static LINK_DATAGRAM_MAX])
{
    if (door->count == 0)
        return 0;
    const struct door_answer *answer = &door->answers[door->first];
    door->first = (door->first + 1) % DOOR_ANSWERS_KEPT;
    door->count--;
    *path = answer->path;
    memcpy(out, answer->bytes, answer->len);
    return answer->len;
}

bool door_is_waiting(const struct door *door)
{
    return door->count > 0;
}
