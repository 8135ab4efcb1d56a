#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every test in every way it is built. Stops on nothing; at the end shows what failed, then one line
`N passed, N failed, N skipped`. The exit status is 0 when nothing failed.

Tests of running programs wait more than they compute, and judge by the clock: they go one after another,
ahead of all else, while what only computes (builds, units, simulations, fuzzing) takes at a low
priority what they leave of the processors. Patient ones, which mostly wait and judge no times, go beside
those of another way that judge none either.

A build that is not silent counts as one failed test, a silent one as one passed.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
SANITIZE = ["-Db_sanitize=address,undefined", "-Db_lundef=false"]
ENV = {
    "ASAN_OPTIONS": "abort_on_error=1:detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "halt_on_error=1:abort_on_error=1:print_stacktrace=1",
}
SHOWN_OF_A_FAILURE = 60  # lines, the last ones


class Way:
    """One way to build, and what is run of it."""

    def __init__(self, name, compiler, options, test_args, run=True, is_patient=False):
        self.name = name
        self.compiler = compiler
        self.options = options
        self.test_args = test_args
        self.run = run
        self.is_patient = is_patient
        self.is_built = False
        self.has_tried = threading.Event()

    @property
    def folder(self):
        return ROOT / "build-test" / self.name


def ways(fuzz_seconds):
    fuzz = ["--suite", "fuzz", "--test-args=-max_total_time=%d" % fuzz_seconds, "--timeout-multiplier", "0"]
    return [
        Way("gcc", "gcc", [], ["--timeout-multiplier", "3"], is_patient=True),
        Way("sanitized", "gcc", SANITIZE, ["--timeout-multiplier", "10"]),
        # What clang warns of its front end knows, whatever is optimised.
        Way("clang", "clang", ["-Doptimization=0", "-Ddebug=false"], [], run=False),
        Way("fuzz", "clang", SANITIZE + ["-Dfuzz=true"], fuzz),
    ]


class Tally:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []  # (title, what it said)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures

    def fail(self, title, said):
        self.failed += 1
        self.failures.append((title, said))

    def add_program(self, way, test):
        """One test program of meson's log: its TAP lines when it has any, else itself."""
        said = test.get("stdout", "") + test.get("stderr", "")
        lines = re.findall(r"^(not ok|ok) +\d+(.*)$", test.get("stdout", ""), re.M)
        before = self.failed
        for verdict, rest in lines:
            if "# SKIP" in rest.upper():
                self.skipped += 1
            elif verdict == "ok":
                self.passed += 1
            else:
                self.failed += 1
        if test["result"] in ("OK", "EXPECTEDFAIL"):
            self.passed += not lines
        elif test["result"] in ("SKIP",):
            self.skipped += not lines
        else:
            self.failed += self.failed == before  # it crashed or never ended
            self.failures.append((f"{way.name}: {test['name']}: {test['result']}", said))


def say(text):
    print(f"\n== {text}", flush=True)


def command(args, **kwargs):
    return subprocess.run([str(a) for a in args], cwd=ROOT, **kwargs)


BEHIND = ["nice", "-n", "10"]  # what is started so gives way to all else


def build(way, tally):
    """Configures and builds; the output is shown as it comes and kept. True when it is silent."""
    env = {**os.environ, "CC": way.compiler}
    options = ["--buildtype=debugoptimized", "-Dwerror=true"] + way.options
    again = ["--reconfigure"] if (way.folder / "build.ninja").exists() else []
    setup = command([*BEHIND, "meson", "setup", *again, way.folder, *options], env=env, capture_output=True, text=True)
    if setup.returncode:
        print(setup.stdout[-4000:], setup.stderr, flush=True)
        tally.fail(f"{way.name}: meson setup", setup.stdout + setup.stderr)
        return False
    ninja = subprocess.Popen([*BEHIND, "ninja", "-k", "0", "-C", str(way.folder), *targets(way)], cwd=ROOT,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    said = []
    for line in ninja.stdout:
        said.append(line)
        show_progress(line)
    if ninja.wait():
        tally.fail(f"{way.name}: build", "".join(l for l in said if not l.startswith("[") or "FAILED" in l))
        return False
    tally.passed += 1
    return True


def show_progress(line):
    """A step overwrites the step before it on a terminal; elsewhere every fiftieth is enough."""
    step = re.match(r"\[(\d+)/(\d+)\]", line)
    if not step:
        sys.stdout.write(line)
    elif sys.stdout.isatty():
        sys.stdout.write("\r\033[K" + line.rstrip()[:100] + ("\n" if step[1] == step[2] else ""))
    elif int(step[1]) % 50 == 0 or step[1] == step[2]:
        sys.stdout.write(line)
    sys.stdout.flush()


def targets(way):
    """Fuzzing instruments everything, so only the fuzz programs are built; else all."""
    if way.name != "fuzz":
        return []
    tests = json.loads(command(["meson", "introspect", "--tests", way.folder], capture_output=True, text=True).stdout)
    return sorted({os.path.relpath(t["cmd"][0], way.folder) for t in tests if t["name"].startswith("fuzz-")})


def run(way, tally, name, which, before=(), **kwargs):
    """The tests that `which` says, their log under `name`; what meson wrote, where that is captured."""
    log = way.folder / "meson-logs" / f"{name}.json"
    log.unlink(missing_ok=True)
    done = command([*before, "meson", "test", "-C", way.folder, "--no-rebuild", "--logbase", name, *which,
                    *way.test_args], env={**os.environ, **ENV}, **kwargs)
    if not log.exists():
        tally.fail(f"{way.name}: meson test", "it left no log")
        return done.stdout
    for line in log.read_text(errors="replace").splitlines():
        tally.add_program(way, json.loads(line))
    return done.stdout


def run_quietly(way, tally, name, which, what):
    said = run(way, tally, name, which, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
               errors="replace")
    say(f"{way.name}: tested {what}")
    print(said, flush=True)


def run_live(chosen, tally):
    """The tests of running programs, of each way as soon as it is built; their lines come at the end."""
    for way in chosen:
        way.has_tried.wait()
        if way.is_built and way.run and way.name != "fuzz":
            run_quietly(way, tally, "live", ["--suite", "system", "--no-suite", "patient"],
                        "running programs")
    for way in chosen:  # last, for they leave nobody else a processor: windows are drawn without a card
        if way.is_built and way.is_patient:
            run_quietly(way, tally, "patient", ["--suite", "patient"], "running programs that take long")


def run_rest(chosen, tally):
    for way in chosen:
        say(f"{way.name}: building in {way.folder.relative_to(ROOT)}")
        way.is_built = build(way, tally)
        way.has_tried.set()
        if way.is_built and way.run:
            say(f"{way.name}: testing what only computes")
            run(way, tally, "rest", ["--no-suite", "system"], before=BEHIND)


def report(tally):
    for title, said in tally.failures:
        say(f"FAILED {title}")
        print("\n".join(said.splitlines()[-SHOWN_OF_A_FAILURE:]))
    print(f"\n{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="WAY", help="gcc, clang, sanitized or fuzz")
    parser.add_argument("--fuzz-seconds", type=int, default=5, help="for each fuzz target")
    options = parser.parse_args()

    chosen = [way for way in ways(options.fuzz_seconds) if not options.only or way.name in options.only]
    tally, live_tally = Tally(), Tally()
    live = threading.Thread(target=run_live, args=(chosen, live_tally))
    live.start()
    try:
        run_rest(chosen, tally)
    finally:
        for way in chosen:
            way.has_tried.set()
        live.join()
    tally.add(live_tally)
    report(tally)
    return 1 if tally.failed else 0


sys.exit(main())
