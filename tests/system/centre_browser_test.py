#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages that people sign in by, in a real browser: an app is let in, in each language, and nothing stands out of a
narrow screen, has no name, or is stopped by the pages' own policy. JISR_PICTURES=DIR keeps what they look like.

usage: centre_browser_test.py JISR [WORD]"""
import http.server
import os
import pathlib
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


class App(http.server.BaseHTTPRequestHandler):
    """Where an app waits for its code."""

    def do_GET(self):  # pylint: disable=invalid-name
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<h1>the app</h1>")

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


@unittest.skipIf(webdriver.lacks(), f"the pages in a browser: {webdriver.lacks()}")
class Pages(centre.CentreCase):
    def setUp(self):
        super().setUp()
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), App)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.redirect = f"http://127.0.0.1:{server.server_port}/back"
        door.register(self, "vitals", "Vitals", [self.redirect], "patient/*.cruds user/*.rs launch/patient openid "
                      "fhirUser offline_access")
        self.program = self.centre()
        self.site = "http://%s:%d" % self.program.address
        self.plain, self.codes = door.first_person(self, self.program)
        self.chromium = webdriver.Chromium(self.folder / "chromium")
        self.addCleanup(self.chromium.close)
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
            self.look(f"{language}-1-sign-in")
            chromium.type("[name=name]", "amina")
            chromium.type("[name=password]", door.PASSWORD)
            chromium.click("form[action='/sign-in'] button")
            until(lambda: "/sign-in/code" in chromium.url)
            self.look(f"{language}-2-code")
            chromium.type("[name=code]", self.codes["paper"][number])
            chromium.click("form[action='/sign-in/code'] button")
            until(lambda: chromium.url.startswith(self.site + "/authorize"))
            self.look(f"{language}-3-patient")
            chromium.click("button[name=patient]")
            until(lambda: chromium.has("button[value=agree]"))
            self.look(f"{language}-4-consent")
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


jisr.main()
