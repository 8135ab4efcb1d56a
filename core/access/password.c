/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/password.h"

#include <argon2.h>

enum { HASH_LEN = 32, LANES = 1 };

const struct password_cost password_cost_usual = {.memory_kib = 19456, .passes = 2};

static size_t count_characters(struct text text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += (text.bytes[i] & 0xC0) != 0x80;
    return count;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool holds(struct text text, struct text part)
{
    for (size_t at = 0; part.len && at + part.len <= text.len; at++) {
        size_t same = 0;
        while (same < part.len && lower(text.bytes[at + same]) == lower(part.bytes[same]))
            same++;
        if (same == part.len)
            return true;
    }
    return false;
}

/* Two characters or fewer again and again, a run of digits or of the keyboard, or a word that all try first. */
static bool is_common(struct text password)
{
    static const char *const runs[] = {"0123456789012345678901234567890123456789",
                                       "9876543210987654321098765432109876543210",
                                       "abcdefghijklmnopqrstuvwxyz",
                                       "qwertyuiopasdfghjklzxcvbnm",
                                       "azertyuiopqsdfghjklmwxcvbn",
                                       "1q2w3e4r5t6y7u8i9o0p"};
    static const char *const words[] = {"password", "motdepasse", "bienvenue", "welcome"};
    char first = password.bytes[0], second = first;
    bool has_third = false;

    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        if (holds(text_of(runs[i]), password))
            return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (holds(password, text_of(words[i])) && password.len < strlen(words[i]) + 6)
            return true;
    for (size_t i = 0; i < password.len; i++) {
        char c = password.bytes[i];
        if (second == first && c != first)
            second = c;
        has_third |= c != first && c != second;
    }
    return !has_third;
}

/* "aminaamina": the name again and again, whatever part of it the last time. */
static bool repeats(struct text password, struct text name)
{
    for (size_t i = 0; i < password.len; i++)
        if (name.len == 0 || lower(password.bytes[i]) != lower(name.bytes[i % name.len]))
            return false;
    return true;
}

enum password_err password_may_be(struct text password, struct text name)
{
    if (password.len > PASSWORD_BYTES_MAX)
        return PASSWORD_ERR_LONG;
    if (count_characters(password) < PASSWORD_CHARACTERS_MIN)
        return PASSWORD_ERR_SHORT;
    if ((holds(password, name) && password.len < name.len + 6) || repeats(password, name))
        return PASSWORD_ERR_NAME;
    return is_common(password) ? PASSWORD_ERR_COMMON : PASSWORD_OK;
}

static enum password_err err_of(int argon2_result)
{
    switch (argon2_result) {
    case ARGON2_OK:
        return PASSWORD_OK;
    case ARGON2_VERIFY_MISMATCH:
        return PASSWORD_ERR_WRONG;
    case ARGON2_MEMORY_ALLOCATION_ERROR:
        return PASSWORD_ERR_MEMORY;
    }
    return PASSWORD_ERR_RECORD;
}

enum password_err password_make(char out[static PASSWORD_RECORD_LEN_MAX], struct text password,
                                const uint8_t salt[static PASSWORD_SALT_LEN],
                                const struct password_cost *cost)
{
    if (password.len > PASSWORD_BYTES_MAX)
        return PASSWORD_ERR_LONG;
    return err_of(argon2id_hash_encoded(cost->passes, cost->memory_kib, LANES, password.bytes,
                                        password.len, salt, PASSWORD_SALT_LEN, HASH_LEN, out,
                                        PASSWORD_RECORD_LEN_MAX));
}

static bool read_number(const char **at, const char *before, uint32_t *number)
{
    struct text rest = text_of(*at);
    if (!text_starts(rest, text_of(before)))
        return false;
    *at += strlen(before);
    *number = 0;
    const char *start = *at;
    for (; **at >= '0' && **at <= '9' && *at - start < 9; ++*at)
        *number = 10 * *number + (uint32_t)(**at - '0');
    return *at > start;
}

/* The record's own cost, which must not be one that no record of ours has: it is what the check will take. */
static bool read_cost(const char *record, struct password_cost *cost)
{
    enum { MEMORY_KIB_MAX = 1 << 20, PASSES_MAX = 16 };
    uint32_t version, lanes;
    const char *at = record;

    return strlen(record) < PASSWORD_RECORD_LEN_MAX && read_number(&at, "$argon2id$v=", &version) &&
           version == ARGON2_VERSION_13 && read_number(&at, "$m=", &cost->memory_kib) &&
           read_number(&at, ",t=", &cost->passes) && read_number(&at, ",p=", &lanes) &&
           lanes == LANES && cost->memory_kib <= MEMORY_KIB_MAX && cost->passes <= PASSES_MAX;
}

enum password_err password_check(const char *record, struct text password,
                                 const struct password_cost *cost, bool *is_old)
{
    struct password_cost own;

    if (!read_cost(record, &own))
        return PASSWORD_ERR_RECORD;
    if (password.len > PASSWORD_BYTES_MAX)
        return PASSWORD_ERR_WRONG;
    *is_old = own.memory_kib < cost->memory_kib || own.passes < cost->passes;
    return err_of(argon2id_verify(record, password.bytes, password.len));
}

enum password_err password_check_nobody(struct text password, const struct password_cost *cost)
{
    static const uint8_t salt[PASSWORD_SALT_LEN];
    char record[PASSWORD_RECORD_LEN_MAX];

    if (password.len <= PASSWORD_BYTES_MAX)
        (void)!password_make(record, password, salt, cost);
    return PASSWORD_ERR_WRONG;
}
