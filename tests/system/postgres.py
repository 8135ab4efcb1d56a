# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL servers of a test's own: in its folder, by a Unix socket there, as nobody in particular where it is root."""
import glob
import os
import pathlib
import pwd
import shutil
import signal
import subprocess

import jisr


def until(true, seconds=60):
    if not jisr.until(true, seconds):
        raise TimeoutError


def programs():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
    return pathlib.Path(found[-1]).parent if found else None


USER = next((u.pw_name for u in pwd.getpwall() if u.pw_name in ("postgres", "nobody")), None)
AS = {"user": USER, "group": pwd.getpwnam(USER).pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
BIN = programs()
IS_HERE = BIN and USER


class Server:
    def __init__(self, folder):
        self.folder, self.data, self.process = folder, folder / "data", None
        folder.mkdir()
        if AS:
            shutil.chown(folder, USER)

    @property
    def conninfo(self):
        return f"host={self.folder} user=jisr dbname=postgres"

    def run(self, *words):
        subprocess.run([BIN / words[0], *words[1:]], check=True, cwd=self.folder, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, **AS)

    def make(self):
        self.run("initdb", "-D", self.data, "-U", "jisr", "-A", "trust", "-N", "--locale=C")

    def copy(self, primary):
        """Becomes a replica of it."""
        self.run("pg_basebackup", "-h", primary.folder, "-U", "jisr", "-D", self.data, "-R", "-N", "-c", "fast")

    def start(self, *settings):
        settings = ("listen_addresses=", "fsync=off", "shared_buffers=16MB", *settings)
        words = [BIN / "postgres", "-D", self.data, "-k", self.folder,
                 *[word for setting in settings for word in ("-c", setting)]]
        with open(self.folder / "log", "a", encoding="utf-8") as log:
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

    def freeze(self, is_frozen=True):
        """All of its processes stand still, as on a machine that hangs; those that begin do, too."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for pid in [self.process.pid] + [int(child) for child in children.read_text(encoding="ascii").split()]:
            os.kill(pid, signal.SIGSTOP if is_frozen else signal.SIGCONT)

    def end(self):
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
            self.process = None
