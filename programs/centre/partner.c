/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre partner`: whose identity providers may sign their people in here. */
#include <stdio.h>
#include <string.h>

#include "access/digest.h"
#include "access/partner.h"
#include "centre/grants.h"
#include "centre/verb.h"
#include "centre/verbs.h"
#include "clock/clock.h"

enum { FILE_BYTES_MAX = PARTNER_DOCUMENT_LEN_MAX, ARENA_BYTES_MAX = 1 << 22, PAGE = 32 };

struct partner_settings {
    struct verb_folder folder;
    const char *file, *id, *login, *subject;
};

#define OPTION_AT(field) offsetof(struct partner_settings, field)

static int failed(const char *what, const char *why)
{
    fprintf(stderr, "jisr centre partner: %s: %s\n", what, why);
    return FAILED;
}

/* --- adding ---------------------------------------------------------------------------------------- */

static enum store_err put(struct store_write *write, void *note)
{
    return store_note_put(write, PARTNER_AREA, note);
}

/* `text` has room for FILE_BYTES_MAX. */
static bool read_file(const char *path, char *text, size_t *len)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    *len = fread(text, 1, FILE_BYTES_MAX, file);
    bool is_read = !ferror(file);
    fclose(file);
    return is_read;
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
    static char text[FILE_BYTES_MAX];
    struct partner_settings settings = {0};
    struct partner partner;
    struct arena arena;
    struct vault vault;
    const char *why;
    size_t len;
    int status = options_alone(&usage, options, &settings, argc, argv);

    if (status >= 0)
        return status;
    if (!read_file(settings.file, text, &len))
        return failed(settings.file, "it cannot be read");
    arena_init(&arena, ARENA_BYTES_MAX);
    status = FAILED;
    if (!partner_read(&partner, (struct text){text, len}, &arena, &why)) {
        failed(settings.file, why ? why : "no memory");
    } else if (verb_open(&vault, &usage, &settings.folder, VERB_SHARED)) {
        const struct store_note note = {partner.id, {text, len}, 0};
        enum store_err err = store_run(vault.store, &arena, put, (void *)(uintptr_t)&note);
        if (err == STORE_OK) {
            printf("partner=%.*s issuer=%.*s\n", (int)partner.id.len, partner.id.bytes,
                   (int)partner.issuer.len, partner.issuer.bytes);
            status = DONE;
        } else {
            failed(settings.file, store_err_words(err));
        }
        vault_close(&vault);
    }
    arena_free(&arena);
    return status;
}

/* --- listing --------------------------------------------------------------------------------------- */

static enum store_err print_all(struct store_view *view, struct arena *arena)
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
            if (!partner_read(&partner, notes.notes[i].value, arena, &why))
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
    struct store_view *view;
    struct arena arena;
    struct vault vault;
    int status = verb_begin(&vault, &usage, options, VERB_SHARED, &settings, argc, argv);

    if (status >= 0)
        return status;
    arena_init(&arena, ARENA_BYTES_MAX);
    enum store_err err = store_view_begin(vault.store, &arena, &view);
    if (err == STORE_OK) {
        err = print_all(view, &arena);
        store_view_end(view);
    }
    arena_free(&arena);
    vault_close(&vault);
    return err == STORE_OK ? DONE : verb_failed(&usage, store_err_words(err));
}

/* --- removing -------------------------------------------------------------------------------------- */

static enum store_err take_away(struct store_write *write, void *context)
{
    const struct text *id = context;
    struct store_note note;
    enum store_err err = store_note_get(&write->view, PARTNER_AREA, *id, &note);
    return err == STORE_OK ? store_note_remove(write, PARTNER_AREA, *id) : err;
}

static int remove_partner(int argc, char **argv)
{
    static const struct option options[] = {VERB_DATA(""),
                                            VERB_SECRET(""),
                                            {.name = "id",
                                             .kind = OPTION_TEXT,
                                             .offset = OPTION_AT(id),
                                             .unit = "ID",
                                             .required = true,
                                             .help = "as `partner list` says it"},
                                            {0}};
    static const struct options_usage usage = {
        .command = "jisr centre partner remove",
        .summary = "a partner's identity provider signs nobody in any more; accounts stay"};
    struct partner_settings settings = {0};
    struct arena arena;
    struct vault vault;
    int status = verb_begin(&vault, &usage, options, VERB_SHARED, &settings, argc, argv);

    if (status >= 0)
        return status;
    arena_init(&arena, ARENA_BYTES_MAX);
    struct text id = text_of(settings.id);
    enum store_err err = store_run(vault.store, &arena, take_away, &id);
    arena_free(&arena);
    vault_close(&vault);
    if (err == STORE_OK)
        return DONE;
    return verb_failed(&usage,
                       err == STORE_ERR_NONE ? "there is no such partner" : store_err_words(err));
}

/* --- linking --------------------------------------------------------------------------------------- */

struct linking {
    const struct partner_settings *settings;
    struct arena *arena;
    enum partner_err err;
    const char *why;
};

static enum store_err link_within(struct store_write *write, void *context)
{
    struct linking *linking = context;
    const struct oauth_site site = {0};
    struct grants grants = {0};
    struct partner partner;
    struct oauth_turn turn = {.site = &site,
                              .store = &grants.store,
                              .arena = linking->arena,
                              .now_ms = (int64_t)(clock_wall_ns() / 1000000),
                              .random = digest_random};

    grants_write(&grants, write, turn.now_ms);
    linking->err = partner_find(&turn, text_of(linking->settings->id), &partner);
    if (linking->err == PARTNER_OK)
        linking->err = partner_link(&turn, &partner, text_of(linking->settings->login),
                                    text_of(linking->settings->subject));
    linking->why = turn.why;
    return linking->err == PARTNER_OK ? STORE_OK : STORE_ERR_REFUSED;
}

static int link_account(int argc, char **argv)
{
    static const struct option options[] = {VERB_DATA(""),
                                            VERB_SECRET(""),
                                            {.name = "id",
                                             .kind = OPTION_TEXT,
                                             .offset = OPTION_AT(id),
                                             .unit = "ID",
                                             .required = true,
                                             .help = "the partner, as `partner list` says it"},
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
    struct arena arena;
    struct vault vault;
    int status = verb_begin(&vault, &usage, options, VERB_SHARED, &settings, argc, argv);

    if (status >= 0)
        return status;
    arena_init(&arena, ARENA_BYTES_MAX);
    struct linking linking = {.settings = &settings, .arena = &arena};
    enum store_err err = store_run(vault.store, &arena, link_within, &linking);
    arena_free(&arena);
    vault_close(&vault);
    if (err == STORE_OK)
        return DONE;
    return verb_failed(&usage, linking.err != PARTNER_OK && linking.why ? linking.why
                                                                        : store_err_words(err));
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
