#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop that commands the arm: what it must not do while it runs, and what it tells of itself.
usage: loop_test.py JISR ALLOCATIONS.so [WORD]"""
import os
import pathlib
import signal
import struct
import sys
import time

import jisr

ALLOCATIONS = os.path.abspath(sys.argv.pop(1))
NOBODY = 65534
STOPPED_S = 0.06


class LoopTest(jisr.Case):
    def operate(self, **kwargs):
        line = jisr.address()
        arm = self.cart(line, **kwargs)
        eyes = self.console(line)
        self.assert_follows(arm, eyes)
        return arm, eyes

    def counts(self, arm):
        """What the loop has asked of the heap, and the pages that it had to wait for."""
        counted, = struct.unpack("=Q", (self.folder / "allocations").read_bytes())
        stat = pathlib.Path(f"/proc/{arm.pid}/task/{arm.pid}/stat").read_text().rpartition(")")[2].split()
        return counted, int(stat[7]) + int(stat[9])

    def test_h21_the_loop_asks_nothing_of_the_heap_and_waits_for_no_page_while_it_operates(self):
        (self.folder / "allocations").write_bytes(bytes(8))
        arm, _ = self.operate(before=("env", f"LD_PRELOAD={ALLOCATIONS}",
                                      f"ALLOCATIONS={self.folder / 'allocations'}"))
        time.sleep(1)  # the console asks for a picture that stands alone, lines are told of
        before = self.counts(arm)
        applied = arm.number("applied")
        time.sleep(3)
        after = self.counts(arm)
        self.assertGreater(before[0], 100, "what it takes at its start is not seen, so nothing would be")
        self.assertGreater(arm.number("applied"), applied + 1000)
        self.assertEqual(after[0], before[0])
        if jisr.IS_ROOT:  # else memory may not be locked
            self.assertEqual(after[1], before[1])

    def test_h21_nor_when_somebody_joins_and_leaves(self):
        paris = self.identity("Paris", "console")
        (self.folder / "allocations").write_bytes(bytes(8))
        line = jisr.address()
        arm = self.cart(line, before=("env", f"LD_PRELOAD={ALLOCATIONS}",
                                      f"ALLOCATIONS={self.folder / 'allocations'}"))
        self.assert_follows(arm, self.console(line))
        time.sleep(1)
        before = self.counts(arm)
        for times in range(3):
            watcher = self.console(line, name=f"watcher{times}", identity=paris, options=("--watch",))
            self.assertTrue(jisr.until(lambda: watcher.status.get("state") == "up"), self.tell(watcher))
            self.assertEqual(watcher.stop(), 0, self.tell(watcher))
        after = self.counts(arm)
        self.assertEqual(after[0], before[0])
        if jisr.IS_ROOT:
            self.assertEqual(after[1], before[1])

    def test_h21_a_loop_with_a_processor_to_itself_is_awake_when_a_tick_is_due(self):
        if not {0, 1} <= os.sched_getaffinity(0):
            self.skipTest("wants processors 0 and 1")
        arm, _ = self.operate(options=("--core", "1"))
        where = {int(task.name): os.sched_getaffinity(int(task.name))
                 for task in pathlib.Path(f"/proc/{arm.pid}/task").iterdir()}
        self.assertEqual(where.pop(arm.pid), {1})
        self.assertGreater(len(where), 0)
        for others in where.values():
            self.assertNotIn(1, others)
        time.sleep(2)
        self.assertEqual(arm.stop(), 0, self.tell(arm))
        if jisr.IS_ROOT:  # it goes ahead of others
            self.assertLess(self.report("cart")["loop_lateness_ms"]["p50"], 0.02)

    def test_a_processor_that_is_not_there_is_refused(self):
        done = jisr.run(jisr.JISR, "cart", "--listen", jisr.address(), "--identity", self.theatre, "--core",
                        "1023")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("--core 1023: no such processor", done.stderr)

    def test_h21_a_gesture_waits_for_the_arm_from_when_the_kernel_had_it(self):
        arm, _ = self.operate()
        time.sleep(2)
        arm.process.send_signal(signal.SIGSTOP)
        time.sleep(STOPPED_S)
        arm.process.send_signal(signal.SIGCONT)
        time.sleep(0.5)
        self.assertEqual(arm.stop(), 0, self.tell(arm))
        report = self.report("cart")
        print(f"# {report['command_ms']}, late {report['loop_late_percent']} %", flush=True)
        self.assertLess(report["command_ms"]["p50"], 1)
        # the first that came after the stop waited longest: gestures come a millisecond apart, and later
        self.assertGreater(report["command_ms"]["max"], STOPPED_S * 1000 - 10)
        self.assertGreater(report["loop_lateness_ms"]["max"], STOPPED_S * 1000 - 2)
        self.assertGreater(report["loop_late_percent"], 0)
        self.assertGreater(report["ticks_missed"], STOPPED_S * 1000 - 2)
        if jisr.IS_ROOT:
            self.assertEqual(report["realtime"], "granted", arm.log)

    def test_h21_where_the_system_refuses_to_let_the_loop_ahead_log_and_report_say_so(self):
        before = ()
        if jisr.IS_ROOT:
            before = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--bounding-set=-all")
            if jisr.run(*before, "test", "-x", jisr.JISR).returncode:
                self.skipTest("nobody else may run the program where it was built")
            for path in [self.folder, *self.folder.rglob("*")]:
                os.chown(path, NOBODY, NOBODY)
        arm, eyes = self.operate(before=before)
        self.assertTrue(arm.says("warn not_realtime priority=refused"), self.tell(arm))
        self.assertTrue(arm.says("CAP_SYS_NICE"), self.tell(arm))
        self.assertEqual(arm.stop(), 0, self.tell(arm, eyes))
        self.assertEqual(self.report("cart")["realtime"], "refused")


jisr.main()
