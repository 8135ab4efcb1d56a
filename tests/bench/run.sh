#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Measures every transport side by side: `tests/bench/run.sh` takes about four minutes and prints its
# tables; `tests/bench/run.sh full [CASE...]` takes hours, puts its rows into docs/benchmarks.jsonl in
# place of those that the same cases had, and writes the tables into docs/benchmarks.md.
#
# In a case every transport meets the same weather with the same seed, one after the other (A B C A
# B C); a figure is the median of its rounds. Wants root, for network namespaces and priorities; uses
# sudo when it has to. FOR (length of a run, 60s) and ROUNDS (3) may be set for the full mode.
set -euo pipefail
cd "$(dirname "$0")/../.."

mode=${1:-quick}
weather='delay=60ms,jitter=3ms,loss=5%,burst=4'

# case | what all its transports get | transports, each with settings of its own (peer.h)
full_plan() {
    cat <<PLAN
clean|--weather delay=60ms|udp; tls; srt; sctp; enet; rist; quic; jisr
one line|--weather $weather|udp; tls; srt; srt --buffer 150; srt --buffer 400; sctp; sctp --buffer 150; enet; rist; rist --buffer 400; quic; jisr
two lines, one cut|--lines 2 --weather $weather --cut 20s+10s|udp; rist; rist --buffer 400; sctp; sctp --buffer 150; jisr
pictures 25|--frames 25 --mbit 4 --weather $weather|udp; tls; srt --buffer 20; srt --buffer 15 --repair; srt --buffer 250; rist --buffer 20; rist --buffer 250; sctp; sctp --buffer 150; quic; jisr
pictures 60|--frames 60 --mbit 8 --weather $weather|udp; tls; srt --buffer 10; srt --buffer 8 --repair; srt --buffer 250; rist --buffer 10; rist --buffer 250; sctp; sctp --buffer 150; quic; jisr
pictures 25, two lines, one cut|--lines 2 --frames 25 --mbit 4 --weather $weather --cut 20s+10s|udp; rist --buffer 20; rist --buffer 250; sctp; sctp --buffer 150; jisr
PLAN
}

quick_plan() {
    cat <<PLAN
clean|--weather delay=60ms|udp; tls; srt; sctp; enet; rist; quic; jisr
one line|--weather $weather|udp; tls; srt; sctp; enet; rist; quic; jisr
two lines, one cut|--lines 2 --weather $weather --cut 2s+1s|udp; rist; sctp; jisr
pictures 25|--frames 25 --mbit 4 --weather $weather|udp; srt --buffer 15 --repair; rist --buffer 20; quic; jisr
PLAN
}

case $mode in
quick) plan=$(quick_plan) length=4s rounds=1 ;;
full) plan=$(full_plan) length=${FOR:-60s} rounds=${ROUNDS:-3} ;;
*) echo "usage: tests/bench/run.sh [quick | full [CASE...]]" >&2; exit 2 ;;
esac
shift || true
for case in "$@"; do
    grep -q "^$case|" <<<"$plan" || { printf 'no case "%s"; there are:\n%s\n' "$case" \
        "$(cut -d'|' -f1 <<<"$plan")" >&2; exit 2; }
done

# Whether the case is among those asked for.
wanted() {
    local case=$1
    shift
    [ $# = 0 ] && return
    for asked in "$@"; do [ "$asked" = "$case" ] && return; done
    return 1
}

as_root=
[ "$(id -u)" = 0 ] || as_root=sudo

if [ -d build ]; then # so that peers installed since are found
    meson setup --reconfigure build >/dev/null
else
    meson setup build >/dev/null
fi
ninja -C build bench-gestures >/dev/null
program=build/tests/bench/bench-gestures
known=$($program --list | cut -d: -f1)
results=$(dirname "$program")/transports-$mode.jsonl
processor=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -1)
measured="$(date +%F) at $(git rev-parse --short HEAD 2>/dev/null || echo unknown), ${processor:-unknown processor}, $(nproc) cores"
: >"$results"

# measure CASE ARGUMENTS TRANSPORT SEED: one run, one line of results
measure() {
    local peer=${3%% *} own=() common=() answer
    grep -qx "$peer" <<<"$known" || return 0
    read -ra common <<<"$2"
    [ "$peer" = "$3" ] || read -ra own <<<"${3#* }"
    printf '%-32s %-26s round %d: ' "$1" "$3" "$4" >&2
    if answer=$($as_root "$program" --peer "$peer" "${own[@]}" "${common[@]}" --for "$length" \
        --seed "$4" --json); then
        printf '{"case":"%s","as":"%s","measured":"%s","run":%s}\n' "$1" "$3" "$measured" \
            "$answer" >>"$results"
        echo "done" >&2
    else
        echo "FAILED" >&2
    fi
}

while IFS='|' read -r name common transports; do
    wanted "$name" "$@" || continue
    for ((round = 1; round <= rounds; round++)); do
        while IFS= read -r transport; do
            measure "$name" "$common" "$transport" "$round" </dev/null
        done < <(sed 's/; */\n/g' <<<"$transports")
    done
done <<<"$plan"

if [ "$mode" = full ]; then
    python3 tests/bench/table.py "$results" --merge docs/benchmarks.jsonl --into docs/benchmarks.md
else
    python3 tests/bench/table.py "$results"
fi
