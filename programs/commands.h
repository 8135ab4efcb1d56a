/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommands of `jisr`, a file each. Every one reads its own options, builds the parts, runs
 * one loop, and returns the exit status: 0 done, 1 failed, 2 wrong usage. argv[0] is the
 * subcommand's own name. */
#ifndef COMMANDS_H
#define COMMANDS_H

int command_identity(int argc, char **argv);
int command_weather(int argc, char **argv);
int command_arm(int argc, char **argv);
int command_cart(int argc, char **argv);
int command_console(int argc, char **argv);
int command_bedside(int argc, char **argv);
int command_operate(int argc, char **argv);
int command_centre(int argc, char **argv);
int command_try(int argc, char **argv);

#endif
