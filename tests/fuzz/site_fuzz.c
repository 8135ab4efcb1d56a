/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A certificate that we read states a name fit for a log line, one kind, and dates. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "link/site.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct link_site site;
    const unsigned char *at = data;
    X509 *certificate = d2i_X509(NULL, &at, (long)size);
    ERR_clear_error();
    if (!certificate)
        return 0;
    enum link_site_err err = link_site_from_x509(&site, certificate);
    X509_free(certificate);
    if (err != LINK_SITE_OK)
        return 0;
    if (!link_name_is_valid(site.name, strlen(site.name)) ||
        link_kind_from_word(link_kind_word(site.kind)) != site.kind || !site.kind)
        abort();
    return 0;
}
