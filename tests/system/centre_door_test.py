#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""People sign in to a running centre and let an app in, as browsers and apps do it by HTTP; and what is refused.

usage: centre_door_test.py JISR [WORD]"""
import base64
import hashlib
import http.client
import json
import time
import urllib.parse

import centre
import door
import jisr
from waiting import SLOW

APP = "https://app.example.org/back?at=home"
VERIFIER = "a-verifier-of-more-than-forty-three-letters-0"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
PASSWORD = door.PASSWORD
KINDS = """AllergyIntolerance CarePlan CareTeam Condition Consent Coverage Device DiagnosticReport DocumentReference
    Encounter EpisodeOfCare Flag Goal ImagingStudy Immunization List MedicationAdministration MedicationDispense
    MedicationRequest MedicationStatement NutritionOrder Observation Patient Procedure Provenance
    QuestionnaireResponse RelatedPerson RiskAssessment ServiceRequest Specimen Task VisionPrescription""".split()


class Door(centre.CentreCase):
    def begin(self, *options):
        """A centre with an app, and a physician's browser."""
        door.register(self, "vitals", "Vitals", [APP], "patient/*.cruds user/*.rs launch launch/patient openid "
                      "fhirUser offline_access online_access system/*.rs", launch="https://app.example.org/open")
        self.program = self.centre(*options)
        self.browser, self.codes = door.first_person(self, self.program)

    def asked(self, **changes):
        query = {"response_type": "code", "client_id": "vitals", "redirect_uri": APP, "state": "s 1",
                 "scope": "openid fhirUser launch/patient patient/Observation.rs patient/Patient.rs offline_access",
                 "aud": f"http://{self.program.address[0]}:{self.program.address[1]}/fhir",
                 "code_challenge": CHALLENGE, "code_challenge_method": "S256", "nonce": "n1", **changes}
        return "/authorize?" + urllib.parse.urlencode({name: value for name, value in query.items() if value})

    def agreed(self, browser, **changes):
        """The query of where the app's browser comes back to."""
        answer = browser.get(self.asked(**changes))
        while any(form["action"] == "/agree" for form in answer.page.forms):
            fields = {"answer": "agree"} if "patient" in answer.page.form("/agree")["fields"] else {"patient": "amal"}
            answer = browser.submit(answer, "/agree", **fields)
            if answer.status == 303:
                break
        self.assertEqual(answer.status, 303, answer.bytes)
        self.assertTrue(answer.location.startswith(APP + "&"), answer.location)
        return dict(urllib.parse.parse_qsl(answer.location.split("?", 1)[1]))

    def redeem(self, code, **changes):
        form = {"grant_type": "authorization_code", "client_id": "vitals", "redirect_uri": APP, "code": code,
                "code_verifier": VERIFIER, **changes}
        return door.Browser(self.program.address).post("/token", form)

    # --- letting an app in ---------------------------------------------------------------------------------------

    def test_a_person_lets_an_app_in_and_it_gets_what_was_ticked(self):
        self.begin()
        browser = self.browser
        answer = browser.get(self.asked())
        self.assertIn("For which patient?", answer.page.text)
        self.assertEqual(answer.page.form("/agree")["buttons"].count(("patient", "amal")), 1)
        self.assertNotIn("Badr", answer.page.text)  # nothing ties the physician to him
        answer = browser.submit(answer, "/agree", search="nobody at all", answer="search")
        self.assertIn("Nobody of that name", answer.page.text)
        answer = browser.submit(answer, "/agree", search="benna", answer="search")
        answer = browser.submit(answer, "/agree", patient="amal")
        for words in ("Vitals asks for access", "Amal Bennani", "1984-05-17", "see measurements and test results",
                      "https://app.example.org", "stay connected while you are away"):
            self.assertIn(words, answer.page.text)
        fields = answer.page.form("/agree")["fields"]
        self.assertEqual({name for name in fields if name[0] in "sw"}, {"s0", "s1", "w0", "w2"})
        nothing = browser.submit(answer, "/agree", answer="agree", s0=None, s1=None, w0=None, w2=None)
        self.assertIn("Tick at least one line", nothing.page.notice)
        back = browser.submit(answer, "/agree", answer="agree", s1=None)
        code = dict(urllib.parse.parse_qsl(back.location.split("?", 1)[1]))
        self.assertEqual((code["state"], code["at"]), ("s 1", "home"))
        self.assertEqual(code["iss"], "http://%s:%d" % self.program.address)
        token = json.loads(self.redeem(code["code"]).bytes)
        self.assertEqual(token["patient"], "amal")
        self.assertNotIn("patient/Patient", token["scope"])
        claims = json.loads(base64.urlsafe_b64decode(token["id_token"].split(".")[1] + "=="))
        self.assertEqual((claims["nonce"], claims["aud"]), ("n1", "vitals"))
        self.assertTrue(claims["fhirUser"].endswith("/fhir/Practitioner/amina"))
        bearer = {"Authorization": "Bearer " + token["access_token"]}
        self.assertEqual(self.fhir(self.program, "GET", "/Observation?patient=amal", **bearer).status, 200)
        self.assertEqual(self.fhir(self.program, "GET", "/Patient/amal", **bearer).status, 403)
        # its owner sees it in their account, and ends it
        answer = browser.get("/account")
        self.assertIn("Vitals", answer.page.text)
        ended = browser.follow(browser.submit(answer, "/account/app"))
        self.assertIn("No app has access", ended.page.text)
        self.assertEqual(self.fhir(self.program, "GET", "/Observation?patient=amal", **bearer).status, 401)
        self.program.stop()
        told = jisr.sh(jisr.JISR, "centre", "audit", "--data", self.folder / "data", "--lines", "--patient", "amal")
        self.assertRegex(told, r"permitted credentials/\S+ by Practitioner/amina client vitals from .*: new-app, patients amal")

    def test_h128_a_code_is_good_once_for_its_app_alone(self):
        self.begin()
        code = self.agreed(self.browser)["code"]
        for changes in ({"code_verifier": VERIFIER[:-1] + "1"}, {"redirect_uri": "https://app.example.org/other"},
                        {"client_id": "other"}):
            self.assertIn(self.redeem(code, **changes).status, (400, 401), changes)
        token = self.redeem(self.agreed(self.browser)["code"])
        self.assertEqual(token.status, 200, token.bytes)
        code = self.agreed(self.browser)["code"]
        bearer = {"Authorization": "Bearer " + json.loads(self.redeem(code).bytes)["access_token"]}
        self.assertEqual(self.fhir(self.program, "GET", "/Patient/amal", **bearer).status, 200)
        self.assertEqual(self.redeem(code).status, 400)
        self.assertEqual(self.fhir(self.program, "GET", "/Patient/amal", **bearer).status, 401)

    def test_h128_an_error_is_told_where_the_app_is_registered_and_nowhere_else(self):
        self.begin()
        for changes in ({"redirect_uri": "https://evil.example.org/"}, {"client_id": "nobody"},
                        {"redirect_uri": APP + "x"}, {"client_id": None}):
            answer = self.browser.get(self.asked(**changes))
            self.assertEqual((answer.status, answer.location), (400, None), changes)
            self.assertIn("This app cannot connect", answer.page.text)
        for changes, word in (({"state": None}, "invalid_request"), ({"scope": "system/*.rs"}, "invalid_scope"),
                              ({"code_challenge": None}, "invalid_request"), ({"aud": "https://x"}, "invalid_request"),
                              ({"code_challenge_method": "plain"}, "invalid_request"),
                              ({"response_type": "token"}, "unsupported_response_type"),
                              ({"prompt": "none"}, "consent_required"), ({"request": "x"}, "invalid_request"),
                              ({"prompt": "none login"}, "invalid_request"), ({"prompt": "never"}, "invalid_request"),
                              ({"max_age": "abc"}, "invalid_request"), ({"max_age": "-1"}, "invalid_request"),
                              ({"max_age": "9" * 20}, "invalid_request"),
                              ({"response_mode": "fragment"}, "invalid_request")):
            answer = self.browser.get(self.asked(**changes))
            self.assertEqual(answer.status, 303, (changes, answer.bytes))
            self.assertTrue(answer.location.startswith(APP + "&error=" + word), (changes, answer.location))
        answer = self.browser.get(self.asked())
        answer = self.browser.submit(answer, "/agree", answer="deny")
        self.assertTrue(answer.location.startswith(APP + "&error=access_denied"), answer.location)
        twice = self.browser.get(self.asked() + "&state=other")
        self.assertEqual((twice.status, twice.location), (400, None))

    def test_who_is_to_sign_in_anew_does_so_each_time_and_comes_back(self):
        self.begin()
        for number, changes in enumerate(({"prompt": "login"}, {"prompt": "consent select_account"}, {"max_age": "0"})):
            time.sleep(1.1)  # a max_age of 0 is over
            for _ in range(2):  # having been asked is no answer
                answer = self.browser.get(self.asked(**changes))
                self.assertIn("/sign-in", [form["action"] for form in answer.page.forms], changes)
            answer = self.browser.submit(answer, "/sign-in", name="amina", password=PASSWORD)
            answer = self.browser.submit(self.browser.follow(answer), "/sign-in/code", code=self.codes["paper"][number])
            self.assertIn("For which patient?", self.browser.follow(answer).page.text, changes)
            time.sleep(1.1)
            for query in (self.asked(**changes), self.asked(**changes) + "&jisr_asked=1",
                          self.asked(**changes) + f"&jisr_asked={int(time.time()) + 9}"):
                answer = self.browser.get(query)
                self.assertIn("/sign-in", [form["action"] for form in answer.page.forms], query)
        for changes in ({"max_age": "60"}, {"response_mode": "query"}, {"prompt": "consent"}):
            self.assertIn("For which patient?", self.browser.get(self.asked(**changes)).page.text, changes)

    def test_h127_no_app_opens_on_a_patient_whom_the_person_may_not_see(self):
        self.begin()
        answer = self.browser.get(self.asked())
        for fields in ({"patient": "badr"}, {"patient": "badr", "answer": "agree"}, {"patient": "../Patient/badr"},
                       {"patient": "amal?x"}):
            refused = self.browser.submit(answer, "/agree", **fields)
            self.assertEqual(refused.status, 200)
            self.assertIn("For which patient?", refused.page.text, fields)

    def opened(self, who, patient):
        """The launch token of the app, opened for a patient."""
        said = self.ask(who, "POST", f"/Patient/{patient}/$launch", {
            "resourceType": "Parameters", "parameter": [{"name": "client", "valueString": "vitals"}]})
        return said["parameter"][0]["valueString"]

    def test_h174_an_app_opened_from_the_record_gets_that_patient_or_none(self):
        self.begin()
        owner, scope = self.bearer("--scope", "system/*.cruds"), "launch patient/Observation.rs"
        launch = self.opened(owner, "badr")  # by a program, of whom nothing ties the physician to
        answer = self.browser.get(self.asked(scope=scope, launch=launch))
        self.assertIn("error=access_denied", answer.location)
        launch = self.opened(owner, "amal")
        answer = self.browser.get(self.asked(scope=scope, launch=launch))
        self.assertIn("Amal Bennani", answer.page.text)
        for fields in ({"answer": "other"}, {"answer": "search", "search": "a"}, {"patient": "badr"}):
            answer = self.browser.submit(answer, "/agree", **fields)
            self.assertEqual(answer.page.form("/agree")["fields"]["patient"], "amal", fields)
        back = self.browser.submit(answer, "/agree", answer="agree", patient="badr")
        token = json.loads(self.redeem(dict(urllib.parse.parse_qsl(back.location.split("?", 1)[1]))["code"]).bytes)
        self.assertEqual((token["patient"], token["scope"]), ("amal", "launch patient/Observation.rs"))
        again = self.browser.submit(answer, "/agree", answer="agree")
        self.assertIn("error=invalid_request", again.location)

    def test_h174_a_person_opens_an_app_for_a_patient_from_their_account(self):
        self.begin()
        account = self.browser.get("/account")
        self.assertIn("/account/open?client=vitals", account.page.links)
        choice = self.browser.get("/account/open?client=vitals")
        self.assertIn("Amal Bennani", choice.page.text)
        self.assertNotIn("Badr", choice.page.text)
        self.assertIn("form-action 'self' https://app.example.org", choice.headers["Content-Security-Policy"])
        self.assertEqual(self.browser.submit(choice, "/account/open", answer="deny").location, "/account")
        self.assertEqual(self.browser.submit(choice, "/account/open", patient="badr").status, 200)  # is asked again
        opened = self.browser.submit(choice, "/account/open", patient="amal")
        self.assertEqual(opened.status, 303)
        self.assertTrue(opened.location.startswith("https://app.example.org/open?iss="), opened.location)
        launch = dict(urllib.parse.parse_qsl(opened.location.split("?", 1)[1]))["launch"]
        answer = self.browser.get(self.asked(scope="launch patient/Observation.rs", launch=launch))
        self.assertEqual(answer.page.form("/agree")["fields"]["patient"], "amal")
        self.assertEqual(self.browser.get("/account/open?client=nobodys").status, 404)
        self.assertEqual(door.Browser(self.program.address).get("/account/open?client=vitals").status, 403)

    def test_an_app_may_ask_for_as_much_as_a_form_can_hold(self):
        self.begin()
        scope = "launch/patient openid " + " ".join(f"patient/{kind}.rs" for kind in KINDS)
        answer = self.browser.submit(self.browser.get(self.asked(scope=scope)), "/agree", patient="amal")
        back = self.browser.submit(answer, "/agree", answer="agree", s0=None)
        self.assertEqual(back.status, 303, back.bytes)
        code = dict(urllib.parse.parse_qsl(back.location.split("?", 1)[1]))["code"]
        self.assertEqual(json.loads(self.redeem(code).bytes)["scope"].count("patient/"), len(KINDS) - 1)
        far = self.browser.get(self.asked(scope=scope, nonce="n" * 3000))
        self.assertTrue(far.location.startswith(APP + "&error=invalid_request"), far.location)

    def test_who_may_see_no_patient_finds_none(self):
        self.begin()
        answer = self.browser.submit(self.browser.get("/people"), "/people/add", display="Office", name="office",
                                     administrator="1")
        office, _ = door.take_invitation(self.program, door.link_of(answer.bytes.decode()))
        answer = office.get(self.asked())
        self.assertEqual(answer.status, 200)
        self.assertIn("Nobody of that name", answer.page.text)
        answer = self.browser.submit(self.browser.get(self.asked()), "/agree", search="n" * 20000, answer="search")
        self.assertEqual(answer.status, 200)

    def test_a_patients_own_record_is_chosen_by_itself(self):
        self.begin()
        answer = self.browser.get("/people")
        answer = self.browser.submit(answer, "/people/add", display="Amal Bennani", name="amal",
                                     user="Patient/amal", patient="1")
        amal, _ = door.take_invitation(self.program, door.link_of(answer.bytes.decode()), second=False)
        answer = amal.get(self.asked())
        self.assertIn("In your own record", answer.page.text)
        self.assertEqual(answer.page.form("/agree")["fields"]["patient"], "amal")
        answer = amal.submit(answer, "/agree", answer="agree", patient="badr")
        code = dict(urllib.parse.parse_qsl(answer.location.split("?", 1)[1]))["code"]
        self.assertEqual(json.loads(self.redeem(code).bytes)["patient"], "amal")
        self.assertEqual(amal.get("/people").status, 403)

    def test_signing_in_leads_back_to_the_app(self):
        self.begin()
        browser = door.Browser(self.program.address)
        answer = browser.get(self.asked() + "&lang=en")
        self.assertIn("Sign in to go on to Vitals", answer.page.text)
        wrong = browser.submit(answer, "/sign-in", name="amina", password="not this one")
        self.assertEqual(wrong.status, 403)
        self.assertIn("The name or the password is not right", wrong.page.notice)
        answer = browser.submit(wrong, "/sign-in", name="Amina", password=PASSWORD)
        self.assertTrue(answer.location.startswith("/sign-in/code?go=%2Fauthorize%3F"), answer.location)
        halfway = browser.get("/account")
        self.assertTrue(halfway.location.startswith("/sign-in/code"), halfway.location)
        answer = browser.follow(answer)
        self.assertEqual(browser.submit(answer, "/sign-in/code", code="000000").status, 403)
        answer = browser.submit(answer, "/sign-in/code", code=self.codes["paper"][0])
        answer = browser.follow(answer)
        self.assertIn("For which patient?", answer.page.text)

    def test_an_app_may_post_what_it_asks(self):
        self.begin()
        path, query = self.asked().split("?")
        answer = self.browser.send("POST", path, query, Sec_Fetch_Site="cross-site", Origin="https://app.example.org")
        self.assertIn("For which patient?", self.browser.follow(answer).page.text)

    # --- what other sites and other people try -------------------------------------------------------------------

    def test_h126_a_form_of_another_site_does_nothing(self):
        self.begin()
        page = self.browser.get(self.asked())
        answer = self.browser.submit(page, "/agree", patient="amal")
        for headers, fields in (({}, {"csrf": None}), ({}, {"csrf": "A" * 43}), ({"Sec_Fetch_Site": "cross-site"}, {}),
                                ({"Sec_Fetch_Site": "same-site"}, {}),
                                ({"Sec_Fetch_Site": None, "Origin": "https://evil.example.org"}, {})):
            refused = self.browser.submit(answer, "/agree", headers, answer="agree", **fields)
            self.assertEqual((refused.status, refused.location), (403, None), (headers, fields))
        # the secret of another browser's session is no good here, nor is this browser's from before it signed in
        other = door.Browser(self.program.address)
        others = other.get("/sign-in").page.form("/sign-in")["fields"]["csrf"]
        self.assertEqual(self.browser.submit(answer, "/agree", answer="agree", csrf=others).status, 403)
        self.assertEqual(self.browser.submit(answer, "/agree", answer="agree",
                                             csrf=self.browser.cookies["jisr-form"]).status, 403)
        self.assertEqual(self.browser.post("/sign-out", {}).status, 403)
        # signing somebody in as another (login CSRF) needs the browser's own secret, too
        self.assertEqual(other.post("/sign-in", {"name": "amina", "password": PASSWORD, "csrf": "B" * 43}).status, 403)
        allowed = self.browser.submit(answer, "/agree", {"Sec_Fetch_Site": None, "Origin": "null"}, answer="agree")
        self.assertEqual(allowed.status, 303)

    def test_h126_pages_stand_in_no_frame_and_run_nothing_of_others(self):
        self.begin()
        consent = self.browser.submit(self.browser.get(self.asked()), "/agree", patient="amal")
        stranger = door.Browser(self.program.address)
        for answer, leads in ((stranger.get("/sign-in"), ""), (self.browser.get("/account"), ""),
                              (consent, " https://app.example.org"), (stranger.get("/invite?token=x"), "")):
            policy = answer.headers["Content-Security-Policy"]
            self.assertEqual(policy, "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
                             "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
                             + leads)
            self.assertEqual(answer.headers["X-Frame-Options"], "DENY")
            self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
            self.assertEqual(answer.headers["Cache-Control"], "no-store")
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        style = stranger.get("/pages/style.css")
        self.assertEqual((style.status, style.headers["Content-Type"]), (200, "text/css; charset=utf-8"))
        self.assertEqual(stranger.get("/pages/../secret").status, 404)

    def test_h128_a_session_is_new_with_each_sign_in_and_gone_with_signing_out(self):
        self.begin()
        browser = door.Browser(self.program.address)
        browser.cookies["jisr-session"] = "jisr_ss_" + "A" * 43  # planted
        answer = browser.submit(browser.get("/sign-in"), "/sign-in", name="amina", password=PASSWORD)
        first = browser.cookies["jisr-session"]
        self.assertNotIn("AAAA", first)
        cookie = next(cookie for cookie in answer.cookies if cookie.startswith("jisr-session="))
        self.assertEqual(cookie.split("; ")[1:], ["Path=/", "HttpOnly", "SameSite=Lax"])
        answer = browser.submit(browser.follow(answer), "/sign-in/code", code=self.codes["paper"][1])
        self.assertNotEqual(browser.cookies["jisr-session"], first)
        kept = browser.cookies["jisr-session"]
        old = door.Browser(self.program.address)
        old.cookies["jisr-session"] = first
        self.assertNotIn("My account", old.get("/account").page.title)
        browser.submit(browser.get("/account"), "/sign-out")
        self.assertNotIn("jisr-session", browser.cookies)
        old.cookies["jisr-session"] = kept
        self.assertNotIn("My account", old.get("/account").page.title)

    def test_h128_cookies_are_bound_to_the_host_where_the_site_has_https(self):
        self.begin("--url", "https://record.example.org/fhir")
        answer = door.Browser(self.program.address).get("/sign-in?lang=ar")
        for cookie in answer.cookies:
            self.assertTrue(cookie.startswith("__Host-jisr-"), cookie)
            self.assertEqual(cookie.split("; ")[1:5], ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"])
        self.assertEqual(len(answer.cookies), 2)

    def test_h128_nobody_is_led_away(self):
        self.begin()
        for go in ("https://evil.example.org/", "//evil.example.org", "/\\evil.example.org", "javascript:alert(1)",
                   "/account\r\nX: y", "\\/evil"):
            answer = self.browser.get("/sign-in?" + urllib.parse.urlencode({"go": go}))
            self.assertEqual((answer.status, answer.location), (303, "/account"), go)
        self.assertEqual(self.browser.get("/sign-in?go=/people").location, "/people")

    # --- people ---------------------------------------------------------------------------------------------------

    def test_h129_an_invitation_and_what_comes_after_speak_the_persons_own_language(self):
        self.begin()
        said = jisr.sh(jisr.JISR, "centre", "person", "add", *self.where, "--login", "nurse", "--name", "Samira Benali",
                       "--role", "nurse", "--user", "Practitioner/amina", "--language", "ar")
        browser = door.Browser(self.program.address, "en")
        invited = browser.get(door.link_of(said))
        self.assertIn("Samira Benali", invited.bytes.decode())
        wrong = browser.submit(invited, "/invite", fresh=door.PASSWORD, twice="another one than that")
        self.assertIn("Samira Benali", wrong.bytes.decode())
        next_page = browser.follow(browser.submit(invited, "/invite", fresh=door.PASSWORD, twice=door.PASSWORD))
        self.assertEqual([answer.page.html["lang"] for answer in (invited, wrong, next_page)], ["ar"] * 3)

    def test_h129_pages_speak_the_readers_language_and_say_what_to_do(self):
        self.begin()
        for language, direction, words in (("ar", "rtl", "تسجيل الدخول"), ("fr", "ltr", "Se connecter"),
                                           ("en", "ltr", "Sign in")):
            answer = door.Browser(self.program.address, language).get("/sign-in")
            self.assertEqual((answer.page.html["lang"], answer.page.html["dir"]), (language, direction))
            self.assertIn(words, answer.page.text)
        browser = door.Browser(self.program.address, "de")
        answer = browser.get("/sign-in?go=%2Faccount")
        self.assertEqual(answer.page.html["lang"], "fr")
        self.assertIn("/sign-in?go=%2Faccount&lang=ar", answer.page.links)
        self.assertEqual(browser.get("/sign-in?go=%2Faccount&lang=ar").page.html["lang"], "ar")
        self.assertEqual(browser.get("/sign-in").page.html["lang"], "ar")  # it stays
        missing = self.browser.get("/account/nothing")
        self.assertEqual(missing.status, 404)
        self.assertIn("There is nothing here", missing.page.text)
        bad = self.browser.post("/sign-in", {})
        self.assertIn("Nothing was done: try again", bad.page.text)

    def test_h129_who_guesses_waits_and_is_told_how_long(self):
        self.begin()
        browser, statuses = door.Browser(self.program.address), []
        page = browser.get("/sign-in")
        for _ in range(9):
            answer = browser.submit(page, "/sign-in", name="amina", password="guess guess")
            statuses.append(answer.status)
            if answer.status == 429:
                break
        self.assertEqual(statuses[-1], 429, statuses)
        self.assertTrue(int(answer.headers["Retry-After"]) >= 1)
        self.assertRegex(answer.page.notice, r"Too many tries. Try again in \d+ s.")

    def test_an_invitation_is_good_once_and_takes_no_bad_password(self):
        self.begin()
        answer = self.browser.submit(self.browser.get("/people"), "/people/add", display="Yassine Idrissi",
                                     name="yassine", user="Practitioner/y", nurse="1")
        self.assertIn("Invitation link of Yassine Idrissi", answer.page.text)
        link = door.link_of(answer.bytes.decode())
        browser = door.Browser(self.program.address)
        page = browser.get(link)
        for fresh, twice, words in (("short", "short", "Too short: at least 10"),
                                    (PASSWORD, PASSWORD + "x", "not the same"),
                                    ("Yassine12345", "Yassine12345", "holds your user name"),
                                    ("1234567890", "1234567890", "Everybody tries that first")):
            answer = browser.submit(page, "/invite", fresh=fresh, twice=twice)
            self.assertEqual(answer.status, 403)
            self.assertIn(words, answer.page.notice)
        answer = browser.submit(page, "/invite", fresh=PASSWORD, twice=PASSWORD)
        self.assertEqual(answer.location, "/account/codes")
        self.assertEqual(browser.get("/account").status, 303)  # a nurse needs a second factor first
        again = door.Browser(self.program.address)
        over = again.get(link)
        self.assertEqual(over.status, 404)
        self.assertIn("This invitation is over", over.page.text)

    def test_an_administrator_gives_roles_and_blocks(self):
        self.begin()
        people = self.browser.get("/people")
        for fields, words in (({"name": "amina"}, "is taken"), ({"name": "***"}, "the right form"),
                              ({"user": "Device/1"}, "the right form"), ({"nurse": None}, "at least one role")):
            answer = self.browser.submit(people, "/people/add", **{"display": "N", "name": "nadia",
                                                                   "user": "Practitioner/n", "nurse": "1", **fields})
            self.assertEqual(answer.status, 403, fields)
            self.assertIn(words, answer.page.notice)
        answer = self.browser.submit(people, "/people/add", display="N", name="nadia", user="Practitioner/n", nurse="1")
        nadia, _ = door.take_invitation(self.program, door.link_of(answer.bytes.decode()), second=True)
        people = self.browser.get("/people").page
        orders = [form["fields"]["id"] for form in people.forms if form["action"] == "/people/block"]
        mine = [form["fields"]["id"] for form in people.forms if form["action"] == "/people/roles"
                and "administrator" in form["fields"]]
        hers = next(order for order in orders if order not in mine)
        csrf = people.form("/people/add")["fields"]["csrf"]
        self.assertIn("cannot block yourself",
                      self.browser.post("/people/block", {"csrf": csrf, "id": mine[0]}).page.notice)
        self.assertEqual(nadia.get("/account").status, 200)
        self.assertEqual(self.browser.post("/people/block", {"csrf": csrf, "id": hers}).status, 200)
        self.assertNotIn("My account", nadia.get("/account").page.title)
        self.assertEqual(self.browser.post("/people/unblock", {"csrf": csrf, "id": hers}).status, 200)
        self.assertEqual(self.browser.post("/people/roles", {"csrf": csrf, "id": hers, "surgeon": "1"}).status, 200)
        self.assertIn("surgeon", self.browser.get("/people").page.text)

    def test_the_sites_address_alone_leads_to_where_people_begin(self):
        self.begin()
        browser = door.Browser(self.program.address)
        answer = browser.get("/")
        self.assertEqual((answer.status, answer.location), (303, "/sign-in"))
        self.assertEqual(self.browser.follow(self.browser.get("/")).location, "/account")

    def test_h101_pages_of_a_registered_app_may_call_and_no_others(self):
        self.begin()
        def asked(origin):
            line = http.client.HTTPConnection(*self.program.address, timeout=SLOW)
            line.request("OPTIONS", "/fhir/Patient", headers={"Origin": origin, "Access-Control-Request-Method": "GET"})
            answer = line.getresponse()
            return answer.status, answer.headers["Access-Control-Allow-Origin"]
        app = "/".join(APP.split("/")[:3])
        self.assertEqual(asked(app), (204, app))
        for other in (app + ".evil.example", "https://elsewhere.example", "null"):
            self.assertEqual(asked(other), (403, None))

    def test_open_has_no_door(self):
        program = self.centre("--open")
        home = door.Browser(program.address, "ar").get("/")
        self.assertEqual((home.status, home.page.html["lang"]), (200, "ar"))
        self.assertEqual(door.Browser(program.address, "ar").get("/?lang=en").page.html["lang"], "en")
        self.assertIn("/fhir/Patient?_count=20", home.page.links)
        self.assertEqual(door.Browser(program.address).get("/sign-in").status, 404)


jisr.main()
