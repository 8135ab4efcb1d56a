#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program with a key of its own gets tokens of a running centre, as SMART Backend Services has it.

usage: centre_oauth_test.py JISR [WORD]"""
import base64
import http.client
import json
import re
import subprocess
import time
import urllib.parse

import centre
import jisr
from waiting import SLOW

PROOF = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
HALF = 48  # bytes of a coordinate, and of half a signature, of P-384


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def halves(der):
    """The two numbers of a DER signature, as JOSE has them."""
    first = der[4:4 + der[3]] if der[1] < 0x80 else der[5:5 + der[4]]
    rest = der[der.index(first) + len(first):]
    return b"".join(number.lstrip(b"\0").rjust(HALF, b"\0") for number in (first, rest[2:2 + rest[1]]))


class OAuth(centre.CentreCase):
    def setUp(self):
        super().setUp()
        self.key = self.folder / "client.pem"
        jisr.sh("openssl", "ecparam", "-name", "secp384r1", "-genkey", "-noout", "-out", self.key)
        text = jisr.sh("openssl", "ec", "-in", self.key, "-noout", "-text")
        point = bytes.fromhex(re.sub(r"[\s:]", "", re.search(r"pub:([\s0-9a-f:]+)", text)[1]))
        self.jwk = {"kty": "EC", "crv": "P-384", "alg": "ES384", "x": base64url(point[1:1 + HALF]),
                    "y": base64url(point[1 + HALF:])}
        self.jtis = 0

    def assertion(self, program, **changes):
        self.jtis += 1
        claims = {"iss": "laboratory", "sub": "laboratory", "aud": self.url(program) + "/token",
                  "exp": int(time.time()) + 200, "jti": f"j{self.jtis}", **changes}
        parts = [base64url(json.dumps(part).encode()) for part in ({"alg": "ES384", "typ": "JWT"}, claims)]
        made = subprocess.run(["openssl", "dgst", "-sha384", "-sign", self.key], input=".".join(parts).encode(),
                              capture_output=True, check=True).stdout
        return ".".join(parts + [base64url(halves(made))])

    def url(self, program):
        return f"{program.scheme}://{program.address[0]}:{program.address[1]}"

    def send(self, program, method, path, **form):
        line = http.client.HTTPConnection(*program.address, timeout=SLOW)
        try:
            line.request(method, path, urllib.parse.urlencode(form) if form else None,
                         {"Content-Type": "application/x-www-form-urlencoded"} if form else {})
            return centre.Reply(line.getresponse())
        finally:
            line.close()

    def ask(self, program, path="/token", **form):
        return self.send(program, "POST", path, client_assertion_type=PROOF, **form)

    def registered(self):
        client = {"id": "laboratory", "name": "Laboratory", "scopes": "system/*.cruds", "actsAlone": True,
                  "introspects": True, "jwks": {"keys": [self.jwk]}}
        path = self.folder / "client.json"
        path.write_text(json.dumps(client))
        self.make()
        self.assertEqual(jisr.sh(jisr.JISR, "centre", "client", "--data", self.folder / "data", "--file", path),
                         "client=laboratory\n")
        return self.centre()

    def test_h76_a_program_gets_what_it_may_have_and_no_more(self):
        program = self.registered()
        told = self.send(program, "GET", "/fhir/.well-known/smart-configuration").json
        self.assertEqual(told["token_endpoint"], self.url(program) + "/token")
        self.assertEqual(told["grant_types_supported"], ["authorization_code", "refresh_token", "client_credentials"])
        proof = self.assertion(program)
        asked = {"grant_type": "client_credentials", "scope": "system/Patient.crus", "client_assertion": proof}
        answer = self.ask(program, **asked)
        self.assertEqual(answer.status, 200, answer.bytes)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        token = {"Authorization": "Bearer " + answer.json["access_token"]}
        self.assertEqual(self.fhir(program, "POST", "/Patient", {"resourceType": "Patient"}, **token).status, 201)
        self.assertEqual(self.fhir(program, "GET", "/Patient", **token).status, 200)
        self.assertEqual(self.fhir(program, "GET", "/Observation", **token).status, 403)
        self.assertEqual(self.fhir(program, "GET", "/Patient").status, 401)
        self.assertEqual(self.ask(program, **asked).json["error"], "invalid_client")  # the same proof again

        known = self.ask(program, "/introspect", token=answer.json["access_token"],
                         client_assertion=self.assertion(program)).json
        self.assertEqual((known["active"], known["client_id"]), (True, "laboratory"))
        self.assertEqual(self.ask(program, "/revoke", token=answer.json["access_token"],
                                  client_assertion=self.assertion(program)).status, 200)
        self.assertEqual(self.fhir(program, "GET", "/Patient", **token).status, 401)

    def test_h76_a_program_that_does_not_prove_itself_gets_nothing(self):
        program = self.registered()
        asked = {"grant_type": "client_credentials", "scope": "system/*.rs"}
        for form in ({"client_id": "laboratory"}, {"client_id": "stranger"}, {"client_assertion": "x.y.z"},
                     {"client_assertion": self.assertion(program, exp=int(time.time()) - 100)},
                     {"client_assertion": self.assertion(program, aud="https://elsewhere.example.org")},
                     {"client_assertion": self.assertion(program)[:-8] + "AAAAAAAA"}):
            answer = self.ask(program, **asked, **form)
            self.assertEqual((answer.status, answer.json["error"]), (401, "invalid_client"), form)
        answer = self.send(program, "POST", "/token")
        self.assertEqual((answer.status, answer.json["error"]), (400, "invalid_request"))

    def test_the_capability_statement_tells_of_the_endpoints_that_are_there(self):
        uris = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
        program = self.centre("--origin", "https://app.example.org")
        security = self.fhir(program, "GET", "/metadata").json["rest"][0]["security"]
        self.assertEqual((security["cors"], security["service"][0]["coding"][0]["code"]), (True, "SMART-on-FHIR"))
        (extension,) = [one for one in security["extension"] if one["url"] == uris]
        found = {one["url"]: one["valueUri"] for one in extension["extension"]}
        smart = self.send(program, "GET", "/fhir/.well-known/smart-configuration").json
        names = {"authorize": "authorization_endpoint", "token": "token_endpoint",
                 "introspect": "introspection_endpoint", "revoke": "revocation_endpoint"}
        self.assertEqual(found, {name: smart[there] for name, there in names.items() if there in smart})
        for url in found.values():
            self.assertNotEqual(self.send(program, "POST", url[len(self.url(program)):], a="b").status, 404, url)
        self.assertEqual(program.stop(), 0)
        security = self.fhir(self.centre("--open"), "GET", "/metadata").json["rest"][0]["security"]
        self.assertEqual(set(security), {"cors", "description"})
        self.assertIs(security["cors"], False)

    def test_what_is_no_client_is_not_registered(self):
        path = self.folder / "client.json"
        path.write_text('{"id": "x", "redirects": ["http://far.example.org"]}')
        self.make()
        done = subprocess.run([jisr.JISR, "centre", "client", "--data", self.folder / "data", "--file", path],
                              capture_output=True, text=True, timeout=SLOW, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("this is no client", done.stderr)


jisr.main()
