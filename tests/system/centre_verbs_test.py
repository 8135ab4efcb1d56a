#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to the folder of a centre beside serving it: filled, loaded.

usage: centre_verbs_test.py JISR [WORD]"""
import json
import os
import re
import socket
import subprocess

import centre
import door
import jisr
from waiting import until


class Verbs(centre.CentreCase):
    def run_verb(self, *words):
        done = subprocess.run([jisr.JISR, "centre", *map(str, words)], capture_output=True, text=True,
                              timeout=3 * jisr.SLOW, check=False)
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

    def test_an_invented_centre_that_was_stopped_half_filled_is_none(self):
        data, part = self.folder / "data", self.folder / "data.part"
        filling = subprocess.Popen([jisr.JISR, "centre", "demo", "--data", f"{data}/", "--patients", "100000"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(filling.wait)
        self.addCleanup(filling.kill)
        jisr.until((part / "record.db").exists)
        filling.kill()
        filling.wait()
        self.assertFalse(data.exists())
        status, _, told = self.run_verb("demo", "--data", data, "--patients", 3, "--fill-only")
        self.assertEqual(status, 1)
        self.assertIn("data.part was left half filled: remove it", told)

    def test_a_folder_that_was_mistyped_becomes_no_record(self):
        nowhere = self.folder / "tpyo"
        for verb in (("token",), ("audit",), ("check",), ("person", "list"), ("officer",), ("reindex",), ("key", "list")):
            status, _, told = self.run_verb(*verb, "--data", nowhere)
            self.assertIn(status, (1, 2), verb)
            self.assertTrue(told, verb)
            self.assertFalse(nowhere.exists(), verb)
        self.assertIn("jisr centre init", self.run_verb("token", "--data", nowhere)[2])

    def test_those_of_an_invented_centre_sign_in_and_see_what_each_may(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        data = self.folder / "demo"
        program = jisr.Program("centre", "demo", "--people", "--data", data, "--patients", "9", "--listen",
                               f"127.0.0.1:{port}", status=False)
        self.addCleanup(lambda: program.is_running() and program.kill())
        self.assertTrue(until(lambda: any(line.startswith("centre url=") for line in program.said)), program.log)
        program.address = "127.0.0.1", port
        people = {match[1]: match[0] for match in re.finditer(r'login="(\w+)".*invite=.*', "\n".join(program.said))}
        self.assertEqual(sorted(people), ["administrator", "auditor", "desk", "doctor", "nurse", "patient"])
        patient, _ = door.take_invitation(program, door.link_of(people["patient"]), second=False)
        self.assertIn("Signed in as", patient.get("/account?lang=en").page.text)
        token = lambda *words: {"Authorization": "Bearer " + jisr.sh(  # noqa: E731
            jisr.JISR, "centre", "token", "--data", data, "--scope", "user/*.rs", *words).strip()}
        doctor = re.search(r"user=(\S+)", people["doctor"])[1]
        as_doctor = token("--role", "physician", "--user", doctor)
        as_patient = token("--role", "patient", "--user", "Patient/p0")
        self.assertEqual(self.fhir(program, "GET", "/CareTeam/t0", **as_doctor).status, 200)
        self.assertEqual(self.fhir(program, "GET", "/Observation/o0-10", **as_patient).status, 200)
        self.assertEqual(self.fhir(program, "GET", "/Observation/o1-10", **as_patient).status, 404)
        looked = self.fhir(program, "GET", "/AuditEvent?patient=p0&_count=100", **as_patient).json
        who = json.dumps(looked)
        self.assertIn(doctor, who)
        self.assertIn("no-relation", who)  # and who was refused

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

    def test_h183_labels_stay_where_a_file_leaves_them_out_unless_it_is_to_be_exact(self):
        path = self.folder / "p.ndjson"
        patient = {"resourceType": "Patient", "id": "p"}
        label = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}

        def load(*words):
            status, said, _ = self.run_verb("load", "--data", self.folder / "data", *words, path)
            self.assertEqual(status, 0, said)
            return said

        path.write_text(json.dumps(patient | {"meta": {"security": [label]}}))
        self.assertNotIn("labels", load())
        path.write_text(json.dumps(patient))
        self.assertIn("p.ndjson: 1 keep security labels", load())
        self.assertNotIn("labels", load("--exact"))
        program = self.centre("--open")
        self.assertNotIn("security", self.fhir(program, "GET", "/Patient/p").json["meta"])
        self.assertEqual(self.fhir(program, "GET", "/Patient/p/_history/2").json["meta"]["security"], [label])

    def poured(self, sent, *path):
        done = subprocess.run([jisr.JISR, "centre", "load", "--data", self.folder / "data", *(path or ["/dev/stdin"])],
                              input=sent, capture_output=True, timeout=3 * jisr.SLOW, check=False)
        return done.returncode, done.stdout.decode()

    def test_what_comes_through_a_pipe_is_loaded_until_its_end(self):
        lines = [json.dumps({"resourceType": "Patient", "id": f"n{i}", "name": [{"text": "x" * 400}]}) for i in range(3000)]
        self.assertEqual(self.poured("\n".join(lines).encode()), (0, "/dev/stdin: 3000 loaded, 0 refused\n"))
        few = "\n" + lines[0] + "\n\n" + lines[1] + "\n"
        self.assertEqual(self.poured(few.encode()), (0, "/dev/stdin: 2 loaded, 0 refused\n"))
        status, said = self.poured(("\n".join(lines) + '\n{"resourceType":"Patient","gender":"none"}').encode())
        self.assertEqual(status, 1)
        self.assertIn("3000 loaded, 1 refused: ", said)
        one = json.dumps({"resourceType": "Basic", "id": "b", "code": {"text": "y" * 300000}}, indent=1)
        self.assertEqual(self.poured(one.encode()), (0, "/dev/stdin: 1 loaded, 0 refused\n"))
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": json.loads(line)} for line in lines]}
        self.assertEqual(self.poured(json.dumps(bundle).encode()), (0, "/dev/stdin: 3000 loaded, 0 refused\n"))
        self.assertEqual(self.poured(b""), (0, "/dev/stdin: 0 loaded, 0 refused\n"))
        self.assertIn("directory", self.poured(b"", self.folder)[1])
        self.assertEqual(self.poured(b"", self.folder)[0], 1)
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        (self.folder / "lines").write_text("\n".join(lines))
        with subprocess.Popen(["sh", "-c", 'cat "$1" > "$2"', "sh", self.folder / "lines", fifo]):
            self.assertEqual(self.poured(b"", fifo), (0, f"{fifo}: 3000 loaded, 0 refused\n"))
        program = self.centre("--open")
        self.assertEqual(self.fhir(program, "GET", "/Patient?_summary=count").json["total"], 3000)

    def test_the_audit_of_a_record_that_nobody_used_is_whole(self):
        self.assertEqual(self.run_verb("init", "--data", self.folder / "data")[0], 0)
        self.assertEqual(self.run_verb("audit", "--check", "--data", self.folder / "data")[0], 0)

    def person(self, verb, *words, good=True):
        status, said, told = self.run_verb("person", verb, "--data", self.folder / "data", *words)
        self.assertEqual(status, 0 if good else 1, told)
        return said if good else told

    def test_h124_the_administrators_link_is_good_for_one_account_and_the_newest_alone(self):
        data = self.folder / "data"
        links = [self.run_verb("init", "--data", data, "--url", "https://c.example.org/fhir")[1] for _ in range(2)]
        found = [re.search(r"^account=(\S+) login=\"administrator\" roles=administrator"
                           r" invite=https://c\.example\.org/invite\?token=(jisr_in_\S{43})$", said, re.M) for said in links]
        self.assertEqual(found[0][1], found[1][1])
        self.assertNotEqual(found[0][2], found[1][2])
        self.assertEqual(self.person("list").count("account="), 1)
        for path in data.iterdir():
            self.assertNotIn(b"administrator", path.read_bytes())

    def invites(self):
        """Where a link of `person invite` leads."""
        return re.search(r"invite=(\S+)/invite\?token=", self.person("invite", "--login", "administrator"))[1]

    def test_h173_a_link_leads_where_the_server_said_that_it_is(self):
        data = self.folder / "data"
        self.assertIn("invite=http://127.0.0.1:8080/", self.run_verb("init", "--data", data)[1])
        program = self.centre()
        self.assertEqual(self.invites(), "http://%s:%d" % program.address)
        self.assertIn("invite=https://c.example.org/", self.run_verb("init", "--data", data, "--url", "https://c.example.org/fhir")[1])
        program.stop()
        self.assertEqual(self.invites(), "https://c.example.org")
        program = self.centre()  # behind a proxy, and nobody said again where
        told = self.fhir(program, "GET", "/metadata").json["implementation"]["url"]
        self.assertEqual(told, "https://c.example.org/fhir")
        self.assertIn("centre_url_kept url=https://c.example.org/fhir", "".join(program.log))
        program.stop()
        program = self.centre("--open")
        self.assertIn("127.0.0.1", self.fhir(program, "GET", "/metadata").json["implementation"]["url"])
        program.stop()
        said, told = self.run_verb("init", "--data", data, "--url", "https://other.example.org/fhir")[1:]
        self.assertIn("invite=https://other.example.org/", said)
        self.assertIn("the server goes by https://c.example.org/fhir", told)
        self.assertEqual(self.invites(), "https://c.example.org")
        program = self.centre("--url", "https://d.example.org/fhir")
        self.assertIn("centre_url_changed was=https://c.example.org/fhir now=https://d.example.org/fhir", "".join(program.log))
        program.stop()
        self.assertEqual(self.invites(), "https://d.example.org")
        self.assertIn("https://d.example.org/fhir", self.run_verb("audit", "--data", data)[1])
        for wrong in ("https://d.example.org", "d.example.org/fhir"):
            status, _, told = self.run_verb("init", "--data", data, "--url", wrong)
            self.assertEqual(status, 1)
            self.assertIn("https://record.example.org/fhir", told)

    def test_people_are_added_changed_and_shut_out_while_the_server_runs(self):
        program = self.centre()
        said = self.person("add", "--login", "Salma.Alaoui", "--name", "Dr Salma Alaoui", "--role", "physician", "--role", "patient",
                           "--user", "Practitioner/7", "--user", "Patient/9")
        self.assertRegex(said, r'login="Salma.Alaoui" roles=physician,patient user=Practitioner/7 invite=http://127')
        self.assertIn("another account", self.person("add", "--login", "salma alaoui", "--name", "x", "--role", "nurse", good=False))
        self.assertIn("a role", self.person("add", "--login", "x", "--name", "x", "--role", "patient", good=False))
        self.assertIn("roles=nurse user=Practitioner/7", self.person("roles", "--login", "SALMA ALAOUI", "--role", "nurse"))
        self.assertIn(" blocked", self.person("block", "--login", "Salma.Alaoui"))
        self.assertIn(" blocked", self.person("list"))
        self.assertNotIn(" blocked", self.person("unblock", "--login", "Salma.Alaoui"))
        self.assertIn("invite=", self.person("invite", "--login", "Salma.Alaoui", "--anew", "--for", "2h"))
        self.person("remove", "--login", "Salma.Alaoui")
        self.assertIn("no such account", self.person("block", "--login", "Salma.Alaoui", good=False))
        self.assertEqual(self.person("list"), "")
        program.stop()
        lines = self.run_verb("audit", "--data", self.folder / "data", "--lines")[1]
        for reason in ("account-made", "invited", "new-roles", "account-blocked", "account-unblocked", "account-removed"):
            self.assertIn(f"client jisr centre person: {reason}", lines)

    def test_help_says_once_that_an_option_may_be_repeated(self):
        for verb in ((), ("person", "add")):
            said = self.run_verb(*verb, "--help")[1]
            lines = " ".join(said.split()).split(" --")
            repeated = [line for line in lines if "may be repeated" in line]
            self.assertTrue(repeated, said)
            for line in repeated:
                self.assertEqual(line.count("may be repeated"), 1, line)

    def test_help_names_every_verb_with_a_line_for_each(self):
        status, said, _ = self.run_verb("help")
        self.assertEqual(status, 0)
        for verb in ("audit", "backup", "check", "client", "demo", "init", "key", "load", "officer", "partner", "person",
                     "reindex", "rekey", "repair", "token"):
            self.assertRegex(said, rf"(?m)^  {verb} +\S.+$")
            self.assertIn(f"usage: jisr centre {verb}", self.run_verb("help", verb)[1])
        self.assertRegex(self.run_verb("person", "help")[1], r"(?m)^  invite +\S.+$")
        self.assertIn('no verb "hlp"', self.run_verb("help", "hlp")[2])

    def test_a_wrong_verb_or_folder_is_told(self):
        status, _, told = self.run_verb("lod", "--data", self.folder)
        self.assertEqual(status, 2)
        self.assertIn('did you mean "load"?', told)
        status, said, _ = self.run_verb("load", "--data", self.folder / "data", self.folder / "nothing.json")
        self.assertEqual(status, 1)
        self.assertIn("No such file", said)

    def test_a_document_that_cannot_be_kept_is_told_by_its_file_and_no_folder_is_made(self):
        data, path = self.folder / "data", self.folder / "document.json"
        for verb, none in ((("client",), "this is no client"), (("partner", "add"), "this is no JSON object")):
            path.unlink(missing_ok=True)
            for written, reason in ((None, "No such file or directory"), ("[]", none), (" " * 65537, "it is too large")):
                if written is not None:
                    path.write_text(written)
                status, said, told = self.run_verb(*verb, "--data", data, "--file", path)
                self.assertEqual((status, said), (1, ""))
                self.assertTrue(told.startswith(f"jisr centre {' '.join(verb)}: {path}: {reason}"), told)
                self.assertFalse(data.exists())

    def test_a_partner_that_is_not_there_is_told(self):
        data = self.folder / "data"
        self.run_verb("init", "--data", data)
        self.assertEqual(self.run_verb("partner", "list", "--data", data), (0, "", ""))
        for verb, more in (("remove", ()), ("link", ("--login", "amina", "--subject", "u-7"))):
            status, said, told = self.run_verb("partner", verb, "--data", data, "--id", "chu", *more)
            self.assertEqual((status, said), (1, ""))
            self.assertIn("there is no such partner", told)


jisr.main()
