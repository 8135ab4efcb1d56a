/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/access.h"

#include "access/consent.h"
#include "access/decide.h"
#include "access/glass.h"
#include "access/labels.h"

#define CLASS(name) (1U << ACCESS_CLASS_##name)

/* Of no patient; no Consent is about them. */
#define OF_NO_PATIENT (CLASS(DIRECTORY) | CLASS(KNOWLEDGE) | CLASS(CALENDAR) | CLASS(SUBSCRIPTION))

/* Who was allowed to see what must be told even where the patient allows nothing. */
#define WITHOUT_CONSENT (OF_NO_PATIENT | CLASS(AUDIT) | CLASS(CONSENT))

/* What a role makes of the question. */
struct judged {
    enum access_reason reason;
    uint32_t relations;
    bool needs_rows;
    struct text patient; /* whom a refusal is about */
    struct text purpose;
    struct consent_verdict verdict;
};

static uint8_t letters_of(enum access_interaction interaction)
{
    switch (interaction) {
    case ACCESS_READ:
    case ACCESS_VREAD:
    case ACCESS_HISTORY:
        return ACCESS_R;
    case ACCESS_CREATE:
        return ACCESS_C;
    case ACCESS_UPDATE:
    case ACCESS_PATCH:
        return ACCESS_U;
    case ACCESS_DELETE:
        return ACCESS_D;
    case ACCESS_SEARCH:
    case ACCESS_HISTORY_TYPE:
        return ACCESS_S;
    case ACCESS_EXPORT:
        return ACCESS_R | ACCESS_S;
    case ACCESS_IMPORT:
        return ACCESS_C | ACCESS_U | ACCESS_D;
    case ACCESS_INTERACTIONS:
        break;
    }
    return UINT8_MAX; /* no such interaction: no scope has so many letters */
}

static bool is_permission(enum access_reason reason)
{
    return reason <= ACCESS_BY_GLASS;
}

/* To whom it is about: a relation to who had a part in it opens nobody else's record. */
static uint32_t relations_to_subjects(const struct access_request *request)
{
    uint32_t relations = 0;
    for (size_t i = 0; i < request->patient_count; i++)
        if (!request->patients[i].is_beside)
            relations |= request->patients[i].relations;
    return relations;
}

/* What is written of several patients (an Appointment of two) ties the writer to each of them, `with_beside`; what one
 * patient reads of two (a Group, an Appointment) shows who the other is. */
static bool stands_to_all(const struct access_request *request, const struct access_rule *rule,
                          bool with_beside)
{
    for (size_t i = 0; i < request->patient_count; i++)
        if ((with_beside || !request->patients[i].is_beside) &&
            !(request->patients[i].relations & rule->relations))
            return false;
    return true;
}

/* Where no privacy officer was named, any auditor may change it, and take it. */
static bool is_anybodys_review(const struct access_asking *asking)
{
    const struct access_request *request = asking->request;
    return (asking->letters & ACCESS_U) && request->document &&
           glass_is_open_to(request->document, request->node, asking->subject);
}

/* Which relations count by the rule; a search that names no patient is told row by row. */
static enum access_reason relate(const struct access_asking *asking, enum access_role role,
                                 const struct access_rule *rule, uint32_t *relations)
{
    const struct access_request *request = asking->request;
    bool is_written = asking->letters & (ACCESS_C | ACCESS_U | ACCESS_D);
    bool is_of_others =
        role == ACCESS_PATIENT && request->document && asking->classes != CLASS(AUDIT);

    *relations = relations_to_subjects(request) & rule->relations;
    if (rule->relations == 0)
        return ACCESS_BY_RULE;
    if ((is_written || is_of_others) && !stands_to_all(request, rule, is_written))
        return rule->is_of_glass && is_anybodys_review(asking) ? ACCESS_BY_RULE
                                                               : ACCESS_NO_RELATION;
    if (*relations)
        return ACCESS_BY_RELATION;
    if (rule->is_of_glass && !is_written &&
        (!request->document || glass_is_told(request->document, request->node)))
        return ACCESS_BY_RULE;
    if (request->patient_count)
        return ACCESS_NO_RELATION;
    if (request->document)
        return rule->is_of_none ? ACCESS_BY_RULE : ACCESS_NO_PATIENT;
    bool is_own = rule->relations & (ACCESS_SELF | ACCESS_PROXY);
    bool has_patient = asking->subject->patient.len || asking->filter.patient.len;
    return is_own && !has_patient ? ACCESS_NO_PATIENT : ACCESS_BY_RELATION;
}

/* The rule that gets furthest for a role. */
static enum access_reason find_rule(const struct access_asking *asking, enum access_role role,
                                    struct judged *judged)
{
    const struct access_request *request = asking->request;
    enum access_reason furthest = ACCESS_NO_ROLE;

    for (size_t i = 0; i < access_rule_count; i++) {
        const struct access_rule *rule = &access_rules[i];
        uint32_t relations;

        if (!(rule->roles & ACCESS_ROLE_BIT(role)) || !(rule->classes & asking->classes) ||
            (asking->letters & ~rule->letters))
            continue;
        enum access_reason reason = relate(asking, role, rule, &relations);
        if (is_permission(reason) && request->document &&
            rule->label_max < ACCESS_VERY_RESTRICTED &&
            access_confidentiality_of(request->document, request->node) >
                (enum access_confidentiality)rule->label_max)
            reason = ACCESS_LABEL;
        if (is_permission(reason)) {
            judged->relations = relations;
            judged->needs_rows = rule->relations || rule->label_max < ACCESS_VERY_RESTRICTED ||
                                 (asking->classes & ~rule->classes);
            return reason;
        }
        furthest = reason > furthest ? reason : furthest;
    }
    return furthest;
}

static bool needs_consent(const struct access_policy *policy, struct text purpose)
{
    static const char *const asked[] = {"HRESCH", "TRAIN", "HMARKT"};

    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        if (access_purpose_is(purpose, text_of(asked[i])))
            return true;
    return policy->care_needs_consent && !access_purpose_is(purpose, TEXT("PATRQT"));
}

/* An emergency access is looked into whatever the patient, or who broke the glass, wrote down as their Consent. */
static bool is_looked_into(const struct access_asking *asking, enum access_role role,
                           struct text purpose)
{
    const struct access_request *request = asking->request;
    return role == ACCESS_AUDITOR && access_purpose_is(purpose, TEXT("HCOMPL")) &&
           request->document && glass_is_told(request->document, request->node);
}

/* One's own record, and the owner's own scripts, who could read the disk as well. */
static bool is_beyond_consent(const struct access_asking *asking, enum access_role role,
                              const struct judged *judged)
{
    return (asking->classes & ~WITHOUT_CONSENT) == 0 || (judged->relations & ACCESS_SELF) ||
           is_looked_into(asking, role, judged->purpose) ||
           (role == ACCESS_SERVICE && access_purpose_is(judged->purpose, TEXT("HSYSADMIN")));
}

static struct consent_verdict ask_patient(const struct access_asking *asking,
                                          const struct access_patient *patient, struct text purpose)
{
    const struct access_request *request = asking->request;
    const struct consent_question question = {
        .subject = asking->subject,
        .purpose = purpose,
        .interaction = request->interaction,
        .type = request->of_type.len ? request->of_type : request->type,
        .id = request->of_type.len ? request->of_id : request->id,
        .document = request->document,
        .node = request->node,
        .policy = asking->policy,
        .now_ms = asking->now_ms,
    };
    return patient->consents ? consents_ask(patient->consents, &question)
                             : (struct consent_verdict){.answer = CONSENT_SILENT};
}

/* Every patient that the resource is about has to agree. */
static enum access_reason ask_consents(const struct access_asking *asking, struct judged *judged)
{
    enum access_reason reason = judged->reason;

    for (size_t i = 0; i < asking->request->patient_count; i++) {
        const struct access_patient *patient = &asking->request->patients[i];
        judged->patient = patient->id;
        judged->verdict = ask_patient(asking, patient, judged->purpose);
        switch (judged->verdict.answer) {
        case CONSENT_PERMITS:
            reason = ACCESS_BY_CONSENT;
            break;
        case CONSENT_REFUSES:
            return ACCESS_CONSENT_REFUSES;
        case CONSENT_UNREADABLE:
            return ACCESS_CONSENT_UNREADABLE;
        case CONSENT_SILENT:
            if (needs_consent(asking->policy, judged->purpose))
                return ACCESS_CONSENT_MISSING;
            break;
        }
    }
    return reason;
}

/* What a broken glass opens: relation, label and Consent; to read, and to write down new facts. */
static enum access_reason try_glass(const struct access_asking *asking, enum access_role role,
                                    struct judged *judged)
{
    const struct access_subject *subject = asking->subject;
    enum access_reason reason = judged->reason;
    bool is_asked = text_is(subject->purpose, "BTG");
    bool is_opened = reason == ACCESS_NO_RELATION || reason == ACCESS_LABEL ||
                     reason == ACCESS_CONSENT_REFUSES || reason == ACCESS_CONSENT_MISSING ||
                     reason == ACCESS_CONSENT_UNREADABLE;
    bool is_new_fact =
        asking->letters == ACCESS_C && (asking->classes & (CLASS(CLINICAL) | CLASS(REPORTED)));

    if (!is_opened || !glass_is_for_role(role) || (subject->purpose.len && !is_asked) ||
        ((asking->letters & ~(ACCESS_R | ACCESS_S)) && !is_new_fact))
        return reason;
    for (size_t i = 0; i < asking->request->patient_count; i++) {
        const struct access_patient *patient = &asking->request->patients[i];
        const struct access_glass *glass =
            patient->is_beside ? NULL : glass_of_patient(subject->glass, patient->id);
        if (!glass)
            continue;
        judged->purpose = TEXT("BTG");
        judged->patient = glass->patient;
        return glass_is_open(glass, asking->now_ms) ? ACCESS_BY_GLASS : ACCESS_GLASS_EXPIRED;
    }
    return is_asked ? ACCESS_GLASS_NOT_OPEN : reason;
}

/* Who broke a glass does not look into it themselves, nor does anybody else but who is there to. */
static bool is_kept_from(const struct access_asking *asking, enum access_role role)
{
    const struct access_request *request = asking->request;
    if (!(asking->letters & (ACCESS_C | ACCESS_U | ACCESS_D)) || !request->document ||
        role == ACCESS_SERVICE || !glass_is_told(request->document, request->node))
        return false;
    return role != ACCESS_AUDITOR ||
           glass_is_own_review(request->document, request->node, asking->subject);
}

static struct judged judge(const struct access_asking *asking, enum access_role role)
{
    const struct access_subject *subject = asking->subject;
    struct judged judged = {
        .purpose = subject->purpose.len ? subject->purpose : text_of(access_role_purpose(role)),
    };

    judged.reason = find_rule(asking, role, &judged);
    if (is_permission(judged.reason) || judged.reason > ACCESS_NO_ROLE)
        if (!access_role_has_purpose(role, judged.purpose))
            judged.reason = ACCESS_NO_PURPOSE;
    if (is_permission(judged.reason) && !is_beyond_consent(asking, role, &judged)) {
        judged.needs_rows = true;
        if (asking->request->document)
            judged.reason = ask_consents(asking, &judged);
    }
    if (is_kept_from(asking, role))
        judged.reason = ACCESS_NO_ROLE;
    judged.reason = try_glass(asking, role, &judged);
    judged.needs_rows |= judged.reason == ACCESS_BY_GLASS;
    return judged;
}

static void conclude(struct access_decision *decision, const struct access_asking *asking,
                     enum access_role role, const struct judged *judged)
{
    decision->reason = judged->reason;
    decision->role = role;
    decision->relations = judged->relations;
    decision->purpose = judged->purpose;
    decision->consent = judged->verdict.consent;
    decision->provision = judged->verdict.provision;
    if (judged->patient.len)
        decision->patient = judged->patient;
    if (!is_permission(judged->reason))
        return;

    decision->effect = ACCESS_PERMITTED;
    if (asking->request->document)
        return;
    decision->filter = asking->filter;
    if (role == ACCESS_PATIENT && !asking->is_of_no_patient && decision->filter.patient.len == 0 &&
        asking->request->patient_count == 0)
        decision->filter.patient = asking->subject->patient;
    if (decision->filter.patient.len || decision->filter.query_count)
        decision->obligations |= ACCESS_OBLIGE_FILTER;
    if (asking->needs_rows || judged->needs_rows)
        decision->obligations |= ACCESS_OBLIGE_ROWS;
    if (decision->obligations & (ACCESS_OBLIGE_FILTER | ACCESS_OBLIGE_ROWS))
        decision->effect = ACCESS_FILTERED;
}

/* What is of a patient is no directory, calendar or definition, whatever its type: a pacemaker is a Device, somebody's
 * own agenda a Schedule. */
static enum access_class class_asked(const struct access_request *request)
{
    enum access_class class = access_class_of(request->type);
    bool is_for_all = class == ACCESS_CLASS_DIRECTORY || class == ACCESS_CLASS_CALENDAR ||
                      class == ACCESS_CLASS_KNOWLEDGE;
    return is_for_all && request->document && request->patient_count ? ACCESS_CLASS_CLINICAL
                                                                     : class;
}

struct access_decision access_decide(const struct access_policy *policy,
                                     const struct access_subject *subject,
                                     const struct access_request *request, int64_t now_ms)
{
    unsigned every = (1U << ACCESS_CLASSES) - 1;
    if (request
            ->patient_count) /* a patient's compartment: a directory's openness opens it to nobody */
        every &= ~OF_NO_PATIENT;
    unsigned asked = request->type.len ? 1U << class_asked(request) : every;
    uint16_t classes = (uint16_t)asked;
    struct access_asking asking = {
        .policy = policy,
        .subject = subject,
        .request = request,
        .now_ms = now_ms,
        .letters = letters_of(request->interaction),
        .classes = classes,
        .is_of_no_patient = (classes & ~OF_NO_PATIENT) == 0,
    };
    struct access_decision decision = {
        .reason = ACCESS_NO_SIGN_IN,
        .obligations = ACCESS_OBLIGE_AUDIT,
        .role = ACCESS_ROLES,
        .patient = request->patient_count ? request->patients[0].id : TEXT(""),
        .purpose = subject->purpose,
    };

    if (subject->roles == 0 || !access_scopes_allow(&asking, &decision.reason))
        return decision;
    decision.reason = ACCESS_NO_ROLE;
    for (enum access_role role = 0; role < ACCESS_ROLES; role++) {
        if (!(subject->roles & ACCESS_ROLE_BIT(role)))
            continue;
        struct judged judged = judge(&asking, role);
        bool permits = is_permission(judged.reason);
        if (permits || judged.reason > decision.reason)
            conclude(&decision, &asking, role, &judged);
        if (permits)
            break;
    }
    return decision;
}
