# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# For tests written in sh that speak TAP: sourced by them; plan after the last check.
count=0

# check SENTENCE COMMAND...: the command must succeed.
check() {
    sentence=$1
    shift
    count=$((count + 1))
    if "$@" >said 2>&1; then
        echo "ok $count - $sentence"
    else
        echo "not ok $count - $sentence"
        sed 's/^/# /' said
    fi
}

plan() {
    echo "1..$count"
}
