/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tls/authority_files.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tls/identity_files.h"

#define AUTHORITY_KEY_FILE "authority.key"
#define ISSUED_FOLDER "issued"

enum {
    DAY_S = 86400,
    SECRET_MODE = 0600,
    PUBLIC_MODE = 0644,
    FINGERPRINT_DIGITS = 2 * LINK_FINGERPRINT_BYTES,
};

static const char memory_short[] = "out of memory, or of random bytes";

static bool issued_path(char path[static PATH_MAX], const char *folder,
                        struct identity_error *error)
{
    if (snprintf(path, PATH_MAX, "%s/" ISSUED_FOLDER, folder) < PATH_MAX)
        return true;
    identity_error_set(error, "the folder's name is too long");
    return false;
}

static struct authority *load(const char *folder, struct identity_error *error)
{
    struct authority *authority = NULL;
    struct pem key = {0}, certificate = {0}, revoked = {0};

    if (small_file_read(&key, folder, AUTHORITY_KEY_FILE, true, error) &&
        small_file_read(&certificate, folder, AUTHORITY_CERTIFICATE_FILE, false, error) &&
        small_file_read(&revoked, folder, REVOKED_FILE, false, error)) {
        authority = authority_from_pem(&key, &certificate, &revoked);
        if (!authority)
            identity_error_set(error, "the authority's key, certificate and list are unreadable "
                                      "or do not belong together");
    }
    if (!authority) {
        struct identity_error why = *error;
        identity_error_set(error, "%s: %s", folder, why.text);
    }
    pem_free(&key);
    pem_free(&certificate);
    pem_free(&revoked);
    return authority;
}

static bool stage_authority(struct staged_files *staged, const char *folder,
                            const struct authority *authority, bool force,
                            struct identity_error *error)
{
    struct pem key = {0}, certificate = {0}, revoked = {0};
    bool good = authority_key_pem(authority, &key) &&
                authority_certificate_pem(authority, &certificate) &&
                authority_revoked_pem(authority, &revoked);
    if (!good)
        identity_error_set(error, "%s", memory_short);
    good = good &&
           staged_files_add(staged, folder, REVOKED_FILE, &revoked, PUBLIC_MODE, force, error) &&
           staged_files_add(staged, folder, AUTHORITY_CERTIFICATE_FILE, &certificate, PUBLIC_MODE,
                            force, error) &&
           staged_files_add(staged, folder, AUTHORITY_KEY_FILE, &key, SECRET_MODE, force, error);
    pem_free(&key);
    pem_free(&certificate);
    pem_free(&revoked);
    return good;
}

bool authority_files_init(const char *folder, const struct authority_files_new *new, int64_t now_s,
                          struct identity_error *error)
{
    char issued[PATH_MAX];
    if (small_file_exists(folder, AUTHORITY_KEY_FILE) && !new->force) {
        identity_error_set(error,
                           "%s: an authority is there already; --force replaces it, and makes "
                           "strangers of all its sites",
                           folder);
        return false;
    }
    if (!issued_path(issued, folder, error) || !small_folder_make(issued, error))
        return false;

    struct staged_files staged = {0};
    struct authority *authority =
        authority_new(new->name, new->key_type, now_s, now_s + (int64_t) new->days *DAY_S);
    if (!authority)
        identity_error_set(error, "%s", memory_short);
    bool good = authority && stage_authority(&staged, folder, authority, new->force, error) &&
                staged_files_commit(&staged, error);
    staged_files_abandon(&staged);
    authority_free(authority);
    return good;
}

static void write_fingerprint(char digits[static FINGERPRINT_DIGITS + 1],
                              const uint8_t fingerprint[static LINK_FINGERPRINT_BYTES])
{
    for (int i = 0; i < LINK_FINGERPRINT_BYTES; i++)
        snprintf(digits + 2 * i, 3, "%02x", fingerprint[i]);
}

/* The site's four files; the key goes last, so that a folder with a key is whole. */
static bool stage_site(struct staged_files *staged, const char *site_folder,
                       const struct authority *authority, const struct pem *key,
                       const struct pem *certificate, bool force, struct identity_error *error)
{
    struct pem authority_certificate = {0}, revoked = {0};
    bool good = authority_certificate_pem(authority, &authority_certificate) &&
                authority_revoked_pem(authority, &revoked);
    if (!good)
        identity_error_set(error, "%s", memory_short);
    good =
        good &&
        staged_files_add(staged, site_folder, REVOKED_FILE, &revoked, PUBLIC_MODE, force, error) &&
        staged_files_add(staged, site_folder, AUTHORITY_CERTIFICATE_FILE, &authority_certificate,
                         PUBLIC_MODE, force, error) &&
        staged_files_add(staged, site_folder, SITE_CERTIFICATE_FILE, certificate, PUBLIC_MODE,
                         force, error) &&
        staged_files_add(staged, site_folder, SITE_KEY_FILE, key, SECRET_MODE, force, error);
    pem_free(&authority_certificate);
    pem_free(&revoked);
    return good;
}

/* The authority's own note comes first: a certificate it has no note of could not be revoked. */
static bool keep_issued(const char *folder, const struct authority *authority,
                        const char *site_folder, const struct pem *key,
                        const struct pem *certificate, bool force, struct identity_error *error)
{
    struct staged_files note = {0}, site_files = {0};
    struct link_site site;
    char issued[PATH_MAX], name[FINGERPRINT_DIGITS + sizeof ".pem"];

    if (link_site_from_pem(&site, certificate->text, certificate->len) != LINK_SITE_OK) {
        identity_error_set(error, "the certificate made does not say what was asked");
        return false;
    }
    write_fingerprint(name, site.fingerprint);
    strcat(name, ".pem");
    bool good = issued_path(issued, folder, error) &&
                stage_site(&site_files, site_folder, authority, key, certificate, force, error) &&
                staged_files_add(&note, issued, name, certificate, PUBLIC_MODE, false, error) &&
                staged_files_commit(&note, error) && staged_files_commit(&site_files, error);
    staged_files_abandon(&note);
    staged_files_abandon(&site_files);
    return good;
}

static bool may_issue(const struct authority *authority, const char *site_folder,
                      const struct authority_files_issue *issue, int64_t now_s,
                      struct identity_error *error)
{
    if (small_file_exists(site_folder, SITE_KEY_FILE) && !issue->force) {
        identity_error_set(error, "%s/" SITE_KEY_FILE " is there already; --force replaces it",
                           site_folder);
        return false;
    }
    int64_t days_left = (authority_not_after_s(authority) - now_s) / DAY_S;
    if (days_left < (int64_t)issue->days) {
        identity_error_set(error, "the authority itself lasts %lld days more: ask for fewer --days",
                           (long long)(days_left > 0 ? days_left : 0));
        return false;
    }
    return true;
}

static bool issue_locked(const char *folder, const char *site_folder,
                         const struct authority_files_issue *issue, int64_t now_s,
                         struct identity_error *error)
{
    struct authority *authority = load(folder, error);
    struct pem key = {0}, certificate = {0};
    struct site_request request = {.name = issue->name,
                                   .kind = issue->kind,
                                   .key_type = issue->key_type,
                                   .not_before_s = now_s - CERTIFICATE_BACKDATE_S,
                                   .not_after_s = now_s + (int64_t)issue->days * DAY_S};
    bool good = authority && may_issue(authority, site_folder, issue, now_s, error) &&
                small_folder_make(site_folder, error);
    if (good && !authority_issue(authority, &request, &key, &certificate)) {
        identity_error_set(error, "%s", memory_short);
        good = false;
    }
    good = good &&
           keep_issued(folder, authority, site_folder, &key, &certificate, issue->force, error);
    pem_free(&key);
    pem_free(&certificate);
    authority_free(authority);
    return good;
}

bool authority_files_issue(const char *folder, const char *site_folder,
                           const struct authority_files_issue *issue, int64_t now_s,
                           struct identity_error *error)
{
    int lock = small_folder_lock(folder, error);
    if (lock < 0)
        return false;
    bool was_there = small_file_exists(site_folder, ".");
    bool good = issue_locked(folder, site_folder, issue, now_s, error);
    if (!good && !was_there)
        rmdir(site_folder);
    close(lock);
    return good;
}

/* One certificate of the authority's notes. */
struct issued {
    struct pem certificate;
    struct link_site site;
};

/* Calls `see` for each note of a certificate by this authority (one replaced by --force leaves notes
 * behind); stops when it returns false. */
static bool each_issued(const char *folder, const struct authority *authority,
                        bool (*see)(void *, const struct issued *), void *context,
                        struct identity_error *error)
{
    char path[PATH_MAX];
    DIR *notes = issued_path(path, folder, error) ? opendir(path) : NULL;
    if (!notes) {
        identity_error_set(error, "%s has no " ISSUED_FOLDER " folder: not an authority", folder);
        return false;
    }
    bool good = true;
    for (struct dirent *entry; good && (entry = readdir(notes));) {
        struct issued issued = {0};
        struct identity_error ignored;
        if (entry->d_name[0] == '.' ||
            !small_file_read(&issued.certificate, path, entry->d_name, false, &ignored))
            continue;
        if (link_site_from_pem(&issued.site, issued.certificate.text, issued.certificate.len) ==
                LINK_SITE_OK &&
            authority_has_issued(authority, &issued.certificate))
            good = see(context, &issued);
        pem_free(&issued.certificate);
    }
    closedir(notes);
    return good;
}

struct revocation {
    struct authority *authority;
    const char *name;
    char digits[FINGERPRINT_DIGITS + 1]; /* "": not a fingerprint */
    int64_t now_s;
    unsigned found, revoked;
};

/* Reads 64 hexadecimal digits, colons allowed; leaves `digits` empty when it is something else. */
static void read_fingerprint(char digits[static FINGERPRINT_DIGITS + 1], const char *text)
{
    size_t count = 0;
    for (; *text; text++) {
        if (*text == ':')
            continue;
        if (!isxdigit((unsigned char)*text) || count == FINGERPRINT_DIGITS) {
            count = 0;
            break;
        }
        digits[count++] = (char)tolower((unsigned char)*text);
    }
    digits[count == FINGERPRINT_DIGITS ? count : 0] = '\0';
}

static bool revoke_if_meant(void *context, const struct issued *issued)
{
    struct revocation *revocation = context;
    char digits[FINGERPRINT_DIGITS + 1];
    write_fingerprint(digits, issued->site.fingerprint);
    if (strcmp(issued->site.name, revocation->name) != 0 && strcmp(digits, revocation->digits) != 0)
        return true;
    revocation->found++;
    if (authority_has_revoked(revocation->authority, &issued->certificate))
        return true;
    revocation->revoked++;
    return authority_revoke(revocation->authority, &issued->certificate, revocation->now_s);
}

static bool keep_list(const char *folder, const struct authority *authority,
                      struct identity_error *error)
{
    struct staged_files staged = {0};
    struct pem revoked = {0};
    bool good = authority_revoked_pem(authority, &revoked);
    if (!good)
        identity_error_set(error, "%s", memory_short);
    good = good &&
           staged_files_add(&staged, folder, REVOKED_FILE, &revoked, PUBLIC_MODE, true, error) &&
           staged_files_commit(&staged, error);
    staged_files_abandon(&staged);
    pem_free(&revoked);
    return good;
}

static bool revoke_locked(const char *folder, struct revocation *revocation,
                          struct identity_error *error)
{
    identity_error_set(error, "%s", memory_short); /* unless something more precise is known */
    if (!each_issued(folder, revocation->authority, revoke_if_meant, revocation, error))
        return false;
    if (!revocation->found) {
        identity_error_set(error,
                           "no certificate issued to \"%.63s\", nor of that fingerprint; "
                           "`jisr identity show` lists them",
                           revocation->name);
        return false;
    }
    return !revocation->revoked || keep_list(folder, revocation->authority, error);
}

bool authority_files_revoke(const char *folder, const char *name_or_fingerprint, int64_t now_s,
                            unsigned *revoked, struct identity_error *error)
{
    int lock = small_folder_lock(folder, error);
    if (lock < 0)
        return false;
    struct revocation revocation = {
        .authority = load(folder, error), .name = name_or_fingerprint, .now_s = now_s};
    read_fingerprint(revocation.digits, name_or_fingerprint);
    bool good = revocation.authority && revoke_locked(folder, &revocation, error);
    if (good)
        *revoked = revocation.revoked;
    authority_free(revocation.authority);
    close(lock);
    return good;
}

bool authority_files_are_in(const char *folder)
{
    return small_file_exists(folder, AUTHORITY_KEY_FILE);
}

struct listing {
    const struct authority *authority;
    authority_files_visit *visit;
    void *context;
};

static bool visit_one(void *context, const struct issued *issued)
{
    const struct listing *listing = context;
    listing->visit(listing->context, &issued->site,
                   authority_has_revoked(listing->authority, &issued->certificate));
    return true;
}

bool authority_files_list(const char *folder, authority_files_visit *visit, void *context,
                          struct identity_error *error)
{
    struct authority *authority = load(folder, error);
    struct listing listing = {.authority = authority, .visit = visit, .context = context};
    bool good = authority && each_issued(folder, authority, visit_one, &listing, error);
    authority_free(authority);
    return good;
}
