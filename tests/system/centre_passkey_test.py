#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passkeys, in a real browser: registered, used, and refused where they are not the owner's of this site, now.

usage: centre_passkey_test.py JISR [WORD]"""
import base64
import http.server
import socket
import threading
import unittest

import centre
import door
import jisr
import webdriver
from waiting import until

def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@unittest.skipIf(webdriver.lacks(), f"passkeys in a browser: {webdriver.lacks()}")
class Passkeys(centre.CentreCase):
    def begin(self):
        port = free_port()
        self.program = self.centre("--url", f"http://localhost:{port}/fhir", listen=f"127.0.0.1:{port}")
        self.site = f"http://localhost:{port}"
        self.browser = webdriver.Chromium(self.folder / "chromium")
        self.addCleanup(self.browser.close)
        self.device = self.browser.plug_in()

    def invited(self, name):
        """Somebody takes their invitation in the browser: signed in by a password, which lets them set up a passkey."""
        said = jisr.sh(jisr.JISR, "centre", "person", "add", "--data", self.folder / "data", "--login", name, "--name",
                       name.title(), "--user", "Practitioner/" + name, "--role", "administrator", "--role", "physician")
        self.browser.open(self.site + door.link_of(said) + "&lang=en")
        self.browser.type("[name=fresh]", door.PASSWORD)
        self.browser.type("[name=twice]", door.PASSWORD)
        self.browser.click("form[action='/invite'] button")
        until(lambda: "/account/codes" in self.browser.url)

    def register(self, name):
        """And sets it up."""
        self.invited(name)
        self.browser.type("[data-passkey-name]", "Clé de " + name)
        self.browser.click("[data-passkey=new]")
        until(lambda: self.browser.url.startswith(self.site + "/account?"))

    def sign_out(self):
        self.browser.open(self.site + "/account")
        self.browser.click("form[action='/sign-out'] button")
        until(lambda: self.browser.url.startswith(self.site + "/sign-in"))

    def sign_in(self):
        """Where the button leads; None where what is told is that it did not work."""
        self.browser.open(self.site + "/sign-in")
        self.browser.click("[data-passkey=sign-in]")
        until(lambda: self.browser.url.startswith(self.site + "/account") or self.browser.has("[data-passkey-fault]"))
        return self.browser.url.startswith(self.site + "/account")

    def told(self):
        """The reasons that the audit has of signing in with passkeys."""
        lines = jisr.sh(jisr.JISR, "centre", "audit", "--data", self.folder / "data", "--lines").splitlines()
        return [line for line in lines if "passkey" in line]

    # --- the ordinary -------------------------------------------------------------------------------------------------

    def test_a_passkey_is_registered_and_signs_in_by_itself(self):
        self.begin()
        self.register("amina")
        self.assertIn("Clé de amina", self.browser.text)
        (kept,) = self.device.credentials
        self.assertEqual((kept["rpId"], kept["isResidentCredential"]), ("localhost", True))
        self.sign_out()
        self.assertTrue(self.sign_in())
        self.assertIn("Amina", self.browser.text)
        self.browser.open(self.site + "/people")
        self.assertEqual(self.browser.url, self.site + "/people")  # no further factor is asked for
        self.sign_out()
        self.assertTrue(self.sign_in())

    def test_a_device_has_one_of_an_account(self):
        self.begin()
        self.register("amina")
        self.browser.click("[data-passkey=new]")
        until(lambda: self.browser.has("[data-passkey-fault]"))
        self.assertEqual(len(self.device.credentials), 1)

    def test_a_site_without_a_name_offers_none(self):
        program = self.centre()
        self.assertNotIn(b"passkey", door.Browser(program.address).get("/sign-in").bytes.replace(b"/pages/passkey.js", b""))

    # --- refused ------------------------------------------------------------------------------------------------------

    def test_h131_a_user_whom_the_device_did_not_verify_is_refused(self):
        self.begin()
        self.register("amina")
        self.sign_out()
        self.device.verify_users(False)
        self.assertFalse(self.sign_in())
        self.device.verify_users(True)
        self.assertTrue(self.sign_in())

    def test_h131_an_answer_is_taken_once(self):
        self.begin()
        self.register("amina")
        self.sign_out()
        self.browser.open(self.site + "/sign-in")
        statuses = self.browser.awaits("""
            const button = document.querySelector("[data-passkey]"), statuses = [];
            const sent = post;
            window.post = async (to, path, body) => {
              if (path === "/passkey/sign-in/options") return sent(to, path, body);
              for (let i = 0; i < 2; i++) {
                const headers = { "Content-Type": "application/json", "X-CSRF": to.dataset.csrf };
                statuses.push((await fetch(path, { method: "POST", headers, body: JSON.stringify(body) })).status);
              }
              return {};
            };
            await signIn(button);
            return statuses;""")
        self.assertEqual(statuses, [200, 403])

    def test_h131_a_count_that_goes_back_is_refused_and_told(self):
        self.begin()
        self.register("amina")
        self.sign_out()
        self.assertTrue(self.sign_in())
        (kept,) = self.device.credentials
        self.assertGreater(kept["signCount"], 0)
        self.sign_out()
        self.device.put(kept, signCount=0)  # a copy, made before
        self.assertFalse(self.sign_in())
        self.assertTrue(any("wrong-passkey" in line for line in self.told()), self.told())
        self.device.put(kept, signCount=kept["signCount"] + 10)
        self.assertTrue(self.sign_in())

    def test_h131_a_passkey_of_another_account_opens_nothing(self):
        self.begin()
        self.register("amina")
        (aminas,) = self.device.credentials
        self.sign_out()
        self.device.unplug()
        self.device = self.browser.plug_in()
        self.register("badr")
        (badrs,) = self.device.credentials
        self.sign_out()
        self.device.put(badrs, userHandle=aminas["userHandle"])
        self.assertFalse(self.sign_in())
        self.device.put(badrs, userHandle=base64.urlsafe_b64encode(b"nobody").decode().rstrip("="))
        self.assertFalse(self.sign_in())
        self.device.put(badrs)
        self.assertTrue(self.sign_in())
        self.assertIn("Badr", self.browser.text)

    def test_h130_what_another_sites_page_was_given_is_refused(self):
        self.begin()
        self.register("amina")
        self.sign_out()
        evil = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Evil)
        threading.Thread(target=evil.serve_forever, daemon=True).start()
        self.addCleanup(evil.server_close)
        self.addCleanup(evil.shutdown)
        self.browser.open(self.site + "/sign-in")
        options = self.browser.awaits("return post(document.querySelector('[data-passkey]'), '/passkey/sign-in/options', {})")
        self.browser.open(f"http://localhost:{evil.server_port}/")  # another origin; its site has the same name
        given = self.browser.awaits(EVIL, options)
        self.assertIn(str(evil.server_port), base64.urlsafe_b64decode(given["response"]["clientDataJSON"] + "==").decode())
        self.browser.open(self.site + "/sign-in")
        status = self.browser.awaits("""
            const headers = { "Content-Type": "application/json",
                              "X-CSRF": document.querySelector("[data-passkey]").dataset.csrf };
            return (await fetch("/passkey/sign-in", { method: "POST", headers, body: JSON.stringify(args[0]) })).status;""",
                                     given)
        self.assertEqual(status, 403)
        self.assertTrue(self.sign_in())

    def test_h130_a_form_of_another_page_begins_nothing(self):
        self.begin()
        self.browser.open(self.site + "/sign-in")
        status = self.browser.awaits("""
            const headers = { "Content-Type": "application/json", "X-CSRF": "A".repeat(43) };
            return (await fetch("/passkey/sign-in/options", { method: "POST", headers, body: "{}" })).status;""")
        self.assertEqual(status, 403)


class Evil(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Win a telephone</title>")

    def log_message(self, *_):
        pass


EVIL = """
    const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    const textOf = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
      .replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=+$/, "");
    const publicKey = { ...args[0], challenge: bytesOf(args[0].challenge) };
    const { rawId, response } = await navigator.credentials.get({ publicKey });
    return { id: textOf(rawId), response: {
      clientDataJSON: textOf(response.clientDataJSON), authenticatorData: textOf(response.authenticatorData),
      signature: textOf(response.signature), userHandle: textOf(response.userHandle) } };"""


if __name__ == "__main__":
    jisr.main()
