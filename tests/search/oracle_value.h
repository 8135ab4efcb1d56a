/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One value of a resource against one of a query, as R4 says it for each kind. Of oracle.c. */
#ifndef SEARCH_ORACLE_VALUE_H
#define SEARCH_ORACLE_VALUE_H

#include "fhirpath/value.h"
#include "search/oracle.h"

/* `part` is one of the values that , separates, with its escapes. */
bool oracle_value_matches(const struct oracle *oracle, const struct fhir_search_param *param,
                          const struct fhirpath_value *value, struct text modifier,
                          struct text part);

/* Whether the value is anything that the parameter could find, for :missing. */
bool oracle_value_is_there(const struct oracle *oracle, const struct fhir_search_param *param,
                           const struct fhirpath_value *value);

/* Whether low..high (milliseconds, both within) is what a date with its prefix asks for. */
bool oracle_date_matches(const struct oracle *oracle, int64_t low, int64_t high, struct text part);

/* Whether the value is a reference to the resource of this type and id here. */
bool oracle_points_to(const struct oracle *oracle, const struct fhirpath_value *value,
                      uint16_t type, struct text id);

/* The interval of a date, Period or Timing; and of a number, quantity, money, range or samples, matched. */
bool oracle_date_of(const struct oracle *oracle, const struct fhirpath_value *value, int64_t *low,
                    int64_t *high);
bool oracle_is_amount(const struct oracle *oracle, const struct fhirpath_value *value);
bool oracle_amount_matches(const struct oracle *oracle, const struct fhir_search_param *param,
                           const struct fhirpath_value *value, struct text part);

/* A node that is a string, a member that is one; "": it is none. */
struct text oracle_string(const struct oracle *oracle, const struct json *json, uint32_t node);
struct text oracle_member(const struct oracle *oracle, const struct fhirpath_value *value,
                          const char *name);

/* The member of that name, of no known type; false: there is none. */
bool oracle_inner(const struct fhirpath_value *value, const char *name,
                  struct fhirpath_value *found);
bool oracle_is(const struct fhirpath_value *value, const char *type);
bool oracle_is_primitive(const struct fhirpath_value *value);

/* Without the backslashes that escape; up to the first | that none escapes. */
struct text oracle_plain(const struct oracle *oracle, struct text part);
bool oracle_before_bar(struct text *rest, struct text *first);

#endif
