# SPDX-License-Identifier: GPL-3.0-or-later
"""R4's own profiles of resources, as what they ask for beyond R4 itself: out of their snapshots, what the snapshot of the
type they are of has not. Slices are told by the values that their discriminators lead to; those that need another
resource (resolve()) cannot be, and are left out with what is in them."""
import json
from dataclasses import dataclass, field

from fhir.package import Resource
from fhir.types import STRUCTURE, Invariant, own_invariants, invariants_of, type_names


@dataclass
class Test:  # what a slice is told by
    path: str
    value: str  # JSON
    is_fixed: bool


@dataclass
class Rule:
    name: str  # "value" of value[x]; of a slice its own
    is_slice: bool = False
    least: int = 0
    most: int | None = None
    is_closed: bool = False  # each value is in a slice
    value: str = ""  # JSON
    is_fixed: bool = False
    value_set: str | None = None
    types: list[str] = field(default_factory=list)  # none: as R4 has it
    targets: list[str] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)
    invariants: list[Invariant] = field(default_factory=list)
    within: list["Rule"] = field(default_factory=list)

    def says_something(self) -> bool:
        return bool(self.least or self.most is not None or self.is_closed or self.value or self.value_set or self.types
                    or self.targets or self.invariants or self.within)


@dataclass
class Profile:
    url: str
    type: str
    root: Rule


def build(structures: list[Resource]) -> list[Profile]:
    """Sorted by URL."""
    by_url = {one["url"]: one for one in structures}
    roots = {one["name"]: invariants_of(one["snapshot"]["element"][0]) for one in structures
             if one.get("derivation") != "constraint" and "snapshot" in one}
    found = [profile_of(one, by_url, roots) for one in structures
             if one.get("derivation") == "constraint" and one["kind"] == "resource"]
    return sorted(found, key=lambda one: one.url.encode())


class Node:
    """An element of a snapshot, with those within it; slices stand beside `children`."""

    def __init__(self, definition: Resource, base: Resource | None) -> None:
        self.definition, self.base = definition, base
        self.children: dict[str, Node] = {}
        self.slices: dict[str, Node] = {}


def profile_of(structure: Resource, by_url: dict[str, Resource], roots: dict[str, list[Invariant]]) -> Profile:
    own = {one["path"]: one for one in by_url[STRUCTURE + structure["type"]]["snapshot"]["element"]}
    root: Node | None = None
    for definition in structure["snapshot"]["element"]:
        steps = definition["id"].split(".")
        base = own.get(definition["path"]) or base_of(definition, by_url)
        node = Node(definition, base)
        if root is None:
            root = node
            continue
        above = root
        for step in steps[1:-1]:
            above = step_down(above, step)
        name, _, part = steps[-1].partition(":")
        if part and name in above.children and "slicing" in above.children[name].definition:
            above.children[name].slices[part] = node
        else:  # a name alone, where nothing is sliced
            above.children[name] = node
    assert root is not None
    rule = rule_of(root, by_url, roots, "")
    rule.least, rule.most = 0, None
    return Profile(structure["url"], structure["type"], rule)


def step_down(node: Node, step: str) -> Node:
    name, _, part = step.partition(":")
    child = node.children[name]
    return child.slices[part] if part in child.slices else child


def base_of(definition: Resource, by_url: dict[str, Resource]) -> Resource | None:
    """Of an element within a data type: that type's own."""
    path = definition["base"]["path"]
    structure = by_url.get(STRUCTURE + path.partition(".")[0])
    elements = structure["snapshot"]["element"] if structure else []
    return next((one for one in elements if one["path"] == path), None)


def rule_of(node: Node, by_url: dict[str, Resource], roots: dict[str, list[Invariant]], slice_name: str) -> Rule:
    definition, base = node.definition, node.base
    name = definition["path"].rpartition(".")[2].removesuffix("[x]")
    rule = Rule(slice_name or name, is_slice=bool(slice_name))
    least, most = (0, "*") if slice_name or base is None else (base["min"], base["max"])
    rule.least = definition["min"] if definition["min"] > least else 0
    rule.most = None if definition["max"] in (most, "*") else int(definition["max"])
    rule.value, rule.is_fixed = value_of(definition)
    binding = definition.get("binding", {})
    if binding.get("strength") == "required" and binding.get("valueSet") != (base or {}).get("binding", {}).get("valueSet"):
        rule.value_set = binding["valueSet"].partition("|")[0]
    if base is not None and definition.get("type") and base.get("type"):
        narrow(rule, definition, base, by_url)
    known = own_invariants(base, [], roots, by_url) if base else []
    types = type_names(definition) if definition.get("type") and "base" in definition else []
    inherited = set(known) | {one for one_type in types for one in roots.get(one_type, [])}
    rule.invariants = [one for one in own_invariants(definition, [], roots, by_url) if one not in inherited]
    for child in node.children.values():
        add(rule, rule_of(child, by_url, roots, ""))
    add_slices(rule, node, by_url, roots)
    return rule


def add(rule: Rule, within: Rule) -> None:
    if within.says_something():
        rule.within.append(within)


def narrow(rule: Rule, definition: Resource, base: Resource, by_url: dict[str, Resource]) -> None:
    types, all_types = type_names(definition), type_names(base)
    if set(types) < set(all_types) or rule.is_slice and len(all_types) > 1:
        rule.types = sorted(set(types))
    targets = profile_targets(definition, by_url)
    if targets and targets != profile_targets(base, by_url):
        rule.targets = targets


def profile_targets(definition: Resource, by_url: dict[str, Resource]) -> list[str]:
    """Names of types; of a profile its type's."""
    urls = {url for one in definition.get("type", []) for url in one.get("targetProfile", [])}
    return sorted({by_url[url]["type"] for url in urls})


def value_of(definition: Resource) -> tuple[str, bool]:
    for key, value in definition.items():
        if key.startswith(("fixed", "pattern")):
            return written(value), key.startswith("fixed")
    return "", False


def written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def add_slices(rule: Rule, node: Node, by_url: dict[str, Resource], roots: dict[str, list[Invariant]]) -> None:
    slicing = node.definition.get("slicing")
    if not slicing:
        return
    discriminators = slicing.get("discriminator", [])
    rule.is_closed = slicing["rules"] == "closed"
    for name, part in node.slices.items():
        within = rule_of(part, by_url, roots, name)
        tests = [test_of(part, one) for one in discriminators if one["type"] != "type"]
        if not discriminators or None in tests:
            rule.is_closed = False
            continue
        within.tests = [one for one in tests if one is not None]
        if within.says_something() or rule.is_closed:
            rule.within.append(within)


def test_of(node: Node, discriminator: Resource) -> Test | None:
    """What is at a discriminator's path in each value of the slice; an extension's url is its profile's."""
    path = discriminator["path"]
    if path == "url":
        profiles = [url for one in node.definition.get("type", []) for url in one.get("profile", [])]
        return Test(path, written(profiles[0]), True) if profiles else None
    for found in nodes_at([node], [] if path == "$this" else path.split(".")):
        value, is_fixed = value_of(found.definition)
        if value:
            return Test("" if path == "$this" else path, value, is_fixed)
    return None


def nodes_at(nodes: list[Node], steps: list[str]) -> list[Node]:
    """Also through the slices on the way."""
    for step in steps:
        through = [one for node in nodes for one in (node, *node.slices.values())]
        nodes = [node.children[step] for node in through if step in node.children]
    return [one for node in nodes for one in (node, *node.slices.values())]


def all_invariants(profiles: list[Profile]) -> set[Invariant]:
    def of(rule: Rule) -> set[Invariant]:
        return set(rule.invariants).union(*(of(one) for one in rule.within))
    return set().union(*(of(one.root) for one in profiles))
