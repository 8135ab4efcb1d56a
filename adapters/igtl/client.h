/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One client of the OpenIGTLink server: what it has been sent and not taken yet, and what it has seen.
 * The server's thread; for server.c alone. */
#ifndef IGTL_CLIENT_H
#define IGTL_CLIENT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "igtl/message.h"
#include "igtl/server.h"

/* A picture that waits for the clients; zero: none so far. */
struct igtl_picture {
    uint64_t captured_ns;
    uint16_t width, height;
    uint8_t message[]; /* of igtl_image */
};

struct igtl_client_counts {
    uint64_t poses, pictures, skipped;
};

struct igtl_client { /* zeroed at first */
    bool is_there;
    int fd;
    uint8_t *bytes; /* messages on their way */
    size_t len, taken, room;
    uint64_t moved_ns;    /* when it last took any */
    uint64_t measured_ns; /* of the poses it was sent last, */
    uint64_t captured_ns; /* of the picture, */
    const char *why;      /* and the status; NULL: none yet */
    bool was_ready;
    struct igtl_client_counts counts; /* of all that had this place */
};

void igtl_client_open(struct igtl_client *client, int fd, uint64_t now_ns);
void igtl_client_close(struct igtl_client *client);

/* What to wait for. */
struct pollfd igtl_client_polled(const struct igtl_client *client);

/* Sends on what waits, throws away what it says, notices that it has left or is stuck. */
void igtl_client_flow(struct igtl_client *client, uint64_t now_ns);

/* Sends what is new to it, unless it has not yet taken what was sent before. */
void igtl_client_tell(struct igtl_client *client, const struct igtl_told *told,
                      const struct igtl_picture *picture, uint64_t wall_ahead_ns, uint64_t now_ns);

#endif
