#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile documents, searches and patches against a running record: each is answered at once, by a sentence, and the
record goes on; and HL7's own examples, one of each type, which it keeps as they are. usage: centre_hostile_test.py JISR"""
import gzip
import json
import pathlib
import re
import statistics
import threading
import time

import jisr
from centre import CentreCase

EXAMPLES = pathlib.Path(__file__).parents[2] / "packaging/npm/node_modules/hl7.fhir.r4.examples"
AT_ONCE_S = 5  # a build with sanitizers, beside others; without these it is some milliseconds
CROWDED_S = 0.5  # likewise; without these it is some 10 ms
PATIENT = '{"resourceType":"Patient",'


def observation(value):
    return ('{"resourceType":"Observation","status":"final","code":{"text":"a"},"valueQuantity":{"value":'
            + value + "}}")


def narrative(inside):
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">{inside}</div>'
    return PATIENT + '"text":{"status":"generated","div":' + json.dumps(div) + "}}"


def as_written(text):
    """A document in which 1.10 is not 1.1."""
    return json.loads(text, parse_float=lambda digits: ("decimal", digits),
                      parse_int=lambda digits: ("integer", digits))


def without_versions(resource):
    meta = {name: value for name, value in resource.get("meta", {}).items()
            if name not in ("versionId", "lastUpdated")}
    return {**{name: value for name, value in resource.items() if name != "meta"}, **({"meta": meta} if meta else {})}


class Hostile(CentreCase):
    def setUp(self):
        super().setUp()
        self.program = self.centre("--open")

    def refused(self, statuses, method, path, body=None, **headers):
        """Is answered at once with one of these, in words. Returns the first issue."""
        begun = time.monotonic()
        if isinstance(body, str):
            body = body.encode()
        answer = self.fhir(self.program, method, path, body, **headers)
        self.assertLess(time.monotonic() - begun, AT_ONCE_S, (method, path[:80]))
        self.assertIn(answer.status, statuses, (method, path[:80], (body or b"")[:80], answer.bytes[:300]))
        issue = answer.json["issue"][0]
        self.assertEqual(answer.json["resourceType"], "OperationOutcome")
        self.assertIn(issue["severity"], ("error", "fatal"))
        self.assertGreater(len(issue["details"]["text"]), 10, answer.bytes[:300])
        return issue

    def taken(self, method, path, body=None, **headers):
        begun = time.monotonic()
        if isinstance(body, str):
            body = body.encode()
        answer = self.fhir(self.program, method, path, body, **headers)
        self.assertLess(time.monotonic() - begun, AT_ONCE_S, (method, path[:80]))
        self.assertIn(answer.status, (200, 201), (method, path[:80], answer.bytes[:300]))
        return answer

    def test_h85_what_is_no_json_is_told_with_its_line_and_column(self):
        for text, line, column in (
                (PATIENT + '\n "birthDate":', 2, 14),
                ("[" * 1000000, 1, 129),
                ('{"a":' * 500000, 1, None),
                (PATIENT + '\n"name":[{"family":"\\ud800"}]}', 2, 20),
                (PATIENT + '\n"name":[{"family":"\\udc00\\ud800"}]}', 2, 20),
                ((PATIENT + '\n"name":[{"family":"').encode() + b'\xc0\xaf"}]}', 2, None),
                ((PATIENT + '\n"name":[{"family":"').encode() + b'\xed\xa0\x80"}]}', 2, None),
                ((PATIENT + '\n"name":[{"family":"').encode() + b'\xf8\x88\x80\x80\x80"}]}', 2, None),
                (PATIENT + '"name":[{"family":"a\\u0000b"}]}', 1, None),
                (PATIENT.encode() + b'"name":[{"family":"a\x00b"}]}', 1, None),
                (PATIENT + '\n"gender":"male",\n"gen\\u0064er":"female"}', 3, 1),
                ("\ufeff" + PATIENT + '"id":"1"}', 1, 1),
                (PATIENT + '"active":true} x', 1, None),
                (PATIENT + '"active":true,}', 1, None),
                ("{'resourceType':'Patient'}", 1, 2),
                (observation("NaN"), 1, None), (observation("01"), 1, None), (observation(".5"), 1, None)):
            issue = self.refused((400,), "POST", "/Patient", text)
            places = [extension["valueInteger"] for extension in issue["extension"]]
            self.assertEqual((places[0], column or places[1]), (line, places[1]), (text[:60], issue))

    def test_h86_numbers_beyond_all_measure_are_refused_by_their_element(self):
        for digits in ("1e999", "-1e999", "1E-999", "9" * 100000, "1e99999999999999999999"):
            issue = self.refused((422,), "POST", "/Observation", observation(digits))
            self.assertEqual(issue["expression"], ["Observation.value.ofType(Quantity).value"], digits[:20])
        for digits in ("1.10", "0.00", "-0.0", "1e3", "3.14159265358979323846264338327950288"):
            made = self.taken("POST", "/Observation", observation(digits))
            self.assertIn(b'"value":' + digits.encode() + b"}", made.bytes)

    def test_h87_a_narrative_runs_nothing_and_fetches_no_code(self):
        for inside in ("<script>alert(1)</script>", '<p onclick="a()">x</p>', '<a href="javascript:a()">x</a>',
                       '<a href="java&#x0A;script:a()">x</a>', '<a href="&#106;avascript:a()">x</a>',
                       '<iframe src="http://a.example"/>', '<img src="data:text/html;base64,PHNjcmlwdD4=" alt=""/>',
                       '<p style="background:url(javascript:a)">x</p>', "<style>p{}</style>", "<form><input/></form>",
                       '<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', '<object data="x">y</object>',
                       '<base href="http://a.example"/>', '<link rel="stylesheet" href="x"/>', "<?php x?>",
                       "<!DOCTYPE html><p/>", "<![CDATA[<script>]]>", "<p>&xxe;</p>", "<p>unclosed", "<P>x</P>",
                       "<b>" * 2000 + "x" + "</b>" * 2000):
            issue = self.refused((422,), "POST", "/Patient", narrative(inside))
            self.assertEqual(issue["expression"], ["Patient.text.div"], inside[:60])
        kept = narrative('<p>a &amp; b &#169; <a href="#x">y</a><img src="data:image/png;base64,iVBORw==" alt="z"/></p>')
        self.taken("POST", "/Patient", kept)

    def test_h88_documents_that_would_hold_up_others_are_refused_at_once(self):
        names = ",".join('{"family":"n%d"}' % number for number in range(70000))
        contained = ",".join('{"resourceType":"Patient","id":"a%d"}' % number for number in range(20000))
        nested = '{"resourceType":"Questionnaire","status":"draft","item":' + '[{"linkId":"1","type":"group","item":' * 300
        self.refused((413,), "POST", "/Patient", PATIENT + f'"name":[{names}]}}')
        self.refused((422,), "POST", "/Patient", PATIENT + f'"contained":[{contained}]}}')
        self.refused((400,), "POST", "/Questionnaire", nested + "[]" + "}]" * 300 + "}")
        self.refused((422,), "POST", "/Patient", PATIENT + '"' + "a" * 1000000 + '":1}')
        bomb = gzip.compress(b"[" * 50000000)
        self.refused((413,), "POST", "/Patient", bomb, Content_Encoding="gzip")
        self.refused((400,), "POST", "/Patient", b"not packed", Content_Encoding="gzip")
        self.refused((415,), "POST", "/Patient", b"x", Content_Encoding="br")
        self.taken("POST", "/Patient", gzip.compress((PATIENT + '"active":true}').encode()), Content_Encoding="gzip")

    def test_h90_searches_that_would_multiply_are_refused_by_name(self):
        for query, name in (("&".join(["_include=Patient:organization"] * 40), "_include"),
                            ("&".join(["name=a"] * 70), "name"),
                            ("name=" + ",".join(f"a{number}" for number in range(1300)) + "&birthdate=x", "birthdate"),
                            ("organization" + ".partof" * 6 + ".name=a", "organization" + ".partof" * 6 + ".name"),
                            ("_has:Observation:patient:" * 7 + "code=a", "_has:Observation:patient:" * 7 + "code"),
                            ("_sort=name,birthdate,gender,family,given", "_sort"),
                            ("_cursor=../../x", "_cursor"), ("birthdate=2026-02-30", "birthdate"),
                            ("_count=-1", "_count"), ("_lastUpdated=gt0000", "_lastUpdated")):
            issue = self.refused((400,), "GET", "/Patient?" + query)
            self.assertEqual(issue["expression"], ["http." + name], issue)
        for query in ("value-quantity=1e999", "value-quantity=--5", "value-quantity=" + "9" * 5000):
            self.refused((400,), "GET", "/Observation?" + query)
        for path in ("/Patient?name=%ff", "/Patient?name=%zz", "/Patient?_cursor=AAAA", "/Patient?name:nothing=a"):
            self.refused((400,), "GET", path)
        for path in ("/Patient/..%2f..%2fetc", "/patient", "/Patient;a=b", "/Patient/" + "a" * 65):
            self.refused((404,), "GET", path)

    def test_references_that_go_round_come_to_an_end(self):
        for name, above in (("a", "b"), ("b", "c"), ("c", "a")):
            place = {"resourceType": "Location", "id": name, "name": name,
                     "partOf": {"reference": f"Location/{above}"}}
            self.taken("PUT", "/Location/" + name, json.dumps(place))
        for query in ("partof:below=Location/a", "partof:above=Location/a", "_id=a&_include:iterate=Location:partof",
                      "_id=a&_include:iterate=*&_revinclude:iterate=*"):
            found = self.taken("GET", "/Location?" + query).json
            self.assertEqual(sorted(entry["resource"]["id"] for entry in found["entry"]), ["a", "b", "c"], query)
        itself = {"resourceType": "Composition", "id": "c", "status": "final", "type": {"text": "a"}, "date": "2026",
                  "author": [{"display": "a"}], "title": "a",
                  "section": [{"title": "s", "entry": [{"reference": "Composition/c"}]}]}
        self.taken("PUT", "/Composition/c", json.dumps(itself))
        self.assertEqual(len(self.taken("GET", "/Composition/c/$document").json["entry"]), 1)

    def test_h93_a_patch_takes_its_time_and_no_more(self):
        def delete(path):
            parts = [{"name": "type", "valueCode": "delete"}, {"name": "path", "valueString": path}]
            return json.dumps({"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]})

        self.taken("PUT", "/Patient/z", PATIENT + '"id":"z","gender":"male","name":[{"family":"' + "a" * 200 + '"}]}')
        grown = "family" + ".replaceMatches('a', '%s')" % ("a" * 60) * 5
        for path, statuses in (("(" * 10000, (400,)), ("Patient.name" + ".where(true)" * 3000, (400,)),
                               ("Patient.repeat($this)", (400, 422)), ("Patient.nothing", (400,)),
                               (f"Patient.name.where({grown} = 'x')", (413, 422, 400)),
                               ("Patient.name.where(family.matches('a{1,99999999}'))", (200, 400, 422)),
                               ("Patient.name.where(family.matches('^(a+)+$b'))", (200,)),
                               ("Patient.name.where(family.matches('^(a|aa)+b$'))", (200,))):
            begun = time.monotonic()
            answer = self.fhir(self.program, "PATCH", "/Patient/z", delete(path).encode())
            self.assertLess(time.monotonic() - begun, AT_ONCE_S, path[:60])
            self.assertIn(answer.status, statuses, (path[:60], answer.bytes[:300]))
        self.assertEqual(self.taken("GET", "/Patient/z").json["gender"], "male")
        copies = json.dumps([{"op": "copy", "from": "/name", "path": "/name/-"}] * 40)
        self.refused((413, 422), "PATCH", "/Patient/z", copies, Content_Type="application/json-patch+json")

    def test_h192_patches_that_multiply_hold_up_nobody_elses_write(self):
        nested = "true"
        for _ in range(6):
            nested = f"%resource.descendants().where({nested}).exists()"
        grown = {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": [
            {"name": "type", "valueCode": "delete"},
            {"name": "path", "valueString": f"Patient.descendants().where({nested})"}]}]}
        copies = [{"op": "copy", "from": "/name", "path": "/name/-"}]
        patches = [(json.dumps(copies * 19), "application/json-patch+json"),
                   (json.dumps(copies * 10 + [{"op": "test", "path": "/gender", "value": "female"}]),
                    "application/json-patch+json"),
                   (json.dumps(grown), "application/fhir+json")]
        self.taken("PUT", "/Patient/z", PATIENT + '"id":"z","gender":"male","name":[{"family":"' + "a" * 20 + '"}]}')
        ends, statuses = threading.Event(), set()

        def attack(number):
            body, content_type = patches[number % len(patches)]
            while not ends.is_set():
                answer = self.fhir(self.program, "PATCH", "/Patient/z", body.encode(), Content_Type=content_type)
                statuses.add(answer.status)

        attackers = [threading.Thread(target=attack, args=(number,)) for number in range(16)]
        for attacker in attackers:
            attacker.start()
        try:
            waits = []
            for _ in range(40):
                begun = time.monotonic()
                self.taken("POST", "/Patient", PATIENT + '"active":true}')
                waits.append(time.monotonic() - begun)
        finally:
            ends.set()
            for attacker in attackers:
                attacker.join()
        self.assertLessEqual(statuses, {400, 413, 422}, statuses)
        self.assertLess(statistics.median(waits), CROWDED_S, sorted(waits))

    def test_h85_one_example_of_each_type_is_kept_as_it_was_sent(self):
        if not EXAMPLES.is_dir():
            self.skipTest("without HL7's package: make deps")
        kept = set()
        for path in sorted(EXAMPLES.glob("*.json")):
            if path.name.split("-")[0] in kept or path.stat().st_size > 200000:
                continue
            sent = path.read_bytes()
            resource = json.loads(sent)
            if "resourceType" not in resource or "id" not in resource:
                continue
            place = "/{resourceType}/{id}".format(**resource)
            if self.fhir(self.program, "PUT", place, sent).status != 201:
                continue  # those that break R4's rules are in unit/fhir/hl7_examples_test.c
            read = self.fhir(self.program, "GET", place, Accept="application/fhir+json")
            shown = re.sub(rb'"Authorization: [^"]*"', b'"Authorization: ***"', sent)  # docs/subscriptions.md
            self.assertEqual(without_versions(as_written(read.bytes)), without_versions(as_written(shown)), path.name)
            kept.add(resource["resourceType"])
        self.assertGreaterEqual(len(kept), 135, kept)


if __name__ == "__main__":
    jisr.main()
