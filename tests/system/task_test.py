#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole task over an ocean: `jisr operate` has scripted hands do peg transfer, all of it, as far away as
Shanghai is from Casablanca. usage: task_test.py JISR [WORD]"""
import signal
import subprocess

import jisr

# It takes 166 s on a quiet machine (docs/benchmarks.md), and is ended once the task is done. The cuts would come
# later (operate_test.py and verdict_test.py have them); a busy machine's pauses hold nothing by these gates.
LASTS_S = 450
OPERATE = [jisr.JISR, "operate", "--language", "en", "--hands", "script", "--arm", "mujoco",
           "--scene", "peg-transfer", "--weather", "casablanca-shanghai", "--for", f"{LASTS_S}s",
           "--gesture-age", "1s", "--silence", "1s", "--picture-age", "3s"]


class TaskTest(jisr.Case):
    def test_scripted_hands_do_all_of_peg_transfer_over_an_ocean(self):
        shown, log = self.folder / "shown", self.folder / "cart.log"
        with open(shown, "w") as file:
            process = subprocess.Popen([*OPERATE, "--report", self.folder], stdin=subprocess.DEVNULL,
                                       stdout=file, stderr=file)
        self.addCleanup(process.wait)
        self.addCleanup(lambda: process.poll() is None and process.terminate())
        done = lambda: log.exists() and "task_done" in log.read_text()
        jisr.until(lambda: done() or process.poll() is not None, LASTS_S)
        self.assertTrue(done(), shown.read_text())
        process.send_signal(signal.SIGINT)
        process.wait(jisr.SLOW)
        said, task = shown.read_text(), self.report("cart")["task"]
        eyes = self.report("console")["hand_to_eye_ms"]
        print(f"# done in {task['done_s']} s, hand to eye {eyes['p50']} ms", flush=True)
        self.assertEqual((task["scene"], task["steps"]), ("peg-transfer", 24), "six rings, and back")
        self.assertEqual((task["collisions"], task["torn"], task["forces"]), (0, 0, 0), said)
        self.assertGreater(eyes["p50"], 200, "the ocean was in between, both ways")
        self.assertRegex(said, r"\n +ok +The task is done, in [0-9]+ s; touches 0, torn out of the jaws 0, "
                               "too much force 0")


jisr.main()
