#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `jisr operate` finds of a scene's task: done, undone, or given no time. A busy machine may stop the
arm, and then other sentences are not good; that of the task is. usage: verdict_test.py JISR [WORD]"""
import re

import jisr


class VerdictTest(jisr.Case):
    def operate(self, scene, *options):
        done = jisr.run(jisr.JISR, "operate", "--language", "en", "--hands", "script", "--arm", "mujoco",
                        "--scene", scene, "--weather", "casablanca-shanghai", *options)
        self.assertEqual(done.returncode, 1 if "NOT OK" in done.stdout else 0, done.stdout + done.stderr)
        return done.stdout

    def test_scripted_hands_that_did_the_task_are_told_so(self):
        said = self.operate("undocking", "--for", "30s")
        self.assertRegex(said, r"\n +ok +The task is done, in [0-9]+ s; touches 0, torn out of the jaws 0, "
                               "too much force 0")

    def test_a_task_that_was_not_done_fails_the_operation(self):
        young = ("--gesture-age", "50ms")  # no gesture crosses an ocean in it
        said = self.operate("undocking", "--for", "15s", *young)
        self.assertRegex(said, r"\n +NOT OK +The task is NOT done, after 15 s; it takes about 8; steps 0")

    def test_a_task_without_the_time_for_it_is_left_open(self):
        said = self.operate("peg-transfer", "--for", "15s")
        self.assertRegex(said, r"\n +open +The task is not done: there was no time, 15 s where it takes ")
        self.assertNotIn("All went as it should", said)
        self.assertTrue(re.search("could be judged went as it should|Not all went", said), said)


jisr.main()
