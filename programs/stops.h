/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a program of ours is asked to stop: an interrupt, a termination, a terminal that hangs up. */
#ifndef STOPS_H
#define STOPS_H

/* From here on those signals stop nothing by themselves: the descriptor becomes readable, and is the
 * caller's. A hang-up that whoever started us wants ignored (nohup) stays so. Whoever reads our output
 * may go, too. Before any thread that takes signals; -1, with errno: it cannot be made. */
int stops_open(void);

#endif
