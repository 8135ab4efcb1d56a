/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can go wrong with pictures, and the words for it. */
#ifndef MEDIA_ERR_H
#define MEDIA_ERR_H

#include "base/attr.h"

enum media_err {
    MEDIA_OK = 0,
    MEDIA_ERR_SETTING,  /* a size, rate or camera name that we do not take */
    MEDIA_ERR_MISSING,  /* no such file or device, or we may not open it */
    MEDIA_ERR_FORMAT,   /* bytes that are no picture, or cut off before the first one */
    MEDIA_ERR_NO_VIDEO, /* a media file without a video stream in it */
    MEDIA_ERR_CODEC,    /* the codec library has no such codec, or refused to start */
    MEDIA_ERR_DEVICE,   /* the camera device failed, or cannot do what we need */
    MEDIA_ERR_SILENT,   /* the camera device gave no picture for a second */
    MEDIA_ERR_TOO_BIG,  /* an encoded picture above ENCODED_BYTES_MAX: dropped */
    MEDIA_ERR_MEMORY    /* no memory, or no thread, at start */
};

/* "the camera device failed". A constant. */
const char *media_err_text(enum media_err err);

/* The reason in words for the person who started the program. Set when an error is returned. */
struct media_reason {
    char words[256];
};

/* Writes the reason as printf would and returns `err`, so that a caller can end with it. */
enum media_err media_fail(struct media_reason *reason, enum media_err err, const char *words, ...)
    PRINTF_LIKE(3, 4);

#endif
