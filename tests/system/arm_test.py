#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real `jisr arm`: published poses, there and back again, and what it refuses.
usage: arm_test.py JISR"""
import math
import pathlib
import random
import subprocess
import tempfile
import unittest

import jisr

READY = [0, 0, 0.12, 0, 0, 0]
IDENTITY = "1,0,0,0,1,0,0,0,1"


def arm(*words, lines=()):
    ran = subprocess.run([jisr.JISR, "arm", *words], input="".join(line + "\n" for line in lines),
                         capture_output=True, text=True, timeout=60)
    return ran.returncode, ran.stdout.splitlines(), ran.stderr.splitlines()


def csv(values):
    return ",".join(map(repr, values))


def numbers(line):
    return [float(word) for word in line.split(",")]


class ArmTest(unittest.TestCase):
    def test_forward_gives_the_published_poses(self):
        published = {
            "0,0,0.1,0,0,0": (0, 0, -93.5),
            "0.3,-0.2,0.15,0.5,-0.4,0.25": (42.794255, 31.414240, -132.593198),
            "-1.0,0.6,0.2,-2.0,1.0,-1.0,0.3": (-129.231731, -104.266267, -91.253346)}
        status, answers, said = arm("forward", lines=published)
        self.assertEqual((status, said), (0, []))
        for answer, tip_mm in zip(answers, published.values(), strict=True):
            pose = numbers(answer)
            self.assertEqual(len(pose), 12)
            self.assertLess(math.dist(pose[:3], [mm * 1e-3 for mm in tip_mm]), 1e-6)

    def test_inverse_of_forward_comes_back_for_both_tools(self):
        draw = random.Random(4)
        for tool, insertion_m in (("large-needle-driver", 0.24), ("large-needle-driver-si", 0.29)):
            joints = [[draw.uniform(-1.5, 1.5), draw.uniform(-0.9, 0.9), draw.uniform(0.03, insertion_m),
                       draw.uniform(-3, 3), draw.uniform(-1.39, 1.39), draw.uniform(-1.39, 1.39)]
                      for _ in range(2000)]
            _, poses, _ = arm("forward", "--tool", tool, lines=map(csv, joints))
            status, found, said = arm("inverse", "--tool", tool, lines=poses)
            self.assertEqual((status, said), (0, []))
            _, again, _ = arm("forward", "--tool", tool, lines=found)
            for pose, other in zip(poses, again, strict=True):
                pose, other = numbers(pose), numbers(other)
                self.assertLess(math.dist(pose[:3], other[:3]), 5e-6)
                self.assertLess(math.dist(pose[3:], other[3:]), 1e-5)

    def test_what_is_refused_is_told_with_its_line_and_answered_by_an_empty_one(self):
        good = "0,0,-0.1135,0,1,0,1,0,0,0,0,-1"
        wrong = {
            "0,0,-0.1": "line 2: 12 numbers are wanted",
            "0,0,nan,0,1,0,1,0,0,0,0,-1": "line 3: column 3: not finite",
            "0,0,-0.1135,0,1,0,1,0,0,0,0,1": "line 4: the last nine numbers are no rotation",
            "0,0,-0.1135,0,2,0,1,0,0,0,0,-1": "line 5: the last nine numbers are no rotation",
            "0,0,-0.1135,0,1,0,1,0,0,0,0,-1,7": "line 6: column 13: one column too many",
            "0,0,-9,0,1,0,1,0,0,0,0,-1": "line 7: out of reach; limited: insertion",
            "x": "line 8: column 1: not a number",
            "1," * 2000 + "1": "line 9: too long"}
        status, answers, said = arm("inverse", lines=[good, *wrong, "# words", "", good])
        self.assertEqual(status, 1)
        self.assertEqual(answers[1:-1], [""] * (len(wrong) + 2))
        self.assertEqual(answers[0], answers[-1])
        self.assertLess(math.dist(numbers(answers[0]), READY), 1e-12)
        for line, words in zip(said, wrong.values(), strict=True):
            self.assertIn(words, line)

    def test_joints_outside_the_limits_are_answered_and_told(self):
        status, answers, said = arm("forward", lines=["2,0,0.1,0,0,0", "1,2,3"])
        self.assertEqual(status, 1)  # for the second line
        self.assertEqual(len(numbers(answers[0])), 12)
        self.assertIn("line 1: answered all the same, but outside the limits: yaw", said[0])
        self.assertIn("line 2: 6 joints are wanted, or 7", said[1])

    def test_h30_a_tool_with_a_slip_is_refused_by_arm_and_cart(self):
        _, shown, _ = arm("show")
        slip = "\n".join(shown).replace("0.4162m", "0.4126m")
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "slip.tool"
            path.write_text(slip + "\n", encoding="utf-8")
            status, answers, said = arm("forward", "--tool", str(path), lines=["0,0,0.1,0,0,0"])
            self.assertEqual((status, answers), (2, []))
            self.assertIn(f"{path}: line 26: the check does not come out: off by 3.6 mm", said[0])
            cart = subprocess.run([jisr.JISR, "cart", "--identity", folder, "--listen", "127.0.0.1:1",
                                   "--tool", str(path)], capture_output=True, text=True, timeout=60)
            self.assertEqual(cart.returncode, 2)
            self.assertIn("line 26: the check does not come out", cart.stderr)
            path.write_text("\n".join(shown) + "\n", encoding="utf-8")
            status, answers, _ = arm("show", "--tool", str(path))
            self.assertEqual(status, 0)
            self.assertIn("large-needle-driver, version 1", answers[0])

    def test_h31_fixtures_with_an_error_are_refused_by_the_cart(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "field.fixtures"
            path.write_text("fixtures 1\nmargin 1mm\nsphere vessel outside 0m 0m 0m 1mm\n",
                            encoding="utf-8")
            cart = subprocess.run([jisr.JISR, "cart", "--identity", folder, "--listen", "127.0.0.1:1",
                                   "--fixtures", str(path)], capture_output=True, text=True, timeout=60)
            self.assertEqual(cart.returncode, 2)
            self.assertIn(f"--fixtures: {path}: line 3: a radius must be 2mm to 10m", cart.stderr)

    def test_wrong_words_are_told_the_right_ones(self):
        self.assertEqual(arm("forwards")[0], 2)
        self.assertIn("did you mean 'forward'?", arm("forwards")[2][0])
        self.assertIn("did you mean 'large-needle-driver'?",
                      arm("show", "--tool", "large-needle-drive")[2][0])
        self.assertEqual(arm()[0], 2)


jisr.main()
