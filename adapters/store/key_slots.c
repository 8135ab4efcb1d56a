/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/key_slots.h"

#include <argon2.h>
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "tls/small_files.h"

const struct keys_cost keys_cost_usual = {.memory_kib = 65536, .passes = 3, .lanes = 4};
const struct keys_cost keys_cost_least = {
    .memory_kib = KEY_FILE_MEMORY_KIB_MIN, .passes = KEY_FILE_PASSES_MIN, .lanes = 1};

bool keys_fail(struct keys_fault *fault, enum keys_err err, const char *words, ...)
{
    va_list args;
    va_start(args, words);
    fault->err = err;
    vsnprintf(fault->words, sizeof fault->words, words, args);
    va_end(args);
    return false;
}

bool keys_random(void *out, size_t len, struct keys_fault *fault)
{
    assert(len <= 256); /* getrandom gives as many whole */
    if (getrandom(out, len, 0) == (ssize_t)len)
        return true;
    return keys_fail(fault, KEYS_ERR_SYSTEM, "the system gives no random bytes: %s",
                     strerror(errno));
}

/* --- secrets: a passphrase or a file makes the key of a slot --- */

static bool cost_ok(const struct keys_cost *cost, struct keys_fault *fault)
{
    if (key_file_cost_ok(cost))
        return true;
    return keys_fail(fault, KEYS_ERR_VALUE,
                     "argon2id: %u to %u KiB of memory, %u to %u passes, 1 to %u lanes",
                     KEY_FILE_MEMORY_KIB_MIN, KEY_FILE_MEMORY_KIB_MAX, KEY_FILE_PASSES_MIN,
                     KEY_FILE_PASSES_MAX, KEY_FILE_LANES_MAX);
}

bool keys_path_split(const char *path, char folder[static PATH_MAX], char name[static NAME_MAX],
                     struct keys_fault *fault)
{
    const char *slash = strrchr(path, '/');
    const char *last = slash ? slash + 1 : path;
    int folder_len = slash ? (int)(last - path) : 2;

    if (folder_len < PATH_MAX - NAME_MAX && strlen(last) > 0 && strlen(last) < NAME_MAX - 16) {
        snprintf(folder, PATH_MAX, "%.*s", folder_len, slash ? path : "./");
        snprintf(name, NAME_MAX, "%s", last);
        return true;
    }
    return keys_fail(fault, KEYS_ERR_VALUE, "the key file's name is empty or too long");
}

/* Reads a file that must be its owner's alone. The caller frees `text` by pem_free. */
bool keys_file_read(const char *folder, const char *name, struct pem *text, struct stat *facts,
                    struct keys_fault *fault)
{
    char path[PATH_MAX + NAME_MAX + 8];
    struct identity_error error;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (stat(path, facts))
        return keys_fail(fault, errno == ENOENT ? KEYS_ERR_MISSING : KEYS_ERR_SYSTEM, "%s: %s",
                         name, strerror(errno));
    if (small_file_read(text, folder, name, true, &error))
        return true;
    return keys_fail(fault, facts->st_mode & 077 ? KEYS_ERR_OPEN : KEYS_ERR_SYSTEM, "%s",
                     error.text);
}

bool keys_file_write(const char *folder, const char *name, const struct pem *text, bool may_replace,
                     struct keys_fault *fault)
{
    struct staged_files staged = {0};
    struct identity_error error;

    if (staged_files_add(&staged, folder, name, text, 0600, may_replace, &error) &&
        staged_files_commit(&staged, &error))
        return true;
    enum keys_err err =
        !may_replace && small_file_exists(folder, name) ? KEYS_ERR_EXISTS : KEYS_ERR_SYSTEM;
    staged_files_abandon(&staged);
    return keys_fail(fault, err, "%s", error.text);
}

enum { HEX_BYTES = 2 * XAES_KEY_BYTES };

bool keys_make_file(const char *path, struct keys_fault *fault)
{
    char folder[PATH_MAX], name[NAME_MAX], hex[HEX_BYTES + 2];
    uint8_t key[XAES_KEY_BYTES];

    if (!keys_path_split(path, folder, name, fault) || !keys_random(key, sizeof key, fault))
        return false;
    for (unsigned i = 0; i < sizeof key; i++)
        snprintf(hex + (size_t)2 * i, 3, "%02x", key[i]);
    hex[HEX_BYTES] = '\n';
    struct pem text = {.text = hex, .len = HEX_BYTES + 1};
    bool good = keys_file_write(folder, name, &text, false, fault);
    OPENSSL_cleanse(key, sizeof key);
    OPENSSL_cleanse(hex, sizeof hex);
    return good;
}

static bool parse_hex(const struct pem *text, uint8_t key[static XAES_KEY_BYTES])
{
    if (text->len != HEX_BYTES && !(text->len == HEX_BYTES + 1 && text->text[HEX_BYTES] == '\n'))
        return false;
    for (unsigned i = 0; i < HEX_BYTES; i++) {
        char digit = text->text[i];
        bool number = digit >= '0' && digit <= '9', letter = digit >= 'a' && digit <= 'f';
        if (!number && !letter)
            return false;
        unsigned value = (unsigned)(digit - (number ? '0' : 'a' - 10));
        key[i / 2] = (uint8_t)(i % 2 ? key[i / 2] | value : value << 4);
    }
    return true;
}

/* The key of a slot: of a passphrase by argon2id, of a file by SHA-256 over salt and bytes, which are random. */
static bool key_of(const struct keys_secret *secret, const struct key_file_slot *slot,
                   uint8_t key[static XAES_KEY_BYTES], struct keys_fault *fault)
{
    if (secret->method == KEYS_BY_PASSPHRASE) {
        const struct keys_cost *cost = &slot->what.cost;
        int err = argon2id_hash_raw(cost->passes, cost->memory_kib, cost->lanes, secret->passphrase,
                                    secret->passphrase_len, slot->salt, sizeof slot->salt, key,
                                    XAES_KEY_BYTES);
        if (err == ARGON2_OK)
            return true;
        return keys_fail(fault, KEYS_ERR_MEMORY, "argon2id: %s", argon2_error_message(err));
    }

    char folder[PATH_MAX], name[NAME_MAX];
    struct pem text;
    struct stat facts;
    uint8_t message[KEY_FILE_SALT_BYTES + XAES_KEY_BYTES];
    if (!keys_path_split(secret->path, folder, name, fault) ||
        !keys_file_read(folder, name, &text, &facts, fault))
        return false;
    memcpy(message, slot->salt, KEY_FILE_SALT_BYTES);
    bool good =
        parse_hex(&text, message + KEY_FILE_SALT_BYTES) ||
        keys_fail(fault, KEYS_ERR_DAMAGED, "%s: not %d hexadecimal digits", name, HEX_BYTES);
    good = good && (EVP_Digest(message, sizeof message, key, NULL, EVP_sha256(), NULL) == 1 ||
                    keys_fail(fault, KEYS_ERR_MEMORY, "SHA-256 failed"));
    OPENSSL_cleanse(message, sizeof message);
    pem_free(&text);
    return good;
}

/* --- what is sealed in the file --- */

/* Opens or seals `len` bytes under `key`, in place. */
static bool seal_under(const uint8_t *key, enum xaes_way way, const uint8_t *nonce,
                       const uint8_t *bound, size_t bound_len, const uint8_t *in, size_t len,
                       uint8_t *out, uint8_t *tag)
{
    struct xaes xaes;
    if (!xaes_init(&xaes, way))
        return false;
    bool good = xaes_set_key(&xaes, key);
    if (way == XAES_SEALS)
        good = good && xaes_seal(&xaes, nonce, bound, bound_len, in, len, out, tag);
    else
        good = good && xaes_open(&xaes, nonce, bound, bound_len, in, len, out, tag);
    xaes_free(&xaes);
    return good;
}

static bool open_slot(struct key_file *file, unsigned index, const struct keys_secret *secret,
                      uint8_t master[static XAES_KEY_BYTES], struct keys_fault *fault)
{
    struct key_file_slot *slot = &file->slots[index];
    uint8_t key[XAES_KEY_BYTES], bound[KEY_FILE_SLOT_BOUND_BYTES];

    if (!key_of(secret, slot, key, fault))
        return false;
    key_file_slot_bound(file, index, bound);
    bool good = seal_under(key, XAES_OPENS, slot->nonce, bound, sizeof bound, slot->sealed,
                           sizeof slot->sealed, master, slot->tag);
    OPENSSL_cleanse(key, sizeof key);
    return good || keys_fail(fault, KEYS_ERR_SECRET, "%s",
                             secret->method == KEYS_BY_PASSPHRASE
                                 ? "the passphrase does not open this key file"
                                 : "that file does not open this key file");
}

bool key_slots_open(struct key_file *file, const struct keys_secret *secret,
                    uint8_t master[static XAES_KEY_BYTES], struct keys_fault *fault)
{
    (void)keys_fail(fault, KEYS_ERR_SECRET, "%s",
                    secret->method == KEYS_BY_PASSPHRASE ? "this key file has no passphrase"
                                                         : "this key file is not opened by a file");
    for (unsigned i = 0; i < KEYS_SLOTS_MAX; i++) {
        if (file->slots[i].what.method != secret->method)
            continue;
        if (open_slot(file, i, secret, master, fault))
            return true;
        if (fault->err != KEYS_ERR_SECRET)
            return false;
    }
    return false;
}

bool key_slot_fill(struct key_file *file, unsigned index, const uint8_t *master,
                   const struct keys_secret *secret, const struct keys_cost *cost,
                   struct keys_fault *fault)
{
    struct key_file_slot slot = {.what.method = secret->method};
    uint8_t key[XAES_KEY_BYTES], bound[KEY_FILE_SLOT_BOUND_BYTES];

    if (secret->method == KEYS_BY_PASSPHRASE) {
        if (secret->passphrase_len < KEYS_PASSPHRASE_MIN ||
            secret->passphrase_len > KEYS_PASSPHRASE_MAX)
            return keys_fail(fault, KEYS_ERR_VALUE, "a passphrase has %d to %d bytes",
                             KEYS_PASSPHRASE_MIN, KEYS_PASSPHRASE_MAX);
        if (!cost_ok(cost, fault))
            return false;
        slot.what.cost = *cost;
    }
    if (!keys_random(slot.salt, sizeof slot.salt, fault) ||
        !keys_random(slot.nonce, sizeof slot.nonce, fault) || !key_of(secret, &slot, key, fault))
        return false;
    file->slots[index] = slot;
    key_file_slot_bound(file, index, bound);
    bool good = seal_under(key, XAES_SEALS, slot.nonce, bound, sizeof bound, master, XAES_KEY_BYTES,
                           file->slots[index].sealed, file->slots[index].tag);
    OPENSSL_cleanse(key, sizeof key);
    return good || keys_fail(fault, KEYS_ERR_MEMORY, "a slot cannot be sealed: no memory");
}

bool key_data_open(const uint8_t *master, struct key_file *file, uint8_t *data)
{
    uint8_t head[KEY_FILE_HEAD_BYTES];
    key_file_head(file, head);
    return seal_under(master, XAES_OPENS, file->nonce, head, sizeof head, file->sealed,
                      file->count * KEY_FILE_DATA_BYTES, data, file->tag);
}

bool key_data_seal(const uint8_t *master, struct key_file *file, const uint8_t *data,
                   struct keys_fault *fault)
{
    uint8_t head[KEY_FILE_HEAD_BYTES];
    if (!keys_random(file->nonce, sizeof file->nonce, fault))
        return false;
    key_file_head(file, head);
    return seal_under(master, XAES_SEALS, file->nonce, head, sizeof head, data,
                      file->count * KEY_FILE_DATA_BYTES, file->sealed, file->tag) ||
           keys_fail(fault, KEYS_ERR_MEMORY, "the data keys cannot be sealed: no memory");
}
