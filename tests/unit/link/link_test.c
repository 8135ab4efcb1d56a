/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What link.h tells strangers before there is a session: its version, its errors, and what is wrong
 * with their settings. */
#include "unit/cmocka_base.h"

#include <string.h>

#include "link/link.h"

static const char nobody; /* stands for an identity: nothing looks at it before a handshake */

static struct link_settings good(void)
{
    return (struct link_settings){.identity = (const struct link_identity *)(const void *)&nobody,
                                  .peer_kinds = LINK_KIND_CART,
                                  .peers = 1};
}

static void expect_fault(const struct link_settings *settings, const char *part)
{
    char reason[LINK_REASON_BYTES] = "";
    assert_null(link_create(settings, 0, reason));
    if (!strstr(reason, part))
        fail_msg("\"%s\" is not in: %s", part, reason);
    assert_null(link_create(settings, 0, NULL));
}

static void settings_that_make_no_sense_are_named(void **state)
{
    (void)state;
    char long_name[LINK_NAME_BYTES + 1];
    struct link_settings settings = good();
    struct link *link = link_create(&settings, 0, NULL);
    assert_non_null(link);
    link_destroy(link);

    settings.identity = NULL;
    expect_fault(&settings, "identity");
    settings = good();
    settings.peers = LINK_PEERS_MAX + 1;
    expect_fault(&settings, "peers");
    settings = good();
    settings.peer_kinds = 0;
    expect_fault(&settings, "peer_kinds");
    settings = good();
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = 0;
    settings.peer_name = long_name;
    expect_fault(&settings, "peer_name");
}

static void every_error_has_words_of_its_own(void **state)
{
    (void)state;
    for (enum link_err err = LINK_OK; err <= LINK_ERR_PEERS; err++) {
        assert_string_not_equal(link_err_text(err), "unknown");
        for (enum link_err other = LINK_OK; other < err; other++)
            assert_string_not_equal(link_err_text(err), link_err_text(other));
    }
}

static void an_identity_needs_all_its_texts(void **state)
{
    (void)state;
    char reason[LINK_REASON_BYTES] = "";
    const struct link_identity_pem nothing = {.key = {.bytes = NULL}};
    assert_null(link_identity_from_memory(&nothing, reason));
    assert_non_null(strstr(reason, "private key"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_that_make_no_sense_are_named),
        cmocka_unit_test(every_error_has_words_of_its_own),
        cmocka_unit_test(an_identity_needs_all_its_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
