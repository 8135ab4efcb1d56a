#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A patient sees who looked into their record, whichever way: a search, an export of theirs, of a group, of everything.
usage: centre_looked_test.py JISR"""
import base64

import jisr
from centre import CentreCase
from waiting import until


class Looked(CentreCase):
    def setUp(self):
        super().setUp()
        self.program = self.centre()
        self.owner = self.bearer()
        self.put({"resourceType": "Practitioner", "id": "dr",
                  "name": [{"prefix": ["Dr"], "given": ["Amina"], "family": "Alaoui & fils"}]})
        for name in ("salma", "brahim"):
            self.put({"resourceType": "Patient", "id": name})
            self.put({"resourceType": "Observation", "id": name, "status": "final", "code": {"text": "c"},
                      "subject": {"reference": f"Patient/{name}"}})
        self.put({"resourceType": "CareTeam", "id": "hers", "status": "active",
                  "subject": {"reference": "Patient/salma"},
                  "participant": [{"member": {"reference": "Practitioner/dr"}}]})
        self.put({"resourceType": "Group", "id": "his", "type": "person", "actual": True,
                  "member": [{"entity": {"reference": "Patient/brahim"}}]})
        self.salma, self.brahim = (self.person("patient", f"Patient/{name}") for name in ("salma", "brahim"))

    def export(self, who, path):
        begun = self.fhir(self.program, "GET", path, Prefer="respond-async", **who)
        self.assertEqual(begun.status, 202, begun.bytes)
        job = self.ask(who, "GET", begun.headers["Content-Location"].partition("/fhir")[2])
        files = [self.fhir(self.program, "GET", file["url"].partition("/fhir")[2], **who) for file in job["output"]]
        self.assertTrue(files and all(file.status == 200 for file in files))

    def exports(self, who, name, words):
        """Events of exports that name this patient and say these words."""
        found = self.events(who, f"?patient={name}&subtype=operation&_count=100")
        return [event for event in found if words in event.get("outcomeDesc", "") and
                any(one.get("what", {}).get("reference") == f"Patient/{name}" for one in event["entity"])]

    def test_h139_an_export_names_whose_data_left(self):
        doctor = self.person("physician")
        self.export(doctor, "/$export?_type=Observation")
        self.assertTrue(until(lambda: self.exports(self.salma, "salma", "/$export?_type=Observation")))
        self.export(self.owner, "/Group/his/$export?_type=Patient")
        self.assertTrue(until(lambda: self.exports(self.brahim, "brahim", "/Group/his/$export")))
        self.assertEqual(self.exports(self.salma, "salma", "/Group/his/$export"), [])
        self.assertEqual(self.exports(self.brahim, "brahim", "/$export?_type=Observation"), [])
        self.export(self.owner, "/$export?_type=Observation,Patient")  # of everybody
        for who, name in ((self.salma, "salma"), (self.brahim, "brahim")):
            self.assertTrue(until(lambda: self.exports(who, name, "_type=Observation,Patient")), name)
            self.assertNotIn("brahim" if name == "salma" else "salma",
                             str(self.exports(who, name, "_type=Observation,Patient")))
            event = self.exports(who, name, "_type=Observation,Patient")[0]  # as what it was found as
            self.assertEqual(self.ask(who, "GET", "/AuditEvent/" + event["id"]), event)

    def test_scripts_are_told_apart_by_name(self):
        nightly = self.bearer("--name", "nightly")
        self.ask(nightly, "GET", "/Patient/salma")
        self.assertTrue(until(lambda: "script:nightly" in str(self.events(self.owner, "?patient=salma"))))
        wrong = jisr.run(jisr.JISR, "centre", "token", *self.where, "--name", "two words")
        self.assertEqual(wrong.returncode, 2, wrong.stderr)

    def test_h139_who_may_see_all_is_seen_looking(self):
        self.ask(self.owner, "GET", "/Observation?code:text=c")
        seen = until(lambda: self.events(self.brahim, "?patient=brahim&subtype=search"))
        self.assertIn("Patient/brahim", str(seen[0]["entity"]))
        self.ask(self.owner, "GET", "/Observation/_history")
        self.assertTrue(until(lambda: self.events(self.brahim, "?patient=brahim&subtype=history")))
        self.ask(self.owner, "POST", "/Appointment", {
            "resourceType": "Appointment", "status": "booked", "start": "2026-12-01T10:00:00Z",
            "end": "2026-12-01T10:30:00Z", "participant": [
                {"actor": {"reference": f"Patient/{name}"}, "status": "accepted"} for name in ("salma", "brahim")]},
            201)
        for who, name in ((self.salma, "salma"), (self.brahim, "brahim")):  # of two: both are told
            self.assertTrue(until(lambda: self.events(who, f"?patient={name}&subtype=create&entity=Patient/{name}&"
                                                           "date=ge2020")), name)

    def test_h139_one_patient_learns_of_no_other(self):
        self.put({"resourceType": "Group", "id": "both", "type": "person", "actual": True,
                  "member": [{"entity": {"reference": f"Patient/{name}"}} for name in ("salma", "brahim")]})
        self.ask(self.salma, "GET", "/Group/both", status=404)
        self.ask(self.brahim, "GET", "/Group/his")
        self.ask(self.salma, "GET", "/Patient/brahim/Observation", status=403)
        self.ask(self.salma, "GET", "/Patient/brahim/*", status=403)
        self.ask(self.salma, "GET", "/Patient/salma/*")
        self.ask(self.owner, "GET", "/Observation?patient=salma,brahim&code:text=c")
        self.ask(self.owner, "GET", "/Observation?patient=salma&code:text=c")

        def asked(who):
            found = self.events(who, "?patient=salma&subtype=search")
            return sorted(base64.b64decode(one["query"]).decode() for event in found for one in event["entity"]
                          if "query" in one)
        self.assertTrue(until(lambda: "Observation?patient=salma" in asked(self.salma)), asked(self.salma))
        self.assertFalse([one for one in asked(self.salma) if "brahim" in one or "code" in one])
        auditor = self.person("auditor", "Practitioner/au")
        self.assertIn("Observation?patient=salma,brahim&code:text=c", asked(auditor))

    def test_a_binary_is_theirs_whose_security_context_it_has(self):
        doctor = self.person("physician")
        for name, about in (("a", "Patient/salma"), ("b", "Observation/salma"), ("c", "Patient/brahim"),
                            ("d", "Observation/none")):
            self.put({"resourceType": "Binary", "id": name, "contentType": "text/plain", "data": "c2FsbWE=",
                      "securityContext": {"reference": about}})
        for who, seen in ((doctor, "ab"), (self.salma, "ab"), (self.brahim, "c")):
            for name in "abcd":
                answer = self.fhir(self.program, "GET", f"/Binary/{name}", **who)
                self.assertEqual(answer.status, 200 if name in seen else 403 if who is doctor else 404, (name, answer.bytes))

    def test_h139_what_is_seen_can_be_read(self):
        self.ask(self.person("physician"), "GET", "/Observation/salma")
        self.ask(self.person("physician"), "GET", "/Observation/brahim", status=403)
        (seen,) = until(lambda: self.events(self.salma, "?patient=salma&subtype=read&agent=Practitioner/dr"))
        self.assertEqual(seen["agent"][-1]["who"]["display"], "Dr Amina Alaoui & fils")
        words = seen["text"]["div"]
        for said in ("Dr Amina Alaoui &amp; fils (physician) — Reading: Observation/salma — permitted",
                     "(médecin) — Consultation: Observation/salma — permis", '<p lang="ar" dir="rtl">'):
            self.assertIn(said, words)
        (refused,) = until(lambda: self.events(self.brahim, "?patient=brahim&subtype=read&agent=Practitioner/dr"))
        self.assertEqual((refused["outcome"], refused["outcomeDesc"]), ("4", "no-relation"))
        self.assertIn("— refused: ", refused["text"]["div"])


if __name__ == "__main__":
    jisr.main()
