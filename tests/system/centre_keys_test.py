#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What opens the keys of a record is said, changed and taken away; who lacks it is told so.

usage: centre_keys_test.py JISR [WORD]"""
import os
import pty
import select
import subprocess
import time

import centre
import jisr

PASSPHRASE, ANOTHER = "eleven red camels", "thé à la menthe"


class Keys(centre.CentreCase):
    def verb(self, *words, typed=""):
        done = subprocess.run([jisr.JISR, "centre", *map(str, words), "--data", str(self.folder / "data")], input=typed,
                              capture_output=True, text=True, timeout=jisr.SLOW, check=False)
        return done.returncode, done.stdout, done.stderr

    def good(self, *words, typed=""):
        status, said, told = self.verb(*words, typed=typed)
        self.assertEqual(status, 0, told)
        return said

    def test_h150_a_record_under_a_passphrase_opens_by_it_alone(self):
        self.assertIn("secret=passphrase", self.good("init", "--passphrase", "-", typed=PASSPHRASE + "\n"))
        self.assertFalse((self.folder / "data" / "secret").exists())
        credential = self.folder / "credential"
        credential.write_text(PASSPHRASE + "\n")
        status, _, told = self.verb("check", "--passphrase", credential)
        self.assertEqual(status, 1)
        self.assertIn("others may read it", told)
        credential.chmod(0o400)
        program = self.centre("--open", "--passphrase", credential)
        self.assertEqual(self.fhir(program, "PUT", "/Patient/p", {"resourceType": "Patient", "id": "p"}).status, 201)
        program.kill()
        for words, typed, why in ((("--passphrase", "-"), "eleven red camel\n", "the passphrase does not open this key file"),
                                  (("--passphrase", "-"), "", "there is no passphrase in it"),
                                  (("--passphrase", "-"), "x" * 2000, "at most 1024 bytes"),
                                  (("--passphrase", "-", "--secret", credential), PASSPHRASE, "not both"),
                                  ((), "", "not opened by a file")):
            status, said, told = self.verb("check", *words, typed=typed)
            self.assertEqual((status, said), (1, ""))
            self.assertIn(why, told)
            self.assertNotIn("camel", told)
        self.assertIn("broken=0", self.good("check", "--passphrase", "-", typed=PASSPHRASE))

    def test_h150_what_opens_the_keys_is_changed_while_the_record_stays(self):
        self.good("init")
        self.assertEqual(self.good("key", "list"), "slot=1 opens=file\ndata_keys=1\n")
        said = self.good("key", "passphrase", typed=PASSPHRASE + "\n")
        self.assertIn("slot=2 opens=passphrase memory_kib=65536 passes=3 lanes=4\n", said)
        self.good("key", "file", "--new", self.folder / "spare")
        self.assertEqual((self.folder / "spare").stat().st_mode & 0o777, 0o600)
        self.good("check", "--secret", self.folder / "spare")
        self.good("key", "passphrase", "--slot", 2, "--passphrase", "-", typed=f"{PASSPHRASE}\n{ANOTHER}\n")
        self.assertEqual(self.verb("check", "--passphrase", "-", typed=PASSPHRASE)[0], 1)
        self.good("check", "--passphrase", "-", typed=ANOTHER)
        self.good("key", "remove", "--slot", 1)
        self.assertEqual(self.verb("check")[0], 1)
        self.good("key", "remove", "--slot", 3, "--passphrase", "-", typed=ANOTHER)
        status, _, told = self.verb("key", "remove", "--slot", 2, "--passphrase", "-", typed=ANOTHER)
        self.assertEqual(status, 1)
        self.assertIn("the only slot", told)
        self.assertRegex(self.good("key", "rotate", "--passphrase", "-", typed=ANOTHER), "^pages=[1-9]")
        self.assertIn("data_keys=1\n", self.good("key", "list", "--passphrase", "-", typed=ANOTHER))
        self.good("check", "--passphrase", "-", typed=ANOTHER)

    def test_what_is_wrong_with_a_new_one_is_told(self):
        self.good("init")
        for words, typed, why in ((("passphrase",), "short\n", "8 bytes or more"),
                                  (("remove", "--slot", 3), "", "slot 3 is free"),
                                  (("file", "--new", self.folder / "no" / "where"), "", "No such file")):
            status, _, told = self.verb("key", *words, typed=typed)
            self.assertEqual(status, 1, told)
            self.assertIn(why, told)
        self.assertEqual(self.verb("key", "remove")[0], 2)
        self.assertEqual(self.verb("key", "lst")[0], 2)
        self.assertEqual(self.good("key", "list"), "slot=1 opens=file\ndata_keys=1\n")

    def test_h150_a_terminal_does_not_show_what_is_typed(self):
        self.good("init")
        ours, theirs = pty.openpty()
        program = subprocess.Popen([jisr.JISR, "centre", "key", "passphrase", "--data", str(self.folder / "data")],
                                   stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        shown = b""
        for prompt, typed in ((b"New passphrase: ", PASSPHRASE), (b"The same again: ", PASSPHRASE), (b"data_keys=1", "")):
            end = time.monotonic() + jisr.SLOW
            while prompt not in shown and time.monotonic() < end:
                if select.select([ours], [], [], 1)[0]:
                    try:
                        shown += os.read(ours, 4096)
                    except OSError:  # its end
                        break
            self.assertIn(prompt, shown)
            os.write(ours, typed.encode() + b"\n")
        self.assertEqual(program.wait(jisr.SLOW), 0, shown)
        os.close(ours)
        self.assertNotIn(b"camels", shown)
        self.good("check", "--passphrase", "-", typed=PASSPHRASE)


jisr.main()
