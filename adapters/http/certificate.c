/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http/certificate.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 256 * 1024 };

/* The caller frees and, of a key, wipes it. */
static bool read_file(const char *path, gnutls_datum_t *text)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    unsigned char *bytes = fd >= 0 ? calloc(1, FILE_BYTES_MAX) : NULL;
    ssize_t len = bytes ? read(fd, bytes, FILE_BYTES_MAX - 1) : -1;
    if (fd >= 0)
        close(fd);
    *text = (gnutls_datum_t){bytes, len > 0 ? (unsigned)len : 0};
    return len > 0;
}

static void wipe(gnutls_datum_t *text)
{
    if (text->data)
        explicit_bzero(text->data, text->size);
    free(text->data);
}

static bool belong_together(const gnutls_datum_t *chain, const gnutls_datum_t *key)
{
    gnutls_certificate_credentials_t both;
    if (gnutls_certificate_allocate_credentials(&both) < 0)
        return false;
    int err = gnutls_certificate_set_x509_key_mem(both, chain, key, GNUTLS_X509_FMT_PEM);
    gnutls_certificate_free_credentials(both);
    return err >= 0;
}

static struct certificate *make(const gnutls_datum_t *chain, const gnutls_datum_t *key)
{
    struct certificate *made = calloc(1, sizeof *made);
    if (!made)
        return NULL;
    made->count = CERTIFICATE_CHAIN_MAX;
    if (gnutls_pcert_list_import_x509_raw(made->chain, &made->count, chain, GNUTLS_X509_FMT_PEM,
                                          0) < 0)
        made->count = 0;
    if (made->count && gnutls_privkey_init(&made->key) == 0 &&
        gnutls_privkey_import_x509_raw(made->key, key, GNUTLS_X509_FMT_PEM, NULL, 0) == 0)
        return made;
    certificate_free(made);
    return NULL;
}

struct certificate *certificate_load(const char *certificate_file, const char *key_file)
{
    gnutls_datum_t chain = {NULL, 0}, key = {NULL, 0};
    struct certificate *made = NULL;
    if (read_file(certificate_file, &chain) && read_file(key_file, &key) &&
        belong_together(&chain, &key))
        made = make(&chain, &key);
    wipe(&chain);
    wipe(&key);
    return made;
}

void certificate_free(struct certificate *certificate)
{
    while (certificate) {
        struct certificate *older = certificate->older;
        for (unsigned i = 0; i < certificate->count; i++)
            gnutls_pcert_deinit(&certificate->chain[i]);
        if (certificate->key)
            gnutls_privkey_deinit(certificate->key);
        free(certificate);
        certificate = older;
    }
}
