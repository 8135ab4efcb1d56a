#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Emergency accesses (break-glass) from outside: what they open, for whom, who is told, who looks into them.
usage: centre_glass_test.py JISR"""
import json

import jisr
from centre import CentreCase
from centre_hooks_test import Receiver
from waiting import until

WORDS = "Sans connaissance, sans papiers"


def reason(words=WORDS, **more):
    return {"resourceType": "Parameters", "parameter": [{"name": "reason", "valueString": words}], **more}


class Glass(CentreCase):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.stop)
        self.open()
        self.owner = self.bearer()
        for name in ("salma", "brahim"):
            self.put({"resourceType": "Patient", "id": name, "gender": "female"})
            self.put({"resourceType": "Observation", "id": name, "status": "final", "code": {"text": "c"},
                      "subject": {"reference": f"Patient/{name}"}})
        for name in ("dr", "officer"):
            self.put({"resourceType": "Practitioner", "id": name})

    def open(self):
        self.program = self.centre("--hooks", f"127.0.0.1:{self.receiver.port}")

    def test_h188_a_review_that_was_nobodys_is_taken_and_closed_by_an_auditor(self):
        opened = self.ask(self.person("physician"), "POST", "/Patient/salma/$break-glass", reason())
        place = "/" + next(one for one in opened["parameter"] if one["name"] == "review")["valueReference"]["reference"]
        auditor, other = self.person("auditor", "Practitioner/officer"), self.person("auditor", "Practitioner/au")
        review = self.ask(auditor, "GET", place)
        self.assertNotIn("owner", review)
        self.ask(self.person("auditor"), "PUT", place, review, 403)  # who broke the glass
        review["owner"] = {"reference": "Practitioner/officer"}
        review = self.ask(auditor, "PUT", place, review)
        self.ask(other, "PUT", place, {**review, "owner": {"reference": "Practitioner/au"}}, 403)
        self.ask(auditor, "PUT", place, {**review, "status": "completed"})

    def officer(self):
        verb = ("centre", "officer", *self.where)
        self.assertEqual(jisr.sh(jisr.JISR, *verb), "officer=\n")
        said = jisr.sh(jisr.JISR, *verb, "--user", "Practitioner/officer")
        self.assertEqual((said, jisr.sh(jisr.JISR, *verb)), ("officer=Practitioner/officer\n",) * 2)
        self.assertEqual(jisr.run(jisr.JISR, *verb, "--user", "Patient/salma").returncode, 2)
        return self.person("auditor", "Practitioner/officer")

    def test_h135_h136_a_glass_opens_one_record_and_others_hear_of_it(self):
        self.assertTrue(until(lambda: "centre_no_officer" in str(self.program.log)))
        officer, doctor = self.officer(), self.person("physician")
        hook = {"resourceType": "Subscription", "id": "s", "status": "requested", "reason": "emergencies",
                "criteria": "Communication?recipient=Practitioner/officer",
                "channel": {"type": "rest-hook", "endpoint": f"http://127.0.0.1:{self.receiver.port}/hook",
                            "payload": "application/fhir+json"}}
        self.put(hook, officer)
        self.assertTrue(until(lambda: self.ask(officer, "GET", "/Subscription/s")["status"] == "active"))

        terms = "http://terminology.hl7.org/CodeSystem"
        self.put({"resourceType": "Consent", "id": "no", "status": "active",
                  "scope": {"coding": [{"system": f"{terms}/consentscope", "code": "patient-privacy"}]},
                  "category": [{"text": "c"}], "patient": {"reference": "Patient/salma"},
                  "policyRule": {"coding": [{"system": f"{terms}/v3-ActCode", "code": "OPTOUT"}]}})

        self.ask(doctor, "GET", "/Observation/salma", status=403)
        self.ask(doctor, "POST", "/Patient/salma/$break-glass", reason("help me"), 422)
        self.ask(doctor, "POST", "/Patient/nobody/$break-glass", reason(), 404)
        self.ask(self.person("interpreter"), "POST", "/Patient/salma/$break-glass", reason(), 403)
        self.ask(self.person("patient", "Patient/salma"), "POST", "/Patient/brahim/$break-glass", reason(), 403)
        opened = self.ask(doctor, "POST", "/Patient/salma/$break-glass", reason())
        said = {one["name"]: one for one in opened["parameter"]}
        self.assertEqual(said["purposeOfUse"]["valueCoding"]["code"], "BTG")
        self.ask(doctor, "GET", "/Observation/salma")
        everything = self.ask(doctor, "GET", "/Patient/salma/$everything")
        self.assertIn("Observation/salma", json.dumps(everything))
        self.assertNotIn("brahim", json.dumps(everything))
        self.ask(doctor, "GET", "/Observation/brahim", status=403)
        self.ask(self.person("physician"), "GET", "/Observation/salma", status=403)  # another token

        told = until(lambda: self.receiver.taken())
        alert = said["alert"]["valueReference"]["reference"]
        self.assertEqual([(method, path) for method, path, _ in told], [("PUT", "/hook/" + alert)])
        self.assertEqual(told[0][2]["payload"][0]["contentString"], WORDS)

        salma = self.person("patient", "Patient/salma")
        (seen,) = until(lambda: self.events(salma, "?patient=salma&subtype=110127&outcome=0"))
        self.assertEqual(seen["agent"][-1]["purposeOfUse"][0]["coding"][0]["code"], "BTG")
        self.assertEqual(seen["agent"][-1]["who"]["reference"], "Practitioner/dr")
        self.assertIn(WORDS, seen["outcomeDesc"])
        looked = until(lambda: self.events(salma, "?patient=salma&entity=Observation/salma&outcome=0"))
        self.assertIn("by-emergency", looked[0]["outcomeDesc"])
        self.assertTrue(until(lambda: self.events(salma, "?patient=salma&subtype=110127&outcome=4")))

        place = "/" + said["review"]["valueReference"]["reference"]
        review = self.ask(officer, "GET", place)
        self.assertEqual((review["owner"]["reference"], review["description"]), ("Practitioner/officer", WORDS))
        done = [{"op": "replace", "path": "/status", "value": "completed"}]
        patch = {**doctor, "Content_Type": "application/json-patch+json"}
        self.ask(patch, "PATCH", place, done, 403)
        self.ask({**patch, **officer}, "PATCH", place, done)
        for one in (place, "/" + alert):
            self.ask(officer, "GET", one)
            found = self.ask(officer, "GET", f"/{one.split('/')[1]}?patient=salma")
            self.assertEqual(["/" + one["resource"]["resourceType"] + "/" + one["resource"]["id"]
                              for one in found["entry"]], [one])
        self.ask(self.owner, "DELETE", "/Consent/no", status=204)
        self.assertEqual(self.ask(self.owner, "GET", place)["status"], "completed")

        self.program.kill()
        self.open()
        self.assertNotIn("centre_no_officer", str(self.program.log))
        self.ask(doctor, "GET", "/Observation/salma")  # a glass outlives a restart
        self.ask(doctor, "DELETE", "/Patient/salma/$break-glass", status=204)
        self.ask(doctor, "GET", "/Observation/salma", status=403)
        auditor = self.person("auditor", "Practitioner/au")
        self.assertEqual(len(self.events(auditor, "?subtype=110127&outcome=0")), 1)  # once, whatever was killed
        self.assertTrue(until(lambda: self.events(auditor, "?subtype=110138&outcome=0")))


if __name__ == "__main__":
    jisr.main()
