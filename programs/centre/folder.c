/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/verbs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "centre/journal.h"
#include "centre/site_url.h"
#include "centre/verb.h"
#include "store/care.h"

struct folder_settings {
    struct verb_folder folder;
    const char *to, *told, *patient;
    bool check, lines;
};

#define OPTION_AT(field) offsetof(struct folder_settings, field)

static int tell_audit(FILE *out, const struct journal_report *report)
{
    char hash[JOURNAL_HASH_BYTES];
    fprintf(out, "records=%" PRIu64 " checkpoints=%" PRIu64 " bytes=%" PRIu64, report->records,
            report->checkpoints, report->bytes);
    journal_hash_write(&report->last, hash);
    if (report->last.seq)
        fprintf(out, " told=%" PRIu64 ":%s", report->last.seq, hash);
    fprintf(out, " %s", audit_fault_words(report->fault));
    if (report->bad_seq)
        fprintf(out, " at=%" PRIu64, report->bad_seq);
    fputc('\n', out);
    return report->fault == AUDIT_GOOD ? DONE : FAILED;
}

int centre_audit(int argc, char **argv)
{
    static const struct option options[] = {
        VERB_DATA(""),
        VERB_SECRET(""),
        {.name = "check",
         .kind = OPTION_FLAG,
         .offset = OPTION_AT(check),
         .help = "only say whether the log is whole and unchanged, and its last checkpoint"},
        {.name = "told",
         .kind = OPTION_TEXT,
         .offset = OPTION_AT(told),
         .unit = "SEQ:HEX",
         .help = "a checkpoint as it was told before: it must be there as it was"},
        {.name = "patient",
         .kind = OPTION_TEXT,
         .offset = OPTION_AT(patient),
         .unit = "ID",
         .help = "only what concerns this patient"},
        {.name = "lines",
         .kind = OPTION_FLAG,
         .offset = OPTION_AT(lines),
         .help = "a line for people instead of AuditEvents"},
        {0}};
    static const struct options_usage usage = {
        .command = "jisr centre audit", .summary = "prints who did what, an AuditEvent a line"};
    struct folder_settings settings = {0};
    struct journal_asked asked = {.as_lines = false};
    struct site_url url;
    struct journal_report report;
    struct vault vault;
    int status = verb_begin(&vault, &usage, options, VERB_SHARED, &settings, argc, argv);
    if (status >= 0)
        return status;
    enum store_err err = STORE_ERR_QUERY;
    bool is_told = !settings.told || journal_told_read(settings.told, &asked.told);
    asked.patient = settings.patient ? text_of(settings.patient) : TEXT("");
    asked.as_lines = settings.lines;
    asked.out = settings.check ? NULL : stdout;
    if (is_told)
        err = site_url_choose(vault.store, NULL, &url);
    asked.url = text_of(url.text);
    if (is_told && err == STORE_OK)
        err = journal_check(vault.store, &asked, &report);
    vault_close(&vault);
    if (!is_told)
        return verb_failed(&usage,
                           "--told: a number, a colon and 64 digits, as --check prints them");
    if (err != STORE_OK)
        return verb_failed(&usage, store_err_words(err));
    return tell_audit(settings.check ? stdout : stderr, &report);
}

int centre_backup(int argc, char **argv)
{
    static const struct option options[] = {
        VERB_DATA(""),
        VERB_SECRET(""),
        {.name = "to",
         .kind = OPTION_TEXT,
         .offset = OPTION_AT(to),
         .unit = "FILE",
         .required = true,
         .help = "the copy, sealed by the same keys: keep DIR/keys and the secret with it"},
        {0}};
    static const struct options_usage usage = {.command = "jisr centre backup",
                                               .summary = "copies the record while it is in use"};
    struct folder_settings settings = {0};
    struct care_fault fault;
    struct vault vault;
    int status = verb_begin(&vault, &usage, options, VERB_FILES, &settings, argc, argv);
    if (status >= 0)
        return status;
    bool copied =
        care_backup(vault.seal, vault.record, vault.seal, settings.to, NULL, NULL, &fault);
    vault_close(&vault);
    return copied ? DONE : verb_failed(&usage, fault.words);
}
