# SPDX-License-Identifier: GPL-3.0-or-later
"""Types, elements, fields and invariants out of the StructureDefinitions of R4's own types (no profile, no logical
model)."""
from dataclasses import dataclass, field

from fhir.package import Resource

STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"
FHIR_TYPE = STRUCTURE + "structuredefinition-fhir-type"
SYSTEM_STRING = "http://hl7.org/fhirpath/System.String"  # xhtml.id says no more than this
KINDS = {"primitive-type": "FHIR_PRIMITIVE", "complex-type": "FHIR_COMPLEX", "resource": "FHIR_RESOURCE"}

# Which core/fhir/validate.h looks after by itself. ele-1, "every element has a value or children", is repeated at each
# element; in JSON it says that nothing is empty. txt-1 and txt-2 say no more than htmlChecks().
OWN_INVARIANTS = {"ele-1", "txt-1", "txt-2"}

ELEMENTS_MAX = 64  # of a type: the validator keeps those that it has seen in a word


@dataclass(frozen=True, order=True)
class Invariant:
    key: str
    human: str
    expression: str
    is_warning: bool


@dataclass
class Element:
    name: str
    least: int
    most: int | None  # None: any number
    is_choice: bool
    is_summary: bool
    is_modifier: bool
    binding: str | None  # strength
    value_set: str | None  # URL
    types: list[str]
    targets: list[str]
    invariants: list[Invariant]

    def field_name(self, type_name: str) -> str:
        return self.name + type_name[0].upper() + type_name[1:] if self.is_choice else self.name


@dataclass
class Type:
    name: str
    kind: str
    is_abstract: bool
    base: str | None
    elements: list[Element] = field(default_factory=list)
    invariants: list[Invariant] = field(default_factory=list)


@dataclass
class Model:
    types: list[Type]  # sorted by name
    value_sets: dict[str, int]  # number by URL

    def __post_init__(self) -> None:
        self.numbers = {one.name: number for number, one in enumerate(self.types)}


def build(structures: list[Resource], value_set_urls: list[str]) -> Model:
    own = [one for one in structures if one["kind"] in KINDS and one.get("derivation") != "constraint"]
    profiles = {one["url"]: one for one in structures if one.get("derivation") == "constraint"}
    roots = {one["name"]: invariants_of(one["snapshot"]["element"][0]) for one in own}
    types = [made for one in own for made in types_of(one, roots, profiles)]
    assert all(len(one.elements) <= ELEMENTS_MAX for one in types)
    return Model(sorted(types, key=lambda one: one.name), {url: at for at, url in enumerate(value_set_urls)})


def types_of(structure: Resource, roots: dict[str, list[Invariant]], profiles: dict[str, Resource]) -> list[Type]:
    """The type itself, and one for each element that has elements within."""
    definitions = structure["snapshot"]["element"]
    types = {structure["name"]: Type(structure["name"], KINDS[structure["kind"]], structure["abstract"],
                                     base_name(structure), [], roots[structure["name"]])}
    inner = {one["path"].rpartition(".")[0] for one in definitions}
    for definition in definitions[1:]:
        path = definition["path"]
        owner, _, name = path.rpartition(".")
        if structure["kind"] == "primitive-type" and name == "value":
            continue  # it is the JSON value itself
        if path in inner:
            types[path] = Type(path, "FHIR_BACKBONE", False, definition["type"][0]["code"], [],
                               invariants_of(definition))
        types[owner].elements.append(element_of(definition, path in inner, roots, profiles))
    return list(types.values())


def base_name(structure: Resource) -> str | None:
    base = structure.get("baseDefinition")
    return base.removeprefix(STRUCTURE) if base else None


def element_of(definition: Resource, is_inner: bool, roots: dict[str, list[Invariant]],
               profiles: dict[str, Resource]) -> Element:
    path = definition["path"]
    name = path.rpartition(".")[2]
    types = [path] if is_inner else type_names(definition)
    binding = definition.get("binding", {})
    value_set = binding.get("valueSet")
    return Element(
        name=name.removesuffix("[x]"), least=definition["min"],
        most=None if definition["max"] == "*" else int(definition["max"]), is_choice=name.endswith("[x]"),
        is_summary=definition.get("isSummary", False), is_modifier=definition.get("isModifier", False),
        binding=binding.get("strength"), value_set=value_set.partition("|")[0] if value_set else None,
        types=types, targets=targets_of(definition),
        invariants=[] if is_inner else own_invariants(definition, types, roots, profiles))


def type_names(definition: Resource) -> list[str]:
    if "contentReference" in definition:
        return [definition["contentReference"].removeprefix("#")]
    if definition["base"]["path"] == "Resource.id":
        return ["id"]  # as http://hl7.org/fhir/R4/resource.html has it; the definition says string
    return [fhir_type_name(one) for one in definition["type"]]


def fhir_type_name(one: Resource) -> str:
    for extension in one.get("extension", []):
        if extension["url"] == FHIR_TYPE:
            return extension["valueUrl"]
    return "string" if one["code"] == SYSTEM_STRING else one["code"]


def targets_of(definition: Resource) -> list[str]:
    """Names of the types that a reference or a canonical URL may lead to; none where any will do."""
    urls = [url for one in definition.get("type", []) for url in one.get("targetProfile", [])]
    names = sorted({url.removeprefix(STRUCTURE) for url in urls})
    return [] if "Resource" in names else names


def own_invariants(definition: Resource, types: list[str], roots: dict[str, list[Invariant]],
                   profiles: dict[str, Resource]) -> list[Invariant]:
    """Those that are not its types' anyway, and those of a data type's profile that R4 itself lays upon it."""
    found = invariants_of(definition)
    if len(definition.get("type", [])) == 1:
        for url in definition["type"][0].get("profile", []):
            found += invariants_of(profiles[url]["snapshot"]["element"][0])
    inherited = {one for name in types for one in roots.get(name, [])}
    return sorted(set(found) - inherited)


def invariants_of(definition: Resource) -> list[Invariant]:
    return [Invariant(one["key"], one["human"], one["expression"], one["severity"] == "warning")
            for one in definition.get("constraint", []) if one["key"] not in OWN_INVARIANTS]
