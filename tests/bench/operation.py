#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running operation costs a processor outside the codec: cart, console and weather as
processes on the loopback, two lines, gestures and state at 1 kHz, pictures at 8 Mbit/s.

The main thread of each end has the link, sockets, timers and motion; camera, encoder, decoder and
screen have threads of their own, counted apart. Processor time is the kernel's own count, in
nanoseconds, over the measured time; per cent of one core.

    operation.py build/programs/jisr [--for 20] [--rounds 3] [--json FILE]
"""
import argparse
import json
import pathlib
import signal
import statistics
import subprocess
import tempfile
import time

WEATHERS = {
    "clean": "delay=60ms",
    "bad": "delay=60ms,jitter=3ms,loss=5%,burst=4",
}
LEAD_S = 6  # handshake, first pictures, rates found


def thread_times_ns(pid):
    """{thread: nanoseconds on a processor}; the main thread's key is 'main'."""
    times = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        name = "main" if task.name == str(pid) else task.name
        times[name] = int((task / "schedstat").read_text().split()[0])
    return times


def spent_percent(before, after, seconds):
    main = (after["main"] - before["main"]) / seconds / 1e7
    rest = sum(after[t] - before.get(t, 0) for t in after if t != "main") / seconds / 1e7
    return {"main": main, "codec": rest}


def make_identities(jisr, folder, kinds=("cart", "console")):
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    subprocess.run([jisr, "identity", "init", folder / "authority"], **quiet)
    for kind in kinds:
        subprocess.run([jisr, "identity", "issue", "--authority", folder / "authority",
                        "--name", kind, "--kind", kind, folder / kind], **quiet)


def commands(jisr, folder, weather, ports):
    """The three programs; the console's lines go through the weather's doors to the cart's."""
    doors, rooms = ports[:2], ports[2:]
    line = [f"127.0.0.1:{door}=127.0.0.1:{room},{weather}" for door, room in zip(doors, rooms)]
    yield "weather", [jisr, "weather", *(word for each in line for word in ("--line", each))]
    yield "cart", [jisr, "cart", "--identity", folder / "cart", "--camera", "pattern",
                   "--arm", "kinematic", "--rate", "25", "--bitrate-max", "8000",
                   "--report", folder / "cart.json",
                   *(word for room in rooms for word in ("--listen", f"127.0.0.1:{room}"))]
    yield "console", [jisr, "console", "--identity", folder / "console", "--hands", "script",
                      "--report", folder / "console.json",
                      *(word for door in doors for word in ("--line", f"127.0.0.1:{door}"))]


def measure(jisr, weather, seconds, first_port):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_identities(jisr, folder)
        running = {}
        try:
            ports = range(first_port, first_port + 4)
            for what, command in commands(jisr, folder, weather, ports):
                running[what] = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                                 stderr=subprocess.DEVNULL)
                time.sleep(0.3)
            time.sleep(LEAD_S)
            before = {what: thread_times_ns(child.pid) for what, child in running.items()}
            began = time.monotonic()
            time.sleep(seconds)
            lasted = time.monotonic() - began
            after = {what: thread_times_ns(child.pid) for what, child in running.items()}
        finally:
            for child in reversed(running.values()):
                child.send_signal(signal.SIGTERM)
                child.wait(timeout=10)
        result = {what: spent_percent(before[what], after[what], lasted) for what in running}
        result["reports"] = {side: json.loads((folder / f"{side}.json").read_text())
                             for side in ("cart", "console")}
        return result


def options(words, seconds):
    """Of this bench and of whole.py: where the program is, how long a round is, how many, and where they go."""
    parser = argparse.ArgumentParser(description=words.splitlines()[0])
    parser.add_argument("jisr", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--for", dest="seconds", type=float, default=seconds)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json")
    return parser.parse_args()


def main():
    arguments = options(__doc__, 10)
    rows = []
    for weather, words in WEATHERS.items():
        rounds = [measure(arguments.jisr, words, arguments.seconds, 24300 + 10 * i)
                  for i in range(arguments.rounds)]
        for side in ("cart", "console"):
            row = {"weather": weather, "words": words, "side": side, "seconds": arguments.seconds,
                   "rounds": arguments.rounds}
            for part in ("main", "codec"):
                row[part] = statistics.median(each[side][part] for each in rounds)
            rows.append(row)
            print(f"{weather:6} {side:8} link, sockets, timers, motion {row['main']:5.1f} %   "
                  f"codec and camera {row['codec']:5.1f} %   of one core", flush=True)
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
