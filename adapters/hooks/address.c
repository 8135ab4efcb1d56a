/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hooks/address.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"

struct range4 {
    uint32_t start;
    unsigned bits;
};

static const struct range4 special4[] = {
    {0x00000000, 8},  /* this network */
    {0x0A000000, 8},  /* 10.0.0.0: private */
    {0x64400000, 10}, /* 100.64.0.0: shared with a provider */
    {0x7F000000, 8},  /* this machine */
    {0xA9FE0000, 16}, /* 169.254.0.0: the link; clouds tell secrets there */
    {0xAC100000, 12}, /* 172.16.0.0: private */
    {0xC0000000, 24}, /* 192.0.0.0: protocols */
    {0xC0000200, 24}, /* 192.0.2.0: documentation */
    {0xC0586300, 24}, /* 192.88.99.0: 6to4 relays */
    {0xC0A80000, 16}, /* 192.168.0.0: private */
    {0xC6120000, 15}, /* 198.18.0.0: benchmarks */
    {0xC6336400, 24}, /* 198.51.100.0: documentation */
    {0xCB007100, 24}, /* 203.0.113.0: documentation */
    {0xE0000000, 4},  /* many at once */
    {0xF0000000, 4},  /* reserved, and all of a network */
};

static bool is_public4(uint32_t address)
{
    for (size_t i = 0; i < sizeof special4 / sizeof *special4; i++)
        if ((address ^ special4[i].start) >> (32 - special4[i].bits) == 0)
            return false;
    return true;
}

static bool starts(const uint8_t *address, const uint8_t *start, unsigned bits)
{
    for (unsigned i = 0; i < bits; i++)
        if ((address[i / 8] ^ start[i / 8]) & 0x80 >> i % 8)
            return false;
    return true;
}

static bool is_public6(const uint8_t address[16])
{
    static const struct {
        uint8_t start[4];
        unsigned bits;
    } special[] = {
        {{0x20, 0x01, 0x00, 0x00}, 23}, /* protocols, Teredo among them */
        {{0x20, 0x01, 0x0D, 0xB8}, 32}, /* documentation */
        {{0x20, 0x02, 0x00, 0x00}, 16}, /* 6to4 */
        {{0x3F, 0xFF, 0x00, 0x00}, 20}, /* documentation */
    };
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    static const uint8_t global[1] = {0x20}; /* 2000::/3: all that is given out */
    if (memcmp(address, mapped, sizeof mapped) == 0)
        return is_public4(get_be32(address + sizeof mapped));
    if (!starts(address, global, 3))
        return false;
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (starts(address, special[i].start, special[i].bits))
            return false;
    return true;
}

bool hooks_address_is_public(const struct sockaddr *address)
{
    struct sockaddr_in in4;
    struct sockaddr_in6 in6;
    switch (address->sa_family) {
    case AF_INET:
        memcpy(&in4, address, sizeof in4);
        return is_public4(ntohl(in4.sin_addr.s_addr));
    case AF_INET6:
        memcpy(&in6, address, sizeof in6);
        return is_public6(in6.sin6_addr.s6_addr);
    default:
        return false;
    }
}
