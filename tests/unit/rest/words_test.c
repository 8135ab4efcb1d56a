/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people are told, in their language. */
#include "rest/words.h"

#include <stdlib.h>

#include "server.h"

/* Takes the next conversion of a format, "%.*s", from `*at`; 0 bytes: there is none. */
static struct text next_conversion(const char **at)
{
    while ((*at = strchr(*at, '%')) != NULL && (*at)[1] == '%')
        *at += 2;
    if (!*at)
        return TEXT("");
    const char *begin = *at;
    size_t len = 1 + strcspn(begin + 1, "diouxXcsfgeEGp") + 1;
    *at = begin + len;
    return (struct text){begin, len};
}

static void each_language_has_the_same_values_in_the_same_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < rest_words_count; i++)
        for (enum access_language language = 0; language < ACCESS_LANGUAGES; language++) {
            const char *one = rest_words_rows[i].texts[ACCESS_ENGLISH],
                       *other = rest_words_rows[i].texts[language];
            assert_non_null(other);
            for (struct text value = TEXT("%"); value.len;) {
                value = next_conversion(&one);
                if (!text_equal(value, next_conversion(&other)))
                    fail_msg("%s", rest_words_rows[i].texts[language]);
                if (!one)
                    break;
            }
        }
}

static void what_has_no_translation_is_said_in_english(void **state)
{
    (void)state;
    assert_string_equal(rest_words("nobody says that", ACCESS_ARABIC), "nobody says that");
    assert_string_equal(rest_words("it was deleted", ACCESS_ENGLISH), "it was deleted");
    assert_string_equal(rest_words("it was deleted", ACCESS_FRENCH), "cela a été supprimé");
}

static void expect(unsigned status, const char *language, struct rest_wire wire, const char *words)
{
    wire.accept_language = text_of(language);
    const struct rest_answer *answer = server_ask(&wire);
    char *body = strndup(answer->body.bytes, answer->body.len);
    assert_non_null(body);
    assert_int_equal(answer->status, status);
    if (!strstr(body, words))
        fail_msg("\"%s\" is not in %s", words, body);
    free(body);
}

static struct rest_wire put(const char *path, const char *body)
{
    return (struct rest_wire){.method = REST_PUT,
                              .path = text_of(path),
                              .body = text_of(body),
                              .content_type = TEXT("application/fhir+json")};
}

static void a_refusal_is_said_in_the_language_of_who_asks(void **state)
{
    (void)state;
    const struct rest_wire nobody = {.method = REST_GET, .path = TEXT("/Patient/nobody")};
    expect(404, "fr-MA", nobody, "Il n'y a pas de Patient avec l'id nobody.");
    expect(404, "fr-MA", nobody, "\"language\":\"fr\"");
    expect(404, "ar", nobody, "لا يوجد Patient بالمعرّف nobody.");
    expect(404, "de", nobody, "There is no Patient with the id nobody.");
    const struct rest_wire version = {.method = REST_GET, .path = TEXT("/Patient/x/_history/7")};
    expect(404, "fr", version, "l'id x et la version 7.");

    server_expect(201, REST_PUT, "/Patient/a", "{\"resourceType\":\"Patient\",\"id\":\"a\"}");
    expect(422, "fr",
           put("/Patient/a",
               "{\"resourceType\":\"Patient\",\"id\":\"a\",\"birthDate\":\"2026-13-01\"}"),
           "« 2026-13-01 » : une date est AAAA");
    expect(422, "ar", put("/Observation/a", "{\"resourceType\":\"Observation\",\"id\":\"a\"}"),
           "ينقص Observation.status");
    expect(400, "fr", put("/Patient/a", "{\"resourceType\":"), "le texte finit avant la valeur");
    struct rest_wire late = put("/Patient/a", "{\"resourceType\":\"Patient\",\"id\":\"a\"}");
    late.if_match = TEXT("W/\"7\"");
    expect(412, "ar", late, "أصبحت نسخة المورد الآن 1");
    struct rest_wire xml = put("/Patient/a", "<Patient/>");
    xml.content_type = TEXT("application/fhir+xml");
    expect(415, "fr", xml, "Le contenu est lu ici");
    struct rest_wire bundle = {
        .method = REST_POST,
        .path = TEXT("/"),
        .content_type = TEXT("application/fhir+json"),
        .body = TEXT(
            "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"request\":{"
            "\"method\":\"PUT\",\"url\":\"Patient/a\",\"ifMatch\":\"W/\\\"7\\\"\"},\"resource\":{"
            "\"resourceType\":\"Patient\",\"id\":\"a\"}}]}")};
    expect(412, "fr", bundle, "Rien de la transaction n'a été fait : l'entrée 0");
    expect(412, "fr", bundle, "La ressource a maintenant la version 1");
    server_expect(204, REST_DELETE, "/Patient/a", "");
    const struct rest_wire gone = {.method = REST_GET, .path = TEXT("/Patient/a")};
    expect(410, "fr", gone, "Patient/a a été supprimé.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_language_has_the_same_values_in_the_same_order),
        cmocka_unit_test(what_has_no_translation_is_said_in_english),
        cmocka_unit_test_setup_teardown(a_refusal_is_said_in_the_language_of_who_asks, server_open,
                                        server_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
