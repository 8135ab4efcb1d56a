#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Standard error is a full pipe that nobody reads: the operation does not notice. usage: log_test.py JISR
[WORD]"""
import datetime
import fcntl
import os
import time

import jisr


def full_pipe():
    """Both ends of a pipe of a page with no room left, and how much is in it."""
    read_end, write_end = os.pipe()
    fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(write_end, False)
    filled = 0
    try:
        while True:
            filled += os.write(write_end, b"x")
    except BlockingIOError:
        os.set_blocking(write_end, True)
    return read_end, write_end, filled


class LogTest(jisr.Case):
    def full_pipe(self):
        read_end, write_end, filled = full_pipe()
        self.addCleanup(os.close, read_end)
        self.addCleanup(os.close, write_end)
        return read_end, write_end, filled

    def test_h11_a_reader_of_the_log_that_stalls_stops_neither_end(self):
        at = jisr.address()
        read_end, arm_stderr, filled = self.full_pipe()
        _, eyes_stderr, _ = self.full_pipe()
        started = time.time()
        arm = self.cart(at, stderr=arm_stderr)
        eyes = self.console(at, stderr=eyes_stderr)
        self.assert_follows(arm, eyes)
        applied = arm.number("applied")
        time.sleep(1)
        self.assertGreater(arm.number("applied"), applied + 300)
        self.assertEqual(len(os.read(read_end, filled)), filled)  # the reader is back
        said = b""
        while b"session_up" not in said:
            said += os.read(read_end, 4096)
        logged = said.decode().splitlines()[0]
        self.assertRegex(logged, jisr.TIME)
        at = datetime.datetime.fromisoformat(logged.split()[0].replace("Z", "+00:00")).timestamp()
        self.assertTrue(started - 0.001 <= at <= started + 10, f"{logged}: when it was written, not when it happened")
        begin = time.monotonic()
        self.assertEqual(eyes.stop(), 0)  # its log never got rid of a line
        self.assertLess(time.monotonic() - begin, 5)
        self.assertEqual(arm.stop(), 0)
        self.assertEqual(self.report("cart")["sessions"], 1)
        self.assertEqual(self.report("console")["sessions"], 1)


jisr.main()
