#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person orders a running console: lines added and pulled, and from which address of ours they go;
the one word that lets the arm move; and what was not understood. usage: lines_test.py JISR [WORD]"""
import socket
import time

import jisr


def host():
    return jisr.address().split(":")[0]


class LinesTest(jisr.Case):
    def order(self, program, text, says):
        mark = len(program.log)
        program.order(text)
        self.assertTrue(program.says(says, after=mark), f"after '{text}'\n{self.tell(program)}")

    def wait_line(self, line, state, *programs):
        for program in programs:
            self.assertTrue(jisr.until(lambda: program.status.get(f"line{line}") == state),
                            f"line {line} is not {state}\n{self.tell(*programs)}")

    def knocks(self, at, source):
        """A console's datagram came to `at`, from `source`."""
        place, port = at.split(":")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
            door.bind((place, int(port)))
            door.settimeout(jisr.SLOW)
            self.assertEqual(door.recvfrom(2048)[1][0], source)

    def test_a_line_is_added_the_first_one_pulled_and_nothing_stops(self):
        first, second = jisr.address(), jisr.address()
        arm = self.cart(first, second)
        eyes = self.console(first, control=True)
        self.assert_follows(arm, eyes)
        self.order(eyes, "line pull 1", "it is the only line")
        time.sleep(1)
        faults = arm.faults()
        self.order(eyes, f"line add {second}", "line_added line=2")
        self.wait_line(2, "good", arm, eyes)
        self.order(eyes, "line pull 1", "line_pulled line=1")
        self.wait_line(1, None, arm, eyes)
        pulled_ns, applied = jisr.now_ns(), arm.number("applied")
        pictures = eyes.number("picture_whole") + eyes.number("picture_repaired")
        time.sleep(2)
        self.assertEqual(arm.faults(), faults, self.tell(arm, eyes))
        self.assertGreater(arm.number("applied"), applied + 600, self.tell(arm, eyes))
        self.assertGreater(eyes.number("picture_whole") + eyes.number("picture_repaired"), pictures + 16)
        self.order(eyes, "line pull 2", "it is the only line")
        self.order(eyes, f"line add {first}", "line_added line=1")
        self.wait_line(1, "good", arm, eyes)
        for program in (eyes, arm):
            self.assertEqual(program.stop(), 0, self.tell(program))
        after = [row for row in self.trace("cart") if row["outcome"] == "applied" and
                 pulled_ns < row["received_ns"] < pulled_ns + 1_900_000_000]
        self.assertEqual({row["line"] for row in after}, {2})
        for end in ("cart", "console"):
            report = self.report(end)
            self.assertEqual(report["sessions"], 1)
            self.assertEqual([line["name"] for line in report["lines"]], [first, second])
            for line in report["lines"]:
                self.assertGreater(line["received"], 100, line)

    def test_h17_a_stop_where_no_bedside_is_asked_for_says_what_helps_and_that_does(self):
        at = jisr.address()
        arm = self.cart(at)
        eyes = self.console(at, control=True)
        self.assert_follows(arm, eyes)
        eyes.order("stop")
        self.assertTrue(arm.says("start a panel"), self.tell(arm))
        eyes.order("reset")
        refused = eyes.says("order_refused order=reset")
        self.assertIn("start a panel, `jisr bedside`", refused or self.tell(eyes))
        panel = self.start("bedside", "--line", at, "--identity", self.identity("Team", "bedside"), "--control",
                           control=True)
        self.assertTrue(jisr.until(lambda: panel.status.get("supervisor") == "stopped"), self.tell(panel, arm))
        panel.order("reset")
        panel.order("enable")
        self.assertTrue(jisr.until(lambda: arm.hold == "none"), self.tell(panel, arm, eyes))

    def test_h03_only_the_very_word_lets_the_arm_move(self):
        at = jisr.address()
        arm = self.cart(at)
        eyes = self.console(at, reclutch="ask", control=True, options=("--hands", "still"))
        self.assertTrue(jisr.until(lambda: eyes.number("picture_whole") > 20), self.tell(eyes))
        self.order(eyes, "no reclutch", "order_refused reason=\"no order 'no'")
        self.order(eyes, "reclutc", "did you mean 'reclutch'?")
        self.order(eyes, "reclutch please", "more words than the order has")
        eyes.process.stdin.write("recl")
        eyes.process.stdin.flush()
        self.assertFalse(jisr.until(lambda: arm.hold == "none", seconds=2), self.tell(arm, eyes))
        eyes.process.stdin.write("utch\n")
        eyes.process.stdin.flush()
        self.assert_follows(arm, eyes)
        eyes.process.stdin.close()  # whoever gave orders has gone
        self.assertEqual(eyes.wait(), 0, self.tell(eyes))

    def test_a_line_goes_from_the_address_that_was_named(self):
        first, second = jisr.address(), jisr.address()
        ours, other = host(), host()
        eyes = self.console(f"{first},from={ours}", control=True)
        self.knocks(first, ours)
        self.order(eyes, f"line add {second},from={other}", "line_added line=2")
        self.knocks(second, other)
        for text, says in ((f"{second},from=192.0.2.1", "from=192.0.2.1: this machine has no such address"),
                           (f"{second},form={other}", "nothing, or ,from=ADDRESS"),
                           (f"{second},from=here", "from='here' is not an address"),
                           (f"{second},from=::1", "both be IPv4, or both IPv6"),
                           ("localhost:6000", "would have to be looked up"),
                           ("127.0.0.1", "is not an address and port")):
            self.order(eyes, f"line add {text}", says)
        for number in range(3, 9):
            self.order(eyes, f"line add {second}", f"line_added line={number}")
        self.order(eyes, f"line add {second}", "more than 8 lines")
        self.order(eyes, "line pull 9", "no line has this number")
        self.assertEqual(eyes.stop(), 0, self.tell(eyes))
        names = [line["name"] for line in self.report("console")["lines"]]
        self.assertEqual(names[:2], [f"{first},from={ours}", f"{second},from={other}"])
        done = jisr.run(jisr.JISR, "console", "--identity", self.shanghai, "--line", f"{first},from=192.0.2.1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("from=192.0.2.1: this machine has no such address", done.stderr)

    def test_what_this_machine_would_not_send_is_counted_and_told(self):
        at = jisr.address()
        arm = self.cart(at)
        eyes = self.console(at, control=True)
        self.assert_follows(arm, eyes)
        self.assertEqual(eyes.number("unsent"), 0)
        self.order(eyes, "line add 255.255.255.255:6000", "unsent count=")  # to all: needs leave
        self.assertRegex(eyes.says("unsent count="), 'why="(Permission denied|Network is unreachable)"')
        self.assertTrue(jisr.until(lambda: eyes.number("unsent") > 0))
        for program in (eyes, arm):
            self.assertEqual(program.stop(), 0, self.tell(program))
        self.assertGreater(self.report("console")["unsent"], 0)
        self.assertEqual(self.report("cart")["unsent"], 0)


jisr.main()
