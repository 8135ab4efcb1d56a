/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre` without a verb: serves until it is told to stop. Main thread. */
#ifndef CENTRE_SERVE_H
#define CENTRE_SERVE_H

#include <stdbool.h>

/* Whether it may listen there, before anything is opened or made: DONE, or what the verb returns; it has said why. */
int serve_check(const char *listen, bool has_certificate, bool plain_http);

int centre_serve(int argc, char **argv);

#endif
