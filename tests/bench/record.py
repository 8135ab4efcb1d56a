#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A filled record under load, by its own API: the server on one core, wrk on the other.

usage: record.py JISR [--patients N] [--for SECONDS] [--rounds N] [--folder DIR] [--mixed SECONDS] [--postgres]
       [--threads N]

Fills a record with invented people (some 23 resources each), then tells: how fast it was filled, how soon it
answers, what each question costs with and without access and audit, transactions, an export, memory. With
--mixed reads, searches, updates and new resources come side by side for so long, and memory is looked at
each twentieth of it. --folder keeps the record for another run. --postgres: the record is in a PostgreSQL that is
started for it, syncs as it is; the same rows are then read and written by libpq itself (pgbench, prepared), too."""
import argparse
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("JISR_DATA", ROOT.parent / "shared" / "data"))
PEOPLE = 5000  # of whom questions are asked, chosen by chance
TICK = os.sysconf("SC_CLK_TCK")

# wrk calls request() for each; what is asked are lines of a file: METHOD PATH, and a body's file behind them.
LUA = """
local asked = {}
function init()
    for name, value in pairs({%(headers)s}) do wrk.headers[name] = value end
    local bodies = {}
    for line in io.lines("%(lines)s") do
        local method, path, file = line:match("^(%%S+) (%%S+) ?(.*)$")
        if file ~= "" and not bodies[file] then
            local f = io.open(file)
            bodies[file] = f:read("*a")
            f:close()
        end
        asked[#asked + 1] = wrk.format(method, "/fhir" .. path, nil, bodies[file])
    end
    math.randomseed(%(seed)d)
end
request = function() return asked[math.random(#asked)] end
"""


class Centre:
    def __init__(self, args, *options):
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            ["taskset", "-c", "0", args.jisr, "centre", *args.where, "--listen", "127.0.0.1:0",
             "--threads", str(args.threads), *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().split("url=")[1].strip()

    def get(self, path, method="GET", body=None, **headers):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            sent["Content-Type"] = "application/fhir+json"
        asked = urllib.request.Request(path if path.startswith("http") else self.url + path, body, sent, method=method)
        with urllib.request.urlopen(asked, timeout=300) as answer:
            return answer.status, answer.headers, answer.read()

    def cpu_s(self):
        return cpu_s(self.process.pid)

    def resident_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def end(self):
        self.process.terminate()
        self.process.wait()


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def fill(args):
    before = os.times()
    began = time.monotonic()
    said = subprocess.run(["taskset", "-c", "0", args.jisr, "centre", "demo", *args.where, "--patients",
                           str(args.patients), "--fill-only"], check=True, capture_output=True, text=True).stdout
    after = os.times()
    count = int(re.search(r"resources=(\d+)", said)[1])
    took = time.monotonic() - began
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"filled: {count} resources in {took:.1f} s, {count / took:,.0f}/s on one core; by processor time "
          f"{count / cpu:,.0f}/s")


def starts(args):
    times, resident = [], []
    for _ in range(5):
        centre = Centre(args, "--open")
        centre.get("/Patient?_count=1&_total=none")
        times.append((time.monotonic() - centre.began) * 1000)
        resident.append(centre.resident_mb())
        centre.end()
    print(f"start to the first answer: {statistics.median(times):.0f} ms (most {max(times):.0f}), "
          f"{statistics.median(resident):.0f} MB resident")


def people(args):
    """Some patients as they are found: (id, identifier, family, birth date)."""
    centre, found = Centre(args, "--open"), []
    path = f"/Patient?_count={min(PEOPLE, 1000)}&_elements=identifier,name,birthDate&_total=none"
    while path and len(found) < PEOPLE:
        bundle = json.loads(centre.get(path)[2])
        for entry in bundle.get("entry", []):
            patient = entry["resource"]
            identifier = patient["identifier"][0]
            found.append((patient["id"], f"{identifier.get('system', '')}|{identifier['value']}",
                          patient["name"][0]["family"], patient["birthDate"]))
        path = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)
    centre.end()
    random.Random(1).shuffle(found)
    return found


def quoted(text):
    return urllib.request.quote(text, safe="")


def patient_body(number):
    return {"resourceType": "Patient", "identifier": [{"system": "urn:example:bench", "value": f"B{number}"}],
            "name": [{"family": "Bench", "given": ["Salma"]}], "birthDate": "1980-02-03"}


def questions(known, folder):
    (folder / "patient.json").write_text(json.dumps(patient_body(1)))
    lines = {
        "a patient by id": [f"GET /Patient/{p[0]}" for p in known],
        "a patient by identifier": [f"GET /Patient?identifier={quoted(p[1])}" for p in known],
        "patients by name and birth date": [f"GET /Patient?name={quoted(p[2])}&birthdate={p[3]}" for p in known],
        "ten latest observations of a patient":
            [f"GET /Observation?patient={p[0]}&_sort=-date&_count=10" for p in known],
        "a small patient created": [f"POST /Patient {folder / 'patient.json'}"],
    }
    bundles = sorted((DATA / "fhir" / "synthea").glob("*_*.json")) if DATA.is_dir() else []
    if bundles:
        lines["a Synthea transaction"] = [f"POST / {bundle}" for bundle in bundles]
    return lines


def load(centre, lines, folder, seconds, connections, headers):
    (folder / "lines").write_text("\n".join(lines) + "\n")
    words = ", ".join(f'["{name}"]="{value}"' for name, value in headers.items())
    (folder / "ask.lua").write_text(LUA % {"lines": folder / "lines", "headers": words, "seed": 7})
    before = centre.cpu_s()
    said = subprocess.run(["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s",
                           "--latency", "-s", folder / "ask.lua", centre.url[:-len("/fhir")]],
                          capture_output=True, text=True, check=True).stdout
    cpu = centre.cpu_s() - before
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    count = int(re.search(r"(\d+) requests in", said)[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    if bad:
        print(f"  {bad[1]} of {count} answers were not 2xx")
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    return rate, float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit], cpu / max(count, 1) * 1e6


def token_of(args, scope="system/*.cruds"):
    return subprocess.run([args.jisr, "centre", "token", *args.where, "--scope", scope, "--for", "24h"],
                          check=True, capture_output=True, text=True).stdout.strip()


def ask_all(args, known, folder):
    print("| | requests/s | p99 ms | the server's CPU, us |\n| --- | ---: | ---: | ---: |")
    for access in ["--open", "token"]:
        headers = {"Content-Type": "application/fhir+json"}
        if access == "token":
            headers["Authorization"] = f"Bearer {token_of(args)}"
        centre = Centre(args, *(["--open"] if access == "--open" else []))
        for name, lines in questions(known, folder).items():
            runs = [load(centre, lines, folder, args.seconds, args.connections, headers) for _ in range(args.rounds)]
            rate, p99, cpu = (statistics.median(column) for column in zip(*runs))
            print(f"| {name}, {access} | {rate:,.0f} | {p99:.2f} | {cpu:.0f} |", flush=True)
            if name == "a Synthea transaction":
                counts = [len(json.loads(pathlib.Path(line.split()[2]).read_text())["entry"]) for line in lines]
                print(f"  which is {rate * statistics.mean(counts):,.0f} resources/s, "
                      f"{1e6 / cpu * statistics.mean(counts):,.0f}/s by processor time")
        print(f"{centre.resident_mb():.0f} MB resident then", flush=True)
        centre.end()


def export(args):
    centre = Centre(args)
    bearer = {"Authorization": f"Bearer {token_of(args)}"}
    before, began = centre.cpu_s(), time.monotonic()
    _, headers, _ = centre.get("/$export", Prefer="respond-async", Accept="application/fhir+json", **bearer)
    status, where = 202, headers["Content-Location"]
    while status == 202:
        time.sleep(0.05)
        status, _, body = centre.get(where, **bearer)
    made = time.monotonic() - began
    count = size = 0
    for output in json.loads(body)["output"]:
        asked = urllib.request.Request(output["url"], headers=bearer)
        with urllib.request.urlopen(asked, timeout=600) as answer:
            while piece := answer.read(1 << 20):
                count += piece.count(b"\n")
                size += len(piece)
    took = time.monotonic() - began
    cpu = centre.cpu_s() - before
    print(f"$export: {count} resources, {size / 1e6:,.0f} MB in {took:.1f} s (asked for and ready in {made:.1f}): "
          f"{count / took:,.0f}/s; by processor time {count / cpu:,.0f}/s; {centre.resident_mb():.0f} MB resident")
    centre.end()


def mixed(args, known, folder):
    """Of a hundred requests some 70 read, 20 search, 5 update, 4 create, 1 is a transaction."""
    all_lines = questions(known, folder)
    chance, lines = random.Random(2), []
    for person in known[:1000]:
        body = folder / f"update-{person[0]}.json"
        body.write_text(json.dumps(patient_body(0) | {"id": person[0], "birthDate": person[3],
                                                      "name": [{"family": person[2]}]}))
        lines.append(f"PUT /Patient/{person[0]} {body}")
    for name, share in [("a patient by id", 14000), ("a patient by identifier", 1500),
                        ("patients by name and birth date", 1000), ("ten latest observations of a patient", 1500),
                        ("a small patient created", 800), ("a Synthea transaction", 20)]:
        lines += [chance.choice(all_lines[name]) for _ in range(share) if name in all_lines]
    centre = Centre(args)
    headers = {"Content-Type": "application/fhir+json", "Authorization": f"Bearer {token_of(args)}"}
    seen, each = [], max(args.mixed // 20, 1)
    for _ in range(20):
        rate, p99, cpu = load(centre, lines, folder, each, args.connections, headers)
        seen.append(centre.resident_mb())
        print(f"mixed: {rate:,.0f}/s, p99 {p99:.1f} ms, {cpu:.0f} us, {seen[-1]:.0f} MB resident", flush=True)
    print(f"mixed, {each * 20} s: resident {seen[4]:.0f} MB after a quarter, {max(seen):.0f} at most, {seen[-1]:.0f} at the end")
    centre.end()


class Database:
    """PostgreSQL as it comes, in a folder, by a socket there; not as root."""

    def __init__(self, folder):
        sys.path.insert(0, str(ROOT / "tests" / "system"))
        sys.argv.insert(1, "")  # where those files look for the program
        import postgres  # pylint: disable=import-outside-toplevel
        sys.argv.pop(1)
        if not postgres.IS_HERE:
            sys.exit("skipped: wants PostgreSQL")
        os.chmod(folder, 0o755)
        self.bin = postgres.BIN
        self.server = postgres.Server(folder / "database")
        self.server.make()
        self.server.start("fsync=on", "shared_buffers=128MB", "max_connections=200")

    def peer(self, name, script, folder, args):
        """The script by libpq, as many connections as wrk has, one command after another on each."""
        (folder / "script").write_text(script)
        os.chmod(folder, 0o755)
        said = subprocess.run(["taskset", "-c", "1", self.bin / "pgbench", "-h", self.server.folder, "-U", "jisr", "-n",
                               "-M", "prepared", "-c", str(args.connections), "-j", "1", "-T", str(args.seconds),
                               "-f", folder / "script", "postgres"], capture_output=True, text=True, check=True).stdout
        print(f"| {name}, libpq alone | {float(re.search(r'tps = ([0-9.]+)', said)[1]):,.0f} | | |", flush=True)

    def peers(self, folder, args):
        """What a read and a small create ask of the tables, without all that is around it."""
        number, first, last = self.server.say("SELECT count(*), min(rid), max(rid) FROM resource WHERE type ="
                                              " (SELECT number FROM type WHERE name = 'Patient')").split("|")
        print(f"{number} patients")
        self.server.say("CREATE TABLE peer AS SELECT row_number() OVER () AS at, id, type FROM resource WHERE rid"
                        f" BETWEEN {first} AND {last} AND type = (SELECT number FROM type WHERE name = 'Patient');"
                        "CREATE UNIQUE INDEX peer_at ON peer(at); ANALYZE;"
                        "CREATE TABLE peer_body(seq bigserial PRIMARY KEY, id text, body bytea);"
                        "CREATE TABLE peer_row(key int, value int8, rid int8, extra int8);"
                        "CREATE INDEX peer_value ON peer_row(key, value, rid, extra)")
        self.peer("a patient by id", f"""\\set at random(1, {number})
SELECT v.body FROM peer p JOIN name n ON n.id = p.id AND n.type = p.type
 JOIN resource r ON r.rid = n.rid AND (r.rid & 63) = (n.rid & 63)
 JOIN version v ON v.rid = r.rid AND (v.rid & 63) = (r.rid & 63) AND v.seq = r.seq WHERE p.at = :at;
""", folder, args)
        body = json.dumps(patient_body(1)).replace(":", "=")  # pgbench's own sign
        self.peer("a small patient created", f"""\\set at random(1, 1000000000)
BEGIN;
INSERT INTO peer_body(id, body) VALUES('a', '{body}');
INSERT INTO peer_row SELECT i, :at, :at, 0 FROM generate_series(1, 8) i;
COMMIT;
""", folder, args)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("jisr", type=os.path.abspath)
    parser.add_argument("--patients", type=int, default=2000)
    parser.add_argument("--for", dest="seconds", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--folder", type=os.path.abspath)
    parser.add_argument("--mixed", type=int, default=0)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--postgres", action="store_true")
    args = parser.parse_args()
    if args.threads is None:
        args.threads = 4 if args.postgres else 1  # they wait for the database
    if not any(os.access(os.path.join(p, "wrk"), os.X_OK) for p in os.environ["PATH"].split(":")) or (os.cpu_count() or 1) < 2:
        print("skipped: wants wrk and two cores")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        args.folder = args.folder or str(folder / "data")
        args.where = ["--data", args.folder]
        database = None
        if args.postgres:
            database = Database(folder)
            args.where = ["--database", database.server.conninfo]
        try:
            run(args, folder, database)
        finally:
            if database:
                database.server.end()


def run(args, folder, database):
    if database or not pathlib.Path(args.folder).exists():
        fill(args)
    known = people(args)
    if args.mixed:
        mixed(args, known, folder)
        return
    starts(args)
    ask_all(args, known, folder)
    if database:
        database.peers(folder, args)
    export(args)


main()
