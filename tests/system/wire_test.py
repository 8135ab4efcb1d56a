#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stranger on the wire can read of an operation (nothing) and do to it (nothing): the bytes are
searched, and broken, false, repeated and countless datagrams are sent. usage: wire_test.py JISR [WORD]"""
import collections
import os
import random
import selectors
import socket
import struct
import threading
import time

import jisr

HELLO, COOKIE, HANDSHAKE, SEALED = 0x11, 0x12, 0x13, 0x15  # docs/protocol.md "Datagrams"
HEADER_BYTES, COOKIE_BYTES, HELLO_BYTES = 16, 28, 1200
WINDOW_NS = 500_000_000


def read_address(text):
    host, port = text.split(":")
    return host, int(port)


class Tap:
    """Stands in a line: forwards both ways, keeps what it saw, and spoils a share on request."""

    def __init__(self, listen, target):
        self.near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.near.bind(read_address(listen))
        self.far = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.far.connect(read_address(target))
        self.console = None  # its address, once it has spoken
        self.seen = {"forth": collections.deque(maxlen=20000), "back": collections.deque(maxlen=20000)}
        self.spoilt_share = 0
        self.spoilt = 0
        self.over = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _take(self, way, data):
        self.seen[way].append(data)
        if random.random() >= self.spoilt_share:
            return data
        self.spoilt += 1
        at = random.randrange(HEADER_BYTES, len(data)) if len(data) > HEADER_BYTES else 0
        return data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1:]

    def _run(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self.near, selectors.EVENT_READ)
            selector.register(self.far, selectors.EVENT_READ)
            while not self.over:
                for key, _ in selector.select(0.1):
                    try:
                        if key.fileobj is self.near:
                            data, self.console = self.near.recvfrom(65536)
                            self.far.send(self._take("forth", data))
                        elif self.console:
                            self.near.sendto(self._take("back", self.far.recv(65536)), self.console)
                    except OSError:
                        pass  # nobody there yet

    def close(self):
        self.over = True
        self.thread.join()
        self.near.close()
        self.far.close()


class WireTest(jisr.Case):
    def setUp(self):
        super().setUp()
        self.targets = [jisr.address(), jisr.address()]
        self.tap = Tap(listen := jisr.address(), self.targets[0])
        self.addCleanup(self.tap.close)
        self.arm = self.cart(*self.targets)
        self.eyes = self.console(listen, self.targets[1])
        self.assert_follows(self.arm, self.eyes)

    def both_stop(self):
        for program in (self.eyes, self.arm):
            self.assertEqual(program.stop(), 0, self.tell(program))

    def test_neither_gesture_nor_picture_nor_name_crosses_in_clear(self):
        time.sleep(3)
        clutch = int(self.arm.status["clutch"])
        self.both_stop()
        wire = [data for way in self.tap.seen.values() for data in way]
        sealed = [data for data in wire if data[0] == SEALED]
        self.assertGreater(len(sealed), 3000)

        start = b"\0\0\0\1"  # H.264 Annex B; then the head of each kind of unit that x264 writes
        pictures = [start + bytes([unit]) for unit in (0x67, 0x68, 0x65, 0x41, 0x61, 0x06, 0x27, 0x28)]
        gestures = [struct.pack(">BBBBI", 1, engaged, 2, 0, n) for engaged in (0, 1) for n in range(1, clutch + 1)]
        still = struct.pack(">4f", 1, 0, 0, 0)  # the hand's orientation at clutch-in
        names = [b"Theatre 1", b"Shanghai", b"x264 - core"]
        for secret in pictures + gestures + [still]:
            self.assertFalse([data for data in sealed if secret in data[HEADER_BYTES:]], f"{secret!r} is in clear")
        for name in names:
            self.assertFalse([data for data in wire if name in data], f"{name!r} is in clear")

        counts = collections.Counter()
        for data in sealed:
            counts.update(data[HEADER_BYTES:])
        expected = sum(counts.values()) / 256
        chi_square = sum((counts[byte] - expected) ** 2 / expected for byte in range(256))
        self.assertLess(chi_square, 400, "sealed bytes are not like noise")  # 255 +- 23 when they are

    def strangers(self):
        sockets = []
        for _ in range(24):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind((read_address(jisr.address())[0], 0))
            sock.setblocking(False)
            self.addCleanup(sock.close)
            sockets.append(sock)
        return sockets

    def for_seconds(self, seconds, do, rate):
        """Calls `do()` that often; what cannot be sent is nobody's loss."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for _ in range(rate // 100):
                try:
                    do()
                except OSError:
                    pass
            time.sleep(0.01)

    def bad_datagram(self):
        real = random.choice(self.tap.seen[random.choice(("forth", "back"))])
        kind = random.randrange(6)
        if kind == 0:
            return os.urandom(random.randrange(1, 1500))
        if kind == 1:
            return real[:random.randrange(1, len(real))]
        if kind == 2:
            return real + bytes(random.randrange(1, 60000 - len(real)))
        if kind == 3:
            return bytes([random.choice((HELLO, COOKIE, HANDSHAKE, SEALED))]) + os.urandom(random.randrange(1300))
        if kind == 4:
            return bytes([real[0], random.randrange(256)]) + real[2:]
        return real  # again, or back to whoever sent it

    def send_bad(self, sockets):
        random.choice(sockets).sendto(self.bad_datagram(), random.choice(
            [read_address(target) for target in self.targets] + [self.tap.console]))

    def flood(self, sockets):
        """Hellos; and for each cookie that comes back, handshakes that nobody can finish."""
        target = read_address(random.choice(self.targets))
        sock = random.choice(sockets)
        connection = os.urandom(6)
        sock.sendto((bytes([HELLO, 0]) + connection).ljust(HELLO_BYTES, b"\0"), target)
        for answered in random.sample(sockets, 2):
            try:
                data, at = answered.recvfrom(2048)
            except BlockingIOError:
                continue
            if data[0] == COOKIE:
                head = bytes([HANDSHAKE, data[1]]) + data[2:8] + bytes(8) + data[HEADER_BYTES:]
                answered.sendto(head + os.urandom(random.randrange(600)), at)

    def assert_ages_held(self, quiet, loud):
        """The p99.9 of a window's ages, as the median over windows: no more than doubled by strangers."""
        ages = collections.defaultdict(list)
        for row in self.trace("cart"):
            if row["outcome"] == "applied":
                ages[row["received_ns"] // WINDOW_NS].append(row["applied_ns"] - row["sampled_ns"])

        def typical(begin_ns, end_ns):
            windows = range(begin_ns // WINDOW_NS + 1, end_ns // WINDOW_NS)
            worst = sorted(sorted(ages[w])[int(0.999 * len(ages[w]))] for w in windows if ages[w])
            self.assertGreater(len(worst), 3)
            return worst[len(worst) // 2] / 1e6
        before, during = typical(*quiet), typical(*loud)
        print(f"# p99.9 age: {before:.1f} ms before, {during:.1f} ms during", flush=True)
        self.assertLess(during, 2 * before + 10)

    def assert_memory_is_as_before(self, before):
        with open(jisr.JISR, "rb") as file:
            if b"__asan_init" in file.read():
                return  # it keeps what is freed, to see it used again
        for program, kb in before.items():
            self.assertLess(program.memory_kb(), kb + 2048, f"{program.process.args[1]} grew")

    def under(self, what, rate):
        """An operation's quiet seconds, then as many under `what`: it goes on as if nothing were."""
        sockets = self.strangers()
        time.sleep(1)
        quiet_ns = jisr.now_ns()
        time.sleep(4)
        faults = self.arm.faults()
        status, memory = self.arm.status, {p: p.memory_kb() for p in (self.arm, self.eyes)}
        loud_ns = jisr.now_ns()
        self.for_seconds(4, lambda: what(sockets), rate)
        end_ns = jisr.now_ns()
        time.sleep(0.3)
        self.assertEqual(self.arm.faults(), faults, self.tell(self.arm, self.eyes))
        self.assertGreater(self.arm.number("applied"), int(status["applied"]) + 3000)
        self.assert_memory_is_as_before(memory)
        grown = {key: self.arm.number(key) - int(status[key]) for key in
                 ("malformed", "forged", "replayed", "unknown", "hellos", "cookies_wrong", "turned_away")}
        self.both_stop()
        self.assertFalse([line for line in self.arm.log + self.eyes.log if "line_moved" in line])
        self.assertEqual(self.report("cart")["sessions"], 1)
        self.assert_ages_held((quiet_ns, loud_ns), (loud_ns, end_ns))
        print(f"# counted: {grown}", flush=True)
        return grown

    def test_broken_false_and_repeated_datagrams_change_nothing_but_counters(self):
        def bad(sockets):
            self.tap.spoilt_share = 0.05
            self.send_bad(sockets)
        grown = self.under(bad, 1000)
        self.assertGreater(self.tap.spoilt, 50)
        for key in ("malformed", "forged", "replayed", "unknown"):
            self.assertGreater(grown[key], 20, grown)

    def test_a_flood_of_hellos_and_handshakes_does_not_slow_the_operation(self):
        grown = self.under(self.flood, 2500)
        self.assertGreater(grown["hellos"], 1000, grown)
        self.assertGreater(grown["turned_away"], 100, grown)


jisr.main()
