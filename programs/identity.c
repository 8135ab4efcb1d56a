/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr identity`: makes a site authority and the identities of sites, shows them, takes them back. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock/clock.h"
#include "commands.h"
#include "options.h"
#include "tls/authority_files.h"
#include "tls/identity_files.h"

enum { DONE = 0, FAILED = 1, WRONG_USAGE = 2 };

static const char *const kind_words[] = {"cart", "console", "bedside", "centre", "unit", NULL};
static const char *const key_words[] = {"p256", "ed25519", NULL};

static const char help_text[] =
    "usage: jisr identity init DIR\n"
    "       jisr identity issue --authority DIR --name NAME --kind KIND OUTDIR\n"
    "       jisr identity show DIR\n"
    "       jisr identity revoke --authority DIR NAME|FINGERPRINT\n"
    "\n"
    "  init    make a site authority: whoever holds its key decides which sites meet\n"
    "  issue   make a site's identity; OUTDIR is all that --identity needs\n"
    "  show    what an authority has issued, or who a site is\n"
    "  revoke  take certificates back; then copy DIR/revoked.crl into every site's folder\n"
    "\n"
    "example:\n"
    "  jisr identity init authority\n"
    "  jisr identity issue --authority authority --name 'Theatre 1' --kind cart theatre\n"
    "  jisr identity issue --authority authority --name 'Shanghai' --kind console shanghai\n"
    "  jisr identity show authority\n"
    "  jisr identity revoke --authority authority Shanghai\n"
    "  cp authority/revoked.crl theatre/\n"
    "\n"
    "`jisr identity issue --help` tells more of issue, and so on.\n";

struct identity_settings {
    const char *authority;
    const char *name;
    const char *kind;
    const char *key;
    uint64_t days;
    bool force;
};

#define OPTION_AT(field) offsetof(struct identity_settings, field)

/* Rows that several tables have. */
#define AUTHORITY_OPTION                                                                           \
    {                                                                                              \
        .name = "authority", .kind = OPTION_TEXT, .offset = OPTION_AT(authority), .unit = "DIR",   \
        .required = true, .help = "the authority's folder"                                         \
    }
#define DAYS_OPTION(days_text)                                                                     \
    {                                                                                              \
        .name = "days", .kind = OPTION_COUNT, .offset = OPTION_AT(days), .unit = "DAYS",           \
        .standard = (days_text), .least = 1, .most = CERTIFICATE_DAYS_MAX,                         \
        .help = "how long it lasts"                                                                \
    }
#define KEY_OPTION                                                                                 \
    {                                                                                              \
        .name = "key", .kind = OPTION_TEXT, .offset = OPTION_AT(key), .unit = "TYPE",              \
        .standard = "p256", .choices = key_words, .help = "type of its key"                        \
    }
#define FORCE_OPTION(help_text)                                                                    \
    {                                                                                              \
        .name = "force", .kind = OPTION_FLAG, .offset = OPTION_AT(force), .help = (help_text)      \
    }

static const struct option init_options[] = {
    {.name = "name",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(name),
     .unit = "NAME",
     .standard = "Jisr site authority",
     .help = "the authority's name, for people"},
    DAYS_OPTION("3650"),
    KEY_OPTION,
    FORCE_OPTION("replace an authority that is there"),
    {0},
};

static const struct option issue_options[] = {
    AUTHORITY_OPTION,
    {.name = "name",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(name),
     .unit = "NAME",
     .required = true,
     .help = "the site's name, shown at the other end; up to 63 bytes of UTF-8"},
    {.name = "kind",
     .kind = OPTION_TEXT,
     .offset = OPTION_AT(kind),
     .unit = "KIND",
     .required = true,
     .choices = kind_words,
     .help = "what kind of site it is"},
    DAYS_OPTION("365"),
    KEY_OPTION,
    FORCE_OPTION("replace a key that is there"),
    {0},
};

static const struct option show_options[] = {{0}};

static const struct option revoke_options[] = {AUTHORITY_OPTION, {0}};

static int fail(const char *folder, const struct identity_error *error)
{
    fprintf(stderr, "jisr identity: %s: %s\n", folder, error->text);
    return FAILED;
}

/* For errors that name what they are about themselves. */
static int fail_as_said(const struct identity_error *error)
{
    fprintf(stderr, "jisr identity: %s\n", error->text);
    return FAILED;
}

static bool name_is_usable(const char *name)
{
    if (link_name_is_valid(name, strlen(name)))
        return true;
    fprintf(stderr,
            "jisr identity: --name must be 1 to %d bytes of UTF-8, without control characters "
            "and others that do not show (zero-width, soft hyphen, no-break space, direction), "
            "quotation marks, backslashes, or blanks at its ends\n",
            LINK_NAME_BYTES_MAX);
    return false;
}

static enum key_type key_type_of(const char *word)
{
    return !strcmp(word, "ed25519") ? KEY_ED25519 : KEY_P256;
}

static int run_init(const struct identity_settings *settings, const char *folder)
{
    struct identity_error error = {0};
    struct authority_files_new new = {.name = settings->name,
                                      .key_type = key_type_of(settings->key),
                                      .days = (unsigned)settings->days,
                                      .force = settings->force};
    if (!name_is_usable(settings->name))
        return WRONG_USAGE;
    if (!authority_files_init(folder, &new, clock_wall_s(), &error))
        return fail_as_said(&error);
    printf("%s: a new site authority for %u days; guard %s/authority.key\n", folder, new.days,
           folder);
    return DONE;
}

struct namesakes {
    const char *name;
    int64_t now_s;
    unsigned good;
};

static void count_namesake(void *context, const struct link_site *site, bool is_revoked)
{
    struct namesakes *namesakes = context;
    if (!is_revoked && site->not_after_s > namesakes->now_s && !strcmp(site->name, namesakes->name))
        namesakes->good++;
}

static void warn_of_namesakes(const char *authority, const char *name)
{
    struct identity_error ignored = {0};
    struct namesakes namesakes = {.name = name, .now_s = clock_wall_s()};
    if (authority_files_list(authority, count_namesake, &namesakes, &ignored) && namesakes.good > 1)
        fprintf(stderr,
                "jisr identity: warning: %u certificates now bear the name \"%s\": revoking that "
                "name takes them all, revoking a fingerprint one (`jisr identity show %s`)\n",
                namesakes.good, name, authority);
}

static int run_issue(const struct identity_settings *settings, const char *site_folder)
{
    struct identity_error error = {0};
    struct authority_files_issue issue = {.name = settings->name,
                                          .kind = link_kind_from_word(settings->kind),
                                          .key_type = key_type_of(settings->key),
                                          .days = (unsigned)settings->days,
                                          .force = settings->force};
    if (!name_is_usable(settings->name))
        return WRONG_USAGE;
    if (!authority_files_issue(settings->authority, site_folder, &issue, clock_wall_s(), &error))
        return fail_as_said(&error);
    printf("%s: \"%s\", a %s, for %u days\n", site_folder, settings->name, settings->kind,
           issue.days);
    warn_of_namesakes(settings->authority, settings->name);
    return DONE;
}

/* One line for a person and for `cut`: standing, kind, last day, fingerprint, name. */
static void print_site(const struct link_site *site, const char *standing)
{
    char last[32];
    time_t time = (time_t)site->not_after_s;
    struct tm parts;
    if (!gmtime_r(&time, &parts) || !strftime(last, sizeof last, "%Y-%m-%d", &parts))
        memcpy(last, "?", 2);
    printf("%-13s  %-7s  %-10s  ", standing, link_kind_word(site->kind), last);
    for (int i = 0; i < LINK_FINGERPRINT_BYTES; i++)
        printf("%02x", site->fingerprint[i]);
    printf("  %s\n", site->name);
}

static void print_heading(void)
{
    printf("%-13s  %-7s  %-10s  %-64s  %s\n", "standing", "kind", "until", "fingerprint", "name");
}

static void print_issued(void *now_s, const struct link_site *site, bool is_revoked)
{
    const char *standing = is_revoked                                     ? "revoked"
                           : site->not_after_s <= *(const int64_t *)now_s ? "expired"
                                                                          : "good";
    print_site(site, standing);
}

static const char *standing_word(enum link_standing standing)
{
    static const char *const words[] = {[LINK_STANDING_GOOD] = "good",
                                        [LINK_STANDING_NOT_YET] = "not yet valid",
                                        [LINK_STANDING_EXPIRED] = "expired",
                                        [LINK_STANDING_REVOKED] = "revoked"};
    return words[standing];
}

static int show_site(const char *folder)
{
    struct identity_error error = {0};
    struct link_identity *identity = identity_files_load(folder, &error);
    if (!identity)
        return fail(folder, &error);
    int64_t now_s = clock_wall_s();
    bool good = identity_files_check(identity, now_s, &error);
    print_heading();
    print_site(link_identity_site(identity),
               standing_word(link_identity_standing(identity, now_s)));
    link_identity_free(identity);
    return good ? DONE : fail(folder, &error);
}

static int run_show(const struct identity_settings *settings, const char *folder)
{
    (void)settings;
    struct identity_error error = {0};
    int64_t now_s = clock_wall_s();
    if (!authority_files_are_in(folder))
        return show_site(folder);
    print_heading();
    return authority_files_list(folder, print_issued, &now_s, &error) ? DONE : fail_as_said(&error);
}

static int run_revoke(const struct identity_settings *settings, const char *name)
{
    struct identity_error error = {0};
    unsigned revoked = 0;
    if (!authority_files_revoke(settings->authority, name, clock_wall_s(), &revoked, &error))
        return fail_as_said(&error);
    if (revoked == 0)
        printf("revoked already\n");
    else
        printf("%u revoked; copy %s/" REVOKED_FILE " into every site's folder\n", revoked,
               settings->authority);
    return DONE;
}

static const struct {
    const char *name;
    struct options_usage usage;
    const struct option *options;
    int (*run)(const struct identity_settings *settings, const char *operand);
} verbs[] = {
    {"init",
     {"jisr identity init", "Make a site authority in DIR.", "DIR", 1, 1},
     init_options,
     run_init},
    {"issue",
     {"jisr identity issue", "Make a site's identity in OUTDIR.", "OUTDIR", 1, 1},
     issue_options,
     run_issue},
    {"show",
     {"jisr identity show", "Show what an authority has issued, or who a site is.", "DIR", 1, 1},
     show_options,
     run_show},
    {"revoke",
     {"jisr identity revoke", "Take back the certificates of a site.", "NAME|FINGERPRINT", 1, 1},
     revoke_options,
     run_revoke},
};

enum { VERBS = sizeof verbs / sizeof verbs[0] };

static int wrong_verb(const char *word)
{
    const char *words[VERBS + 1] = {0};
    for (size_t i = 0; i < VERBS; i++)
        words[i] = verbs[i].name;
    const char *nearest = options_nearest(word, words);
    if (nearest)
        fprintf(stderr, "jisr identity: no '%s'; did you mean '%s'?\n", word, nearest);
    else
        fprintf(stderr, "jisr identity: no '%s'; `jisr identity --help` lists what there is\n",
                word);
    return WRONG_USAGE;
}

int command_identity(int argc, char **argv)
{
    if (argc < 2) {
        fputs(help_text, stderr);
        return WRONG_USAGE;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help")) {
        fputs(help_text, stdout);
        return DONE;
    }
    for (size_t i = 0; i < VERBS; i++) {
        if (strcmp(argv[1], verbs[i].name) != 0)
            continue;
        struct identity_settings settings = {0};
        char **operands;
        size_t count;
        switch (options_read(&verbs[i].usage, verbs[i].options, &settings, argc - 1, argv + 1,
                             &operands, &count)) {
        case OPTIONS_OK:
            return verbs[i].run(&settings, operands[0]);
        case OPTIONS_HELP_SHOWN:
            return DONE;
        case OPTIONS_WRONG:
            return WRONG_USAGE;
        }
    }
    return wrong_verb(argv[1]);
}
