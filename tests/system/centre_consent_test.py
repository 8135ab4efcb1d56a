#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A patient's Consent, held against every way out of the record: read, search, include, $everything, export and the
message of a Subscription. usage: centre_consent_test.py JISR"""
import gzip
import json

import jisr
from centre import CentreCase
from centre_hooks_test import Receiver
from waiting import until

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
ALL = {"Observation/lab", "Observation/mind", "Observation/old", "Encounter/visit"}


def coded(system, code):
    return {"coding": [{"system": TERMINOLOGY + system, "code": code}]}


def consent(**deny):
    """Everything but what the provision says."""
    return {"resourceType": "Consent", "id": "hers", "status": "active",
            "scope": coded("consentscope", "patient-privacy"), "category": [coded("consentcategorycodes", "infa")],
            "patient": {"reference": "Patient/salma"}, "policyRule": coded("v3-ActCode", "OPTIN"),
            "provision": {"provision": [{"type": "deny", **deny}]}}


DOCTOR = {"actor": [{"role": coded("v3-ParticipationType", "PRCP"), "reference": {"reference": "Practitioner/dr"}}]}
MIND = {"system": TERMINOLOGY + "v3-ActCode", "code": "PSY"}
OBSERVATIONS = {"system": "http://hl7.org/fhir/resource-types", "code": "Observation"}

# what she refuses; what of it all the doctor, and another one, still sees for treatment; and a service
CASES = (
    ("a physician", DOCTOR, set(), ALL, ALL),
    ("a type", {"class": [OBSERVATIONS]},
     {"Encounter/visit"}, {"Encounter/visit"}, {"Encounter/visit"}),
    ("another type", {"class": [{"system": "http://hl7.org/fhir/resource-types", "code": "Encounter"}]},
     ALL - {"Encounter/visit"}, ALL - {"Encounter/visit"}, ALL - {"Encounter/visit"}),
    ("a code", {"code": [{"coding": [{"system": "http://loinc.org", "code": "718-7"}]}]},
     ALL - {"Observation/lab"}, ALL - {"Observation/lab"}, ALL - {"Observation/lab"}),
    ("a label", {"securityLabel": [MIND]}, ALL - {"Observation/mind"}, ALL - {"Observation/mind"},
     ALL - {"Observation/mind"}),
    ("a time of the data", {"dataPeriod": {"end": "2019-12-31"}, "class": [OBSERVATIONS]}, ALL - {"Observation/old"},
     ALL - {"Observation/old"}, ALL - {"Observation/old"}),
    ("treatment", {"purpose": [{"system": TERMINOLOGY + "v3-ActReason", "code": "TREAT"}]}, set(), set(), set()),
    ("another purpose", {"purpose": [{"system": TERMINOLOGY + "v3-ActReason", "code": "HPAYMT"}]}, ALL, ALL, ALL),
    ("a year that is over", {**DOCTOR, "period": {"start": "2019", "end": "2020"}}, ALL, ALL, ALL),
    ("a label from one physician", {**DOCTOR, "securityLabel": [MIND]}, ALL - {"Observation/mind"}, ALL, ALL),
)


class Consents(CentreCase):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.stop)
        self.program = self.centre("--hooks", f"127.0.0.1:{self.receiver.port}")
        self.owner = self.bearer()
        self.put({"resourceType": "Patient", "id": "salma"})
        self.put({"resourceType": "CareTeam", "id": "hers", "status": "active",
                  "subject": {"reference": "Patient/salma"},
                  "participant": [{"member": {"reference": f"Practitioner/{name}"}} for name in ("dr", "other")]})
        self.put({"resourceType": "Encounter", "id": "visit", "status": "finished", "class": {"code": "AMB"},
                  "subject": {"reference": "Patient/salma"}, "period": {"start": "2024-05-05", "end": "2024-05-05"}})
        for name, code, day, labels in (("lab", "718-7", "2024-05-05", []), ("mind", "69723-7", "2024-05-05", [MIND]),
                                        ("old", "8867-4", "2019-05-05", [])):
            self.put(self.observation(name, code, day, labels))

    def observation(self, name, code, day, labels):
        made = {"resourceType": "Observation", "id": name, "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
                "subject": {"reference": "Patient/salma"}, "encounter": {"reference": "Encounter/visit"},
                "effectiveDateTime": day}
        return {**made, "meta": {"security": labels}} if labels else made

    def bundle(self, who, path):
        answer = self.fhir(self.program, "GET", path, **who)
        if answer.status in (403, 404) and "$everything" in path:  # of a patient who may not be read
            return set()
        self.assertEqual(answer.status, 200, answer.bytes)
        found = answer.json.get("entry", ())
        names = {f"{one['resource']['resourceType']}/{one['resource']['id']}" for one in found}
        return names & ALL

    def exported(self, who):
        begun = self.fhir(self.program, "GET", "/$export?_type=Observation,Encounter", Prefer="respond-async", **who)
        self.assertEqual(begun.status, 202, begun.bytes)
        job = begun.headers["Content-Location"].partition("/fhir")[2]
        names = set()
        for file in self.ask(who, "GET", job)["output"]:
            path = file["url"].partition("/fhir")[2]
            lines = self.fhir(self.program, "GET", path, **who).bytes
            packed = self.fhir(self.program, "GET", path, Accept_Encoding="gzip", **who)
            self.assertEqual(packed.headers["Content-Encoding"], "gzip")
            self.assertEqual(gzip.decompress(packed.bytes), lines)
            for line in lines.splitlines():
                one = json.loads(line)
                names.add(f"{one['resourceType']}/{one['id']}")
        return names & ALL

    def seen(self, who):
        """By each way out, what of all is seen."""
        return {
            "read": {name for name in ALL if self.fhir(self.program, "GET", "/" + name, **who).status == 200},
            "search": self.bundle(who, "/Observation?patient=salma") | self.bundle(who, "/Encounter?patient=salma"),
            "revinclude": self.bundle(who, "/Patient?_id=salma&_revinclude=Observation:subject&"
                                           "_revinclude=Encounter:subject"),
            "everything": self.bundle(who, "/Patient/salma/$everything"),
            "export": self.exported(who),
        }

    def test_h77_a_refusal_holds_by_every_way_out(self):
        doctor, other = (self.person("physician", f"Practitioner/{name}") for name in ("dr", "other"))
        service = self.bearer("--purpose", "TREAT")
        every = dict.fromkeys(("read", "search", "revinclude", "everything", "export"), ALL)
        self.assertEqual(self.seen(doctor), every)
        for number, (words, deny, by_doctor, by_other, by_service) in enumerate(CASES):
            self.put(consent(**deny), status=201 if number == 0 else 200)
            for who, expected in ((doctor, by_doctor), (other, by_other), (service, by_service)):
                self.assertEqual(self.seen(who), dict.fromkeys(every, expected), words)
                included = self.bundle(who, "/Observation?patient=salma&_include=Observation:encounter")
                observations = {name for name in expected if name.startswith("Observation")}
                self.assertEqual(included, observations | (expected & {"Encounter/visit"} if observations else set()),
                                 words)
        self.put({**consent(**DOCTOR), "status": "inactive"}, status=200)
        self.assertEqual(self.seen(doctor), every)

    def test_h77_a_refusal_holds_for_a_purpose_alone(self):
        planned = self.bearer("--scope", "user/*.rs", "--role", "nurse", "--user", "Practitioner/dr")
        urgent = self.bearer("--scope", "user/*.rs", "--role", "nurse", "--user", "Practitioner/dr",
                             "--purpose", "ETREAT")
        self.put(consent(purpose=[{"system": TERMINOLOGY + "v3-ActReason", "code": "ETREAT"}]))
        self.ask(planned, "GET", "/Observation/lab")
        refused = self.ask(urgent, "GET", "/Observation/lab", status=403)
        self.assertIn("consent-refuses", json.dumps(refused))
        salma = self.person("patient", "Patient/salma")
        self.ask(salma, "GET", "/Observation/lab")  # her own
        (seen,) = until(lambda: self.events(salma, "?patient=salma&outcome=4&entity=Observation/lab"))
        self.assertIn("consent-refuses", seen["outcomeDesc"])  # and the one who was refused, and by what
        self.assertIn("Consent/hers", seen["outcomeDesc"])

    def test_h176_one_that_nobody_can_decide_by_is_told_at_once(self):
        unreadable = {**consent(**DOCTOR), "policyRule": coded("v3-ActCode", "cric")}
        doctor = self.person("physician")
        told = self.ask(doctor, "PUT", "/Consent/hers", unreadable, status=422)
        self.assertEqual(told["issue"][0]["expression"], ["Consent"])
        told = self.ask({**doctor, "Accept-Language": "ar"}, "PUT", "/Consent/hers", unreadable, status=422)
        self.assertIn("سيرفض الجميع", told["issue"][0]["details"]["text"])
        self.ask(doctor, "GET", "/Observation/lab")
        told = self.ask({**self.owner, "Prefer": "return=OperationOutcome"}, "PUT", "/Consent/hers", unreadable,
                        status=201)
        self.assertEqual([issue["severity"] for issue in told["issue"]], ["warning"])
        told = self.ask(doctor, "GET", "/Observation/lab", status=403)
        self.assertIn("consent-unreadable", json.dumps(told))
        noted = until(lambda: [event for event in self.events(self.owner, "?entity=Consent/hers&outcome=0")
                               if "consent-unreadable" in event["outcomeDesc"]])
        self.assertEqual(len(noted), 1)

    def test_h77_a_refusal_holds_for_what_is_sent(self):
        service = self.bearer("--purpose", "TREAT")
        channel = {"type": "rest-hook", "endpoint": f"http://127.0.0.1:{self.receiver.port}/hook",
                   "payload": "application/fhir+json"}
        self.put({"resourceType": "Subscription", "id": "s", "status": "requested", "reason": "results",
                  "criteria": "Observation?status=final", "channel": channel}, service)
        self.assertTrue(until(lambda: self.ask(service, "GET", "/Subscription/s")["status"] == "active"))
        self.put(consent(securityLabel=[MIND]))
        for name, labels in (("first", []), ("second", [MIND]), ("third", [])):
            self.put(self.observation(name, "718-7", "2024-05-05", labels))
        sent = lambda: [path for _, path, _ in self.receiver.taken()]
        self.assertTrue(until(lambda: "/hook/Observation/third" in sent()), sent())
        self.assertEqual(sent(), ["/hook/Observation/first", "/hook/Observation/third"])


if __name__ == "__main__":
    jisr.main()
