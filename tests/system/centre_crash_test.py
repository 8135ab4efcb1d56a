#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A record that is killed (kill -9) at random moments while clients write to it: whatever was acknowledged is there
afterwards, whatever was not is there whole or not at all, and the audit is unbroken and tells of each write that is
there and of none that is not.

JISR_KILLS says how often, 5 unless set; the seed is printed.
usage: centre_crash_test.py JISR [WORD]"""
import collections
import http.client
import json
import os
import random
import threading
import time

import centre
import jisr

KILLS = int(os.environ.get("JISR_KILLS", "5"))
WRITERS = 3


class Writer(threading.Thread):
    """Sends transactions of a patient and two observations that name it, and updates of one patient, until the line
    breaks; remembers what was acknowledged."""

    def __init__(self, address, token, number, round_number):
        super().__init__(daemon=True)
        self.address, self.token, self.name_of = address, token, f"{round_number}-{number}"
        self.acknowledged = []  # tags of transactions
        self.sent = []
        self.version = 0

    def ask(self, line, method, path, body):
        line.request(method, "/fhir" + path, json.dumps(body),
                     {"Content-Type": "application/fhir+json", "Authorization": f"Bearer {self.token}"})
        answer = line.getresponse()
        said = answer.read()
        return answer.status, said

    def run(self):
        line = http.client.HTTPConnection(*self.address, timeout=jisr.SLOW)
        number = 0
        try:
            while True:
                tag = f"{self.name_of}-{number}"
                number += 1
                self.sent.append(tag)
                status, _ = self.ask(line, "POST", "/", centre.transaction(tag))
                if status == 200:
                    self.acknowledged.append(tag)
                mutable = {"resourceType": "Patient", "id": f"m{self.name_of}", "multipleBirthInteger": number}
                status, said = self.ask(line, "PUT", f"/Patient/m{self.name_of}", mutable)
                if status in (200, 201):
                    self.version = int(json.loads(said)["meta"]["versionId"])
        except (OSError, http.client.HTTPException):
            pass  # it was killed


class Crash(centre.CentreCase):
    def count(self, program, token, path):
        answer = self.fhir(program, "GET", path, Authorization=f"Bearer {token}")
        self.assertEqual(answer.status, 200, answer.bytes)
        return answer.json["total"]

    def look(self, program, token, writers):
        for writer in writers:
            for tag in writer.sent[-3:]:  # those before were looked at by how many there are
                patients = self.count(program, token, f"/Patient?identifier=urn:crash%7C{tag}")
                observations = self.count(program, token, f"/Observation?identifier=urn:crash%7C{tag}")
                self.assertIn((patients, observations), ((0, 0), (1, 2)), f"{tag} is half there")
                if tag in writer.acknowledged:
                    self.assertEqual(patients, 1, f"{tag} was acknowledged")
            if writer.version:
                self.assertGreaterEqual(self.version_of(program, token, writer), writer.version)

    def version_of(self, program, token, writer):
        read = self.fhir(program, "GET", f"/Patient/m{writer.name_of}", Authorization=f"Bearer {token}")
        return int(read.json["meta"]["versionId"])

    def told(self):
        """What the audit says was created or written again: how often, by reference."""
        told = collections.Counter()
        events = jisr.run(jisr.JISR, "centre", "audit", "--data", self.folder / "data")
        for event in map(json.loads, events.stdout.splitlines()):
            if event["action"] in "CU" and event["outcome"] == "0":
                told.update({entity["what"]["reference"] for entity in event["entity"] if "what" in entity})
        return told

    def look_at_audit(self, program, token):
        """The audit has the writes that are there, and no others."""
        there, path = set(), "/Patient?identifier=urn:crash%7C&_elements=id&_count=1000"
        while path:
            page = self.fhir(program, "GET", path, Authorization=f"Bearer {token}").json
            there.update("Patient/" + entry["resource"]["id"] for entry in page.get("entry", []))
            path = next((link["url"].split("/fhir", 1)[1] for link in page["link"] if link["relation"] == "next"), None)
        program.kill()
        told = self.told()
        created = {reference for reference in told if reference.startswith("Patient/") and reference[8] != "m"}
        self.assertEqual(created, there)
        return told

    def test_h91_h182_nothing_acknowledged_is_lost_however_often_it_is_killed(self):
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        print(f"# seed {seed}, {KILLS} kills")
        acknowledged = sent = 0
        token, versions = self.token("--for", "12h"), {}
        for number in range(KILLS):
            program = self.centre()
            writers = [Writer(program.address, token, i, number) for i in range(WRITERS)]
            for writer in writers:
                writer.start()
            self.assertTrue(jisr.until(lambda: any(writer.acknowledged for writer in writers)), program.log)
            time.sleep(chance.uniform(0, 0.4))
            program.kill()
            for writer in writers:
                writer.join(jisr.SLOW)
            acknowledged += sum(len(writer.acknowledged) for writer in writers)
            sent += sum(len(writer.sent) for writer in writers)
            again = self.centre()
            self.look(again, token, writers)
            versions.update({f"Patient/m{w.name_of}": self.version_of(again, token, w) for w in writers if w.version})
            kept = self.count(again, token, "/Patient?identifier=urn:crash%7C&_summary=count")
            self.assertTrue(acknowledged <= kept <= sent, f"{acknowledged} acknowledged, {kept} kept, {sent} sent")
            if number < KILLS - 1:
                again.kill()
        told = self.look_at_audit(again, token)
        for reference, version in versions.items():
            self.assertGreaterEqual(told[reference], version, reference)
        checked = jisr.run(jisr.JISR, "centre", "audit", "--data", self.folder / "data", "--check")
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        self.assertEqual(jisr.run(jisr.JISR, "centre", "check", "--data", self.folder / "data").returncode, 0)
        print(f"# {sent} transactions sent, {acknowledged} acknowledged")


jisr.main()
