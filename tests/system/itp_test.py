#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A console that speaks ITP drives a cart through the local gateway. usage: itp_test.py JISR [WORD]"""
import math
import socket
import struct
import threading
import time

import jisr


NAN, NOT_UNIT, LEAP = range(1, 4)  # what a packet may have instead of a meaning


class Surgeon:
    """Sends 500 packets a second, each 5 um further along x, and reads the answers."""

    def __init__(self, host, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect((host, port))
        self.socket.settimeout(0.001)
        self.sequence, self.foot, self.answers, self.silent, self.over = 0, 0, [], False, False
        self.wrong = 0  # of the next packet
        self.grasp, self.turns = 0, 0  # turns: increments of a tenth of a degree about z, still to be sent
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def packet(self):
        self.sequence += 1
        step = 5 if self.foot else 0
        half, whole = 0, 1
        if self.turns:
            angle = math.radians(0.1 if self.turns > 0 else -0.1) / 2
            half, whole = math.sin(angle), math.cos(angle)
            self.turns -= 1 if self.turns > 0 else -1
        wrong, self.wrong = self.wrong, 0
        step = 2 ** 31 - 1 if wrong == LEAP else step
        whole = math.nan if wrong == NAN else 2 if wrong == NOT_UNIT else whole
        checksum = (self.foot + self.sequence + step) & 0xFFFFFFFF
        return (struct.pack("<III6i", self.sequence, 0, 0, step, 0, 0, 0, 0, 0) +
                struct.pack("<8d", 0, 0, 0, 0, half, half, whole, whole) +
                struct.pack("<4i", 0, 0, self.grasp, self.grasp) +
                struct.pack("<iI", self.foot, checksum))

    def run(self):
        while not self.over:
            if self.silent:
                time.sleep(0.002)
                continue
            try:
                self.socket.send(self.packet())
                self.answers.append(self.socket.recv(100))
            except (socket.timeout, ConnectionRefusedError):
                pass
            time.sleep(0.002)

    def level(self):
        return struct.unpack_from("<i", self.answers[-1], 40)[0] if self.answers else None

    def stop(self):
        self.over = True
        self.thread.join()
        self.socket.close()


class Itp(jisr.Case):
    OPTIONS = ("--presence", "off")  # this surgeon's grip does not change

    def setUp(self):
        super().setUp()
        target, here = jisr.address(), jisr.address(36000)
        self.arm = self.cart(target)
        self.gateway = self.console(target, options=("--hands", f"itp-udp:{here}", *self.OPTIONS))
        self.surgeon = Surgeon(here.split(":")[0], 36000)
        self.addCleanup(self.surgeon.stop)
        self.assertTrue(jisr.until(lambda: self.gateway.number("picture_whole") > 0))

    def engage(self):
        self.surgeon.foot = 0
        time.sleep(0.3)
        self.surgeon.foot = 1
        self.assert_follows(self.arm, self.gateway)


class ItpTest(Itp):
    def test_h65_the_arm_follows_the_foot_and_rests_when_the_console_is_silent(self):
        self.engage()
        before = self.arm.number("arm1_x_mm")
        self.assertTrue(jisr.until(lambda: self.surgeon.level() == 3), self.surgeon.level())
        self.assertTrue(jisr.until(lambda: abs(self.arm.number("arm1_x_mm") - before) > 0.2),
                        self.tell(self.arm, self.gateway))
        self.surgeon.silent = True
        self.assertTrue(jisr.until(lambda: self.arm.hold == "frozen"), self.tell(self.arm))
        self.assertTrue(self.arm.says("hands frozen: input refused or silent"), self.tell(self.arm))
        self.surgeon.silent = False  # its foot is down still
        time.sleep(1)
        self.assertEqual(self.arm.hold, "frozen")
        self.assertTrue(jisr.until(lambda: self.surgeon.level() == 2), self.surgeon.level())
        self.engage()
        self.assertTrue(self.gateway.number("input_silences") >= 1)
        for program in (self.gateway, self.arm):
            self.assertEqual(program.stop(), 0, self.tell(program))

    def test_h64_a_packet_without_meaning_holds_the_arm_until_the_foot_was_up(self):
        for wrong, key in ((NAN, "not_finite"), (NOT_UNIT, "not_unit"), (LEAP, "step")):
            self.engage()
            self.surgeon.wrong = wrong
            self.assertTrue(jisr.until(lambda: self.arm.hold == "frozen"), (key, self.tell(self.arm)))
            self.assertTrue(jisr.until(lambda: self.gateway.number("refused_" + key) >= 1), key)
            sent = self.surgeon.sequence
            self.assertTrue(jisr.until(lambda: self.surgeon.sequence > sent + 200))  # its foot is down still
            self.assertEqual(self.arm.hold, "frozen", key)


class PresenceTest(Itp):
    OPTIONS = ()  # by default a hand must be felt, since these have handles

    def test_h33_a_foot_alone_leads_nothing_until_the_hand_is_felt(self):
        self.surgeon.foot = 0
        time.sleep(0.5)
        self.surgeon.foot = 1
        self.assertFalse(jisr.until(lambda: self.arm.hold == "none", seconds=2), self.tell(self.arm))
        self.surgeon.grasp = 2600
        self.assert_follows(self.arm, self.gateway)


class LightTest(Itp):
    OPTIONS = ("--profile", jisr.ROOT / "tests" / "system" / "light.profile")

    def test_h33_the_sites_profile_says_what_a_hand_is_felt_by(self):
        self.assertTrue(jisr.until(lambda: self.arm.hold == "released"), self.tell(self.arm, self.gateway))
        self.surgeon.foot = 1
        time.sleep(0.5)  # it begins to be felt
        self.assertNotEqual(self.arm.hold, "none")
        self.surgeon.grasp = 600  # 14 degrees: a third of what the standard profile asks for
        self.assert_follows(self.arm, self.gateway)


class AlignedTest(Itp):
    OPTIONS = ("--align",)

    def test_h33_h34_the_arm_follows_a_hand_that_is_felt_and_points_as_the_instrument(self):
        surgeon = self.surgeon
        time.sleep(0.5)
        surgeon.foot = 1
        time.sleep(1)
        self.assertNotEqual(self.arm.hold, "none")  # a foot alone
        surgeon.grasp = 2600
        self.assert_follows(self.arm, self.gateway)
        surgeon.foot, surgeon.turns = 0, 100  # ten degrees, in the air
        self.assertTrue(jisr.until(lambda: surgeon.turns == 0))
        surgeon.foot = 1
        time.sleep(0.2)
        surgeon.grasp = 0
        time.sleep(1)
        self.assertNotEqual(self.arm.hold, "none")
        surgeon.turns = -100
        self.assert_follows(self.arm, self.gateway)


class RefusedTest(jisr.Case):
    def test_h34_align_is_refused_for_handles_that_tell_no_turns(self):
        done = jisr.run(jisr.JISR, "console", "--identity", self.shanghai, "--line", jisr.address(),
                        "--for", "1s", "--hands", f"itp-udp:{jisr.address(36000)},turns=off", "--align")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("without turns=off", done.stderr)

    def test_h18_a_profile_that_makes_no_sense_is_refused_with_its_line(self):
        bad = self.folder / "bad.profile"
        bad.write_text("name ours\npresence-gripper 2deg too little\n")
        done = jisr.run(jisr.JISR, "console", "--identity", self.shanghai, "--line", jisr.address(), "--for", "1s",
                        "--profile", bad)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("line 2: presence-gripper may be 5 to 90 deg", done.stderr)


jisr.main()
