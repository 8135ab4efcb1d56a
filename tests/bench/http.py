#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server beside nginx, which serves the same bytes as a file, and beside libmicrohttpd: the
server on one core, wrk on the other, in turns. usage: http.py BENCH-HTTP [--for SECONDS] [--rounds N]"""
import argparse
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

NGINX = """worker_processes 1; daemon off; pid {dir}/pid; error_log {dir}/error.log crit;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 1000000000;
  open_file_cache max=10 inactive=600s; open_file_cache_valid 600s; types {{ application/fhir+json json; }}
  client_body_temp_path {dir}/b; proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u;
  scgi_temp_path {dir}/s;
  server {{ listen 127.0.0.1:{port}; root {dir}/www; }} }}
"""
PORT = 18999
SIZES = {"1 kB": 1024, "16 kB": 16 * 1024}
SERVERS = ["nginx", "ours", "mhd", "mhd-early"]


def on_core(core, *words, **kwargs):
    return subprocess.Popen(["taskset", "-c", str(core), *map(str, words)], **kwargs)


def start(name, bench, folder, body):
    """The server's process and where it is reached; (None, None) where it cannot be had."""
    if name == "nginx":
        if not shutil.which("nginx"):
            return None, None
        process = on_core(0, "nginx", "-c", folder / "nginx.conf", stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        return process, f"http://127.0.0.1:{PORT}"
    process = on_core(0, bench, name, body, stdout=subprocess.PIPE, text=True)
    url = process.stdout.readline().strip()
    return (process, url) if url else (None, None)


def worker_cpu_s(process):
    """User and system time of the process and its children: nginx's worker is one."""
    pids = [process.pid]
    children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    ticks = 0
    for pid in pids + children:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(process, url, seconds):
    before = worker_cpu_s(process)
    said = subprocess.run(["taskset", "-c", "1", "wrk", "-t1", "-c64", f"-d{seconds}s", "--latency",
                           url + "/p.json"], capture_output=True, text=True, check=True).stdout
    cpu = worker_cpu_s(process) - before
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    if "Non-2xx" in said:
        raise SystemExit(f"{url}: not every answer was 200\n{said}")
    requests = int(re.search(r"(\d+) requests in", said)[1])
    return rate, float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit], cpu / requests * 1e6


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--for", dest="seconds", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    args = parser.parse_args()
    if not shutil.which("wrk") or (os.cpu_count() or 1) < 2:
        print("skipped: wants wrk and two cores")
        return
    print("| bytes | server | requests/s | of nginx | p99 ms | its CPU us/request |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "www").mkdir()
        os.chmod(folder, 0o755)  # nginx's worker may be another user
        (folder / "nginx.conf").write_text(NGINX.format(dir=folder, port=PORT))
        for title, size in SIZES.items():
            body = folder / "www" / "p.json"
            body.write_bytes(b"x" * size)
            found = {server: [] for server in SERVERS}
            for _ in range(args.rounds):
                for server in SERVERS:
                    process, url = start(server, os.path.abspath(args.bench), folder, body)
                    if process is None:
                        continue
                    found[server].append(measure(process, url, args.seconds))
                    process.send_signal(signal.SIGTERM)
                    process.wait()
            nginx = statistics.median([run[0] for run in found["nginx"]]) if found["nginx"] else None
            for server, runs in found.items():
                if not runs:
                    continue
                rate, p99, cpu = (statistics.median(column) for column in zip(*runs))
                share = f"{rate / nginx:.2f}" if nginx else "-"
                print(f"| {title} | {server} | {rate:,.0f} | {share} | {p99:.2f} | {cpu:.1f} |", flush=True)


main()
