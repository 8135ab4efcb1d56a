/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One of an identity's four texts is damaged or another's: either the identity is refused with a reason, or it
 * is the very same, and a list that is there still names whom it named.
 *
 * The first byte says which text; the second whether the rest replaces it or, after an offset, a part of it. The
 * texts are new in each run: a foreign one can by no chance belong to them. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "link/identity.h"
#include "link/link.h"
#include "tls/certificates.h"

enum { KEY, CERTIFICATE, AUTHORITY, REVOKED, TEXTS, TEXT_BYTES_MAX = 16384 };

#define FROM_S INT64_C(1700000000)
#define UNTIL_S INT64_C(1800000000)

static struct pem good[TEXTS], authority_key, revoked_site;
static uint8_t fingerprint[LINK_FINGERPRINT_BYTES];

static struct link_identity *open_texts(const struct pem texts[static TEXTS],
                                        char reason[LINK_REASON_BYTES])
{
    const struct link_identity_pem pem = {
        .key = {texts[KEY].text, texts[KEY].len},
        .certificate = {texts[CERTIFICATE].text, texts[CERTIFICATE].len},
        .authority = {texts[AUTHORITY].text, texts[AUTHORITY].len},
        .revoked = {texts[REVOKED].text, texts[REVOKED].len}};
    return link_identity_from_memory(&pem, reason);
}

static void make_texts(void)
{
    struct authority *authority = authority_new("authority", KEY_ED25519, FROM_S, UNTIL_S);
    struct site_request request = {"site", LINK_KIND_CONSOLE, KEY_ED25519, FROM_S, UNTIL_S};
    struct pem other_key = {0};
    char reason[LINK_REASON_BYTES];
    if (!authority || !authority_issue(authority, &request, &good[KEY], &good[CERTIFICATE]) ||
        !authority_issue(authority, &request, &other_key, &revoked_site) ||
        !authority_revoke(authority, &revoked_site, FROM_S) ||
        !authority_key_pem(authority, &authority_key) ||
        !authority_certificate_pem(authority, &good[AUTHORITY]) ||
        !authority_revoked_pem(authority, &good[REVOKED]))
        abort();
    authority_free(authority);
    pem_free(&other_key);
    struct link_identity *identity = open_texts(good, reason);
    if (!identity)
        abort();
    memcpy(fingerprint, link_identity_site(identity)->fingerprint, sizeof fingerprint);
    link_identity_free(identity);
}

static void check_list(const struct pem *revoked)
{
    struct authority *authority = authority_from_pem(&authority_key, &good[AUTHORITY], revoked);
    if (!authority || !authority_has_revoked(authority, &revoked_site))
        abort();
    authority_free(authority);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[TEXT_BYTES_MAX], reason[LINK_REASON_BYTES] = "";
    struct pem texts[TEXTS];
    if (size < 4 || size > TEXT_BYTES_MAX)
        return 0;
    if (!good[KEY].text)
        make_texts();
    memcpy(texts, good, sizeof texts);
    struct pem *bad = &texts[data[0] % TEXTS];
    if (data[1] % 2) { /* replaced */
        memcpy(text, data + 2, size - 2);
        *bad = (struct pem){text, size - 2};
    } else {
        size_t at = get_be16(data + 2) % bad->len;
        size_t len = size - 4 < bad->len - at ? size - 4 : bad->len - at;
        memcpy(text, bad->text, bad->len);
        memcpy(text + at, data + 4, len);
        bad->text = text;
    }
    struct link_identity *identity = open_texts(texts, reason);
    if (!identity) {
        if (!reason[0])
            abort();
        return 0;
    }
    if (memcmp(link_identity_site(identity)->fingerprint, fingerprint, sizeof fingerprint) != 0)
        abort();
    link_identity_free(identity);
    check_list(&texts[REVOKED]);
    return 0;
}
