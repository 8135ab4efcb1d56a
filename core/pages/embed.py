# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes C that holds the files that pages ask for, by their names: embed.py OUT.c FILE ..."""
import pathlib
import sys

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
out, files = sys.argv[1], [pathlib.Path(name) for name in sys.argv[2:]]
lines = ['#include "pages/pages.h"', ""]
for number, file in enumerate(files):
    data = ", ".join(str(byte) for byte in file.read_bytes())
    lines.append(f"static const unsigned char bytes_{number}[] = {{{data}}};")
lines.append("static const struct page_file files[] = {")
for number, file in enumerate(files):
    lines.append(f'    {{"{file.name}", "{TYPES[file.suffix]}", '
                 f"{{(const char *)bytes_{number}, sizeof bytes_{number}}}}},")
lines += ["};", "", "const struct page_file *page_file_named(struct text name)", "{",
          "    for (size_t i = 0; i < sizeof files / sizeof *files; i++)",
          "        if (text_is(name, files[i].name))", "            return &files[i];", "    return NULL;", "}"]
pathlib.Path(out).write_text("\n".join(lines) + "\n")
