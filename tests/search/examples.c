/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "search/examples.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 40 * 1024, NAMES_MAX = 8000 };

static bool add_file(struct examples *examples, const char *folder, const char *name,
                     struct arena *kept)
{
    static const char *const definitions[] = {"SearchParameter",     "ValueSet",   "CodeSystem",
                                              "StructureDefinition", "ConceptMap", "Bundle"};
    char path[1024];
    for (size_t i = 0; i < sizeof definitions / sizeof *definitions; i++)
        if (strncmp(name, definitions[i], strlen(definitions[i])) == 0)
            return false;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    char *bytes = arena_take(kept, FILE_BYTES_MAX);
    if (!file || !bytes)
        return false;
    size_t len = fread(bytes, 1, FILE_BYTES_MAX, file);
    fclose(file);
    struct json *json = &examples->jsons[examples->count];
    if (len == FILE_BYTES_MAX ||
        json_parse(json, (struct text){bytes, len}, &json_limits_default, kept, NULL) != JSON_OK)
        return false;
    uint32_t type = json_member(json, JSON_ROOT, TEXT("resourceType"));
    uint32_t id = json_member(json, JSON_ROOT, TEXT("id"));
    if (type == JSON_NONE || id == JSON_NONE)
        return false;
    struct oracle_resource *resource = &examples->resources[examples->count];
    *resource =
        (struct oracle_resource){fhir_resource_named(json_raw(json, type)), json_raw(json, id),
                                 1600000000000 + (int64_t)examples->count * 86400000, json};
    examples->count += resource->type != FHIR_NONE;
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool examples_read(struct examples *examples, const char *folder,
                   const struct search_extractor *extractor, struct text base, struct arena *kept)
{
    static char *names[NAMES_MAX];
    size_t count = 0;
    DIR *listing = opendir(folder);
    examples->count = 0;
    if (!listing)
        return false;
    for (struct dirent *entry; count < NAMES_MAX && (entry = readdir(listing));)
        if (strstr(entry->d_name, ".json"))
            names[count++] = strdup(entry->d_name);
    closedir(listing);
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++) {
        if (examples->count < EXAMPLES_MAX)
            (void)add_file(examples, folder, names[i], kept);
        free(names[i]);
    }
    for (size_t i = 0; i < examples->count; i++)
        if (!search_extract(extractor, examples->resources[i].json, base, kept, &examples->rows[i]))
            return false;
    return examples->count > 0;
}
