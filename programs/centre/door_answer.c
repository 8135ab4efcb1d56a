/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the door answers: pages with their headers and cookies. */
#include <stdio.h>

#include "centre/door_parts.h"

enum { LANGUAGE_S = 365 * 86400 };

/* The name that a cookie has on this site: a page of a neighbour's host can set none that begins with __Host-
 * (RFC 6265bis 4.1.3.2). */
static struct text cookie_name(bool is_secure, const char *name)
{
    static const char *const names[][2] = {{"jisr-session", "__Host-jisr-session"},
                                           {"jisr-device", "__Host-jisr-device"},
                                           {"jisr-form", "__Host-jisr-form"},
                                           {"jisr-language", "__Host-jisr-language"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i][0], name) == 0)
            return text_of(names[i][is_secure]);
    return TEXT("");
}

struct text door_cookie(const struct http_request *request, bool is_secure, const char *name)
{
    struct text sent = http_header_of(request, "Cookie");
    struct text wanted = cookie_name(is_secure, name);

    while (sent.len) {
        struct text value = text_cut(&sent, ';');
        while (value.len && value.bytes[0] == ' ')
            value = (struct text){value.bytes + 1, value.len - 1};
        struct text found = text_cut(&value, '=');
        if (text_equal(found, wanted))
            return value;
    }
    return TEXT("");
}

void door_set_cookie(struct door *door, const char *name, struct text value, int64_t seconds)
{
    struct buffer cookie;

    buffer_init(&cookie, door->turn.arena);
    buffer_add(&cookie, cookie_name(door->is_secure, name));
    buffer_add_byte(&cookie, '=');
    buffer_add(&cookie, value);
    buffer_add(&cookie, TEXT("; Path=/; HttpOnly; SameSite=Lax"));
    if (door->is_secure)
        buffer_add(&cookie, TEXT("; Secure"));
    if (value.len == 0)
        buffer_add(&cookie, TEXT("; Max-Age=0"));
    else if (seconds)
        buffer_format(&cookie, "; Max-Age=%lld", (long long)seconds);
    if (cookie.failed || door->cookie_count == DOOR_COOKIES_MAX)
        door->has_failed = true;
    else
        door->cookies[door->cookie_count++] = buffer_text(&cookie);
}

void door_set_session(struct door *door, struct text token)
{
    door_set_cookie(door, "jisr-session", token,
                    0); /* until the browser closes; ours ends sooner */
}

void door_set_device(struct door *door, struct text token)
{
    door_set_cookie(door, "jisr-device", token, SIGN_IN_DEVICE_S);
}

void door_tell(struct door *door, enum page_tone tone, enum page_word word)
{
    door->notice = (struct page_notice){tone, word, TEXT("")};
}

void door_tell_number(struct door *door, enum page_word word, int64_t number)
{
    struct buffer digits;

    buffer_init(&digits, door->turn.arena);
    buffer_add_u64(&digits, (uint64_t)number);
    door->has_failed |= digits.failed;
    door->notice = (struct page_notice){PAGE_ERROR, word, buffer_text(&digits)};
}

/* The address of this page without its language, which the links to other languages add. */
static struct text here_of(const struct door *door)
{
    struct text query = door->http->request.query;
    struct buffer here;
    bool has_query = false;

    if (door->http->request.method == HTTP_POST)
        return TEXT("");
    buffer_init(&here, door->turn.arena);
    buffer_add(&here, door->http->request.path);
    while (query.len) {
        struct text part = text_cut(&query, '&');
        if (part.len == 0 || text_starts(part, TEXT("lang=")))
            continue;
        buffer_add_byte(&here, has_query ? '&' : '?');
        buffer_add(&here, part);
        has_query = true;
    }
    return here.failed ? TEXT("") : buffer_text(&here);
}

struct page *door_page(struct door *door, int status)
{
    const struct account *account = &door->account;

    buffer_init(&door->body, door->turn.arena);
    door->status = status;
    door->type = "text/html; charset=utf-8";
    door->page = (struct page){
        .language = door->language,
        .csrf = door->has_session ? door->session.csrf : door->form_token,
        .who = door->has_session ? account->display : TEXT(""),
        .is_open = door->has_session && door->next == SIGN_IN_DONE,
        .may_people = door->has_session && account->roles & ACCESS_ROLE_BIT(ACCESS_ADMINISTRATOR),
        .here = here_of(door),
        .go = door_go(door),
        .issuer = door->site.issuer,
        .has_passkeys = passkey_is_offered(door->site.issuer),
        .notice = door->notice,
    };
    return &door->page;
}

enum door_step door_done(struct door *door)
{
    door->has_failed |= door->body.failed;
    return DOOR_ANSWERED;
}

enum door_step door_to(struct door *door, struct text location)
{
    door->status = 303;
    door->location = location;
    buffer_init(&door->body, door->turn.arena);
    return DOOR_ANSWERED;
}

enum door_step door_to_with(struct door *door, const char *path, struct text go)
{
    struct buffer location;

    buffer_init(&location, door->turn.arena);
    buffer_add(&location, text_of(path));
    if (go.len)
        form_add(&location, '?', "go", go);
    door->has_failed |= location.failed;
    return door_to(door, buffer_text(&location));
}

enum door_step door_message(struct door *door, int status, enum page_word title,
                            enum page_word words, const char *on_to, enum page_word on_words)
{
    page_message(&door->body, door_page(door, status), title, words, TEXT(""), on_to, on_words);
    return door_done(door);
}

enum door_step door_failed(struct door *door)
{
    return door_message(door, 500, WORD_FAILED, WORD_FAILED_WHY, NULL, WORD_NONE);
}

enum door_step door_json(struct door *door, int status, struct text body)
{
    buffer_init(&door->body, door->turn.arena);
    buffer_add(&door->body, body);
    door->status = status;
    door->type = "application/json";
    return door_done(door);
}

/* form-action has the redirect's place too on pages whose form leads there: browsers hold redirects against it. */
static void add_policy(struct door *door)
{
    struct buffer policy;

    buffer_init(&policy, door->http->arena);
    buffer_add(&policy,
               TEXT("default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
                    "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; "
                    "form-action 'self'"));
    if (door->form_action.len) {
        buffer_add_byte(&policy, ' ');
        buffer_add(&policy, door->form_action);
    }
    door->has_failed |= policy.failed;
    http_response_header(&door->http->response, TEXT("Content-Security-Policy"),
                         buffer_text(&policy));
}

static void add_copy(struct door *door, struct text name, struct text value)
{
    struct text copy = arena_copy(door->http->arena, value);
    door->has_failed |= !copy.bytes;
    http_response_header(&door->http->response, name, copy);
}

void door_send(struct door *door)
{
    struct http_response *response = &door->http->response;
    char seconds[24];

    door->turn.arena = door->http->arena;
    if (door->is_form_token_new)
        door_set_cookie(door, "jisr-form", door->form_token, 0);
    if (access_language_of(form_value(&door->query, "lang")) < ACCESS_LANGUAGES)
        door_set_cookie(door, "jisr-language", access_language_tag(door->language), LANGUAGE_S);
    response->status = door->status;
    if (door->status == 303)
        add_copy(door, TEXT("Location"), door->location);
    else {
        response->body = arena_copy(door->http->arena, buffer_text(&door->body));
        http_response_header(response, TEXT("Content-Type"), text_of(door->type));
        add_policy(door);
        http_response_header(response, TEXT("X-Frame-Options"), TEXT("DENY"));
    }
    for (size_t i = 0; i < door->cookie_count; i++)
        add_copy(door, TEXT("Set-Cookie"), door->cookies[i]);
    if (door->retry_s) {
        snprintf(seconds, sizeof seconds, "%lld", (long long)door->retry_s);
        add_copy(door, TEXT("Retry-After"), text_of(seconds));
    }
    http_response_header(response, TEXT("Vary"), TEXT("Cookie, Accept-Language"));
    response->failed |= door->has_failed;
}
