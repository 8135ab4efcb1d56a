#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`jisr operate`, as `make run` starts it: to its end as plain text, and on a terminal until somebody
interrupts it. usage: operate_test.py JISR [WORD]"""
import fcntl
import os
import pathlib
import pty
import select
import struct
import subprocess
import termios
import time

import jisr

OPERATE = [jisr.JISR, "operate", "--language", "en", "--hands", "script", "--camera", "pattern", "--weather",
           "delay=20ms,jitter=1ms,loss=1%"]


def children(pid):
    """The processes that `pid` started."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
        except OSError:
            pass  # it has just ended
    return found


def is_alive(pid):
    return os.path.exists(f"/proc/{pid}")


class OperateTest(jisr.Case):
    def begin(self, *options, **kwargs):
        process = subprocess.Popen([*OPERATE, *map(str, options)], stdin=subprocess.DEVNULL, **kwargs)
        self.addCleanup(process.wait)
        self.addCleanup(lambda: process.poll() is None and process.terminate())
        return process

    def test_it_runs_to_its_end_and_reports(self):
        process = self.begin("--for", "15s", "--report", self.folder, "--trace", self.folder, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said, _ = process.communicate(timeout=90)
        self.assertEqual(process.returncode, 0, said)
        self.assertNotIn("\033", said, "plain text was asked for")
        self.assertGreater(len(said.splitlines()), 10)
        cart, console = self.report("cart"), self.report("console")
        self.assertGreater(cart["gestures"]["applied"], 3000)
        self.assertGreater(console["pictures"]["whole"] + console["pictures"]["repaired"], 100)
        for end, part in [(cart, "network_forth"), (cart, "robot"), (cart, "encode"), (console, "network_back"),
                          (console, "decode")]:
            self.assertGreater(end[f"{part}_ms"]["count"], 50, part)
        parts = sum(end[f"{part}_ms"]["p50"] for end, part in
                    [(cart, "network_forth"), (cart, "robot"), (cart, "encode"), (console, "network_back"),
                     (console, "decode")])
        self.assertAlmostEqual(parts, console["hand_to_eye_ms"]["p50"], delta=parts / 4)
        self.assertIn("no gestures", [hold["cause"] for hold in cart["holds"]])
        self.assertGreater(len(self.trace("cart")), 3000)
        self.assertGreater(len(self.trace("console")), 100)

    def test_on_a_terminal_it_is_a_page_and_an_interrupt_ends_it_all(self):
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 40, 120, 0, 0))
        process = self.begin("--for", "60s", stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm"})
        os.close(theirs)
        shown = b""
        end = time.monotonic() + jisr.SLOW
        while time.monotonic() < end and shown.count(b"\033[") < 200:
            if select.select([ours], [], [], 0.2)[0]:
                shown += os.read(ours, 65536)
        self.assertGreaterEqual(shown.count(b"\033["), 200, shown[-2000:])
        started = children(process.pid)
        self.assertGreaterEqual(len(started), 3, "a cart, a console and the weather")
        process.send_signal(2)
        while process.poll() is None and time.monotonic() < end + jisr.SLOW:
            try:
                if select.select([ours], [], [], 0.2)[0]:
                    shown += os.read(ours, 65536)
            except OSError:
                break  # the last of them has closed it
        self.assertIsNotNone(process.wait(jisr.SLOW))
        self.assertTrue(jisr.until(lambda: not any(map(is_alive, started))), "it left something running")


jisr.main()
