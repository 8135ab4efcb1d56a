# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for what other programs do: for states, never for a time."""
import time

SLOW = 20  # seconds in which something must have happened, on however busy a machine


def until(true, seconds=SLOW):
    """What `true()` answers once that is not falsy; its last answer when the time is over."""
    end = time.monotonic() + seconds
    while True:
        answer = true()
        if answer or time.monotonic() > end:
            return answer
        time.sleep(0.02)
