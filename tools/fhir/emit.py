# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables as C: three files, each with its own arrays of core/fhir/model.h and core/fhir/tables.h."""
from collections.abc import Callable, Iterable, Sequence

from fhir.codes import System, Terms
from fhir.profiles import Profile, Rule
from fhir.search import Search
from fhir.types import Element, Invariant, Model, Type

NONE = 0xFFFF  # FHIR_NONE

HEAD = "/* Made by tools/fhir_tables.py from HL7's package hl7.fhir.r4.examples 4.0.1 (CC0). */\n"
INCLUDES = '#include "fhir/model.h"\n#include "fhir/tables.h"\n'


class Lists:
    """Lists of numbers or names, one behind the other; the same list is kept once."""

    def __init__(self) -> None:
        self.items: list[object] = []
        self.known: dict[tuple, int] = {(): 0}

    def add(self, items: Iterable[object]) -> tuple[int, int]:
        """Where it begins, and how long it is."""
        key = tuple(items)
        if key not in self.known:
            self.known[key] = len(self.items)
            self.items += key
        return self.known[key], len(key)


def string(text: str) -> str:
    return '"' + "".join(map(character, text.encode())) + '"'


def character(byte: int) -> str:
    plain = 0x20 <= byte < 0x7F and chr(byte) not in '"\\?'  # ?: no trigraphs
    return chr(byte) if plain else f"\\{byte:03o}"


def flag(value: bool) -> str:
    return "true" if value else "false"


def row(*values: object) -> str:
    return "    {" + ", ".join(map(str, values)) + "},\n"


def table(declaration: str, rows: Sequence[str]) -> str:
    return f"\n{declaration} = {{\n" + "".join(rows) + "};\n"


def numbers(declaration: str, items: Sequence[object], shown: Callable[[object], str] = str) -> str:
    return table(declaration, [f"    {shown(item)},\n" for item in items or [0]])


def count(name: str, items: Sequence[object]) -> str:
    assert len(items) < NONE, f"{name} is past 16 bits"
    return f"const uint16_t {name} = {len(items)};\n"


def number_invariants(model: Model, more: set[Invariant]) -> dict[Invariant, int]:
    own = {one for kind in model.types for owner in [kind, *kind.elements] for one in owner.invariants}
    return {one: at for at, one in enumerate(sorted(own | more))}


def field_hash(owner: int, name: bytes) -> int:
    """As hash_of in core/fhir/model.c."""
    sample = len(name) | name[0] << 8 | name[len(name) // 2] << 16 | name[-1] << 24
    return ((owner * 0x9E3779B1 ^ sample) * 0x85EBCA6B & 0xFFFFFFFF) >> 16


def field_places(fields: Sequence[tuple[int, str]]) -> list[int]:
    """Each field's index where its type and name lead, or in the next free place behind that; half are free."""
    size = 1
    while size < 2 * len(fields):
        size *= 2
    assert size <= 1 << 16
    places = [NONE] * size
    for at, (owner, name) in enumerate(fields):
        place = field_hash(owner, name.encode()) % size
        while places[place] != NONE:
            place = (place + 1) % size
        places[place] = at
    return places


def type_tables(model: Model, numbered: dict[Invariant, int]) -> str:
    type_invariants, element_invariants, targets = Lists(), Lists(), Lists()
    types, elements, fields, named = [], [], [], []
    for kind in model.types:
        own = sorted((element.field_name(name), at, name) for at, element in enumerate(kind.elements)
                     for name in element.types)
        listed = type_invariants.add(numbered[one] for one in kind.invariants)
        types.append(type_row(kind, model, (len(elements), len(fields)), len(own), listed))
        fields += [row(string(name), len(name), len(elements) + at, model.numbers[held]) for name, at, held in own]
        for element in kind.elements:
            pointed = targets.add(model.numbers[name] for name in element.targets)
            listed = element_invariants.add(numbered[one] for one in element.invariants)
            elements.append(element_row(element, kind, model, pointed, listed))
        named += [(model.numbers[kind.name], name) for name, _, _ in own]
    assert len(elements) < NONE and len(fields) < NONE
    places = field_places(named)
    assert all(len(kind.name) < 256 for kind in model.types)  # name_len
    return (HEAD + INCLUDES
            + table("const struct fhir_type fhir_types[]", types) + count("fhir_type_count", types)
            + known_types(model)
            + table("const struct fhir_element fhir_elements[]", elements)
            + table("const struct fhir_field fhir_fields[]", fields)
            + numbers("const uint16_t fhir_field_places[]", places)
            + f"const uint32_t fhir_field_place_count = {len(places)};\n"
            + numbers("const uint16_t fhir_targets[]", targets.items)
            + table("const struct fhir_invariant fhir_invariants[]",
                    [row(string(one.key), string(one.human), string(one.expression), flag(one.is_warning))
                     for one in numbered])
            + count("fhir_invariant_count", list(numbered))
            + numbers("const uint16_t fhir_type_invariants[]", type_invariants.items)
            + numbers("const uint16_t fhir_element_invariants[]", element_invariants.items))


def known_types(model: Model) -> str:
    known = {"codeable_concept": "CodeableConcept", "coding": "Coding", "extension": "Extension",
             "identifier": "Identifier", "narrative": "Narrative", "quantity": "Quantity",
             "reference": "Reference", "resource": "Resource"}
    return table("const struct fhir_known_types fhir_known",
                 [f"    .{member} = {model.numbers[name]},\n" for member, name in known.items()])


def type_row(kind: Type, model: Model, first: tuple[int, int], field_count: int, listed: tuple[int, int]) -> str:
    shape = f"FHIR_FORMAT_{kind.name.upper()}" if kind.kind == "FHIR_PRIMITIVE" else "FHIR_FORMAT_NONE"
    return row(string(kind.name), len(kind.name), kind.kind, shape, flag(kind.is_abstract),
               model.numbers[kind.base] if kind.base else NONE, first[0], len(kind.elements), first[1], field_count,
               *listed)


def element_row(element: Element, owner: Type, model: Model, pointed: tuple[int, int],
                listed: tuple[int, int]) -> str:
    binding = f"FHIR_{(element.binding or 'unbound').upper()}"
    most = NONE if element.most is None else element.most
    return row(string(element.name), len(element.name), model.numbers[owner.name], element.least, most,
               flag(element.is_choice), flag(element.is_summary), flag(element.is_modifier), binding,
               model.value_sets.get(element.value_set, NONE), *pointed, *listed)


def search_tables(search: Search, model: Model) -> str:
    """The targets of parameters are a list apart from those of elements."""
    numbered = {(one.type, one.url): at for at, one in enumerate(search.params)}
    targets, codes = Lists(), Lists()
    params, components, compartments = [], [], []
    for one in search.params:
        params.append(row(string(one.code), model.numbers[one.type], one.kind, string(one.url),
                          string(one.expression), *targets.add(model.numbers[name] for name in one.targets),
                          len(components), len(one.components)))
        components += [row(numbered[one.type, url], string(expression)) for url, expression in one.components]
    for compartment, held, listed in search.compartments:
        compartments.append(row(string(compartment), model.numbers[held], *codes.add(listed)))
    return (HEAD + INCLUDES
            + table("const struct fhir_search_param fhir_search_params[]", params)
            + count("fhir_search_param_count", params)
            + numbers("const uint16_t fhir_param_targets[]", targets.items)
            + table("const struct fhir_component fhir_components[]", components)
            + table("const struct fhir_compartment_row fhir_compartment_rows[]", compartments)
            + count("fhir_compartment_row_count", compartments)
            + numbers("const char *const fhir_compartment_codes[]", codes.items, string))


class RuleTables:
    """Rules one behind the other, each before those within it, and the lists that they name."""

    def __init__(self, model: Model, numbered: dict[Invariant, int]) -> None:
        self.model, self.numbered = model, numbered
        self.rules: list[str] = []
        self.tests: list[str] = []
        self.types, self.invariants = Lists(), Lists()

    def add(self, rule: Rule) -> None:
        at = len(self.rules)
        self.rules.append("")
        first_test = len(self.tests)
        self.tests += [row(string(one.path), string(one.value), flag(one.is_fixed)) for one in rule.tests]
        lists = (*self.types.add(self.model.numbers[name] for name in rule.types),
                 *self.types.add(self.model.numbers[name] for name in rule.targets), first_test, len(rule.tests),
                 *self.invariants.add(self.numbered[one] for one in rule.invariants))
        for one in rule.within:
            self.add(one)
        self.rules[at] = row(string(rule.name), string(rule.value), flag(rule.is_fixed), flag(rule.is_slice),
                             flag(rule.is_closed), rule.least, NONE if rule.most is None else rule.most,
                             len(self.rules), self.model.value_sets.get(rule.value_set, NONE), *lists)


def profile_tables(profiles: Sequence[Profile], model: Model, numbered: dict[Invariant, int]) -> str:
    made = RuleTables(model, numbered)
    rows = []
    for one in profiles:
        rows.append(row(string(one.url), model.numbers[one.type], len(made.rules)))
        made.add(one.root)
    assert len(made.rules) < NONE
    return (HEAD + '#include "fhir/profile_tables.h"\n'
            + table("const struct fhir_profile fhir_profiles[]", rows) + count("fhir_profile_count", rows)
            + table("const struct fhir_rule fhir_rules[]", made.rules)
            + table("const struct fhir_slice_test fhir_slice_tests[]", made.tests)
            + numbers("const uint16_t fhir_rule_types[]", made.types.items)
            + numbers("const uint16_t fhir_rule_invariants[]", made.invariants.items))


def code_tables(terms: Terms) -> str:
    places: dict[tuple[str, str], int] = {}
    codes, systems = [], []
    for number, system in enumerate(terms.systems):
        ordered = sorted(system.codes, key=str.encode)
        systems.append(row(string(system.url), string(system.name), flag(system.is_case_sensitive),
                           flag(system.is_complete), len(codes), len(ordered)))
        places.update({(code, system.url): len(codes) + at for at, code in enumerate(ordered)})
        codes += code_rows(system, ordered, number)
    members = Lists()
    value_sets = [row(string(one.url), string(one.name), flag(one.is_enumerated),
                      *members.add(places[key] for key in one.members if key in places))
                  for one in terms.value_sets]
    return (HEAD + INCLUDES
            + table("const struct fhir_code fhir_codes[]", codes)
            + table("const struct fhir_code_system fhir_code_systems[]", systems)
            + count("fhir_code_system_count", systems)
            + table("const struct fhir_value_set fhir_value_sets[]", value_sets)
            + count("fhir_value_set_count", value_sets)
            + numbers("const uint32_t fhir_members[]", members.items))


def code_rows(system: System, ordered: list[str], number: int) -> list[str]:
    at = {code: place for place, code in enumerate(ordered)}
    rows = []
    for code in ordered:
        known = system.codes[code]
        parent = next((at[one] for one in known.parents if one in at), NONE)
        rows.append(row(string(code), string(known.display), number, parent))
    return rows
