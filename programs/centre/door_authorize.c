/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An app asks: who it is for, what it may have, of which patient; and the code that it gets.
 *
 * The request is the query of /authorize all the way: it goes with each form and is checked anew each time, so that
 * nothing in between is to be believed. */
#include <stdio.h>

#include "centre/door_parts.h"

/* A request that was checked, of this person. */
struct asked {
    struct form form; /* the query's */
    struct oauth_request request;
    struct page_consent consent;
    struct text patient; /* id, checked; "": none was needed */
    bool is_denied;
    struct text scopes; /* what was granted */
};

/* --- what is asked ------------------------------------------------------------------------------------ */

/* A person grants no program's rights; and an app that does not launch from a record has no launch context to get. */
static void keep_persons(struct access_scopes *scopes)
{
    size_t kept = 0;
    for (size_t i = 0; i < scopes->count; i++)
        if (scopes->scopes[i].context != SCOPE_SYSTEM)
            scopes->scopes[kept++] = scopes->scopes[i];
    scopes->count = kept;
    scopes->words &= ~(uint32_t)(SCOPE_LAUNCH | SCOPE_LAUNCH_ENCOUNTER);
}

static bool needs_patient(const struct access_scopes *scopes)
{
    bool needs = scopes->words & SCOPE_LAUNCH_PATIENT;
    for (size_t i = 0; i < scopes->count; i++)
        needs |= scopes->scopes[i].context == SCOPE_PATIENT;
    return needs;
}

/* Who acts for others, too, says for whom. */
static bool is_patient_alone(const struct account *account)
{
    return account->roles == ACCESS_ROLE_BIT(ACCESS_PATIENT) && account->patient.len &&
           account->related.len == 0;
}

/* What the app is told of an error; where it must not be told, the person is. */
static enum door_step refuse(struct door *door, struct asked *asked, enum oauth_err err)
{
    if (asked->request.may_redirect)
        return door_to(door, oauth_refuse(&door->turn, &asked->request, err));
    page_message(&door->body, door_page(door, 400), WORD_APP_WRONG, WORD_APP_WRONG_WHY,
                 text_of(door->turn.why ? door->turn.why : oauth_err_word(err)), NULL, WORD_NONE);
    return door_done(door);
}

/* Reads the request in a query. NULL: answered. */
static struct asked *read_request(struct door *door, struct text query)
{
    struct asked *asked = arena_take_zeroed(door->turn.arena, 1, sizeof *asked);
    enum oauth_err err = OAUTH_ERR_REQUEST;

    if (!asked) {
        door->has_failed = true;
        door_failed(door);
        return NULL;
    }
    door->turn.why = "a parameter comes more than once, or is not well-formed";
    if (form_read(&asked->form, query, door->turn.arena) == FORM_OK)
        err = oauth_authorize(&door->turn, &asked->form, &asked->request);
    if (err == OAUTH_OK) {
        keep_persons(&asked->request.scopes);
        if (asked->request.scopes.count || asked->request.scopes.words)
            return asked;
        err = OAUTH_ERR_SCOPE;
        door->turn.why = "nothing that a person can grant";
    }
    refuse(door, asked, err);
    return NULL;
}

/* OpenID Connect Core 3.1.2.1: how long ago the person may have signed in, in seconds; -1: it does not matter. "login"
 * is asked for anew each time, so a minute is the time to come back here from the sign-in. */
static int64_t age_max(const struct form *form)
{
    enum { LOGIN_S = 60, DIGITS_MAX = 9 };
    struct text age = form_value(form, "max_age");
    int64_t seconds = 0;

    if (text_is(form_value(form, "prompt"), "login"))
        return LOGIN_S;
    if (age.len == 0 || age.len > DIGITS_MAX)
        return -1;
    for (size_t i = 0; i < age.len; i++) {
        if (age.bytes[i] < '0' || age.bytes[i] > '9')
            return -1;
        seconds = 10 * seconds + (age.bytes[i] - '0');
    }
    return seconds < LOGIN_S ? LOGIN_S : seconds;
}

static struct text path_with(struct door *door, struct text query)
{
    struct buffer path;

    buffer_init(&path, door->turn.arena);
    buffer_add(&path, TEXT("/authorize?"));
    buffer_add(&path, query);
    return path.failed || path.len > DOOR_GO_LEN_MAX ? TEXT("") : buffer_text(&path);
}

/* --- pages ---------------------------------------------------------------------------------------------- */

/* Where the consent's form may lead: the redirect's origin, or its scheme where it has no host that CSP can name. */
static struct text place_of(struct text redirect)
{
    size_t slashes = 0, end = redirect.len, colon = 0;

    while (colon < redirect.len && redirect.bytes[colon] != ':')
        colon++;
    for (size_t i = 0; i < redirect.len && end == redirect.len; i++)
        if (redirect.bytes[i] == '?' || (redirect.bytes[i] == '/' && ++slashes == 3))
            end = i;
    for (size_t i = colon; i < end; i++) {
        char c = redirect.bytes[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' || c == '/';
        if (!is_plain || slashes < 2)
            return (struct text){redirect.bytes, colon + 1};
    }
    return (struct text){redirect.bytes, end};
}

static enum door_step show_patients(struct door *door, struct asked *asked, struct text query)
{
    struct page_patients *patients = arena_take_zeroed(door->turn.arena, 1, sizeof *patients);

    if (!patients || !door_find_patients(door, form_value(&door->form, "search"), patients))
        return door_failed(door);
    patients->app = asked->request.client.name;
    patients->query = query;
    patients->search = form_value(&door->form, "search");
    door->form_action = place_of(asked->request.redirect);
    page_patients(&door->body, door_page(door, 200), patients);
    return door_done(door);
}

/* Finds the patient who is meant; false: answered, perhaps by asking who. */
static bool find_patient(struct door *door, struct asked *asked, struct text query)
{
    struct page_consent *consent = &asked->consent;
    struct text wanted = is_patient_alone(&door->account) ? door->account.patient
                                                          : form_value(&door->form, "patient");

    consent->is_own = is_patient_alone(&door->account);
    if (!consent->needs_patient)
        return true;
    if (wanted.len && door_find_patient(door, wanted, &consent->patient)) {
        asked->patient = consent->patient.id;
        return true;
    }
    if (consent->is_own) {
        door->turn.why = "the person's own record cannot be read";
        refuse(door, asked, OAUTH_ERR_SERVER);
    } else {
        show_patients(door, asked, query);
    }
    return false;
}

static enum door_step show_consent(struct door *door, struct asked *asked, struct text query,
                                   int status)
{
    struct page_consent *consent = &asked->consent;

    consent->app = asked->request.client.name;
    consent->client_id = asked->request.client.id;
    consent->redirect = asked->request.redirect;
    consent->query = query;
    consent->scopes = &asked->request.scopes;
    door->form_action = place_of(asked->request.redirect);
    page_consent(&door->body, door_page(door, status), consent);
    return door_done(door);
}

enum door_step door_look_authorize(struct door *door)
{
    struct text query = door->http->request.query;
    struct asked *asked = read_request(door, query);

    if (!asked)
        return DOOR_ANSWERED;
    struct text go = path_with(door, query);
    int64_t age = age_max(&asked->form);
    if (text_is(form_value(&asked->form, "prompt"), "none")) {
        door->turn.why = "the person has to be asked";
        return refuse(door, asked,
                      door->has_session ? OAUTH_ERR_CONSENT_REQUIRED : OAUTH_ERR_LOGIN_REQUIRED);
    }
    if (go.len == 0) {
        door->turn.why = "the request is too long";
        return refuse(door, asked, OAUTH_ERR_REQUEST);
    }
    if (!door->has_session || door->next == SIGN_IN_BLOCKED ||
        (age >= 0 && door->turn.now_ms / 1000 - door->session.signed_in_s > age))
        return door_show_sign_in(door, go);
    if (door->next == SIGN_IN_SECOND)
        return door_to_with(door, "/sign-in/code", go);
    if (door->next == SIGN_IN_SET_UP)
        return door_to_with(door, "/account/codes", go);
    asked->consent.needs_patient = needs_patient(&asked->request.scopes);
    if (!find_patient(door, asked, query))
        return DOOR_ANSWERED;
    return show_consent(door, asked, query, 200);
}

/* SMART's authorize-post: a form from anywhere, which becomes the same as a link from there. */
enum door_step door_post_authorize(struct door *door)
{
    struct text path = path_with(door, door->http->request.body);

    for (size_t i = 0; i < path.len; i++)
        if (path.bytes[i] <= ' ' || path.bytes[i] > '~')
            path.len = 0;
    if (path.len == 0)
        return door_message(door, 400, WORD_APP_WRONG, WORD_APP_WRONG_WHY, NULL, WORD_NONE);
    return door_to(door, path);
}

/* --- the answer ------------------------------------------------------------------------------------------- */

static bool is_ticked(const struct door *door, char letter, size_t number)
{
    char name[24];
    snprintf(name, sizeof name, "%c%zu", letter, number);
    return form_value(&door->form, name).len > 0;
}

/* What was left ticked, written. The launch's words go with what needs them. False: nothing was, or no room. */
static bool read_ticks(struct door *door, struct asked *asked)
{
    const struct access_scopes *whole = &asked->request.scopes;
    struct access_scopes *kept = arena_take_zeroed(door->turn.arena, 1, sizeof *kept);
    struct buffer written;

    if (!kept)
        return false;
    for (size_t i = 0; i < whole->count; i++)
        if (is_ticked(door, 's', i))
            kept->scopes[kept->count++] = whole->scopes[i];
    for (unsigned i = 0; i < PAGE_CONSENT_WORDS; i++)
        if (is_ticked(door, 'w', i))
            kept->words |= whole->words & page_consent_words(i);
    if (kept->count == 0 && kept->words == 0)
        return false;
    kept->words |= whole->words & SCOPE_LAUNCH_PATIENT;
    buffer_init(&written, door->turn.arena);
    scopes_write(kept, &written);
    asked->scopes = buffer_text(&written);
    return !written.failed;
}

enum door_step door_look_agree(struct door *door)
{
    struct text query = form_value(&door->form, "query");
    struct text answer = form_value(&door->form, "answer");
    struct asked *asked = read_request(door, query);

    if (!asked)
        return DOOR_ANSWERED;
    if (text_is(answer, "deny")) {
        door->turn.why = "the person said no";
        return refuse(door, asked, OAUTH_ERR_DENIED);
    }
    asked->consent.needs_patient = needs_patient(&asked->request.scopes);
    if (text_is(answer, "search") || text_is(answer, "other"))
        return asked->consent.needs_patient ? show_patients(door, asked, query)
                                            : show_consent(door, asked, query, 200);
    if (!find_patient(door, asked, query))
        return DOOR_ANSWERED;
    if (!text_is(answer, "agree"))
        return show_consent(door, asked, query, 200);
    if (!read_ticks(door, asked)) {
        door_tell(door, PAGE_ERROR, WORD_TICK_ONE);
        return show_consent(door, asked, query, 403);
    }
    door->own = asked;
    return DOOR_JOB;
}

bool door_act_agree(struct door *door)
{
    struct asked *asked = door->own;
    struct oauth_grant grant = {0};
    struct text url;

    if (door->next != SIGN_IN_DONE || !account_grant(&door->account, door->turn.arena, &grant))
        return false;
    grant.scopes = asked->scopes;
    grant.launch_patient = asked->patient;
    grant.signed_in_s = door->session.signed_in_s;
    enum oauth_err err = oauth_agree(&door->turn, &asked->request, &grant, &url);
    if (err != OAUTH_OK) {
        door_to(door, oauth_refuse(&door->turn, &asked->request, err));
        return false;
    }
    struct access_scopes *scopes = arena_take(door->turn.arena, sizeof *scopes);
    if (!scopes || scopes_read(scopes, grant.scopes) != SCOPES_OK ||
        session_add_app(&door->turn, &door->session, &grant, scopes->words & SCOPE_OFFLINE) !=
            SESSION_OK)
        return false;
    door_note(door, (struct door_note){.event = SIGN_IN_EVENT_NEW_APP,
                                       .whose = &door->account,
                                       .client = asked->request.client.id,
                                       .patient = asked->patient});
    door_to(door, url);
    return true;
}
