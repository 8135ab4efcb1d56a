/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How clients reach the record, as servers and verbs of one store say it. */
#include "unit/programs/own_store.h"

#include "centre/site_url.h"

#define HERE "http://127.0.0.1:9000/fhir"
#define THERE "http://127.0.0.1:9001/fhir"
#define SAID "https://record.example.org/fhir"

static void served(const char *said, const char *listening, const char *url, const char *before)
{
    struct site_url now, was;
    assert_int_equal(site_url_serve(store, said, listening, &now, &was), STORE_OK);
    assert_string_equal(now.text, url);
    assert_string_equal(was.text, before);
}

static void chosen(const char *said, const char *url)
{
    struct site_url now;
    assert_int_equal(site_url_choose(store, said, &now), STORE_OK);
    assert_string_equal(now.text, url);
}

static void only_the_url_of_a_record_is_one(void **state)
{
    static const char *const wrong[] = {"",
                                        "/fhir",
                                        "http:///fhir",
                                        "http://fhir",
                                        "record.example.org/fhir",
                                        "ftp://record.example.org/fhir",
                                        "https://record.example.org",
                                        "https://record.example.org/fhir/",
                                        "https://record.example.org/fhir?a=/fhir",
                                        "https://record.example.org/a b/fhir",
                                        "https://record.example.org@elsewhere.example/fhir",
                                        "https://record.example.org/\"/fhir",
                                        "https://record.example.org/\x7f/fhir"};
    char longest[SITE_URL_BYTES + 1] = "https://";
    (void)state;
    assert_true(site_url_is(SAID));
    assert_true(site_url_is("http://[::1]:8080/north/fhir"));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(site_url_is(wrong[i]));
    memset(longest + 8, 'a', SITE_URL_BYTES - 8);
    memcpy(longest + SITE_URL_BYTES - 5, "/fhir", 6);
    assert_false(site_url_is(longest));
    memcpy(longest + SITE_URL_BYTES - 6, "/fhir", 6);
    assert_true(site_url_is(longest));
}

static void h173_verbs_go_by_what_the_server_went_by(void **state)
{
    (void)state;
    chosen(NULL, SITE_URL_USUAL);
    served(NULL, HERE, HERE, "");
    chosen(NULL, HERE);
    served(NULL, THERE, THERE, HERE);
    chosen(NULL, THERE);
    served(SAID, HERE, SAID, THERE);
    chosen(NULL, SAID);
    chosen(HERE, HERE);
    chosen(NULL, SAID);
}

static void what_was_said_outlasts_where_a_server_listens(void **state)
{
    (void)state;
    served(SAID, HERE, SAID, SAID);
    served(NULL, THERE, SAID, SAID);
    served("https://new.example.org/fhir", HERE, "https://new.example.org/fhir", SAID);
    served(NULL, THERE, "https://new.example.org/fhir", "https://new.example.org/fhir");
}

static enum store_err spoil(struct store_write *write, void *context)
{
    (void)context;
    return store_note_put(write, "site", &(struct store_note){TEXT("url"), TEXT("said x"), 0});
}

static void a_note_that_is_no_url_is_damage_and_the_server_goes_by_what_it_knows(void **state)
{
    struct arena arena;
    struct site_url now, was;
    (void)state;
    arena_init(&arena, 1 << 20);
    assert_int_equal(store_run(store, &arena, spoil, NULL), STORE_OK);
    arena_free(&arena);
    assert_int_equal(site_url_choose(store, NULL, &now), STORE_ERR_DAMAGED);
    assert_int_equal(site_url_serve(store, NULL, HERE, &now, &was), STORE_ERR_DAMAGED);
    assert_string_equal(now.text, HERE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_url_of_a_record_is_one),
        cmocka_unit_test(h173_verbs_go_by_what_the_server_went_by),
        cmocka_unit_test(what_was_said_outlasts_where_a_server_listens),
        cmocka_unit_test(a_note_that_is_no_url_is_damage_and_the_server_goes_by_what_it_knows),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
