/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions' work, each as struct function's `call` has it. Inside core/fhirpath. */
#ifndef FHIRPATH_CALLS_H
#define FHIRPATH_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "fhirpath/inside.h"

typedef bool function_call(struct fhirpath_run *run, const struct op *op, const struct frame *frame,
                           uint32_t base);

/* call_items.c: existence, filters, subsets, unions */
function_call call_empty, call_exists, call_all, call_all_true, call_any_true, call_all_false,
    call_any_false, call_subset_of, call_superset_of, call_count, call_distinct, call_is_distinct,
    call_where, call_select, call_repeat, call_of_type, call_single, call_first, call_last,
    call_tail, call_skip, call_take, call_intersect, call_exclude, call_union, call_combine,
    call_iif, call_aggregate, call_not;

/* call_string.c */
function_call call_index_of, call_last_index_of, call_substring, call_starts_with, call_ends_with,
    call_contains, call_upper, call_lower, call_replace, call_matches, call_replace_matches,
    call_length, call_to_chars, call_trim, call_split, call_join;

/* call_convert.c */
function_call call_to_boolean, call_converts_to_boolean, call_to_integer, call_converts_to_integer,
    call_to_decimal, call_converts_to_decimal, call_to_string, call_converts_to_string,
    call_to_date, call_converts_to_date, call_to_date_time, call_converts_to_date_time,
    call_to_time, call_converts_to_time, call_to_quantity, call_converts_to_quantity;

/* call_math.c */
function_call call_abs, call_ceiling, call_exp, call_floor, call_ln, call_log, call_power,
    call_round, call_sqrt, call_truncate;

/* call_node.c: the tree, types, the time, and what FHIR adds */
function_call call_children, call_descendants, call_is, call_type, call_trace, call_now, call_today,
    call_time_of_day, call_extension, call_has_extension, call_has_value, call_get_value;

/* call_fhir.c */
function_call call_resolve, call_conforms_to, call_member_of, call_subsumes, call_subsumed_by,
    call_html_checks;

#endif
