# SPDX-License-Identifier: GPL-3.0-or-later
"""The record on PostgreSQL with several processes in front: the primary's machine dies under load, its
synchronous replica takes over. Nothing that was acknowledged is lost, nothing is there by halves or twice,
nobody has to be started again. Called with the path of store-client; the servers are the test's own."""
import os
import pathlib
import subprocess
import tempfile
import threading
import unittest

import jisr
import postgres
from postgres import Server, until

CLIENT = jisr.JISR
PROCESSES, JOBS = 3, 150


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


@unittest.skipUnless(postgres.IS_HERE, "PostgreSQL is not installed")
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
            primary.make()
            primary.start("synchronous_standby_names=*")
            replica.copy(primary)
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
