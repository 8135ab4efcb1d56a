/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An OpenGL context without a window, to draw a scene off screen: by a processor (OSMesa) or by a graphics card
 * (EGL).
 *
 * One kind a process: MuJoCo asks for its OpenGL functions once, by `eglGetProcAddress` where the process has such a
 * symbol, else by `OSMesaGetProcAddress` (MuJoCo 2.2, src/render/glad/glad.c, mjGlad_open_gl). So OSMesa is
 * linked, and libEGL is loaded for all to see only once a context of it is to be used; another kind after
 * that is refused.
 * A context is held by one thread at a time; opening and closing: one thread at a time of all. */
#ifndef ARM_GL_CONTEXT_H
#define ARM_GL_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

enum gl_renderer {
    GL_RENDERER_AUTO, /* EGL where a graphics card is, else OSMesa */
    GL_RENDERER_OSMESA,
    GL_RENDERER_EGL /* by a processor too, where EGL offers nothing better */
};

/* Their words, by number, NULL-ended: "auto", "osmesa", "egl". */
extern const char *const gl_renderer_words[];

/* Of a word of those; GL_RENDERER_AUTO for any other, and for NULL. */
enum gl_renderer gl_renderer_of(const char *word);

struct gl_context {
    enum gl_renderer renderer; /* never GL_RENDERER_AUTO */
    char device[96];           /* what draws, in OpenGL's words */
    /* Of the kind itself: */
    bool (*make_current)(struct gl_context *context);
    void (*let_go)(struct gl_context *context);
    void (*close)(struct gl_context *context);
};

/* Its buffer is a few pixels only: what is drawn goes to a buffer of the caller's own. Held by no thread at
 * first. NULL: `words` (of `bytes`) say why, and what to do. */
struct gl_context *gl_open(enum gl_renderer renderer, char *words, size_t bytes);

/* Holds it in this thread. False: it cannot be, another thread has it. */
MUST_USE bool gl_make_current(struct gl_context *context);

/* The thread that holds it; another may then. */
void gl_let_go(struct gl_context *context);

/* Held by nobody. NULL: nothing happens. */
void gl_close(struct gl_context *context);

#endif
