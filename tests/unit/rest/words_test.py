#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is translated is said: each English key of core/rest/words.c stands in the code, as it is there; a sentence that
was changed in one place alone would be told in English to everybody. words_test.py ROOT"""
import pathlib
import re
import sys

LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:\s*"((?:[^"\\]|\\.)*)")*')
ONE = re.compile(r'"((?:[^"\\]|\\.)*)"')
TOKEN = re.compile(r"/\*.*?\*/|'(?:[^'\\]|\\.)+'|" + LITERAL.pattern, re.DOTALL)


def sentences(path):
    tokens = (match[0] for match in TOKEN.finditer(path.read_text()))
    return ["".join(ONE.findall(token)) for token in tokens if token.startswith('"')]


root = pathlib.Path(sys.argv[1])
table = root / "core/rest/words.c"
code = [path for folder in ("core", "adapters/http", "programs/centre") for path in (root / folder).rglob("*.c")]
said = {sentence for path in code if path != table for sentence in sentences(path)}
rows = re.findall(r"\{\{(.*?)\}\},\n", table.read_text(), re.DOTALL)
assert len(rows) > 40, len(rows)
for row in rows:
    english = "".join(ONE.findall(LITERAL.match(row)[0]))
    assert english in said, f"nobody says {english!r}"
