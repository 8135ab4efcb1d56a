/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/cookie.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"
#include "link/seal.h"

enum { AT_MADE = 0, AT_COUNTER = 4, AT_TAG = 12 };
static_assert((int)AT_TAG == (int)SEAL_IV_BYTES, "time and counter are the nonce");
static_assert((int)AT_TAG + (int)SEAL_TAG_BYTES == (int)WIRE_COOKIE_BYTES,
              "the tag ends the cookie");

#define NS_PER_S UINT64_C(1000000000)
enum { BOUND_BYTES_MAX = COOKIE_ADDRESS_BYTES_MAX + 8 };

bool cookie_jar_create(struct cookie_jar *jar, const uint8_t key[static 32])
{
    *jar = (struct cookie_jar){.mac = seal_one_create()};
    if (!jar->mac)
        return false;
    seal_one_key(jar->mac, SEAL_AES_256_GCM, key);
    return true;
}

void cookie_jar_destroy(struct cookie_jar *jar)
{
    seal_one_destroy(jar->mac);
    jar->mac = NULL;
}

/* What the tag binds; its length. */
static size_t bind(uint8_t out[static BOUND_BYTES_MAX], const uint8_t *address, size_t address_len,
                   uint64_t connection)
{
    assert(address_len <= COOKIE_ADDRESS_BYTES_MAX);
    memcpy(out, address, address_len);
    put_be64(out + address_len, connection);
    return address_len + 8;
}

void cookie_make(struct cookie_jar *jar, const uint8_t *address, size_t address_len,
                 uint64_t connection, uint64_t now_ns, uint8_t out[static WIRE_COOKIE_BYTES])
{
    uint8_t bound[BOUND_BYTES_MAX];
    size_t len = bind(bound, address, address_len, connection);

    put_be32(out + AT_MADE, (uint32_t)(now_ns / NS_PER_S));
    put_be64(out + AT_COUNTER, jar->counter++);
    seal_one_close(jar->mac, out, bound, len, NULL, 0, out + AT_TAG);
}

bool cookie_check(const struct cookie_jar *jar, const uint8_t *address, size_t address_len,
                  uint64_t connection, uint64_t now_ns,
                  const uint8_t cookie[static WIRE_COOKIE_BYTES])
{
    uint8_t bound[BOUND_BYTES_MAX];
    size_t len = bind(bound, address, address_len, connection);
    uint32_t age_s = (uint32_t)(now_ns / NS_PER_S) - get_be32(cookie + AT_MADE);

    return age_s <= COOKIE_LIFE_S &&
           seal_one_open(jar->mac, cookie, bound, len, NULL, 0, cookie + AT_TAG);
}
