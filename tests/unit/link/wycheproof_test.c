/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Other people's test vectors (C2SP Wycheproof) through our seal. Skipped without outside data. */
#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "link/seal.h"

enum { TEXT_BYTES_MAX = 4096 };

static cJSON *load(const char *name)
{
    const char *data = getenv("JISR_DATA");
    char path[1024];
    snprintf(path, sizeof path, "%s/crypto/wycheproof/%s", data ? data : "../shared/data", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    static char text[1 << 20];
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    return cJSON_ParseWithLength(text, len);
}

static size_t from_hex(const cJSON *object, const char *field, uint8_t out[TEXT_BYTES_MAX])
{
    const char *hex = cJSON_GetObjectItem(object, field)->valuestring;
    size_t len = strlen(hex) / 2;
    assert_true(len <= TEXT_BYTES_MAX);
    for (size_t i = 0; i < len; i++) {
        unsigned byte;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        out[i] = (uint8_t)byte;
    }
    return len;
}

static void run(const char *name, enum seal_aead aead)
{
    static uint8_t key[TEXT_BYTES_MAX], iv[TEXT_BYTES_MAX], aad[TEXT_BYTES_MAX];
    static uint8_t message[TEXT_BYTES_MAX], sealed[TEXT_BYTES_MAX], tag[TEXT_BYTES_MAX];
    static uint8_t work[TEXT_BYTES_MAX], made[SEAL_TAG_BYTES];
    cJSON *file = load(name), *group, *test;
    int valid = 0, invalid = 0;

    if (!file)
        skip();
    struct seal_one *one = seal_one_create();
    assert_non_null(one);
    cJSON_ArrayForEach(group, cJSON_GetObjectItem(file, "testGroups"))
    {
        if (cJSON_GetObjectItem(group, "keySize")->valueint != 256 ||
            cJSON_GetObjectItem(group, "ivSize")->valueint != 96 ||
            cJSON_GetObjectItem(group, "tagSize")->valueint != 128)
            continue; /* sizes we never use */
        cJSON_ArrayForEach(test, cJSON_GetObjectItem(group, "tests"))
        {
            bool good = !strcmp(cJSON_GetObjectItem(test, "result")->valuestring, "valid");
            from_hex(test, "key", key);
            from_hex(test, "iv", iv);
            size_t aad_len = from_hex(test, "aad", aad);
            size_t len = from_hex(test, "msg", message);
            from_hex(test, "ct", sealed);
            from_hex(test, "tag", tag);
            seal_one_key(one, aead, key);
            memcpy(work, sealed, len);
            assert_int_equal(seal_one_open(one, iv, aad, aad_len, work, len, tag), good);
            if (!good) {
                invalid++;
                continue;
            }
            valid++;
            assert_memory_equal(work, message, len);
            seal_one_close(one, iv, aad, aad_len, work, len, made);
            assert_memory_equal(work, sealed, len);
            assert_memory_equal(made, tag, SEAL_TAG_BYTES);
        }
    }
    assert_true(valid > 20 && invalid > 20);
    print_message("# %s: %d valid, %d invalid\n", name, valid, invalid);
    seal_one_destroy(one);
    cJSON_Delete(file);
}

static void aes_256_gcm_agrees_with_wycheproof(void **state)
{
    (void)state;
    run("aes_gcm_test.json", SEAL_AES_256_GCM);
}

static void chacha20_poly1305_agrees_with_wycheproof(void **state)
{
    (void)state;
    run("chacha20_poly1305_test.json", SEAL_CHACHA20_POLY1305);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aes_256_gcm_agrees_with_wycheproof),
        cmocka_unit_test(chacha20_poly1305_agrees_with_wycheproof),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
