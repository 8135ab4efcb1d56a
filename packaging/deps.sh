#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: deps.sh SECTION...
# Installs what is missing of the named sections of debian-packages.txt, then of npm*/package.json; asks apt,
# npm, and the network, only when something is.
set -euo pipefail

here=$(dirname "$0")
list=$here/debian-packages.txt

# The packages of the sections named, one a line. An npm that came some other way will do.
wanted() {
    command -v npm >/dev/null || printf '%s\n' nodejs npm
    awk -v sections=" $* " '
        { sub(/#.*/, "") }
        /^\[/ { gsub(/[][ ]/, ""); on = index(sections, " " $0 " "); next }
        on && NF { print $1 }' "$list"
}

installed() {
    dpkg-query -W -f='${Package} ${db:Status-Status}\n' | awk '$2 == "installed" { print $1 }' | sort -u
}

fail() {
    printf '\ndeps: %s\ndeps: missing are: %s\n' "$1" "${missing[*]}" >&2
    exit 1
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "deps: not a Debian machine, going on with what is here; needed: $(wanted "$@" | xargs)" >&2
    exit 0
fi

export LC_ALL=C
mapfile -t missing < <(comm -23 <(wanted "$@" | sort -u) <(installed))

# What npm brings to a folder, as its package-lock.json has it: the versions and the checksums of all of it.
from_npm() {
    local folder=$here/$1
    [ ! "$folder/package-lock.json" -nt "$folder/node_modules/.package-lock.json" ] || {
        echo "deps: installing what $1/package.json names"
        npm ci --prefix "$folder" --no-audit --no-fund --ignore-scripts >&2 ||
            { echo "deps: npm could not install them: its own words are above; once that is mended, run make again" >&2
              exit 1; }
        touch "$folder/node_modules/.package-lock.json"
    }
}

from_debian() {
    echo "deps: installing ${missing[*]}"
    root=(env)
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || fail "this is not root and there is no sudo; as root, run apt-get install with them"
        root=(sudo env)
    fi
    "${root[@]}" apt-get update ||
        fail "apt could not read its lists: is there a network, and a Debian 12 mirror in /etc/apt/sources.list?"
    "${root[@]}" DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" ||
        fail "apt could not install them all: its own words are above; once that is mended, run make again"
}

[ ${#missing[@]} = 0 ] || from_debian
from_npm npm # FHIR's definitions, of which the build makes its tables
[[ " $* " != *" test "* ]] || from_npm npm-clients
