/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every page, in every language, with the worst in each of its fields: whole HTML, and none of it theirs. */
#include "unit/cmocka_base.h"

#include <ctype.h>
#include <stdio.h>

#include "pages/pages.h"

enum { ARENA_BYTES = 4 << 20 };

#define WORST TEXT("\"'><script>alert(1)</script><b onclick=x style=y>&{}%w\xFF\xE2\x80\xAE")

static struct page page_of(enum access_language language)
{
    return (struct page){.language = language,
                         .csrf = WORST,
                         .who = WORST,
                         .is_open = true,
                         .may_people = true,
                         .here = WORST,
                         .go = WORST,
                         .issuer = WORST,
                         .has_passkeys = true,
                         .notice = {PAGE_ERROR, WORD_WAIT_SECONDS, WORST}};
}

static void write_sign_in(struct buffer *out, const struct page *page)
{
    page_sign_in(out, page, WORST, WORST);
}

static void write_message(struct buffer *out, const struct page *page)
{
    page_message(out, page, WORD_APP_WRONG, WORD_APP_WRONG_WHY, WORST, "/account", WORD_BACK);
}

static void write_consent(struct buffer *out, const struct page *page)
{
    static struct access_scopes scopes;
    assert_int_equal(scopes_read(&scopes, TEXT("patient/*.cruds patient/Goal.d user/Account.rs "
                                               "patient/Observation.rs?code=<b> openid fhirUser "
                                               "offline_access online_access launch/patient")),
                     SCOPES_OK);
    const struct page_consent consent = {.app = WORST,
                                         .client_id = WORST,
                                         .redirect = WORST,
                                         .query = WORST,
                                         .scopes = &scopes,
                                         .needs_patient = true,
                                         .patient = {WORST, WORST, WORST}};
    page_consent(out, page, &consent);
}

static void write_patients(struct buffer *out, const struct page *page)
{
    const struct page_patients patients = {.app = WORST,
                                           .query = WORST,
                                           .search = WORST,
                                           .found = {{WORST, WORST, WORST}, {.id = WORST}},
                                           .count = 2,
                                           .is_more = true};
    page_patients(out, page, &patients);
}

static void write_opened(struct buffer *out, const struct page *page)
{
    const struct page_patients patients = {.app = WORST, .query = WORST, .is_opened = true};
    page_patients(out, page, &patients);
}

static void write_no_patients(struct buffer *out, const struct page *page)
{
    const struct page_patients patients = {.app = WORST};
    page_patients(out, page, &patients);
}

static void write_invite(struct buffer *out, const struct page *page)
{
    page_invite(out, page, WORST, &(struct account){.name = WORST, .display = WORST});
}

static void write_second_factor(struct buffer *out, const struct page *page)
{
    page_second_factor(out, page, WORST, WORST, false);
}

static void write_recovery(struct buffer *out, const struct page *page)
{
    char codes[RECOVERY_CODES][RECOVERY_LEN];
    for (size_t i = 0; i < RECOVERY_CODES; i++)
        memcpy(codes[i], "<BCD-EFGH-IJKL-MNO>", RECOVERY_LEN);
    page_recovery(out, page, (const char(*)[RECOVERY_LEN])codes);
}

static void write_account(struct buffer *out, const struct page *page)
{
    static struct session_book book = {.session_count = 2};
    static struct account account = {.has_totp = true, .passkey_count = 1};
    const struct page_app app = {WORST, WORST, 86400};

    account.passkeys[0].id = account.passkeys[0].name = WORST;
    book.sessions[0] = (struct session){.id = WORST, .browser = WORST, .address = WORST};
    const struct page_open open = {.apps = {{WORST, WORST}, {.client = WORST}}, .count = 2};
    const struct page_account shown = {.account = &account,
                                       .book = &book,
                                       .session = TEXT("x"),
                                       .apps = &app,
                                       .app_count = 1,
                                       .open = &open};
    page_account(out, page, &shown);
}

static void write_people(struct buffer *out, const struct page *page)
{
    const struct page_person person[] = {{WORST, WORST, WORST, WORST, 0x3FF, true, true},
                                         {.id = WORST}};
    const struct page_people people = {
        .people = person, .count = 2, .next = WORST, .invited = WORST, .link = WORST};
    page_people(out, page, &people);
}

static void (*const writers[])(struct buffer *out, const struct page *page) = {
    write_sign_in,  page_code,         page_again,    write_message,       write_consent,
    write_patients, write_no_patients, write_invite,  write_second_factor, write_recovery,
    write_account,  write_people,      page_password, write_opened};
enum { WRITERS = sizeof writers / sizeof *writers };

/* --- a reader of HTML as strict as XML, but for void elements ---------------------------------------- */

struct reader {
    const char *at, *end;
    char open[32][16];
    size_t depth, forms, csrfs;
};

static bool is_void(const char *name)
{
    return !strcmp(name, "meta") || !strcmp(name, "link") || !strcmp(name, "input");
}

/* Reads one attribute: a name, and a value in double quotes without <. */
static void read_attribute(struct reader *reader, const char *element)
{
    char name[32] = "";
    size_t len = 0;

    while (reader->at < reader->end &&
           (isalpha((unsigned char)*reader->at) || *reader->at == '-')) {
        assert_true(len + 1 < sizeof name);
        name[len++] = *reader->at++;
    }
    assert_true(len > 0);
    assert_false(name[0] == 'o' && name[1] == 'n');
    assert_string_not_equal(name, "style");
    if (reader->at == reader->end || *reader->at != '=')
        return;
    assert_int_equal(reader->at[1], '"');
    const char *value = reader->at + 2;
    const char *close = memchr(value, '"', (size_t)(reader->end - value));
    assert_non_null(close);
    for (const char *c = value; c < close; c++)
        assert_true(*c != '<' && *c != '>');
    if (!strcmp(element, "script"))
        assert_true(text_is((struct text){value, (size_t)(close - value)}, "/pages/passkey.js"));
    if (!strcmp(name, "name") && text_is((struct text){value, (size_t)(close - value)}, "csrf"))
        reader->csrfs++;
    reader->at = close + 1;
}

static void read_tag(struct reader *reader)
{
    char name[16] = "";
    size_t len = 0;
    bool closes = *++reader->at == '/';

    reader->at += closes;
    while (reader->at < reader->end && isalnum((unsigned char)*reader->at) && len + 1 < sizeof name)
        name[len++] = *reader->at++;
    assert_true(len > 0);
    while (reader->at < reader->end && *reader->at == ' ') {
        reader->at++;
        read_attribute(reader, name);
    }
    bool is_whole = reader->at < reader->end && *reader->at == '/';
    reader->at += is_whole;
    assert_true(reader->at < reader->end && *reader->at++ == '>');
    if (closes) {
        assert_true(reader->depth > 0);
        assert_string_equal(reader->open[--reader->depth], name);
        return;
    }
    reader->forms += !strcmp(name, "form");
    if (is_whole || is_void(name))
        return;
    assert_true(reader->depth < 32);
    memcpy(reader->open[reader->depth++], name, sizeof name);
}

static void read_page(struct reader *reader)
{
    while (reader->at < reader->end) {
        if (*reader->at == '<')
            read_tag(reader);
        else
            assert_true(*reader->at++ != '>');
    }
    assert_int_equal(reader->depth, 0);
}

static void h125_h126_every_page_is_whole_and_nothing_in_it_is_theirs(void **state)
{
    (void)state;
    static const char doctype[] = "<!doctype html>\n";
    struct arena arena;

    arena_init(&arena, ARENA_BYTES);
    for (enum access_language language = 0; language < ACCESS_LANGUAGES; language++)
        for (size_t i = 0; i < WRITERS; i++) {
            struct page page = page_of(language);
            struct buffer out;
            buffer_init(&out, &arena);
            writers[i](&out, &page);
            assert_false(out.failed);
            assert_true(text_starts(buffer_text(&out), text_of(doctype)));
            struct reader reader = {.at = out.bytes + sizeof doctype - 1,
                                    .end = out.bytes + out.len};
            read_page(&reader);
            assert_int_equal(reader.forms, reader.csrfs); /* H-126: each form carries its secret */
            buffer_add_byte(&out, '\0');
            assert_null(strstr(out.bytes, "\xE2\x80\xAE"));
            assert_non_null(
                strstr(out.bytes, language == ACCESS_ARABIC    ? "<html lang=\"ar\" dir=\"rtl\">"
                                  : language == ACCESS_ENGLISH ? "<html lang=\"en\" dir=\"ltr\">"
                                                               : "<html lang=\"fr\" dir=\"ltr\">"));
            arena_reset(&arena);
        }
    arena_free(&arena);
}

static void a_page_that_finds_no_room_says_so(void **state)
{
    (void)state;
    struct arena arena;

    for (size_t i = 0; i < WRITERS; i++) {
        struct page page = page_of(ACCESS_FRENCH);
        struct buffer out;
        arena_init(&arena, 600);
        buffer_init(&out, &arena);
        writers[i](&out, &page);
        assert_true(out.failed);
        arena_free(&arena);
    }
}

static void h127_consent_says_what_is_asked_for_in_words(void **state)
{
    (void)state;
    static const struct {
        const char *scope, *words;
    } cases[] = {
        {"patient/Observation.rs", "see <bdi>measurements and test results</bdi>"},
        {"patient/Observation.rs?category=laboratory", "only: <bdi>category=laboratory</bdi>"},
        {"patient/*.cruds", "see, add and change <bdi>the whole record</bdi> · <strong>delete "
                            "<bdi>the whole record</bdi></strong>"},
        {"patient/Claim.c", "add <bdi>billing and insurance</bdi>"},
        {"user/Practitioner.d", "<strong>delete <bdi>the directory of carers and places</bdi>"},
        {"patient/MedicationRequest.u", "change <bdi>medicines and prescriptions</bdi>"},
        {"patient/Flag.ru", "see and change <bdi>medical data</bdi>"},
        {"patient/Flag.cu", "add and change <bdi>medical data</bdi>"},
        {"patient/Flag.cs", "see and add <bdi>medical data</bdi>"},
        {"user/Flag.s", "In every record that you may see"},
        {"openid", "know who you are"},
        {"offline_access", "stay connected while you are away"},
    };
    static struct access_scopes scopes;
    struct arena arena;

    arena_init(&arena, ARENA_BYTES);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct page page = {.language = ACCESS_ENGLISH};
        struct page_consent consent = {.app = TEXT("A"),
                                       .scopes = &scopes,
                                       .redirect = TEXT("https://app.example.org/back?x=/1/2/3")};
        struct buffer out;
        assert_int_equal(scopes_read(&scopes, text_of(cases[i].scope)), SCOPES_OK);
        buffer_init(&out, &arena);
        page_consent(&out, &page, &consent);
        buffer_add_byte(&out, '\0');
        assert_false(out.failed);
        if (!strstr(out.bytes, cases[i].words))
            fail_msg("%s: no \"%s\" in %s", cases[i].scope, cases[i].words, out.bytes);
        assert_non_null(strstr(out.bytes, "<bdi>https://app.example.org</bdi>"));
    }
    arena_free(&arena);
}

static void files_are_there_by_name_alone(void **state)
{
    (void)state;
    const struct page_file *file = page_file_named(TEXT("style.css"));
    assert_non_null(file);
    assert_string_equal(file->type, "text/css; charset=utf-8");
    assert_non_null(page_file_named(TEXT("passkey.js")));
    assert_null(page_file_named(TEXT("")));
    assert_null(page_file_named(TEXT("../style.css")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h125_h126_every_page_is_whole_and_nothing_in_it_is_theirs),
        cmocka_unit_test(a_page_that_finds_no_room_says_so),
        cmocka_unit_test(h127_consent_says_what_is_asked_for_in_words),
        cmocka_unit_test(files_are_there_by_name_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
