/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/media/folder.h"

#include "unit/cmocka_base.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct media_reason reason;
static char folder[] = "/tmp/jisr-camera-XXXXXX";

int folder_make(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

int folder_remove(void **state)
{
    struct dirent *entry;
    DIR *files = opendir(folder);
    (void)state;
    while (files && (entry = readdir(files)))
        unlink(in_folder(entry->d_name)); /* "." and ".." stay */
    if (files)
        closedir(files);
    return rmdir(folder);
}

const char *in_folder(const char *name)
{
    static char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

void write_file(const char *name, const void *bytes, size_t len)
{
    FILE *file = fopen(in_folder(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    fclose(file);
}

enum media_err try_open(struct camera **camera, const char *spec, uint32_t rate)
{
    struct camera_settings settings = {
        .spec = spec, .width = WIDTH, .height = HEIGHT, .rate = rate, .unpaced = true};
    return camera_open(camera, &settings, &reason);
}

enum media_err try_file_at(struct camera **camera, const char *name, uint32_t rate)
{
    char spec[PATH_BYTES + 8];
    snprintf(spec, sizeof spec, "file:%s", in_folder(name));
    return try_open(camera, spec, rate);
}

enum media_err try_file(struct camera **camera, const char *name)
{
    return try_file_at(camera, name, 0);
}
