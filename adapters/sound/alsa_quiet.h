/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Silences ALSA, which SDL stands on: where there is no sound card its library writes a dozen lines of its own
 * inside to standard error, over ours. What failed SDL tells, and we tell that (SDL_GetError).
 *
 * Of the whole process; any thread, before SDL opens the audio subsystem.
 * Source: ALSA's <alsa/error.h>, snd_lib_error_set_handler. */
#ifndef SOUND_ALSA_QUIET_H
#define SOUND_ALSA_QUIET_H

void alsa_quiet(void);

#endif
