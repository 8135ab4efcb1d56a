/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawn by the processor: no graphics card, no display.
 *
 * OSMesa is loaded when it is to draw, not with the program: it brings a compiler (LLVM), some 40 MB resident, that
 * those who draw nothing would have, too. */
#include <GL/osmesa.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm/gl_kinds.h"

enum { SIDE = 64 };

struct osmesa_calls {
    OSMesaContext (*create)(GLenum, GLint, GLint, GLint, OSMesaContext);
    GLboolean (*make_current)(OSMesaContext, void *, GLenum, GLsizei, GLsizei);
    void (*destroy)(OSMesaContext);
};

struct osmesa {
    struct gl_context base; /* first: a context is one of these */
    struct osmesa_calls calls;
    OSMesaContext canvas;
    unsigned char memory[SIDE * SIDE * 4];
};

static bool make_current(struct gl_context *context)
{
    struct osmesa *osmesa = (struct osmesa *)context;
    return osmesa->calls.make_current(osmesa->canvas, osmesa->memory, GL_UNSIGNED_BYTE, SIDE, SIDE);
}

static void let_go(struct gl_context *context)
{
    struct osmesa *osmesa = (struct osmesa *)context;
    osmesa->calls.make_current(NULL, NULL, GL_UNSIGNED_BYTE, 0, 0);
}

static void close_osmesa(struct gl_context *context)
{
    struct osmesa *osmesa = (struct osmesa *)context;
    if (osmesa->canvas)
        osmesa->calls.destroy(osmesa->canvas);
    free(osmesa);
}

/* A function of the library's; the copy is how POSIX wants an object pointer to become a function's. */
static bool find(void *handle, const char *name, void *function)
{
    void *symbol = dlsym(handle, name);
    memcpy(function, &symbol, sizeof symbol);
    return symbol != NULL;
}

/* For all of the process, since MuJoCo looks its functions up among what is loaded; never unloaded. */
static bool load(struct osmesa_calls *calls)
{
    void *handle = dlopen("libOSMesa.so.8", RTLD_NOW | RTLD_GLOBAL);
    return handle && find(handle, "OSMesaCreateContextExt", &calls->create) &&
           find(handle, "OSMesaMakeCurrent", &calls->make_current) &&
           find(handle, "OSMesaDestroyContext", &calls->destroy);
}

struct gl_context *gl_open_osmesa(char *words, size_t bytes)
{
    struct osmesa *osmesa = calloc(1, sizeof *osmesa);
    if (osmesa && !load(&osmesa->calls)) {
        free(osmesa);
        snprintf(words, bytes, "OSMesa is not here: install libosmesa6");
        return NULL;
    }
    if (osmesa) {
        osmesa->base = (struct gl_context){.renderer = GL_RENDERER_OSMESA,
                                           .device = "OSMesa",
                                           .make_current = make_current,
                                           .let_go = let_go,
                                           .close = close_osmesa};
        osmesa->canvas = osmesa->calls.create(OSMESA_RGBA, 24, 8, 0, NULL);
        if (osmesa->canvas)
            return &osmesa->base;
        close_osmesa(&osmesa->base);
    }
    snprintf(words, bytes, "memory is short");
    return NULL;
}
