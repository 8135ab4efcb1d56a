/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawn by the processor: no graphics card, no display. */
#include <GL/osmesa.h>
#include <stdio.h>
#include <stdlib.h>

#include "arm/gl_kinds.h"

enum { SIDE = 64 };

struct osmesa {
    struct gl_context base; /* first: a context is one of these */
    OSMesaContext canvas;
    unsigned char memory[SIDE * SIDE * 4];
};

static bool make_current(struct gl_context *context)
{
    struct osmesa *osmesa = (struct osmesa *)context;
    return OSMesaMakeCurrent(osmesa->canvas, osmesa->memory, GL_UNSIGNED_BYTE, SIDE, SIDE);
}

static void let_go(struct gl_context *context)
{
    (void)context;
    OSMesaMakeCurrent(NULL, NULL, GL_UNSIGNED_BYTE, 0, 0);
}

static void close_osmesa(struct gl_context *context)
{
    struct osmesa *osmesa = (struct osmesa *)context;
    if (osmesa->canvas)
        OSMesaDestroyContext(osmesa->canvas);
    free(osmesa);
}

struct gl_context *gl_open_osmesa(char *words, size_t bytes)
{
    struct osmesa *osmesa = calloc(1, sizeof *osmesa);
    if (osmesa) {
        osmesa->base = (struct gl_context){.renderer = GL_RENDERER_OSMESA,
                                           .device = "OSMesa",
                                           .make_current = make_current,
                                           .let_go = let_go,
                                           .close = close_osmesa};
        osmesa->canvas = OSMesaCreateContextExt(OSMESA_RGBA, 24, 8, 0, NULL);
        if (osmesa->canvas)
            return &osmesa->base;
        close_osmesa(&osmesa->base);
    }
    snprintf(words, bytes, "memory is short");
    return NULL;
}
