#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is translated is said: each English key of core/rest/words.c stands in the code, as it is there; a sentence that
was changed in one place alone would be told in English to everybody. words_test.py CORE"""
import pathlib
import re
import sys

LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:\s*"((?:[^"\\]|\\.)*)")*')
ONE = re.compile(r'"((?:[^"\\]|\\.)*)"')


def sentences(path):
    text = re.sub(r"'\\?\"'", "", path.read_text())  # the character " by itself
    return ["".join(ONE.findall(match[0])) for match in LITERAL.finditer(text)]


core = pathlib.Path(sys.argv[1])
table = core / "rest/words.c"
said = {sentence for path in core.rglob("*.c") if path != table for sentence in sentences(path)}
rows = re.findall(r"\{\{(.*?)\}\},\n", table.read_text(), re.DOTALL)
assert len(rows) > 40, len(rows)
for row in rows:
    english = "".join(ONE.findall(LITERAL.match(row)[0]))
    assert english in said, f"nobody says {english!r}"
