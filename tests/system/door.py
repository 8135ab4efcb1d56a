# SPDX-License-Identifier: GPL-3.0-or-later
"""A browser without a window for tests of what people sign in by: cookies, forms, links; a telephone's codes; and a
centre with people."""
import base64
import hashlib
import hmac
import html.parser
import http.client
import json
import re
import struct
import time
import urllib.parse

import jisr
from waiting import SLOW, until

PASSWORD = "green tram at noon"


def totp(key, step=0):
    """The one-time code of a key as apps get it (RFC 6238), `step` steps from now."""
    secret = base64.b32decode(key.replace(" ", ""))
    counter = struct.pack(">Q", int(time.time()) // 30 + step)
    digest = hmac.new(secret, counter, hashlib.sha1).digest()
    at = digest[-1] & 15
    return "%06d" % ((struct.unpack(">I", digest[at:at + 4])[0] & 0x7FFFFFFF) % 1000000)


class Page(html.parser.HTMLParser):
    """What a page holds: its forms, with their fields and buttons, its links, its words."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.links, self.words, self.html = [], [], [], {}
        self.title = self.notice = ""
        self._in = []
        self.feed(text)
        self.text = " ".join("".join(self.words).split())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "html":
            self.html = attributes
        if tag == "form":
            self.forms.append({"action": attributes["action"], "fields": {}, "buttons": []})
        if tag == "input" and self.forms and "name" in attributes and attributes.get("type") != "checkbox":
            self.forms[-1]["fields"][attributes["name"]] = attributes.get("value", "")
        if tag == "input" and attributes.get("type") == "checkbox" and "checked" in attributes:
            self.forms[-1]["fields"][attributes["name"]] = attributes["value"]
        if tag == "button" and "name" in attributes:
            self.forms[-1]["buttons"].append((attributes["name"], attributes["value"]))
        if tag == "a":
            self.links.append(attributes["href"])
        if tag not in ("meta", "link", "input"):
            self._in.append((tag, attributes))

    def handle_endtag(self, tag):
        if self._in:
            self._in.pop()

    def handle_data(self, data):
        self.words.append(data)
        if any(tag == "title" for tag, _ in self._in):
            self.title += data
        if any(attributes.get("role") in ("alert", "status") for _, attributes in self._in):
            self.notice += data

    def form(self, action):
        return next(form for form in self.forms if form["action"] == action)


class Answer:
    def __init__(self, answer):
        self.status, self.headers = answer.status, answer.headers
        self.bytes = answer.read()
        self.location = answer.getheader("Location")
        self.cookies = answer.headers.get_all("Set-Cookie") or []

    @property
    def page(self):
        return Page(self.bytes.decode())


class Browser:
    """Sends what a browser sends, and follows nothing by itself."""

    def __init__(self, address, language="en", source=None):
        self.address, self.cookies, self.language = address, {}, language
        self.source = source and (source, 0)  # where it calls from

    def send(self, method, path, body=None, **headers):
        line = http.client.HTTPConnection(*self.address, timeout=SLOW, source_address=self.source)
        sent = {"Accept-Language": self.language, "User-Agent": "Test/1"}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            sent["Sec-Fetch-Site"] = "same-origin"
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        try:
            line.request(method, path, body, {name: value for name, value in sent.items() if value is not None})
            answer = Answer(line.getresponse())
        finally:
            line.close()
        for cookie in answer.cookies:
            name, value = cookie.split(";")[0].split("=", 1)
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return answer

    def get(self, path, **headers):
        return self.send("GET", path, **headers)

    def post(self, path, fields, **headers):
        return self.send("POST", path, urllib.parse.urlencode(fields), **headers)

    def submit(self, answer, action, headers=None, /, **fields):
        """A page's form, as it came but for these fields; None leaves one out."""
        filled = {**answer.page.form(action)["fields"], **fields}
        sent = {name: value for name, value in filled.items() if value is not None}
        return self.post(action, sent, **(headers or {}))

    def follow(self, answer):
        assert answer.status == 303, (answer.status, answer.bytes)
        return self.get(answer.location)


# --- a centre with people ------------------------------------------------------------------------------------------


def register(case, name, title, redirects, scopes, **more):
    """An app."""
    case.make()
    path = case.folder / f"{name}.json"
    path.write_text(json.dumps({"id": name, "name": title, "redirects": redirects, "scopes": scopes, **more}))
    jisr.sh(jisr.JISR, "centre", "client", "--data", case.folder / "data", "--file", path)


def link_of(text):
    return re.search(r"/invite\?token=[\w-]+", text)[0]


def take_invitation(program, link, second=True):
    """Somebody takes one: their browser, and what their telephone (key) and their paper (recovery codes) hold."""
    browser = Browser(program.address)
    answer = browser.submit(browser.get(link + "&lang=en"), "/invite", fresh=PASSWORD, twice=PASSWORD)
    answer = browser.follow(answer)
    if not second:
        return browser, None
    key = re.search(r'class="key">([^<]*)<', answer.bytes.decode())[1]
    answer = browser.submit(answer, "/account/codes", code=totp(key))
    assert answer.status == 200, answer.page.notice
    return browser, {"key": key, "paper": re.findall(r"<code>([^<]+)", answer.bytes.decode())}


def first_person(case, program):
    """Dr Amina Alaoui, physician and administrator, who treats Amal Bennani and not Badr Tazi."""
    bearer = {"Authorization": "Bearer " + case.token("--scope", "system/*.cruds")}

    def put(path, **resource):
        kind, name = path.split("/")
        answer = case.fhir(program, "PUT", "/" + path, {"resourceType": kind, "id": name, **resource}, **bearer)
        case.assertEqual(answer.status, 201, answer.bytes)

    put("Practitioner/amina", name=[{"family": "Alaoui"}])
    put("Patient/amal", name=[{"given": ["Amal"], "family": "Bennani"}], birthDate="1984-05-17")
    put("Patient/badr", name=[{"given": ["Badr"], "family": "Tazi"}], birthDate="1984-05-17")
    put("CareTeam/of-amal", status="active", subject={"reference": "Patient/amal"},
        participant=[{"member": {"reference": "Practitioner/amina"}}])
    said = jisr.sh(jisr.JISR, "centre", "person", "add", "--data", case.folder / "data", "--login", "amina", "--name",
                   "Dr Amina Alaoui", "--user", "Practitioner/amina", "--role", "administrator", "--role", "physician",
                   "--language", "en")
    until(lambda: b"RS256" in Browser(program.address).get("/jwks").bytes)
    return take_invitation(program, link_of(said))
