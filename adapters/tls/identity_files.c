/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tls/identity_files.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "clock/clock.h"

static const char *file_at_fault(enum link_identity_err err)
{
    switch (err) {
    case LINK_IDENTITY_ERR_KEY:
    case LINK_IDENTITY_ERR_MATCH:
        return SITE_KEY_FILE;
    case LINK_IDENTITY_ERR_AUTHORITY:
        return AUTHORITY_CERTIFICATE_FILE;
    case LINK_IDENTITY_ERR_REVOKED:
        return REVOKED_FILE;
    case LINK_IDENTITY_OK:
    case LINK_IDENTITY_ERR_CERTIFICATE:
    case LINK_IDENTITY_ERR_NAME:
    case LINK_IDENTITY_ERR_KIND:
    case LINK_IDENTITY_ERR_ISSUER:
    case LINK_IDENTITY_ERR_MEMORY:
        break;
    }
    return SITE_CERTIFICATE_FILE;
}

static struct link_pem lend(const struct pem *pem)
{
    return (struct link_pem){.bytes = pem->text, .len = pem->len};
}

struct link_identity *identity_files_load(const char *folder, struct identity_error *error)
{
    struct link_identity *identity = NULL;
    struct pem key = {0}, certificate = {0}, authority = {0}, revoked = {0};

    if (small_file_read(&key, folder, SITE_KEY_FILE, true, error) &&
        small_file_read(&certificate, folder, SITE_CERTIFICATE_FILE, false, error) &&
        small_file_read(&authority, folder, AUTHORITY_CERTIFICATE_FILE, false, error) &&
        small_file_read(&revoked, folder, REVOKED_FILE, false, error)) {
        struct link_identity_pem pem = {.key = lend(&key),
                                        .certificate = lend(&certificate),
                                        .authority = lend(&authority),
                                        .revoked = lend(&revoked)};
        enum link_identity_err err = link_identity_new(&identity, &pem);
        if (err != LINK_IDENTITY_OK)
            identity_error_set(error, "%s: %s", file_at_fault(err), link_identity_err_text(err));
    }
    pem_free(&key);
    pem_free(&certificate);
    pem_free(&authority);
    pem_free(&revoked);
    return identity;
}

static void write_day(char day[static 32], int64_t time_s)
{
    time_t time = (time_t)time_s;
    struct tm parts;
    if (!gmtime_r(&time, &parts) || !strftime(day, 32, "%Y-%m-%d", &parts))
        memcpy(day, "?", 2);
}

bool identity_files_check(const struct link_identity *identity, int64_t wall_unix_s,
                          struct identity_error *error)
{
    const struct link_site *site = link_identity_site(identity);
    char today[32], first[32], last[32];
    write_day(today, wall_unix_s);
    write_day(first, site->not_before_s);
    write_day(last, site->not_after_s);

    switch (link_identity_standing(identity, wall_unix_s)) {
    case LINK_STANDING_GOOD:
        return true;
    case LINK_STANDING_NOT_YET:
        identity_error_set(error, "valid from %s, but this machine's clock says %s: set the clock",
                           first, today);
        return false;
    case LINK_STANDING_EXPIRED:
        identity_error_set(error, "expired on %s (this machine's clock says %s): issue a new one",
                           last, today);
        return false;
    case LINK_STANDING_REVOKED:
        identity_error_set(error, "revoked by its authority: ask for a new one");
        return false;
    }
    return false;
}

struct link_identity *link_identity_load(const char *folder, char reason[LINK_REASON_BYTES])
{
    struct identity_error error = {0};
    struct link_identity *identity = identity_files_load(folder, &error);
    if (identity && !identity_files_check(identity, clock_wall_s(), &error)) {
        link_identity_free(identity);
        identity = NULL;
    }
    if (!identity)
        snprintf(reason, LINK_REASON_BYTES, "%.*s", LINK_REASON_BYTES - 1, error.text);
    return identity;
}

bool identity_files_changed(const char *folder, struct identity_stamp *stamp)
{
    static const char *const names[IDENTITY_FILES] = {SITE_KEY_FILE, SITE_CERTIFICATE_FILE,
                                                      AUTHORITY_CERTIFICATE_FILE, REVOKED_FILE};
    struct identity_stamp now = {0};

    for (int i = 0; i < IDENTITY_FILES; i++) {
        char path[PATH_MAX];
        struct stat facts;
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (stat(path, &facts))
            continue; /* absent: zeros */
        now.files[i].inode = facts.st_ino;
        now.files[i].bytes = facts.st_size;
        now.files[i].changed_s = facts.st_ctim.tv_sec;
        now.files[i].changed_ns = facts.st_ctim.tv_nsec;
    }
    bool changed = memcmp(&now, stamp, sizeof now) != 0;
    *stamp = now;
    return changed;
}
