#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many gestures can come in time over a narrow line that also loses datagrams in bursts.

The newest gesture is obeyed when it comes, and none is obeyed after a newer one: so a lost one can only
be had from the first datagram that comes through after it, and each datagram has to reach back over the
burst that may have gone before. One that is sent every `group` gestures and holds the last `reach` tells a
gesture reach / group times; all of these fall into a burst that goes on for so long. Best case: the line
carries nothing else and is full to the last byte, and its queue is empty.

    capacity_bound.py [--mbit 1] [--head 163] [--bytes 38] [--within 16.5] [--loss 5] [--burst 4]
"""
import argparse


def best(asked):
    """(share in time, group, reach) of the best plan."""
    stays = 1 - 1 / asked.burst
    found = (0, 0, 0)
    for group in range(1, 17):
        room = asked.mbit * 125 * group - asked.head  # bytes for older ones; 125 a millisecond a Mbit/s
        if room < 0:
            continue
        reach = min(1 + int(room / asked.bytes), int(asked.within))
        found = max(found, (1 - asked.loss / 100 * stays ** max(reach / group - 1, 0), group, reach))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mbit", type=float, default=1, help="of the line; gestures: 1,000 a second")
    parser.add_argument("--head", type=float, default=163, help="bytes up to the newest gesture's end")
    parser.add_argument("--bytes", type=float, default=38, help="of an older one, told as a difference")
    parser.add_argument("--within", type=float, default=16.5, help="ms: 15, and half of the jitter")
    parser.add_argument("--loss", type=float, default=5, help="per cent")
    parser.add_argument("--burst", type=float, default=4, help="mean run of losses")
    share, group, reach = best(parser.parse_args())
    print(f"{100 * share:.2f} % with {reach} gestures in a datagram every {group} ms")


if __name__ == "__main__":
    main()
