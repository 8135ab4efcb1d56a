/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arm/gl_context.h"

#include <stdio.h>
#include <string.h>

#include "arm/gl_kinds.h"

const char *const gl_renderer_words[] = {"auto", "osmesa", "egl", NULL};

enum gl_renderer gl_renderer_of(const char *word)
{
    for (int i = 0; word && gl_renderer_words[i]; i++)
        if (!strcmp(word, gl_renderer_words[i]))
            return (enum gl_renderer)i;
    return GL_RENDERER_AUTO;
}

/* What MuJoCo's functions are of, until the process ends; GL_RENDERER_AUTO: not chosen yet. */
static enum gl_renderer chosen;

static struct gl_context *open_kind(enum gl_renderer renderer, char *words, size_t bytes)
{
    switch (renderer) {
    case GL_RENDERER_OSMESA:
        return gl_open_osmesa(words, bytes);
    case GL_RENDERER_EGL:
        return gl_open_egl(false, words, bytes);
    case GL_RENDERER_AUTO:
        break;
    }
    struct gl_context *card = gl_open_egl(true, words, bytes);
    return card ? card : gl_open_osmesa(words, bytes);
}

struct gl_context *gl_open(enum gl_renderer renderer, char *words, size_t bytes)
{
    if (renderer == GL_RENDERER_AUTO)
        renderer = chosen;
    if (chosen && renderer != chosen) {
        snprintf(words, bytes, "this program draws with %s already; start another for %s",
                 gl_renderer_words[chosen], gl_renderer_words[renderer]);
        return NULL;
    }
    struct gl_context *context = open_kind(renderer, words, bytes);
    if (!context)
        return NULL;
    chosen = context->renderer;
    *words = 0; /* of a card that is not there */
    return context;
}

bool gl_make_current(struct gl_context *context)
{
    return context->make_current(context);
}

void gl_let_go(struct gl_context *context)
{
    context->let_go(context);
}

void gl_close(struct gl_context *context)
{
    if (context)
        context->close(context);
}
