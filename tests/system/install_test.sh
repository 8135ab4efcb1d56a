#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# libjisr-link as a stranger gets it: installed into an empty place, the example compiled against
# that copy alone, both its ends run on loopback over two lines.
# Usage: install_test.sh SOURCE BUILD      Output: TAP.
set -u
# shellcheck source=tests/system/sentences.sh
. "$(dirname "$0")/sentences.sh"
source=$(realpath "$1")
build=$(realpath "$2")
top=$(mktemp -d)
listener=
trap '[ -z "$listener" ] || kill "$listener" 2>/dev/null; rm -rf "$top"' EXIT
cd "$top" || exit 1

says() {
    grep -qE -e "$1" "$2" || {
        cat "$2"
        return 1
    }
}

# What the installed man page tells a stranger to ask pkg-config for: one thing, wherever it says so.
# shellcheck disable=SC2016 # the man page's dollar
man_flags() {
    sed -n 's/.*$(pkg-config \([^)]*\)).*/\1/p' "$prefix/share/man/man3/libjisr-link.3" | sort -u
}

# shellcheck disable=SC2046 # the man page's words
flags() {
    PKG_CONFIG_PATH=$pc pkg-config --define-variable=prefix="$prefix" $(man_flags)
}

man_says_one_command() {
    man_flags && [ "$(man_flags | wc -l)" = 1 ]
}

compiles_alone() {
    echo '#include <jisr/link.h>' >"alone.$3" && "$1" "$2" -Wall -Wextra -Wpedantic -Werror \
        -I"$prefix/include" -c "alone.$3" -o alone.o
}

shows_only_its_header() {
    nm -D --defined-only "$library" | awk '$2 == "T" { sub("@.*", "", $3); print $3 }' | sort >shown
    grep -oE '\blink_[a-z_]+\(' "$prefix/include/jisr/link.h" | tr -d '(' | sort -u >declared
    diff shown declared
}

# compile PROGRAM SOURCE
# shellcheck disable=SC2046 # the flags are words
compile() {
    cc -std=c11 -Wall -Wextra -o "$1" "$2" $(flags)
}

run_stranger() {
    compile stranger "$source/tests/system/stranger.c" &&
        LD_LIBRARY_PATH=$(dirname "$library") ./stranger near/site.key near/site.pem \
            near/authority.pem >stranger.out
}

versions_agree() {
    version=$(PKG_CONFIG_PATH=$pc pkg-config --modversion libjisr-link)
    says "^header $version\$" stranger.out && says "^library $version\$" stranger.out
}

man_page_is_clean() {
    ! command -v mandoc >/dev/null || mandoc -Tlint -W warning "$prefix"/share/man/man3/libjisr-link.3
}

install_it() {
    meson install -C "$build" --no-rebuild --destdir "$top/copy" || return
    pc=$(dirname "$(find "$top/copy" -name libjisr-link.pc)")
    prefix=$(dirname "$(dirname "$(find "$top/copy" -path '*/bin/jisr')")")
    library=$(find "$top/copy" -name 'libjisr-link.so.0')
    [ -n "$pc" ] && [ -n "$library" ]
}

identities() {
    "$prefix/bin/jisr" identity init authority &&
        "$prefix/bin/jisr" identity issue --authority authority --name Near --kind cart near &&
        "$prefix/bin/jisr" identity issue --authority authority --name Far --kind console far
}

# Ports that are free now: the system's own choice, so that two runs do not meet.
free_ports() {
    python3 -c 'import socket
for s in [socket.socket(type=socket.SOCK_DGRAM) for _ in range(2)]:
    s.bind(("127.0.0.1", 0)); print("127.0.0.1:%d" % s.getsockname()[1])'
}

# shellcheck disable=SC2086 # two words
run_both() {
    lines=$(free_ports | tr '\n' ' ')
    LD_LIBRARY_PATH=$(dirname "$library")
    export LD_LIBRARY_PATH
    ./echo_link listen near $lines >listen.out 2>&1 &
    listener=$!
    sleep 0.2
    timeout 30 ./echo_link dial far $lines >dial.out 2>&1
    status=$?
    wait "$listener"
    listener=
    cat dial.out listen.out
    return $status
}

check "meson install fills an empty place" install_it
check "the header compiles alone as C11" compiles_alone cc -std=c11 c
check "the header compiles alone as C++17" compiles_alone clang++ -std=c++17 cc
check "the library shows the header's functions and no others" shows_only_its_header
check "the man page is clean" man_page_is_clean
check "the man page tells one way to ask for the flags" man_says_one_command
check "the example compiles against the copy, as the man page tells" compile echo_link "$source/examples/echo_link.c"
check "the installed program makes identities" identities
check "a stranger makes an identity of what it has read itself" run_stranger
check "header, library and package are of one version" versions_agree
check "what is wrong with an identity is said" says '^without an authority: no authority' stranger.out
check "and with settings" says '^without peers: settings: peers ' stranger.out
check "and with a call" says '^without lines: no line left' stranger.out
check "both ends of the example run" run_both
check "the dialling end knows the other's name" says '^up: Near, [0-9a-f]{64}$' dial.out
check "the listening end knows the other's name" says '^up: Far, [0-9a-f]{64}$' listen.out
check "a message comes" says '^message: hello from afar$' listen.out
check "ages are measured one way" says '^listen: sample [0-9]+ is [0-9.-]+ ms old' listen.out
check "and the other" says '^dial: sample [0-9]+ is [0-9.-]+ ms old' dial.out
check "every sample comes" says '^0 sent, 300 received, 300 sent back$' listen.out
check "the other end hears why it ended" says 'ended: enough for an example \(by the other' listen.out
plan
