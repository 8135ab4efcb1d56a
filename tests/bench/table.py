#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables from the results of tests/bench/run.sh: medians of the rounds, one table a case.

    table.py RESULTS.jsonl                  prints them
    table.py RESULTS.jsonl --into PAGE.md   writes them between the page's markers
    table.py RESULTS.jsonl --merge ALL.jsonl --into PAGE.md
                                            first puts them in place of ALL's rows of the same cases

With --virtual the results are bench-virtual's: one table, medians and, in brackets, the worst seed. With
--whole they are whole.py's.
"""
import argparse
import datetime
import json
import os
import re
import statistics
import subprocess

BEGIN = "<!-- transports: written by tests/bench/run.sh full -->"
END = "<!-- end of transports -->"
BEGIN_VIRTUAL = "<!-- virtual: written by tests/bench/table.py --virtual -->"
END_VIRTUAL = "<!-- end of virtual -->"
BEGIN_WHOLE = "<!-- whole: written by tests/bench/table.py --whole -->"
END_WHOLE = "<!-- end of whole -->"


def read_cases(path):
    """{case: {transport: [run, ...]}}, both in the order they were first measured."""
    cases = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            run = row["run"] | {"measured": row.get("measured", "today")}
            cases.setdefault(row["case"], {}).setdefault(row["as"], []).append(run)
    return cases


def merge(new, everything):
    """Puts the rows of `new` where `everything` has the same cases, or behind them."""
    rows = {}
    for path in (everything, new):
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as lines:
            found = {}
            for line in lines:
                found.setdefault(json.loads(line)["case"], []).append(line)
            rows.update(found)
    with open(everything, "w", encoding="utf-8") as out:
        out.writelines(line for lines in rows.values() for line in lines)


def median(runs, *path, of=statistics.median):
    """The median over the runs of the figure at `path`, or what else `of` makes of them; None when no run has it."""
    values = []
    for run in runs:
        for key in path:
            run = run.get(key) if run else None
        if run is not None:
            values.append(run)
    return of(values) if values else None


def write_number(value, digits):
    return "not measured" if value is None else f"{value:.{digits}f}"


def label(name, runs):
    settings = []
    if runs[0]["buffer_ms"] > 0:
        settings.append(f"buffer {runs[0]['buffer_ms']:g} ms")
    if runs[0]["repair"]:
        settings.append("its own error correction")
    return ", ".join([name.split()[0]] + settings)


# heading, path to the figure, digits
AGES = [(f"{at} ms", ("beyond_delay_ms", at), 2) for at in ("p50", "p99", "p99.9", "max")]
COSTS = [
    ("there kbit/s", ("forward_kbit_s",), 0),
    ("back kbit/s", ("back_kbit_s",), 0),
    ("CPU there %", ("sender_cpu_percent",), 1),
    ("CPU here %", ("receiver_cpu_percent",), 1),
]
COLUMNS = {
    "gestures": [
        ("applied %", ("applied_percent",), 3),
        ("on time %", ("on_time_percent",), 3),
        *AGES,
        *COSTS,
    ],
    "pictures": [
        ("whole %", ("whole_percent",), 2),
        ("within an interval %", ("in_interval_percent",), 2),
        ("within 50 ms %", ("within_50ms_percent",), 2),
        *AGES,
        *COSTS,
    ],
}


def write_table(transports):
    some_run = next(iter(transports.values()))[0]
    columns = COLUMNS[some_run["load"]]
    rows = ["| transport | " + " | ".join(heading for heading, _, _ in columns) + " |",
            "| --- |" + " ---: |" * len(columns)]
    for name, runs in transports.items():
        figures = [write_number(median(runs, *path), digits) for _, path, digits in columns]
        rows.append(f"| {label(name, runs)} | " + " | ".join(figures) + " |")
    return rows


def write_ratio(transports):
    """How many gestures or pictures were not on time, ours against the best peer's."""
    measure = "on_time_percent"
    if next(iter(transports.values()))[0]["load"] == "pictures":
        measure = "in_interval_percent"
    missed = {name: 100 - median(runs, measure) for name, runs in transports.items()}
    ours = missed.pop("jisr", None)
    if ours is None or not missed:
        return []
    best = min(missed, key=missed.get)
    ratio = f"{ours / missed[best]:.3f}" if missed[best] > 0 else "not defined"
    return ["", f"Not on time: jisr {ours:.3f} %, the best peer ({best}) {missed[best]:.3f} %, "
            f"ratio {ratio}."]


def write_case(name, transports):
    run = next(iter(transports.values()))[0]
    load = f"{run['per_second']:g} gestures of {run['message_bytes']} bytes a second"
    if run["load"] == "pictures":
        load = f"{run['per_second']:g} pictures a second, {run['payload_kbit_s'] / 1000:.1f} Mbit/s"
    lines = "one line" if run["lines"] == 1 else f"{run['lines']} lines"
    cut = f", the first one cut at {run['cut']}" if run["cut"] else ""
    rounds = max(len(runs) for runs in transports.values())
    return [f"### {name[0].upper()}{name[1:]}", "",
            f"{load}; {lines}, `{run['weather']}`{cut}; {rounds} round(s) of {run['seconds']:g} s. "
            f"Measured {run['measured']}.",
            "", *write_table(transports), *write_ratio(transports), ""]


# heading, path to the figure in a row, digits, which is the worst
VIRTUAL_COLUMNS = [
    ("arrived %", ("run", "applied_percent"), 3, min),
    ("within 5 ms %", ("run", "on_time_percent"), 3, min),
    ("within 15 ms %", ("within_15ms_percent",), 2, min),
    ("at 1 Mbit/s within 15 ms %", ("narrow_within_15ms_percent",), 2, min),
    ("within an interval %", ("run", "in_interval_percent"), 2, min),
    ("extra p50 ms", ("run", "extra_age_ms", "p50"), 2, max),
    ("p99 ms", ("run", "extra_age_ms", "p99"), 2, max),
    ("p99.9 ms", ("run", "extra_age_ms", "p99.9"), 2, max),
    ("max ms", ("run", "extra_age_ms", "max"), 2, max),
    ("pictures' bytes", ("wire_share",), 3, max),
    ("lower after s", ("low_after_s",), 2, max),
    ("back after s", ("full_after_s",), 2, max),
]


def read_virtual(path):
    """{scene: [row, ...]}, a row for each seed."""
    scenes = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            scenes.setdefault(row["case"], []).append(row)
    return scenes


def write_virtual(scenes):
    some_rows = next(iter(scenes.values()))
    report = [f"Measured {datetime.date.today().isoformat()} at {version()}: "
              f"{len(some_rows)} seeds of {some_rows[0]['run']['seconds']:g} s each; the median, and the "
              "worst in brackets where it differs.", "",
              "| scene | " + " | ".join(heading for heading, *_ in VIRTUAL_COLUMNS) + " |",
              "| --- |" + " ---: |" * len(VIRTUAL_COLUMNS)]
    for scene, rows in scenes.items():
        cells = []
        for _, path, digits, worst in VIRTUAL_COLUMNS:
            values = [value for value in (median([row], *path) for row in rows) if value is not None]
            if not values:
                cells.append("")
                continue
            usual = write_number(statistics.median(values), digits)
            worst_one = write_number(worst(values), digits)
            cells.append(usual if worst_one == usual else f"{usual} ({worst_one})")
        report.append(f"| {scene} | " + " | ".join(cells) + " |")
    return "\n".join(report)


# heading, path to the figure in a row, digits; what is made of the rounds', otherwise their median
LOOP_COLUMNS = [
    ("late > 0.2 ms, %", ("cart", "loop_late_percent"), 3),
    ("late p50 ms", ("cart", "loop_lateness_ms", "p50"), 3),
    ("p99.9", ("cart", "loop_lateness_ms", "p99_9"), 3),
    ("max", ("cart", "loop_lateness_ms", "max"), 2),
    ("missed, worst round", ("cart", "ticks_missed"), 0, max),
    ("by sleepers beside it", ("beside",), 0, max),
    ("bare sleeper > 0.2 ms, %", ("bare", "late_percent"), 3),
    ("p99.9", ("bare", "p99_9"), 3),
    ("max", ("bare", "max"), 2),
    ("gesture to arm p50 ms", ("cart", "command_ms", "p50"), 3),
    ("p99.9", ("cart", "command_ms", "p99_9"), 3),
    ("max", ("cart", "command_ms", "max"), 2),
]
EYE_COLUMNS = [
    ("hand to eye p50 ms", ("console", "hand_to_eye_ms", "p50"), 1),
    ("p99", ("console", "hand_to_eye_ms", "p99"), 1),
    ("bound", ("bound_ms",), 1),
    ("network there", ("cart", "network_forth_ms", "p50"), 2),
    ("robot", ("cart", "robot_ms", "p50"), 1),
    ("draw", ("cart", "raw_picture_ms", "p50"), 1),
    ("encode", ("coding_ms",), 1),
    ("network back", ("console", "network_back_ms", "p50"), 1),
    ("decode", ("console", "decode_ms", "p50"), 1),
    ("display", ("console", "display_ms", "p50"), 1),
    ("pictures/s", ("pictures_per_s",), 1),
]


def add_whole(row):
    """What is reckoned of a row: the bound is two picture intervals and what it took to encode and to decode."""
    encode, raw, decode = (row[side][key]["p50"] for side, key in
                           (("cart", "encode_ms"), ("cart", "raw_picture_ms"), ("console", "decode_ms")))
    return {**row, "bound_ms": 2000 / row["rate"] + encode - raw + decode, "coding_ms": encode - raw,
            "pictures_per_s": row["cart"]["pictures"]["sent"] / row["console"]["length_s"]}


def write_whole(rows):
    """Two tables, a row a case: medians of the rounds."""
    cases = {}
    for row in rows:
        cases.setdefault(row["case"], []).append(add_whole(row))
    rounds = max(len(runs) for runs in cases.values())
    report = [f"Measured {rows[-1]['measured']}: {rounds} round(s) of {rows[-1]['seconds']:g} s each, medians."]
    for columns in (LOOP_COLUMNS, EYE_COLUMNS):
        report += ["", "| case | " + " | ".join(heading for heading, *_ in columns) + " |",
                   "| --- |" + " ---: |" * len(columns)]
        for case, runs in cases.items():
            cells = [write_number(median(runs, *path, of=(*of, statistics.median)[0]), digits)
                     for _, path, digits, *of in columns]
            report.append(f"| {case} | " + " | ".join(cells) + " |")
    return "\n".join(report)


def measured():
    """Day, version, processor: as run.sh has them."""
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        names = re.search(r"^model name[^:]*: *(.*)$", lines.read(), re.M)
    return (f"{datetime.date.today().isoformat()} at {version()}, {names[1] if names else 'unknown processor'}, "
            f"{os.cpu_count()} cores")


def version():
    answer = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True,
                            check=False)
    return answer.stdout.strip() or "unknown"


def write_setups(cases):
    """How each peer was set up, and how earlier where that has changed since a table was measured."""
    setups = {}  # peer: {words: the last day they held}
    for transports in cases.values():
        for run in (runs[0] for runs in transports.values()):
            days = setups.setdefault(run["peer"], {})
            days[run["notes"]] = max(days.get(run["notes"], ""), run["measured"].split()[0])
    for peer, days in setups.items():
        (now, _), *earlier = sorted(days.items(), key=lambda each: each[1], reverse=True)
        yield f"- **{peer}**: {now}." + "".join(f" Until {day}: {words}." for words, day in earlier)


def write_report(cases):
    report = ["Ages are what lies beyond the line's fixed one-way delay, so they still hold its "
              "jitter; on time is within 5 ms of delay and jitter together. For pictures, within an "
              "interval and within 50 ms are counted beyond delay and jitter, too, of all pictures "
              "sent; their ages are those of whole pictures.", ""]
    for name, transports in cases.items():
        report += write_case(name, transports)
    report += ["### How each was set up", ""]
    report += write_setups(cases)
    return "\n".join(report)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results")
    parser.add_argument("--into", metavar="PAGE.md")
    parser.add_argument("--merge", metavar="ALL.jsonl")
    parser.add_argument("--virtual", action="store_true")
    parser.add_argument("--whole", action="store_true")
    arguments = parser.parse_args()
    begin, end = BEGIN, END
    if arguments.virtual:
        begin, end = BEGIN_VIRTUAL, END_VIRTUAL
        report = write_virtual(read_virtual(arguments.results))
    elif arguments.whole:
        begin, end = BEGIN_WHOLE, END_WHOLE
        with open(arguments.results, encoding="utf-8") as lines:
            report = write_whole([json.loads(line) for line in lines])
    else:
        if arguments.merge:
            merge(arguments.results, arguments.merge)
        report = write_report(read_cases(arguments.merge or arguments.results))
    if not arguments.into:
        print(report)
        return
    with open(arguments.into, encoding="utf-8") as page:
        text = page.read()
    between = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not between.search(text):
        raise SystemExit(f"{arguments.into} has no line {begin}")
    with open(arguments.into, "w", encoding="utf-8") as page:
        page.write(between.sub(lambda _: f"{begin}\n{report}\n{end}", text))


if __name__ == "__main__":
    main()
