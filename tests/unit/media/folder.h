/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A camera's tests: files in a folder of their own, and what opening them says. */
#ifndef UNIT_MEDIA_FOLDER_H
#define UNIT_MEDIA_FOLDER_H

#include <stddef.h>
#include <stdint.h>

#include "media/camera.h"

enum { WIDTH = 640, HEIGHT = 360, FILM_RATE = 25, PATH_BYTES = 4096 };

/* Of what was refused last. */
extern struct media_reason reason;

/* cmocka's set-up and tear-down of a group: a new folder, and it removed with the files written. */
int folder_make(void **state);
int folder_remove(void **state);

/* A file's path there; the next call takes its place. */
const char *in_folder(const char *name);

void write_file(const char *name, const void *bytes, size_t len);

enum media_err try_open(struct camera **camera, const char *spec, uint32_t rate);

/* `rate` 0: the file's own. */
enum media_err try_file_at(struct camera **camera, const char *name, uint32_t rate);
enum media_err try_file(struct camera **camera, const char *name);

#endif
