#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several servers before one database of the test's own: what one does the others know, and whatever dies under load,
a server, the database, its primary, nothing that was acknowledged is lost and nobody has to be started again.

JISR_KILLS says how often a server is killed, 5 unless set; the seed is printed.
usage: centre_cluster_test.py JISR [WORD]"""
import datetime
import http.client
import itertools
import json
import os
import pathlib
import random
import shutil
import tempfile
import threading
import time
import unittest

import centre
import jisr
import postgres
from centre_receiver import Receiver
from waiting import SLOW, until
from websocket import WebSocket

KILLS = int(os.environ.get("JISR_KILLS", "5"))
WRITERS = 3


class Writer(threading.Thread):
    """Sends transactions, and updates of one patient, to whichever server answers; remembers what was acknowledged
    and what it was told meanwhile."""

    def __init__(self, addresses, token, name):
        super().__init__(daemon=True)
        self.addresses, self.token, self.own = addresses, token, name
        self.acknowledged, self.sent, self.refused = [], [], []
        self.version, self.slowest = 0, 0
        self.line, self.turn, self.stops = None, itertools.count(hash(name) % 2), threading.Event()

    def ask(self, method, path, body):
        """Status, headers and body; None where the line broke: then it goes on with the next server."""
        began = time.monotonic()
        try:
            if not self.line:
                self.line = http.client.HTTPConnection(*self.addresses[next(self.turn) % len(self.addresses)],
                                                       timeout=SLOW)
            self.line.request(method, "/fhir" + path, json.dumps(body),
                              {"Content-Type": "application/fhir+json", "Authorization": f"Bearer {self.token}"})
            answer = self.line.getresponse()
            said = answer.status, answer.headers, answer.read()
        except (OSError, http.client.HTTPException):
            self.line = None
            time.sleep(0.02)
            return None
        self.slowest = max(self.slowest, time.monotonic() - began)
        if said[0] >= 400:
            self.refused.append(said)
            time.sleep(0.05)
        return said

    def run(self):
        for number in itertools.count():
            if self.stops.is_set():
                return
            tag = f"{self.own}-{number}"
            self.sent.append(tag)
            said = self.ask("POST", "/", centre.transaction(tag))
            if said and said[0] == 200:
                self.acknowledged.append(tag)
            said = self.ask("PUT", f"/Patient/m{self.own}",
                            {"resourceType": "Patient", "id": f"m{self.own}", "multipleBirthInteger": number})
            if said and said[0] in (200, 201):
                self.version = int(json.loads(said[2])["meta"]["versionId"])

    def stop(self):
        self.stops.set()
        self.join(2 * SLOW)


@unittest.skipUnless(postgres.IS_HERE, "PostgreSQL is not installed")
class Cluster(centre.CentreCase):
    def setUp(self):
        super().setUp()
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="jisr-cluster-"))
        self.addCleanup(shutil.rmtree, self.place, ignore_errors=True)
        os.chmod(self.place, 0o755)
        self.database = postgres.Server(self.place / "a")
        self.conninfo = self.database.conninfo
        self.addCleanup(lambda: self.database.end())
        self.database.make()
        self.database.start()

    @property
    def where(self):
        return "--database", self.conninfo

    def verb(self, *words):
        return jisr.run(jisr.JISR, "centre", words[0], *self.where, *words[1:])

    def ask(self, program, method, path, body=None, **headers):
        return self.fhir(program, method, path, body, Authorization=f"Bearer {self.bearer}", **headers)

    def begin(self, count, *options):
        self.bearer = self.token("--for", "12h")
        return [self.centre(*options) for _ in range(count)]

    def load(self, programs, name=""):
        writers = [Writer([program.address for program in programs], self.bearer, f"{name}{i}") for i in range(WRITERS)]
        for writer in writers:
            self.addCleanup(writer.stops.set)
            writer.start()
        self.wait_for_more(writers)
        return writers

    def wait_for_more(self, writers, more=10):
        before = [len(writer.acknowledged) for writer in writers]
        self.assertTrue(until(lambda: all(len(writer.acknowledged) >= n + more for writer, n in zip(writers, before)),
                              2 * SLOW), [writer.refused[-3:] for writer in writers])

    def health(self, program):
        line = http.client.HTTPConnection(*program.address, timeout=SLOW)
        line.request("GET", "/health")
        answer = line.getresponse()
        said = answer.status, json.loads(answer.read())["status"]
        line.close()
        return said

    def count(self, program, path):
        answer = self.ask(program, "GET", path)
        self.assertEqual(answer.status, 200, answer.bytes)
        return answer.json["total"]

    def look(self, program, writers):
        """Nothing acknowledged is lost, nothing is there by halves or twice."""
        for writer in writers:
            there = 0
            for tag in writer.sent:
                patients = self.count(program, f"/Patient?identifier=urn:crash%7C{tag}&_summary=count")
                observations = self.count(program, f"/Observation?identifier=urn:crash%7C{tag}&_summary=count")
                self.assertIn((patients, observations), ((0, 0), (1, 2)), f"{tag} is half there, or twice")
                there += patients
                if tag in writer.acknowledged:
                    self.assertEqual(patients, 1, f"{tag} was acknowledged")
            self.assertLessEqual(len(writer.acknowledged), there)
            if writer.version:
                read = self.ask(program, "GET", f"/Patient/m{writer.own}")
                self.assertGreaterEqual(int(read.json["meta"]["versionId"]), writer.version)
        print(f"# {sum(len(w.sent) for w in writers)} transactions sent, "
              f"{sum(len(w.acknowledged) for w in writers)} acknowledged, "
              f"{sum(len(w.refused) for w in writers)} refused, slowest {max(w.slowest for w in writers):.1f} s")

    def assert_whole(self):
        for words in (("audit", "--check"), ("check",)):
            done = self.verb(*words)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def checkpoints(self, programs):
        return [line.split("told=")[1] for program in programs for line in program.log if "audit_checkpoint" in line]

    def test_h145_what_one_server_did_all_others_know_and_the_audit_is_one(self):
        one, two = self.begin(2)
        places = [self.ask(program, "POST", "/Patient", {"resourceType": "Patient"}).headers["Location"].split("/fhir")[1]
                  for program in (one, two) for _ in range(5)]
        for place in places:
            for program in (one, two):
                self.assertEqual(self.ask(program, "GET", place).status, 200)
        for program in (one, two):  # of all that both were asked
            events = lambda: self.ask(program, "GET", "/AuditEvent?action=C&_count=100").json["entry"]
            self.assertTrue(until(lambda: len(events()) == len(places)), events())  # once the disk has them
        revoked = self.token()
        self.assertEqual(self.fhir(two, "GET", "/Patient", Authorization=f"Bearer {revoked}").status, 200)
        two.kill()
        three = self.centre()
        self.assertEqual(self.ask(three, "GET", places[0]).status, 200)
        one.stop()
        three.stop()
        self.assert_whole()
        told = self.checkpoints((one, two, three))
        self.assertEqual(len(told), 5)  # one was killed
        for one_told in told:
            self.assertEqual(self.verb("audit", "--check", "--told", one_told).returncode, 0, one_told)
        lines = self.verb("audit", "--lines").stdout.splitlines()
        self.assertGreaterEqual(len(lines), 10 + 20)
        times = [datetime.datetime.fromisoformat(line.split()[1].rstrip("Z")).timestamp() for line in lines]
        self.assertTrue(all(later > earlier - 1 for earlier, later in itertools.pairwise(times)), times)

    def test_h145_an_audit_that_was_changed_or_cut_in_the_database_is_found(self):
        one, two = self.begin(2)
        for program in (one, two, one, two):
            self.ask(program, "GET", "/Patient")
        one.stop()
        two.stop()
        told = self.checkpoints((two,))[-1]
        self.database.say("CREATE TABLE kept AS SELECT * FROM piece")
        self.database.say("UPDATE piece SET bytes = set_byte(bytes, 40, get_byte(bytes, 40) # 1) WHERE number = 2")
        self.assertEqual(self.verb("audit", "--check").returncode, 1)
        self.database.say("TRUNCATE piece; INSERT INTO piece SELECT * FROM kept")
        self.assert_whole()
        self.database.say("DELETE FROM piece WHERE number = (SELECT max(number) FROM piece)")
        self.assertEqual(self.verb("audit", "--check", "--told", told).returncode, 1)

    def test_h91_of_two_servers_that_change_one_patient_at_once_one_wins(self):
        servers = self.begin(2)
        patient = {"resourceType": "Patient", "id": "p"}
        self.assertEqual(self.ask(servers[0], "PUT", "/Patient/p", patient).status, 201)
        statuses = []

        def change(program, number):
            for _ in range(20):
                version = self.ask(program, "GET", "/Patient/p").headers["ETag"]
                answer = self.ask(program, "PUT", "/Patient/p", {**patient, "multipleBirthInteger": number},
                                  If_Match=version)
                statuses.append((answer.status, answer.json["resourceType"]))

        self.all_at_once(change, servers * 2)
        won = statuses.count((200, "Patient"))
        self.assertEqual(won + statuses.count((412, "OperationOutcome")), len(statuses), statuses)
        self.assertEqual(self.ask(servers[1], "GET", "/Patient/p").headers["ETag"], f'W/"{won + 1}"')
        self.assertGreater(len(statuses) - won, 0, "they never met: nothing was tried")

    def test_h91_of_transactions_on_two_servers_at_once_each_is_whole_and_a_condition_holds_once(self):
        servers, answers = self.begin(2), []

        def create(program, number):
            for turn in range(10):
                bundle = centre.transaction(f"once-{turn}")
                bundle["entry"][0]["request"]["ifNoneExist"] = f"identifier=urn:crash|once-{turn}"
                answer = self.ask(program, "POST", "/", bundle)
                answers.append((answer.status, answer.bytes if answer.status != 200 else
                                answer.json["entry"][0]["response"]["status"][:3]))

        self.all_at_once(create, servers * 2)
        self.assertEqual({status for status, _ in answers}, {200}, answers)
        self.assertEqual([said for _, said in answers].count("201"), 10, answers)
        for turn in range(10):
            self.assertEqual(self.count(servers[0], f"/Patient?identifier=urn:crash%7Conce-{turn}"), 1)
            self.assertEqual(self.count(servers[1], f"/Observation?identifier=urn:crash%7Conce-{turn}"), 8)

    def all_at_once(self, do, programs):
        threads = [threading.Thread(target=do, args=(program, i)) for i, program in enumerate(programs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(2 * SLOW)

    def test_an_export_is_asked_for_at_one_server_and_fetched_from_another(self):
        one, two = self.begin(2, "--url", "http://record.example.org/fhir")
        for i in range(3):
            self.ask(one, "PUT", f"/Patient/p{i}", {"resourceType": "Patient", "id": f"p{i}"})
        asked = self.ask(one, "GET", "/$export", Prefer="respond-async", Accept="application/fhir+json")
        self.assertEqual(asked.status, 202, asked.bytes)
        place = asked.headers["Content-Location"].split("/fhir")[1]
        one.kill()
        told = self.ask(two, "GET", place)
        self.assertEqual(told.status, 200, told.bytes)
        links = [part["url"].split("/fhir")[1] for part in told.json["output"] if part["type"] == "Patient"]
        lines = b"".join(self.ask(two, "GET", link).bytes for link in links).splitlines()
        self.assertEqual(sorted(json.loads(line)["id"] for line in lines), ["p0", "p1", "p2"])
        self.assertEqual(self.ask(two, "DELETE", place).status, 202)

    def test_h147_over_websockets_each_server_tells_those_that_are_connected_to_it(self):
        servers = [self.centre("--open") for _ in range(2)]
        self.assertEqual(self.fhir(servers[0], "PUT", "/Subscription/s", {
            "resourceType": "Subscription", "id": "s", "status": "requested", "reason": "test",
            "criteria": "Observation?status=final",
            "channel": {"type": "websocket", "payload": "application/fhir+json"}}).status, 201)
        self.assertTrue(until(lambda: self.fhir(servers[1], "GET", "/Subscription/s").json["status"] == "active"))
        sockets = [WebSocket(server.address) for server in servers]
        for sock in sockets:
            self.addCleanup(sock.close)
            sock.say("bind s")
            self.assertEqual(sock.hear(), "bound s")
        for number, server in enumerate(servers):
            self.fhir(server, "PUT", f"/Observation/o{number}", {
                "resourceType": "Observation", "id": f"o{number}", "status": "final", "code": {"text": "pulse"}})
            self.assertEqual([sock.hear() for sock in sockets], ["ping s"] * 2)

    def test_an_import_goes_on_at_another_server_when_one_is_killed(self):
        servers = self.begin(2)
        count = 4000
        lines = "".join(json.dumps({"resourceType": "Patient", "id": f"i{i}"}) + "\n" for i in range(count))
        asked = self.ask(servers[0], "POST", "/$import", lines.encode(), Content_Type="application/fhir+ndjson",
                         Prefer="respond-async")
        self.assertEqual(asked.status, 202, asked.bytes)
        place = asked.headers["Content-Location"].split("/fhir")[1]
        self.assertTrue(until(lambda: self.count(servers[1], "/Patient?_summary=count") > count / 10))
        servers[0].kill()
        self.assertTrue(until(lambda: self.ask(servers[1], "GET", place).status == 200, 2 * SLOW))
        self.assertEqual(self.count(servers[1], "/Patient?_summary=count"), count)
        self.assertEqual(self.database.say("SELECT count(*) FROM version"), str(count))  # each once
        servers[1].stop()
        self.assert_whole()

    def test_h147_whoever_tells_of_subscriptions_is_killed_and_another_goes_on(self):
        receiver = Receiver()
        self.addCleanup(receiver.stop)
        servers = self.begin(3, "--hooks", f"127.0.0.1:{receiver.port}")
        self.ask(servers[0], "PUT", "/Subscription/s", {
            "resourceType": "Subscription", "id": "s", "status": "requested", "reason": "test",
            "criteria": "Observation?status=final",
            "channel": {"type": "rest-hook", "endpoint": f"http://127.0.0.1:{receiver.port}/hook",
                        "payload": "application/fhir+json"}})
        self.assertTrue(until(lambda: self.ask(servers[1], "GET", "/Subscription/s").json["status"] == "active"))
        sent = 0

        def tell(number):
            nonlocal sent
            for _ in range(number):
                program = [one for one in servers if one.is_running()][sent % 2 - 1]
                answer = self.ask(program, "PUT", f"/Observation/o{sent}", {
                    "resourceType": "Observation", "id": f"o{sent}", "status": "final", "code": {"text": "pulse"}})
                self.assertEqual(answer.status, 201, answer.bytes)
                sent += 1

        def taken():
            return [path.split("/")[-1] for _, path, _ in receiver.taken()]

        for _ in range(2):
            tell(10)
            owner = self.teller(servers)
            tell(10)
            owner.kill()
            began = time.monotonic()
            tell(10)
            self.assertTrue(until(lambda: f"o{sent - 1}" in taken(), 2 * SLOW), taken())
            print(f"# another told {time.monotonic() - began:.1f} s after the owner was killed")
            told = [name for name, _ in itertools.groupby(taken())]
            again = len(told) - len(set(told))
            self.assertLessEqual(again, 3, told)  # on its way, or heard and not noted on the disk yet
            self.assertEqual(list(dict.fromkeys(told)), [f"o{i}" for i in range(sent)])
            servers.append(self.centre("--hooks", f"127.0.0.1:{receiver.port}"))
        owner = self.teller(servers)  # one that ends in order leaves it to another at once
        owner.stop()
        began = time.monotonic()
        tell(1)
        self.assertTrue(until(lambda: f"o{sent - 1}" in taken(), 2 * SLOW))
        self.assertLess(time.monotonic() - began, 5)

    def teller(self, servers):
        numbers = {int(line.split("number=")[1]): one for one in servers for line in one.log if "centre_lease_taken" in line}
        self.assertTrue(numbers)
        return numbers[max(numbers)]

    def make_replica(self, *settings):
        replica = postgres.Server(self.place / "b")
        self.addCleanup(replica.end)
        self.database.end()
        self.database.start(*settings)
        replica.copy(self.database)
        replica.start()
        self.assertTrue(until(lambda: self.database.say("SELECT state FROM pg_stat_replication") == "streaming"))
        return replica

    def test_h148_what_is_read_from_a_replica_is_never_older_than_what_was_acknowledged(self):
        replica = self.make_replica()
        one, two = self.begin(2, "--replica", replica.conninfo)
        patient = {"resourceType": "Patient", "id": "p"}
        self.assertEqual(self.ask(one, "PUT", "/Patient/p", patient).status, 201)

        def reads():
            return int(replica.say("SELECT xact_commit FROM pg_stat_database WHERE datname = 'postgres'"))

        def shared():
            before = reads()
            for _ in range(20):
                self.assertEqual(self.ask(two, "GET", "/Patient/p").status, 200)
            return until(lambda: reads() > before + 20, 5)

        self.assertTrue(until(shared), "the replica is never read")
        for number in range(30):  # whichever server, and however far the replica is
            written = self.ask(one, "PUT", "/Patient/p", {**patient, "multipleBirthInteger": number}).headers["ETag"]
            self.assertEqual(self.ask(two, "GET", "/Patient/p").headers["ETag"], written)
            found = self.ask(two, "GET", f"/Patient?_id=p&_count=1").json["entry"][0]["resource"]
            self.assertEqual(f'W/"{found["meta"]["versionId"]}"', written)
        replica.say("SELECT pg_wal_replay_pause()")
        written = self.ask(one, "PUT", "/Patient/p", patient).headers["ETag"]
        self.assertEqual(self.ask(two, "GET", "/Patient/p").headers["ETag"], written)
        self.database.say("DELETE FROM note WHERE convert_from(area, 'UTF8') LIKE '%token%'")
        self.assertEqual(self.ask(two, "GET", "/Patient/p").status, 401)  # though the replica still has it
        replica.say("SELECT pg_wal_replay_resume()")
        self.bearer = self.token()
        self.assertEqual(self.ask(two, "GET", "/Patient/p").status, 200)
        replica.die()
        for _ in range(5):
            self.assertEqual(self.ask(two, "GET", "/Patient/p").headers["ETag"], written)

    def test_h149_a_database_that_goes_and_comes_is_said_to_be_away_and_nothing_acknowledged_is_lost(self):
        servers = self.begin(2)
        writers = self.load(servers)
        self.assertEqual([self.health(program) for program in servers], [(200, "pass")] * 2)
        self.database.die()
        self.assertEqual([self.health(program) for program in servers], [(503, "fail")] * 2)
        answers = [self.fhir(program, "GET", "/Patient/m0", Authorization=f"Bearer {self.bearer}")
                   for program in servers for _ in range(5)]
        for answer in answers:
            self.assertEqual((answer.status, answer.json["issue"][0]["code"]), (503, "transient"), answer.bytes)
            self.assertTrue(answer.headers["Retry-After"])
        time.sleep(1)
        self.database.start()
        self.wait_for_more(writers)
        self.assertEqual([self.health(program) for program in servers], [(200, "pass")] * 2)
        for program in servers:
            told = [line.split()[1] for line in program.log if " database_" in line]
            self.assertEqual(told, ["database_away", "database_back"])
        for writer in writers:
            writer.stop()
        for status, headers, said in (one for writer in writers for one in writer.refused):
            self.assertEqual(status, 503, said)
            self.assertTrue(headers["Retry-After"])
        self.look(servers[0], writers)
        for program in servers:
            program.stop()
        self.assert_whole()

    def test_h149_a_database_that_says_nothing_does_not_hold_up_all_who_ask(self):
        program, = self.begin(1, "--threads", "4")
        self.assertEqual(self.ask(program, "PUT", "/Patient/p", {"resourceType": "Patient", "id": "p"}).status, 201)
        took, answers = [], []

        def read(_, number):
            for _ in range(4):
                began = time.monotonic()
                answers.append(self.ask(program, "GET", "/Patient/p").status)
                took.append(time.monotonic() - began)

        self.database.freeze()
        self.all_at_once(read, [program] * 4)
        self.database.freeze(False)
        print(f"# {len(took)} reads of a database that stands still: {sorted(round(t, 1) for t in took)} s")
        self.assertEqual(set(answers), {503})
        self.assertLess(sorted(took)[len(took) // 2], 1)
        self.assertLess(max(took), 15)
        self.assertTrue(until(lambda: self.ask(program, "GET", "/Patient/p").status == 200))

    def test_h82_a_primary_that_dies_under_load_takes_nothing_acknowledged_with_it(self):
        replica = self.make_replica("synchronous_standby_names=*")
        self.assertTrue(until(lambda: self.database.say("SELECT sync_state FROM pg_stat_replication") == "sync"))
        self.conninfo = f"host={self.database.folder},{replica.folder} user=jisr dbname=postgres"
        servers = self.begin(2)
        writers = self.load(servers)
        self.database.die()
        replica.say("SELECT pg_promote(false)")
        began = time.monotonic()
        self.wait_for_more(writers)
        print(f"# acknowledged again {time.monotonic() - began:.1f} s after the replica was told to take over")
        for writer in writers:
            writer.stop()
        self.look(servers[0], writers)
        for program in servers:
            program.stop()
        self.assert_whole()

    def test_h82_servers_killed_at_any_moment_lose_nothing_acknowledged_while_the_other_goes_on(self):
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        print(f"# seed {seed}, {KILLS} kills")
        other, victim = self.begin(2)
        everybody = []
        for number in range(KILLS):
            writers = self.load([other, victim], f"k{number}-")
            time.sleep(chance.uniform(0, 0.4))
            victim.kill()
            self.wait_for_more(writers, 3)
            for writer in writers:
                writer.stop()
            everybody += writers
            victim, other = other, self.centre()
        self.look(other, everybody)
        other.stop()
        victim.stop()
        self.assert_whole()

    def test_h146_a_password_that_was_given_is_in_no_message(self):
        for words in ("host=localhost password=hunter2", "postgresql://jisr:hunter2@localhost/x",
                      "postgresql://jisr:hunter2@%zz"):
            said = jisr.run(jisr.JISR, "centre", "--database", words)
            self.assertEqual(said.returncode, 1, said.stderr)
            self.assertNotIn("hunter2", said.stdout + said.stderr)
        said = jisr.run(jisr.JISR, "centre", "--database", "host=db.example.org sslmode=require")
        self.assertEqual(said.returncode, 1)
        self.assertIn("verify-full", said.stderr)

    def test_verbs_say_what_is_a_databases_own(self):
        for words in (("backup", "--to", "x"), ("repair", "--to", "x"), ("rekey",)):
            said = self.verb(*words)
            self.assertEqual(said.returncode, 1)
            self.assertIn("docs/scale.md", said.stderr)
        said = self.verb("init", "--parts", "2")
        self.assertEqual((said.returncode, said.stdout.split("\n")[0]), (0, "record=postgresql"), said.stderr)
        self.assertIn(" invite=http", said.stdout)  # the administrator's
        self.assertEqual(self.database.say("SELECT parts FROM setting"), "2")
        said = self.verb("demo", "--patients", "3", "--fill-only")
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertIn("complaints=0", self.verb("check").stdout)
        self.database.say("DELETE FROM version WHERE seq = 7")
        said = self.verb("check")
        self.assertEqual(said.returncode, 1)
        self.assertIn("first='versions are missing", said.stdout)


jisr.main()
