/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre partner`: whose identity providers may sign their people in here. */
#include <stdio.h>

#include "access/digest.h"
#include "access/partner.h"
#include "centre/grants.h"
#include "centre/verb.h"
#include "centre/verbs.h"
#include "clock/clock.h"

enum { PAGE = 32 };

struct partner_settings {
    struct verb_folder folder;
    const char *file, *id, *login, *subject;
};

#define OPTION_AT(field) offsetof(struct partner_settings, field)

#define ID(words)                                                                                  \
    {                                                                                              \
        .name = "id", .kind = OPTION_TEXT, .offset = OPTION_AT(id), .unit = "ID",                  \
        .required = true, .help = words                                                            \
    }

/* --- adding ---------------------------------------------------------------------------------------- */

static bool read_partner(struct text document, struct arena *arena, struct text *key,
                         struct buffer *line, const char **why)
{
    struct partner partner;
    if (!partner_read(&partner, document, arena, why))
        return false;
    *key = partner.id;
    buffer_format(line, "partner=%.*s issuer=%.*s", (int)partner.id.len, partner.id.bytes,
                  (int)partner.issuer.len, partner.issuer.bytes);
    return true;
}

static int add(int argc, char **argv)
{
    static const struct option options[] = {
        VERB_DATA(""),
        VERB_SECRET(""),
        {.name = "file",
         .kind = OPTION_TEXT,
         .offset = OPTION_AT(file),
         .unit = "FILE",
         .required = true,
         .help = "the partner as JSON: id, name, issuer, clientId and more, see jisr-centre(1)"},
        {0}};
    static const struct options_usage usage = {
        .command = "jisr centre partner add",
        .summary = "a partner's identity provider may sign people in, or is changed"};
    static const struct verb_document document = {
        .area = PARTNER_AREA, .bytes_max = PARTNER_DOCUMENT_LEN_MAX, .read = read_partner};
    struct partner_settings settings = {0};
    int status = options_alone(&usage, options, &settings, argc, argv);
    return status >= 0 ? status : verb_keep(&document, &usage, &settings.folder, settings.file);
}

/* --- listing --------------------------------------------------------------------------------------- */

static enum store_err print_all(struct store_view *view, struct verb_task *task)
{
    struct text after = TEXT("");
    struct store_notes notes;

    for (;;) {
        enum store_err err = store_note_list(view, PARTNER_AREA, after, false, PAGE, &notes);
        if (err != STORE_OK || notes.count == 0)
            return err;
        for (size_t i = 0; i < notes.count; i++) {
            struct partner partner;
            const char *why;
            if (!partner_read(&partner, notes.notes[i].value, &task->arena, &why))
                return STORE_ERR_REFUSED;
            printf("partner=%.*s issuer=%.*s client=%.*s proof=%s accounts=%s name=\"%.*s\"\n",
                   (int)partner.id.len, partner.id.bytes, (int)partner.issuer.len,
                   partner.issuer.bytes, (int)partner.client_id.len, partner.client_id.bytes,
                   partner.signs ? "key" : "none",
                   partner.makes_accounts      ? "made"
                   : partner.account_claim.len ? "named"
                                               : "linked",
                   (int)partner.name.len, partner.name.bytes);
        }
        after = notes.notes[notes.count - 1].key;
    }
}

static int list(int argc, char **argv)
{
    static const struct option options[] = {VERB_DATA(""), VERB_SECRET(""), {0}};
    static const struct options_usage usage = {
        .command = "jisr centre partner list",
        .summary = "says whose identity providers may sign people in"};
    struct partner_settings settings = {0};
    struct verb_task task = {.look = print_all};
    return verb_do_alone(&task, &usage, options, &settings, argc, argv);
}

/* --- removing -------------------------------------------------------------------------------------- */

static enum store_err take_away(struct store_write *write, struct verb_task *task)
{
    const struct partner_settings *settings = task->settings;
    struct text id = text_of(settings->id);
    struct store_note note;
    enum store_err err = store_note_get(&write->view, PARTNER_AREA, id, &note);
    if (err == STORE_ERR_NONE)
        task->why = "there is no such partner";
    return err == STORE_OK ? store_note_remove(write, PARTNER_AREA, id) : err;
}

static int remove_partner(int argc, char **argv)
{
    static const struct option options[] = {
        VERB_DATA(""), VERB_SECRET(""), ID("as `partner list` says it"), {0}};
    static const struct options_usage usage = {
        .command = "jisr centre partner remove",
        .summary = "a partner's identity provider signs nobody in any more; accounts stay"};
    struct partner_settings settings = {0};
    struct verb_task task = {.change = take_away};
    return verb_do_alone(&task, &usage, options, &settings, argc, argv);
}

/* --- linking --------------------------------------------------------------------------------------- */

static enum store_err link_within(struct store_write *write, struct verb_task *task)
{
    const struct partner_settings *settings = task->settings;
    const struct oauth_site site = {0};
    struct grants grants = {0};
    struct partner partner;
    struct oauth_turn turn = {.site = &site,
                              .store = &grants.store,
                              .arena = &task->arena,
                              .now_ms = (int64_t)(clock_wall_ns() / 1000000),
                              .random = digest_random};

    grants_write(&grants, write, turn.now_ms);
    enum partner_err err = partner_find(&turn, text_of(settings->id), &partner);
    if (err == PARTNER_OK)
        err = partner_link(&turn, &partner, text_of(settings->login), text_of(settings->subject));
    task->why = turn.why;
    return err == PARTNER_OK ? STORE_OK : STORE_ERR_REFUSED;
}

static int link_account(int argc, char **argv)
{
    static const struct option options[] = {VERB_DATA(""),
                                            VERB_SECRET(""),
                                            ID("the partner, as `partner list` says it"),
                                            {.name = "login",
                                             .kind = OPTION_TEXT,
                                             .offset = OPTION_AT(login),
                                             .unit = "NAME",
                                             .required = true,
                                             .help = "whose account here"},
                                            {.name = "subject",
                                             .kind = OPTION_TEXT,
                                             .offset = OPTION_AT(subject),
                                             .unit = "SUB",
                                             .required = true,
                                             .help = "who they are over there: their tokens' sub"},
                                            {0}};
    static const struct options_usage usage = {
        .command = "jisr centre partner link",
        .summary = "somebody may sign in to their account by a partner's identity provider"};
    struct partner_settings settings = {0};
    struct verb_task task = {.change = link_within};
    return verb_do_alone(&task, &usage, options, &settings, argc, argv);
}

int centre_partner(int argc, char **argv)
{
    static const struct verb verbs[] = {
        {"add", add, "a partner's identity provider may sign people in, or is changed"},
        {"link", link_account, "somebody may sign in to their account by a partner's provider"},
        {"list", list, "says whose identity providers may sign people in"},
        {"remove", remove_partner, "a partner's identity provider signs nobody in any more"},
        {0},
    };
    return verb_run("jisr centre partner", verbs, argc, argv);
}
