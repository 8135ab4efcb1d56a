/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre officer`: who is told of emergency accesses, and reviews them (rest/glass_note.h). */
#include <stdio.h>
#include <string.h>

#include "centre/officer.h"
#include "centre/verb.h"
#include "centre/verbs.h"
#include "rest/glass_note.h"
#include "rest/request.h"

struct officer_settings {
    struct verb_folder folder;
    const char *user;
};

static enum store_err put_officer(struct store_write *write, struct verb_task *task)
{
    const struct officer_settings *settings = task->settings;
    const struct store_note note = {TEXT(GLASS_OFFICER), text_of(settings->user), 0};
    return store_note_put(write, glass_site, &note);
}

static enum store_err print_officer(struct store_view *view, struct verb_task *unused)
{
    struct text officer;
    enum store_err err = glass_officer(view, &officer);
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

bool officer_is_named(struct store *store)
{
    struct arena arena;
    struct store_view *view;
    struct text officer = TEXT("");
    arena_init(&arena, 1 << 20);
    bool is_told = store_view_begin(store, &arena, &view) == STORE_OK;
    if (is_told) {
        is_told = glass_officer(view, &officer) == STORE_OK;
        store_view_end(view);
    }
    bool has_one = officer.len > 0;
    arena_free(&arena);
    return has_one || !is_told;
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
    int status = options_alone(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;
    if (settings.user && !is_practitioner(settings.user)) {
        (void)verb_failed(&usage, "--user: a reference such as Practitioner/9");
        return WRONG_USAGE;
    }
    struct verb_task task = {
        .change = settings.user ? put_officer : NULL, .look = print_officer, .settings = &settings};
    return verb_do(&task, &usage);
}
