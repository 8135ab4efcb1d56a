#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole operation in figures: the loop that commands the arm, and the delay from hand to eye in its parts.
Cart with a robot with physics and its endoscope, bedside and console, each a process, over two clean lines;
hands by a script.

    loop alone     640x480 at 30: `jisr cart --core 1`; every other thread of all programs has core 0
    640x480 30/s   all threads share the cores, as `jisr operate` has them
    1280x720 15/s  likewise

A bare sleeper, a thousand turns a second at a higher priority than any of ours, says what this machine itself is
late by: before each round on core 1, and where the loop shares its core, beside it on each of them: what such a
sleeper left out nobody could have kept. Wants root, for priorities. Where there is an
Xvfb the console shows its window there, and what it takes until the screen has a picture counts; else decoded
counts as shown.

    whole.py build/programs/jisr [--for 15] [--rounds 3] [--json FILE]

Prints a table of medians over the rounds; table.py --whole FILE --into docs/benchmarks.md puts it there.
"""
import gc
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import operation
import table

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import screen  # noqa: E402

CASES = {
    "loop alone": ("640x480", 30, True),
    "640x480 30/s": ("640x480", 30, False),
    "1280x720 15/s": ("1280x720", 15, False),
}
LOOP_CORE, OTHER_CORE = 1, 0
SLEEPER_S, SLEEPER_PRIORITY = 4, 40
START_S = 1.2  # four programs
LATE_NS, TICK_NS = 200_000, 1_000_000


class Sleeper:
    """How late a thread of this machine wakes that does nothing else; in a process of its own."""

    def __init__(self, core, seconds):
        read_end, write_end = os.pipe()
        self.child = os.fork()
        if not self.child:
            os.write(write_end, json.dumps(sleep_on(core, seconds)).encode())
            os._exit(0)
        os.close(write_end)
        self.answer = os.fdopen(read_end)

    def figures(self):
        """Waits for its end."""
        with self.answer:
            said = self.answer.read()
        os.waitpid(self.child, 0)
        return json.loads(said)


def sleep_on(core, seconds):
    """Lateness in ms, and as a cart's loop counts them the ticks left out."""
    gc.disable()
    set_core(0, core)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(SLEEPER_PRIORITY))
    except PermissionError:
        pass  # then it shows what the loop has, too
    late, missed, due = [], 0, time.monotonic_ns()
    end = due + int(seconds * 1e9)
    while due < end:
        due += TICK_NS
        time.sleep(max(0, due - time.monotonic_ns()) / 1e9)
        late.append(max(0, time.monotonic_ns() - due))
        left_out = late[-1] // TICK_NS
        missed, due = missed + left_out, due + left_out * TICK_NS
    late.sort()
    return {"p50": late[len(late) // 2] / 1e6, "p99_9": late[len(late) * 999 // 1000] / 1e6,
            "max": late[-1] / 1e6, "late_percent": 100 * sum(l > LATE_NS for l in late) / len(late),
            "missed": missed}


def set_core(thread, core):
    if (os.cpu_count() or 1) > core:
        os.sched_setaffinity(thread, {core})


def part(children):
    """All but the cart, which has parted itself, keep off its loop's core."""
    for what, child in children.items():
        for task in pathlib.Path(f"/proc/{child.pid}/task").iterdir() if what != "cart" else ():
            try:
                set_core(int(task.name), OTHER_CORE)
            except ProcessLookupError:
                pass  # it has ended meanwhile


def commands(jisr, folder, size, rate, is_alone, ports, window):
    doors, rooms, bed = ports[:2], ports[2:4], ports[4]
    yield "weather", [jisr, "weather", *(f"--line=127.0.0.1:{door}=127.0.0.1:{room}"
                                         for door, room in zip(doors, rooms))]
    yield "cart", [jisr, "cart", "--identity", folder / "cart", "--camera", "scene", "--size", size,
                   "--rate", str(rate), "--arm", "mujoco", "--report", folder / "cart.json",
                   *(f"--listen=127.0.0.1:{room}" for room in (*rooms, bed)),
                   *(["--core", str(LOOP_CORE)] if is_alone else [])]
    yield "bedside", [jisr, "bedside", "--identity", folder / "bedside", "--enable", "auto",
                      f"--line=127.0.0.1:{bed}"]
    yield "console", [jisr, "console", "--identity", folder / "console", "--hands", "script:peg-transfer", "--reclutch", "auto",
                      "--report", folder / "console.json", *(f"--line=127.0.0.1:{door}" for door in doors), *window]


def operate(jisr, size, rate, is_alone, seconds, ports):
    """The two ends' reports, and what a sleeper on either core left out meanwhile."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        operation.make_identities(jisr, folder, ("cart", "console", "bedside"))
        children = {}
        eyes = None if screen.missing() else screen.Screen()
        beside = [] if is_alone else [Sleeper(core, seconds + START_S) for core in (LOOP_CORE, OTHER_CORE)]
        try:
            for what, command in commands(jisr, folder, size, rate, is_alone, ports, ["--window"] if eyes else []):
                children[what] = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                                  env=eyes.environment if eyes else None)
                time.sleep(0.3)
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                if is_alone:
                    part(children)
                time.sleep(0.1)
        finally:
            for child in reversed(children.values()):
                child.send_signal(signal.SIGTERM)
                child.wait(timeout=10)
            if eyes:
                eyes.close()
        reports = {side: json.loads((folder / f"{side}.json").read_text()) for side in ("cart", "console")}
        return {**reports, "beside": max((each.figures()["missed"] for each in beside), default=None)}


def main():
    arguments = operation.options(__doc__, 15)
    rows = []
    for i in range(arguments.rounds):
        for number, (case, (size, rate, is_alone)) in enumerate(CASES.items()):
            bare = Sleeper(LOOP_CORE, SLEEPER_S).figures()
            first_port = 24400 + 10 * (i * len(CASES) + number)
            reports = operate(arguments.jisr, size, rate, is_alone, arguments.seconds,
                              range(first_port, first_port + 5))
            rows.append({"case": case, "rate": rate, "seconds": arguments.seconds, "bare": bare,
                         "measured": table.measured(), **reports})
            print(f"{case}, round {i + 1}", flush=True)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as out:
            out.writelines(json.dumps(row) + "\n" for row in rows)
    print(table.write_whole(rows))


if __name__ == "__main__":
    main()
