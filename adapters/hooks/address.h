/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which addresses are the public internet's: what a hook may be sent to without the site saying so.
 *
 * Pure. Source: IANA's registries of special-purpose addresses (RFC 6890): what is not globally reachable there, and
 * addresses that carry another one within (IPv4-mapped, 6to4, Teredo, NAT64), are none. */
#ifndef HOOKS_ADDRESS_H
#define HOOKS_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* Of an IPv4 or IPv6 address; others are none. */
bool hooks_address_is_public(const struct sockaddr *address);

#endif
