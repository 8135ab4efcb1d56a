/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What somebody signs in with, where they are signed in, and which apps have access. */
#include <stdio.h>

#include "access/base64.h"
#include "access/form.h"
#include "pages/frame.h"

static void since(struct html *html, int64_t since_s)
{
    char date[11];
    html_write(html, " <span class=\"hint\">");
    html_word_with(html, WORD_SINCE, frame_date(since_s, date));
    html_write(html, "</span>");
}

static void write_passkeys(struct html *html, const struct page *page,
                           const struct account *account)
{
    html_write(html, "<section><h2>%w</h2><ul class=\"rows\">", WORD_PASSKEYS);
    for (size_t i = 0; i < account->passkey_count; i++) {
        struct text bytes = account->passkeys[i].id;
        struct text id = base64url_text((const uint8_t *)bytes.bytes, bytes.len, html->out->arena);
        html->out->failed |= !id.bytes;
        html_write(html, "<li><span><b>%b</b>", account->passkeys[i].name);
        since(html, account->passkeys[i].since_s);
        html_write(html, "</span>");
        frame_button(html, page, "/account/passkey/remove", id, WORD_REMOVE, "link");
        html_write(html, "</li>");
    }
    html_write(html, "</ul>");
    if (account->passkey_count == 0)
        html_write(html, "<p>%w</p>", WORD_PASSKEYS_NONE);
    frame_passkey(html, page, true);
    html_write(html, "</section>");
}

static void write_second_factor(struct html *html, const struct account *account)
{
    char left[12];

    html_write(html, "<section><h2>%w</h2><p>%w</p>", WORD_SECOND_FACTOR,
               account->has_totp ? WORD_SECOND_FACTOR_ON : WORD_SECOND_FACTOR_OFF);
    if (account->has_totp) {
        snprintf(left, sizeof left, "%zu", recovery_left(&account->recovery));
        html_write(html, "<p>");
        html_word_with(html, WORD_RECOVERY_LEFT, text_of(left));
        html_write(html, "</p>");
    }
    html_write(html, "<p><a class=\"button second\" href=\"/account/codes\">%w</a></p></section>",
               account->has_totp ? WORD_SECOND_FACTOR_ANEW : WORD_SECOND_FACTOR_SET);
}

static bool says(struct text agent, const char *word)
{
    return agent.len && memmem(agent.bytes, agent.len, word, strlen(word)) != NULL;
}

/* What most people know of a User-Agent: the browser's name, and the system's; of others, as it came. The order counts:
 * each of these browsers names those behind it. */
static void write_browser(struct html *html, struct text agent)
{
    static const char *const browsers[][2] = {{"Edg", "Edge"},        {"SamsungBrowser", "Samsung"},
                                              {"Firefox", "Firefox"}, {"FxiOS", "Firefox"},
                                              {"CriOS", "Chrome"},    {"Chrome", "Chrome"},
                                              {"Safari", "Safari"}};
    static const char *const systems[][2] = {{"Android", "Android"}, {"iPhone", "iPhone"},
                                             {"iPad", "iPad"},       {"Windows", "Windows"},
                                             {"Macintosh", "macOS"}, {"Linux", "Linux"}};
    enum {
        BROWSERS = sizeof browsers / sizeof *browsers,
        SYSTEMS = sizeof systems / sizeof *systems
    };
    size_t browser = 0, system = 0;

    while (browser < BROWSERS && !says(agent, browsers[browser][0]))
        browser++;
    while (system < SYSTEMS && !says(agent, systems[system][0]))
        system++;
    if (browser == BROWSERS || system == SYSTEMS)
        html_write(html, "<b dir=\"ltr\">%t</b>", agent);
    else
        html_write(html, "<b dir=\"ltr\">%t · %t</b>", text_of(browsers[browser][1]),
                   text_of(systems[system][1]));
}

static void write_sessions(struct html *html, const struct page *page,
                           const struct page_account *account)
{
    html_write(html, "<section><h2>%w</h2><ul class=\"rows\">", WORD_SESSIONS);
    for (size_t i = 0; i < account->book->session_count; i++) {
        const struct session *session = &account->book->sessions[i];
        bool is_this = text_equal(session->id, account->session);
        html_write(html, "<li><span>");
        write_browser(html, session->browser);
        html_write(html, " <span class=\"hint\" dir=\"ltr\">%t</span>", session->address);
        since(html, session->signed_in_s);
        if (is_this)
            html_write(html, " <em>%w</em>", WORD_SESSION_THIS);
        html_write(html, "</span>");
        if (!is_this)
            frame_button(html, page, "/account/session", session->id, WORD_SESSION_END, "link");
        html_write(html, "</li>");
    }
    html_write(html, "</ul>");
    if (account->book->session_count > 1)
        frame_button(html, page, "/account/sessions", TEXT(""), WORD_SESSIONS_END, "link");
    html_write(html, "</section>");
}

static void write_apps(struct html *html, const struct page *page,
                       const struct page_account *account)
{
    html_write(html, "<section><h2>%w</h2><ul class=\"rows\">", WORD_APPS);
    for (size_t i = 0; i < account->app_count; i++) {
        html_write(html, "<li><span><b>%b</b>", account->apps[i].name);
        since(html, account->apps[i].since_s);
        html_write(html, "</span>");
        frame_button(html, page, "/account/app", account->apps[i].family, WORD_APP_END, "link");
        html_write(html, "</li>");
    }
    html_write(html, "</ul>");
    if (account->app_count == 0)
        html_write(html, "<p>%w</p>", WORD_APPS_NONE);
    html_write(html, "</section>");
}

static void write_open(struct html *html, const struct page_open *open)
{
    html_write(html, "<section><h2>%w</h2><ul class=\"rows\">", WORD_OPEN_APP);
    for (size_t i = 0; i < open->count; i++) {
        struct buffer link;
        buffer_init(&link, html->out->arena);
        buffer_add(&link, TEXT("/account/open"));
        form_add(&link, '?', "client", open->apps[i].client);
        html->out->failed |= link.failed;
        html_write(html, "<li><b>%b</b><a class=\"button second\" href=\"%t\">%w</a></li>",
                   open->apps[i].name.len ? open->apps[i].name : open->apps[i].client,
                   buffer_text(&link), WORD_OPEN_APP_FOR);
    }
    html_write(html, "</ul></section>");
}

void page_account(struct buffer *out, const struct page *page, const struct page_account *account)
{
    struct html html = frame_begin(out, page, WORD_MY_ACCOUNT, TEXT(""));

    if (account->open && account->open->count)
        write_open(&html, account->open);
    if (page->has_passkeys)
        write_passkeys(&html, page, account->account);
    write_second_factor(&html, account->account);
    html_write(&html,
               "<section><h2>%w</h2><p><a class=\"button second\" href=\"/account/password\">%w"
               "</a></p></section>",
               WORD_PASSWORD, WORD_PASSWORD_CHANGE);
    write_apps(&html, page, account);
    write_sessions(&html, page, account);
    frame_end(&html);
}
