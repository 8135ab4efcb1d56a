#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody sits at the console's window: keys and mouse move the arm, and what takes the hands away holds it.
usage: window_test.py JISR [WORD]"""
import os
import signal

import jisr
import screen

PRESS, RELEASE = ("mousedown", 1), ("mouseup", 1)


class WindowTest(jisr.Case):
    def setUp(self):
        super().setUp()
        if screen.missing():
            self.skipTest(screen.missing())
        self.screen = screen.Screen()
        self.addCleanup(self.screen.close)

    def sit_down(self, *options):
        at = jisr.address()
        cart = self.cart(at)
        console = self.console(at, reclutch="ask", options=("--window", *options),
                               before=("env", *(f"{key}={self.screen.environment[key]}"
                                                for key in ("DISPLAY", "SDL_AUDIODRIVER"))))
        self.assertTrue(self.screen.find(), self.tell(console))
        self.assertTrue(jisr.until(lambda: console.number("picture_whole") > 5), self.tell(cart, console))
        return cart, console

    def watch_script(self):
        """Hands that are no desk's, so that nothing but the picture can hold them."""
        cart, console = self.sit_down("--hands", "script", "--reclutch", "auto", "--picture-age", "1s")
        self.assert_follows(cart, console)
        return cart, console

    def clutch_in(self, cart, console):
        """A busy machine's own pause may hold the arm once more: a person would press again."""
        def follows():
            self.screen.do(*RELEASE, "mousemove", 640, 360, *PRESS)
            return jisr.until(lambda: cart.hold == "none", seconds=2)
        self.assertTrue(jisr.until(follows), self.tell(cart, console))

    @staticmethod
    def tip(console):
        return [float(part) for part in console.status["tip"].split(",")]

    def test_somebody_at_the_window_moves_the_arm_and_sees_it(self):
        cart, console = self.sit_down("--language", "fr")
        self.screen.do("key", "Tab")  # the left instrument, whose tip the status line has
        self.clutch_in(cart, console)
        before = self.tip(console)

        def moved():  # a busy machine's own pause may hold the arm in between
            self.clutch_in(cart, console)
            self.screen.do("mousemove_relative", 60, 0, "sleep", 0.1, "mousemove_relative", 60, 0)
            return jisr.until(lambda: max(abs(a - b) for a, b in zip(before, self.tip(console))) > 0.002, 3)
        self.assertTrue(jisr.until(moved), f"{before}\n{self.tell(cart, console)}")
        self.assertGreater(self.screen.colours(self.folder), 1000)

        def released():
            self.clutch_in(cart, console)
            self.screen.do(*RELEASE)
            return jisr.until(lambda: cart.hold == "released", 3)
        self.assertTrue(jisr.until(released), self.tell(cart, console))
        for _ in range(5):  # each way of showing, each language, each page of help
            self.screen.do("key", "F1", "key", "F2", "key", "F4")
            self.assertGreater(self.screen.colours(self.folder), 1000)
        for program in (console, cart):
            self.assertEqual(program.stop(), 0, self.tell(program))

    def test_where_no_loudspeaker_is_one_line_of_ours_says_so(self):
        console = self.console(jisr.address(), reclutch="ask", options=("--window",),
                               before=("env", f"DISPLAY={self.screen.display}", "SDL_AUDIODRIVER=alsa",
                                       "AUDIODEV=no-such-device"))
        self.assertTrue(jisr.until(lambda: console.says("console_dials")), self.tell(console))
        self.assertEqual(sum("alarms_unheard" in line for line in console.log), 1, self.tell(console))
        self.assertFalse(any("ALSA lib" in line for line in console.log), self.tell(console))

    def test_two_windows_do_not_hide_one_another(self):
        tall = screen.Screen(1920, 1080)
        self.addCleanup(tall.close)
        team, corners = self.identity("Team", "bedside"), []
        for command, who in (("console", self.shanghai), ("bedside", team)):
            self.start(command, "--line", jisr.address(), "--identity", who, "--window",
                       before=("env", f"DISPLAY={tall.display}", "SDL_AUDIODRIVER=dummy"))
            window = tall.find(f"Jisr: {command}")
            self.assertTrue(window)
            place = dict(word.split("=") for word in tall.do("getwindowgeometry", "--shell", window))
            corners.append((int(place["X"]), int(place["Y"])))
        self.assertEqual(corners[0], (0, 0))
        self.assertGreater(min(corners[1]), 300)

    def test_h57_the_camera_s_key_moves_the_camera_and_then_a_foot_must_be_lifted(self):
        cart, console = self.sit_down()
        self.clutch_in(cart, console)
        self.screen.do("keydown", "c")  # the button stays down
        self.assertTrue(jisr.until(lambda: cart.hold == "camera"), self.tell(cart, console))
        self.screen.do("mousemove_relative", 100, 0, "sleep", 0.3)
        self.assertTrue(jisr.until(lambda: abs(cart.number("camera_yaw_mrad")) > 20),
                        self.tell(cart, console))
        self.screen.do("keyup", "c")
        self.assertTrue(jisr.until(lambda: cart.hold == "released"), self.tell(cart, console))
        self.assertFalse(jisr.until(lambda: cart.hold == "none", seconds=2), self.tell(cart, console))
        self.clutch_in(cart, console)

    def test_h36_a_lock_s_key_keeps_the_place_of_the_instrument(self):
        cart, console = self.sit_down()
        self.screen.do("key", "Tab", "key", "l")
        self.clutch_in(cart, console)
        before = self.tip(console)
        self.screen.do("mousemove_relative", 120, 0, "sleep", 0.5)
        went = max(abs(a - b) for a, b in zip(before, self.tip(console)))
        self.assertLess(went, 0.001, self.tell(cart, console))
        self.screen.do("key", "l", "mousemove_relative", 120, 0)

        def moved():
            return max(abs(a - b) for a, b in zip(before, self.tip(console))) > 0.002
        self.assertTrue(jisr.until(moved), self.tell(cart, console))

    def test_h50_a_window_that_loses_the_keyboard_holds_the_arm_until_a_fresh_press(self):
        cart, console = self.sit_down()
        self.clutch_in(cart, console)
        self.screen.do("windowunmap", "--sync", self.screen.window)
        self.assertTrue(jisr.until(lambda: cart.hold == "frozen"), self.tell(cart, console))
        self.assertTrue(cart.says("hands frozen: window without keyboard"), self.tell(cart))
        self.assertTrue(jisr.until(lambda: console.status.get("frozen") in ("window", "picture")), self.tell(console))
        self.screen.do("windowmap", "--sync", self.screen.window, "windowfocus", self.screen.window,
                       "mousemove_relative", 20, 20)
        self.assertFalse(jisr.until(lambda: cart.hold == "none", seconds=2), self.tell(cart, console))
        self.clutch_in(cart, console)

    def test_h08_a_screen_that_stands_still_holds_the_arm(self):
        cart, console = self.watch_script()
        os.kill(self.screen.server.pid, signal.SIGSTOP)
        self.addCleanup(os.kill, self.screen.server.pid, signal.SIGCONT)
        self.assertTrue(jisr.until(lambda: cart.hold == "frozen"), self.tell(cart, console))
        self.assertTrue(jisr.until(lambda: console.number("picture_age_ms") > 2000), self.tell(console))
        self.assertEqual(cart.hold, "frozen", self.tell(cart, console))
        os.kill(self.screen.server.pid, signal.SIGCONT)
        self.assert_follows(cart, console)

    def test_h08_a_window_that_nobody_can_see_holds_the_arm(self):
        cart, console = self.watch_script()
        self.screen.do("windowunmap", "--sync", self.screen.window)
        self.assertTrue(jisr.until(lambda: cart.hold == "frozen"), self.tell(cart, console))
        self.screen.do("windowmap", "--sync", self.screen.window)
        self.assert_follows(cart, console)

    def test_h54_a_window_that_is_closed_lets_the_arm_go(self):
        cart, console = self.sit_down()
        self.clutch_in(cart, console)
        self.screen.close_window()
        self.assertEqual(console.wait(), 0, self.tell(console))
        self.assertTrue(any("window_closed" in line for line in console.log), self.tell(console))
        self.assertTrue(jisr.until(lambda: cart.hold == "session"), self.tell(cart))

    def sit_at_the_panel(self):
        """A cart that asks for a bedside, and its panel; answers how to press keys and wait for a state."""
        at = jisr.address()
        cart = self.cart(at, gates=("--profile", jisr.ROOT / "tests" / "system" / "slow.profile"))
        team = self.identity("Team", "bedside")
        panel = self.start("bedside", "--line", at, "--identity", team, "--window",
                           before=("env", *(f"{key}={self.screen.environment[key]}"
                                            for key in ("DISPLAY", "SDL_AUDIODRIVER"))))
        self.assertTrue(self.screen.find(), self.tell(panel))

        def becomes(*states, keys=(), seconds=jisr.SLOW):
            self.screen.do("key", *keys) if keys else None
            self.assertTrue(jisr.until(lambda: panel.status.get("supervisor") in states, seconds),
                            self.tell(cart, panel))
        becomes("off")

        def enabled():  # once the clock between the ends is measured: a person presses again
            self.screen.do("key", "e")
            return jisr.until(lambda: panel.status.get("supervisor") in ("ready", "held"), 2)
        self.assertTrue(enabled() or enabled() or enabled(), self.tell(cart, panel))
        return becomes

    def test_h12_escape_and_the_space_bar_at_the_panel_take_the_power(self):
        becomes = self.sit_at_the_panel()
        for key in ("Escape", "space"):
            becomes("off", keys=(key,))
            becomes("ready", "held", keys=("e", "sleep", 0.5, "key", "e"))  # the button comes up; enable

    def test_h12_escape_at_the_console_stops_and_without_a_cart_says_that_nobody_heard_it(self):
        cart, console = self.sit_down()
        self.screen.do("key", "space")
        self.screen.do("key", "Escape")
        self.assertTrue(jisr.until(lambda: console.status.get("supervisor") == "stopped"),
                        self.tell(cart, console))
        self.assertFalse(console.says("order_unsent", seconds=0))
        cart.kill()
        self.assertTrue(jisr.until(lambda: console.status.get("state") == "lost", 3 * jisr.SLOW),
                        self.tell(console))
        self.screen.do("key", "Escape")
        self.assertTrue(console.says("order_unsent order=stop"), self.tell(console))

    def test_h70_any_key_of_the_panel_stops_instruments_that_come_in(self):
        becomes = self.sit_at_the_panel()
        becomes("stopped", keys=("u", "u"))
        becomes("disabled", keys=("e",))
        becomes("ready", "held", keys=("e",))
        becomes("docking", keys=("d", "d"))
        becomes("stopped", keys=("h",))  # which is for nothing else


class WithoutTest(jisr.Case):
    def asked(self, *options, command="console"):
        where = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
        where["SDL_VIDEODRIVER"] = "x11"
        return jisr.run(jisr.JISR, command, "--identity", self.shanghai, "--line", jisr.address(),
                        "--for", "1s", *options, env=where)

    def test_without_a_screen_the_window_says_how_to_get_one(self):
        done = self.asked("--window")
        self.assertEqual(done.returncode, 1)
        self.assertIn("xvfb-run", done.stderr)

    def test_h08_a_screen_that_is_not_there_is_told_and_no_window_opens_that_nobody_sees(self):
        where = {**os.environ, "DISPLAY": ":65000"}
        for name in ("WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
            where.pop(name, None)
        done = jisr.run(jisr.JISR, "console", "--identity", self.shanghai, "--line", jisr.address(),
                        "--for", "1s", "--window", env=where)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("no screen to open a window on", done.stderr)

    def test_h51_a_wrong_map_is_told_by_its_line(self):
        path = self.folder / "my.map"
        path.write_text("engage space\nx mouse-y rate=fast\n")
        done = self.asked("--window", "--map", path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("line 2: not a number: 'fast'", done.stderr)

    def test_a_desk_without_a_window_is_refused(self):
        done = self.asked("--hands", "desk")
        self.assertEqual(done.returncode, 1)
        self.assertIn("--window", done.stderr)

    def test_what_only_a_window_heeds_is_refused_without_one(self):
        for words in (("--map", "nowhere.map"), ("--language", "fr"), ("--show", "mono"), ("--stereo",),
                      ("--full",), ("--no-help",)):
            for command in ("console", "bedside"):
                done = self.asked(*words, command=command)
                self.assertEqual((done.returncode, done.stderr), (2, f"jisr {command}: {words[0]} wants --window\n"))
        self.assertEqual(self.asked("--presence=on", command="bedside").returncode, 2)

    def test_the_map_that_is_printed_is_one_that_is_read(self):
        for command in ("console", "bedside"):
            printed = jisr.run(jisr.JISR, command, "--print-map")
            self.assertEqual(printed.returncode, 0)
            path = self.folder / f"{command}.map"
            path.write_text(printed.stdout)
            done = self.asked("--window", "--map", path, command=command)
            self.assertIn("xvfb-run", done.stderr)  # no further

    def test_h12_each_end_has_a_map_of_its_own_and_none_without_its_stop(self):
        path = self.folder / "my.map"
        needed = {"console": ("stop",), "bedside": ("stop", "enable", "undock")}
        for command, word in ((command, word) for command in needed for word in needed[command]):
            lines = jisr.run(jisr.JISR, command, "--print-map").stdout.splitlines(keepends=True)
            kept = [line for line in lines if line.split()[:1] != [word]]
            self.assertLess(len(kept), len(lines), word)
            path.write_text("".join(kept))
            done = self.asked("--window", "--map", path, command=command)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"jisr {command}: --map {path}: nothing is bound to {word}", done.stderr)


jisr.main()
