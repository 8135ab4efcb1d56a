/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs of `jisr centre`: each does one thing to the folder of a centre. */
#ifndef CENTRE_VERBS_H
#define CENTRE_VERBS_H

int centre_load(int argc, char **argv);
int centre_demo(int argc, char **argv);

#endif
