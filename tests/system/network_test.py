#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operation between two network namespaces with two cables between them, whose packets shrink, whose
addresses change and whose links go down; and a console whose clock is a day off.
usage: network_test.py JISR [WORD]"""
import os
import shutil
import time

import jisr

DAY_S = 86400
CARTS, CONSOLES = ("10.77.0.1", "10.77.1.1"), ("10.77.0.2", "10.77.1.2")


def may_make_namespaces():
    name = f"jisr-try-{os.getpid()}"
    made = jisr.IS_ROOT and shutil.which("ip") and not jisr.run("ip", "netns", "add", name).returncode
    if made:
        jisr.run("ip", "netns", "delete", name)
    return made


class CablesTest(jisr.Case):
    def setUp(self):
        if not may_make_namespaces():
            self.skipTest("needs root and network namespaces")
        super().setUp()
        self.theatre_net, self.shanghai_net = f"jisr-t-{os.getpid()}", f"jisr-s-{os.getpid()}"
        for net in (self.theatre_net, self.shanghai_net):
            jisr.sh("ip", "netns", "add", net)
            self.addCleanup(jisr.run, "ip", "netns", "delete", net)
            jisr.sh("ip", "-n", net, "link", "set", "lo", "up")
        for i in range(2):
            jisr.sh("ip", "-n", self.theatre_net, "link", "add", f"cable{i}", "type", "veth", "peer", "name",
                    f"cable{i}", "netns", self.shanghai_net)
            for net, ours in ((self.theatre_net, CARTS[i]), (self.shanghai_net, CONSOLES[i])):
                self.ip(net, "addr", "add", f"{ours}/24", "dev", f"cable{i}")
                self.ip(net, "link", "set", f"cable{i}", "up")
        self.arm = self.cart(*[f"{a}:6000" for a in CARTS], before=("ip", "netns", "exec", self.theatre_net))
        self.eyes = self.console(*[f"{a}:6000" for a in CARTS],
                                 before=("ip", "netns", "exec", self.shanghai_net))
        self.addCleanup(self._end)  # before the namespaces go
        self.assert_follows(self.arm, self.eyes)
        self.wait_line(1, "good")
        self.wait_line(2, "good")
        self.faults = self.arm.faults()

    @staticmethod
    def ip(net, *words):
        return jisr.sh("ip", "-n", net, *words)

    def wait_line(self, line, state):
        for program in (self.arm, self.eyes):
            self.assertTrue(jisr.until(lambda: program.status.get(f"line{line}") == state),
                            f"line {line} is not {state}\n{self.tell(self.arm, self.eyes)}")

    def goes_on(self, seconds):
        """Gestures are applied and pictures seen, and nothing has stopped the arm since the start."""
        applied, pictures = self.arm.number("applied"), self.seen()
        time.sleep(seconds)
        self.assertEqual(self.arm.faults(), self.faults, self.tell(self.arm, self.eyes))
        self.assertGreater(self.arm.number("applied"), applied + 300 * seconds, self.tell(self.arm, self.eyes))
        self.assertGreater(self.seen(), pictures + 8 * seconds, self.tell(self.arm, self.eyes))

    def seen(self):
        return self.eyes.number("picture_whole") + self.eyes.number("picture_repaired")

    def cut(self, line):
        self.ip(self.shanghai_net, "link", "set", f"cable{line}", "down")

    def restore(self, line):
        self.ip(self.shanghai_net, "link", "set", f"cable{line}", "up")

    def both_stop(self):
        for program in (self.eyes, self.arm):
            self.assertEqual(program.stop(), 0, self.tell(program))
        self.assertEqual(self.report("cart")["sessions"], 1)
        self.assertEqual(self.report("console")["sessions"], 1)

    def test_a_line_carries_on_alone_after_its_largest_packet_shrank(self):
        for net in (self.theatre_net, self.shanghai_net):
            self.ip(net, "link", "set", "cable0", "mtu", 900)
        self.goes_on(2)
        self.wait_line(1, "good")
        self.cut(1)
        self.goes_on(2)
        self.both_stop()
        self.assertGreater(self.report("cart")["unsent"], 0, "nothing was sent in pieces")

    def test_a_console_whose_address_changes_in_mid_flight_is_followed(self):
        self.ip(self.shanghai_net, "addr", "del", "10.77.0.2/24", "dev", "cable0")
        self.ip(self.shanghai_net, "addr", "add", "10.77.0.9/24", "dev", "cable0")
        self.assertTrue(self.arm.says("line_moved line=1"), self.tell(self.arm, self.eyes))
        self.goes_on(1)
        self.wait_line(1, "good")
        self.cut(1)
        self.goes_on(2)
        self.both_stop()

    def test_a_link_goes_down_and_comes_up(self):
        self.cut(0)
        self.goes_on(1)
        self.wait_line(1, "lost")
        self.restore(0)
        self.wait_line(1, "good")
        self.cut(1)
        self.goes_on(2)
        self.both_stop()
        self.assertGreater(self.report("console")["unsent"], 0)
        self.assertTrue(self.eyes.says("unsent count="), self.tell(self.eyes))


class ClockTest(jisr.Case):
    def test_ages_are_right_when_the_clocks_are_a_day_apart(self):
        before = ("unshare", "--time", "--monotonic", DAY_S)
        if not jisr.IS_ROOT or jisr.run(*before, "true").returncode:
            self.skipTest("needs root and time namespaces")
        at = jisr.address()
        relay = jisr.address()
        self.weather((relay, at, "delay=30ms"))
        arm = self.cart(at)
        eyes = self.console(relay, before=[str(word) for word in before])
        self.assert_follows(arm, eyes)
        time.sleep(2)
        for program in (eyes, arm):
            self.assertEqual(program.stop(), 0, self.tell(program))

        ages = [row["applied_ns"] + DAY_S * 1_000_000_000 - row["sampled_ns"] for row in self.trace("cart")
                if row["outcome"] == "applied"]
        self.assertGreater(len(ages), 1000)
        true_ms = sorted(ages)[len(ages) // 2] / 1e6
        cart, console = self.report("cart"), self.report("console")
        self.assertAlmostEqual(cart["gesture_age_ms"]["p50"], true_ms, delta=0.05 * true_ms + 2)
        self.assertGreaterEqual(true_ms, 30)
        self.assertAlmostEqual(cart["clock_offset_ms"], DAY_S * 1000, delta=cart["clock_bound_ms"] + 1)
        self.assertAlmostEqual(console["clock_offset_ms"], -DAY_S * 1000, delta=console["clock_bound_ms"] + 1)
        self.assertTrue(30 <= console["picture_age_ms"]["p50"] < 300, console["picture_age_ms"])
        self.assertTrue(60 <= console["hand_to_eye_ms"]["p50"] < 500, console["hand_to_eye_ms"])


jisr.main()
