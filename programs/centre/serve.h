/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre` without a verb: serves until it is told to stop. Main thread. */
#ifndef CENTRE_SERVE_H
#define CENTRE_SERVE_H

int centre_serve(int argc, char **argv);

#endif
