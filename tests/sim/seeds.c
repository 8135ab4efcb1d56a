/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/seeds.h"

#include <stdlib.h>
#include <string.h>

static bool read_number(const char *text, uint64_t *number)
{
    char *end;
    *number = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end;
}

bool seeds_read(struct seeds *seeds, int argc, char **argv)
{
    *seeds = (struct seeds){.from = 1, .count = 100};
    for (int i = 1; i < argc; i++) {
        bool last = i + 1 == argc;
        if (!strcmp(argv[i], "--verbose"))
            seeds->verbose = true;
        else if (!strcmp(argv[i], "--seeds") && !last && read_number(argv[i + 1], &seeds->count))
            i++;
        else if (!strcmp(argv[i], "--from") && !last && read_number(argv[i + 1], &seeds->from))
            i++;
        else if (!strcmp(argv[i], "--seed") && !last && read_number(argv[i + 1], &seeds->from))
            i++, seeds->count = 1;
        else
            return false;
    }
    return true;
}
