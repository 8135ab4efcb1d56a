/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pages that people see when they sign in to the centre, let an app in, and look after their account: HTML made on
 * the server, in the reader's language, of what the program knows.
 *
 * Pure: each function writes a whole page to the buffer (html.h escapes what comes from outside). They need no script
 * but for passkeys, whose form is hidden where there is none; they work at 320 px, by keyboard and read aloud.
 * Times of the record are shown as dates of UTC. Any thread. Source: WCAG 2.2; WHATWG HTML. */
#ifndef PAGES_PAGES_H
#define PAGES_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/account.h"
#include "access/scopes.h"
#include "access/session.h"
#include "base/buffer.h"
#include "pages/language.h"
#include "pages/words.h"

/* What is told at the head of a page. */
enum page_tone { PAGE_QUIET, PAGE_DONE, PAGE_ERROR };
struct page_notice {
    enum page_tone tone; /* PAGE_QUIET: nothing is */
    enum page_word word;
    struct text value; /* of its {}; "": it has none */
};

/* Whose identity provider signs people in, too. */
enum { PAGE_PARTNERS_MAX = 16 };
struct page_partner {
    struct text id, name;
};

/* What all pages have. Texts may be "". */
struct page {
    enum access_language language;
    struct text csrf; /* in each form */
    struct text who;  /* what the one who is signed in is called; "": nobody is */
    bool is_open;     /* all is open to them: the head leads to their account */
    bool may_people;  /* and to everybody's */
    struct text
        here; /* "/sign-in?go=...": shows this page again; "": nothing does, so no other languages */
    struct text go;     /* where the person was going; in forms that lead on */
    struct text issuer; /* "https://c.example.org": whose pages these are */
    bool has_passkeys;  /* this site can have some */
    /* Of the page to sign in on. */
    const struct page_partner *partners;
    size_t partner_count;
    struct page_notice notice;
};

/* --- signing in: sign_in.c ------------------------------------------------------------------------- */

/* `name`: what was typed before; `app`: who they sign in for. */
void page_sign_in(struct buffer *out, const struct page *page, struct text name, struct text app);

/* A one-time or recovery code; a passkey, too. */
void page_code(struct buffer *out, const struct page *page);

/* The password once more, before what one signs in with is changed. */
void page_again(struct buffer *out, const struct page *page);

/* Something else than what was asked for: a title, words, and where to go on; `value` of the words' {}. */
void page_message(struct buffer *out, const struct page *page, enum page_word title,
                  enum page_word words, struct text detail, const char *on_to,
                  enum page_word on_words);

/* --- an app asks: consent.c, patients.c ------------------------------------------------------------ */

struct page_patient {
    struct text id, name, birth; /* birth: FHIR date */
};

struct page_consent {
    struct text app, client_id, redirect;
    struct text query; /* of /authorize: goes with the form, and is checked again */
    const struct access_scopes *scopes; /* as asked for, of this person */
    bool needs_patient;
    bool is_own;                 /* the patient is who is signed in */
    bool is_launched;            /* the app was opened for this patient: no other is chosen */
    struct page_patient patient; /* chosen, where one is needed */
};

/* Each scope is a line that may be unticked, its field "s0", "s1" ... in the order of `scopes`; so are words, in few
 * lines: "w0" ... */
void page_consent(struct buffer *out, const struct page *page, const struct page_consent *consent);

/* The words that line "w0", "w1" ... stands for; 0: there is no such line. */
enum { PAGE_CONSENT_WORDS = 3 };
uint32_t page_consent_words(unsigned number);

enum { PAGE_PATIENTS_MAX = 20 };
struct page_patients {
    struct text app, query, search;
    bool is_opened; /* by who reads this, from their account: /account/open, `query` its client */
    struct page_patient found[PAGE_PATIENTS_MAX];
    size_t count;
    bool is_more;
};
void page_patients(struct buffer *out, const struct page *page,
                   const struct page_patients *patients);

/* --- arriving: arrive.c ----------------------------------------------------------------------------- */

/* Sets a password by a one-time link of this account. */
void page_invite(struct buffer *out, const struct page *page, struct text token,
                 const struct account *account);

/* Sets up the one-time codes: `uri` as totp_write_uri makes it, `key` for typing. */
void page_second_factor(struct buffer *out, const struct page *page, struct text uri,
                        struct text key, bool may_skip);

void page_recovery(struct buffer *out, const struct page *page,
                   const char codes[static RECOVERY_CODES][RECOVERY_LEN]);

/* --- looking after accounts: account.c, people.c ---------------------------------------------------- */

struct page_app {
    struct text family, name;
    int64_t since_s;
};
/* Apps that can be opened for a patient. */
enum { PAGE_OPEN_MAX = 50 };
struct page_open {
    struct page_open_app {
        struct text client, name;
    } apps[PAGE_OPEN_MAX];
    size_t count;
};

struct page_account {
    const struct account *account;
    const struct session_book *book;
    struct text session; /* this one's id */
    const struct page_app *apps;
    size_t app_count;
    const struct page_open *open; /* NULL: none */
};
void page_account(struct buffer *out, const struct page *page, const struct page_account *account);

/* Changes the password, or sets one. */
void page_password(struct buffer *out, const struct page *page);

enum { PAGE_PEOPLE_MAX = 50 };
struct page_person {
    struct text id, login, name, user; /* user: "Practitioner/7" */
    uint32_t roles;
    bool is_blocked, has_come;
};
struct page_people {
    const struct page_person *people;
    size_t count;
    struct text next;    /* id to go on after; "": that was all */
    struct text invited; /* whom the link is for */
    struct text link;    /* of an invitation, shown this once; "": none */
};
void page_people(struct buffer *out, const struct page *page, const struct page_people *people);

/* --- files ------------------------------------------------------------------------------------------ */

/* Those that pages ask for beneath /pages/, by name; NULL: there is none. */
struct page_file {
    const char *name, *type;
    struct text bytes;
};
const struct page_file *page_file_named(struct text name);

/* A picture of text as SVG, for a telephone's camera. False: too long, or no memory. */
MUST_USE bool page_qr(struct buffer *out, struct text text);

#endif
