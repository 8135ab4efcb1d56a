#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two people who talk over bad weather: each hears the other's tone, and no other, as soon as is told.
usage: voice_test.py JISR [WORD]"""
import math
import struct
import time

import jisr

RATE = 48000
WEATHER = "delay=60ms,jitter=4ms,loss=1%,burst=2"
ONE_WAY_MS = 60
SAID_S = 6


def write_tone(path, hertz, seconds=SAID_S):
    """A tone in syllables: five a second, so that there are beginnings to be heard."""
    samples = bytearray()
    for i in range(int(seconds * RATE)):
        loud = 9000 if i * 5 // RATE % 2 == 0 else 3000
        samples += struct.pack("<h", int(loud * math.sin(2 * math.pi * hertz * i / RATE)))
    head = struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVEfmt ", 16, 1, 1, RATE,
                       2 * RATE, 2, 16, b"data", len(samples))
    path.write_bytes(head + samples)


def read_sound(path):
    data = path.read_bytes()
    size = struct.unpack_from("<I", data, 40)[0]
    assert size == len(data) - 44, "the head does not tell the length"
    return struct.unpack(f"<{size // 2}h", data[44:])


def loudness(samples, hertz):
    """Of one tone, 100 ms by 100 ms (Goertzel)."""
    step, found = RATE // 10, []
    turn = 2 * math.cos(2 * math.pi * hertz / RATE)
    for at in range(0, len(samples) - step, step):
        one = two = 0.0
        for sample in samples[at:at + step]:
            one, two = sample + turn * one - two, one
        power = one * one + two * two - turn * one * two
        found.append(2 * math.sqrt(max(power, 0)) / step)
    return found


class VoiceTest(jisr.Case):
    def ends(self, cart_options, console_options):
        target, relay = jisr.address(), jisr.address()
        self.relay = self.weather((relay, target, WEATHER))
        self.arm = self.cart(target, options=cart_options)
        self.hand = self.console(relay, options=console_options)
        self.assert_follows(self.arm, self.hand)

    def both_stop(self):
        for program in (self.hand, self.arm):
            self.assertEqual(program.stop(), 0, self.tell(program))

    def voice(self, name, hertz):
        said, heard = self.folder / f"{name}-in.wav", self.folder / f"{name}-out.wav"
        write_tone(said, hertz)
        return heard, ("--voice", f"file:{said},{heard}")

    def test_each_hears_the_other_and_is_told_how_late(self):
        cart_heard, cart = self.voice("cart", 500)
        console_heard, console = self.voice("console", 800)
        self.ends((*cart, "--talk", "open"), (*console, "--talk", "open"))
        jisr.until(lambda: self.hand.number("voice_sent") > 100 and self.arm.number("voice_played") > 100)
        time.sleep(SAID_S / 2)
        self.both_stop()
        for heard, theirs, own in ((cart_heard, 800, 500), (console_heard, 500, 800)):
            sound = read_sound(heard)
            tone, echo = loudness(sound, theirs), loudness(sound, own)
            self.assertGreater(sum(level > 2000 for level in tone), 20, tone)
            self.assertLess(max(echo), 500, "one's own voice comes back")
        for name in ("cart", "console"):
            report = self.report(name)
            voice, delay = report["voice"], report["mouth_to_ear_ms"]
            print(f"# {name}: {voice} {delay}")
            self.assertGreater(voice["sent"], 200)
            self.assertGreater(voice["played"], 150)
            self.assertLess(voice["concealed"], 0.1 * voice["played"])
            self.assertEqual((voice["refused"], voice["relayed"]), (0, 0))
            self.assertTrue(ONE_WAY_MS + 20 < delay["p50"] < ONE_WAY_MS + 150, delay)
            self.assertLess(delay["p99"], ONE_WAY_MS + 350, delay)  # a busy machine's pauses too
        self.assertEqual(self.hand.status["talk"], "1")

    def test_h62_a_cart_without_devices_hands_on_what_one_console_says_to_the_other(self):
        target = jisr.address()
        said, heard = self.folder / "said.wav", self.folder / "heard.wav"
        silence, own = self.folder / "silence.wav", self.folder / "own.wav"
        write_tone(said, 800)
        write_tone(silence, 500)
        arm = self.cart(target)
        listener = self.console(target, name="proctor", identity=self.identity("Rabat", "console"),
                                options=("--voice", f"file:{silence},{heard}"))
        self.assertTrue(jisr.until(lambda: listener.number("picture_whole") > 0), self.tell(arm, listener))
        speaker = self.console(target, options=("--voice", f"file:{said},{own}", "--talk", "open"))
        self.assertTrue(jisr.until(lambda: listener.number("voice_played") > 100),
                        self.tell(arm, listener, speaker))
        for program in (speaker, listener, arm):
            self.assertEqual(program.stop(), 0, self.tell(program))
        self.assertGreater(self.report("cart")["voice"]["relayed"], 100)
        self.assertGreater(sum(level > 2000 for level in loudness(read_sound(heard), 800)), 15)
        self.assertEqual(max(map(abs, read_sound(own))), 0)

    def test_h61_who_does_not_press_talk_is_not_heard(self):
        cart_heard, cart = self.voice("cart", 500)
        console_heard, console = self.voice("console", 800)
        self.ends((*cart, "--talk", "open"), console)
        jisr.until(lambda: self.hand.number("voice_played") > 50)
        self.both_stop()
        self.assertEqual(self.report("console")["voice"]["sent"], 0)
        self.assertEqual(self.report("cart")["voice"]["played"], 0)
        self.assertEqual(max(map(abs, read_sound(cart_heard))), 0)
        self.assertGreater(max(map(abs, read_sound(console_heard))), 2000)

    def test_both_ends_of_an_operation_say_a_file_and_hear_one_another(self):
        said, kept = self.folder / "said.wav", self.folder / "kept"
        write_tone(said, 700)
        done = jisr.run(jisr.JISR, "operate", "--voice", said, "--report", kept, "--for", "15s",
                        "--weather", "clean", "--hands", "script", "--camera", "pattern")
        for end in ("cart", "console"):
            heard = read_sound(kept / f"{end}.wav")
            self.assertGreater(sum(level > 2000 for level in loudness(heard, 700)), 10,
                               done.stdout + done.stderr)

    def test_devices_that_there_are_not_are_told_at_once(self):
        done = jisr.run(jisr.JISR, "cart", "--listen", jisr.address(), "--identity", self.theatre,
                        "--voice", "file:/nowhere.wav,/tmp/out.wav")
        self.assertEqual(done.returncode, 1)
        self.assertIn("--voice file:/nowhere.wav,/tmp/out.wav: voice file '/nowhere.wav': No such file",
                      done.stderr)


jisr.main()
