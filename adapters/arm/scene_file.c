/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arm/scene_file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BYTES_MAX = 16 << 20, /* the built-in ones have 2 to 8 kB */
    PIECE_BYTES = 1 << 18,
    FILES_MAX = 64 /* looked into; one that includes itself MuJoCo refuses */
};

bool scene_file_open(struct scene_file *file, const char *path, struct arm_reason *reason)
{
    *file = (struct scene_file){.path = path};
    FILE *disk = fopen(path, "re");
    if (!disk)
        return arm_fail(reason, "%s", strerror(errno));
    int why = 0;
    for (size_t room = 0; !why && file->len == room; room += PIECE_BYTES) {
        char *text = realloc(file->text, room + PIECE_BYTES);
        if (text) {
            file->text = text;
            file->len += fread(text + room, 1, PIECE_BYTES, disk);
        }
        why = !text ? ENOMEM : ferror(disk) ? errno : file->len > BYTES_MAX ? EFBIG : 0;
    }
    (void)fclose(disk);
    if (!why)
        return true;
    scene_file_close(file);
    return arm_fail(reason, "%s", strerror(why));
}

void scene_file_close(struct scene_file *file)
{
    free(file->text);
    *file = (struct scene_file){0};
}

/* `file` beside `path`. False: it is too long, or the arms', which we write. */
static bool find_included(const char *path, struct scene_word file, char out[static PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    int folder = file.len && *file.at == '/' ? 0 : slash ? (int)(slash + 1 - path) : 0;
    int len = snprintf(out, PATH_MAX, "%.*s%.*s", folder, path, (int)file.len, file.at);
    const char *name = strrchr(out, '/');
    return len < PATH_MAX && strcmp(name ? name + 1 : out, "arms.xml") != 0;
}

/* `main_path`: of the scene, beside which MuJoCo looks for every file; `*files`: looked into so far. */
static bool check(const struct scene_file *file, const char *main_path, unsigned *files,
                  struct arm_reason *reason)
{
    struct scene_reader reader;
    struct scene_attribute attribute;
    struct scene_fault fault;
    bool is_main = file->path == main_path;
    scene_reader_init(&reader, file->text, file->len);
    while (scene_next(&reader, &attribute)) {
        char path[PATH_MAX];
        struct scene_file included;
        struct arm_reason absent;
        if (!scene_check(&attribute, &fault))
            return arm_fail(reason, "%.80s%sline %u: %s", is_main ? "" : file->path,
                            is_main ? "" : ": ", fault.line, fault.words);
        if (!scene_word_is(attribute.element, "include") ||
            !scene_word_is(attribute.name, "file") || *files == FILES_MAX ||
            !find_included(main_path, attribute.value, path) ||
            !scene_file_open(&included, path, &absent))
            continue;
        ++*files;
        bool is_good = check(&included, main_path, files, reason);
        scene_file_close(&included);
        if (!is_good)
            return false;
    }
    return true;
}

bool scene_file_check(const struct scene_file *file, struct arm_reason *reason)
{
    unsigned files = 1;
    return check(file, file->path, &files, reason);
}
