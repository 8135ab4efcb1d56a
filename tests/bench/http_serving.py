#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same bytes by nginx as a file, by our HTTP server, by the library it is made of, and as a patient read
from a real record, first open to everybody, then with a token, access decided on and the audit written, by
the owner's script and by a doctor whom relations and a Consent have to be looked up for: the
server on one core, the load on the other, in turns. usage: http_serving.py BENCH-HTTP JISR [--for SECONDS]
[--rounds N] [--rate N ...]

First as much as wrk gets, which keeps the core busy: how long one waits then says how many ask at once, and what
else runs on the machine. Then at set rates (h2load): how long one waits where there is room. There server and load
run ahead of all else, where that is allowed; 64 connections are eight loads' of eight, since those of one ask all at
the same moment."""
import argparse
import json
import os
import pathlib
import random
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.request

NGINX = """worker_processes 1; daemon off; pid {dir}/pid; error_log {dir}/error.log crit;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000000;
  open_file_cache max=10 inactive=600s; open_file_cache_valid 600s; types {{ application/fhir+json json; }}
  client_body_temp_path {dir}/b; proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u;
  scgi_temp_path {dir}/s;
  server {{ listen 127.0.0.1:{port}; root {dir}/www; }} }}
"""
PORT = 18999
LOADS, CONNECTIONS = 8, 64
SERVERS = ["nginx", "mhd", "mhd-early", "ours", "record open", "record", "record doctor"]
WORDS = {"nginx": "nginx, a file", "mhd": "libmicrohttpd alone",
         "mhd-early": "the same, answered at the first call",
         "ours": "our server, bytes in memory", "record open": "a patient read, --open",
         "record": "a patient read, token, access, audit",
         "record doctor": "the same by a doctor of the care team, with a Consent"}


AHEAD = ["chrt", "-f", "1"]  # of what else runs on the machine


def may_go_ahead():
    return bool(shutil.which("chrt")) and subprocess.run([*AHEAD, "true"], stderr=subprocess.DEVNULL).returncode == 0


def on_core(core, *words, **kwargs):
    return subprocess.Popen(["taskset", "-c", str(core), *map(str, words)], **kwargs)


class Server:
    """A server on its core, `ahead` of others or not; `url` is None where it cannot be had."""

    def __init__(self, name, args, folder, path, ahead=()):
        self.url, self.headers = None, []
        if name == "nginx":
            if shutil.which("nginx"):
                self.process = on_core(0, *ahead, "nginx", "-c", folder / "nginx.conf", stderr=subprocess.DEVNULL)
                time.sleep(0.5)
                self.url = f"http://127.0.0.1:{PORT}/p.json"
        elif name.startswith("record"):
            opened = ["--open"] if name == "record open" else []
            self.process = centre(args, folder, *opened, ahead=ahead)
            self.url = self.process.url + path
            if not opened:
                who = ["--role", "physician", "--user", "Practitioner/dr", "--scope", "user/*.rs"]
                token = subprocess.run([args.jisr, "centre", "token", "--data", folder / "data",
                                        *(who if name == "record doctor" else [])], check=True,
                                       capture_output=True, text=True).stdout.strip()
                self.headers = ["-H", f"Authorization: Bearer {token}"]
        else:
            self.process = on_core(0, *ahead, args.bench, name, folder / "www" / "p.json", stdout=subprocess.PIPE,
                                   text=True)
            self.url = self.process.stdout.readline().strip() + "/p.json"

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def centre(args, folder, *options, ahead=()):
    process = on_core(0, *ahead, args.jisr, "centre", "--data", folder / "data", "--listen", "127.0.0.1:0",
                      "--threads", 1, *options, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    process.url = process.stdout.readline().split("url=")[1].strip()
    return process


def make_patient(args, folder):
    """A record with one patient of some 1 kB: the path and the bytes of it."""
    process = centre(args, folder, "--open")
    patient = {"resourceType": "Patient", "identifier": [{"system": "urn:example:cin", "value": "BE123456"}],
               "name": [{"use": "official", "family": "Alaoui", "given": ["Salma", "Zineb"]}],
               "telecom": [{"system": "phone", "value": "+212600000000"}], "gender": "female",
               "birthDate": "1980-02-03", "address": [{"line": ["12, rue des Orangers"], "city": "Rabat",
                                                       "district": "Agdal", "country": "MA"}],
               "contact": [{"name": {"family": f"Alaoui {i}"}, "telecom": [{"system": "phone", "value": "0600"}]}
                           for i in range(6)]}

    def create(resource):
        asked = urllib.request.Request(f"{process.url}/{resource['resourceType']}", json.dumps(resource).encode(),
                                       {"Content-Type": "application/fhir+json"})
        with urllib.request.urlopen(asked) as answer:
            return answer.read()

    body = create(patient)
    path = "/Patient/" + json.loads(body)["id"]
    who = {"reference": path[1:]}
    create({"resourceType": "CareTeam", "status": "active", "subject": who,
            "participant": [{"member": {"reference": "Practitioner/dr"}}]})
    coded = lambda system, code: {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/" + system,
                                              "code": code}]}
    create({"resourceType": "Consent", "status": "active", "scope": coded("consentscope", "patient-privacy"),
            "category": [coded("consentcategorycodes", "infa")], "patient": who,
            "policyRule": coded("v3-ActCode", "OPTIN"),
            "provision": {"provision": [{"type": "deny", "class": [
                {"system": "http://hl7.org/fhir/resource-types", "code": "Immunization"}]}]}})
    process.send_signal(signal.SIGTERM)
    process.wait()
    return path, body


def worker_cpu_s(process):
    """User and system time of the process and its children: nginx's worker is one."""
    pids = [process.pid]
    children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    ticks = 0
    for pid in pids + children:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(server, seconds):
    before = worker_cpu_s(server.process)
    said = subprocess.run(["taskset", "-c", "1", "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency",
                           *server.headers, server.url], capture_output=True, text=True, check=True).stdout
    cpu = worker_cpu_s(server.process) - before
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    if "Non-2xx" in said:
        raise SystemExit(f"{server.url}: not every answer was 200\n{said}")
    requests = int(re.search(r"(\d+) requests in", said)[1])
    return rate, float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit], cpu / requests * 1e6


def measure_paced(server, seconds, rate, ahead, folder):
    """ms that half, 99 of 100 and 999 of 1000 wait at most; the server's CPU, us a request; requests a second."""
    before = worker_cpu_s(server.process)
    logs = [folder / f"log-{i}" for i in range(LOADS)]
    loads = []
    for log in logs:
        log.unlink(missing_ok=True)
        loads.append(on_core(1, *ahead, "h2load", "--h1", "-t1", f"-c{CONNECTIONS // LOADS}", f"-D{seconds}",
                             f"--rps={rate / CONNECTIONS}", f"--log-file={log}", *server.headers, server.url,
                             stdout=subprocess.DEVNULL))
        time.sleep(random.random() * 0.02)
    for each in loads:
        each.wait()
    rows = [line.split("\t") for log in logs for line in log.read_text().splitlines()]
    if any(status != "200" for _, status, _ in rows):
        raise SystemExit(f"{server.url}: not every answer was 200")
    waits = sorted(int(wait) / 1000 for _, _, wait in rows)
    cpu = (worker_cpu_s(server.process) - before) / len(rows) * 1e6
    return *(waits[int(len(waits) * share)] for share in (0.5, 0.99, 0.999)), cpu, len(rows) / seconds


def saturated(args, folder, path, length):
    found = {server: [] for server in SERVERS}
    for _ in range(args.rounds):
        for name in SERVERS:
            server = Server(name, args, folder, path)
            if server.url:
                found[name].append(measure(server, args.seconds))
                server.end()
    print(f"| {length} bytes | requests/s | of nginx | p99 ms | the server's CPU, us a request |")
    print("| --- | --- | --- | --- | --- |")
    nginx = statistics.median([run[0] for run in found["nginx"]]) if found["nginx"] else None
    for name, runs in found.items():
        if runs:
            rate, p99, cpu = (statistics.median(column) for column in zip(*runs))
            share = f"{rate / nginx:.2f}" if nginx else "-"
            print(f"| {WORDS[name]} | {rate:,.0f} | {share} | {p99:.2f} | {cpu:.1f} |")


def paced(args, folder, path):
    ahead = AHEAD if may_go_ahead() else []
    names = [name for name in SERVERS if name != "mhd-early"]
    found = {(rate, name): [] for rate in args.rate for name in names}
    for _ in range(args.rounds):
        for rate, name in found:
            server = Server(name, args, folder, path, ahead)
            if server.url:
                found[rate, name].append(measure_paced(server, args.seconds, rate, ahead, folder))
                server.end()
    print(f"\n| asked a second, {'ahead of' if ahead else 'among'} what else runs | answered | p50 ms | p99 ms | p99.9 ms | "
          "the server's CPU, us a request |\n| --- | --- | --- | --- | --- | --- |")
    for (rate, name), runs in found.items():
        if runs:
            half, p99, p999, cpu, answered = (statistics.median(column) for column in zip(*runs))
            print(f"| {rate:,}, {WORDS[name]} | {answered:,.0f} | {half:.2f} | {p99:.2f} | {p999:.2f} | {cpu:.1f} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench", type=os.path.abspath)
    parser.add_argument("jisr", type=os.path.abspath)
    parser.add_argument("--for", dest="seconds", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--rate", type=int, nargs="*", default=[10000, 30000])
    args = parser.parse_args()
    if not shutil.which("wrk") or (os.cpu_count() or 1) < 2:
        print("skipped: wants wrk and two cores")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "www").mkdir()
        os.chmod(folder, 0o755)  # nginx's worker may be another user
        (folder / "nginx.conf").write_text(NGINX.format(dir=folder, port=PORT))
        path, body = make_patient(args, folder)
        (folder / "www" / "p.json").write_bytes(body)
        saturated(args, folder, path, len(body))
        if shutil.which("h2load"):
            paced(args, folder, path)


main()
