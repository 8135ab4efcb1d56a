/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/decide.h"
#include "access/scopes.h"

/* A service's token has system/ scopes, a person's the others. */
static bool is_for_subject(const struct access_scope *scope, const struct access_subject *subject)
{
    uint32_t service = ACCESS_ROLE_BIT(ACCESS_SERVICE);
    return scope->context == SCOPE_SYSTEM ? (subject->roles & service) != 0
                                          : (subject->roles & ~service) != 0;
}

static bool covers(const struct access_asking *asking, const struct access_scope *scope)
{
    return (asking->letters & ~scope->letters) == 0 && scope_is_for(scope, asking->request->type) &&
           is_for_subject(scope, asking->subject);
}

static bool concerns_launch_patient(const struct access_asking *asking)
{
    const struct access_request *request = asking->request;
    struct text launch = asking->subject->launch_patient;

    for (size_t i = 0; i < request->patient_count; i++)
        if (launch.len && !request->patients[i].is_beside &&
            text_equal(request->patients[i].id, launch))
            return true;
    return false;
}

static bool needs_patient(const struct access_asking *asking, const struct access_scope *scope)
{
    return scope->context == SCOPE_PATIENT && !asking->is_of_no_patient;
}

static bool allow_document(const struct access_asking *asking, enum access_reason *reason)
{
    const struct access_scopes *scopes = asking->subject->scopes;
    const struct access_policy *policy = asking->policy;
    const struct access_request *request = asking->request;

    *reason = ACCESS_NO_SCOPE;
    for (size_t i = 0; i < scopes->count; i++) {
        const struct access_scope *scope = &scopes->scopes[i];
        if (!covers(asking, scope))
            continue;
        if (needs_patient(asking, scope) && !concerns_launch_patient(asking))
            *reason = ACCESS_OTHER_PATIENT;
        else if (scope->query.len == 0 ||
                 (policy->matches && policy->matches(policy->context, request->type, scope->query,
                                                     request->document, request->node)))
            return true;
    }
    return false;
}

/* What the scopes that cover a type leave of it. */
struct scopes_left {
    bool any, all;      /* one covers it; one does so without any condition */
    bool only_patient;  /* each is for the launch patient alone */
    bool only_queries;  /* each has a filter */
    size_t query_count; /* those that there was room for in the filter */
};

static void leave(struct access_asking *asking, const struct access_scope *scope,
                  struct scopes_left *left)
{
    bool is_for_patient = needs_patient(asking, scope);

    left->any = true;
    left->all |= !is_for_patient && scope->query.len == 0;
    left->only_patient &= is_for_patient;
    left->only_queries &= scope->query.len > 0;
    if (scope->query.len && left->query_count < ACCESS_QUERIES_MAX)
        asking->filter.queries[left->query_count++] = scope->query;
}

static bool allow_type(struct access_asking *asking, enum access_reason *reason)
{
    const struct access_subject *subject = asking->subject;
    struct scopes_left left = {.only_patient = true, .only_queries = true};

    *reason = ACCESS_NO_SCOPE;
    for (size_t i = 0; i < subject->scopes->count; i++) {
        const struct access_scope *scope = &subject->scopes->scopes[i];
        if (!covers(asking, scope) || (scope->query.len && !asking->policy->matches))
            continue;
        bool is_other = needs_patient(asking, scope) &&
                        (subject->launch_patient.len == 0 ||
                         (asking->request->patient_count && !concerns_launch_patient(asking)));
        if (is_other)
            *reason = ACCESS_OTHER_PATIENT;
        else
            leave(asking, scope, &left);
    }
    if (!left.any)
        return false;
    asking->filter.query_count = left.only_queries ? left.query_count : 0;
    if (left.only_patient)
        asking->filter.patient = subject->launch_patient;
    if (left.all)
        asking->filter = (struct access_filter){0};
    asking->needs_rows = !left.all;
    return true;
}

bool access_scopes_allow(struct access_asking *asking, enum access_reason *reason)
{
    *reason = ACCESS_NO_SCOPE;
    if (!asking->subject->scopes)
        return false;
    return asking->request->document ? allow_document(asking, reason) : allow_type(asking, reason);
}
