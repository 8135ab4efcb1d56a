/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two kinds of context behind arm/gl_context.h, for gl_context.c alone. */
#ifndef ARM_GL_KINDS_H
#define ARM_GL_KINDS_H

#include "arm/gl_context.h"

struct gl_context *gl_open_osmesa(char *words, size_t bytes);

/* `is_hardware`: by a graphics card only. Without one, OSMesa
 * can still be used. */
struct gl_context *gl_open_egl(bool is_hardware, char *words, size_t bytes);

#endif
