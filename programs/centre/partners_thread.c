/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread that calls partners: documents, tokens. */
#include <stdlib.h>
#include <string.h>

#include "centre/partners_parts.h"
#include "clock/clock.h"
#include "log/log.h"

enum { CALL_MS_MAX = 10000, WAIT_MS = 1000 };
#define KNOWN_NS_MAX (UINT64_C(600) * 1000000000) /* how long documents are believed */
#define KEYS_NS_MIN                                                                                \
    (UINT64_C(10) * 1000000000) /* how often a strange token may have keys fetched */

static const char bad_document[] = "the discovery document is not as it has to be";

static struct partner_known *known_of(struct partners *partners, struct text issuer)
{
    for (struct partner_known *known = partners->known; known; known = known->next)
        if (text_is(issuer, known->issuer))
            return known;
    struct partner_known *known = calloc(1, sizeof *known);
    if (!known)
        return NULL;
    known->issuer = text_terminated(issuer);
    if (!known->issuer) {
        free(known);
        return NULL;
    }
    known->next = partners->known;
    partners->known = known;
    return known;
}

static void forget_known(struct partners *partners)
{
    while (partners->known) {
        struct partner_known *known = partners->known;
        partners->known = known->next;
        jose_keys_free(&known->keys);
        free(known->about);
        free(known->issuer);
        free(known);
    }
}

static void fail(struct partner_visit *visit, enum partner_err err, const char *why)
{
    visit->err = err;
    visit->why = why;
    partners_conclude(visit);
}

static void call(struct partners *partners, struct partner_visit *visit, enum partner_step step,
                 struct text url, struct text form)
{
    const struct text accept = TEXT("Accept: application/json");
    if (atomic_load(&partners->is_stopping)) {
        fail(visit, PARTNER_ERR_SERVER, "the centre is told to stop");
        return;
    }
    visit->step = step;
    enum hook_err err = hooks_send(
        partners->hooks, &(struct hook_request){.is_get = form.len == 0,
                                                .url = url,
                                                .body = form,
                                                .type = TEXT("application/x-www-form-urlencoded"),
                                                .headers = &accept,
                                                .header_count = 1,
                                                .timeout_ms = CALL_MS_MAX,
                                                .answer_len_max = PARTNER_DOCUMENT_LEN_MAX,
                                                .allowed = visit->partner.hosts,
                                                .context = visit});
    if (err != HOOK_OK)
        fail(visit, PARTNER_ERR_FORM, hook_err_words(err));
}

/* --- step by step ---------------------------------------------------------------------------------- */

static void check(struct partners *partners, struct partner_visit *visit)
{
    struct oauth_turn turn = partners_turn(visit, NULL, &visit->fetched);
    uint64_t now_ns = clock_monotonic_ns();
    struct partner_known *known = visit->known;
    bool needs_keys = known->keys_ns == 0 || now_ns - known->keys_ns > KNOWN_NS_MAX;

    if (!needs_keys)
        visit->err = partner_check(&turn, &visit->partner, &known->keys, &visit->back,
                                   visit->answer, &visit->person, &needs_keys);
    visit->why = turn.why;
    if (needs_keys && !visit->has_new_keys &&
        (known->keys_ns == 0 || now_ns - known->keys_ns > KEYS_NS_MIN)) {
        visit->err = PARTNER_OK;
        call(partners, visit, PARTNER_FETCHES_KEYS, visit->about.jwks_uri, TEXT(""));
        return;
    }
    if (needs_keys && visit->err == PARTNER_OK)
        visit->err = PARTNER_ERR_FORM;
    partners_conclude(visit);
}

static void exchange(struct partners *partners, struct partner_visit *visit)
{
    struct oauth_turn turn = partners_turn(visit, NULL, &visit->fetched);
    struct buffer form;

    buffer_init(&form, &visit->fetched);
    enum partner_err err =
        partner_write_exchange(&turn, &visit->partner, &visit->about, &visit->back, &form);
    if (err != PARTNER_OK)
        fail(visit, err, turn.why);
    else
        call(partners, visit, PARTNER_EXCHANGES, visit->about.token_endpoint, buffer_text(&form));
}

/* What the partner publishes is there. */
static void go_on(struct partners *partners, struct partner_visit *visit)
{
    const struct text text = {visit->known->about, visit->known->about_len};
    if (partner_about_read(&visit->about, &visit->partner, text, &visit->fetched) != PARTNER_OK)
        fail(visit, PARTNER_ERR_FORM, bad_document);
    else if (visit->is_back)
        exchange(partners, visit);
    else
        partners_conclude(visit);
}

static void begin(struct partners *partners, struct partner_visit *visit)
{
    struct partner_known *known = known_of(partners, visit->partner.issuer);
    visit->known = known;
    if (!known)
        fail(visit, PARTNER_ERR_SERVER, "no memory");
    else if (known->about_ns && clock_monotonic_ns() - known->about_ns < KNOWN_NS_MAX)
        go_on(partners, visit);
    else
        call(partners, visit, PARTNER_FETCHES_ABOUT,
             partner_discovery_url(&visit->partner, &visit->fetched), TEXT(""));
}

static void keep_about(struct partners *partners, struct partner_visit *visit, struct text answer)
{
    struct partner_known *known = visit->known;
    struct partner_about about; /* of one that cannot be read nothing is kept */
    if (partner_about_read(&about, &visit->partner, answer, &visit->fetched) != PARTNER_OK) {
        fail(visit, PARTNER_ERR_FORM, bad_document);
        return;
    }
    char *copy = malloc(answer.len);
    if (!copy) {
        fail(visit, PARTNER_ERR_SERVER, "no memory");
        return;
    }
    memcpy(copy, answer.bytes, answer.len);
    free(known->about);
    known->about = copy;
    known->about_len = answer.len;
    known->about_ns = clock_monotonic_ns();
    go_on(partners, visit);
}

static void keep_keys(struct partners *partners, struct partner_visit *visit, struct text answer)
{
    struct partner_known *known = visit->known;
    struct jose_keys keys;
    struct json json;
    if (json_parse(&json, answer, &json_limits_default, &visit->fetched, NULL) != JSON_OK ||
        !jose_keys_read(&keys, &json, JSON_ROOT)) {
        fail(visit, PARTNER_ERR_FORM, "the keys are not as they have to be");
        return;
    }
    jose_keys_free(&known->keys);
    known->keys = keys;
    known->keys_ns = clock_monotonic_ns();
    visit->has_new_keys = true;
    check(partners, visit);
}

static void take(struct partners *partners, const struct hook_outcome *outcome)
{
    struct partner_visit *visit = outcome->context;
    if (outcome->err != HOOK_OK) {
        fail(visit, PARTNER_ERR_FORM, hook_err_words(outcome->err));
        return;
    }
    switch (visit->step) {
    case PARTNER_FETCHES_ABOUT:
        keep_about(partners, visit, outcome->answer);
        break;
    case PARTNER_EXCHANGES:
        visit->answer = arena_copy(&visit->fetched, outcome->answer);
        if (visit->answer.bytes)
            check(partners, visit);
        else
            fail(visit, PARTNER_ERR_SERVER, "no memory");
        break;
    case PARTNER_FETCHES_KEYS:
        keep_keys(partners, visit, outcome->answer);
        break;
    case PARTNER_CONCLUDES:
        break;
    }
}

/* --- the thread ------------------------------------------------------------------------------------ */

static struct partner_visit *arrived(struct partners *partners)
{
    pthread_mutex_lock(&partners->lock);
    struct partner_visit *visit = partners->arrived;
    if (visit)
        partners->arrived = visit->next;
    pthread_mutex_unlock(&partners->lock);
    return visit;
}

void *partners_run(void *context)
{
    struct partners *partners = context;
    struct partner_visit *visit;
    struct hook_outcome outcome;

    while (!atomic_load(&partners->is_stopping) || atomic_load(&partners->waiting)) {
        while ((visit = arrived(partners)) != NULL)
            begin(partners, visit);
        while (hooks_ended(partners->hooks, &outcome))
            take(partners, &outcome);
        hooks_wait(partners->hooks, WAIT_MS);
    }
    forget_known(partners);
    return NULL;
}
