/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of an address and port. Names are not looked up here: only numbers are addresses. What is
 * read can be written, and reads back as the same. */
#include <netdb.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int __real_getaddrinfo(const char *host, const char *port, const struct addrinfo *wanted,
                       struct addrinfo **found);
int __wrap_getaddrinfo(const char *host, const char *port, const struct addrinfo *wanted,
                       struct addrinfo **found);

int __wrap_getaddrinfo(const char *host, const char *port, const struct addrinfo *wanted,
                       struct addrinfo **found)
{
    struct addrinfo numbers = *wanted;
    numbers.ai_flags |= AI_NUMERICHOST;
    return __real_getaddrinfo(host, port, &numbers, found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct net_address address, again;
    char text[NET_ADDRESS_TEXT];
    if (!net_address_read(&address, (const char *)data, size))
        return 0;
    if (address.any.sa_family == AF_INET6)
        address.v6.sin6_scope_id = 0; /* an interface's number: not written */
    net_address_write(&address, text);
    if (!net_address_read(&again, text, strlen(text)) || !net_address_same(&address, &again))
        abort();
    return 0;
}
