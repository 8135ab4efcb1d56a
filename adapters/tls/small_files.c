/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tls/small_files.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

void identity_error_set(struct identity_error *error, const char *text, ...)
{
    va_list args;
    va_start(args, text);
    vsnprintf(error->text, sizeof error->text, text, args);
    va_end(args);
}

static bool join(char path[static PATH_MAX], const char *folder, const char *name,
                 struct identity_error *error)
{
    int len = snprintf(path, PATH_MAX, "%s/%s", folder, name);
    if (len > 0 && len < PATH_MAX)
        return true;
    identity_error_set(error, "%s: the folder's name is too long", name);
    return false;
}

static bool read_all(int fd, char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t got = read(fd, text + at, len - at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += (size_t)got;
    }
    return true;
}

static bool read_open_file(struct pem *text, int fd, const char *name, bool is_secret,
                           struct identity_error *error)
{
    struct stat facts;
    if (fstat(fd, &facts) || !S_ISREG(facts.st_mode) || facts.st_size > SMALL_FILE_BYTES_MAX) {
        identity_error_set(error, "%s is not an ordinary small file", name);
        return false;
    }
    if (is_secret && (facts.st_mode & 077)) {
        identity_error_set(error, "%s is open to others (mode %03o): chmod 600 it", name,
                           facts.st_mode & 0777U);
        return false;
    }
    size_t len = (size_t)facts.st_size;
    struct pem read = {.text = OPENSSL_zalloc(len + 1), .len = len};
    if (!read.text || !read_all(fd, read.text, len)) {
        identity_error_set(error, "%s cannot be read whole", name);
        pem_free(&read);
        return false;
    }
    *text = read;
    return true;
}

bool small_file_read(struct pem *text, const char *folder, const char *name, bool is_secret,
                     struct identity_error *error)
{
    char path[PATH_MAX];
    if (!join(path, folder, name, error))
        return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        identity_error_set(error, "%s: %s", name, strerror(errno));
        return false;
    }
    bool good = read_open_file(text, fd, name, is_secret, error);
    close(fd);
    return good;
}

bool small_file_exists(const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct identity_error ignored;
    struct stat facts;
    return join(path, folder, name, &ignored) && !lstat(path, &facts);
}

bool small_folder_make(const char *folder, struct identity_error *error)
{
    char path[PATH_MAX];
    size_t len = strlen(folder);
    if (len == 0 || len >= sizeof path) {
        identity_error_set(error, "the folder's name is empty or too long");
        return false;
    }
    memcpy(path, folder, len + 1);
    for (char *end = path + 1;; end++) {
        if (*end && *end != '/')
            continue;
        char kept = *end;
        *end = '\0';
        if (mkdir(path, 0700) && errno != EEXIST) {
            identity_error_set(error, "cannot make %s: %s", path, strerror(errno));
            return false;
        }
        if (!kept)
            return true;
        *end = kept;
    }
}

int small_folder_lock(const char *folder, struct identity_error *error)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 && !flock(fd, LOCK_EX))
        return fd;
    identity_error_set(error, "%s: %s", folder, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool write_all(int fd, const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t put = write(fd, text + at, len - at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        at += (size_t)put;
    }
    return true;
}

bool staged_files_add(struct staged_files *staged, const char *folder, const char *name,
                      const struct pem *text, mode_t mode, bool may_replace,
                      struct identity_error *error)
{
    assert(staged->count < STAGED_FILES_MAX);
    struct staged_file *file = &staged->files[staged->count];
    char temporary_name[NAME_MAX];
    snprintf(temporary_name, sizeof temporary_name, ".%s.XXXXXX", name);
    if (!join(file->path, folder, name, error) ||
        !join(file->temporary, folder, temporary_name, error))
        return false;

    int fd = mkostemp(file->temporary, O_CLOEXEC); /* mode 0600 from the first byte on */
    if (fd < 0) {
        identity_error_set(error, "cannot write in %s: %s", folder, strerror(errno));
        return false;
    }
    bool written = write_all(fd, text->text, text->len) && !fchmod(fd, mode) && !fsync(fd);
    int reason = errno;
    if (close(fd))
        written = false;
    if (!written) {
        unlink(file->temporary);
        identity_error_set(error, "cannot write %s: %s", file->path, strerror(reason));
        return false;
    }
    file->may_replace = may_replace;
    staged->count++;
    return true;
}

static void sync_folder_of(const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = '\0'; /* join put one there */
    int fd = open(*folder ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

bool staged_files_commit(struct staged_files *staged, struct identity_error *error)
{
    for (int i = 0; i < staged->count; i++) {
        struct staged_file *file = &staged->files[i];
        if (renameat2(AT_FDCWD, file->temporary, AT_FDCWD, file->path,
                      file->may_replace ? 0 : RENAME_NOREPLACE)) {
            identity_error_set(error, "cannot make %s: %s", file->path, strerror(errno));
            return false;
        }
        file->temporary[0] = '\0';
        sync_folder_of(file->path);
    }
    return true;
}

void staged_files_abandon(struct staged_files *staged)
{
    for (int i = 0; i < staged->count; i++)
        if (staged->files[i].temporary[0])
            unlink(staged->files[i].temporary);
    staged->count = 0;
}
