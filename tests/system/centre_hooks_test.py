#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subscriptions from outside: a receiver hears of what changed, whatever is killed or away meanwhile, and
nobody of what they may not see. usage: centre_hooks_test.py JISR"""
import json
import socket
import ssl

import jisr
from centre import CentreCase
from centre_receiver import Receiver
from waiting import until

BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-"


def resolves(name):
    try:
        return socket.getaddrinfo(name, 443)
    except OSError:
        return None


def observation(name, number, patient="a"):
    return {"resourceType": "Observation", "id": name, "status": "final", "code": {"text": "pulse"},
            "subject": {"reference": f"Patient/{patient}"}, "valueInteger": number}


class Hooks(CentreCase):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(lambda: self.receiver.stop())

    def open_centre(self, *more):
        return self.centre("--open", "--hooks", f"127.0.0.1:{self.receiver.port}", *more)

    def subscription(self, criteria="Observation?status=final", filters=(), content="id-only", path="/hook",
                     payload="application/fhir+json", **more):
        channel = {"type": "rest-hook", "endpoint": f"http://127.0.0.1:{self.receiver.port}{path}",
                   "header": ["X-Secret: of-the-receiver"]}
        if payload:
            channel["payload"] = payload
        made = {"resourceType": "Subscription", "id": "s", "status": "requested", "reason": "test",
                "criteria": criteria, "channel": channel, **more}
        if filters:
            made["_criteria"] = {"extension": [{"url": BACKPORT + "filter-criteria", "valueString": one}
                                               for one in filters]}
            channel["_payload"] = {"extension": [{"url": BACKPORT + "payload-content", "valueCode": content}]}
        return made

    def put(self, program, resource, **headers):
        path = f"/{resource['resourceType']}/{resource['id']}"
        answer = self.fhir(program, "PUT", path, resource, **headers)
        self.assertIn(answer.status, (200, 201), answer.bytes)
        return answer.json

    def status_of(self, program, name="s", **headers):
        return self.fhir(program, "GET", "/Subscription/" + name, **headers).json

    def subscribe(self, program, resource, status="active", **headers):
        self.put(program, resource, **headers)
        is_so = until(lambda: self.status_of(program, resource["id"], **headers)["status"] == status)
        self.assertTrue(is_so, self.status_of(program, resource["id"], **headers))

    def test_r4_own_tells_by_an_update_or_by_an_empty_call(self):
        program = self.open_centre()
        self.put(program, {"resourceType": "Patient", "id": "a"})
        self.subscribe(program, self.subscription())
        self.subscribe(program, {**self.subscription(payload=None, path="/bare"), "id": "bare"})
        kept = self.put(program, observation("o1", 60))
        self.put(program, {**observation("o2", 60), "status": "preliminary"})
        changed = self.put(program, observation("o1", 61))
        self.assertTrue(until(lambda: len(self.receiver.taken()) >= 4), self.receiver.heard)
        told = self.receiver.taken()
        self.assertEqual([one for one in told if one[1] != "/bare"],
                         [("PUT", "/hook/Observation/o1", kept), ("PUT", "/hook/Observation/o1", changed)])
        self.assertEqual([one for one in told if one[1] == "/bare"], [("POST", "/bare", None)] * 2)
        self.assertEqual({headers.get("X-Secret") for _, _, headers, _, _ in self.receiver.heard},
                         {"of-the-receiver"})

    def test_a_topic_tells_by_bundles_whose_numbers_grow(self):
        program = self.open_centre()
        topic = f"http://127.0.0.1:{program.address[1]}/fhir/SubscriptionTopic/change"
        types = self.fhir(program, "GET", "/metadata").json["rest"][0]["resource"]
        topics = next(one for one in types if one["type"] == "Subscription")["extension"]
        self.assertEqual([one["valueCanonical"] for one in topics], [topic])
        self.put(program, {"resourceType": "Patient", "id": "a"})
        self.subscribe(program, self.subscription(topic, ["Observation?status=final"], "full-resource"))
        kept = self.put(program, observation("o1", 60))
        self.assertEqual(self.fhir(program, "DELETE", "/Observation/o1").status, 204)
        self.assertTrue(until(lambda: len(self.receiver.taken()) >= 3), self.receiver.heard)
        bundles = [bundle for _, _, bundle in self.receiver.taken()]

        def value(bundle, name):
            parameters = bundle["entry"][0]["resource"]["parameter"]
            return next(one for parameter in parameters if parameter["name"] == name
                        for key, one in parameter.items() if key.startswith("value"))

        self.assertEqual([value(bundle, "type") for bundle in bundles],
                         ["handshake", "event-notification", "event-notification"])
        self.assertEqual([value(bundle, "events-since-subscription-start") for bundle in bundles],
                         ["0", "1", "2"])
        self.assertEqual(bundles[1]["entry"][1]["resource"], kept)
        self.assertEqual(bundles[2]["entry"][1]["request"], {"method": "DELETE", "url": "Observation/o1"})
        self.assertEqual(value(self.fhir(program, "GET", "/Subscription/s/$status").json,
                               "events-since-subscription-start"), "2")
        events = self.fhir(program, "GET", "/Subscription/s/$events?eventsSinceNumber=2").json
        self.assertEqual(events["entry"][1]["request"]["method"], "DELETE")
        for bundle in bundles:
            checked = self.fhir(program, "POST", "/Bundle/$validate", bundle).json
            self.assertNotIn("error", [issue["severity"] for issue in checked["issue"]], checked)

    def test_h112_nothing_is_lost_by_a_kill_or_a_receiver_that_is_away(self):
        program = self.open_centre()
        port, written = self.receiver.port, []
        self.put(program, {"resourceType": "Patient", "id": "a"})
        self.subscribe(program, self.subscription())
        for number in range(30):
            self.put(program, observation(f"o{number}", number))
            written.append(f"o{number}")
            if number == 9:
                self.receiver.stop()
            if number in (12, 19):
                program.kill()
                program = self.open_centre()
            if number == 24:
                heard = self.receiver.heard
                self.receiver = Receiver(port)
                self.receiver.heard = heard
        program.kill()
        more = self.folder / "more.ndjson"  # what is committed while nobody follows
        loaded = [observation(f"l{number}", number) for number in range(20)]
        more.write_text("".join(json.dumps(one) + "\n" for one in loaded))
        jisr.sh(jisr.JISR, "centre", "load", "--data", self.folder / "data", more)
        written += [one["id"] for one in loaded]
        program = self.open_centre()

        def told():
            return [path.rsplit("/", 1)[1] for _, path, _ in self.receiver.taken()]
        self.assertTrue(until(lambda: set(written) <= set(told()), 60), (written, told()))
        first = list(dict.fromkeys(told()))
        self.assertEqual(first, written)  # in their order; some perhaps twice

    def test_h112_who_does_not_take_it_is_left_alone_until_asked_again(self):
        program = self.open_centre("--hook-tries", 2)
        self.put(program, {"resourceType": "Patient", "id": "a"})
        self.subscribe(program, self.subscription())
        self.receiver.status = 503
        self.put(program, observation("o1", 60))
        self.assertTrue(until(lambda: self.status_of(program)["status"] == "error"))
        self.assertIn("503", self.status_of(program)["error"])
        self.assertEqual(len(self.receiver.heard), 2)
        self.receiver.status = 200
        self.put(program, observation("o2", 60))
        self.subscribe(program, self.subscription())
        self.put(program, observation("o3", 60))
        self.assertTrue(until(self.receiver.taken))
        self.assertEqual(self.receiver.taken()[0][1], "/hook/Observation/o3")

    def test_h112_one_that_does_not_answer_holds_up_no_other(self):
        program = self.open_centre("--hook-time", "60s")
        self.put(program, {"resourceType": "Patient", "id": "a"})
        self.subscribe(program, {**self.subscription(path="/slow"), "id": "slow"})
        self.subscribe(program, self.subscription())
        for number in range(5):
            self.put(program, observation(f"o{number}", number))
        self.assertTrue(until(lambda: len(self.receiver.taken()) == 5), self.receiver.heard)
        self.assertEqual([path for _, path, _ in self.receiver.taken()],
                         [f"/hook/Observation/o{number}" for number in range(5)])
        self.receiver.lets_go.set()
        self.assertTrue(until(lambda: len(self.receiver.taken()) == 10), self.receiver.heard)

    def test_who_asked_for_it_hears_that_nothing_happens_and_nobody_after_the_end(self):
        program = self.open_centre()
        topic = f"http://127.0.0.1:{program.address[1]}/fhir/SubscriptionTopic/change"
        made = self.subscription(topic, ["Patient?"])
        made["channel"]["extension"] = [{"url": BACKPORT + "heartbeat-period", "valueUnsignedInt": 1}]
        self.subscribe(program, made)
        self.subscribe(program, {**self.subscription(), "id": "past", "end": "2020-01-01T00:00:00Z"}, "off")
        self.assertTrue(until(lambda: any("heartbeat" in json.dumps(document)
                                          for _, _, document in self.receiver.taken())))

    def test_h111_private_addresses_are_called_only_where_the_site_says_so(self):
        program = self.centre("--open")
        for name, endpoint in (("a", f"https://127.0.0.1:{self.receiver.port}/"),
                               ("b", f"https://localhost:{self.receiver.port}/"),
                               ("c", f"http://127.0.0.1:{self.receiver.port}/"),
                               ("d", f"https://[::ffff:127.0.0.1]:{self.receiver.port}/"),
                               ("e", "https://169.254.169.254/latest/meta-data"),
                               ("f", "http://example.org/")):
            topic = f"http://127.0.0.1:{program.address[1]}/fhir/SubscriptionTopic/change"
            made = self.subscription(topic, ["Patient?"])
            made["channel"]["endpoint"] = endpoint
            answer = self.fhir(program, "PUT", f"/Subscription/{name}", {**made, "id": name})
            self.assertEqual(answer.status, 422, endpoint)
            self.assertIn("--hooks", answer.json["issue"][0]["details"]["text"], endpoint)
            self.assertEqual(answer.json["issue"][0]["expression"], ["Subscription.channel.endpoint"])
        self.assertEqual(self.receiver.heard, [])

    def test_h111_a_name_that_leads_to_a_private_address_is_not_called(self):
        name = next((name for name in ("ip6-localhost", "ip6-loopback", socket.gethostname()) if resolves(name)), None)
        if not name:
            self.skipTest("no name but localhost leads to this machine")
        program = self.centre("--open")
        made = self.subscription(f"http://127.0.0.1:{program.address[1]}/fhir/SubscriptionTopic/change", ["Patient?"])
        made["channel"]["endpoint"] = f"https://{name}:{self.receiver.port}/"
        self.subscribe(program, made, "error")
        self.assertIn("--hooks", self.status_of(program)["error"])
        self.assertEqual(self.receiver.heard, [])

    def test_h111_a_host_that_does_not_prove_itself_is_told_nothing(self):
        names = self.folder / "certificate.pem", self.folder / "key.pem"
        jisr.sh("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", "/CN=127.0.0.1", "-days", "2", "-out", names[0], "-keyout", names[1])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*names)
        self.receiver.server.socket = context.wrap_socket(self.receiver.server.socket, server_side=True)
        program = self.open_centre("--hook-tries", 1)
        topic = f"http://127.0.0.1:{program.address[1]}/fhir/SubscriptionTopic/change"
        made = self.subscription(topic, ["Patient?"])
        made["channel"]["endpoint"] = f"https://127.0.0.1:{self.receiver.port}/"
        self.subscribe(program, made, "error")
        self.assertIn("certificate", self.status_of(program)["error"])
        self.assertEqual(self.receiver.heard, [])

    def test_h110_what_its_owner_may_not_see_is_not_sent(self):
        program = self.centre("--hooks", f"127.0.0.1:{self.receiver.port}")
        every = {"Authorization": "Bearer " + self.token()}
        scopes = "system/Subscription.cruds system/Patient.rs"
        some = {"Authorization": "Bearer " + self.token("--scope", scopes)}
        topic = f"http://127.0.0.1:{program.address[1]}/fhir/SubscriptionTopic/change"
        filters = ["Observation?", "Patient?"]
        self.subscribe(program, self.subscription(topic, filters, "full-resource"), **some)
        self.put(program, {"resourceType": "Patient", "id": "a"}, **every)
        self.put(program, observation("o1", 60), **every)
        self.put(program, {"resourceType": "Patient", "id": "b"}, **every)
        self.assertTrue(until(lambda: len(self.receiver.taken()) >= 3), self.receiver.heard)
        told = [entry["fullUrl"].rsplit("/", 2)[1:] for _, _, bundle in self.receiver.taken()
                for entry in bundle["entry"][1:]]
        self.assertEqual(told, [["Patient", "a"], ["Patient", "b"]])
        self.assertEqual(program.stop(), 0)
        audit = jisr.sh(jisr.JISR, "centre", "audit", "--data", self.folder / "data")
        self.assertIn(f"127.0.0.1:{self.receiver.port}/hook", audit)  # where it went


if __name__ == "__main__":
    jisr.main()
