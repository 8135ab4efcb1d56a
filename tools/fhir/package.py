# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the definitions out of HL7's package: one JSON file for each, named TYPE-ID.json."""
import json
import pathlib
import sys
from dataclasses import dataclass
from typing import Any

NAME, VERSION = "hl7.fhir.r4.examples", "4.0.1"

Resource = dict[str, Any]  # as JSON has it


@dataclass(frozen=True)
class Definitions:
    structures: list[Resource]
    search_params: list[Resource]
    compartments: list[Resource]
    code_systems: list[Resource]
    value_sets: list[Resource]


def read(folder: pathlib.Path) -> Definitions:
    """All of each kind, sorted by file name. Ends the program where the package is not there."""
    try:
        about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        sys.exit(f"fhir_tables: {folder} is not there: `make deps` fetches the npm package {NAME}@{VERSION}")
    if (about["name"], about["version"]) != (NAME, VERSION):
        sys.exit(f"fhir_tables: {folder} is {about['name']}@{about['version']}, not {NAME}@{VERSION}: `make deps`")

    def all_of(kind: str) -> list[Resource]:
        files = sorted(folder.glob(f"{kind}-*.json"), key=lambda file: file.name)
        return [json.loads(file.read_bytes()) for file in files]

    return Definitions(all_of("StructureDefinition"), all_of("SearchParameter"), all_of("CompartmentDefinition"),
                       all_of("CodeSystem"), all_of("ValueSet"))
