/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A throw-away identity for the peers that speak TLS. */
#ifndef BENCH_IDENTITY_H
#define BENCH_IDENTITY_H

/* Makes a P-256 key and a certificate it signed itself, good for a day, as PEM text in memory that
 * stays. Aborts the process when OpenSSL cannot. */
void identity_make(const char **key_pem, const char **certificate_pem);

#endif
