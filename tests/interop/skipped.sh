#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: skipped.sh WHY - a test that is not built here, and says so.
echo "1..0 # SKIP $1"
