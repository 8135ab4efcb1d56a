/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A running centre: its parts. Made by the main thread, then shared by the server's workers. */
#ifndef CENTRE_CENTRE_H
#define CENTRE_CENTRE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "centre/journal.h"
#include "centre/journal_events.h"
#include "centre/site_keys.h"
#include "centre/site_url.h"
#include "centre/vault.h"
#include "http/server.h"
#include "rest/rest.h"

struct app_origins;
struct logins;
struct partners;
struct refused;
struct subscriptions;

struct centre {
    struct vault vault; /* where the record is kept */
    struct journal *
        journal; /* of who did what; NULL: everybody may do everything, and nothing is told of it */
    struct refused *refused; /* what it is told of those whom nobody knows; NULL as `journal` */
    struct journal_events events; /* what `audit` reads */
    struct rest_audit audit;
    struct rest rest;
    struct known *known;             /* rest/known.h */
    struct oauth_site site;          /* who gives tokens for it */
    struct http_origins origins;     /* whose pages may call */
    struct app_origins *app_origins; /* those of registered apps; NULL as `journal` */
    struct text url;          /* as --url says it; without `journal` no other Host is answered */
    struct site_url site_url; /* how clients reach it */
    struct site_keys site_keys;
    struct arena arena;                         /* of what `rest` prepares */
    struct store_view *views[HTTP_WORKERS_MAX]; /* kept by a worker until it pauses; NULL: none */
    _Atomic bool is_ready;                      /* that has been done */
    _Atomic bool is_full; /* the last write found no room on the disk: told once, as its end is */
    struct http_server *server;
    struct logins *logins;
    struct subscriptions *subscriptions; /* NULL: no Subscription's address is called */
    struct pushes *pushes;               /* Subscriptions over WebSockets */
    struct partners *partners;           /* NULL: none can sign in by one */
};

#endif
