/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who a site is: the name, the kind and the validity that its certificate states.
 *
 * A site certificate is X.509 v3 (RFC 5280) in this profile:
 *   - the subject holds exactly one common name: the site's name, for people;
 *   - the subject's alternative names hold exactly one URI `jisr:kind:KIND`, KIND being cart,
 *     console, bedside, centre or unit. A URI needs no private object number and `openssl x509 -text`
 *     shows it to anybody as `URI:jisr:kind:cart`. It is the only place we read the kind from.
 *
 * Pure: bytes in, facts out. OpenSSL allocates while it parses and frees before we return.
 * Any thread. */
#ifndef LINK_SITE_H
#define LINK_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "link/link.h" /* enum link_kind, LINK_NAME_BYTES */

#define LINK_KIND_NONE ((enum link_kind)0) /* beside the kinds of link.h */

enum {
    LINK_KIND_ANY =
        LINK_KIND_CART | LINK_KIND_CONSOLE | LINK_KIND_CENTRE | LINK_KIND_UNIT | LINK_KIND_BEDSIDE,
    /* Without the closing zero. RFC 5280 allows a common name 64 characters; ours are bytes. */
    LINK_NAME_BYTES_MAX = LINK_NAME_BYTES - 1,
    LINK_FINGERPRINT_BYTES = 32,
};

struct link_site {
    char name[LINK_NAME_BYTES]; /* UTF-8, checked by link_name_is_valid */
    enum link_kind kind;
    int64_t not_before_s; /* wall clock, seconds since 1970 */
    int64_t not_after_s;  /* expired from this second on, as OpenSSL judges it */
    uint8_t fingerprint[LINK_FINGERPRINT_BYTES]; /* SHA-256 of the whole certificate */
};

/* "cart", "console", "centre" or "unit"; "none" for anything else. Static text. */
const char *link_kind_word(enum link_kind kind);

/* The kind of that word; LINK_KIND_NONE when there is none. */
enum link_kind link_kind_from_word(const char *word);

/* True for 1 to LINK_NAME_BYTES_MAX bytes of UTF-8 that can stand in a log line and on a screen as
 * they are: no control character, no quotation mark, no backslash, no blank at either end; and nothing
 * that does not show or is a blank other than the space, as names are compared byte for byte and people
 * tell them apart by what they see. The joiners U+200C and U+200D are among that: Arabic needs neither, and
 * what Persian or an Indian script writes with one is written with a space or without. */
bool link_name_is_valid(const char *name, size_t len);

/* Writes what `len` bytes of somebody else's say to `out`, at most `size` bytes with the closing zero, so
 * that it can stand there too: a `?` for each character that a name may not have, and for each byte
 * that is not UTF-8. No character is cut. */
void link_text_clean(char *out, size_t size, const void *bytes, size_t len);

enum link_site_err {
    LINK_SITE_OK,
    LINK_SITE_ERR_FORMAT, /* not a certificate in PEM */
    LINK_SITE_ERR_NAME,   /* no common name, several, or not a valid one */
    LINK_SITE_ERR_KIND,   /* no kind, several, or not one we know */
};

/* Reads the first certificate of the PEM text. It checks no signature and no date.
 * `*site` is set only on LINK_SITE_OK. */
MUST_USE enum link_site_err link_site_from_pem(struct link_site *site, const void *pem, size_t len);

/* The same from OpenSSL's own struct, for the files beside this one. */
struct x509_st;
MUST_USE enum link_site_err link_site_from_x509(struct link_site *site,
                                                struct x509_st *certificate);

#endif
