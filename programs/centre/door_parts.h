/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sources of door*.c share. For these alone. */
#ifndef CENTRE_DOOR_PARTS_H
#define CENTRE_DOOR_PARTS_H

#include "access/form.h"
#include "access/invite.h"
#include "access/oauth_authorize.h"
#include "access/passkey.h"
#include "access/sign_in.h"
#include "centre/door.h"
#include "centre/grants.h"
#include "centre/logins.h"
#include "pages/pages.h"

enum {
    DOOR_GO_LEN_MAX =
        3000, /* where somebody was going; escaped, a request's head of 8 KiB has it */
    DOOR_JOB_BYTES_MAX = 4 << 20,
    DOOR_COOKIES_MAX = 4,
    DOOR_NOTES_MAX = 2,
    DOOR_FORM_TOKEN_LEN = 43, /* 256 random bits in base64url */
};

/* What a route does next. */
enum door_step {
    DOOR_ANSWERED,
    DOOR_JOB,   /* its job, in a transaction */
    DOOR_LOGIN, /* door->login is to be asked of centre->logins */
};

struct door;

struct door_route {
    const char *path;
    bool is_post;
    enum door_need {
        DOOR_ANYBODY,
        DOOR_SESSION, /* who has begun to sign in */
        DOOR_SET_UP,  /* who is signed in, a second factor may be lacking; of late */
        DOOR_OPEN,    /* who is signed in */
        DOOR_FRESH,   /* and of late */
        DOOR_PEOPLE,  /* and an administrator */
    } need;
    /* What is read, and what can be told without writing. */
    enum door_step (*look)(struct door *door);
    /* Within a transaction, perhaps more than once; answers, too. False: nothing of it is kept. */
    bool (*act)(struct door *door);
};

/* One request on its way, in its exchange's arena. */
struct door {
    struct centre *centre;
    struct http_exchange *http;
    const struct door_route *route;
    struct oauth_site site;
    bool is_secure;                        /* the site is reached by https */
    struct text sent_token, session_token; /* the session's: as it came, and as it is now */
    struct text device_token, form_token;
    bool is_form_token_new;
    struct form query, form;
    enum access_language language;

    /* Who asks, as the store has it at this moment. */
    bool has_session;
    struct session session;
    struct account account;
    enum sign_in_next next;
    struct account invited; /* whose one-time link it came by; .id "": none */

    /* The store: a view's or a transaction's, and the arena that goes with it. */
    struct oauth_turn turn;
    struct grants grants;
    struct store_view *view;
    struct arena work; /* a job's */
    struct store_job job;
    struct login_order login;
    bool is_use_alone;     /* the job notes the session's use, and all else is read after it */
    bool is_used, is_lost; /* that was done; the session ended meanwhile */
    bool is_undone;        /* the job left nothing, and no answer */
    bool is_kept;          /* what it did is durable, and told to the audit */
    struct door_note {
        enum sign_in_event event;
        const struct account *whose; /* NULL: nobody's */
        bool is_others;              /* done by who asks, to another's account */
        struct text client, patient; /* of SIGN_IN_EVENT_NEW_APP */
    } notes[DOOR_NOTES_MAX];
    size_t note_count;
    bool has_failed; /* no memory, or no randomness */

    /* The answer, in turn.arena until it is sent. */
    int status;
    struct text location; /* 303 */
    struct buffer body;
    const char *type;
    struct text form_action; /* besides 'self': where a form may lead */
    int64_t retry_s;
    struct text cookies[DOOR_COOKIES_MAX];
    size_t cookie_count;
    struct page_notice notice;
    struct page page; /* door_page's */
    void *own;        /* a route's, from look to act */
};

/* --- door.c ---------------------------------------------------------------------------------------- */

/* Whether it is a path of ours: no other host, which "//" and "/\" would begin. */
bool door_is_path(struct text go);

/* Where a form says that the person was going: a path of ours, or "". */
struct text door_go(const struct door *door);

/* --- door_answer.c: how it is answered -------------------------------------------------------------- */

/* Begins a page: status, buffer, and what all pages have. */
struct page *door_page(struct door *door, int status);
/* Ends it. */
enum door_step door_done(struct door *door);

enum door_step door_to(struct door *door, struct text location);
/* To a path with go=. */
enum door_step door_to_with(struct door *door, const char *path, struct text go);

/* Which language who asks reads, once more: after it became known who that is. */
void door_choose_language(struct door *door);

/* A page of words. */
enum door_step door_message(struct door *door, int status, enum page_word title,
                            enum page_word words, const char *on_to, enum page_word on_words);
enum door_step door_failed(struct door *door);

/* JSON: of the passkeys' script. */
enum door_step door_json(struct door *door, int status, struct text body);

/* What the audit is told of once the job is durable; `note.whose` stays. */
void door_note(struct door *door, struct door_note note);

/* What is told at the head of the next page. */
void door_tell(struct door *door, enum page_tone tone, enum page_word word);
void door_tell_number(struct door *door, enum page_word word, int64_t number);

void door_set_session(struct door *door, struct text token); /* "": forget it */
void door_set_device(struct door *door, struct text token);
void door_set_cookie(struct door *door, const char *name, struct text value, int64_t seconds);

/* Copies the answer to the exchange. */
void door_send(struct door *door);

/* The value of a cookie of ours; "" where there is none. */
struct text door_cookie(const struct http_request *request, bool is_secure, const char *name);

/* --- what the routes do ------------------------------------------------------------------------------ */

enum door_step door_look_sign_in(struct door *door);
enum door_step door_look_code(struct door *door);
enum door_step door_show_sign_in(struct door *door, struct text go);
enum door_step door_show_again(struct door *door, struct text go);
enum door_step door_send_password(struct door *door);
enum door_step door_send_code(struct door *door);
enum door_step door_send_again(struct door *door);
bool door_act_sign_out(struct door *door);
enum door_step door_act_only(struct door *door);
/* What came of door->login. */
void door_after_login(struct door *door);
/* Where somebody goes who has arrived, with the cookies. */
enum door_step door_arrive(struct door *door, const struct sign_in_arrival *arrival,
                           struct text go);

enum door_step door_look_invite(struct door *door);
enum door_step door_send_invite(struct door *door);

enum door_step door_look_authorize(struct door *door);
enum door_step door_post_authorize(struct door *door);
enum door_step door_look_agree(struct door *door);
bool door_act_agree(struct door *door);

/* Where a form that leads to an app may lead: the URL's origin, or its scheme where it has no host that CSP can
 * name. */
struct text door_place_of(struct text redirect);

/* The apps that can be opened for a patient, and one opened; false: the store failed. */
bool door_find_apps(struct door *door, struct page_open *open);
enum door_step door_look_open(struct door *door);
enum door_step door_look_opened(struct door *door);
bool door_act_open(struct door *door);

/* The patients of a name that this person may see; false: the record failed. */
bool door_find_patients(struct door *door, struct text search, struct page_patients *patients);
/* One by id; false: none that they may see. */
bool door_find_patient(struct door *door, struct text id, struct page_patient *patient);

enum door_step door_look_account(struct door *door);
enum door_step door_look_password(struct door *door);
enum door_step door_send_change(struct door *door);
bool door_act_codes(struct door *door);
bool door_act_take_codes(struct door *door);
bool door_act_end_session(struct door *door);
bool door_act_end_sessions(struct door *door);
bool door_act_end_app(struct door *door);
bool door_act_drop_passkey(struct door *door);

enum door_step door_look_people(struct door *door);
bool door_act_add_person(struct door *door);
bool door_act_roles(struct door *door);
bool door_act_invite(struct door *door);
bool door_act_block(struct door *door);
bool door_act_unblock(struct door *door);

/* Shows what /sign-in?partner= tells, and the partners' links. */
void door_tell_partner(struct door *door);
bool door_list_partners(struct door *door, struct page *page);
bool door_act_partner(struct door *door);

bool door_act_passkey_options(struct door *door);
bool door_act_passkey(struct door *door);
bool door_act_new_passkey_options(struct door *door);
bool door_act_new_passkey(struct door *door);

#endif
