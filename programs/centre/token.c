/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre token`: a bearer token, made by whoever owns the folder, for scripts and for first steps. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "access/roles.h"
#include "centre/caller.h"
#include "centre/verb.h"
#include "centre/verbs.h"
#include "clock/clock.h"

enum { NAME_LEN_MAX = 64 };

struct token_settings {
    struct verb_folder folder;
    const char *scope, *name, *role, *user, *patient, *organisation, *purpose;
    uint64_t for_ns;
    char client[sizeof "script:" + NAME_LEN_MAX]; /* as the audit calls it */
};

#define OPTION_AT(field) offsetof(struct token_settings, field)

static const struct option options[] = {
    VERB_DATA("; the server may run"),
    VERB_SECRET(""),
    {.name = "scope",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(scope),
     .unit = "SCOPES",
     .standard = "system/*.cruds",
     .help = "what it may be used for, as SMART writes it: 'system/*.cruds', 'user/Patient.rs'"},
    {.name = "for",
     .kind = OPTION_DURATION,
     .offset = OPTION_AT(for_ns),
     .unit = "TIME",
     .standard = "1h",
     .least = 1,
     .most = 366 * 86400,
     .help = "how long it is good"},
    {.name = "role",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(role),
     .unit = "ROLE",
     .standard = "service",
     .help = "service: the owner's own scripts; or physician, nurse, patient ...: docs/access.md; "
             "several with commas"},
    {.name = "user",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(user),
     .unit = "REFERENCE",
     .help = "who a person's role is of: Practitioner/7, Patient/12"},
    {.name = "patient",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(patient),
     .unit = "ID",
     .help = "whose record scopes of patient/ are for; a patient's own unless given"},
    {.name = "organisation",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(organisation),
     .unit = "ID",
     .help = "the Organization that they work for"},
    {.name = "name",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(name),
     .unit = "WORD",
     .help = "of the script, whom the audit then calls script:WORD, not jisr-centre-token"},
    {.name = "purpose",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(purpose),
     .unit = "CODE",
     .help = "of use (v3-PurposeOfUse): TREAT; the role's own unless given"},
    {.name = NULL}};

static const struct options_usage usage = {
    .command = "jisr centre token",
    .summary = "a bearer token for scripts, made by whoever owns the folder",
};

static struct text or_empty(const char *text)
{
    return text ? text_of(text) : TEXT("");
}

/* The id of a reference of this type; "" of another. */
static struct text id_of(const char *reference, const char *type)
{
    size_t len = strlen(type);
    if (!reference || strncmp(reference, type, len) != 0 || reference[len] != '/')
        return TEXT("");
    return text_of(reference + len + 1);
}

static int wrong(const char *words)
{
    (void)verb_failed(&usage, words);
    return WRONG_USAGE;
}

/* "auditor,administrator"; 0: one of them is none. */
static uint32_t roles_of(const char *names)
{
    struct text rest = text_of(names);
    uint32_t roles = 0;
    while (rest.len) {
        enum access_role role = access_role_named(text_cut(&rest, ','));
        if (role == ACCESS_ROLES)
            return 0;
        roles |= ACCESS_ROLE_BIT(role);
    }
    return roles;
}

/* Whose record scopes of patient/ are for; "" where there are none. */
static struct text launched_for(const struct token_settings *settings,
                                const struct access_scopes *scopes)
{
    for (size_t i = 0; i < scopes->count; i++)
        if (scopes->scopes[i].context == SCOPE_PATIENT)
            return settings->patient ? text_of(settings->patient)
                                     : id_of(settings->user, "Patient");
    return TEXT("");
}

/* A script acts by itself, for nobody; a person does not. NULL: they may use these. */
static const char *why_unusable(const struct token_settings *settings,
                                const struct access_scopes *scopes, bool is_service)
{
    bool has_patient = launched_for(settings, scopes).len > 0;
    for (size_t i = 0; i < scopes->count; i++) {
        bool is_system = scopes->scopes[i].context == SCOPE_SYSTEM;
        if (is_system != is_service)
            return is_service ? "--scope: a script's begin with system/; user/ and patient/ are a "
                                "person's, with --role and --user"
                              : "--scope: a person's begin with user/ or patient/, as "
                                "'user/*.rs'; system/ is for scripts alone";
        if (scopes->scopes[i].context == SCOPE_PATIENT && !has_patient)
            return "--patient: scopes of patient/ are for one record: say whose";
    }
    return settings->patient && !has_patient
               ? "--patient: only scopes of patient/ are for one record alone"
               : NULL;
}

static bool is_name(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && len <= NAME_LEN_MAX &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == len;
}

static int read_grant(const struct token_settings *settings, int64_t now_ms,
                      struct oauth_grant *grant)
{
    struct access_scopes scopes;
    uint32_t roles = roles_of(settings->role);
    bool is_service = roles == ACCESS_ROLE_BIT(ACCESS_SERVICE);
    if (roles == 0)
        return wrong("--role: there is no such role; docs/access.md has them: service, physician, "
                     "surgeon, nurse ...");
    if (scopes_read(&scopes, text_of(settings->scope)) != SCOPES_OK || scopes.count == 0 ||
        scopes.not_known)
        return wrong("--scope: not scopes as SMART writes them, such as 'system/*.cruds' or "
                     "'user/Observation.rs'");
    if (!is_service && !settings->user)
        return wrong("--user: a person's role is somebody's: Practitioner/7, Patient/12");
    if (settings->name && !is_name(settings->name))
        return wrong("--name: a word of letters, digits, - and _, of 64 at most");
    const char *why = why_unusable(settings, &scopes, is_service);
    if (why)
        return wrong(why);
    *grant = (struct oauth_grant){
        .client = settings->name ? text_of(settings->client) : TEXT("jisr-centre-token"),
        .account = or_empty(settings->user),
        .user = or_empty(settings->user),
        .roles = roles,
        .practitioner = id_of(settings->user, "Practitioner"),
        .patient = id_of(settings->user, "Patient"),
        .organisation = or_empty(settings->organisation),
        .purpose = settings->purpose ? text_of(settings->purpose)
                   : is_service      ? TEXT("HSYSADMIN")
                                     : TEXT(""),
        .scopes = text_of(settings->scope),
        .launch_patient = launched_for(settings, &scopes),
        .launch_encounter = TEXT(""),
        .family = TEXT(""),
        .signed_in_s = now_ms / 1000,
    };
    return DONE;
}

int centre_token(int argc, char **argv)
{
    struct token_settings settings = {0};
    struct vault vault;
    struct oauth_grant grant;
    char token[TOKEN_LEN];
    int64_t now_ms = (int64_t)(clock_wall_ns() / 1000000);
    int status = options_alone(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;
    snprintf(settings.client, sizeof settings.client, "script:%s",
             settings.name ? settings.name : "");
    if ((status = read_grant(&settings, now_ms, &grant)) != DONE)
        return status;
    if (!verb_open(&vault, &usage, &settings.folder, VERB_SHARED))
        return verb_not_open(&vault);
    enum store_err err = caller_make_token(vault.store, &grant,
                                           (int64_t)(settings.for_ns / 1000000000u), now_ms, token);
    vault_close(&vault);
    if (err != STORE_OK)
        return verb_failed(&usage, store_err_words(err));
    printf("%.*s\n", TOKEN_LEN, token);
    return DONE;
}
