/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everybody's accounts, for administrators. */
#include "pages/frame.h"

static void write_roles(struct html *html, uint32_t roles)
{
    bool is_first = true;
    for (enum access_role role = 0; role < ACCESS_SERVICE; role++) {
        if (!(roles & ACCESS_ROLE_BIT(role)))
            continue;
        if (!is_first)
            html_write(html, html->language == ACCESS_ARABIC ? "، " : ", ");
        html_write(html, "%w", WORD_ROLE_PHYSICIAN + role);
        is_first = false;
    }
}

/* Ticks of roles; each is a field of its own, by the role's name. */
static void write_role_ticks(struct html *html, uint32_t roles)
{
    html_write(html, "<fieldset><legend>%w</legend><ul class=\"ticks roles\">", WORD_ROLES);
    for (enum access_role role = 0; role < ACCESS_SERVICE; role++)
        html_write(html,
                   "<li><label class=\"tick\"><input type=\"checkbox\" name=\"%t\" value=\"1\"%t>"
                   "<span>%w</span></label></li>",
                   text_of(access_role_name(role)),
                   roles & ACCESS_ROLE_BIT(role) ? TEXT(" checked") : TEXT(""),
                   WORD_ROLE_PHYSICIAN + role);
    html_write(html, "</ul></fieldset>");
}

static void write_person(struct html *html, const struct page *page,
                         const struct page_person *person)
{
    html_write(html,
               "<li><details><summary><b>%b</b> <span class=\"hint\" dir=\"ltr\">%t</span> "
               "<span class=\"hint\">",
               person->name, person->login);
    write_roles(html, person->roles);
    html_write(html, "</span>");
    if (person->is_blocked)
        html_write(html, " <em class=\"error\">%w</em>", WORD_IS_BLOCKED);
    else if (!person->has_come)
        html_write(html, " <em>%w</em>", WORD_IS_INVITED);
    html_write(html, "</summary>");
    if (person->user.len)
        html_write(html, "<p class=\"hint\" dir=\"ltr\">%t</p>", person->user);
    frame_form(html, page, "/people/roles");
    frame_hidden(html, "id", person->id);
    write_role_ticks(html, person->roles);
    html_write(html, "<button class=\"second\">%w</button>", WORD_SAVE);
    frame_form_end(html);
    html_write(html, "<div class=\"buttons\">");
    frame_button(html, page, "/people/invite", person->id, WORD_INVITE_ANEW, "second");
    if (person->is_blocked)
        frame_button(html, page, "/people/unblock", person->id, WORD_UNBLOCK, "second");
    else
        frame_button(html, page, "/people/block", person->id, WORD_BLOCK, "second");
    html_write(html, "</div></details></li>");
}

static void write_link(struct html *html, const struct page_people *people)
{
    html_write(html, "<section class=\"notice done\" role=\"status\"><h2>");
    html_word_with(html, WORD_INVITE_LINK, people->invited);
    html_write(html,
               "</h2><p>%w</p><p><code dir=\"ltr\" class=\"link-once\">%t</code></p></section>",
               WORD_INVITE_LINK_WHY, people->link);
}

static void write_field(struct html *html, const char *name, enum page_word label,
                        enum page_word hint, const char *more)
{
    struct text id = text_of(name);
    html_write(html,
               "<label for=\"%t\">%w</label><input id=\"%t\" name=\"%t\" autocomplete=\"off\"", id,
               label, id, id);
    buffer_add(html->out, text_of(more));
    if (hint != WORD_NONE)
        html_write(html, " aria-describedby=\"%t-hint\"><p class=\"hint\" id=\"%t-hint\">%w</p>",
                   id, id, hint);
    else
        html_write(html, ">");
}

static void write_addition(struct html *html, const struct page *page)
{
    html_write(html, "<section><h2>%w</h2>", WORD_PERSON_ADD);
    frame_form(html, page, "/people/add");
    write_field(html, "display", WORD_PERSON_NAME, WORD_NONE, " dir=\"auto\" required");
    write_field(html, "name", WORD_PERSON_LOGIN, WORD_NONE,
                " dir=\"ltr\" autocapitalize=\"none\" spellcheck=\"false\" required");
    write_field(html, "user", WORD_PERSON_FHIR, WORD_PERSON_FHIR_HINT, " dir=\"ltr\"");
    write_field(html, "organisation", WORD_PERSON_ORGANISATION, WORD_NONE, " dir=\"ltr\"");
    write_role_ticks(html, 0);
    html_write(html, "<button>%w</button>", WORD_INVITE);
    frame_form_end(html);
    html_write(html, "</section>");
}

void page_people(struct buffer *out, const struct page *page, const struct page_people *people)
{
    struct html html = frame_begin(out, page, WORD_PEOPLE, TEXT(""));

    if (people->link.len)
        write_link(&html, people);
    html_write(&html, "<ul class=\"rows people\">");
    for (size_t i = 0; i < people->count; i++)
        write_person(&html, page, &people->people[i]);
    html_write(&html, "</ul>");
    if (people->next.len)
        html_write(&html, "<p><a class=\"button second\" href=\"/people?after=%t\">%w</a></p>",
                   people->next, WORD_PEOPLE_NEXT);
    write_addition(&html, page);
    frame_end(&html);
}
