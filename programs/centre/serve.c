/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/serve.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "centre/app_origins.h"
#include "centre/chores.h"
#include "centre/listen.h"
#include "centre/logins.h"
#include "centre/officer.h"
#include "centre/partners.h"
#include "centre/pushes.h"
#include "centre/record.h"
#include "centre/refused.h"
#include "centre/routes.h"
#include "centre/subscriptions.h"
#include "centre/verb.h"
#include "clock/clock.h"
#include "log/log.h"
#include "rest/known.h"
#include "stops.h"
#include "store/postgres.h"

enum {
    URL_BYTES = 128,
    /* glibc's M_TRIM_THRESHOLD and M_MMAP_THRESHOLD: what is free beyond it goes back to the system. Left alone it
     * learns from each large request to keep up to 64 MiB more (mallopt(3)). A transaction of 260 kB takes blocks of
     * up to 2 MiB: where they are asked for anew each time, it costs an eighth more of a processor. */
    HEAP_KEPT_BYTES = 4 << 20,
};

struct serve_settings {
    struct verb_folder folder;
    const char *listen, *certificate, *key;
    bool plain_http, open;
    uint64_t threads, rate, connections, sockets, body_mib;
    struct option_list origins, hooks, proxies;
    uint64_t hook_ns, hook_tries;
    uint64_t head_ns, body_ns, idle_ns, send_ns, drain_ns;
};

#define OPTION_AT(field) offsetof(struct serve_settings, field)

static const struct option options[] = {
    VERB_DATA("; made where there is none"),
    VERB_SECRET(": keep it elsewhere"),
    {.name = "replica",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(folder.replica),
     .unit = "CONNINFO",
     .help = "of the database: reads and searches go there when it has all that the primary has"},
    {.name = "url",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(folder.url),
     .unit = "URL",
     .help =
         "how clients reach it, where that is not by --listen: https://record.example.org/fhir; "
         "kept for the next start"},
    {.name = "listen",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(listen),
     .unit = "ADDR:PORT",
     .standard = "127.0.0.1:8080",
     .help = "where it is reached; port 0: any free one"},
    {.name = "certificate",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(certificate),
     .unit = "FILE",
     .help = "PEM, with the chain: HTTPS"},
    {.name = "key",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(key),
     .unit = "FILE",
     .help = "PEM: the certificate's private key"},
    {.name = "plain-http",
     .kind = OPTION_FLAG,
     .offset = OPTION_AT(plain_http),
     .help =
         "without a certificate, listen on other addresses than this machine's own: names cross "
         "the network in clear"},
    {.name = "open",
     .kind = OPTION_FLAG,
     .offset = OPTION_AT(open),
     .help = "no tokens: who reaches it may do everything, unrecorded; on this machine's own "
             "addresses only"},
    {.name = "origin",
     .kind = OPTION_LIST,
     .offset = OPTION_AT(origins),
     .unit = "ORIGIN",
     .help = "pages from there may call (CORS), as https://app.example.org"},
    {.name = "proxy",
     .kind = OPTION_LIST,
     .offset = OPTION_AT(proxies),
     .unit = "ADDR",
     .help =
         "what it says of whose a request is counts, in limits and in the audit: its address, or "
         "10.0.0.0/8"},
    {.name = "hooks",
     .kind = OPTION_LIST,
     .offset = OPTION_AT(hooks),
     .unit = "HOST:PORT",
     .help = "Subscriptions may be told there though it is no public address, and by http"},
    {.name = "hook-time",
     .kind = OPTION_DURATION,
     .offset = OPTION_AT(hook_ns),
     .unit = "TIME",
     .standard = "10s",
     .least = 0.1,
     .most = 60,
     .help = "for who is told of a Subscription to say that it was received"},
    {.name = "hook-tries",
     .kind = OPTION_COUNT,
     .offset = OPTION_AT(hook_tries),
     .unit = "N",
     .standard = "200",
     .least = 1,
     .most = 1000,
     .help = "one after another that fail, until a Subscription has the status error"},
    {.name = "threads",
     .kind = OPTION_COUNT,
     .offset = OPTION_AT(threads),
     .unit = "N",
     .standard = "0",
     .most = 64,
     .help = "that answer; 0: one for each core, with --database four"},
    {.name = "connections",
     .kind = OPTION_COUNT,
     .offset = OPTION_AT(connections),
     .unit = "N",
     .standard = "12000",
     .least = 1,
     .most = 1000000,
     .help = "at most at a time; then the one idle longest goes"},
    {.name = "sockets",
     .kind = OPTION_COUNT,
     .offset = OPTION_AT(sockets),
     .unit = "N",
     .standard = "4000",
     .least = 1,
     .most = 1000000,
     .help = "of the connections, WebSockets at most at a time"},
    {.name = "rate",
     .kind = OPTION_COUNT,
     .offset = OPTION_AT(rate),
     .unit = "N",
     .standard = "0",
     .most = 1000000,
     .help = "requests a second from one address, but this machine's own; 0: any number"},
    {.name = "body",
     .kind = OPTION_COUNT,
     .offset = OPTION_AT(body_mib),
     .unit = "MiB",
     .standard = "64",
     .least = 1,
     .most = 1024,
     .help = "how large a request's body may be"},
    {.name = "head-time",
     .kind = OPTION_DURATION,
     .offset = OPTION_AT(head_ns),
     .unit = "TIME",
     .standard = "10s",
     .least = 0.01,
     .most = 600,
     .help = "for the headers of a request"},
    {.name = "body-time",
     .kind = OPTION_DURATION,
     .offset = OPTION_AT(body_ns),
     .unit = "TIME",
     .standard = "20s",
     .least = 0.01,
     .most = 600,
     .help = "for each 16 KiB of a body"},
    {.name = "send-time",
     .kind = OPTION_DURATION,
     .offset = OPTION_AT(send_ns),
     .unit = "TIME",
     .standard = "30s",
     .least = 0.01,
     .most = 600,
     .help = "for a client to take each 16 KiB of an answer"},
    {.name = "idle-time",
     .kind = OPTION_DURATION,
     .offset = OPTION_AT(idle_ns),
     .unit = "TIME",
     .standard = "75s",
     .least = 0.01,
     .most = 3600,
     .help = "between two requests of a connection"},
    {.name = "drain-time",
     .kind = OPTION_DURATION,
     .offset = OPTION_AT(drain_ns),
     .unit = "TIME",
     .standard = "10s",
     .most = 600,
     .help = "for what has begun when it is told to stop"},
    {0},
};

static const struct options_usage usage = {
    .command = "jisr centre",
    .summary =
        "the health record: a FHIR R4 server; jisr centre help lists what else is done with it",
};

static int wrong(const char *what, const char *why)
{
    fprintf(stderr, "jisr centre: %s: %s\n", what, why);
    return WRONG_USAGE;
}

/* An origin as browsers send it: "https://app.example.org:8443", no path. */
static bool is_origin(const char *text)
{
    const char *host = !strncmp(text, "https://", 8)  ? text + 8
                       : !strncmp(text, "http://", 7) ? text + 7
                                                      : NULL;
    return host && *host && !strpbrk(host, "/*?# ") && !strpbrk(host, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

static int check(const struct serve_settings *settings)
{
    if (settings->open && (settings->plain_http || settings->certificate))
        return wrong("--open",
                     "not beside --certificate or --plain-http: it is for this machine alone");
    if (!settings->certificate != !settings->key)
        return wrong("--certificate and --key", "one is nothing without the other");
    for (size_t i = 0; i < settings->origins.count; i++)
        if (!is_origin(settings->origins.items[i]))
            return wrong(settings->origins.items[i],
                         "not an origin as browsers send it: https://app.example.org");
    return DONE;
}

/* Before a database they wait for it rather than work; each may have a connection to it. */
static unsigned threads_of(const struct serve_settings *settings)
{
    enum { EACH = 4, MOST = POSTGRES_VIEWS_MAX - 8 }; /* what is left is for what runs by itself */
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (settings->threads || !settings->folder.database)
        return (unsigned)settings->threads;
    return cores < 1 ? EACH : cores > MOST / EACH ? MOST : (unsigned)cores * EACH;
}

/* Ended by NULL, as those want it who read them as long as the server is. */
struct serve_lists {
    const char *origins[OPTION_LIST_MAX + 1], *hooks[OPTION_LIST_MAX + 1],
        *proxies[OPTION_LIST_MAX + 1];
};

static int start(struct centre *centre, const struct serve_settings *settings,
                 const struct serve_lists *lists)
{
    const struct http_server_settings server = {
        .address = settings->listen,
        .workers = threads_of(settings),
        .certificate_file = settings->certificate,
        .key_file = settings->key,
        .clear_anywhere = settings->plain_http,
        .origins = centre->origins,
        .proxies = lists->proxies,
        .limits = {.body_bytes_max = (size_t)settings->body_mib << 20,
                   .arena_bytes_max = (size_t)settings->body_mib << 24,
                   .connections_max = (unsigned)settings->connections,
                   .address_rate_max = (unsigned)settings->rate,
                   .sockets_max = (unsigned)settings->sockets,
                   .head_ns = settings->head_ns,
                   .body_ns = settings->body_ns,
                   .idle_ns = settings->idle_ns,
                   .send_ns = settings->send_ns},
        .handler = centre_handle,
        .refusal = centre_refuse,
        .pause = record_pause,
        .context = centre,
    };
    enum http_err err = http_server_start(&centre->server, &server);
    return err == HTTP_OK ? DONE : listen_failed(settings->listen, err);
}

/* Links, tokens and the audit name the record by a URL: one that leads nowhere is not kept. */
static bool is_named(const struct centre *centre, const struct serve_settings *settings)
{
    if (settings->folder.url || !http_server_is_everywhere(settings->listen) ||
        site_url_is_said(centre->vault.store))
        return true;
    (void)wrong(settings->listen, "all addresses of this machine are no name for it: say by --url "
                                  "how clients reach it");
    return false;
}

static void renew(struct centre *centre)
{
    enum http_err err = http_server_renew(centre->server);
    if (err == HTTP_OK)
        log_event(LOG_INFO, "certificate_renewed", "help=\"connections from now on are shown it\"");
    else
        log_event(LOG_WARN, "certificate_not_renewed", "why=\"%s\"", http_err_words(err));
}

static void look_after_keys(struct centre *centre)
{
    int64_t now_s = (int64_t)(clock_wall_ns() / 1000000000);
    if (centre->journal && !site_keys_look(&centre->site_keys, centre->vault.store, now_s))
        log_event(LOG_WARN, "centre_site_keys", "help=\"id_tokens cannot be signed now\"");
}

/* Looks after the site's keys now and then; a hang-up is for the certificate to be read again, where there is one. */
static void wait_for_stop(struct centre *centre, const struct serve_settings *settings, int stop_fd)
{
    struct signalfd_siginfo signal;
    struct pollfd stop = {.fd = stop_fd, .events = POLLIN};
    for (;;) {
        look_after_keys(centre);
        int ready = poll(&stop, 1, SITE_KEYS_LOOK_S * 1000);
        if (ready <= 0 || read(stop_fd, &signal, sizeof signal) != sizeof signal)
            continue;
        if (signal.ssi_signo != SIGHUP || !settings->certificate)
            return;
        renew(centre);
    }
}

static bool open_journal(struct centre *centre, const struct serve_settings *settings)
{
    enum store_err err;
    if (settings->open) {
        log_event(LOG_WARN, "centre_open", "help=\"who reaches it may do everything\"");
        return true;
    }
    centre->journal = journal_open(centre->vault.store, (int64_t)(clock_wall_ns() / 1000000), &err);
    if (!centre->journal) {
        fprintf(stderr, "jisr centre: the audit's log: %s\n", store_err_words(err));
        return false;
    }
    centre->refused = refused_open(centre->journal);
    centre->app_origins = app_origins_open(centre->vault.store);
    if (!centre->refused || !centre->app_origins) {
        fprintf(stderr, "jisr centre: not enough memory\n");
        return false;
    }
    centre->origins.knows = app_origins_know;
    centre->origins.context = centre->app_origins;
    return true;
}

/* What the record is served as, and keeps being called; an open one is called as it listens, for it is only tried. */
static void name_site(struct centre *centre, const struct serve_settings *settings,
                      const char *listening)
{
    const char *said = settings->folder.url;
    struct site_url *url = &centre->site_url, before;
    if (!centre->journal) {
        site_url_set(url, said ? said : listening, said);
        return;
    }
    enum store_err err = site_url_serve(centre->vault.store, said, listening, url, &before);
    if (err != STORE_OK)
        log_event(LOG_WARN, "centre_url_not_kept", "why=\"%s\"", store_err_words(err));
    else if (before.text[0] && strcmp(before.text, url->text) != 0)
        log_event(
            LOG_WARN, "centre_url_changed",
            "was=%s now=%s help=\"links that are out lead elsewhere; jisr centre reindex, where "
            "resources name it\"",
            before.text, url->text);
    else if (!said && url->is_said)
        log_event(LOG_INFO, "centre_url_kept", "url=%s", url->text);
}

/* The store is open, the server answers: what is in between is made. */
static int serve(struct centre *centre, struct subscriptions *subscriptions,
                 const struct serve_settings *settings, int stop_fd)
{
    char url[URL_BYTES];
    centre->url = text_of(settings->folder.url ? settings->folder.url : "");
    snprintf(url, sizeof url, "%s/fhir", http_server_url(centre->server));
    name_site(centre, settings, url);
    centre->logins = logins_start(centre);
    if (!centre->logins)
        return verb_failed(&usage, "there is no thread for logins");
    centre->partners = partners_start(centre);
    if (!centre->partners)
        return verb_failed(&usage, "there is no thread for partners");
    if (!record_prepare(centre, centre->site_url.text))
        return verb_failed(&usage, "not enough memory");
    if (!subscriptions_start(subscriptions))
        return verb_failed(&usage, "there is no thread for Subscriptions");
    if (!pushes_start(centre->pushes))
        return verb_failed(&usage, "there is no thread for WebSockets");
    struct chores *chores = chores_start(centre);
    if (!chores) {
        subscriptions_stop(subscriptions);
        return verb_failed(&usage, "there is no thread for what is done beside requests");
    }
    printf("centre url=%s\n", url);
    fflush(stdout);
    log_event(LOG_INFO, "centre_ready", "url=%s", url);
    if (centre->vault.has_secret_beside)
        log_event(LOG_INFO, "centre_secret_beside",
                  "help=\"who takes the folder can read it: --secret\"");
    if (centre->journal && !officer_is_named(centre->vault.store))
        log_event(LOG_WARN, "centre_no_officer",
                  "help=\"nobody is told of emergency accesses: jisr centre officer\"");
    wait_for_stop(centre, settings, stop_fd);
    chores_stop(chores);
    subscriptions_stop(subscriptions);
    pushes_stop(centre->pushes);
    log_event(LOG_INFO, "centre_stopping", "drain_s=%" PRIu64, settings->drain_ns / 1000000000u);
    return DONE;
}

static struct subscriptions *listen_to(struct centre *centre, const struct serve_settings *settings,
                                       const char *const *hooks)
{
    struct subscriptions *subscriptions = subscriptions_open(
        centre, &(struct subscriptions_settings){.hooks = hooks,
                                                 .time_ns = settings->hook_ns,
                                                 .tries = (unsigned)settings->hook_tries});
    if (!subscriptions)
        (void)verb_failed(&usage, "not enough memory");
    return subscriptions;
}

static int run(const struct serve_settings *settings, const struct serve_lists *lists)
{
    struct subscriptions *subscriptions = NULL;
    struct centre centre = {.vault.lock = -1, .origins.listed = lists->origins};
    struct http_server_counts counts;
    int stop_fd = stops_open();
    mallopt(M_TRIM_THRESHOLD, HEAP_KEPT_BYTES);
    mallopt(M_MMAP_THRESHOLD, HEAP_KEPT_BYTES);
    if (stop_fd < 0) {
        fprintf(stderr, "jisr centre: cannot wait for signals: %s\n", strerror(errno));
        return FAILED;
    }
    int status = FAILED;
    if (verb_open(&centre.vault, &usage, &settings->folder, VERB_ALONE | VERB_MAKES) &&
        is_named(&centre, settings) &&
        (subscriptions = listen_to(&centre, settings, lists->hooks)) != NULL &&
        (centre.pushes = pushes_open(&centre)) != NULL && open_journal(&centre, settings) &&
        (status = start(&centre, settings, lists)) == DONE) {
        status = serve(&centre, subscriptions, settings, stop_fd);
        logins_stop(centre.logins);
        partners_stop(centre.partners);
        http_server_counts(centre.server, &counts);
        http_server_stop(centre.server, settings->drain_ns);
        log_event(LOG_INFO, "centre_stopped", "requests=%" PRIu64 " refused=%" PRIu64,
                  counts.requests, counts.refused);
    }
    refused_close(centre.refused);
    app_origins_free(centre.app_origins);
    journal_close(centre.journal, (int64_t)(clock_wall_ns() / 1000000));
    vault_close(&centre.vault);
    logins_free(centre.logins);
    partners_free(centre.partners);
    subscriptions_free(subscriptions);
    pushes_free(centre.pushes);
    site_keys_free(&centre.site_keys);
    arena_free(&centre.arena);
    known_free(centre.known);
    close(stop_fd);
    return status;
}

int centre_serve(int argc, char **argv)
{
    struct serve_settings settings = {0};
    struct serve_lists lists = {.origins = {NULL}};
    int status = options_alone(&usage, options, &settings, argc, argv);
    if (status >= 0)
        return status;
    if ((status = check(&settings)) != DONE)
        return status;
    status = listen_check(settings.listen, settings.certificate != NULL, settings.plain_http);
    if (status != DONE)
        return status;
    memcpy(lists.origins, settings.origins.items, settings.origins.count * sizeof *lists.origins);
    memcpy(lists.hooks, settings.hooks.items, settings.hooks.count * sizeof *lists.hooks);
    memcpy(lists.proxies, settings.proxies.items, settings.proxies.count * sizeof *lists.proxies);
    return run(&settings, &lists);
}
