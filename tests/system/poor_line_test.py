#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that carry small pictures, and lines too poor for any. usage: poor_line_test.py JISR [WORD]"""
import math
import statistics
import time

import jisr

GOOD = "delay=20ms,rate=20mbit,queue=200ms"
NARROW = "delay=20ms,rate=1mbit,queue=200ms"
POOR = "delay=20ms,up.rate=20mbit,down.rate=100kbit,queue=200ms"
CAUSE = "line too poor for pictures"
# What comes over the poor line is late by more than these, and a busy machine's pauses by less.
CART_GATES = ("--bedside", "none", "--gesture-age", "1s", "--silence", "1s", "--picture-age", "1500ms")
CONSOLE_GATES = ("--picture-age", "1s")


class PoorLineTest(jisr.Case):
    def begin(self, weather):
        at, way = jisr.address(), jisr.address()
        self.relay = self.weather((way, at, weather))
        self.arm = self.cart(at, gates=CART_GATES, options=("--size", "640x480", "--rate", "30"))
        self.eyes = self.console(way, gates=CONSOLE_GATES, reclutch="ask", control=True)
        self.clutch_in()

    def clutch_in(self):
        """As a person would, again where a busy machine's pause has held it once more."""
        def follows():
            if self.arm.hold == "none" and self.eyes.status.get("hands") == "moving":
                return True
            self.eyes.order("reclutch")
            return jisr.until(lambda: self.arm.hold == "none", seconds=1)
        self.assertTrue(jisr.until(follows), self.tell(self.arm, self.eyes))

    def stop_both(self):
        for program in (self.eyes, self.arm):
            self.assertEqual(program.stop(), 0, self.tell(program))

    def test_h74_640x480_over_1_mbit_comes_smaller_whole_and_in_time(self):
        self.begin(NARROW)
        self.assertTrue(jisr.until(lambda: self.eyes.number("picture_whole") > 100),
                        self.tell(self.arm, self.eyes))
        self.assertTrue(any(self.carries_300() for _ in range(3)), self.tell(self.arm, self.eyes))
        self.stop_both()

    def carries_300(self):
        """Whether 300 pictures on end came small, whole and in time, and no line was called poor. A pause of
        a busy machine looks like a poor line, and spoils those it falls in; too large pictures spoil all."""
        self.clutch_in()
        mark, kept_back = len(self.arm.log), self.arm.number("no_room")
        lost, whole = self.eyes.number("picture_lost"), self.eyes.number("picture_whole")
        ages = []

        def have_come():
            age_ms = self.eyes.number("picture_age_ms")
            ages.append(math.inf if math.isnan(age_ms) else age_ms)
            return self.eyes.number("picture_whole") > whole + 300
        faults = {
            "few": not jisr.until(have_come),
            "lost": self.eyes.number("picture_lost") - lost >= 30,
            "kept back": self.arm.number("no_room") > kept_back,
            "large": not self.arm.number("picture_bps") < 1e6,
            "late": not statistics.median(ages) < 200,
            "poor": any(CAUSE in line or "line_poor" in line for line in self.arm.log[mark:]),
        }
        print("# of 300 pictures:", [fault for fault, found in faults.items() if found] or "all well")
        return not any(faults.values())

    def test_h74_a_line_too_poor_is_named_and_its_recovery_too_and_a_person_takes_the_arm_again(self):
        self.begin(GOOD)
        self.relay.order(f"set 1 {POOR}")
        self.assertTrue(jisr.until(lambda: self.arm.hold == self.eyes.status.get("hold") == "line"),
                        self.tell(self.arm, self.eyes))
        self.assertTrue(self.arm.says(f'holds cause="{CAUSE}"'), self.tell(self.arm))
        self.assertTrue(self.arm.says("warn line_poor"), self.tell(self.arm))
        self.assertTrue(self.eyes.says(f'warn arm_holds cause="{CAUSE}"'), self.tell(self.eyes))
        kept_back = self.arm.number("no_room")
        self.assertTrue(jisr.until(lambda: self.arm.number("no_room") > kept_back + 60),
                        self.tell(self.arm))

        mark = len(self.arm.log)
        self.relay.order(f"set 1 {GOOD}")
        self.assertTrue(self.arm.says("info line_carries", after=mark), self.tell(self.arm, self.eyes))
        time.sleep(1)  # nothing is waited for: it is what must not be that is looked for
        follows = [line for line in self.arm.log[mark:] if "info follows" in line]
        self.assertFalse(follows, self.tell(self.arm))
        self.clutch_in()
        self.stop_both()
        for site in ("cart", "console"):
            self.assertIn(CAUSE, [hold["cause"] for hold in self.report(site)["holds"]])
        pictures = self.report("cart")["pictures"]
        self.assertGreater(pictures["no_room"], 60)
        gates = {gate["gate"]: gate for gate in self.report("cart")["gates"]}
        self.assertGreater(gates["line"]["trips"], 0)


jisr.main()
