/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An authorization server with a store in memory, a public app, a program with keys, and a person, for tests. */
#ifndef UNIT_ACCESS_OAUTH_WORLD_H
#define UNIT_ACCESS_OAUTH_WORLD_H

#include "unit/cmocka_base.h"

#include <stdio.h>
#include <stdlib.h>

#include "access/digest.h"
#include "access/jwt.h"
#include "access/oauth_authorize.h"
#include "access/oauth_documents.h"
#include "access/oauth_token.h"

enum { NOTES_MAX = 512, NOW_S = 1795000000 };

struct kept_note {
    const char *area;
    struct text key, value;
    int64_t due_ms;
};

static struct arena arena;
static struct kept_note notes[NOTES_MAX];
static size_t note_count;
static int store_fails_in; /* this many store calls from now one fails; below 0: never */
static uint64_t random_next;
static struct jose_key *site_key, *program_key;
static struct oauth_site site;
static struct oauth_turn turn;

static inline bool store_fails(void)
{
    return store_fails_in >= 0 && store_fails_in-- == 0;
}

static inline struct kept_note *find_note(const char *area, struct text key)
{
    for (size_t i = 0; i < note_count; i++)
        if (strcmp(notes[i].area, area) == 0 && text_equal(notes[i].key, key))
            return &notes[i];
    return NULL;
}

static inline enum oauth_found world_get(void *context, const char *area, struct text key,
                                         struct arena *in, struct text *value)
{
    (void)context;
    struct kept_note *note = find_note(area, key);
    if (store_fails())
        return OAUTH_FAILED;
    if (!note || note->due_ms <= turn.now_ms)
        return OAUTH_NONE;
    *value = arena_copy(in, note->value);
    return OAUTH_FOUND;
}

static inline bool world_put(void *context, const char *area, struct text key, struct text value,
                             int64_t due_ms)
{
    (void)context;
    struct kept_note *note = find_note(area, key);
    if (store_fails())
        return false;
    bool ends = false; /* an area of notes that end is one that is swept */
    for (const char *const *ending = oauth_ending_areas; *ending; ending++)
        ends |= strcmp(*ending, area) == 0;
    assert_true(ends || due_ms == INT64_MAX);
    if (!note) {
        assert_true(note_count < NOTES_MAX);
        note = &notes[note_count++];
    }
    *note = (struct kept_note){area, arena_copy(&arena, key), arena_copy(&arena, value), due_ms};
    return true;
}

static inline bool world_remove(void *context, const char *area, struct text key)
{
    (void)context;
    struct kept_note *note = find_note(area, key);
    if (store_fails())
        return false;
    if (note)
        *note = notes[--note_count];
    return true;
}

static const struct oauth_store store = {world_get, world_put, world_remove, NULL};

/* Never the same twice. */
static inline bool world_random(void *out, size_t len)
{
    uint8_t hash[DIGEST_LEN];
    random_next++;
    digest_of((struct text){(const char *)&random_next, sizeof random_next}, hash);
    assert_true(len <= sizeof hash);
    memcpy(out, hash, len);
    return true;
}

static inline void register_client(const char *json)
{
    struct oauth_client client;
    assert_true(oauth_client_read(&client, text_of(json), &arena));
    assert_true(world_put(NULL, "oauth-client", client.id, text_of(json), INT64_MAX));
}

static inline void begin(void)
{
    struct buffer jwk, json;

    note_count = 0;
    store_fails_in = -1;
    turn = (struct oauth_turn){.site = &site,
                               .store = &store,
                               .arena = &arena,
                               .now_ms = INT64_C(1000) * NOW_S,
                               .random = world_random};
    register_client(
        "{\"id\":\"app\",\"name\":\"App\",\"redirects\":[\"https://app.example.org/back\"],"
        "\"scopes\":\"openid fhirUser launch/patient offline_access online_access "
        "patient/*.rs user/*.cruds\"}");
    register_client("{\"id\":\"other\",\"name\":\"Other\",\"redirects\":[\"https://app.example.org/"
                    "back\"],\"scopes\":\"user/*.rs\"}");
    buffer_init(&jwk, &arena);
    jose_key_write(&jwk, program_key);
    buffer_init(&json, &arena);
    buffer_format(&json,
                  "{\"id\":\"program\",\"name\":\"P\",\"scopes\":\"system/*.rs user/*.rs\","
                  "\"actsAlone\":true,\"introspects\":true,\"jwks\":{\"keys\":[%.*s]}}",
                  (int)jwk.len, jwk.bytes);
    buffer_add_byte(&json, '\0');
    register_client(json.bytes);
}

static inline int make_world(void **state)
{
    (void)state;
    arena_init(&arena, 256 << 20);
    site_key = jose_key_make(JOSE_ES256);
    program_key = jose_key_make(JOSE_ES384);
    site = (struct oauth_site){.issuer = TEXT("https://c.example.org"),
                               .fhir_base = TEXT("https://c.example.org/fhir"),
                               .key = site_key,
                               .keys = &site_key,
                               .key_count = 1,
                               .has_pages = true};
    return 0;
}

static inline int unmake_world(void **state)
{
    (void)state;
    jose_key_free(site_key);
    jose_key_free(program_key);
    arena_free(&arena);
    return 0;
}

static inline struct form form_of(const char *text)
{
    struct form form;
    assert_int_equal(form_read(&form, text_of(text), &arena), FORM_OK);
    return form;
}

/* RFC 7636's own. */
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define ASKED(client, scope)                                                                       \
    "response_type=code&client_id=" client                                                         \
    "&redirect_uri=https%3A%2F%2Fapp.example.org%2Fback&state=s%201&aud=https://c.example.org/"    \
    "fhir&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&"  \
    "nonce=n1&scope=" scope

static inline struct oauth_grant doctor_grant(const char *scopes)
{
    return (struct oauth_grant){
        .account = TEXT("account-1"),
        .user = TEXT("Practitioner/d"),
        .roles = ACCESS_ROLE_BIT(ACCESS_PHYSICIAN),
        .practitioner = TEXT("d"),
        .organisation = TEXT("h"),
        .scopes = text_of(scopes),
        .launch_patient = TEXT("7"),
        .signed_in_s = turn.now_ms / 1000 - 30,
    };
}

/* The value of a parameter in a URL, up to the next one. */
static inline struct text in_url(struct text url, const char *name)
{
    const char *at = memmem(url.bytes, url.len, name, strlen(name));
    assert_non_null(at);
    at += strlen(name);
    const char *end = memchr(at, '&', (size_t)(url.bytes + url.len - at));
    return (struct text){at, (size_t)((end ? end : url.bytes + url.len) - at)};
}

/* Authorizes the app for these scopes; its code. */
static inline struct text get_code(const char *scopes)
{
    struct form form = form_of(ASKED("app", "openid+offline_access+online_access+launch/patient+"
                                            "patient/*.rs+user/*.cruds"));
    struct oauth_request request;
    struct oauth_grant grant = doctor_grant(scopes);
    struct text url;
    assert_int_equal(oauth_authorize(&turn, &form, &request), OAUTH_OK);
    assert_int_equal(oauth_agree(&turn, &request, &grant, &url), OAUTH_OK);
    return in_url(url, "code=");
}

/* What the token endpoint says to this form. */
PRINTF_LIKE(2, 3)
static inline enum oauth_err ask_token(struct json *answer, const char *format, ...)
{
    char text[4096];
    va_list args;
    va_start(args, format);
    assert_in_range(vsnprintf(text, sizeof text, format, args), 1, sizeof text - 1);
    va_end(args);
    struct form form = form_of(text);
    struct buffer out;
    buffer_init(&out, &arena);
    enum oauth_err err = oauth_token(&turn, &form, &out);
    if (err == OAUTH_OK)
        assert_int_equal(json_parse(answer, buffer_text(&out), &json_limits_default, &arena, NULL),
                         JSON_OK);
    else
        assert_int_equal(out.len, 0);
    return err;
}

static inline enum oauth_err redeem_code(struct json *answer, struct text code)
{
    return ask_token(answer,
                     "grant_type=authorization_code&client_id=app&code=%.*s&redirect_uri="
                     "https://app.example.org/back&code_verifier=" VERIFIER,
                     (int)code.len, code.bytes);
}

static inline enum oauth_err use_refresh(struct json *answer, struct text refresh, const char *more)
{
    return ask_token(answer, "grant_type=refresh_token&client_id=app&refresh_token=%.*s%s",
                     (int)refresh.len, refresh.bytes, more);
}

static inline struct text member(const struct json *json, const char *name)
{
    uint32_t node = json_member(json, JSON_ROOT, text_of(name));
    return node == JSON_NONE ? TEXT("") : json_raw(json, node);
}

static inline enum oauth_err find(struct text token)
{
    struct oauth_grant grant;
    return oauth_find(&turn, token, &grant);
}

/* An assertion of the program's. */
static inline struct text assertion(const char *id, const char *audience)
{
    struct buffer claims, out;
    buffer_init(&claims, &arena);
    buffer_format(
        &claims,
        "{\"iss\":\"program\",\"sub\":\"program\",\"aud\":\"%s\",\"exp\":%lld,\"jti\":\"%s\"}",
        audience, (long long)(turn.now_ms / 1000 + 200), id);
    buffer_init(&out, &arena);
    assert_true(jwt_write(&out, program_key, TEXT("JWT"), buffer_text(&claims)));
    return buffer_text(&out);
}

#define PROOF "&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

#endif
