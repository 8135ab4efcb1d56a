#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`jisr centre` as a stranger finds it: raw sockets with what is malformed, ambiguous, too large, too slow
or too many, TLS, pages of other origins, and how it stops. usage: centre_http_test.py JISR"""
import gzip
import json
import os
import re
import resource
import signal
import socket
import ssl
import time
import warnings

import jisr
from centre import CentreCase
from waiting import SLOW, until
from websocket import WebSocket

HOST = b"Host: centre.example\r\n"
IDLE = 10000
MEMORY = int(os.environ.get("JISR_MEMORY", 1))  # how much more the program takes: sanitizers' shadow


class Answer:
    def __init__(self, raw):
        self.raw = raw
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1]) if lines[0].startswith("HTTP/1.1 ") else None
        parts = (line.partition(": ") for line in lines[1:])
        self.headers = {name.lower(): value for name, _, value in parts}

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def why(self):
        return self.json["issue"][0]["details"]["text"]


class Case(CentreCase):
    def connect(self, program):
        sock = socket.create_connection(program.address, timeout=SLOW)
        self.addCleanup(sock.close)
        return sock

    def certificate(self):
        names = self.folder / "certificate.pem", self.folder / "key.pem"
        jisr.sh("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2",
                "-out", names[0], "-keyout", names[1])
        return names

    def hear(self, sock):
        """All until the other end closes."""
        raw = b""
        while True:
            got = sock.recv(65536)
            if not got:
                return raw
            raw += got

    def ask(self, program, words):
        """The answer to these bytes, and that the connection is closed behind it."""
        sock = self.connect(program)
        sock.sendall(words)
        return Answer(self.hear(sock))

    def get(self, program, path="/health", lines=b"", method=b"GET"):
        return self.ask(program, method + b" " + path.encode() + b" HTTP/1.1\r\n" + HOST + lines +
                        b"Connection: close\r\n\r\n")


class Strictness(Case):
    def test_h100_what_can_be_read_in_two_ways_is_refused(self):
        program = self.centre("--threads", 1)
        smuggled = b"GET /health HTTP/1.1\r\nHost: b\r\n\r\n"
        for lines in (b"Content-Length: 3\r\nContent-Length: 4\r\n", b"Content-Length: 3, 4\r\n",
                      b"Content-Length: +3\r\n", b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                      b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
                      b"Transfer-Encoding:\r\n chunked\r\n", b"Transfer-Encoding : chunked\r\n",
                      b"Content-Length : 3\r\n", b"Content-Length: 3\0\r\n",
                      b" Content-Length: 3\r\n", b"X: a\rContent-Length: 3\r\n",
                      b"X: a\nContent-Length: 3\r\n", b"X: a\0b\r\n", b"Host: other.example\r\n",
                      b"X(y): z\r\n", b"no colon\r\n"):
            answer = self.ask(program, b"POST /health HTTP/1.1\r\n" + HOST + lines + b"\r\n" + smuggled)
            self.assertEqual(answer.status, 400, lines)
            self.assertNotIn(b"pass", answer.raw, lines)
            self.assertEqual(answer.headers["connection"].lower(), "close", lines)
            self.assertTrue(answer.why and answer.raw.count(b"HTTP/1.1 ") == 1, lines)
        for chunks in (b"0x3\r\nabc\r\n0\r\n\r\n", b"3\r\nabcd\r\n0\r\n\r\n",
                       b"3 \r\nabc\r\n0\r\n\r\n", b"-3\r\nabc\r\n", b"fffffffffffffffff\r\n", b"\r\n"):
            answer = self.ask(program, b"POST /health HTTP/1.1\r\n" + HOST +
                              b"Transfer-Encoding: chunked\r\n\r\n" + chunks + smuggled)
            self.assertIn(answer.status, (400, 413), chunks)
            self.assertTrue(answer.why and answer.raw.count(b"HTTP/1.1 ") == 1, chunks)
            self.assertNotIn(b"pass", answer.raw, chunks)
        self.assertEqual(self.get(program).status, 200)

    def test_h140_what_hides_a_second_request_has_its_status_and_the_second_is_never_answered(self):
        program = self.centre("--threads", 1)
        second = b"GET /health HTTP/1.1\r\nHost: b\r\n\r\n"
        chunked, length = b"Transfer-Encoding: chunked\r\n", b"Content-Length: %d\r\n"
        corpus = {  # head behind the request line, body, status
            "CL.TE": (HOST + length % len(b"0\r\n\r\n" + second) + chunked, b"0\r\n\r\n", 400),
            "TE.CL": (HOST + chunked + length % 4, b"5c\r\n", 400),
            "CL.CL": (HOST + length % 0 + length % 37, b"", 400),
            "CL.0 in one header": (HOST + b"Content-Length: 0, 37\r\n", b"", 400),
            "TE.TE": (HOST + chunked + b"Transfer-Encoding: x\r\n", b"0\r\n\r\n", 400),
            "TE with another coding": (HOST + b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n", 501),
            "TE with two codings": (HOST + b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n", 501),
            "TE in quotes": (HOST + b'Transfer-Encoding: "chunked"\r\n', b"0\r\n\r\n", 501),
            "TE behind a control": (HOST + b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n", 400),
            "TE before a blank": (HOST + b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n", 400),
            "TE before a tab": (HOST + b"Transfer-Encoding\t: chunked\r\n", b"0\r\n\r\n", 400),
            "TE with an underscore": (HOST + b"Transfer_Encoding: chunked\r\n" + length % 5, b"0\r\n\r\n", 405),
            "TE in HTTP/1.0": (HOST + chunked, b"0\r\n\r\n", 400),
            "obs-fold of a value": (HOST + b"X: a\r\n Content-Length: 37\r\n", b"", 400),
            "obs-fold of TE": (HOST + b"Transfer-Encoding:\r\n\tchunked\r\n", b"0\r\n\r\n", 400),
            "obs-fold of the first line": (b" Host: a\r\n" + HOST, b"", 400),
            "two Content-Types": (HOST + b"Content-Type: a/b\r\nContent-Type: c/d\r\n" + length % 0, b"", 400),
            "two Hosts": (HOST + b"Host: other\r\n", b"", 400),
            "two Hosts alike": (HOST + HOST, b"", 400),
            "no Host": (b"", b"", 400),
            "Host of several": (b"Host: a, b\r\n", b"", 400),
            "Host with a path": (b"Host: a/b\r\n", b"", 400),
            "Host with a user": (b"Host: u@a\r\n", b"", 400),
            "Host that the target is not": (HOST, b"", 400),
            "Host in capitals that the target is": (b"Host: OTHER\r\n" + length % 0, b"", 405),
            "bare CR": (HOST + b"X: a\rTransfer-Encoding: chunked\r\n", b"", 400),
            "bare LF": (HOST + b"X: a\n" + chunked, b"0\r\n\r\n", 400),
            "bare LF behind a chunk's size": (HOST + chunked, b"3\nabc\r\n0\r\n\r\n", 400),
            # read as they mean it, and nothing behind them is
            "bare LF behind a chunk": (HOST + chunked, b"3\r\nabc\n0\r\n\r\n", 405),
            "bare LF at the end": (HOST + chunked, b"3\r\nabc\r\n0\n\n", 405),
            "a length among the trailers": (HOST + chunked, b"0\r\nContent-Length: 5\r\n\r\n", 405),
            "a chunk's extension": (HOST + chunked, b"3;a=\"b\"\r\nabc\r\n0\r\n\r\n", 405),
            "NUL in a name": (HOST + b"Content-Length\0: 37\r\n", b"", 400),
        }
        for name, (head, body, status) in corpus.items():
            target = b"http://other/health" if "target" in name else b"/health"
            version = b"HTTP/1.0" if "1.0" in name else b"HTTP/1.1"
            asked = b"POST " + target + b" " + version + b"\r\n" + head
            if status == 405 and chunked not in head:
                asked += b"Connection: close\r\n"
            answer = self.ask(program, asked + b"\r\n" + body + second)
            self.assertEqual(answer.status, status, (name, answer.raw))
            self.assertNotIn(b"pass", answer.raw, name)
            self.assertEqual(answer.headers["connection"].lower(), "close", name)
        self.assertEqual(self.get(program).status, 200)

    def test_chunks_are_taken_however_they_are_cut(self):
        program = self.centre("--open", "--threads", 1, "--url", "http://centre.example/fhir")
        patient = json.dumps({"resourceType": "Patient", "name": [{"family": "a" * 3000}]}).encode()
        pieces, at = [], 0
        for step in (1, 2, 7, 100, 1000, 5000):
            pieces.append(patient[at:at + step])
            at += step
        body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces if piece) + b"0\r\n\r\n"
        head = (b"POST /fhir/Patient HTTP/1.1\r\n" + HOST + b"Content-Type: application/fhir+json\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n")
        for cut in (1, 2, 3, 5, 64, 1400):
            sock = self.connect(program)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            words = head + body
            for start in range(0, len(words), cut):
                sock.sendall(words[start:start + cut])
            answer = Answer(self.hear(sock))
            self.assertEqual(answer.status, 201, answer.raw)
            self.assertEqual(json.loads(answer.body)["name"][0]["family"], "a" * 3000)

    def test_h165_an_open_record_answers_no_other_name_than_its_own(self):
        program = self.centre("--open", "--url", "http://centre.example/fhir")
        body = b'{"resourceType": "Patient"}'
        port = program.address[1]
        for host, status in (("evil.example", 421), (f"evil.example:{port}", 421), (f"localhost:{port + 1}", 421),
                             (f"localhost:{port}", 201), (f"127.0.0.1:{port}", 201), (f"[::1]:{port}", 201),
                             ("centre.example", 201)):
            lines = f"Host: {host}\r\nOrigin: http://{host}\r\n".encode()
            answer = self.ask(program, b"POST /fhir/Patient HTTP/1.1\r\n" + lines +
                              b"Content-Type: application/fhir+json\r\nConnection: close\r\n"
                              b"Content-Length: %d\r\n\r\n" % len(body) + body)
            self.assertEqual(answer.status, status, answer.raw)
            if status == 421:
                self.assertEqual(answer.json["resourceType"], "OperationOutcome")
            answer = self.ask(program, b"GET /fhir/Patient?_summary=count HTTP/1.1\r\n" + lines +
                              b"Connection: close\r\n\r\n")
            self.assertEqual(answer.status, 200 if status == 201 else 421, answer.raw)
            socket = WebSocket(program.address, host=host)
            self.assertEqual(socket.status, 101 if status == 201 else 421, socket.head)
            socket.sock.close()

    def test_h170_an_open_record_is_changed_by_no_page_of_elsewhere(self):
        """As forms and simple requests of a page are sent, which ask no leave of ours beforehand."""
        program = self.centre("--open", "--origin", "https://app.example")
        own = b"http://localhost:%d" % program.address[1]
        simple = (("/fhir/Binary", b"text/plain", b"words"), ("/fhir/Patient/_search", b"multipart/form-data", b"x"),
                  ("/fhir/Patient/_search", b"application/x-www-form-urlencoded", b"name=x"))
        for origin, is_meant in ((own, True), (b"https://app.example", True), (b"https://evil.example", False),
                                 (b"null", False), (own + b"1", False)):
            for path, kind, body in simple:
                answer = self.ask(program, b"POST " + path.encode() + b" HTTP/1.1\r\nConnection: close\r\nHost: " +
                                  own[7:] + b"\r\nOrigin: " + origin + b"\r\nContent-Type: " + kind +
                                  b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                self.assertEqual(answer.status == 403, not is_meant, answer.raw)
                if not is_meant:
                    self.assertIn("--origin", answer.why)
        kept = self.fhir(program, "GET", "/Binary?_summary=count").json["total"]
        self.assertEqual(kept, 2)

    def test_h141_any_number_of_parameters_is_answered_at_once(self):
        program = self.centre("--open", "--threads", 1, "--url", "http://centre.example/fhir")
        for count, separator, status in ((200, b"&", 200), (256, b"&", 200), (257, b"&", 400), (2000, b"&", 400)):
            query = separator.join(b"_=1" for _ in range(count))
            answer = self.get(program, "/fhir/Patient?" + query.decode())
            self.assertEqual(answer.status, status, answer.raw)
            if status == 400:
                self.assertIn("parameters", answer.raw.decode())
        self.assertEqual(self.get(program, "/fhir/Patient?_id=a&_id=b").json["total"], 0)

    def test_what_it_does_not_know_is_told_so(self):
        program = self.centre("--threads", 1)
        for words, status in ((b"GET /a b HTTP/1.1\r\n" + HOST, 400),
                              (b"BREW /health HTTP/1.1\r\n" + HOST, 501),
                              (b"GET /health HTTP/2.0\r\n" + HOST, 505), (b"GET /health\r\n", 400),
                              (b"\x16\x03\x01\x02\x00\x01\r\n", None), (b"GET /health HTTP/1.1\r\n", 400),
                              (b"POST /health HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n" + HOST, 501),
                              (b"POST /health HTTP/1.1\r\nContent-Encoding: br\r\n" + HOST, 415),
                              (b"GET /health HTTP/1.1\r\nExpect: miracles\r\n" + HOST, 417)):
            answer = self.ask(program, words + b"\r\n")
            self.assertEqual(answer.status, status, words)
            if status:
                self.assertTrue(answer.why and answer.raw.count(b"HTTP/1.1 ") == 1, words)
        self.assertEqual(self.get(program, "/nothing").status, 404)
        answer = self.get(program, method=b"DELETE")
        self.assertEqual((answer.status, answer.headers["allow"]), (405, "GET, HEAD"))
        self.assertEqual(answer.why, "there is no such method here")

    def test_h171_what_is_refused_by_itself_is_told_to_whom_it_is_about(self):
        """The library's own refusals, beside others' connections on the same thread."""
        certificate, key = self.certificate()
        for tls in (False, True):
            program = self.centre("--threads", 1, *(("--certificate", certificate, "--key", key) if tls else ()))
            context = ssl.create_default_context(cafile=certificate)

            def connect():
                sock = self.connect(program)
                return context.wrap_socket(sock, server_hostname="localhost") if tls else sock

            def ask(words):
                sock = connect()
                sock.sendall(words)
                return self.hear(sock)
            asked = connect()
            asked.sendall(b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n")
            self.assertTrue(until(lambda: b"pass" in asked.recv(65536)))
            time.sleep(0.1)
            french = b"Accept-Language: fr\r\n" + HOST  # what it has read of the line before is not told yet
            for words, status, why in ((b"GET /health HTTP/9.9\r\n\r\n", 505, "HTTP/1.1"),
                                       (b"GET /health FOO\r\n\r\n", 400, "request line"),
                                       (b"GET /" + b"a" * 30000, 414, "too large"),
                                       (b"GET /health HTTP/1.1\r\n" + french + b"no colon\r\n\r\n", 400, "colon"),
                                       (b"GET /health HTTP/1.1\r\n" + french + b"X: " + b"a" * 30000, 431, "trop longs")):
                answer = Answer(ask(words))
                self.assertEqual(answer.status, status, answer.raw)
                self.assertIn(why, answer.why)
            # with one that has begun it can be either, and neither is told what is the other's
            begun = connect()
            begun.sendall(b"GET /health HTTP/1.1\r\n" + HOST)
            time.sleep(0.1)
            for words in (b"GET /health FOO\r\n\r\n", b"GET /health HTTP/1.1\r\nno colon\r\n\r\n"):
                self.assertTrue(ask(words).startswith(b"HTTP/1.1 400 "))
            for sock in (begun, asked):
                sock.sendall((HOST if sock is asked else b"").replace(b"Host", b"GET /health HTTP/1.1\r\nHost") +
                             b"Connection: close\r\n\r\n")
                self.assertEqual(Answer(self.hear(sock)).status, 200)
            self.assertEqual(program.stop(), 0)

    def test_sizes_are_limited_each_with_its_status(self):
        program = self.centre("--threads", 1, "--body", 1)
        self.assertEqual(self.get(program, "/" + "a" * 9000).status, 414)
        self.assertEqual(self.ask(program, b"GET /" + b"a" * 30000).status, 414)
        self.assertEqual(self.get(program, lines=b"X: " + b"a" * 9000 + b"\r\n").status, 431)
        self.assertEqual(self.get(program, lines=b"X: " + b"a" * 17000 + b"\r\n").status, 431)
        self.assertEqual(self.get(program, lines=b"X: a\r\n" * 101).status, 431)
        post = b"POST /health HTTP/1.1\r\n" + HOST
        self.assertEqual(self.ask(program, post + b"Content-Length: 1048577\r\n\r\n").status, 413)
        huge = post + b"Content-Length: 99999999999999999999\r\n\r\n"
        self.assertEqual(self.ask(program, huge).status, 413)
        chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
        huge = post + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 17 + b"0\r\n\r\n"
        self.assertEqual(self.ask(program, huge).status, 413)
        trailing = self.ask(program, post + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: " + b"a" * 30000)
        self.assertEqual((trailing.status, trailing.why[:13]), (431, "the request's"))
        # nothing is sent beforehand where the client asks whether it may
        answer = self.ask(program, post + b"Expect: 100-continue\r\nContent-Length: 1048577\r\n\r\n")
        self.assertEqual((answer.status, answer.raw.count(b"HTTP/1.1 ")), (413, 1))

    def test_who_asks_whether_to_go_on_is_told_to(self):
        program = self.centre("--threads", 1)
        sock = self.connect(program)
        sock.sendall(b"POST /health HTTP/1.1\r\n" + HOST +
                     b"Expect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n")
        self.assertEqual(sock.recv(100), b"HTTP/1.1 100 Continue\r\n\r\n")
        sock.sendall(b"abc")
        self.assertEqual(Answer(self.hear(sock)).status, 405)

    def test_h102_a_small_body_that_unpacks_to_a_huge_one_is_refused(self):
        program = self.centre("--threads", 1, "--body", 64)
        post = (b"POST /health HTTP/1.1\r\n" + HOST + b"Connection: close\r\nContent-Encoding: gzip\r\n"
                b"Content-Length: %d\r\n\r\n")
        before = program.memory_kb()
        for mib, status in ((1, 405), (16, 413), (200, 413)):
            bomb = gzip.compress(bytes(mib << 20))
            self.assertEqual(self.ask(program, post % len(bomb) + bomb).status, status, mib)
        self.assertLess(program.memory_kb() - before, (100 << 10) * MEMORY)
        self.assertEqual(self.ask(program, post % 5 + b"hello").status, 400)


class Patience(Case):
    def test_h103_who_trickles_is_cut_off_and_told(self):
        program = self.centre("--threads", 1, "--head-time", "300ms", "--body-time", "300ms",
                              "--idle-time", "400ms")
        slow_head, slow_body, slow_next, slow_line, idle = (self.connect(program) for _ in range(5))
        slow_next.sendall(b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n")
        self.assertTrue(slow_next.recv(1000).startswith(b"HTTP/1.1 200"))
        time.sleep(0.1)  # longer than the system's ticks
        slow_next.sendall(b"GET /health HTTP/1.1\r\nX: ")
        slow_head.sendall(b"GET /health HTTP/1.1\r\nAccept-Language: ar\r\n" + HOST + b"X: ")
        slow_body.sendall(b"POST /health HTTP/1.1\r\n" + HOST +
                          b"Accept-Language: fr-MA, en;q=0.5\r\nContent-Length: 1000\r\n\r\nsome")
        slow_line.sendall(b"GET /hea")
        slow_head.settimeout(0.05)

        def trickle():
            try:
                slow_head.sendall(b"a")
                return slow_head.recv(1000)
            except socket.timeout:
                return None
        for raw, language, word in ((until(trickle), "ar", "الطلب"), (self.hear(slow_body), "fr", "trop de temps"),
                                    (self.hear(slow_next), None, "too long"), (self.hear(slow_line), None, "too long")):
            answer = Answer(raw)
            self.assertEqual((answer.status, answer.json.get("language")), (408, language), raw)
            self.assertIn(word, answer.why)
            self.assertEqual((answer.json["issue"][0]["code"], answer.headers["connection"]), ("timeout", "close"))
        self.assertEqual(self.hear(idle), b"")
        self.assertEqual(self.get(program).status, 200)

    def test_half_closed_and_pipelined_requests_are_answered(self):
        program = self.centre("--threads", 1, "--head-time", "300ms")
        sock = self.connect(program)
        sock.sendall(b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n" +
                     b"HEAD /health HTTP/1.1\r\n" + HOST + b"\r\n" +
                     b"GET /nothing HTTP/1.1\r\n" + HOST + b"\r\n")
        sock.shutdown(socket.SHUT_WR)
        raw = self.hear(sock)
        self.assertEqual(re.findall(rb"HTTP/1.1 (\d+)", raw), [b"200", b"200", b"404"])
        self.assertEqual(raw.count(b'{"status":"pass"}'), 1)

    def test_what_ends_before_it_is_whole_is_told_so(self):
        program = self.centre("--threads", 1)
        begun = self.connect(program)  # somebody else's, on the same thread, which nobody is to mistake for it
        begun.sendall(b"GET /health HTTP/1.1\r\n" + HOST)
        head = b"/health HTTP/1.1\r\nAccept-Language: fr\r\n" + HOST
        for words in (b"GET " + head[:18], b"GET " + head + b"X: a", b"POST " + head + b"Content-Length: 9\r\n\r\nsome",
                      b"POST " + head + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"):
            for pause in (0, 0.05):  # the end comes with the bytes, and by itself
                sock = self.connect(program)
                sock.sendall(words)
                time.sleep(pause)
                sock.shutdown(socket.SHUT_WR)
                answer = Answer(self.hear(sock))
                self.assertEqual(answer.status, 400, words)
                self.assertIn("fin avant" if b"fr" in words else "ended before", answer.why)
        begun.sendall(b"Connection: close\r\n\r\n")
        self.assertEqual(Answer(self.hear(begun)).status, 200)

    def test_h103_who_trickles_under_tls_is_told_too(self):
        certificate, key = self.certificate()
        program = self.centre("--threads", 1, "--certificate", certificate, "--key", key, "--body-time", "300ms",
                              "--head-time", "300ms")
        context = ssl.create_default_context(cafile=certificate)
        for words in (b"GET /health HTTP/1.1\r\nX: ",
                      b"POST /health HTTP/1.1\r\n" + HOST + b"Content-Length: 9\r\n\r\nsome"):
            with context.wrap_socket(self.connect(program), server_hostname="localhost") as sock:
                sock.sendall(words)
                answer = Answer(self.hear(sock))
                self.assertEqual(answer.status, 408)
                self.assertIn("too long", answer.why)

    def test_h103_ten_thousand_idle_connections_cost_little_and_harm_nobody(self):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        count = min(IDLE, most - 500)
        program = self.centre()
        before = program.memory_kb()
        socks = []
        self.addCleanup(lambda: [sock.close() for sock in socks])
        for i in range(count):  # half of them have asked once, a quarter has begun to
            sock = socket.create_connection(program.address, timeout=SLOW)
            socks.append(sock)
            if i % 2:
                sock.sendall(b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n")
            elif i % 4:
                sock.sendall(b"GET /health HTTP/1.1\r\n")
        for sock in socks[1::2]:
            self.assertTrue(sock.recv(12).startswith(b"HTTP/1.1 200"))
        self.assertEqual(self.get(program).status, 200)
        self.assertLess(program.memory_kb() - before, 24 * count * MEMORY)  # 24 kB each, all of it touched

    def test_h103_more_connections_than_it_has_take_the_place_of_idle_ones(self):
        program = self.centre("--connections", 20, "--threads", 1)
        socks = [self.connect(program) for _ in range(40)]
        for sock in socks[-10:]:
            sock.sendall(b"GET /health HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
            self.assertEqual(Answer(self.hear(sock)).status, 200)
        self.assertEqual(self.hear(socks[0]), b"")


class Proxies(Case):
    def test_h144_only_named_proxies_say_whose_a_request_is(self):
        program = self.centre("--threads", 1, "--rate", 1, "--proxy", "127.0.0.0/8")
        other = b"X-Forwarded-For: 203.0.113.5, 198.51.100.7\r\n"
        answers = [self.get(program, lines=b"X-Forwarded-For: 203.0.113.5\r\n").status for _ in range(8)]
        self.assertEqual((answers[:4], answers[-1]), ([200] * 4, 429))
        self.assertEqual(self.get(program, lines=other).status, 200)  # what stands to the left is anybody's word
        self.assertEqual(self.get(program, lines=b"Forwarded: for=203.0.113.5\r\n").status, 429)
        self.assertEqual(self.get(program, lines=b"Forwarded: for=a\r\n" + other).status, 400)
        self.assertEqual([self.get(program).status for _ in range(8)], [200] * 8)  # the proxy's own
        self.get(program, "/fhir/Patient/1", other)
        self.assertEqual(program.stop(), 0)
        audit = jisr.sh(jisr.JISR, "centre", "audit", "--data", self.folder / "data")
        self.assertIn("198.51.100.7", audit)
        self.assertNotIn("203.0.113.5", audit)
        program = self.centre("--threads", 1, "--rate", 1)
        self.assertEqual([self.get(program, lines=other).status for _ in range(8)], [200] * 8)
        for wrong in ("proxy.example", "10.0.0.0/33"):
            done = jisr.run(jisr.JISR, "centre", "--data", self.folder / "d", "--proxy", wrong)
            self.assertEqual(done.returncode, 2, wrong)


class Answers(Case):
    def test_every_answer_guards_what_it_holds(self):
        program = self.centre("--threads", 1)
        for path in ("/health", "/nothing", "/fhir/Patient"):
            headers = self.get(program, path).headers
            self.assertEqual(headers["x-content-type-options"], "nosniff")
            self.assertEqual(headers["cache-control"], "no-store")
            self.assertIn("frame-ancestors 'none'", headers["content-security-policy"])
            self.assertEqual(headers["referrer-policy"], "no-referrer")
            self.assertNotIn("access-control-allow-origin", headers)
            self.assertNotIn("server", headers)

    def test_h101_pages_of_other_origins_may_call_only_where_listed(self):
        program = self.centre("--threads", 1, "--origin", "https://app.example")
        asks = b"Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: authorization\r\n"
        answer = self.get(program, "/fhir/Patient/1", b"Origin: https://app.example\r\n" + asks, b"OPTIONS")
        self.assertEqual(answer.status, 204)
        self.assertEqual(answer.headers["access-control-allow-origin"], "https://app.example")
        self.assertIn("PUT", answer.headers["access-control-allow-methods"])
        self.assertNotIn("access-control-allow-credentials", answer.headers)
        answer = self.get(program, "/fhir/Patient/1", b"Origin: https://evil.example\r\n" + asks, b"OPTIONS")
        self.assertEqual(answer.status, 403)
        for origin in (b"https://evil.example", b"null", b"https://app.example.evil"):
            answer = self.get(program, lines=b"Origin: " + origin + b"\r\n")
            self.assertNotIn("access-control-allow-origin", answer.headers)
            self.assertEqual(answer.headers["vary"], "Origin")
        for path in ("/fhir/metadata", "/fhir/.well-known/smart-configuration", "/.well-known/openid-configuration",
                     "/jwks"):  # what an app asks first, wherever it is from; with --open nobody needs to
            answer = self.get(program, path, b"Origin: https://evil.example\r\n")
            self.assertEqual((answer.status, answer.headers.get("access-control-allow-origin")), (200, "*"), path)
            self.assertNotIn("access-control-allow-credentials", answer.headers)
        self.assertNotIn("access-control-allow-origin", self.get(program, "/fhir/Patient", b"Origin: null\r\n").headers)
        for wrong in ("*", "app.example", "https://app.example/", "https://APP.example"):
            done = jisr.run(jisr.JISR, "centre", "--data", self.folder / "d", "--origin", wrong)
            self.assertEqual(done.returncode, 2, wrong)


class Lines(Case):
    def test_https_of_today_and_nothing_older(self):
        certificate, key = self.certificate()
        program = self.centre("--threads", 1, "--certificate", certificate, "--key", key)
        self.assertEqual(program.scheme, "https")
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = ssl.create_default_context(cafile=certificate)
            context.minimum_version = context.maximum_version = version
            context.set_alpn_protocols(["h2", "http/1.1"])
            with context.wrap_socket(self.connect(program), server_hostname="localhost") as sock:
                self.assertEqual(sock.selected_alpn_protocol(), "http/1.1")
                for _ in range(3):
                    sock.sendall(b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n")
                    raw = b""
                    while b"pass" not in raw:
                        raw += sock.recv(65536)
                    self.assertTrue(raw.startswith(b"HTTP/1.1 200"), raw)
                    self.assertIn(b"Strict-Transport-Security", raw)
        for suite, is_served in (("ECDHE-ECDSA-AES128-GCM-SHA256", True), ("ECDHE-ECDSA-CHACHA20-POLY1305", True),
                                 ("ECDHE-ECDSA-AES128-SHA", False), ("ECDHE-ECDSA-AES256-SHA384", False)):
            context = ssl.create_default_context(cafile=certificate)
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers(suite + ":@SECLEVEL=0")
            try:
                with context.wrap_socket(self.connect(program), server_hostname="localhost") as sock:
                    served = sock.cipher()[0]
            except (ssl.SSLError, ConnectionError):
                served = None
            self.assertEqual(served, suite if is_served else None, suite)
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that these are old is the point
            old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            old.wrap_socket(self.connect(program), server_hostname="localhost")
        self.assertNotIn(b"HTTP", self.ask_clear(program))

    def test_h144_a_certificate_is_renewed_and_connections_go_on(self):
        names = certificate, key = self.certificate()
        program = self.centre("--threads", 2, "--certificate", certificate, "--key", key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

        def shown():
            with context.wrap_socket(self.connect(program)) as sock:
                return sock.getpeercert(binary_form=True)

        def goes_on(sock):
            sock.sendall(b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n")
            raw = b""
            while b"pass" not in raw:
                raw += sock.recv(65536)
            return raw.startswith(b"HTTP/1.1 200")
        old, first = context.wrap_socket(self.connect(program)), shown()
        self.assertEqual(old.getpeercert(binary_form=True), first)
        self.certificate()
        second = ssl.PEM_cert_to_DER_cert(certificate.read_text())
        self.assertEqual(shown(), first)
        os.kill(program.pid, signal.SIGHUP)
        self.assertTrue(until(lambda: shown() == second))
        self.assertTrue(goes_on(old))
        names[1].write_text("not a key")
        os.kill(program.pid, signal.SIGHUP)
        self.assertTrue(program.says("certificate_not_renewed"), program.log)
        self.assertEqual(shown(), second)
        self.assertTrue(goes_on(old))
        self.assertEqual(program.stop(), 0)

    def ask_clear(self, program):
        """What somebody gets who speaks in clear to HTTPS."""
        sock = self.connect(program)
        try:
            sock.sendall(b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n")
            return self.hear(sock)
        except ConnectionError:
            return b""

    def test_h104_names_cross_no_network_in_clear_unless_wanted(self):
        done = jisr.run(jisr.JISR, "centre", "--data", self.folder / "d", "--listen", "0.0.0.0:0")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--certificate", done.stderr)
        self.assertFalse((self.folder / "d").exists())  # nothing was made meanwhile
        done = jisr.run(jisr.JISR, "centre", "demo", "--data", self.folder / "d", "--listen", "0.0.0.0:8080")
        self.assertEqual(done.returncode, 2)
        self.assertFalse((self.folder / "d").exists())
        done = jisr.run(jisr.JISR, "centre", *self.where, "--plain-http", "--listen", "0.0.0.0:0")
        self.assertEqual(done.returncode, 1)
        self.assertIn("--url", done.stderr)
        program = self.centre("--plain-http", "--url", "http://record.example.org/fhir", listen="0.0.0.0:0")
        program.address = ("127.0.0.1", program.address[1])
        self.assertEqual(self.get(program).status, 200)

    def test_what_cannot_be_is_told_at_start(self):
        program = self.centre()
        taken = f"127.0.0.1:{program.address[1]}"
        for options, status, words in (
                (("--listen", taken), 1, "in use"), (("--listen", "nowhere"), 1, "--listen nowhere"),
                (("--certificate", "/dev/null"), 2, "one is nothing without the other"),
                (("--certificate", "/dev/null", "--key", "/dev/null"), 1, "do not belong together")):
            done = jisr.run(jisr.JISR, "centre", "--data", self.folder / "d", *options)
            self.assertEqual(done.returncode, status, done.stderr)
            self.assertIn(words, done.stderr)
        (self.folder / "file").write_text("")
        done = jisr.run(jisr.JISR, "centre", "--data", self.folder / "file")
        self.assertEqual(done.returncode, 1)

    def test_it_stops_when_told_and_its_folder_is_its_owners(self):
        program = self.centre()
        self.assertEqual(os.stat(self.folder / "data").st_mode & 0o777, 0o700)
        idle = self.connect(program)
        self.assertEqual(self.get(program).status, 200)
        self.assertEqual(program.stop(), 0)
        self.assertEqual(self.hear(idle), b"")
        self.assertTrue(program.says("centre_stopped requests=1 refused=0"), program.log)


if __name__ == "__main__":
    jisr.main()
