/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sources of partners*.c share. For these alone. */
#ifndef CENTRE_PARTNERS_PARTS_H
#define CENTRE_PARTNERS_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "access/partner.h"
#include "centre/centre.h"
#include "centre/grants.h"
#include "centre/partners.h"
#include "hooks/hooks.h"

/* What is kept of a partner's documents. */
struct partner_known {
    struct partner_known *next;
    char *issuer;
    char *about; /* discovery, as it came; NULL: none yet */
    size_t about_len;
    uint64_t about_ns, keys_ns; /* monotonic, when they came; 0: they did not */
    struct jose_keys keys;
};

/* What a sign-in waits for. */
enum partner_step {
    PARTNER_FETCHES_ABOUT,
    PARTNER_EXCHANGES, /* the code for a token */
    PARTNER_FETCHES_KEYS,
    PARTNER_CONCLUDES, /* its second job */
};

/* One on its way. Its exchange's arena is used on the worker's thread alone. */
struct partner_visit {
    struct partner_visit *next;
    struct centre *centre;
    struct http_exchange *http;
    struct oauth_site site;
    bool is_back; /* from the partner: the callback */
    struct text id, go, browser;
    struct form form;
    enum partner_step step;

    struct arena looked, fetched, concluded; /* the first job's, the thread's, the second job's */
    struct store_job job;
    struct partner partner;
    struct partner_return back;
    struct partner_about about;
    struct partner_person person;
    struct text answer; /* of the token endpoint */
    bool has_new_keys;  /* they were fetched for this very token */
    struct partner_known *known;

    enum partner_err err;
    const char *why;
    struct text location; /* where it ends */
};

struct partners {
    struct centre *centre;
    pthread_t thread;
    pthread_mutex_t lock;
    struct partner_visit *arrived; /* under the lock: from the store's thread to ours */
    atomic_uint waiting;
    atomic_bool is_stopping;

    struct hooks *hooks; /* the thread's, from here */
    struct partner_known *known;
};

/* The turn of a job, or of the thread, which has no store. */
struct oauth_turn partners_turn(const struct partner_visit *visit, const struct oauth_store *store,
                                struct arena *arena);

/* From any thread to ours. */
void partners_hand_in(struct partners *partners, struct partner_visit *visit);

/* Its second job, which answers; an `err` is set: answers at once. */
void partners_conclude(struct partner_visit *visit);

void *partners_run(void *context);

#endif
