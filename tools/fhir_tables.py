#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes FHIR R4's definitions as the C tables that core/fhir/model.h, tables.h and profile_tables.h describe:

    fhir_tables.py PACKAGE TYPES.c SEARCH.c CODES.c PROFILES.c

PACKAGE is the folder of HL7's npm package hl7.fhir.r4.examples 4.0.1 (CC0). The same package gives the same bytes.
How each part is made stands in tools/fhir: package.py reads, types.py, search.py, codes.py and profiles.py shape, emit.py
writes."""
import pathlib
import sys

from fhir import codes, emit, package, profiles, search, types


def main() -> None:
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    folder, *outputs = (pathlib.Path(name) for name in sys.argv[1:])
    definitions = package.read(folder)
    terms = codes.build(definitions.code_systems, definitions.value_sets)
    model = types.build(definitions.structures, [value_set.url for value_set in terms.value_sets])
    params = search.build(definitions.search_params, definitions.compartments, model)
    rules = profiles.build(definitions.structures)
    numbered = emit.number_invariants(model, profiles.all_invariants(rules))
    texts = (emit.type_tables(model, numbered), emit.search_tables(params, model), emit.code_tables(terms),
             emit.profile_tables(rules, model, numbered))
    for output, text in zip(outputs, texts, strict=True):
        output.write_text(text, encoding="ascii")


if __name__ == "__main__":
    main()
