/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The second factor: one-time codes of an app (TOTP, RFC 6238: SHA-1, 6 digits, 30 s, as the apps have it), each good
 * once; and recovery codes for who lost the phone.
 *
 * Pure; random bytes come in. */
#ifndef ACCESS_TOTP_H
#define ACCESS_TOTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/digest.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"

enum {
    TOTP_SECRET_LEN = 20, /* RFC 4226 4 R6 */
    TOTP_DIGITS = 6,
    TOTP_STEP_S = 30,
    TOTP_STEPS_AROUND = 1, /* RFC 6238 5.2: one step for the delay of the net and of fingers */
};

/* The code of a step, with its terminator. */
void totp_code(const uint8_t secret[static TOTP_SECRET_LEN], uint64_t step,
               char out[static TOTP_DIGITS + 1]);

/* Whether a code is one of now, and of a later step than *last_step, which is then set to its step: what was used, and
 * all before it, is used up. The caller keeps *last_step with the account; it begins at 0. */
MUST_USE bool totp_check(const uint8_t secret[static TOTP_SECRET_LEN], struct text code,
                         int64_t now_s, uint64_t *last_step);

/* "otpauth://totp/ISSUER:ACCOUNT?secret=...&issuer=ISSUER", for the app's camera. */
void totp_write_uri(struct buffer *out, const uint8_t secret[static TOTP_SECRET_LEN],
                    struct text issuer, struct text account);

/* Ten codes of 80 bits: kept as hashes, each good once. */
enum { RECOVERY_CODES = 10, RECOVERY_RANDOM_LEN = 10, RECOVERY_LEN = 19 };

struct recovery {
    uint8_t hashes[RECOVERY_CODES][DIGEST_LEN]; /* all zero: used */
};

/* Writes "ABCD-EFGH-IJKL-MNOP", no terminator, and sets code number `index` to it. */
void recovery_set(struct recovery *recovery, size_t index,
                  const uint8_t random[static RECOVERY_RANDOM_LEN], char out[static RECOVERY_LEN]);

/* Whether it is one that was not used; it then is. Small letters, blanks and no hyphens are taken as well. */
MUST_USE bool recovery_use(struct recovery *recovery, struct text code);

/* How many are left. */
size_t recovery_left(const struct recovery *recovery);

#endif
