# SPDX-License-Identifier: GPL-3.0-or-later
"""Code systems and value sets, their codes enumerated as far as the package holds them."""
from dataclasses import dataclass, field

from fhir.package import Resource


@dataclass
class Code:
    code: str
    display: str
    system: str
    parents: list[str] = field(default_factory=list)


@dataclass
class System:
    url: str
    name: str
    is_case_sensitive: bool
    is_complete: bool
    codes: dict[str, Code]

    def is_within(self, code: str, ancestor: str) -> bool:
        """Whether a code is `ancestor` or a kind of it."""
        seen, waiting = set(), [code]
        while waiting:
            one = waiting.pop()
            if one == ancestor:
                return True
            if one not in seen and one in self.codes:
                seen.add(one)
                waiting += self.codes[one].parents
        return False


@dataclass
class Values:
    url: str
    name: str
    is_enumerated: bool
    members: list[tuple[str, str]]  # code, URL of its system; sorted


@dataclass
class Terms:
    systems: list[System]  # sorted by URL
    value_sets: list[Values]  # sorted by URL


Key = tuple[str, str]  # URL of a system, code


def build(code_systems: list[Resource], value_sets: list[Resource]) -> Terms:
    systems = {one["url"]: system_of(one) for one in code_systems}
    by_url = {one["url"]: one for one in value_sets}
    for value_set in value_sets:
        add_codes_of_others(value_set, systems)
    expanded = []
    for value_set in value_sets:
        keys, is_enumerated = expand(value_set, systems, by_url, set())
        members = sorted(((code, url) for url, code in keys), key=lambda one: (one[0].encode(), one[1].encode()))
        expanded.append(Values(value_set["url"], value_set["name"], is_enumerated, members))
    return Terms(sorted(systems.values(), key=lambda one: one.url.encode()),
                 sorted(expanded, key=lambda one: one.url.encode()))


def system_of(resource: Resource) -> System:
    system = System(resource["url"], resource["name"], resource.get("caseSensitive", False),
                    resource["content"] == "complete", {})

    def add(concepts: list[Resource], parent: str | None) -> None:
        for concept in concepts:
            code = system.codes.setdefault(
                concept["code"], Code(concept["code"], concept.get("display", ""), system.url))
            if parent is not None:
                code.parents.append(parent)
            code.parents += [one["valueCode"] for one in concept.get("property", [])
                             if one["code"] in ("subsumedBy", "parent") and "valueCode" in one]
            add(concept.get("concept", []), concept["code"])

    add(resource.get("concept", []), None)
    return system


def add_codes_of_others(value_set: Resource, systems: dict[str, System]) -> None:
    """A value set may name codes of a system that the package does not hold (LOINC, SNOMED CT): those are kept,
    with the display that the value set gives them."""
    for rule in value_set.get("compose", {}).get("include", []):
        url = rule.get("system")
        if url is None:
            continue
        system = systems.setdefault(url, System(url, url.rpartition("/")[2], True, False, {}))
        if not system.is_complete:
            for concept in rule.get("concept", []):
                code = concept["code"]
                known = system.codes.setdefault(code, Code(code, concept.get("display", ""), url))
                known.display = known.display or concept.get("display", "")


def expand(value_set: Resource, systems: dict[str, System], by_url: dict[str, Resource],
           above: set[str]) -> tuple[set[Key], bool]:
    """The codes of a value set, and whether those are all."""
    if value_set["url"] in above:
        return set(), False
    keys: set[Key] = set()
    is_enumerated = "compose" in value_set
    compose = value_set.get("compose", {})
    for rule in compose.get("include", []):
        found, is_all = codes_of_rule(rule, systems, by_url, above | {value_set["url"]})
        keys |= found
        is_enumerated = is_enumerated and is_all
    for rule in compose.get("exclude", []):
        found, is_all = codes_of_rule(rule, systems, by_url, above | {value_set["url"]})
        keys -= found
        is_enumerated = is_enumerated and is_all
    return keys, is_enumerated


def codes_of_rule(rule: Resource, systems: dict[str, System], by_url: dict[str, Resource],
                  above: set[str]) -> tuple[set[Key], bool]:
    """One include or exclude: what its system gives, cut with each value set that it names."""
    keys: set[Key] | None = None
    is_all = True
    if "system" in rule:
        keys, is_all = codes_of_system(rule, systems.get(rule["system"]))
    for url in rule.get("valueSet", []):
        other = by_url.get(url.partition("|")[0])
        found, found_all = expand(other, systems, by_url, above) if other else (set(), False)
        keys = found if keys is None else keys & found
        is_all = is_all and found_all
    return keys or set(), is_all


def codes_of_system(rule: Resource, system: System | None) -> tuple[set[Key], bool]:
    url = rule["system"]
    if "concept" in rule:
        return {(url, one["code"]) for one in rule["concept"]}, True
    if system is None or not system.is_complete:
        return set(), False
    codes = set(system.codes)
    for one in rule.get("filter", []):
        root, wanted = one["value"], FILTERS.get((one["property"], one["op"]))
        if wanted is None:
            return set(), False
        codes = {code for code in codes if wanted(system, code, root)}
    return {(url, code) for code in codes}, True


# The filters that the package's value sets lay upon systems that it holds.
FILTERS = {
    ("concept", "is-a"): lambda system, code, root: system.is_within(code, root),
    ("concept", "descendent-of"): lambda system, code, root: code != root and system.is_within(code, root),
    ("concept", "is-not-a"): lambda system, code, root: not system.is_within(code, root),
}
