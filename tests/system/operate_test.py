#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`jisr operate`, as `make run` starts it: to its end as plain text, with an end killed in the middle, and
on a terminal until somebody interrupts it. usage: operate_test.py JISR [WORD]"""
import fcntl
import os
import pathlib
import pty
import re
import resource
import select
import signal
import struct
import subprocess
import termios
import time

import jisr

SLOW_GATES = ("--gesture-age", "600ms", "--silence", "500ms")
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


def child_named(pid, name):
    """The process that `pid` started as `jisr NAME`, once there is one."""
    def is_named(child):
        return pathlib.Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")[1:2] == [name.encode()]
    return jisr.until(lambda: next(filter(is_named, children(pid)), None))


def is_alive(pid):
    return os.path.exists(f"/proc/{pid}")


class OperateTest(jisr.Case):
    def begin(self, *options, **kwargs):
        process = subprocess.Popen([*OPERATE, *map(str, options)], stdin=subprocess.DEVNULL, **kwargs)
        self.addCleanup(process.wait)
        self.addCleanup(lambda: process.poll() is None and process.terminate())
        return process

    def test_it_runs_to_its_end_and_reports_and_an_earlier_operation_stays(self):
        earlier = self.folder / "console.csv"
        earlier.write_text("an earlier operation's\n")
        fixtures = self.folder / "floor.txt"
        fixtures.write_text("fixtures 1\nmargin 1mm\nplane floor 0mm 0mm -200mm 0 0 1\n")
        process = self.begin("--for", "15s", "--report", self.folder, "--trace", self.folder, "--fixtures",
                             fixtures, "--coast", "30ms", text=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        said, _ = process.communicate(timeout=90)
        self.assertEqual(process.returncode, 0, said)
        self.assertNotIn("\033", said, "plain text was asked for")
        self.assertGreater(len(said.splitlines()), 10)
        self.assertIn("this one's have the number 2", said)
        self.assertEqual(earlier.read_text(), "an earlier operation's\n")
        self.assertEqual({path.name for path in self.folder.glob("*.log")},
                         {f"{name}-2.log" for name in ("weather", "cart", "bedside", "console")})
        self.assertIn("fixtures=1 coast_ms=30", (self.folder / "cart-2.log").read_text())
        cart, console = self.report("cart-2"), self.report("console-2")
        self.assertGreater(cart["gestures"]["applied"], 3000)
        self.assertGreater(console["pictures"]["whole"] + console["pictures"]["repaired"], 100)
        self.assertEqual(len(cart["lines"]), len(console["lines"]))  # where the bedside comes in is none of them
        for end, part in [(cart, "network_forth"), (cart, "robot"), (cart, "encode"), (console, "network_back"),
                          (console, "decode")]:
            self.assertGreater(end[f"{part}_ms"]["count"], 50, part)
        parts = sum(end[f"{part}_ms"]["p50"] for end, part in
                    [(cart, "network_forth"), (cart, "robot"), (cart, "encode"), (console, "network_back"),
                     (console, "decode")])
        self.assertAlmostEqual(parts, console["hand_to_eye_ms"]["p50"], delta=parts / 4)
        self.assertIn("no gestures", [hold["cause"] for hold in cart["holds"]])
        self.assertGreater(len(self.trace("cart-2")), 3000)
        self.assertGreater(len(self.trace("console-2")), 100)
        self.assert_phases_add_up(said, cart, console)

    def assert_phases_add_up(self, said, cart, console):
        """What the closing report tells of the four phases is the whole."""
        phases = said.partition("What the cuts did")[2].partition("Verdict")[0]
        applied, worst = zip(*re.findall(r"applied (\d+), .*, (\S+) ms at worst", phases))
        self.assertEqual(sum(map(int, applied)), cart["gestures"]["applied"])
        worst = max(float(age) for age in worst if age != "-")
        self.assertAlmostEqual(worst, cart["gesture_age_ms"]["max"], delta=0.06)
        rows = [line for line in phases.splitlines() if "repaired" in line]
        counts = [dict(re.findall(r"(\w+) (\d+)", row)) for row in rows]
        self.assertEqual(len(counts), 4)
        for outcome in ("whole", "repaired", "late", "lost", "damaged"):
            told = sum(int(count[outcome]) for count in counts)
            self.assertEqual(told, console["pictures"][outcome], outcome)
        lost = [int(count["lost"]) for count in counts]
        self.assertGreaterEqual(lost[2], lost[3], "those of the cut count in it, though missed after it")

    def test_a_setting_that_an_end_cannot_use_ends_it_at_once_with_the_reason_last(self):
        for options in (["--camera", "file:/nowhere/x"], ["--hands", "itp:/nowhere/x"]):
            began = time.monotonic()
            done = jisr.run(*OPERATE, *options)
            self.assertLess(time.monotonic() - began, 4)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, f"^jisr c[a-z]+: {options[0]} {options[1]}: [^\n]*\n$")
            self.assertNotIn("in figures", done.stdout)

    def test_a_full_disk_fails_the_verdict_and_the_figures_are_those_of_the_status_lines(self):
        def files_stay_small():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))
        done = jisr.run(*OPERATE, "--for", "15s", "--report", self.folder, "--trace", self.folder,
                        preexec_fn=files_stay_small, restore_signals=False)
        self.assertEqual(done.returncode, 1, done.stdout)
        for end in ("cart", "console"):
            self.assertRegex(done.stdout, rf"NOT OK +The trace of jisr {end} is not whole \(File too large\)")
            self.assertRegex(done.stdout, f"NOT OK +The report of jisr {end} could not be written")
        self.assertRegex(done.stdout, "gestures +sent [0-9]{4,}, applied [0-9]{4,}, late")

    def test_h03_a_killed_process_is_started_again_and_the_arm_awaits_the_surgeon(self):
        shown = self.folder / "shown"
        with open(shown, "w") as file:
            process = self.begin("--for", "120s", *SLOW_GATES, *jisr.CONSOLE_GATES, "--report", self.folder,
                                 "--trace", self.folder, stdout=file, stderr=file)

        def taken_after(words):
            return "the surgeon takes the arm" in shown.read_text().partition(words)[2]
        self.assertTrue(jisr.until(lambda: taken_after("the two ends have met")), shown.read_text())
        killed_ns = {}
        for name in ("cart", "console", "bedside", "weather"):
            os.kill(child_named(process.pid, name), 9)
            killed_ns[name] = jisr.now_ns()
            self.assertTrue(jisr.until(lambda: taken_after(f"jisr {name} is started again")), shown.read_text())
            self.assertIn(f"jisr {name} died of signal 9", shown.read_text())
        process.send_signal(2)
        self.assertEqual(process.wait(jisr.SLOW), 1)
        said = shown.read_text()
        for name in ("cart", "console", "bedside", "weather"):
            self.assertRegex(said, f"NOT OK +jisr {name} died at [0-9]+ s and was started again; times: 1")
        self.assertNotIn("ended by itself", said)

        log = (self.folder / "cart.log").read_text().partition("started_again life=2")[2]
        self.assertLess(log.index('holds cause="not enabled by the bedside"'), log.index("info follows"))
        self.assertGreater(len(self.trace("cart")), 100, "the first life's is still there")
        report = self.report("cart-2")
        self.assertGreater(report["gestures"]["applied"], 100)
        self.assertGreater(self.report("console-2")["pictures"]["whole"], 0)
        holds_s = [(report["start_ns"] - killed_ns["console"]) / 1e9 + hold["began_s"] for hold in report["holds"]
                   if hold["cause"] not in ("not yet engaged", "pedal released")]
        self.assertTrue(any(0 <= began_s < 1 for began_s in holds_s), report["holds"])

    def test_a_process_that_dies_too_often_is_given_up(self):
        shown = self.folder / "shown"
        with open(shown, "w") as file:
            process = self.begin("--for", "120s", stdout=file, stderr=file)

        def deaths():
            return shown.read_text().count("jisr weather died of signal 9")
        for death in range(6):
            os.kill(child_named(process.pid, "weather"), 9)
            self.assertTrue(jisr.until(lambda: deaths() > death), shown.read_text())
        self.assertEqual(process.wait(jisr.SLOW), 1)
        self.assertIn("jisr weather died too often: it is not started again", shown.read_text())
        self.assertRegex(shown.read_text(), "NOT OK +jisr weather died, first at [0-9]+ s; times: 6.")

    def test_an_interrupt_waits_for_both_ends_without_spinning(self):
        def used_s(pid):
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        shown = self.folder / "shown"
        with open(shown, "w") as file:
            process = self.begin("--for", "60s", stdout=file, stderr=file)
        self.assertTrue(jisr.until(lambda: "the two ends have met" in shown.read_text()), shown.read_text())
        os.kill(child_named(process.pid, "cart"), signal.SIGSTOP)  # it does not end when asked to
        process.send_signal(signal.SIGINT)
        time.sleep(1)
        before_s = used_s(process.pid)
        time.sleep(2)
        self.assertIsNone(process.poll())
        self.assertLess(used_s(process.pid) - before_s, 0.3)
        self.assertIsNotNone(process.wait(jisr.SLOW))

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
