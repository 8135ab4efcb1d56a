/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/demo_people.h"

#include <stdio.h>

#include "centre/person.h"
#include "centre/verb.h"
#include "fhir/model.h"
#include "json/json.h"
#include "json/pointer.h"

enum { LINK_S = 24 * 3600, NAME_BYTES = 128 };

/* What an account is made of; texts "" where the record does not have them. */
struct welcomed {
    const char *login, *display; /* display NULL: as the record calls them */
    enum access_role role;
    enum access_language language;
    const char *type; /* "Practitioner", "Patient"; NULL: nobody of the record */
    char id[NAME_BYTES], organisation[NAME_BYTES], name[NAME_BYTES];
};

/* --- of the record -------------------------------------------------------------------------------- */

static bool read_resource(struct store_view *view, struct json *json, const char *type,
                          const char *id)
{
    struct store_row row;
    return store_get(view, fhir_resource_named(text_of(type)), text_of(id), 0, &row) == STORE_OK &&
           json_parse(json, row.body, &json_limits_default, view->arena, NULL) == JSON_OK;
}

/* The string that a pointer leads to; behind its slash of a reference. "" where there is none. */
static void copy_string(char out[static NAME_BYTES], const struct json *json, const char *pointer,
                        struct arena *arena)
{
    uint32_t node;
    out[0] = '\0';
    if (json_pointer_find(&node, json, text_of(pointer), arena) != JSON_POINTER_OK ||
        json_type(json, node) != JSON_STRING)
        return;
    struct text text = json_string(json, node, arena), rest = text;
    (void)text_cut(&rest, '/');
    if (rest.len)
        text = rest;
    snprintf(out, NAME_BYTES, "%.*s", (int)text.len, text.bytes);
}

static void read_name(struct store_view *view, struct welcomed *welcomed)
{
    struct json json;
    char title[NAME_BYTES], given[NAME_BYTES], family[NAME_BYTES];
    if (!read_resource(view, &json, welcomed->type, welcomed->id))
        return;
    copy_string(title, &json, "/name/0/prefix/0", view->arena);
    copy_string(given, &json, "/name/0/given/0", view->arena);
    copy_string(family, &json, "/name/0/family", view->arena);
    snprintf(welcomed->name, sizeof welcomed->name, "%.20s%s%.40s %.40s", title, *title ? " " : "",
             given, family);
}

/* Whoever the first patient's CareTeam names. */
static enum store_err look_up(struct vault *vault, struct welcomed *doctor, struct welcomed *nurse,
                              struct welcomed *patient, struct welcomed *desk, struct arena *arena)
{
    struct store_view *view;
    struct json json;
    enum store_err err = store_view_begin(vault->store, arena, &view);
    if (err != STORE_OK)
        return err;
    if (read_resource(view, &json, "CareTeam", "t0")) {
        copy_string(doctor->id, &json, "/participant/0/member/reference", arena);
        copy_string(nurse->id, &json, "/participant/1/member/reference", arena);
        copy_string(patient->id, &json, "/subject/reference", arena);
        copy_string(doctor->organisation, &json, "/managingOrganization/0/reference", arena);
        snprintf(nurse->organisation, sizeof nurse->organisation, "%s", doctor->organisation);
    }
    if (read_resource(view, &json, "Patient", patient->id))
        copy_string(desk->organisation, &json, "/managingOrganization/reference", arena);
    read_name(view, doctor);
    read_name(view, nurse);
    read_name(view, patient);
    bool is_there = *doctor->name && *nurse->name && *patient->name && *desk->organisation;
    store_view_end(view);
    return is_there ? STORE_OK : STORE_ERR_NONE;
}

/* --- accounts ------------------------------------------------------------------------------------- */

static enum account_err make(struct oauth_turn *turn, struct person *person)
{
    const struct welcomed *welcomed = person->wanted;
    struct account *account = &person->account;
    enum account_err err = account_make(turn, account);
    if (err != ACCOUNT_OK)
        return err;
    account->name = text_of(welcomed->login);
    account->display = text_of(welcomed->display ? welcomed->display : welcomed->name);
    account->roles = ACCESS_ROLE_BIT(welcomed->role);
    account->language = welcomed->language;
    account->organisation = text_of(welcomed->organisation);
    if (welcomed->role == ACCESS_PATIENT)
        account->patient = text_of(welcomed->id);
    else
        account->practitioner = text_of(welcomed->id);
    person_tell(person, SIGN_IN_EVENT_ACCOUNT_MADE);
    return account_put(turn, account);
}

static enum account_err welcome(struct oauth_turn *turn, struct person *person)
{
    const struct welcomed *welcomed = person->wanted;
    enum account_err err = account_find_named(turn, text_of(welcomed->login), &person->account);
    if (err == ACCOUNT_ERR_NONE)
        err = make(turn, person);
    if (err != ACCOUNT_OK || person->account.password.len || person->account.passkey_count)
        return err;
    return person_invite(turn, person, false, LINK_S);
}

int demo_people(struct vault *vault, const char *url, const struct options_usage *usage)
{
    enum { DOCTOR = 1, NURSE, PATIENT, DESK };
    struct welcomed all[] = {
        {"administrator", "Administration", ACCESS_ADMINISTRATOR, ACCESS_FRENCH, NULL, "", "", ""},
        {"doctor", NULL, ACCESS_PHYSICIAN, ACCESS_FRENCH, "Practitioner", "", "", ""},
        {"nurse", NULL, ACCESS_NURSE, ACCESS_FRENCH, "Practitioner", "", "", ""},
        {"patient", NULL, ACCESS_PATIENT, ACCESS_FRENCH, "Patient", "", "", ""},
        {"desk", "Accueil", ACCESS_BACK_OFFICE, ACCESS_FRENCH, NULL, "", "", ""},
        {"auditor", "Contrôle des accès", ACCESS_AUDITOR, ACCESS_FRENCH, NULL, "", "", ""},
    };
    struct arena arena;
    arena_init(&arena, 4 << 20);
    enum store_err err =
        look_up(vault, &all[DOCTOR], &all[NURSE], &all[PATIENT], &all[DESK], &arena);
    arena_free(&arena);
    if (err != STORE_OK)
        return verb_failed(usage, err == STORE_ERR_NONE
                                      ? "its people are not there: it was filled by an earlier "
                                        "program; take another --data"
                                      : store_err_words(err));
    int status = DONE;
    for (size_t i = 0; i < sizeof all / sizeof *all && status == DONE; i++) {
        struct person person = {.change = welcome, .wanted = &all[i], .url = url};
        status = person_change(&person, vault, usage);
    }
    fflush(stdout);
    return status;
}
