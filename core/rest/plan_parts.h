/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What plan.c and plan_patch.c share. Of these alone. */
#ifndef REST_PLAN_PARTS_H
#define REST_PLAN_PARTS_H

#include "rest/plan.h"

/* Each returns STORE_ERR_REFUSED: with a status; for what the one who asks was refused; for another version than was
 * expected. */
enum store_err plan_refuse(struct rest_plan *plan, unsigned status);
enum store_err plan_forbid(struct rest_plan *plan);
enum store_err plan_conflict(struct rest_plan *plan, const struct store_claim *claim);

/* The row that a patch or a delete is for. `*has_one` false: there is none now. */
enum store_err plan_look_up(struct rest_plan *plan, struct store_view *view, struct store_row *row,
                            bool *has_one);

/* Puts the plan's draft, if the one who asks may do it. */
enum store_err plan_put_asked(struct rest_plan *plan, struct text id, struct store_expect expect,
                              const struct rest *rest, struct store_write *write, int64_t now_ms,
                              struct arena *arena);

/* Within the store's job. */
enum store_err plan_patch(struct rest_plan *plan, const struct rest *rest,
                          struct store_write *write, int64_t now_ms, struct arena *arena);

#endif
