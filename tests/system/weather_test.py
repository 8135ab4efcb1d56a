#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real `jisr weather` on loopback: delay, loss, two clients, a line pulled and restored, live
changes, wrong words. usage: weather_test.py JISR"""
import re
import socket
import subprocess
import sys
import time
import unittest

JISR = sys.argv.pop(1)


def udp():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.settimeout(0.5)
    return sock


class Relay:
    """One running relay in front of one target socket, driven by its control lines."""

    def __init__(self, *weathers):
        self.target = udp()
        port = self.target.getsockname()[1]
        lines = [f"--line=127.0.0.1:0=127.0.0.1:{port},{weather}" for weather in weathers]
        self.process = subprocess.Popen([JISR, "weather", "--control", *lines], text=True, bufsize=1,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addresses = []
        for _ in weathers:
            port = re.search(r"listen=127.0.0.1:(\d+) ", self.process.stdout.readline())[1]
            self.addresses.append(("127.0.0.1", int(port)))

    def order(self, text):
        self.process.stdin.write(text + "\n")
        answer = []
        while not answer or answer[-1].split()[0] not in ("ok", "error"):
            answer.append(self.process.stdout.readline())
        return answer

    def counts(self, line, way):
        for text in self.order("stats"):
            if text.startswith(f"line={line} way={way} "):
                return {k: int(v) for k, v in re.findall(r"(\w+)=(\d+)", text)}
        raise AssertionError("no such line")

    def close(self):
        self.process.stdin.close()
        self.process.stdout.read()
        self.target.close()
        status = self.process.wait(5)
        self.process.stdout.close()
        return status


class WeatherTest(unittest.TestCase):
    def relay(self, *weathers):
        relay = Relay(*weathers)
        self.addCleanup(relay.close)
        return relay

    def client(self):
        sock = udp()
        self.addCleanup(sock.close)
        return sock

    def arrives(self, sender, address, receiver):
        sender.sendto(b"x", address)
        try:
            return receiver.recvfrom(2048)
        except socket.timeout:
            return None

    def test_each_way_has_its_own_delay(self):
        relay, client = self.relay("up.delay=40ms,down.delay=90ms"), self.client()
        ups, downs = [], []
        for _ in range(8):
            start = time.monotonic()
            client.sendto(b"there", relay.addresses[0])
            _, at = relay.target.recvfrom(2048)
            turned = time.monotonic()
            relay.target.sendto(b"and back", at)
            self.assertEqual(client.recvfrom(2048), (b"and back", relay.addresses[0]))
            ups.append(turned - start)
            downs.append(time.monotonic() - turned)
        self.assertGreaterEqual(min(ups), 0.0399)
        self.assertGreaterEqual(min(downs), 0.0899)
        self.assertLess(min(ups), 0.045)
        self.assertLess(min(downs), 0.095)

    def test_clients_get_their_own_answers(self):
        relay = self.relay("delay=1ms")
        clients = [self.client() for _ in range(8)]
        for i, client in enumerate(clients):
            client.sendto(b"%d" % i, relay.addresses[0])
        for _ in clients:
            relay.target.sendto(*relay.target.recvfrom(2048))
        for i, client in enumerate(clients):
            self.assertEqual(client.recv(2048), b"%d" % i)

    def test_losses_are_counted_and_have_their_share(self):
        relay, client = self.relay("loss=20%,burst=4,seed=3"), self.client()
        for i in range(3000):
            client.sendto(b"%d" % i, relay.addresses[0])
            if i % 50 == 49:
                time.sleep(0.001)
        time.sleep(0.05)
        counts = relay.counts(1, "up")
        self.assertEqual(counts["sent"], 3000)
        self.assertEqual(counts["lost_burst"] + counts["forwarded"], 3000)
        self.assertTrue(450 < counts["lost_burst"] < 750, counts)

    def test_a_line_is_pulled_and_restored_while_the_other_goes_on(self):
        relay, client = self.relay("clean", "clean"), self.client()
        first, second = relay.addresses
        self.assertTrue(self.arrives(client, first, relay.target))
        self.assertEqual(relay.order("cut 1"), ["ok\n"])
        self.assertIsNone(self.arrives(client, first, relay.target))
        self.assertTrue(self.arrives(client, second, relay.target))
        relay.order("restore 1 down")
        self.assertIsNone(self.arrives(client, first, relay.target))
        relay.order("restore 1")
        self.assertTrue(self.arrives(client, first, relay.target))
        self.assertEqual(relay.counts(1, "up")["lost_outage"], 2)

    def test_weather_changes_while_it_runs(self):
        relay, client = self.relay("clean"), self.client()
        self.assertTrue(self.arrives(client, relay.addresses[0], relay.target))
        self.assertEqual(relay.order("set 1 mtu=1000,delay=30ms"), ["ok\n"])
        start = time.monotonic()
        self.assertTrue(self.arrives(client, relay.addresses[0], relay.target))
        self.assertGreaterEqual(time.monotonic() - start, 0.0299)
        client.sendto(bytes(973), relay.addresses[0])
        client.sendto(bytes(972), relay.addresses[0])
        self.assertEqual(len(relay.target.recv(2048)), 972)
        self.assertEqual(relay.counts(1, "up")["lost_mtu"], 1)
        self.assertIn("did you mean 'delay'?", relay.order("set 1 dely=3ms")[0])
        self.assertIn("lines are 1 to 1", relay.order("cut 2")[0])

    def test_the_target_may_be_gone_for_a_while(self):
        relay, client = self.relay("clean"), self.client()
        port = relay.target.getsockname()[1]
        relay.target.close()
        for _ in range(3):
            client.sendto(b"x", relay.addresses[0])
            time.sleep(0.01)
        relay.target = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        relay.target.bind(("127.0.0.1", port))
        relay.target.settimeout(0.5)
        self.assertTrue(self.arrives(client, relay.addresses[0], relay.target))

    def test_it_ends_in_time_and_shows_its_counts(self):
        start = time.monotonic()
        done = subprocess.run([JISR, "weather", "--for", "300ms", "--line",
                               "127.0.0.1:0=127.0.0.1:9,casablanca-shanghai"],
                              capture_output=True, text=True, timeout=5)
        self.assertEqual(done.returncode, 0)
        self.assertGreaterEqual(time.monotonic() - start, 0.3)
        self.assertIn("delay=102ms", done.stdout)
        self.assertIn("line=1 way=down sent=0 ", done.stdout)

    def test_wrong_lines_are_answered_with_what_would_be_right(self):
        for line, says in [("127.0.0.1:0", "wants LISTEN=TARGET"),
                           ("127.0.0.1=127.0.0.1:9", "no such address"),
                           ("127.0.0.1:0=127.0.0.1:9,los=5%", "did you mean 'loss'?"),
                           ("192.0.2.1:5000=127.0.0.1:9", "cannot listen at 192.0.2.1:5000"),
                           ("127.0.0.1:0=127.0.0.1:9,trace=/none", "No such file")]:
            done = subprocess.run([JISR, "weather", "--line", line], capture_output=True, text=True,
                                  timeout=5)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(says, done.stderr)


unittest.main()
