#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused to somebody whom nobody knows is in the audit, and a flood of it does not fill it.
usage: centre_refused_test.py JISR"""
import http.client
import re
import urllib.parse

import jisr
from centre import CentreCase, Reply
from waiting import SLOW, until

WRONG = {"Authorization": "Bearer jisr_a_" + "A" * 43}
FLOOD = 300


class Refused(CentreCase):
    def setUp(self):
        super().setUp()
        self.program = self.centre()
        self.owner = self.bearer()
        self.put({"resourceType": "Patient", "id": "salma"})

    def lines(self, words):
        """The audit's lines with these words, of the running centre or of a stopped one."""
        return [line for line in jisr.sh(jisr.JISR, "centre", "audit", *self.where, "--lines").splitlines()
                if words in line]

    def stop(self):
        self.assertEqual(self.program.stop(), 0)

    def form(self, path, **form):
        line = http.client.HTTPConnection(*self.program.address, timeout=SLOW)
        try:
            line.request("POST", path, urllib.parse.urlencode(form),
                         {"Content-Type": "application/x-www-form-urlencoded"})
            return Reply(line.getresponse())
        finally:
            line.close()

    def test_h167_a_token_that_is_none_is_told_with_what_was_asked(self):
        for token in (WRONG, {"Authorization": "Bearer"}, {"Authorization": "Basic YTpi"}):
            answer = self.fhir(self.program, "GET", "/Patient/salma", **token, Accept_Language="fr")
            self.assertEqual(answer.status, 401)
            self.assertIn('error="invalid_token"', answer.headers["WWW-Authenticate"])
            self.assertIn("reconnectez-vous", str(answer.json))
        answer = self.fhir(self.program, "DELETE", "/Patient/salma")
        self.assertEqual((answer.status, answer.headers["WWW-Authenticate"]), (401, 'Bearer realm="jisr"'))

        told = until(lambda: len(found := self.events(self.owner, "?outcome=4")) == 4 and found)
        first, last = told[-1], told[0]  # the newest comes first
        self.assertEqual((first["subtype"][0]["code"], last["subtype"][0]["code"]), ("read", "delete"))
        self.assertEqual((first["outcomeDesc"], last["outcomeDesc"]), ("wrong-token", "no-sign-in"))
        for event in (first, last):
            self.assertIn("Patient/salma", str(event["entity"]))
            self.assertNotIn("physician", str(event))
            self.assertEqual([agent["requestor"] for agent in event["agent"]], [True, False])
            self.assertEqual(event["agent"][0]["network"]["address"], "127.0.0.1")
            self.assertIn("somebody unknown", event["text"]["div"])

    def test_h167_a_token_that_is_over_is_told(self):
        ended = self.bearer("--for", "1s")
        self.assertTrue(until(lambda: self.fhir(self.program, "GET", "/Patient/salma", **ended).status == 401))
        self.assertTrue(until(lambda: self.events(self.owner, "?outcome=4&subtype=read")))

    def test_h167_a_key_to_the_record_that_is_refused_is_told(self):
        self.assertEqual(self.form("/token", grant_type="client_credentials", client_id="nobody").status, 401)
        self.assertEqual(self.form("/token", grant_type="refresh_token", refresh_token="jisr_r_none").status, 400)
        self.assertEqual(self.form("/introspect", token="t", client_id="nobody").status, 401)
        told = until(lambda: len(found := self.events(self.owner, "?outcome=4")) == 3 and found)
        self.assertEqual([event["subtype"][0]["code"] for event in told], ["ITI-102", "ITI-71", "ITI-71"])
        self.assertIn("invalid_client; this client is not registered here", told[2]["outcomeDesc"])
        self.assertIn("invalid_grant", told[1]["outcomeDesc"])
        self.assertNotIn("nobody", told[2]["agent"][0]["who"]["display"])  # what was typed may be a secret

    def test_h167_a_link_that_is_none_is_told(self):
        line = http.client.HTTPConnection(*self.program.address, timeout=SLOW)
        line.request("GET", "/invite?token=none")
        self.assertEqual(line.getresponse().status, 404)
        line.close()
        self.assertTrue(until(lambda: self.events(self.owner, "?outcome=4&subtype=110122")))

    def test_h167_a_flood_is_told_by_its_number(self):
        for _ in range(FLOOD):
            self.assertEqual(self.fhir(self.program, "GET", "/Patient/salma", **WRONG).status, 401)
        self.stop()
        one_by_one, numbers = self.lines("wrong-token"), self.lines("REFUSED refusals")
        self.assertLessEqual(len(one_by_one), 5 + 5)  # it may have begun in one second, and gone on in the next
        self.assertEqual(len(numbers), 1, numbers)
        self.assertIn("from 127.0.0.1", numbers[0])
        self.assertEqual(int(re.search(r'"(\d+) in', numbers[0])[1]) + len(one_by_one), FLOOD)
        jisr.sh(jisr.JISR, "centre", "audit", *self.where, "--check")


if __name__ == "__main__":
    jisr.main()
