#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: man_test.sh JISR MAN-FOLDER
# The man pages are well formed, and name every option that --help names.
jisr=$(realpath "$1")
cd "$2" || exit 1
failed=0
number=0

tell() { # tell RESULT NAME [WORDS]
    number=$((number + 1))
    if [ "$1" = 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        failed=1
        echo "# ${3//$'\n'/$'\n'# }"
    fi
}

pages=(*.1 *.3)
commands=(arm cart centre 'centre init' 'centre token' 'centre client' 'centre person add' 'centre person list' 'centre person invite' 'centre person block' 'centre person unblock' 'centre person roles' 'centre person remove' 'centre partner add' 'centre partner link' 'centre partner list' 'centre partner remove' 'centre audit' 'centre check' 'centre backup' 'centre key list' 'centre key passphrase' 'centre key file' 'centre key remove' 'centre load' 'centre officer' 'centre reindex' 'centre demo' console try weather operate 'identity init' 'identity issue' 'identity show' 'identity revoke')
echo "1..$((${#pages[@]} + ${#commands[@]}))"

for page in "${pages[@]}"; do
    if ! command -v mandoc >/dev/null; then
        echo "ok $((number += 1)) - $page # SKIP mandoc is not here"
        continue
    fi
    # Pages that are not installed yet are not missing.
    said=$(mandoc -Tlint -W style "$page" | grep -v 'referenced manual not found')
    tell "$([ -z "$said" ]; echo $?)" "$page is well formed" "$said"
done

for command in "${commands[@]}"; do
    page=jisr-${command%% *}.1
    # shellcheck disable=SC2086 # a command of two words
    options=$("$jisr" $command --help | grep -oE '^  --[a-z-]+' | tr -d ' ')
    missing=$([ -n "$options" ] || echo ' any')
    for option in $options; do
        [ "$option" = --help ] || grep -q -- "Fl -${option#--} \|Fl -${option#--}\$" "$page" || missing+=" $option"
    done
    tell "$([ -z "$missing" ]; echo $?)" "$page names every option of jisr $command" "without$missing"
done
exit $failed
