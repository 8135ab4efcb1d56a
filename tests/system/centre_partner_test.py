#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""People sign in by a partner's identity provider; and what providers, and those between, cannot make of it.

usage: centre_partner_test.py JISR [WORD]"""
import json
import re
import subprocess
import time
import types
import urllib.parse

import centre
import door
import jisr
from partner_provider import Key, Provider
from waiting import until


class Partner(centre.CentreCase):
    def begin(self, **more):
        self.folder.joinpath("keys").mkdir()
        self.provider = Provider(self, self.folder / "keys")
        self.program = self.centre()
        self.add("chu", self.provider, **more)
        self.browser = door.Browser(self.program.address)
        self.browser.get("/sign-in?lang=en")

    def verb(self, *words):
        return jisr.sh(jisr.JISR, "centre", "partner", words[0], "--data", self.folder / "data", *words[1:])

    def add(self, name, provider, **more):
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps({"id": name, "name": name.upper(), "issuer": provider.issuer, "clientId": "jisr",
                                    "roleClaim": "groups", "roles": {"nurses": ["nurse"], "doctors": ["physician"]},
                                    "makesAccounts": True, "hosts": [provider.host], **more}))
        self.verb("add", "--file", path)

    def there(self, go="/account/password", name="chu"):
        answer = self.browser.get("/partner?" + urllib.parse.urlencode({"id": name, "go": go}))
        self.assertEqual(answer.status, 303, answer.bytes)
        return answer.location

    def back(self, location):
        """Where it ends, one step at a time."""
        parts = urllib.parse.urlsplit(location)
        return self.browser.get(parts.path + "?" + parts.query)

    def signed_in(self, **claims):
        self.provider.claims = {"groups": ["nurses"], "amr": ["mfa"], **claims}
        answer = self.back(self.provider.sign_in(self.there()))
        self.assertTrue(answer.location.startswith("/partner/arrive?ticket="), answer.location)
        return self.browser.follow(answer)

    def refused(self, word="failed", back=None, **claims):
        self.provider.claims = {"groups": ["nurses"], "amr": ["mfa"], **claims}
        answer = self.back(back or self.provider.sign_in(self.there()))
        self.assertEqual(answer.location, f"/sign-in?partner={word}", claims)
        self.assertNotIn("jisr-session", self.browser.cookies)

    # --- the ordinary -------------------------------------------------------------------------------------------------

    def test_a_person_signs_in_over_there_and_is_somebody_here(self):
        self.begin()
        page = self.browser.get("/sign-in?go=%2Fpeople").page
        self.assertIn("Sign in with CHU", page.text)
        self.assertIn("/partner?id=chu&go=%2Fpeople", page.links)
        answer = self.signed_in(name="Salma Idrissi")
        self.assertEqual((answer.status, answer.location), (303, "/account/password"))
        self.assertIn("Salma Idrissi", self.browser.get("/account").page.text)
        self.assertNotIn("client_assertion", self.provider.forms[-1])
        # the same person again is the same account
        self.browser = door.Browser(self.program.address)
        self.browser.get("/sign-in?lang=en")
        self.signed_in(name="Another name")
        self.assertIn("Salma Idrissi", self.browser.get("/account").page.text)
        lines = jisr.sh(jisr.JISR, "centre", "audit", "--data", self.folder / "data", "--lines")
        self.assertEqual(lines.count("partner"), 2, lines)

    def test_one_factor_over_there_is_one_here(self):
        self.begin()
        self.assertTrue(self.signed_in(amr=["pwd"]).location.startswith("/account/codes"))

    def test_an_account_is_linked_by_the_site(self):
        self.begin(makesAccounts=False)
        self.refused("no-account")
        self.assertIn("have no account here", self.browser.get("/sign-in?partner=no-account").page.notice)
        door.first_person(self, self.program)
        self.verb("link", "--id", "chu", "--login", "amina", "--subject", "u-7")
        self.assertEqual(self.signed_in().location, "/account/password")
        self.assertIn("Amina Alaoui", self.browser.get("/account").page.text)

    def test_a_new_key_is_fetched_once_it_is_used(self):
        self.begin()
        self.signed_in()
        self.provider.key = Key(self.folder / "keys", "k2")
        self.provider.published = [self.provider.key.jwk]
        time.sleep(11)  # how often a strange key has them fetched
        self.browser.cookies.pop("jisr-session")
        self.signed_in()
        self.assertEqual(self.provider.asked.count("/keys"), 2)
        self.assertEqual(self.provider.asked.count("/.well-known/openid-configuration"), 1)

    def test_a_partner_that_was_removed_signs_nobody_in(self):
        self.begin()
        there = self.there()
        self.verb("remove", "--id", "chu")
        self.assertEqual(self.back(self.provider.sign_in(there)).location, "/sign-in?partner=failed")
        self.assertNotIn("CHU", self.browser.get("/sign-in").page.text)

    def test_somebody_elses_provider_signs_a_person_in(self):
        """oidc-provider; we prove ourselves to it by the key that it is given of ours, and by PKCE."""
        script = jisr.ROOT / "tests" / "system" / "partner_provider.mjs"
        if not (jisr.ROOT / "packaging/npm-clients/node_modules/oidc-provider").exists():
            self.skipTest("oidc-provider is not installed: make deps")
        self.program = self.centre()
        keys = until(lambda: json.loads(door.Browser(self.program.address).get("/jwks").bytes)["keys"])
        site = "http://%s:%d" % self.program.address
        client = {"client_id": "jisr", "redirect_uris": [site + "/partner/callback/chu"], "jwks": {"keys": keys},
                  "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "RS256"}
        process = subprocess.Popen(["node", script, json.dumps([client])], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        there = types.SimpleNamespace(issuer=process.stdout.readline().strip())
        there.host = there.issuer.removeprefix("http://")
        self.add("chu", there, proof="key")
        self.browser = door.Browser(self.program.address)
        self.browser.get("/sign-in?lang=en")
        host, port = there.host.split(":")
        visitor = door.Browser((host, int(port)))
        location = self.there()
        while not location.startswith(site):
            parts = urllib.parse.urlsplit(location)
            answer = visitor.get(parts.path + ("?" + parts.query if parts.query else ""))
            if answer.status == 200:  # its pages: who one is, and what is told of one
                prompt = re.search(r'name="prompt" value="(\w+)"', answer.bytes.decode())[1]
                answer = visitor.post(re.search(r'action="([^"]+)"', answer.bytes.decode())[1].removeprefix(there.issuer),
                                      {"prompt": prompt, "login": "u-7", "password": "x"})
            self.assertEqual(answer.status, 303, answer.bytes)
            location = answer.location
        answer = self.back(location)
        self.assertTrue(answer.location.startswith("/partner/arrive?ticket="), (answer.location, self.program.log))
        self.assertTrue(self.browser.follow(answer).location.startswith("/account/codes"))  # it told of one factor

    # --- H-132: somebody else's answer --------------------------------------------------------------------------------

    def test_h132_a_token_that_proves_nothing_signs_nobody_in(self):
        self.begin()
        now = int(time.time())
        for claims in ({"iss": "https://evil.example"}, {"aud": "another"}, {"aud": ["jisr", "another"]}, {"azp": "another"},
                       {"nonce": "another"}, {"exp": now - 61}, {"iat": now - 700}, {"iat": now + 120}, {"sub": ""},
                       {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}):
            self.refused(**claims)
        for header in ({"alg": "none"}, {"alg": "HS256"}, {"alg": "RS512"}, {"kid": "unknown"}, {"crit": ["x"]},
                       {"jwk": self.provider.key.jwk}):
            self.provider.header = header
            self.refused()
        self.provider.header = {}
        (self.folder / "strange").mkdir()
        mine, self.provider.key = self.provider.key, Key(self.folder / "strange", "k1")  # another key of the same name
        self.refused()
        self.provider.key = mine
        self.signed_in()

    def test_h132_an_answer_is_good_once_in_its_browser(self):
        self.begin()
        self.provider.claims = {"groups": ["nurses"], "amr": ["mfa"]}
        back = self.provider.sign_in(self.there())
        mine, self.browser = self.browser, door.Browser(self.program.address)
        self.browser.get("/sign-in?lang=en")
        self.refused(back=back)  # in another's
        self.browser = mine
        arrive = self.back(back)
        self.assertTrue(arrive.location.startswith("/partner/arrive"))
        self.refused(back=back)  # again
        stranger = door.Browser(self.program.address)
        stranger.get("/sign-in")
        self.assertEqual(stranger.get(arrive.location).location, "/sign-in?partner=failed")
        self.assertEqual(self.browser.follow(arrive).location, "/account/password")
        self.browser.cookies.pop("jisr-session")
        self.assertEqual(self.browser.follow(arrive).location, "/sign-in?partner=failed")
        self.refused(back=back.replace("state=", "state=x"))
        self.refused("refused", back=self.provider.sign_in(self.there(), code=None, error="access_denied"))

    def test_h132_the_answer_of_one_provider_is_not_taken_for_anothers(self):
        self.begin()
        (self.folder / "more").mkdir()
        honest = Provider(self, self.folder / "more")
        self.add("honest", honest)
        # the attacker's page sends the browser on to the honest one, and it comes back to where that sends it
        there = self.there()
        mixed = honest.sign_in(there.replace(self.provider.issuer, honest.issuer))
        self.refused(back=mixed)
        self.assertNotIn("/token", self.provider.asked)
        other = honest.sign_in(self.there()).replace("/callback/chu", "/callback/honest")
        self.refused(back=other)
        self.refused(back=self.provider.sign_in(self.there(), iss=None))  # promised, and lacking

    # --- H-133, and what else a provider may try -----------------------------------------------------------------------

    def test_h133_a_provider_gives_no_role_that_the_site_did_not(self):
        self.begin()
        self.refused("no-account", groups=["administrator", "guests"])
        self.refused("no-account", groups=None)
        self.signed_in(groups=["nurses", "administrator"])
        self.assertEqual(self.browser.get("/people").status, 403)

    def test_h132_a_provider_leads_nowhere_else(self):
        self.begin()
        for about in ({"issuer": "https://evil.example"}, {"token_endpoint": "http://127.0.0.1:1/token"},
                      {"authorization_endpoint": "javascript:alert(1)"}, {"jwks_uri": None}):
            self.provider.about = about
            self.assertEqual(self.there(), "/sign-in?partner=failed", about)
            self.provider.about = {}
            path = self.folder / "again"  # documents are kept for a while: another issuer has none yet
            path.mkdir(exist_ok=True)
            self.provider = Provider(self, path)
            self.add("chu", self.provider)
        discovery = "/.well-known/openid-configuration"
        for answer in ((302, {"Location": self.provider.issuer + "/keys"}, b""), (200, {}, b"<html>"), (200, {}, b""),
                       (500, {}, b"{}"), (200, {}, b"{" + b" " * 70000 + b"}")):
            self.provider.answers = {discovery: answer}
            self.assertEqual(self.there(), "/sign-in?partner=failed", answer[0])
        self.provider.answers = {"/token": (307, {"Location": self.provider.issuer + "/keys"}, b"{}")}
        self.refused()
        self.provider.answers = {}
        self.signed_in()

    def test_h125_going_on_leads_to_paths_of_ours_alone(self):
        self.begin()
        for go in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
            self.provider.claims = {"groups": ["nurses"], "amr": ["mfa"]}
            answer = self.browser.follow(self.back(self.provider.sign_in(self.there(go))))
            self.assertEqual(answer.location, "/account", go)


if __name__ == "__main__":
    jisr.main()
