/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How hard answers are packed, quickly rather than small. The files of coding.h share it. */
#ifndef HTTP_CODING_LEVELS_H
#define HTTP_CODING_LEVELS_H

enum {
    PACK_GZIP_WINDOW = 15 + 16 /* gzip's head and sum around it */,
    PACK_GZIP_LEVEL = 4,
    PACK_ZSTD_LEVEL = 1
};

#endif
