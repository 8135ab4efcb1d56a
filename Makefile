# SPDX-License-Identifier: GPL-3.0-or-later
# The front door. Meson is the build behind it: `meson setup build && ninja -C build` does too.

ARGS ?=
BUILD ?= build
FOR ?= 8h
SEEDS ?= 20000
KILLS ?= 500
SECONDS_EACH ?= 60

.DEFAULT_GOAL := help
.PHONY: help deps run test bench fuzz check soak install build

help:
	@echo 'make run      an operation on this machine: console and bedside as windows to sit at,'
	@echo '              or, where there is no display, hands by a script and a live page'
	@echo '              make run ARGS="--weather starlink-moving"; see jisr-try(1), jisr-operate(1)'
	@echo 'make test     every test, with two compilers, sanitizers and a little fuzzing'
	@echo 'make bench    our speed beside our peers, in one short run; the long one:'
	@echo '              tests/bench/run.sh full; both in docs/benchmarks.md'
	@echo 'make fuzz     fuzz each parser longer:  make fuzz SECONDS_EACH=600'
	@echo 'make check    clang-tidy, cppcheck, clang-format'
	@echo 'make soak     thousands of simulated operations, the record killed 500 times, then one long'
	@echo '              operation: make soak SEEDS=100000 KILLS=2000 FOR=24h'
	@echo 'make install  into PREFIX (/usr/local), under DESTDIR'
	@echo 'make deps     the Debian packages that all of these need'

deps:
	@packaging/deps.sh build test check

$(BUILD)/build.ninja:
	@packaging/deps.sh build
	meson setup $(BUILD)

build: $(BUILD)/build.ninja
	@packaging/deps.sh build
	@ninja -C $(BUILD) programs/jisr

run: build
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then exec $(BUILD)/programs/jisr try $(ARGS); fi; \
	echo 'No display here: hands by a script do a task, for four minutes (Ctrl-C ends it, with a report).'; \
	echo 'For the two windows to sit at: make run in a terminal of a desktop, or over ssh -X.'; \
	exec $(BUILD)/programs/jisr operate --arm mujoco --scene peg-transfer $(ARGS)

soak: build
	@ninja -C $(BUILD) tests/sim/operations tests/sim/theatres
	@$(BUILD)/tests/sim/operations --from 1001 --seeds $(SEEDS)
	@$(BUILD)/tests/sim/theatres --from 2001 --seeds $(SEEDS)
	@JISR_KILLS=$(KILLS) tests/system/centre_crash_test.py $(BUILD)/programs/jisr
	@exec $(BUILD)/programs/jisr operate --for $(FOR) --report soak $(ARGS)

test:
	@packaging/deps.sh build test
	@tests/run-tests.py

fuzz:
	@packaging/deps.sh build test
	@tests/run-tests.py --only fuzz --fuzz-seconds $(SECONDS_EACH)

bench: build/build.ninja
	@packaging/deps.sh build bench
	@meson setup --reconfigure build # the peers may have just come
	@ninja -C build
	@meson test -C build --benchmark --verbose --num-processes 1 --timeout-multiplier 0
	@echo 'That was a look: one short round. The tables of docs/benchmarks.md, in hours:'
	@echo '              tests/bench/run.sh full'
	@echo "the other figures' commands stand beside them there."

check:
	@packaging/deps.sh build check
	@tests/check.sh

install: $(BUILD)/build.ninja
	@packaging/deps.sh build
	@meson configure $(BUILD) -Dprefix=$(or $(PREFIX),/usr/local) -Dlibdir=lib >/dev/null
	@ninja -C $(BUILD)
	@meson install -C $(BUILD) --no-rebuild
	@[ -n "$(DESTDIR)" ] || [ "$$(id -u)" != 0 ] || ldconfig
