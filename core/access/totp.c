/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/totp.h"

#include <assert.h>

#include "base/bytes.h"

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; /* RFC 4648 section 6 */

void totp_code(const uint8_t secret[static TOTP_SECRET_LEN], uint64_t step,
               char out[static TOTP_DIGITS + 1])
{
    uint8_t counter[8], mac[20];

    put_be64(counter, step);
    digest_hmac_sha1((struct text){(const char *)secret, TOTP_SECRET_LEN},
                     (struct text){(const char *)counter, sizeof counter}, mac);
    uint32_t number = get_be32(mac + (mac[19] & 15)) & 0x7FFFFFFF; /* RFC 4226 5.3 */
    out[TOTP_DIGITS] = '\0';
    for (size_t i = TOTP_DIGITS; i-- > 0; number /= 10)
        out[i] = (char)('0' + number % 10);
}

bool totp_check(const uint8_t secret[static TOTP_SECRET_LEN], struct text code, int64_t now_s,
                uint64_t *last_step)
{
    char expected[TOTP_DIGITS + 1];

    if (code.len != TOTP_DIGITS || now_s < 0)
        return false;
    uint64_t now = (uint64_t)now_s / TOTP_STEP_S;
    uint64_t first = now < TOTP_STEPS_AROUND ? 0 : now - TOTP_STEPS_AROUND;
    for (uint64_t step = first; step <= now + TOTP_STEPS_AROUND; step++) {
        totp_code(secret, step, expected);
        if (step > *last_step && digest_equal(expected, code.bytes, TOTP_DIGITS)) {
            *last_step = step;
            return true;
        }
    }
    return false;
}

/* 5 bits a character; `len` is a multiple of 5. */
static void write_base32(char *out, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len * 8 / 5; i++) {
        size_t bit = 5 * i;
        unsigned pair =
            (unsigned)bytes[bit / 8] << 8 | (bit / 8 + 1 < len ? bytes[bit / 8 + 1] : 0U);
        out[i] = base32[pair >> (11 - bit % 8) & 31];
    }
}

/* Percent-encoded, all but letters and digits. */
static void add_escaped(struct buffer *out, struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (is_plain)
            buffer_add_byte(out, (char)c);
        else
            buffer_format(out, "%%%02X", c);
    }
}

void totp_write_uri(struct buffer *out, const uint8_t secret[static TOTP_SECRET_LEN],
                    struct text issuer, struct text account)
{
    char text[TOTP_SECRET_LEN * 8 / 5];

    write_base32(text, secret, TOTP_SECRET_LEN);
    buffer_format(out, "otpauth://totp/");
    add_escaped(out, issuer);
    buffer_add_byte(out, ':');
    add_escaped(out, account);
    buffer_format(out, "?secret=");
    buffer_add(out, (struct text){text, sizeof text});
    buffer_format(out, "&issuer=");
    add_escaped(out, issuer);
    digest_wipe(text, sizeof text);
}

enum { LETTERS = RECOVERY_RANDOM_LEN * 8 / 5, GROUP = 4 };
static_assert((int)LETTERS + (int)LETTERS / (int)GROUP - 1 == (int)RECOVERY_LEN, "hyphens between");

void recovery_set(struct recovery *recovery, size_t index,
                  const uint8_t random[static RECOVERY_RANDOM_LEN], char out[static RECOVERY_LEN])
{
    char letters[LETTERS];

    assert(index < RECOVERY_CODES);
    write_base32(letters, random, RECOVERY_RANDOM_LEN);
    digest_of((struct text){letters, LETTERS}, recovery->hashes[index]);
    for (size_t i = 0, at = 0; i < LETTERS; i++) {
        if (i && i % GROUP == 0)
            out[at++] = '-';
        out[at++] = letters[i];
    }
    digest_wipe(letters, sizeof letters);
}

static bool read_letters(struct text code, char out[static LETTERS])
{
    size_t count = 0;

    for (size_t i = 0; i < code.len; i++) {
        char c = code.bytes[i];
        if (c == '-' || c == ' ')
            continue;
        c = c >= 'a' && c <= 'z' ? (char)(c - 0x20) : c;
        if (count == LETTERS || !memchr(base32, c, sizeof base32 - 1))
            return false;
        out[count++] = c;
    }
    return count == LETTERS;
}

static bool is_used(const uint8_t hash[static DIGEST_LEN])
{
    static const uint8_t zeros[DIGEST_LEN];
    return memcmp(hash, zeros, DIGEST_LEN) == 0;
}

bool recovery_use(struct recovery *recovery, struct text code)
{
    char letters[LETTERS];
    uint8_t hash[DIGEST_LEN];

    if (!read_letters(code, letters))
        return false;
    digest_of((struct text){letters, LETTERS}, hash);
    digest_wipe(letters, sizeof letters);
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        if (digest_equal(hash, recovery->hashes[i], DIGEST_LEN)) {
            memset(recovery->hashes[i], 0, DIGEST_LEN);
            return true;
        }
    }
    return false;
}

size_t recovery_left(const struct recovery *recovery)
{
    size_t left = 0;
    for (size_t i = 0; i < RECOVERY_CODES; i++)
        left += !is_used(recovery->hashes[i]);
    return left;
}
