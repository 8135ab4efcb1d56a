/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre key`: what opens the keys of a record. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "centre/passphrase.h"
#include "centre/verb.h"
#include "centre/verbs.h"

struct key_settings {
    struct verb_folder folder;
    const char *fresh;
    uint64_t slot; /* from 1; 0: none given */
};

#define OPTION_AT(field) offsetof(struct key_settings, field)
#define SLOT(needed, words)                                                                        \
    {                                                                                              \
        .name = "slot", .kind = OPTION_COUNT, .offset = OPTION_AT(slot), .unit = "N", .least = 1,  \
        .most = KEYS_SLOTS_MAX, .required = needed, .help = words                                  \
    }

static void tell(struct store_keys *keys)
{
    struct keys_slot slots[KEYS_SLOTS_MAX];
    keys_slots(keys, slots);
    for (unsigned i = 0; i < KEYS_SLOTS_MAX; i++)
        if (slots[i].method == KEYS_BY_FILE)
            printf("slot=%u opens=file\n", i + 1);
        else if (slots[i].method == KEYS_BY_PASSPHRASE)
            printf("slot=%u opens=passphrase memory_kib=%" PRIu32 " passes=%" PRIu32
                   " lanes=%" PRIu32 "\n",
                   i + 1, slots[i].cost.memory_kib, slots[i].cost.passes, slots[i].cost.lanes);
    printf("data_keys=%u\n", keys_count(keys));
}

static bool put(const struct vault *vault, const struct key_settings *settings,
                const struct keys_secret *secret, struct keys_fault *fault)
{
    return settings->slot ? keys_slot_change(vault->keys, (unsigned)settings->slot - 1, secret,
                                             &keys_cost_usual, fault)
                          : keys_slot_add(vault->keys, secret, &keys_cost_usual, fault);
}

/* --- changes ---------------------------------------------------------------------------------------- */

/* False: fault->words. */
typedef bool key_change(const struct vault *vault, const struct key_settings *settings,
                        struct keys_fault *fault);

static bool put_passphrase(const struct vault *vault, const struct key_settings *settings,
                           struct keys_fault *fault)
{
    struct passphrase fresh;
    static_assert(sizeof fault->words >= PASSPHRASE_WORDS_BYTES, "words fit");
    if (!passphrase_choose(&fresh, settings->fresh, fault->words))
        return false;
    const struct keys_secret secret = passphrase_secret(&fresh);
    bool is_put = put(vault, settings, &secret, fault);
    passphrase_wipe(&fresh);
    return is_put;
}

static bool put_file(const struct vault *vault, const struct key_settings *settings,
                     struct keys_fault *fault)
{
    const struct keys_secret secret = {.method = KEYS_BY_FILE, .path = settings->fresh};
    return (keys_make_file(settings->fresh, fault) || fault->err == KEYS_ERR_EXISTS) &&
           put(vault, settings, &secret, fault);
}

static bool free_slot(const struct vault *vault, const struct key_settings *settings,
                      struct keys_fault *fault)
{
    struct keys_slot slots[KEYS_SLOTS_MAX];
    keys_slots(vault->keys, slots);
    if (slots[settings->slot - 1].method != 0)
        return keys_slot_remove(vault->keys, (unsigned)settings->slot - 1, fault);
    snprintf(fault->words, sizeof fault->words, "slot %" PRIu64 " is free", settings->slot);
    return false;
}

/* --- verbs ------------------------------------------------------------------------------------------ */

/* What is there after the change is printed. */
static int carry_out(key_change *change, const struct options_usage *usage,
                     const struct option *table, int argc, char **argv)
{
    struct key_settings settings = {0};
    struct keys_fault fault;
    struct vault vault;
    int status = verb_begin(&vault, usage, table, VERB_SHUT | VERB_FILES, &settings, argc, argv);
    if (status >= 0)
        return status;
    if (!change || change(&vault, &settings, &fault)) {
        tell(vault.keys);
        status = DONE;
    } else {
        status = verb_failed(usage, fault.words);
    }
    vault_close(&vault);
    return status;
}

static int list(int argc, char **argv)
{
    static const struct option options[] = {VERB_DATA(""), VERB_SECRET(""), {0}};
    static const struct options_usage usage = {.command = "jisr centre key list",
                                               .summary = "says what opens the keys of the record"};
    return carry_out(NULL, &usage, options, argc, argv);
}

static int passphrase(int argc, char **argv)
{
    static const struct option options[] = {
        VERB_DATA(""),
        VERB_SECRET(""),
        {.name = "new",
         .kind = OPTION_TEXT,
         .offset = OPTION_AT(fresh),
         .unit = "FILE",
         .standard = "-",
         .help = "whose first line it is; -: standard input, a terminal is asked for it"},
        SLOT(false, "it takes the place of what is there; a free one unless given"),
        {0}};
    static const struct options_usage usage = {
        .command = "jisr centre key passphrase",
        .summary = "a passphrase opens the keys, besides what does already or in its place"};
    return carry_out(put_passphrase, &usage, options, argc, argv);
}

static int file(int argc, char **argv)
{
    static const struct option options[] = {
        VERB_DATA(""),
        VERB_SECRET(""),
        {.name = "new",
         .kind = OPTION_TEXT,
         .offset = OPTION_AT(fresh),
         .unit = "FILE",
         .required = true,
         .help = "made where there is none: keep a copy of it elsewhere"},
        SLOT(false, "it takes the place of what is there; a free one unless given"),
        {0}};
    static const struct options_usage usage = {
        .command = "jisr centre key file",
        .summary = "a file opens the keys, besides what does already or in its place"};
    return carry_out(put_file, &usage, options, argc, argv);
}

static int remove_slot(int argc, char **argv)
{
    static const struct option options[] = {
        VERB_DATA(""), VERB_SECRET(""), SLOT(true, "as `key list` counts them"), {0}};
    static const struct options_usage usage = {
        .command = "jisr centre key remove",
        .summary = "what a slot holds opens the keys no more; the last one stays"};
    return carry_out(free_slot, &usage, options, argc, argv);
}

int centre_key(int argc, char **argv)
{
    static const struct verb verbs[] = {
        {"list", list, "says what opens the keys of the record"},
        {"passphrase", passphrase, "a passphrase opens the keys"},
        {"file", file, "a file opens the keys"},
        {"remove", remove_slot, "what a slot holds opens the keys no more"},
        {"rotate", centre_rekey, "takes a new data key and moves the record to it"},
        {0},
    };
    return verb_run("jisr centre key", verbs, argc, argv);
}
