/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes of jobs that somebody asked for and comes back to (exports, imports), as JSON that we wrote ourselves. */
#ifndef REST_JOB_NOTE_H
#define REST_JOB_NOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "rest/rest.h"
#include "json/json.h"

/* A member; "" or 0 where there is none. */
struct text job_note_text(const struct json *json, const char *name, struct arena *arena);
int64_t job_note_number(const struct json *json, const char *name);

/* Whether the job is the one's who asks. */
bool job_note_is_of(const struct rest_exchange *exchange, struct text user, struct text client);

/* Answers 202, and where its state is told: `status` names the operation for that. */
void job_note_answer(struct rest_exchange *exchange, const char *status, struct text key);

#endif
