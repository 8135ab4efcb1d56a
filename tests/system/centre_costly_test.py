#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Searches that cost what their askers like: each is answered, or refused in words, after about a second of a processor,
also where writers wait for it; and what costs little is answered beside them. usage: centre_costly_test.py JISR"""
import json
import os
import threading
import time

import jisr
from centre import CentreCase

PATIENTS, NAMES, VALUES = 1000, 100, 4000  # unbounded, some 16 s of a processor
SEARCH_CPU_S = 1.5  # what the store lets one search take, by its clock; a build with sanitizers, too
REST_CPU_S = 1.0  # to read the request, and what runs beside it
WRITE_CPU_S = 0.15
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ASYNC = {"Prefer": "respond-async", "Content-Type": "application/fhir+ndjson"}


def many(form, count=VALUES):
    return ",".join(form % i for i in range(count))


CONTAINS = "name:contains=" + many("bab%dq")


def patient(number):
    return {"resourceType": "Patient", "id": f"p{number}", "gender": "male",
            "name": [{"family": f"x{i}{'ab' * 12}{number}"} for i in range(NAMES)]}


def observation(number):
    return {"resourceType": "Observation", "id": f"o{number}", "status": "final", "code": {"text": f"pulse {number}"},
            "subject": {"reference": f"Patient/p{number}"}}


class Costly(CentreCase):
    def setUp(self):
        super().setUp()
        self.program = self.centre("--open")
        for make in (patient, observation):
            lines = "\n".join(json.dumps(make(i)) for i in range(PATIENTS))
            begun = self.fhir(self.program, "POST", "/$import", lines.encode(), **ASYNC)
            self.assertEqual(begun.status, 202, begun.bytes)
            status = begun.headers["Content-Location"].split("/fhir", 1)[1]
            end = time.monotonic() + jisr.SLOW
            while self.fhir(self.program, "GET", status).status == 202 and time.monotonic() < end:
                time.sleep(0.1)
        self.assertEqual(self.fhir(self.program, "GET", "/Patient?_summary=count").json["total"], PATIENTS)

    def cpu_s(self):
        with open(f"/proc/{self.program.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def costs(self, most_s, method, path, body, **headers):
        """What is answered, after no more of a processor."""
        before = self.cpu_s()
        answer = self.fhir(self.program, method, path, body, **headers)
        took = self.cpu_s() - before
        print(f"# {path} {body[:40]!r}: {answer.status}, {took:.2f} s of a processor", flush=True)
        self.assertLess(took, most_s + REST_CPU_S, (path, body[:60]))
        return answer

    def refused(self, answer, by_words="add a condition"):
        self.assertEqual(answer.status, 413, answer.bytes[:300])
        issue = answer.json["issue"][0]
        self.assertEqual(issue["code"], "too-costly")
        self.assertIn(by_words, issue["details"]["text"])

    def test_h191_no_search_takes_much_more_than_a_second_of_a_processor(self):
        for path, query, may_succeed in (
                ("Patient", CONTAINS, False),
                ("Patient", CONTAINS + "&_sort=name&_total=accurate", False),
                ("Patient", "name:contains=" + many("a%dq", 400) + "&gender=male", False),
                ("Observation", "patient.name:contains=" + many("bab%dq"), False),
                ("Observation", "code:text=" + many("q%d"), True),
                ("Patient", "_has:Observation:patient:code:not=x&" + CONTAINS, False),
                ("Patient", "name:exact=" + many("ab%d"), True),
                ("Patient", "gender:not=" + many("v%d") + "&_summary=count", True),
                ("Patient", "_revinclude=*&_count=1000", True),
                ("Patient", "_content=" + "+".join(["pulse"] * 60), True)):
            answer = self.costs(SEARCH_CPU_S, "POST", f"/{path}/_search", query.encode(), **FORM)
            if answer.status != 200 or not may_succeed:
                self.refused(answer)

    def test_h191_what_a_write_looks_for_holds_up_other_writes_for_less(self):
        body = b'{"resourceType":"Patient"}'
        self.refused(self.costs(WRITE_CPU_S, "POST", "/Patient", body,
                                **{"If-None-Exist": "name:contains=" + many("bab%dq", 300)}))
        entries = [{"resource": {"resourceType": "Patient"}, "request": {
            "method": "POST", "url": "Patient", "ifNoneExist": f"name:contains=bab{i}q"}} for i in range(500)]
        self.refused(self.costs(4 * WRITE_CPU_S, "POST", "/", json.dumps(
            {"resourceType": "Bundle", "type": "transaction", "entry": entries}).encode()), by_words="send it in parts")
        answer = self.fhir(self.program, "POST", "/Patient", body, **{"If-None-Exist": "identifier=urn:a|b"})
        self.assertEqual(answer.status, 201, answer.bytes)

    def test_h191_what_costs_little_is_answered_beside_costly_searches(self):
        statuses, slowest = [], 0

        def ask():
            statuses.append(self.fhir(self.program, "POST", "/Patient/_search", CONTAINS.encode(), **FORM).status)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            for path in ("/metadata", "/Patient/p1"):
                begun = time.monotonic()
                self.assertEqual(self.fhir(self.program, "GET", path).status, 200)
                slowest = max(slowest, time.monotonic() - begun)
        print(f"# the slowest read took {slowest:.2f} s", flush=True)
        self.assertEqual(statuses, [413] * 4)


if __name__ == "__main__":
    jisr.main()
