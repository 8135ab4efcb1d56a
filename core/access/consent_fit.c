/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/consent_fit.h"

#include "access/consent_data.h"
#include "access/labels.h"

static enum access_fit best(enum access_fit a, enum access_fit b)
{
    return a > b ? a : b;
}

static enum access_fit least(enum access_fit a, enum access_fit b)
{
    return a < b ? a : b;
}

/* The id of a reference to `type`; "": it is one to another. */
static struct text id_of(struct text reference, const char *type)
{
    size_t len = strlen(type);
    if (!text_starts(reference, text_of(type)) || reference.len < len + 2 ||
        reference.bytes[len] != '/')
        return TEXT("");
    return (struct text){reference.bytes + len + 1, reference.len - len - 1};
}

static bool is_same(struct text id, struct text other)
{
    return id.len && text_equal(id, other);
}

/* A literal reference within this server. */
static enum access_fit local_actor_fits(const struct access_subject *subject, struct text reference)
{
    struct text organisation = id_of(reference, "Organization");
    struct text role = id_of(reference, "PractitionerRole");

    if (is_same(reference, subject->user) ||
        is_same(id_of(reference, "Practitioner"), subject->practitioner) ||
        is_same(id_of(reference, "Patient"), subject->patient) ||
        is_same(organisation, subject->organisation))
        return ACCESS_FITS;
    for (size_t i = 0; i < subject->practitioner_role_count; i++)
        if (is_same(role, subject->practitioner_roles[i]))
            return ACCESS_FITS;
    bool is_told = id_of(reference, "Practitioner").len || id_of(reference, "Patient").len ||
                   id_of(reference, "RelatedPerson").len || role.len ||
                   (organisation.len && subject->organisation.len);
    return is_told ? ACCESS_FITS_NOT : ACCESS_MAY_FIT;
}

/* Of "https://example.org/fhir/Practitioner/7" the last two parts; it may be this server's own name. */
static enum access_fit actor_fits(const struct access_subject *subject, struct text reference)
{
    struct text tail = consent_reference_tail(reference);
    enum access_fit fit = local_actor_fits(subject, tail);
    return tail.len == reference.len ? fit : least(fit, ACCESS_MAY_FIT);
}

static enum access_fit action_fits(enum access_interaction interaction, struct text action)
{
    static const char *const known[] = {"collect", "access", "use", "disclose", "correct"};
    const char *first = "access", *second = "use";

    switch (interaction) {
    case ACCESS_READ:
    case ACCESS_VREAD:
    case ACCESS_HISTORY:
    case ACCESS_SEARCH:
    case ACCESS_HISTORY_TYPE:
    case ACCESS_INTERACTIONS:
        break;
    case ACCESS_CREATE:
    case ACCESS_IMPORT:
        first = second = "collect";
        break;
    case ACCESS_UPDATE:
    case ACCESS_PATCH:
    case ACCESS_DELETE:
        first = second = "correct";
        break;
    case ACCESS_EXPORT:
        second = "disclose";
        break;
    }
    if (text_is(action, first) || text_is(action, second))
        return ACCESS_FITS;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (text_is(action, known[i]))
            return ACCESS_FITS_NOT;
    return ACCESS_MAY_FIT;
}

/* A label of confidentiality stands for itself and what is less confidential, as R4 has it. */
static enum access_fit label_fits(struct consent_asking *asking, const struct consent_item *item)
{
    const struct consent_question *question = asking->question;
    enum access_confidentiality limit;

    if (!question->document || item->system.len == 0)
        return ACCESS_MAY_FIT;
    consent_count_meta(asking);
    if (!text_is(item->system, ACCESS_CONFIDENTIALITY_SYSTEM))
        return access_has_label(question->document, question->node, item->system, item->code)
                   ? ACCESS_FITS
                   : ACCESS_FITS_NOT;
    if (!access_confidentiality_named(item->code, &limit))
        return ACCESS_MAY_FIT;
    return access_confidentiality_of(question->document, question->node) <= limit ? ACCESS_FITS
                                                                                  : ACCESS_FITS_NOT;
}

static enum access_fit class_fits(struct consent_asking *asking, const struct consent_item *item)
{
    const struct consent_question *question = asking->question;

    if (text_is(item->system, "http://hl7.org/fhir/resource-types"))
        return text_equal(item->code, question->type) ? ACCESS_FITS : ACCESS_FITS_NOT;
    if (!question->document)
        return ACCESS_MAY_FIT;
    if (text_is(item->system, "urn:ietf:rfc:3986"))
        return consent_has_profile(asking, item->code) ? ACCESS_FITS : ACCESS_FITS_NOT;
    if (text_is(item->system, "urn:ietf:bcp:13"))
        return consent_has_media_type(asking, item->code) ? ACCESS_FITS : ACCESS_FITS_NOT;
    return ACCESS_MAY_FIT;
}

static bool is_the_instance(const struct consent_question *question, struct text reference)
{
    struct text id = question->type.len < reference.len && text_starts(reference, question->type) &&
                             reference.bytes[question->type.len] == '/'
                         ? (struct text){reference.bytes + question->type.len + 1,
                                         reference.len - question->type.len - 1}
                         : TEXT("");
    return is_same(id, question->id);
}

static enum access_fit data_fits(struct consent_asking *asking, const struct consent_item *item)
{
    const struct consent_question *question = asking->question;
    const struct access_policy *policy = question->policy;
    struct text tail = consent_reference_tail(item->code);
    enum access_fit most = tail.len == item->code.len ? ACCESS_FITS : ACCESS_MAY_FIT;

    if (item->kind != CONSENT_AUTHORED && is_the_instance(question, tail))
        return most;
    if (item->kind == CONSENT_INSTANCE)
        return ACCESS_FITS_NOT;
    if (item->kind == CONSENT_RELATED)
        return policy && policy->refers ? least(most, policy->refers(policy->context, tail,
                                                                     question->type, question->id))
                                        : ACCESS_MAY_FIT;
    if (!question->document)
        return ACCESS_MAY_FIT;
    return least(most, consent_refers_to(asking, tail, item->kind != CONSENT_DEPENDENTS));
}

static enum access_fit purpose_fits(const struct consent_question *question,
                                    const struct consent_item *item)
{
    return access_purpose_is(question->purpose, item->code) ? ACCESS_FITS : ACCESS_FITS_NOT;
}

static enum access_fit item_fits(struct consent_asking *asking, const struct consent_item *item)
{
    const struct consent_question *question = asking->question;

    asking->comparisons++;
    if (item->is_unknown)
        return ACCESS_MAY_FIT;
    switch ((enum consent_item_kind)item->kind) {
    case CONSENT_ACTOR:
        return actor_fits(question->subject, item->code);
    case CONSENT_ACTION:
        return action_fits(question->interaction, item->code);
    case CONSENT_LABEL:
        return label_fits(asking, item);
    case CONSENT_PURPOSE:
        return purpose_fits(question, item);
    case CONSENT_CLASS:
        return class_fits(asking, item);
    case CONSENT_CODE:
        return question->document ? consent_has_code(asking, item) : ACCESS_MAY_FIT;
    case CONSENT_AUTHOR:
        if (!question->document)
            return ACCESS_MAY_FIT;
        return consent_refers_to(asking, consent_reference_tail(item->code), true);
    case CONSENT_INSTANCE:
    case CONSENT_RELATED:
    case CONSENT_DEPENDENTS:
    case CONSENT_AUTHORED:
        return data_fits(asking, item);
    case CONSENT_ITEM_KINDS:
        break;
    }
    return ACCESS_MAY_FIT;
}

/* The list that an item is of: data's four meanings are one list. */
static size_t list_of(const struct consent_item *item)
{
    return item->kind > CONSENT_INSTANCE ? CONSENT_INSTANCE : item->kind;
}

/* One of a list has to fit, but all labels: some alone may be the label that was meant. */
static enum access_fit items_fit(struct consent_asking *asking,
                                 const struct consent_provision *provision)
{
    struct {
        bool is_there;
        enum access_fit best, least;
    } lists[CONSENT_ITEM_KINDS] = {0};
    enum access_fit all = ACCESS_FITS;

    for (uint16_t i = 0; i < provision->item_count; i++) {
        const struct consent_item *item = &asking->set->items[provision->first_item + i];
        size_t list = list_of(item);
        enum access_fit fit = item_fits(asking, item);
        if (asking->comparisons > CONSENT_COMPARISONS_MAX)
            return ACCESS_MAY_FIT;
        lists[list].least = lists[list].is_there ? least(lists[list].least, fit) : fit;
        lists[list].best = best(lists[list].best, fit);
        lists[list].is_there = true;
    }
    for (size_t list = 0; list < CONSENT_ITEM_KINDS; list++) {
        enum access_fit fit = lists[list].best;
        if (list == CONSENT_LABEL && lists[list].least != fit)
            fit = ACCESS_MAY_FIT;
        if (lists[list].is_there)
            all = least(all, fit);
    }
    return all;
}

/* All of the time that the data are of lies within; some of it may. */
static enum access_fit data_period_fits(struct consent_asking *asking,
                                        const struct consent_span *period)
{
    struct consent_span data;

    if (!asking->question->document || !consent_data_time(asking, &data))
        return ACCESS_MAY_FIT;
    if (data.to_ms < period->from_ms || data.from_ms > period->to_ms)
        return ACCESS_FITS_NOT;
    return data.from_ms >= period->from_ms && data.to_ms <= period->to_ms ? ACCESS_FITS
                                                                          : ACCESS_MAY_FIT;
}

enum access_fit consent_provision_fits(struct consent_asking *asking,
                                       const struct consent_provision *provision)
{
    int64_t now_ms = asking->question->now_ms;

    if (asking->comparisons > CONSENT_COMPARISONS_MAX)
        return ACCESS_MAY_FIT;
    if (now_ms < provision->period.from_ms || now_ms > provision->period.to_ms)
        return ACCESS_FITS_NOT;
    enum access_fit fit = items_fit(asking, provision);
    if (provision->has_data_period)
        fit = least(fit, data_period_fits(asking, &provision->data_period));
    return fit;
}
