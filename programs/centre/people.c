/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre person`: the accounts of people, by the folder's owner. */
#include <inttypes.h>
#include <string.h>

#include "access/invite.h"
#include "access/session.h"
#include "centre/grants.h"
#include "centre/person.h"
#include "centre/verb.h"
#include "centre/verbs.h"
#include "clock/clock.h"

enum { LIST_COUNT = 100 };

struct people_settings {
    struct verb_folder folder;
    const char *login, *name, *organisation, *language;
    struct option_list roles, users;
    uint64_t for_ns;
    bool anew;
};

#define OPTION_AT(field) offsetof(struct people_settings, field)

static const char *const languages[] = {
    [ACCESS_ENGLISH] = "en", [ACCESS_FRENCH] = "fr", [ACCESS_ARABIC] = "ar", NULL};

#define LOGIN                                                                                      \
    {                                                                                              \
        .name = "login", .kind = OPTION_TEXT, .offset = OPTION_AT(login), .unit = "NAME",          \
        .required = true, .help = "what they sign in as: one however it is written"                \
    }
#define ROLE(needed)                                                                               \
    {                                                                                              \
        .name = "role", .kind = OPTION_LIST, .offset = OPTION_AT(roles), .unit = "ROLE",           \
        .required = needed, .help = "physician, nurse, patient, administrator ...: docs/access.md" \
    }
#define USER                                                                                       \
    {                                                                                              \
        .name = "user", .kind = OPTION_LIST, .offset = OPTION_AT(users), .unit = "REFERENCE",      \
        .help = "who they are in the record: Practitioner/7, Patient/12, RelatedPerson/3"          \
    }
#define ORGANISATION                                                                               \
    {                                                                                              \
        .name = "organisation", .kind = OPTION_TEXT, .offset = OPTION_AT(organisation),            \
        .unit = "ID", .help = "the Organization that they work for"                                \
    }
#define FOR                                                                                        \
    {                                                                                              \
        .name = "for", .kind = OPTION_DURATION, .offset = OPTION_AT(for_ns), .unit = "TIME",       \
        .standard = "24h", .least = 60, .most = INVITE_S_MAX, .help = "how long the link is good"  \
    }

/* --- what is wanted --------------------------------------------------------------------------------- */

/* Puts the id of "Practitioner/7" where it belongs. */
static bool set_user(struct account *account, const char *reference)
{
    const struct {
        const char *type;
        struct text *id;
    } members[] = {{"Practitioner/", &account->practitioner},
                   {"Patient/", &account->patient},
                   {"RelatedPerson/", &account->related}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        if (!text_starts(text_of(reference), text_of(members[i].type)))
            continue;
        *members[i].id = text_of(reference + strlen(members[i].type));
        return members[i].id->len > 0;
    }
    return false;
}

/* Roles and who the person is, where they are told. */
static enum account_err set_person(struct account *account, const struct people_settings *settings)
{
    uint32_t roles = 0;
    for (size_t i = 0; i < settings->roles.count; i++) {
        enum access_role role = access_role_named(text_of(settings->roles.items[i]));
        if (role == ACCESS_ROLES)
            return ACCOUNT_ERR_ROLES;
        roles |= ACCESS_ROLE_BIT(role);
    }
    for (size_t i = 0; i < settings->users.count; i++)
        if (!set_user(account, settings->users.items[i]))
            return ACCOUNT_ERR_FORM;
    if (settings->organisation)
        account->organisation = text_of(settings->organisation);
    account->roles = roles;
    return ACCOUNT_OK;
}

static int64_t seconds_of(const struct people_settings *settings)
{
    return (int64_t)(settings->for_ns / 1000000000u);
}

static enum account_err find(struct oauth_turn *turn, struct person *person)
{
    const struct people_settings *settings = person->wanted;
    return account_find_named(turn, text_of(settings->login), &person->account);
}

/* --- changes ---------------------------------------------------------------------------------------- */

static enum account_err add(struct oauth_turn *turn, struct person *person)
{
    const struct people_settings *settings = person->wanted;
    struct account *account = &person->account;

    enum account_err err = account_make(turn, account);
    if (err != ACCOUNT_OK)
        return err;
    account->name = text_of(settings->login);
    account->display = text_of(settings->name);
    while (strcmp(languages[account->language], settings->language) != 0)
        account->language++;
    err = set_person(account, settings);
    if (err == ACCOUNT_OK)
        err = account_put(turn, account);
    person_tell(person, SIGN_IN_EVENT_ACCOUNT_MADE);
    return err == ACCOUNT_OK ? person_invite(turn, person, false, seconds_of(settings)) : err;
}

static enum account_err invite(struct oauth_turn *turn, struct person *person)
{
    const struct people_settings *settings = person->wanted;
    enum account_err err = find(turn, person);
    return err == ACCOUNT_OK ? person_invite(turn, person, settings->anew, seconds_of(settings))
                             : err;
}

/* What goes on under it ends as it changes. */
static enum account_err put_and_end(struct oauth_turn *turn, struct person *person,
                                    enum sign_in_event event)
{
    enum account_err err = account_put(turn, &person->account);
    person_tell(person, event);
    if (err == ACCOUNT_OK &&
        session_end_all(turn, person->account.id, TEXT(""), NULL) != SESSION_OK)
        err = ACCOUNT_ERR_STORE;
    return err;
}

static enum account_err block(struct oauth_turn *turn, struct person *person)
{
    enum account_err err = find(turn, person);
    if (err != ACCOUNT_OK)
        return err;
    person->account.is_blocked = true;
    err = put_and_end(turn, person, SIGN_IN_EVENT_ACCOUNT_BLOCKED);
    return err == ACCOUNT_OK && invite_end(turn, person->account.id) != INVITE_OK
               ? ACCOUNT_ERR_STORE
               : err;
}

static enum account_err unblock(struct oauth_turn *turn, struct person *person)
{
    enum account_err err = find(turn, person);
    if (err != ACCOUNT_OK)
        return err;
    person->account.is_blocked = false;
    person_tell(person, SIGN_IN_EVENT_ACCOUNT_UNBLOCKED);
    return account_put(turn, &person->account);
}

static enum account_err change_roles(struct oauth_turn *turn, struct person *person)
{
    enum account_err err = find(turn, person);
    if (err == ACCOUNT_OK)
        err = set_person(&person->account, person->wanted);
    return err == ACCOUNT_OK ? put_and_end(turn, person, SIGN_IN_EVENT_ROLES) : err;
}

static enum account_err take_away(struct oauth_turn *turn, struct person *person)
{
    enum account_err err = find(turn, person);
    person_tell(person, SIGN_IN_EVENT_ACCOUNT_REMOVED);
    return err == ACCOUNT_OK ? account_remove(turn, person->account.id) : err;
}

/* --- verbs ------------------------------------------------------------------------------------------ */

static int carry_out(enum account_err (*change)(struct oauth_turn *, struct person *),
                     const struct options_usage *usage, const struct option *options, int argc,
                     char **argv)
{
    struct people_settings settings = {0};
    struct vault vault;
    int status = verb_begin(&vault, usage, options, VERB_SHARED, &settings, argc, argv);
    if (status >= 0)
        return status;
    struct person person = {.change = change, .wanted = &settings, .url = settings.folder.url};
    status = person_change(&person, &vault, usage);
    vault_close(&vault);
    return status;
}

static int run_add(int argc, char **argv)
{
    static const struct option options[] = {VERB_DATA("; the server may run"),
                                            VERB_SECRET(""),
                                            LOGIN,
                                            {.name = "name",
                                             .kind = OPTION_TEXT,
                                             .offset = OPTION_AT(name),
                                             .unit = "NAME",
                                             .required = true,
                                             .help = "what they are called: 'Dr Salma Alaoui'"},
                                            ROLE(true),
                                            USER,
                                            ORGANISATION,
                                            {.name = "language",
                                             .kind = OPTION_TEXT,
                                             .offset = OPTION_AT(language),
                                             .unit = "TAG",
                                             .standard = "fr",
                                             .choices = languages,
                                             .help = "of their pages: fr, ar or en"},
                                            FOR,
                                            VERB_URL,
                                            {0}};
    static const struct options_usage usage = {
        .command = "jisr centre person add",
        .summary = "makes an account, and a one-time link to set what they sign in with"};
    return carry_out(add, &usage, options, argc, argv);
}

static int run_invite(int argc, char **argv)
{
    static const struct option options[] = {
        VERB_DATA("; the server may run"),
        VERB_SECRET(""),
        LOGIN,
        {.name = "anew",
         .kind = OPTION_FLAG,
         .offset = OPTION_AT(anew),
         .help = "using it forgets what they signed in with: for who lost all of it"},
        FOR,
        VERB_URL,
        {0}};
    static const struct options_usage usage = {
        .command = "jisr centre person invite",
        .summary = "makes a one-time link, which ends the one before"};
    return carry_out(invite, &usage, options, argc, argv);
}

static int run_block(int argc, char **argv)
{
    static const struct option options[] = {
        VERB_DATA("; the server may run"), VERB_SECRET(""), LOGIN, {0}};
    static const struct options_usage usage = {
        .command = "jisr centre person block",
        .summary = "shuts somebody out: sessions, links and apps' tokens end at once"};
    return carry_out(block, &usage, options, argc, argv);
}

static int run_unblock(int argc, char **argv)
{
    static const struct option options[] = {
        VERB_DATA("; the server may run"), VERB_SECRET(""), LOGIN, {0}};
    static const struct options_usage usage = {.command = "jisr centre person unblock",
                                               .summary = "lets somebody in again"};
    return carry_out(unblock, &usage, options, argc, argv);
}

static int run_roles(int argc, char **argv)
{
    static const struct option options[] = {VERB_DATA("; the server may run"),
                                            VERB_SECRET(""),
                                            LOGIN,
                                            ROLE(true),
                                            USER,
                                            ORGANISATION,
                                            {0}};
    static const struct options_usage usage = {
        .command = "jisr centre person roles",
        .summary = "says anew what somebody may be here; they sign in again"};
    return carry_out(change_roles, &usage, options, argc, argv);
}

static int run_remove(int argc, char **argv)
{
    static const struct option options[] = {
        VERB_DATA("; the server may run"), VERB_SECRET(""), LOGIN, {0}};
    static const struct options_usage usage = {
        .command = "jisr centre person remove",
        .summary = "forgets an account; what was done under it stays in the audit"};
    return carry_out(take_away, &usage, options, argc, argv);
}

/* --- list ------------------------------------------------------------------------------------------- */

static void print_account(struct oauth_turn *turn, const struct account *account)
{
    struct session_book book = {.session_count = 0};
    person_print(stdout, account, turn->arena);
    if (account->password.len)
        fputs(" password", stdout);
    if (account->has_totp)
        fputs(" one-time-codes", stdout);
    if (account->passkey_count)
        printf(" passkeys=%zu", account->passkey_count);
    if (account->partner_count)
        printf(" partners=%zu", account->partner_count);
    if (session_list(turn, account->id, &book) == SESSION_OK && book.session_count)
        printf(" sessions=%zu", book.session_count);
    printf(" name=\"%.*s\"\n", (int)account->display.len, account->display.bytes);
}

static enum store_err list(struct store_view *view, struct verb_task *task)
{
    struct grants grants;
    struct store_notes notes = {.count = LIST_COUNT};
    struct text after = TEXT("");
    enum store_err err = STORE_OK;
    struct oauth_turn turn = {.store = &grants.store,
                              .arena = &task->arena,
                              .now_ms = (int64_t)(clock_wall_ns() / 1000000)};

    grants_read(&grants, view, turn.now_ms);
    while (err == STORE_OK && notes.count == LIST_COUNT) {
        err = store_note_list(view, ACCOUNT_AREA, after, false, LIST_COUNT, &notes);
        for (size_t i = 0; err == STORE_OK && i < notes.count; i++) {
            struct account account;
            after = notes.notes[i].key;
            if (account_read(&account, notes.notes[i].value, &task->arena))
                print_account(&turn, &account);
        }
    }
    return err;
}

static int run_list(int argc, char **argv)
{
    static const struct option options[] = {
        VERB_DATA("; the server may run"), VERB_SECRET(""), {0}};
    static const struct options_usage usage = {.command = "jisr centre person list",
                                               .summary = "prints the accounts, a line each"};
    struct people_settings settings = {0};
    struct verb_task task = {.look = list};
    return verb_do_alone(&task, &usage, options, &settings, argc, argv);
}

int centre_person(int argc, char **argv)
{
    static const struct verb verbs[] = {
        {"add", run_add, "makes an account, and a one-time link to set what they sign in with"},
        {"block", run_block, "shuts somebody out: sessions, links and tokens end at once"},
        {"invite", run_invite, "makes a one-time link, which ends the one before"},
        {"list", run_list, "prints the accounts, a line each"},
        {"remove", run_remove, "forgets an account; what was done under it stays in the audit"},
        {"roles", run_roles, "says anew what somebody may be here; they sign in again"},
        {"unblock", run_unblock, "lets somebody in again"},
        {0},
    };
    return verb_run("jisr centre person", verbs, argc, argv);
}
