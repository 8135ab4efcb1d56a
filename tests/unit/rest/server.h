/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The API over a real store in a folder of its own, asked one request after another, for the tests of core/rest. */
#ifndef UNIT_REST_SERVER_H
#define UNIT_REST_SERVER_H

#include "cmocka_base.h"
#include "rest/rest.h"
#include "json/json.h"

/* Time as `clock_ns` of struct rest has it, until the server is opened anew; at first there is none. */
void server_clock(uint64_t (*clock_ns)(void));

/* Opens and closes the one server of a test; for cmocka's set-up and tear-down. */
int server_open(void **state);
int server_close(void **state);

/* What it is made of, for what goes past the API. */
const struct rest *server_rest(void);
struct store *server_store(void);

/* Asks. The answer stays good until the next question. */
const struct rest_answer *server_ask(const struct rest_wire *wire);

/* The most frequent: method, path with its query, body as FHIR JSON ("" for none). */
const struct rest_answer *server_do(enum rest_method method, const char *target, const char *body);

/* Asks, and fails the test where the status is another; the last answer's body as a document. */
const struct json *server_expect(unsigned status, enum rest_method method, const char *target,
                                 const char *body);

/* Done once, after the next question has left its writes and before these are done; NULL: nothing. */
extern void (*server_between)(void);

/* What another one writes then: the server itself, whose access is not asked. */
void server_meanwhile(unsigned status, enum rest_method method, const char *path, const char *body);

/* The value at a path of member names and array indices of the last answer ("entry.0.resource.id"), as written;
 * "" where there is none. */
struct text server_at(const char *path);
void server_assert_at(const char *path, const char *expected);

/* Who asks from now on; NULL: access is not asked. */
extern const struct access_subject *server_subject; /* with its session's opened glasses */

/* Where AuditEvents are kept; set before server_open, NULL: with all else. */
extern const struct rest_audit *server_audit;

/* What keeps with a write what the audit is told of it; set before server_open, NULL: server_trail has it. */
extern enum store_err (*server_tell)(const struct rest_exchange *exchange,
                                     struct store_write *store,
                                     const struct rest_audit_trail *trail, unsigned status,
                                     struct arena *arena);

/* What was looked up before; NULL, as at first: all is looked up at each question. */
extern struct known *server_known;

/* What the audit was told of the last question. */
extern struct rest_audit_trail server_trail;

/* Time goes on by itself, 1 s a question; this is the time of the next. */
extern int64_t server_now_ms;

#endif
