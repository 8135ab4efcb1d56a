# SPDX-License-Identifier: GPL-3.0-or-later
"""What the system tests share: the real programs, started and ended by their own process ids, each with
its log, status lines, trace and report; identities; loopback addresses nobody else uses; TAP.

A test file ends with `jisr.main()`; it is called with the path of the program to test.
"""
import atexit
import csv
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from waiting import SLOW, until

JISR = os.path.abspath(sys.argv.pop(1))
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
IS_ROOT = os.geteuid() == 0

TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (?=(?:error|warn|info|debug) )", re.M)

_hosts = itertools.count(1)
_running = set()


def _end_all():
    for process in list(_running):
        process.kill()
        process.wait()


atexit.register(_end_all)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # meson's time-out: end ours as well


def address(port=6000):
    """ADDR:PORT on loopback that no other test, and no other run of this one, has."""
    pid = os.getpid()
    return f"127.{1 + pid // 250 % 250}.{1 + pid % 250}.{next(_hosts)}:{port}"


def now_ns():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


# Gates so wide that a busy machine's own pauses are no faults; a cut is longer than any of them.
CART_GATES = ("--profile", ROOT / "tests" / "system" / "slow.profile", "--bedside", "none")
CONSOLE_GATES = ("--picture-age", "3s")


class Program:
    """A running `jisr COMMAND`. `before` are words in front of it, as `ip netns exec NAME`; what they
    start must have the process id they were started with. `stderr` may be a descriptor of the test's own: then there
    is no `log`."""

    def __init__(self, command, *options, before=(), control=False, status=True, program=JISR,
                 stderr=subprocess.PIPE):
        self.log, self.statuses, self.said = [], [], []
        words = [*before, program, command, *map(str, options)]
        passed = []
        if status:
            read_end, write_end = os.pipe()
            words += ["--status-fd", str(write_end)]
            passed = [write_end]
        if control:
            words += ["--control"]
        self.process = subprocess.Popen(words, text=True, errors="replace", bufsize=1, pass_fds=passed,
                                        stdin=subprocess.PIPE if control else subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=stderr)
        _running.add(self.process)
        self.readers = [self._reads(self.process.stdout, self.said.append)]
        if self.process.stderr:
            self.readers.append(self._reads(self.process.stderr, self._take_log))
        if status:
            os.close(write_end)
            self.readers.append(self._reads(os.fdopen(read_end, errors="replace"), self._take_status))

    @staticmethod
    def _reads(file, take):
        def read():
            with file:
                for line in file:
                    take(line.rstrip("\n"))
        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        return thread

    def _take_log(self, line):
        """Kept without its time, and so that no test finds a line that has none."""
        untimed = re.match("(error|warn|info|debug) ", line)
        self.log.append(f"no time: {line}" if untimed else TIME.sub("", line))

    def _take_status(self, line):
        status = dict(re.findall(r"(\w+)=(\S+)", line))
        status["at_ns"] = now_ns()
        self.statuses.append(status)

    @property
    def pid(self):
        return self.process.pid

    @property
    def status(self):
        return self.statuses[-1] if self.statuses else {}

    @property
    def hold(self):
        """Why the arm keeps still, as the newest status line says: `none` while it follows."""
        return self.status.get("hold", "-")

    def faults(self):
        """The holds that no surgeon's foot asked for, as a cart logged them."""
        return [line for line in self.log if line.startswith("warn holds")]

    def number(self, key):
        """Of the newest status line; NaN when it says that it was not measured."""
        text = self.status.get(key, "-")
        return float("nan") if text == "-" else float(text)

    def says(self, words, seconds=SLOW, after=0):
        """Waits for a log line from the `after`th on with these words; None when there is none."""
        def found():
            return next((line for line in self.log[after:] if words in line), None)
        return until(lambda: found() or self.process.poll() is not None and (found() or "ended"),
                     seconds) and found()

    def is_running(self):
        return self.process.poll() is None

    def memory_kb(self):
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1])

    def open_files(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def order(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def wait(self, seconds=SLOW):
        """The exit status; every line it wrote has been read then."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self._ended()
        return self.process.returncode

    def stop(self, seconds=SLOW):
        if self.is_running():
            self.process.terminate()
        return self.wait(seconds)

    def kill(self):
        """Answers a time, of the monotonic clock, from which on it does nothing more."""
        self.process.kill()
        self.process.wait()
        dead_ns = now_ns()
        self._ended()
        return dead_ns

    def _ended(self):
        _running.discard(self.process)
        for reader in self.readers:
            reader.join(SLOW)
        if self.process.stdin:
            self.process.stdin.close()


def run(*words, **kwargs):
    """A command that ends by itself: its exit status, output and errors, a log's without the times."""
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, errors="replace",
                          timeout=3 * SLOW, **kwargs)
    done.stderr = TIME.sub("", done.stderr)
    return done


def sh(*words):
    done = run(*words)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, words))}: {done.stderr}")
    return done.stdout


class Case(unittest.TestCase):
    """Has a folder of its own with an authority, a cart and a console in it, and ends what it started."""

    longMessage = True
    maxDiff = 2000

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="jisr-system-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.programs = []
        self.addCleanup(self._end)
        sh(JISR, "identity", "init", self.folder / "authority")
        self.theatre = self.identity("Theatre 1", "cart")
        self.shanghai = self.identity("Shanghai", "console")

    def _end(self):
        for program in self.programs:
            if program.is_running():
                program.kill()

    def identity(self, name, kind, *options, authority="authority"):
        folder = self.folder / name
        sh(JISR, "identity", "issue", "--authority", self.folder / authority, "--name", name, "--kind", kind,
           *options, folder)
        return folder

    def start(self, command, *options, **kwargs):
        program = Program(command, *options, **kwargs)
        self.programs.append(program)
        return program

    def cart(self, *listen, name="cart", identity=None, gates=CART_GATES, options=(), **kwargs):
        """Its trace and report are FOLDER/NAME.csv and .json."""
        words = [word for at in listen for word in ("--listen", at)]
        return self.start("cart", *words, *gates, "--identity", identity or self.theatre, "--trace",
                          self.folder / f"{name}.csv", "--report", self.folder / f"{name}.json", *options,
                          **kwargs)

    def console(self, *lines, name="console", identity=None, reclutch="auto", gates=CONSOLE_GATES, options=(),
                **kwargs):
        words = [word for at in lines for word in ("--line", at)] + ["--reclutch", reclutch]
        return self.start("console", *words, *gates, "--identity", identity or self.shanghai, "--trace",
                          self.folder / f"{name}.csv", "--report", self.folder / f"{name}.json", *options,
                          **kwargs)

    def weather(self, *lines):
        """A relay for each (LISTEN, TARGET, WEATHER)."""
        words = [f"--line={listen}={target},{weather}" for listen, target, weather in lines]
        relay = self.start("weather", *words, control=True, status=False)
        self.assertTrue(until(lambda: len(relay.said) >= len(lines)), "the weather did not start")
        return relay

    def assert_follows(self, cart, console, seconds=SLOW):
        """Waits until the arm follows the hands and pictures are seen."""
        def good():
            return (cart.hold == "none" and console.status.get("hands") == "moving"
                    and console.number("picture_whole") > 0)
        if not until(good, seconds):
            self.fail(f"the arm does not follow\n{self.tell(cart, console)}")

    def tell(self, *programs):
        return "\n".join(line for program in programs
                         for line in [str(program.process.args), *program.log, str(program.status)])

    def trace(self, name):
        """Rows as dictionaries of numbers; an empty field is None, `outcome` is a word."""
        with open(self.folder / f"{name}.csv", newline="") as file:
            return [{key: value if key == "outcome" else int(value) if value else None
                     for key, value in row.items()} for row in csv.DictReader(file)]

    def report(self, name):
        """The report, which the schema must allow."""
        with open(self.folder / f"{name}.json") as file:
            report = json.load(file)
        with open(ROOT / "docs" / "report.schema.json") as file:
            schema = json.load(file)
        self.assertEqual(schema_faults(report, schema, schema), [])
        return report


def schema_faults(value, schema, whole, where="report"):
    """What of `value` the JSON schema does not allow, in the words of the schema our report uses."""
    if "$ref" in schema:
        schema = {**whole["$defs"][schema["$ref"].split("/")[-1]], **schema}
    types = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float),
             "null": type(None)}
    wanted = schema.get("type", [])
    wanted = wanted if isinstance(wanted, list) else [wanted]
    if wanted and not any(type(value) is bool if t == "boolean" else
                          isinstance(value, types[t]) and type(value) is not bool for t in wanted):
        return [f"{where}: {value!r} is not {wanted}"]
    faults = []
    if "const" in schema and value != schema["const"]:
        faults.append(f"{where}: not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        faults.append(f"{where}: {value!r} is none of {schema['enum']}")
    if "minimum" in schema and isinstance(value, (int, float)) and value < schema["minimum"]:
        faults.append(f"{where}: {value} is less than {schema['minimum']}")
    if isinstance(value, list):
        if len(value) > schema.get("maxItems", len(value)):
            faults.append(f"{where}: more than {schema['maxItems']}")
        for i, item in enumerate(value):
            faults += schema_faults(item, schema.get("items", {}), whole, f"{where}[{i}]")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        faults += [f"{where}: no {key}" for key in schema.get("required", []) if key not in value]
        for key, item in value.items():
            if key in properties:
                faults += schema_faults(item, properties[key], whole, f"{where}.{key}")
            elif schema.get("additionalProperties") is False:
                faults.append(f"{where}: {key} is not known")
    return faults


class _Tap(unittest.TestResult):
    def _line(self, verdict, test, more=""):
        name = test.id().split(".")[-1].replace("test_", "", 1).replace("_", " ")
        print(f"{verdict} {self.testsRun} - {name}{more}", flush=True)

    def _tells(self, test, error):
        print("\n".join("# " + line for line in self._exc_info_to_string(error, test).splitlines()))

    def addSuccess(self, test):
        self._line("ok", test)

    def addSkip(self, test, reason):
        self._line("ok", test, f" # SKIP {reason}")

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self._line("not ok", test)
        self._tells(test, error)

    addError = addFailure


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    if len(sys.argv) > 1:  # only those whose name has this word
        suite = unittest.TestSuite(t for group in suite for t in group if sys.argv[1] in t.id())
    print(f"1..{suite.countTestCases()}", flush=True)
    result = _Tap()
    suite.run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
