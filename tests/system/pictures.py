#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the pictures of the windows that the documents show, of the programs as they are, with the robot with
physics and its own eye, over an emulated ocean. usage: pictures.py JISR FOLDER [SECONDS-TO-SETTLE]"""
import os
import pathlib
import sys

FOLDER = pathlib.Path(sys.argv.pop(2))
SETTLE = float(sys.argv.pop(2)) if len(sys.argv) > 2 else 3

import jisr  # noqa: E402  (takes the program off the command line)
import screen  # noqa: E402

SCENE = ("--arm", "mujoco", "--scene", "peg-transfer")
OCEAN = "delay=105ms,jitter=1ms,loss=0.5%"  # one way, as from Casablanca to Shanghai
GATES = ("--bedside", "none")  # all others as they are for surgeons; so the machine must have time


class Pictures(jisr.Case):
    def sit_down(self, name, camera, options, keys, size=(1280, 720), lines=2):
        display = screen.Screen(*size)
        self.addCleanup(display.close)
        at = [jisr.address() for _ in range(lines)]
        rooms = [jisr.address() for _ in at[:2]]
        cart = self.cart(*rooms, gates=GATES, options=(*SCENE, "--camera", camera))
        self.weather(*((door, room, OCEAN) for door, room in zip(at, rooms)))
        console = self.console(*at, reclutch="ask", gates=(), options=("--window", *options),
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
        self.sit_down("console-ar", "scene", ("--language", "ar", "--full"), ())

    def test_for_glasses_of_red_and_cyan(self):
        self.sit_down("console-anaglyph", "scene:stereo",
                      ("--language", "en", "--full", "--no-help", "--stereo", "--show", "anaglyph"), ())


    def stand_by(self, name, language, keys=()):
        """The bedside's panel, while somebody far away leads the robot; the team has drawn a line."""
        display = screen.Screen(1280, 720)
        self.addCleanup(display.close)
        at, door = jisr.address(), jisr.address()
        cart = self.cart(at, options=(*SCENE, "--camera", "scene"), gates=())
        self.weather((door, at, OCEAN))
        console = self.console(door, gates=(), options=("--hands", "script"))
        panel = self.start("bedside", "--line", at, "--identity", self.identity("Casablanca", "bedside"),
                           "--window", "--full", "--language", language,
                           before=("env", f"DISPLAY={display.display}", "SDL_AUDIODRIVER=dummy"))
        self.assertTrue(display.find(), self.tell(panel))
        self.assertTrue(jisr.until(lambda: panel.number("picture_whole") > 10), self.tell(cart, panel))
        display.do("key", "e")
        self.assertTrue(jisr.until(lambda: panel.status.get("supervisor") == "following"),
                        self.tell(cart, console, panel))
        display.do("mousemove", 560, 330, "mousedown", 1, "sleep", 0.1, "mousemove", 600, 300, "sleep", 0.1,
                   "mousemove", 660, 310, "sleep", 0.1, "mousemove", 690, 350, "sleep", 0.1, "mouseup", 1,
                   *keys, "sleep", 0.5)
        path = FOLDER / f"{name}.jpg"
        display.picture(path)
        print(f"# {path}: {os.path.getsize(path) // 1000} kB", flush=True)
        for program in (panel, console, cart):
            program.stop()

    def test_at_the_bedside(self):
        self.stand_by("bedside", "en")

    def test_at_the_bedside_in_french(self):
        self.stand_by("bedside-fr", "fr")

    def test_at_the_bedside_in_arabic(self):
        self.stand_by("bedside-ar", "ar")


FOLDER.mkdir(parents=True, exist_ok=True)
jisr.main()
