/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The workers: threads of ours, each of which runs one of libmicrohttpd's daemons itself (MHD_run), all at one
 * listener.
 *
 * The library's own threads would do, but for two things of 0.9.75. They take up to 128 events at a time and, after
 * just that many, wait for more before they work on them: 128 connections with something to do at once stand still.
 * And a connection that was upgraded is freed by its daemon's thread as soon as another gives it back, while that
 * other is still within MHD_upgrade_action. Here the library never waits, and what is given back is so by the thread
 * that frees. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "http/parts.h"

struct upgraded {
    struct worker *worker;
    struct MHD_UpgradeResponseHandle *handle;
    struct upgraded *next;
};

static _Thread_local struct worker *own_worker;

struct worker *loop_worker(void)
{
    return own_worker;
}

static void wake(struct worker *worker)
{
    static const uint64_t one = 1;
    (void)!write(worker->wake, &one, sizeof one);
}

void loop_has_slow(struct worker *worker)
{
    atomic_store(&worker->has_slow, true);
    wake(worker);
}

void loop_resume(struct worker *worker, struct MHD_Connection *connection)
{
    MHD_resume_connection(connection);
    wake(worker); /* the library's own call comes to nothing when it is just being run */
}

struct upgraded *loop_upgraded(struct MHD_UpgradeResponseHandle *handle)
{
    struct upgraded *upgraded = malloc(sizeof *upgraded);
    own_worker->upgraded_count++;
    if (upgraded)
        *upgraded = (struct upgraded){.worker = own_worker, .handle = handle};
    return upgraded;
}

void loop_give_back(struct upgraded *upgraded)
{
    struct worker *worker = upgraded->worker;
    pthread_mutex_lock(&worker->lock);
    upgraded->next = worker->given_back;
    worker->given_back = upgraded;
    pthread_mutex_unlock(&worker->lock);
    wake(worker);
}

static void take_back(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    struct upgraded *upgraded = worker->given_back;
    worker->given_back = NULL;
    pthread_mutex_unlock(&worker->lock);
    while (upgraded) {
        struct upgraded *next = upgraded->next;
        (void)MHD_upgrade_action(upgraded->handle, MHD_UPGRADE_ACTION_CLOSE);
        free(upgraded);
        upgraded = next;
    }
}

/* In ms, as poll has it: until the library wants to be run without an event. Of some connections that it forwards under
 * TLS it does not notice the end, unless it is run once more: seen of one in ten. */
static int wait_ms(const struct worker *worker)
{
    enum { FORWARDING_MS = 100 };
    bool forwards = worker->server->certificate && worker->upgraded_count;
    MHD_UNSIGNED_LONG_LONG ms = INT_MAX;
    bool has_limit = MHD_get_timeout(worker->daemon, &ms) == MHD_YES;
    if (forwards && ms > FORWARDING_MS)
        return FORWARDING_MS;
    if (!has_limit)
        return -1;
    return ms < INT_MAX ? (int)ms : INT_MAX;
}

static void serve(struct worker *worker)
{
    const struct http_server_settings *settings = &worker->server->settings;
    take_back(worker);
    MHD_run(worker->daemon);
    if (settings->pause)
        settings->pause(settings->context, worker->number);
}

static void *run(void *context)
{
    struct worker *worker = context;
    struct pollfd events[] = {{.fd = worker->wake, .events = POLLIN}, {.fd = -1, .events = POLLIN}};
    uint64_t beats;
    own_worker = worker;
    events[1].fd = MHD_get_daemon_info(worker->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    while (!atomic_load(&worker->ends)) {
        if (poll(events, 2, wait_ms(worker)) > 0 && events[0].revents) {
            (void)!read(worker->wake, &beats, sizeof beats);
            if (atomic_exchange(&worker->has_slow, false))
                faults_tell_slow();
        }
        serve(worker);
    }
    serve(worker);
    MHD_stop_daemon(worker->daemon);
    return NULL;
}

/* Targets are not unescaped: who reads them does so after having taken them apart. */
static size_t leave_escaped(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

/* Nobody new while it stops. */
static enum MHD_Result let_in(void *context, const struct sockaddr *address, socklen_t len)
{
    struct http_server *server = context;
    (void)address;
    (void)len;
    return atomic_load(&server->is_stopping) ? MHD_NO : MHD_YES;
}

/* What a handshake shows: GnuTLS lets nothing of ours be passed along. */
static int show_certificate(gnutls_session_t session, const gnutls_datum_t *names, int name_count,
                            const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                            gnutls_pcert_st **chain, unsigned *count, gnutls_privkey_t *key)
{
    struct certificate *certificate = atomic_load(&own_worker->server->certificate);
    (void)session;
    (void)names;
    (void)name_count;
    (void)algorithms;
    (void)algorithm_count;
    if (!certificate)
        return -1;
    *chain = certificate->chain;
    *count = certificate->count;
    *key = certificate->key;
    return 0;
}

static struct MHD_Daemon *start_daemon(struct http_server *server, int listener)
{
    /* Beside the head the library keeps an entry for each header, some 70 bytes, and the answer's head. */
    enum { ANSWER_BYTES = 12 * 1024, LINES_BESIDE = 1000 };
    const struct http_limits *limits = &server->settings.limits;
    /* a worker may have all of them; who is one too many is let in to be told so */
    unsigned connections = limits->connections_max + LINES_BESIDE;
    const struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_PRIORITIES, 0,
         (void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:"
                             "+ECDHE-RSA:-MAC-ALL:+AEAD:%SERVER_PRECEDENCE"},
        {MHD_OPTION_END, 0, NULL}};
    unsigned flags =
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE | MHD_USE_ERROR_LOG;
    return MHD_start_daemon(
        flags | (server->certificate ? MHD_USE_TLS : 0), 0, let_in, server, request_came, server,
        MHD_OPTION_EXTERNAL_LOGGER, faults_log, NULL, MHD_OPTION_HTTPS_CERT_CALLBACK,
        show_certificate, /* let be without TLS */ MHD_OPTION_LISTEN_SOCKET, listener,
        MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        limits->head_bytes_max + ANSWER_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 0,
        MHD_OPTION_URI_LOG_CALLBACK, request_line_came, server, MHD_OPTION_UNESCAPE_CALLBACK,
        leave_escaped, NULL, MHD_OPTION_NOTIFY_COMPLETED, request_over, server,
        MHD_OPTION_NOTIFY_CONNECTION, line_notify, server, MHD_OPTION_ARRAY,
        server->certificate ? tls : none, MHD_OPTION_END);
}

static enum http_err start(struct http_server *server, unsigned number)
{
    struct worker *worker = &server->workers[number];
    int listener = fcntl(server->listener, F_DUPFD_CLOEXEC, 0); /* each daemon closes its own */
    worker->server = server;
    worker->number = number;
    worker->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    pthread_mutex_init(&worker->lock, NULL);
    worker->daemon = listener >= 0 && worker->wake >= 0 ? start_daemon(server, listener) : NULL;
    if (!worker->daemon) {
        if (listener >= 0)
            close(listener);
        if (worker->wake >= 0)
            close(worker->wake);
        pthread_mutex_destroy(&worker->lock);
        return server->certificate ? HTTP_ERR_TLS : HTTP_ERR_THREAD;
    }
    if (pthread_create(&worker->thread, NULL, run, worker) == 0) {
        server->worker_count++;
        return HTTP_OK;
    }
    MHD_stop_daemon(worker->daemon);
    close(worker->wake);
    pthread_mutex_destroy(&worker->lock);
    return HTTP_ERR_THREAD;
}

enum http_err loop_start(struct http_server *server, unsigned workers)
{
    enum http_err err = HTTP_OK;
    while (err == HTTP_OK && server->worker_count < workers)
        err = start(server, server->worker_count);
    return err;
}

void loop_stop(struct http_server *server)
{
    for (unsigned i = 0; i < server->worker_count; i++) {
        struct worker *worker = &server->workers[i];
        atomic_store(&worker->ends, true);
        wake(worker);
    }
    for (unsigned i = 0; i < server->worker_count; i++) {
        struct worker *worker = &server->workers[i];
        pthread_join(worker->thread, NULL);
        close(worker->wake);
        pthread_mutex_destroy(&worker->lock);
        while (worker->spare) {
            struct exchange *next = worker->spare->next;
            arena_free(&worker->spare->arena);
            free(worker->spare);
            worker->spare = next;
        }
    }
}
