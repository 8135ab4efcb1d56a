/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <unistd.h>

#include "http/parts.h"

enum { SPARE_MAX = 8 }; /* of a worker, each with the first block of its arena */

/* The thread's number, from 0 in the order of their first requests. */
static unsigned own_number(struct http_server *server)
{
    static _Thread_local unsigned number_plus_1; /* a thread serves one server all its life */
    if (!number_plus_1)
        number_plus_1 = atomic_fetch_add(&server->workers_seen, 1) + 1;
    return (number_plus_1 - 1) % WORKERS_MAX;
}

struct exchange *exchange_new(struct line *line, struct MHD_Connection *connection)
{
    struct http_server *server = line->server;
    unsigned number = own_number(server);
    struct worker *worker = &server->workers[number];
    struct exchange *exchange = worker->spare;
    if (exchange) {
        worker->spare = exchange->next;
        worker->spare_count--;
    } else {
        if (!(exchange = malloc(sizeof *exchange)))
            return NULL;
        arena_init(&exchange->arena, server->settings.limits.arena_bytes_max);
    }
    struct arena arena = exchange->arena;
    *exchange = (struct exchange){.arena = arena, .line = line, .connection = connection};
    exchange->of.arena = &exchange->arena;
    exchange->of.worker = number;
    http_response_init(&exchange->of.response, &exchange->arena);
    line->exchange = exchange;
    exchange->is_partial = true;
    exchange->after = worker->partial;
    if (worker->partial)
        worker->partial->before = exchange;
    worker->partial = exchange;
    atomic_fetch_add(&server->exchanges, 1);
    return exchange;
}

void exchange_is_whole(struct exchange *exchange)
{
    struct worker *worker = &exchange->line->server->workers[exchange->of.worker];
    if (!exchange->is_partial)
        return;
    exchange->is_partial = false;
    *(exchange->before ? &exchange->before->after : &worker->partial) = exchange->after;
    if (exchange->after)
        exchange->after->before = exchange->before;
}

struct exchange *exchange_alone(void)
{
    struct http_server *server = server_own();
    struct exchange *partial = server ? server->workers[own_number(server)].partial : NULL;
    return partial && !partial->after ? partial : NULL;
}

void exchange_free(struct exchange *exchange)
{
    struct http_server *server = exchange->line->server;
    struct worker *worker = &server->workers[exchange->of.worker];
    if (exchange->of.response.file >= 0)
        close(exchange->of.response.file);
    if (exchange->of.response.stream) /* which was never sent */
        exchange->of.response.stream->end(exchange->of.response.stream);
    upgrade_forget(exchange);
    exchange_is_whole(exchange);
    exchange->line->exchange = NULL;
    if (worker->spare_count == SPARE_MAX) {
        arena_free(&exchange->arena);
        free(exchange);
    } else {
        arena_reset(&exchange->arena);
        exchange->next = worker->spare;
        worker->spare = exchange;
        worker->spare_count++;
    }
    atomic_fetch_sub(&server->exchanges, 1);
}
