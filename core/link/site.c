/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/site.h"

#include <string.h>
#include <time.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define KIND_PREFIX "jisr:kind:"

enum { CERTIFICATE_PEM_BYTES_MAX = 1 << 16 };

static const struct {
    enum link_kind kind;
    const char *word;
} kinds[] = {
    {LINK_KIND_CART, "cart"}, {LINK_KIND_CONSOLE, "console"}, {LINK_KIND_CENTRE, "centre"},
    {LINK_KIND_UNIT, "unit"}, {LINK_KIND_BEDSIDE, "bedside"},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

const char *link_kind_word(enum link_kind kind)
{
    for (size_t i = 0; i < KINDS; i++)
        if (kinds[i].kind == kind)
            return kinds[i].word;
    return "none";
}

enum link_kind link_kind_from_word(const char *word)
{
    for (size_t i = 0; i < KINDS; i++)
        if (!strcmp(kinds[i].word, word))
            return kinds[i].kind;
    return LINK_KIND_NONE;
}

/* What does not show, or shows as a blank: two names that differ in it alone look the same. Unicode 15's
 * Default_Ignorable_Code_Point (DerivedCoreProperties.txt), its blanks (Zs) but the space, and controls. */
static bool is_unseen(unsigned long c)
{
    static const unsigned long ranges[][2] = {
        {0x00, 0x1f},     /* C0 */
        {0x7f, 0xa0},     /* delete, C1, no-break space */
        {0xad, 0xad},     /* soft hyphen */
        {0x34f, 0x34f},   /* grapheme joiner */
        {0x61c, 0x61c},   /* Arabic letter mark */
        {0x115f, 0x1160}, /* Hangul fillers */
        {0x1680, 0x1680}, /* Ogham blank */
        {0x17b4, 0x17b5}, /* Khmer vowels that are not written */
        {0x180b, 0x180f}, /* Mongolian selectors and separator */
        {0x2000, 0x200f}, /* blanks, of no width too; joiners; marks of direction */
        {0x2028, 0x202f}, /* separators of lines and paragraphs, overrides of direction, a blank */
        {0x205f, 0x206f}, /* a blank, word joiner, isolates of direction */
        {0x3000, 0x3000}, /* blank as wide as an ideograph */
        {0x3164, 0x3164}, /* Hangul filler */
        {0xfe00, 0xfe0f}, /* variation selectors */
        {0xfeff, 0xfeff}, /* byte order mark */
        {0xffa0, 0xffa0}, /* Hangul filler */
        {0xfff0, 0xfffb}, /* unassigned; annotation */
        {0x1bca0, 0x1bca3}, /* of shorthand */
        {0x1d173, 0x1d17a}, /* of music */
        {0xe0000, 0xe0fff}, /* tags, variation selectors */
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    return false;
}

/* The bytes of the character at `text`, of which `len` follow; 0: it is not UTF-8 (overlong forms,
 * surrogates and cut sequences are not). `*plain`: it can stand anywhere. */
static size_t read_character(const unsigned char *text, size_t len, bool *plain)
{
    unsigned long c;
    int used = UTF8_getc(text, len < 4 ? (int)len : 4, &c);
    if (used < 1 || c > 0x10ffff)
        return 0;
    *plain = !is_unseen(c) && c != '"' && c != '\\';
    return (size_t)used;
}

bool link_name_is_valid(const char *name, size_t len)
{
    if (len < 1 || len > LINK_NAME_BYTES_MAX || name[0] == ' ' || name[len - 1] == ' ')
        return false;
    for (size_t at = 0; at < len;) {
        bool plain = false;
        size_t used = read_character((const unsigned char *)name + at, len - at, &plain);
        if (!plain)
            return false;
        at += used;
    }
    return true;
}

void link_text_clean(char *out, size_t size, const void *bytes, size_t len)
{
    const unsigned char *text = bytes;
    size_t written = 0;
    for (size_t at = 0; at < len;) {
        bool plain = false;
        size_t used = read_character(text + at, len - at, &plain);
        size_t kept = plain ? used : 1;
        if (written + kept + 1 > size)
            break;
        if (plain)
            memcpy(out + written, text + at, kept);
        else
            out[written] = '?';
        written += kept;
        at += used ? used : 1;
    }
    out[written] = '\0';
}

static bool read_name(char name[static LINK_NAME_BYTES], X509 *certificate)
{
    const X509_NAME *subject = X509_get_subject_name(certificate);
    int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, at) >= 0)
        return false;

    unsigned char *text = NULL;
    int len =
        ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    bool valid = len > 0 && link_name_is_valid((const char *)text, (size_t)len);
    if (valid) {
        memcpy(name, text, (size_t)len);
        name[len] = '\0';
    }
    OPENSSL_free(text);
    return valid;
}

/* The kind that the URI names; LINK_KIND_NONE when it is some other URI. */
static enum link_kind kind_of_uri(const unsigned char *uri, size_t len)
{
    const size_t prefix = sizeof KIND_PREFIX - 1;
    if (len < prefix || memcmp(uri, KIND_PREFIX, prefix) != 0)
        return LINK_KIND_NONE;
    for (size_t i = 0; i < KINDS; i++)
        if (len - prefix == strlen(kinds[i].word) &&
            !memcmp(uri + prefix, kinds[i].word, len - prefix))
            return kinds[i].kind;
    return LINK_KIND_NONE;
}

static enum link_kind read_kind(X509 *certificate)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    enum link_kind found = LINK_KIND_NONE;
    int count = 0;

    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_URI)
            continue;
        const ASN1_STRING *uri = name->d.uniformResourceIdentifier;
        enum link_kind kind =
            kind_of_uri(ASN1_STRING_get0_data(uri), (size_t)ASN1_STRING_length(uri));
        if (kind != LINK_KIND_NONE) {
            found = kind;
            count++;
        }
    }
    GENERAL_NAMES_free(names);
    return count == 1 ? found : LINK_KIND_NONE;
}

static bool read_time(int64_t *time_s, const ASN1_TIME *time)
{
    struct tm parts;
    if (!ASN1_TIME_to_tm(time, &parts))
        return false;
    *time_s = (int64_t)timegm(&parts);
    return true;
}

enum link_site_err link_site_from_x509(struct link_site *site, X509 *certificate)
{
    struct link_site read = {0};

    if (!read_time(&read.not_before_s, X509_get0_notBefore(certificate)) ||
        !read_time(&read.not_after_s, X509_get0_notAfter(certificate)) ||
        !X509_digest(certificate, EVP_sha256(), read.fingerprint, NULL))
        return LINK_SITE_ERR_FORMAT;
    if (!read_name(read.name, certificate))
        return LINK_SITE_ERR_NAME;
    read.kind = read_kind(certificate);
    if (read.kind == LINK_KIND_NONE)
        return LINK_SITE_ERR_KIND;
    *site = read;
    return LINK_SITE_OK;
}

enum link_site_err link_site_from_pem(struct link_site *site, const void *pem, size_t len)
{
    if (len > CERTIFICATE_PEM_BYTES_MAX)
        return LINK_SITE_ERR_FORMAT;
    BIO *bio = BIO_new_mem_buf(pem, (int)len);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    enum link_site_err err =
        certificate ? link_site_from_x509(site, certificate) : LINK_SITE_ERR_FORMAT;

    X509_free(certificate);
    BIO_free(bio);
    ERR_clear_error();
    return err;
}
