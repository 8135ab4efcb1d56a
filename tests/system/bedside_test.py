#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The team beside the patient: `jisr bedside` enables, stops, takes over and gives back, and its silence holds.
usage: bedside_test.py JISR [WORD]"""
import os
import signal

import jisr

GATES = ("--profile", jisr.ROOT / "tests" / "system" / "slow.profile")  # and --bedside required, which is the rule


class BedsideTest(jisr.Case):
    def setUp(self):
        super().setUp()
        self.at = jisr.address()
        self.arm = self.cart(self.at, gates=GATES)
        self.eyes = self.console(self.at, reclutch="auto", control=True)
        self.panel = self.bedside()

    def bedside(self, *options):
        return self.start("bedside", "--line", self.at, "--identity", self.team, "--control", *options, control=True)

    @property
    def team(self):
        folder = self.folder / "Team"
        return folder if folder.exists() else self.identity("Team", "bedside")

    def until(self, true, *programs):
        self.assertTrue(jisr.until(true), self.tell(self.arm, self.eyes, self.panel, *programs))

    def enabled(self):
        self.until(lambda: self.panel.status.get("supervisor") == "off")
        self.follows_again()

    def follows_again(self):
        """The news that the button is out may come after the order, and none that begins something goes before the cart
        has said how things stand: a person would give it once more."""
        def follows():
            self.panel.order("enable")
            return jisr.until(lambda: self.arm.hold == "none", seconds=2)
        self.until(follows)

    def test_h13_nothing_follows_before_the_bedside_enables_and_its_silence_holds(self):
        self.until(lambda: self.eyes.number("picture_whole") > 25 and self.eyes.status.get("ours") == "yes")
        self.assertEqual(self.arm.hold, "disabled", self.tell(self.arm))
        self.assertEqual(self.arm.number("arm1_travelled_mm"), 0)
        self.enabled()
        self.panel.kill()
        self.until(lambda: self.arm.hold == "bedside")
        again = self.bedside()
        self.until(lambda: again.status.get("state") == "up", again)
        self.until(lambda: self.arm.hold == "none", again)  # the console's hands are told to clutch in by themselves
        self.assertTrue(self.arm.says("session_up peer=\"Team\""))
        for program in (again, self.eyes, self.arm):
            self.assertEqual(program.stop(), 0, self.tell(program))
        gates = {gate["gate"]: gate for gate in self.report("cart")["gates"]}
        self.assertGreaterEqual(gates["bedside"]["trips"], 1)
        self.assertLessEqual(gates["bedside"]["margin"], 0)
        self.assertGreater(gates["clock"]["worst"], 0)
        for gate in ("gesture-age", "clock", "step", "turn", "workspace"):
            self.assertGreater(gates[gate]["margin"], 0, gates[gate])
            self.assertTrue(gates[gate]["source"], gates[gate])
        for gate in ("lease", "line", "presence"):  # a yes or a no
            self.assertIsNone(gates[gate]["margin"], gates[gate])
        self.assertEqual(self.report("cart")["profile"], "slow machine")

    def test_h20_the_first_order_that_goes_out_is_carried_out_and_none_goes_blind(self):
        self.until(lambda: self.panel.status.get("state") == "up")
        self.panel.kill()
        self.panel = self.bedside()
        sent = lambda: "ordered order=enable" in "\n".join(self.panel.log)
        for _ in range(5000):  # from before there is a session on: whichever goes first
            self.panel.order("enable")
            if jisr.until(sent, seconds=0.01):
                break
        self.assertTrue(sent(), self.tell(self.panel))
        self.until(lambda: self.arm.says("order=enable by=\"Team\" answer=done", seconds=0))
        self.assertFalse(self.arm.says("answer=too_late", seconds=0), self.tell(self.arm))

    def test_h12_the_emergency_stop_takes_the_power_and_only_the_bedside_gives_it_back(self):
        self.enabled()
        self.panel.order("estop on")
        self.until(lambda: self.arm.hold == "estop")
        self.panel.order("enable")  # the button is still down
        self.eyes.order("enable")
        self.assertTrue(self.arm.says("order=enable by=\"Shanghai\" answer=denied"), self.tell(self.arm))
        self.until(lambda: self.panel.status["supervisor"] == "off")
        self.panel.order("estop off")
        self.until(lambda: "order=estop button=up" in "\n".join(self.panel.log))
        self.follows_again()
        self.eyes.order("estop on")
        self.assertTrue(self.eyes.says("the emergency stop is at the bedside"), self.tell(self.eyes))
        self.eyes.order("stop")
        self.until(lambda: self.panel.status.get("supervisor") == "stopped")
        self.panel.order("reset")
        self.follows_again()

    def test_h12_an_emergency_stop_that_the_cart_cannot_hear_is_warned_of_and_kept(self):
        self.enabled()
        self.arm.kill()
        self.assertTrue(self.panel.says("line=1 state=lost"), self.tell(self.panel))
        self.panel.order("estop on")
        self.assertTrue(self.panel.says("warn estop_unheard button=down"), self.tell(self.panel))
        self.assertIn("did NOT reach the cart", self.panel.says("estop_unheard"))
        self.assertFalse(self.panel.says("ordered order=estop", seconds=0), self.tell(self.panel))
        self.until(lambda: self.panel.status.get("estop") == "unheard")
        self.panel.order("estop off")
        self.assertTrue(self.panel.says("warn estop_unheard button=up"), self.tell(self.panel))
        self.panel.order("estop on")
        self.arm = self.cart(self.at, name="again", gates=GATES)
        self.until(lambda: self.arm.hold == "estop" and self.panel.status.get("estop") == "down")
        self.assertTrue(self.panel.says("estop_heard button=down"), self.tell(self.panel))

    def test_h59_a_cart_that_is_not_heard_is_told_so_and_a_stop_that_it_has_not_received(self):
        self.enabled()
        self.until(lambda: self.panel.status.get("supervisor") == "following")
        os.kill(self.arm.pid, signal.SIGSTOP)
        try:
            self.until(lambda: "silent_ms" in self.panel.status and "silent_ms" in self.eyes.status)
            for end in (self.panel, self.eyes):
                self.assertEqual([end.status[key] for key in ("supervisor", "hold", "clears")], ["-"] * 3)
            self.panel.order("stop")
            self.assertTrue(self.panel.says("warn order_unheard order=stop"), self.tell(self.panel))
            self.until(lambda: self.panel.status.get("unanswered") == "stop")
        finally:
            os.kill(self.arm.pid, signal.SIGCONT)
        self.until(lambda: "unanswered" not in self.panel.status and "silent_ms" not in self.panel.status)
        self.until(lambda: any(f"order_{end} order=stop" in line for line in self.panel.log for end in ("heard", "lost")))

    def test_h12_a_panel_that_is_started_again_leaves_the_button_down(self):
        self.enabled()
        self.panel.order("estop on")
        self.until(lambda: self.arm.hold == "estop")
        self.panel.kill()
        self.panel = self.bedside("--enable", "auto")
        self.until(lambda: self.panel.status.get("supervisor") == "off")
        self.assertFalse(jisr.until(lambda: self.arm.hold != "estop", seconds=2), self.tell(self.arm, self.panel))
        self.panel.order("estop off")
        self.assertTrue(self.panel.says("estop on, then estop off"), self.tell(self.panel))
        self.panel.order("estop on")
        self.assertTrue(self.panel.says("order=estop button=down"), self.tell(self.panel))
        self.assertFalse(jisr.until(lambda: self.arm.hold != "estop", seconds=0.5), self.tell(self.arm, self.panel))
        self.panel.order("estop off")
        self.follows_again()

    def test_h14_h15_the_bedside_takes_the_lease_at_once_and_gives_it_to_whom_it_likes(self):
        osaka = self.console(self.at, name="osaka", identity=self.identity("Osaka", "console"), reclutch="auto",
                             options=("--watch",), control=True)
        self.enabled()
        self.until(lambda: osaka.status.get("owner") == "Shanghai", osaka)
        self.until(lambda: osaka.number("picture_whole") > 25 and self.panel.number("picture_whole") > 25, osaka)
        self.panel.order("take")
        self.until(lambda: self.panel.status.get("ours") == "yes")
        self.until(lambda: self.eyes.status.get("owner") == "Team" and osaka.status.get("owner") == "Team", osaka)
        self.until(lambda: self.arm.hold != "none")
        sent = self.eyes.number("sent")
        self.panel.order("give Osaka")
        self.until(lambda: self.arm.hold == "none" and osaka.status.get("ours") == "yes", osaka)
        self.assertEqual(self.eyes.number("sent"), sent, "gestures without the lease")
        self.eyes.order("take")
        self.until(lambda: osaka.status.get("asking") == "Shanghai", osaka)
        osaka.order("give Shanghai")
        self.until(lambda: self.eyes.status.get("ours") == "yes" and self.arm.hold == "none", osaka)
        osaka.order("give Nobody")
        self.assertTrue(osaka.says("nobody of that name is there"), self.tell(osaka))
        told = lambda program: [program.status.get(key) for key in ("owner", "asking", "lease")]
        self.until(lambda: told(self.arm) == told(self.eyes) and told(self.arm)[:2] == ["Shanghai", "nobody"], osaka)
        for program in (osaka, self.eyes, self.panel, self.arm):
            self.assertEqual(program.stop(), 0, self.tell(program))
        report = self.report("cart")
        self.assertEqual(report["sessions"], 3)
        self.assertEqual(sum("session_up" in line for line in self.arm.log), 3, self.tell(self.arm))
        consoles = [self.report(name)["lines"][0] for name in ("console", "osaka")]
        self.assertLessEqual(report["lines"][0]["received"], sum(line["sent"] for line in consoles), report["lines"])

    def test_h15_a_console_that_is_started_takes_nothing_from_a_silent_panel(self):
        self.enabled()
        self.panel.order("take")
        self.until(lambda: self.panel.status.get("ours") == "yes")
        self.panel.kill()
        self.eyes.kill()
        self.until(lambda: self.arm.hold != "none")
        self.assertFalse(jisr.until(lambda: self.arm.hold == "none", seconds=2.5), self.tell(self.arm))
        self.eyes = self.console(self.at, name="again", reclutch="auto", control=True)
        self.until(lambda: self.eyes.status.get("owner") == "Team")
        self.assertFalse(jisr.until(lambda: self.eyes.status.get("ours") == "yes", seconds=2), self.tell(self.eyes))
        self.eyes.order("take")
        self.until(lambda: self.eyes.status.get("ours") == "yes")

    def test_h19_an_emergency_undocking_needs_no_console(self):
        self.enabled()
        self.eyes.kill()
        self.panel.order("undock")
        self.until(lambda: self.panel.status.get("supervisor") == "undocking")
        self.until(lambda: self.panel.status.get("supervisor") == "stopped")
        insertion = float(self.panel.status["joints"].split(",")[2])
        self.assertLess(insertion, 0.001, self.tell(self.panel))

    def insertion(self):
        return float(self.panel.status["joints"].split(",")[2])

    def test_h70_undocked_instruments_come_in_again_by_order_and_follow(self):
        self.enabled()
        self.panel.order("undock")
        self.until(lambda: self.panel.status.get("supervisor") == "stopped")
        self.panel.order("dock")  # not before it is enabled
        self.assertTrue(self.arm.says("order=dock by=\"Team\" answer=not_now"), self.tell(self.arm))
        self.panel.order("reset")
        self.until(lambda: self.panel.status.get("supervisor") == "disabled")
        self.eyes.order("quit")  # whose hands clutch in by themselves; the panel needs none
        self.panel.order("enable")
        self.until(lambda: self.panel.status.get("supervisor") in ("ready", "held"))
        self.panel.order("dock")
        self.until(lambda: self.panel.status.get("supervisor") == "docking")
        self.panel.order("halt")
        self.until(lambda: self.panel.status.get("supervisor") == "stopped")
        self.assertLess(self.insertion(), 0.06, self.tell(self.panel))
        for order, state in (("reset", "disabled"), ("enable", "held"), ("dock", "docking")):
            self.panel.order(order)
            self.until(lambda state=state: self.panel.status.get("supervisor") == state)
            if state != "docking":  # it is told that they are out, and what is due
                self.until(lambda: self.arm.hold == "undocked")
                self.until(lambda: self.panel.status.get("clears", "").endswith("dock"))
        self.until(lambda: self.panel.status.get("supervisor") == "disabled")
        self.assertGreater(self.insertion(), 0.06, self.tell(self.panel))
        self.eyes = self.console(self.at, name="again", reclutch="auto")
        self.follows_again()

    def test_h53_both_ends_are_told_whether_the_cart_records(self):
        self.until(lambda: all(end.status.get("recorded") == "yes" for end in (self.eyes, self.panel)))
        self.arm.stop()
        self.start("cart", "--listen", self.at, "--identity", self.theatre)  # of no trace
        self.until(lambda: all(end.status.get("recorded") == "no" for end in (self.eyes, self.panel)))

    def test_h24_a_fourth_console_is_told_that_a_place_is_kept_and_the_panel_gets_in(self):
        self.panel.stop()
        others = [self.console(self.at, name=name, identity=self.identity(name, "console"), options=("--watch",))
                  for name in ("Osaka", "Lima")]
        led = lambda end: end.status.get("owner") == "Shanghai"
        self.until(lambda: all(map(led, (self.eyes, *others))), *others)
        fourth = self.console(self.at, name="Lagos", identity=self.identity("Lagos", "console"))
        self.assertTrue(fourth.says("a place is kept for the panel"), self.tell(fourth, self.arm))
        self.assertTrue(self.arm.says('second_console_refused peer="Lagos"'), self.tell(self.arm))
        self.panel = self.bedside()
        self.until(lambda: led(self.panel), fourth)
        self.enabled()
        self.assertFalse(led(fourth), self.tell(fourth))
        others[0].stop()
        self.assertTrue(jisr.until(lambda: led(fourth), seconds=60), self.tell(fourth, self.arm))

    def test_a_trial_enables_by_itself_once(self):
        self.panel.stop()
        auto = self.start("bedside", "--line", self.at, "--identity", self.team, "--control", "--enable", "auto",
                          control=True)
        self.until(lambda: self.arm.hold == "none", auto)
        auto.order("disable")
        self.until(lambda: self.arm.hold == "disabled", auto)
        self.assertFalse(jisr.until(lambda: self.arm.hold == "none", seconds=1), self.tell(self.arm, auto))


jisr.main()
