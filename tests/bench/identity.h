/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Throw-away identities for the peers that prove who they are. PEM text in memory that stays; aborts
 * the process when OpenSSL cannot. */
#ifndef BENCH_IDENTITY_H
#define BENCH_IDENTITY_H

#include "bench/peer.h"

/* Makes a P-256 key and a certificate it signed itself, good for a day. */
void identity_make(const char **key_pem, const char **certificate_pem);

/* Makes an authority, and a console and a cart by it: what Jisr's own link asks for. */
void identity_make_sites(struct bench_sites *sites);

#endif
