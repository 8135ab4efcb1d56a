#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of Debian's OpenIGTLink library sees tools and picture at both ends.
usage: igtl_test.py JISR IGTL-READ [WORD]"""
import os
import re
import sys
import time

READ = os.path.abspath(sys.argv.pop(2))
import jisr  # noqa: E402 takes the program's path from what is left


class IgtlTest(jisr.Case):
    def setUp(self):
        super().setUp()
        target = jisr.address()
        self.at = {"cart": jisr.address(18944), "console": jisr.address(18944)}
        self.arm = self.cart(target, options=("--igtl", self.at["cart"]))
        self.hand = self.console(target, options=("--igtl", self.at["console"]))
        self.assert_follows(self.arm, self.hand)

    def read(self, side):
        done = jisr.run(READ, *self.at[side].split(":"), 3)
        self.assertEqual(done.returncode, 0)
        lines = done.stdout.splitlines()
        self.assertEqual(sum(line.startswith("wrong") for line in lines), 0)
        return lines

    def assert_poses(self, lines, name, least):
        """They go on, their rotation is one, and their time is that of the source: just now."""
        rows = [line for line in lines if line.startswith(f"transform {name} ")]
        self.assertGreater(len(rows), least)
        stamps = [float(re.search(r" at (\S+)", row)[1]) for row in rows]
        self.assertEqual(stamps, sorted(stamps))
        self.assertTrue(time.time() - 5 < stamps[-1] <= time.time(), stamps[-1])
        for row in rows:
            self.assertAlmostEqual(float(row.split()[-1]), 1, places=4)
        return {row.split(" x ")[1] for row in rows}

    def assert_pictures(self, lines):
        images = [line for line in lines if line.startswith("image Jisr-Endoscope")]
        self.assertTrue(12 <= len(images) <= 45, len(images))
        for image in images:
            self.assertIn(" size 1280 720 1 components 3 type 3 ", image)
            self.assertGreater(float(image.split()[-1]), 10, "it is black")
        stamps = [float(re.search(r" at (\S+)", image)[1]) for image in images]
        self.assertEqual(stamps, sorted(stamps))
        self.assertTrue(time.time() - 5 < stamps[-1] <= time.time(), stamps[-1])

    def test_the_cart_shows_tools_camera_picture_and_status(self):
        lines = self.read("cart")
        self.assertGreater(len(self.assert_poses(lines, "Jisr-Left", 40)), 20, "it does not move")
        self.assert_poses(lines, "Jisr-Right", 40)
        self.assertEqual(len(self.assert_poses(lines, "Jisr-Camera", 40)), 1)
        self.assert_pictures(lines)
        self.assertIn(" code 1 ", [line for line in lines if line.startswith("status Jisr")][0])
        self.assertEqual(self.arm.stop(), 0)
        self.assertEqual(self.hand.stop(), 0)

    def test_h68_nothing_is_shown_unless_asked_for_and_who_may_see_it_is_told(self):
        self.assertEqual(len([line for line in self.arm.log if 'igtl_open address="127.' in line]), 1)
        open_to_all = self.start("cart", "--listen", jisr.address(), "--identity", self.theatre,
                                 "--igtl", "0.0.0.0:0")
        self.assertTrue(open_to_all.says('warn igtl_open address="0.0.0.0:0" to="whoever reaches it"'))
        closed = self.start("cart", "--listen", jisr.address(), "--identity", self.theatre)
        self.assertTrue(closed.says("cart_listens"))
        self.assertFalse([line for line in closed.log if "igtl" in line])

    def test_the_console_shows_the_tools_and_the_picture_that_came(self):
        lines = self.read("console")
        self.assertGreater(len(self.assert_poses(lines, "Jisr-Left", 40)), 20, "it does not move")
        self.assert_poses(lines, "Jisr-Right", 40)
        self.assert_pictures(lines)


jisr.main()
