#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the pictures of the windows that the documents show, of the programs as they are, with the robot with
physics and its own eye. usage: pictures.py JISR FOLDER [SECONDS-TO-SETTLE]"""
import os
import pathlib
import sys

FOLDER = pathlib.Path(sys.argv.pop(2))
SETTLE = float(sys.argv.pop(2)) if len(sys.argv) > 2 else 3

import jisr  # noqa: E402  (takes the program off the command line)
import screen  # noqa: E402

SCENE = ("--arm", "mujoco", "--scene", "peg-transfer")


class Pictures(jisr.Case):
    def sit_down(self, name, camera, options, keys, size=(1280, 720), lines=2):
        display = screen.Screen(*size)
        self.addCleanup(display.close)
        at = [jisr.address() for _ in range(lines)]
        cart = self.cart(*at[:2], options=(*SCENE, "--camera", camera))
        console = self.console(*at, reclutch="ask", options=("--window", *options),
                               before=("env", f"DISPLAY={display.display}", "SDL_AUDIODRIVER=dummy"))
        self.assertTrue(display.find(), self.tell(console))
        self.assertTrue(jisr.until(lambda: console.number("picture_whole") > 30), self.tell(cart, console))
        display.do("mousemove", size[0] // 2, size[1] // 2, "mousedown", 1, "sleep", 0.5,
                   "mousemove_relative", "--", -40, 30, "sleep", 0.2, "mousemove_relative", "--", -40, 10,
                   *keys, "sleep", SETTLE, "mousemove_relative", 70, -10, "sleep", 0.1)
        path = FOLDER / f"{name}.jpg"
        display.picture(path)
        display.do("mouseup", 1)
        print(f"# {path}: {os.path.getsize(path) // 1000} kB", flush=True)
        for program in (console, cart):
            program.stop()

    def test_in_english_with_the_ghost(self):
        self.sit_down("console", "scene", ("--language", "en", "--full"), ("key", "F3"))

    def test_in_french_with_a_line_that_is_lost(self):
        self.sit_down("console-fr", "scene", ("--language", "fr", "--full"), (), lines=3)

    def test_in_arabic(self):
        self.sit_down("console-ar", "scene", ("--language", "ar", "--full"), ("key", "F1"))

    def test_for_glasses_of_red_and_cyan(self):
        self.sit_down("console-anaglyph", "scene:stereo",
                      ("--language", "en", "--full", "--no-help", "--stereo", "--show", "anaglyph"), ())


FOLDER.mkdir(parents=True, exist_ok=True)
jisr.main()
