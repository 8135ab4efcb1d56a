#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to the folder of a centre beside serving it: filled, loaded.

usage: centre_verbs_test.py JISR [WORD]"""
import json
import os
import subprocess

import centre
import jisr


class Verbs(centre.CentreCase):
    def run_verb(self, *words):
        done = subprocess.run([jisr.JISR, "centre", *map(str, words)], capture_output=True, text=True,
                              timeout=jisr.SLOW, check=False)
        return done.returncode, done.stdout, done.stderr

    def test_an_invented_centre_is_filled_once_and_the_same_each_time(self):
        data = self.folder / "data"
        status, said, _ = self.run_verb("demo", "--data", data, "--patients", 20, "--fill-only")
        self.assertEqual(status, 0, said)
        self.assertIn("demo patients=20 resources=", said)
        self.assertEqual(self.run_verb("demo", "--data", data, "--fill-only"), (0, "", ""))
        program = self.centre("--open")
        self.assertEqual(self.fhir(program, "GET", "/Patient?_summary=count").json["total"], 20)
        found = self.fhir(program, "GET", "/Patient?identifier=urn:jisr:demo:patient%7CJP0000003").json
        self.assertEqual(found["entry"][0]["resource"]["id"], "p3")

    def test_an_invented_centre_is_of_the_places_that_are_at_hand(self):
        tables = self.folder / "outside" / "morocco"
        tables.mkdir(parents=True)
        tables.joinpath("hcp-regions-2024.csv").write_text("code,name_fr\n01,The North\n")
        tables.joinpath("hcp-provinces-2024.csv").write_text(
            "name_fr,name_ar,type,region_code,population_2024\nElsewhere,هناك,province,01,5\n")
        environment = {**os.environ, "JISR_DATA": str(tables.parent)}
        said = subprocess.run([jisr.JISR, "centre", "demo", "--data", str(self.folder / "data"), "--patients", "5",
                               "--fill-only"], capture_output=True, text=True, env=environment, check=True).stdout
        self.assertIn(" places=1\n", said)
        program = self.centre("--open")
        found = self.fhir(program, "GET", "/Patient?address-city=elsewhere&address-state=the+north&_summary=count").json
        self.assertEqual(found["total"], 5)

    def test_files_of_each_kind_are_loaded_and_what_is_wrong_is_told(self):
        lines = self.folder / "lines.ndjson"
        lines.write_text("".join(json.dumps({"resourceType": "Patient", "id": f"n{i}", "gender": gender}) + "\n"
                                 for i, gender in enumerate(("male", "female", "none", "other"))))
        bundle = self.folder / "bundle.json"
        bundle.write_text(json.dumps({
            "resourceType": "Bundle", "type": "transaction", "entry": [
                {"fullUrl": "urn:uuid:5f5c5a90-8f2f-4c4e-a3a3-000000000001", "resource": {"resourceType": "Patient"},
                 "request": {"method": "POST", "url": "Patient"}},
                {"resource": {"resourceType": "Basic", "id": "b", "code": {"text": "x"},
                              "subject": {"reference": "urn:uuid:5f5c5a90-8f2f-4c4e-a3a3-000000000001"}},
                 "request": {"method": "PUT", "url": "Basic/b"}}]}))
        collection = self.folder / "collection.json"
        collection.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [
            {"resource": {"resourceType": "Patient", "id": "c1"}}]}))
        status, said, _ = self.run_verb("load", "--data", self.folder / "data", lines, bundle, collection)
        self.assertEqual(status, 1, said)  # one line was refused
        self.assertIn("lines.ndjson: 3 loaded, 1 refused: Patient/n2: Patient.gender: ", said)
        self.assertIn("bundle.json: 2 loaded, 0 refused", said)
        self.assertIn("collection.json: 1 loaded, 0 refused", said)
        program = self.centre("--open")
        self.assertEqual(self.fhir(program, "GET", "/Patient?_summary=count").json["total"], 5)
        self.assertRegex(self.fhir(program, "GET", "/Basic/b").json["subject"]["reference"], "^Patient/[0-9a-f-]{36}$")

    def test_the_audit_of_a_record_that_nobody_used_is_whole(self):
        self.assertEqual(self.run_verb("init", "--data", self.folder / "data")[0], 0)
        self.assertEqual(self.run_verb("audit", "--check", "--data", self.folder / "data")[0], 0)

    def test_a_wrong_verb_or_folder_is_told(self):
        status, _, told = self.run_verb("lod", "--data", self.folder)
        self.assertEqual(status, 2)
        self.assertIn('did you mean "load"?', told)
        status, said, _ = self.run_verb("load", "--data", self.folder / "data", self.folder / "nothing.json")
        self.assertEqual(status, 1)
        self.assertIn("No such file", said)


jisr.main()
