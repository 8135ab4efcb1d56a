/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stranger's program over the installed library: says the version, makes an identity of files it
 * has read itself, and hears what is wrong with its settings. Usage: stranger KEY CERTIFICATE AUTHORITY */
#include <stdio.h>

#include <jisr/link.h>

enum { TEXT_BYTES = 8192 };

static struct link_pem read_text(const char *path, char text[TEXT_BYTES])
{
    struct link_pem pem = {NULL, 0};
    FILE *file = fopen(path, "r");
    if (file) {
        pem.bytes = text;
        pem.len = fread(text, 1, TEXT_BYTES, file);
        fclose(file);
    }
    return pem;
}

int main(int argc, char **argv)
{
    static char key[TEXT_BYTES], certificate[TEXT_BYTES], authority[TEXT_BYTES];
    char reason[LINK_REASON_BYTES];
    struct link_identity_pem pem = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
    struct link_settings settings = {.peer_kinds = LINK_KIND_CART};

    if (argc != 4)
        return 2;
    printf("header %d.%d.%d\nlibrary %s\n", LINK_VERSION_MAJOR, LINK_VERSION_MINOR,
           LINK_VERSION_PATCH, link_version());
    pem.key = read_text(argv[1], key);
    pem.certificate = read_text(argv[2], certificate);
    if (!link_identity_from_memory(&pem, reason))
        printf("without an authority: %s\n", reason);
    pem.authority = read_text(argv[3], authority);
    struct link_identity *identity = link_identity_from_memory(&pem, reason);
    if (!identity)
        return 1;
    settings.identity = identity;
    if (!link_create(&settings, 0, reason))
        printf("without peers: %s\n", reason);
    settings.peers = 1;
    struct link *link = link_create(&settings, 0, reason);
    struct link_peer *peer;
    if (!link)
        return 1;
    printf("without lines: %s\n", link_err_text(link_dial(link, NULL, 0, 0, &peer)));
    link_destroy(link);
    link_identity_free(identity);
    return 0;
}
