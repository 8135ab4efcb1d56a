#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An operation over two lines in bad weather, by the real programs: nothing stops when one line is
pulled, the arm holds when both are. usage: operation_test.py JISR [WORD]"""
import time

import jisr

GATE_NS = 600_000_000  # jisr.CART_GATES
ONE_WAY_NS = 45_000_000  # at most, in the weather below
NOISE_NS = 250_000_000  # a busy machine's


class OperationTest(jisr.Case):
    def setUp(self):
        super().setUp()
        targets = [jisr.address(), jisr.address()]
        relays = [jisr.address(), jisr.address()]
        self.relay = self.weather((relays[0], targets[0], "delay=30ms,jitter=2ms,loss=2%,burst=4"),
                                  (relays[1], targets[1], "delay=40ms,jitter=2ms,loss=2%,burst=4"))
        self.arm = self.cart(*targets)
        self.eyes = self.console(*relays)
        self.assert_follows(self.arm, self.eyes)

    def both_stop(self):
        for program in (self.eyes, self.arm):
            self.assertEqual(program.stop(), 0, self.tell(program))
        for program in (self.eyes, self.arm):
            self.assertFalse([line for line in program.log if line.startswith("error ")])

    def assert_trace_is_sound(self, rows):
        """Each gesture once, in order, and none older than the gate: by the one clock of this machine."""
        applied = [row for row in rows if row["outcome"] == "applied"]
        swaps = [pair for pair in zip(applied, applied[1:]) if pair[0]["sampled_ns"] >= pair[1]["sampled_ns"]]
        self.assertEqual(swaps[:3], [], "applied out of order or twice")
        for row in applied:
            self.assertLessEqual(row["sampled_ns"], row["received_ns"])
            self.assertLessEqual(row["received_ns"], row["applied_ns"])
            self.assertLess(row["applied_ns"] - row["sampled_ns"], GATE_NS, "older than the gate")
        self.assertEqual({row["outcome"] for row in rows} - {"applied", "late", "duplicate", "refused"}, set())
        return applied

    def test_gestures_and_pictures_cross_and_the_first_cut_stops_nothing(self):
        time.sleep(2)
        faults = self.arm.faults()
        self.relay.order("cut 1")
        cut_ns = jisr.now_ns()
        time.sleep(2.5)
        self.assertEqual(self.arm.faults(), faults, self.tell(self.arm, self.eyes))
        self.assertIn(self.arm.hold, ("none", "released"))
        self.assertEqual(self.arm.status["line1"], "lost")
        self.assertTrue(self.eyes.says("line line=1 state=lost"))
        self.relay.order("restore 1")
        self.assertTrue(jisr.until(lambda: self.arm.status["line1"] == "good"), self.tell(self.arm))
        self.both_stop()

        rows = self.trace("cart")
        applied = self.assert_trace_is_sound(rows)
        self.assertGreater(len(applied), 3000)
        between = [row for row in applied if cut_ns + NOISE_NS < row["received_ns"] < cut_ns + 2_400_000_000]
        self.assertGreater(len(between), 1000, "the gestures thinned out when a line was cut")
        self.assertEqual({row["line"] for row in between}, {2})

        pictures = self.trace("console")
        shown = [row for row in pictures if row["outcome"] in ("whole", "repaired")]
        self.assertGreater(len(shown), 0.9 * len(pictures))
        self.assertGreater(len(shown), 40)
        for row in shown:
            self.assertGreater(row["shown_ns"], row["captured_ns"])
        cart, console = self.report("cart"), self.report("console")
        self.assertEqual((cart["site"], cart["peer"], cart["sessions"]), ("Theatre 1", "Shanghai", 1))
        self.assertEqual((console["site"], console["peer"]), ("Shanghai", "Theatre 1"))
        self.assertEqual(cart["gestures"]["applied"], len(applied))
        self.assertEqual(cart["trace_rows_lost"], 0)
        self.assertGreater(console["gestures"]["sent"], len(applied) - 1)
        self.assertTrue(25 < cart["gesture_age_ms"]["p50"] < 100, cart["gesture_age_ms"])
        self.assertTrue(60 < console["hand_to_eye_ms"]["p50"] < 500, console["hand_to_eye_ms"])
        self.assertEqual(console["pictures"]["whole"] + console["pictures"]["repaired"], len(shown))
        for line in cart["lines"] + console["lines"]:
            self.assertGreater(line["received"], 100, line)

    def test_with_every_line_cut_the_arm_holds_until_a_new_clutch_in(self):
        time.sleep(1)
        faults, clutch = len(self.arm.faults()), self.arm.status["clutch"]
        self.relay.order("cut 1")
        self.relay.order("cut 2")
        cut_ns = jisr.now_ns()
        time.sleep(1.5)
        restored_ns = jisr.now_ns()
        self.assertIn(self.arm.hold, ("age", "silence"))
        self.relay.order("restore 1")
        self.relay.order("restore 2")
        self.assert_follows(self.arm, self.eyes)
        self.assertNotEqual(self.arm.status["clutch"], clutch, "it moved by the old clutch-in")
        self.assertEqual(len(self.arm.faults()), faults + 1, self.tell(self.arm))
        self.both_stop()

        applied = self.assert_trace_is_sound(self.trace("cart"))
        while_held = [row for row in applied
                      if cut_ns + ONE_WAY_NS + NOISE_NS < row["applied_ns"] < restored_ns]
        self.assertEqual(while_held, [])
        held = [s for s in self.arm.statuses if s["hold"] in ("age", "silence")]
        self.assertEqual({s["clutch"] for s in held}, {clutch}, "a clutch-in while it held")
        self.assertTrue(any("holds cause=\"no gestures\"" in line or "holds cause=\"gesture too old\"" in line
                            for line in self.arm.log), self.tell(self.arm))
        faults = [h for h in self.report("cart")["holds"] if h["cause"] in ("no gestures", "gesture too old")]
        self.assertEqual(len(faults), 1)
        self.assertGreater(faults[0]["length_s"], 1)


jisr.main()
