/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one file that includes libqrencode's header. */
#include <errno.h>
#include <qrencode.h>

#include "pages/pages.h"

enum { QUIET = 4 }; /* ISO/IEC 18004 9.1: modules that stay empty around */

/* A dark run of a row: one rectangle in the path. */
static void add_run(struct buffer *out, int x, int y, int width)
{
    buffer_format(out, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, width, width);
}

bool page_qr(struct buffer *out, struct text text)
{
    QRcode *code =
        QRcode_encodeData((int)text.len, (const unsigned char *)text.bytes, 0, QR_ECLEVEL_M);
    if (!code)
        return false;
    int side = code->width + 2 * QUIET;
    buffer_format(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"240\" "
                  "height=\"240\" shape-rendering=\"crispEdges\" aria-hidden=\"true\">"
                  "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/><path fill=\"#000\" d=\"",
                  side, side, side, side);
    for (int y = 0; y < code->width; y++)
        for (int x = 0; x < code->width; x++) {
            const unsigned char *row = code->data + (ptrdiff_t)y * code->width;
            int from = x;
            while (x < code->width && row[x] & 1)
                x++;
            if (x > from)
                add_run(out, from, y, x - from);
        }
    buffer_add(out, TEXT("\"/></svg>"));
    QRcode_free(code);
    return true;
}
