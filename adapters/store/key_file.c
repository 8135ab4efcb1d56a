/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/key_file.h"

#include <assert.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/bytes.h"

/* magic 8 | version u16 | data keys u16 | page bytes u32 | store id 16, big-endian */
enum { AT_VERSION = 8, AT_COUNT = 10, AT_PAGE_BYTES = 12, AT_ID = 16 };
/* in a slot: method u8 | zero 3 | memory u32 | passes u32 | lanes u32 | salt 16 | nonce | sealed | tag */
enum { SLOT_MEMORY = 4, SLOT_PASSES = 8, SLOT_LANES = 12, SLOT_SALT = 16 };
static_assert(AT_ID + KEYS_ID_BYTES == KEY_FILE_HEAD_BYTES, "the id ends the head");
static_assert(SLOT_SALT + KEY_FILE_SALT_BYTES == KEY_FILE_SLOT_HEAD_BYTES,
              "the salt ends a slot's head");

enum { VERSION = 1, PAGE_BYTES_MIN = 1024, PAGE_BYTES_MAX = 32768 };
static const uint8_t magic[8] = {'J', 'I', 'S', 'R', 'K', 'E', 'Y', 'S'};

bool key_file_page_bytes_ok(uint32_t page_bytes)
{
    return page_bytes >= PAGE_BYTES_MIN && page_bytes <= PAGE_BYTES_MAX &&
           (page_bytes & (page_bytes - 1)) == 0;
}

bool key_file_cost_ok(const struct keys_cost *cost)
{
    return cost->memory_kib >= KEY_FILE_MEMORY_KIB_MIN &&
           cost->memory_kib <= KEY_FILE_MEMORY_KIB_MAX && cost->passes >= KEY_FILE_PASSES_MIN &&
           cost->passes <= KEY_FILE_PASSES_MAX && cost->lanes >= 1 &&
           cost->lanes <= KEY_FILE_LANES_MAX;
}

static void checksum(const uint8_t *bytes, size_t len, uint8_t out[static KEY_FILE_SUM_BYTES])
{
    unsigned wrote = 0;
    int done = EVP_Digest(bytes, len, out, &wrote, EVP_sha256(), NULL);
    assert(done == 1 && wrote == KEY_FILE_SUM_BYTES);
}

static bool slot_read(struct key_file_slot *slot, const uint8_t *in)
{
    static const uint8_t zeros[KEY_FILE_SLOT_BYTES];
    const uint8_t *sealed = in + KEY_FILE_SLOT_HEAD_BYTES + XAES_NONCE_BYTES;

    *slot = (struct key_file_slot){0};
    if (in[0] == 0)
        return memcmp(in, zeros, KEY_FILE_SLOT_BYTES) == 0;
    if ((in[0] != KEYS_BY_PASSPHRASE && in[0] != KEYS_BY_FILE) || in[1] || in[2] || in[3])
        return false;

    slot->what.method = (enum keys_method)in[0];
    slot->what.cost = (struct keys_cost){get_be32(in + SLOT_MEMORY), get_be32(in + SLOT_PASSES),
                                         get_be32(in + SLOT_LANES)};
    memcpy(slot->salt, in + SLOT_SALT, sizeof slot->salt);
    memcpy(slot->nonce, in + KEY_FILE_SLOT_HEAD_BYTES, sizeof slot->nonce);
    memcpy(slot->sealed, sealed, sizeof slot->sealed);
    memcpy(slot->tag, sealed + XAES_KEY_BYTES, sizeof slot->tag);
    if (slot->what.method == KEYS_BY_PASSPHRASE)
        return key_file_cost_ok(&slot->what.cost);
    return slot->what.cost.memory_kib == 0 && slot->what.cost.passes == 0 &&
           slot->what.cost.lanes == 0;
}

static void slot_head(const struct key_file_slot *slot, uint8_t *out)
{
    memset(out, 0, KEY_FILE_SLOT_HEAD_BYTES);
    out[0] = (uint8_t)slot->what.method;
    put_be32(out + SLOT_MEMORY, slot->what.cost.memory_kib);
    put_be32(out + SLOT_PASSES, slot->what.cost.passes);
    put_be32(out + SLOT_LANES, slot->what.cost.lanes);
    memcpy(out + SLOT_SALT, slot->salt, sizeof slot->salt);
}

enum keys_err key_file_read(struct key_file *file, const uint8_t *bytes, size_t len)
{
    struct key_file read = {0};
    uint8_t sum[KEY_FILE_SUM_BYTES];
    bool used = false;

    if (len < KEY_FILE_HEAD_BYTES || memcmp(bytes, magic, sizeof magic) != 0)
        return KEYS_ERR_DAMAGED;
    if (get_be16(bytes + AT_VERSION) > VERSION)
        return KEYS_ERR_VERSION;
    read.count = get_be16(bytes + AT_COUNT);
    read.page_bytes = get_be32(bytes + AT_PAGE_BYTES);
    memcpy(read.id, bytes + AT_ID, sizeof read.id);
    if (get_be16(bytes + AT_VERSION) != VERSION || read.count < 1 || read.count > KEYS_DATA_MAX ||
        !key_file_page_bytes_ok(read.page_bytes) ||
        len != KEY_FILE_BYTES_MAX - (KEYS_DATA_MAX - read.count) * KEY_FILE_DATA_BYTES)
        return KEYS_ERR_DAMAGED;
    checksum(bytes, len - KEY_FILE_SUM_BYTES, sum);
    if (memcmp(sum, bytes + len - KEY_FILE_SUM_BYTES, sizeof sum) != 0)
        return KEYS_ERR_DAMAGED;

    const uint8_t *at = bytes + KEY_FILE_HEAD_BYTES;
    for (unsigned i = 0; i < KEYS_SLOTS_MAX; i++, at += KEY_FILE_SLOT_BYTES) {
        if (!slot_read(&read.slots[i], at))
            return KEYS_ERR_DAMAGED;
        used = used || read.slots[i].what.method;
    }
    if (!used)
        return KEYS_ERR_DAMAGED;
    memcpy(read.nonce, at, sizeof read.nonce);
    at += sizeof read.nonce;
    memcpy(read.sealed, at, read.count * KEY_FILE_DATA_BYTES);
    memcpy(read.tag, at + read.count * KEY_FILE_DATA_BYTES, sizeof read.tag);
    *file = read;
    return KEYS_OK;
}

void key_file_head(const struct key_file *file, uint8_t out[static KEY_FILE_HEAD_BYTES])
{
    memcpy(out, magic, sizeof magic);
    put_be16(out + AT_VERSION, VERSION);
    put_be16(out + AT_COUNT, (uint16_t)file->count);
    put_be32(out + AT_PAGE_BYTES, file->page_bytes);
    memcpy(out + AT_ID, file->id, sizeof file->id);
}

void key_file_slot_bound(const struct key_file *file, unsigned slot,
                         uint8_t out[static KEY_FILE_SLOT_BOUND_BYTES])
{
    memcpy(out, magic, sizeof magic);
    put_be32(out + 8, file->page_bytes);
    memcpy(out + 12, file->id, sizeof file->id);
    slot_head(&file->slots[slot], out + 12 + KEYS_ID_BYTES);
}

size_t key_file_write(const struct key_file *file, uint8_t out[static KEY_FILE_BYTES_MAX])
{
    uint8_t *at = out + KEY_FILE_HEAD_BYTES;

    key_file_head(file, out);
    for (unsigned i = 0; i < KEYS_SLOTS_MAX; i++, at += KEY_FILE_SLOT_BYTES) {
        const struct key_file_slot *slot = &file->slots[i];
        uint8_t *sealed = at + KEY_FILE_SLOT_HEAD_BYTES + XAES_NONCE_BYTES;
        slot_head(slot, at);
        memcpy(at + KEY_FILE_SLOT_HEAD_BYTES, slot->nonce, sizeof slot->nonce);
        memcpy(sealed, slot->sealed, sizeof slot->sealed);
        memcpy(sealed + XAES_KEY_BYTES, slot->tag, sizeof slot->tag);
    }
    memcpy(at, file->nonce, sizeof file->nonce);
    at += sizeof file->nonce;
    memcpy(at, file->sealed, file->count * KEY_FILE_DATA_BYTES);
    at += file->count * KEY_FILE_DATA_BYTES;
    memcpy(at, file->tag, sizeof file->tag);
    at += sizeof file->tag;
    checksum(out, (size_t)(at - out), at);
    return (size_t)(at - out) + KEY_FILE_SUM_BYTES;
}
