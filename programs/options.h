/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program's settings: one table of options fills one struct, checked whole at start and
 * read-only after.
 *
 *     struct cart_settings { const char *identity; struct option_list listen; double age_ms; ... };
 *     static const struct option options[] = {
 *         {"identity", OPTION_TEXT, offsetof(struct cart_settings, identity), .unit = "DIR",
 *          .required = true, .help = "the site's key and certificate"},
 *         {"listen", OPTION_LIST, offsetof(struct cart_settings, listen), .unit = "ADDR:PORT", ...},
 *         {"gesture-age", OPTION_NUMBER, offsetof(struct cart_settings, age_ms), .unit = "ms",
 *          .standard = "300", .least = 1, .most = 5000, .help = "..."},
 *         {0}};
 *
 * Options are written `--name VALUE` or `--name=VALUE`; a flag takes no value. A wrong one is
 * answered by an error that names the nearest right one. Text points into argv or the table.
 * Main thread, at start. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

enum { OPTION_LIST_MAX = 16 };

enum option_kind {
    OPTION_FLAG,     /* bool */
    OPTION_TEXT,     /* const char * */
    OPTION_NUMBER,   /* double, in [least, most] */
    OPTION_COUNT,    /* uint64_t, in [least, most] */
    OPTION_DURATION, /* uint64_t nanoseconds; written 250us, 20ms, 10s, 2m, 1h; least, most in s */
    OPTION_LIST      /* struct option_list: may be given again and again */
};

struct option_list {
    size_t count;
    const char *items[OPTION_LIST_MAX];
};

struct option {
    const char *name; /* without the dashes; NULL ends the table */
    enum option_kind kind;
    size_t offset;        /* into the settings struct, whose other bytes are left alone */
    const char *unit;     /* what VALUE is, for the help: "DIR", "ms" */
    const char *standard; /* used when the option is absent; NULL: the field stays zero */
    double least, most;   /* both 0: no range */
    bool required;
    const char *unless; /* required, but not beside the option of this name */
    const char *help;   /* one line */
    const char *const
        *choices; /* NULL-ended words or forms allowed for OPTION_TEXT, such as "pattern" and
                                   "file:PATH" (base/nearest.h), or NULL */
};

struct options_usage {
    const char *command;  /* "jisr cart" */
    const char *summary;  /* one line */
    const char *operands; /* "OUTDIR" or NULL when there are none */
    size_t operands_least, operands_most;
};

enum options_result { OPTIONS_OK, OPTIONS_HELP_SHOWN, OPTIONS_WRONG };

/* Reads argv[1..] into `settings`. On OPTIONS_OK `*operands` points at the operands, in their order
 * and moved to the front of argv, and `*operand_count` counts them; `--` ends the options. Given
 * twice, the last one wins. `--help` prints the help to standard output (OPTIONS_HELP_SHOWN: exit
 * 0); anything wrong prints what and what to do to standard error (OPTIONS_WRONG: exit 2). */
MUST_USE enum options_result options_read(const struct options_usage *usage,
                                          const struct option *table, void *settings, int argc,
                                          char **argv, char ***operands, size_t *operand_count);

/* The same for a program without operands. -1: go on; else what main returns: 0 after --help, 2 for
 * what is wrong. */
MUST_USE int options_alone(const struct options_usage *usage, const struct option *table,
                           void *settings, int argc, char **argv);

/* The word of the NULL-ended list nearest to `word`, or NULL: base/nearest.h. */
const char *options_nearest(const char *word, const char *const *words);

#endif
