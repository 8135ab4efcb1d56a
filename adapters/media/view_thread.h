/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console's screen side in a thread of its own: the loop of the link hands it what came, it
 * decodes and answers with what could be shown and when.
 *
 *     view_thread_show(view, &(struct view_frame){.number = event.sequence, .bytes = event.bytes, ...});
 *     struct pollfd it = {.fd = view_thread_fd(view), .events = POLLIN};
 *     struct viewed viewed;
 *     while (view_thread_result(view, &viewed))
 *         if (viewed.damaged) ...ask the cart for a recovery, naming viewed.captured_ns...
 *
 * All but start and stop belong to one thread, the loop, and never block. */
#ifndef MEDIA_VIEW_THREAD_H
#define MEDIA_VIEW_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "media/err.h"
#include "media/picture.h"

struct view_frame {
    uint32_t number;      /* consecutive at the sender, so that a gap is a loss */
    uint64_t captured_ns; /* by the cart's clock */
    uint64_t received_ns; /* by ours */
    uint32_t tag;         /* handed back as it is: the gesture the arm had followed */
    const uint8_t *bytes; /* copied */
    size_t len;
};

struct viewed {
    uint32_t number, tag;
    uint64_t captured_ns, received_ns; /* as given */
    uint64_t shown_ns;                 /* ours: when the picture was ready for the screen */
    uint64_t decode_ns;                /* the codec's share of that */
    size_t len;
    enum media_err err; /* MEDIA_ERR_FORMAT: no picture came of it */
    bool damaged;       /* shown, but not what the cart's camera saw */
    bool stamped;       /* a number was burnt in (media/stamp.h): */
    uint32_t stamp;
    uint32_t width, height;
};

struct view_thread;

/* Pictures larger than width x height are refused as MEDIA_ERR_FORMAT. All memory is taken here, about
 * 2 MiB for the ring, and the codec's own. */
MUST_USE enum media_err view_thread_start(struct view_thread **view, uint32_t width_max,
                                          uint32_t height_max, struct media_reason *reason);
void view_thread_stop(struct view_thread *view);

/* Where each picture that could be decoded goes, damaged ones too: `show` is called in the decoder's
 * thread, and looks at the picture, captured by the cart's clock, until it returns. Before the first
 * view_thread_show. */
void view_thread_screen(struct view_thread *view,
                        void (*show)(void *context, const struct picture *picture, uint32_t number,
                                     uint64_t ready_ns),
                        void *context);

/* Hands a picture over. False: larger than ENCODED_BYTES_MAX, or the decoder is eight pictures behind
 * and this one is dropped, which the decoder will notice by its number. */
bool view_thread_show(struct view_thread *view, const struct view_frame *frame);

/* Readable when a result waits. */
int view_thread_fd(const struct view_thread *view);

/* Takes the oldest result; false when there is none. */
bool view_thread_result(struct view_thread *view, struct viewed *viewed);

/* The next whole picture is also written to `path`, lent until then, as a PNG, for people: some tens of
 * milliseconds during which pictures wait. Nothing happens while one is to be written already. */
void view_thread_snapshot(struct view_thread *view, const char *path);

/* True, once for each snapshot, when that is over: MEDIA_OK in `err`, else why not in `reason`. */
MUST_USE bool view_thread_snapshot_over(struct view_thread *view, enum media_err *err,
                                        struct media_reason *reason);

#endif
