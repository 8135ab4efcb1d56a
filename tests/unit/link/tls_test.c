/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "unit/link/tls_sites.h"

/* The server refuses the client's certificate, and the client learns why. */
static void expect_server_refuses(const struct made_identity *client, enum tls_reason reason)
{
    struct ends ends;
    struct tls_settings client_side = client_settings(client), server_side = server_settings(&cart);
    run(&ends, &client_side, &server_side);
    expect_refused(&ends.server, reason, false);
    expect_refused(&ends.client, reason, true);
    stop(&ends);
}

/* The client refuses the server's certificate, and the server learns why. */
static void expect_client_refuses(const struct tls_settings *client,
                                  const struct made_identity *server, enum tls_reason reason)
{
    struct ends ends;
    struct tls_settings server_side = server_settings(server);
    run(&ends, client, &server_side);
    expect_refused(&ends.client, reason, false);
    expect_refused(&ends.server, reason, true);
    stop(&ends);
}

/* As docs/protocol.md has it: the first half of the exporter is the dialler's (block [secrets] of the vectors). */
static void expect_halves(const struct tls_session *session, const struct tls_secrets *secrets)
{
    static const char label[] = "EXPORTER-jisr-link-1";
    uint8_t both[2 * TLS_SECRET_BYTES];
    assert_int_equal(SSL_export_keying_material(session->ssl, both, sizeof both, label,
                                                sizeof label - 1, NULL, 0, 0),
                     1);
    assert_memory_equal(secrets->client_to_server, both, TLS_SECRET_BYTES);
    assert_memory_equal(secrets->server_to_client, both + TLS_SECRET_BYTES, TLS_SECRET_BYTES);
}

static void expect_agreement(const struct made_identity *client, const struct made_identity *server)
{
    struct ends ends;
    struct tls_settings client_side = client_settings(client),
                        server_side = server_settings(server);
    client_side.peer_name = cart_request.name;
    run(&ends, &client_side, &server_side);
    assert_int_equal(tls_session_state(&ends.client), TLS_DONE);
    assert_int_equal(tls_session_state(&ends.server), TLS_DONE);

    const struct link_site *at_client = tls_session_peer(&ends.client);
    const struct link_site *at_server = tls_session_peer(&ends.server);
    assert_string_equal(at_client->name, cart_request.name);
    assert_string_equal(at_server->name, console_request.name);
    assert_int_equal(at_client->kind, LINK_KIND_CART);
    assert_int_equal(at_server->kind, LINK_KIND_CONSOLE);
    assert_memory_equal(at_client->fingerprint, link_identity_site(server->identity)->fingerprint,
                        LINK_FINGERPRINT_BYTES);
    assert_memory_equal(at_server->fingerprint, link_identity_site(client->identity)->fingerprint,
                        LINK_FINGERPRINT_BYTES);

    struct tls_secrets one, two;
    assert_true(tls_session_secrets(&ends.client, &one));
    assert_true(tls_session_secrets(&ends.server, &two));
    assert_memory_equal(one.client_to_server, two.client_to_server, TLS_SECRET_BYTES);
    assert_memory_equal(one.server_to_client, two.server_to_client, TLS_SECRET_BYTES);
    assert_memory_not_equal(one.client_to_server, one.server_to_client, TLS_SECRET_BYTES);
    assert_int_equal(one.aead, TLS_AES_256_GCM);
    assert_int_equal(two.aead, TLS_AES_256_GCM);
    expect_halves(&ends.server, &one);
    stop(&ends);
}

static void both_ends_learn_names_and_share_secrets_with_p256(void **state)
{
    (void)state;
    expect_agreement(&console, &cart);
}

static void both_ends_learn_names_and_share_secrets_with_ed25519(void **state)
{
    (void)state;
    expect_agreement(&ed_console, &ed_cart);
}

static void the_two_kinds_of_key_work_together(void **state)
{
    (void)state;
    expect_agreement(&console, &ed_cart);
    expect_agreement(&ed_console, &cart);
}

static void the_client_is_done_after_one_round_trip_and_three_flights_suffice(void **state)
{
    (void)state;
    struct tls_session client, server;
    struct tls_settings client_side = client_settings(&console),
                        server_side = server_settings(&cart);
    assert_true(tls_session_start(&client, &client_side));
    assert_true(tls_session_start(&server, &server_side));
    size_t first = carry(&client, &server);
    size_t second = carry(&server, &client);
    assert_int_equal(tls_session_state(&client), TLS_DONE);
    assert_int_equal(tls_session_state(&server), TLS_RUNNING);
    size_t third = carry(&client, &server);
    assert_int_equal(tls_session_state(&server), TLS_DONE);
    assert_int_equal(carry(&server, &client), 0); /* no tickets, nothing after */
    print_message("# flights: %zu, %zu, %zu bytes\n", first, second, third);
    assert_in_range(first, 1, 300);
    assert_in_range(second, 1, 1200);
    assert_in_range(third, 1, 1200);
    tls_session_free(&client);
    tls_session_free(&server);
}

static void bytes_may_come_one_by_one(void **state)
{
    (void)state;
    struct tls_session client, server;
    struct tls_settings client_side = client_settings(&console),
                        server_side = server_settings(&cart);
    assert_true(tls_session_start(&client, &client_side));
    assert_true(tls_session_start(&server, &server_side));
    uint8_t byte;
    while (tls_session_pending(&client) || tls_session_pending(&server)) {
        while (tls_session_pull(&client, &byte, 1))
            tls_session_feed(&server, &byte, 1);
        while (tls_session_pull(&server, &byte, 1))
            tls_session_feed(&client, &byte, 1);
    }
    assert_int_equal(tls_session_state(&client), TLS_DONE);
    assert_int_equal(tls_session_state(&server), TLS_DONE);
    tls_session_free(&client);
    tls_session_free(&server);
}

static void either_end_without_aes_makes_both_use_chacha(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct ends ends;
        struct tls_secrets secrets;
        struct tls_settings client = client_settings(&console), server = server_settings(&cart);
        client.has_aes = i == 0;
        server.has_aes = i == 1;
        run(&ends, &client, &server);
        assert_true(tls_session_secrets(&ends.client, &secrets));
        assert_int_equal(secrets.aead, TLS_CHACHA20_POLY1305);
        assert_true(tls_session_secrets(&ends.server, &secrets));
        assert_int_equal(secrets.aead, TLS_CHACHA20_POLY1305);
        stop(&ends);
    }
}

static void a_client_of_another_authority_is_refused_at_both_ends(void **state)
{
    (void)state;
    /* Its own check of the server would fail first, so it is given one that trusts ours. */
    struct made_identity mixed = {0};
    check(authority_issue(stranger, &console_request, &mixed.key, &mixed.certificate));
    load_identity(&mixed, stranger);
    SSL_CTX *context = link_identity_context(mixed.identity);
    BIO *bio = BIO_new_mem_buf(cart.authority.text, (int)cart.authority.len);
    X509 *ours = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ours);
    X509_VERIFY_PARAM_clear_flags(X509_STORE_get0_param(SSL_CTX_get_cert_store(context)),
                                  X509_V_FLAG_CRL_CHECK);
    X509_free(ours);
    BIO_free(bio);
    expect_server_refuses(&mixed, TLS_REASON_UNKNOWN_AUTHORITY);
    free_identity(&mixed);
}

static void a_server_of_another_authority_is_refused_at_both_ends(void **state)
{
    (void)state;
    struct made_identity strange_cart;
    struct tls_settings client = client_settings(&console);
    issue_identity(&strange_cart, stranger, &cart_request);
    expect_client_refuses(&client, &strange_cart, TLS_REASON_UNKNOWN_AUTHORITY);
    client = client_settings(&strange);
    expect_client_refuses(&client, &cart, TLS_REASON_UNKNOWN_AUTHORITY);
    free_identity(&strange_cart);
}

static void an_expired_certificate_is_refused_at_both_ends(void **state)
{
    (void)state;
    expect_server_refuses(&expired, TLS_REASON_EXPIRED);
    struct tls_settings client = client_settings(&console);
    client.wall_unix_s = cart_request.not_after_s;
    assert_int_equal(link_identity_standing(cart.identity, client.wall_unix_s),
                     LINK_STANDING_EXPIRED);
    expect_client_refuses(&client, &cart, TLS_REASON_EXPIRED);
}

static void a_certificate_is_good_until_the_second_it_names_and_not_in_it(void **state)
{
    (void)state;
    struct ends ends;
    struct tls_settings client = client_settings(&console), server = server_settings(&cart);
    client.wall_unix_s = server.wall_unix_s = cart_request.not_after_s - 1;
    run(&ends, &client, &server);
    assert_int_equal(link_identity_standing(cart.identity, client.wall_unix_s), LINK_STANDING_GOOD);
    assert_int_equal(tls_session_state(&ends.client), TLS_DONE);
    assert_int_equal(tls_session_state(&ends.server), TLS_DONE);
    stop(&ends);
}

static void a_certificate_of_tomorrow_is_refused_at_both_ends(void **state)
{
    (void)state;
    expect_server_refuses(&early, TLS_REASON_NOT_YET_VALID);
    struct tls_settings client = client_settings(&console);
    client.wall_unix_s = 0; /* a machine whose clock says 1970 */
    expect_client_refuses(&client, &cart, TLS_REASON_NOT_YET_VALID);
}

static void a_site_of_a_kind_not_allowed_is_refused_at_both_ends_and_named(void **state)
{
    (void)state;
    expect_server_refuses(&unit, TLS_REASON_WRONG_KIND);
    struct tls_settings client = client_settings(&console);
    expect_client_refuses(&client, &unit, TLS_REASON_WRONG_KIND);

    struct ends ends;
    struct tls_settings other = client_settings(&unit), server = server_settings(&cart);
    run(&ends, &other, &server);
    assert_string_equal(tls_session_peer(&ends.server)->name, "van");
    stop(&ends);
}

static void a_site_of_another_name_is_refused_at_both_ends(void **state)
{
    (void)state;
    struct tls_settings client = client_settings(&console);
    client.peer_name = "Casablanca theatre 2";
    expect_client_refuses(&client, &cart, TLS_REASON_WRONG_NAME);
}

static void a_revoked_certificate_is_refused_at_both_ends(void **state)
{
    (void)state;
    struct authority *own = authority_new("revoking", KEY_ED25519, NOW_S, NOW_S + 3650 * DAY_S);
    struct made_identity taken_back, keeper;
    struct ends ends;
    check(own != NULL);
    issue_identity(&taken_back, own, &console_request);
    check(authority_revoke(own, &taken_back.certificate, NOW_S));
    issue_identity(&keeper, own, &cart_request); /* its list has the other's certificate */
    struct tls_settings client = client_settings(&taken_back), server = server_settings(&keeper);

    run(&ends, &client, &server);
    expect_refused(&ends.server, TLS_REASON_REVOKED, false);
    expect_refused(&ends.client, TLS_REASON_REVOKED, true);
    assert_string_equal(tls_session_peer(&ends.server)->name, console_request.name);
    stop(&ends);

    client.role = TLS_SERVER;
    client.peer_kinds = LINK_KIND_CART;
    server.role = TLS_CLIENT;
    server.peer_kinds = LINK_KIND_CONSOLE;
    run(&ends, &server, &client);
    expect_refused(&ends.client, TLS_REASON_REVOKED, false);
    expect_refused(&ends.server, TLS_REASON_REVOKED, true);
    stop(&ends);

    assert_int_equal(link_identity_standing(taken_back.identity, NOW_S), LINK_STANDING_GOOD);
    load_identity(&taken_back, own);
    assert_int_equal(link_identity_standing(taken_back.identity, NOW_S), LINK_STANDING_REVOKED);
    free_identity(&taken_back);
    free_identity(&keeper);
    authority_free(own);
}

static void a_flood_of_handshake_bytes_is_cut_off(void **state)
{
    (void)state;
    struct tls_session server;
    struct tls_settings settings = server_settings(&cart);
    static const uint8_t record[1024] = {22, 3, 1, 0x3f, 0xff, 1, 0, 0x3f, 0xf0};
    assert_true(tls_session_start(&server, &settings));
    for (int i = 0; i < 17 && tls_session_state(&server) == TLS_RUNNING; i++)
        tls_session_feed(&server, record, sizeof record);
    assert_int_equal(tls_session_state(&server), TLS_REFUSED);
    assert_true(server.fed_bytes <= TLS_HANDSHAKE_BYTES_MAX);
    tls_session_free(&server);
}

static void noise_is_refused_with_an_alert(void **state)
{
    (void)state;
    struct tls_session server;
    struct tls_settings settings = server_settings(&cart);
    assert_true(tls_session_start(&server, &settings));
    tls_session_feed(&server, "GET / HTTP/1.1\r\n\r\n", 18);
    assert_int_equal(tls_session_state(&server), TLS_REFUSED);
    assert_false(tls_session_refusal(&server)->by_peer);
    tls_session_free(&server);
}

static void an_identity_may_be_freed_while_its_session_runs(void **state)
{
    (void)state;
    struct made_identity brief;
    struct tls_session client, server;
    issue_identity(&brief, authority, &console_request);
    struct tls_settings client_side = client_settings(&brief), server_side = server_settings(&cart);
    assert_true(tls_session_start(&client, &client_side));
    assert_true(tls_session_start(&server, &server_side));
    free_identity(&brief);
    carry(&client, &server);
    carry(&server, &client);
    carry(&client, &server);
    assert_int_equal(tls_session_state(&server), TLS_DONE);
    tls_session_free(&client);
    tls_session_free(&server);
    tls_session_free(&server); /* again: harmless */
}

static void every_reason_has_words_for_both_ends(void **state)
{
    (void)state;
    for (int reason = TLS_REASON_NONE; reason <= TLS_REASON_INTERNAL; reason++)
        for (int by_peer = 0; by_peer < 2; by_peer++) {
            struct tls_refusal refusal = {.reason = (enum tls_reason)reason, .by_peer = by_peer};
            assert_true(strlen(tls_refusal_text(&refusal)) > 10);
            assert_true(strlen(tls_reason_word(refusal.reason)) > 3);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_learn_names_and_share_secrets_with_p256),
        cmocka_unit_test(both_ends_learn_names_and_share_secrets_with_ed25519),
        cmocka_unit_test(the_two_kinds_of_key_work_together),
        cmocka_unit_test(the_client_is_done_after_one_round_trip_and_three_flights_suffice),
        cmocka_unit_test(bytes_may_come_one_by_one),
        cmocka_unit_test(either_end_without_aes_makes_both_use_chacha),
        cmocka_unit_test(a_client_of_another_authority_is_refused_at_both_ends),
        cmocka_unit_test(a_server_of_another_authority_is_refused_at_both_ends),
        cmocka_unit_test(an_expired_certificate_is_refused_at_both_ends),
        cmocka_unit_test(a_certificate_is_good_until_the_second_it_names_and_not_in_it),
        cmocka_unit_test(a_certificate_of_tomorrow_is_refused_at_both_ends),
        cmocka_unit_test(a_site_of_a_kind_not_allowed_is_refused_at_both_ends_and_named),
        cmocka_unit_test(a_site_of_another_name_is_refused_at_both_ends),
        cmocka_unit_test(a_revoked_certificate_is_refused_at_both_ends),
        cmocka_unit_test(a_flood_of_handshake_bytes_is_cut_off),
        cmocka_unit_test(noise_is_refused_with_an_alert),
        cmocka_unit_test(an_identity_may_be_freed_while_its_session_runs),
        cmocka_unit_test(every_reason_has_words_for_both_ends),
    };
    return cmocka_run_group_tests(tests, make_identities, free_identities);
}
