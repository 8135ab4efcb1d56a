/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/consent_fit.h"

/* Asks one provision and those within it. A refusal within wins over a permission; what only may hold counts as a
 * refusal, never as a permission. */
static struct consent_verdict ask_provision(struct consent_asking *asking, uint16_t index)
{
    const struct consent_provision *provision = &asking->set->provisions[index];
    enum access_fit fit = consent_provision_fits(asking, provision);
    struct consent_verdict verdict = {.answer = provision->type, .provision = provision->number};
    struct consent_verdict within = {.answer = CONSENT_SILENT};

    if (fit == ACCESS_FITS_NOT)
        return (struct consent_verdict){.answer = CONSENT_SILENT};
    if (provision->type == CONSENT_SILENT)
        verdict = (struct consent_verdict){.answer = asking->base};
    for (uint16_t child = index + 1; child < provision->end;
         child = asking->set->provisions[child].end) {
        struct consent_verdict inner = ask_provision(asking, child);
        if (inner.answer == CONSENT_REFUSES ||
            (inner.answer == CONSENT_PERMITS && within.answer == CONSENT_SILENT))
            within = inner;
        if (within.answer == CONSENT_REFUSES)
            break;
    }
    if (within.answer != CONSENT_SILENT)
        verdict = within;
    if (fit == ACCESS_MAY_FIT && verdict.answer != CONSENT_REFUSES)
        return (struct consent_verdict){.answer = CONSENT_SILENT};
    return verdict;
}

static struct consent_verdict ask_consent(struct consent_asking *asking,
                                          const struct consent *consent)
{
    struct consent_verdict verdict = {.answer = consent->base};

    asking->base = consent->base;
    if (consent->base != CONSENT_UNREADABLE && consent->first_provision < consent->end) {
        const struct consent_provision *outermost =
            &asking->set->provisions[consent->first_provision];
        struct consent_verdict within = ask_provision(asking, consent->first_provision);
        if (within.answer != CONSENT_SILENT || outermost->type == CONSENT_SILENT)
            verdict = within;
    }
    verdict.consent = consent->id;
    return verdict;
}

struct consent_verdict consents_ask(const struct consents *set,
                                    const struct consent_question *question)
{
    struct consent_asking asking = {.set = set, .question = question};
    struct consent_verdict verdict = {.answer = CONSENT_SILENT};
    bool is_research = access_purpose_is(question->purpose, TEXT("HRESCH"));

    if (set->is_over)
        return (struct consent_verdict){.answer = CONSENT_UNREADABLE};
    for (uint16_t i = 0; i < set->consent_count; i++) {
        if (set->consents[i].is_research && !is_research)
            continue;
        struct consent_verdict one = ask_consent(&asking, &set->consents[i]);
        if (asking.comparisons > CONSENT_COMPARISONS_MAX)
            one = (struct consent_verdict){CONSENT_UNREADABLE, set->consents[i].id, 0};
        if (one.answer == CONSENT_REFUSES || one.answer == CONSENT_UNREADABLE)
            return one;
        if (verdict.answer == CONSENT_SILENT)
            verdict = one;
    }
    return verdict;
}
