/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a FHIR client is told when something is not done. Any thread.
 * Source: http://hl7.org/fhir/R4/operationoutcome.html. */
#ifndef CENTRE_OUTCOME_H
#define CENTRE_OUTCOME_H

#include "http/message.h"

/* Sets `response` to `status` with an OperationOutcome of one issue: severity error, the code that fits the status,
 * `why` as its text: a constant in English, said in the language that `request` would rather have where rest/words.h
 * knows it. */
void outcome_answer(struct http_response *response, const struct http_request *request, int status,
                    const char *why);

#endif
