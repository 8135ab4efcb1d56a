# SPDX-License-Identifier: GPL-3.0-or-later
"""Search parameters, one for each of the types that a SearchParameter is for, and compartments."""
import re
from dataclasses import dataclass

from fhir.package import Resource
from fhir.types import Model

COMMON = {"Resource", "DomainResource"}


@dataclass(frozen=True)
class Param:
    type: str
    code: str
    kind: str
    url: str
    expression: str
    targets: list[str]
    components: list[tuple[str, str]]  # URL of the parameter, expression


@dataclass(frozen=True)
class Search:
    params: list[Param]  # sorted by type, then by code
    compartments: list[tuple[str, str, list[str]]]  # compartment, type, codes; sorted


def build(definitions: list[Resource], compartments: list[Resource], model: Model) -> Search:
    params = [param for one in definitions if is_for_use(one) for param in params_of(one)]
    params.sort(key=lambda one: (model.numbers[one.type], one.code.encode()))
    names = [(one.type, one.code) for one in params]
    assert len(names) == len(set(names)), "a parameter twice"
    rows = [(one["code"], row["code"], row["param"]) for one in compartments if one["id"] != "example"
            for row in one["resource"] if row.get("param")]
    return Search(params, sorted(rows))


def is_for_use(definition: Resource) -> bool:
    """Not an example of how a parameter is defined, nor one that says of no type where its values stand. What has
    no expression but is for all resources (_text, _content, _filter, _query) is looked for otherwise."""
    if definition["id"].startswith("example"):
        return False
    bases = definition.get("base", [])
    return bool(bases) and ("expression" in definition or set(bases) <= COMMON)


def params_of(definition: Resource) -> list[Param]:
    kind = "FHIR_SEARCH_" + definition["type"].upper()
    components = [(one["definition"], mended(one["expression"])) for one in definition.get("component", [])]
    return [Param(base, definition["code"], kind, definition["url"],
                  expression_for(base, definition.get("expression", "")), sorted(definition.get("target", [])),
                  components) for base in definition["base"]]


def expression_for(base: str, expression: str) -> str:
    """The parts of a union that are of this type."""
    parts = [part if re.match(r"\(*[A-Z]", part) else f"{base}.{part}" for part in union_parts(mended(expression))]
    return " | ".join(part for part in parts if re.match(rf"\(*{base}\b", part))


def union_parts(expression: str) -> list[str]:
    """What | stands between, outside of parentheses."""
    parts, depth = [""], 0
    for char in expression:
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts if part.strip()]


def mended(expression: str) -> str:
    """There is no type DateTime in R4; Observation's code-value-date names it."""
    return expression.replace("as(DateTime)", "as(dateTime)")
