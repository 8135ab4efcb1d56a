/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "keep.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MODE = 0640 };

/* Such a name stands for a descriptor of ours, even where that is a plain file. */
static bool is_descriptor(const char *path)
{
    static const char *const begins[] = {"/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/"};

    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (!strncmp(path, begins[i], strlen(begins[i])))
            return true;
    return false;
}

static bool is_plain(const char *path)
{
    struct stat status;
    return !is_descriptor(path) && (stat(path, &status) != 0 || S_ISREG(status.st_mode));
}

static bool is_free(const char *path)
{
    struct stat status;
    return is_descriptor(path) || stat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
           status.st_size == 0;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool keep_name(char name[static KEEP_NAME_BYTES], const char *path, unsigned number)
{
    const char *last = last_part(path);
    const char *dot = strrchr(last, '.');
    size_t stem = dot && dot > last ? (size_t)(dot - path) : strlen(path);
    int len = number > 1 && is_plain(path) ? snprintf(name, KEEP_NAME_BYTES, "%.*s-%u%s", (int)stem,
                                                      path, number, path + stem)
                                           : snprintf(name, KEEP_NAME_BYTES, "%s", path);
    return len >= 0 && len < KEEP_NAME_BYTES;
}

unsigned keep_number(const char *const *paths, size_t count, unsigned first)
{
    char name[KEEP_NAME_BYTES];
    bool is_taken = true;
    unsigned number = first - 1;

    assert(first > 0);
    while (is_taken) {
        number++;
        is_taken = false;
        for (size_t i = 0; i < count; i++)
            is_taken |= paths[i] && keep_name(name, paths[i], number) && !is_free(name);
    }
    return number;
}

static bool stat_folder(const char *path, struct stat *status)
{
    char folder[KEEP_NAME_BYTES];
    int len = snprintf(folder, sizeof folder, "%.*s.", (int)(last_part(path) - path), path);
    return len >= 0 && len < KEEP_NAME_BYTES && stat(folder, status) == 0;
}

bool keep_is_same(const char *a, const char *b)
{
    struct stat a_is, b_is;

    if (!is_plain(a) || !is_plain(b))
        return false;
    if (stat(a, &a_is) == 0 && stat(b, &b_is) == 0)
        return a_is.st_dev == b_is.st_dev && a_is.st_ino == b_is.st_ino;
    return !strcmp(last_part(a), last_part(b)) && stat_folder(a, &a_is) && stat_folder(b, &b_is) &&
           a_is.st_dev == b_is.st_dev && a_is.st_ino == b_is.st_ino;
}

int keep_open(const char *name)
{
    return open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, MODE);
}

static bool open_part(struct keep_whole *whole)
{
    int len = snprintf(whole->part, sizeof whole->part, "%s.part", whole->name);

    errno = ENAMETOOLONG;
    int file = len < (int)sizeof whole->part
                   ? open(whole->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, MODE)
                   : -1;
    if (file >= 0 && !(whole->out = fdopen(file, "w")))
        close(file);
    if (!whole->out)
        whole->part[0] = '\0';
    return whole->out != NULL;
}

bool keep_whole_try(struct keep_whole *whole, const char *name)
{
    *whole = (struct keep_whole){.out = NULL};
    if (snprintf(whole->name, sizeof whole->name, "%s", name) >= (int)sizeof whole->name) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (!is_plain(name))
        return (whole->out = fopen(name, "ae")) != NULL;
    if (!open_part(whole))
        return false;
    keep_whole_drop(whole);
    return true;
}

FILE *keep_whole_begin(struct keep_whole *whole)
{
    return whole->out || open_part(whole) ? whole->out : NULL;
}

bool keep_whole_end(struct keep_whole *whole)
{
    bool is_good = fflush(whole->out) == 0 && !ferror(whole->out) &&
                   (!*whole->part || fsync(fileno(whole->out)) == 0) &&
                   (!*whole->part || rename(whole->part, whole->name) == 0);
    int why = errno;

    if (is_good)
        whole->part[0] = '\0';
    keep_whole_drop(whole);
    errno = why;
    return is_good;
}

void keep_whole_drop(struct keep_whole *whole)
{
    if (whole->out)
        fclose(whole->out);
    if (*whole->part)
        unlink(whole->part);
    whole->out = NULL;
    whole->part[0] = '\0';
}
