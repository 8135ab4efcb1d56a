/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an operation is given: by the URL, by a form, or by a Parameters resource in the body; and what it answers.
 *
 * Source: http://hl7.org/fhir/R4/operations.html, parameters.html. */
#ifndef REST_PARAMETERS_H
#define REST_PARAMETERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"
#include "rest/rest.h"
#include "json/json.h"
#include "json/writer.h"

struct rest_parameters {
    const struct rest_exchange *exchange;
    struct json json; /* of the body; node_count 0: there is none */
    bool is_list;     /* it is a Parameters; else a resource by itself */
};

/* Reads the body of an operation. Returns 0, or the HTTP status of what is wrong. */
MUST_USE unsigned rest_parameters_read(struct rest_parameters *parameters,
                                       struct rest_exchange *exchange);

/* The first parameter of this name with a primitive value, decoded; .bytes is NULL where there is none. */
struct text rest_parameter(const struct rest_parameters *parameters, const char *name);

/* All of them, in their order, blanks between; those that have blanks in them are for nobody. .bytes is NULL where
 * there is none, or no memory. */
struct text rest_parameter_all(const struct rest_parameters *parameters, const char *name);

/* The name, as sent, of the first parameter that `known` does not have (NULL ends it); .bytes is NULL where there is
 * none. */
struct text rest_parameter_unknown(const struct rest_parameters *parameters,
                                   const char *const *known);

/* The value of the first parameter of this name in the body, of any type ("valueCoding", "resource"), or JSON_NONE. */
uint32_t rest_parameter_node(const struct rest_parameters *parameters, const char *name,
                             const char *member);

/* The node of a resource of this type: the parameter `name`, or the body as a whole, as R4 has it where an operation
 * takes one resource only. False: there is none of that type. */
MUST_USE bool rest_parameter_resource(const struct rest_parameters *parameters, const char *name,
                                      const char *type, uint32_t *node);

/* Adds those of a Parameters body that have a primitive value to a query string, as a URL would have them. */
void rest_parameters_add_to(const struct rest_parameters *parameters, struct buffer *query);

/* A string member of an object of the body; "" where there is none. */
struct text rest_member(const struct rest_parameters *parameters, uint32_t object,
                        const char *name);

/* A number that is not below 0; `otherwise` where there is none, or none that is a number. */
int64_t rest_parameter_count(const struct rest_parameters *parameters, const char *name,
                             int64_t otherwise);

/* Writes one parameter of an answer: {"name": name, member: "value"}. */
void rest_write_parameter(struct json_writer *writer, const char *name, const char *member,
                          struct text value);
void rest_write_parameter_bool(struct json_writer *writer, const char *name, bool value);

/* Begins and ends a Parameters. */
void rest_begin_parameters(struct json_writer *writer);
void rest_end_parameters(struct json_writer *writer);

#endif
