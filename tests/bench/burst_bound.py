#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many pictures any code can have whole within their own interval on one line.

A picture's shards and repairs go out evenly over its interval, with the line's other datagrams between
them; losses are a Gilbert-Elliott chain that steps with every datagram. No code repairs a picture that
has lost more of them than it has repairs, so the share of those that have not is a bound.

    burst_bound.py --shards 14 --repairs 4 --beside 50 [--loss 5] [--burst 4]
"""
import argparse
import random


def share_within(shards, repairs, beside, loss, burst, pictures, seed):
    draw = random.Random(seed).random
    to_good = 1 / burst
    to_bad = to_good * loss / (1 - loss)
    each = shards + repairs
    is_bad, owed, within = False, 0.0, 0
    for _ in range(pictures):
        lost = 0
        for _ in range(each):
            owed += beside / each + 1
            while owed >= 1:
                owed -= 1
                is_bad = draw() >= to_good if is_bad else draw() < to_bad
            lost += is_bad
        within += lost <= repairs
    return within / pictures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shards", type=int, required=True, help="of a picture")
    parser.add_argument("--repairs", type=int, required=True, help="of a picture")
    parser.add_argument("--beside", type=int, default=0, help="other datagrams in its interval")
    parser.add_argument("--loss", type=float, default=5, help="per cent")
    parser.add_argument("--burst", type=float, default=4, help="mean run of losses")
    parser.add_argument("--pictures", type=int, default=200000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    share = share_within(asked.shards, asked.repairs, asked.beside, asked.loss / 100, asked.burst,
                         asked.pictures, asked.seed)
    print(f"{100 * share:.2f} %")


if __name__ == "__main__":
    main()
