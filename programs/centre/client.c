/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre client`: registers a program that may ask this centre for tokens. */
#include <stdio.h>
#include <string.h>

#include "access/oauth.h"
#include "centre/verb.h"
#include "centre/verbs.h"

enum { FILE_BYTES_MAX = 64 * 1024 };

struct client_settings {
    struct verb_folder folder;
    const char *file;
};

#define OPTION_AT(field) offsetof(struct client_settings, field)

static enum store_err put_client(struct store_write *write, void *note)
{
    return store_note_put(write, "oauth-client", note);
}

static int failed(const char *what, const char *why)
{
    fprintf(stderr, "jisr centre client: %s: %s\n", what, why);
    return FAILED;
}

static int keep(struct vault *vault, const char *path, struct text text, struct arena *arena)
{
    struct oauth_client client;

    if (!oauth_client_read(&client, text, arena))
        return failed(path, "this is no client: see jisr-centre(1)");
    const struct store_note note = {client.id, text, 0};
    enum store_err err = store_run(vault->store, arena, put_client, (void *)(uintptr_t)&note);
    if (err != STORE_OK)
        return failed(path, store_err_words(err));
    printf("client=%.*s\n", (int)client.id.len, client.id.bytes);
    return DONE;
}

int centre_client(int argc, char **argv)
{
    static const struct option options[] = {
        VERB_DATA(""),
        VERB_SECRET(""),
        {.name = "file",
         .kind = OPTION_TEXT,
         .offset = OPTION_AT(file),
         .unit = "FILE",
         .required = true,
         .help = "the client as JSON: id, name, redirects, scopes, jwks, actsAlone, introspects"},
        {0}};
    static const struct options_usage usage = {
        .command = "jisr centre client",
        .summary = "registers a program that may ask for tokens, or changes it"};
    static char text[FILE_BYTES_MAX];
    struct client_settings settings = {0};
    struct arena arena;
    struct vault vault;
    int status = options_alone(&usage, options, &settings, argc, argv);

    if (status >= 0)
        return status;
    FILE *file = fopen(settings.file, "r");
    if (!file)
        return failed(settings.file, "it cannot be opened");
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    if (!verb_open(&vault, &usage, &settings.folder, VERB_SHARED))
        return FAILED;
    arena_init(&arena, 1 << 20);
    status = keep(&vault, settings.file, (struct text){text, len}, &arena);
    vault_close(&vault);
    arena_free(&arena);
    return status;
}
