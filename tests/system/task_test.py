#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole task over an ocean: scripted hands do peg transfer, all of it, as far away as Shanghai is from
Casablanca. usage: task_test.py JISR [WORD]"""
import jisr

OCEAN = "casablanca-shanghai"
TAKES_S = 166  # on a quiet machine: docs/benchmarks.md


class TaskTest(jisr.Case):
    def test_scripted_hands_do_all_of_peg_transfer_over_an_ocean(self):
        rooms, doors = ([jisr.address() for _ in range(2)] for _ in range(2))
        self.weather(*((door, room, OCEAN) for door, room in zip(doors, rooms)))
        cart = self.cart(*rooms, options=("--arm", "mujoco", "--scene", "peg-transfer", "--camera", "scene",
                                          "--rate", "10"))
        console = self.console(*doors, options=("--hands", "script:peg-transfer"))
        self.assertTrue(jisr.until(lambda: cart.status.get("task") == "done", 3 * TAKES_S),
                        self.tell(cart, console))
        console.stop()
        cart.stop()
        task, eyes = self.report("cart")["task"], self.report("console")["hand_to_eye_ms"]
        print(f"# done in {task['done_s']} s, hand to eye {eyes['p50']} ms", flush=True)
        self.assertEqual((task["scene"], task["steps"]), ("peg-transfer", 24), "six rings, and back")
        self.assertEqual((task["collisions"], task["torn"], task["forces"]), (0, 0, 0), self.tell(cart))
        self.assertGreater(eyes["p50"], 200, "the ocean was in between, both ways")


jisr.main()
