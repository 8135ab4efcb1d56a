/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sound/alsa_quiet.h"

#include <alsa/asoundlib.h>

static void say_nothing(const char *file, int line, const char *function, int err,
                        const char *format, ...)
{
    (void)file;
    (void)line;
    (void)function;
    (void)err;
    (void)format;
}

void alsa_quiet(void)
{
    (void)snd_lib_error_set_handler(say_nothing); /* returns 0 */
}
