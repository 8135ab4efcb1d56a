/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre client`: registers a program that may ask this centre for tokens. */
#include "access/oauth.h"
#include "centre/verb.h"
#include "centre/verbs.h"

struct client_settings {
    struct verb_folder folder;
    const char *file;
};

#define OPTION_AT(field) offsetof(struct client_settings, field)

static bool read_client(struct text document, struct arena *arena, struct text *key,
                        struct buffer *line, const char **why)
{
    struct oauth_client client;
    if (!oauth_client_read(&client, document, arena)) {
        *why = "this is no client: see jisr-centre(1)";
        return false;
    }
    *key = client.id;
    buffer_format(line, "client=%.*s", (int)client.id.len, client.id.bytes);
    return true;
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
         .help = "the client as JSON: id, name, redirects, launch, scopes, jwks, actsAlone, "
                 "introspects"},
        {0}};
    static const struct options_usage usage = {
        .command = "jisr centre client",
        .summary = "registers a program that may ask for tokens, or changes it"};
    static const struct verb_document document = {
        .area = OAUTH_CLIENTS, .bytes_max = 64 * 1024, .read = read_client};
    struct client_settings settings = {0};
    int status = options_alone(&usage, options, &settings, argc, argv);
    return status >= 0 ? status : verb_keep(&document, &usage, &settings.folder, settings.file);
}
