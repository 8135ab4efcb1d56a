/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre officer`: who is told of emergency accesses, and reviews them (rest/glass_note.h). */
#include <stdio.h>
#include <string.h>

#include "centre/verb.h"
#include "centre/verbs.h"
#include "rest/glass_note.h"
#include "rest/request.h"

struct officer_settings {
    struct verb_folder folder;
    const char *user;
};

static enum store_err put_officer(struct store_write *write, void *user)
{
    const struct store_note note = {TEXT(GLASS_OFFICER), text_of(user), 0};
    return store_note_put(write, glass_site, &note);
}

static enum store_err print_officer(struct store_write *write, void *unused)
{
    struct text officer;
    enum store_err err = glass_officer(&write->view, &officer);
    (void)unused;
    if (err == STORE_OK)
        printf("officer=%.*s\n", (int)officer.len, officer.len ? officer.bytes : "");
    return err;
}

static bool is_practitioner(const char *user)
{
    struct text id = text_of(user), type = text_cut(&id, '/');
    return text_is(type, "Practitioner") && rest_is_id(id);
}

int centre_officer(int argc, char **argv)
{
    static const struct option options[] = {
        VERB_DATA("; the server may run"),
        VERB_SECRET(""),
        {.name = "user",
         .kind = OPTION_TEXT,
         .offset = offsetof(struct officer_settings, user),
         .unit = "REFERENCE",
         .help = "Practitioner/9, whose role is auditor; without it, prints who that is"},
        {0}};
    static const struct options_usage usage = {
        .command = "jisr centre officer",
        .summary = "says who reviews emergency accesses, and is told of each at once"};
    struct officer_settings settings = {0};
    struct arena arena;
    struct vault vault;
    int status = options_alone(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;
    if (settings.user && !is_practitioner(settings.user)) {
        (void)verb_failed(&usage, "--user: a reference such as Practitioner/9");
        return WRONG_USAGE;
    }
    if (!verb_open(&vault, &usage, &settings.folder, VERB_SHARED))
        return FAILED;
    arena_init(&arena, 1 << 20);
    enum store_err err = settings.user ? store_run(vault.store, &arena, put_officer,
                                                   (void *)(uintptr_t)settings.user)
                                       : STORE_OK;
    if (err == STORE_OK)
        err = store_run(vault.store, &arena, print_officer, NULL);
    arena_free(&arena);
    vault_close(&vault);
    return err == STORE_OK ? DONE : verb_failed(&usage, store_err_words(err));
}
