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

    def test_h151_a_record_that_lost_its_index_is_searched_again(self):
        data, saved = self.folder / "data", self.folder / "saved"
        self.assertEqual(self.run_verb("demo", "--data", data, "--patients", 40, "--fill-only")[0], 0)
        searches = ("/Observation?patient=p3", "/Patient?family=t&gender=female", "/Encounter?date=gt2020", "/Patient?_text=a")
        program = self.centre("--open")
        before = [self.fhir(program, "GET", search + "&_summary=count").json["total"] for search in searches]
        self.assertGreater(min(before[:3]), 0)
        self.assertNotIn("reindex", "".join(program.log))  # it was filled by this program
        program.stop()
        self.assertEqual(self.run_verb("repair", "--data", data, "--to", saved)[0], 0)
        saved.replace(data / "record.db")
        for beside in data.glob("record.db-*"):
            beside.unlink()
        status, said, told = self.run_verb("reindex", "--data", data)
        self.assertEqual(status, 0, told)
        self.assertRegex(said, r"^resources=\d{3,}\n$")
        program = self.centre("--open")
        self.assertEqual([self.fhir(program, "GET", search + "&_summary=count").json["total"] for search in searches], before)

    def test_h151_an_index_that_was_half_made_anew_is_finished_while_it_serves(self):
        data = self.folder / "data"
        self.assertEqual(self.run_verb("demo", "--data", data, "--patients", 400, "--fill-only")[0], 0)
        for tenths in range(5, 0, -1):  # killed on its way, however fast it is
            half = subprocess.Popen([jisr.JISR, "centre", "reindex", "--data", str(data)], stdout=subprocess.DEVNULL)
            try:
                half.wait(tenths / 10)
            except subprocess.TimeoutExpired:
                half.kill()
                half.wait()
                break
        program = self.centre("--open")
        if half.returncode != 0:
            self.assertTrue(jisr.until(lambda: any("reindex_done" in line for line in program.log)), program.log)
        found = self.fhir(program, "GET", "/Patient?gender=female,male&_summary=count").json["total"]
        self.assertEqual(found, 400)

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
