#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`jisr centre` behind nginx, by the configuration that we hand out: HTTP/2, WebSockets, whose a request is, limits.

usage: centre_nginx_test.py JISR"""
import json
import re
import shutil
import socket
import subprocess

import jisr
from centre import CentreCase
from waiting import until
from websocket import WebSocket

EXAMPLE = jisr.ROOT / "packaging" / "nginx" / "jisr-centre.conf"
AROUND = """daemon off; pid {dir}/nginx.pid; error_log {dir}/error.log; worker_processes 1;
events {{}}
http {{ access_log off; client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy;
fastcgi_temp_path {dir}/fastcgi; uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
{example}
}}
"""


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Behind(CentreCase):
    def setUp(self):
        if not shutil.which("nginx") or not shutil.which("curl"):
            self.skipTest("nginx or curl are not here")
        super().setUp()
        self.folder.chmod(0o755)
        self.certificate, key = self.folder / "certificate.pem", self.folder / "key.pem"
        jisr.sh("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2",
                "-out", self.certificate, "-keyout", key)
        self.port = free_port()
        self.url = f"https://localhost:{self.port}"
        self.program = self.centre("--url", self.url + "/fhir", "--proxy", "127.0.0.1")
        example = EXAMPLE.read_text()
        for pattern, words in ((r"127\.0\.0\.1:8080", "127.0.0.1:%d" % self.program.address[1]),
                               (r"listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
                               (r"\n *listen \[::\]:443[^\n]*", ""), (r"record\.example\.org", "localhost"),
                               (r"/etc/ssl/record\.pem", str(self.certificate)),
                               (r"/etc/ssl/private/record\.key", str(key))):
            self.assertRegex(example, pattern)
            example = re.sub(pattern, words, example)
        (self.folder / "nginx.conf").write_text(AROUND.format(dir=self.folder, example=example))
        nginx = subprocess.Popen(["nginx", "-p", self.folder, "-c", self.folder / "nginx.conf"],
                                 stderr=subprocess.DEVNULL)
        self.addCleanup(nginx.wait)
        self.addCleanup(nginx.terminate)
        self.assertTrue(until(lambda: self.curl("/health")[0] == "200"), self.errors())

    def errors(self):
        file = self.folder / "error.log"
        return file.read_text() if file.exists() else ""

    def curl(self, path, *options):
        """Status, version of HTTP, body."""
        done = subprocess.run(["curl", "-sk", "--http2", "-w", "\n%{http_code} %{http_version}", *map(str, options),
                               self.url + path], capture_output=True, text=True, check=False)
        body, _, last = done.stdout.rpartition("\n")
        status, version = last.split()
        return status, version, body

    def test_http_2_reaches_the_record_and_the_audit_knows_who_asked(self):
        every = ("-H", "Authorization: Bearer " + self.token())
        status, version, body = self.curl("/fhir/metadata")
        self.assertEqual((status, version), ("200", "2"))
        self.assertEqual(json.loads(body)["rest"][0]["extension"][0]["valueUri"],
                         f"wss://localhost:{self.port}/websocket")
        patient = self.folder / "patient.json"
        patient.write_text(json.dumps({"resourceType": "Patient", "name": [{"family": "x" * 100000}]}))
        posted = ("-H", "Content-Type: application/fhir+json", "--data-binary", f"@{patient}")
        status, _, body = self.curl("/fhir/Patient", *every, *posted)
        self.assertEqual(status, "201", body)
        status, _, body = self.curl("/fhir/Patient", *every, "-H", "Transfer-Encoding: chunked", *posted, "--http1.1")
        self.assertEqual(status, "201", body)
        for spoof in ("X-Forwarded-For: 203.0.113.5", "Forwarded: for=203.0.113.5"):
            status, _, body = self.curl("/fhir/Patient", *every, "-H", spoof)
            self.assertEqual((status, json.loads(body)["total"]), ("200", 2), spoof)
        audit = jisr.sh(jisr.JISR, "centre", "audit", "--data", self.folder / "data") \
            if self.program.stop() == 0 else ""
        self.assertIn("127.0.0.1", audit)
        self.assertNotIn("203.0.113.5", audit)

    def test_a_websocket_goes_through(self):
        address = "127.0.0.1", self.port
        for origin, status in ((self.url, 101), ("https://evil.example", 403)):
            sock = WebSocket(address, cafile=self.certificate, headers=["Origin: " + origin])
            self.addCleanup(sock.close)
            self.assertEqual(sock.status, status, sock.head)
            if status == 101:
                sock.say("hello")
                self.assertTrue(sock.hear().startswith("error"))

    def test_h140_what_hides_a_second_request_ends_before_us(self):
        import ssl
        context = ssl.create_default_context(cafile=self.certificate)
        hidden = b"GET /fhir/Patient HTTP/1.1\r\nHost: x\r\n\r\n"
        for lines in (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"Content-Length: 0\r\nContent-Length: 9\r\n",
                      b"Transfer-Encoding: xchunked\r\n", b"Host: a\r\n"):
            with socket.create_connection(("127.0.0.1", self.port)) as sock, \
                    context.wrap_socket(sock, server_hostname="localhost") as sealed:
                sealed.sendall(b"POST /health HTTP/1.1\r\nHost: localhost\r\n" + lines + b"\r\n0\r\n\r\n" + hidden)
                raw = b""
                while True:
                    more = sealed.recv(65536)
                    if not more:
                        break
                    raw += more
                self.assertRegex(raw, rb"^HTTP/1.1 (400|501)", lines)
                self.assertEqual(raw.count(b"HTTP/1.1 "), 1, lines)


if __name__ == "__main__":
    jisr.main()
