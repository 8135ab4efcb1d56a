#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The health record from outside: what is written is found, again after a kill at any time, and not on the
disk in clear. usage: centre_test.py JISR"""
import gzip
import http.client
import json
import re
import threading

import jisr
from centre import CentreCase
from waiting import SLOW, until


def patient(family, **more):
    return {"resourceType": "Patient", "name": [{"family": family, "given": ["Salma"]}], **more}


class Record(CentreCase):
    def test_what_is_written_is_read_found_changed_and_gone(self):
        program = self.centre("--open")
        made = self.fhir(program, "POST", "/Patient", patient("Bennani", birthDate="1980-02-03"))
        self.assertEqual(made.status, 201, made.bytes)
        self.assertEqual(made.headers["ETag"], 'W/"1"')
        path = "/Patient/" + made.json["id"]
        self.assertIn(f"/fhir{path}/_history/1", made.headers["Location"])

        read = self.fhir(program, "GET", path)
        self.assertEqual((read.status, read.json), (200, made.json))
        self.assertEqual(read.headers["Last-Modified"], made.headers["Last-Modified"])
        self.assertEqual(self.fhir(program, "GET", path, If_None_Match='W/"1"').status, 304)
        self.assertEqual(self.fhir(program, "HEAD", path).bytes, b"")
        found = self.fhir(program, "GET", "/Patient?name=benn&birthdate=1980-02-03").json
        self.assertEqual([entry["resource"]["id"] for entry in found["entry"]], [made.json["id"]])

        changed = {**made.json, "birthDate": "1981-02-03"}
        self.assertEqual(self.fhir(program, "PUT", path, changed, If_Match='W/"1"').headers["ETag"], 'W/"2"')
        self.assertEqual(self.fhir(program, "PUT", path, changed, If_Match='W/"1"').status, 412)
        self.assertEqual(self.fhir(program, "GET", path + "/_history/1").json, made.json)
        self.assertEqual(self.fhir(program, "DELETE", path).status, 204)
        self.assertEqual(self.fhir(program, "GET", path).status, 410)
        self.assertEqual(self.fhir(program, "GET", "/Patient/none").status, 404)

    def test_a_transaction_is_whole_or_not_at_all(self):
        program = self.centre("--open")
        name = "urn:uuid:5b1c8f0e-1111-4222-8333-444455556666"
        entries = [{"fullUrl": name, "resource": patient("Idrissi"),
                    "request": {"method": "POST", "url": "Patient"}},
                   {"resource": {"resourceType": "Observation", "status": "final", "code": {"text": "weight"},
                                 "subject": {"reference": name}},
                    "request": {"method": "POST", "url": "Observation"}}]
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        answer = self.fhir(program, "POST", "", bundle)
        self.assertEqual(answer.status, 200, answer.bytes)
        found = self.fhir(program, "GET", "/Observation?subject:Patient.name=idrissi").json
        self.assertEqual(found["total"], 1)
        entries[1]["request"] = {"method": "PUT", "url": "Observation/x", "ifMatch": 'W/"7"'}
        entries[1]["resource"]["id"] = "x"
        entries[0]["resource"] = patient("Nobody")
        self.assertGreaterEqual(self.fhir(program, "POST", "", bundle).status, 400)
        self.assertEqual(self.fhir(program, "GET", "/Patient?name=nobody").json["total"], 0)

    def test_bodies_may_be_packed_and_what_is_no_json_is_refused(self):
        program = self.centre("--open", "--body", 1)
        packed = gzip.compress(json.dumps(patient("Tazi")).encode())
        self.assertEqual(self.fhir(program, "POST", "/Patient", packed, Content_Encoding="gzip").status, 201)
        answer = self.fhir(program, "GET", "/metadata", Accept_Encoding="gzip")
        self.assertEqual(answer.headers["Content-Encoding"], "gzip")
        self.assertEqual(json.loads(gzip.decompress(answer.bytes))["resourceType"], "CapabilityStatement")
        xml = b"<Patient xmlns='http://hl7.org/fhir'/>"
        self.assertEqual(self.fhir(program, "POST", "/Patient", xml,
                                   Content_Type="application/fhir+xml").status, 415)
        for path, headers in (("/Patient", {"Accept": "application/fhir+xml"}), ("/Patient?_format=xml", {})):
            self.assertEqual(self.fhir(program, "GET", path, **headers).status, 406, path)
        for body in (b"{", b'{"resourceType":"Patient","resourceType":"Patient"}', b"[" * 100000,
                     b'{"resourceType":"Patient","id":"\xff"}', b'{"resourceType":"Nobody"}'):
            answer = self.fhir(program, "POST", "/Patient", body)
            self.assertIn(answer.status, (400, 422), body[:40])
            self.assertEqual(answer.json["resourceType"], "OperationOutcome", body[:40])

    def test_it_is_not_on_the_disk_in_clear_and_one_server_has_it(self):
        program = self.centre("--open")
        self.assertEqual(self.fhir(program, "POST", "/Patient", patient("Qwertyalaoui")).status, 201)
        files = sorted(path.name for path in (self.folder / "data").iterdir())
        self.assertIn("record.db-wal", files)
        for path in (self.folder / "data").iterdir():
            self.assertNotIn(b"wertyalaoui", path.read_bytes().lower(), path)
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)
        second = jisr.run(jisr.JISR, "centre", "--data", self.folder / "data", "--listen", "127.0.0.1:0")
        self.assertEqual(second.returncode, 1)
        self.assertIn("another", second.stderr)
        self.assertEqual(program.stop(), 0)
        again = self.centre("--open")
        self.assertEqual(self.fhir(again, "GET", "/Patient?name=qwertyalaoui").json["total"], 1)

    def test_h82_what_was_acknowledged_outlives_a_kill(self):
        kept, lock = [], threading.Lock()

        def write(address, number):
            line = http.client.HTTPConnection(*address, timeout=SLOW)
            try:
                for i in range(100000):
                    body = json.dumps(patient(f"Writer{number}n{i}"))
                    line.request("POST", "/fhir/Patient", body, {"Content-Type": "application/fhir+json"})
                    answer = line.getresponse()
                    made = json.loads(answer.read())
                    if answer.status == 201:
                        with lock:
                            kept.append(made)
            except (OSError, http.client.HTTPException, ValueError):
                pass  # it was killed
            finally:
                line.close()

        for _ in range(3):
            program = self.centre("--open")
            before = len(kept)
            writers = [threading.Thread(target=write, args=(program.address, i)) for i in range(6)]
            for writer in writers:
                writer.start()
            self.assertTrue(until(lambda: len(kept) >= before + 40))
            program.kill()
            for writer in writers:
                writer.join(SLOW)
        program = self.centre("--open")
        for made in kept:
            read = self.fhir(program, "GET", "/Patient/" + made["id"])
            self.assertEqual((read.status, read.json), (200, made))


class Access(CentreCase):
    def test_a_token_allows_what_it_says_and_all_is_recorded(self):
        self.assertEqual(jisr.run(jisr.JISR, "centre", "init", "--data", self.folder / "data").returncode, 0)
        program = self.centre()
        refused = self.fhir(program, "POST", "/Patient", patient("Chraibi"))
        self.assertEqual((refused.status, refused.headers["WWW-Authenticate"]), (401, 'Bearer realm="jisr"'))
        wrong = self.fhir(program, "GET", "/Patient", Authorization="Bearer jisr_at_" + "a" * 43)
        self.assertEqual(wrong.status, 401)
        self.assertIn("invalid_token", wrong.headers["WWW-Authenticate"])
        self.assertEqual(self.fhir(program, "GET", "/metadata").status, 200)

        every = self.bearer("--for", "1h")
        made = self.fhir(program, "POST", "/Patient", patient("Chraibi"), **every)
        self.assertEqual(made.status, 201, made.bytes)
        found = self.fhir(program, "GET", "/Patient?name=chraibi", **every)
        self.assertEqual(found.json["total"], 1)
        some = self.bearer("--scope", "system/Observation.rs")
        self.assertEqual(self.fhir(program, "GET", "/Patient?name=chraibi", **some).status, 403)
        self.assertEqual(self.fhir(program, "GET", "/Observation", **some).status, 200)
        doctor = self.person("physician", "Practitioner/dr")
        place = "/Patient/" + made.json["id"]
        self.assertEqual(self.fhir(program, "GET", place, **doctor).status, 403)
        team = {"resourceType": "CareTeam", "status": "active", "subject": {"reference": place[1:]},
                "participant": [{"member": {"reference": "Practitioner/dr"}}]}
        self.assertEqual(self.fhir(program, "POST", "/CareTeam", team, **every).status, 201)
        self.assertEqual(self.fhir(program, "GET", place, **doctor).status, 200)
        past = self.bearer("--for", "1s")
        self.assertTrue(until(lambda: self.fhir(program, "GET", "/Patient", **past).status == 401))

        audit = ("centre", "audit", "--data", self.folder / "data")
        checked = jisr.run(jisr.JISR, *audit, "--check")  # beside the running server
        self.assertEqual(checked.returncode, 0, checked.stdout)
        self.assertEqual(program.stop(), 0)
        events = [json.loads(line) for line in jisr.sh(jisr.JISR, *audit).splitlines()]
        told = [(event["action"], event["outcome"]) for event in events]
        self.assertIn("4", [outcome for _, outcome in told])  # refusals, too
        self.assertIn(("C", "0"), told)
        self.assertIn(("E", "0"), told)
        self.assertTrue(all(event["resourceType"] == "AuditEvent" for event in events))

        checked = jisr.run(jisr.JISR, *audit, "--check")
        number, digits = re.search(r" told=(\d+):([0-9a-f]{64}) nothing was changed", checked.stdout).groups()
        self.assertIn(f"info audit_checkpoint told={number}:{digits}", program.log)  # the one of its stop
        self.assertEqual(jisr.run(jisr.JISR, *audit, "--check", "--told", f"{number}:{digits}").returncode, 0)
        for told, words in ((f"{number}:{'0' * 64}", "not the checkpoint"),
                            (f"1:{digits}", "not the checkpoint"),
                            (f"{int(number) + 1}:{digits}", "ends before")):
            wrong = jisr.run(jisr.JISR, *audit, "--check", "--told", told)
            self.assertEqual(wrong.returncode, 1, told)
            self.assertIn(words, wrong.stdout)
        self.assertEqual(jisr.run(jisr.JISR, *audit, "--told", "7").returncode, 1)
        lines = jisr.sh(jisr.JISR, *audit, "--lines", "--patient", made.json["id"]).splitlines()
        self.assertTrue(lines and all(made.json["id"] in line for line in lines), lines)
        self.assertTrue(any("REFUSED read" in line and "by Practitioner/dr" in line for line in lines), lines)
        self.assertEqual(jisr.sh(jisr.JISR, *audit, "--lines", "--patient", "nobody"), "")

    def test_h79_a_patient_sees_who_looked_and_an_auditor_sees_all(self):
        self.assertEqual(jisr.run(jisr.JISR, "centre", "init", "--data", self.folder / "data").returncode, 0)
        program = self.centre()
        owner = self.bearer()
        for name in ("salma", "brahim"):
            self.fhir(program, "PUT", f"/Patient/{name}", {**patient(name), "id": name}, **owner)
            seen = {"resourceType": "Observation", "id": name, "status": "final", "code": {"text": "c"},
                    "subject": {"reference": f"Patient/{name}"}}
            self.assertEqual(self.fhir(program, "PUT", f"/Observation/{name}", seen, **owner).status, 201)
        team = {"resourceType": "CareTeam", "status": "active", "subject": {"reference": "Patient/salma"},
                "participant": [{"member": {"reference": "Practitioner/dr"}}]}
        self.assertEqual(self.fhir(program, "POST", "/CareTeam", team, **owner).status, 201)
        doctor, salma = self.person("physician", "Practitioner/dr"), self.person("patient", "Patient/salma")
        brahim, auditor = self.person("patient", "Patient/brahim"), self.person("auditor", "Practitioner/au")
        self.assertEqual(self.fhir(program, "GET", "/Observation/salma", **doctor).status, 200)
        self.assertEqual(self.fhir(program, "GET", "/Observation/brahim", **doctor).status, 403)

        def events(who, query):
            answer = self.fhir(program, "GET", "/AuditEvent" + query, **who)
            self.assertEqual(answer.status, 200, answer.bytes)
            return [entry["resource"] for entry in answer.json.get("entry", ())]

        look = "?patient=salma&agent=Practitioner/dr&action=R&entity=Observation/salma&outcome=0&date=gt2020"
        (seen,) = until(lambda: events(salma, look))
        self.assertIn("Observation/salma", json.dumps(seen))
        place = "/AuditEvent/" + seen["id"]
        self.assertEqual(self.fhir(program, "GET", place, **salma).json, seen)
        self.assertEqual(self.fhir(program, "GET", place, **auditor).json, seen)
        self.assertEqual(self.fhir(program, "GET", place, **brahim).status, 404)
        self.assertEqual(self.fhir(program, "GET", place, **doctor).status, 403)
        self.assertEqual(self.fhir(program, "GET", "/AuditEvent?patient=salma", **doctor).status, 403)
        self.assertNotIn("Practitioner/dr", json.dumps(events(brahim, "?agent=Practitioner/dr&outcome=0")))
        refused = "?outcome=4&agent=Practitioner/dr&entity=Observation/brahim"
        self.assertTrue(until(lambda: events(brahim, refused)))

        theirs = until(lambda: events(auditor, "?patient=brahim,salma&_sort=-date&_count=100"))
        times = [event["recorded"] for event in theirs]
        self.assertEqual(times, sorted(times, reverse=True))

        def of_two():
            return [event for event in events(auditor, "?agent=Practitioner/au&action=E&_count=200")
                    if event["id"].count("-") == 2]

        self.assertGreaterEqual(len(until(of_two)), 2)  # the search above was of two patients: two events
        for event in of_two():
            self.assertEqual(self.fhir(program, "GET", "/AuditEvent/" + event["id"], **auditor).json, event)
        hers = events(salma, "?agent=Practitioner/au&action=E&_count=200")
        self.assertTrue(hers)
        self.assertNotIn("Patient/brahim", json.dumps(hers))
        first = until(of_two)[0]
        pages, url = [], "/AuditEvent?_count=3&date=le" + first["recorded"]
        while url:
            answer = self.fhir(program, "GET", url, **auditor)
            pages += [entry["resource"]["id"] for entry in answer.json.get("entry", ())]
            url = next((link["url"].partition("/fhir")[2] for link in answer.json["link"]
                        if link["relation"] == "next"), None)
        self.assertEqual(len(pages), len(set(pages)))
        self.assertEqual(pages, sorted(pages, key=lambda name: [-int(name.split("-")[1]), name]))
        self.assertLessEqual({seen["id"], first["id"]}, set(pages))

        for method, where in (("POST", "/AuditEvent"), ("PUT", place), ("DELETE", place)):
            answer = self.fhir(program, method, where, None if method == "DELETE" else seen, **owner)
            self.assertEqual(answer.status, 405, answer.bytes)
        entry = {"resource": seen, "request": {"method": "PUT", "url": place[1:]}}
        batch = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
        self.assertEqual(self.fhir(program, "POST", "", batch, **owner).status, 405)
        for query in ("?_sort=date", "?_cursor=a", "?agent:Practitioner.name=a"):
            self.assertEqual(self.fhir(program, "GET", "/AuditEvent" + query, **auditor).status, 400, query)
        for name in ("a-1", "a-999999999", "a-0", "a-", "x", seen["id"].replace("a-", "a-0")):
            self.assertEqual(self.fhir(program, "GET", "/AuditEvent/" + name, **auditor).status, 404, name)
        self.assertEqual(program.stop(), 0)
        again = self.centre()
        self.assertEqual(self.fhir(again, "GET", place, **salma).json["recorded"], seen["recorded"])

    def test_a_patients_own_token_is_for_their_record(self):
        program = self.centre()
        for name in ("amal", "salma"):
            self.assertEqual(self.fhir(program, "PUT", "/Patient/" + name, {"resourceType": "Patient", "id": name},
                                       **self.bearer()).status, 201)
        own = self.bearer("--role", "patient", "--user", "Patient/amal", "--scope", "patient/*.rs")
        self.assertEqual(self.fhir(program, "GET", "/Patient/amal", **own).status, 200)
        self.assertNotEqual(self.fhir(program, "GET", "/Patient/salma", **own).status, 200)

    def test_wrong_scopes_and_open_doors_are_refused(self):
        done = jisr.run(jisr.JISR, "centre", "token", "--data", self.folder / "data", "--scope", "all")
        self.assertEqual(done.returncode, 2)
        done = jisr.run(jisr.JISR, "centre", "token", "--data", self.folder / "data", "--role", "nurse")
        self.assertEqual(done.returncode, 2)  # somebody's?
        for useless in (("--scope", "user/*.rs"), ("--role", "nurse", "--user", "Practitioner/7"), ("--patient", "p"),
                        ("--role", "nurse", "--user", "Practitioner/7", "--scope", "patient/*.rs")):
            done = jisr.run(jisr.JISR, "centre", "token", "--data", self.folder / "data", *useless)
            self.assertEqual((done.returncode, done.stdout), (2, ""), useless)
        done = jisr.run(jisr.JISR, "centre", "--data", self.folder / "data", "--open", "--plain-http")
        self.assertEqual(done.returncode, 2)

    def test_a_copy_is_made_beside_a_running_server_and_checked(self):
        program = self.centre("--open")
        self.assertEqual(self.fhir(program, "POST", "/Patient", patient("Copytazi")).status, 201)
        folder, copy = self.folder / "data", self.folder / "copy"
        jisr.sh(jisr.JISR, "centre", "check", "--data", folder)
        copy.mkdir(mode=0o700)
        jisr.sh(jisr.JISR, "centre", "backup", "--data", folder, "--to", copy / "record.db")
        for name in ("keys", "secret"):
            (copy / name).write_bytes((folder / name).read_bytes())
            (copy / name).chmod(0o600)
        self.assertEqual(program.stop(), 0)
        folder.rename(self.folder / "old")
        copy.rename(folder)
        again = self.centre("--open")
        self.assertEqual(self.fhir(again, "GET", "/Patient?name=copytazi").json["total"], 1)

    def test_a_damaged_record_is_found_repaired_and_sealed_by_a_new_key(self):
        program = self.centre("--open")
        for number in range(30):
            self.assertEqual(self.fhir(program, "POST", "/Patient", patient(f"Brahim{number}")).status, 201)
        self.assertEqual(program.stop(), 0)
        folder, record = self.folder / "data", self.folder / "data/record.db"
        verb = lambda name, *options: jisr.run(jisr.JISR, "centre", name, "--data", folder, *options)
        self.assertEqual(verb("check").returncode, 0)
        pages = bytearray(record.read_bytes())
        self.assertNotIn(b"Brahim", pages)
        pages[-3000] ^= 4
        record.write_bytes(pages)
        checked = verb("check")
        self.assertEqual(checked.returncode, 1)
        self.assertIn(f"pages={len(pages) // 4096} broken=1 ", checked.stdout)

        saved = folder / "saved.db"
        self.assertRegex(verb("repair", "--to", saved).stdout, r"^rows=\d+ tables=")
        for name in ("record.db-wal", "record.db-shm"):
            (folder / name).unlink(missing_ok=True)
        saved.rename(record)
        self.assertEqual(verb("check").returncode, 0)
        keys = (folder / "keys").read_bytes()
        self.assertRegex(verb("rekey").stdout, r"^pages=\d\d")
        self.assertNotEqual((folder / "keys").read_bytes(), keys)
        again = self.centre("--open")
        found = self.fhir(again, "GET", "/Patient?_count=100&_total=accurate").json
        self.assertGreater(found.get("total", 0), 0, found)
        self.assertEqual(self.fhir(again, "POST", "/Patient", patient("Afterwards")).status, 201)
        self.assertEqual(verb("rekey").returncode, 1)  # a server runs


if __name__ == "__main__":
    jisr.main()
