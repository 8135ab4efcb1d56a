/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/person.h"

#include <string.h>

#include "access/digest.h"
#include "access/invite.h"
#include "centre/grants.h"
#include "centre/journal.h"
#include "centre/site_url.h"
#include "centre/verb.h"
#include "clock/clock.h"

enum { ARENA_BYTES_MAX = 16 << 20 };

static enum store_err tell_audit(struct person *person, struct store_write *write)
{
    const struct account owner = {.id = TEXT("")};
    struct audit_record records[PERSON_EVENTS_MAX];
    for (size_t i = 0; i < person->event_count; i++)
        sign_in_record(&records[i], person->events[i], &person->account, &owner, TEXT(""),
                       person->now_ms, &person->arena);
    return journal_leave(write, records, person->event_count);
}

/* Run again, it begins afresh. */
static enum store_err run(struct store_write *write, void *context)
{
    struct person *person = context;
    struct grants grants;
    struct oauth_turn turn = {.store = &grants.store,
                              .arena = &person->arena,
                              .now_ms = person->now_ms,
                              .random = digest_random};
    grants_write(&grants, write, person->now_ms);
    person->token = TEXT("");
    person->event_count = 0;
    person->err = person->change(&turn, person);
    return person->err == ACCOUNT_OK ? tell_audit(person, write) : STORE_ERR_REFUSED;
}

void person_tell(struct person *person, enum sign_in_event event)
{
    if (person->event_count < PERSON_EVENTS_MAX)
        person->events[person->event_count++] = event;
}

enum account_err person_invite(struct oauth_turn *turn, struct person *person, bool is_anew,
                               int64_t seconds)
{
    const struct invite invite = {.account = person->account.id,
                                  .by = TEXT(""),
                                  .is_anew = is_anew,
                                  .due_s = turn->now_ms / 1000 + seconds};
    person_tell(person, SIGN_IN_EVENT_INVITED);
    return invite_make(turn, &invite, &person->token) == INVITE_OK ? ACCOUNT_OK : ACCOUNT_ERR_STORE;
}

void person_print(FILE *out, const struct account *account, struct arena *arena)
{
    struct text user = account_user(account, arena);
    const char *comma = "";
    fprintf(out, "account=%.*s login=\"%.*s\" roles=", (int)account->id.len, account->id.bytes,
            (int)account->name.len, account->name.bytes);
    for (enum access_role role = 0; role < ACCESS_ROLES; role++) {
        if (account->roles & ACCESS_ROLE_BIT(role)) {
            fprintf(out, "%s%s", comma, access_role_name(role));
            comma = ",";
        }
    }
    if (user.len)
        fprintf(out, " user=%.*s", (int)user.len, user.bytes);
    if (account->is_blocked)
        fputs(" blocked", out);
}

/* "https://record.example.org" of "https://record.example.org/fhir". */
static struct text issuer_of(const char *url)
{
    static const char end[] = "/fhir";
    struct text whole = text_of(url);
    size_t len = sizeof end - 1;
    if (whole.len > len && memcmp(whole.bytes + whole.len - len, end, len) == 0)
        whole.len -= len;
    return whole;
}

static void print(struct person *person, const struct site_url *url)
{
    struct buffer link;
    person_print(stdout, &person->account, &person->arena);
    buffer_init(&link, &person->arena);
    if (person->token.len) {
        invite_write_url(&link, issuer_of(url->text), person->token);
        printf(" invite=%.*s", (int)link.len, link.bytes);
    }
    putchar('\n');
}

int person_change(struct person *person, struct vault *vault, const struct options_usage *usage)
{
    struct site_url url;
    int status = DONE;

    arena_init(&person->arena, ARENA_BYTES_MAX);
    person->now_ms = (int64_t)(clock_wall_ns() / 1000000);
    struct journal *journal = NULL;
    enum store_err err = site_url_choose(vault->store, person->url, &url);
    if (err == STORE_OK)
        journal = journal_open(vault->store, person->now_ms, &err);
    if (journal)
        err = store_run(vault->store, &person->arena, run, person);
    journal_close(journal, person->now_ms);
    if (err == STORE_OK)
        print(person, &url);
    else
        status =
            verb_failed(usage, journal && person->err != ACCOUNT_OK ? account_err_words(person->err)
                                                                    : store_err_words(err));
    arena_free(&person->arena);
    return status;
}
