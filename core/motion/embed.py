# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes C that holds the tool files given, by their names: embed.py OUT.c FILE.tool ..."""
import pathlib
import sys

out, files = sys.argv[1], [pathlib.Path(name) for name in sys.argv[2:]]
lines = ['#include "motion/tool.h"', ""]
for number, file in enumerate(files):
    data = ", ".join(str(byte) for byte in file.read_bytes())
    lines.append(f"static const char text_{number}[] = {{{data}, 0}};")
lines.append("const struct tool_text TOOL_TEXTS[] = {")
for number, file in enumerate(files):
    lines.append(f'    {{"{file.stem}", text_{number}, sizeof text_{number} - 1}},')
lines.append("    {NULL, NULL, 0}};")
pathlib.Path(out).write_text("\n".join(lines) + "\n")
