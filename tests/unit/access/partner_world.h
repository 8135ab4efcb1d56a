/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A partner of the oauth_world's site, and its identity provider. */
#ifndef UNIT_ACCESS_PARTNER_WORLD_H
#define UNIT_ACCESS_PARTNER_WORLD_H

#include "unit/access/oauth_world.h"

#include "access/base64.h"
#include "access/partner.h"
#include "access/token.h"

#define CONFIG                                                                                     \
    "{\"id\":\"chu\",\"name\":\"CHU\",\"issuer\":\"https://id.chu.ma\",\"clientId\":\"jisr\","     \
    "\"accountClaim\":\"preferred_username\",\"roleClaim\":\"groups\",\"makesAccounts\":true,"     \
    "\"practitionerClaim\":\"record_id\",\"roles\":{\"doctors\":[\"physician\"],\"nurses\":["      \
    "\"nurse\"]}}"
#define DISCOVERY                                                                                  \
    "{\"issuer\":\"https://id.chu.ma\",\"authorization_endpoint\":\"https://id.chu.ma/auth\","     \
    "\"token_endpoint\":\"https://id.chu.ma/token\",\"jwks_uri\":\"https://id.chu.ma/keys\"}"

static struct partner partner;
static struct partner_about about;
static struct jose_keys keys; /* those that it publishes */
static const struct text chu = {"chu", 3};
static const struct text browser = {"cookie-1", 8};

static inline bool read_config(const char *json)
{
    const char *why;
    return partner_read(&partner, text_of(json), &arena, &why);
}

static inline void begin_partner(const char *config)
{
    begin();
    assert_true(read_config(config));
    assert_int_equal(partner_about_read(&about, &partner, text_of(DISCOVERY), &arena), PARTNER_OK);
    keys = (struct jose_keys){.keys = {program_key}, .count = 1};
}

static inline struct text go_there(void)
{
    struct text url;
    assert_int_equal(
        partner_begin(&turn, &partner, &about, browser, TEXT("/account?a=1&b=2"), &url),
        PARTNER_OK);
    return url;
}

/* What the browser comes back with: %s is the state of `url`. */
PRINTF_LIKE(2, 3)
static inline struct form come_back(struct text url, const char *format, ...)
{
    char text[1024];
    va_list args;
    struct text state = in_url(url, "&state=");
    int len = snprintf(text, sizeof text, "state=%.*s&", (int)state.len, state.bytes);
    va_start(args, format);
    vsnprintf(text + len, sizeof text - (size_t)len, format, args);
    va_end(args);
    return form_of(text);
}

static inline struct partner_return there_and_back(void)
{
    struct partner_return back;
    struct form form = come_back(go_there(), "code=c1");
    assert_int_equal(partner_return(&turn, chu, &form, browser, &back), PARTNER_OK);
    return back;
}

/* An id_token as it should be, but for what `more` has instead: members, each behind a comma. */
struct claims {
    const char *issuer, *audience, *more;
    int64_t issued_s, expires_s;
    const char *nonce; /* NULL: the sign-in's */
};

static inline struct text token_of(const struct partner_return *back, struct claims claims,
                                   const struct jose_key *key)
{
    struct buffer text, out;
    struct text nonce = claims.nonce ? text_of(claims.nonce) : back->nonce;
    buffer_init(&text, &arena);
    buffer_format(&text,
                  "{\"iss\":\"%s\",\"aud\":%s,\"sub\":\"u-7\",\"iat\":%lld,\"exp\":%lld,"
                  "\"nonce\":\"%.*s\"%s}",
                  claims.issuer, claims.audience, (long long)claims.issued_s,
                  (long long)claims.expires_s, (int)nonce.len, nonce.bytes, claims.more);
    buffer_init(&out, &arena);
    assert_true(jwt_write(&out, key, TEXT("JWT"), buffer_text(&text)));
    return buffer_text(&out);
}

static inline struct claims good_claims(void)
{
    return (struct claims){.issuer = "https://id.chu.ma",
                           .audience = "\"jisr\"",
                           .more = "",
                           .issued_s = NOW_S,
                           .expires_s = NOW_S + 300};
}

static inline struct text answer_of(struct text id_token)
{
    struct buffer out;
    buffer_init(&out, &arena);
    buffer_format(&out,
                  "{\"access_token\":\"at-1\",\"token_type\":\"Bearer\",\"id_token\":\"%.*s\"}",
                  (int)id_token.len, id_token.bytes);
    return buffer_text(&out);
}

static inline enum partner_err check(struct claims claims, struct partner_person *person)
{
    const struct partner_return back = there_and_back();
    bool needs_keys;
    return partner_check(&turn, &partner, &keys, &back,
                         answer_of(token_of(&back, claims, program_key)), person, &needs_keys);
}

static inline struct partner_person person_with(const char *more)
{
    struct claims claims = good_claims();
    struct partner_person person;
    claims.more = more;
    assert_int_equal(check(claims, &person), PARTNER_OK);
    return person;
}

static inline enum partner_err fails_with(const char *more)
{
    struct claims claims = good_claims();
    struct partner_person person;
    claims.more = more;
    return check(claims, &person);
}

#endif
