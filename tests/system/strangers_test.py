#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sites that may not operate here knock while an operation is under way: each is told why, so is the log
at both ends, and the operation does not notice. usage: strangers_test.py JISR [WORD]"""
import shutil
import time

import jisr

OPENSSL_CA = """
[ca]
default_ca = ours
[ours]
dir = .
database = index.txt
serial = serial
new_certs_dir = .
certificate = {authority}/authority.pem
private_key = {authority}/authority.key
default_md = sha256
policy = any
x509_extensions = site
unique_subject = no
[any]
commonName = supplied
[site]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth,serverAuth
subjectAltName = URI:jisr:kind:console
authorityKeyIdentifier = keyid
"""


class StrangersTest(jisr.Case):
    def setUp(self):
        super().setUp()
        self.at = jisr.address()

    def operate(self):
        self.arm = self.cart(self.at)
        self.eyes = self.console(self.at)
        self.assert_follows(self.arm, self.eyes)
        self.faults = self.arm.faults()

    def assert_undisturbed(self, sessions=1):
        self.assertEqual(self.arm.faults(), self.faults, self.tell(self.arm, self.eyes))
        self.assertFalse([line for line in self.eyes.log if "session_closed" in line])
        for program in (self.eyes, self.arm):
            self.assertEqual(program.stop(), 0, self.tell(program))
        self.assertEqual(self.report("cart")["sessions"], sessions)

    def assert_refused(self, stranger, arm_says, stranger_says, who):
        """`stranger` is running; `who` must stand beside the cart's reason: a name signed by the authority of
        both, else an address."""
        mark = len(self.arm.log)
        theirs = stranger.says(stranger_says)
        self.assertTrue(theirs, self.tell(stranger, self.arm))
        ours = self.arm.says(arm_says, after=max(0, mark - 5))
        self.assertTrue(ours, self.tell(self.arm))
        for line in (ours, theirs):
            self.assertTrue(line.startswith("warn "), line)
        self.assertIn(who, ours)
        self.assertNotIn("session_up", " ".join(stranger.log))
        self.assertEqual(stranger.stop(), 0)

    def dials(self, identity, name):
        return self.console(self.at, identity=identity, name=name)

    def test_h10_strangers_are_refused_and_a_second_console_moves_nothing(self):
        jisr.sh(jisr.JISR, "identity", "init", self.folder / "elsewhere")
        foreign = self.identity("Foreign", "console", authority="elsewhere")
        van = self.identity("Van", "unit")
        second = self.identity("Osaka", "console")
        self.operate()
        self.assert_refused(self.dials(foreign, "foreign"), "our certificate is not signed by its authority",
                            "not signed by our authority", who="address=\"127.")
        self.assert_refused(self.dials(van, "van"), "not of a kind of site allowed here",
                            "our kind of site is not allowed", who="peer=\"Van\"")
        osaka = self.dials(second, "osaka")
        self.assertTrue(osaka.says("lease owner=\"Shanghai\""), self.tell(osaka))
        self.assertEqual(osaka.number("sent"), 0)  # it watches: none of its gestures leaves
        osaka.stop()
        self.assert_undisturbed(sessions=2)  # hers, too

    def test_a_console_that_is_dialled_as_a_cart_is_refused(self):
        at = jisr.address()
        impostor = self.cart(at, identity=self.identity("Impostor", "console"), name="impostor")
        eyes = self.console(at)
        self.assertTrue(eyes.says("not of a kind of site allowed here"), self.tell(eyes))
        self.assertTrue(impostor.says("our kind of site is not allowed"), self.tell(impostor))

    def test_a_revoked_console_is_refused(self):
        revoked = self.identity("Revoked", "console")
        jisr.sh(jisr.JISR, "identity", "revoke", "--authority", self.folder / "authority", "Revoked")
        self.operate()
        mark = len(self.arm.log)
        shutil.copy(self.folder / "authority" / "revoked.crl", self.theatre)
        self.assertTrue(self.arm.says("identity_read_again", seconds=1, after=mark), self.tell(self.arm))
        self.assert_refused(self.dials(revoked, "revoked"), "has been revoked", "has been revoked",
                            who="peer=\"Revoked\"")
        done = jisr.run(jisr.JISR, "console", "--line", self.at, "--identity", revoked, "--for", "2s")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("no cart was met", done.stderr)
        shutil.copy(self.folder / "authority" / "revoked.crl", revoked)
        done = jisr.run(jisr.JISR, "console", "--line", self.at, "--identity", revoked, "--for", "2s")
        self.assertEqual(done.returncode, 1)
        self.assertIn("revoked", done.stderr)
        self.assert_undisturbed()

    def short_lived(self, seconds):
        """A console whose certificate ends so soon: issued by openssl with our authority's key."""
        folder = self.identity("Brief", "console")
        work = self.folder / "openssl"
        work.mkdir()
        (work / "index.txt").touch()
        (work / "serial").write_text("1001\n")
        (work / "ca.cnf").write_text(OPENSSL_CA.format(authority=self.folder / "authority"))
        jisr.sh("openssl", "req", "-new", "-key", folder / "site.key", "-subj", "/CN=Brief", "-out",
                work / "site.csr")
        ends = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + seconds))
        done = jisr.run("openssl", "ca", "-batch", "-notext", "-config", "ca.cnf", "-in", "site.csr", "-out",
                        "site.pem", "-startdate", "20200101000000Z", "-enddate", ends, cwd=work)
        self.assertEqual(done.returncode, 0, done.stderr)
        shutil.copy(work / "site.pem", folder / "site.pem")
        return folder, time.monotonic() + seconds

    def test_a_console_whose_certificate_has_expired_is_refused(self):
        if not shutil.which("openssl"):
            self.skipTest("no openssl program")
        folder, over = self.short_lived(4)
        late = self.dials(folder, "late")  # begins while it is still good; the cart is not there yet
        self.assertTrue(late.says("console_dials"), self.tell(late))
        time.sleep(max(0, over + 2 - time.monotonic()))
        self.operate()
        self.assert_refused(late, "has expired", "has expired", who="peer=\"Brief\"")
        done = jisr.run(jisr.JISR, "console", "--line", self.at, "--identity", folder, "--for", "2s")
        self.assertEqual(done.returncode, 1)
        self.assertIn("expired", done.stderr)
        self.assert_undisturbed()


jisr.main()
