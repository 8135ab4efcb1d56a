/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/synthea.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NO_BUNDLES = 77 };

static const char *command = "bench";

int synthea_options(const struct options_usage *usage, const struct option *table, void *settings,
                    int argc, char **argv)
{
    command = usage->command;
    return options_alone(usage, table, settings, argc, argv);
}

void synthea_stop(const char *words)
{
    fprintf(stderr, "%s: %s\n", command, words);
    exit(1);
}

static struct text whole_file(const char *path, struct arena *arena)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        synthea_stop(path);
    size_t len = (size_t)ftell(file);
    char *bytes = arena_take(arena, len);
    rewind(file);
    if (!bytes || fread(bytes, 1, len, file) != len)
        synthea_stop(path);
    fclose(file);
    return (struct text){bytes, len};
}

void synthea_read(const struct synthea_settings *settings, struct arena *arena,
                  bool (*take)(struct text file))
{
    char folder[4096], path[8192];
    const char *data = getenv("JISR_DATA");
    bool is_empty = true;
    if (settings->data)
        snprintf(folder, sizeof folder, "%s", settings->data);
    else
        snprintf(folder, sizeof folder, "%s/fhir/synthea", data ? data : "../shared/data");
    DIR *listing = opendir(folder);
    for (struct dirent *entry; listing && (entry = readdir(listing));) {
        const char *ending = strrchr(entry->d_name, '.');
        if (!ending || strcmp(ending, ".json") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        is_empty = !take(whole_file(path, arena)) && is_empty;
    }
    if (listing)
        closedir(listing);
    if (is_empty) {
        fprintf(stderr, "%s: no bundles in %s\n", command, folder);
        exit(NO_BUNDLES);
    }
}

double synthea_thread_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double synthea_median(double *values, uint64_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}
