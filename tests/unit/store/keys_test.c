/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/store/sealed.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/key_file.h"
#include "store/keys.h"

static struct keys_fault fault;

static struct keys_secret phrase(const char *words)
{
    return (struct keys_secret){
        .method = KEYS_BY_PASSPHRASE, .passphrase = words, .passphrase_len = strlen(words)};
}

/* Whether the sealed store's key file opens by `secret`; if not, `fault` says why. */
static bool opens(const struct sealed *sealed, struct keys_secret secret)
{
    struct store_keys *keys = NULL;
    bool good = keys_open(sealed->keys_path, &secret, &keys, &fault);
    if (good)
        assert_memory_equal(keys_store_id(keys), keys_store_id(sealed->keys), KEYS_ID_BYTES);
    keys_close(keys);
    return good;
}

static void any_slot_opens_the_same_keys_and_nothing_else_does(void **state)
{
    struct sealed *sealed = *state;
    struct keys_secret words = phrase("sept chevaux bleus"), wrong = phrase("sept chevaux bleux");
    uint8_t key[KEYS_DATA_KEY_BYTES], again[KEYS_DATA_KEY_BYTES];
    struct store_keys *keys = NULL;

    assert_false(opens(sealed, words));
    assert_int_equal(fault.err, KEYS_ERR_SECRET);
    assert_true(keys_slot_add(sealed->keys, &words, &keys_cost_least, &fault));
    assert_true(opens(sealed, sealed->secret));
    assert_false(opens(sealed, wrong));
    assert_int_equal(fault.err, KEYS_ERR_SECRET);
    assert_non_null(strstr(fault.words, "passphrase"));

    assert_true(keys_open(sealed->keys_path, &words, &keys, &fault));
    assert_int_equal(keys_newest(keys, again), keys_newest(sealed->keys, key));
    assert_memory_equal(key, again, sizeof key);
    keys_close(keys);
}

static void a_new_passphrase_takes_the_place_of_the_old(void **state)
{
    struct sealed *sealed = *state;
    struct keys_secret old = phrase("first passphrase"), fresh = phrase("second passphrase");
    struct keys_slot slots[KEYS_SLOTS_MAX];

    assert_true(keys_slot_add(sealed->keys, &old, &keys_cost_least, &fault));
    keys_slots(sealed->keys, slots);
    assert_int_equal(slots[0].method, KEYS_BY_FILE);
    assert_int_equal(slots[1].method, KEYS_BY_PASSPHRASE);
    assert_int_equal(slots[2].method, 0);
    assert_true(keys_slot_change(sealed->keys, 1, &fresh, &keys_cost_least, &fault));
    assert_false(opens(sealed, old));
    assert_true(opens(sealed, fresh));
    assert_true(keys_slot_remove(sealed->keys, 0, &fault));
    assert_false(opens(sealed, sealed->secret));
    assert_false(keys_slot_remove(sealed->keys, 1, &fault));
    assert_int_equal(fault.err, KEYS_ERR_LAST);
    assert_true(opens(sealed, fresh));
}

static void what_cannot_be_asked_for_is_refused(void **state)
{
    struct sealed *sealed = *state;
    struct keys_secret shorts = phrase("seven77"), words = phrase("long enough");
    struct keys_cost cheap = {.memory_kib = 19455, .passes = 2, .lanes = 1};
    struct store_keys *keys = NULL;
    char other[PATH_MAX];

    assert_false(keys_slot_add(sealed->keys, &shorts, &keys_cost_least, &fault));
    assert_int_equal(fault.err, KEYS_ERR_VALUE);
    assert_false(keys_slot_add(sealed->keys, &words, &cheap, &fault));
    assert_int_equal(fault.err, KEYS_ERR_VALUE);
    assert_false(keys_create(sealed->keys_path, &sealed->secret, NULL, 4096, &keys, &fault));
    assert_int_equal(fault.err, KEYS_ERR_EXISTS);
    snprintf(other, sizeof other, "%s/other", sealed->folder);
    assert_false(keys_create(other, &sealed->secret, NULL, 512, &keys, &fault));
    assert_false(keys_open(other, &sealed->secret, &keys, &fault));
    assert_int_equal(fault.err, KEYS_ERR_MISSING);
    for (int i = 1; i < KEYS_SLOTS_MAX; i++)
        assert_true(keys_slot_add(sealed->keys, &sealed->secret, NULL, &fault));
    assert_false(keys_slot_add(sealed->keys, &sealed->secret, NULL, &fault));
    assert_int_equal(fault.err, KEYS_ERR_FULL);
}

static void h80_files_that_others_may_read_are_not_taken(void **state)
{
    struct sealed *sealed = *state;
    struct stat facts;

    assert_int_equal(stat(sealed->keys_path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_int_equal(stat(sealed->secret_path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_int_equal(chmod(sealed->secret_path, 0640), 0);
    assert_false(opens(sealed, sealed->secret));
    assert_int_equal(fault.err, KEYS_ERR_OPEN);
    assert_int_equal(chmod(sealed->secret_path, 0600), 0);
    assert_int_equal(chmod(sealed->keys_path, 0604), 0);
    assert_false(opens(sealed, sealed->secret));
    assert_int_equal(fault.err, KEYS_ERR_OPEN);
}

static void a_changed_bit_of_the_key_file_is_told_from_a_wrong_secret(void **state)
{
    struct sealed *sealed = *state;
    int64_t bits = sealed_size(sealed->keys_path) * 8;

    for (int64_t bit = 0; bit < bits; bit++) {
        assert_true(sealed_flip(sealed->keys_path, bit));
        assert_false(opens(sealed, sealed->secret));
        assert_true(fault.err == KEYS_ERR_DAMAGED || (fault.err == KEYS_ERR_VERSION && bit < 80));
        assert_true(sealed_flip(sealed->keys_path, bit));
    }
    assert_int_equal(truncate(sealed->keys_path, bits / 8 - 1), 0);
    assert_false(opens(sealed, sealed->secret));
    assert_int_equal(fault.err, KEYS_ERR_DAMAGED);
    assert_int_equal(truncate(sealed->keys_path, 0), 0);
    assert_false(opens(sealed, sealed->secret));
    assert_int_equal(fault.err, KEYS_ERR_DAMAGED);
}

/* A sum that fits again after a change, which only somebody on purpose makes: the seals hold. */
static void h81_a_key_file_that_was_edited_does_not_open(void **state)
{
    struct sealed *sealed = *state;
    uint8_t bytes[KEY_FILE_BYTES_MAX];
    struct key_file file;
    FILE *in = fopen(sealed->keys_path, "rb");
    size_t len = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    assert_int_equal(key_file_read(&file, bytes, len), KEYS_OK);

    for (int what = 0; what < 6; what++) {
        struct key_file edited = file;
        switch (what) {
        case 0:
            edited.id[3] ^= 1;
            break;
        case 1:
            edited.page_bytes = 8192;
            break;
        case 2:
            edited.slots[0].salt[0] ^= 1;
            break;
        case 3:
            edited.slots[0].sealed[0] ^= 1;
            break;
        case 4:
            edited.sealed[5] ^= 1;
            break;
        default:
            edited.count = 2;
        }
        len = key_file_write(&edited, bytes);
        FILE *out = fopen(sealed->keys_path, "wb");
        assert_int_equal(fwrite(bytes, 1, len, out), len);
        fclose(out);
        assert_false(opens(sealed, sealed->secret));
        assert_true(fault.err == KEYS_ERR_SECRET || fault.err == KEYS_ERR_DAMAGED);
    }
}

static void a_new_data_key_is_found_by_who_had_the_file_open_before(void **state)
{
    struct sealed *sealed = *state;
    uint8_t key[KEYS_DATA_KEY_BYTES], found[KEYS_DATA_KEY_BYTES];
    struct store_keys *other = NULL;

    assert_true(keys_open(sealed->keys_path, &sealed->secret, &other, &fault));
    uint32_t old = keys_newest(other, key);
    assert_true(keys_renew(sealed->keys, &fault));
    uint32_t fresh = keys_newest(sealed->keys, key);
    assert_int_not_equal(fresh, old);
    assert_int_equal(keys_newest(other, found), old); /* it has not looked yet */
    assert_true(keys_find(other, fresh, found));
    assert_memory_equal(key, found, sizeof key);
    assert_int_equal(keys_newest(other, found), fresh);
    assert_int_equal(keys_count(other), 2);

    assert_false(
        keys_forget(sealed->keys, &fault)); /* the other may still be sealing under the old one */
    assert_int_equal(fault.err, KEYS_ERR_IN_USE);
    keys_close(other);
    assert_true(keys_forget(sealed->keys, &fault));
    assert_int_equal(keys_count(sealed->keys), 1);
    assert_false(keys_find(sealed->keys, old, found));
    assert_true(opens(sealed, sealed->secret));

    for (int i = 1; i < KEYS_DATA_MAX; i++)
        assert_true(keys_renew(sealed->keys, &fault));
    assert_false(keys_renew(sealed->keys, &fault));
    assert_int_equal(fault.err, KEYS_ERR_FULL);
}

/* A centre holds its folder for as long as it runs; its own keys, and other programs', are changed all the same. */
static void keys_change_while_their_folder_is_held(void **state)
{
    struct sealed *sealed = *state;
    int folder = open(sealed->folder, O_RDONLY | O_DIRECTORY);
    assert_true(folder >= 0);
    assert_int_equal(flock(folder, LOCK_EX), 0);
    assert_true(keys_renew(sealed->keys, &fault));
    assert_true(keys_forget(sealed->keys, &fault));
    close(folder);
}

static void another_stores_key_file_in_its_place_is_noticed(void **state)
{
    struct sealed *sealed = *state, *other = NULL;
    assert_int_equal(sealed_make((void **)&other), 0);
    assert_int_equal(rename(other->keys_path, sealed->keys_path), 0);
    assert_false(keys_renew(sealed->keys, &fault));
    assert_int_equal(fault.err, KEYS_ERR_STORE);
    sealed_remove((void **)&other);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, sealed_make, sealed_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(any_slot_opens_the_same_keys_and_nothing_else_does),
        WITH_STORE(a_new_passphrase_takes_the_place_of_the_old),
        WITH_STORE(what_cannot_be_asked_for_is_refused),
        WITH_STORE(h80_files_that_others_may_read_are_not_taken),
        WITH_STORE(a_changed_bit_of_the_key_file_is_told_from_a_wrong_secret),
        WITH_STORE(h81_a_key_file_that_was_edited_does_not_open),
        WITH_STORE(a_new_data_key_is_found_by_who_had_the_file_open_before),
        WITH_STORE(keys_change_while_their_folder_is_held),
        WITH_STORE(another_stores_key_file_in_its_place_is_noticed),
    };
    return cmocka_run_group_tests_name("store_keys", tests, NULL, NULL);
}
