#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What needs no test to be seen: clang-format, cppcheck, clang-tidy. All three always run.
cd "$(dirname "$0")/.." || exit 1
failed=0
mapfile -t sources < <(git ls-files '*.c' '*.h')

echo '== clang-format'
clang-format --dry-run -Werror "${sources[@]}" || failed=1
git grep -nP '^(?=.{121})\s*/?\*' -- '*.c' '*.h' && failed=1 # comments, which it leaves as they are

build=./build-test/clang # the tree as clang sees it
[ -f $build/build.ninja ] || CC=clang meson setup $build -Dwerror=true >/dev/null || exit 1
ninja -C $build >/dev/null || failed=1 # also writes what is generated

echo '== cppcheck'
cppcheck --project=$build/compile_commands.json --cppcheck-build-dir="$(mktemp -d -p $build)" \
    --enable=warning,performance --inline-suppr --library=posix --quiet \
    --suppress=normalCheckLevelMaxBranches --suppress=memleak:adapters/media/picture.c \
    --suppress=nullPointerRedundantCheck:adapters/net/batch.c \
    --suppress=invalidFunctionArg:tests/bench/board.c \
    --suppress=invalidFunctionArg:tests/unit/arm/gl_test.c \
    --suppress=unknownEvaluationOrder:tests/unit/input/hands_test.c \
    -j "$(nproc)" --error-exitcode=1 || failed=1

echo '== clang-tidy'
# A peer in the benchmarks lives as long as its program: what it "leaks" is not looked at.
run-clang-tidy -quiet -p $build -j "$(nproc)" '^(?!.*/tests/bench/peer_)' 2>/dev/null |
    sed 's/\x1b\[[0-9;]*m//g' | grep -v -e '^clang-tidy' -e '^$' && failed=1

[ $failed = 0 ] && echo 'check: clean'
exit $failed
