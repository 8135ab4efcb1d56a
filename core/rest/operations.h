/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations: $name, of the system, a type, or a resource. */
#ifndef REST_OPERATIONS_H
#define REST_OPERATIONS_H

#include "base/buffer.h"
#include "rest/parameters.h"
#include "rest/rest.h"
#include "store/store.h"
#include "json/writer.h"

enum rest_level { REST_ON_SYSTEM = 1, REST_ON_TYPE = 2, REST_ON_INSTANCE = 4, REST_ON_VERSION = 8 };

typedef enum rest_turn rest_operation(struct rest_exchange *exchange,
                                      const struct rest_parameters *parameters,
                                      struct store_view *view);

/* One for each; ended by a name that is NULL. */
struct rest_operation_row {
    const char *name;
    const char *type; /* NULL: of every resource type */
    unsigned levels;  /* enum rest_level */
    bool can_delete;  /* DELETE ends what it is about */
    /* Canonical URL, of ours what is behind the server's base; NULL: a part of another, not told in the
     * CapabilityStatement. */
    const char *definition;
    rest_operation *run;
};
extern const struct rest_operation_row rest_operations[];

enum rest_turn rest_operate(struct rest_exchange *exchange, struct store_view *view);

rest_operation rest_op_validate, rest_op_everything, rest_op_expand, rest_op_validate_code,
    rest_op_lookup, rest_op_document, rest_op_summary, rest_op_lastn, rest_op_match, rest_op_export,
    rest_op_export_status, rest_op_export_file, rest_op_import, rest_op_import_status,
    rest_op_import_refused, rest_op_subscription_binding, rest_op_subscription_status,
    rest_op_subscription_events;

rest_operation rest_op_break_glass, rest_op_launch, rest_op_meta, rest_op_meta_add,
    rest_op_meta_delete;

/* Answers with the Meta of a resource as it is kept. */
enum rest_turn rest_op_meta_answer(struct rest_exchange *exchange, struct text resource);

#endif
