/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre init`: makes a centre's folder or tables, and a link for its first administrator. */
#include <stdio.h>
#include <string.h>

#include "access/invite.h"
#include "centre/officer.h"
#include "centre/person.h"
#include "centre/site_url.h"
#include "centre/verb.h"
#include "centre/verbs.h"
#include "store/postgres.h"

struct init_settings {
    struct verb_folder folder;
    const char *administrator;
    uint64_t for_ns;
};

#define OPTION_AT(field) offsetof(struct init_settings, field)

/* The first administrator's account, made where there is none of that name, and a new link for it. */
static enum account_err welcome(struct oauth_turn *turn, struct person *person)
{
    const struct init_settings *settings = person->wanted;
    const struct text name = text_of(settings->administrator);

    enum account_err err = account_find_named(turn, name, &person->account);
    if (err == ACCOUNT_ERR_NONE && (err = account_make(turn, &person->account)) == ACCOUNT_OK) {
        person->account.name = person->account.display = name;
        person->account.roles = ACCESS_ROLE_BIT(ACCESS_ADMINISTRATOR);
        person->account.language = ACCESS_FRENCH;
        err = account_put(turn, &person->account);
        person_tell(person, SIGN_IN_EVENT_ACCOUNT_MADE);
    }
    return err == ACCOUNT_OK
               ? person_invite(turn, person, false, (int64_t)(settings->for_ns / 1000000000u))
               : err;
}

static void print_record(const struct vault *vault, const struct verb_folder *folder)
{
    if (vault->is_shared)
        puts("record=postgresql");
    else if (folder->passphrase)
        printf("record=%s secret=passphrase\n", vault->record);
    else
        printf("record=%s secret=%s%s\n", vault->record,
               folder->secret ? folder->secret : folder->data, folder->secret ? "" : "/secret");
}

/* Where none is that somebody said: what is kept already is the server's to change. */
static bool keep_url(const struct vault *vault, const char *said)
{
    struct site_url kept, url;
    if (!said)
        return true;
    if (site_url_choose(vault->store, NULL, &kept) != STORE_OK ||
        site_url_choose(vault->store, said, &url) != STORE_OK)
        return false;
    if (!kept.is_said)
        return site_url_keep(vault->store, &url) == STORE_OK;
    if (strcmp(kept.text, url.text) != 0)
        fprintf(stderr,
                "jisr centre init: the server goes by %s: say the same, or tell the server\n",
                kept.text);
    return true;
}

int centre_init(int argc, char **argv)
{
    static const struct option options[] = {
        VERB_DATA(""),
        VERB_SECRET(""),
        {.name = "parts",
         .kind = OPTION_COUNT,
         .offset = OPTION_AT(folder.parts),
         .unit = "N",
         .standard = "8",
         .least = 1,
         .most = POSTGRES_PARTS_MAX,
         .help = "of a new database: partitions of its large tables; two where one machine's disks "
                 "hold all"},
        {.name = "administrator",
         .kind = OPTION_TEXT,
         .offset = OPTION_AT(administrator),
         .unit = "NAME",
         .standard = "administrator",
         .help = "what its first administrator signs in as"},
        {.name = "for",
         .kind = OPTION_DURATION,
         .offset = OPTION_AT(for_ns),
         .unit = "TIME",
         .standard = "24h",
         .least = 60,
         .most = INVITE_S_MAX,
         .help = "how long the administrator's link is good"},
        VERB_URL,
        {0}};
    static const struct options_usage usage = {
        .command = "jisr centre init",
        .summary = "makes the folder, its keys and an empty record, or the tables in a database; "
                   "prints a one-time link for its administrator"};
    struct init_settings settings = {0};
    struct vault vault;
    int status =
        verb_begin(&vault, &usage, options, VERB_SHARED | VERB_MAKES, &settings, argc, argv);
    if (status >= 0)
        return status;
    print_record(&vault, &settings.folder);
    struct person person = {.change = welcome, .wanted = &settings, .url = settings.folder.url};
    status = keep_url(&vault, settings.folder.url) ? person_change(&person, &vault, &usage)
                                                   : verb_failed(&usage, "the URL cannot be kept");
    if (status == DONE && !officer_is_named(vault.store))
        fputs("jisr centre init: nobody is told of emergency accesses yet: jisr centre officer\n",
              stderr);
    vault_close(&vault);
    return status;
}
