/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An app asks: who it is for, what it may have, of which patient; and the code that it gets.
 *
 * The request is the query of /authorize all the way: it goes with each form and is checked anew each time, so that
 * nothing in between is to be believed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

/* A person grants no program's rights; and which encounter it is, only a launch from the record says. */
static void keep_persons(struct access_scopes *scopes)
{
    size_t kept = 0;
    for (size_t i = 0; i < scopes->count; i++)
        if (scopes->scopes[i].context != SCOPE_SYSTEM)
            scopes->scopes[kept++] = scopes->scopes[i];
    scopes->count = kept;
    scopes->words &= ~(uint32_t)SCOPE_LAUNCH_ENCOUNTER;
}

static bool needs_patient(const struct access_scopes *scopes)
{
    bool needs = scopes->words & (SCOPE_LAUNCH_PATIENT | SCOPE_LAUNCH);
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

enum { PROMPT_NONE = 1, PROMPT_LOGIN = 2, PROMPT_CONSENT = 4, PROMPT_ACCOUNT = 8 };

/* The words of `prompt`, as bits; 0: none there, or -1: one that is not of OpenID Connect, or "none" beside others. */
static int prompts_of(const struct form *form)
{
    static const char *const words[] = {"none", "login", "consent", "select_account"};
    struct text rest = form_value(form, "prompt");
    int prompts = 0;

    while (rest.len) {
        struct text word = text_cut(&rest, ' ');
        size_t i = 0;
        while (i < sizeof words / sizeof *words && !text_is(word, words[i]))
            i++;
        if (i == sizeof words / sizeof *words)
            return -1;
        prompts |= 1 << i;
    }
    return prompts & PROMPT_NONE && prompts != PROMPT_NONE ? -1 : prompts;
}

/* Of 1 to 12 digits; -1: none there, -2: something else. */
static int64_t seconds_of(struct text digits)
{
    enum { DIGITS_MAX = 12 };
    int64_t seconds = 0;

    if (digits.len == 0)
        return -1;
    for (size_t i = 0; i < digits.len; i++) {
        if (i == DIGITS_MAX || digits.bytes[i] < '0' || digits.bytes[i] > '9')
            return -2;
        seconds = 10 * seconds + (digits.bytes[i] - '0');
    }
    return seconds;
}

/* What of OpenID Connect Core 3.1.2.1 would change how we answer, and cannot be followed; NULL: nothing. */
static const char *wrong_of(const struct form *form)
{
    struct text mode = form_value(form, "response_mode");

    if (mode.len && !text_is(mode, "query"))
        return "response_mode: query is the one there is";
    if (prompts_of(form) < 0)
        return "prompt: login, consent, select_account, or none alone";
    return seconds_of(form_value(form, "max_age")) < -1 ? "max_age: a number of seconds" : NULL;
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
    if (err == OAUTH_OK && (door->turn.why = wrong_of(&asked->form)) != NULL)
        err = OAUTH_ERR_REQUEST;
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

/* When the person was last asked to sign in for this request, which they come back to from there: it goes at the
 * request's end. */
static const char asked_at[] = "jisr_asked";

/* Whether the person has to sign in, though they have a session: prompt=login, or max_age is over, and not since they
 * were asked to. An answer to that is not awaited for longer than it takes. */
static bool is_stale(const struct door *door, const struct form *form)
{
    enum { ANSWER_S = 30 * 60 };
    int64_t now_s = door->turn.now_ms / 1000, signed_in_s = door->session.signed_in_s;
    int64_t age = seconds_of(form_value(form, "max_age"));
    int64_t asked_s = seconds_of(form_value(form, asked_at));

    if (!(prompts_of(form) & (PROMPT_LOGIN | PROMPT_ACCOUNT)) &&
        (age < 0 || now_s - signed_in_s <= age))
        return false;
    return asked_s < 0 || asked_s > now_s || now_s - asked_s > ANSWER_S || signed_in_s < asked_s;
}

static struct text path_with(struct door *door, struct text query)
{
    struct buffer path;

    buffer_init(&path, door->turn.arena);
    buffer_add(&path, TEXT("/authorize?"));
    buffer_add(&path, query);
    return path.failed || path.len > DOOR_GO_LEN_MAX ? TEXT("") : buffer_text(&path);
}

/* The same request, to come back to from signing in at now_ms. */
static struct text path_from_sign_in(struct door *door, struct text query)
{
    struct buffer marked;
    size_t len = sizeof asked_at; /* with a mark before it */

    for (size_t i = query.len; i-- > 0;)
        if (query.bytes[i] == '&') {
            if (query.len - i > len && !memcmp(query.bytes + i + 1, asked_at, len - 1))
                query.len = i;
            break;
        }
    buffer_init(&marked, door->turn.arena);
    buffer_add(&marked, query);
    buffer_format(&marked, "&%s=%" PRId64, asked_at, door->turn.now_ms / 1000);
    return marked.failed ? TEXT("") : path_with(door, buffer_text(&marked));
}

/* --- pages ---------------------------------------------------------------------------------------------- */

struct text door_place_of(struct text redirect)
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
    door->form_action = door_place_of(asked->request.redirect);
    page_patients(&door->body, door_page(door, 200), patients);
    return door_done(door);
}

/* The patient whom the app was opened for, whom this person has to see themselves; false: answered. */
static bool find_launched(struct door *door, struct asked *asked)
{
    struct page_consent *consent = &asked->consent;
    struct oauth_grant grant;

    if (!account_grant(&door->account, door->turn.arena, &grant)) {
        door_failed(door);
        return false;
    }
    consent->is_launched = true;
    if (oauth_may_launch(&door->turn, &asked->request, grant.user)) {
        if (door_find_patient(door, asked->request.context.patient, &consent->patient)) {
            asked->patient = consent->patient.id;
            return true;
        }
        door->turn.why = "the person may not see the patient that the app was opened for";
    }
    refuse(door, asked, OAUTH_ERR_DENIED);
    return false;
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
    if (asked->request.launch.len)
        return find_launched(door, asked);
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
    door->form_action = door_place_of(asked->request.redirect);
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
    if (prompts_of(&asked->form) == PROMPT_NONE) {
        door->turn.why = "the person has to be asked";
        return refuse(door, asked,
                      door->has_session ? OAUTH_ERR_CONSENT_REQUIRED : OAUTH_ERR_LOGIN_REQUIRED);
    }
    if (go.len == 0) {
        door->turn.why = "the request is too long";
        return refuse(door, asked, OAUTH_ERR_REQUEST);
    }
    if (!door->has_session || door->next == SIGN_IN_BLOCKED || is_stale(door, &asked->form))
        return door_show_sign_in(door, path_from_sign_in(door, query));
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
    kept->words |= whole->words & (SCOPE_LAUNCH_PATIENT | SCOPE_LAUNCH);
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
    bool is_other = text_is(answer, "search") || text_is(answer, "other");
    if (is_other && asked->request.launch.len == 0)
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
