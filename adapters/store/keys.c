/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "store/key_slots.h"
#include "tls/small_files.h"

struct store_keys {
    pthread_mutex_t lock; /* all below but `generation` */
    char folder[PATH_MAX], name[NAME_MAX];
    int in_use; /* PATH.lock, locked shared while these keys are open; -1: the folder cannot be written */
    struct stat read; /* of the file when it was read: another inode or time is another file */
    struct key_file file;
    uint8_t master[XAES_KEY_BYTES];
    uint8_t data[KEYS_DATA_MAX * KEY_FILE_DATA_BYTES]; /* .file.count of them: number, key */
    atomic_uint generation;
};

/* --- open keys and their file --- */

static struct store_keys *new_keys(const char *path, struct keys_fault *fault)
{
    struct store_keys *keys =
        /* cppcheck-suppress invalidFunctionArg ; -1 is what MAP_ANONYMOUS wants */
        mmap(NULL, sizeof *keys, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (keys == MAP_FAILED) {
        (void)keys_fail(fault, KEYS_ERR_MEMORY, "no memory for keys");
        return NULL;
    }
    (void)mlock(keys, sizeof *keys); /* both as far as the system lets us */
    (void)madvise(keys, sizeof *keys, MADV_DONTDUMP);
    pthread_mutex_init(&keys->lock, NULL);
    keys->in_use = -1;
    if (keys_path_split(path, keys->folder, keys->name, fault))
        return keys;
    keys_close(keys);
    return NULL;
}

void keys_close(struct store_keys *keys)
{
    if (!keys)
        return;
    if (keys->in_use >= 0)
        close(keys->in_use);
    pthread_mutex_destroy(&keys->lock);
    OPENSSL_cleanse(keys, sizeof *keys);
    munmap(keys, sizeof *keys);
}

static void take_in_use(struct store_keys *keys)
{
    char path[PATH_MAX + NAME_MAX + 8];
    snprintf(path, sizeof path, "%s/%s.lock", keys->folder, keys->name);
    keys->in_use = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (keys->in_use >= 0)
        (void)flock(keys->in_use, LOCK_SH);
}

static bool read_key_file(const struct store_keys *keys, struct key_file *file, struct stat *facts,
                          struct keys_fault *fault)
{
    struct pem text;
    if (!keys_file_read(keys->folder, keys->name, &text, facts, fault))
        return false;
    enum keys_err err = key_file_read(file, (const uint8_t *)text.text, text.len);
    pem_free(&text);
    if (err == KEYS_OK)
        return true;
    return keys_fail(fault, err,
                     err == KEYS_ERR_VERSION
                         ? "%s was written by a newer program"
                         : "%s is damaged, or no key file: put back a copy of it from a back-up",
                     keys->name);
}

static bool write_key_file(struct store_keys *keys, const struct key_file *file, bool may_replace,
                           struct keys_fault *fault)
{
    uint8_t bytes[KEY_FILE_BYTES_MAX];
    char path[PATH_MAX + NAME_MAX + 8];
    struct pem text = {.text = (char *)bytes, .len = key_file_write(file, bytes)};

    if (!keys_file_write(keys->folder, keys->name, &text, may_replace, fault))
        return false;
    keys->file = *file;
    snprintf(path, sizeof path, "%s/%s", keys->folder, keys->name);
    if (stat(path, &keys->read))
        keys->read = (struct stat){0}; /* it is read again, then */
    return true;
}

bool keys_create(const char *path, const struct keys_secret *secret, const struct keys_cost *cost,
                 uint32_t page_bytes, struct store_keys **keys, struct keys_fault *fault)
{
    struct key_file file = {.page_bytes = page_bytes, .count = 1};

    if (!key_file_page_bytes_ok(page_bytes))
        return keys_fail(fault, KEYS_ERR_VALUE, "a page has 1024, 2048, ... or 32768 bytes");
    struct store_keys *made = new_keys(path, fault);
    if (!made)
        return false;
    take_in_use(made);
    if (keys_random(file.id, sizeof file.id, fault) &&
        keys_random(made->master, sizeof made->master, fault) &&
        keys_random(made->data, KEY_FILE_DATA_BYTES, fault)) {
        made->data[0] |= 0x80; /* a number is never 0 */
        if (key_slot_fill(&file, 0, made->master, secret, cost, fault) &&
            key_data_seal(made->master, &file, made->data, fault) &&
            write_key_file(made, &file, false, fault)) {
            *keys = made;
            return true;
        }
    }
    keys_close(made);
    return false;
}

bool keys_open(const char *path, const struct keys_secret *secret, struct store_keys **keys,
               struct keys_fault *fault)
{
    struct store_keys *made = new_keys(path, fault);
    if (!made)
        return false;
    take_in_use(made); /* before it is read: keys_forget cannot come between */
    if (read_key_file(made, &made->file, &made->read, fault) &&
        key_slots_open(&made->file, secret, made->master, fault) &&
        (key_data_open(made->master, &made->file, made->data) ||
         keys_fail(fault, KEYS_ERR_DAMAGED, "%s: the data keys' seal is broken", made->name))) {
        *keys = made;
        return true;
    }
    keys_close(made);
    return false;
}

uint32_t keys_page_bytes(const struct store_keys *keys)
{
    return keys->file.page_bytes; /* never changes */
}

const uint8_t *keys_store_id(const struct store_keys *keys)
{
    return keys->file.id; /* nor does it */
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Reads the file anew if it changed. The lock is held. */
static bool reread(struct store_keys *keys, struct keys_fault *fault)
{
    char path[PATH_MAX + NAME_MAX + 8];
    struct stat facts;
    struct key_file file;
    uint8_t data[sizeof keys->data];

    snprintf(path, sizeof path, "%s/%s", keys->folder, keys->name);
    if (stat(path, &facts) == 0 && same_file(&facts, &keys->read))
        return true;
    if (!read_key_file(keys, &file, &facts, fault))
        return false;
    if (memcmp(file.id, keys->file.id, sizeof file.id) != 0 ||
        file.page_bytes != keys->file.page_bytes || !key_data_open(keys->master, &file, data))
        return keys_fail(fault, KEYS_ERR_STORE, "%s is another store's now", keys->name);
    keys->file = file;
    keys->read = facts;
    memcpy(keys->data, data, sizeof data);
    OPENSSL_cleanse(data, sizeof data);
    atomic_fetch_add(&keys->generation, 1);
    return true;
}

void keys_refresh(struct store_keys *keys)
{
    struct keys_fault ignored; /* what we hold goes on working */
    pthread_mutex_lock(&keys->lock);
    (void)reread(keys, &ignored);
    pthread_mutex_unlock(&keys->lock);
}

unsigned keys_generation(const struct store_keys *keys)
{
    return atomic_load(&keys->generation);
}

unsigned keys_count(struct store_keys *keys)
{
    pthread_mutex_lock(&keys->lock);
    unsigned count = keys->file.count;
    pthread_mutex_unlock(&keys->lock);
    return count;
}

uint32_t keys_newest(struct store_keys *keys, uint8_t key[static KEYS_DATA_KEY_BYTES])
{
    pthread_mutex_lock(&keys->lock);
    const uint8_t *newest = keys->data + (keys->file.count - 1) * KEY_FILE_DATA_BYTES;
    uint32_t number = get_be32(newest);
    memcpy(key, newest + 4, KEYS_DATA_KEY_BYTES);
    pthread_mutex_unlock(&keys->lock);
    return number;
}

static const uint8_t *look_up(const struct store_keys *keys, uint32_t number)
{
    for (unsigned i = 0; i < keys->file.count; i++)
        if (get_be32(keys->data + (size_t)i * KEY_FILE_DATA_BYTES) == number)
            return keys->data + (size_t)i * KEY_FILE_DATA_BYTES + 4;
    return NULL;
}

bool keys_find(struct store_keys *keys, uint32_t number, uint8_t key[static KEYS_DATA_KEY_BYTES])
{
    struct keys_fault ignored;
    pthread_mutex_lock(&keys->lock);
    const uint8_t *found = look_up(keys, number);
    if (!found && reread(keys, &ignored))
        found = look_up(keys, number);
    if (found)
        memcpy(key, found, KEYS_DATA_KEY_BYTES);
    pthread_mutex_unlock(&keys->lock);
    return found;
}

/* --- changes: each on the file as it is now, under a lock of their own that other programs take, too --- */

/* False: the fault. True: the file was read anew, and both locks are held. */
static bool begin_change(struct store_keys *keys, struct keys_fault *fault)
{
    struct flock change = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    pthread_mutex_lock(&keys->lock);
    if (keys->in_use >= 0 && fcntl(keys->in_use, F_OFD_SETLKW, &change) == 0) {
        if (reread(keys, fault))
            return true;
        change.l_type = F_UNLCK;
        (void)fcntl(keys->in_use, F_OFD_SETLK, &change);
    } else {
        (void)keys_fail(fault, KEYS_ERR_SYSTEM, "%s.lock cannot be locked: %s", keys->name,
                        keys->in_use < 0 ? "it cannot be made there" : strerror(errno));
    }
    pthread_mutex_unlock(&keys->lock);
    return false;
}

static void end_change(struct store_keys *keys)
{
    struct flock change = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
    (void)fcntl(keys->in_use, F_OFD_SETLK, &change);
    pthread_mutex_unlock(&keys->lock);
}

void keys_slots(struct store_keys *keys, struct keys_slot slots[static KEYS_SLOTS_MAX])
{
    pthread_mutex_lock(&keys->lock);
    for (unsigned i = 0; i < KEYS_SLOTS_MAX; i++)
        slots[i] = keys->file.slots[i].what;
    pthread_mutex_unlock(&keys->lock);
}

static bool set_slot(struct store_keys *keys, unsigned index, const struct keys_secret *secret,
                     const struct keys_cost *cost, struct keys_fault *fault)
{
    struct key_file file = keys->file;
    return key_slot_fill(&file, index, keys->master, secret, cost, fault) &&
           write_key_file(keys, &file, true, fault);
}

bool keys_slot_add(struct store_keys *keys, const struct keys_secret *secret,
                   const struct keys_cost *cost, struct keys_fault *fault)
{
    if (!begin_change(keys, fault))
        return false;
    unsigned index = 0;
    while (index < KEYS_SLOTS_MAX && keys->file.slots[index].what.method)
        index++;
    bool good = index < KEYS_SLOTS_MAX
                    ? set_slot(keys, index, secret, cost, fault)
                    : keys_fail(fault, KEYS_ERR_FULL, "all %d slots are in use", KEYS_SLOTS_MAX);
    end_change(keys);
    return good;
}

bool keys_slot_change(struct store_keys *keys, unsigned slot, const struct keys_secret *secret,
                      const struct keys_cost *cost, struct keys_fault *fault)
{
    if (slot >= KEYS_SLOTS_MAX)
        return keys_fail(fault, KEYS_ERR_VALUE, "slots are 0 to %d", KEYS_SLOTS_MAX - 1);
    if (!begin_change(keys, fault))
        return false;
    bool good = set_slot(keys, slot, secret, cost, fault);
    end_change(keys);
    return good;
}

bool keys_slot_remove(struct store_keys *keys, unsigned slot, struct keys_fault *fault)
{
    if (slot >= KEYS_SLOTS_MAX)
        return keys_fail(fault, KEYS_ERR_VALUE, "slots are 0 to %d", KEYS_SLOTS_MAX - 1);
    if (!begin_change(keys, fault))
        return false;
    struct key_file file = keys->file;
    file.slots[slot] = (struct key_file_slot){0};
    unsigned used = 0;
    for (unsigned i = 0; i < KEYS_SLOTS_MAX; i++)
        used += file.slots[i].what.method != 0;
    bool good =
        used ? write_key_file(keys, &file, true, fault)
             : keys_fail(fault, KEYS_ERR_LAST, "that is the only slot: without it nothing opens");
    end_change(keys);
    return good;
}

/* Writes `count` data keys and, when that is done, goes by them. */
static bool set_data(struct store_keys *keys, const uint8_t *data, uint32_t count,
                     struct keys_fault *fault)
{
    struct key_file file = keys->file;
    file.count = count;
    memset(file.sealed, 0, sizeof file.sealed);
    if (!key_data_seal(keys->master, &file, data, fault) ||
        !write_key_file(keys, &file, true, fault))
        return false;
    memmove(keys->data, data, count * KEY_FILE_DATA_BYTES);
    atomic_fetch_add(&keys->generation, 1);
    return true;
}

static bool add_data(struct store_keys *keys, struct keys_fault *fault)
{
    uint8_t data[sizeof keys->data];
    uint8_t *fresh = data + keys->file.count * KEY_FILE_DATA_BYTES;

    if (keys->file.count == KEYS_DATA_MAX)
        return keys_fail(fault, KEYS_ERR_FULL,
                         "%d data keys are in use: move the store to the newest first",
                         KEYS_DATA_MAX);
    memcpy(data, keys->data, sizeof data);
    do {
        if (!keys_random(fresh, KEY_FILE_DATA_BYTES, fault))
            return false;
        fresh[0] |= 0x80;
    } while (look_up(keys, get_be32(fresh)));
    bool good = set_data(keys, data, keys->file.count + 1, fault);
    OPENSSL_cleanse(data, sizeof data);
    return good;
}

bool keys_renew(struct store_keys *keys, struct keys_fault *fault)
{
    if (!begin_change(keys, fault))
        return false;
    bool good = add_data(keys, fault);
    end_change(keys);
    return good;
}

bool keys_forget(struct store_keys *keys, struct keys_fault *fault)
{
    if (keys->in_use < 0 || flock(keys->in_use, LOCK_EX | LOCK_NB)) {
        if (keys->in_use >= 0)
            (void)flock(keys->in_use, LOCK_SH); /* a refused change of the lock may have lost it */
        return keys_fail(fault, KEYS_ERR_IN_USE,
                         "another program has these keys open: stop it first");
    }
    bool good = begin_change(keys, fault);
    if (good) {
        good = set_data(keys, keys->data + (keys->file.count - 1) * KEY_FILE_DATA_BYTES, 1, fault);
        end_change(keys);
    }
    (void)flock(keys->in_use, LOCK_SH);
    return good;
}
