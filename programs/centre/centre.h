/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A running centre: its parts. Made by the main thread, then shared by the server's workers. */
#ifndef CENTRE_CENTRE_H
#define CENTRE_CENTRE_H

#include "http/server.h"

struct centre {
    const char *data; /* the folder that holds all it keeps */
    struct http_server *server;
};

#endif
