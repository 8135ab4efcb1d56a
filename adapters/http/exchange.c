/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <unistd.h>

#include "http/parts.h"

enum { SPARE_MAX = 8 }; /* of a worker, each with the first block of its arena */

struct exchange *exchange_new(struct line *line, struct MHD_Connection *connection)
{
    struct http_server *server = line->server;
    struct worker *worker = loop_worker();
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
    exchange->of.worker = worker->number;
    http_response_init(&exchange->of.response, &exchange->arena);
    atomic_store_explicit(&line->exchange, exchange, memory_order_relaxed);
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
    atomic_store_explicit(&exchange->line->exchange, NULL, memory_order_relaxed);
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
