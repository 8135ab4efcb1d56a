#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `jisr identity` as a person uses it, its files read by somebody else's program (openssl).
# Usage: identity_test.sh JISR      Output: TAP.
set -u
# shellcheck source=tests/system/sentences.sh
. "$(dirname "$0")/sentences.sh"
jisr=$(realpath "$1")
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
cd "$top" || exit 1

# refuses STATUS WORDS COMMAND...: the command must end with that status and say those words.
refuses() {
    status=$1
    words=$2
    shift 2
    "$@" >refused 2>&1
    got=$?
    cat refused
    [ "$got" -eq "$status" ] && grep -qF -e "$words" refused
}

says() {
    words=$1
    shift
    "$@" | tee said_all && grep -qF -e "$words" said_all
}

mode_is() {
    [ "$(stat -c %a "$2")" = "$1" ]
}

# The authority's list as openssl wants it: beside the authority's certificate in one file.
openssl_accepts() {
    cat "$1/authority.pem" "$1/revoked.crl" >trust.pem
    openssl verify -crl_check -CAfile trust.pem "$1/site.pem"
}

has_no_leftovers() {
    [ -z "$(find authority full -name '.*' 2>/dev/null)" ] && [ ! -e full ]
}

# A limit on file size fails writes as a full disk does.
full_disk_is_told() {
    said_full=$(
        ulimit -f 0
        trap '' XFSZ
        "$jisr" identity issue --authority authority --name Full --kind unit full 2>&1
    )
    [ $? -eq 1 ] && echo "$said_full" | grep -qF 'cannot write'
}

namesakes_are_told() {
    "$jisr" identity issue --authority authority --name Twin --kind unit twin2 2>warned &&
        grep -qF '2 certificates now bear the name "Twin"' warned
}

check "help shows an example" says "example:" "$jisr" identity --help
check "a version is told" says "jisr 0." "$jisr" --version
check "nothing asked is wrong usage" refuses 2 usage "$jisr" identity
check "a slip of a word is guessed" refuses 2 "'issue'" "$jisr" identity isue
check "init makes an authority" "$jisr" identity init authority
check "the authority's key is its owner's alone" mode_is 600 authority/authority.key
check "a second init is refused" refuses 1 --force "$jisr" identity init authority

check "issue makes a cart" "$jisr" identity issue --authority authority --name "Théâtre 1" --kind cart theatre
check "issue makes a console with Ed25519" \
    "$jisr" identity issue --authority authority --name "مستشفى" --kind console --key ed25519 --days 10 console
check "the site's key is its owner's alone" mode_is 600 theatre/site.key
check "a second issue is refused, and names the site's folder" refuses 1 "jisr identity: theatre/site.key" \
    "$jisr" identity issue --authority authority --name Other --kind cart theatre
check "a kind that is none is refused" refuses 2 cart \
    "$jisr" identity issue --authority authority --name Other --kind carts other
check "a name with a control character is refused" refuses 2 "control characters" \
    "$jisr" identity issue --authority authority --name "$(printf 'a\033[2J')" --kind cart other
check "an authority that is none is refused, and named once" refuses 1 "jisr identity: nowhere: No such file" \
    "$jisr" identity issue --authority nowhere --name Other --kind cart other

check "openssl verifies the cart against the authority and its list" openssl_accepts theatre
check "openssl verifies the console" openssl_accepts console
check "openssl shows the kind to a person" says "URI:jisr:kind:cart" openssl x509 -in theatre/site.pem -noout -text
check "openssl reads the list" says "CRL Number" openssl crl -in authority/revoked.crl -noout -text
check "openssl reads the key" openssl pkey -in console/site.key -noout -check

check "show names a site" says "Théâtre 1" "$jisr" identity show theatre
check "show lists what an authority issued" says "مستشفى" "$jisr" identity show authority
fingerprint=$(openssl x509 -in theatre/site.pem -noout -fingerprint -sha256 | cut -d= -f2)
plain=$(echo "$fingerprint" | tr -d : | tr A-F a-f)
check "show and openssl agree on the fingerprint" says "$plain" "$jisr" identity show theatre

as_cart() { "$jisr" cart --identity console --listen 127.0.0.1:0 --for 1s 2>&1; }
check "a console's identity makes no good cart" says "issue one with --kind cart" as_cart

check "a name of its own is no matter" "$jisr" identity issue --authority authority --name Twin --kind cart twin1
check "a second certificate of a name is warned of" namesakes_are_told
check "revoking the name takes both" says "2 revoked" "$jisr" identity revoke --authority authority Twin
check "revoke by name" says "1 revoked" "$jisr" identity revoke --authority authority "مستشفى"
check "revoke again changes nothing" says "already" "$jisr" identity revoke --authority authority "مستشفى"
check "revoke by openssl's fingerprint" says "1 revoked" "$jisr" identity revoke --authority authority "$fingerprint"
check "revoking nobody is an error" refuses 1 nobody "$jisr" identity revoke --authority authority nobody
check "show says revoked" says "revoked " "$jisr" identity show authority
check "the old list knows nothing of it" openssl_accepts theatre
cp authority/revoked.crl theatre/
check "openssl refuses by the copied list" refuses 2 "certificate revoked" openssl_accepts theatre
check "show refuses by the copied list" refuses 1 "revoked by its authority" "$jisr" identity show theatre

check "a disk that fills is an error" full_disk_is_told
check "and leaves nothing half-written" has_no_leftovers
plan
