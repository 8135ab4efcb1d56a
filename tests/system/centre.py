# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of `jisr centre` share: a running one in a folder of its own."""
import http.client
import json
import pathlib
import re
import shutil
import tempfile
import unittest

import jisr
from waiting import SLOW, until


class Reply:
    def __init__(self, answer):
        self.status, self.headers = answer.status, answer.headers
        self.bytes = answer.read()

    @property
    def json(self):
        return json.loads(self.bytes)


def transaction(tag):
    """A patient and two observations that name it, found by identifier=urn:crash|TAG."""
    patient = "urn:uuid:5f5c5a90-8f2f-4c4e-a3a3-000000000001"
    identifier = [{"system": "urn:crash", "value": tag}]
    observation = {"resourceType": "Observation", "status": "final", "code": {"text": "c"}, "identifier": identifier,
                   "subject": {"reference": patient}}
    return {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": patient, "resource": {"resourceType": "Patient", "identifier": identifier},
         "request": {"method": "POST", "url": "Patient"}},
        *({"resource": observation, "request": {"method": "POST", "url": "Observation"}} for _ in range(2))]}


class CentreCase(unittest.TestCase):
    longMessage = True

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="jisr-centre-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    @property
    def where(self):
        """Where the record is, as options say it."""
        return "--data", self.folder / "data"

    def make(self):
        """The record, empty, where none is yet: of the verbs few make one."""
        kind, place = self.where
        if kind == "--data" and not (place / "keys").exists():
            nothing = self.folder / "nothing.ndjson"
            nothing.touch()
            jisr.sh(jisr.JISR, "centre", "load", *self.where, nothing)

    def token(self, *options):
        self.make()
        return jisr.sh(jisr.JISR, "centre", "token", *self.where, *options).strip()

    def bearer(self, *options):
        return {"Authorization": "Bearer " + self.token(*options)}

    def person(self, role, user="Practitioner/dr"):
        return self.bearer("--scope", "user/*.cruds", "--role", role, "--user", user)

    def centre(self, *options, listen="127.0.0.1:0", before=()):
        program = jisr.Program("centre", *self.where, "--listen", listen, *options, before=before, status=False)
        self.addCleanup(lambda: program.is_running() and program.kill())
        line = until(lambda: next((line for line in program.said if line.startswith("centre url=")), None)
                     or not program.is_running())
        self.assertIsInstance(line, str, program.log)
        scheme, host, port = re.fullmatch(r"centre url=(https?)://(.*):(\d+)/fhir", line).groups()
        program.scheme, program.address = scheme, (host, int(port))
        return program

    def fhir(self, program, method, path, body=None, **headers):
        """One request, below /fhir; a body is JSON unless it is bytes."""
        line = http.client.HTTPConnection(*program.address, timeout=SLOW)
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            sent.setdefault("Content-Type", "application/fhir+json")
        try:
            line.request(method, "/fhir" + path, body, sent)
            return Reply(line.getresponse())
        finally:
            line.close()

    # Of the one centre of a test: self.program, and self.owner, who may do everything.

    def ask(self, who, method, path, body=None, status=200):
        answer = self.fhir(self.program, method, path, body, **who)
        self.assertEqual(answer.status, status, (path, answer.bytes))
        return json.loads(answer.bytes) if answer.bytes else None

    def put(self, resource, who=None, status=201):
        path = f"/{resource['resourceType']}/{resource['id']}"
        return self.ask(who or self.owner, "PUT", path, resource, status)

    def events(self, who, query):
        found = self.ask(who, "GET", "/AuditEvent" + query)
        return [entry["resource"] for entry in found.get("entry", ())]
