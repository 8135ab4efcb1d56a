/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/err.h"

#include <stdarg.h>
#include <stdio.h>

const char *media_err_text(enum media_err err)
{
    switch (err) {
    case MEDIA_OK:
        return "nothing is wrong";
    case MEDIA_ERR_SETTING:
        return "a setting that is not possible";
    case MEDIA_ERR_MISSING:
        return "no such file or device";
    case MEDIA_ERR_FORMAT:
        return "no picture of it can be decoded";
    case MEDIA_ERR_NO_VIDEO:
        return "no video in it";
    case MEDIA_ERR_CODEC:
        return "the codec failed";
    case MEDIA_ERR_DEVICE:
        return "the camera device failed";
    case MEDIA_ERR_SILENT:
        return "the camera device gives no picture";
    case MEDIA_ERR_TOO_BIG:
        return "a picture too large to send";
    case MEDIA_ERR_MEMORY:
        return "no memory";
    }
    return "?";
}

enum media_err media_fail(struct media_reason *reason, enum media_err err, const char *words, ...)
{
    va_list args;
    va_start(args, words);
    vsnprintf(reason->words, sizeof reason->words, words, args);
    va_end(args);
    return err;
}
