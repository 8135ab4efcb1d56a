#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Either end is killed in mid-operation and started again: the arm holds, the two find each other by
themselves, and it goes on after a fresh clutch-in. usage: restart_test.py JISR [WORD]"""
import signal

import jisr

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # also where whoever started us had it ignored
HELD = ("age", "silence", "session")


class RestartTest(jisr.Case):
    def setUp(self):
        super().setUp()
        self.lines = [jisr.address(), jisr.address()]
        self.arm = self.cart(*self.lines)
        self.eyes = self.console(*self.lines)
        self.assert_follows(self.arm, self.eyes)

    def test_a_killed_console_is_started_again(self):
        clutches_before = len(self.arm.log)
        self.eyes.kill()
        killed_ns = jisr.now_ns()
        self.assertTrue(jisr.until(lambda: self.arm.hold in HELD), self.tell(self.arm))
        held_ns = jisr.now_ns()

        again = self.console(*self.lines, name="console_again")
        self.assert_follows(self.arm, again)
        self.assertTrue(self.arm.says("session_up peer=\"Shanghai\"", after=clutches_before))
        for program in (again, self.arm):
            self.assertEqual(program.stop(), 0, self.tell(program))
        self.assertEqual(self.report("cart")["sessions"], 2)
        self.assert_counts_are_of_both_sessions("cart", "console_again")
        late = [row for row in self.trace("cart") if row["applied_ns"] and
                killed_ns + 200_000_000 < row["applied_ns"] < held_ns]
        self.assertEqual(late[:3], [], "applied what a dead console had sent")

    def test_h03_by_default_only_a_person_ends_a_hold(self):
        self.eyes.stop()
        at = jisr.address()
        arm = self.cart(at, name="cart_asked")
        eyes = self.start("console", "--line", at, *jisr.CONSOLE_GATES, "--identity", self.shanghai,
                          control=True)
        self.assertTrue(jisr.until(lambda: eyes.number("picture_whole") > 20), self.tell(eyes))
        self.assertFalse(jisr.until(lambda: arm.hold == "none", seconds=3), self.tell(arm))
        eyes.order("reclutch")
        self.assert_follows(arm, eyes)

    def test_a_terminal_that_hangs_up_ends_either_with_farewell_and_report(self):
        mark = len(self.arm.log)
        self.eyes.process.send_signal(signal.SIGHUP)
        self.assertEqual(self.eyes.wait(), 0, self.tell(self.eyes))
        self.assertTrue(self.arm.says("the console was stopped", after=mark), self.tell(self.arm))
        self.arm.process.send_signal(signal.SIGHUP)
        self.assertEqual(self.arm.wait(), 0, self.tell(self.arm))
        self.assertEqual(self.report("cart")["sessions"], 1)
        self.assertEqual(self.report("console")["sessions"], 1)

    def assert_counts_are_of_both_sessions(self, whole, second):
        """More came over each line than the other end, which has seen the second session only, sent."""
        for mine, other in zip(self.report(whole)["lines"], self.report(second)["lines"], strict=True):
            self.assertGreater(mine["received"], other["sent"], (mine, other))
            self.assertGreater(mine["sent"], other["received"], (mine, other))

    def test_a_killed_cart_is_started_again(self):
        self.arm.kill()
        again = self.cart(*self.lines, name="cart_again")
        self.assert_follows(again, self.eyes)
        first = again.log.index(next(line for line in again.log if line.startswith("info follows")))
        self.assertTrue(any("holds cause=\"not yet engaged\"" in line for line in again.log[:first]),
                        self.tell(again))
        for program in (self.eyes, again):
            self.assertEqual(program.stop(), 0, self.tell(program))
        seen = self.report("console")
        self.assertEqual(seen["sessions"], 2)
        silences = [hold for hold in seen["holds"] if hold["cause"] == "the cart is silent"]
        self.assertTrue(silences and silences[0]["length_s"] > 0, seen["holds"])
        self.assertEqual(self.report("cart_again")["sessions"], 1)
        self.assert_counts_are_of_both_sessions("console", "cart_again")

    def test_what_an_earlier_life_wrote_stays(self):
        self.assertTrue(jisr.until(lambda: len(self.trace("cart")) > 500))
        self.arm.kill()
        rows = (self.folder / "cart.csv").read_bytes()
        again = self.cart(*self.lines)
        self.assertTrue(again.says(f'info kept_beside file="{self.folder}/cart-2.csv"'), self.tell(again))
        self.assert_follows(again, self.eyes)
        self.assertFalse((self.folder / "cart-2.json").exists(), "whole or not at all")
        self.assertEqual(again.stop(), 0, self.tell(again))
        self.assertEqual((self.folder / "cart.csv").read_bytes(), rows)
        self.assertGreater(len(self.trace("cart-2")), 100)
        self.assertEqual(self.report("cart-2")["sessions"], 1)
        self.assertFalse((self.folder / "cart.json").exists(), "its life has no report")
        third = self.cart(*self.lines)
        self.assertTrue(third.says("info cart_listens"), self.tell(third))
        self.assertEqual(third.stop(), 0, self.tell(third))
        self.assertEqual(self.report("cart-2")["sessions"], 1)
        self.assertEqual(sorted(path.name for path in self.folder.glob("cart*")),
                         ["cart-2.csv", "cart-2.json", "cart-3.csv", "cart-3.json", "cart.csv"])
        for path in self.folder.glob("cart*"):
            self.assertEqual(path.stat().st_mode & 0o137, 0, path)


jisr.main()
