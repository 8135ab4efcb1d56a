/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an app asks for, in words. */
#include <stdio.h>

#include "pages/frame.h"

/* What a resource type is called; of those that are not here, what their class is. */
static const struct {
    const char *type;
    enum page_word word;
} types[] = {
    {"Patient", WORD_OF_PATIENT},
    {"Observation", WORD_OF_OBSERVATION},
    {"Condition", WORD_OF_CONDITION},
    {"AllergyIntolerance", WORD_OF_ALLERGY},
    {"Medication", WORD_OF_MEDICATION},
    {"MedicationRequest", WORD_OF_MEDICATION},
    {"MedicationStatement", WORD_OF_MEDICATION},
    {"MedicationDispense", WORD_OF_MEDICATION},
    {"MedicationAdministration", WORD_OF_MEDICATION},
    {"Immunization", WORD_OF_IMMUNIZATION},
    {"Procedure", WORD_OF_PROCEDURE},
    {"DiagnosticReport", WORD_OF_REPORT},
    {"ImagingStudy", WORD_OF_REPORT},
    {"DocumentReference", WORD_OF_DOCUMENT},
    {"Media", WORD_OF_DOCUMENT},
    {"Binary", WORD_OF_DOCUMENT},
    {"Composition", WORD_OF_DOCUMENT},
    {"QuestionnaireResponse", WORD_OF_QUESTIONNAIRE},
    {"CarePlan", WORD_OF_CARE_PLAN},
    {"Goal", WORD_OF_CARE_PLAN},
};

static enum page_word word_of_class(enum access_class class)
{
    static const enum page_word words[ACCESS_CLASSES] = {
        [ACCESS_CLASS_CLINICAL] = WORD_OF_CLINICAL,
        [ACCESS_CLASS_REPORTED] = WORD_OF_CLINICAL,
        [ACCESS_CLASS_PERSON] = WORD_OF_PATIENT,
        [ACCESS_CLASS_TEAM] = WORD_OF_TEAM,
        [ACCESS_CLASS_APPOINTMENT] = WORD_OF_APPOINTMENT,
        [ACCESS_CLASS_ENCOUNTER] = WORD_OF_ENCOUNTER,
        [ACCESS_CLASS_CALENDAR] = WORD_OF_CALENDAR,
        [ACCESS_CLASS_TASK] = WORD_OF_TASK,
        [ACCESS_CLASS_MESSAGE] = WORD_OF_MESSAGE,
        [ACCESS_CLASS_BILLING] = WORD_OF_BILLING,
        [ACCESS_CLASS_CONSENT] = WORD_OF_CONSENT,
        [ACCESS_CLASS_DIRECTORY] = WORD_OF_DIRECTORY,
        [ACCESS_CLASS_KNOWLEDGE] = WORD_OF_KNOWLEDGE,
        [ACCESS_CLASS_RESEARCH] = WORD_OF_RESEARCH,
        [ACCESS_CLASS_AUDIT] = WORD_OF_AUDIT,
        [ACCESS_CLASS_SUBSCRIPTION] = WORD_OF_SUBSCRIPTION,
    };
    return words[class];
}

static enum page_word word_of_type(struct text type)
{
    if (type.len == 0)
        return WORD_ALL_DATA;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (text_is(type, types[i].type))
            return types[i].word;
    return word_of_class(access_class_of(type));
}

/* Seeing, adding, changing; WORD_NONE: deleting alone. */
static enum page_word word_of_letters(unsigned letters)
{
    static const enum page_word words[8] = {WORD_NONE,       WORD_SEE,           WORD_ADD,
                                            WORD_SEE_ADD,    WORD_CHANGE,        WORD_SEE_CHANGE,
                                            WORD_ADD_CHANGE, WORD_SEE_ADD_CHANGE};
    unsigned sees = letters & (ACCESS_R | ACCESS_S) ? 1 : 0;
    unsigned adds = letters & ACCESS_C ? 2 : 0;
    unsigned changes = letters & ACCESS_U ? 4 : 0;
    return words[sees | adds | changes];
}

/* "see and add diagnoses; delete diagnoses". The word of what is isolated, though ours: html_word_with has one way. */
static void write_scope(struct html *html, const struct access_scope *scope)
{
    struct text what = text_of(page_word(html->language, word_of_type(scope->type)));
    enum page_word does = word_of_letters(scope->letters);

    if (does != WORD_NONE)
        html_word_with(html, does, what);
    if (scope->letters & ACCESS_D) {
        html_write(html, does != WORD_NONE ? " · <strong>" : "<strong>");
        html_word_with(html, WORD_DELETE, what);
        html_write(html, "</strong>");
    }
    if (scope->query.len) {
        html_write(html, " <span class=\"hint\">");
        html_word_with(html, WORD_ONLY_WHERE, scope->query);
        html_write(html, "</span>");
    }
    if (scope->type.len)
        html_write(html, " <span class=\"hint type\" dir=\"ltr\">%t</span>", scope->type);
}

static void begin_tick(struct html *html, char letter, size_t number)
{
    char name[24];
    snprintf(name, sizeof name, "%c%zu", letter, number);
    html_write(html,
               "<li><label class=\"tick\"><input type=\"checkbox\" name=\"%t\" value=\"1\" "
               "checked><span>",
               text_of(name));
}

static void end_tick(struct html *html)
{
    html_write(html, "</span></label></li>");
}

static void write_scopes(struct html *html, const struct page_consent *consent, unsigned context)
{
    bool has_head = false;

    for (size_t i = 0; i < consent->scopes->count; i++) {
        const struct access_scope *scope = &consent->scopes->scopes[i];
        if (scope->context != context)
            continue;
        if (!has_head) {
            html_write(html, "<fieldset><legend>");
            if (context == SCOPE_USER)
                html_write(html, "%w", WORD_ABOUT_ALL);
            else if (consent->is_own)
                html_write(html, "%w", WORD_ABOUT_MINE);
            else
                html_word_with(html, WORD_ABOUT_CHOSEN, consent->patient.name);
            html_write(html, "</legend><ul class=\"ticks\">");
        }
        has_head = true;
        begin_tick(html, 's', i);
        write_scope(html, scope);
        end_tick(html);
    }
    if (has_head)
        html_write(html, "</ul></fieldset>");
}

/* What is about the person, not the record: one line for all that tells who they are. */
static const struct {
    uint32_t words;
    enum page_word word;
} word_lines[PAGE_CONSENT_WORDS] = {
    {SCOPE_OPENID | SCOPE_FHIR_USER | SCOPE_PROFILE, WORD_MAY_IDENTITY},
    {SCOPE_ONLINE, WORD_MAY_ONLINE},
    {SCOPE_OFFLINE, WORD_MAY_OFFLINE},
};

uint32_t page_consent_words(unsigned number)
{
    return number < PAGE_CONSENT_WORDS ? word_lines[number].words : 0;
}

static void write_words(struct html *html, uint32_t words)
{
    bool has_head = false;

    for (size_t i = 0; i < PAGE_CONSENT_WORDS; i++) {
        if (!(words & word_lines[i].words))
            continue;
        if (!has_head)
            html_write(html, "<fieldset><legend>%w</legend><ul class=\"ticks\">", WORD_ABOUT_YOU);
        has_head = true;
        begin_tick(html, 'w', i);
        html_write(html, "%w", word_lines[i].word);
        end_tick(html);
    }
    if (has_head)
        html_write(html, "</ul></fieldset>");
}

static void write_patient(struct html *html, const struct page_consent *consent)
{
    const struct page_patient *patient = &consent->patient;

    html_write(html, "<p class=\"patient\"><span class=\"hint\">%w</span> <strong>%b</strong>",
               WORD_PATIENT, patient->name);
    if (patient->birth.len) {
        html_write(html, " <span class=\"hint\">");
        html_word_with(html, WORD_BORN, patient->birth);
        html_write(html, "</span>");
    }
    html_write(html, "</p>");
    frame_hidden(html, "patient", patient->id);
}

/* "https://app.example.org" of a redirect URI; the scheme of one that has no host. */
static struct text place_of(struct text redirect)
{
    size_t slashes = 0;
    for (size_t i = 0; i < redirect.len; i++)
        if (redirect.bytes[i] == '?' || (redirect.bytes[i] == '/' && ++slashes == 3))
            return (struct text){redirect.bytes, i};
    return redirect;
}

void page_consent(struct buffer *out, const struct page *page, const struct page_consent *consent)
{
    struct html html = frame_begin(out, page, WORD_APP_ASKS, consent->app);

    html_write(&html, "<p>%w</p>", WORD_APP_ASKS_WHY);
    frame_form(&html, page, "/agree");
    frame_hidden(&html, "query", consent->query);
    if (consent->needs_patient)
        write_patient(&html, consent);
    write_scopes(&html, consent, SCOPE_PATIENT);
    write_scopes(&html, consent, SCOPE_USER);
    write_words(&html, consent->scopes->words);
    html_write(&html, "<p class=\"hint\">%w</p><p class=\"hint\">", WORD_UNTICK);
    html_word_with(&html, WORD_APP_GOES_TO, place_of(consent->redirect));
    html_write(&html,
               "</p><p class=\"buttons\"><button name=\"answer\" value=\"agree\">%w</button>"
               "<button class=\"second\" name=\"answer\" value=\"deny\">%w</button>",
               WORD_AGREE, WORD_DENY);
    if (consent->needs_patient && !consent->is_own && !consent->is_launched)
        html_write(&html, "<button class=\"link\" name=\"answer\" value=\"other\">%w</button>",
                   WORD_OTHER_PATIENT);
    html_write(&html, "</p>");
    frame_form_end(&html);
    frame_end(&html);
}
