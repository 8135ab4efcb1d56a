/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tool poses and the picture for others to show, as 3D Slicer: an OpenIGTLink server (igtl/message.h), in
 * a thread of its own.
 *
 *     igtl_server_tell(server, &told)                loop: each millisecond, where the tools are
 *     igtl_server_picture(server, &picture, at_ns)   codec's thread: each picture, copied
 *
 * Each client gets, 30 times a second, a TRANSFORM for each tool and for the camera, at most 10 times a
 * second an IMAGE, and a STATUS when it connects and whenever that changes; every message carries its
 * source's own time. Neither loop nor codec waits: they leave the newest behind, and a client that reads
 * slowly gets what is newest once it has read what it was sent (hazard H-67). Nothing a client sends is
 * read for a meaning.
 *
 * OpenIGTLink knows neither secrets nor who is there: whoever reaches the address sees the picture, so
 * it is off unless the user names one (hazard H-68). */
#ifndef IGTL_SERVER_H
#define IGTL_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "media/picture.h"
#include "motion/pose.h"

enum { IGTL_CLIENTS_MAX = 4, IGTL_TOOLS_MAX = 2, IGTL_WHY_BYTES = 256 };

#define IGTL_POSES_NS UINT64_C(33333333)     /* 30 a second */
#define IGTL_PICTURES_NS UINT64_C(100000000) /* 10 a second at most */
/* A client that takes not a byte for so long is let go. */
#define IGTL_STUCK_NS UINT64_C(10000000000)

struct igtl_told {
    uint64_t measured_ns; /* monotonic, when the poses were so; 0: none are known */
    unsigned tool_count;
    struct pose tools[IGTL_TOOLS_MAX]; /* tips in the world of motion/layout.h */
    bool has_camera;                   /* whether it is known where ... */
    struct pose camera;                /* ... the lens is, likewise */
    bool is_ready;                     /* the arm follows; else */
    const char *why;                   /* why not, in words; static text */
};

struct igtl_figures {
    unsigned clients;         /* now */
    uint64_t poses, pictures; /* messages to all, wholly handed to the system */
    uint64_t skipped;         /* times a client had not yet read what it was sent */
};

struct igtl_server;

/* Listens on `address`, "127.0.0.1:18944" (the protocol's usual port), in numbers. NULL: why not is in
 * `why`. */
MUST_USE struct igtl_server *igtl_server_start(const char *address,
                                               char why[static IGTL_WHY_BYTES]);
void igtl_server_stop(struct igtl_server *server);

void igtl_server_tell(struct igtl_server *server, const struct igtl_told *told);

/* `captured_ns`: monotonic, ours. Costs the copy only for pictures that will be sent. */
void igtl_server_picture(struct igtl_server *server, const struct picture *picture,
                         uint64_t captured_ns);

/* The loop's. */
struct igtl_figures igtl_server_figures(const struct igtl_server *server);

#endif
