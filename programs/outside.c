/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool join(char path[static OUTSIDE_PATH_BYTES], const char *folder, const char *name)
{
    int len = snprintf(path, OUTSIDE_PATH_BYTES, "%s/%s", folder, name);
    return len > 0 && len < OUTSIDE_PATH_BYTES;
}

static bool find(char path[static OUTSIDE_PATH_BYTES], const char *folder, const char *name)
{
    return join(path, folder, name) && access(path, R_OK) == 0;
}

/* The folder of a build's program is two below the source's root. */
static bool find_beside_source(char path[static OUTSIDE_PATH_BYTES], const char *name)
{
    char program[OUTSIDE_PATH_BYTES], folder[OUTSIDE_PATH_BYTES];
    ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);

    if (len <= 0)
        return false;
    program[len] = '\0';
    *strrchr(program, '/') = '\0';
    return join(folder, program, "../../../shared/data") && find(path, folder, name);
}

bool outside_data(const char *name, char path[static OUTSIDE_PATH_BYTES])
{
    const char *named = getenv("JISR_DATA");

    if (named && *named)
        return find(path, named, name);
    return find(path, "../shared/data", name) || find_beside_source(path, name);
}
