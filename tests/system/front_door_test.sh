#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What somebody meets who has just cloned: packaging/deps.sh, with stand-ins for Debian's package tools
# and nothing else on its PATH but what it needs; and `make run` on a tree that is built.
# Usage: front_door_test.sh SOURCE BUILD      Output: TAP.
set -u
# shellcheck source=tests/system/sentences.sh
. "$(dirname "$0")/sentences.sh"
source=$(realpath "$1")
build=$(realpath "$2")
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
cd "$top" || exit 1

# A checkout whose npm packages are there.
mkdir packaging && cp "$source/packaging/deps.sh" "$source/packaging/debian-packages.txt" packaging
for folder in npm npm-clients; do
    mkdir -p packaging/$folder/node_modules
    touch -d '1 hour ago' packaging/$folder/package-lock.json
    touch packaging/$folder/node_modules/.package-lock.json
done

stand_in() { # stand_in NAME, its script on standard input
    { echo '#!/bin/bash' && cat; } >"bin/$1" && chmod +x "bin/$1"
}

# As if on a machine where these are installed, by somebody whose id is this, who may sudo or may not.
machine() { # machine INSTALLED ID sudo|- WHERE-APT-FAILS|-
    rm -rf bin asked && mkdir bin && : >asked
    for tool in awk comm dirname echo env sort touch xargs; do
        ln -s "$(type -P $tool)" bin/$tool
    done
    stand_in dpkg-query <<<"printf '%s installed\n' $1; echo 'removed-one not-installed'"
    stand_in id <<<"echo $2"
    stand_in apt-get <<<"echo \"apt-get \$*\" >>'$top/asked'; [ \"\$1\" != $4 ] || { echo 'E: words of apt' >&2; exit 100; }"
    stand_in npm <<<"echo \"npm \$*\" >>'$top/asked'"
    [ "$3" = - ] || stand_in sudo <<<"echo \"sudo \$*\" >>'$top/asked'; exec \"\$@\""
}

# deps STATUS SECTION...: its output, both streams, is in the file `told`.
deps() {
    status=$1
    shift
    PATH=$top/bin "$top/packaging/deps.sh" "$@" >told 2>&1
    got=$?
    cat told asked
    [ $got = "$status" ]
}

has() {
    grep -qE -e "$1" "$2" || {
        cat "$2"
        return 1
    }
}

everything=$(awk '{ sub(/#.*/, "") } !/^\[/ && NF { print $1 }' "$source/packaging/debian-packages.txt" | xargs)
without() {
    for package in $everything; do
        [ "$package" = "$1" ] || echo "$package"
    done | xargs
}

is_silent_and_asks_nobody() {
    deps 0 build test check bench && [ ! -s told ] && [ ! -s asked ]
}

machine "$everything" 0 - -
check "with every package there, it is silent and asks nobody" is_silent_and_asks_nobody
machine "$(without mandoc)" 0 - -
check "what other sections want is not missed" deps 0 build check bench
check "and apt is not asked" test ! -s asked
check "root installs what is missing" deps 0 build test
check "after apt has read its lists" has '^apt-get update$' asked
check "and no more than is missing" has '^apt-get install -y --no-install-recommends mandoc$' asked
check "and says so" has '^deps: installing mandoc$' told
machine "$everything" 0 - -
touch -d '1 hour' packaging/npm-clients/package-lock.json
check "a lock file that is newer is installed" deps 0 build test
check "by npm, as it says" has '^npm ci --prefix .*packaging/npm-clients ' asked
touch -d '1 hour ago' packaging/npm-clients/package-lock.json
machine "$everything" 0 - -
rm bin/npm
check "where there is no npm it comes from Debian" deps 0 build
check "with what runs it" has '^apt-get install -y --no-install-recommends nodejs npm$' asked
machine "$(without mandoc)" 1000 sudo -
check "somebody else does it through sudo" deps 0 test
check "the lists" has '^sudo env apt-get update$' asked
check "and the packages" has '^sudo env .*apt-get install .* mandoc$' asked
machine "gcc" 1000 - -
check "without root or sudo it ends" deps 1 build test
check "saying what to do" has 'as root, run apt-get install with them' told
check "and with which" has '^deps: missing are: binutils .*meson .*zlib1g-dev$' told
check "and apt is left alone" test ! -s asked
machine "$(without mandoc)" 0 - update
check "lists that cannot be read end it" deps 1 test
check "asking about the network and the mirror" has 'is there a network, and a Debian 12 mirror' told
check "and naming what is missing" has '^deps: missing are: mandoc$' told
machine "$(without mandoc)" 0 - install
check "a package that cannot be installed ends it" deps 1 test
check "below apt's own words" has '^E: words of apt$' told
check "saying what to do then" has 'once that is mended, run make again' told
machine "$everything" 0 - -
rm bin/apt-get
check "where there is no apt it goes on" deps 0 build
check "and says what is needed" has 'not a Debian machine.*needed: .*libssl-dev' told

# On a machine that is busy with other things the clock on the wall judges those; what the start itself
# takes is then seen by its processor time. It asks no network: see above.
starts_within_a_second() {
    TIMEFORMAT='%R %U %S'
    for _ in 1 2 3 4 5; do
        took=$({ time env -u MAKEFLAGS -u MAKELEVEL -u DISPLAY -u WAYLAND_DISPLAY make -C "$source" run BUILD="$build" ARGS=--help \
            >told 2>&1; } 2>&1)
        echo "seconds in all, in programs, in the kernel: $took"
        awk '{ exit !($1 < 1 || $2 + $3 < 0.7) }' <<<"$took" && return
    done
    return 1
}

check "a second make run starts within a second" starts_within_a_second
check "without a display it says how to get the windows" has 'two windows.*in a terminal of a desktop, or over ssh -X' told
check "and it is the operation that starts" has '^usage: jisr operate' told
plan
