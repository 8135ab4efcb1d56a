#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record on a disk that fills up, under a clock that is set, and from files with a flipped bit.

usage: centre_faults_test.py JISR FAULTS-MODULE [WORD]"""
import json
import pathlib
import random
import re
import shutil
import struct
import sys
import time

import centre
import jisr

FAULTS = pathlib.Path(sys.argv.pop(1)).resolve()
FLIPS, TEARS = 40, 16


def transaction(tag):
    patient = "urn:uuid:5f5c5a90-8f2f-4c4e-a3a3-000000000001"
    identifier = [{"system": "urn:full", "value": tag}]
    observation = {"resourceType": "Observation", "status": "final", "code": {"text": "c"}, "identifier": identifier,
                   "subject": {"reference": patient}, "note": [{"text": "x" * 2000}]}
    return {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": patient, "resource": {"resourceType": "Patient", "identifier": identifier},
         "request": {"method": "POST", "url": "Patient"}},
        *({"resource": observation, "request": {"method": "POST", "url": "Observation"}} for _ in range(4))]}


class Faults(centre.CentreCase):
    def setUp(self):
        super().setUp()
        self.off_ns, self.is_full = 0, 0
        (self.folder / "faults").write_bytes(bytes(24))

    def set(self, off_ns=None, is_full=None):
        self.off_ns = self.off_ns if off_ns is None else off_ns
        self.is_full = self.is_full if is_full is None else is_full
        with open(self.folder / "faults", "r+b") as file:
            file.write(struct.pack("=qq", self.off_ns, self.is_full))

    def faulty(self, *options):
        return self.centre(*options, before=("env", f"LD_PRELOAD={FAULTS}", f"FAULTS={self.folder / 'faults'}"))

    def ask(self, program, token, method, path, body=None, **headers):
        return self.fhir(program, method, path, body, Authorization=f"Bearer {token}", **headers)

    def told(self, program, event):
        return sum(f" {event} " in line for line in program.log)

    def count(self, program, token, search):
        answer = self.ask(program, token, "GET", search + "&_summary=count")
        self.assertEqual(answer.status, 200, answer.bytes)
        return answer.json["total"]

    def fill(self, program, token, sent, most=400):
        """Sends transactions until the disk has no room for one; its answer."""
        for _ in range(most):
            tag = f"t{len(sent)}"
            answer = self.ask(program, token, "POST", "/", transaction(tag))
            sent[tag] = answer.status
            if answer.status != 200:
                return answer
        return self.fail("the disk is never full")

    def test_h154_a_full_disk_refuses_writes_whole_shows_what_is_there_and_heals_by_itself(self):
        token, program, sent = self.token(), self.faulty(), {}
        for _ in range(5):
            sent[f"t{len(sent)}"] = self.ask(program, token, "POST", "/", transaction(f"t{len(sent)}")).status
        for _ in range(3):
            self.set(is_full=1)
            refused = self.fill(program, token, sent)
            self.assertEqual(refused.status, 507, refused.bytes)
            self.assertEqual(refused.json["resourceType"], "OperationOutcome")
            self.assertIn("disk", json.dumps(refused.json))
            asked = self.ask(program, token, "POST", "/$import", b'{"resourceType":"Patient"}\n' * 50000,
                             Prefer="respond-async", Content_Type="application/fhir+ndjson")
            self.assertEqual(asked.status, 507, asked.bytes)
            self.assertEqual(self.count(program, token, "/Patient?identifier=urn:full%7Ct0"), 1)
            self.assertEqual(self.ask(program, token, "GET", "/Observation?identifier=urn:full%7Ct1").status, 200)
            self.set(is_full=0)
            began = time.monotonic()
            self.assertTrue(jisr.until(lambda: self.ask(program, token, "PUT", "/Basic/b", {
                "resourceType": "Basic", "id": "b", "code": {"text": "x"}}).status in (200, 201)))
            self.assertLess(time.monotonic() - began, 5)
        for event in ("disk_full", "disk_has_room"):
            self.assertTrue(jisr.until(lambda event=event: self.told(program, event) >= 3), event)
            self.assertEqual(self.told(program, event), 3, program.log)
        self.assertIn(507, sent.values())
        for tag, status in sent.items():
            there = (self.count(program, token, f"/Patient?identifier=urn:full%7C{tag}"),
                     self.count(program, token, f"/Observation?identifier=urn:full%7C{tag}"))
            self.assertEqual(there, (1, 4) if status == 200 else (0, 0), tag)
        program.stop()
        for verb in (("audit", "--check"), ("check",)):
            done = jisr.run(jisr.JISR, "centre", *verb, "--data", self.folder / "data")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_h154_on_a_full_disk_it_says_why_it_cannot_start_and_starts_with_room(self):
        token = self.token()
        program = self.faulty()
        self.assertEqual(self.ask(program, token, "POST", "/", transaction("t0")).status, 200)
        program.kill()
        self.set(is_full=1)
        program = jisr.Program("centre", "--data", self.folder / "data", "--listen", "127.0.0.1:0", status=False,
                               before=("env", f"LD_PRELOAD={FAULTS}", f"FAULTS={self.folder / 'faults'}"))
        self.assertEqual(program.wait(), 1)
        self.assertIn("the disk is full", "".join(program.log))
        self.set(is_full=0)
        program = self.faulty()
        self.assertEqual(self.count(program, token, "/Patient?identifier=urn:full%7Ct0"), 1)
        self.assertEqual(self.ask(program, token, "POST", "/", transaction("t1")).status, 200)

    def test_h154_times_never_go_back_whatever_the_clock_does(self):
        second, day = 10**9, 86400 * 10**9
        program = self.faulty("--open")
        before, seen = "", []
        for number, off_ns in enumerate((0, -day, 400 * day, -400 * day, 30 * second, 0, -3 * 365 * day)):
            self.set(off_ns=off_ns)
            for path in (f"/Patient/p{number}", "/Patient/same"):
                written = self.fhir(program, "PUT", path, {"resourceType": "Patient", "id": path.split("/")[2],
                                                           "multipleBirthInteger": number})
                self.assertIn(written.status, (200, 201), written.bytes)
                updated = written.json["meta"]["lastUpdated"]
                self.assertGreaterEqual(updated, before, f"the clock is off by {off_ns} ns")
                before = updated
                seen.append(updated)
        history = self.fhir(program, "GET", "/_history?_count=50").json
        times = [entry["resource"]["meta"]["lastUpdated"] for entry in history["entry"]]
        self.assertEqual(times, sorted(seen, reverse=True))
        found = self.fhir(program, "GET", f"/Patient?_lastUpdated=ge{seen[0]}&_summary=count").json["total"]
        self.assertEqual(found, 8)
        program.kill()
        program = self.faulty("--open")  # the clock is behind all that is there
        written = self.fhir(program, "PUT", "/Patient/same", {"resourceType": "Patient", "id": "same"})
        self.assertGreaterEqual(written.json["meta"]["lastUpdated"], before)

    def everything(self, *options):
        """Each resource as it is read, or the status of what refused."""
        program = self.centre("--open", *options)
        read = {}
        for number in range(8):
            for path in (f"/Patient/p{number}", f"/Observation?patient=p{number}&_count=200", f"/Encounter?patient=p{number}"):
                answer = self.fhir(program, "GET", path)
                body = answer.json
                for member in ("link", "id", "meta") if "?" in path else ():
                    body.pop(member, None)
                read[path] = (json.dumps(body).replace(str(program.address[1]), "PORT") if answer.status == 200
                              else answer.status)
        program.kill()
        return read

    def test_h80_a_flipped_bit_anywhere_is_named_and_never_read_as_data(self):
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        data, whole = self.folder / "data", self.folder / "whole"
        jisr.sh(jisr.JISR, "centre", "demo", "--data", data, "--patients", "8", "--fill-only")
        program = self.centre("--open")  # so that something lies in the log when it is killed
        for number in range(300):
            self.fhir(program, "PUT", f"/Basic/b{number}", {"resourceType": "Basic", "id": f"b{number}", "code": {"text": "x"}})
        program.kill()
        data.rename(whole)
        shutil.copytree(whole, data)
        expected = self.everything()
        files = [name for name in ("record.db", "record.db-wal", "record.db-mark", "keys") if (whole / name).exists()]
        named = unseen = 0
        for number in range(FLIPS):
            shutil.rmtree(data)
            shutil.copytree(whole, data)
            path = data / files[number % len(files)]
            at = chance.randrange(path.stat().st_size * 8)
            with open(path, "r+b") as file:
                file.seek(at // 8)
                byte = file.read(1)[0]
                file.seek(at // 8)
                file.write(bytes([byte ^ 1 << at % 8]))
            where = f"seed {seed}: bit {at} of {path.name}"
            checked = jisr.run(jisr.JISR, "centre", "check", "--data", data)
            told = checked.stdout + checked.stderr
            if checked.returncode == 0:  # where nothing was written
                self.assertNotEqual(path.name, "keys", where)
                unseen += 1
                self.assertEqual(self.everything(), expected, where)
                continue
            named += 1
            self.assertRegex(told, r"damaged|broken=[1-9]|seal|page|key file", where)
            if path.name == "record.db" and number % 4 == 0:
                for asked, answer in self.read_or_not().items():
                    self.assertIn(answer, (expected[asked], 500, 503), where)
        print(f"# seed {seed}: {named} named, {unseen} where nothing lay")
        self.assertGreater(named, FLIPS // 2)

    def test_h80_a_log_that_is_cut_or_torn_is_named_or_nothing_of_it_is_missing(self):
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        data, whole = self.folder / "data", self.folder / "whole"
        program, count = self.centre("--open"), 120
        for number in range(count):
            self.fhir(program, "PUT", f"/Basic/b{number}", {"resourceType": "Basic", "id": f"b{number}", "code": {"text": "x"}})
        program.kill()
        data.rename(whole)
        named = 0
        for turn in range(TEARS):
            shutil.rmtree(data, ignore_errors=True)
            shutil.copytree(whole, data)
            log = data / "record.db-wal"
            size = log.stat().st_size
            at = chance.randrange(size // 2, size)
            with open(log, "r+b") as file:
                if turn % 2:
                    file.truncate(at)
                else:  # what a disk may leave of its last sectors
                    file.seek(at // 512 * 512)
                    file.write(bytes(size - at // 512 * 512))
            program = jisr.Program("centre", "--data", data, "--listen", "127.0.0.1:0", "--open", status=False)
            jisr.until(lambda: program.said or not program.is_running())
            where = f"seed {seed}: {'cut' if turn % 2 else 'zeros'} from {at} of {size}"
            if not program.is_running() or not program.said:
                program.kill()
                self.assertRegex(" ".join(program.log), "damaged|seal|frame|page|log", where)
                named += 1
                continue
            url = re.search(r"http://(.*):(\d+)/", program.said[0])
            program.address = (url[1], int(url[2]))
            answer = self.fhir(program, "GET", "/Basic?_summary=count")
            if answer.status == 200:
                self.assertEqual(answer.json["total"], count, where)
            else:
                self.assertIn(answer.status, (500, 503), where)
                named += 1
            program.kill()
        print(f"# seed {seed}: {named} of {TEARS} named")

    def refused(self):
        """What a server says that does not start."""
        program = jisr.Program("centre", "--data", self.folder / "data", "--listen", "127.0.0.1:0", "--open", status=False)
        jisr.until(lambda: not program.is_running())
        program.kill()
        return " ".join(program.log)

    def test_h179_a_log_that_was_taken_away_is_named_and_the_record_goes_on_only_when_told_to(self):
        data, taken, saved = self.folder / "data", self.folder / "taken", self.folder / "saved"
        verb = lambda *words: jisr.run(jisr.JISR, "centre", *words[:1], "--data", data, *words[1:])
        put = lambda number: self.fhir(program, "PUT", f"/Basic/b{number}",
                                       {"resourceType": "Basic", "id": f"b{number}", "code": {"text": "x"}})
        program = self.centre("--open")
        self.assertEqual(put(1).status, 201)
        self.assertEqual(program.stop(), 0)
        program = self.centre("--open")
        for number in range(2, 40):
            self.assertEqual(put(number).status, 201)
        program.kill()
        (data / "record.db-wal").rename(taken)
        for _ in range(2):
            self.assertIn("record.db-wal: it is gone, or cut to nothing", self.refused())
        checked = verb("check")
        self.assertEqual(checked.returncode, 1)
        self.assertIn("record.db-wal: it is gone", checked.stdout + checked.stderr)
        repaired = verb("repair", "--to", saved)
        self.assertEqual(repaired.returncode, 1)
        self.assertRegex(repaired.stdout, "torn=0 .* log=gone\n")
        whole = self.folder / "whole"
        shutil.copytree(data, whole)
        taken.rename(data / "record.db-wal")
        program = self.centre("--open")  # put back: nothing is missing
        self.assertEqual(self.fhir(program, "GET", "/Basic?_summary=count").json["total"], 39)
        self.assertEqual(program.stop(), 0)
        shutil.rmtree(data)
        whole.rename(data)
        saved.rename(data / "record.db")  # or without, knowingly
        program = self.centre("--open")
        self.assertEqual(self.fhir(program, "GET", "/Basic?_summary=count").json["total"], 1)

    def test_h180_a_record_that_does_not_go_with_its_log_is_named(self):
        data, older = self.folder / "data", self.folder / "older"
        put = lambda number: self.fhir(program, "PUT", f"/Basic/b{number}",
                                       {"resourceType": "Basic", "id": f"b{number}", "code": {"text": "x" * 3000}})
        for number in range(3):
            program = self.centre("--open")
            for part in range(20):
                self.assertEqual(put(20 * number + part).status, 201)
            program.stop() if number < 2 else program.kill()
            if number == 0:
                shutil.copytree(data, older)
        kept = self.folder / "kept"
        shutil.copytree(data, kept)
        shutil.copy(older / "record.db", data)
        self.assertIn("record.db: it is of another time", self.refused())
        shutil.rmtree(data)
        older.rename(data)
        shutil.copy(kept / "record.db-wal", data)
        self.assertIn("record.db-wal: it is of another time", self.refused())
        shutil.rmtree(data)
        kept.rename(data)
        program = self.centre("--open")
        self.assertEqual(self.fhir(program, "GET", "/Basic?_summary=count").json["total"], 60)

    def read_or_not(self):
        """As `everything`, of a record that may not open."""
        program = jisr.Program("centre", "--data", self.folder / "data", "--listen", "127.0.0.1:0", "--open", status=False)
        jisr.until(lambda: program.said or not program.is_running())
        is_up = program.is_running() and bool(program.said)
        log = list(program.log)
        program.kill()
        if is_up:
            return self.everything()
        self.assertRegex(" ".join(log) + " ".join(program.log), "page|damaged|seal")
        return {}


jisr.main()
