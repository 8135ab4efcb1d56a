#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of both windows as they are, with the robot with physics and its own eye, over an emulated
ocean: in three languages, at 1280x720 and at 3840x2160, each looked at for what has to be in it.

Where JISR_PICTURES names a folder, those of 1280x720 are kept there, which the documents show
(CONTRIBUTING.md); then the limits are those that surgeons have, so the machine has to be a quiet one.
usage: pictures_test.py JISR [WORD]"""
import os
import pathlib
import subprocess

import jisr
import screen

KEPT = os.environ.get("JISR_PICTURES")
SETTLE = 3 if KEPT else 0.5
CART_GATES, CONSOLE_GATES = ((), ()) if KEPT else (jisr.CART_GATES[:2], jisr.CONSOLE_GATES)
SCENE = ("--arm", "mujoco", "--scene", "peg-transfer", "--rate", "30" if KEPT else "6")
OCEAN = "delay=105ms,jitter=1ms,loss=0.5%"  # one way, as from Casablanca to Shanghai
HD, UHD = (1280, 720), (3840, 2160)

# Where panels stand, at 1280x720: x, y, width, height. Reading from the right turns the window's edges round.
PANELS = {"who leads": (10, 10, 236, 122), "age of the picture": (1034, 10, 236, 122),
          "keys": (10, 150, 236, 420), "state and delay": (260, 588, 760, 122),
          "left instrument": (10, 588, 236, 122), "right instrument": (1034, 588, 236, 122)}
LINE_DRAWN = 0.0003  # of the field
FIELD = (256, 144, 768, 432)  # HUD_CLEAR of the window


def output(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True).stdout


class Picture:
    """What a file shows, a sample for each place of 1280x720."""

    def __init__(self, path):
        self.size = tuple(map(int, output("identify", "-format", "%w %h", path).split()))
        self.rgb = output("convert", path, "-sample", f"{HD[0]}x{HD[1]}!", "-depth", "8", "rgb:-")

    def part(self, x, y, width, height):
        """Every second place of it, as (red, green, blue)."""
        places = (row * HD[0] + column for row in range(y, y + height, 2)
                  for column in range(x, x + width, 2))
        return [self.rgb[3 * at:3 * at + 3] for at in places]


def share(pixels, is_one):
    return sum(map(is_one, pixels)) / len(pixels)


class Pictures(jisr.Case):
    def setUp(self):
        if screen.missing():
            self.skipTest(screen.missing())
        super().setUp()

    def take(self, display, name, language, size):
        path = pathlib.Path(KEPT if KEPT and size == HD else self.folder) / f"{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = Picture(display.picture(path))
        self.assertEqual(picture.size, size)
        for panel, (x, y, width, height) in PANELS.items():
            if language == "ar" and "instrument" not in panel:
                x = HD[0] - x - width
            pixels = picture.part(x, y, width, height)
            written = share(pixels, lambda pixel: max(pixel) > 150)
            ground = share(pixels, lambda pixel: max(pixel) < 90)
            self.assertTrue(0.01 < written < 0.3, f"{name}: {panel}: words and figures take {written} of it")
            self.assertGreater(ground, 0.6, f"{name}: {panel}: its ground is dark")
        return picture

    def assert_shows_the_scene(self, picture):
        pixels = picture.part(*FIELD)
        self.assertGreater(len(set(pixels)), 500, "the field is not blank")
        self.assertGreater(share(pixels, lambda pixel: pixel[2] > pixel[0] + 40), 0.02, "rings are blue")
        self.assertGreater(share(pixels, lambda pixel: pixel[0] > pixel[2] + 20), 0.3, "the board is not")

    def sit_down(self, name, language, options=(), keys=(), size=HD, lines=2, camera="scene"):
        display = screen.Screen(*size)
        self.addCleanup(display.close)
        at = [jisr.address() for _ in range(lines)]
        rooms = [jisr.address() for _ in at[:2]]
        cart = self.cart(*rooms, gates=(*CART_GATES, "--bedside", "none"),
                         options=(*SCENE, "--camera", camera))
        self.weather(*((door, room, OCEAN) for door, room in zip(at, rooms)))
        console = self.console(*at, reclutch="ask", gates=CONSOLE_GATES,
                               options=("--window", "--full", "--language", language, *options),
                               before=("env", f"DISPLAY={display.display}", "SDL_AUDIODRIVER=dummy"))
        self.assertTrue(display.find(), self.tell(console))
        self.assertTrue(jisr.until(lambda: console.number("picture_whole") > 5), self.tell(cart, console))
        display.do("mousemove", size[0] // 2, size[1] // 2, "mousedown", 1, "sleep", 0.5,
                   "mousemove_relative", "--", -40, 30, "sleep", 0.2, "mousemove_relative", "--", -40, 10,
                   *keys, "sleep", SETTLE, "mousemove_relative", 70, -10, "sleep", 0.1)
        picture = self.take(display, name, language, size)
        display.do("mouseup", 1)
        for program in (console, cart):
            program.stop()
        return picture

    def test_the_console_in_english_with_the_ghost(self):
        self.assert_shows_the_scene(self.sit_down("console", "en", keys=("key", "F3")))

    def test_the_console_in_french_with_a_line_that_is_lost(self):
        self.assert_shows_the_scene(self.sit_down("console-fr", "fr", lines=3))

    def test_the_console_in_arabic(self):
        self.assert_shows_the_scene(self.sit_down("console-ar", "ar"))

    def test_the_console_in_three_languages_on_a_large_screen(self):
        for language in ("en", "fr", "ar"):
            self.assert_shows_the_scene(self.sit_down(f"console-{language}-large", language, size=UHD))

    def test_the_console_for_glasses_of_red_and_cyan(self):
        self.sit_down("console-anaglyph", "en", ("--stereo", "--show", "anaglyph"), camera="scene:stereo")

    def stand_by(self, name, language, size=HD):
        """The bedside's panel, while somebody far away leads the robot; the team has drawn a line."""
        display = screen.Screen(*size)
        self.addCleanup(display.close)
        at, door = jisr.address(), jisr.address()
        cart = self.cart(at, options=(*SCENE, "--camera", "scene"), gates=CART_GATES)
        self.weather((door, at, OCEAN))
        panel = self.start("bedside", "--line", at, "--identity",
                           self.identity(f"Casablanca, {language}", "bedside"), "--window", "--full",
                           "--language", language,
                           before=("env", f"DISPLAY={display.display}", "SDL_AUDIODRIVER=dummy"))
        self.assertTrue(display.find(), self.tell(panel))
        self.assertTrue(jisr.until(lambda: panel.number("picture_whole") > 5), self.tell(cart, panel))
        # Only now: a stroke has the colour of its author's seat, and the first to come has the green one.
        console = self.console(door, gates=CONSOLE_GATES, options=("--hands", "script"))
        self.assertTrue(jisr.until(lambda: console.number("picture_whole") > 5), self.tell(cart, console))
        display.do("key", "e")
        self.assertTrue(jisr.until(lambda: panel.status.get("supervisor") == "following"),
                        self.tell(cart, console, panel))
        path = [word for x, y in ((560, 330), (600, 300), (660, 310), (690, 350))
                for word in ("mousemove", x * size[0] // HD[0], y * size[1] // HD[1], "sleep", 0.1)]
        for _ in range(12): # a screen drawn without a card may be too slow to see where the pointer was
            display.do(*path[:5], "mousedown", 1, *path[5:], "mouseup", 1, "sleep", 0.5)
            picture = self.take(display, name, language, size)
            drawn = share(picture.part(*FIELD), lambda pixel: pixel[1] > max(pixel[0], pixel[2]) + 60)
            if drawn > LINE_DRAWN:
                break
        for program in (panel, console, cart):
            program.stop()
        self.assert_shows_the_scene(picture)
        self.assertGreater(drawn, LINE_DRAWN, "the line that the team drew is green")

    def test_at_the_bedside(self):
        self.stand_by("bedside", "en")

    def test_at_the_bedside_in_french(self):
        self.stand_by("bedside-fr", "fr")

    def test_at_the_bedside_in_arabic(self):
        self.stand_by("bedside-ar", "ar")

    def test_at_the_bedside_in_three_languages_on_a_large_screen(self):
        for language in ("en", "fr", "ar"):
            self.stand_by(f"bedside-{language}-large", language, size=UHD)


jisr.main()
