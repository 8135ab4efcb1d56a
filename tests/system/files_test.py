#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad options, files, disks and identities: each an exit status and a line that says what to do, and a
disk that fills stops no operation. usage: files_test.py JISR [WORD]"""
import os
import pathlib
import socket
import struct
import time

import jisr


def chunk(name, data):
    return name + struct.pack("<I", len(data)) + data


def raw_film(pictures, hurt=None, width=64, height=48, still=0):
    """An AVI file of raw pictures, each with its own grey, the last `still` times more; of picture `hurt` there is
    half."""
    size = width * height * 3 // 2
    frames = [bytes([16 + i * 200 // pictures]) * (width * height) + b"\x80" * (width * height // 2)
              for i in range(pictures)]
    frames += frames[-1:] * still
    pictures = len(frames)
    if hurt is not None:
        frames[hurt] = frames[hurt][:size // 2]
    main = struct.pack("<14I", 40000, 0, 0, 0, pictures, 0, 1, size, width, height, 0, 0, 0, 0)
    head = b"vidsI420" + struct.pack("<12I", 0, 0, 0, 1, 25, 0, pictures, size, 0, size, 0, 0)
    form = struct.pack("<IiiHH4s5I", 40, width, height, 1, 12, b"I420", size, 0, 0, 0, 0)
    stream = chunk(b"LIST", b"strl" + chunk(b"strh", head) + chunk(b"strf", form))
    return chunk(b"RIFF", b"AVI " + chunk(b"LIST", b"hdrl" + chunk(b"avih", main) + stream)
                 + chunk(b"LIST", b"movi" + b"".join(chunk(b"00dc", frame) for frame in frames)))


class FilesTest(jisr.Case):
    def refused(self, status, says, *words):
        """It ends with that status at once, and says why in one short text with these words."""
        done = jisr.run(jisr.JISR, *words)
        self.assertEqual(done.returncode, status, f"{words}\n{done.stdout}{done.stderr}")
        errors = [line for line in done.stderr.splitlines() if not line.startswith("info ")]
        self.assertTrue(1 <= len(errors) <= 3, done.stderr)
        for word in [says] if isinstance(says, str) else says:
            self.assertIn(word, done.stderr)

    def cart_refused(self, status, says, *options, identity=None, listen=None):
        self.refused(status, says, "cart", "--listen", listen or jisr.address(), "--identity",
                     identity or self.theatre, "--for", "3s", *options)

    def console_refused(self, status, says, *options, identity=None, line=None):
        self.refused(status, says, "console", "--line", line or jisr.address(), "--identity",
                     identity or self.shanghai, "--for", "3s", *options)

    def write(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def test_a_wrong_command_or_option_names_the_nearest_right_one(self):
        self.refused(2, "'cart'", "crat")
        self.refused(2, "'cart'", "help", "crat")
        self.refused(2, "'--version'", "version")
        self.assertTrue(jisr.sh(jisr.JISR, "help", "cart").startswith("usage: jisr cart"))
        for meant, camera in (("pattern", "pattren"), ("file:PATH", "fle:/x"), ("v4l2:DEVICE", "v4l:/dev/video0")):
            self.cart_refused(2, f"not '{camera}', did you mean '{meant}'?", "--camera", camera)
            self.refused(2, f"did you mean '{meant}'?", "operate", "--camera", camera)
        for meant, hands in (("script", "scrpt"), ("itp:FILE", "itpp:foo"), ("itp:FILE", "itp")):
            self.console_refused(2, f"not '{hands}', did you mean '{meant}'?", "--hands", hands)
        self.cart_refused(2, "one of these: file:PATH, pattern, scene, scene:stereo, v4l2:DEVICE, not 'film:'", "--camera", "film:")
        self.console_refused(2, "one of these: itp:FILE, itp-udp:ADDR:PORT, taurus:FILE, script, script:SCENE, still, none, desk, "
                                "not 'feet'", "--hands", "feet")
        self.cart_refused(2, "one of these: kinematic, mujoco, not 'robot'", "--arm", "robot")
        self.cart_refused(2, "'--camera'", "--camra", "pattern")
        self.cart_refused(2, "'--bitrate-max'", "--bitrate-mx", "3000")
        self.console_refused(2, "'--hands'", "--hand", "script")
        self.cart_refused(2, "kinematic", "--arm", "kinematik")
        self.cart_refused(2, "gesture-age", "--gesture-age", "300")
        self.cart_refused(2, "gesture-age", "--gesture-age", "1h")
        self.cart_refused(2, "arms", "--arms", "3")
        self.refused(2, "--identity", "cart", "--listen", jisr.address())
        self.refused(2, "--listen", "cart", "--identity", self.theatre)
        self.refused(2, "--line", "console", "--identity", self.shanghai)

    def test_a_wrong_address_is_said(self):
        self.cart_refused(2, ("--listen", "ADDR:PORT", "127.0.0.1"), listen="127.0.0.1")
        self.cart_refused(1, "192.0.2.1:6000", listen="192.0.2.1:6000")
        self.console_refused(2, ("--line", "127.0.0.1:70000"), line="127.0.0.1:70000")

    def test_a_port_in_use_is_said(self):
        host, port = jisr.address().split(":")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind((host, int(port)))
            self.cart_refused(1, (f"{host}:{port}", "in use"), listen=f"{host}:{port}")

    def test_an_identity_that_cannot_be_used_is_said(self):
        self.cart_refused(1, "No such file", identity=self.folder / "nowhere")
        open_key = self.identity("Open", "cart")
        os.chmod(open_key / "site.key", 0o644)
        self.cart_refused(1, ("site.key", "chmod 600"), identity=open_key)
        torn = self.identity("Torn", "cart")
        (torn / "site.pem").write_bytes((torn / "site.pem").read_bytes()[:200])
        self.cart_refused(1, "site.pem", identity=torn)
        missing = self.identity("Missing", "cart")
        (missing / "authority.pem").unlink()
        self.cart_refused(1, "authority.pem", identity=missing)
        crossed = self.identity("Crossed", "cart")
        (crossed / "site.key").write_bytes((self.theatre / "site.key").read_bytes())
        self.cart_refused(1, "site.", identity=crossed)

    def test_a_camera_file_that_is_no_video_is_said(self):
        self.cart_refused(1, "nowhere.mp4", "--camera", f"file:{self.folder}/nowhere.mp4")
        self.cart_refused(1, "empty.mp4", "--camera", f"file:{self.write('empty.mp4', b'')}")
        text = self.write("text.mp4", b"The patient's picture should be here.\n" * 500)
        self.cart_refused(1, "text.mp4", "--camera", f"file:{text}")
        noise = self.write("noise.mp4", os.urandom(200_000))
        self.cart_refused(1, "noise.mp4", "--camera", f"file:{noise}")
        self.cart_refused(1, str(self.folder), "--camera", f"file:{self.folder}")
        self.cart_refused(1, "/dev/null", "--camera", "v4l2:/dev/null")

    def operation_with_camera(self, film, event):
        """An arm follows while the camera is this film, and goes on once the log told of it; the report on it."""
        at = jisr.address()
        arm = self.cart(at, options=("--camera", f"file:{film}"))
        eyes = self.console(at)
        self.assert_follows(arm, eyes)
        self.assertTrue(arm.says(f" {event} camera=\"file:{film}\""), self.tell(arm))
        applied, captured = arm.number("applied"), arm.number("camera_captured")
        self.assertTrue(jisr.until(lambda: arm.number("applied") > applied + 500
                                   and arm.number("camera_captured") > captured + 20), self.tell(arm))
        eyes.stop()
        self.assertEqual(arm.stop(), 0, self.tell(arm))
        self.assertEqual(len([line for line in arm.log if f" {event} " in line]), 1, self.tell(arm))
        return self.report("cart")["camera"]

    def test_h08_a_film_cut_short_is_said_once_and_the_operation_goes_on(self):
        film = self.write("cut.avi", raw_film(pictures=60)[:-1000])
        camera = self.operation_with_camera(film, "camera_cut_short")
        self.assertTrue(camera["cut_short"])
        self.assertEqual((camera["state"], camera["damaged"], camera["ended"]), ("cut_short", 0, None))

    def test_h08_a_damaged_film_is_said_once_and_the_operation_goes_on(self):
        film = self.write("hurt.avi", raw_film(pictures=60, hurt=30))
        camera = self.operation_with_camera(film, "camera_damaged")
        self.assertGreater(camera["damaged"], 0)
        self.assertFalse(camera["cut_short"])

    def test_h08_a_picture_that_stands_still_is_said_and_freezes_the_hands(self):
        film, at = self.write("still.avi", raw_film(pictures=60, still=150)), jisr.address()
        arm = self.cart(at, options=("--camera", f"file:{film}"))
        eyes = self.console(at)
        self.assert_follows(arm, eyes)
        self.assertTrue(arm.says(f"warn camera_frozen camera=\"file:{film}\""), self.tell(arm))
        self.assertTrue(jisr.until(lambda: eyes.status["hands"] == "frozen" and arm.hold in ("frozen", "picture")),
                        self.tell(arm, eyes))
        self.assertTrue(arm.says("info camera_back"), self.tell(arm))
        self.assert_follows(arm, eyes)

    def test_h08_a_film_whose_bytes_go_away_ends_and_the_arm_holds(self):
        film, at = self.write("film.avi", raw_film(pictures=60)), jisr.address()
        arm = self.cart(at, options=("--camera", f"file:{film}"))
        eyes = self.console(at)
        self.assert_follows(arm, eyes)
        os.truncate(film, 100)
        self.assertTrue(arm.says("error camera_ended "), self.tell(arm))
        self.assertTrue(jisr.until(lambda: arm.hold in ("frozen", "picture")), self.tell(arm, eyes))
        self.assertEqual(arm.status["camera"], "ended")
        eyes.stop()
        self.assertEqual(arm.stop(), 0, self.tell(arm))
        self.assertEqual(self.report("cart")["camera"]["state"], "ended")

    def test_a_recorded_film_cut_short_is_said_or_refused(self):
        data = pathlib.Path(os.environ.get("JISR_DATA", jisr.ROOT.parent / "shared" / "data"))
        films = sorted(path for path in data.glob("video/**/*") if path.suffix in (".mp4", ".webm", ".ogv"))
        if not films:
            self.skipTest("no film: set JISR_DATA")
        film = min(films, key=lambda path: path.stat().st_size)
        cut = self.write("cut" + film.suffix, film.read_bytes()[:film.stat().st_size // 2])
        arm = self.start("cart", "--listen", jisr.address(), "--identity", self.theatre, "--camera", f"file:{cut}")
        if arm.says(f"warn camera_cut_short camera=\"file:{cut}\""):
            self.assertEqual(arm.stop(), 0, self.tell(arm))
        else:  # its index was at its end
            self.assertEqual(arm.wait(), 1, self.tell(arm))
            self.assertTrue(any(str(cut) in line and "cut off" in line for line in arm.log), self.tell(arm))

    def test_hands_that_cannot_be_read_are_said(self):
        self.console_refused(1, "nowhere.itp", "--hands", f"itp:{self.folder}/nowhere.itp")
        self.console_refused(1, "empty.itp", "--hands", f"itp:{self.write('empty.itp', b'')}")
        self.console_refused(1, "short.itp", "--hands", f"itp:{self.write('short.itp', struct.pack('<I', 7))}")
        text = self.write("text.itp", b"no gesture here\n" * 100)
        self.console_refused(1, "text.itp", "--hands", f"itp:{text}")
        self.console_refused(1, "text.itp", "--hands", f"taurus:{text}")

    def test_h05_what_is_refused_of_the_hands_is_seen_by_cause(self):
        rows = []
        for i in range(1000):
            one = 2_000_000 if i % 50 == 49 else 1_000_000  # a matrix that is no rotation
            rows.append(f"{1500000000 + i * 0.004:.3f} {one} 0 0 0 {one} 0 0 0 {one} 0 0 0 {i % 100} 0 0 0 0 0 50\n")
        for side in ("left", "right"):
            self.write(f"hands_{side}.txt", "".join(rows).encode())
        eyes = self.console(jisr.address(), options=("--hands", f"taurus:{self.folder}/hands_left.txt"))
        self.assertTrue(jisr.until(lambda: eyes.number("refused_not_unit") >= 2), self.tell(eyes))
        self.assertEqual(eyes.stop(), 0, self.tell(eyes))
        self.assertEqual(eyes.status["refused_input"], eyes.status["refused_not_unit"])
        report = self.report("console")
        self.assertEqual([refusal["cause"] for refusal in report["refusals"]], ["not a unit quaternion"])
        self.assertEqual(report["refusals"][0]["count"], report["gestures"]["refused"])

    def test_a_folder_that_is_missing_for_a_trace_is_said(self):
        self.cart_refused(1, "nowhere/trace.csv", "--trace", self.folder / "nowhere" / "trace.csv")
        self.console_refused(1, "nowhere/trace.csv", "--trace", self.folder / "nowhere" / "trace.csv")

    def test_a_folder_that_is_missing_for_a_report_is_said_at_once_and_once(self):
        nowhere = str(self.folder / "nowhere" / "report.json")
        for refused, identity in (("cart", self.theatre), ("console", self.shanghai)):
            at = "--listen" if refused == "cart" else "--line"
            begin = time.monotonic()
            done = jisr.run(jisr.JISR, refused, at, jisr.address(), "--identity", identity, "--for", "60s",
                            "--report", nowhere)
            self.assertLess(time.monotonic() - begin, jisr.SLOW)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertEqual(done.stderr.count(nowhere), 1, done.stderr)
            self.assertIn("No such file", done.stderr)

    def test_one_file_for_trace_and_report_is_refused(self):
        path, again = self.folder / "both", self.folder / "." / ".." / self.folder.name / "both"
        self.cart_refused(2, ("--trace", "--report", "one file"), "--trace", path, "--report", again)
        self.console_refused(2, ("--trace", "--report", "one file"), "--trace", path, "--report", path)
        self.assertFalse(path.exists())

    def test_a_trace_and_a_report_may_go_down_a_pipe(self):
        for option, begins in (("--trace", "sequence,sampled_ns"), ("--report", "{")):
            done = jisr.run(jisr.JISR, "cart", "--listen", jisr.address(), "--identity", self.theatre, "--for", "1s", option,
                            "/dev/stdout")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(done.stdout.startswith(begins), done.stdout)

    def snapshot(self, path):
        """An operation with a snapshot of it; the console's log and exit status."""
        at = jisr.address()
        arm, eyes = self.cart(at), self.console(at, options=("--snapshot", path))
        self.assert_follows(arm, eyes)
        self.assertTrue(jisr.until(lambda: eyes.number("picture_whole") > 80), self.tell(arm, eyes))
        status = eyes.stop()
        self.assertEqual(arm.stop(), 0, self.tell(arm))
        return eyes.log, status

    def test_a_snapshot_is_written_or_it_is_said_why_not(self):
        path = self.folder / "seen.png"
        log, status = self.snapshot(path)
        self.assertEqual(status, 0, log)
        self.assertTrue(path.read_bytes().startswith(b"\x89PNG"))
        for path, why in ((self.folder / "nowhere" / "seen.png", "No such file"), (self.folder / ("x" * 600), "too long")):
            log, status = self.snapshot(path)
            self.assertEqual(status, 1, log)
            said = [line for line in log if line.startswith("error snapshot_failed")]
            self.assertEqual(len(said), 1, log)
            self.assertIn(why, said[0])

    def test_a_status_descriptor_that_is_not_open_is_said(self):
        self.cart_refused(1, ("--status-fd 77", "open"), "--status-fd", "77")
        self.console_refused(1, ("--status-fd 77", "open"), "--status-fd", "77")

    def test_a_full_disk_under_trace_and_report_stops_nothing_and_is_said_once(self):
        lines = [jisr.address()]
        if jisr.IS_ROOT:
            disk = self.folder / "disk"
            disk.mkdir()
            if jisr.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk).returncode:
                self.skipTest("may not mount a small disk")
            self.addCleanup(jisr.run, "umount", disk)
            trace, report = disk / "trace.csv", disk / "report.json"
        else:
            trace = report = "/dev/full"
        arm = self.start("cart", "--listen", lines[0], *jisr.CART_GATES, "--identity", self.theatre, "--trace", trace, "--report",
                         report)
        eyes = self.console(*lines)
        self.assert_follows(arm, eyes)
        self.assertTrue(arm.says("error trace_rows_lost"), self.tell(arm))
        until = time.monotonic() + jisr.SLOW  # a slow writer loses rows before the disk is full
        while jisr.IS_ROOT and os.statvfs(disk).f_bfree and time.monotonic() < until:
            time.sleep(0.1)
        faults, applied = arm.faults(), arm.number("applied")
        time.sleep(1)
        self.assertEqual(arm.faults(), faults, self.tell(arm))
        self.assertGreater(arm.number("applied"), applied + 300)
        eyes.stop()
        self.assertEqual(arm.stop(), 1, self.tell(arm))
        self.assertEqual(len([line for line in arm.log if line.startswith("error trace_rows_lost")]), 1)
        self.assertTrue(any(line.startswith("error trace_incomplete") for line in arm.log), self.tell(arm))
        self.assertEqual(len([line for line in arm.log if line.startswith("error report_failed")]), 1, self.tell(arm))


jisr.main()
