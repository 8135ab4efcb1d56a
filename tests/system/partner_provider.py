# SPDX-License-Identifier: GPL-3.0-or-later
"""A partner's OpenID provider that can be told to lie."""
import base64
import hashlib
import hmac
import http.server
import json
import subprocess
import threading
import time
import urllib.parse

import jisr


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(hexadecimal):
    return b64(bytes.fromhex(hexadecimal if len(hexadecimal) % 2 == 0 else "0" + hexadecimal))


class Key:
    """RSA, by the openssl program."""

    def __init__(self, folder, kid):
        self.kid, self.file = kid, folder / f"{kid}.pem"
        jisr.sh("openssl", "genrsa", "-out", self.file, "2048")
        modulus = jisr.sh("openssl", "rsa", "-in", self.file, "-noout", "-modulus").strip().split("=")[1]
        self.jwk = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": number(modulus), "e": "AQAB"}

    def sign(self, data):
        return subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.file], input=data, capture_output=True, check=True).stdout


class Provider:
    def __init__(self, case, folder):
        self.key = Key(folder, "k1")
        self.published = [self.key.jwk]
        self.claims, self.header, self.about, self.codes = {}, {}, {}, {}
        self.asked = []  # paths
        self.forms = []  # of the token endpoint
        self.answers = {}  # path: (status, headers, bytes) in the place of the right ones
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                provider.asked.append(self.path)
                if self.path == "/.well-known/openid-configuration":
                    self.answer(provider.discovery())
                else:
                    self.answer({"keys": provider.published})

            def do_POST(self):
                provider.asked.append(self.path)
                form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                provider.forms.append(form)
                self.answer(provider.token(form))

            def answer(self, value):
                status, headers, body = provider.answers.get(self.path, (200, {}, json.dumps(value).encode()))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                for header in headers.items():
                    self.send_header(*header)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.issuer = "http://" + self.host
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        case.addCleanup(self.server.server_close)
        case.addCleanup(self.server.shutdown)

    def discovery(self):
        return {"issuer": self.issuer, "authorization_endpoint": self.issuer + "/auth", "token_endpoint": self.issuer + "/token",
                "jwks_uri": self.issuer + "/keys", "response_types_supported": ["code"],
                "authorization_response_iss_parameter_supported": True, **self.about}

    def sign_in(self, url, **changes):
        """What a person's browser does over there: where it is sent back to."""
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        code = b64(hashlib.sha256(json.dumps(asked).encode()).digest()[:12])
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer, **changes}
        return asked["redirect_uri"] + "?" + urllib.parse.urlencode({name: value for name, value in back.items() if value})

    def token(self, form):
        asked = self.codes.pop(form.get("code"), None)
        proved = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if not asked or proved != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": asked["client_id"], "sub": "u-7", "iat": now, "exp": now + 300,
                  "nonce": asked["nonce"], "at_hash": b64(hashlib.sha256(b"at").digest()[:16]), **self.claims}
        return {"access_token": "at", "token_type": "Bearer", "id_token": self.sign(claims)}

    def sign(self, claims):
        header = {"alg": "RS256", "kid": self.key.kid, **self.header}
        head = ".".join(b64(json.dumps(part).encode()) for part in (header, claims)).encode()
        if header["alg"] == "none":
            return head.decode() + "."
        if header["alg"] == "HS256":  # what is public is taken for the secret
            return (head + b"." + b64(hmac.new(self.key.jwk["n"].encode(), head, "sha256").digest()).encode()).decode()
        return (head + b"." + b64(self.key.sign(head)).encode()).decode()
