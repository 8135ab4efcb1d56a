/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opened glasses (access/glass.h) as notes of the store, each by the session that opened it and its patient, so that
 * every server finds them at each request.
 *
 * One ends by its time, by who opened it (DELETE .../$break-glass), with its session, whose tokens then are none,
 * and by its review: a Task that is rejected, cancelled, failed or entered in error, or that is gone, shuts it at once.
 *
 * Who reviews is the site's privacy officer, a note as well; `jisr centre officer` names them. */
#ifndef REST_GLASS_NOTE_H
#define REST_GLASS_NOTE_H

#include <stdint.h>

#include "access/access.h"
#include "base/arena.h"
#include "base/attr.h"
#include "store/store.h"

/* Areas of notes. Of a glass by "SESSION/PATIENT"; the officer by GLASS_OFFICER: "Practitioner/9". */
extern const char glass_notes[];
extern const char glass_site[];
#define GLASS_OFFICER "officer"

/* Ours: patients of one accident; and how long one that is over is still told as such. */
enum { GLASS_NOTES_MAX = 16 };
#define GLASS_TOLD_MS INT64_C(3600000)

/* The session's glasses, whose Tasks do not shut them, in the arena; NULL: none. Anything but STORE_OK: they cannot be
 * looked up. */
MUST_USE enum store_err glass_notes_read(struct store_view *view, struct text session,
                                         struct arena *arena, const struct access_glass **first);

/* Keeps one with its Task of review ("Task/7"). STORE_ERR_BUSY: as many as may be are open in this session. */
MUST_USE enum store_err glass_note_put(struct store_write *write, struct text session,
                                       const struct access_glass *glass, struct text task,
                                       struct arena *arena);

/* Ends it; no error where there is none. */
MUST_USE enum store_err glass_note_end(struct store_write *write, struct text session,
                                       struct text patient, struct arena *arena);

/* "Practitioner/9"; "": nobody is named. */
MUST_USE enum store_err glass_officer(struct store_view *view, struct text *officer);

#endif
