/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock/clock.h"
#include "http/parts.h"
#include "http/sockets.h"

enum { FILES_BESIDE = 256 /* descriptors for all else */ };

#define SECOND_NS UINT64_C(1000000000)

const char *http_err_words(enum http_err err)
{
    switch (err) {
    case HTTP_OK:
        return "no error";
    case HTTP_ERR_ADDRESS:
        return "the address cannot be listened on";
    case HTTP_ERR_CLEAR:
        return "without TLS only this machine's own addresses are listened on";
    case HTTP_ERR_TLS:
        return "certificate and key cannot be read, or do not belong together";
    case HTTP_ERR_PROXY:
        return "a proxy is an address or a prefix in numbers, as 192.0.2.7 or 10.0.0.0/8; 32 at "
               "most";
    case HTTP_ERR_MEMORY:
        return "not enough memory";
    case HTTP_ERR_THREAD:
        return "a thread cannot be started";
    }
    return "unknown error";
}

#define STANDARD(field, value) limits->field = limits->field ? limits->field : (value)

static void fill_limits(struct http_limits *limits)
{
    STANDARD(head_bytes_max, 8 * 1024);
    STANDARD(headers_max, 100);
    STANDARD(body_bytes_max, 16 * 1024 * 1024);
    STANDARD(arena_bytes_max, 256 * 1024 * 1024);
    STANDARD(body_ratio_max, 200);
    STANDARD(connections_max, 12000);
    STANDARD(address_max, 256);
    STANDARD(head_ns, 10 * SECOND_NS);
    STANDARD(body_ns, 20 * SECOND_NS);
    STANDARD(idle_ns, 75 * SECOND_NS);
    STANDARD(send_ns, 30 * SECOND_NS);
    STANDARD(sockets_max, 4000);
    STANDARD(ping_ns, 30 * SECOND_NS);
    STANDARD(pong_ns, 20 * SECOND_NS);
}

/* As many descriptors as we may have; fewer than the limit on connections lower that. */
static void fit_descriptors(struct http_limits *limits)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        return;
    files.rlim_cur = files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files) < 0)
        return;
    rlim_t most = files.rlim_max > 2 * FILES_BESIDE ? files.rlim_max - FILES_BESIDE : FILES_BESIDE;
    if (files.rlim_max != RLIM_INFINITY && limits->connections_max > most)
        limits->connections_max = (unsigned)most;
}

static enum http_err read_address(const struct http_server_settings *settings,
                                  struct net_address *address)
{
    if (!net_address_read(address, settings->address, strlen(settings->address))) {
        errno = EADDRNOTAVAIL;
        return HTTP_ERR_ADDRESS;
    }
    return settings->certificate_file || settings->clear_anywhere || addresses_is_own(address)
               ? HTTP_OK
               : HTTP_ERR_CLEAR;
}

enum http_err http_server_check(const struct http_server_settings *settings)
{
    struct net_address address;
    return read_address(settings, &address);
}

bool http_server_is_everywhere(const char *text)
{
    static const struct in6_addr any = IN6ADDR_ANY_INIT;
    struct net_address address;
    if (!net_address_read(&address, text, strlen(text)))
        return false;
    return address.any.sa_family == AF_INET6 ? memcmp(&address.v6.sin6_addr, &any, sizeof any) == 0
                                             : address.v4.sin_addr.s_addr == htonl(INADDR_ANY);
}

static enum http_err listen_at(struct http_server *server)
{
    static const int yes = 1;
    const struct http_server_settings *settings = &server->settings;
    struct net_address address;
    enum http_err err = read_address(settings, &address);
    if (err != HTTP_OK)
        return err;
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return HTTP_ERR_ADDRESS;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes); /* a restart need not wait */
    server->listener = fd;
    if (bind(fd, &address.any, address.len) < 0 || listen(fd, SOMAXCONN) < 0 ||
        getsockname(fd, &address.any, &address.len) < 0)
        return HTTP_ERR_ADDRESS;
    char text[NET_ADDRESS_TEXT];
    net_address_write(&address, text);
    snprintf(server->url, sizeof server->url, "%s://%s", server->certificate ? "https" : "http",
             text);
    return HTTP_OK;
}

static enum http_err read_certificate(struct http_server *server)
{
    const struct http_server_settings *settings = &server->settings;
    if (!settings->certificate_file)
        return HTTP_OK;
    struct certificate *read = certificate_load(settings->certificate_file, settings->key_file);
    if (!read)
        return HTTP_ERR_TLS;
    read->older = atomic_load(&server->certificate);
    atomic_store(&server->certificate, read);
    return HTTP_OK;
}

enum http_err http_server_renew(struct http_server *server)
{
    return read_certificate(server);
}

static unsigned threads_of(const struct http_server_settings *settings)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned wanted = settings->workers ? settings->workers : (unsigned)(cores > 0 ? cores : 1);
    return wanted < HTTP_WORKERS_MAX ? wanted : HTTP_WORKERS_MAX;
}

/* Signals are for the main thread. */
static enum http_err start_threads(struct http_server *server)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    const struct http_limits *limits = &server->settings.limits;
    server->sockets = sockets_start(&(struct sockets_limits){limits->sockets_max, limits->ping_ns,
                                                             limits->pong_ns, limits->send_ns});
    enum http_err err =
        server->sockets ? loop_start(server, threads_of(&server->settings)) : HTTP_ERR_THREAD;
    if (err == HTTP_OK) {
        server->is_watched = pthread_create(&server->watch, NULL, watch_run, server) == 0;
        err = server->is_watched ? HTTP_OK : HTTP_ERR_THREAD;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return err;
}

static bool make_lock(struct http_server *server)
{
    pthread_condattr_t monotonic;
    pthread_mutex_init(&server->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&server->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    server->addresses = addresses_new(server->settings.limits.address_max,
                                      server->settings.limits.address_rate_max);
    return server->addresses != NULL;
}

enum http_err http_server_start(struct http_server **started,
                                const struct http_server_settings *settings)
{
    struct http_server *server = calloc(1, sizeof *server);
    enum http_err err = HTTP_ERR_MEMORY;
    if (!server)
        return err;
    server->settings = *settings;
    server->listener = -1;
    fill_limits(&server->settings.limits);
    fit_descriptors(&server->settings.limits);
    if (!proxies_read(&server->proxies, settings->proxies))
        err = HTTP_ERR_PROXY;
    else if (make_lock(server) && (err = read_certificate(server)) == HTTP_OK &&
             (err = listen_at(server)) == HTTP_OK && (err = start_threads(server)) == HTTP_OK) {
        *started = server;
        return HTTP_OK;
    }
    int why = errno;
    http_server_stop(server, 0);
    errno = why;
    return err;
}

const char *http_server_url(const struct http_server *server)
{
    return server->url;
}

void http_server_counts(struct http_server *server, struct http_server_counts *counts)
{
    pthread_mutex_lock(&server->lock);
    *counts = (struct http_server_counts){.requests = atomic_load(&server->requests),
                                          .refused = atomic_load(&server->refused),
                                          .connections = server->line_count};
    pthread_mutex_unlock(&server->lock);
}

/* Until what has begun is answered, or the time is over; what waits for an answer is waited for in any case. */
static void drain(struct http_server *server, uint64_t wait_ns)
{
    static const struct timespec a_little = {.tv_nsec = 5000000};
    uint64_t until_ns = clock_monotonic_ns() + wait_ns;
    while ((atomic_load(&server->exchanges) && clock_monotonic_ns() < until_ns) ||
           atomic_load(&server->waiting))
        nanosleep(&a_little, NULL);
}

void http_server_stop(struct http_server *server, uint64_t wait_ns)
{
    atomic_store(&server->is_stopping, true);
    pthread_cond_signal(&server->wake);
    sockets_stop(server->sockets);
    drain(server, wait_ns);
    loop_stop(server);
    pthread_mutex_lock(&server->lock);
    server->ends = true;
    pthread_cond_signal(&server->wake);
    pthread_mutex_unlock(&server->lock);
    if (server->is_watched)
        pthread_join(server->watch, NULL);
    if (server->listener >= 0)
        close(server->listener);
    sockets_free(server->sockets);
    addresses_free(server->addresses);
    pthread_cond_destroy(&server->wake);
    pthread_mutex_destroy(&server->lock);
    certificate_free(atomic_load(&server->certificate));
    free(server);
}
