#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody tries it on one machine with a screen: `make run`, and `jisr try` behind it.
usage: trial_test.py JISR [WORD]"""
import os
import pathlib
import signal
import subprocess

import jisr
import screen


class TrialTest(jisr.Case):
    def setUp(self):
        super().setUp()
        if screen.missing():
            self.skipTest(screen.missing())
        self.room = screen.Screen(1920, 1080)
        self.addCleanup(self.room.close)

    def begin(self, *words, more=()):
        trial = subprocess.Popen(list(map(str, words)), env={**self.room.environment, **dict(more)},
                                 encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                 start_new_session=True)
        self.addCleanup(trial.stdout.close)
        self.addCleanup(self.end, trial)
        return trial

    @staticmethod
    def end(trial):  # what it started ends with it
        try:
            os.killpg(trial.pid, signal.SIGKILL)
        except ProcessLookupError:  # all have ended
            pass

    def programs_of(self, trial):
        """What runs in its session: the words of each `jisr COMMAND`."""
        words = []
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                if path.read_text().rsplit(")", 1)[1].split()[3] == str(trial.pid):
                    words.append(path.with_name("cmdline").read_text().split("\0"))
            except OSError:  # it has just ended
                continue
        return {line[1]: line for line in words if len(line) > 2 and line[0].endswith("jisr")}

    def assert_ends(self, trial):
        self.assertTrue(jisr.until(lambda: not self.programs_of(trial)), self.programs_of(trial))
        trial.wait(jisr.SLOW)
        for window in ("console", "bedside"):
            self.assertEqual(self.room.do("search", "--name", f"Jisr: {window}"), [])

    def test_make_run_opens_both_windows_with_the_robot_in_them_and_ctrl_c_ends_all(self):
        build = pathlib.Path(jisr.JISR).parents[1]
        clean = {name: "" for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}  # of the make that tests
        # Of what stands: to install and to build (the target `build`) would change what other tests run.
        trial = self.begin("make", "-C", jisr.ROOT, "--old-file=build", "run", f"BUILD={build}",
                           "ARGS=--renderer osmesa", more=clean)
        for window in ("console", "bedside"):
            found = self.room.find(f"Jisr: {window}")
            self.assertTrue(found, f"{window}: {self.programs_of(trial)}")
            self.assertTrue(jisr.until(lambda: self.room.colours(self.folder, found) > 1000), window)
        programs = self.programs_of(trial)
        self.assertIn("--window", programs["console"])
        self.assertEqual({"try", "cart", "console", "bedside"} - set(programs), set(), programs)
        os.killpg(trial.pid, signal.SIGINT)
        self.assert_ends(trial)

    def test_what_is_asked_of_a_trial_reaches_its_programs(self):
        sound = {"SDL_AUDIODRIVER": "disk",  # the dummy has one loudspeaker alone
                 "SDL_DISKAUDIOFILE": "/dev/null", "SDL_DISKAUDIOFILEIN": "/dev/zero"}
        trial = self.begin(jisr.JISR, "try", "--scene", "undocking", "--renderer", "osmesa",
                           "--voice", "device", "--language", "ar", "--trace", self.folder / "kept", more=sound)
        kept = [self.folder / "kept" / f"{end}.csv" for end in ("cart", "console", "bedside")]
        self.assertTrue(jisr.until(lambda: "console" in self.programs_of(trial) and all(map(os.path.exists, kept))))
        programs = self.programs_of(trial)
        self.assertIn("--renderer=osmesa", programs["cart"])
        for window in ("console", "bedside"):
            self.assertIn("--voice=device", programs[window])
            self.assertIn("--language=ar", programs[window])
        trial.terminate()
        told = trial.stdout.read().splitlines()
        self.assertEqual(len(told), 4, told)
        for line in told:  # what to do, in the language asked for
            self.assertRegex(line, "[\u0621-\u064a]{3}")
        self.assertEqual(trial.wait(jisr.SLOW), 0)
        self.assert_ends(trial)


class WithoutTest(jisr.Case):
    def test_without_a_display_it_says_so_and_what_needs_none(self):
        where = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
        done = jisr.run(jisr.JISR, "try", env=where)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no display to open windows on", done.stderr)
        self.assertIn("jisr operate --arm mujoco", done.stderr)


jisr.main()
