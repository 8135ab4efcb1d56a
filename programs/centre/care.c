/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs that look after a record as it lies on the disk, well or not: check, repair, rekey. */
#include <inttypes.h>
#include <stdio.h>

#include "centre/verb.h"
#include "centre/verbs.h"
#include "store/care.h"
#include "store/postgres_check.h"
#include "store/sqlite.h"

struct care_settings {
    struct verb_folder folder;
    const char *to;
};

#define OPTION_AT(field) offsetof(struct care_settings, field)

/* Of a database: its pages are PostgreSQL's own. */
static int check_tables(const struct options_usage *usage, struct store *store)
{
    struct postgres_report report;
    char help[POSTGRES_HELP_BYTES];
    if (store_postgres_check(store, &report, help) != STORE_OK)
        return verb_failed(usage, help);
    printf("versions=%" PRIu64 " resources=%" PRIu64 " complaints=%u", report.versions,
           report.resources, report.complaints);
    printf(report.complaints ? " first='%s'\n" : "\n", report.complaint);
    return report.complaints ? FAILED : DONE;
}

int centre_check(int argc, char **argv)
{
    static const struct option options[] = {VERB_DATA(""), VERB_SECRET(""), {0}};
    static const struct options_usage usage = {
        .command = "jisr centre check",
        .summary = "looks at the seal of every page, then at what is inside"};
    struct care_settings settings = {0};
    struct care_report report;
    struct care_fault fault;
    struct vault vault;
    int status = verb_begin(&vault, &usage, options, VERB_SHUT, &settings, argc, argv);
    if (status >= 0)
        return status;
    if (vault.is_shared) {
        status = check_tables(&usage, vault.store);
    } else if (!care_check(vault.seal, vault.record, &report, NULL, NULL, &fault)) {
        status = verb_failed(&usage, fault.words);
    } else {
        printf("pages=%" PRIu64 " broken=%" PRIu64 " frames=%" PRIu64 " broken=%" PRIu64
               " complaints=%u",
               report.pages, report.broken, report.frames, report.frames_broken, report.complaints);
        printf(report.complaints ? " first='%s'\n" : "\n", report.complaint);
        status = report.broken || report.frames_broken || report.complaints ? FAILED : DONE;
    }
    vault_close(&vault);
    return status;
}

static const char *loss_word(enum seal_loss loss)
{
    switch (loss) {
    case SEAL_LOSS_NONE:
        return "whole";
    case SEAL_LOSS_CUT:
        return "cut";
    case SEAL_LOSS_UNSURE:
        return "unsure";
    case SEAL_LOSS_OTHER:
        return "other";
    case SEAL_LOSS_GONE:
        return "gone";
    }
    return "?";
}

int centre_repair(int argc, char **argv)
{
    static const struct option options[] = {
        VERB_DATA(""),
        VERB_SECRET(""),
        {.name = "to",
         .kind = OPTION_TEXT,
         .offset = OPTION_AT(to),
         .unit = "FILE",
         .required = true,
         .help = "where what can be read is written, sealed by the same keys"},
        {0}};
    static const struct options_usage usage = {
        .command = "jisr centre repair",
        .summary = "copies what can still be read of a damaged record"};
    struct care_settings settings = {0};
    struct care_rescue rescue;
    struct care_fault fault;
    struct vault vault;
    int status = verb_begin(&vault, &usage, options, VERB_SHUT | VERB_ALONE | VERB_FILES, &settings,
                            argc, argv);
    if (status >= 0)
        return status;
    if (!care_repair(vault.seal, vault.record, vault.seal, settings.to, sqlite_tidy, &rescue,
                     &fault)) {
        status = verb_failed(&usage, fault.words);
    } else {
        printf("rows=%" PRIu64 " tables=%u torn=%u rebuild=%u log=%s", rescue.rows, rescue.tables,
               rescue.tables_torn, rescue.to_rebuild, loss_word(rescue.loss));
        printf(rescue.tables_torn ? " names='%s'\n" : "\n", rescue.torn);
        status = rescue.tables_torn || rescue.loss != SEAL_LOSS_NONE ? FAILED : DONE;
    }
    vault_close(&vault);
    return status;
}

enum { REKEY_PAGES = 4096, BUSY_MAX = 20 };

/* Until all pages are under the newest key; a reader or check-point in the way may be so for a while. */
static bool rekey_all(const struct vault *vault, struct care_rekey *rekey, struct care_fault *fault)
{
    for (int busy = 0; !rekey->done;) {
        if (care_rekey(vault->seal, vault->record, REKEY_PAGES, rekey, fault))
            continue;
        if (fault->err != CARE_ERR_BUSY || ++busy == BUSY_MAX)
            return false;
    }
    return true;
}

int centre_rekey(int argc, char **argv)
{
    static const struct option options[] = {VERB_DATA(""), VERB_SECRET(""), {0}};
    static const struct options_usage usage = {
        .command = "jisr centre rekey",
        .summary = "takes a new data key and moves the record to it; goes on where it was stopped"};
    struct care_settings settings = {0};
    struct care_rekey rekey = {0};
    struct care_fault fault;
    struct keys_fault keys;
    struct vault vault;
    int status = verb_begin(&vault, &usage, options, VERB_SHUT | VERB_ALONE | VERB_FILES, &settings,
                            argc, argv);
    if (status >= 0)
        return status;
    if (keys_count(vault.keys) == 1 && !keys_renew(vault.keys, &keys)) {
        status = verb_failed(&usage, keys.words);
    } else if (rekey_all(&vault, &rekey, &fault)) {
        printf("pages=%" PRIu64 "\n", rekey.moved);
        status = DONE;
    } else {
        status = verb_failed(&usage, fault.words);
    }
    vault_close(&vault);
    return status;
}
