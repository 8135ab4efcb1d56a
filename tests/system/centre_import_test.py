#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources in great number over REST: what one record exports another takes, over kills; who may ask, what is told.

usage: centre_import_test.py JISR [WORD]"""
import json
import pathlib
import random
import re
import shutil
import tempfile
import time
import unittest

import centre
import jisr
import postgres

ASYNC = {"Prefer": "respond-async", "Content-Type": "application/fhir+ndjson"}


class Import(centre.CentreCase):
    def ask(self, program, method, url, token, body=None, **headers):
        return self.fhir(program, method, url[url.index("/fhir") + 5:] if "/fhir" in url else url, body,
                         Authorization=f"Bearer {token}", **headers)

    def begin(self, program, token, lines):
        begun = self.ask(program, "POST", "/$import", token, lines.encode(), **ASYNC)
        self.assertEqual(begun.status, 202, begun.bytes)
        return begun.headers["Content-Location"]

    def wait(self, program, token, status):
        """Its end, and what was told on the way."""
        told, end = [], time.monotonic() + jisr.SLOW
        while time.monotonic() < end:
            answer = self.ask(program, "GET", status, token)
            if answer.status != 202:
                return answer, told
            told.append(answer.headers["X-Progress"])
            time.sleep(0.05)
        self.fail(f"the import goes on: {told[-3:]}")

    def patients(self, count, size=0):
        return "".join(json.dumps({"resourceType": "Patient", "id": f"p{i}", "multipleBirthInteger": i,
                                   "name": [{"family": "x" * size or "Amrani"}]}) + "\n" for i in range(count))

    def count(self, program, token, search):
        return self.ask(program, "GET", f"{search}{'&' if '?' in search else '?'}_summary=count", token).json["total"]

    def test_what_is_exported_here_is_imported_there(self):
        jisr.sh(jisr.JISR, "centre", "demo", "--data", self.folder / "data", "--patients", "30", "--fill-only")
        program, token = self.centre(), self.token()
        begun = self.ask(program, "GET", "/$export", token, Prefer="respond-async")
        files = self.ask(program, "GET", begun.headers["Content-Location"], token).json["output"]
        lines = "".join(self.ask(program, "GET", file["url"], token).bytes.decode() for file in files)
        everything = {line["id"] for line in map(json.loads, lines.splitlines())}
        program.stop()
        (self.folder / "data").rename(self.folder / "first")
        program, token = self.centre(), self.token()
        answer, _ = self.wait(program, token, self.begin(program, token, lines))
        self.assertEqual(answer.json["output"][0]["count"], len(lines.splitlines()), answer.bytes)
        self.assertEqual(answer.json["error"], [])
        self.assertEqual(self.count(program, token, "/Patient?gender=male,female"), 30)
        self.assertGreater(self.count(program, token, "/Observation?patient=p3"), 0)
        self.assertGreater(len(everything), 500)
        program.stop()
        audit = jisr.sh(jisr.JISR, "centre", "audit", "--data", self.folder / "data", "--lines")
        self.assertEqual(len(re.findall(r" permitted import[ ?]", audit)), 2, audit)  # asked for, and done

    def test_h152_an_import_that_is_killed_goes_on_and_does_nothing_twice(self):
        token, count = self.token("--for", "2h"), 6000
        seed = random.randrange(1 << 32)
        print(f"# seed {seed}")
        chance = random.Random(seed)
        program = self.centre()
        status = self.begin(program, token, self.patients(count, 500))
        kills = 0
        for _ in range(6):
            time.sleep(chance.uniform(0.05, 0.3))
            if self.ask(program, "GET", status, token).status != 202:
                break
            program.kill()
            kills += 1
            program = self.centre()
        answer, told = self.wait(program, token, status)
        print(f"# {kills} kills; {told[:1]}")
        self.assertEqual(answer.json["output"][0]["count"], count)
        self.assertGreater(kills, 0)
        self.assertEqual(self.count(program, token, "/Patient"), count)
        for number in chance.sample(range(count), 20):
            read = self.ask(program, "GET", f"/Patient/p{number}", token).json
            self.assertEqual((read["meta"]["versionId"], read["multipleBirthInteger"]), ("1", number))

    def test_h152_what_is_refused_is_told_and_the_rest_is_in(self):
        program, token = self.centre(), self.token()
        lines = self.patients(3) + '{"resourceType":"Patient","id":"p9","gender":"none"}\n{"resource\n\n' + \
            '{"resourceType":"AuditEvent"}\n' + self.patients(1)
        answer, _ = self.wait(program, token, self.begin(program, token, lines))
        self.assertEqual((answer.json["output"][0]["count"], answer.json["error"][0]["count"]), (4, 3))
        told = self.ask(program, "GET", answer.json["error"][0]["url"], token)
        self.assertEqual(told.headers["Content-Type"], "application/fhir+ndjson")
        outcomes = [json.loads(line) for line in told.bytes.splitlines()]
        self.assertEqual([outcome["issue"][0]["diagnostics"] for outcome in outcomes],
                         ["line 4: Patient/p9", "line 5", "line 7"])
        self.assertEqual(self.ask(program, "GET", "/Patient/p0", token).json["meta"]["versionId"], "2")

    def test_h153_only_a_program_that_may_write_all_may_ask(self):
        program = self.centre()
        owner = self.token()
        for options, status in ((("--scope", "system/*.rs"), 403), (("--scope", "system/*.cu"), 403),
                                (("--scope", "system/Patient.cruds"), 403),
                                (("--role", "physician", "--user", "Practitioner/7", "--scope", "user/*.cruds"), 403),
                                (("--role", "administrator", "--user", "Practitioner/7", "--scope", "user/*.cruds"), 403),
                                (("--scope", "system/*.cud"), 202)):
            token = self.token(*options)
            asked = self.ask(program, "POST", "/$import", token, self.patients(1).encode(), **ASYNC)
            self.assertEqual(asked.status, status, (options, asked.bytes))
        status = self.begin(program, owner, self.patients(1))
        self.assertIn(self.ask(program, "GET", status, token).status, (200, 202))  # the owner's scripts are one
        self.assertEqual(self.fhir(program, "POST", "/$import", b"x", **ASYNC).status, 401)
        self.assertEqual(self.ask(program, "POST", "/$import", owner, b"x", Prefer="respond-async",
                                  Content_Type="text/csv").status, 415)

    def test_one_that_is_cancelled_ends_and_requests_come_through_beside_one(self):
        program, token = self.centre(), self.token()
        status = self.begin(program, token, self.patients(20000, 1000))
        slowest = 0
        for number in range(10):
            begun = time.monotonic()
            written = self.ask(program, "PUT", f"/Basic/b{number}", token,
                               {"resourceType": "Basic", "id": f"b{number}", "code": {"text": "x"}})
            slowest = max(slowest, time.monotonic() - begun)
            self.assertEqual(written.status, 201)
        self.assertEqual(self.ask(program, "GET", status, token).status, 202)
        self.assertEqual(self.ask(program, "DELETE", status, token).status, 202)
        self.assertEqual(self.ask(program, "GET", status, token).status, 404)
        print(f"# beside an import a write took at most {slowest * 1000:.0f} ms")
        self.assertLess(slowest, 5)
        time.sleep(1)
        kept = self.count(program, token, "/Patient")
        time.sleep(1)
        self.assertEqual(self.count(program, token, "/Patient"), kept)
        self.assertLess(kept, 20000)


@unittest.skipUnless(postgres.IS_HERE, "PostgreSQL is not installed")
class ImportCluster(Import):
    """The same before a database, and with two servers."""

    def setUp(self):
        super().setUp()
        place = pathlib.Path(tempfile.mkdtemp(prefix="jisr-import-"))
        self.addCleanup(shutil.rmtree, place, ignore_errors=True)
        place.chmod(0o755)
        self.database = postgres.Server(place / "a")
        self.addCleanup(lambda: self.database.end())
        self.database.make()
        self.database.start()

    @property
    def where(self):
        return "--database", self.database.conninfo

    def test_h152_one_server_goes_on_where_another_died_and_neither_does_it_twice(self):
        token, count = self.token("--for", "2h"), 4000
        first, second = self.centre(), self.centre()
        status = self.begin(first, token, self.patients(count, 500))
        time.sleep(0.3)
        first.kill()
        answer, _ = self.wait(second, token, status)
        self.assertEqual(answer.json["output"][0]["count"], count)
        self.assertEqual(self.count(second, token, "/Patient"), count)
        self.assertEqual(self.count(second, token, "/Patient?_lastUpdated=gt1900&identifier:missing=true"), count)
        for number in (0, 1999, 3999):
            self.assertEqual(self.ask(second, "GET", f"/Patient/p{number}", token).json["meta"]["versionId"], "1")

    def test_h151_the_index_of_a_database_is_made_anew_beside_its_servers(self):
        token, program = self.token(), self.centre()
        self.wait(program, token, self.begin(program, token, self.patients(600)))
        done = jisr.run(jisr.JISR, "centre", "reindex", *self.where)
        self.assertEqual((done.returncode, done.stdout), (0, "resources=600\n"), done.stderr)
        self.assertEqual(self.count(program, token, "/Patient?family=amrani"), 600)

    def test_what_is_exported_here_is_imported_there(self):
        self.skipTest("of a folder")


jisr.main()
