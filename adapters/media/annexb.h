/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an H.264 byte stream (ITU-T H.264 Annex B) says about starting to decode at a picture.
 * Pure; reads outside bytes, any of them. */
#ifndef MEDIA_ANNEXB_H
#define MEDIA_ANNEXB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct annexb_entry {
    bool idr;                   /* needs nothing before it */
    bool recovery_point;        /* from here on all is refreshed within ... */
    uint32_t recovery_pictures; /* ... so many pictures after this one */
};

struct annexb_entry annexb_entry_of(const uint8_t *bytes, size_t len);

#endif
