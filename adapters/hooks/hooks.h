/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests that we send to addresses that clients or partners named: the rest-hooks of Subscriptions, the documents and
 * tokens of partners' identity providers.
 *
 * They go by https, the certificate verified against the system's authorities, to addresses of the public internet
 * (hooks/address.h); to a host and port that the site allows also by http, and wherever it is. The address is judged
 * as it is connected to, so that no name resolves past it. No redirection is followed, no proxy is used, and what comes
 * back is not looked at but for its status (hazard H-111), unless the request asks for it, up to a length.
 *
 * Several are on their way at once. One thread owns all of it; hooks_wake alone may be called by any. */
#ifndef HOOKS_HOOKS_H
#define HOOKS_HOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

struct hooks;

enum hook_err {
    HOOK_OK = 0,     /* a status of 200 to 299 came back */
    HOOK_ERR_URL,    /* no URL that requests are sent to */
    HOOK_ERR_SITE,   /* the site does not let it go there */
    HOOK_ERR_REACH,  /* no such host, or it does not answer there */
    HOOK_ERR_TLS,    /* it is not proved to be that host */
    HOOK_ERR_TIME,   /* no answer in time */
    HOOK_ERR_STATUS, /* another status */
    HOOK_ERR_LENGTH, /* more comes back than was asked for */
    HOOK_ERR_FAILED, /* anything else; no memory, too */
};

/* In English, a constant. */
const char *hook_err_words(enum hook_err err);

struct hook_request {
    bool is_put, is_get; /* else POST */
    struct text url;
    struct text body;           /* or "" */
    struct text type;           /* of the body; "": FHIR JSON */
    const struct text *headers; /* "Name: value" */
    size_t header_count;
    uint32_t timeout_ms;
    size_t answer_len_max;      /* bytes to be kept of what comes back; 0: none */
    const char *const *allowed; /* in the place of those of hooks_open; NULL: those */
    void *context;
};

struct hook_outcome {
    void *context;
    enum hook_err err;
    unsigned status; /* HTTP's; 0: none came */
    struct text
        answer; /* as far as it was asked for, also with HOOK_ERR_STATUS; until the next hooks_ended */
};

/* `allowed`: hosts, "10.1.2.3:8443" or "ehr.example.org" (any port), ended by NULL; stay the caller's, and there.
 * NULL: no memory. */
MUST_USE struct hooks *hooks_open(const char *const *allowed);

/* Whether what `url` names may be sent to as far as it tells by itself. */
MUST_USE enum hook_err hooks_check(const struct hooks *hooks, struct text url);

/* Begins a request; its texts are copied. Anything but HOOK_OK: it was not begun. */
MUST_USE enum hook_err hooks_send(struct hooks *hooks, const struct hook_request *request);

/* Goes on with what is on its way, waiting `wait_ms` at most for something to happen. */
void hooks_wait(struct hooks *hooks, int wait_ms);

/* The next that has ended. False: no other. */
MUST_USE bool hooks_ended(struct hooks *hooks, struct hook_outcome *outcome);

/* Ends a wait that goes on, or the next one. Any thread. */
void hooks_wake(struct hooks *hooks);

/* What is on its way is broken off. Harmless on NULL. */
void hooks_close(struct hooks *hooks);

#endif
