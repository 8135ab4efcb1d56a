/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the verbs of `jisr centre` have in common: the folder that they are about, how it is opened, and how a verb says
 * why it could not. Main thread. */
#ifndef CENTRE_VERB_H
#define CENTRE_VERB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buffer.h"
#include "base/text.h"
#include "centre/centre.h"
#include "options.h"
#include "store/store.h"

enum { DONE = 0, FAILED = 1, WRONG_USAGE = 2 }; /* what a verb returns: the process's exit status */

/* A verb's settings begin with it. */
struct verb_folder {
    const char *data;
    const char *secret,
        *passphrase;      /* files that open its keys, one of them; both NULL: DIR/secret */
    const char *database; /* instead of data */
    const char *replica;  /* NULL: none */
    uint64_t parts;       /* of a database that is made; 0: as many as usual */
    const char *url;      /* how clients reach the record; NULL: as it is kept (site_url.h) */
};

/* The options that fill it; `more` goes on with what the help says. Each VERB_DATA is two: a folder, or a database. */
#define VERB_DATA(more)                                                                            \
    {.name = "data",                                                                               \
     .kind = OPTION_TEXT,                                                                          \
     .offset = offsetof(struct verb_folder, data),                                                 \
     .unit = "DIR",                                                                                \
     .unless = "database",                                                                         \
     .help = "the folder that holds the record" more},                                             \
        VERB_DATABASE
#define VERB_DATABASE                                                                              \
    {                                                                                              \
        .name = "database", .kind = OPTION_TEXT, .offset = offsetof(struct verb_folder, database), \
        .unit = "CONNINFO",                                                                        \
        .help = "instead of --data, where several servers share a record: PostgreSQL, as "         \
                "postgresql://USER@HOST/NAME"                                                      \
    }
#define VERB_SECRET(more)                                                                          \
    {.name = "secret",                                                                             \
     .kind = OPTION_TEXT,                                                                          \
     .offset = offsetof(struct verb_folder, secret),                                               \
     .unit = "FILE",                                                                               \
     .help = "what opens the record's keys; DIR/secret unless given" more},                        \
    {                                                                                              \
        .name = "passphrase", .kind = OPTION_TEXT,                                                 \
        .offset = offsetof(struct verb_folder, passphrase), .unit = "FILE",                        \
        .help = "instead: whose first line is the passphrase that opens them; -: standard input, " \
                "a terminal is asked for it"                                                       \
    }

/* Of a verb that makes links, or reads references in resources as the server would. */
#define VERB_URL                                                                                   \
    {                                                                                              \
        .name = "url", .kind = OPTION_TEXT, .offset = offsetof(struct verb_folder, url),           \
        .unit = "URL", .help = "how clients reach the record; unless given, as its server said"    \
    }

enum verb_how {
    VERB_SHARED = 0, /* a server may run */
    VERB_ALONE = 1,  /* none may */
    VERB_SHUT = 2,   /* the keys and the seal alone: vault_open_shut */
    VERB_MAKES = 8,  /* a record where there is none; else one has to be there */
    VERB_FILES = 4,  /* about a folder's files: a database has its own tools for that */
};

struct verb {
    const char *name; /* NULL ends a table */
    int (*run)(int argc, char **argv);
    const char *summary; /* what `help` says of it */
};

/* Runs the one that argv[1] names, with argv from there; "help" and
 * "help VERB" say what there is; tells which there are where it names none. */
MUST_USE int verb_run(const char *command, const struct verb *verbs, int argc, char **argv);

/* Says on standard error why the verb of this usage could not do its work. Returns FAILED. */
int verb_failed(const struct options_usage *usage, const char *words);

/* Opens the folder; `how` is of enum verb_how, joined by |. False: it has said why, and nothing is open. */
MUST_USE bool verb_open(struct vault *vault, const struct options_usage *usage,
                        const struct verb_folder *folder, unsigned how);

/* What a verb returns for which verb_open has said why it could not. */
int verb_not_open(const struct vault *vault);

/* Reads the options into `settings`, which begins with a struct verb_folder, and opens that folder.
 * -1: go on, and vault_close at the end; else what to return. */
MUST_USE int verb_begin(struct vault *vault, const struct options_usage *usage,
                        const struct option *table, unsigned how, void *settings, int argc,
                        char **argv);

/* --- verbs that do one thing in the record, beside a server ------------------------------------------------------ */

struct verb_task {
    /* First in a job of the store, which may run again and so prints nothing; then in a view. Either may be NULL. */
    enum store_err (*change)(struct store_write *write, struct verb_task *task);
    enum store_err (*look)(struct store_view *view, struct verb_task *task);
    const void *settings; /* begins with a struct verb_folder */
    struct arena arena;   /* of both */
    const char *why; /* they may set it: said instead of the store's words for what they return */
};

/* Opens the folder of the settings, does the task, closes it. Returns what the verb returns; it has said why not. */
MUST_USE int verb_do(struct verb_task *task, const struct options_usage *usage);

/* Reads the options into `settings` first, which become the task's. */
MUST_USE int verb_do_alone(struct verb_task *task, const struct options_usage *usage,
                           const struct option *table, void *settings, int argc, char **argv);

/* A document that a file gives and the record keeps as a note. */
struct verb_document {
    const char *area;
    size_t bytes_max;
    /* Finds the note's key, and writes the line that is printed once it is kept. False: it is none; why, NULL: no
     * memory. */
    bool (*read)(struct text document, struct arena *arena, struct text *key, struct buffer *line,
                 const char **why);
};

/* The document in the file at `path`; the folder is not opened where it is none. Returns what the verb returns. */
MUST_USE int verb_keep(const struct verb_document *document, const struct options_usage *usage,
                       const struct verb_folder *folder, const char *path);

/* Nothing was written to it yet. */
bool verb_is_new(struct store *store);

/* Opens the folder alone, `how` as well, and prepares the record for whom its URL reaches. False: it has said why.
 * Either way verb_close_centre after. */
MUST_USE bool verb_open_centre(struct centre *centre, const struct options_usage *usage,
                               const struct verb_folder *folder, unsigned how);
void verb_close_centre(struct centre *centre);

#endif
