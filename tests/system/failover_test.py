# SPDX-License-Identifier: GPL-3.0-or-later
"""The record on PostgreSQL with several processes in front: the primary's machine dies under load, its
synchronous replica takes over. Nothing that was acknowledged is lost, nothing is there by halves or twice,
nobody has to be started again. Called with the path of store-client; the servers are the test's own."""
import glob
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import unittest

import jisr

CLIENT = jisr.JISR
PROCESSES, JOBS = 3, 150
USER = next((u.pw_name for u in pwd.getpwall() if u.pw_name in ("postgres", "nobody")), None)
AS = {"user": USER, "group": pwd.getpwnam(USER).pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}


def until(true, seconds=60):
    if not jisr.until(true, seconds):
        raise TimeoutError


def programs():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
    return pathlib.Path(found[-1]).parent if found else None


class Server:
    def __init__(self, folder):
        self.folder, self.data, self.process = folder, folder / "data", None
        folder.mkdir()
        if AS:
            shutil.chown(folder, USER)

    def run(self, *words):
        subprocess.run([BIN / words[0], *words[1:]], check=True, cwd=self.folder, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, **AS)

    def start(self, *settings):
        settings = ("listen_addresses=", "fsync=off", "shared_buffers=16MB", *settings)
        words = [BIN / "postgres", "-D", self.data, "-k", self.folder,
                 *[word for setting in settings for word in ("-c", setting)]]
        with open(self.folder / "log", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(words, cwd=self.folder, stdout=log, stderr=log, **AS)
        until(lambda: self.say("SELECT 1") == "1")

    def say(self, sql):
        done = subprocess.run([BIN / "psql", "-h", self.folder, "-U", "jisr", "-d", "postgres", "-Atc", sql],
                              capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def die(self):
        """All of its processes at once, as when a machine loses its power: the first is held and starts none."""
        os.kill(self.process.pid, signal.SIGSTOP)
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for child in children.read_text(encoding="ascii").split():
            os.kill(int(child), signal.SIGKILL)
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def end(self):
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()


class Client:
    def __init__(self, conninfo, name):
        self.lines = []
        self.process = subprocess.Popen([CLIENT, conninfo, "write", name], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line)

    def end(self):
        self.process.stdin.close()
        status = self.process.wait()
        self.reader.join()
        return status


BIN = programs()


@unittest.skipUnless(BIN and USER, "PostgreSQL is not installed")
class FailoverTest(unittest.TestCase):
    def test_h82_a_primary_that_dies_under_load_takes_nothing_acknowledged_with_it(self):
        with tempfile.TemporaryDirectory(prefix="jisr-failover-") as place:
            os.chmod(place, 0o755)
            self.fail_over(pathlib.Path(place))

    def fail_over(self, folder):
        primary, replica = Server(folder / "a"), Server(folder / "b")
        conninfo = f"host={primary.folder},{replica.folder} user=jisr dbname=postgres"
        clients = []
        try:
            primary.run("initdb", "-D", primary.data, "-U", "jisr", "-A", "trust", "-N", "--locale=C")
            primary.start("synchronous_standby_names=*")
            primary.run("pg_basebackup", "-h", primary.folder, "-U", "jisr", "-D", replica.data, "-R", "-N",
                        "-c", "fast")
            replica.start()
            until(lambda: primary.say("SELECT sync_state FROM pg_stat_replication") == "sync")
            mirror = f"host={replica.folder} user=jisr dbname=postgres"
            astray = f"host={replica.folder},{primary.folder} user=jisr dbname=postgres"
            subprocess.run([CLIENT, astray, "replica", mirror], check=True)

            clients = [Client(conninfo, f"p{i}") for i in range(PROCESSES)]
            until(lambda: all(len(client.lines) > JOBS for client in clients))
            primary.die()
            replica.say("SELECT pg_promote(false)")
            until(lambda: replica.say("SELECT pg_is_in_recovery()") == "f")
            before = [len(client.lines) for client in clients]
            until(lambda: all(len(c.lines) > n + JOBS for c, n in zip(clients, before)))
            statuses = [client.end() for client in clients]
            lines = "".join(line for client in clients for line in client.lines)
            checked = subprocess.run([CLIENT, conninfo, "check"], input=lines, text=True, capture_output=True,
                                     check=False)
            print(f"# {checked.stdout.strip()} jobs acknowledged {checked.stderr.strip()}")
            self.assertEqual(statuses, [0] * PROCESSES)
            self.assertEqual(checked.returncode, 0)
        finally:
            for client in clients:
                client.process.kill()
            primary.end()
            replica.end()


jisr.main()
