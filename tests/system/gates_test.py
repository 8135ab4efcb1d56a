#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gates as they are when nobody names others: a console is killed in mid-operation, and the arm holds in
time. usage: gates_test.py JISR [WORD]"""
import jisr

SILENCE_GATE_MS = 200  # of `jisr cart`
TICK_MS = ROUNDING_MS = 1  # of its loop; of its report
STANDARD = ()
ALONE = ("--bedside", "none")


class GatesTest(jisr.Case):
    def assert_held(self, dead_ns, until_ns):
        """By the last gesture that came and the gate, and from then on. What the cart's own loop was late by is
        this machine's doing, and is in its report."""
        report = self.report("cart")
        self.assertEqual(report["sessions"], 2)
        holds = [(report["start_ns"] + hold["began_s"] * 1e9, hold) for hold in report["holds"]]
        began_ns, hold = [at for at in holds if at[0] < until_ns][-1]
        self.assertEqual(hold["cause"], "no gestures", holds)
        heard_ns = max(row["received_ns"] for row in self.trace("cart") if row["received_ns"] < began_ns)
        late_ms = report["loop_lateness_ms"]["max"]
        after_ms = (began_ns - heard_ns) / 1e6
        print(f"# held {after_ms:.1f} ms after the last gesture, {(began_ns - dead_ns) / 1e6:.1f} ms after the console "
              f"was seen dead; the loop was {late_ms:.1f} ms late at most", flush=True)
        self.assertLessEqual(after_ms, SILENCE_GATE_MS + TICK_MS + late_ms + ROUNDING_MS)
        self.assertLess(heard_ns, dead_ns + (TICK_MS + late_ms) * 1e6, "the console outlived its death")
        self.assertGreater(hold["length_s"], (until_ns - began_ns) / 1e9, holds)

    def test_h02_h03_the_arm_of_a_killed_console_holds_in_time_until_a_fresh_clutch_in(self):
        lines = [jisr.address(), jisr.address()]
        arm = self.cart(*lines, gates=ALONE)
        eyes = self.console(*lines, gates=STANDARD)
        self.assert_follows(arm, eyes)
        dead_ns = eyes.kill()
        self.assertTrue(jisr.until(lambda: arm.hold == "silence"), self.tell(arm))

        mark = len(arm.log)
        again = self.console(*lines, name="console_again", gates=STANDARD, reclutch="ask", control=True)
        self.assertTrue(arm.says("session_up peer=\"Shanghai\"", after=mark), self.tell(arm, again))
        self.assertTrue(jisr.until(lambda: again.number("picture_whole") > 20), self.tell(again))
        self.assertFalse(jisr.until(lambda: arm.hold == "none", seconds=2), self.tell(arm, again))
        clutch_ns = jisr.now_ns()

        def follows():  # a busy machine's own pause may hold it once more: a person would clutch in again
            again.order("reclutch")
            return jisr.until(lambda: arm.hold == "none", seconds=1)
        self.assertTrue(jisr.until(follows), self.tell(arm, again))
        for program in (again, arm):
            self.assertEqual(program.stop(), 0, self.tell(program))
        self.assert_held(dead_ns, clutch_ns)


jisr.main()
