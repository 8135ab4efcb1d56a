/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawn by a graphics card, without a display: EGL's devices (EGL_EXT_device_enumeration, EGL_EXT_platform_device),
 * a compatibility context of desktop OpenGL, a small pbuffer. libEGL is loaded here and not linked, for the reason
 * in arm/gl_context.h. A processor's device is one that says EGL_MESA_device_software. */
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm/gl_kinds.h"

enum { DEVICES_MAX = 16, SIDE = 64, GL_RENDERER_NAME = 0x1F01 /* GL_RENDERER of gl.h */ };

static const char library[] = "libEGL.so.1";

/* Of libEGL, those we call. */
struct egl_calls {
    __typeof__(eglGetProcAddress) *get;
    __typeof__(eglInitialize) *initialize;
    __typeof__(eglBindAPI) *bind;
    __typeof__(eglChooseConfig) *choose;
    __typeof__(eglCreateContext) *create;
    __typeof__(eglDestroyContext) *destroy;
    __typeof__(eglCreatePbufferSurface) *create_surface;
    __typeof__(eglDestroySurface) *destroy_surface;
    __typeof__(eglMakeCurrent) *make_current;
    PFNEGLQUERYDEVICESEXTPROC devices;
    PFNEGLQUERYDEVICESTRINGEXTPROC words_of;
    PFNEGLGETPLATFORMDISPLAYEXTPROC display_of;
};

struct egl {
    struct gl_context base; /* first: a context is one of these */
    struct egl_calls calls;
    EGLDisplay display;
    EGLContext context;
    EGLSurface surface;
};

/* The one place where a symbol becomes a function: POSIX has them alike, C does not. */
static void find(void *handle, const char *name, void *function)
{
    void *symbol = dlsym(handle, name);
    memcpy(function, &symbol, sizeof symbol);
}

static bool has_calls(struct egl_calls *calls, void *handle)
{
    find(handle, "eglGetProcAddress", &calls->get);
    find(handle, "eglInitialize", &calls->initialize);
    find(handle, "eglBindAPI", &calls->bind);
    find(handle, "eglChooseConfig", &calls->choose);
    find(handle, "eglCreateContext", &calls->create);
    find(handle, "eglDestroyContext", &calls->destroy);
    find(handle, "eglCreatePbufferSurface", &calls->create_surface);
    find(handle, "eglDestroySurface", &calls->destroy_surface);
    find(handle, "eglMakeCurrent", &calls->make_current);
    if (!calls->get || !calls->initialize || !calls->bind || !calls->choose || !calls->create ||
        !calls->destroy || !calls->create_surface || !calls->destroy_surface ||
        !calls->make_current)
        return false;
    calls->devices = (PFNEGLQUERYDEVICESEXTPROC)calls->get("eglQueryDevicesEXT");
    calls->words_of = (PFNEGLQUERYDEVICESTRINGEXTPROC)calls->get("eglQueryDeviceStringEXT");
    calls->display_of = (PFNEGLGETPLATFORMDISPLAYEXTPROC)calls->get("eglGetPlatformDisplayEXT");
    return calls->devices && calls->words_of && calls->display_of;
}

/* The default of a thread is OpenGL ES, and letting go is of the thread's kind. */
static bool make_current(struct gl_context *context)
{
    struct egl *egl = (struct egl *)context;
    return egl->calls.bind(EGL_OPENGL_API) &&
           egl->calls.make_current(egl->display, egl->surface, egl->surface, egl->context);
}

static void let_go(struct gl_context *context)
{
    struct egl *egl = (struct egl *)context;
    egl->calls.bind(EGL_OPENGL_API);
    egl->calls.make_current(egl->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
}

/* The display is the process's own, shared by all eyes on a device: it is not terminated. */
static void close_egl(struct gl_context *context)
{
    struct egl *egl = (struct egl *)context;
    if (egl->surface != EGL_NO_SURFACE)
        egl->calls.destroy_surface(egl->display, egl->surface);
    if (egl->context != EGL_NO_CONTEXT)
        egl->calls.destroy(egl->display, egl->context);
    free(egl);
}

/* What OpenGL calls what it draws with. */
static bool name_device(struct egl *egl)
{
    typedef const unsigned char *string_of(unsigned);
    string_of *of = (string_of *)egl->calls.get("glGetString");
    if (!of || !make_current(&egl->base))
        return false;
    const unsigned char *name = of(GL_RENDERER_NAME);
    snprintf(egl->base.device, sizeof egl->base.device, "%s",
             name ? (const char *)name : "unnamed");
    let_go(&egl->base);
    return true;
}

static bool open_device(struct egl *egl, EGLDeviceEXT device)
{
    static const EGLint wanted[] = {EGL_SURFACE_TYPE,
                                    EGL_PBUFFER_BIT,
                                    EGL_RENDERABLE_TYPE,
                                    EGL_OPENGL_BIT,
                                    EGL_RED_SIZE,
                                    8,
                                    EGL_DEPTH_SIZE,
                                    24,
                                    EGL_STENCIL_SIZE,
                                    8,
                                    EGL_NONE};
    static const EGLint size[] = {EGL_WIDTH, SIDE, EGL_HEIGHT, SIDE, EGL_NONE};
    EGLConfig config;
    EGLint major, minor, count = 0;
    egl->display = egl->calls.display_of(EGL_PLATFORM_DEVICE_EXT, device, NULL);
    if (egl->display == EGL_NO_DISPLAY || !egl->calls.initialize(egl->display, &major, &minor))
        return false;
    if (!egl->calls.bind(EGL_OPENGL_API) ||
        !egl->calls.choose(egl->display, wanted, &config, 1, &count) || count < 1)
        return false;
    egl->surface = egl->calls.create_surface(egl->display, config, size);
    egl->context = egl->calls.create(egl->display, config, EGL_NO_CONTEXT, NULL);
    return egl->surface != EGL_NO_SURFACE && egl->context != EGL_NO_CONTEXT && name_device(egl);
}

static bool is_software(const struct egl_calls *calls, EGLDeviceEXT device)
{
    const char *extensions = calls->words_of(device, EGL_EXTENSIONS);
    return extensions && strstr(extensions, "EGL_MESA_device_software");
}

static struct gl_context *try_device(const struct egl_calls *calls, EGLDeviceEXT device)
{
    struct egl *egl = calloc(1, sizeof *egl);
    if (!egl)
        return NULL;
    *egl = (struct egl){.base = {.renderer = GL_RENDERER_EGL,
                                 .make_current = make_current,
                                 .let_go = let_go,
                                 .close = close_egl},
                        .calls = *calls,
                        .context = EGL_NO_CONTEXT,
                        .surface = EGL_NO_SURFACE};
    if (open_device(egl, device))
        return &egl->base;
    close_egl(&egl->base);
    return NULL;
}

/* Cards first. */
static struct gl_context *try_devices(const struct egl_calls *calls, bool is_hardware)
{
    EGLDeviceEXT devices[DEVICES_MAX];
    EGLint count = 0;
    struct gl_context *context = NULL;
    if (!calls->devices(DEVICES_MAX, devices, &count))
        return NULL;
    for (int pass = 0; !context && pass < (is_hardware ? 1 : 2); pass++)
        for (EGLint i = 0; !context && i < count; i++)
            if (is_software(calls, devices[i]) == (pass == 1))
                context = try_device(calls, devices[i]);
    return context;
}

struct gl_context *gl_open_egl(bool is_hardware, char *words, size_t bytes)
{
    struct egl_calls calls;
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        snprintf(words, bytes, "EGL is not here: install libegl1, or give --renderer osmesa");
        return NULL;
    }
    struct gl_context *context =
        has_calls(&calls, handle) ? try_devices(&calls, is_hardware) : NULL;
    void *seen_by_mujoco = context ? dlopen(library, RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL) : NULL;
    if (seen_by_mujoco)
        return context;
    gl_close(context);
    snprintf(
        words, bytes,
        "EGL has no device that draws OpenGL: install the card's driver (libegl-mesa0 and "
        "libgl1-mesa-dri, or its "
        "maker's), let this user open /dev/dri/renderD* (group render), or give --renderer osmesa");
    return NULL;
}
