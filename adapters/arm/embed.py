# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes C that holds scenes and their fixtures, by name: embed.py OUT.c FILE.xml ... FILE.fixtures ..."""
import pathlib
import sys

out, given = sys.argv[1], [pathlib.Path(name) for name in sys.argv[2:]]
files = [file for file in given if file.suffix == ".xml"]
fixtures = [file for file in given if file.suffix == ".fixtures"]
lines = ['#include "arm/mujoco.h"', '#include "arm/scenes.h"', ""]
for number, file in enumerate(files):
    data = ", ".join(str(byte) for byte in file.read_bytes())
    lines.append(f"static const char text_{number}[] = {{{data}, 0}};")
names = ", ".join(f'"{file.stem}"' for file in files)
texts = ", ".join(f"text_{number}" for number in range(len(files)))
lengths = ", ".join(f"sizeof text_{number} - 1" for number in range(len(files)))
lines += [f"const char *const mujoco_scenes[] = {{{names}, NULL}};",
          f"const char *const SCENE_TEXTS[] = {{{texts}}};",
          f"const size_t SCENE_LENGTHS[] = {{{lengths}}};"]
for number, file in enumerate(fixtures):
    data = ", ".join(str(byte) for byte in file.read_bytes())
    lines.append(f"static const char fixtures_{number}[] = {{{data}, 0}};")
lines.append("const struct scene_fixtures SCENE_FIXTURES[] = {")
lines += [f'    {{"{file.stem}", fixtures_{number}, sizeof fixtures_{number} - 1}},'
          for number, file in enumerate(fixtures)]
lines.append("    {NULL, NULL, 0}};")
pathlib.Path(out).write_text("\n".join(lines) + "\n")
