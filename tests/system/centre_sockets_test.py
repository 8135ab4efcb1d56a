#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subscriptions over WebSockets from outside: what is told, to whom alone, after a kill, under TLS, to clients that
break rules; thousands that say nothing. usage: centre_sockets_test.py JISR"""
import json
import os
import pathlib
import resource
import shutil
import subprocess
import signal
import time

import jisr
from centre import CentreCase
from waiting import SLOW, until
from websocket import PING, PONG, TEXT, WebSocket

BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-"
HERE = pathlib.Path(__file__).resolve().parent
CLIENTS = HERE.parent.parent / "packaging" / "npm-clients" / "node_modules"
MEMORY = int(os.environ.get("JISR_MEMORY", 1))  # how much more the program takes: sanitizers' shadow


def observation(name, number):
    return {"resourceType": "Observation", "id": name, "status": "final", "code": {"text": "pulse"},
            "subject": {"reference": "Patient/a"}, "valueInteger": number}


def value(bundle, name):
    return next((one for parameter in bundle["entry"][0]["resource"]["parameter"] if parameter["name"] == name
                 for key, one in parameter.items() if key.startswith("value")), None)


def told(bundle):
    return [entry["fullUrl"].rsplit("/", 1)[1] for entry in bundle["entry"][1:]]


class Sockets(CentreCase):
    def connect(self, program, **options):
        sock = WebSocket(program.address, **options)
        self.addCleanup(sock.close)
        self.assertEqual(sock.status, 101, sock.head)
        return sock

    def put(self, program, resource, **headers):
        answer = self.fhir(program, "PUT", f"/{resource['resourceType']}/{resource['id']}", resource, **headers)
        self.assertIn(answer.status, (200, 201), answer.bytes)
        return answer.json

    def subscribe(self, program, name="s", topic=True, content="id-only", filters=("Observation?",), wait="active",
                  **headers):
        channel = {"type": "websocket", "payload": "application/fhir+json"}
        made = {"resourceType": "Subscription", "id": name, "status": "requested", "reason": "test",
                "criteria": filters[0], "channel": channel}
        if topic:
            base = self.fhir(program, "GET", "/metadata").json["implementation"]["url"]
            made["criteria"] = base + "/SubscriptionTopic/change"
            made["_criteria"] = {"extension": [{"url": BACKPORT + "filter-criteria", "valueString": one}
                                               for one in filters]}
            channel["_payload"] = {"extension": [{"url": BACKPORT + "payload-content", "valueCode": content}]}
        self.put(program, made, **headers)
        self.assertTrue(until(lambda: self.fhir(program, "GET", f"/Subscription/{name}", **headers).json["status"]
                              == wait))

    def token_for(self, program, *names, **headers):
        asked = {"resourceType": "Parameters", "parameter": [{"name": "id", "valueId": name} for name in names]}
        answer = self.fhir(program, "POST", "/Subscription/$get-ws-binding-token", asked, **headers)
        self.assertEqual(answer.status, 200, answer.bytes)
        return {one["name"]: next(v for k, v in one.items() if k.startswith("value"))
                for one in answer.json["parameter"]}

    def bind(self, program, *names, **headers):
        sock = self.connect(program)
        sock.say("bind-with-token " + self.token_for(program, *names, **headers)["token"])
        shaken = [json.loads(sock.hear()) for _ in names]
        self.assertEqual([value(one, "type") for one in shaken], ["handshake"] * len(names))
        return sock


class Telling(Sockets):
    def test_r4_own_tells_by_ping(self):
        program = self.centre("--open")
        self.put(program, {"resourceType": "Patient", "id": "a"})
        self.subscribe(program, topic=False, filters=("Observation?status=final",))
        where = self.fhir(program, "GET", "/metadata").json["rest"][0]["extension"]
        self.assertEqual(where, [{"url": "http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket",
                                  "valueUri": "ws://127.0.0.1:%d/websocket" % program.address[1]}])
        sock = self.connect(program)
        sock.say("bind s")
        self.assertEqual(sock.hear(), "bound s")
        self.put(program, {**observation("o1", 60), "status": "preliminary"})
        self.put(program, observation("o1", 60))
        self.assertEqual(sock.hear(), "ping s")
        sock.say("unbind s")
        sock.say("bind nothing")
        self.assertEqual(sock.hear(), "error bind nothing: there is no such Subscription")
        sock.say("hello")
        self.assertTrue(sock.hear().startswith("error"))

    def test_the_back_port_shakes_hands_and_sends_bundles(self):
        program = self.centre("--open")
        self.put(program, {"resourceType": "Patient", "id": "a"})
        self.subscribe(program, content="full-resource")
        self.subscribe(program, "p", filters=("Patient?",))
        given = self.token_for(program, "s", "p")
        self.assertEqual(given["websocket-url"], "ws://127.0.0.1:%d/websocket" % program.address[1])
        sock = self.bind(program, "s", "p")
        kept = self.put(program, observation("o1", 60))
        bundle = json.loads(sock.hear())
        self.assertEqual((value(bundle, "type"), value(bundle, "events-since-subscription-start")),
                         ("event-notification", "1"))
        self.assertEqual(bundle["entry"][1]["resource"], kept)
        checked = self.fhir(program, "POST", "/Bundle/$validate", bundle).json
        self.assertNotIn("error", [issue["severity"] for issue in checked["issue"]], checked)
        self.put(program, {"resourceType": "Patient", "id": "b"})
        self.assertEqual(told(json.loads(sock.hear())), ["b"])
        self.assertEqual(self.fhir(program, "DELETE", "/Subscription/s").status, 204)
        self.assertEqual(sock.hear(), "unbound s")
        answer = self.fhir(program, "GET", "/Subscription/p/$get-ws-binding-token")
        self.assertEqual(answer.status, 200, answer.bytes)

    def test_h112_what_nobody_is_connected_for_waits(self):
        program = self.centre("--open")
        self.put(program, {"resourceType": "Patient", "id": "a"})
        self.subscribe(program)
        for number in range(3):
            self.put(program, observation(f"before{number}", number))
        sock = self.bind(program, "s")
        self.assertEqual([told(json.loads(sock.hear())) for _ in range(3)],
                         [[f"before{number}"] for number in range(3)])
        sock.close()
        time.sleep(1.5)  # how far it was told is written each second
        program.kill()
        program = self.centre("--open")
        for number in range(3):
            self.put(program, observation(f"after{number}", number))
        sock = self.bind(program, "s")
        first = json.loads(sock.hear())
        self.assertEqual((told(first), value(first, "events-since-subscription-start")), (["after0"], "4"))
        events = self.fhir(program, "GET", "/Subscription/s/$events?eventsSinceNumber=2").json
        self.assertEqual(told(events), ["before1", "before2", "after0", "after1", "after2"])

    def test_two_clients_hear_of_one_and_one_of_many(self):
        program = self.centre("--open")
        self.put(program, {"resourceType": "Patient", "id": "a"})
        for number in range(20):
            self.subscribe(program, f"s{number}")
        one, two = self.bind(program, "s0"), self.bind(program, *(f"s{number}" for number in range(20)))
        self.put(program, observation("o", 1))
        self.assertEqual(told(json.loads(one.hear())), ["o"])
        heard = {value(bundle, "subscription")["reference"].rsplit("/", 1)[1]
                 for bundle in (json.loads(two.hear()) for _ in range(20))}
        self.assertEqual(heard, {f"s{number}" for number in range(20)})

    def test_who_asked_for_it_hears_that_nothing_happens(self):
        program = self.centre("--open")
        self.subscribe(program)
        made = self.fhir(program, "GET", "/Subscription/s").json
        made["channel"]["extension"] = [{"url": BACKPORT + "heartbeat-period", "valueUnsignedInt": 1}]
        self.put(program, made)
        sock = self.bind(program, "s")
        self.assertEqual(value(json.loads(sock.hear()), "type"), "heartbeat")

    def test_when_it_stops_all_are_told(self):
        program = self.centre("--open")
        sock = self.connect(program)
        sock.frame(PING, b"taken over?")  # which the answer of 101 does not say yet
        self.assertEqual(sock.hear_frame()[0], PONG)
        os.kill(program.pid, signal.SIGTERM)
        self.assertEqual(sock.hear(), (1001, "the server stops"))
        self.assertEqual(program.wait(), 0)

    def certificate(self):
        names = self.folder / "certificate.pem", self.folder / "key.pem"
        jisr.sh("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2",
                "-out", names[0], "-keyout", names[1])
        return names

    def test_h143_hundreds_under_tls_end_at_once_and_harm_nobody(self):
        names = self.certificate()
        program = self.centre("--certificate", names[0], "--key", names[1])
        for _ in range(2):
            socks = [WebSocket(program.address, cafile=names[0]) for _ in range(200)]
            good = self.connect(program, cafile=names[0])  # now: it binds nothing, and is let go after a minute
            for sock in socks:  # is closed for it, and does not say that it has heard so
                sock.frame(2, b"bytes")
            for sock in socks[::2]:
                sock.close()
            self.assertTrue(until(lambda: program.open_files() < 100))
            good.say("hello")
            self.assertRegex(str(good.hear()), "^error")
            for sock in socks[1::2]:
                sock.close()
        self.assertEqual(program.stop(), 0)

    def test_under_tls(self):
        names = self.certificate()
        plain = self.centre("--open")
        self.put(plain, {"resourceType": "Patient", "id": "a"})
        self.subscribe(plain, topic=False)
        self.put(plain, observation("o", 1))
        self.assertEqual(plain.stop(), 0)
        program = self.centre("--certificate", names[0], "--key", names[1])
        every = ["Authorization: Bearer " + self.token()]
        sock = self.connect(program, cafile=names[0], headers=every)
        sock.say("bind s")
        self.assertTrue(sock.hear().startswith("error bind s: "))  # written by nobody in particular
        sock.frame(TEXT, b"bind s"[:3], last=False)
        sock.frame(0, b"bind s"[3:])
        self.assertTrue(sock.hear().startswith("error bind s: "))
        many = [self.connect(program, cafile=names[0]) for _ in range(50)]
        for one in many:
            one.say("hello")
        for one in many:
            self.assertTrue(one.hear().startswith("error"))
        os.kill(program.pid, signal.SIGTERM)
        for one in many:
            self.assertEqual(one.hear(), (1001, "the server stops"))
        self.assertEqual(program.wait(), 0)

    def test_an_npm_client_hears_it_too(self):
        if not shutil.which("node") or not (CLIENTS / "ws").is_dir():
            self.skipTest("node or packaging/npm-clients are not here: make deps")
        program = self.centre("--open")
        self.put(program, {"resourceType": "Patient", "id": "a"})
        self.subscribe(program)
        given = self.token_for(program, "s")
        client = subprocess.Popen(["node", HERE / "centre_sockets.cjs", given["websocket-url"], given["token"]],
                                  stdout=subprocess.PIPE, text=True)
        self.addCleanup(client.kill)
        self.assertEqual(client.stdout.readline(), "handshake\n")
        self.put(program, observation("o", 1))
        self.assertEqual(client.stdout.readline(), "event-notification Observation/o\n")
        self.assertEqual(client.stdout.readline(), "closed 1000\n")
        self.assertEqual(client.wait(SLOW), 0)


class Access(Sockets):
    def test_h142_a_token_binds_once_and_only_for_whom_it_was_made(self):
        program = self.centre()
        every = {"Authorization": "Bearer " + self.token()}
        other = {"Authorization": "Bearer " + self.token("--role", "physician", "--user", "Practitioner/7",
                                                         "--scope", "user/*.cruds")}
        self.put(program, {"resourceType": "Patient", "id": "a"}, **every)
        self.subscribe(program, **every)
        self.assertEqual(self.fhir(program, "GET", "/Subscription/s/$get-ws-binding-token").status, 401)
        self.assertEqual(self.fhir(program, "GET", "/Subscription/s/$get-ws-binding-token", **other).status, 403)
        self.assertEqual(self.fhir(program, "GET", "/Subscription/$get-ws-binding-token", **every).status, 400)
        self.assertEqual(self.fhir(program, "GET", "/Subscription/none/$get-ws-binding-token", **every).status, 404)
        token = self.token_for(program, "s", **every)["token"]
        sock, second = self.connect(program), self.connect(program)
        sock.say("bind s")
        self.assertIn("nobody is signed in", sock.hear())
        sock.say("bind-with-token jisr_wb_" + "A" * 43)
        self.assertIn("none of ours", sock.hear())
        sock.say("bind-with-token " + every["Authorization"].split()[1])
        self.assertIn("none of ours", sock.hear())
        sock.say("bind-with-token " + token)
        self.assertEqual(value(json.loads(sock.hear()), "type"), "handshake")
        second.say("bind-with-token " + token)
        heard = second.hear()
        self.assertIn("was used", heard)
        self.assertNotIn(token, heard)
        signed = self.connect(program, headers=["Authorization: " + every["Authorization"]])
        signed.say("bind s")
        self.assertEqual(value(json.loads(signed.hear()), "type"), "handshake")
        stranger = self.connect(program, headers=["Authorization: " + other["Authorization"]])
        stranger.say("bind s")
        self.assertIn("only the one who wrote it", stranger.hear())
        # whoever writes it takes it over: the one before hears no more
        resource = self.fhir(program, "GET", "/Subscription/s", **every).json
        third = {"Authorization": "Bearer " + self.token("--scope", "system/*.cruds", "--role", "service")}
        self.put(program, {**resource, "reason": "mine"}, **third)
        self.put(program, observation("o", 1), **every)
        self.assertTrue(sock.hear().startswith(("unbound", "{")))

    def test_h110_what_its_owner_may_not_see_is_not_sent(self):
        program = self.centre()
        every = {"Authorization": "Bearer " + self.token()}
        some = {"Authorization": "Bearer " + self.token("--scope", "system/Subscription.cruds system/Patient.rs")}
        self.subscribe(program, content="full-resource", filters=("Observation?", "Patient?"), **some)
        sock = self.bind(program, "s", **some)
        self.put(program, {"resourceType": "Patient", "id": "a"}, **every)
        self.put(program, observation("o1", 60), **every)
        self.put(program, {"resourceType": "Patient", "id": "b"}, **every)
        self.assertEqual([told(json.loads(sock.hear())) for _ in range(2)], [["a"], ["b"]])
        sock.close()
        self.assertEqual(program.stop(), 0)
        audit = jisr.sh(jisr.JISR, "centre", "audit", "--data", self.folder / "data")
        self.assertGreaterEqual(audit.count("127.0.0.1"), 3)

    def test_h142_pages_of_other_sites_are_refused(self):
        program = self.centre("--open", "--origin", "https://app.example.org")
        own = "http://127.0.0.1:%d" % program.address[1]
        for origin, status in ((own, 101), ("https://app.example.org", 101), ("https://evil.example", 403),
                               ("null", 403)):
            sock = WebSocket(program.address, headers=["Origin: " + origin])
            self.assertEqual(sock.status, status, origin)
            sock.close()


class Bounds(Sockets):
    def test_h143_what_breaks_the_rules_ends_with_its_code(self):
        program = self.centre("--open")
        self.assertEqual(self.fhir(program, "GET", "/../websocket").status, 404)
        for frames, code in (([(2, b"x", True)], 1003), ([(1, b"a" * 300, True)], 1009),
                             ([(1, b"\xff\xfe", True)], 1007), ([(3, b"", True)], 1002),
                             ([(0, b"a", True)], 1002), ([(9, b"a" * 126, True)], 1005),
                             ([(1, b"a", True)] * 150, 1008)):
            sock = self.connect(program)
            for frame in frames:
                try:
                    sock.frame(*frame)
                except OSError:
                    break
            heard = sock.hear()
            while isinstance(heard, str):
                heard = sock.hear()
            self.assertEqual(heard and heard[0], code, frames[:1])
        self.assertEqual(self.fhir(program, "GET", "/metadata").status, 200)

    def test_h143_one_that_does_not_read_holds_up_no_other(self):
        program = self.centre("--open", "--send-time", "1s")
        self.put(program, {"resourceType": "Patient", "id": "a", "name": [{"family": "x" * 200000}]})
        self.subscribe(program, content="full-resource", filters=("Patient?",))
        deaf, good = self.bind(program, "s"), self.bind(program, "s")
        patient = {"resourceType": "Patient", "id": "a", "name": [{"family": "x" * 200000}]}
        for number in range(60):
            self.put(program, {**patient, "multipleBirthInteger": number})
            self.assertEqual(told(json.loads(good.hear())), ["a"])
        time.sleep(2.5)
        deaf.sock.settimeout(SLOW)
        got = 0
        while True:  # what was on its way, and then the end
            try:
                more = deaf.sock.recv(1 << 20)
            except ConnectionError:
                break
            if not more:
                break
            got += len(more)
        self.assertLess(got, 60 * 200000)

    def test_h143_thousands_that_say_nothing_cost_little_and_harm_nobody(self):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        count = min(2000, most - 500)
        program = self.centre("--open")
        self.subscribe(program, filters=("Patient?",))
        good = self.bind(program, "s")
        before = program.memory_kb()
        socks = [self.connect(program) for _ in range(count)]
        self.put(program, {"resourceType": "Patient", "id": "a"})
        self.assertEqual(told(json.loads(good.hear())), ["a"])
        cost = (program.memory_kb() - before) / count
        print(f"# a WebSocket that says nothing takes {cost:.1f} kB", flush=True)
        self.assertLess(cost, 24 * MEMORY)
        for sock in socks:
            sock.say("hello")
        for sock in socks:
            self.assertTrue(sock.hear().startswith("error"))

    def test_h143_more_than_there_may_be_are_told_so(self):
        program = self.centre("--open", "--sockets", 2)
        first, _ = self.connect(program), self.connect(program)
        sock = WebSocket(program.address)
        self.assertEqual(sock.status, 503)
        sock.close()
        first.close()
        self.assertTrue(until(lambda: WebSocket(program.address).status == 101))


if __name__ == "__main__":
    jisr.main()
