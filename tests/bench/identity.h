/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Throw-away identities for the peers that prove who they are. PEM text in memory that stays; aborts
 * the process when OpenSSL cannot. */
#ifndef BENCH_IDENTITY_H
#define BENCH_IDENTITY_H

#include "bench/peer.h"
#include "link/identity.h"

/* Makes a P-256 key and a certificate it signed itself, good for a day. */
void identity_make(const char **key_pem, const char **certificate_pem);

/* Makes an authority, and a console and a cart by it: what Jisr's own link asks for. */
void identity_make_sites(struct bench_sites *sites);

/* The identity of one of `sites`. */
struct link_identity *identity_load(const struct bench_sites *sites, const struct bench_site *site);

#endif
