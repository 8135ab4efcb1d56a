#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A robot with physics: scripted hands undock it over a line, and see it; a scene that is wrong is refused.
usage: scene_test.py JISR [WORD]"""
import jisr


class SceneTest(jisr.Case):
    def test_scripted_hands_do_the_task_of_a_scene_and_the_report_says_so(self):
        at = jisr.address()
        cart = self.cart(at, options=("--arm", "mujoco", "--scene", "undocking"))
        console = self.console(at, options=("--hands", "script:undocking"))
        self.assertTrue(jisr.until(lambda: cart.status.get("task") == "done", 60), self.tell(cart, console))
        self.assertTrue(cart.says("task_done"), self.tell(cart))
        self.assertTrue(cart.says('camera="scene"'), "the robot is seen where nothing else was asked for")
        self.assertTrue(jisr.until(lambda: console.number("picture_whole") > 20), self.tell(cart, console))
        console.stop()
        cart.stop()
        task = self.report("cart")["task"]
        self.assertEqual((task["scene"], task["steps"], task["collisions"]), ("undocking", 2, 0))
        self.assertGreater(task["done_s"], 1)
        self.assertIsNone(self.report("console")["task"])

    def test_h31_a_scene_brings_its_fixtures_unless_told_otherwise(self):
        for words, count in (((), 4), (("--fixtures", "none"), 0), (("--fixtures", "peg-transfer"), 1)):
            cart = self.cart(jisr.address(), options=("--arm", "mujoco", "--scene", "undocking", *words))
            self.assertTrue(cart.says(f" fixtures={count} "), self.tell(cart))
            self.assertEqual([line for line in cart.log if "starts_inside" in line], [])
            cart.stop()

    def test_h31_a_fixture_that_holds_an_arm_from_the_start_is_warned_of_by_its_name(self):
        fixtures = self.folder / "field.fixtures"
        fixtures.write_text("fixtures 1\nmargin 1mm\nplane floor 0m 0m -1m 0 0 1\n"
                            "sphere left_port outside -80mm -10mm 120mm 5mm\nsphere field outside 0m 0m 0m 60mm\n")
        cart = self.cart(jisr.address(), options=("--fixtures", str(fixtures)))
        self.assertTrue(cart.says(" fixtures=3 "), self.tell(cart))
        told = [line.split(" hint=")[0] for line in cart.log if "starts_inside" in line]
        self.assertEqual(told, [f'warn starts_inside_fixture fixture="{name}" arm={arm}'
                                for name, arm in (("left_port", 1), ("field", 1), ("field", 2))])
        cart.stop()

    def refused(self, words, *options):
        done = jisr.run(jisr.JISR, "cart", "--listen", jisr.address(), "--identity", self.theatre, *options)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(words, done.stderr)

    def test_h42_a_scene_that_is_wrong_is_refused_with_its_line_and_the_reason(self):
        wrong = self.folder / "wrong.xml"
        wrong.write_text("<mujoco>\n<include file='arms.xml'/>\n<worldbody>\n<geom type='bal'/>\n</worldbody></mujoco>")
        self.refused("line 4", "--arm", "mujoco", "--scene", wrong)
        self.refused("No such file", "--arm", "mujoco", "--scene", self.folder / "absent.xml")
        self.refused("no scene 'pegs': give a file's path or peg-transfer", "--arm", "mujoco", "--scene", "pegs")
        wrong.write_text("<mujoco>\n<include file='arms.xml'/>\n<option gravity='0 0 1e300'/></mujoco>")
        self.refused("line 3: gravity of option: '1e300' is beyond 1e+10", "--arm", "mujoco", "--scene", wrong)
        self.refused("--arm kinematic has no scenes", "--scene", "peg-transfer")
        self.refused("only a robot with physics has a scene", "--camera", "scene")

    def test_a_scene_that_is_not_there_is_refused_once_before_anything_begins(self):
        for command in ("try", "operate"):
            done = jisr.run(jisr.JISR, command, "--arm", "mujoco", "--scene", "pegs")
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertRegex(done.stderr, f"^jisr {command}: --scene pegs: no scene 'pegs'[^\n]*\n$")
            done = jisr.run(jisr.JISR, command, "--arm", "kinematic", "--scene", "peg-transfer")
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("--arm kinematic has no scenes", done.stderr)

    def test_h42_a_scene_that_is_wrong_inside_is_refused_once_before_anything_begins(self):
        wrong = self.folder / "wrong.xml"
        wrong.write_text("<mujoco>\n<include file='arms.xml'/>\n<worldbody>\n<geom type='bal'/>\n</worldbody></mujoco>")
        for command in ("try", "operate"):
            done = jisr.run(jisr.JISR, command, "--arm", "mujoco", "--scene", wrong)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertRegex(done.stderr, f"^jisr {command}: --scene {wrong}: [^\n]*'bal'[^\n]* line 4\n$")
            self.assertEqual(done.stderr.count("wrong.xml"), 1)

    def test_a_renderer_without_a_scene_to_draw_is_refused(self):
        for command, *options in (("try", "--camera", "pattern"), ("operate", "--camera", "pattern"),
                                  ("cart", "--listen", jisr.address(), "--identity", self.theatre)):
            done = jisr.run(jisr.JISR, command, *options, "--renderer", "osmesa")
            self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
            self.assertRegex(done.stderr, f"^jisr {command}: --renderer osmesa: [^\n]* the camera is pattern\n$")

    def test_h31_fixtures_that_are_wrong_are_refused_once_before_anything_begins(self):
        wrong = self.folder / "wrong.txt"
        wrong.write_text("fixtures 1\nmargin 1mm\nplan floor 0mm 0mm 0mm 0 0 1\n")
        for command in ("try", "operate"):
            done = jisr.run(jisr.JISR, command, "--fixtures", wrong)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertRegex(done.stderr, f"^jisr {command}: --fixtures: [^\n]*line 3[^\n]*\n$")
            done = jisr.run(jisr.JISR, command, "--fixtures", "pegs")
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertRegex(done.stderr, f"^jisr {command}: --fixtures: no fixtures 'pegs'; [^\n]*transfer[^\n]*\n$")


jisr.main()
