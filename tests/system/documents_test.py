#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documents name is there: hazards and the tests that prove their controls, files and functions,
pages that are linked to, words for what the log warns of. usage: documents_test.py JISR [WORD]"""
import re
import unittest

import jisr

# What a test is called: a C case, a method, or a judge of the simulation.
NAMED = re.compile(r"^(?:static void\s+|    def test_)(\w+)\(", re.M)


def read(path):
    return path.read_text(errors="replace")


def sources(*folders):
    return [path for folder in folders for path in sorted((jisr.ROOT / folder).rglob("*"))
            if path.suffix in (".c", ".h", ".py") and path.is_file()]


def hazards_of(path):
    """The hazards, as numbers, that the names of a file's tests carry."""
    return {number for name in NAMED.findall(read(path)) for number in re.findall(r"(?:^|_)h(\d\d+)(?=_)", name)}


class DocumentsTest(unittest.TestCase):
    def setUp(self):
        rows = re.findall(r"^\| H-(\d\d+) \|.*\| ([^|]+) \|$", read(jisr.ROOT / "docs/hazards.md"), re.M)
        self.proofs = dict(rows)
        self.assertEqual(len(self.proofs), len(rows), "an id is there twice")
        self.tests = sources("tests")

    def the_test_file(self, name):
        found = [path for path in self.tests if path.as_posix().endswith("/" + name)]
        self.assertEqual(len(found), 1, f"hazards.md names {name}: {found}")
        return found[0]

    def test_each_hazard_is_in_the_names_of_the_tests_that_prove_its_control(self):
        self.assertGreater(len(self.proofs), 9)
        for number, proofs in self.proofs.items():
            named = re.findall(r"`([\w/]+\.(?:c|py))`", proofs)
            tests = [name for name in named if not name.endswith("_fuzz.c")]
            self.assertIn(f"`h{number}_`", proofs)
            self.assertTrue(tests, f"H-{number} is proved by nothing")
            for name in named:
                self.the_test_file(name)
            for name in tests:
                self.assertIn(number, hazards_of(self.the_test_file(name)), f"{name} proves H-{number}")

    def test_each_hazard_in_a_tests_name_is_one(self):
        for path in self.tests:
            self.assertLessEqual(hazards_of(path), set(self.proofs), path)

    def test_each_fault_of_the_supervisors_page_has_its_gates_reaction_and_tests_that_are_there(self):
        page = read(jisr.ROOT / "docs/supervisor.md")
        faults, gates = (re.search(rf"^## {name}$(.*?)(?=^## |\Z)", page, re.M | re.S)[1] for name in ("Faults", "Gates"))
        becomes = {row.split(" | ")[0][2:]: row.split(" | ")[4] for row in re.findall(r"^\| .*\|$", gates, re.M)}
        known = {name for path in self.tests for name in NAMED.findall(read(path))}
        rows = [row[2:-2].split(" | ") for row in re.findall(r"^\| .*\|$", faults, re.M)[2:]]
        self.assertGreater(len(rows), 12)
        for fault, _, gate, arm, proofs in rows:
            self.assertIn(gate, {"-", *becomes}, fault)
            if gate != "-":
                self.assertEqual(arm, becomes[gate], fault)
            tests = re.findall(r"`(\w+)`", proofs)
            self.assertTrue(tests, fault)
            self.assertEqual(set(tests) - known, set(), fault)

    def test_the_files_and_functions_that_the_architecture_names_are_there(self):
        for row in re.findall(r"^\| .*\|$", read(jisr.ROOT / "ARCHITECTURE.md"), re.M):
            folder = ""
            for name, functions in re.findall(r"`([\w/]+\.[chy]\w?)`(?: \(((?:`\w+`(?:, )?)+)\))?", row):
                folder = name.rpartition("/")[0] or folder
                if not folder:
                    continue  # a header beside the folder that the row's first cell names
                path = jisr.ROOT / folder / name.rpartition("/")[2]
                self.assertTrue(path.exists(), f"{path} in: {row}")
                for function in re.findall(r"\w+", functions):
                    self.assertRegex(read(path), rf"\b{function}\(", f"in: {row}")

    def test_what_a_page_links_to_is_there(self):
        pages = [path for folder in (".", "docs", "docs/decisions", "examples")
                 for path in (jisr.ROOT / folder).glob("*.md")]
        self.assertGreater(len(pages), 10)
        for page in pages:
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", read(page)):
                self.assertTrue((page.parent / target).exists(), f"{page.name} links to {target}")

    def test_each_sample_of_the_test_vectors_is_in_a_fuzz_corpus(self):
        """Else the fuzzer is refused at the version byte when a format has changed."""
        vectors = read(jisr.ROOT / "docs/protocol-vectors.txt")
        for block, name in (("pulse", "pulse"), ("standing", "standing"), ("about", "about"),
                            ("about without layout", "about-without-layout")):
            sample = re.search(rf"^\[{block}\]\n(?:.+\n)*?(?:sample|message) = (\w+)$", vectors, re.M)[1]
            corpus = jisr.ROOT / "tests/fuzz/corpus/station" / name
            self.assertEqual(corpus.read_bytes().hex(), sample, f"write the sample of [{block}] to {corpus}")

    def test_help_tells_every_order_that_is_obeyed(self):
        source = read(jisr.ROOT / "programs/console_orders.c")
        orders = set(re.findall(r'"([a-z]+)"', re.search(r"order_words\[\] = {(.*?)}", source, re.S)[1]))
        def told(command):
            told = re.search(r"orders from standard input: (.*)", jisr.run(jisr.JISR, command, "--help").stdout)
            return set(re.findall(r"[a-z]+", told[1]))
        self.assertEqual(told("bedside") | {"reclutch"}, orders | {"add", "pull"})
        self.assertLess({"reclutch", "stop", "take", "give"}, told("console"))

    def test_what_the_log_warns_of_has_words_on_the_page(self):
        known = set(re.findall(r'^ +{"([a-z_]+)"', read(jisr.ROOT / "adapters/screen/words.c"), re.M))
        shown = re.search(r"is_told_better.*?{(.*?)};", read(jisr.ROOT / "programs/operate/show.c"), re.S)[1]
        prefixes = tuple(re.findall(r'"([a-z_ ]+)"', shown))
        warned = {event for path in sources("programs", "adapters")
                  for event in re.findall(r'log_event\(\s*LOG_(?:WARN|ERROR),\s*"(\w+)"', read(path))}
        self.assertGreater(len(warned), 10)
        for event in warned:
            self.assertTrue(event in known or f"{event} ".startswith(prefixes), f"no words for {event}")


jisr.main()
