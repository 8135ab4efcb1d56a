/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CapabilityStatement: what is really there, from the tables that the server itself works by.
 *
 * Source: http://hl7.org/fhir/R4/capabilitystatement.html. */
#ifndef REST_CAPABILITY_H
#define REST_CAPABILITY_H

#include "base/buffer.h"
#include "rest/rest.h"

/* Writes it, once, at start: `rest->capabilities` is what it has written. */
void rest_capabilities_write(const struct rest *rest, struct buffer *buffer);

#endif
