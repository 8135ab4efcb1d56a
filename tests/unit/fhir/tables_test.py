#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same package gives the same tables, byte for byte, in whatever order Python keeps its sets; a folder without
the package is refused with what to do: tables_test.py FHIR_TABLES.py PACKAGE TABLE.c ..."""
import os
import pathlib
import subprocess
import sys
import tempfile

generator, package, *built = sys.argv[1:]


def made(package_folder, folder, seed):
    outputs = [pathlib.Path(folder) / pathlib.Path(name).name for name in built]
    run = subprocess.run([sys.executable, generator, package_folder, *outputs], capture_output=True, text=True,
                         env={**os.environ, "PYTHONHASHSEED": seed})
    return run, outputs


with tempfile.TemporaryDirectory() as folder:
    run, outputs = made(package, folder, "7")
    assert run.returncode == 0, run.stderr
    for ours, again in zip(built, outputs, strict=True):
        assert pathlib.Path(ours).read_bytes() == again.read_bytes(), f"{again.name} came out otherwise"
    run, _ = made(folder, folder, "7")
    assert run.returncode != 0 and "make deps" in run.stderr, run.stderr
