#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the table of core/search/fold.c: what each character of Unicode's first plane folds to.

fold_table.py OUTPUT. From Python's unicodedata: compatibility decomposition, case folded, without the marks
of the scripts whose readers leave them out; punctuation becomes a space; what Unicode does not decompose but
people write without (ø, ł, alef maqsura, ta marbuta, Persian letters) is named here. What is assigned keeps
its decomposition and case folding in all later versions of Unicode (its stability policy), so tables of
different builds agree.
"""

import sys
import unicodedata

MARKS = [(0x300, 0x36F), (0x591, 0x5C7), (0x610, 0x61A), (0x64B, 0x65F), (0x670, 0x670), (0x6D6, 0x6ED),
         (0x711, 0x711), (0x730, 0x74A), (0x8D3, 0x8FF), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF),
         (0xFE20, 0xFE2F)]
GONE = {0x640,  # tatweel
        0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2060, 0x2066,
        0x2067, 0x2068, 0x2069, 0x61C, 0xFEFF,  # invisible: hyphenation, joining, direction
        ord("'"), ord("`"), 0xB4, 0x2018, 0x2019, 0x2BB, 0x2BC, 0x2BD, 0x2BE, 0x2BF, 0x2C8}  # O'Neill: oneill
ALSO = {"ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ŧ": "t",
        "ŋ": "n", "ɛ": "e", "ə": "e", "ɣ": "g",
        "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ة": "ه", "ہ": "ه", "ە": "ه", "ۀ": "ه", "ک": "ك",
        "ڪ": "ك", "ۃ": "ه"}
BYTES_MAX = 8  # of what one character becomes; longer ones (ligatures of whole phrases) stay as they are


def is_mark(code):
    return any(first <= code <= last for first, last in MARKS)


def fold(code):
    """The bytes that a character becomes, or None: itself."""
    char = chr(code)
    if 0xD800 <= code <= 0xDFFF or 0xAC00 <= code <= 0xD7A3:  # surrogates; Hangul stays composed
        return None
    if code in GONE or is_mark(code):
        return b""
    out = ""
    for part in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold()):
        part = ALSO.get(part, part)
        if is_mark(ord(part[0])) or ord(part[0]) in GONE:
            continue
        category = unicodedata.category(part[0])
        digit = unicodedata.decimal(part, None) if len(part) == 1 else None
        if digit is not None:
            part = str(digit)
        elif category[0] in "PZ" or category == "Cc":
            part = " "
        out += part
    folded = out.encode()
    return None if out == char or len(folded) > BYTES_MAX else folded


def main():
    pages, words, strings = [0] * 256, [[0] * 256], [b"\0"]  # string 0: stays as it is
    at = {}
    size = 1
    for page in range(256):
        row = [0] * 256
        for low in range(256):
            folded = fold(page * 256 + low)
            if folded is None:
                continue
            if folded not in at:
                at[folded] = size
                strings.append(bytes([len(folded)]) + folded)
                size += 1 + len(folded)
            row[low] = at[folded]
        if any(row):
            pages[page] = len(words)
            words.append(row)
    pool = b"".join(strings)
    assert len(pool) < 65536
    with open(sys.argv[1], "w", encoding="ascii") as out:
        out.write("/* Made by fold_table.py. */\n")
        for kind, name, values in (("uint8_t", "fold_page[256]", pages), ("uint8_t", "fold_pool[]", pool)):
            out.write(f"static const {kind} {name} = {{{','.join(map(str, values))}}};\n")
        out.write("static const uint16_t fold_at[][256] = {\n")
        for row in words:
            out.write(f"{{{','.join(map(str, row))}}},\n")
        out.write("};\n")


main()
