/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever we accept as a key file we would have written byte for byte, and nothing in it asks for more memory or
 * time than argon2id may take. Its checksum is made to fit, or nothing would come past it. */
#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/key_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[KEY_FILE_BYTES_MAX], again[KEY_FILE_BYTES_MAX];
    struct key_file file;

    if (size > sizeof bytes)
        return key_file_read(&file, data, size) == KEYS_OK ? (abort(), 0) : 0;
    memcpy(bytes, data, size);
    if (size >= KEY_FILE_SUM_BYTES)
        EVP_Digest(bytes, size - KEY_FILE_SUM_BYTES, bytes + size - KEY_FILE_SUM_BYTES, NULL,
                   EVP_sha256(), NULL);
    if (key_file_read(&file, bytes, size) != KEYS_OK)
        return 0;
    if (key_file_write(&file, again) != size || memcmp(bytes, again, size) != 0)
        abort();
    for (unsigned i = 0; i < KEYS_SLOTS_MAX; i++)
        if (file.slots[i].what.method == KEYS_BY_PASSPHRASE &&
            !key_file_cost_ok(&file.slots[i].what.cost))
            abort();
    return 0;
}
