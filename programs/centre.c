/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `jisr centre`: the health record. With a verb it does one thing to its folder; without one it serves. */
#include "centre/serve.h"
#include "commands.h"

int command_centre(int argc, char **argv)
{
    return centre_serve(argc, argv);
}
