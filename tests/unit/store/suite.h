/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cases that every engine has to pass. */
#ifndef TESTS_STORE_SUITE_H
#define TESTS_STORE_SUITE_H

#include <stdio.h>
#include <stdlib.h>

#include "unit/store/record.h"

#define STORE_CASE(name) cmocka_unit_test_setup_teardown(name, record_set_up, record_tear_down)

extern const struct CMUnitTest suite_record[];
extern const size_t suite_record_count;
extern const struct CMUnitTest suite_note[];
extern const size_t suite_note_count;
extern const struct CMUnitTest suite_jobs[];
extern const size_t suite_jobs_count;
extern const struct CMUnitTest suite_left[];
extern const size_t suite_left_count;
extern const struct CMUnitTest suite_history[];
extern const size_t suite_history_count;
extern const struct CMUnitTest suite_cost[];
extern const size_t suite_cost_count;
extern const struct CMUnitTest suite_search[];
extern const size_t suite_search_count;

/* Runs them, and an engine's own, as one list. */
int suite_run(const struct CMUnitTest *own, size_t own_count);

#endif
