#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other people's clients against the record: fhir-kit-client, the SMART team's fhirclient, openid-client.

usage: centre_clients_test.py JISR [WORD]"""
import json
import pathlib
import shutil
import subprocess

import centre
import door
import jisr

HERE = pathlib.Path(__file__).resolve().parent
CLIENTS = HERE.parent.parent / "packaging" / "npm-clients" / "node_modules"


class Clients(centre.CentreCase):
    def setUp(self):
        if not shutil.which("node") or not CLIENTS.is_dir():
            self.skipTest("node or packaging/npm-clients are not here: make deps")
        super().setUp()

    def let_loose(self, name, *words, program=None):
        program = program or self.centre()
        url = "http://%s:%d/fhir" % program.address
        done = subprocess.run(["node", HERE / "centre_clients.cjs", name, url, self.token(), *map(str, words)],
                              capture_output=True, text=True, timeout=jisr.SLOW, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_fhir_kit_client(self):
        self.assertEqual(self.let_loose("fhir-kit-client"), {"interactions": 14})

    def test_the_smart_teams_fhirclient(self):
        self.assertGreaterEqual(self.let_loose("fhirclient")["patients"], 1)

    def test_openid_client_gets_a_token_for_a_program(self):
        make = ("const {generateKeyPairSync}=require('crypto');"
                "const {publicKey,privateKey}=generateKeyPairSync('ec',{namedCurve:'P-384'});"
                "const more={kid:'k1',alg:'ES384',use:'sig'};"
                "console.log(JSON.stringify([{...publicKey.export({format:'jwk'}),...more},"
                "{...privateKey.export({format:'jwk'}),...more}]))")
        public, private = json.loads(jisr.sh("node", "-e", make))
        registered, kept = self.folder / "client.json", self.folder / "keys.json"
        registered.write_text(json.dumps({"id": "night-copy", "name": "Night copy", "scopes": "system/*.rs",
                                          "jwks": {"keys": [public]}, "actsAlone": True, "introspects": True}))
        kept.write_text(json.dumps({"id": "night-copy", "jwks": {"keys": [private]}}))
        self.make()
        jisr.sh(jisr.JISR, "centre", "client", "--data", self.folder / "data", "--file", registered)
        self.assertEqual(self.let_loose("openid-client", kept)["scope"], "system/Patient.rs")

    def for_a_person(self):
        """An app is registered, and a physician signs in for it: the file that tells of both."""
        redirect = "http://127.0.0.1:9/back"
        door.register(self, "app", "App", [redirect], "openid fhirUser launch/patient patient/*.rs offline_access "
                      "online_access")
        program = self.centre()
        _, codes = door.first_person(self, program)
        kept = self.folder / "person.json"
        kept.write_text(json.dumps({"redirect": redirect, "name": "amina", "password": door.PASSWORD,
                                    "code": codes["paper"][0]}))
        return program, kept

    def test_openid_client_signs_a_person_in(self):
        program, kept = self.for_a_person()
        seen = self.let_loose("openid-client-person", kept, program=program)
        self.assertEqual(seen["patient"], "amal")
        self.assertEqual(seen["scope"],
                         ["fhirUser", "launch/patient", "offline_access", "openid", "patient/Patient.rs"])


jisr.main()
