/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/store/suite.h"

#include <string.h>

enum { CASES_MAX = 100 };

static struct CMUnitTest cases[CASES_MAX];
static size_t case_count;

static void take(const struct CMUnitTest *some, size_t count)
{
    assert_true(case_count + count <= CASES_MAX);
    memcpy(cases + case_count, some, count * sizeof *some);
    case_count += count;
}

int suite_run(const struct CMUnitTest *own, size_t own_count)
{
    take(suite_record, suite_record_count);
    take(suite_note, suite_note_count);
    take(suite_jobs, suite_jobs_count);
    take(suite_left, suite_left_count);
    take(suite_history, suite_history_count);
    take(suite_search, suite_search_count);
    take(suite_cost, suite_cost_count);
    if (own_count)
        take(own, own_count);
    return _cmocka_run_group_tests("store", cases, case_count, NULL, NULL);
}
