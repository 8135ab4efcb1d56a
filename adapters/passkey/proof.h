/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys and signatures of passkeys, read and checked by libfido2 (access/passkey.h). No device is opened: bytes in,
 * verdict out. Any thread. */
#ifndef PASSKEY_PROOF_H
#define PASSKEY_PROOF_H

#include "access/passkey.h"

extern const struct passkey_proof proof_fido;

#endif
