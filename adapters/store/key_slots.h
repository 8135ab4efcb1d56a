/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a secret opens a key file: argon2id or a file's bytes make the key of a slot, a slot holds the master key,
 * the master key opens the data keys. For store/keys.c. */
#ifndef STORE_KEY_SLOTS_H
#define STORE_KEY_SLOTS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/attr.h"
#include "store/key_file.h"
#include "store/keys.h"
#include "tls/certificates.h"

/* Sets the fault and returns false. */
bool keys_fail(struct keys_fault *fault, enum keys_err err, const char *words, ...)
    PRINTF_LIKE(3, 4);

/* Up to 256 random bytes of the system's. */
MUST_USE bool keys_random(void *out, size_t len, struct keys_fault *fault);

MUST_USE bool keys_path_split(const char *path, char folder[static PATH_MAX],
                              char name[static NAME_MAX], struct keys_fault *fault);

/* Reads a file that must be its owner's alone. The caller frees `text` by pem_free. */
MUST_USE bool keys_file_read(const char *folder, const char *name, struct pem *text,
                             struct stat *facts, struct keys_fault *fault);

/* Writes it whole, mode 0600: beside, synced, renamed, the folder synced. */
MUST_USE bool keys_file_write(const char *folder, const char *name, const struct pem *text,
                              bool may_replace, struct keys_fault *fault);

/* Opens the master key by the first slot that `secret` fits. */
MUST_USE bool key_slots_open(struct key_file *file, const struct keys_secret *secret,
                             uint8_t master[static XAES_KEY_BYTES], struct keys_fault *fault);

/* Locks the master key into slot `index`. `cost` counts for a passphrase. */
MUST_USE bool key_slot_fill(struct key_file *file, unsigned index, const uint8_t *master,
                            const struct keys_secret *secret, const struct keys_cost *cost,
                            struct keys_fault *fault);

/* The data keys of the file, file->count times KEY_FILE_DATA_BYTES. False: their seal is broken. */
MUST_USE bool key_data_open(const uint8_t *master, struct key_file *file, uint8_t *data);

MUST_USE bool key_data_seal(const uint8_t *master, struct key_file *file, const uint8_t *data,
                            struct keys_fault *fault);

#endif
