#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages that people sign in by, in a real browser: an app is let in, in each language, and nothing stands out of a
narrow screen, has no name, or is stopped by the pages' own policy. JISR_PICTURES=DIR keeps what they look like.
And a SMART app in that browser, which does all by the SMART team's fhirclient, from an origin of its own.

usage: centre_browser_test.py JISR [WORD]"""
import contextlib
import http.server
import os
import pathlib
import socket
import threading
import unittest
import urllib.parse

import centre
import door
import jisr
import webdriver
from waiting import until

# What somebody who sees nothing, or uses no mouse, needs: names of controls, and room to hit them (WCAG 2.2, 2.5.8).
UNFIT = """
const seen = (e) => e.checkVisibility() && e.getBoundingClientRect().width > 1;
const wrong = [];
for (const e of document.querySelectorAll("input:not([type=hidden]), button, a")) {
  if (!seen(e) || e.classList.contains("skip")) continue;
  const name = (e.labels && e.labels[0] ? e.labels[0].innerText : "") || e.innerText || e.getAttribute("aria-label");
  if (!name || !name.trim()) wrong.push("no name: " + e.outerHTML);
  if (e.tagName == "BUTTON" && e.getBoundingClientRect().height < 24) wrong.push("too low: " + e.outerHTML);
}
if (document.documentElement.scrollWidth > window.innerWidth)
  wrong.push(`wider than the screen: ${document.documentElement.scrollWidth} > ${window.innerWidth}`);
if (document.querySelectorAll("h1").length != 1) wrong.push("not one heading");
return wrong;
"""


FHIRCLIENT = jisr.ROOT / "packaging/npm-clients/node_modules/fhirclient/build/fhir-client.pure.min.js"


class App(http.server.BaseHTTPRequestHandler):
    """An app: one page, and the library that such apps use, if it is there."""

    def do_GET(self):  # pylint: disable=invalid-name
        is_script = self.path == "/fhirclient.js"
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
        self.end_headers()
        if not is_script:
            self.wfile.write(b"<!doctype html><title>app</title><h1>the app</h1><script src=/fhirclient.js></script>")
        elif FHIRCLIENT.is_file():
            self.wfile.write(FHIRCLIENT.read_bytes())

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class BusyDriver(unittest.TestCase):
    """chromedriver as it is when it has no time: connections break before they are answered."""

    def setUp(self):
        self.heard = []
        listening = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listening.close)
        self.driver = webdriver.Driver(listening.getsockname()[1])
        threading.Thread(target=self.answer_each_third, args=(listening,), daemon=True).start()

    def answer_each_third(self, listening):
        with contextlib.suppress(OSError):
            while True:
                line, _ = listening.accept()
                with line:
                    self.heard.append(line.recv(65536).split(b" ")[0].decode())
                    if len(self.heard) % 3 == 0:
                        line.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"value": "x"}')

    def test_what_may_be_done_twice_is_sent_again_and_what_may_not_is_not(self):
        self.assertEqual(self.driver._send("GET", "/url"), "x")  # pylint: disable=protected-access
        self.assertEqual(self.heard, ["GET"] * 3)
        with self.assertRaises(webdriver.Refused):
            self.driver._send("POST", "/element/1/click")  # pylint: disable=protected-access
        self.assertEqual(self.heard[3:], ["POST"])


class Browsing(centre.CentreCase):
    """A centre with a physician and an app, and the physician's browser."""

    def setUp(self):
        if lacking := webdriver.lacks():
            self.skipTest(f"the pages in a browser: {lacking}")
        super().setUp()
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), App)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.app = f"http://localhost:{server.server_port}"
        self.redirect = self.app + "/back"
        door.register(self, "vitals", "Vitals", [self.redirect], "patient/*.cruds user/*.rs launch "
                      "launch/patient openid fhirUser offline_access", launch=self.app + "/open")
        self.program = self.centre("--origin", self.app)
        self.site = "http://%s:%d" % self.program.address
        self.plain, self.codes = door.first_person(self, self.program)
        self.chromium = webdriver.Chromium(self.folder / "chromium")
        self.addCleanup(self.chromium.close)

    def sign_in(self, number, look=lambda name: None, picks=True):
        """On the sign-in's page, by the password and a recovery code; until the app's request shows, of a patient."""
        chromium = self.chromium
        look("1-sign-in")
        chromium.type("[name=name]", "amina")
        chromium.type("[name=password]", door.PASSWORD)
        chromium.click("form[action='/sign-in'] button")
        until(lambda: "/sign-in/code" in chromium.url)
        look("2-code")
        chromium.type("[name=code]", self.codes["paper"][number])
        chromium.click("form[action='/sign-in/code'] button")
        until(lambda: chromium.url.startswith(self.site + "/authorize"))
        if picks:
            look("3-patient")
            chromium.click("button[name=patient]")
        until(lambda: chromium.has("button[value=agree]"))
        look("4-consent")


class Pages(Browsing):
    def setUp(self):
        super().setUp()
        kept = os.environ.get("JISR_PICTURES")
        self.pictures = pathlib.Path(kept) if kept else self.folder

    def asked(self, language):
        return f"{self.site}/authorize?" + urllib.parse.urlencode({
            "response_type": "code", "client_id": "vitals", "redirect_uri": self.redirect, "state": "s",
            "scope": "openid fhirUser offline_access launch/patient patient/*.rs patient/Observation.cruds "
                     "patient/Condition.rs?category=problem-list-item user/Practitioner.rs",
            "aud": self.site + "/fhir", "code_challenge": "A" * 43, "code_challenge_method": "S256", "lang": language})

    def look(self, name):
        """At the page as it is, on a desk and on a narrow telephone."""
        for width, height in ((1000, 800), (320, 640)):
            self.chromium.resize(width, height)
            self.assertEqual(self.chromium.run(UNFIT), [], f"{name} at {width}")
            self.chromium.resize(width, max(height, self.chromium.run("return document.body.scrollHeight")))
            self.chromium.picture(self.pictures / f"{name}-{width}.png")
        self.assertEqual(self.chromium.complaints(), [], name)

    def test_a_person_signs_in_and_agrees_in_each_language(self):
        chromium = self.chromium
        for number, language in enumerate(("fr", "ar", "en")):
            chromium.open(self.asked(language))
            self.sign_in(number, lambda name, language=language: self.look(f"{language}-{name}"))
            chromium.click("button[value=agree]")
            until(lambda: chromium.url.startswith(self.redirect))
            self.assertIn("code=jisr_", chromium.url)
            for path, name in (("account", "5-account"), ("account/codes", "6-codes"), ("people", "7-people"),
                               ("account/password", "8-password")):
                chromium.open(f"{self.site}/{path}?lang={language}")
                self.look(f"{language}-{name}")
            chromium.open(self.site + "/account")
            chromium.click("form[action='/sign-out'] button")
            until(lambda: chromium.url.startswith(self.site + "/sign-in"))

    def test_h129_all_is_done_by_the_keyboard_alone(self):
        chromium = self.chromium
        chromium.open(self.site + "/sign-in?lang=en")
        self.assertEqual(chromium.run("return document.activeElement.name"), "name")
        chromium.type("[name=name]", "amina\ue004" + door.PASSWORD + "\ue007")  # Tab, Enter
        until(lambda: "/sign-in/code" in chromium.url)
        self.assertEqual(chromium.run("return document.activeElement.name"), "code")
        chromium.type("[name=code]", self.codes["paper"][0] + "\ue007")
        until(lambda: chromium.url.startswith(self.site + "/account"))
        self.assertIn("My account", chromium.text)

    def test_h126_no_frame_of_another_site_holds_a_page(self):
        chromium = self.chromium
        chromium.open(self.redirect)
        chromium.run("const f = document.createElement('iframe'); f.src = arguments[0]; document.body.append(f)",
                     self.site + "/sign-in")
        until(lambda: any("frame" in words for words in chromium.complaints()))


class SmartApp(Browsing):
    """An app that knows of the centre by the URL of its record alone, and does the rest by fhirclient."""

    ASKED = "launch/patient patient/*.rs openid fhirUser offline_access"

    def setUp(self):
        if not FHIRCLIENT.is_file():
            self.skipTest("fhirclient is not in packaging/npm-clients: make deps")
        super().setUp()
        self.owner = self.bearer("--scope", "system/*.cruds")
        for patient, number in (("amal", 41), ("amal", 42), ("badr", 43)):
            self.put({"resourceType": "Observation", "id": f"o{number}", "status": "final", "code": {"text": "weight"},
                      "subject": {"reference": f"Patient/{patient}"}, "valueQuantity": {"value": number}})
        self.put({"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/amal"}})

    def begin(self, scope=ASKED):
        """The app asks, where the record's .well-known/smart-configuration says."""
        self.chromium.open(self.app + "/start")
        self.chromium.run("""FHIR.oauth2.authorize({ iss: arguments[0], clientId: "vitals", scope: arguments[1],
            redirectUri: "back", pkceMode: "required" }).catch((error) => { document.title = String(error); });""",
                          self.site + "/fhir", scope)

    def opened(self, **who):
        """The URL by which the record opens the app for Amal, in her encounter."""
        said = self.ask(who or self.person("physician", "Practitioner/amina"), "POST", "/Patient/amal/$launch", {
            "resourceType": "Parameters", "parameter": [
                {"name": "client", "valueString": "vitals"},
                {"name": "encounter", "valueReference": {"reference": "Encounter/e1"}}]})
        return {one["name"]: one for one in said["parameter"]}["url"]["valueUrl"]

    def begin_opened(self, url):
        """The app, as it is opened: which record and what for is in its URL alone."""
        self.chromium.open(url)
        self.chromium.run("""FHIR.oauth2.authorize({ clientId: "vitals", scope: arguments[0], redirectUri: "back",
            pkceMode: "required" }).catch((error) => { document.title = String(error); });""",
                          "launch patient/*.rs openid fhirUser")

    def come_back(self):
        """The app's page again: with its code, or in its browser tab as it was."""
        self.chromium.awaits("window.client = await FHIR.oauth2.ready();")

    def let_in(self, scope=ASKED, untick=()):
        self.begin(scope)
        until(lambda: self.chromium.url.startswith(self.site + "/authorize"))
        self.sign_in(0)
        for name in untick:
            self.chromium.click(f"[name={name}]")
        self.chromium.click("button[value=agree]")
        until(lambda: self.chromium.url.startswith(self.redirect))
        self.come_back()

    def read(self, path):
        return self.chromium.awaits("return client.request(args[0], { flat: true });", path)

    def refused(self, word, script, *words):
        with self.assertRaisesRegex(webdriver.Refused, word):
            self.chromium.awaits(script, *words)

    def test_h127_an_app_of_fhirclient_reads_what_it_was_let_in_for(self):
        self.let_in()
        chromium = self.chromium
        self.assertEqual(chromium.run("return [client.patient.id, client.getFhirUser(), client.encounter.id]"),
                         ["amal", "Practitioner/amina", None])
        self.assertEqual(set(chromium.run("return client.state.tokenResponse.scope").split()), set(self.ASKED.split()))
        self.assertEqual(chromium.awaits("return (await client.patient.read()).birthDate;"), "1984-05-17")
        found = chromium.awaits("return client.patient.request('Observation?_count=1', { pageLimit: 0, flat: true });")
        self.assertEqual(sorted(one["id"] for one in found), ["o41", "o42"])
        self.assertEqual([one["id"] for one in self.read("Observation")], ["o41", "o42"])
        for path in ("Patient/badr", "Observation/o43"):
            self.refused("403 Forbidden", "return client.request(args[0]);", path)
        self.refused("403 Forbidden", "return client.create({ resourceType: 'Observation', status: 'final', "
                     "code: { text: 'c' }, subject: { reference: 'Patient/amal' } });")

    def test_h174_an_app_of_fhirclient_is_opened_from_the_record_for_its_patient(self):
        self.put({"resourceType": "CareTeam", "id": "more", "status": "active", "subject": {"reference": "Patient/amal"},
                  "participant": [{"member": {"reference": "Practitioner/another-of-amal"}}]})
        self.put({"resourceType": "Encounter", "id": "e1", "status": "in-progress", "class": {"code": "AMB"},
                  "subject": {"reference": "Patient/amal"}})
        chromium, url = self.chromium, self.opened()
        self.assertTrue(url.startswith(self.app + "/open?iss="), url)
        self.begin_opened(url)
        until(lambda: chromium.url.startswith(self.site + "/authorize"))
        self.sign_in(0, picks=False)
        self.assertIn("Amal Bennani", chromium.text)
        self.assertFalse(chromium.has("button[value=other]"))
        chromium.click("button[value=agree]")
        until(lambda: chromium.url.startswith(self.redirect))
        self.come_back()
        self.assertEqual(chromium.run("return [client.patient.id, client.encounter.id, client.getFhirUser()]"),
                         ["amal", "e1", "Practitioner/amina"])
        self.assertEqual([one["id"] for one in self.read("Observation")], ["o41", "o42"])
        self.assertEqual(chromium.awaits("return (await client.encounter.read()).status;"), "in-progress")
        self.refused("403 Forbidden", "return client.request('Patient/badr');")
        self.begin_opened(url)  # again
        until(lambda: chromium.url.startswith(self.redirect + "?error=invalid_request"))
        self.begin_opened(self.opened(**self.person("physician", "Practitioner/another-of-amal")))
        until(lambda: chromium.url.startswith(self.redirect + "?error=access_denied"))
        self.assertIn("somebody+else", chromium.url.replace("%20", "+"))

    def test_h128_an_app_of_fhirclient_goes_on_until_the_person_ends_it(self):
        self.let_in()
        chromium = self.chromium
        before = chromium.run("return client.state.tokenResponse")
        chromium.run("client.state.expiresAt = 1;")  # as a quarter of an hour later
        self.assertEqual(len(self.read("Observation")), 2)
        after = chromium.run("return client.state.tokenResponse")
        for name in ("access_token", "refresh_token"):
            self.assertNotEqual(before[name], after[name])
        self.assertEqual(after["patient"], "amal")

        chromium.open(self.site + "/account")
        self.assertIn("Vitals", chromium.text)
        chromium.click("form[action='/account/app'] button")
        until(lambda: "No app has access" in chromium.text)
        chromium.open(self.redirect)
        self.come_back()
        self.refused("401 Unauthorized", "return client.request('Observation');")
        again = chromium.awaits("""const answer = await fetch(client.state.tokenUri, { method: "POST",
            body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: args[0] }) });
            return [answer.status, (await answer.json()).error];""", after["refresh_token"])
        self.assertEqual(again, [400, "invalid_grant"])

    def test_h127_an_app_of_fhirclient_goes_without_what_was_unticked(self):
        self.let_in("launch/patient patient/Patient.rs patient/Observation.rs patient/Condition.rs", untick=["s2"])
        self.assertNotIn("Condition", self.chromium.run("return client.state.tokenResponse.scope"))
        self.assertEqual(len(self.read("Observation")), 2)
        self.refused("403 Forbidden", "return client.request('Condition');")

    def test_an_app_of_fhirclient_is_told_that_the_person_said_no(self):
        self.begin()
        until(lambda: self.chromium.url.startswith(self.site + "/authorize"))
        self.sign_in(0)
        self.chromium.click("button[value=deny]")
        until(lambda: self.chromium.url.startswith(self.redirect))
        self.refused("the person said no", "return FHIR.oauth2.ready();")

    def test_h101_an_app_of_an_origin_that_is_not_listed_is_kept_out(self):
        """Neither named by --origin nor registered as a redirect's: it may read whom to ask, but gets nothing else."""
        self.chromium.open(self.app.replace("localhost", "127.0.0.1") + "/start")
        found = self.chromium.awaits("return (await fetch(args[0] + '/fhir/.well-known/smart-configuration')).status;",
                                     self.site)
        self.assertEqual(found, 200)
        self.refused("Failed to fetch", "return fetch(args[0] + '/fhir/Patient/amal');", self.site)
        self.refused("Failed to fetch", "return fetch(args[0] + '/token', { method: 'POST', "
                     "body: new URLSearchParams({ grant_type: 'refresh_token' }) });", self.site)


jisr.main()
