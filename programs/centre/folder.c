/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/verbs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "centre/journal.h"
#include "centre/vault.h"
#include "options.h"
#include "store/care.h"

enum { DONE = 0, FAILED = 1 };

struct folder_settings {
    const char *data, *secret, *to;
    bool check;
};

#define OPTION_AT(field) offsetof(struct folder_settings, field)

#define OPTION_DATA                                                                                \
    {                                                                                              \
        .name = "data", .kind = OPTION_TEXT, .offset = OPTION_AT(data), .unit = "DIR",             \
        .required = true, .help = "the folder that holds the record"                               \
    }
#define OPTION_SECRET                                                                              \
    {                                                                                              \
        .name = "secret", .kind = OPTION_TEXT, .offset = OPTION_AT(secret), .unit = "FILE",        \
        .help = "what opens the record's keys; DIR/secret unless given"                            \
    }

static int failed(const char *verb, const char *words)
{
    fprintf(stderr, "jisr centre %s: %s\n", verb, words);
    return FAILED;
}

/* Reads the options and opens the folder. -1: go on; else what to return. */
static int begin(struct vault *vault, const struct options_usage *usage,
                 const struct option *options, struct folder_settings *settings, int argc,
                 char **argv)
{
    int status = options_alone(usage, options, settings, argc, argv);
    if (status >= 0)
        return status;
    if (vault_open(vault, settings->data, settings->secret, false))
        return -1;
    fprintf(stderr, "%s: %s\n", usage->command, vault->words);
    vault_close(vault);
    return FAILED;
}

int centre_init(int argc, char **argv)
{
    static const struct option options[] = {OPTION_DATA, OPTION_SECRET, {0}};
    static const struct options_usage usage = {
        .command = "jisr centre init", .summary = "makes the folder, its keys and an empty record"};
    struct folder_settings settings = {0};
    struct vault vault;
    int status = begin(&vault, &usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;
    printf("record=%s secret=%s%s\n", vault.record,
           settings.secret ? settings.secret : settings.data, settings.secret ? "" : "/secret");
    vault_close(&vault);
    return DONE;
}

int centre_audit(int argc, char **argv)
{
    static const struct option options[] = {
        OPTION_DATA,
        OPTION_SECRET,
        {.name = "check",
         .kind = OPTION_FLAG,
         .offset = OPTION_AT(check),
         .help = "only say whether the log is whole and unchanged"},
        {0}};
    static const struct options_usage usage = {
        .command = "jisr centre audit", .summary = "prints who did what, an AuditEvent a line"};
    struct folder_settings settings = {0};
    struct journal_report report;
    struct vault vault;
    int status = begin(&vault, &usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;
    enum store_err err = journal_check(vault.store, TEXT("http://127.0.0.1/fhir"), &report,
                                       settings.check ? NULL : stdout);
    vault_close(&vault);
    if (err != STORE_OK)
        return failed("audit", store_err_words(err));
    FILE *out = settings.check ? stdout : stderr;
    fprintf(out, "records=%" PRIu64 " checkpoints=%" PRIu64 " bytes=%" PRIu64 " %s", report.records,
            report.checkpoints, report.bytes, audit_fault_words(report.fault));
    if (report.bad_seq)
        fprintf(out, " at=%" PRIu64, report.bad_seq);
    fputc('\n', out);
    return report.fault == AUDIT_GOOD ? DONE : FAILED;
}

int centre_backup(int argc, char **argv)
{
    static const struct option options[] = {
        OPTION_DATA,
        OPTION_SECRET,
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
    int status = begin(&vault, &usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;
    bool copied =
        care_backup(vault.seal, vault.record, vault.seal, settings.to, NULL, NULL, &fault);
    vault_close(&vault);
    return copied ? DONE : failed("backup", fault.words);
}
